/* SPDX-License-Identifier: ISC */
/* tests/cli/test_text.c - nothing from outside may steer a terminal. */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "cli/text.h"

static void
cleans(void **state)
{
    static const struct {
        const char *in, *one, *many;
    } cases[] = {
        {"", "", ""},
        {"Søren Ærø", "Søren Ærø", "Søren Ærø"},
        {"a\033[2Jb", "a\\x1b[2Jb", "a\\x1b[2Jb"},
        {"a\033]0;title\007b", "a\\x1b]0;title\\x07b", "a\\x1b]0;title\\x07b"},
        {"one\r\ntwo\tx", "one two x", "one\ntwo\tx"},
        {"over\rwritten", "over\\x0dwritten", "over\\x0dwritten"},
        {"del\177", "del\\x7f", "del\\x7f"},
        {"c1\xc2\x9b"
         "31m",
            "c1\\x9b31m", "c1\\x9b31m"},
        {"raw\x9b"
         "31m",
            "raw\xef\xbf\xbd"
            "31m",
            "raw\xef\xbf\xbd"
            "31m"},
        /* U+202E, U+2066, U+200F, U+061C */
        {"\xe2\x80\xaegro.live\xe2\x81\xa6\xe2\x80\x8f\xd8\x9c", "gro.live",
            "gro.live"},
        /* U+2028, U+FEFF, U+E0041 */
        {"a\xe2\x80\xa8"
         "b\xef\xbb\xbf\xf3\xa0\x81\x81",
            "a b", "a b"},
        /* overlong slash, surrogate, beyond U+10FFFF, cut short */
        {"\xc0\xaf", "\xef\xbf\xbd\xef\xbf\xbd", "\xef\xbf\xbd\xef\xbf\xbd"},
        {"\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd",
            "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
        {"\xf4\x90\x80\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd",
            "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
        {"\xe2\x82", "\xef\xbf\xbd\xef\xbf\xbd", "\xef\xbf\xbd\xef\xbf\xbd"},
        {"\xe2\x82\xac \xf0\x9f\x98\x80", "\xe2\x82\xac \xf0\x9f\x98\x80",
            "\xe2\x82\xac \xf0\x9f\x98\x80"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t n = strlen(cases[i].in);
        char *one = text_clean(cases[i].in, n, TEXT_ONE_LINE);
        char *many = text_clean(cases[i].in, n, TEXT_MANY_LINES);

        assert_string_equal(one, cases[i].one);
        assert_string_equal(many, cases[i].many);
        free(one);
        free(many);
    }
}

static void
cleans_every_byte(void **state)
{
    (void)state;
    for (int a = 0; a < 256; a++) {
        for (int b = 0; b < 256; b++) {
            const char in[2] = {(char)a, (char)b};
            char *out = text_clean(in, 2, TEXT_ONE_LINE);

            for (const char *s = out; *s != '\0'; s++) {
                uint32_t c;
                size_t used = text_decode(s, strlen(s), &c);

                assert_true(used > 0);
                assert_true(c >= 0x20 && c != 0x7f);
                assert_false(c >= 0x80 && c <= 0x9f);
                s += used - 1;
            }
            free(out);
        }
    }
}

static void
measures(void **state)
{
    static const struct {
        const char *text;
        int columns, room;
        size_t fits;
    } cases[] = {
        {"", 0, 3, 0},
        {"abc", 3, 2, 2},
        {"æøå", 3, 2, 4},
        {"日本", 4, 3, 3},       /* wide */
        {"e\xcc\x81x", 2, 1, 3}, /* a combining accent */
        {"abc", 3, 0, 0},
        {"abc", 3, 99, 3},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(text_columns(cases[i].text), cases[i].columns);
        assert_int_equal(text_fit(cases[i].text, cases[i].room), cases[i].fits);
    }
}

static void
tells_distance(void **state)
{
    static const struct {
        const char *a, *b;
        int distance;
    } cases[] = {
        {"queue", "queue", 0},
        {"quee", "queue", 1},
        {"queeu", "queue", 1},
        {"wacth", "watch", 1},
        {"", "abc", 3},
        {"abc", "", 3},
        {"status", "queue", 5},
        {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            "a", TEXT_FAR},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(
            text_distance(cases[i].a, cases[i].b), cases[i].distance);
}

static void
says_sizes(void **state)
{
    static const struct {
        int64_t bytes;
        const char *text;
    } cases[] = {{0, "0 bytes"}, {999, "999 bytes"}, {28400, "28 KB"},
        {1234567, "1.2 MB"}, {INT64_C(5000000000), "5.0 GB"}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *text = text_size(cases[i].bytes);

        assert_string_equal(text, cases[i].text);
        free(text);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cleans),
        cmocka_unit_test(cleans_every_byte),
        cmocka_unit_test(measures),
        cmocka_unit_test(tells_distance),
        cmocka_unit_test(says_sizes),
    };

    setlocale(LC_CTYPE, "C.UTF-8");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
