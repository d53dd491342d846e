/* SPDX-License-Identifier: ISC */
/* lists/address.h - one mail address: is it one, and is it the same as that. */
#ifndef LISTS_ADDRESS_H
#define LISTS_ADDRESS_H
#include <stdbool.h>
#include <stddef.h>
#include "lists/fault.h"

/* RFC 5321 4.5.3.1: a path is at most 256 bytes with its brackets. */
enum {
    ADDRESS_MAX = 254,
    ADDRESS_LOCAL_MAX = 64
};

/* Both forms of an address, NUL-terminated values. */
struct address {
    char text[ADDRESS_MAX + 1]; /* as written, domain as A-labels (IDNA2008) */
    char key[ADDRESS_MAX + 1]; /* the same in lower case: equal = same person */
};

/* Reads `text` (no display name, no brackets, blanks around it are dropped).
 * Accepted: a dot-atom or quoted local part without control characters or
 * blanks, UTF-8 allowed (SMTPUTF8), and a domain with at least one dot.
 * NEVER: not an address; the words say why.  out is untouched then. */
MUST_USE enum result
address_parse(const char *text, struct address *out, struct fault *f);

/* The local part needs SMTPUTF8 (RFC 6531) on the way. */
bool address_needs_utf8(const struct address *a);

/* Whether text has a byte below 0x20 or 0x7f, or is not valid UTF-8:
 * such a value never enters a header, a command or the store. */
bool text_unclean(const char *text, size_t n);

/* Copies n bytes from outside into out[size], cut between two characters:
 * what is not UTF-8 becomes '?', a control character a blank. */
void text_scrub(char *out, size_t size, const char *text, size_t n);

#endif
