/* SPDX-License-Identifier: ISC */
/* Our own answers, on a real store: the goodbye, the questions whether someone
 * wants the letter or wants to leave, what follows from the answers to them,
 * and how few there are. */
#include "tests/daemon/act_fixture.h"

#include "daemon/act_review.h"

enum {
    FOR_STRANGERS = ANSWERS_PER_HOUR / 2
};

/* One unsubscribe request of subscriber id at now_s. */
static struct act_done
leave(struct fixture *x, int64_t id, uint32_t uid, int64_t now_s)
{
    struct act a = make_act(x);
    struct act_mail m = make_mail(uid);
    struct act_done done = {0};
    struct facts facts = {.message_id = "<m@example.org>"};
    struct verdict v = {.kind = KIND_UNSUB, .n_people = 1, .may_answer = true};

    v.person[0].subscriber_id = id;
    OK(act_on(&a, &m, &facts, &v, now_s, &done, &f));
    return done;
}

static void
test_answers_are_few(void **state)
{
    struct fixture *x = *state;
    int64_t id = fixture_people(x, 250, SUBSCRIPTION_ACTIVE);
    int64_t later = NOW_S + ACT_ANSWER_AGAIN_S;
    int answers = 0;
    char *message;
    size_t n;

    assert_true(leave(x, id, 1, NOW_S).answering);
    assert_false(leave(x, id, 2, NOW_S + 60).answering);
    assert_false(leave(x, id, 3, later - 1).answering);
    assert_true(leave(x, id, 4, later).answering);
    for (int i = 1; i < 250; i++) {
        struct act_done done =
            leave(x, id + i, (uint32_t)(10 + i), later + 10000);

        assert_string_equal(done.deed, "unsubscribed");
        answers += done.answering;
    }
    assert_int_equal(answers, ANSWERS_PER_HOUR);
    assert_int_equal(
        fixture_number(x->st, "SELECT count(*) FROM delivery d JOIN issue i"
                              " ON i.id = d.issue_id WHERE i.kind = 0"
                              " AND i.state = 1 AND i.sender = 'null'"
                              " AND d.state = 0"),
        2 + ANSWERS_PER_HOUR);
    OK(issue_message(x->st, 1, &message, &n, &f));
    assert_non_null(strstr(message, "In-Reply-To: <m@example.org>"));
    free(message);
}

/* Mail that asks for the letter. */
static struct act_done
join(struct fixture *x, const char *from, uint32_t uid, int64_t now_s,
    bool dmarc_pass)
{
    struct act a = make_act(x);
    struct act_mail m = make_mail(uid);
    struct act_done done = {0};
    struct facts facts = {
        .message_id = "<join@example.org>", .dmarc_pass = dmarc_pass};
    struct verdict v = {
        .kind = KIND_SUBSCRIBE, .n_addresses = 1, .may_answer = true};

    (void)snprintf(facts.from, sizeof facts.from, "%s", from);
    (void)snprintf(v.address[0], sizeof v.address[0], "%s", from);
    OK(act_on(&a, &m, &facts, &v, now_s, &done, &f));
    return done;
}

/* A reply to one of our answers that says yes, as the verdict has it. */
static struct act_done
confirm(struct fixture *x, int64_t id, uint32_t uid, int64_t now_s)
{
    struct act a = make_act(x);
    struct act_mail m = make_mail(uid);
    struct act_done done = {0};
    struct facts facts = {.message_id = "<yes@example.org>"};
    struct verdict v = {
        .kind = KIND_SUBSCRIBE, .n_people = 1, .confirmed = true};

    v.person[0].subscriber_id = id;
    v.person[0].list_id = x->list;
    OK(act_on(&a, &m, &facts, &v, now_s, &done, &f));
    return done;
}

