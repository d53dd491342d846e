/* SPDX-License-Identifier: ISC */
/* Danish, more of the same as in test_danish_places.c: mistaken sign-ups
 * undone, requests that point back at the sentence before, and an end put to
 * the letter, beside words that end nothing. */
#include "tests/daemon/sayings.h"

/* All of them are taken off. */
static const char *const asking[] = {
    "Vi har lukket klinikken. Brevet vil vi ikke have mere.",
    "Jeg er rejst hjem til Polen. Brevet skal jeg ikke have længere.",
    "Tak for alt. Jeg siger også jeres brev op.",
    "Nyhedsbrevet må du gerne pille fra igen.",
    "Brevet kan I godt droppe.",
    "Jeg vil ikke længere være skrevet op.",
    "Jeg meddeler, at jeg ikke mere ønsker at abonnere.",
    "Dette er en officiel framelding.",
    "Det er et klart nej herfra til flere nyhedsbreve.",
    "I skal slet ikke skrive til mig.",
    "Mit ønske til julemanden: ud af jeres liste.",
    "Denne læser ønsker ikke flere breve.",
    "Nyhedsbrevet har jeg fået i ti år, og nu er jeg gammel. Afslut det "
    "venligst.",
    "Jeg får nyhedsbrevet på en mail, der snart forsvinder. Kan I lukke den "
    "ned hos jer og stryge mig?",
    "Nyhedsbrevet fik jeg gennem jobbet, som er slut, så vær venlig at stoppe "
    "det.",
    "Jeg læser aldrig nyhedsbrevet, så I må gerne stoppe det.",
    "Jeg siger nej tak til jeres.",
    "Jeg rydder op i alle mine nyhedsbreve og vil gerne slippe for jeres.",
    "Undertegnede ønskes ikke længere opført på listen over modtagere.",
    "Jeg melder mig hermed ud som læser.",
    "Jeg har frabedt mig nyhedsbrevet to gange. Alligevel får jeg det stadig.",
    "Siden til at framelde mig er nede. Klarer du det?",
    "Vil du ikke bare trykke på afmeld for mig? Jeg kan ikke finde "
    "afmeldingsknappen.",
    "Nyhedsbrevet ønskes ikke fremsendt mere.",
    "Lad denne mail gælde som min framelding.",
    "Kan man få dig til at slette mig?",
    "Det ville være rart, om I undlod at sende mig flere mails.",
    "Den bliver nedlagt, vores forening, og derfor skal nyhedsbrevet også "
    "stoppes.",
    "Farvel og tak til nyhedsbrevet.",
    "Jeg kom til at trykke ja til nyhedsbrev. Kan du fjerne det flueben igen?",
    "I skriver, at man kan svare og bede om at komme af. Det gør jeg hermed.",
    "Kan du framelde mig? Så gør det nu.",
    "Det var ikke meningen at jeg skulle have nyhedsbrevet. Kan du slette det "
    "igen?",
    "Min nevø kom til at tilmelde mig. Kan I fjerne mig igen?",
};

/* The same words about something else: nobody is taken off. */
static const char *const near[] = {
    "Send bare nyhedsbrevet ud, det er klar.",
    "Brevet vil jeg ikke rette mere i, det er fint.",
    "Jeg vil gerne høre om jeres.",
    "Vi laver selv et nyhedsbrev og vil gerne se jeres.",
    "Kan jeg få lov at bruge jeres?",
    "Jeg har læst jeres.",
    "Jeg har læst nyhedsbrevet. Sagen om Jensen er slem. Stands den!",
    "Jeg vil ikke være skrevet op som medforfatter.",
    "Er det sådan, at jeg ikke længere kan abonnere?",
    "Dette er en afmelding til mødet.",
    "Er det her en afmelding eller en tilmelding til mødet?",
    "Nej til mere ulighed, ja til flere nyhedsbreve.",
    "Brevet kan du godt tage med på mødet.",
    "Bladet kan jeg læse på biblioteket, men jeres brev er på mail.",
    "Brevet må ikke forsvinde fra hjemmesiden.",
    "Skal der ikke sendes flere invitationer til festen?",
    "Mit ønske til jer: flere breve.",
    "Vil du lade mig være fri på fredag, så jeg kan komme til konferencen?",
    "I må slet ikke sende de tal videre.",
    "Denne læser ønsker ikke at være anonym: godt nyhedsbrev!",
    "Jeg beder jer om at lade være at drille redaktøren.",
    "Hvis du lukker det ned, forsvinder nyhedsbrevet så?",
};

static void
whoever_ends_it_is_heard(void **state)
{
    (void)state;
    assert_int_equal(WRONG(asking, BIT(INTENT_LEAVE)), 0);
}

static void
whoever_ends_nothing_stays(void **state)
{
    (void)state;
    assert_int_equal(WRONG(near, ~BIT(INTENT_LEAVE)), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whoever_ends_it_is_heard),
        cmocka_unit_test(whoever_ends_nothing_stays),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
