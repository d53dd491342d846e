/* SPDX-License-Identifier: ISC */
/* Send windows: what may be written, and when they open and close, over the
 * days on which summer time begins and ends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "daemon/window.h"

#define DAYS "mon-fri 08-17"
#define NIGHT "fri 22-06, sun 01:30-03:30"
#define DK "Europe/Copenhagen"
#define NY "America/New_York"
#define NEVER "never"

/* An instant in UTC as it is written. */
static int64_t
utc(const char *text)
{
    struct tm tm = {0};
    const char *end = strptime(text, "%Y-%m-%d %H:%M:%S", &tm);

    assert_non_null(end);
    return timegm(&tm);
}

static void
opens_and_closes(void **state)
{
    /* From an instant on: open then? and when does that end? All in UTC. */
    static const struct {
        const char *text, *zone, *at;
        bool open;
        const char *until;
    } row[] = {
        /* Winter, UTC+1: Friday's end, the weekend, Monday. */
        {DAYS, DK, "2026-01-09 15:59:59", true, "2026-01-09 16:00:00"},
        {DAYS, DK, "2026-01-09 16:00:00", false, "2026-01-12 07:00:00"},
        {DAYS, DK, "2026-01-12 06:59:30", false, "2026-01-12 07:00:00"},
        {DAYS, DK, "2026-01-12 07:00:00", true, "2026-01-12 16:00:00"},
        /* Over 29 March 2026, when summer time begins: an hour earlier. */
        {DAYS, DK, "2026-03-27 16:00:00", false, "2026-03-30 06:00:00"},
        {DAYS, DK, "2026-03-30 06:00:00", true, "2026-03-30 15:00:00"},
        /* Over 25 October 2026, when it ends: an hour later. */
        {DAYS, DK, "2026-10-23 15:00:00", false, "2026-10-26 07:00:00"},
        {DAYS, DK, "2026-10-26 07:00:00", true, "2026-10-26 16:00:00"},
        /* 28 March and 31 October 2027. */
        {DAYS, DK, "2027-03-26 16:00:00", false, "2027-03-29 06:00:00"},
        {DAYS, DK, "2027-10-29 15:00:00", false, "2027-11-01 07:00:00"},
        /* 02:00 to 03:00 does not exist on 29 March 2026: 90 minutes less one
         * hour; the window of that hour alone opens a week later. */
        {NIGHT, DK, "2026-03-29 00:30:00", true, "2026-03-29 01:30:00"},
        {"sun 02-03", DK, "2026-03-23 00:00:00", false, "2026-04-05 00:00:00"},
        {"sun 02-03", DK, "2027-03-22 00:00:00", false, "2027-04-04 00:00:00"},
        /* It exists twice on 25 October 2026: two hours. */
        {"sun 02-03", DK, "2026-10-25 00:00:00", true, "2026-10-25 02:00:00"},
        {"sun 02-03", DK, "2027-10-31 00:00:00", true, "2027-10-31 02:00:00"},
        {NIGHT, DK, "2026-10-24 23:30:00", true, "2026-10-25 02:30:00"},
        /* Over midnight: Friday's night ends on Saturday. */
        {NIGHT, DK, "2026-06-05 19:59:00", false, "2026-06-05 20:00:00"},
        {NIGHT, DK, "2026-06-05 20:00:00", true, "2026-06-06 04:00:00"},
        /* Over the night in which it begins, 8 March 2026 in New York. */
        {"sat 22-06", NY, "2026-03-08 03:00:00", true, "2026-03-08 10:00:00"},
        /* Over the end of the week, and around it. */
        {"sun 22-06", DK, "2026-06-07 21:00:00", true, "2026-06-08 04:00:00"},
        {"sat-mon 00-24", DK, "2026-06-07 21:00:00", true,
            "2026-06-08 22:00:00"},
        /* Several; those that touch are one. */
        {"mon-fri 08-17, sat 10-12", "UTC", "2026-06-05 17:00:00", false,
            "2026-06-06 10:00:00"},
        {"mon-fri 08-17, sat 10-12", "UTC", "2026-06-06 12:00:00", false,
            "2026-06-08 08:00:00"},
        {"mon 8-12,mon 12:00-12:45", "UTC", "2026-06-08 08:00:01", true,
            "2026-06-08 12:45:00"},
        {"mon-sun 00-24", DK, "2026-03-29 00:59:59", true, NEVER},
        /* Half an hour beside the others. */
        {"mon 09-10", "Asia/Kolkata", "2026-06-08 03:29:59", false,
            "2026-06-08 03:30:00"},
        /* Years after the file was read. */
        {DAYS, DK, "2040-07-02 05:00:00", false, "2040-07-02 06:00:00"},
    };
    struct window *w;
    struct fault f;

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        int64_t at = utc(row[i].at), got;
        int64_t want =
            strcmp(row[i].until, NEVER) == 0 ? INT64_MAX : utc(row[i].until);

        assert_int_equal(window_new(row[i].text, row[i].zone,
                             utc("2026-01-01 00:00:00"), &w, &f),
            RES_OK);
        if (window_open(w, at) != row[i].open)
            fail_msg("%s %s: open?", row[i].text, row[i].at);
        got = window_next(w, !row[i].open, at);
        if (got != want)
            fail_msg("%s %s: until %lld, want %s", row[i].text, row[i].at,
                (long long)got, row[i].until);
        assert_int_equal(window_next(w, row[i].open, at), at);
        window_free(w);
    }
}

