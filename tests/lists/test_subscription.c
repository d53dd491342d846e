/* SPDX-License-Identifier: ISC */
#include "tests/lists/fixture.h"

#define N SUBSCRIPTION_NONE
#define P SUBSCRIPTION_PENDING
#define A SUBSCRIPTION_ACTIVE
#define L SUBSCRIPTION_LEFT
#define B SUBSCRIPTION_BOUNCED
#define C SUBSCRIPTION_COMPLAINED
#define E SUBSCRIPTION_ERASED
enum {
    STATES = 7,
    HOWS = 8
};

/* Who may do it, said once more in other words: i import, f form, r reply,
 * o one-click, b bounce, c complaint, a admin, t time; by from and to. */
static const char *const may[STATES][STATES] = {
    [N] = {[P] = "fr",
        [A] = "ia",
        [L] = "iforx",
        [B] = "ia",
        [C] = "ica",
        [E] = "a"},
    [P] = {[N] = "t",
        [A] = "iroa",
        [L] = "ifortx",
        [B] = "ibta",
        [C] = "ictx",
        [E] = "a"},
    [A] = {[L] = "iforx", [B] = "iba", [C] = "ica", [E] = "a"},
    [L] = {[P] = "fr", [A] = "ra", [C] = "ca", [E] = "a"},
    [B] = {[P] = "fr", [A] = "ra", [L] = "forx", [C] = "ca", [E] = "a"},
    [C] = {[P] = "r", [A] = "r", [E] = "a"},
};

static const char letter[HOWS] = {[BY_IMPORT] = 'i',
    [BY_FORM] = 'f',
    [BY_REPLY] = 'r',
    [BY_ONE_CLICK] = 'o',
    [BY_BOUNCE] = 'b',
    [BY_COMPLAINT] = 'c',
    [BY_ADMIN] = 'a',
    [BY_TIME] = 't'};

static bool
expected(int from, int to, int how)
{
    const char *who = may[from][to];

    if (who == NULL)
        return false;
    /* x: an admin too. */
    return strchr(who, letter[how]) != NULL ||
           (how == BY_ADMIN && strchr(who, 'x') != NULL);
}

/* Brings a fresh subscriber into a state by ways that are allowed. */
static void
bring(struct fixture *x, int64_t id, int state)
{
    static const enum consent_how how[STATES] = {[P] = BY_FORM,
        [A] = BY_IMPORT,
        [L] = BY_ADMIN,
        [B] = BY_ADMIN,
        [C] = BY_COMPLAINT,
        [E] = BY_ADMIN};
    struct consent c = {
        (enum subscription_state)state, how[state], 5, "set up"};

    if (state != N)
        OK(subscription_record(x->st, id, x->list, &c, &f));
}

static int64_t
someone(struct fixture *x, int state)
{
    int64_t id = fixture_people(x, 1, SUBSCRIPTION_NONE);

    bring(x, id, state);
    return id;
}

static void
every_edge_is_as_the_table_says(void **state)
{
    struct fixture *x = *state;
    struct subscription now;
    int from, to, how;
    enum result r;

    for (from = 0; from < STATES; from++)
        for (to = 0; to < STATES; to++)
            for (how = 0; how < HOWS; how++) {
                struct consent c = {(enum subscription_state)to,
                    (enum consent_how)how, 77, "proof"};
                int64_t id, before;

                OK(store_begin_lazy(x->st, &f));
                id = someone(x, from);
                before = fixture_number(x->st, "SELECT count(*) FROM ledger");
                r = subscription_record(x->st, id, x->list, &c, &f);
                if (r != (from == to                   ? RES_NONE
                             : expected(from, to, how) ? RES_OK
                                                       : RES_NEVER))
                    fail_msg("%s -> %s by %s: %d",
                        subscription_word((enum subscription_state)from),
                        subscription_word((enum subscription_state)to),
                        consent_word((enum consent_how)how), r);
                assert_int_equal(
                    fixture_number(x->st, "SELECT count(*) FROM ledger"),
                    before + (r == RES_OK));
                now.state = (enum subscription_state)99;
                if (subscription_get(x->st, id, x->list, &now, &f) > RES_NONE)
                    fail_msg("%s", f.text);
                assert_int_equal(now.state, r == RES_OK ? to : from);
                if (r == RES_OK) {
                    assert_int_equal(now.since_s, 77);
                    assert_int_equal(now.how, how);
                }
                WANT(RES_NEVER, store_end(x->st, RES_NEVER, &f));
            }
}

