/* SPDX-License-Identifier: ISC */
/* Whose words are they: whole mails of the usual programs, and single tricks
 * of plain text and HTML. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/facts.h"
#include "daemon/html_text.h"
#include "daemon/own_words.h"
#include "tests/daemon/mail_template.h"

static const char *const replies[] = {"reply-thunderbird",
    "reply-thunderbird-below", "reply-outlook", "reply-gmail", "reply-apple",
    "reply-outlook-html", "reply-outlook-web", "reply-notes"};

static void
read_reply(const char *name, const char *words, struct facts *out)
{
    const struct mail_values v = {.name = "Karen Blå Hansen",
        .address = "karen@firma.example",
        .mailbox = "haver@havnenshaver.example",
        .message_id = "<1@firma.example>",
        .letter_id = "<7.abc@havnenshaver.example>",
        .words = words};
    const struct facts_context ctx = {
        .mailbox = "haver@havnenshaver.example", .authserv = ""};
    struct fault f;
    size_t n;
    char *mail = mail_template(name, &v, &n);

    assert_int_equal(facts_read(mail, n, &ctx, out, &f), RES_OK);
    free(mail);
}

static void
own_words_stand_alone(void **state)
{
    static struct facts facts;

    (void)state;
    for (size_t i = 0; i < sizeof replies / sizeof *replies; i++) {
        read_reply(replies[i], "Hej, vil I ikke nok framelde mig", &facts);
        if (strcmp(facts.words, "Hej, vil I ikke nok framelde mig") != 0 ||
            facts.intent != INTENT_LEAVE)
            fail_msg("%s: '%s', intent %d", replies[i], facts.words,
                (int)facts.intent);
        assert_int_not_equal(facts.quote_line, 0);
    }
}

static void
what_is_forwarded_in_quotes_is_found(void **state)
{
    static const char text[] =
        "Start på videresendt besked:\n\n> Fra: A B <a@b.example>\n"
        "> Dato: 1. maj 2026\n> Til: c@d.example\n> Emne: Sv: Hej\n>\n"
        "> Afmeld mig\n";
    const struct own_words_of of = {.name = ""};
    struct own_words own = {0};

    (void)state;
    own_words_find(text, sizeof text - 1, &of, &own);
    assert_true(own.forwarded);
    assert_string_equal(own.text, "");
    assert_non_null(strstr(own.sender, "a@b.example"));
    assert_non_null(strstr(own.rest, "Afmeld mig"));
    assert_null(strchr(own.rest, '>'));
    own_words_clear(&own);
}

static void
a_card_alone_says_nothing(void **state)
{
    static const char card[] = "Karen Hansen\nKonsulent\nTlf. 12 34 56 78\n";
    static const char said[] = "Karen Hansen\n\nAfmeld mig\n";
    const struct own_words_of of = {.name = "Karen Hansen"};
    struct own_words own = {0};

    (void)state;
    own_words_find(card, sizeof card - 1, &of, &own);
    assert_string_equal(own.text, "");
    own_words_clear(&own);
    own_words_find(said, sizeof said - 1, &of, &own);
    assert_non_null(strstr(own.text, "Afmeld mig"));
    own_words_clear(&own);
}

static void
quotes_alone_ask_for_nothing(void **state)
{
    static struct facts facts;

    (void)state;
    for (size_t i = 0; i < sizeof replies / sizeof *replies; i++) {
        read_reply(replies[i], "", &facts);
        if ((facts.intent != INTENT_NONE && facts.intent != INTENT_UNSURE) ||
            strstr(facts.words, "framelde"))
            fail_msg("%s: '%s', intent %d", replies[i], facts.words,
                (int)facts.intent);
        read_reply(replies[i], "Tak for et fint brev!", &facts);
        assert_string_equal(facts.words, "Tak for et fint brev!");
        assert_int_equal(facts.intent, INTENT_NONE);
    }
}

static const struct {
    const char *text, *own;
} plain[] = {
    {"", ""},
    {"Hej", "Hej"},
    {"A\n\n> q\n\nB\n> q\nC", "A\n\nB\nC"},
    {"A\n\nOn 3 May 2024, X <x@y.example> wrote:\n> q", "A"},
    {"A\n\nOn Fri, 3 May 2024 at 10:00, Some Body <\nx@y.example> wrote:\n\n"
     "> q",
        "A"},
    {"A\nAm 03.05.2024 um 10:00 schrieb X:\n> q\nB", "A\nB"},
    {"A\nDen fre 3 maj 2024 kl 10:00 skrev X <x@y.example>:\nq without mark",
        "A"},
    {"A\n\nFrom: X\nSent: Monday\nTo: Y\nSubject: Z\n\nq", "A"},
    {"A\n\n*Von:* X\n*Gesendet:* Montag\n*An:* Y\n*Betreff:* Z\n\nq", "A"},
    {"A\n\nFrån: X\nSkickat: idag\nTill: Y\nÄmne: Z\n\nq", "A"},
    {"A\n________________________________\nFra: X\nSendt: i dag\nTil: Y\n"
     "Emne: Z\nq",
        "A"},
    {"A\n\n-------- Original Message --------\nSubject: Z\nFrom: X\nq", "A"},
    {"A\n-- \nB Hansen\nDirektør", "A"},
    {"A\n\nMed venlig hilsen\n\nBo Hansen\nFirma", "A"},
    {"A\n\nMvh Bo\n\nPS: B", "A\n\nPS: B"},
    {"Hej Tue\nAfmeld mig. Hilsen Bo", "Hej Tue\nAfmeld mig. Hilsen Bo"},
    {"A\n\nSendt fra min iPhone", "A"},
    {"A\n\nVerstuurd vanaf mijn iPhone", "A"},
    {"A\n\nSådan behandler vi personoplysninger:\nwww.bo.example", "A"},
    {"A\n\nSent from my Samsung Galaxy smartphone.", "A"},
    {"A\n\nDu kan til enhver tid framelde dig vores nyhedsbrev", "A"},
    {"Fra: mig til dig\nDet var alt", "Fra: mig til dig\nDet var alt"},
    {"Han skrev: frameld mig", "Han skrev: frameld mig"},
    {"Tak\n\nDu skrev:\nFrameld mig", "Tak"},
    {"Kære kunde\nVi har modtaget følgende henvendelse fra dig:\n\nFrameld mig"
     "\n\nVenlig hilsen\nKommunen",
        "Kære kunde"},
    {"We have received your request:\n\nUnsubscribe me\n", ""},
    {"Du skrev:\n> Er det nok?\n\nFrameld mig", "Frameld mig"},
    {"Du skrev, at jeg kan komme af: frameld mig",
        "Du skrev, at jeg kan komme af: frameld mig"},
};

static void
plain_text(void **state)
{
    const struct own_words_of of = {.name = ""};

    (void)state;
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
        struct own_words w;

        own_words_find(plain[i].text, strlen(plain[i].text), &of, &w);
        if (strcmp(w.text, plain[i].own) != 0)
            fail_msg("'%s': want '%s', got '%s'", plain[i].text, plain[i].own,
                w.text);
        own_words_clear(&w);
    }
}

static void
flowed_lines_are_joined(void **state)
{
    const struct own_words_of of = {.flowed = true, .name = ""};
    const char *text = "jeg vil gerne \nframeldes\n> q \n> r\n";
    struct own_words w;

    (void)state;
    own_words_find(text, strlen(text), &of, &w);
    assert_string_equal(w.text, "jeg vil gerne frameldes");
    assert_int_equal(w.quote_line, 3);
    own_words_clear(&w);
}

/* With DelSp the blank that says so is deleted, and only that one. */
static void
flowed_lines_keep_their_own_blank(void **state)
{
    const struct own_words_of of = {.flowed = true, .delsp = true, .name = ""};
    const char *text = "jeg vil gerne  \nfra \nmeldes\n";
    struct own_words w;

    (void)state;
    own_words_find(text, strlen(text), &of, &w);
    assert_string_equal(w.text, "jeg vil gerne frameldes");
    own_words_clear(&w);
}