static void
test_confirmation(void **state)
{
    struct fixture *x = *state;
    struct act_done done = join(x, "new@example.org", 1, NOW_S, false);
    int64_t id = done.subscriber_id;
    char *message;
    size_t n;

    assert_string_equal(done.deed, "asked");
    assert_true(done.answering && done.owed);
    assert_int_equal(state_of(x, id), SUBSCRIPTION_PENDING);
    OK(issue_message(x->st, 1, &message, &n, &f));
    assert_non_null(strstr(message, "In-Reply-To: <join@example.org>"));
    free(message);
    assert_int_equal(
        fixture_number(x->st, "SELECT count(*) FROM issue WHERE kind = 0 AND"
                              " answer = 'confirm' AND sender = 'null'"),
        1);
    /* Once more: it was asked; after seven days, again. */
    done = join(x, "new@example.org", 2, NOW_S + 60, true);
    assert_string_equal(done.deed, "asked-already");
    assert_false(done.answering);
    done = join(x, "new@example.org", 3, NOW_S + ACT_ANSWER_AGAIN_S, false);
    assert_string_equal(done.deed, "asked");
    assert_true(done.answering);
    done = confirm(x, id, 4, NOW_S + ACT_ANSWER_AGAIN_S + 5);
    assert_string_equal(done.deed, "subscribed");
    assert_true(done.owed);
    assert_false(done.answering);
    assert_int_equal(state_of(x, id), SUBSCRIPTION_ACTIVE);
    assert_int_equal(
        fixture_number(x->st, "SELECT count(*) FROM ledger WHERE how = 2 AND"
                              " state = 2 AND proof = '<yes@example.org>'"),
        1);
    assert_string_equal(confirm(x, id, 5, NOW_S).deed, "on-already");
    assert_string_equal(
        join(x, "new@example.org", 6, 2 * (int64_t)NOW_S, true).deed,
        "on-already");
}

/* Who is asked, who is put back at once, and who is left to a person. */
static void
test_coming_back(void **state)
{
    static const struct {
        const char *what;
        enum subscription_state before;
        bool answered, dmarc_pass, confirms;
        const char *deed;
        enum subscription_state after;
    } rows[] = {
        {"left", SUBSCRIPTION_LEFT, .deed = "asked",
            .after = SUBSCRIPTION_PENDING},
        {"just said goodbye to", SUBSCRIPTION_LEFT, .answered = true,
            .deed = "for-review", .after = SUBSCRIPTION_LEFT},
        {"likewise, surely himself", SUBSCRIPTION_LEFT, .answered = true,
            .dmarc_pass = true, .deed = "asked", .after = SUBSCRIPTION_PENDING},
        {"bounced", SUBSCRIPTION_BOUNCED, .deed = "asked",
            .after = SUBSCRIPTION_PENDING},
        {"complained", SUBSCRIPTION_COMPLAINED, .deed = "for-review",
            .after = SUBSCRIPTION_COMPLAINED},
        {"complained, surely himself", SUBSCRIPTION_COMPLAINED,
            .dmarc_pass = true, .deed = "asked", .after = SUBSCRIPTION_PENDING},
        {"answers the goodbye", SUBSCRIPTION_LEFT, .answered = true,
            .confirms = true, .deed = "subscribed",
            .after = SUBSCRIPTION_ACTIVE},
        {"complained, answers the goodbye", SUBSCRIPTION_COMPLAINED,
            .confirms = true, .deed = "subscribed",
            .after = SUBSCRIPTION_ACTIVE},
        {"erased", SUBSCRIPTION_ERASED, .deed = "for-review",
            .after = SUBSCRIPTION_ERASED},
        {"erased, confirms", SUBSCRIPTION_ERASED, .confirms = true,
            .deed = "for-review", .after = SUBSCRIPTION_ERASED},
    };
    struct fixture *x = *state;

    for (uint32_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        struct subscriber s = {.created_s = 100};
        struct act_done done;
        char address[64];

        print_message("%s\n", rows[k].what);
        (void)snprintf(address, sizeof address, "back%u@example.org", k);
        OK(address_parse(address, &s.address, &f));
        OK(subscriber_add(x->st, &s, &f));
        bring_to(x, s.id, rows[k].before);
        if (rows[k].answered)
            OK(subscriber_answered(x->st, s.id, false, NOW_S - 60, &f));
        done = rows[k].confirms
                   ? confirm(x, s.id, 10 + k, NOW_S)
                   : join(x, address, 10 + k, NOW_S, rows[k].dmarc_pass);
        assert_string_equal(done.deed, rows[k].deed);
        assert_int_equal(state_of(x, s.id), rows[k].after);
    }
    /* A question that lapsed is still answered by its token. */
    {
        struct act_done done = join(x, "late@example.org", 90, NOW_S, false);
        int n;

        OK(subscription_lapse(x->st, NOW_S + 1, 9, NOW_S + 9, &n, &f));
        assert_int_equal(state_of(x, done.subscriber_id), SUBSCRIPTION_NONE);
        assert_string_equal(
            confirm(x, done.subscriber_id, 91, NOW_S + 99).deed, "subscribed");
        assert_int_equal(state_of(x, done.subscriber_id), SUBSCRIPTION_ACTIVE);
    }
}

