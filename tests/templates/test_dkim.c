/* SPDX-License-Identifier: ISC */
/* DKIM: the canonical forms of RFC 6376 byte for byte, what is signed and
 * named, and which keys are refused.  That others accept the signatures is
 * proved in test_dkim.py. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include "templates/dkim_own.h"

enum {
    BODY_MAX = 400,
    RANDOM_BODIES = 20000
};

struct bytes {
    char at[2 * BODY_MAX];
    size_t n;
};

static void
gather(void *arg, const char *bytes, size_t n)
{
    struct bytes *b = arg;

    assert_true(b->n + n < sizeof b->at);
    memcpy(b->at + b->n, bytes, n);
    b->n += n;
    b->at[b->n] = '\0';
}

static void
fields(void **state)
{
    static const struct {
        const char *field, *want;
    } cases[] = {
        {"A: X\r\n", "a:X"}, /* RFC 6376 3.4.5 */
        {"B : Y\t\r\n\tZ  \r\n", "b:Y Z"},
        {"Subject:no blank\r\n", "subject:no blank"},
        {"SUBJECT :\r\n \t first\r\n  second: third\r\n",
            "subject:first second: third"},
        {"X: \r\n", "x:"},
        {"X:\r\n", "x:"},
        {"X: : a\r\n", "x:: a"},
        {"DKIM-Signature: v=1;\r\n\tb=", "dkim-signature:v=1; b="},
    };
    char out[200];
    size_t n;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        n = strlen(cases[i].field);
        n = dkim_relaxed_field(cases[i].field, n, out);
        out[n] = '\0';
        assert_string_equal(out, cases[i].want);
    }
}

/* Two pieces, each in its canonical form, make that of the whole. */
static void
cut_anywhere(const char *body, size_t n, size_t most, const struct bytes *whole)
{
    size_t cut = dkim_relaxed_cut(body, most);
    struct bytes got = {"", 0};

    assert_in_range(cut, 0, most);
    dkim_relaxed_body(body, cut, gather, &got);
    dkim_relaxed_body(body + cut, n - cut, gather, &got);
    if (got.n != whole->n || memcmp(got.at, whole->at, got.n) != 0)
        fail_msg("cut at %zu: {%s} became {%s}", cut, body, got.at);
}

#define LONG_LINE                                                              \
    "0123456789012345678901234567890123456789012345678901234567890123456789"

