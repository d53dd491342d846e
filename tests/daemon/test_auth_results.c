/* SPDX-License-Identifier: ISC */
/* Whether our own server's word on a From is heard, and nobody else's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/facts.h"

#define AR "Authentication-Results: mx.ours.example"
#define RECEIVED "Received: from a (a [192.0.2.7]) by mx.ours.example; x\r\n"

enum word {
    SILENT,
    PASS,
    FAIL
};

static const struct {
    const char *what, *fields;
    enum word named, any; /* authserv = "mx.ours.example", and "*" */
} cases[] = {
    {"none", "", SILENT, SILENT},
    {"fail", AR "; dmarc=fail (p=none) header.from=firma.example\r\n", FAIL,
        FAIL},
    {"pass", AR "; dmarc=pass (p=none) header.from=firma.example\r\n", PASS,
        SILENT},
    {"none of it", AR "; dmarc=none\r\n", SILENT, SILENT},
    {"in capitals", "AUTHENTICATION-RESULTS: MX.OURS.EXAMPLE; DMARC=FAIL\r\n",
        FAIL, FAIL},
    {"ours is the first", AR "; dmarc=pass\r\n" AR "; dmarc=fail\r\n", PASS,
        SILENT},
    {"a field for each", AR "; spf=pass\r\n" AR "; dmarc=fail\r\n", FAIL, FAIL},
    {"another's", AR ".evil; dmarc=pass\r\n" AR "; dmarc=fail\r\n", FAIL,
        SILENT},
    {"folded, with blanks",
        "Authentication-Results:\r\n\tmx.ours.example;\r\n\tdmarc\r\n = "
        "fail\r\n",
        FAIL, FAIL},
    {"comments",
        "Authentication-Results: (a (b\\))) mx.ours.example (c) 1;"
        " dmarc (d) = (e) fail\r\n",
        FAIL, FAIL},
    {"quotes",
        "Authentication-Results: \"mx.ours.example\" ; dmarc=\"fail\"\r\n",
        FAIL, FAIL},
    {"its version, and its work's number",
        AR "/4Z5x 1; spf=none; dmarc/1=pass header.from=firma.example\r\n",
        PASS, SILENT},
    {"without a name",
        "Authentication-Results: dmarc=fail action=none"
        " header.from=firma.example;compauth=fail reason=001\r\n",
        SILENT, FAIL},
    {"the sender's words in it",
        AR "; spf=none smtp.mailfrom=dmarc=pass@evil.example; dmarc=none\r\n",
        SILENT, SILENT},
    {"the sender's words, quoted",
        AR "; spf=none smtp.mailfrom=\"; dmarc=pass\"@evil.example\r\n", SILENT,
        SILENT},
    {"the sender's words, as a comment",
        AR "; spf=none (; dmarc=pass ) smtp.helo=x\r\n", SILENT, SILENT},
    {"an open comment",
        AR "; spf=none smtp.mailfrom=(@evil.example; dmarc=fail\r\n", FAIL,
        FAIL},
    {"an open quote",
        AR "; spf=none smtp.mailfrom=\"@evil.example; dmarc=fail\r\n", FAIL,
        FAIL},
    {"pass and fail", AR "; dmarc=pass; x=y smtp.helo=dmarc=fail\r\n", FAIL,
        FAIL},
    {"another From was seen", AR "; dmarc=pass header.from=evil.example\r\n",
        FAIL, FAIL},
    {"of another house", AR "; dmarc=pass header.from=a.example\r\n", FAIL,
        FAIL},
    {"part of a name is another", AR "; dmarc=pass header.from=rma.example\r\n",
        FAIL, FAIL},
    {"the house's name", AR "; dmarc=pass header.from=Example.\r\n", PASS,
        SILENT},
    {"an address of it", AR "; dmarc=pass header.from=x@FIRMA.example\r\n",
        PASS, SILENT},
    {"of another result",
        AR "; dmarc=pass; dkim=pass header.from=evil.example\r\n", PASS,
        SILENT},
    {"no pass from below the way in",
        AR "; spf=pass\r\n" RECEIVED AR "; dmarc=pass\r\n", SILENT, SILENT},
    {"a fail from there counts",
        AR "; spf=pass\r\n" RECEIVED AR "; dmarc=fail\r\n", FAIL, FAIL},
    {"below our own way in", RECEIVED AR "; dmarc=pass\r\n", PASS, SILENT},
};

static enum word
heard(const char *mail, size_t n, const char *authserv)
{
    const struct facts_context ctx = {
        .mailbox = "tg@lo-aarhus.dk", .authserv = authserv};
    static struct facts facts;
    struct fault f;

    memset(&facts, 0, sizeof facts);
    assert_int_equal(facts_read(mail, n, &ctx, &facts, &f), RES_OK);
    assert_false(facts.dmarc_pass && facts.dmarc_fail);
    return facts.dmarc_pass ? PASS : facts.dmarc_fail ? FAIL : SILENT;
}

static void
our_own_word(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char mail[1000];
        int n = snprintf(mail, sizeof mail,
            "%sFrom: Karen@firma.example\r\nSubject: x\r\n\r\nHej\r\n",
            cases[i].fields);

        if (heard(mail, (size_t)n, "mx.ours.example") != cases[i].named)
            fail_msg("%s: by name", cases[i].what);
        if (heard(mail, (size_t)n, "*") != cases[i].any)
            fail_msg("%s: by any name", cases[i].what);
        assert_int_equal(heard(mail, (size_t)n, ""), SILENT);
    }
}

/* A hundred signatures push our server's verdict far down its field. */
static void
however_long(void **state)
{
    char *mail = NULL;
    size_t n;
    FILE *to = open_memstream(&mail, &n);

    (void)state;
    assert_non_null(to);
    (void)fputs(AR, to);
    for (int i = 0; i < 100; i++)
        (void)fprintf(to, ";\r\n dkim=pass header.d=%060d.evil.example", i);
    (void)fputs(";\r\n dmarc=fail header.from=firma.example\r\n" AR
                "; dmarc=pass header.from=firma.example\r\n"
                "From: karen@firma.example\r\nSubject: x\r\n\r\nHej\r\n",
        to);
    assert_int_equal(fclose(to), 0);
    assert_int_equal(heard(mail, n, "mx.ours.example"), FAIL);
    assert_int_equal(heard(mail, n, "*"), FAIL);
    free(mail);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(our_own_word),
        cmocka_unit_test(however_long),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
