/* SPDX-License-Identifier: ISC */
/* A mail that waits for a person, from the verdict to his decision, on a real
 * store: what is proposed, what the ledger says, who gets a goodbye, and that
 * nothing of the mail is kept afterwards. */
#include "tests/daemon/act_fixture.h"

#include "daemon/act_review.h"

static struct act a;

static int
up(void **state)
{
    (void)fixture_up(state);
    a = make_act(*state);
    return 0;
}

/* A mail from a1@example.org, and the review that follows. */
static struct review
receive(const struct facts *facts, const struct verdict *v)
{
    static uint32_t uid;
    struct act_mail m = make_mail(++uid);
    struct act_done done = {0};
    struct review rv;

    OK(act_on(&a, &m, facts, v, NOW_S, &done, &f));
    assert_string_equal(done.deed, "for-review");
    assert_false(done.owed);
    OK(review_get(a.st, done.incoming_id, &rv, &f));
    return rv;
}

static struct act_decision
decision(enum review_proposal deed, const char *address)
{
    struct act_decision d = {.by = "bo", .deed = deed, .n_addresses = 1};

    OK(address_parse(address, &d.address[0], &f));
    return d;
}

static enum subscription_state
state_at(struct fixture *x, const char *text)
{
    struct address address;
    struct subscriber who;
    enum result r;

    OK(address_parse(text, &address, &f));
    r = subscriber_find(x->st, &address, &who, &f);
    assert_true(r == RES_OK || r == RES_NONE);
    return r == RES_OK ? state_of(x, who.id) : SUBSCRIPTION_NONE;
}

static struct facts
written(enum intent intent)
{
    struct facts facts = {.form = FORM_PERSON,
        .from = "a1@example.org",
        .from_count = 1,
        .message_id = "<m@example.org>",
        .subject = "Nyhedsbrev",
        .words = "slet",
        .clue = "slet",
        .intent = intent};

    return facts;
}

