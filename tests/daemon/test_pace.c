/* SPDX-License-Identifier: ISC */
/* How fast a relay may be used: rates in their windows, the day, the ramp,
 * penalties, on clocks that the test sets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "daemon/pace.h"

#define NOON (INT64_C(20000) * 86400 + 43200)

/* One relay and its two clocks. */
static struct pace pace;
static struct pace_limits limits;
static struct pace_ask ask;

static void
begin(struct pace_limits l)
{
    pace_clear(&pace);
    limits = l;
    if (limits.connections == 0)
        limits.connections = 64;
    ask = (struct pace_ask){.now_ms = 5000000, .now_s = NOON};
    pace_init(&pace, &limits, ask.now_ms);
}

static int
tear_down(void **state)
{
    (void)state;
    pace_clear(&pace);
    return 0;
}

static void
pass(int64_t ms)
{
    ask.now_ms += ms;
    ask.now_s += ms / 1000;
}

static enum pace_answer
may(const char *address, int64_t *wait_ms)
{
    ask.domain = pace_domain_of(address);
    return pace_may(&pace, &ask, wait_ms);
}

static bool
go(const char *address)
{
    int64_t wait_ms;

    if (may(address, &wait_ms) != PACE_GO)
        return false;
    pace_went(&pace, &ask, address);
    return true;
}

/* How many go within so long, tried every millisecond. */
static int
go_for(const char *address, int64_t ms)
{
    int n = 0;

    for (int64_t i = 0; i < ms; i++) {
        while (go(address))
            n++;
        pass(1);
    }
    return n;
}

static void
slower(const char *address)
{
    ask.domain = address != NULL ? pace_domain_of(address) : 0;
    (void)pace_slower(&pace, &ask, address != NULL ? address : "");
}

static void
test_domains(void **state)
{
    (void)state;
    assert_true(pace_domain_of("a@B.Example") == pace_domain_of("c@b.eXample"));
    assert_true(pace_domain_of("a@b.example") != pace_domain_of("a@c.example"));
    assert_true(pace_domain_of("\"a@c.example\"@b") == pace_domain_of("x@b"));
}

/* In no window more than it says; over three windows nearly all of it. */
static void
test_rates(void **state)
{
    static const struct {
        struct pace_limits limits;
        int n, window_ms;
    } rows[] = {
        {{.per_second = 1}, 1, 1000},
        {{.per_second = 7}, 7, 1000},
        {{.per_second = 50}, 50, 1000},
        {{.per_second = 900}, 900, 1000},
        {{.per_minute = 1}, 1, 60000},
        {{.per_minute = 100}, 100, 60000},
        {{.per_hour = 500}, 500, 3600000},
        {{.domain_per_minute = 30}, 30, 60000},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int n, all = 0, half = rows[i].window_ms / 2;
        int before = 0;

        begin(rows[i].limits);
        for (int k = 0; k < 6; k++) {
            n = go_for("a@b.example", half);
            if (n + before > rows[i].n)
                fail_msg("row %zu: %d in a window", i, n + before);
            before = n;
            all += n;
        }
        if (all + 1 < rows[i].n * 3 * 97 / 100)
            fail_msg("row %zu: only %d in three", i, all);
    }
}

/* A busy machine asks late: what that delays is caught up, and yet no second
 * has more than it should. */
static void
test_late(void **state)
{
    int64_t at[1000] = {0};
    unsigned int dice = 1;
    int n = 0;

    (void)state;
    begin((struct pace_limits){.per_second = 40});
    for (int64_t end = ask.now_ms + 10000; ask.now_ms < end;) {
        while (go("a@b.example"))
            at[n++] = ask.now_ms;
        dice = dice * 1103515245U + 12345U;
        pass(1 + (dice >> 16) % 25);
    }
    assert_in_range(n, 380, 400);
    for (int i = 40; i < n; i++)
        assert_true(at[i] - at[i - 40] >= 999);
}

