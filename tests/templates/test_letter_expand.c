/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "templates/letter.h"

#define TOKEN "abcdefghijklmnopqrstuvwxyz"
#define TO_AASE                                                                \
    "=?utf-8?Q?=C3=98stergaard=2C_=C3=85se-Marie_af_den_lange_navner?=\r\n"    \
    " =?utf-8?Q?=C3=A6kke?= <aase-marie@langt.vaek.example.dk>"

/* Nothing of one letter shows in the next, and there is room around each. */
static void
one_mold_for_many(void **state)
{
    static const char compiled[] = "Date: @@DATE@@\r\nTo: @@TO@@\r\n\r\n"
                                   "@@SINCEISO@@ @@#HASGIVEN@@@@GIVEN:x-qp@@"
                                   "@@/HASGIVEN@@\r\n";
    static const struct {
        struct letter_person who;
        const char *want;
    } cases[] = {
        {{"inge@toft.dk", "Inge Toft", "Inge", TOKEN, 1554717600, 1551571200,
             "form"},
            "Date: Mon, 8 Apr 2019 10:00:00 +0000\r\n"
            "To: Inge Toft <inge@toft.dk>\r\n\r\n2019-03-03 Inge\r\n"},
        {{"aase-marie@langt.vaek.example.dk",
             "Østergaard, Åse-Marie af den lange navnerække", "Åse", TOKEN,
             1554717600, 0, ""},
            "Date: Mon, 8 Apr 2019 10:00:00 +0000\r\n"
            "To: " TO_AASE "\r\n\r\n =C3=85se\r\n"},
        {{"b@c.dk", "Bo", "Bo", TOKEN, 1554717601, 1551571199, "import"},
            "Date: Mon, 8 Apr 2019 10:00:01 +0000\r\n"
            "To: Bo <b@c.dk>\r\n\r\n2019-03-02 Bo\r\n"},
        {{"b@c.dk", "", "", TOKEN, 1554717601, 1551657599, "form"},
            "Date: Mon, 8 Apr 2019 10:00:01 +0000\r\n"
            "To: b@c.dk\r\n\r\n2019-03-03 \r\n"},
    };
    struct letter_mold *m = NULL;
    struct fault f;

    (void)state;
    assert_int_equal(
        letter_mold_new(compiled, sizeof compiled - 1, &m, &f), RES_OK);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *message;
        size_t n;

        assert_int_equal(
            letter_expand(m, &cases[i].who, &message, &n, &f), RES_OK);
        assert_string_equal(message, cases[i].want);
        assert_int_equal(n, strlen(cases[i].want));
        memset(message - LETTER_BEFORE, 'x', LETTER_BEFORE);
        memset(message + n, 'x', LETTER_BEHIND);
    }
    letter_mold_free(m);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_mold_for_many),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
