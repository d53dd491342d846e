/* SPDX-License-Identifier: ISC */
/* An author's CommonMark as HTML and as plain text, and what it may not hold.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "templates/body.h"
#include "templates/mark.h"
#include "templates/wrap.h"

static const struct body_look look = {"#111111", "#222222", "#333333"};

static void
tells_what_no_letter_holds(void **state)
{
    static const struct {
        const char *text;
        int line;
        bool error;
        const char *words;
    } cases[] = {
        {"a\n\n<b>b</b>", 7, true, "HTML cannot stand"},
        {"a\n\n<div>\nb\n</div>", 7, true, "HTML cannot stand"},
        {"<!-- -->", 5, true, "HTML cannot stand"},
        {"[a](javascript:alert)", 5, true, "a link goes to"},
        {"[a](/b)", 5, true, "a link goes to"},
        {"[a]()", 5, true, "a link goes to"},
        {"[a](cid:x)", 5, true, "a link goes to"},
        {"<ftp://a.dk>", 5, true, "a link goes to"},
        {"[](https://a.dk)", 5, false, "no text to click"},
        {"a\n![alt](b.png)", 6, true, "no picture \"b.png\""},
        {"![](have.png)", 5, false, "has no text for those"},
        {"![a](http://a.dk/b.png)", 5, true, "no picture"},
        {">>>>>>>>>>>>>>>>>>>>>>>>>>>> a", 5, true, "nested too deep"},
    };
    struct body_image image = {.name = "have.png"};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct notes notes = {0};
        cmark_node *root = body_parse(cases[i].text, 5, &image, 1, &notes);

        if (notes.n < 1 || strstr(notes.item[0].text, cases[i].words) == NULL ||
            notes.item[0].error != cases[i].error ||
            notes.item[0].line != cases[i].line)
            fail_msg("case %zu: %d notes, %d: %s", i, notes.n,
                notes.item[0].line, notes.item[0].text);
        cmark_node_free(root);
    }
    assert_true(image.used);
}

/* What is nearly CommonMark is told of, what is meant so is not. */
static void
tells_slips(void **state)
{
    static const struct {
        const char *text;
        int line; /* 0: nothing is told */
        bool error;
        const char *words;
    } cases[] = {
        {"a\n[b](https://c.dk/min side)", 6, true,
            "write %20: (https://c.dk/m"},
        {"![b](min have.png)", 5, true, "write (<min have.png>)"},
        {"[b](https://c.dk \u201cbutton\u201d)", 5, true, "must be straight"},
        {"[b](https://c.dk", 5, true, "the ) behind its address"},
        {"[b](https://c.dk/d(e)", 5, true, "a bracket is too many"},
        {"[b] (https://c.dk)", 5, false, "no blank may stand"},
        {"[b](https://c.dk \"knap\")", 5, false, "does not show \"knap\""},
        {"a [b](https://c.dk \"button\")", 5, false, "stands alone"},
        {"a\n\n#Nyt", 7, false, "a blank belongs behind the #"},
        {"###Nyt", 5, false, "a blank belongs behind the ###"},
        {"a:\n\u2022 b\n\u2022 c", 6, false, "this is no list"},
        {"| a | b |\n|---|---|", 5, false, "no tables"},
        {"a ~~b~~", 5, false, "strikes nothing out"},
        {"** a ** b", 5, false, "no blanks inside"},
        {"a\n\n\tb c", 7, false, "computer code"},
        {"se https://c.dk/d.", 5, false, "write <https://c.dk/d>, or"},
        {"se www.c.dk, a", 5, false, "[www.c.dk](https://www.c.dk)"},
        {"En lang tekst om noget, som ingen vil have som en overskrift, og "
         "som bare skulle have en streg under sig, ganske som i Word.\n---",
            5, false, "all this is a heading"},
        {"# Nyt\n\na # b #c 1# #1 af 2", 0, false, ""},
        {"[b](<https://c.dk/d(e>) [c](https://c.dk/d(e))", 0, false, ""},
        {"- a\n- **b**\n\n`[c](d e) https://c.dk`", 0, false, ""},
        {"```\n[c](d e) | a | ~~b~~ www.c.dk\n```", 0, false, ""},
        {"- a\n\n  ```\n  b\n  ```", 0, false, ""},
        {"<https://c.dk> [www.c.dk](https://www.c.dk)", 0, false, ""},
        {"[Knap](https://c.dk \"button\")", 0, false, ""},
        {"Nyt\n---\n\na | b, [1] (c)", 0, false, ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct notes notes = {0};
        cmark_node *root = body_parse(cases[i].text, 5, NULL, 0, &notes);
        const struct note *got = &notes.item[0];

        if (notes.n != (cases[i].line > 0))
            fail_msg("%s: %d notes, %s", cases[i].text, notes.n, got->text);
        if (notes.n > 0 &&
            (strstr(got->text, cases[i].words) == NULL ||
                got->error != cases[i].error || got->line != cases[i].line))
            fail_msg("%s: %d: %s", cases[i].text, got->line, got->text);
        cmark_node_free(root);
    }
}

static void
becomes_html(void **state)
{
    static const struct {
        const char *text, *want;
    } cases[] = {
        {"a < b & \"c\"", ">a &lt; b &amp; &quot;c&quot;</p>"},
        {"`<x>`", "&lt;x&gt;</code>"},
        {"[a](https://b.dk/?c=\"d\"&e={f})",
            "href=\"https://b.dk/?c=%22d%22&amp;e=%7Bf%7D\""},
        {"[a](<https://b.dk/\u00e5>)", "href=\"https://b.dk/%C3%A5\""},
        {"[a](https://b.dk/?'onclick='x)", "?&#39;onclick=&#39;x\""},
        {"[Ja](https://b.dk \"button\")", "<a class=\"button\" href=\"https"},
        {"Ja [Ja](https://b.dk \"button\")", "Ja <a href=\"https"},
        {"![a < \"b\"](have.png)",
            "src=\"cid:image1@x\" alt=\"a &lt; &quot;b&quot;\""},
        {"![a](https://b.dk/c.png)", "src=\"https://b.dk/c.png\" alt=\"a\""},
        {"3. a", "<ol start=\"3\""},
        {"- a\n- b", "<li style=\"margin:0 0 6px\">a</li>"},
        {"# a", "<h2 "},
        {"###### a", "<h4 "},
        {"a\\\nb", "a<br>\nb"},
        {MARK("v", "GIVEN"), MARK("h", "GIVEN")},
        {"[a](https://b.dk/?" MARK("v", "ADDRESS") ")",
            "?" MARK("u", "ADDRESS") "\""},
        {"**a *b***", "<strong>a <em>b</em></strong>"},
    };
    struct body_image image = {
        .name = "have.png", .content_id = "image1@x", .width = 100};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct notes notes = {0};
        cmark_node *root = body_parse(cases[i].text, 1, &image, 1, &notes);
        char *html = body_html(root, &look, &image, 1);

        if (notes.errors > 0)
            fail_msg("%s: %s", cases[i].text, notes.item[0].text);
        if (strstr(html, cases[i].want) == NULL)
            fail_msg("%s\nhas no\n%s", html, cases[i].want);
        free(html);
        cmark_node_free(root);
    }
}

