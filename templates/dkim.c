/* SPDX-License-Identifier: ISC */
/* DKIM signatures by libcrypto: the body is hashed once for all keys, and the
 * canonical header is written once.  libopendkim parses the key again for
 * every message, which costs more than the signature.
 *
 * Without instructions for SHA-256 the body's hash costs more than an Ed25519
 * signature.  The letters of an issue begin alike, in nyhedsbrev-14 up to a
 * third: that is hashed once, and the hash begun so is copied for each.
 *
 * relaxed/relaxed: relays and gateways fold headers anew and take blanks away
 * at the ends of lines, and a signature should outlive that.  For the body it
 * costs next to nothing here, see dkim_relaxed.c.
 *
 * No l=: whoever could append to a letter would write in our name. */
#include <inttypes.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "templates/dkim_own.h"

enum {
    FIELDS_MAX = 64,
    LINE_WIDTH = 76,
    /* What stands in a signature's field beside h= and b=. */
    REST_MAX = DKIM_DOMAIN_MAX + DKIM_SELECTOR_MAX + 200
};
struct field {
    const char *at;
    size_t name, n; /* bytes of its name, and of all with the line end */
};
struct message {
    struct field field[FIELDS_MAX];
    int n_fields;
    const char *body;
    size_t body_bytes, shared_bytes;
};

/* What is signed, by RFC 6376 5.4.1 and what mailbox providers ask for: the
 * Feedback-ID of Gmail counts only when signed.  once: there must never be
 * more of them than there are. */
static const struct {
    const char *name;
    bool once;
} signed_fields[] = {
    {"From", true},
    {"Reply-To", true},
    {"To", true},
    {"Subject", true},
    {"Date", true},
    {"Message-ID", true},
    {"In-Reply-To", false},
    {"References", false},
    {"MIME-Version", true},
    {"Content-Type", true},
    {"Content-Transfer-Encoding", false},
    {"Content-Disposition", false},
    {"Content-Language", false},
    {"Content-ID", false},
    {"List-Id", true},
    {"List-Unsubscribe", true},
    {"List-Unsubscribe-Post", true},
    {"List-Help", true},
    {"List-Post", true},
    {"List-Subscribe", true},
    {"List-Owner", true},
    {"List-Archive", true},
    {"Feedback-ID", false},
    {"Auto-Submitted", false},
};

static enum result read_message(
    const struct dkim_message *what, struct message *m, struct fault *f);
static void write_head(struct dkim *d, const struct message *m);
static bool hash_body(struct dkim *d, const struct message *m,
    unsigned char out[DKIM_HASH_BYTES]);
static bool begin_hash(struct dkim *d, const char *body, size_t n);
static bool sign_one(
    struct dkim *d, struct dkim_key *k, int64_t now_s, const char *body_hash);
static char *pile_room(struct dkim_pile *p, size_t n);
static void pile_put(struct dkim_pile *p, const char *bytes, size_t n);

enum result
dkim_sign(struct dkim *d, const struct dkim_message *what, int64_t now_s,
    const char **out, size_t *out_bytes, struct fault *f)
{
    unsigned char hash[DKIM_HASH_BYTES];
    char body_hash[DKIM_BASE64_BYTES(DKIM_HASH_BYTES)];
    struct message m;
    enum result r = read_message(what, &m, f);

    if (r != RES_OK)
        return r;
    if (d->n == 0)
        return fault_set(f, RES_NEVER, "there is no key to sign with");
    d->out.n = 0;
    write_head(d, &m);
    if (!hash_body(d, &m, hash))
        return fault_set(f, RES_STOP, "DKIM: libcrypto cannot hash");
    (void)EVP_EncodeBlock((unsigned char *)body_hash, hash, DKIM_HASH_BYTES);
    for (int i = 0; i < d->n; i++)
        if (!sign_one(d, &d->key[i], now_s, body_hash))
            return fault_set(
                f, RES_STOP, "DKIM: cannot sign with %s", d->key[i].selector);
    *out = d->out.bytes;
    *out_bytes = d->out.n;
    return RES_OK;
}

/* Finds the fields and the body. */
static enum result
read_message(
    const struct dkim_message *what, struct message *m, struct fault *f)
{
    const char *p = what->bytes, *end = p + what->n, *line, *colon;
    bool from = false;

    *m = (struct message){.body = p};
    while (p < end && *p != '\r') {
        struct field *x = &m->field[m->n_fields];

        if (m->n_fields++ == FIELDS_MAX)
            return fault_set(f, RES_NEVER,
                "DKIM: there are more than %d header fields", (int)FIELDS_MAX);
        x->at = p;
        do {
            line = memchr(p, '\n', (size_t)(end - p));
            p = line == NULL ? end : line + 1;
        } while (p < end && (*p == ' ' || *p == '\t'));
        x->n = (size_t)(p - x->at);
        colon = memchr(x->at, ':', x->n);
        if (colon == NULL)
            return fault_set(f, RES_NEVER, "DKIM: a field without a colon");
        x->name = (size_t)(colon - x->at);
        from = from || (x->name == 4 && strncasecmp(x->at, "From", 4) == 0);
    }
    if (!from)
        return fault_set(f, RES_NEVER, "DKIM: the message has no From");
    p += end - p >= 2 ? 2 : end - p;
    m->body = p;
    m->body_bytes = (size_t)(end - p);
    m->shared_bytes =
        what->shared_bytes < m->body_bytes ? what->shared_bytes : m->body_bytes;
    return RES_OK;
}

