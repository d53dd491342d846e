/* SPDX-License-Identifier: ISC */
/* templates/dkim_own.h - what the files dkim*.c share: the keys of a domain,
 * and the two "relaxed" canonical forms of RFC 6376, 3.4.2 and 3.4.4.  Nobody
 * else but their test includes this. */
#ifndef TEMPLATES_DKIM_OWN_H
#define TEMPLATES_DKIM_OWN_H
#include <openssl/evp.h>
#include <sodium.h>
#include "templates/dkim.h"

enum {
    DKIM_HASH_BYTES = 32,
    DKIM_SIGNATURE_MAX = DKIM_RSA_MOST / 8,
    DKIM_DOMAIN_MAX = 253
};
#define DKIM_BASE64_BYTES(n) (((n) + 2) / 3 * 4 + 1)

struct dkim_key {
    char selector[DKIM_SELECTOR_MAX + 1];
    EVP_PKEY *key;
    EVP_PKEY_CTX *rsa; /* ready to sign hashes; NULL: Ed25519, which is */
    unsigned char ed25519[crypto_sign_SECRETKEYBYTES]; /* for libsodium */
};
struct dkim_pile { /* bytes that only grow, used again for each message */
    char *bytes;
    size_t n, room;
};
struct dkim {
    char domain[DKIM_DOMAIN_MAX + 1];
    int n;
    struct dkim_key key[DKIM_KEYS_MAX];
    EVP_MD *sha256;
    EVP_MD_CTX *hash;
    EVP_MD_CTX *begun;       /* the hash of: */
    struct dkim_pile shared; /* what the latest bodies began with */
    struct dkim_pile head, names, out;
};

/* Signs a hash with a key of d.  *n: room in out, then what it took. */
bool dkim_sign_hash(struct dkim_key *k,
    const unsigned char hash[DKIM_HASH_BYTES], unsigned char *out, size_t *n);

/* Writes the canonical form of one header field, with or without the line end
 * behind it, into out, which has room for n bytes; returns how many it took.
 * The form has no line end.  A field without a colon becomes a name alone. */
size_t dkim_relaxed_field(const char *field, size_t n, char *out);

/* Gives the canonical form of a body piece by piece, in one pass: a piece is
 * borrowed for the call.  Lines end with CRLF; a body without one at its end
 * gets it, an empty body stays empty. */
void dkim_relaxed_body(const char *body, size_t n,
    void (*emit)(void *arg, const char *bytes, size_t n), void *arg);

/* The most of the first n bytes of a body whose canonical form, with that of
 * the rest behind it, is the canonical form of the whole; 0: nothing. */
size_t dkim_relaxed_cut(const char *body, size_t n);

#endif
