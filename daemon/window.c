/* SPDX-License-Identifier: ISC */
/* A window is a set of minutes of the week on the wall's clock; an instant is
 * in it when the wall's clock then shows one of them.  So nothing has to be
 * said of summer time: an hour that does not exist is never open, one that
 * comes twice is open twice.
 *
 * glibc knows other zones than the process's own only by the environment, TZ,
 * which must not change while another thread may read it (libcurl resolves in
 * one).  So it is changed here alone, for the moment in which the
 * configuration is read and no other thread is there yet, and put back; what
 * is kept is a table of when the zone's offset changes.  The workers inherit
 * it and only calculate.  A newer tzdata counts from the next reload on. */
#include "daemon/window.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    MINUTE_S = 60,
    DAY_MIN = 24 * 60,
    WEEK_MIN = 7 * DAY_MIN,
    WEEK_S = WEEK_MIN * MINUTE_S,
    DAY_S = DAY_MIN * MINUTE_S,
    SHIFTS_MAX = 8 * WINDOW_YEARS,
    ZONE_MAX = 60,
    TEXT_MAX = 400
};

struct window {
    unsigned char minute[(WEEK_MIN + 7) / 8]; /* bits, from Monday 00:00 on */
    int n;
    struct shift {
        int64_t from_s, offset_s;
    } shift[SHIFTS_MAX + 1]; /* the first holds since ever */
};

static enum result ranges(struct window *w, const char *text, struct fault *f);
static const char *range(struct window *w, const char *p, const char **what);
static const char *day(const char *p, int *out);
static const char *clock_read(const char *p, int *out);
static void add(struct window *w, int from, int to);
static enum result
zone_read(struct window *w, const char *zone, int64_t from_s, struct fault *f);
static enum result zone_known(const char *zone, struct fault *f);
static void shifts(struct window *w, int64_t from_s);
static int64_t offset_at(int64_t at_s);

enum result
window_new(const char *text, const char *zone, int64_t from_s,
    struct window **out, struct fault *f)
{
    struct window *w;
    enum result r;

    if (text[0] == '\0') {
        *out = NULL;
        return zone[0] == '\0' ? RES_OK : zone_known(zone, f);
    }
    w = fault_calloc(1, sizeof *w);
    r = ranges(w, text, f);
    if (r == RES_OK)
        r = zone_read(w, zone, from_s, f);
    if (r != RES_OK) {
        window_free(w);
        return r;
    }
    *out = w;
    return RES_OK;
}

void
window_free(struct window *w)
{
    free(w);
}

bool
window_open(const struct window *w, int64_t at_s)
{
    int64_t wall_s;
    int low = 0, high, m;

    if (w == NULL)
        return true;
    for (high = w->n - 1; low < high;) {
        int mid = (low + high + 1) / 2;

        if (w->shift[mid].from_s <= at_s)
            low = mid;
        else
            high = mid - 1;
    }
    /* 1 January 1970 was a Thursday. */
    wall_s = (at_s + w->shift[low].offset_s + 3 * (int64_t)DAY_S) % WEEK_S;
    m = (int)((wall_s + (wall_s < 0 ? WEEK_S : 0)) / MINUTE_S);
    return (w->minute[m / 8] >> (m % 8) & 1) != 0;
}

int64_t
window_next(const struct window *w, bool open, int64_t from_s)
{
    int64_t at_s = from_s;

    if (w == NULL)
        return open ? from_s : INT64_MAX;
    /* Two weeks: a window of an hour that falls into the one that summer time
     * takes away is open in the next. */
    while (at_s <= from_s + INT64_C(2) * WEEK_S) {
        if (window_open(w, at_s) == open)
            return at_s;
        at_s += MINUTE_S - at_s % MINUTE_S;
    }
    return INT64_MAX;
}

/* --- what is written ------------------------------------------------------ */

static enum result
ranges(struct window *w, const char *text, struct fault *f)
{
    const char *p = text, *what = "";

    if (strnlen(text, TEXT_MAX + 1) > TEXT_MAX)
        return fault_set(
            f, RES_NEVER, "is longer than %d bytes", (int)TEXT_MAX);
    for (;;) {
        p = range(w, p, &what);
        if (p == NULL)
            return fault_set(f, RES_NEVER,
                "%s; a window looks like \"mon-fri 08-17, sat 10:30-12\"",
                what);
        if (*p == '\0')
            return RES_OK;
        p++;
    }
}

/* One range; what stands behind it, a comma or the end.  NULL: *what is wrong
 * with it. */
