/* SPDX-License-Identifier: ISC */
/* cli/when.c - moments between Unix seconds and a person. Days have names and
 * times have minutes; months are numbers, which no language needs to know. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "cli/text.h"
#include "cli/when.h"

static bool read_digits(const char **s, int digits, int *out);
static bool read_separator(const char **s);
static bool clock_shows(const struct tm *wanted, int is_dst, time_t *at);
static long day_number(int64_t at_s);
static char *clock_text(const char *format, int64_t at_s);

enum when_fault
when_parse(const char *text, int64_t now_s, int64_t *at_s)
{
    struct tm tm = {0};
    const char *s = text;
    time_t summer, winter;
    bool has_summer, has_winter;
    int64_t at;

    if (!read_digits(&s, 4, &tm.tm_year) || *s++ != '-' ||
        !read_digits(&s, 2, &tm.tm_mon) || *s++ != '-' ||
        !read_digits(&s, 2, &tm.tm_mday) || *s++ != ' ' ||
        !read_digits(&s, 2, &tm.tm_hour) || !read_separator(&s) ||
        !read_digits(&s, 2, &tm.tm_min) || *s != '\0')
        return WHEN_FORM;
    if (tm.tm_year < 1970 || tm.tm_mon < 1 || tm.tm_mon > 12 ||
        tm.tm_mday < 1 || tm.tm_mday > 31 || tm.tm_hour > 23 || tm.tm_min > 59)
        return WHEN_FORM;
    tm.tm_year -= 1900;
    tm.tm_mon -= 1;
    has_summer = clock_shows(&tm, 1, &summer);
    has_winter = clock_shows(&tm, 0, &winter);
    if (!has_summer && !has_winter) {
        /* 31 April is no day at all, half past two may be skipped. */
        struct tm noon = tm;

        noon.tm_hour = 12;
        noon.tm_min = 0;
        return clock_shows(&noon, 1, &summer) || clock_shows(&noon, 0, &winter)
                   ? WHEN_SKIPPED
                   : WHEN_FORM;
    }
    at = has_summer && (!has_winter || summer < winter) ? summer : winter;
    if (at <= now_s)
        return WHEN_PAST;
    if (at - now_s > WHEN_AHEAD_MAX_S)
        return WHEN_FAR;
    *at_s = at;
    return has_summer && has_winter && summer != winter ? WHEN_TWICE : WHEN_OK;
}

static bool
read_digits(const char **s, int digits, int *out)
{
    int n = 0;

    for (int i = 0; i < digits; i++, (*s)++) {
        if (**s < '0' || **s > '9')
            return false;
        n = n * 10 + (**s - '0');
    }
    *out = n;
    return true;
}

/* Danes write 09.00. */
static bool
read_separator(const char **s)
{
    if (**s != ':' && **s != '.')
        return false;
    (*s)++;
    return true;
}

/* mktime(3) mends what does not exist, so ask what the clock shows then. */
static bool
clock_shows(const struct tm *wanted, int is_dst, time_t *at)
{
    struct tm tm = *wanted, back;

    tm.tm_isdst = is_dst;
    *at = mktime(&tm);
    return localtime_r(at, &back) != NULL && back.tm_year == wanted->tm_year &&
           back.tm_mon == wanted->tm_mon && back.tm_mday == wanted->tm_mday &&
           back.tm_hour == wanted->tm_hour && back.tm_min == wanted->tm_min;
}

/* Days since an arbitrary one, by the local calendar. */
static long
day_number(int64_t at_s)
{
    time_t t = (time_t)at_s;
    struct tm tm;

    if (localtime_r(&t, &tm) == NULL)
        return -1;
    return (long)((t + tm.tm_gmtoff) / 86400);
}

static char *
clock_text(const char *format, int64_t at_s)
{
    time_t t = (time_t)at_s;
    struct tm tm;
    char buf[64];

    if (localtime_r(&t, &tm) == NULL ||
        strftime(buf, sizeof buf, format, &tm) == 0)
        return text_copy("?");
    return text_copy(buf);
}

char *
when_text(int64_t at_s, int64_t now_s)
{
    long days;

    if (at_s == 0)
        return text_copy("-");
    days = day_number(at_s) - day_number(now_s);
    if (days == 0)
        return clock_text("today %H:%M", at_s);
    if (days == -1)
        return clock_text("yesterday %H:%M", at_s);
    if (days == 1)
        return clock_text("tomorrow %H:%M", at_s);
    return clock_text("%Y-%m-%d %H:%M", at_s);
}

char *
when_full(int64_t at_s)
{
    return clock_text("%a %Y-%m-%d %H:%M %Z", at_s);
}

char *
when_span(int64_t seconds)
{
    long long s = seconds < 0 ? 0 : seconds;

    if (s < 100)
        return text_format("%lld s", s);
    if (s < 3600)
        return text_format("%lld min", (s + 30) / 60);
    if (s < 2LL * 86400 && s / 60 % 60 != 0)
        return text_format("%lld h %lld min", s / 3600, s / 60 % 60);
    if (s < 2LL * 86400)
        return text_format("%lld h", s / 3600);
    return text_format("%lld days", (s + 43200) / 86400);
}
