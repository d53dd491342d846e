/* SPDX-License-Identifier: ISC */
/* lists/subscriber.h - an address we know, and the name that goes with it. */
#ifndef LISTS_SUBSCRIBER_H
#define LISTS_SUBSCRIBER_H
#include <stdbool.h>
#include <stdint.h>
#include "lists/address.h"
#include "lists/fault.h"
struct store;

enum {
    SUBSCRIBER_NAME_MAX = 200
}; /* bytes of UTF-8 */

struct subscriber {
    int64_t id;
    struct address address;
    char name[SUBSCRIBER_NAME_MAX + 1];       /* whole name, "" unknown */
    char given_name[SUBSCRIBER_NAME_MAX + 1]; /* "" unknown */
    int64_t created_s;
    int64_t answered_s; /* when we last answered by ourselves, 0 never */
    int64_t asked_s;    /* when that was a question, 0 never */
};

/* NONE: we do not know that address. */
MUST_USE enum result subscriber_find(struct store *st,
    const struct address *address, struct subscriber *out, struct fault *f);
MUST_USE enum result subscriber_get(
    struct store *st, int64_t id, struct subscriber *out, struct fault *f);

/* Adds s (its id, answered_s and asked_s are not read) or finds the one that is
 * there; a name fills an empty name and replaces nothing.  s->id is set. An
 * empty given_name becomes the first word of name, or of what stands behind a
 * comma after that. OK: added.  NONE: was there
 * already (id set too). NEVER: a name with control characters or too long. */
MUST_USE enum result
subscriber_add(struct store *st, struct subscriber *s, struct fault *f);

/* Notes that an answer of ours goes out; asks: it asks for a confirmation. */
MUST_USE enum result subscriber_answered(
    struct store *st, int64_t id, bool asks, int64_t now_s, struct fault *f);

#endif
