/* SPDX-License-Identifier: ISC */
/* What people write, and what it asks for.  The left column is a subject
 * ("" for the newsletter's own), the right one the own words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/intent.h"
#include "daemon/phrases.h"

struct text {
    const char *subject, *words;
};

static const struct text leave[] = {
    {"", "Hej, vil I ikke nok framelde mig"},
    {"", "Hej Tue\n\nVil du ikke være sød at framelde mig jeres nyhedsbrev?"},
    {"", "Frameld"},
    {"", "frameld mig"},
    {"", "FRAMELD MIG NU!!!"},
    {"", "Afmeld nyhedsbrev"},
    {"", "afmeld venligst"},
    {"", "Kære alle, jeg vil gerne afmeldes."},
    {"", "Jeg ønsker ikke længere at modtage jeres nyhedsbrev."},
    {"", "Vil gerne frameldes nyhedsbrevet, tak"},
    {"", "Vær venlig at slette mig fra jeres mailliste."},
    {"", "Slet mig"},
    {"", "Fjern mig fra listen, tak"},
    {"", "Tag mig af listen"},
    {"", "Kan I tage mig af maillisten?"},
    {"", "Jeg er gået på pension og har ikke længere brug for at følge med. "
         "Vil du tage mig af listen? Tak for mange gode historier!"},
    {"", "Stop med at sende mig nyhedsbreve"},
    {"", "Hold nu op med at sende det her"},
    {"", "Jeg gider ikke have flere mails fra jer"},
    {"", "Send mig ikke flere nyhedsbreve"},
    {"", "Ikke flere mails, tak"},
    {"", "Jeg vil godt slippe for nyhedsbrevet fremover"},
    {"", "Nej tak til flere nyhedsbreve"},
    {"", "Jeg frabeder mig venligst flere nyhedsbreve"},
    {"", "Jeg har afmeldt mig to gange, og får det stadig."},
    {"", "Jeg frameldte mig i januar. Alligevel kommer det igen."},
    {"", "Hvis det er muligt, vil jeg gerne frameldes."},
    {"", "Vi glæder os til mødet på tirsdag.\n\nI øvrigt må du gerne framelde "
         "mig nyhedsbrevet."},
    {"", "jeg framelder mig hermed"},
    {"", "Meld mig fra"},
    {"", "Jeg vil gerne meldes ud af jeres nyhedsbrev"},
    {"", "Opsig mit abonnement"},
    {"Framelding", ""},
    {"Afmelding af nyhedsbrev", "Hej\n\nMvh Karen"},
    {"Afmeld", "Venligst"},
    {"STOP", ""},
    {"unsubscribe", ""},
    {"Frameld nyhedsbrevet", "Tak for denne gang, det har været fint."},
    {"", "Please unsubscribe me"},
    {"", "Please remove me from your mailing list. Thank you!"},
    {"", "I no longer want to receive this newsletter."},
    {"", "unsubscribe"},
    {"", "Please take me off this list"},
    {"", "I don't want any more emails. Stop sending them."},
    {"", "Can't you unsubscribe me?"},
    {"", "Ta meg av listen, takk"},
    {"", "Jeg ønsker ikke å motta flere nyhetsbrev"},
    {"", "Avmeld"},
    {"", "Vänligen ta bort mig från listan"},
    {"", "Jag vill inte ha fler nyhetsbrev"},
    {"", "Bitte melden Sie mich vom Newsletter ab."},
    {"", "Ich möchte keine Newsletter mehr erhalten"},
    {"", "Slet karen@firma.example fra nyhedsbrevet"},
};

static const struct text none[] = {
    {"", ""},
    {"", "Tak for et godt nyhedsbrev!"},
    {"", "Hej Tue, hvornår er næste møde?"},
    {"", "Jeg vil IKKE frameldes, bare spørge om noget."},
    {"", "Frameld mig ikke, jeg er glad for nyhedsbrevet"},
    {"", "Jeg vil gerne frameldes kurset den 14. maj."},
    {"Afmelding", "Jeg kan desværre ikke komme til seminaret på torsdag."},
    {"Framelding", "Jeg må melde afbud til frokosten."},
    {"", "Kan du fjerne mit billede fra hjemmesiden?"},
    {"", "Fjern mig fra billedet på side 2, tak."},
    {"", "Jeg kan ikke læse nyhedsbrevet på min telefon."},
    {"", "Jeg kan ikke få jeres mails åbnet"},
    {"", "Jeg har ikke modtaget nyhedsbrevet i år."},
    {"", "Jeg er ikke på listen længere, hvad er der sket?"},
    {"", "Nyhedsbrevet vil ikke åbne på min computer"},
    {"", "Kan I ikke sende mig det sidste nyhedsbrev?"},
    {"", "Lad mig skrive til dig i næste uge."},
    {"", "Do you want to receive our offer?"},
    {"", "Please do not unsubscribe me."},
    {"", "Can you remove me from the photo on page two?"},
    {"", "I got no more mails this year, is something wrong?"},
    {"", "Kurset udgår desværre."},
    {"", "Jeg melder mig fra på torsdag."},
    {"", "Kan jeg slippe for at udfylde skemaet?"},
    {"", "Vil du sætte mig på listen over frivillige?"},
};

static const struct text unsure[] = {
    {"", "Linket til afmelding i bunden er i stykker, bare så I ved det."},
    {"", "Hvis det bliver ved sådan, framelder jeg mig."},
    {"", "Jeg overvejer at framelde mig"},
    {"", "Hvordan framelder man sig?"},
    {"", "Frameld mig fra 1. juni"},
    {"", "Måske skulle I framelde mig"},
    {"Afmeld", "Vi skal have talt om den her sag med Jens og regnskabet."},
    {"", "Frameld mig. Nej vent, jeg vil gerne blive på listen."},
};

static const struct text other[] = {
    {"", "Vil du framelde min kollega Jens? Han er stoppet."},
    {"", "Frameld venligst jens@firma.example"},
    {"", "Please unsubscribe my colleague john@firma.example"},
    {"", "Min mor er død. Vil I slette hende fra jeres liste?"},
    {"", "Tag Jens Hansen af listen, han er gået på pension"},
};

static const struct text join[] = {
    {"", "Tilmeld mig nyhedsbrevet"},
    {"", "Jeg vil gerne tilmeldes jeres nyhedsbrev"},
    {"Tilmelding", ""},
    {"", "Jeg er blevet frameldt ved en fejl"},
    {"", "Please subscribe me to the newsletter"},
};

static int
check(const struct text *list, size_t n, enum intent want)
{
    int wrong = 0;

    for (size_t i = 0; i < n; i++) {
        static struct facts facts;

        memset(&facts, 0, sizeof facts);
        (void)snprintf(facts.from, sizeof facts.from, "karen@firma.example");
        (void)snprintf(facts.subject, sizeof facts.subject, "%s",
            list[i].subject[0] != '\0' ? list[i].subject
                                       : "Nyhedsbrev 14 - Forår");
        intent_find(&facts, list[i].words, strlen(list[i].words),
            list[i].subject[0] == '\0');
        if (facts.intent != want) {
            print_error("'%s' | '%s': want %d, got %d (%s)\n", list[i].subject,
                list[i].words, (int)want, (int)facts.intent, facts.clue);
            wrong++;
        }
    }
    return wrong;
}

static void
requests_are_heard(void **state)
{
    (void)state;
    assert_int_equal(
        check(leave, sizeof leave / sizeof *leave, INTENT_LEAVE), 0);
}

static void
other_mail_is_left_alone(void **state)
{
    (void)state;
    assert_int_equal(check(none, sizeof none / sizeof *none, INTENT_NONE), 0);
}

static void
doubt_goes_to_a_person(void **state)
{
    (void)state;
    assert_int_equal(
        check(unsure, sizeof unsure / sizeof *unsure, INTENT_UNSURE), 0);
}

static void
others_are_not_the_writer(void **state)
{
    (void)state;
    assert_int_equal(
        check(other, sizeof other / sizeof *other, INTENT_LEAVE_OTHER), 0);
}

static void
subscriptions_are_heard(void **state)
{
    (void)state;
    assert_int_equal(check(join, sizeof join / sizeof *join, INTENT_JOIN), 0);
}

static void
words_files_can_be_read(void **state)
{
    (void)state;
    if (phrases_mistake() != NULL)
        fail_msg("%s", phrases_mistake());
    for (int k = 0; k < PHRASE_KINDS; k++)
        if (phrases_count((enum phrase_kind)k) == 0)
            fail_msg("no phrase in [%s]", phrase_section((enum phrase_kind)k));
}

static void
answers_by_no_one(void **state)
{
    static const char *const robots[] = {
        "Tak for din mail. Jeg er på ferie til den 3. august.",
        "Dette er et automatisk svar.", "I am out of the office until Monday.",
        "Vi har modtaget din henvendelse og vender tilbage."};
    static const char *const people[] = {"Frameld mig",
        "Hej Tue, tak for sidst",
        "Jeg var på ferie i sidste uge, så det så jeg først nu."};
    char clue[80];

    (void)state;
    for (size_t i = 0; i < sizeof robots / sizeof *robots; i++)
        if (!intent_robot(robots[i], strlen(robots[i]), clue, sizeof clue))
            fail_msg("a person? %s", robots[i]);
    for (size_t i = 0; i < sizeof people / sizeof *people; i++)
        if (intent_robot(people[i], strlen(people[i]), clue, sizeof clue))
            fail_msg("a robot? %s (%s)", people[i], clue);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_files_can_be_read),
        cmocka_unit_test(requests_are_heard),
        cmocka_unit_test(other_mail_is_left_alone),
        cmocka_unit_test(doubt_goes_to_a_person),
        cmocka_unit_test(others_are_not_the_writer),
        cmocka_unit_test(subscriptions_are_heard),
        cmocka_unit_test(answers_by_no_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