static void
a_name_begins_the_signature(void **state)
{
    const struct own_words_of of = {.name = "Bo Hansen"};
    const char *text = "A\n\nBo Hansen\nAfmeld ApS\nHavnen 1";
    struct own_words w;

    (void)state;
    own_words_find(text, strlen(text), &of, &w);
    assert_string_equal(w.text, "A");
    own_words_clear(&w);
}

static const struct {
    const char *html, *text;
} pages[] = {
    {"<p>A</p><p>B<br>C</p>", "A\n\nB\nC\n\n"},
    {"<div>A</div><blockquote>q<div>r</div></blockquote>B", "A\n> q\n> r\nB\n"},
    {"<style>x{}</style><script>y</script>A<span style='display:none'>z</span>",
        "A\n"},
    {"A<div id=\"divRplyFwdMsg\">Fra: X</div><p>q</p>",
        "A\n> Fra: X\n> q\n> \n"},
    {"<pre>A\nB</pre>", "A\nB\n"},
    {"&aelig;&nbsp;&lt;b&gt;", "\xC3\xA6\xC2\xA0<b>\n"},
};

static void
html_pages(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        struct fault f;
        char *out = NULL;
        size_t n;

        assert_int_equal(
            html_text(pages[i].html, strlen(pages[i].html), &out, &n, &f),
            RES_OK);
        assert_string_equal(out, pages[i].text);
        free(out);
    }
}

