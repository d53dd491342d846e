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
#include "tests/daemon/names.h"

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
    {"", "Goddag. Jeg vil bede jer om at fjerne mig fra jeres mailingliste. På "
         "forhånd tak."},
    {"", "Vi har skiftet arbejde og ønsker ikke nyhedsbrevet mere."},
    {"", "Jeg har ikke tid til at læse det længere, så afmeld mig venligst."},
    {"", "Kan du sørge for at jeg ikke får flere nyhedsbreve?"},
    {"", "Undlad venligst at sende flere nyhedsbreve til denne adresse."},
    {"", "Vil I stoppe med at sende til mig?"},
    {"", "Jeg vil ikke modtage jeres nyhedsbreve mere!"},
    {"", "Slet venligst denne adresse."},
    {"", "Please delete me from your newsletter"},
    {"", "Remove"},
    {"", "afmelding tak"},
    {"", "Af med mig fra listen"},
    {"", "Jeg gik på pension i sommer. Derfor skal jeg ikke have nyhedsbrevet "
         "mere."},
    {"", "Hermed afmelding."},
    {"", "Hej. Jeg bliver ved med at få jeres nyhedsbreve selv om jeg har "
         "frameldt mig flere gange."},
    {"", "Jeg ønsker at blive fjernet"},
    {"", "Vi ønsker ikke at modtage flere mails fra jer, tak."},
    {"", "Jeg takker nej til nyhedsbrevet."},
    {"", "Venligst frameld."},
    {"", "Ønsker ikke at modtage dette"},
    {"", "Må jeg bede om at blive slettet af jeres liste?"},
    {"", "Jeg abonnerer ikke længere, så stop udsendelsen til mig."},
    {"", "Gratulerer med jubilæet! Jeg er flyttet til Fyn, så I kan godt "
         "slette mig."},
    {"", "Jeg vil gerne afmelde nyhedsbrevet"},
    {"", "unsubscribe please"},
    {"", "Ikke interesseret, slet mig fra listen."},
    {"", "S T O P"},
    {"", "s.t.o.p."},
    {"", "Hvor mange gange skal man skrive det? A F M E L D"},
    {"", "F-R-A-M-E-L-D mig"},
    {"", "S L E T  M I G"},
    {"", "S L E T M I G nu"},
    {"", "Kan I nå at tage karen@firma.example ud inden næste brev?"},
    {"", "Afmeld mig fra næste nummer og frem."},
};

static const struct text none[] = {
    {"", "Linket til afmelding i bunden er i stykker, bare så I ved det."},
    {"", "Tak for et godt nyhedsbrev!"},
    {"", "Hej Tue, hvornår er næste møde?"},
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
    {"", "Can you remove me from the photo on page two?"},
    {"", "I got no more mails this year, is something wrong?"},
    {"", "Kurset udgår desværre."},
    {"", "Jeg melder mig fra på torsdag."},
    {"", "Kan jeg slippe for at udfylde skemaet?"},
    {"", "Vil du sætte mig på listen over frivillige?"},
};

static const struct text unsure[] = {
    {"", ""},
    {"Afmelding temadag 26. november",
        "Afmelder hermed mig selv og Jonna. Vi håber på slides bagefter."},
    {"", "Hvis det bliver ved sådan, framelder jeg mig."},
    {"", "Jeg overvejer at framelde mig"},
    {"", "Hvordan framelder man sig?"},
    {"", "Frameld mig fra 1. juni"},
    {"", "Måske skulle I framelde mig"},
    {"Afmeld", "Vi skal have talt om den her sag med Jens og regnskabet."},
    {"", "Frameld mig. Nej vent, jeg vil gerne blive på listen."},
    {"", "Virksomheden er solgt, og alle postkasser nedlægges. Stop venligst "
         "nyhedsbrevet til samtlige."},
};

