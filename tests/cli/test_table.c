/* SPDX-License-Identifier: ISC */
/* tests/cli/test_table.c - tables, by display width and to the screen's end. */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "cli/table.h"
#include "cli/text.h"

struct example {
    const char *heads;
    const char *cells[12]; /* NULL ends them */
    int screen;
    const char *want;
};

static void
prints(void **state)
{
    static const struct example cases[] = {
        {"ID>|STATE|SUBJECT", {"7", "held", "x", "114", "finished", "yy"}, 0,
            " ID  STATE     SUBJECT\n"
            "  7  held      x\n"
            "114  finished  yy\n"},
        {"NAME|N>", {"Åse", "1", "日本", "22"}, 0,
            "NAME   N\n"
            "Åse    1\n"
            "日本  22\n"},
        {"A|REPLY", {"x", "250 2.0.0 Ok queued"}, 16,
            "A  REPLY\n"
            "x  250 2.0.0 Ok\xe2\x80\xa6\n"},
        {"A|REPLY", {"x", "a\033[31m\nb"}, 0,
            "A  REPLY\n"
            "x  a\\x1b[31m b\n"},
        {"A|B", {NULL}, 0, "A  B\n"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct table *t = table_new(cases[i].heads);
        char *got = NULL;
        size_t n;
        FILE *out = text_open(&got, &n);

        for (const char *const *cell = cases[i].cells; *cell != NULL; cell++)
            table_text(t, *cell);
        table_print(t, out, cases[i].screen);
        text_close(out);
        assert_string_equal(got, cases[i].want);
        free(got);
        table_free(t);
    }
}

/* The head comes once, and a column that has grown stays so. */
static void
prints_pages(void **state)
{
    struct table *t = table_new("A|B");
    char *got = NULL;
    size_t n;
    FILE *out = text_open(&got, &n);

    (void)state;
    table_text(t, "long");
    table_number(t, 1);
    table_print(t, out, 0);
    table_text(t, "x");
    table_number(t, 2);
    table_print(t, out, 0);
    text_close(out);
    assert_string_equal(got, "A     B\nlong  1\nx     2\n");
    free(got);
    table_free(t);
}

static void
takes_many_rows(void **state)
{
    struct table *t = table_new("N>");
    char *got = NULL;
    size_t n;
    FILE *out = text_open(&got, &n);

    (void)state;
    for (int i = 0; i < 1000; i++)
        table_number(t, i);
    table_print(t, out, 0);
    text_close(out);
    assert_int_equal(n, 1001 * 4);
    assert_non_null(strstr(got, "\n  0\n  1\n"));
    assert_non_null(strstr(got, "\n998\n999\n"));
    free(got);
    table_free(t);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prints),
        cmocka_unit_test(prints_pages),
        cmocka_unit_test(takes_many_rows),
    };

    setlocale(LC_CTYPE, "C.UTF-8");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