/* What it says of the wait is true, and a rate of one domain is its own. */
static void
test_wait(void **state)
{
    int64_t wait_ms;

    (void)state;
    begin((struct pace_limits){.domain_per_minute = 2});
    assert_true(go("a@one.example"));
    assert_int_equal(may("b@one.example", &wait_ms), PACE_WAIT_DOMAIN);
    assert_in_range(wait_ms, 29000, 30000); /* the window and no slack */
    assert_true(go("b@two.example"));
    pass(wait_ms - 1);
    assert_false(go("b@one.example"));
    pass(1);
    assert_true(go("b@one.example"));
}

/* A clock set back an hour: nobody waits longer than before. */
static void
test_clock_back(void **state)
{
    int64_t wait_ms;

    (void)state;
    begin((struct pace_limits){.per_minute = 1, .connections = 8});
    assert_true(go("a@b.example"));
    ask.taken = ask.taken_domain = 8;
    slower("a@b.example");
    pass(-3600000);
    ask.taken = ask.taken_domain = 0;
    assert_int_equal(may("a@b.example", &wait_ms), PACE_WAIT);
    assert_in_range(wait_ms, 1, 62000);
    pass(wait_ms);
    pace_accepted(&pace, ask.domain);
    if (may("a@b.example", &wait_ms) != PACE_GO) /* the domain's penalty */
        pass(wait_ms);
    assert_int_equal(may("a@b.example", &wait_ms), PACE_GO);
    assert_in_range(ask.now_ms, 5000000 - 3600000, 5000000 - 3600000 + 70000);
    pass(PACE_CLIMB_MS);
    assert_int_equal(
        pace_penalty_of(&pace, ask.domain, ask.now_ms)->connections, 5);
}

static void
test_connections(void **state)
{
    int64_t wait_ms;

    (void)state;
    begin((struct pace_limits){.connections = 4, .domain_connections = 2});
    ask.taken = 3;
    ask.taken_domain = 2;
    assert_int_equal(may("a@b.example", &wait_ms), PACE_WAIT_DOMAIN);
    assert_int_equal(wait_ms, -1);
    ask.taken_domain = 1;
    assert_true(go("a@b.example"));
    ask.taken = 4;
    assert_int_equal(may("a@b.example", &wait_ms), PACE_WAIT);
}

static void
test_special(void **state)
{
    const struct pace_special special[] = {
        {pace_domain_of("x@big.example"), 3, 0}};
    int64_t wait_ms;

    (void)state;
    begin((struct pace_limits){.domain_connections = 1,
        .domain_per_minute = 1,
        .n_special = 1,
        .special = special});
    for (int i = 0; i < 100; i++)
        assert_true(go("a@big.example"));
    ask.taken = ask.taken_domain = 3;
    assert_int_equal(may("a@big.example", &wait_ms), PACE_WAIT_DOMAIN);
    ask.taken_domain = 0;
    assert_true(go("a@b.example"));
    assert_false(go("a@b.example"));
}

static void
test_day(void **state)
{
    int64_t wait_ms;

    (void)state;
    begin((struct pace_limits){.per_day = 10});
    pace_remember(&pace, NOON / 86400, 7, 30, NOON); /* from before a restart */
    for (int i = 0; i < 3; i++)
        assert_true(go("a@b.example"));
    assert_int_equal(may("a@b.example", &wait_ms), PACE_WAIT);
    assert_int_equal(wait_ms, 43200000);
    pace_unsent(&pace); /* one was refused */
    assert_true(go("a@b.example"));
    pass(wait_ms - 1000);
    assert_false(go("a@b.example"));
    pass(1000);
    for (int i = 0; i < 10; i++)
        assert_true(go("a@b.example"));
    assert_false(go("a@b.example"));
    /* An hour back is yesterday again: no second budget, no third one after. */
    pass(-3600000);
    assert_false(go("a@b.example"));
    pass(3600000);
    assert_false(go("a@b.example"));
    /* The clock was wrong by a month. */
    ask.now_s -= INT64_C(30) * 86400;
    assert_false(go("a@b.example"));
    ask.now_s += 86400;
    assert_true(go("a@b.example"));
}