/* Who is not asked is not kept either. */
static void
test_not_asked(void **state)
{
    static const char *const nobody[] = {
        "no-reply@example.org", "mailer-daemon@example.org", "tg@lo-aarhus.dk"};
    struct fixture *x = *state;
    uint32_t uid = 1;

    conf.n_lists = 1;
    conf.list[0] = list;
    for (size_t i = 0; i < sizeof nobody / sizeof *nobody; i++)
        assert_string_equal(
            join(x, nobody[i], uid++, NOW_S, true).deed, "for-review");
    conf.n_lists = 0;
    box.confirm = false;
    assert_string_equal(
        join(x, "a@example.org", uid++, NOW_S, true).deed, "for-review");
    box.confirm = true;
    for (int i = 0; i < FOR_STRANGERS + 3; i++) {
        char from[64];

        (void)snprintf(from, sizeof from, "many%d@example.org", i);
        assert_string_equal(join(x, from, uid++, NOW_S + i, false).deed,
            i < FOR_STRANGERS ? "asked" : "for-review");
    }
    assert_int_equal(fixture_number(x->st, "SELECT count(*) FROM subscriber"),
        FOR_STRANGERS);
    assert_int_equal(fixture_number(x->st, "SELECT count(*) FROM incoming WHERE"
                                           " deed = 'for-review'"),
        7);
    assert_true(leave(x, fixture_people(x, 1, SUBSCRIPTION_ACTIVE), uid++,
        NOW_S + FOR_STRANGERS + 3)
                    .answering);
}

/* A mail of a reader that is not clear, or his answer to our question about one
 * (answers: the question's id): KIND_UNSUB yes, KIND_HUMAN no. */
static struct act_done
hear(struct fixture *x, int64_t id, enum mail_kind kind, int64_t answers,
    uint32_t uid, int64_t now_s)
{
    struct act a = make_act(x);
    struct act_mail m = make_mail(uid);
    struct act_done done = {0};
    struct facts facts = {.form = FORM_PERSON,
        .message_id = "<unclear@example.org>",
        .from_count = 1,
        .intent = INTENT_UNSURE,
        .clue = "nej tak"};
    struct verdict v = {.kind = kind,
        .n_people = 1,
        .may_answer = kind != KIND_HUMAN,
        .confirmed = kind != KIND_REVIEW};

    (void)snprintf(facts.from, sizeof facts.from, "a%d@example.org", (int)id);
    v.person[0].subscriber_id = id;
    v.person[0].answer_id = answers;
    if (answers != 0)
        v.person[0].list_id = x->list;
    OK(act_on(&a, &m, &facts, &v, now_s, &done, &f));
    return done;
}

static int
count(struct fixture *x, const char *what)
{
    char sql[300];

    (void)snprintf(sql, sizeof sql, "SELECT count(*) FROM %s", what);
    return (int)fixture_number(x->st, sql);
}

/* He is asked beside the review, once; a yes is his, in the ledger, brings the
 * goodbye at once and ends the waiting. */
static void
test_asked_and_yes(void **state)
{
    struct fixture *x = *state;
    int64_t id = fixture_people(x, 2, SUBSCRIPTION_ACTIVE);
    struct act_done done = hear(x, id, KIND_REVIEW, 0, 1, NOW_S);
    int64_t first = done.incoming_id;
    struct review rv;

    assert_string_equal(done.deed, "for-review");
    assert_true(done.answering);
    assert_false(done.owed || done.settled);
    assert_int_equal(count(x, "issue WHERE kind = 0 AND state = 1 AND"
                              " answer = 'ask' AND sender = 'null'"),
        1);
    OK(review_get(x->st, first, &rv, &f));
    assert_int_equal(rv.asked_s, NOW_S);
    done = hear(x, id, KIND_REVIEW, 0, 2, NOW_S + 60);
    assert_string_equal(done.deed, "for-review");
    assert_false(done.answering);
    OK(review_get(x->st, done.incoming_id, &rv, &f));
    assert_int_equal(rv.asked_s, 0);

    done = hear(x, id, KIND_UNSUB, 1, 3, NOW_S + 90);
    assert_string_equal(done.deed, "unsubscribed");
    assert_true(done.owed && done.answering && done.settled);
    assert_int_equal(state_of(x, id), SUBSCRIPTION_LEFT);
    assert_int_equal(state_of(x, id + 1), SUBSCRIPTION_ACTIVE);
    assert_int_equal(count(x, "ledger WHERE how = 2 AND state = 3 AND"
                              " proof = '<unclear@example.org>'"),
        1);
    assert_int_equal(count(x, "issue WHERE answer = 'goodbye'"), 1);
    WANT(RES_NONE, review_get(x->st, first, &rv, &f));
    assert_int_equal(count(x, "incoming WHERE uid = 1 AND owed = 1 AND"
                              " deed = 'unsubscribed' AND decided_s > 0 AND"
                              " decided_by = 'its writer'"),
        1);
    /* The other one was not asked about: a person looks at it. */
    assert_int_equal(count(x, "review"), 1);

    /* Said twice, in two mails that were read at the same time. */
    done = hear(x, id, KIND_UNSUB, 1, 4, NOW_S + 91);
    assert_string_equal(done.deed, "off-already");
    assert_false(done.answering || done.settled);
    assert_int_equal(count(x, "issue"), 2);
}

