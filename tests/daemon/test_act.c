/* SPDX-License-Identifier: ISC */
/* What follows from a verdict, on a real store: the subscription, the ledger,
 * the incoming row and the cursor; and whom the directory finds. */
#include "tests/daemon/act_fixture.h"

#include "daemon/directory.h"
#include "lists/token.h"

static const struct deed_case {
    const char *what;
    enum subscription_state before;
    enum mail_kind kind;
    bool known, by_token, dead, permanent, person;
    enum subscription_state after;
    const char *deed;
    int how; /* of the ledger's last entry, -1: no new one */
    bool owed, answering;
} cases[] = {
    {"own words", SUBSCRIPTION_ACTIVE, KIND_UNSUB, .known = true,
        .person = true, .after = SUBSCRIPTION_LEFT, .deed = "unsubscribed",
        .how = BY_REPLY, .owed = true, .answering = true},
    {"token", SUBSCRIPTION_ACTIVE, KIND_UNSUB, .known = true, .by_token = true,
        .after = SUBSCRIPTION_LEFT, .deed = "unsubscribed", .how = BY_ONE_CLICK,
        .owed = true},
    {"left before", SUBSCRIPTION_LEFT, KIND_UNSUB, .known = true,
        .person = true, .after = SUBSCRIPTION_LEFT, .deed = "off-already",
        .how = -1, .owed = true, .answering = true},
    {"complained before", SUBSCRIPTION_COMPLAINED, KIND_UNSUB, .known = true,
        .person = true, .after = SUBSCRIPTION_COMPLAINED, .deed = "off-already",
        .how = -1, .owed = true, .answering = true},
    {"unknown writer", SUBSCRIPTION_ACTIVE, KIND_UNSUB, .person = true,
        .after = SUBSCRIPTION_ACTIVE, .deed = "for-review", .how = -1},
    {"review", SUBSCRIPTION_ACTIVE, KIND_REVIEW, .known = true, .person = true,
        .after = SUBSCRIPTION_ACTIVE, .deed = "for-review", .how = -1},
    {"someone else", SUBSCRIPTION_ACTIVE, KIND_UNSUB_OTHER, .known = true,
        .person = true, .after = SUBSCRIPTION_ACTIVE, .deed = "for-review",
        .how = -1},
    {"wants in", SUBSCRIPTION_LEFT, KIND_SUBSCRIBE, .after = SUBSCRIPTION_LEFT,
        .deed = "for-review", .how = -1},
    {"dead address", SUBSCRIPTION_ACTIVE, KIND_HARD, .known = true,
        .by_token = true, .dead = true, .permanent = true,
        .after = SUBSCRIPTION_BOUNCED, .deed = "address-dead", .how = BY_BOUNCE,
        .owed = true},
    {"dead address, no token", SUBSCRIPTION_ACTIVE, KIND_HARD, .known = true,
        .dead = true, .permanent = true, .after = SUBSCRIPTION_ACTIVE,
        .deed = "noted", .how = -1},
    {"refused by policy", SUBSCRIPTION_ACTIVE, KIND_HARD, .known = true,
        .by_token = true, .permanent = true, .after = SUBSCRIPTION_ACTIVE,
        .deed = "noted", .how = -1},
    {"soft", SUBSCRIPTION_ACTIVE, KIND_SOFT, .known = true, .by_token = true,
        .dead = true, .after = SUBSCRIPTION_ACTIVE, .deed = "noted", .how = -1},
    {"complaint", SUBSCRIPTION_ACTIVE, KIND_COMPLAINT, .known = true,
        .by_token = true, .after = SUBSCRIPTION_COMPLAINED,
        .deed = "complained", .how = BY_COMPLAINT, .owed = true},
    {"complaint, no token", SUBSCRIPTION_ACTIVE, KIND_COMPLAINT, .known = true,
        .after = SUBSCRIPTION_ACTIVE, .deed = "for-review", .how = -1},
};

