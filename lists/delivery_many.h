/* SPDX-License-Identifier: ISC */
/* lists/delivery_many.h - rows of table delivery that all go the same way, by
 * one statement for several of them; for delivery.c alone, inside its
 * transactions.  Nothing is counted here. */
#ifndef LISTS_DELIVERY_MANY_H
#define LISTS_DELIVERY_MANY_H
#include "lists/delivery.h"

/* Gives n rows, which the caller has just found due, to a lease: LEASED, or
 * still in DOUBT. */
MUST_USE enum result many_lease(struct store *st, int64_t lease_id,
    const struct delivery_letter *letter, int n, int64_t now_s,
    struct fault *f);

/* The first ones of n rows, as far as they can go at once: *done is how many
 * they are, at least one.  They go from LEASED to SENDING, if their issue is
 * SENDING.
 * NEVER: not all of them stood so, and some may have gone: roll back. */
MUST_USE enum result many_go(struct store *st, int64_t lease_id,
    const struct delivery_going *g, int n, int64_t now_s, int *done,
    struct fault *f);

/* Likewise outcomes that are all SENT of a row that was SENDING, by one relay:
 * *done is 0 where the first one is no such outcome. */
MUST_USE enum result many_sent(struct store *st, int64_t lease_id,
    const struct delivery_outcome *o, int n, int64_t now_s, int *done,
    struct fault *f);

#endif
