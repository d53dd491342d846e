/* SPDX-License-Identifier: ISC */
/* Letters in a row that came back: what counts, what is forgotten, and when an
 * address is taken as dead. */
#include "tests/lists/fixture.h"

#include "lists/soft_bounce.h"

#define TEST(t) cmocka_unit_test_setup_teardown(t, fixture_up, fixture_down)

enum {
    DAY_S = 24 * 60 * 60,
    NOW_S = 1795000000
};

static const struct soft_bounce_limits limits = {3, INT64_C(100) * DAY_S};

/* The next issue, through; the subscriber's letter of it was taken. */
static int64_t
letter_taken(struct fixture *x)
{
    struct issue i = fixture_sending(x);

    fixture_sql(x->st, "UPDATE delivery SET state = 5 WHERE state < 5");
    fixture_sql(x->st, "UPDATE tally SET sent = waiting + sent, waiting = 0 "
                       "WHERE waiting > 0");
    OK(issue_move(x->st, i.id, ISSUE_FINISHED, NULL, 1000, &f));
    return i.id;
}

static bool
comes_back(struct fixture *x, int64_t who, int64_t issue_id, int64_t at_s)
{
    struct soft_bounce b = {who, x->list, issue_id, at_s, "4.2.2 full"};
    bool dead = true;

    OK(soft_bounce_record(x->st, &b, &limits, &dead, &f));
    return dead;
}

static int64_t
count(struct fixture *x)
{
    return fixture_number(x->st, "SELECT count(*) FROM soft_bounce");
}

static void
so_many_letters_in_a_row_are_a_dead_address(void **state)
{
    struct fixture *x = *state;
    int64_t who = fixture_people(x, 1, SUBSCRIPTION_ACTIVE), issue = 0;
    struct soft_bounce late = {who, x->list, 1, NOW_S, "4.2.2 full"};
    struct subscription s;
    bool dead;

    for (int i = 0; i < 2; i++) {
        issue = letter_taken(x);
        assert_false(comes_back(x, who, issue, NOW_S + i));
        /* Another report of the same letter. */
        assert_false(comes_back(x, who, issue, NOW_S + i));
        assert_int_equal(count(x), i + 1);
    }
    assert_true(comes_back(x, who, letter_taken(x), NOW_S + 9));
    OK(subscription_get(x->st, who, x->list, &s, &f));
    assert_int_equal(s.state, SUBSCRIPTION_BOUNCED);
    assert_int_equal(s.how, BY_BOUNCE);
    assert_int_equal(s.since_s, NOW_S + 9);
    assert_int_equal(fixture_number(x->st,
                         "SELECT count(*) FROM ledger WHERE proof ="
                         " '3 letters in a row came back, last: 4.2.2 full'"),
        1);
    assert_int_equal(count(x), 0);
    WANT(RES_NONE, soft_bounce_record(x->st, &late, &limits, &dead, &f));
    assert_false(dead);
    assert_int_equal(count(x), 0);
}

static void
a_letter_that_gets_through_begins_anew(void **state)
{
    struct fixture *x = *state;
    int64_t who = fixture_people(x, 1, SUBSCRIPTION_ACTIVE);

    assert_false(comes_back(x, who, letter_taken(x), NOW_S));
    assert_false(comes_back(x, who, letter_taken(x), NOW_S));
    (void)letter_taken(x);
    assert_false(comes_back(x, who, letter_taken(x), NOW_S));
    assert_int_equal(count(x), 1);
}

static void
what_is_old_is_forgotten(void **state)
{
    struct fixture *x = *state;
    int64_t who = fixture_people(x, 1, SUBSCRIPTION_ACTIVE);

    assert_false(comes_back(x, who, letter_taken(x), NOW_S));
    assert_false(
        comes_back(x, who, letter_taken(x), NOW_S + INT64_C(50) * DAY_S));
    assert_false(
        comes_back(x, who, letter_taken(x), NOW_S + INT64_C(101) * DAY_S));
    assert_int_equal(count(x), 2);
}

static bool
take(void *arg, const struct soft_bounce *b)
{
    int64_t *seen = arg;

    assert_string_equal(b->words, "5.2.1 off?");
    seen[0]++;
    seen[1] = b->issue_id;
    return true;
}

static void
another_state_begins_anew(void **state)
{
    struct fixture *x = *state;
    int64_t who = fixture_people(x, 1, SUBSCRIPTION_ACTIVE), seen[2] = {0, 0};
    struct soft_bounce b = {
        who, x->list, letter_taken(x), NOW_S, "5.2.1 off\xff"};
    struct consent c = {SUBSCRIPTION_LEFT, BY_REPLY, NOW_S, "<m@example.org>"};
    const struct soft_bounce_limits never = {0, DAY_S};
    bool dead = true;

    OK(soft_bounce_record(x->st, &b, &never, &dead, &f));
    assert_false(dead);
    OK(soft_bounce_each(x->st, who, take, seen, &f));
    assert_int_equal(seen[0], 1);
    assert_int_equal(seen[1], b.issue_id);
    OK(subscription_record(x->st, who, x->list, &c, &f));
    assert_int_equal(count(x), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(so_many_letters_in_a_row_are_a_dead_address),
        TEST(a_letter_that_gets_through_begins_anew),
        TEST(what_is_old_is_forgotten),
        TEST(another_state_begins_anew),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
