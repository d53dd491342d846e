/* SPDX-License-Identifier: ISC */
/* lists/soft_bounce.h - letters that came back although the address may be
 * good: they count, one for a letter, until one gets through; and so many in
 * a row are a dead address. */
#ifndef LISTS_SOFT_BOUNCE_H
#define LISTS_SOFT_BOUNCE_H
#include <stdbool.h>
#include <stdint.h>
#include "lists/fault.h"
struct store;

enum {
    SOFT_BOUNCE_WORDS_MAX = 200
};

/* A letter of a list, and why it came back. */
struct soft_bounce {
    int64_t subscriber_id, list_id;
    int64_t issue_id;
    int64_t at_s;      /* Unix seconds, UTC */
    const char *words; /* status or reply; cut at SOFT_BOUNCE_WORDS_MAX */
};
/* What makes a dead address, from the configuration. */
struct soft_bounce_limits {
    int most;         /* letters in a row; 0: never */
    int64_t within_s; /* the first of them no longer ago than this */
};

/* Counts b, part of the caller's unit of work or one of its own, and with the
 * limits->most-th letter in a row ends the subscription as BOUNCED.
 * OK: counted; *dead says whether the subscription ended.
 * NONE: nobody who gets that list; nothing is written.
 * LATER, STOP: the store. */
MUST_USE enum result soft_bounce_record(struct store *st,
    const struct soft_bounce *b, const struct soft_bounce_limits *limits,
    bool *dead, struct fault *f);

/* Forgets what was counted: the subscription has changed. */
MUST_USE enum result soft_bounce_forget(
    struct store *st, int64_t subscriber_id, int64_t list_id, struct fault *f);

/* Calls each for the letters that count now, oldest first; b is borrowed.
 * each returns false to stop. */
MUST_USE enum result soft_bounce_each(struct store *st, int64_t subscriber_id,
    bool (*each)(void *arg, const struct soft_bounce *b), void *arg,
    struct fault *f);

#endif
