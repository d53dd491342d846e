/* SPDX-License-Identifier: ISC */
/* tests/cli/test_watch.c - the figures beside the bar. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>
#include "cli/watch.h"

static void
says_counts(void **state)
{
    static const struct {
        const char *json, *want;
    } cases[] = {
        {"{}", "0 sent"},
        {"{\"sent\": 25}", "25 sent"},
        {"{\"sent\": 3, \"leased\": 2, \"waiting\": 5, \"sending\": 1}",
            "3 sent, 1 sending, 7 waiting"},
        {"{\"sent\": 0, \"deferred\": 1, \"doubt\": 2, \"failed\": 3,"
         " \"cancelled\": 4}",
            "0 sent, 1 deferred, 2 in doubt, 3 failed, 4 cancelled"},
        {"{\"sent\": \"many\", \"new\": 9}", "0 sent"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        json_t *counts = json_loads(cases[i].json, 0, NULL);
        char *said = watch_counts(counts);

        assert_string_equal(said, cases[i].want);
        free(said);
        json_decref(counts);
    }
}

static void
draws_bars(void **state)
{
    static const struct {
        int columns;
        int64_t done, all;
        const char *want;
    } cases[] = {
        {4, 0, 8, "░░░░"},
        {4, 5, 8, "██░░"},
        {4, 8, 8, "████"},
        {4, 0, 0, "░░░░"},
        {0, 1, 2, ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *bar = watch_bar(cases[i].columns, cases[i].done, cases[i].all);

        assert_string_equal(bar, cases[i].want);
        free(bar);
    }
}

static void
tells_the_pace(void **state)
{
    struct pace p = {0};

    (void)state;
    pace_add(&p, 1000, 0);
    assert_int_equal(pace_left_s(&p, 1000), -1);
    pace_add(&p, 2000, 0); /* nothing yet: no pace */
    assert_int_equal(pace_left_s(&p, 1000), -1);
    for (int64_t i = 1; i <= 20; i++)
        pace_add(&p, 2000 + i * 1000, i * 100);
    assert_in_range(pace_left_s(&p, 1000), 10, 12);
    assert_true(p.per_s > 95 && p.per_s < 105);
    pace_add(&p, 22000, 5000); /* the same moment again counts for nothing */
    assert_true(p.per_s < 105);
    for (int64_t i = 1; i <= 60; i++) /* it stands still: no promise */
        pace_add(&p, 22000 + i * 1000, 2000);
    assert_int_equal(pace_left_s(&p, 1000), -1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_counts),
        cmocka_unit_test(draws_bars),
        cmocka_unit_test(tells_the_pace),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
