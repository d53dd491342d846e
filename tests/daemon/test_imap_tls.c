/* SPDX-License-Identifier: ISC */
/* Certificates that may and that may not pass before a LOGIN, made anew for
 * each run by an authority that exists only here. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "daemon/imap_tls.h"

enum {
    DAY_S = 24 * 60 * 60
};

struct made {
    gnutls_x509_privkey_t key;
    gnutls_x509_crt_t cert;
    gnutls_datum_t der;
};
static struct made authority, stranger;
static char ca_file[] = "/tmp/test_imap_tls-XXXXXX";

static void
good(int e)
{
    if (e < 0)
        fail_msg("%s", gnutls_strerror(e));
}

static void
make(struct made *m, const struct made *by, const char *name, bool ip,
    const char *purpose, int from_day, int to_day)
{
    const unsigned char loopback[4] = {127, 0, 0, 1};
    unsigned char serial[1] = {1};

    good(gnutls_x509_privkey_init(&m->key));
    good(gnutls_x509_privkey_generate(m->key, GNUTLS_PK_ECDSA,
        GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0));
    good(gnutls_x509_crt_init(&m->cert));
    good(gnutls_x509_crt_set_version(m->cert, 3));
    good(gnutls_x509_crt_set_serial(m->cert, serial, sizeof serial));
    good(gnutls_x509_crt_set_key(m->cert, m->key));
    good(gnutls_x509_crt_set_dn_by_oid(
        m->cert, GNUTLS_OID_X520_COMMON_NAME, 0, name, (unsigned)strlen(name)));
    good(gnutls_x509_crt_set_activation_time(
        m->cert, time(NULL) + (time_t)from_day * DAY_S));
    good(gnutls_x509_crt_set_expiration_time(
        m->cert, time(NULL) + (time_t)to_day * DAY_S));
    if (by == NULL) {
        good(gnutls_x509_crt_set_ca_status(m->cert, 1));
        good(gnutls_x509_crt_set_key_usage(m->cert, GNUTLS_KEY_KEY_CERT_SIGN));
    } else {
        good(gnutls_x509_crt_set_subject_alt_name(m->cert,
            ip ? GNUTLS_SAN_IPADDRESS : GNUTLS_SAN_DNSNAME,
            ip ? (const void *)loopback : name,
            ip ? sizeof loopback : (unsigned)strlen(name), GNUTLS_FSAN_SET));
        good(gnutls_x509_crt_set_key_purpose_oid(m->cert, purpose, 0));
    }
    if (by == NULL)
        by = m;
    good(gnutls_x509_crt_sign2(
        m->cert, by->cert, by->key, GNUTLS_DIG_SHA256, 0));
    good(gnutls_x509_crt_export2(m->cert, GNUTLS_X509_FMT_DER, &m->der));
}

static void
unmake(struct made *m)
{
    gnutls_x509_privkey_deinit(m->key);
    gnutls_x509_crt_deinit(m->cert);
    gnutls_free(m->der.data);
}

static const struct chain_case {
    const char *what, *name, *host;
    bool ip, by_stranger, client;
    int from_day, to_day;
    const char *words; /* of the refusal, NULL: it passes */
} cases[] = {
    {"right", "imap.example.org", "imap.example.org", .from_day = -1,
        .to_day = 1},
    {"upper case", "imap.example.org", "IMAP.Example.ORG", .from_day = -1,
        .to_day = 1},
    {"wildcard", "*.example.org", "imap.example.org", .from_day = -1,
        .to_day = 1},
    {"address", "x.example.org", "127.0.0.1", .ip = true, .from_day = -1,
        .to_day = 1},
    {"another name", "imap.example.org", "imap.example.com", .from_day = -1,
        .to_day = 1,
        .words = "name in the certificate does not match the"
                 " expected (it is for imap.example.org)"},
    {"wildcard too wide", "*.example.org", "a.b.example.org", .from_day = -1,
        .to_day = 1, .words = "name"},
    {"another address", "x.example.org", "127.0.0.2", .ip = true,
        .from_day = -1, .to_day = 1, .words = "name"},
    {"another authority", "imap.example.org", "imap.example.org",
        .by_stranger = true, .from_day = -1, .to_day = 1,
        .words = "issuer is"
                 " unknown (trusted is /tmp/"},
    {"over", "imap.example.org", "imap.example.org", .from_day = -2,
        .to_day = -1, .words = "expired certificate (it ended 20"},
    {"not yet", "imap.example.org", "imap.example.org", .from_day = 1,
        .to_day = 2, .words = "clock right?"},
    {"a client's", "imap.example.org", "imap.example.org", .client = true,
        .from_day = -1, .to_day = 1, .words = "purpose"},
};

static void
test_chains(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct chain_case *c = &cases[i];
        struct made m = {0};
        struct imap_cert chain[1];
        struct fault f = {""};
        enum result r;

        make(&m, c->by_stranger ? &stranger : &authority, c->name, c->ip,
            c->client ? GNUTLS_KP_TLS_WWW_CLIENT : GNUTLS_KP_TLS_WWW_SERVER,
            c->from_day, c->to_day);
        chain[0] = (struct imap_cert){m.der.data, m.der.size};
        r = imap_tls_verify(chain, 1, c->host, ca_file, &f);
        print_message("%s: %s\n", c->what, f.text);
        assert_int_equal(r, c->words == NULL ? RES_OK : RES_NEVER);
        if (c->words != NULL) {
            assert_non_null(strstr(f.text, c->words));
            assert_null(strchr(". ", f.text[strlen(f.text) - 1]));
        }
        unmake(&m);
    }
}

static void
test_no_chain(void **state)
{
    const struct imap_cert broken[1] = {{"no certificate", 14}};
    const struct imap_cert ours[1] = {{authority.der.data, authority.der.size}};
    struct fault f;

    (void)state;
    assert_int_equal(imap_tls_verify(NULL, 0, "a.b", ca_file, &f), RES_NEVER);
    assert_int_equal(imap_tls_verify(broken, 1, "a.b", ca_file, &f), RES_NEVER);
    assert_int_equal(
        imap_tls_verify(ours, 1, "a.b", "/nonexistent", &f), RES_LATER);
    /* One of our own making is unknown to the system. */
    assert_int_equal(imap_tls_verify(ours, 1, "Ours", "", &f), RES_NEVER);
}

static int
set_up(void **state)
{
    gnutls_datum_t pem;
    FILE *to;
    int fd;

    (void)state;
    make(&authority, NULL, "Ours", false, NULL, -1, 1);
    make(&stranger, NULL, "Strange", false, NULL, -1, 1);
    good(gnutls_x509_crt_export2(authority.cert, GNUTLS_X509_FMT_PEM, &pem));
    fd = mkstemp(ca_file);
    to = fdopen(fd, "w");
    assert_non_null(to);
    assert_int_equal(fwrite(pem.data, 1, pem.size, to), pem.size);
    assert_int_equal(fclose(to), 0);
    gnutls_free(pem.data);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    unmake(&authority);
    unmake(&stranger);
    return unlink(ca_file);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_chains),
        cmocka_unit_test(test_no_chain),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
