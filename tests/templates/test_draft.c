/* SPDX-License-Identifier: ISC */
/* Front matter: what is read, and what an author is told, with the line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "templates/draft.h"

static struct draft *
parsed(const char *source, struct notes *notes)
{
    struct draft *d = NULL;
    struct fault f = {""};

    memset(notes, 0, sizeof *notes);
    assert_int_equal(
        draft_parse(source, strlen(source), &d, notes, &f), RES_OK);
    return d;
}

static void
reads_every_key(void **state)
{
    struct notes notes;
    struct draft *d = parsed("\xEF\xBB\xBF---\r\n"
                             "subject: \"For\u00e5r: nyt # 14\"\r\n"
                             "# en bem\u00e6rkning\r\n"
                             "list: nyhedsbrev#1 \r\n"
                             "title: 'Nyt''s'\r\n"
                             "preheader: >\r\n"
                             "  to\r\n"
                             "  linjer\r\n"
                             "from: Tue <tg@lo-aarhus.dk>\r\n"
                             "reply-to: sl@lo-aarhus.dk\r\n"
                             "language: da\r\n"
                             "template: letter\r\n"
                             "contacts:\r\n"
                             "  - name: Inge Toft\r\n"
                             "    phone: 5053 5752\r\n"
                             "  - {name: Tue, title: Konsulent, "
                             "mail: tg@lo-aarhus.dk}\r\n"
                             "---\r\n"
                             "Hej\tdu\r\n"
                             "---\r\n"
                             "igen\r\n",
        &notes);

    (void)state;
    assert_int_equal(notes.n, 0);
    assert_string_equal(d->subject, "For\u00e5r: nyt # 14");
    assert_string_equal(d->list, "nyhedsbrev#1");
    assert_int_equal(d->list_line, 4);
    assert_string_equal(d->title, "Nyt's");
    assert_string_equal(d->preheader, "to linjer");
    assert_string_equal(d->from, "Tue <tg@lo-aarhus.dk>");
    assert_string_equal(d->reply_to, "sl@lo-aarhus.dk");
    assert_string_equal(d->language, "da");
    assert_string_equal(d->template_name, "letter");
    assert_int_equal(d->n_contacts, 2);
    assert_string_equal(d->contact[0].name, "Inge Toft");
    assert_string_equal(d->contact[0].phone, "5053 5752");
    assert_string_equal(d->contact[0].mail, "");
    assert_string_equal(d->contact[1].title, "Konsulent");
    assert_string_equal(d->body, "Hej\tdu\n---\nigen\n");
    assert_int_equal(d->body_line, 18);
    draft_free(d);
}

static void
tells_what_is_wrong(void **state)
{
    static const struct {
        const char *source;
        int line;
        bool error;
        const char *words;
    } cases[] = {
        {"---\nlist: x\n---\nHej", 1, true, "there is no subject"},
        {"---\nsubject: a\nsubjekt: b\n---\nHej", 3, true, "is it `subject`?"},
        {"---\nsubject: a\nReply-To: b@c.dk\n---\nHej", 3, true,
            "is it `reply-to`?"},
        {"---\nsubject: a\nfarve: b\n---\nHej", 3, true, "it knows subject"},
        {"---\nsubject: a\nsubject: b\n---\nHej", 3, true, "twice"},
        {"---\nsubject: a: b\n---\nHej", 2, true,
            "a text with `: ` in it stands in \"quotes\" (not YAML: "},
        {"---\nsubject: %a\n---\nHej", 2, true, "a text that begins so"},
        {"---\nsubject: a\n\ttitle: b\n---\nHej", 3, true, "not with a tab"},
        {"---\nsubject: \"a\n---\nHej", 3, true, "has no end"},
        {"---\nsubject: a\ntitle\nfrom: b\n---\nHej", 4, true, "a colon and"},
        {"---\nsubject: a\n}\n---\nHej", 3, true, "signs in it"},
        {"---\nsubject: &x a\n---\nHej", 2, true, "no anchors"},
        {"---\nsubject: a\ntitle: *x\n---\nHej", 3, true, "no anchors"},
        {"---\nsubject: !!str a\n---\nHej", 2, true, "no anchors"},
        {"---\nsubject: \"a\\r\\nBcc: x@y.dk\"\n---\nHej", 2, true,
            "a line break or a control character"},
        {"---\nsubject: [a, b]\n---\nHej", 2, true, "`subject` is one text"},
        {"---\nsubject: a\ncontacts: x\n---\nHej", 3, true, "is a list"},
        {"---\nsubject: a\ncontacts:\n  - mail: x@y.dk\n---\nHej", 4, true,
            "has no name"},
        {"---\nsubject: a\ncontacts:\n  - name: x\n    mial: q\n---\nHej", 5,
            true, "is it `mail`?"},
        {"---\nsubject: a\ncontacts:\n  - name: x\n    mail: q\n---\nHej", 5,
            true, "the mail address of x"},
        {"---\n- a\n---\nHej", 2, true, "lines of the form"},
        {"---\nsubject: a\n[[[[[[[[[[[[[[a]]]]]]]]]]]]]]: b\n---\nHej", 3, true,
            "one plain word"},
        {"---\nsubject: a\ntemplate: ../x\n---\nHej", 3, true, "`template`"},
        {"---\nsubject: a\n---\nH\x01j", 4, true, "(0x01) stands behind \"H\""},
        {"---\nsubject: a\n---\n\x0bHej", 4, true, "this line begins with"},
        {"---\nsubject: Nyt #14\n---\nHej", 2, true, "text of `subject` in"},
        {"---\nsubject: #14\n---\nHej", 2, true, "# begins a comment"},
        {"---\nsubject: \u00e6\u00f8\ntitle: \u00e5 \u00f8\t# b\n---\nHej", 3,
            true, "# begins a comment"},
        {"---\nsubject: a\n---\n \n", 4, false, "there is no text"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct notes notes;
        struct draft *d = parsed(cases[i].source, &notes);
        bool found = false;

        for (int n = 0; n < notes.n; n++)
            found =
                found || (strstr(notes.item[n].text, cases[i].words) != NULL &&
                             notes.item[n].line == cases[i].line &&
                             notes.item[n].error == cases[i].error);
        if (!found)
            fail_msg("case %zu wants %d: %s; got %d: %s", i, cases[i].line,
                cases[i].words, notes.item[0].line, notes.item[0].text);
        draft_free(d);
    }
}

static void
refuses_what_is_no_source(void **state)
{
    static const char *const cases[] = {"", "Hej", "---\nsubject: a\n", "---",
        "----\nsubject: a\n---\n", "\n---\nsubject: a\n---\n",
        "---\nsubject: \xff\n---\n", "---\nsubject: a\n---\n\xc3"};
    struct fault f = {""};
    struct notes notes = {0};
    struct draft *d = NULL;
    char *large = calloc(DRAFT_MAX_BYTES + 1, 1);

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (draft_parse(cases[i], strlen(cases[i]), &d, &notes, &f) !=
            RES_NEVER)
            fail_msg("case %zu was taken", i);
    assert_int_equal(
        draft_parse("---\nsubject: a\n\nHej", 19, &d, &notes, &f), RES_NEVER);
    assert_non_null(strstr(f.text, "has no end"));
    assert_non_null(large);
    memset(large, 'a', DRAFT_MAX_BYTES + 1);
    assert_int_equal(
        draft_parse(large, DRAFT_MAX_BYTES + 1, &d, &notes, &f), RES_NEVER);
    assert_null(d);
    free(large);
}

static void
keeps_the_number_of_notes_in_bounds(void **state)
{
    char source[4096] = "---\nsubject: a\n---\n";
    struct notes notes;
    struct draft *d;

    (void)state;
    memset(source + strlen(source), '\x02', 300);
    d = parsed(source, &notes);
    assert_int_equal(notes.n, NOTES_MAX);
    assert_int_equal(notes.errors, 300);
    draft_free(d);
}

static void
cuts_a_note_between_characters(void **state)
{
    struct notes notes = {0};
    char text[600] = "a";
    size_t n;

    (void)state;
    for (int i = 0; i < 200; i++)
        strncat(text, "\u00e5", 3);
    notes_add(&notes, 1, false, "%s", text);
    n = strlen(notes.item[0].text);
    assert_true(n > 230);
    assert_int_equal(n % 2, 1); /* an a and whole letters of two bytes */
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_key),
        cmocka_unit_test(tells_what_is_wrong),
        cmocka_unit_test(refuses_what_is_no_source),
        cmocka_unit_test(keeps_the_number_of_notes_in_bounds),
        cmocka_unit_test(cuts_a_note_between_characters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
