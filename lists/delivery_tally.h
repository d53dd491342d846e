/* SPDX-License-Identifier: ISC */
/* lists/delivery_tally.h - how many rows of an issue are in which state, kept
 * in the same transaction as the rows themselves: what is counted is true at
 * every instant, whatever is killed, and asking for it costs one look.
 * For the files that write table delivery (delivery*.c) alone: each says what
 * it moved, and writes it once at the end of its transaction. */
#ifndef LISTS_DELIVERY_TALLY_H
#define LISTS_DELIVERY_TALLY_H
#include "lists/delivery.h"

enum {
    TALLY_ISSUES = 8,   /* of one transaction; more are written in between */
    TALLY_NOWHERE = -1, /* a row that is new comes from there */
};

/* What a transaction has moved so far; begins as {.st = st}. */
struct tally {
    struct store *st;
    int n;
    struct tally_issue {
        int64_t issue_id, doubted;
        int64_t by[DELIVERY_STATES];
    } of[TALLY_ISSUES];
};

/* Notes that n rows of an issue went from a state (TALLY_NOWHERE: they are
 * new) to another. */
MUST_USE enum result tally_move(struct tally *t, int64_t issue_id, int from,
    enum delivery_state to, int64_t n, struct fault *f);
/* Notes that n rows were in doubt for the first time. */
MUST_USE enum result
tally_doubted(struct tally *t, int64_t issue_id, int64_t n, struct fault *f);
/* Writes what was noted, inside the caller's transaction. */
MUST_USE enum result tally_write(struct tally *t, struct fault *f);

#endif