struct seen {
    int n;
    char text[1200];
};

static bool
note(void *arg, int64_t list, const struct consent *c)
{
    struct seen *s = arg;
    size_t at = strlen(s->text);

    s->n++;
    (void)snprintf(s->text + at, sizeof s->text - at, "%lld %s %s %lld %.20s;",
        (long long)list, subscription_word(c->to), consent_word(c->how),
        (long long)c->at_s, c->proof);
    return s->n < 3;
}

static void
the_ledger_tells_it_all_in_order(void **state)
{
    struct fixture *x = *state;
    int64_t id = someone(x, P);
    struct consent c = {A, BY_REPLY, 6, "<id@x>\r\nBcc: \xff"};
    struct seen s = {0};

    OK(subscription_record(x->st, id, x->list, &c, &f));
    c = (struct consent){L, BY_ONE_CLICK, 4, "token"};
    OK(subscription_record(x->st, id, x->list, &c, &f));
    OK(ledger_each(x->st, id, note, &s, &f));
    assert_string_equal(s.text,
        "1 pending form 5 set up;1 active reply 6 <id@x>  Bcc: ?;"
        "1 left one-click 4 token;");
    /* An unknown person or list is no subscription. */
    WANT(RES_NEVER, subscription_record(x->st, 999, x->list, &c, &f));
    WANT(RES_NEVER, subscription_record(x->st, id, 999, &c, &f));
    c.how = (enum consent_how)99;
    c.to = A;
    WANT(RES_NEVER, subscription_record(x->st, id, x->list, &c, &f));
}

/* A question that nobody answers ends as it began, and while it is open an old
 * file brings back nobody who could not be brought back before. */
static void
questions_lapse(void **state)
{
    static const struct {
        int before;
        enum result import, admin;
    } cases[] = {{N, RES_OK, RES_OK}, {L, RES_NEVER, RES_OK},
        {B, RES_NEVER, RES_OK}, {C, RES_NEVER, RES_NEVER}};
    struct fixture *x = *state;
    struct subscription now;
    int64_t first = fixture_people(x, 4, SUBSCRIPTION_NONE);
    int n = 0;

    for (int i = 0; i < 4; i++) {
        struct consent c = {P, BY_REPLY, 100 + i, "<asks@x>"};

        bring(x, first + i, cases[i].before);
        OK(subscription_record(x->st, first + i, x->list, &c, &f));
        for (int k = 0; k < 2; k++) {
            c.to = A;
            c.how = k == 0 ? BY_IMPORT : BY_ADMIN;
            OK(store_begin(x->st, &f));
            WANT(k == 0 ? cases[i].import : cases[i].admin,
                subscription_record(x->st, first + i, x->list, &c, &f));
            WANT(RES_NEVER, store_end(x->st, RES_NEVER, &f));
        }
    }
    OK(subscription_lapse(x->st, 100, 9, 500, &n, &f));
    assert_int_equal(n, 0);
    OK(subscription_lapse(x->st, 200, 3, 500, &n, &f));
    assert_int_equal(n, 3);
    OK(subscription_lapse(x->st, 200, 3, 500, &n, &f));
    assert_int_equal(n, 1);
    for (int i = 0; i < 4; i++) {
        OK(subscription_get(x->st, first + i, x->list, &now, &f));
        assert_int_equal(now.state, cases[i].before);
        assert_int_equal(now.how, BY_TIME);
        assert_int_equal(now.since_s, 500);
    }
    OK(subscription_lapse(x->st, 1000, 9, 500, &n, &f));
    assert_int_equal(n, 0);
}

