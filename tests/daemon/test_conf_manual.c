/* SPDX-License-Identifier: ISC */
/* rummelig-mail.conf(5) against the table of keys. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/conf.h"

static char *
slurp(const char *name)
{
    char *text = calloc(1, 65536);
    FILE *file = fopen(name, "r");

    assert_non_null(file);
    assert_non_null(text);
    assert_true(fread(text, 1, 65535, file) > 0);
    (void)fclose(file);
    return text;
}

/* Whether the text, between blanks and commas, hold this one. */
static bool
has_word(char *text, const char *word, size_t n)
{
    char *w;

    while ((w = strsep(&text, " ,")) != NULL)
        if (strlen(w) == n && strncmp(w, word, n) == 0)
            return true;
    return false;
}

/* Whether the item of the manual at `item` tells what the key is without it;
 * line: name, kind and default, from conf_print_keys. */
static bool
tells_default(const char *item, const char *line)
{
    const char *end = strstr(item, "\n.El"), *next = strstr(item, "\n.It ");
    const char *kind = line + strcspn(line, "\t") + 1;
    const char *from = kind + strcspn(kind, "\t") + 1;
    char text[2000], initial[100];

    if (next != NULL && next < end)
        end = next;
    (void)snprintf(text, sizeof text, "%.*s", (int)(end - item), item);
    (void)snprintf(
        initial, sizeof initial, "%.*s", (int)strcspn(from, "\t"), from);
    if (strstr(text, "As for a relay.") != NULL)
        return true;
    if (strcmp(initial, "(must be given)") == 0)
        return strstr(text, "Must be given.") != NULL;
    return strstr(text, initial) != NULL &&
           (initial[0] == '\0' || strstr(text, "efault") != NULL ||
               strchr(text, '(') != NULL);
}

/* The manual names every key, too, and what it is where nobody gives it. */
static void
test_manual(void **state)
{
    char *keys = NULL, *line, *rest, *man, *at, want[100];
    size_t n, length;
    FILE *file = open_memstream(&keys, &n);

    (void)state;
    conf_print_keys(file);
    assert_int_equal(fclose(file), 0);
    man = slurp("daemon/rummelig-mail.conf.5");
    rest = keys;
    while ((line = strsep(&rest, "\n")) != NULL && line[0] != '\0') {
        length = strcspn(line, "\t");
        at = man;
        if (length > 0) {
            (void)snprintf(
                want, sizeof want, "\n.Ss %.*s NAME", (int)length, line);
            at = strstr(man, want);
            assert_non_null(at);
        }
        line += length + 1;
        length = strcspn(line, "\t");
        while ((at = strstr(at, "\n.It Cm ")) != NULL) {
            at += 8;
            (void)snprintf(
                want, sizeof want, "%.*s", (int)strcspn(at, "\n"), at);
            if (has_word(want, line, length))
                break;
        }
        if (at == NULL)
            fail_msg("the manual lacks %.*s", (int)length, line);
        else if (!tells_default(at, line))
            fail_msg("the manual does not tell the default of %s", line);
    }
    free(man);
    free(keys);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_manual),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