static const char *
range(struct window *w, const char *p, const char **what)
{
    int first, last, from, to, d;

    *what = "a range begins with mon, tue, wed, thu, fri, sat or sun";
    p = day(p + strspn(p, " "), &first);
    if (p == NULL)
        return NULL;
    last = first;
    if (*p == '-')
        p = day(p + 1, &last);
    if (p == NULL)
        return NULL;
    *what = "after the days come a blank and hours from 00 to 24";
    if (*p != ' ')
        return NULL;
    p = clock_read(p + strspn(p, " "), &from);
    if (p == NULL || *p != '-' || from == DAY_MIN)
        return NULL;
    p = clock_read(p + 1, &to);
    if (p == NULL)
        return NULL;
    *what = "a range ends when it begins: write 00-24 for the whole day";
    if (from == to)
        return NULL;
    for (d = first;; d = (d + 1) % 7) {
        add(w, d * DAY_MIN + from,
            d * DAY_MIN + to + (to < from ? DAY_MIN : 0));
        if (d == last)
            break;
    }
    *what = "ranges are separated by commas";
    p += strspn(p, " ");
    return *p == ',' || *p == '\0' ? p : NULL;
}

static const char *
day(const char *p, int *out)
{
    static const char name[7][4] = {
        "mon", "tue", "wed", "thu", "fri", "sat", "sun"};

    for (int d = 0; d < 7; d++)
        if (strncmp(p, name[d], 3) == 0) {
            *out = d;
            return p + 3;
        }
    return NULL;
}

/* "8", "08" or "08:30", as minutes; NULL: no such time. */
static const char *
clock_read(const char *p, int *out)
{
    int part[2] = {0, 0};

    for (int i = 0; i < 2; i++) {
        size_t n = strspn(p, "0123456789");

        if (n < 1 || n > 2 || (i == 1 && n != 2))
            return NULL;
        for (; n > 0; n--)
            part[i] = part[i] * 10 + (*p++ - '0');
        if (i == 0 && *p != ':')
            break;
        p += i == 0;
    }
    *out = part[0] * 60 + part[1];
    return part[1] < 60 && *out <= DAY_MIN ? p : NULL;
}

static void
add(struct window *w, int from, int to)
{
    for (; from < to; from++) {
        int m = from % WEEK_MIN;

        w->minute[m / 8] |= (unsigned char)(1U << (m % 8));
    }
}

/* --- the zone ------------------------------------------------------------- */

static enum result
zone_read(struct window *w, const char *zone, int64_t from_s, struct fault *f)
{
    char tz[ZONE_MAX + 2], *was = NULL;
    const char *now = getenv("TZ");
    enum result r;

    if (zone[0] == '\0') {
        shifts(w, from_s);
        return RES_OK;
    }
    r = zone_known(zone, f);
    if (r != RES_OK)
        return r;
    if (now != NULL)
        was = fault_strdup(now);
    (void)snprintf(tz, sizeof tz, ":%s", zone);
    if (setenv("TZ", tz, 1) != 0)
        fault_no_memory();
    shifts(w, from_s);
    if (was != NULL && setenv("TZ", was, 1) != 0)
        fault_no_memory();
    if (was == NULL)
        (void)unsetenv("TZ");
    free(was);
    tzset();
    return RES_OK;
}

/* glibc takes a name that it does not know for UTC, without a word. */
static enum result
zone_known(const char *zone, struct fault *f)
{
    const char *folder = getenv("TZDIR");
    char path[4096];

    (void)snprintf(path, sizeof path, "%s/%s",
        folder != NULL ? folder : "/usr/share/zoneinfo", zone);
    if (strlen(zone) <= ZONE_MAX && zone[0] != '/' &&
        strstr(zone, "..") == NULL &&
        strspn(zone, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                     "0123456789_+-/") == strlen(zone) &&
        zone[strlen(zone) - 1] != '/' && access(path, R_OK) == 0)
        return RES_OK;
    return fault_set(f, RES_NEVER,
        "no time zone of that name in tzdata; one is \"Europe/Copenhagen\"");
}

/* Day by day, and where the offset is another one the second is found by
 * halves: no zone changes it twice in one day. */
static void
shifts(struct window *w, int64_t from_s)
{
    int64_t at_s = from_s - WEEK_S,
            end_s = from_s + WINDOW_YEARS * 366L * DAY_S;
    int64_t low, high, mid, here, next;

    tzset();
    here = offset_at(at_s);
    w->shift[0] = (struct shift){INT64_MIN, here};
    w->n = 1;
    for (; at_s < end_s && w->n <= SHIFTS_MAX; at_s += DAY_S) {
        next = offset_at(at_s + DAY_S);
        if (next == here)
            continue;
        for (low = at_s, high = at_s + DAY_S; high - low > 1;) {
            mid = low + (high - low) / 2;
            if (offset_at(mid) == here)
                low = mid;
            else
                high = mid;
        }
        w->shift[w->n++] = (struct shift){high, next};
        here = next;
    }
}

static int64_t
offset_at(int64_t at_s)
{
    time_t t = at_s;
    struct tm tm;

    return localtime_r(&t, &tm) == NULL ? 0 : tm.tm_gmtoff;
}
