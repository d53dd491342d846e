/* SPDX-License-Identifier: ISC */
/* templates/dkim.h - DKIM signatures (RFC 6376, RFC 8463): the keys of one
 * domain, read once, and the header fields by which a message is signed with
 * all of them. */
#ifndef TEMPLATES_DKIM_H
#define TEMPLATES_DKIM_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "lists/fault.h"

enum {
    DKIM_KEYS_MAX = 4,
    DKIM_SELECTOR_MAX = 63,
    DKIM_PEM_MAX = 8192,
    DKIM_RSA_LEAST = 2048, /* bits; receivers count fewer as no signature */
    DKIM_RSA_MOST = 4096   /* a longer key does not fit into DNS answers */
};

/* The keys of a domain, which stands in d=. */
struct dkim;

/* domain: in A-labels, that of From.  Yours, free with dkim_free.
 * NEVER: it is no domain. */
MUST_USE enum result
dkim_new(const char *domain, struct dkim **out, struct fault *f);
void dkim_free(struct dkim *d); /* NULL is fine */

/* Adds a private key in PEM, PKCS#8 or PKCS#1, without a password, that is
 * published at SELECTOR._domainkey.DOMAIN.
 * NEVER: it is none; neither RSA of 2048 to 4096 bits nor Ed25519; the
 * selector is none or there already; there are DKIM_KEYS_MAX.  The words never
 * hold a byte of the key. */
MUST_USE enum result dkim_add(struct dkim *d, const char *selector,
    const char *pem, size_t n, struct fault *f);

const char *dkim_domain(const struct dkim *d);
int dkim_count(const struct dkim *d);
/* Of the i-th key: its selector, and "rsa" or "ed25519". */
const char *dkim_selector(const struct dkim *d, int i);
const char *dkim_type(const struct dkim *d, int i);
/* Whether base64, p= of a record in DNS, is the public half of the i-th key.
 * Blanks in it do not matter (RFC 6376 3.2). */
bool dkim_is_public(const struct dkim *d, int i, const char *base64);

struct dkim_message {  /* borrowed */
    const char *bytes; /* complete, CRLF at each line's end, not dot-stuffed */
    size_t n;
    /* Of its body's beginning, which those signed before and after it are
     * expected to have as well.  Only speed depends on it: what is the same is
     * compared, and hashed once.  0: nothing is known. */
    size_t shared_bytes;
};

/* Writes one DKIM-Signature field for each key, to stand before the message's
 * first: c=relaxed/relaxed, no l=, t=now_s.  Signed is all that stands in the
 * table of dkim.c; From, List-* and what a mail may have but once are named
 * once more than they are there, so that no second one can be put in.
 * *out: borrowed until the next call with d.
 * NEVER: no From, more fields than FIELDS_MAX, or no key.
 * STOP: a library cannot hash or sign. */
MUST_USE enum result dkim_sign(struct dkim *d, const struct dkim_message *what,
    int64_t now_s, const char **out, size_t *out_bytes, struct fault *f);

#endif
