/* SPDX-License-Identifier: ISC */
/* Our own answers as letters: nothing of the mail that they answer but its
 * Message-ID, and a token of ours in two places. */
#include "tests/templates/letter_fixture.h"

static void
answers(void **state)
{
    static const struct {
        const char *in_reply_to;
        bool kept;
    } cases[] = {{"<a@b.dk>", true}, {"", false},
        {"<a@b>\r\nBcc: <c@d>", false}, {"<a b@c>", false}, {"a@b.dk", false},
        {"<a@@TOKEN@@b>", false}, {"<@>", false}, {"<a@b.dk><c@d.dk>", false}};
    struct letter_list l = list();
    struct letter_person who = person();
    struct fault f;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct letter letter = {0};
        struct letter_mold *m = NULL;
        char *message;
        char want[200];
        size_t n;

        assert_int_equal(letter_compose_answer("goodbye", &l,
                             cases[i].in_reply_to, TEMPLATES, &letter, &f),
            RES_OK);
        assert_string_equal(letter.subject, "Du er frameldt Rummelig imidt");
        assert_int_equal(
            letter_mold_new(letter.message, letter.message_bytes, &m, &f),
            RES_OK);
        assert_int_equal(letter_expand(m, &who, &message, &n, &f), RES_OK);
        assert_non_null(
            strstr(message, "\r\nAuto-Submitted: auto-replied\r\n"));
        assert_null(strstr(message, "List-"));
        assert_null(strstr(message, "Precedence"));
        assert_null(strstr(message, "@@"));
        assert_int_equal(
            strstr(message, "\r\nIn-Reply-To: ") != NULL, cases[i].kept);
        assert_null(strstr(message, "\nBcc"));
        assert_null(strstr(message, "\r\nReply-To: "));
        (void)snprintf(want, sizeof want, "\r\nReferences: %s%s<%s.re@%s>\r\n",
            cases[i].kept ? cases[i].in_reply_to : "",
            cases[i].kept ? "\r\n " : "", who.token, "lo-aarhus.dk");
        if (strstr(message, want) == NULL)
            fail_msg("%s", message);
        letter_mold_free(m);
        letter_clear(&letter);
    }
    {
        struct letter letter = {0};

        assert_int_equal(
            letter_compose_answer("nosuch", &l, "", TEMPLATES, &letter, &f),
            RES_STOP);
    }
}

/* Each in each language, whole: it asks, gives the address, and answers come
 * to the mailbox that is read. */
static void
every_answer(void **state)
{
    static const struct {
        const char *name, *language, *subject, *says;
    } cases[] = {
        {"goodbye", "da", "Du er frameldt Rummelig imidt", "Var det en fejl"},
        {"goodbye", "en", "You have left Rummelig imidt", "was a mistake"},
        {"confirm", "da", "Vil du have nyhedsbrevet fra Rummelig imidt?",
            "svar \"ja\""},
        {"confirm", "en", "Would you like the newsletter from Rummelig imidt?",
            "with \"yes\""},
        {"ask", "da", "Vil du frameldes nyhedsbrevet fra Rummelig imidt?",
            "svar \"ja\""},
        {"ask", "en", "Would you like to leave Rummelig imidt?",
            "with \"yes\""},
    };
    struct letter_list l = list();
    struct letter_person who = person();
    struct fault f;

    (void)state;
    l.from = "Tue <tue@lo-aarhus.dk>";
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct letter letter = {0};
        struct letter_mold *m = NULL;
        char *message;
        size_t n;

        l.language = cases[i].language;
        assert_int_equal(letter_compose_answer(
                             cases[i].name, &l, "", TEMPLATES, &letter, &f),
            RES_OK);
        assert_string_equal(letter.subject, cases[i].subject);
        assert_int_equal(
            letter_mold_new(letter.message, letter.message_bytes, &m, &f),
            RES_OK);
        assert_int_equal(letter_expand(m, &who, &message, &n, &f), RES_OK);
        assert_non_null(strstr(message, cases[i].says));
        assert_non_null(strstr(strstr(message, "\r\n\r\n"), who.address));
        assert_non_null(strstr(message, "\r\nReply-To: <tg@lo-aarhus.dk>\r\n"));
        assert_null(strstr(message, "{{"));
        assert_null(strstr(message, "http"));
        letter_mold_free(m);
        letter_clear(&letter);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers),
        cmocka_unit_test(every_answer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
