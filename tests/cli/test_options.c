/* SPDX-License-Identifier: ISC */
/* tests/cli/test_options.c - command lines, and which command they mean. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "cli/command.h"
#include "cli/options.h"
#include "cli/text.h"

/* Puts what was understood on one line: words, then --name=value. */
static char *
read_line(const char *line, bool *ok)
{
    char *copy = text_copy(line), *argv[32] = {0}, *said = NULL, *rest;
    struct args a;
    int argc = 0;
    size_t n;
    FILE *out;

    for (char *w = strtok_r(copy, " ", &rest); w != NULL && argc < 31;
         w = strtok_r(NULL, " ", &rest))
        argv[argc++] = w;
    *ok = options_read(&a, argc, argv, &said);
    if (*ok) {
        out = text_open(&said, &n);
        for (int i = 0; i < a.n_words; i++)
            fprintf(out, "%s ", a.words[i]);
        for (int i = 0; i < a.n_to; i++)
            fprintf(out, "--to=%s ", a.to[i]);
        for (int o = 0; o < OPT_COUNT; o++)
            if (given(&a, (enum option)o) && o != OPT_TO)
                fprintf(out, "--%s=%s ", option_rows[o].name,
                    a.value[o] == NULL ? "" : a.value[o]);
        text_close(out);
        options_clear(&a);
    }
    free(copy);
    return said;
}

static void
reads_lines(void **state)
{
    static const struct {
        const char *line;
        bool ok;
        const char *want;
    } cases[] = {
        {"x", true, ""},
        {"x queue a.md", true, "queue a.md "},
        {"x --json queue --socket /s a.md", true,
            "queue a.md --socket=/s --json= "},
        {"x queue a.md --socket=/s", true, "queue a.md --socket=/s "},
        {"x --out= preview a", true, "preview a --out= "},
        {"x test a --to b@c --to=d@e f@g", true,
            "test a f@g --to=b@c --to=d@e "},
        {"x explain -", true, "explain - "},
        {"x hold 1 -- --json -h", true, "hold 1 --json -h "},
        {"x -h", true, "--help= "},
        {"x --json --json", true, "--json= "},
        {"x --at", false, "--at wants a value: WHEN"},
        {"x --at a --at b", false, "--at was given twice"},
        {"x --json=1", false, "--json takes no value"},
        {"x --jsno", false, "no option --jsno: did you mean --json?"},
        {"x --agian=1", false, "no option --agian: did you mean --again?"},
        {"x --frobnicate", false, "no option --frobnicate"},
        {"x -j", false, "no option -j"},
        {"x --js", false, "no option --js: did you mean --json?"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bool ok;
        char *said = read_line(cases[i].line, &ok);

        if (ok != cases[i].ok)
            print_error("%s: %s\n", cases[i].line, said);
        assert_int_equal(ok, cases[i].ok);
        assert_string_equal(said, cases[i].want);
        free(said);
    }
}

static void
reads_numbers(void **state)
{
    (void)state;
    assert_int_equal(options_number("14"), 14);
    assert_int_equal(options_number("999999999999999"), 999999999999999);
    assert_int_equal(options_number("9999999999999999"), 0);
    assert_int_equal(options_number("0"), 0);
    assert_int_equal(options_number(""), 0);
    assert_int_equal(options_number("-1"), 0);
    assert_int_equal(options_number("+1"), 0);
    assert_int_equal(options_number("1x"), 0);
    assert_int_equal(options_number(" 1"), 0);
}

static void
finds_commands(void **state)
{
    static const struct {
        const char *words[3];
        int n;
        const char *name;
        int used;
    } cases[] = {
        {{"queue", "a.md"}, 2, "queue", 1},
        {{"subscribers", "add", "a@b"}, 3, "subscribers add", 2},
        {{"subscribers"}, 1, "subscribers list", 1},
        {{"subscribers", "frob"}, 2, NULL, 0},
        {{"add"}, 1, NULL, 0},
        {{"que"}, 1, NULL, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int used = 0;
        const struct command *c =
            command_find(cases[i].words, cases[i].n, &used);

        if (cases[i].name == NULL) {
            assert_null(c);
        } else {
            assert_non_null(c);
            assert_string_equal(c->name, cases[i].name);
            assert_int_equal(used, cases[i].used);
        }
    }
}

static void
finds_near_names(void **state)
{
    static const char *const cases[][2] = {{"quue", "queue"},
        {"wacth", "watch"}, {"subscriber", "subscribers"},
        {"import", "subscribers import"}, {"remov", "subscribers remove"},
        {"subscribers lst", "subscribers list"}, {"stauts", "status"},
        {"que", "queue"}, {"sub", "subscribers"}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *near = command_near(cases[i][0]);

        assert_non_null(near);
        assert_string_equal(near, cases[i][1]);
    }
    assert_null(command_near("frobnicate"));
    assert_null(command_near("x"));
}

/* What help and dispatch rely on. */
static void
has_a_sound_table(void **state)
{
    (void)state;
    for (const struct command *c = commands; c->name != NULL; c++) {
        assert_non_null(c->usage);
        assert_non_null(c->help);
        assert_non_null(c->run);
        assert_true(strlen(c->name) + strlen(c->usage) < 31);
        assert_true(strlen(c->line) < 48);
        assert_true(c->words_max < 0 || c->words_max >= c->words_min);
        for (const char *s = c->help; *s != '\0';) {
            size_t n = strcspn(s, "\n");

            assert_true(n <= 80);
            s += n + (s[n] == '\n');
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_lines),
        cmocka_unit_test(reads_numbers),
        cmocka_unit_test(finds_commands),
        cmocka_unit_test(finds_near_names),
        cmocka_unit_test(has_a_sound_table),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
