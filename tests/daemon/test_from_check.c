/* SPDX-License-Identifier: ISC */
/* What follows from DNS: answers by hand, and the notes an author gets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/from_check.h"

/* The key of RFC 8463 A. */
static const char pem[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n"
    "-----END PRIVATE KEY-----\n";
#define PUBLIC "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
#define KEY "v=DKIM1; k=ed25519; p=" PUBLIC
#define SPF "v=spf1 mx include:spf.protection.outlook.com -all"
#define DMARC "v=DMARC1; p=reject"

enum {
    TEXTS = 3
};

/* Texts of SPF, of DMARC (the domain, then the one above it) and of the key;
 * "!" : the server fails, "?" : it is silent, NULL: there is none. */
struct row {
    const char *from;
    const char *spf[TEXTS], *dmarc[TEXTS], *above[TEXTS], *key[TEXTS];
    const char *want; /* the notes, each behind a | */
};
static const struct row rows[] = {
    {"lo.dk", {SPF}, {DMARC}, {0}, {KEY}, ""},
    {"lo.dk", {"other", SPF}, {"x", DMARC}, {0}, {KEY}, ""},
    {"brev.lo.dk", {SPF}, {0}, {DMARC}, {KEY}, ""},
    {"brev.lo.dk", {SPF}, {DMARC "; adkim=s"}, {0}, {KEY},
        "|From is at brev.lo.dk, but the list's keys sign for lo.dk"},
    {"other.dk", {SPF}, {DMARC}, {0}, {KEY},
        "|From is at other.dk, but the list's keys sign for lo.dk"},
    {"olo.dk", {SPF}, {DMARC}, {0}, {KEY}, "|From is at olo.dk"},
    {"lo.dk", {0}, {0}, {0}, {0},
        "|no SPF record for lo.dk|selector s1: there is no key at"
        " s1._domainkey.lo.dk|no DMARC record for lo.dk"},
    {"lo.dk", {"v=spf10 -all"}, {DMARC}, {0}, {KEY}, "|no SPF record"},
    {"lo.dk", {SPF, "V=SPF1 -all"}, {DMARC}, {0}, {KEY},
        "|2 SPF records for lo.dk"},
    {"lo.dk", {"v=spf1 mx +all"}, {DMARC}, {0}, {KEY}, "|SPF of lo.dk lets e"},
    {"lo.dk", {"v=spf1 -all"}, {DMARC}, {0}, {KEY}, "|SPF of lo.dk lets nob"},
    {"lo.dk", {"v=spf1 mx ~all"}, {DMARC}, {0}, {KEY},
        "|SPF of lo.dk has no include:spf.protection.outlook.com, which relay"
        " hoster needs"},
    {"lo.dk", {SPF}, {DMARC, DMARC}, {0}, {KEY}, "|2 DMARC records at _dmarc."},
    {"lo.dk", {SPF}, {DMARC}, {0}, {KEY, KEY}, "|selector s1: there are 2 rec"},
    {"lo.dk", {SPF}, {DMARC}, {0}, {"v=DKIM1; k=ed25519; p="},
        "|selector s1: the key in DNS is revoked"},
    {"lo.dk", {SPF}, {DMARC}, {0}, {"v=DKIM1; k=ed25519"},
        "|selector s1: the record at s1._domainkey.lo.dk has no p="},
    {"lo.dk", {SPF}, {DMARC}, {0}, {"v=DKIM1; k=ed25519; p=A" PUBLIC},
        "|selector s1: the key in DNS is another one"},
    {"lo.dk", {SPF}, {DMARC}, {0}, {"v=DKIM1; p=" PUBLIC},
        "|selector s1: the record in DNS lacks k=ed25519"},
    {"lo.dk", {SPF}, {DMARC}, {0}, {KEY "; t=y"},
        "|selector s1: the record in DNS says t=y"},
    {"lo.dk", {SPF}, {DMARC}, {0},
        {" v = DKIM1 ;k= ed25519 ; h=p; p =\t11qYAYKxCrfVS/7TyWQHOg7hcvPapi"
         " MlrwIaaPcHURo= ;"},
        ""},
    {"lo.dk", {"?"}, {"?"}, {"?"}, {"?"},
        "|DNS does not answer: SPF, DKIM and DMARC of lo.dk were not looked"},
    {"lo.dk", {"!"}, {DMARC}, {0}, {KEY}, "|DNS has no answer about lo.dk"},
    {"lo.dk", {SPF}, {"?"}, {0}, {KEY},
        "|DNS has no answer about _dmarc.lo.dk"},
    {"lo.dk", {SPF}, {DMARC}, {0}, {"!"},
        "|DNS has no answer about s1._domainkey.lo.dk"},
};

static void
answer(struct dns_question *q, const char *const *texts)
{
    q->answer = DNS_NOTHING;
    for (int i = 0; i < TEXTS && texts[i] != NULL; i++) {
        q->answer = DNS_FOUND;
        q->text[q->n_texts++] = fault_strdup(texts[i]);
    }
    if (texts[0] == NULL || (texts[0][0] != '!' && texts[0][0] != '?'))
        return;
    dns_clear(q, 1);
    q->answer = texts[0][0] == '!' ? DNS_FAILED : DNS_SILENT;
}

static void
test_judging(void **state)
{
    static char host[] = "SMTP.office365.com", name[] = "hoster";
    struct conf *conf = fault_calloc(1, sizeof *conf);
    struct dkim *keys;
    struct fault f;

    (void)state;
    conf->n_relays = 1;
    conf->relay[0].host = host;
    conf->relay[0].name = name;
    assert_int_equal(dkim_new("lo.dk", &keys, &f), RES_OK);
    assert_int_equal(dkim_add(keys, "s1", pem, strlen(pem), &f), RES_OK);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct from_check x = {.conf = conf, .keys = keys};
        struct notes notes = {0};
        const char *want = rows[i].want;
        int k = 0;

        (void)snprintf(x.from, sizeof x.from, "%s", rows[i].from);
        (void)snprintf(x.envelope, sizeof x.envelope, "lo.dk");
        from_check_ask(&x);
        assert_int_equal(x.n, strncmp(x.from, "brev", 4) == 0 ? 4 : 3);
        answer(&x.ask[0], rows[i].spf);
        answer(&x.ask[x.dmarc], rows[i].dmarc);
        if (x.key > x.dmarc + 1)
            answer(&x.ask[x.dmarc + 1], rows[i].above);
        answer(&x.ask[x.key], rows[i].key);
        from_check_judge(&x, &notes);
        for (; *want == '|'; k++) {
            size_t n = strcspn(++want, "|");

            if (k >= notes.n || strncmp(notes.item[k].text, want, n) != 0)
                fail_msg("row %zu: want %s, got %s", i, want,
                    k < notes.n ? notes.item[k].text : "nothing");
            assert_int_equal(notes.item[k].line, 0);
            assert_false(notes.item[k].error);
            want += n;
        }
        if (k < notes.n)
            fail_msg("row %zu: also %s", i, notes.item[k].text);
        dns_clear(x.ask, x.n);
    }
    dkim_free(keys);
    free(conf);
}

/* Without keys of ours only DMARC's wish can be told to be in danger. */
static void
test_unsigned(void **state)
{
    static const char *const dmarc[TEXTS] = {DMARC}, *const spf[TEXTS] = {SPF};
    static const char *const none[TEXTS] = {"v=DMARC1; p=none"};
    struct conf *conf = fault_calloc(1, sizeof *conf);

    (void)state;
    for (int i = 0; i < 3; i++) {
        struct from_check x = {.conf = conf, .envelope = "hoster.example"};
        struct notes notes = {0};

        (void)snprintf(
            x.from, sizeof x.from, "%s", i < 2 ? "lo.dk" : x.envelope);
        from_check_ask(&x);
        assert_int_equal(x.n, 2);
        answer(&x.ask[0], spf);
        answer(&x.ask[1], i == 1 ? none : dmarc);
        from_check_judge(&x, &notes);
        assert_int_equal(notes.n, i == 0 ? 1 : 0);
        if (i == 0)
            assert_memory_equal(
                notes.item[0].text, "DMARC of lo.dk says p=reject, but", 33);
        dns_clear(x.ask, x.n);
    }
    free(conf);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_judging),
        cmocka_unit_test(test_unsigned),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
