/* SPDX-License-Identifier: ISC */
/* Answers to a question of ours, as people give them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/yes_no.h"

static const struct {
    const char *words;
    enum yes_no says;
} cases[] = {
    {"", SAYS_NEITHER},
    {"Ja", SAYS_YES},
    {"JA TAK!", SAYS_YES},
    {"Ja, det vil jeg gerne.\n\nMvh\nPer", SAYS_YES},
    {"ja.tak", SAYS_YES},
    {"Jeg bekræfter hermed", SAYS_YES},
    {"Det er rigtigt :-)", SAYS_YES},
    {"Yes, please", SAYS_YES},
    {"I confirm", SAYS_YES},
    {"Gärna!", SAYS_YES},
    {"Ja, gjerne", SAYS_YES},
    {"Ich bestätige das", SAYS_YES},
    {"Nej", SAYS_NO},
    {"nej tak", SAYS_NO},
    {"Det har jeg ikke bedt om", SAYS_NO},
    {"Det må være en fejl", SAYS_NO},
    {"Nei takk", SAYS_NO},
    {"Nein danke", SAYS_NO},
    {"I didnt ask for this", SAYS_NO},
    {"No", SAYS_NO},
    {"Tak for det", SAYS_NEITHER},
    {"Janus", SAYS_NEITHER},
    {"Nordea", SAYS_NEITHER},
    {"Ja, eller nej", SAYS_UNCLEAR},
    {"Ja? Hvem er I?", SAYS_UNCLEAR},
    {"Hvem er I?", SAYS_UNCLEAR},
};

static void
short_answers(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        enum yes_no got = yes_no_find(cases[i].words, strlen(cases[i].words));

        if (got != cases[i].says)
            fail_msg("'%s': %d, want %d", cases[i].words, got, cases[i].says);
    }
}

static void
long_answers_are_none(void **state)
{
    char text[400];

    (void)state;
    memset(text, 'a', sizeof text);
    text[0] = 'j';
    text[2] = ' ';
    assert_int_equal(yes_no_find(text, 300), SAYS_YES);
    assert_int_equal(yes_no_find(text, 301), SAYS_UNCLEAR);
    memset(text, 0xc3, sizeof text);
    for (size_t i = 1; i < sizeof text; i += 2)
        text[i] = '\xa6';
    assert_int_equal(yes_no_find(text, 300), SAYS_NEITHER);
    assert_int_equal(yes_no_find(text, 400), SAYS_UNCLEAR);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(short_answers),
        cmocka_unit_test(long_answers_are_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
