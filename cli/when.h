/* SPDX-License-Identifier: ISC */
/* cli/when.h - moments and durations between Unix seconds and a person, in the
 * local time zone (TZ). now_s is passed in: tests have their own clock. */
#ifndef CLI_WHEN_H
#define CLI_WHEN_H
#include <stdbool.h>
#include <stdint.h>

enum {
    WHEN_AHEAD_MAX_S = 2 * 366 * 86400 /* further ahead is a slip of the pen */
};

enum when_fault {
    WHEN_OK,
    WHEN_TWICE,   /* fine: summer time ends, it is the first of the two */
    WHEN_FORM,    /* not YYYY-MM-DD HH:MM, or no such day or hour */
    WHEN_SKIPPED, /* summer time begins: no clock shows that time */
    WHEN_PAST,    /* not after now */
    WHEN_FAR      /* more than WHEN_AHEAD_MAX_S ahead */
};

/* Reads "2026-12-01 09:00", strictly. *at_s is set for OK and TWICE only. */
enum when_fault when_parse(const char *text, int64_t now_s, int64_t *at_s);

/* "today 09:00", "yesterday 23:10", "tomorrow 08:00", "2026-12-01 09:00"; "-"
 * for 0. Yours, free with free(). */
char *when_text(int64_t at_s, int64_t now_s);
/* "Tue 2026-12-01 09:00 CET". Yours. */
char *when_full(int64_t at_s);
/* "8 s", "3 min", "2 h 10 min", "5 days". Yours. */
char *when_span(int64_t seconds);

#endif
