/* SPDX-License-Identifier: ISC */
/* The keys of a domain: parsed once and made ready, because parsing a key
 * costs more than signing with it.
 *
 * libcrypto reads all of them and signs with RSA; libsodium signs with
 * Ed25519, in less than half of the time. */
#include "templates/dkim_own.h"

#include <assert.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool is_name(const char *text, size_t most);
static EVP_PKEY *read_pem(const char *pem, size_t n);
static enum result check_key(EVP_PKEY *key, struct fault *f);
static bool make_ready(struct dkim *d, struct dkim_key *k);
static void clear_key(struct dkim_key *k);

enum result
dkim_new(const char *domain, struct dkim **out, struct fault *f)
{
    struct dkim *d;

    if (!is_name(domain, DKIM_DOMAIN_MAX))
        return fault_set(f, RES_NEVER, "%.100s is no domain", domain);
    d = fault_calloc(1, sizeof *d);
    memcpy(d->domain, domain, strlen(domain));
    d->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    d->hash = EVP_MD_CTX_new();
    d->begun = EVP_MD_CTX_new();
    if (d->sha256 == NULL || d->hash == NULL || d->begun == NULL)
        fault_no_memory();
    *out = d;
    return RES_OK;
}

void
dkim_free(struct dkim *d)
{
    if (d == NULL)
        return;
    for (int i = 0; i < d->n; i++)
        clear_key(&d->key[i]);
    EVP_MD_CTX_free(d->hash);
    EVP_MD_CTX_free(d->begun);
    EVP_MD_free(d->sha256);
    free(d->shared.bytes);
    free(d->head.bytes);
    free(d->names.bytes);
    free(d->out.bytes);
    free(d);
}

enum result
dkim_add(struct dkim *d, const char *selector, const char *pem, size_t n,
    struct fault *f)
{
    struct dkim_key *k = &d->key[d->n];
    enum result r;

    if (d->n == DKIM_KEYS_MAX)
        return fault_set(
            f, RES_NEVER, "there are more than %d keys", (int)DKIM_KEYS_MAX);
    if (!is_name(selector, DKIM_SELECTOR_MAX))
        return fault_set(f, RES_NEVER,
            "a selector is 1 to %d of a-z, 0-9, - and dots",
            (int)DKIM_SELECTOR_MAX);
    for (int i = 0; i < d->n; i++)
        if (strcasecmp(d->key[i].selector, selector) == 0)
            return fault_set(
                f, RES_NEVER, "selector %s is given twice", selector);
    k->key = n > DKIM_PEM_MAX ? NULL : read_pem(pem, n);
    if (k->key == NULL)
        return fault_set(
            f, RES_NEVER, "holds no private key in PEM without a password");
    r = check_key(k->key, f);
    if (r == RES_OK && !make_ready(d, k))
        r = fault_set(f, RES_NEVER, "cannot be signed with");
    if (r != RES_OK) {
        clear_key(k);
        return r;
    }
    memcpy(k->selector, selector, strlen(selector));
    d->n++;
    return RES_OK;
}

/* Labels of letters, digits and hyphens, parted by dots. */
static bool
is_name(const char *text, size_t most)
{
    size_t n = strlen(text);

    return n > 0 && n <= most && text[0] != '.' && text[n - 1] != '.' &&
           strstr(text, "..") == NULL &&
           text[strspn(text, "abcdefghijklmnopqrstuvwxyz"
                             "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.")] == '\0';
}

/* libcrypto would ask the terminal. */
static int
no_password(char *out, int size, int writing, void *arg)
{
    (void)out;
    (void)size;
    (void)writing;
    (void)arg;
    return -1;
}

static EVP_PKEY *
read_pem(const char *pem, size_t n)
{
    BIO *from = BIO_new_mem_buf(pem, (int)n);
    EVP_PKEY *key;

    if (from == NULL)
        fault_no_memory();
    key = PEM_read_bio_PrivateKey(from, NULL, no_password, NULL);
    BIO_free(from);
    return key;
}

static enum result
check_key(EVP_PKEY *key, struct fault *f)
{
    int bits = EVP_PKEY_get_bits(key), id = EVP_PKEY_get_base_id(key);

    if (id == EVP_PKEY_ED25519)
        return RES_OK;
    if (id != EVP_PKEY_RSA)
        return fault_set(f, RES_NEVER, "the key is neither RSA nor Ed25519");
    if (bits < DKIM_RSA_LEAST || bits > DKIM_RSA_MOST)
        return fault_set(f, RES_NEVER, "the RSA key has %d bits, not %d to %d",
            bits, (int)DKIM_RSA_LEAST, (int)DKIM_RSA_MOST);
    return RES_OK;
}

