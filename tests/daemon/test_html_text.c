/* SPDX-License-Identifier: ISC */
/* HTML as text: libgumbo is given less than the mail has, and the text must
 * be what it would be without that. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/html_text.h"

static const struct {
    const char *html, *text;
} cases[] = {
    {"", ""},
    {"Frameld mig fra nyhedsbrevet", "Frameld mig fra nyhedsbrevet\n"},
    {"<p>  to  ord\n og   mange flere  </p>", "to ord og mange flere\n\n"},
    {"<b>fede ord i teksten</b> og <i>andre ord</i>, tak",
        "fede ord i teksten og andre ord, tak\n"},
    {"<p>550&nbsp;5.1.1 User&nbsp;unknown &lt;a@b&gt; &amp; co &notit; &x",
        "550\xC2\xA0"
        "5.1.1 User\xC2\xA0unknown <a@b> & co \xC2\xACit; &x\n\n"},
    {"<pre>\n  linje nummer et\n\nlinje nummer to</pre>",
        "linje nummer et\n\nlinje nummer to\n"},
    {"<style>p { color: red; background: blue }</style>kun denne tekst",
        "kun denne tekst\n"},
    {"<title>Svar p\xC3\xA5 nyhedsbrevet</title>kun denne tekst",
        "kun denne tekst\n"},
    {"f\xC3\xB8r kommentaren<!-- > ikke denne her <p> -->efter kommentaren",
        "f\xC3\xB8r kommentarenefter kommentaren\n"},
    {"ord f\xC3\xB8r <![if !vml]>ord imellem <![endif]>ord efter",
        "ord f\xC3\xB8r ord imellem ord efter\n"},
    {"<div title='a > b' class='gmail_quote'>ikke mine ord</div>mine ord her",
        "> ikke mine ord\nmine ord her\n"},
    {"en sk\xC3\xA6v < i teksten, og </ igen en> til sidst",
        "en sk\xC3\xA6v < i teksten, og til sidst\n"},
    {"<svg><![CDATA[ord med ]]> i</svg>og resten af ordene",
        "ord med iog resten af ordene\n"},
    {"<textarea>ord i et felt <p> her</textarea> og andre ord",
        "ord i et felt <p> her og andre ord\n"},
    {"<table><tr>ord uden celle<td>ord i en celle</table>",
        "ord uden celle\nord i en celle\n"},
    {"et langt ord: \xEF\xBB\xBF\xE2\x80\x8B\xF0\x9F\x98\x80 og flere ord",
        "et langt ord: \xEF\xBB\xBF\xE2\x80\x8B\xF0\x9F\x98\x80 og flere "
        "ord\n"},
    {"tegn af planen \xF3\xB0\x80\x80 og flere ord",
        "tegn af planen \xF3\xB0\x80\x80 og flere ord\n"},
    {"plain <plaintext> og <b>resten af teksten</b>",
        "plain og <b>resten af teksten</b>\n"},
};

static void
text_of_html(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fault f;
        char *text;
        size_t n;

        assert_int_equal(
            html_text(cases[i].html, strlen(cases[i].html), &text, &n, &f),
            RES_OK);
        assert_string_equal(text, cases[i].text);
        assert_int_equal(n, strlen(text));
        free(text);
    }
}

/* A character that could stand for a run may be named in a mail: it yields the
 * run at most once. */
static void
text_is_not_multiplied(void **state)
{
    enum {
        WORDS = 5000,
        NAMED = 2000
    };
    char *html, *text;
    size_t n, room = WORDS + 12 * NAMED + 1, w = WORDS;
    struct fault f;

    (void)state;
    html = malloc(room);
    assert_non_null(html);
    memset(html, 'a', WORDS);
    for (int i = 0; i < NAMED; i++)
        w += (size_t)snprintf(html + w, room - w, "&#983040; ");
    assert_int_equal(html_text(html, w, &text, &n, &f), RES_OK);
    assert_true(n < WORDS + 5 * NAMED + 2);
    free(text);
    free(html);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_of_html),
        cmocka_unit_test(text_is_not_multiplied),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
