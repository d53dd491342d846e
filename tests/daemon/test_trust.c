/* SPDX-License-Identifier: ISC */
/* What is learned from chains, with authorities that exist only here. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <fcntl.h>
#include <gnutls/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "daemon/trust.h"

enum {
    DAY_S = 24 * 60 * 60
};

struct made {
    gnutls_x509_privkey_t key;
    gnutls_x509_crt_t cert;
    gnutls_datum_t der, pem;
};
static struct made one, two, again, server_one, server_two, server_again;
static char bundle[] = "/tmp/test_trust-XXXXXX";

static void
good(int e)
{
    if (e < 0)
        fail_msg("%s", gnutls_strerror(e));
}

static void
make(struct made *m, const struct made *by, const char *name)
{
    static unsigned char serial;

    serial++;
    good(gnutls_x509_privkey_init(&m->key));
    good(gnutls_x509_privkey_generate(m->key, GNUTLS_PK_ECDSA,
        GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0));
    good(gnutls_x509_crt_init(&m->cert));
    good(gnutls_x509_crt_set_version(m->cert, 3));
    good(gnutls_x509_crt_set_serial(m->cert, &serial, 1));
    good(gnutls_x509_crt_set_key(m->cert, m->key));
    good(gnutls_x509_crt_set_dn_by_oid(
        m->cert, GNUTLS_OID_X520_COMMON_NAME, 0, name, (unsigned)strlen(name)));
    good(gnutls_x509_crt_set_activation_time(m->cert, time(NULL) - DAY_S));
    good(gnutls_x509_crt_set_expiration_time(m->cert, time(NULL) + DAY_S));
    if (by == NULL) {
        good(gnutls_x509_crt_set_ca_status(m->cert, 1));
        good(gnutls_x509_crt_set_key_usage(m->cert, GNUTLS_KEY_KEY_CERT_SIGN));
        by = m;
    }
    good(gnutls_x509_crt_sign2(
        m->cert, by->cert, by->key, GNUTLS_DIG_SHA256, 0));
    good(gnutls_x509_crt_export2(m->cert, GNUTLS_X509_FMT_DER, &m->der));
    good(gnutls_x509_crt_export2(m->cert, GNUTLS_X509_FMT_PEM, &m->pem));
}

static void
unmake(struct made *m)
{
    gnutls_x509_privkey_deinit(m->key);
    gnutls_x509_crt_deinit(m->cert);
    gnutls_free(m->der.data);
    gnutls_free(m->pem.data);
}

/* A bundle of these, large by the words between them. */
static void
write_bundle(const struct made *const *in, int n, int words)
{
    FILE *to = fopen(bundle, "w");

    assert_non_null(to);
    for (int i = 0; i < words; i++)
        (void)fprintf(to, "Words between the certificates, line %d\n", i);
    for (int i = 0; i < n; i++)
        assert_int_equal(
            fwrite(in[i]->pem.data, 1, in[i]->pem.size, to), in[i]->pem.size);
    assert_int_equal(fclose(to), 0);
}

static int
certificates(const char *path, const struct made *has)
{
    static char text[65536];
    FILE *from = fopen(path, "r");
    int n = 0;
    char *p;

    assert_non_null(from);
    text[fread(text, 1, sizeof text - 1, from)] = '\0';
    (void)fclose(from);
    for (p = text; (p = strstr(p, "-----BEGIN")) != NULL; p++)
        n++;
    if (has != NULL)
        assert_non_null(
            memmem(text, strlen(text), has->pem.data, has->pem.size - 1));
    return n;
}

static void
test_learns(void **state)
{
    const struct made *const all[] = {&one, &two};
    struct trust *t = trust_new(bundle);
    struct fault f = {""};
    char path[64];
    bool dear;

    (void)state;
    write_bundle(all, 2, 1000);
    assert_string_equal(trust_file(t, &dear), bundle);
    assert_true(dear);
    assert_int_equal(trust_learn(t, &server_one.der, 1, &f), RES_OK);
    (void)snprintf(path, sizeof path, "%s", trust_file(t, &dear));
    assert_false(dear);
    assert_int_equal(certificates(path, &one), 1);
    assert_int_equal(open(path, O_WRONLY | O_TRUNC | O_CLOEXEC), -1);

    /* Another chain: the whole bundle once more, then both are known. */
    assert_true(trust_doubt(t));
    assert_false(trust_doubt(t));
    assert_string_equal(trust_file(t, &dear), bundle);
    assert_true(dear);
    assert_int_equal(trust_learn(t, &server_two.der, 1, &f), RES_OK);
    assert_string_equal(trust_file(t, &dear), path);
    assert_int_equal(certificates(path, &one), 2);
    assert_int_equal(certificates(path, &two), 2);

    /* One is taken out of the bundle. */
    write_bundle(&all[1], 1, 1000);
    assert_string_equal(trust_file(t, &dear), bundle);
    assert_int_equal(trust_learn(t, &server_two.der, 1, &f), RES_OK);
    assert_int_equal(certificates(trust_file(t, &dear), &two), 1);
    trust_free(t);
}

static void
test_learns_nothing(void **state)
{
    const struct made *const all[] = {&one, &two};
    const gnutls_datum_t broken = {(unsigned char *)bundle, 5};
    struct trust *t = trust_new(bundle);
    struct fault f = {""};
    bool dear;

    (void)state;
    write_bundle(all, 2, 1000);
    /* Same name, another key. */
    assert_int_equal(trust_learn(t, &server_again.der, 1, &f), RES_NONE);
    assert_non_null(strstr(f.text, "do not verify"));
    assert_int_equal(trust_learn(t, &broken, 1, &f), RES_NEVER);
    assert_int_equal(trust_learn(t, NULL, 0, &f), RES_NEVER);
    assert_int_equal(
        trust_learn(t, &server_one.der, TRUST_CHAIN_MAX + 1, &f), RES_NEVER);
    assert_string_equal(trust_file(t, &dear), bundle);
    /* A small bundle is cheap as it is. */
    write_bundle(all, 2, 0);
    assert_string_equal(trust_file(t, &dear), bundle);
    assert_false(dear);
    trust_free(t);

    t = trust_new("/nonexistent");
    assert_string_equal(trust_file(t, &dear), "/nonexistent");
    assert_int_equal(trust_learn(t, &server_one.der, 1, &f), RES_NEVER);
    trust_free(t);
}

static int
set_up(void **state)
{
    (void)state;
    make(&one, NULL, "One");
    make(&two, NULL, "Two");
    make(&again, NULL, "One");
    make(&server_one, &one, "mail.example.org");
    make(&server_two, &two, "mail.example.org");
    make(&server_again, &again, "mail.example.org");
    return close(mkstemp(bundle));
}

static int
tear_down(void **state)
{
    struct made *const all[] = {
        &one, &two, &again, &server_one, &server_two, &server_again};

    (void)state;
    for (int i = 0; i < 6; i++)
        unmake(all[i]);
    return unlink(bundle);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_learns),
        cmocka_unit_test(test_learns_nothing),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