static void
test_proposals(void **state)
{
    static const struct {
        const char *what;
        enum mail_kind kind;
        enum intent intent;
        bool self, unreadable, no_clue;
        const char *verdict_address, *facts_address;
        enum review_proposal proposal;
        const char *address;
    } rows[] = {
        {"unclear", KIND_REVIEW, INTENT_UNSURE, .proposal = REVIEW_UNSUBSCRIBE,
            .address = "a1@example.org"},
        {"no words", KIND_REVIEW, INTENT_UNSURE, .no_clue = true,
            .proposal = REVIEW_NONE},
        {"no subscriber", KIND_REVIEW, INTENT_LEAVE,
            .proposal = REVIEW_UNSUBSCRIBE, .address = "a1@example.org"},
        {"from ourselves", KIND_REVIEW, INTENT_LEAVE, .self = true,
            .proposal = REVIEW_NONE},
        {"for another", KIND_UNSUB_OTHER, INTENT_LEAVE_OTHER,
            .verdict_address = "b@example.org", .proposal = REVIEW_UNSUBSCRIBE,
            .address = "b@example.org"},
        {"for another, forged", KIND_REVIEW, INTENT_LEAVE_OTHER,
            .facts_address = "b@example.org", .proposal = REVIEW_UNSUBSCRIBE,
            .address = "b@example.org"},
        {"for nobody named", KIND_UNSUB_OTHER, INTENT_LEAVE_OTHER,
            .proposal = REVIEW_NONE},
        {"wants in", KIND_SUBSCRIBE, INTENT_JOIN,
            .verdict_address = "a1@example.org", .proposal = REVIEW_SUBSCRIBE,
            .address = "a1@example.org"},
        {"wants in, forged", KIND_REVIEW, INTENT_JOIN,
            .proposal = REVIEW_SUBSCRIBE, .address = "a1@example.org"},
        {"a token, and wants to stay", KIND_REVIEW, INTENT_STAY,
            .verdict_address = "b@example.org", .proposal = REVIEW_NONE,
            .address = "b@example.org"},
        {"a token, and other words", KIND_REVIEW, INTENT_NONE,
            .verdict_address = "b@example.org", .proposal = REVIEW_UNSUBSCRIBE,
            .address = "b@example.org"},
        {"encrypted", KIND_REVIEW, INTENT_LEAVE, .unreadable = true,
            .proposal = REVIEW_NONE},
        {"complaint without a token", KIND_COMPLAINT, INTENT_NONE,
            .verdict_address = "b@example.org", .proposal = REVIEW_UNSUBSCRIBE,
            .address = "b@example.org"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct facts facts = written(rows[i].intent);
        struct verdict v = {.kind = rows[i].kind, .evidence = "why"};
        struct review rv;

        print_message("%s\n", rows[i].what);
        facts.from_self = rows[i].self;
        facts.unreadable = rows[i].unreadable;
        if (rows[i].no_clue)
            facts.clue[0] = '\0';
        if (rows[i].verdict_address != NULL)
            (void)snprintf(v.address[v.n_addresses++], sizeof v.address[0],
                "%s", rows[i].verdict_address);
        if (rows[i].facts_address != NULL)
            (void)snprintf(facts.address[facts.n_addresses++],
                sizeof facts.address[0], "%s", rows[i].facts_address);
        rv = receive(&facts, &v);
        assert_int_equal(rv.proposal, rows[i].proposal);
        assert_int_equal(rv.n_addresses, rows[i].address != NULL);
        if (rows[i].address != NULL)
            assert_string_equal(rv.address[0], rows[i].address);
        assert_string_equal(rv.from, "a1@example.org");
        assert_string_equal(rv.words, "slet");
        assert_int_equal(rv.may_answer, !rows[i].self);
    }
}

/* Own request, read by a person: the ledger names him, the writer gets one
 * goodbye, the mark is owed, and the words are gone. */
static void
test_own_request(void **state)
{
    struct fixture *x = *state;
    const struct facts facts = written(INTENT_UNSURE);
    const struct verdict v = {.kind = KIND_REVIEW, .evidence = "not clear"};
    struct act_decision d = decision(REVIEW_UNSUBSCRIBE, "A1@example.org");
    struct act_done done = {0};
    struct review rv, other;

    (void)fixture_people(x, 2, SUBSCRIPTION_ACTIVE);
    rv = receive(&facts, &v);
    other = receive(&facts, &v);
    OK(act_decide(&a, &rv, &d, NOW_S, &done, &f));
    assert_string_equal(done.deed, "unsubscribed");
    assert_true(done.owed);
    assert_true(done.answering);
    assert_string_equal(done.trouble, "");
    assert_int_equal(state_at(x, "a1@example.org"), SUBSCRIPTION_LEFT);
    assert_int_equal(state_at(x, "a2@example.org"), SUBSCRIPTION_ACTIVE);
    assert_int_equal(
        fixture_number(x->st,
            "SELECT count(*) FROM ledger WHERE how = 6 AND state = 3 AND"
            " proof LIKE 'bo, about incoming mail _% <m@example.org>'"),
        1);
    assert_int_equal(fixture_number(x->st, "SELECT count(*) FROM issue"), 1);
    /* Decided: a second word changes nothing. */
    d.deed = REVIEW_SUBSCRIBE;
    WANT(RES_NONE, act_decide(&a, &rv, &d, NOW_S, &done, &f));
    assert_int_equal(state_at(x, "a1@example.org"), SUBSCRIPTION_LEFT);
    /* His second mail changes nothing, and brings no second goodbye. */
    d.deed = REVIEW_UNSUBSCRIBE;
    OK(act_decide(&a, &other, &d, NOW_S, &done, &f));
    assert_string_equal(done.deed, "off-already");
    assert_false(done.answering);
    assert_int_equal(fixture_number(x->st, "SELECT count(*) FROM issue"), 1);
    assert_int_equal(fixture_number(x->st, "SELECT count(*) FROM review"), 0);
    assert_int_equal(
        fixture_number(x->st,
            "SELECT count(*) FROM incoming WHERE decided_by = 'bo' AND owed"
            " = 1 AND subscriber_id = 1"),
        2);
}

/* On another's word nobody gets a letter; who is not there is passed over. */
static void
test_for_another(void **state)
{
    struct fixture *x = *state;
    const struct facts facts = written(INTENT_LEAVE_OTHER);
    const struct verdict v = {.kind = KIND_UNSUB_OTHER,
        .evidence = "why",
        .n_addresses = 2,
        .address = {"nobody@example.org", "a2@example.org"}};
    struct act_decision d = decision(REVIEW_UNSUBSCRIBE, "nobody@example.org");
    struct act_done done = {0};
    struct review rv;

    (void)fixture_people(x, 2, SUBSCRIPTION_ACTIVE);
    rv = receive(&facts, &v);
    WANT(RES_NEVER, act_decide(&a, &rv, &d, NOW_S, &done, &f));
    assert_non_null(strstr(f.text, "nobody@example.org is not on the list"));
    OK(review_get(x->st, rv.id, &rv, &f));
    d.n_addresses = 2;
    OK(address_parse("a2@example.org", &d.address[1], &f));
    OK(act_decide(&a, &rv, &d, NOW_S, &done, &f));
    assert_string_equal(done.deed, "unsubscribed");
    assert_false(done.answering);
    assert_int_equal(state_at(x, "a2@example.org"), SUBSCRIPTION_LEFT);
    assert_int_equal(state_at(x, "a1@example.org"), SUBSCRIPTION_ACTIVE);
    assert_int_equal(fixture_number(x->st, "SELECT count(*) FROM issue"), 0);
}

/* An admin puts people on; who complained comes back by his own mail alone. */
static void
test_subscribe(void **state)
{
    static const struct {
        enum mail_kind kind;
        enum subscription_state before;
        const char *who;
        enum result result;
        const char *deed;
        int how;
    } rows[] = {
        {KIND_SUBSCRIBE, SUBSCRIPTION_NONE, "new@example.org", RES_OK,
            "subscribed", BY_ADMIN},
        {KIND_SUBSCRIBE, SUBSCRIPTION_LEFT, "a1@example.org", RES_OK,
            "subscribed", BY_ADMIN},
        {KIND_SUBSCRIBE, SUBSCRIPTION_ACTIVE, "a1@example.org", RES_OK,
            "on-already", -1},
        {KIND_SUBSCRIBE, SUBSCRIPTION_COMPLAINED, "a1@example.org", RES_OK,
            "subscribed", BY_REPLY},
        {KIND_SUBSCRIBE, SUBSCRIPTION_COMPLAINED, "a2@example.org", RES_NEVER,
            NULL, -1},
    };
    struct fixture *x = *state;

    (void)fixture_people(x, 2, SUBSCRIPTION_ACTIVE);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct facts facts = written(INTENT_JOIN);
        struct verdict v = {
            .kind = rows[i].kind, .evidence = "why", .n_addresses = 1};
        struct act_decision d = decision(REVIEW_SUBSCRIBE, rows[i].who);
        struct act_done done = {0};
        struct review rv;
        char sql[100];

        print_message("row %zu\n", i);
        (void)snprintf(v.address[0], sizeof v.address[0], "%s", facts.from);
        (void)snprintf(sql, sizeof sql, "UPDATE subscription SET state = %d",
            (int)rows[i].before);
        if (rows[i].before != SUBSCRIPTION_NONE)
            fixture_sql(x->st, sql);
        rv = receive(&facts, &v);
        WANT(rows[i].result, act_decide(&a, &rv, &d, NOW_S, &done, &f));
        if (rows[i].result != RES_OK) {
            assert_int_equal(state_at(x, rows[i].who), rows[i].before);
            continue;
        }
        assert_string_equal(done.deed, rows[i].deed);
        assert_false(done.answering);
        assert_int_equal(state_at(x, rows[i].who), SUBSCRIPTION_ACTIVE);
        if (rows[i].how >= 0)
            assert_int_equal(fixture_number(x->st,
                                 "SELECT how FROM ledger ORDER BY id DESC"),
                rows[i].how);
    }
}