static void
check_case(struct fixture *x, const struct deed_case *c, uint32_t uid)
{
    struct act a = make_act(x);
    struct act_mail m = make_mail(uid);
    struct act_done done = {0};
    struct facts facts = {.message_id = "<m@example.org>",
        .permanent = c->permanent,
        .address_dead = c->dead};
    struct verdict v = {.kind = c->kind,
        .permanent = c->permanent,
        .by_token = c->by_token,
        .may_answer = c->person,
        .evidence = "why"};
    struct mailbox_cursor cursor;
    struct subscriber s = {.created_s = 100};
    char address[64];
    int64_t before, answers;

    print_message("%s\n", c->what);
    (void)snprintf(address, sizeof address, "case%u@example.org", uid);
    OK(address_parse(address, &s.address, &f));
    OK(subscriber_add(x->st, &s, &f));
    bring_to(x, s.id, c->before);
    if (c->known) {
        v.n_people = 1;
        v.person[0].subscriber_id = s.id;
        v.person[0].list_id = c->by_token ? x->list : 0;
    }
    assert_true(act_concerns(&v));
    before = fixture_number(x->st, "SELECT count(*) FROM ledger");
    answers = fixture_number(x->st, "SELECT count(*) FROM issue");
    OK(act_on(&a, &m, &facts, &v, NOW_S, &done, &f));
    assert_string_equal(done.deed, c->deed);
    assert_int_equal(state_of(x, s.id), c->after);
    assert_int_equal(done.owed, c->owed);
    assert_int_equal(done.answering, c->answering);
    assert_string_equal(done.trouble, "");
    assert_int_equal(done.subscriber_id, c->known ? s.id : 0);
    assert_int_equal(fixture_number(x->st, "SELECT count(*) FROM ledger"),
        before + (c->how >= 0));
    if (c->how >= 0)
        assert_int_equal(
            fixture_number(x->st,
                "SELECT how FROM ledger WHERE proof = '<m@example.org>'"
                " ORDER BY id DESC LIMIT 1"),
            c->how);
    assert_int_equal(fixture_number(x->st, "SELECT count(*) FROM issue"),
        answers + c->answering);
    OK(mailbox_cursor(x->st, "tg/INBOX", &cursor, &f));
    assert_int_equal(cursor.uid, uid);
    assert_int_equal(cursor.uidvalidity, 7);
    /* The same mail once more does nothing, and moves the cursor. */
    m.uid = uid + 1;
    WANT(RES_NONE, act_on(&a, &m, &facts, &v, NOW_S, &done, &f));
    assert_int_equal(fixture_number(x->st, "SELECT count(*) FROM ledger"),
        before + (c->how >= 0));
    OK(mailbox_cursor(x->st, "tg/INBOX", &cursor, &f));
    assert_int_equal(cursor.uid, uid + 1);
}

static void
test_deeds(void **state)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_case(*state, &cases[i], (uint32_t)(10 * i + 1));
}

/* Only a letter that was given up, with a status that speaks of the mailbox,
 * counts; the second of them ends the subscription here. */
static void
test_soft_bounces(void **state)
{
    static const struct {
        const char *status;
        bool permanent;
        const char *deed;
    } rows[] = {
        {"4.2.2", false, "noted"},
        {"5.7.1", true, "noted"},
        {"5.3.4", true, "noted"},
        {"5.1.8", true, "noted"},
        {"", true, "noted"},
        {"5.2.2", true, "soft-bounce"},
        {"4.4.7", true, "address-dead"},
    };
    struct fixture *x = *state;
    int64_t who = fixture_people(x, 1, SUBSCRIPTION_ACTIVE);
    struct act a = make_act(x);

    conf.soft_bounces = 2;
    conf.soft_bounce_for_s = 1000;
    for (uint32_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        struct act_mail m = make_mail(300 + k);
        struct act_done done = {0};
        struct facts facts = {.permanent = rows[k].permanent, .clue = "full"};
        struct verdict v = {
            .kind = KIND_SOFT, .n_people = 1, .permanent = rows[k].permanent};

        (void)snprintf(facts.status, sizeof facts.status, "%s", rows[k].status);
        v.person[0].subscriber_id = who;
        v.person[0].list_id = x->list;
        v.person[0].issue_id = k + 1;
        OK(act_on(&a, &m, &facts, &v, NOW_S, &done, &f));
        assert_string_equal(done.deed, rows[k].deed);
    }
    assert_int_equal(state_of(x, who), SUBSCRIPTION_BOUNCED);
}

/* The third complaint about an issue holds it, and after a release the sixth;
 * one that came twice counts once. */
static void
test_complaints_hold(void **state)
{
    struct fixture *x = *state;
    int64_t first = fixture_people(x, 7, SUBSCRIPTION_ACTIVE);
    struct issue i = fixture_sending(x), got;
    struct act a = make_act(x);

    conf.hold_complaints = 3;
    for (int k = 0; k < 7; k++) {
        struct act_mail m = make_mail((uint32_t)(100 + k));
        struct act_done done = {0};
        struct facts facts = {.message_id = "<m@example.org>"};
        struct verdict v = {.kind = KIND_COMPLAINT, .n_people = 1};
        bool holds = k == 2 || k == 5;

        v.person[0].subscriber_id = first + k;
        v.person[0].list_id = x->list;
        v.person[0].issue_id = i.id;
        OK(act_on(&a, &m, &facts, &v, NOW_S, &done, &f));
        assert_int_equal(done.held_issue, holds ? i.id : 0);
        m = make_mail((uint32_t)(200 + k));
        OK(act_on(&a, &m, &facts, &v, NOW_S, &done, &f));
        assert_string_equal(done.deed, "off-already");
        OK(issue_get(x->st, i.id, &got, &f));
        assert_int_equal(got.complaints, k + 1);
        assert_int_equal(got.state, holds ? ISSUE_HELD : ISSUE_SENDING);
        if (holds) {
            assert_non_null(strstr(got.reason, "readers have called it spam"));
            OK(issue_release(x->st, i.id, NOW_S, &f));
        }
    }
}

