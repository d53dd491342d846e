/* SPDX-License-Identifier: ISC */
/* Percentiles out of the histogram, against the times themselves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include "daemon/turn_times.h"

/* Times 1 to n us, each once. */
static struct turn_times
ramp(int n)
{
    struct turn_times t = {.n = 0};

    for (int i = 1; i <= n; i++)
        turn_times_note(&t, i);
    return t;
}

static void
percentiles_are_near(void **state)
{
    static const int n[] = {1, 3, 10, 1000, 100000};

    (void)state;
    for (size_t i = 0; i < sizeof n / sizeof n[0]; i++) {
        struct turn_times t = ramp(n[i]);

        for (int of = 100; of <= 1000; of += 50) {
            int64_t want = ((int64_t)n[i] * of + 999) / 1000;
            int64_t got = turn_times_us(&t, of);

            if (got < want || got > want + want / 4 + 1)
                fail_msg("%d of %d: %lld", of, n[i], (long long)got);
        }
        assert_int_equal(turn_times_us(&t, 1000), n[i]);
    }
}

static void
ends_hold(void **state)
{
    struct turn_times t = {.n = 0};

    (void)state;
    assert_int_equal(turn_times_us(&t, 990), 0);
    turn_times_note(&t, -5);
    assert_int_equal(turn_times_us(&t, 990), 0);
    turn_times_note(&t, INT64_MAX);
    assert_int_equal(t.n, 2);
    assert_true(turn_times_us(&t, 1000) >= 16000000);
    assert_int_equal(turn_times_us(&t, 500), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(percentiles_are_near),
        cmocka_unit_test(ends_hold),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