static void
test_remember(void **state)
{
    const int64_t today = NOON / 86400;
    const struct {
        int64_t day, sent;
        int days;
        int64_t want_sent;
        int want_days;
    } rows[] = {
        {0, 0, 0, 0, 0},
        {today, 5, 2, 5, 2},
        {today - 1, 5, 2, 0, 3},
        {today - 9, 5, 2, 0, 3},
        {today + 1, 5, 2, 5, 2}, /* the clock was set back */
        {today + 400, 5, 2, 0, 3},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        begin((struct pace_limits){0});
        pace_remember(&pace, rows[i].day, rows[i].sent, rows[i].days, NOON);
        assert_int_equal(pace.sent, rows[i].want_sent);
        assert_int_equal(pace.used_days, rows[i].want_days);
    }
}

/* Day by day; a day without letters is no step. */
static void
test_warm_up(void **state)
{
    static const int want[] = {2, 5, 10, 10};

    (void)state;
    begin((struct pace_limits){
        .per_day = 10, .n_warm_up = 3, .warm_up = {2, 5, 20}});
    for (int day = 0; day < 4; day++) {
        int n = 0;

        assert_int_equal(pace_budget(&pace, ask.now_s), want[day]);
        while (go("a@b.example"))
            n++;
        assert_int_equal(n, want[day]);
        pass(INT64_C(86400000) * (day == 1 ? 7 : 1));
    }
    begin((struct pace_limits){.n_warm_up = 1, .warm_up = {2}});
    pace_remember(&pace, NOON / 86400 - 1, 1, 0, NOON);
    assert_int_equal(pace_budget(&pace, ask.now_s), -1);
}

/* A storm halves once, then again; it climbs back in steps, and ends. */
static void
test_penalty(void **state)
{
    int64_t hour;

    (void)state;
    begin((struct pace_limits){.connections = 16});
    for (int i = 0; i < 10000; i++) { /* 1000 a second */
        ask.taken = 16;
        pace_went(&pace, &ask, "a@b.example");
        if (i % 10 == 0)
            pass(10);
    }
    for (int i = 0; i < 16; i++)
        slower(NULL);
    assert_int_equal(pace_connections(&pace, ask.now_ms), 8);
    hour = pace_allowed(&pace, ask.now_ms);
    assert_in_range(hour, 1700000, 1900000);
    pass(PACE_TOGETHER_MS);
    slower(NULL);
    assert_int_equal(pace_connections(&pace, ask.now_ms), 4);
    assert_int_equal(pace_allowed(&pace, ask.now_ms), hour / 2);

    pass(PACE_CLIMB_MS); /* nothing was accepted: no step */
    assert_int_equal(pace_connections(&pace, ask.now_ms), 4);
    for (int n = 6; n <= 14; n += 2) {
        pace_accepted(&pace, 1);
        assert_int_equal(pace_connections(&pace, ask.now_ms), n);
        pace_accepted(&pace, 1);
        assert_int_equal(pace_connections(&pace, ask.now_ms), n);
        pass(PACE_CLIMB_MS);
    }
    pace_accepted(&pace, 1);
    assert_int_equal(pace_connections(&pace, ask.now_ms), 16);
    assert_int_equal(pace_allowed(&pace, ask.now_ms), 0);

    for (int i = 0; i < 40; i++) { /* never to nothing */
        slower(NULL);
        pass(PACE_TOGETHER_MS);
    }
    assert_int_equal(pace_connections(&pace, ask.now_ms), 1);
    assert_int_equal(pace_allowed(&pace, ask.now_ms), PACE_LEAST_PER_HOUR);
    pass(PACE_FORGET_MS);
    assert_int_equal(pace_connections(&pace, ask.now_ms), 16);
}