static void
becomes_text(void **state)
{
    static const struct {
        const char *text, *want;
    } cases[] = {
        {"", ""},
        {"a\nb", "a b\n"},
        {"a\\\nb", "a\nb\n"},
        {"# a\nb\n## \u00e5\u00f8\nc",
            "a\n=\n\nb\n\n\n\u00e5\u00f8\n--\n\nc\n"},
        {"see [a](https://b.dk) and [b](https://c.dk), [c](https://b.dk)",
            "see a [1] and b [2], c [1]\n\n[1] https://b.dk\n"
            "[2] https://c.dk\n"},
        {"[a](https://b.dk)\n## x\n[a](https://b.dk)",
            "a [1]\n\n[1] https://b.dk\n\n\nx\n-\n\na [2]\n\n"
            "[2] https://b.dk\n"},
        {"<https://b.dk> <a@b.dk>", "https://b.dk a@b.dk\n"},
        {"[Ja](https://b.dk \"button\")", "Ja:\nhttps://b.dk\n"},
        {"- a\n- b\n  - c\n- d", "- a\n- b\n  - c\n- d\n"},
        {"9. a\n\n   b\n10. c", "9. a\n\n   b\n\n10. c\n"},
        {"> a\n>\n> b\n> > c", "> a\n>\n> b\n>\n> > c\n"},
        {"a\n\n---\n\nb", "a\n\n* * *\n\nb\n"},
        {"    a  b\n\n    c", "    a  b\n    \n    c\n"},
        {"![alt *x*](have.png) *a* **b** `c`", "[alt x] a b c\n"},
        {"- \n- a", "- \n- a\n"},
        {MARK("v", "GIVEN") "!", MARK("t", "GIVEN") "!\n"},
    };
    struct body_image image = {.name = "have.png"};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct notes notes = {0};
        cmark_node *root = body_parse(cases[i].text, 1, &image, 1, &notes);
        char *text = body_text(root);

        assert_int_equal(notes.errors, 0);
        assert_string_equal(text, cases[i].want);
        free(text);
        cmark_node_free(root);
    }
}

static void
wraps_by_what_is_seen(void **state)
{
    static const struct {
        int words;
        const char *word;
        int a_line; /* words in the first line */
    } cases[] = {
        {40, "abc", 18},
        {40, "\u00e6\u00f8\u00e5", 18},
        {40, "\u65e5\u672c\u8a9e", 10},
        {40, "e\u0301e\u0301e\u0301", 18},
        {3,
            "https://rummelig-imidt.example/en/meget/lang/adresse/som/ikke/"
            "kan/brydes/nogen/steder",
            1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[4000] = "", *out = NULL;
        size_t size = 0;
        FILE *to = open_memstream(&out, &size);
        int words = 1;

        for (int w = 0; w < cases[i].words; w++) {
            strncat(text, cases[i].word, 200);
            strncat(text, " ", 2);
        }
        assert_non_null(to);
        (void)wrap(to, text, "", "");
        assert_int_equal(fclose(to), 0);
        for (char *p = out; *p != '\n'; p++)
            words += *p == ' ';
        assert_int_equal(words, cases[i].a_line);
        free(out);
    }
}

static void
colours_can_be_read(void **state)
{
    static const char *const cases[] = {"#ffffff", "#000000", "#ffe066",
        "#777777", "#1f5c4d", "#0000ff", "#ff0000"};
    struct colour c, light, dark;

    (void)state;
    assert_true(colour_read("#f2f5f5", &light));
    assert_true(colour_read("#262e34", &dark));
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_true(colour_read(cases[i], &c));
        assert_true(colour_contrast(colour_on(c, light, 4.6), light) >= 4.6);
        assert_true(colour_contrast(colour_on(c, dark, 6), dark) >= 6);
    }
    assert_false(colour_read("red", &c));
    assert_false(colour_read("#12345", &c));
    assert_false(colour_read("#12345g", &c));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_what_no_letter_holds),
        cmocka_unit_test(tells_slips),
        cmocka_unit_test(becomes_html),
        cmocka_unit_test(becomes_text),
        cmocka_unit_test(wraps_by_what_is_seen),
        cmocka_unit_test(colours_can_be_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