static void
bodies(void **state)
{
    static const struct {
        const char *body, *want;
    } cases[] = {
        {" C \r\nD \t E\r\n\r\n\r\n", " C\r\nD E\r\n"}, /* RFC 6376 3.4.5 */
        {"", ""}, /* RFC 6376 3.4.4: an empty body stays empty */
        {"\r\n", ""},
        {" \t\r\n \r\n", ""},
        {"a", "a\r\n"},
        {"a\r\n", "a\r\n"},
        {"a\r\n\r\n", "a\r\n"},
        {"a\r\n \t\r\n", "a\r\n"},
        {"\r\n\r\na", "\r\n\r\na\r\n"},
        {"a\r\n \r\nb", "a\r\n\r\nb\r\n"},
        {"a\tb", "a b\r\n"},
        {"a b", "a b\r\n"},
        {"a  b", "a b\r\n"},
        {LONG_LINE "\r\n" LONG_LINE " \r\n", LONG_LINE "\r\n" LONG_LINE "\r\n"},
        {LONG_LINE " \r\n" LONG_LINE, LONG_LINE "\r\n" LONG_LINE "\r\n"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct bytes got = {"", 0};
        size_t n = strlen(cases[i].body);

        dkim_relaxed_body(cases[i].body, n, gather, &got);
        assert_string_equal(got.at, cases[i].want);
        for (size_t most = 0; most <= n; most++)
            cut_anywhere(cases[i].body, n, most, &got);
    }
}

/* The same, one line after the other and slowly. */
static void
plainly(const char *body, size_t n, struct bytes *out)
{
    size_t used = 0; /* up to the end of the last line that is not empty */
    bool gap = false;

    out->n = 0;
    for (size_t i = 0; i <= n; i++) {
        if (i == n || (body[i] == '\r' && body[i + 1] == '\n')) {
            if (i == n && out->n == used)
                break;
            if (out->n > 0 && out->at[out->n - 1] != '\n')
                used = out->n + 2;
            gather(out, "\r\n", 2);
            gap = false;
            i++;
        } else if (body[i] == ' ' || body[i] == '\t') {
            gap = true;
        } else {
            gather(out, " ", gap ? 1 : 0);
            gather(out, body + i, 1);
            gap = false;
        }
    }
    out->n = used;
}

static void
bodies_at_random(void **state)
{
    char body[BODY_MAX + 1];
    uint32_t dice = 1;

    (void)state;
    for (int i = 0; i < RANDOM_BODIES; i++) {
        struct bytes got = {"", 0}, want = {"", 0};
        uint32_t blanks = (uint32_t)i % 3 == 0 ? 4 : 90; /* one in so many */
        size_t n = 0, most = (size_t)i % (BODY_MAX - 2);

        while (n < most) {
            dice = dice * 1664525U + 1013904223U;
            if ((dice >> 8) % blanks == 0) {
                body[n++] = (dice >> 20) % 2 ? ' ' : '\t';
            } else if ((dice >> 8) % 37 == 1) {
                body[n++] = '\r';
                body[n++] = '\n';
            } else {
                body[n++] = (dice >> 8) % 11 == 0 ? ' ' : 'a';
            }
        }
        body[n] = '\0';
        dkim_relaxed_body(body, n, gather, &got);
        plainly(body, n, &want);
        cut_anywhere(body, n, (size_t)dice % (n + 1), &want);
        if (got.n != want.n || memcmp(got.at, want.at, got.n) != 0)
            fail_msg("body %d: {%s} became {%s}", i, body, got.at);
    }
}

/* --- keys ----------------------------------------------------------------- */

/* A new private key in PEM: yours. */
static char *
pem_of(EVP_PKEY *key, const char *password)
{
    BIO *to = BIO_new(BIO_s_mem());
    char *bytes, *pem;
    long n;

    assert_non_null(key);
    assert_int_equal(
        PEM_write_bio_PKCS8PrivateKey(to, key,
            password != NULL ? EVP_aes_128_cbc() : NULL, password,
            password != NULL ? (int)strlen(password) : 0, NULL, NULL),
        1);
    n = BIO_get_mem_data(to, &bytes);
    pem = strndup(bytes, (size_t)n);
    BIO_free(to);
    EVP_PKEY_free(key);
    return pem;
}

static enum result
add(struct dkim *d, const char *selector, const char *pem, struct fault *f)
{
    return dkim_add(d, selector, pem, strlen(pem), f);
}

static void
keys(void **state)
{
    char *rsa = pem_of(EVP_RSA_gen(2048), NULL);
    char *ed = pem_of(EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"), NULL);
    char *small = pem_of(EVP_RSA_gen(1024), NULL);
    char *curve = pem_of(EVP_EC_gen("P-256"), NULL);
    char *locked = pem_of(EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"), "secret");
    const struct {
        const char *selector, *pem, *words; /* words NULL: it is taken */
    } cases[] = {
        {"s1", rsa, NULL},
        {"s1", ed, "selector s1 is given twice"},
        {"S1", ed, "given twice"},
        {"", ed, "a selector is"},
        {"a b", ed, "a selector is"},
        {"a..b", ed, "a selector is"},
        {"a;b", ed, "a selector is"},
        {"s2", small, "has 1024 bits"},
        {"s2", curve, "neither RSA nor Ed25519"},
        {"s2", locked, "without a password"},
        {"s2", "", "no private key"},
        {"s2",
            "-----BEGIN PRIVATE KEY-----\nAAAA\n"
            "-----END PRIVATE KEY-----\n",
            "no private key"},
        {"2026.ed", ed, NULL},
        {"s3", ed, NULL},
        {"s4", ed, NULL},
        {"s5", ed, "more than 4 keys"},
    };
    struct dkim *d;
    struct fault f;

    (void)state;
    assert_int_equal(dkim_new("a b", &d, &f), RES_NEVER);
    assert_int_equal(dkim_new("", &d, &f), RES_NEVER);
    assert_int_equal(dkim_new("lo-aarhus.dk", &d, &f), RES_OK);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        enum result r = add(d, cases[i].selector, cases[i].pem, &f);

        assert_int_equal(r, cases[i].words == NULL ? RES_OK : RES_NEVER);
        if (cases[i].words != NULL && strstr(f.text, cases[i].words) == NULL)
            fail_msg("case %zu: %s", i, f.text);
    }
    assert_int_equal(dkim_count(d), 4);
    assert_string_equal(dkim_selector(d, 1), "2026.ed");
    assert_string_equal(dkim_type(d, 0), "rsa");
    assert_string_equal(dkim_type(d, 1), "ed25519");
    dkim_free(d);
    free(rsa);
    free(ed);
    free(small);
    free(curve);
    free(locked);
}

/* Both spellings of an RSA key in DNS, and of an Ed25519 key the raw one:
 * the example of RFC 8463 A. */
static void
public_keys(void **state)
{
    static const char ed[] =
        "-----BEGIN PRIVATE KEY-----\n"
        "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n"
        "-----END PRIVATE KEY-----\n";
    EVP_PKEY *made = EVP_RSA_gen(2048);
    unsigned char *der[2] = {NULL, NULL};
    char text[2][1000], *pem;
    struct dkim *d;
    struct fault f;

    (void)state;
    for (int i = 0; i < 2; i++) {
        int n =
            i == 0 ? i2d_PUBKEY(made, &der[i]) : i2d_PublicKey(made, &der[i]);

        assert_true(n > 0);
        (void)EVP_EncodeBlock((unsigned char *)text[i], der[i], n);
        OPENSSL_free(der[i]);
    }
    pem = pem_of(made, NULL);
    assert_int_equal(dkim_new("football.example.com", &d, &f), RES_OK);
    assert_int_equal(add(d, "brisbane", ed, &f), RES_OK);
    assert_int_equal(add(d, "test", pem, &f), RES_OK);
    assert_true(
        dkim_is_public(d, 0, "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="));
    assert_true(dkim_is_public(
        d, 0, " 11qYAYKxCrfVS/7TyWQ HOg7hcvPapiMlrwIaaPcHURo=\r\n"));
    assert_false(
        dkim_is_public(d, 0, "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo"));
    assert_false(
        dkim_is_public(d, 0, "21qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="));
    assert_false(dkim_is_public(d, 0, ""));
    assert_true(dkim_is_public(d, 1, text[0]));
    assert_true(dkim_is_public(d, 1, text[1]));
    assert_false(dkim_is_public(d, 1, text[0] + 1));
    assert_false(dkim_is_public(d, 0, text[0]));
    dkim_free(d);
    free(pem);
}

/* --- what is written ------------------------------------------------------ */

#define MESSAGE                                                                \
    "Date: Sat, 21 Nov 2026 10:00:00 +0000\r\nfrom: <a@lo-aarhus.dk>\r\n"      \
    "To: b@c.dk\r\nSubject: Hej\r\n og goddag\r\nReferences: <1@x>\r\n"        \
    "references: <2@x>\r\nX-Other: 1\r\nList-Unsubscribe: <mailto:u@x>\r\n"    \
    "\r\nHej.\r\n"

static enum result
sign(struct dkim *d, const char *message, int64_t now_s, const char **out,
    size_t *n, struct fault *f)
{
    const struct dkim_message what = {message, strlen(message), 0};

    return dkim_sign(d, &what, now_s, out, n, f);
}

static void
one_field(void **state)
{
    char *pem = pem_of(EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"), NULL);
    const char *out, *names;
    char *text, *p;
    struct dkim *d;
    struct fault f;
    size_t n;

    (void)state;
    assert_int_equal(dkim_new("lo-aarhus.dk", &d, &f), RES_OK);
    assert_int_equal(sign(d, MESSAGE, 5, &out, &n, &f), RES_NEVER);
    assert_int_equal(add(d, "s1", pem, &f), RES_OK);
    assert_int_equal(sign(d, MESSAGE, 1795255200, &out, &n, &f), RES_OK);
    text = strndup(out, n);
    p = strstr(text, "\r\n\tbh=");
    assert_non_null(p);
    *p = '\0';
    assert_string_equal(text,
        "DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;\r\n"
        "\td=lo-aarhus.dk;\r\n\ts=s1; t=1795255200;\r\n"
        "\th=From:From:Reply-To:To:To:Subject:Subject:Date:Date:Message-ID:"
        "References:\r\n\t References:MIME-Version:Content-Type:List-Id:"
        "List-Unsubscribe:\r\n\t List-Unsubscribe:List-Unsubscribe-Post:"
        "List-Help:List-Post:List-Subscribe:\r\n\t List-Owner:List-Archive;");
    names = p + 1;
    assert_non_null(strstr(names, "\tb="));
    assert_memory_equal(out + n - 2, "\r\n", 2);
    free(text);

    /* Whoever writes a line of ours too long breaks it: none is. */
    for (const char *line = out; line < out + n; line = names) {
        names = memchr(line, '\n', (size_t)(out + n - line));
        assert_non_null(names++);
        assert_in_range(names - line, 2, 80);
    }
    dkim_free(d);
    free(pem);
}

static void
refused(void **state)
{
    static const char *const cases[] = {
        "", "To: a@b.dk\r\n\r\nx\r\n", "From: a@b.dk\r\nno colon\r\n\r\n"};
    char *pem = pem_of(EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"), NULL);
    char many[2000] = "From: a@b.dk\r\n";
    const char *out = NULL;
    struct dkim *d;
    struct fault f;
    size_t n;

    (void)state;
    assert_int_equal(dkim_new("lo-aarhus.dk", &d, &f), RES_OK);
    assert_int_equal(add(d, "s1", pem, &f), RES_OK);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(sign(d, cases[i], 0, &out, &n, &f), RES_NEVER);
    for (size_t used = strlen(many); used < 14 + 6 * 63; used += 6)
        memcpy(many + used, "X: y\r\n", 7);
    assert_int_equal(sign(d, many, 0, &out, &n, &f), RES_OK);
    out = NULL;
    memcpy(many + strlen(many), "X: y\r\n", 7);
    assert_int_equal(sign(d, many, 0, &out, &n, &f), RES_NEVER);
    assert_null(out);
    dkim_free(d);
    free(pem);
}

/* The same signatures come of it, whether it is true or not: one key after the
 * other, each with what the messages before left behind. */
static void
what_is_shared_changes_nothing(void **state)
{
    static const char *const bodies[] = {"One line.\r\nAnd Bo.\r\n",
        "One line.\r\nAnd Ib.\r\n", "One line.\r\n", "One line.", "",
        "Oh: line.\r\nAnd Ib.\r\n", "One line. \r\n\r\nAnd Bo.\r\n\r\n"};
    const size_t n_bodies = sizeof bodies / sizeof bodies[0];
    char *pem = pem_of(EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"), NULL);
    struct dkim *d, *plain;
    struct fault f;

    (void)state;
    assert_int_equal(dkim_new("lo-aarhus.dk", &d, &f), RES_OK);
    assert_int_equal(dkim_new("lo-aarhus.dk", &plain, &f), RES_OK);
    assert_int_equal(add(d, "s1", pem, &f), RES_OK);
    assert_int_equal(add(plain, "s1", pem, &f), RES_OK);
    for (size_t i = 0; i < n_bodies * n_bodies * 30; i++) {
        struct dkim_message what = {.shared_bytes = i / n_bodies / n_bodies};
        const char *got, *want;
        size_t got_bytes, want_bytes;
        char text[100];

        (void)snprintf(text, sizeof text, "From: a@b.dk\r\n\r\n%s",
            bodies[i % 2 == 0 ? i % n_bodies : i / n_bodies % n_bodies]);
        what.bytes = text;
        what.n = strlen(text);
        assert_int_equal(dkim_sign(d, &what, 5, &got, &got_bytes, &f), RES_OK);
        assert_int_equal(sign(plain, text, 5, &want, &want_bytes, &f), RES_OK);
        assert_int_equal(got_bytes, want_bytes);
        assert_memory_equal(got, want, want_bytes);
    }
    dkim_free(d);
    dkim_free(plain);
    free(pem);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields),
        cmocka_unit_test(bodies),
        cmocka_unit_test(bodies_at_random),
        cmocka_unit_test(keys),
        cmocka_unit_test(public_keys),
        cmocka_unit_test(one_field),
        cmocka_unit_test(refused),
        cmocka_unit_test(what_is_shared_changes_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
