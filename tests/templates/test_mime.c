/* SPDX-License-Identifier: ISC */
/* Encoders: what comes out, and that no line can be broken by what goes in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "templates/mark.h"
#include "templates/mime.h"

/* Runs one encoder into a string: yours. */
#define CAUGHT(call)                                                           \
    __extension__({                                                            \
        char *out_ = NULL;                                                     \
        size_t size_ = 0;                                                      \
        FILE *to = open_memstream(&out_, &size_);                              \
        assert_non_null(to);                                                   \
        call;                                                                  \
        assert_int_equal(fclose(to), 0);                                       \
        out_;                                                                  \
    })

static void
check(char *got, const char *want)
{
    assert_string_equal(got, want);
    free(got);
}

static void
quoted_printable(void **state)
{
    static const struct {
        const char *text, *want;
    } cases[] = {
        {"", ""},
        {"a=b\n", "a=3Db\r\n"},
        {"\u00e5\n", "=C3=A5\r\n"},
        {"a \nb\t\nc ", "a=20\r\nb=09\r\nc=20"},
        {".\n..a\n", "=2E\r\n=2E.a\r\n"},
        {"From me\nFROM\n", "=46rom me\r\nFROM\r\n"},
        {"a@b @@X@@ @", "a@b =40=40X=40=40 @"},
        {"\x01", "=01"},
        {"\x01hNOSUCH\x02", "=01hNOSUCH=02"},
        {"Hej " MARK("h", "GIVEN") "!", "Hej =\r\n@@GIVEN:h:x-qp@@=\r\n!"},
        {MARK("u", "TOKEN") MARK("t", "NAME"),
            "@@TOKEN:u:x-qp@@=\r\n@@NAME:x-qp@@=\r\n"},
        {MARK("#", "HASNAME") ".a" MARK("/", "HASNAME") ".",
            "@@#HASNAME@@=2Ea=\r\n@@/HASNAME@@=2E"},
        {"a@" MARK("t", "NAME") "@b", "a@=\r\n@@NAME:x-qp@@=\r\n@b"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        check(CAUGHT(mime_qp(to, cases[i].text, strlen(cases[i].text))),
            cases[i].want);
}

static void
lines_are_short(const char *text, size_t most)
{
    size_t column = 0;

    for (; *text != '\0'; text++) {
        column = *text == '\n' ? 0 : column + 1;
        assert_true(column <= most + 1); /* CR */
    }
}

static void
long_lines_are_cut(void **state)
{
    char text[2000], *got;

    (void)state;
    for (size_t i = 0; i < sizeof text - 1; i++)
        text[i] = ".= a\xC3"[i % 5];
    text[sizeof text - 1] = '\0';
    got = CAUGHT(mime_qp(to, text, strlen(text)));
    lines_are_short(got, 76);
    assert_null(strstr(got, "\n."));
    free(got);
    got = CAUGHT(mime_base64(to, text, 1000));
    lines_are_short(got, 76);
    free(got);
}

static void
base64(void **state)
{
    (void)state;
    check(CAUGHT(mime_base64(to, "", 0)), "");
    check(CAUGHT(mime_base64(to, "a", 1)), "YQ==\r\n");
    check(CAUGHT(mime_base64(to, "ab", 2)), "YWI=\r\n");
    check(CAUGHT(mime_base64(to, "abc", 3)), "YWJj\r\n");
    check(CAUGHT(mime_base64(to, "\xff\xff\xfe", 3)), "///+\r\n");
}

static void
header_text(void **state)
{
    static const struct {
        const char *text, *want;
    } cases[] = {
        {"Hej med dig", "S: Hej med dig\r\n"},
        {"For\u00e5r 14", "S: =?utf-8?Q?For=C3=A5r_14?=\r\n"},
        {"a =?utf-8?Q?x?=", "S: =?utf-8?Q?a_=3D=3Futf-8=3FQ=3Fx=3F=3D?=\r\n"},
        {"a@@NAME@@", "S: =?utf-8?Q?a=40=40NAME=40=40?=\r\n"},
        {"to  blanke", "S: =?utf-8?Q?to__blanke?=\r\n"},
        {"\u65e5\u672c\u8a9e", "S: =?utf-8?B?5pel5pys6Kqe?=\r\n"},
        {"one two three four five six seven eight nine ten eleven twelve "
         "thirteen fourteen",
            "S: one two three four five six seven eight nine ten eleven "
            "twelve thirteen\r\n fourteen\r\n"},
        {"Hej " MARK("#", "HASGIVEN") MARK("v", "GIVEN") MARK("/", "HASGIVEN")
                MARK("#", "NOGIVEN") "du" MARK("/", "NOGIVEN"),
            "S: =?utf-8?Q?Hej_?=@@#HASGIVEN@@\r\n @@GIVEN:x-word@@"
            "@@/HASGIVEN@@@@#NOGIVEN@@\r\n =?utf-8?Q?du?=@@/NOGIVEN@@\r\n"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        check(CAUGHT(mime_header_text(to, "S", cases[i].text)), cases[i].want);
}

/* Each word is at most 75 bytes and holds whole characters. */
static void
words_are_cut_between_characters(void **state)
{
    char text[400] = "", *got;

    (void)state;
    for (int i = 0; i < 60; i++)
        strncat(text, i % 2 == 0 ? "\u00e5" : "\U0001F600", 5);
    got = CAUGHT(mime_header_text(to, "Subject", text));
    lines_are_short(got, 76);
    for (char *p = got; (p = strstr(p, "?B?")) != NULL; p += 3)
        assert_int_equal((strcspn(p + 3, "?") + 3) % 4, 3);
    free(got);
    text[0] = '\0';
    for (int i = 0; i < 30; i++)
        strncat(text, "abcdefgh\u00e5", 11);
    got = CAUGHT(mime_header_text(to, "Subject", text));
    lines_are_short(got, 76);
    assert_non_null(strstr(got, "?=\r\n =?utf-8?Q?"));
    for (char *p = got; (p = strstr(p, "?=")) != NULL; p += 2)
        assert_memory_not_equal(p - 3, "=C3", 3);
    free(got);
}

static void
mailboxes(void **state)
{
    static const struct {
        const char *name, *want;
    } cases[] = {
        {"", "a@b.dk"},
        {"Inge Toft", "Inge Toft <a@b.dk>"},
        {"Toft, Inge", "\"Toft, Inge\" <a@b.dk>"},
        {"a \"b\" \\", "\"a \\\"b\\\" \\\\\" <a@b.dk>"},
        {"x@@TO@@", "=?utf-8?Q?x=40=40TO=40=40?= <a@b.dk>"},
        {"S\u00f8ren", "=?utf-8?Q?S=C3=B8ren?= <a@b.dk>"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        check(CAUGHT(mime_mailbox(to, 4, cases[i].name, "a@b.dk")),
            cases[i].want);
}

static void
parameters(void **state)
{
    (void)state;
    check(CAUGHT(mime_parameter(to, "name", "have 1.png")),
        ";\r\n name*=UTF-8''have%201.png;\r\n name=\"have 1.png\"");
    check(CAUGHT(mime_parameter(to, "name", "have-1.png")),
        ";\r\n name=\"have-1.png\"");
    check(CAUGHT(mime_parameter(to, "name", "\u00e5\"\r\n.png")),
        ";\r\n name*=UTF-8''%C3%A5%22%0D%0A.png;\r\n name=\"____.png\"");
}

static void
urls(void **state)
{
    static const struct {
        const char *url;
        bool fits;
    } cases[] = {
        {"https://a.dk/?q=1#x", true},
        {"HTTP://a.dk", true},
        {"mailto:a@b.dk", true},
        {"tel:+4531474474", true},
        {"cid:image1.x@y", true},
        {"https://a.dk/?e=" MARK("v", "ADDRESS"), true},
        {"javascript:alert(1)", false},
        {"data:text/html,x", false},
        {"https://", false},
        {"https:a", false},
        {"//a.dk", false},
        {"a.png", false},
        {"", false},
        {"https://a.dk/ b", false},
        {"https://a.dk/\nX: y", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (mime_url_fits(cases[i].url, strlen(cases[i].url)) != cases[i].fits)
            fail_msg("%s", cases[i].url);
}

static void
merge_fields(void **state)
{
    static const struct {
        const char *text, *want;
        int notes;
    } cases[] = {
        {"{{email}}", MARK("v", "ADDRESS"), 0},
        {"*|EMAIL|*", MARK("v", "ADDRESS"), 0},
        {"{{ Fornavn }}",
            MARK("#", "HASGIVEN") MARK("v", "GIVEN") MARK("/", "HASGIVEN"), 1},
        {"*|LNAME|*",
            MARK("#", "HASLAST") MARK("v", "LAST") MARK("/", "HASLAST"), 1},
        {"{{fornavn|}}",
            MARK("#", "HASGIVEN") MARK("v", "GIVEN") MARK("/", "HASGIVEN"), 0},
        {"{{navn| k\u00e6re *du* }}",
            MARK("#", "HASNAME") MARK("v", "NAME") MARK("/", "HASNAME")
                MARK("#", "NONAME") "k\u00e6re \\*du\\*" MARK("/", "NONAME"),
            0},
        {"{{TOKEN}}", "{{TOKEN}}", 1},
        {"*|MC:SUBJECT|* *|UNSUB|*", "*|MC:SUBJECT|* *|UNSUB|*", 1},
        {"{{a\nb}} {{", "{{a\nb}} {{", 0},
        {"{{{{email}}", "{{" MARK("v", "ADDRESS"), 1},
        {"&#1;hEMAIL&#x02;", "&#1;hEMAIL&#x02;", 2},
        {"&#229; &amp; &#9;", "&#229; &amp; &#9;", 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct notes notes = {0};

        check(mark_merge_fields(cases[i].text, 1, true, &notes), cases[i].want);
        assert_int_equal(notes.n, cases[i].notes);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quoted_printable),
        cmocka_unit_test(long_lines_are_cut),
        cmocka_unit_test(base64),
        cmocka_unit_test(header_text),
        cmocka_unit_test(words_are_cut_between_characters),
        cmocka_unit_test(mailboxes),
        cmocka_unit_test(parameters),
        cmocka_unit_test(urls),
        cmocka_unit_test(merge_fields),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