/* Of long words as many whole characters are kept as there is room for. */
static void
test_long_words(void **state)
{
    struct facts facts = written(INTENT_UNSURE);
    const struct verdict v = {.kind = KIND_REVIEW, .evidence = "why"};
    struct review rv;

    (void)state;
    facts.words[0] = 'x';
    for (size_t i = 1; i + 2 < sizeof facts.words; i += 2)
        memcpy(facts.words + i, "\xc3\xa5", 3);
    rv = receive(&facts, &v);
    assert_int_equal(strlen(rv.words), REVIEW_WORDS_MAX - 1);
    assert_memory_equal(rv.words, facts.words, REVIEW_WORDS_MAX - 1);
}

/* Let be; one that could not be read; and an inbox that is configured no more.
 */
static void
test_little_to_do(void **state)
{
    struct fixture *x = *state;
    const struct facts facts = written(INTENT_LEAVE);
    const struct verdict v = {.kind = KIND_REVIEW, .evidence = "why"};
    const struct act_decision none = {.by = "bo", .deed = REVIEW_NONE};
    struct act_decision d = decision(REVIEW_UNSUBSCRIBE, "a1@example.org");
    struct act_mail m = {.uidvalidity = 7, .uid = 900, .digest = {9, 9}};
    struct act_done done = {0};
    struct review rv;

    (void)fixture_people(x, 1, SUBSCRIPTION_ACTIVE);
    rv = receive(&facts, &v);
    OK(act_decide(&a, &rv, &none, NOW_S, &done, &f));
    assert_string_equal(done.deed, "dismissed");
    assert_false(done.owed);
    assert_int_equal(state_at(x, "a1@example.org"), SUBSCRIPTION_ACTIVE);

    OK(act_set_aside(&a, &m, "too many parts", NOW_S, &f));
    OK(review_get(x->st, rv.id + 1, &rv, &f));
    assert_int_equal(rv.proposal, REVIEW_NONE);
    assert_string_equal(rv.evidence, "too many parts");
    assert_string_equal(rv.from, "");

    a.box = NULL;
    a.list = NULL;
    OK(act_decide(&a, &rv, &d, NOW_S, &done, &f));
    assert_string_equal(done.deed, "unsubscribed");
    assert_false(done.owed);
    assert_false(done.answering);
    assert_int_equal(state_at(x, "a1@example.org"), SUBSCRIPTION_LEFT);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, up, fixture_down)
    const struct CMUnitTest tests[] = {
        TEST(test_proposals),
        TEST(test_own_request),
        TEST(test_for_another),
        TEST(test_subscribe),
        TEST(test_long_words),
        TEST(test_little_to_do),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
