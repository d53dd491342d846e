/* SPDX-License-Identifier: ISC */
/* lists/token.h - the token that ties everything that comes back to one
 * delivery: 26 letters of base32 (RFC 4648, lower case, no padding).
 *
 * A token is the delivery's id and 64 zero bits, enciphered as one AES-128
 * block under the installation's key: nobody can guess or forge one (2^-64),
 * it tells nothing, and it needs no column and no index: the id comes out
 * again.  The key stands in a file of its own, never in the store. */
#ifndef LISTS_TOKEN_H
#define LISTS_TOKEN_H
#include <stdint.h>
#include "lists/fault.h"

enum {
    TOKEN_LENGTH = 26
};
struct token_key; /* the key, ready to use; one thread */

/* Reads the key file (32 bytes as 64 hex digits and a newline); makes it,
 * mode 0600, fsynced, where it does not exist.  Yours, free with
 * token_key_free.  STOP: unreadable, others may read it, or not a key. */
MUST_USE enum result
token_key_open(const char *path, struct token_key **out, struct fault *f);
void token_key_free(struct token_key *k);

/* Writes the token of a delivery (id > 0), NUL-terminated. */
void token_make(
    const struct token_key *k, int64_t delivery_id, char out[TOKEN_LENGTH + 1]);

/* The delivery of a token, upper case allowed.  NONE: not a token of ours. */
MUST_USE enum result
token_read(const struct token_key *k, const char *token, int64_t *delivery_id);

#endif