static void
a_long_proof_is_cut_at_a_character(void **state)
{
    struct fixture *x = *state;
    char proof[PROOF_MAX + 50];
    struct consent c = {A, BY_ADMIN, 6, proof};
    int64_t id = fixture_people(x, 1, SUBSCRIPTION_NONE);

    memset(proof, 'a', sizeof proof);
    memcpy(proof + PROOF_MAX - 1, "\xc3\xb8", 2);
    proof[PROOF_MAX + 40] = '\0';
    OK(subscription_record(x->st, id, x->list, &c, &f));
    assert_int_equal(fixture_number(x->st, "SELECT length(proof) FROM ledger"),
        PROOF_MAX - 1);
}

static void
who_leaves_gets_nothing_that_is_queued(void **state)
{
    struct fixture *x = *state;
    int64_t first = fixture_people(x, 3, A), count[DELIVERY_STATES], other;
    struct consent c = {L, BY_REPLY, 2000, "<leave@x>"};
    struct issue i = fixture_sending(x), answer;

    answer = fixture_issue(x, ISSUE_ANSWER);
    OK(delivery_add(x->st, answer.id, first, 1000, &f));
    OK(list_id(x->st, "another", &other, &f));
    WANT(RES_OK, subscription_record(x->st, first, other, &c, &f));
    OK(delivery_count(x->st, i.id, count, NULL, &f));
    assert_int_equal(count[DELIVERY_WAITING], 3);

    OK(subscription_record(x->st, first, x->list, &c, &f));
    OK(delivery_count(x->st, i.id, count, NULL, &f));
    assert_int_equal(count[DELIVERY_WAITING], 2);
    assert_int_equal(count[DELIVERY_CANCELLED], 1);
    /* The goodbye is still on its way. */
    OK(delivery_count(x->st, answer.id, count, NULL, &f));
    assert_int_equal(count[DELIVERY_WAITING], 1);
}

static bool
name_them(
    void *arg, const struct subscriber *who, const struct subscription *what)
{
    struct seen *s = arg;
    size_t at = strlen(s->text);

    s->n++;
    (void)snprintf(s->text + at, sizeof s->text - at, "%s %s %s,",
        who->address.key, who->given_name, subscription_word(what->state));
    return true;
}

static void
lists_and_counts(void **state)
{
    struct fixture *x = *state;
    int64_t first = fixture_people(x, 4, A), count[7];
    struct consent c = {B, BY_BOUNCE, 9, "<dsn@x>"};
    struct seen s = {0}, t = {0};
    struct subscription none;

    OK(subscription_record(x->st, first + 1, x->list, &c, &f));
    OK(subscription_count(x->st, x->list, count, &f));
    assert_int_equal(count[A], 3);
    assert_int_equal(count[B], 1);
    assert_int_equal(count[N], 0);
    OK(subscription_each(x->st, x->list, -1, first, 2, name_them, &s, &f));
    assert_string_equal(
        s.text, "a2@example.org Anna bounced,a3@example.org Anna active,");
    OK(subscription_each(x->st, x->list, B, 0, 9, name_them, &t, &f));
    assert_string_equal(t.text, "a2@example.org Anna bounced,");
    WANT(RES_NONE, subscription_get(x->st, 999, x->list, &none, &f));
    assert_int_equal(none.state, N);
    assert_int_equal(subscription_from_word("complained"), C);
    assert_int_equal(subscription_from_word("gone"), -1);
    assert_string_equal(
        subscription_word((enum subscription_state)99), "unknown");
}

int
main(void)
{
#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, fixture_up, fixture_down)
    const struct CMUnitTest tests[] = {
        TEST(every_edge_is_as_the_table_says),
        TEST(the_ledger_tells_it_all_in_order),
        TEST(questions_lapse),
        TEST(a_long_proof_is_cut_at_a_character),
        TEST(who_leaves_gets_nothing_that_is_queued),
        TEST(lists_and_counts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