/* A no is noted, and a yes may still follow it. */
static void
test_asked_and_no(void **state)
{
    struct fixture *x = *state;
    int64_t id = fixture_people(x, 1, SUBSCRIPTION_ACTIVE);
    struct act_done done = hear(x, id, KIND_REVIEW, 0, 1, NOW_S);

    assert_true(done.answering);
    done = hear(x, id, KIND_HUMAN, 1, 2, NOW_S + 60);
    assert_string_equal(done.deed, "noted");
    assert_false(done.owed || done.answering);
    assert_true(done.settled);
    assert_int_equal(state_of(x, id), SUBSCRIPTION_ACTIVE);
    assert_int_equal(count(x, "review"), 0);
    assert_int_equal(count(x, "incoming WHERE uid = 1 AND owed = 0 AND"
                              " deed = 'dismissed' AND"
                              " decided_by = 'its writer'"),
        1);
    done = hear(x, id, KIND_UNSUB, 1, 3, NOW_S + 120);
    assert_string_equal(done.deed, "unsubscribed");
    assert_true(done.answering);
    assert_false(done.settled);
    assert_int_equal(
        count(x, "incoming WHERE uid = 1 AND deed = 'dismissed'"), 1);
}

/* What a person has decided stands; his answer is heard all the same. */
static void
test_asked_and_decided(void **state)
{
    static const struct {
        enum review_proposal decides;
        const char *deed, *of_first;
        bool answering;
    } rows[] = {
        {REVIEW_NONE, "unsubscribed", "dismissed", true},
        {REVIEW_UNSUBSCRIBE, "off-already", "unsubscribed", false},
    };
    struct fixture *x = *state;
    int64_t id = fixture_people(x, 2, SUBSCRIPTION_ACTIVE);
    struct act a = make_act(x);

    for (uint32_t k = 0; k < 2; k++) {
        struct act_decision d = {.by = "bo", .deed = rows[k].decides};
        struct act_done done =
            hear(x, id + k, KIND_REVIEW, 0, 10 + 2 * k, NOW_S);
        int64_t question = fixture_number(x->st, "SELECT max(id) FROM issue");
        struct act_done decided = {0};
        struct review rv;
        char what[100];

        assert_true(done.answering);
        OK(review_get(x->st, done.incoming_id, &rv, &f));
        OK(address_parse(rv.from, &d.address[0], &f));
        d.n_addresses = d.deed != REVIEW_NONE;
        OK(act_decide(&a, &rv, &d, NOW_S + 5, &decided, &f));
        assert_false(decided.answering); /* asked within seven days */
        done = hear(x, id + k, KIND_UNSUB, question, 11 + 2 * k, NOW_S + 9);
        assert_string_equal(done.deed, rows[k].deed);
        assert_int_equal(done.answering, rows[k].answering);
        assert_false(done.settled);
        assert_int_equal(state_of(x, id + k), SUBSCRIPTION_LEFT);
        (void)snprintf(what, sizeof what,
            "incoming WHERE uid = %u AND deed = '%s' AND decided_by = 'bo'",
            10 + 2 * k, rows[k].of_first);
        assert_int_equal(count(x, what), 1);
    }
}

/* Off by default, and for those who read no answers. */
static void
test_whom_nobody_asks(void **state)
{
    struct fixture *x = *state;
    int64_t id = fixture_people(x, 1, SUBSCRIPTION_ACTIVE);
    struct act a = make_act(x);
    struct act_mail m = make_mail(2);
    struct act_done done = {0};
    struct facts facts = {.from = "no-reply@example.org"};
    struct verdict v = {.kind = KIND_REVIEW, .n_people = 1, .may_answer = true};

    box.ask = false;
    assert_false(hear(x, id, KIND_REVIEW, 0, 1, NOW_S).answering);
    box.ask = true;
    v.person[0].subscriber_id = id;
    OK(act_on(&a, &m, &facts, &v, NOW_S, &done, &f));
    assert_false(done.answering);
    assert_int_equal(count(x, "issue"), 0);
    assert_int_equal(count(x, "review"), 2);
    assert_true(hear(x, id, KIND_REVIEW, 0, 3, NOW_S).answering);
}

