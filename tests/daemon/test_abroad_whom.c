/* SPDX-License-Identifier: ISC */
/* English, Norwegian, Swedish and German: whom a request is about, what is only
 * told of, and the letter wished for. */
#include "tests/daemon/sayings.h"

static const char *const others[] = {
    "My wife gets this too. Could you take her off?",
    "Please take that address off. It belonged to my late father.",
    "Kona mi får også nyhetsbrevet. Kan dere fjerne henne?",
    "Min man får det också. Kan ni ta bort honom?",
    "Meine Frau bekommt ihn auch. Bitte streichen Sie sie.",
};
static const char *const wishes[] = {
    "Can I get this too?",
    "I accidentally unsubscribed, please add me back.",
    "Kan jeg også få nyhetsbrevet?",
    "Jag vill också ha nyhetsbrevet.",
    "Jag råkade avregistrera mig. Kan ni lägga till mig igen?",
    "Kann ich den Newsletter auch bekommen?",
    "Ich habe mich versehentlich abgemeldet, bitte wieder aufnehmen.",
};
static const char *const nobody[] = {
    "I asked the council to take me off their list, and I miss your letter.",
    "Sometimes I feel like unsubscribing from everything, but not yours.",
    "That is my daughter in the picture. Take it down today.",
    "Please remove my photo from your website.",
    "Kan dere fjerne bildet av meg?",
    "Avboka mig från kursen på torsdag.",
    "Bitte löschen Sie mein Foto von der Seite.",
};

static void
test_others(void **state)
{
    (void)state;
    assert_int_equal(WRONG(others, BIT(INTENT_LEAVE_OTHER)), 0);
}

static void
test_wishes(void **state)
{
    (void)state;
    assert_int_equal(WRONG(wishes, BIT(INTENT_JOIN) | BIT(INTENT_STAY)), 0);
}

static void
test_nobody(void **state)
{
    (void)state;
    assert_int_equal(WRONG(nobody, BIT(INTENT_NONE)), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_others),
        cmocka_unit_test(test_wishes),
        cmocka_unit_test(test_nobody),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
