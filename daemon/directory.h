/* SPDX-License-Identifier: ISC */
/* daemon/directory.h - the directory of verdict.h over the store: whom an
 * address, a token or one of our own Message-IDs belongs to. It only reads. */
#ifndef DAEMON_DIRECTORY_H
#define DAEMON_DIRECTORY_H
#include <stdint.h>
#include "daemon/verdict.h"
#include "lists/token.h"
struct store;

/* What the look-ups need; borrowed as long as the directory is used. */
struct store_directory {
    struct store *st;
    const struct token_key *key;
    int64_t list_id; /* whose `active` is meant where no delivery says */
};

/* Fills out; its ctx is d. Answers of its functions: OK; NONE: we know no
 * such address, token, Message-ID, or what it named is no longer there;
 * LATER, STOP: the store. */
void directory_of_store(struct store_directory *d, struct directory *out);

#endif