static const struct text stay[] = {
    {"", "Jeg vil IKKE frameldes, bare spørge om noget."},
    {"", "Frameld mig ikke, jeg er glad for nyhedsbrevet"},
    {"", "Please do not unsubscribe me."},
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

/* Full of our words, and none of them a request that may be acted on. */
static const char *const never[] = {
    "Jeg skal lige høre om I kan slette min kommentar på Facebook.",
    "Vi vil ikke have flere praktikanter i år, men tak for tilbuddet.",
    "Tag mig gerne med på råd næste gang.",
    "Fjern venligst Peter fra mødeindkaldelsen.",
    "Kan I stoppe med at sende fakturaer til den gamle adresse?",
    "Jeg ønsker ikke at deltage i undersøgelsen.",
    "Jeg vil gerne melde mig ud af styregruppen.",
    "Jeg kan ikke længere se billederne i jeres mails.",
    "Vi modtager ikke længere jeres nyhedsbrev - er der sket en fejl?",
    "Jeg har ikke fået nyhedsbrevet i denne måned. Er jeg blevet slettet?",
    "Hvorfor er jeg blevet afmeldt?",
    "Du må ikke slette mig fra listen!",
    "Jeg er ikke blevet frameldt, vel?",
    "Hvis jeg ikke hører fra jer, framelder jeg mig.",
    "Lad være med at framelde mig, jeg vil gerne blive.",
    "Jeg vil godt afmelde min plads til konferencen.",
    "Stop endelig ikke med at sende dem!",
    "Nej tak til kaffe, men ja tak til kage.",
    "Vi er desværre nødt til at sige nej tak til tilbuddet om et foredrag.",
    "Nyhedsbrevet kom dobbelt. Kan I slette den ene?",
    "Jeg sletter aldrig jeres nyhedsbreve :-)",
    "Jeg har slettet mailen ved en fejl, kan I sende den igen?",
    "Kan du slette min forrige mail? Den var til en anden.",
    "Jeg har ikke brug for flere plakater.",
    "Jeg vil ikke have mere vrøvl om det regnskab.",
    "I behøver ikke sende mere materiale til mødet, vi har rigeligt.",
    "Hvordan får jeg min kollega på listen?",
    "Kan man afmelde sig igen, hvis man tilmelder sig?",
    "Vil I have mig til at tage af sted alene?",
    "Skal vi tage af listen fra toppen?",
    "Tak for nyhedsbrevet. Jeg tager gerne mod flere.",
    "Min mand siger, jeg skulle framelde mig, men jeg er glad for det.",
    "Der er mange der afmelder jer, skriver du. Hvor mange?",
    "Jeg skriver en artikel om hvorfor folk framelder nyhedsbreve.",
    "Vi overvejer at stoppe vores abonnement.",
    "Afmeld mødet på mandag, jeg er syg.",
    "Jeg melder fra.",
    "Desværre må jeg melde fra.",
    "Vi må framelde os i denne omgang.",
    "Jeg bliver nødt til at framelde os begge to.",
    "Kan I tage den her tekst af hjemmesiden?",
    "Tag den bare af listen over opgaver.",
    "Skriv mig af på den sag.",
    "How do I unsubscribe my colleague?",
    "I unsubscribed from LinkedIn last week, funny that you mention it.",
    "Do not remove me from the list please",
    "If you keep writing about politics I will unsubscribe.",
    "Would you stop by on Monday?",
    "Could you remove the attachment and send it again?",
    "I don't want to receive the report before Friday.",
    "Jeg vil ikke modtage mails i ferien.",
    "Jeg vil ikke have brev, jeg vil have e-mail.",
    "Jeg vil gerne have nyhedsbrevet på en anden adresse, slet den gamle.",
    "Vær venlig at slette mit telefonnummer fra jeres system.",
    "Kan jeg slippe for mails om ferie og kun få nyhedsbrevet?",
    "Kan jeg blive slettet fra deltagerlisten?",
    "Er det rigtigt at jeg er frameldt?",
    "Du skal ikke sende mere før vi har talt sammen.",
    "I skal ikke sende mig regningen.",
    "Jeg bad om at blive fjernet fra billedet.",
    "Hold op hvor er det godt at læse!",
    "Jeg vil ikke undvære nyhedsbrevet.",
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
        intent_by_phrases(&facts, list[i].words, strlen(list[i].words),
            list[i].subject[0] == '\0', OUR_NAMES);
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
tricky_words_lead_to_no_act(void **state)
{
    static struct facts facts;

    (void)state;
    for (size_t i = 0; i < sizeof never / sizeof *never; i++) {
        memset(&facts, 0, sizeof facts);
        intent_by_phrases(&facts, never[i], strlen(never[i]), true, OUR_NAMES);
        if (facts.intent == INTENT_LEAVE || facts.intent == INTENT_JOIN)
            fail_msg("'%s': %s", never[i], facts.clue);
    }
}

static void
doubt_goes_to_a_person(void **state)
{
    (void)state;
    assert_int_equal(
        check(unsure, sizeof unsure / sizeof *unsure, INTENT_UNSURE), 0);
}

static void
who_stays_is_told_apart(void **state)
{
    (void)state;
    assert_int_equal(check(stay, sizeof stay / sizeof *stay, INTENT_STAY), 0);
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
        "Karsten er fratrådt sin stilling. Nu får jeg nyhedsbrevet.",
        "Vi har lukket søndagsskolen. Tak for et godt nyhedsbrev!",
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

/* Words are kept for the next mail, and forgotten when they become many. */
static void
words_without_end(void **state)
{
    static struct facts f;
    char text[8000];
    int word = 0;

    (void)state;
    for (int mail = 0; mail < 40; mail++) {
        size_t n = (size_t)snprintf(text, sizeof text, "Frameld mig. ");

        for (int i = 0; i < 900; i++)
            n += (size_t)snprintf(text + n, sizeof text - n, "q%x ", word++);
        memset(&f, 0, sizeof f);
        intent_by_phrases(&f, text, n, false, OUR_NAMES);
        assert_int_equal(f.intent, INTENT_LEAVE);
        assert_string_equal(f.clue, "Frameld mig");
    }
}

/* The words of a body are forgotten when another text is read: likeness, which
 * asks for them after the subject was, must find them all the same. */
static void
words_outlive_the_subject(void **state)
{
    static struct facts f;
    char text[200];

    (void)state;
    for (int mail = 0; mail < 5000; mail++) {
        size_t n = (size_t)snprintf(text, sizeof text,
            "Jeg vil gerne slippe for abonnementet fremover. Held og lykke "
            "med projektet. qq%x zz%x",
            (unsigned)mail, (unsigned)mail);

        memset(&f, 0, sizeof f);
        (void)snprintf(f.subject, sizeof f.subject, "Nyt fra Heden");
        intent_find(&f, text, n, true, OUR_NAMES);
        assert_int_equal(f.intent, INTENT_LEAVE);
    }
}

/* What the phrases alone doubt, take for another's or for a request, and the
 * likeness sets right. */
static void
likeness_has_its_say(void **state)
{
    static const struct {
        const char *words;
        enum intent by_phrases, want;
    } cases[] = {
        {"Jeg kan ikke nå at læse mere. Drop mig fra listen, så er du rar. Vi "
         "ses til temadagen i Skive!",
            INTENT_UNSURE, INTENT_LEAVE},
        {"Stop venligst udsendelsen til denne postkasse. Vi er en "
         "malerforretning med to mand og har ikke tid til at læse det.",
            INTENT_LEAVE_OTHER, INTENT_LEAVE},
        {"Vores it-afdeling har fjernet jeres brev fra spamfilteret, så nu "
         "kommer det igen. Hurra.",
            INTENT_LEAVE, INTENT_UNSURE},
        {"Sender I mere af den slags, så vil jeg gerne slettes. Ellers er det "
         "fint.",
            INTENT_UNSURE, INTENT_UNSURE},
        {"Bliver der ét eneste valgopslag mere i jeres nyhedsbrev, så er det "
         "slut for mit vedkommende. Hold jer til sagen!",
            INTENT_UNSURE, INTENT_UNSURE},
        {"Tak for invitationen, men jeg vil gerne meldes fra denne gang.",
            INTENT_NONE, INTENT_UNSURE},
    };
    static struct facts f;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *words = cases[i].words;

        memset(&f, 0, sizeof f);
        intent_by_phrases(&f, words, strlen(words), true, OUR_NAMES);
        assert_int_equal(f.intent, cases[i].by_phrases);
        memset(&f, 0, sizeof f);
        intent_find(&f, words, strlen(words), true, OUR_NAMES);
        if (f.intent != cases[i].want)
            fail_msg("\"%s\": %d", words, (int)f.intent);
        assert_int_equal(f.likely, f.intent == INTENT_LEAVE);
    }
}

/* The subject of the letter with a request added to it: somebody sees it.  That
 * of a letter that is answered says nothing else. */
static void
a_request_in_the_subject_of_an_answer(void **state)
{
    static const struct {
        struct text text;
        bool heard;
    } cases[] = {
        {{"Nyhedsbrev 14 - AFMELD", "Se emnefeltet. Tak."}, true},
        {{"Nyhedsbrev 14 - fjern mig fra listen", "På forhånd tak"}, true},
        {{"Afmelding", "Tak for hjælpen, vi ses."}, false},
        {{"Nyhedsbrev 14 - Rummelig imidt", "Tak for hjælpen, vi ses."}, false},
        {{"Nyhedsbrev 14: frameld mig ikke", "Tak for hjælpen, vi ses."},
            false},
        {{"Vil du frameldes nyhedsbrevet fra Rummelig imidt?",
             "Tak for hjælpen, vi ses."},
            false},
        {{"Du er nu frameldt nyhedsbrevet fra Rummelig imidt",
             "Tak for hjælpen, vi ses."},
            false},
    };
    static struct facts f;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        memset(&f, 0, sizeof f);
        (void)snprintf(
            f.subject, sizeof f.subject, "%s", cases[i].text.subject);
        intent_find(&f, cases[i].text.words, strlen(cases[i].text.words), true,
            OUR_NAMES);
        if ((f.intent != INTENT_NONE) != cases[i].heard)
            fail_msg("\"%s\": %d", cases[i].text.subject, (int)f.intent);
    }
}

/* What no longer fits into a reading may say "no, wait". */
static void
what_is_not_heard_may_speak_against_it(void **state)
{
    static struct facts f;
    static char text[PHRASE_TOKENS_MAX * 16];
    size_t n = (size_t)snprintf(text, sizeof text, "Frameld mig. ");

    (void)state;
    for (int i = 0; i < PHRASE_TOKENS_MAX; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "og så videre ");
    memset(&f, 0, sizeof f);
    intent_by_phrases(&f, text, n, false, OUR_NAMES);
    assert_int_equal(f.intent, INTENT_UNSURE);
    n = 0;
    for (int i = 0; i < 2 * PHRASE_FOUND_MAX / 3; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "Frameld mig. ");
    memset(&f, 0, sizeof f);
    intent_by_phrases(&f, text, n, false, OUR_NAMES);
    assert_int_equal(f.intent, INTENT_UNSURE);
}

/* Another text beside "Afmeld" may be about anything, but not where only those
 * write who want to leave. */
static void
the_address_tells_what_a_subject_means(void **state)
{
    static const char text[] = "Hej, det er vist her, jeg skal skrive til.";
    static struct facts f;

    (void)state;
    (void)snprintf(f.subject, sizeof f.subject, "Afmeld");
    intent_by_phrases(&f, text, sizeof text - 1, false, OUR_NAMES);
    assert_int_equal(f.intent, INTENT_UNSURE);
    (void)snprintf(f.to_token, sizeof f.to_token, "tokenofkaren");
    intent_by_phrases(&f, text, sizeof text - 1, false, OUR_NAMES);
    assert_int_equal(f.intent, INTENT_LEAVE);
}

/* Whose letter it is, is told by what the letter is called. */
static void
our_names_are_ours(void **state)
{
    static const char words[] =
        "Jeg vil gerne afmeldes nyhedsbrevet fra Fagligt Nyt.";
    static struct facts f;

    (void)state;
    intent_find(&f, words, sizeof words - 1, true,
        "Nyhedsbrev, Fagligt Nyt <nyt@ministeriet.example>");
    assert_int_equal(f.intent, INTENT_LEAVE);
    memset(&f, 0, sizeof f);
    intent_find(&f, words, sizeof words - 1, true, OUR_NAMES);
    assert_int_not_equal(f.intent, INTENT_LEAVE);
    memset(&f, 0, sizeof f);
    intent_find(&f, words, sizeof words - 1, true, "");
    assert_int_not_equal(f.intent, INTENT_LEAVE);
}

/* The subject is that of our goodbye: what is said below it is no request by
 * likeness alone. */
static void
an_answer_to_a_goodbye(void **state)
{
    static const char words[] = "Jeg skal ikke have de faste breve.";
    static struct facts f;

    (void)state;
    (void)snprintf(
        f.subject, sizeof f.subject, "Du er nu frameldt nyhedsbrevet");
    intent_find(&f, words, sizeof words - 1, true, OUR_NAMES);
    assert_int_not_equal(f.intent, INTENT_LEAVE);
    memset(&f, 0, sizeof f);
    (void)snprintf(f.subject, sizeof f.subject, "Nyhedsbrev 14");
    intent_find(&f, words, sizeof words - 1, true, OUR_NAMES);
    assert_int_equal(f.intent, INTENT_LEAVE);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_files_can_be_read),
        cmocka_unit_test(requests_are_heard),
        cmocka_unit_test(other_mail_is_left_alone),
        cmocka_unit_test(tricky_words_lead_to_no_act),
        cmocka_unit_test(doubt_goes_to_a_person),
        cmocka_unit_test(who_stays_is_told_apart),
        cmocka_unit_test(others_are_not_the_writer),
        cmocka_unit_test(subscriptions_are_heard),
        cmocka_unit_test(answers_by_no_one),
        cmocka_unit_test(words_without_end),
        cmocka_unit_test(words_outlive_the_subject),
        cmocka_unit_test(likeness_has_its_say),
        cmocka_unit_test(a_request_in_the_subject_of_an_answer),
        cmocka_unit_test(the_address_tells_what_a_subject_means),
        cmocka_unit_test(what_is_not_heard_may_speak_against_it),
        cmocka_unit_test(our_names_are_ours),
        cmocka_unit_test(an_answer_to_a_goodbye),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
