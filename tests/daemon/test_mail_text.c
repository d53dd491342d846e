/* SPDX-License-Identifier: ISC */
/* A part's bytes, as encoded by good and by bad programs, become clean text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libetpan/libetpan.h>

#include "daemon/mail.h"

enum {
    AS_IS = MAILMIME_MECHANISM_8BIT,
    QP = MAILMIME_MECHANISM_QUOTED_PRINTABLE,
    BASE64 = MAILMIME_MECHANISM_BASE64
};
static const struct {
    int encoding;
    const char *charset, *body, *text;
} cases[] = {
    {AS_IS, "", "", ""},
    {AS_IS, "", "a\r\n\r\nb\n\rc\r", "a\n\nb\n\nc\n"},
    {AS_IS, "iso-8859-1",
        "r\xF8"
        "d gr\xF8"
        "d med fl\xF8"
        "de, og",
        "r\xC3\xB8"
        "d gr\xC3\xB8"
        "d med fl\xC3\xB8"
        "de, og"},
    {AS_IS, "utf-8", "mostly \xC3\xA6 and \xC3\xB8, \xE5 too",
        "mostly \xC3\xA6 and \xC3\xB8, \xC3\xA5 too"},
    {AS_IS, "utf-8", "twice: \xC3\x83\xC2\xA6", "twice: \xC3\xA6"},
    {AS_IS, "utf-8", "\xC4\x83 \xC3\xA6", "\xC4\x83 \xC3\xA6"},
    {AS_IS, "iso-8859-1", "\x80 \x95", "\xE2\x82\xAC \xE2\x80\xA2"},
    {QP, "", "a=20=\r\nb=3D=0Ac\r\nd\n", "a b=\nc\nd\n"},
    {QP, "iso-8859-1", "=E6=f8=E5", "\xC3\xA6\xC3\xB8\xC3\xA5"},
    {QP, "", "a=\nb=\rc\rd", "abc\nd"},
    {QP, "", "=00", ""},
    {QP, "", "a=ZZb", "ab"},
    {QP, "", "a=", "a="},
    {QP, "", "a=4", "a4"},
    {QP, "", "a=\r", "a"},
    {BASE64, "", "UsO4ZCBncsO4ZA==\r\n",
        "R\xC3\xB8"
        "d gr\xC3\xB8"
        "d"},
    {BASE64, "", "SGVq IGR\r\nlcg*=", "Hej der"},
    {BASE64, "", "SGVq\r\nSA", "HejH"},
    {BASE64, "utf-16le", "SABlAGoA", "Hej"},
    {BASE64, "", "====", ""},
};

static void
text_of_a_part(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mail_part p = {.encoding = cases[i].encoding};
        char *exact, *text;
        size_t n;

        p.n = strlen(cases[i].body);
        exact = malloc(p.n + (p.n == 0)); /* nothing may stand behind it */
        assert_non_null(exact);
        memcpy(exact, cases[i].body, p.n);
        p.body = exact;
        (void)snprintf(p.charset, sizeof p.charset, "%s", cases[i].charset);
        text = mail_part_text(&p, &n);
        assert_string_equal(text, cases[i].text);
        assert_int_equal(n, strlen(text));
        free(text);
        free(exact);
    }
}

/* What is over the limit is not looked at, and no half byte is left. */
static void
no_more_than_the_limit(void **state)
{
    enum {
        BODY = 3 * MAIL_ENCODED_MAX
    };
    static const int encodings[] = {AS_IS, QP, BASE64};
    char *body = malloc(BODY);

    (void)state;
    assert_non_null(body);
    memset(body, 'A', BODY);
    for (size_t i = 0; i < sizeof encodings / sizeof *encodings; i++) {
        const struct mail_part p = {
            .encoding = encodings[i], .body = body, .n = BODY};
        size_t n;
        char *text = mail_part_text(&p, &n);

        assert_int_equal(strlen(text), n);
        assert_true(n <= MAIL_TEXT_MAX);
        free(text);
    }
    free(body);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_of_a_part),
        cmocka_unit_test(no_more_than_the_limit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