static void
test_left_alone(void **state)
{
    struct fixture *x = *state;
    struct act a = make_act(x);
    struct act_mail m[3] = {make_mail(1), make_mail(2), make_mail(3)};
    const struct verdict nothing[] = {{.kind = KIND_HUMAN},
        {.kind = KIND_OTHER}, {.kind = KIND_AUTOREPLY}, {.kind = KIND_HARD}};
    struct mailbox_cursor c;

    for (size_t i = 0; i < sizeof nothing / sizeof *nothing; i++)
        assert_false(act_concerns(&nothing[i]));
    OK(act_leave_alone(&a, m, 3, 7, 9, NOW_S, &f));
    OK(act_leave_alone(&a, m, 2, 7, 10, NOW_S, &f)); /* known by digest */
    OK(mailbox_cursor(x->st, "tg/INBOX", &c, &f));
    assert_int_equal(c.uid, 10);
    assert_int_equal(
        fixture_number(x->st, "SELECT count(*) FROM incoming WHERE owed = 0 AND"
                              " message_id = '' AND evidence = '' AND"
                              " subscriber_id IS NULL AND deed = 'left-alone'"),
        3);
    m[0] = make_mail(11);
    OK(act_set_aside(&a, &m[0], "it crashed", NOW_S, &f));
    assert_int_equal(fixture_number(x->st,
                         "SELECT count(*) FROM incoming WHERE kind ="
                         " 'unreadable' AND deed = 'set-aside' AND evidence ="
                         " 'it crashed' AND owed = 0"),
        1);
}

static void
test_directory(void **state)
{
    struct fixture *x = *state;
    int64_t id = fixture_people(x, 2, SUBSCRIPTION_ACTIVE);
    struct issue i = fixture_sending(x);
    struct store_directory d = {.st = x->st, .list_id = x->list};
    struct token_key *key = NULL;
    struct directory who;
    struct person p;
    char path[128], token[TOKEN_LENGTH + 1], text[200];
    int64_t delivery = fixture_number(
        x->st, "SELECT id FROM delivery ORDER BY subscriber_id LIMIT 1");

    (void)snprintf(path, sizeof path, "%s/key", x->dir);
    OK(token_key_open(path, &key, &f));
    d.key = key;
    directory_of_store(&d, &who);
    OK(who.by_address(who.ctx, " A1@Example.ORG ", &p, &f));
    assert_int_equal(p.subscriber_id, id);
    assert_int_equal(p.list_id, 0);
    assert_true(p.active);
    assert_string_equal(p.address, "a1@example.org");
    WANT(RES_NONE, who.by_address(who.ctx, "b@example.org", &p, &f));
    WANT(RES_NONE, who.by_address(who.ctx, "nonsense", &p, &f));
    token_make(key, delivery, token);
    OK(who.by_token(who.ctx, token, &p, &f));
    assert_int_equal(p.subscriber_id, id);
    assert_int_equal(p.list_id, i.list_id);
    (void)snprintf(text, sizeof text, "<0100.%s-000@eu.amazonses.com>", token);
    OK(who.by_message_id(who.ctx, text, &p, &f));
    assert_int_equal(p.subscriber_id, id);
    (void)snprintf(text, sizeof text, "<x@%s>", token); /* not at its place */
    WANT(RES_NONE, who.by_message_id(who.ctx, text, &p, &f));
    token[3] = token[3] == 'a' ? 'b' : 'a';
    WANT(RES_NONE, who.by_token(who.ctx, token, &p, &f));
    WANT(RES_NONE, who.by_message_id(who.ctx, "<>", &p, &f));
    WANT(RES_NONE, who.by_message_id(who.ctx, "", &p, &f));
    /* A delivery of the future, or one that was cleaned up. */
    token_make(key, delivery + 1000, token);
    WANT(RES_NONE, who.by_token(who.ctx, token, &p, &f));
    token_key_free(key);
    (void)unlink(path);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_deeds, fixture_up, fixture_down),
        cmocka_unit_test_setup_teardown(
            test_soft_bounces, fixture_up, fixture_down),
        cmocka_unit_test_setup_teardown(
            test_complaints_hold, fixture_up, fixture_down),
        cmocka_unit_test_setup_teardown(
            test_left_alone, fixture_up, fixture_down),
        cmocka_unit_test_setup_teardown(
            test_directory, fixture_up, fixture_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