/* The canonical form of all that is signed, and the names of h=.  Several of
 * one name are signed from the last to the first (RFC 6376 5.4.2). */
static void
write_head(struct dkim *d, const struct message *m)
{
    size_t column = 0, n;

    d->head.n = d->names.n = 0;
    for (size_t i = 0; i < sizeof signed_fields / sizeof signed_fields[0];
         i++) {
        const char *name = signed_fields[i].name;
        int times = signed_fields[i].once ? 1 : 0;

        n = strlen(name);
        for (int k = m->n_fields; k-- > 0;) {
            const struct field *x = &m->field[k];

            if (x->name != n || strncasecmp(x->at, name, n) != 0)
                continue;
            (void)pile_room(&d->head, x->n + 2);
            d->head.n +=
                dkim_relaxed_field(x->at, x->n, d->head.bytes + d->head.n);
            pile_put(&d->head, "\r\n", 2);
            times++;
        }
        for (; times > 0; times--) {
            if (d->names.n > 0)
                pile_put(&d->names, ":", 1);
            if (column > 0 && column + n + 1 > LINE_WIDTH) {
                pile_put(&d->names, "\r\n\t ", 4);
                column = 0;
            }
            pile_put(&d->names, name, n);
            column += n + 1;
        }
    }
}

static void
more_body(void *hash, const char *bytes, size_t n)
{
    (void)EVP_DigestUpdate(hash, bytes, n); /* cannot fail once begun */
}

static bool
hash_body(
    struct dkim *d, const struct message *m, unsigned char out[DKIM_HASH_BYTES])
{
    size_t begun = dkim_relaxed_cut(m->body, m->shared_bytes);

    if (!begin_hash(d, m->body, begun))
        return false;
    dkim_relaxed_body(
        m->body + begun, m->body_bytes - begun, more_body, d->hash);
    return EVP_DigestFinal_ex(d->hash, out, NULL) == 1;
}

/* Makes d->hash that of the first n bytes of a body. */
static bool
begin_hash(struct dkim *d, const char *body, size_t n)
{
    if (n == 0)
        return EVP_DigestInit_ex2(d->hash, d->sha256, NULL) == 1;
    if (n != d->shared.n || memcmp(d->shared.bytes, body, n) != 0) {
        d->shared.n = 0;
        if (EVP_DigestInit_ex2(d->begun, d->sha256, NULL) != 1)
            return false;
        dkim_relaxed_body(body, n, more_body, d->begun);
        pile_put(&d->shared, body, n);
    }
    return EVP_MD_CTX_copy_ex(d->hash, d->begun) == 1;
}

/* Appends one field to d->out. */
static bool
sign_one(
    struct dkim *d, struct dkim_key *k, int64_t now_s, const char *body_hash)
{
    unsigned char hash[DKIM_HASH_BYTES], signature[DKIM_SIGNATURE_MAX];
    char base64[DKIM_BASE64_BYTES(DKIM_SIGNATURE_MAX)], *own;
    size_t n = sizeof signature, from = d->out.n, room, at, piece;
    bool good;

    room = REST_MAX + d->names.n;
    d->out.n += (size_t)snprintf(pile_room(&d->out, room), room,
        "DKIM-Signature: v=1; a=%s-sha256; c=relaxed/relaxed;\r\n\td=%s;"
        "\r\n\ts=%s; t=%" PRId64 ";\r\n\th=%.*s;\r\n\tbh=%s;\r\n\tb=",
        k->rsa != NULL ? "rsa" : "ed25519", d->domain, k->selector, now_s,
        (int)d->names.n, d->names.bytes, body_hash);
    own = fault_calloc(1, d->out.n - from);
    at = dkim_relaxed_field(d->out.bytes + from, d->out.n - from, own);
    good = EVP_DigestInit_ex2(d->hash, d->sha256, NULL) == 1 &&
           EVP_DigestUpdate(d->hash, d->head.bytes, d->head.n) == 1 &&
           EVP_DigestUpdate(d->hash, own, at) == 1 &&
           EVP_DigestFinal_ex(d->hash, hash, NULL) == 1 &&
           dkim_sign_hash(k, hash, signature, &n);
    free(own);
    if (!good)
        return false;
    n = (size_t)EVP_EncodeBlock((unsigned char *)base64, signature, (int)n);
    for (at = 0; at < n; at += piece) {
        piece = n - at < LINE_WIDTH - 4 ? n - at : LINE_WIDTH - 4;
        if (at > 0)
            pile_put(&d->out, "\r\n\t ", 4);
        pile_put(&d->out, base64 + at, piece);
    }
    pile_put(&d->out, "\r\n", 2);
    return true;
}

/* Room for n more bytes behind those that are there. */
static char *
pile_room(struct dkim_pile *p, size_t n)
{
    if (p->n + n > p->room) {
        p->room = (p->n + n) * 2;
        p->bytes = realloc(p->bytes, p->room);
        if (p->bytes == NULL)
            fault_no_memory();
    }
    return p->bytes + p->n;
}

static void
pile_put(struct dkim_pile *p, const char *bytes, size_t n)
{
    memcpy(pile_room(p, n), bytes, n);
    p->n += n;
}