/* A missing template keeps nobody on the list, and is named. */
static void
test_no_template(void **state)
{
    struct fixture *x = *state;
    int64_t id = fixture_people(x, 1, SUBSCRIPTION_ACTIVE);
    struct act a = make_act(x);
    struct act_mail m = make_mail(1);
    struct act_done done = {0};
    struct facts facts = {0};
    struct verdict v = {.kind = KIND_UNSUB, .n_people = 1, .may_answer = true};

    conf.template_dir = (char *)"/nonexistent";
    v.person[0].subscriber_id = id;
    OK(act_on(&a, &m, &facts, &v, NOW_S, &done, &f));
    assert_string_equal(done.deed, "unsubscribed");
    assert_false(done.answering);
    assert_string_not_equal(done.trouble, "");
    assert_int_equal(state_of(x, id), SUBSCRIPTION_LEFT);
    assert_int_equal(
        fixture_number(x->st, "SELECT count(*) FROM ledger WHERE proof ="
                              " 'a mail without Message-ID to tg'"),
        1);
}

/* What anyone can have written is done so often and no more; what a token or
 * our own server proves, always. */
static void
test_flood(void **state)
{
    static const struct {
        const char *server;
        bool dmarc_pass, token, flooded;
        int64_t later_s;
    } rows[] = {
        {"", .flooded = false},
        {"192.0.2.1", .flooded = false},
        {"192.0.2.1", .flooded = false},
        {"192.0.2.1", .flooded = true},
        {"192.0.2.1", .dmarc_pass = true, .flooded = false},
        {"192.0.2.1", .token = true, .flooded = false},
        {"192.0.2.2", .flooded = false},
        {"192.0.2.3", .flooded = true},
        {"", .flooded = true},
        {"192.0.2.1", .flooded = false, .later_s = 3600},
    };
    struct fixture *x = *state;
    int64_t id = fixture_people(x, 10, SUBSCRIPTION_ACTIVE);
    int all, of_one;

    conf.flood = 5;
    conf.flood_server = 2;
    for (int k = 0; k < 10; k++) {
        struct act a = make_act(x);
        struct act_mail m = make_mail((uint32_t)(1 + k));
        struct act_done done = {0};
        struct facts facts = {
            .message_id = "<m@example.org>", .dmarc_pass = rows[k].dmarc_pass};
        struct verdict v = {.kind = KIND_UNSUB, .n_people = 1};

        (void)snprintf(facts.server, sizeof facts.server, "%s", rows[k].server);
        v.person[0].subscriber_id = id + k;
        v.person[0].list_id = rows[k].token ? x->list : 0;
        OK(act_on(&a, &m, &facts, &v, NOW_S + rows[k].later_s, &done, &f));
        if (done.flooded != rows[k].flooded)
            fail_msg("row %d: %d", k, done.flooded);
        assert_string_equal(
            done.deed, rows[k].flooded ? "for-review" : "unsubscribed");
        assert_int_equal(state_of(x, id + k),
            rows[k].flooded ? SUBSCRIPTION_ACTIVE : SUBSCRIPTION_LEFT);
    }
    assert_int_equal(fixture_number(x->st, "SELECT count(*) FROM review"), 3);
    OK(incoming_requests(x->st, NOW_S - 3600, "", &all, &of_one, &f));
    assert_int_equal(all, 8);
    assert_int_equal(of_one, 4);
    OK(incoming_requests(x->st, NOW_S - 3600, "192.0.2.3", &all, &of_one, &f));
    assert_int_equal(of_one, 1);
    conf.flood = conf.flood_server = 0;
}

int
main(void)
{
#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, fixture_up, fixture_down)
    const struct CMUnitTest tests[] = {
        TEST(test_answers_are_few),
        TEST(test_confirmation),
        TEST(test_coming_back),
        TEST(test_not_asked),
        TEST(test_flood),
        TEST(test_asked_and_yes),
        TEST(test_asked_and_no),
        TEST(test_asked_and_decided),
        TEST(test_whom_nobody_asks),
        TEST(test_no_template),
    };

    box.ask = true;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
