/* SPDX-License-Identifier: ISC */
/* tests/cli/test_when.c - times in Copenhagen, with its summer time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <time.h>
#include <cmocka.h>
#include "cli/when.h"

/* 2026-11-20 12:00:00 CET */
static const int64_t now_s = 1795172400;

static void
reads_times(void **state)
{
    static const struct {
        const char *text;
        enum when_fault fault;
        int64_t at_s;
    } cases[] = {
        {"2026-12-01 09:00", WHEN_OK, 1796112000},
        {"2026-11-20 12:01", WHEN_OK, 1795172460},
        {"2026-11-20 12.01", WHEN_OK, 1795172460},
        {"2026-11-20 12:00", WHEN_PAST, 0},
        {"2026-11-20 11:59", WHEN_PAST, 0},
        {"1999-01-01 00:00", WHEN_PAST, 0},
        {"2027-03-28 01:59", WHEN_OK, 1806195540},
        {"2027-03-28 02:00", WHEN_SKIPPED, 0},
        {"2027-03-28 02:59", WHEN_SKIPPED, 0},
        {"2027-03-28 03:00", WHEN_OK, 1806195600},
        {"2027-10-31 02:30", WHEN_TWICE, 1824942600},
        {"2027-10-31 03:00", WHEN_OK, 1824948000},
        {"2027-07-01 09:00", WHEN_OK, 1814425200},
        {"2028-02-29 09:00", WHEN_OK, 1835424000},
        {"2027-02-29 09:00", WHEN_FORM, 0},
        {"2027-04-31 09:00", WHEN_FORM, 0},
        {"2206-12-01 09:00", WHEN_FAR, 0},
        {"2026-12-01", WHEN_FORM, 0},
        {"2026-12-01 9:00", WHEN_FORM, 0},
        {"2026-12-01 09,00", WHEN_FORM, 0},
        {"2026-12-01 09", WHEN_FORM, 0},
        {"2026-12-01T09:00", WHEN_FORM, 0},
        {"2026-12-01 09:00:00", WHEN_FORM, 0},
        {"2026-12-01 24:00", WHEN_FORM, 0},
        {"2026-12-01 09:60", WHEN_FORM, 0},
        {"2026-13-01 09:00", WHEN_FORM, 0},
        {"2026-00-01 09:00", WHEN_FORM, 0},
        {" 2026-12-01 09:00", WHEN_FORM, 0},
        {"tomorrow", WHEN_FORM, 0},
        {"", WHEN_FORM, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t at_s = 0;
        enum when_fault fault = when_parse(cases[i].text, now_s, &at_s);

        if (fault != cases[i].fault)
            print_error("%s: %d\n", cases[i].text, fault);
        assert_int_equal(fault, cases[i].fault);
        assert_int_equal(at_s, cases[i].at_s);
    }
}

static void
says_times(void **state)
{
    static const struct {
        int64_t at_s;
        const char *text;
    } cases[] = {
        {0, "-"},
        {1795172400, "today 12:00"},
        {1795129200, "today 00:00"},
        {1795129199, "yesterday 23:59"},
        {1795215599, "today 23:59"},
        {1795215600, "tomorrow 00:00"},
        {1795302000, "2026-11-22 00:00"},
        {1796112000, "2026-12-01 09:00"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *text = when_text(cases[i].at_s, now_s);

        assert_string_equal(text, cases[i].text);
        free(text);
    }
}

static void
says_spans(void **state)
{
    static const struct {
        int64_t s;
        const char *text;
    } cases[] = {{-5, "0 s"}, {0, "0 s"}, {99, "99 s"}, {100, "2 min"},
        {3599, "60 min"}, {3600, "1 h"}, {8000, "2 h 13 min"}, {86400, "24 h"},
        {950400, "11 days"}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *text = when_span(cases[i].s);

        assert_string_equal(text, cases[i].text);
        free(text);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_times),
        cmocka_unit_test(says_times),
        cmocka_unit_test(says_spans),
    };

    /* Written out, for machines without the time zones' files. */
    setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
    tzset();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
