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
    bool plain;
} cases[] = {
    {"", SAYS_NEITHER, false},
    {"Ja", SAYS_YES, true},
    {"JA TAK!", SAYS_YES, true},
    {"Ja, det vil jeg gerne.\n\nMvh\nPer", SAYS_YES, true},
    {"ja.tak", SAYS_YES, true},
    {"Jeg bekræfter hermed", SAYS_YES, false},
    {"Det er rigtigt :-)", SAYS_YES, false},
    {"Yes, please", SAYS_YES, true},
    {"I confirm", SAYS_YES, false},
    {"Gärna!", SAYS_YES, false},
    {"Ja, gjerne", SAYS_YES, true},
    {"Ich bestätige das", SAYS_YES, false},
    {"Nej", SAYS_NO, true},
    {"nej tak", SAYS_NO, true},
    {"Det har jeg ikke bedt om", SAYS_NO, false},
    {"Det må være en fejl", SAYS_NO, false},
    {"Nei takk", SAYS_NO, true},
    {"Nein danke", SAYS_NO, true},
    {"I didnt ask for this", SAYS_NO, false},
    {"No", SAYS_NO, true},
    {"Tak for det", SAYS_NEITHER, false},
    {"Janus", SAYS_NEITHER, false},
    {"Nordea", SAYS_NEITHER, false},
    {"Ja, eller nej", SAYS_UNCLEAR, false},
    {"Ja? Hvem er I?", SAYS_UNCLEAR, false},
    {"Hvem er I?", SAYS_UNCLEAR, false},
    {"Hej Tue\n\nJa tak.\n\nVenlig hilsen\nÅse Toft Berg", SAYS_YES, true},
    {"Hej, ja, frameld mig gerne", SAYS_YES, true},
    {"\xe2\x80\x9cja\xe2\x80\x9d \xf0\x9f\x91\x8d", SAYS_YES, true},
    {"Nej, det vil jeg ikke", SAYS_NO, true},
    {"Jo tak", SAYS_YES, true},
    {"Mit svar er ja.", SAYS_YES, true},
    {"Ja, det må I meget gerne :-)", SAYS_YES, true},
    {"Ja, gør bare det", SAYS_YES, true},
    {"Nej, det skal I ikke", SAYS_NO, true},
    {"Ja, jeg bliver", SAYS_YES, false},
    {"Ja, I må ikke slette mig", SAYS_UNCLEAR, false},
    {"Jawohl, bitte", SAYS_YES, true},
    {"No, I do not want that", SAYS_NO, true},
    {"Jeg vil gerne vide mere om kurset", SAYS_YES, false},
    {"Ok", SAYS_YES, false},
    {"Ja, til februar", SAYS_YES, false},
    {"Ja\nmen kun til jul", SAYS_YES, false},
    {"Ja, kurset lyder spændende", SAYS_YES, false},
    {"Det har jeg jo skrevet", SAYS_YES, false},
    {"Kommer I også?\nJa", SAYS_UNCLEAR, false},
    {"Vi ses på mødet\nJa tak", SAYS_YES, false},
    {"Hej Tue, vi ses på mødet\nJa tak", SAYS_YES, false},
    {"Ja tak\nInge Toft\nHusk Mødet I Aarhus", SAYS_YES, false},
    {"Nej, ikke mere", SAYS_NO, false},
    {"Ikke flere mails", SAYS_NO, false},
    {"Spam", SAYS_NO, false},
};

static void
short_answers(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bool plain = false;
        enum yes_no got =
            yes_no_find(cases[i].words, strlen(cases[i].words), &plain);

        if (got != cases[i].says || plain != cases[i].plain)
            fail_msg("'%s': %d, want %d%s", cases[i].words, got, cases[i].says,
                plain ? ", plain" : "");
    }
}

static void
long_answers_are_none(void **state)
{
    char text[400];
    bool plain;

    (void)state;
    memset(text, 'a', sizeof text);
    text[0] = 'j';
    text[2] = ' ';
    assert_int_equal(yes_no_find(text, 300, &plain), SAYS_YES);
    assert_int_equal(yes_no_find(text, 301, &plain), SAYS_UNCLEAR);
    memset(text, 0xc3, sizeof text);
    for (size_t i = 1; i < sizeof text; i += 2)
        text[i] = '\xa6';
    assert_int_equal(yes_no_find(text, 300, &plain), SAYS_NEITHER);
    assert_int_equal(yes_no_find(text, 400, &plain), SAYS_UNCLEAR);
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