/* Prepares k to sign, and signs once as a proof. */
static bool
make_ready(struct dkim *d, struct dkim_key *k)
{
    unsigned char hash[DKIM_HASH_BYTES] = {0}, proof[DKIM_SIGNATURE_MAX];
    unsigned char *public = k->ed25519 + crypto_sign_SEEDBYTES;
    size_t n = sizeof proof, seed_bytes = crypto_sign_SEEDBYTES,
           public_bytes = crypto_sign_PUBLICKEYBYTES;

    if (EVP_PKEY_get_base_id(k->key) == EVP_PKEY_RSA) {
        k->rsa = EVP_PKEY_CTX_new_from_pkey(NULL, k->key, NULL);
        if (k->rsa == NULL || EVP_PKEY_sign_init(k->rsa) != 1 ||
            EVP_PKEY_CTX_set_signature_md(k->rsa, d->sha256) != 1)
            return false;
    } else if (sodium_init() < 0 ||
               EVP_PKEY_get_raw_private_key(k->key, k->ed25519, &seed_bytes) !=
                   1 ||
               EVP_PKEY_get_raw_public_key(k->key, public, &public_bytes) !=
                   1) {
        return false;
    }
    return dkim_sign_hash(k, hash, proof, &n);
}

static void
clear_key(struct dkim_key *k)
{
    EVP_PKEY_CTX_free(k->rsa);
    EVP_PKEY_free(k->key);
    OPENSSL_cleanse(k, sizeof *k);
}

const char *
dkim_domain(const struct dkim *d)
{
    return d->domain;
}

int
dkim_count(const struct dkim *d)
{
    return d->n;
}

const char *
dkim_selector(const struct dkim *d, int i)
{
    assert(i >= 0 && i < d->n);
    return d->key[i].selector;
}

const char *
dkim_type(const struct dkim *d, int i)
{
    assert(i >= 0 && i < d->n);
    return d->key[i].rsa != NULL ? "rsa" : "ed25519";
}

/* Whether base64, but for its blanks, is that of these bytes. */
static bool
same_base64(const char *base64, const unsigned char *bytes, int n)
{
    char *want = fault_calloc(1, DKIM_BASE64_BYTES((size_t)n)), *w = want;
    bool same;

    (void)EVP_EncodeBlock((unsigned char *)want, bytes, n);
    for (; *base64 != '\0'; base64++) {
        if (strchr(" \t\r\n", *base64) != NULL)
            continue;
        if (*base64 != *w)
            break;
        w++;
    }
    same = *base64 == '\0' && *w == '\0';
    free(want);
    return same;
}

/* RFC 6376 3.6.1 and its erratum: for RSA both the key alone and the
 * SubjectPublicKeyInfo are in use; for Ed25519 RFC 8463 has the 32 bytes. */
bool
dkim_is_public(const struct dkim *d, int i, const char *base64)
{
    unsigned char raw[DKIM_HASH_BYTES], *der = NULL;
    size_t n = sizeof raw;
    bool same;
    int length;

    assert(i >= 0 && i < d->n);
    if (d->key[i].rsa == NULL)
        return EVP_PKEY_get_raw_public_key(d->key[i].key, raw, &n) == 1 &&
               same_base64(base64, raw, (int)n);
    length = i2d_PUBKEY(d->key[i].key, &der);
    same = length > 0 && same_base64(base64, der, length);
    OPENSSL_free(der);
    if (same)
        return true;
    der = NULL;
    length = i2d_PublicKey(d->key[i].key, &der);
    same = length > 0 && same_base64(base64, der, length);
    OPENSSL_free(der);
    return same;
}

/* RFC 8463: Ed25519 signs the hash as if it were the message. */
bool
dkim_sign_hash(struct dkim_key *k, const unsigned char hash[DKIM_HASH_BYTES],
    unsigned char *out, size_t *n)
{
    if (k->rsa != NULL)
        return EVP_PKEY_sign(k->rsa, out, n, hash, DKIM_HASH_BYTES) == 1;
    *n = crypto_sign_BYTES;
    return crypto_sign_detached(out, NULL, hash, DKIM_HASH_BYTES, k->ed25519) ==
           0;
}