static char *
repeated(const char *begin, const char *piece, size_t times, size_t *n)
{
    char *out = NULL;
    FILE *to = open_memstream(&out, n);

    assert_non_null(to);
    (void)fputs(begin, to);
    for (size_t i = 0; i < times; i++)
        (void)fputs(piece, to);
    (void)fclose(to);
    return out;
}

/* Elements that are open for ever: each paragraph opens them again. */
static void
bomb(char *out, size_t size)
{
    size_t w = (size_t)snprintf(out, size, "<p>");

    for (int i = 0; i < 300; i++)
        w += (size_t)snprintf(out + w, size - w, "<b x%d>", i);
    (void)snprintf(out + w, size - w, "</p>");
}

static void
costly_html_is_refused(void **state)
{
    size_t deep_n, wide_n, n;
    char *deep = repeated("", "<b>", 20000, &deep_n);
    char *wide = repeated("<a", " b=c", 20000, &wide_n), *out = NULL;
    static const char *const hidden[] = {"<div></i>", "<div></ div>",
        "<div><!--</div>-->", "<div><!</div>",
        "<div><textarea></div></textarea>", "<DIV><?</div>"};
    char begin[4000], *bombed;
    struct fault f;

    (void)state;
    assert_int_equal(html_text(deep, deep_n, &out, &n, &f), RES_NEVER);
    assert_int_equal(html_text(wide, wide_n, &out, &n, &f), RES_NEVER);
    for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++) {
        char *sly = repeated("", hidden[i], 13000, &n);
        size_t sly_n = n;

        assert_int_equal(html_text(sly, sly_n, &out, &n, &f), RES_NEVER);
        free(sly);
    }
    bomb(begin, sizeof begin);
    bombed = repeated(begin, "<p>a</p>", 2000, &n);
    assert_int_equal(html_text(bombed, n, &out, &n, &f), RES_NEVER);
    assert_string_equal(f.text, "HTML that takes more than 24 MiB");
    assert_null(out);
    free(bombed);
    free(deep);
    free(wide);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(own_words_stand_alone),
        cmocka_unit_test(quotes_alone_ask_for_nothing),
        cmocka_unit_test(what_is_forwarded_in_quotes_is_found),
        cmocka_unit_test(a_card_alone_says_nothing),
        cmocka_unit_test(plain_text),
        cmocka_unit_test(flowed_lines_are_joined),
        cmocka_unit_test(flowed_lines_keep_their_own_blank),
        cmocka_unit_test(a_name_begins_the_signature),
        cmocka_unit_test(html_pages),
        cmocka_unit_test(costly_html_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