/* One domain's penalty is no other's. */
static void
test_penalty_of_domain(void **state)
{
    const struct pace_domain *slow[3];
    int64_t wait_ms;
    int n;

    (void)state;
    begin((struct pace_limits){.connections = 16});
    for (int i = 0; i < 1000; i++)
        assert_true(go("a@big.example"));
    ask.taken = 16;
    ask.taken_domain = 8;
    slower("a@big.example");
    ask.taken = ask.taken_domain = 3;
    assert_true(go("a@other.example"));
    n = 0;
    while (go("a@big.example"))
        n++;
    assert_in_range(n, 1, 30);
    assert_int_equal(may("a@big.example", &wait_ms), PACE_WAIT_DOMAIN);
    assert_true(go("a@other.example"));
    assert_int_equal(pace_slowest(&pace, slow, 3, ask.now_ms), 1);
    assert_string_equal(slow[0]->name, "big.example");
    for (int i = 0; i < 9; i++) {
        char to[40];

        (void)snprintf(to, sizeof to, "a@%d.example", i);
        for (int k = 0; k <= i; k++) {
            slower(to);
            pass(PACE_TOGETHER_MS);
        }
    }
    assert_int_equal(pace_slowest(&pace, slow, 3, ask.now_ms), 3);
    assert_true(slow[0]->penalty.per_hour <= slow[1]->penalty.per_hour);
    assert_true(slow[1]->penalty.per_hour <= slow[2]->penalty.per_hour);
}

static void
test_not_now(void **state)
{
    (void)state;
    begin((struct pace_limits){0});
    ask.domain = pace_domain_of("a@b.example");
    for (int i = 0; i < 2; i++) {
        for (int k = 0; k < 9; k++)
            assert_false(pace_not_now(&pace, &ask, "a@b.example", 10));
        if (i == 0)
            pace_accepted(&pace, ask.domain);
    }
    assert_true(pace_not_now(&pace, &ask, "a@b.example", 10));
    assert_false(pace_not_now(&pace, &ask, "a@b.example", 10));
}

/* More domains than there are places: the slow ones are kept. */
static void
test_many_domains(void **state)
{
    const struct pace_domain *slow[2];
    char to[40];

    (void)state;
    begin((struct pace_limits){.domain_per_minute = 1});
    slower("a@slow.example");
    for (int i = 0; i < 20 * PACE_DOMAINS; i++) {
        (void)snprintf(to, sizeof to, "a@d%d.example", i);
        assert_true(go(to));
        assert_false(go(to));
    }
    assert_int_equal(pace_slowest(&pace, slow, 2, ask.now_ms), 1);
    assert_string_equal(slow[0]->name, "slow.example");
}

/* A relay that takes three connections and no more. */
static void
test_cap(void **state)
{
    (void)state;
    begin((struct pace_limits){.connections = 10});
    pace_cap(&pace, 3, ask.now_ms);
    assert_int_equal(pace_connections(&pace, ask.now_ms), 3);
    assert_int_equal(pace_allowed(&pace, ask.now_ms), 0);
    pace_accepted(&pace, 1);
    pass(PACE_CLIMB_MS);
    assert_int_equal(pace_connections(&pace, ask.now_ms), 4);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_domains),
        cmocka_unit_test(test_rates),
        cmocka_unit_test(test_late),
        cmocka_unit_test(test_wait),
        cmocka_unit_test(test_clock_back),
        cmocka_unit_test(test_connections),
        cmocka_unit_test(test_special),
        cmocka_unit_test(test_day),
        cmocka_unit_test(test_remember),
        cmocka_unit_test(test_warm_up),
        cmocka_unit_test(test_penalty),
        cmocka_unit_test(test_penalty_of_domain),
        cmocka_unit_test(test_not_now),
        cmocka_unit_test(test_many_domains),
        cmocka_unit_test(test_cap),
    };

    return cmocka_run_group_tests(tests, NULL, tear_down);
}
