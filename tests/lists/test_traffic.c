/* SPDX-License-Identifier: ISC */
/* What relays carried on which day, and how senders see them. */
#include "tests/lists/fixture.h"

#include "lists/traffic.h"

#define TEST(t) cmocka_unit_test_setup_teardown(t, fixture_up, fixture_down)

static void
days_add_up_for_each_sender(void **state)
{
    struct fixture *x = *state;
    static const struct {
        int sender, shares;
        int64_t sent;
    } rows[] = {
        {0, 1, 100}, /* all of it, whoever sent it */
        {0, 2, 90},  /* its own: more than its half */
        {1, 2, 50},  /* its half: more than its own */
        {7, 3, 34},
    };
    struct traffic_past past;

    OK(traffic_past(x->st, "a", 0, 1, &past, &f));
    assert_int_equal(past.day, 0);
    assert_int_equal(past.sent, 0);
    OK(traffic_add(x->st, "a", 0, 20000, 7, &f));
    OK(traffic_add(x->st, "a", 1, 20000, 7, &f));
    OK(traffic_add(x->st, "a", 0, 20003, 60, &f));
    OK(traffic_add(x->st, "a", 0, 20003, 31, &f));
    OK(traffic_add(x->st, "a", 0, 20003, -1, &f));
    OK(traffic_add(x->st, "a", 1, 20003, 10, &f));
    OK(traffic_add(x->st, "b", 0, 20009, 5, &f));
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        OK(traffic_past(x->st, "a", rows[i].sender, rows[i].shares, &past, &f));
        assert_int_equal(past.day, 20003);
        assert_int_equal(past.sent, rows[i].sent);
        assert_int_equal(past.earlier_days, 1);
    }
    OK(traffic_add(x->st, "a", 1, 20003, -999, &f));
    OK(traffic_past(x->st, "a", 1, 1, &past, &f));
    assert_int_equal(past.sent, 90);
}

static bool
take(void *arg, const struct traffic_state *s)
{
    struct traffic_state *to = arg;

    *to = *s;
    return true;
}

static void
the_latest_state_stands(void **state)
{
    struct fixture *x = *state;
    struct traffic_state s = {.relay = "a",
        .sender = 1,
        .at_s = 5,
        .state = "up",
        .connections = 2,
        .allowed = 3,
        .rate = 4,
        .rate_allowed = 6,
        .sent = 7,
        .budget = -1,
        .reply = "250 ok",
        .reply_s = 8,
        .since_s = 9,
        .domains = "b.example 1 360\n"};
    struct traffic_state got = {.at_s = 0};

    OK(traffic_show(x->st, &s, &f));
    s.at_s = 6;
    s.until_s = 10;
    OK(traffic_show(x->st, &s, &f));
    OK(traffic_each(x->st, take, &got, &f));
    assert_string_equal(got.relay, "a");
    assert_int_equal(got.at_s, 6);
    assert_int_equal(got.until_s, 10);
    assert_int_equal(got.rate_allowed, 6);
    assert_int_equal(got.budget, -1);
    assert_int_equal(got.since_s, 9);
    assert_string_equal(got.reply, "250 ok");
    assert_string_equal(got.domains, "b.example 1 360\n");
    assert_int_equal(
        fixture_number(x->st, "SELECT count(*) FROM relay_state"), 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(days_add_up_for_each_sender),
        TEST(the_latest_state_stands),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