static void
what_may_be_written(void **state)
{
    static const struct {
        const char *text, *zone, *words;
    } row[] = {
        {DAYS, "Europe/Copenhagn", "no time zone"},
        {DAYS, "/etc/passwd", "no time zone"},
        {DAYS, "../../../etc/passwd", "no time zone"},
        {DAYS, "Europe/", "no time zone"},
        {"", "Mars", "no time zone"},
        {"man-fre 08-17", DK, "begins with mon"},
        {"mon-fri", DK, "come a blank and hours"},
        {"mon-fri 08", DK, "come a blank and hours"},
        {"mon-fri 08-25", DK, "hours from 00 to 24"},
        {"mon-fri 08-24:01", DK, "hours from 00 to 24"},
        {"mon-fri 24-08", DK, "hours from 00 to 24"},
        {"mon-fri 08:60-09", DK, "hours from 00 to 24"},
        {"mon-fri 08:5-09", DK, "hours from 00 to 24"},
        {"mon-fri 008-09", DK, "hours from 00 to 24"},
        {"mon-fri -1-09", DK, "hours from 00 to 24"},
        {"mon-fri 08-08", DK, "00-24"},
        {"mon-fri 08-17;", DK, "commas"},
        {"mon-fri 08-17,", DK, "begins with mon"},
        {"mon-funday 08-17", DK, "begins with mon"},
        {" ", DK, "begins with mon"},
    };
    struct window *w = NULL;
    struct fault f;

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        f.text[0] = '\0';
        if (window_new(row[i].text, row[i].zone, 0, &w, &f) != RES_NEVER ||
            strstr(f.text, row[i].words) == NULL)
            fail_msg("\"%s\" in %s: %s", row[i].text, row[i].zone, f.text);
    }
}

static void
none_is_always_open(void **state)
{
    struct window *w = (struct window *)state;
    struct fault f;

    assert_int_equal(window_new("", "", 0, &w, &f), RES_OK);
    assert_null(w);
    assert_true(window_open(w, 77));
    assert_int_equal(window_next(w, true, 77), 77);
    assert_int_equal(window_next(w, false, 77), INT64_MAX);
}

/* The process's own zone is as it was. */
static void
our_own_clock_is_left_alone(void **state)
{
    time_t at = utc("2026-06-08 12:00:00");
    struct window *w, *own;
    struct fault f;
    struct tm tm;

    (void)state;
    assert_int_equal(setenv("TZ", "Asia/Tokyo", 1), 0);
    assert_int_equal(window_new(DAYS, DK, at, &w, &f), RES_OK);
    assert_string_equal(getenv("TZ"), "Asia/Tokyo");
    assert_int_equal(localtime_r(&at, &tm)->tm_hour, 21);
    /* "" is the machine's: 17 o'clock in Tokyo is 8 in UTC. */
    assert_int_equal(window_new(DAYS, "", at, &own, &f), RES_OK);
    assert_true(window_open(w, at));
    assert_false(window_open(own, at));
    window_free(w);
    window_free(own);
    assert_int_equal(unsetenv("TZ"), 0);
    assert_int_equal(window_new(DAYS, DK, at, &w, &f), RES_OK);
    assert_null(getenv("TZ"));
    window_free(w);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(opens_and_closes),
        cmocka_unit_test(what_may_be_written),
        cmocka_unit_test(none_is_always_open),
        cmocka_unit_test(our_own_clock_is_left_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
