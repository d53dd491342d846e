/* SPDX-License-Identifier: ISC */
/* lists/list.h - the row of a newsletter, found by its name in the
 * configuration, which holds everything else about it. */
#ifndef LISTS_LIST_H
#define LISTS_LIST_H
#include <stdint.h>
#include "lists/fault.h"
struct store;

/* The id of the list called key (1-40 of [a-z0-9-]), made where it is new.
 * LATER, STOP: the store. */
MUST_USE enum result
list_id(struct store *st, const char *key, int64_t *id, struct fault *f);
/* The key of a list, into key[41].  NONE: no such list. */
MUST_USE enum result
list_key(struct store *st, int64_t id, char key[41], struct fault *f);

#endif
