/* SPDX-License-Identifier: ISC */
/* tests/replies/held-back.tsv: texts from which nothing was learned, and by
 * which no phrase was written.  U: a request; N: none, and often nearly one.
 * How well they are understood is the best that is known of how well the next
 * reader will be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "daemon/intent.h"
#include "daemon/likeness_features.h"
#include "tests/daemon/names.h"

enum {
    TEXTS_MIN = 16600,
    HEARD_PER_1000 = 890, /* of U: taken off */
    MISSED_PER_1000 = 40, /* of U: neither that nor shown to a person */
    FALSE_PER_1000 = 24,  /* of N: taken off */
    SHOWN_PER_1000 = 120  /* of N: shown to a person for nothing */
};
struct tally {
    int texts, leave, unsure;
};

static void count(struct tally *t, char *text);
static bool at_most(int n, int per_1000, const struct tally *t);

static void
held_back(void **state)
{
    struct tally asks = {0}, other = {0};
    FILE *from = fopen("tests/replies/held-back.tsv", "r");
    char *line = NULL;
    size_t room = 0;

    (void)state;
    assert_non_null(from);
    while (getline(&line, &room, from) > 2) {
        line[strcspn(line, "\n")] = '\0';
        count(line[0] == 'U' ? &asks : &other, line + 2);
    }
    free(line);
    assert_int_equal(fclose(from), 0);
    print_message("of %d requests %d heard, %d for a person; of %d others %d "
                  "taken for one, %d for a person\n",
        asks.texts, asks.leave, asks.unsure, other.texts, other.leave,
        other.unsure);
    assert_true(asks.texts + other.texts >= TEXTS_MIN);
    assert_false(at_most(asks.leave, HEARD_PER_1000, &asks));
    assert_true(
        at_most(asks.texts - asks.leave - asks.unsure, MISSED_PER_1000, &asks));
    assert_true(at_most(other.leave, FALSE_PER_1000, &other));
    assert_true(at_most(other.unsure, SHOWN_PER_1000, &other));
}

static void
count(struct tally *t, char *text)
{
    static struct facts facts;
    enum intent i;

    for (char *p = strchr(text, '|'); p != NULL; p = strchr(p, '|'))
        *p = '\n';
    memset(&facts, 0, sizeof facts);
    (void)snprintf(facts.from, sizeof facts.from, "karen@heden.example");
    intent_find(&facts, text, strlen(text), true, OUR_NAMES);
    i = facts.intent;
    t->texts++;
    t->leave += i == INTENT_LEAVE;
    t->unsure += i == INTENT_UNSURE;
}

static bool
at_most(int n, int per_1000, const struct tally *t)
{
    return n * 1000 <= per_1000 * t->texts;
}

/* A request by likeness alone is none any more below as much as is compared. */
static void
what_is_not_compared_may_speak_against_it(void **state)
{
    static struct facts facts;
    static char text[8192];
    FILE *from = fopen("tests/replies/held-back.tsv", "r");
    char *line = NULL;
    size_t room = 0;
    int tried = 0;

    (void)state;
    assert_non_null(from);
    while (getline(&line, &room, from) > 2) {
        size_t n = (size_t)snprintf(
            text, sizeof text, "%s%*s", line + 2, LIKENESS_BYTES, "x");

        assert_true(n < sizeof text);
        memset(&facts, 0, sizeof facts);
        intent_by_phrases(&facts, line + 2, strlen(line + 2), true, OUR_NAMES);
        if (facts.intent == INTENT_LEAVE)
            continue;
        memset(&facts, 0, sizeof facts);
        intent_find(&facts, line + 2, strlen(line + 2), true, OUR_NAMES);
        if (facts.intent != INTENT_LEAVE)
            continue;
        assert_true(facts.likely);
        tried++;
        memset(&facts, 0, sizeof facts);
        intent_find(&facts, text, n, true, OUR_NAMES);
        assert_int_not_equal(facts.intent, INTENT_LEAVE);
    }
    free(line);
    assert_int_equal(fclose(from), 0);
    assert_true(tried > 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(held_back),
        cmocka_unit_test(what_is_not_compared_may_speak_against_it)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
