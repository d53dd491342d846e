/* SPDX-License-Identifier: ISC */
/* How a Dane asks to be let off: the verbs, the nouns for the letter and for
 * the reader, and the frames they come in, one sentence of each kind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/intent.h"

/* Taken off at once. */
static const char *const plain[] = {
    "Vil du gerne have mig til at stoppe med at brokke mig? Så pil mig ud.",
    "Ryd mig venligst ud af kartoteket.",
    "I må gerne skrive mig ud igen.",
    "Skriv mig ud, tak.",
    "Kan I stryge os?",
    "Jeg takker af og ønsker ikke flere udsendelser.",
    "Jeg trækker mig fra nyhedsbrevet.",
    "Jeg siger farvel til nyhedsbrevet.",
    "Jeg siger nej tak til flere mails fra jer.",
    "Jeg siger stop til nyhedsbrevet.",
    "Jeg fravælger jeres mails fremover.",
    "Hermed opsiger jeg nyhedsbrevet.",
    "Nyhedsbrevet opsiges hermed.",
    "Mit abonnement på nyhedsbrevet bedes annulleret.",
    "Abonnementet ophører venligst nu.",
    "Vi afbestiller nyhedsbrevet.",
    "Nyhedsbrevet afbestilles.",
    "Jeg vil gerne have afbestilt nyhedsbrevet.",
    "Jeg vil gerne have lukket for nyhedsbrevet.",
    "Luk for de mails, tak.",
    "Vil du lukke mit abonnement?",
    "Kan du slå nyhedsbrevet fra for mig?",
    "Bloker min adresse i jeres system, så jeg ikke får mere.",
    "Undgå venligst at skrive til denne adresse fremover.",
    "I kan spare jer for at sende mig mere.",
    "Spar papiret og send ikke mere til mig.",
    "Spar mig for flere nyhedsbreve.",
    "Skån mig for mere af den slags.",
    "Fri mig for jeres nyhedsbrev.",
    "Fritag mig venligst for flere udsendelser.",
    "Lad mig slippe for nyhedsbrevet.",
    "Lad være med at sende det der.",
    "Lad være med at maile mig.",
    "Lad vær med at skrive til mig",
    "Kan I ikke lade være med at sende de nyhedsbreve til mig?",
    "Vil I ikke nok holde op med at sende mig det?",
    "Hold nu op med de nyhedsbreve.",
    "Hold op med at skrive til os.",
    "Hold op med det nyhedsbrev.",
    "Drop nyhedsbrevet til mig.",
    "Drop de mails.",
    "Stop det nyhedsbrev nu.",
    "Stop nyhedsbrevet, tak.",
    "Stands venligst tilsendelsen.",
    "Udsendelsen til mig bedes standset.",
    "Indstil venligst fremsendelsen af nyhedsbreve.",
    "Jeg har ingen interesse i at modtage jeres nyhedsbrev.",
    "Jeg er ikke interesseret i flere mails fra jer.",
    "Jeg har ikke længere brug for at få nyhedsbrevet.",
    "Nyhedsbrevet har jeg ikke brug for mere.",
    "Jeg har fået nok af jeres nyhedsbreve.",
    "Jeg behøver ikke få dem mere.",
    "Jeg behøver ikke nyhedsbrevet længere.",
    "Vi skal ikke have mere fra jer.",
    "Vi skal ikke bruge nyhedsbrevet mere.",
    "Jeg skal ikke have flere.",
    "Jeg vil helst være fri for jeres nyhedsbrev.",
    "Jeg vil hellere være fri for de her mails.",
    "Jeg vil helst ikke have dem mere.",
    "Jeg vil foretrække ikke at modtage nyhedsbrevet.",
    "Jeg foretrækker ikke at få flere nyhedsbreve.",
    "Jeg ønsker at blive taget af.",
    "Jeg ønsker mig fjernet fra listen.",
    "Jeg ønsker min adresse slettet.",
    "Jeg vil bede om at min mail slettes.",
    "Min adresse bedes slettet.",
    "Mit navn bedes fjernet fra mailinglisten.",
    "Mit navn må gerne tages af listen.",
    "Min mail skal ikke stå på jeres liste.",
    "Må jeg ikke nok blive taget af listen?",
    "Kan jeg blive fri for flere nyhedsbreve?",
    "Kan jeg slippe for at modtage jeres mails?",
    "Kan jeg slippe for de mails?",
    "Kan jeg blive pillet ud af listen?",
    "Kan jeg få mig selv fjernet fra listen?",
    "Kan jeg få slettet min mailadresse hos jer?",
    "Kan jeg få stoppet nyhedsbrevet?",
    "Kan jeg komme ud af den her liste?",
    "Kan man komme af listen?",
    "Er det muligt at blive slettet fra jeres liste?",
    "Er der mulighed for at komme af nyhedsbrevet?",
    "Gider du slette mig?",
    "Gider I godt holde op med at spamme mig?",
    "Må jeg bede om at I sletter mig?",
    "Jeg beder jer venligst slette mig i jeres database.",
    "Jeg anmoder hermed om at blive taget af listen.",
    "Jeg anmoder om sletning fra mailinglisten.",
    "Jeg skal venligst anmode om at blive frameldt.",
    "Jeg har bedt om at blive slettet, men får stadig nyhedsbrevet.",
    "Jeg har afmeldt mig, og alligevel kommer det.",
    "Jeg har afmeldt mig to gange. Nu kom der endnu et nyhedsbrev.",
    "Jeg har tidligere frameldt mig. I sender stadig.",
    "Jeg har frameldt mig tre gange nu, hvorfor bliver I ved med at sende?",
    "Hvorfor får jeg det stadig? Jeg afmeldte mig i marts.",
    "Hvor mange gange skal jeg afmelde mig?",
    "Hvor mange gange skal jeg bede om at blive slettet?",
    "Hvornår sletter I mig?",
    "Hvor svært kan det være at slette mig?",
    "Det er nu fjerde gang jeg afmelder mig.",
    "Trods min afmelding får jeg fortsat jeres nyhedsbrev.",
    "På trods af gentagne afmeldinger modtager jeg fortsat jeres mails.",
    "Jeg troede jeg var afmeldt, men der kom et igen.",
    "Jeg håber I vil slette mig.",
    "Jeg håber, I kan tage mig af listen.",
    "Jeg går ud fra, at I sletter mig nu.",
    "Jeg forventer at blive slettet.",
    "Jeg forventer ikke at høre mere fra jer.",
    "Jeg vil gerne være fri for at høre mere fra jer.",
    "Jeg vil ikke høre mere fra jer.",
    "Jeg vil ikke skrives til mere.",
    "Jeg vil ikke længere stå som modtager.",
    "Jeg vil ikke være med længere. Slet min mail.",
    "Nyhedsbrevet vil jeg gerne være foruden.",
    "Nyhedsbrevet kan jeg godt undvære, så slet mig bare.",
    "Nyhedsbrevet må I gerne holde op med at sende.",
    "Jeg læser det aldrig, så I kan godt slette mig.",
    "Jeg får alligevel ikke læst det, så tag mig bare af.",
    "Da jeg er gået på pension, ønsker jeg ikke længere nyhedsbrevet.",
    "Denne adresse skal ikke længere modtage nyhedsbrevet.",
    "Fjern denne mail fra jeres liste.",
    "Denne mailadresse bedes slettet.",
    "Undertegnede ønsker at udgå af listen.",
    "Undertegnede ønsker sig slettet.",
    "Frabeder mig flere mails.",
    "Jeg vil gerne frabede mig nyhedsbrevet.",
    "Jeg frabeder mig venligst yderligere henvendelser.",
    "Nej tak til nyhedsbrev.",
    "Nej tak til mere post fra jer",
    "Ingen mails mere, tak.",
    "Ikke flere nyhedsbreve til mig.",
    "Ikke mere nyhedsbrev tak",
    "ikke mere post",
    "ingen flere mails",
    "Væk med det nyhedsbrev.",
    "Væk fra listen, tak.",
    "Ud af listen med mig!",
    "Af listen, og det kan ikke gå hurtigt nok.",
    "Tag mig ud.",
    "Tag mig af, tak.",
    "Tag min mail ud af jeres system.",
    "Slet min tilmelding.",
    "Annuller min tilmelding til nyhedsbrevet.",
    "Ophæv mit abonnement.",
    "Vil I venligst afslutte mit abonnement på jeres nyhedsbrev?",
    "Jeg ønsker ikke at abonnere længere.",
    "Jeg er ikke længere abonnent. Slet mig.",
    "Jeg vil ikke være tilmeldt længere.",
    "Jeg vil ikke længere være tilmeldt nyhedsbrevet.",
    "Jeg ønsker ikke at være tilmeldt.",
    "Jeg ønsker ikke denne mail.",
    "Jeg ønsker ikke disse mails.",
    "Jeg vil gerne afmelde mine mails fra jer.",
    "Jeg vil af med jeres nyhedsbrev.",
    "Hvordan slipper jeg af med det nyhedsbrev? Slet mig, tak.",
    "Jeg melder fra til nyhedsbrevet.",
    "Jeg må melde fra til nyhedsbrevet herfra.",
    "Jeg melder mig ud af nyhedsbrevet.",
    "Meld mig ud, tak.",
    "Meld mig fra jeres liste.",
    "Meld mig fra, jeg orker ikke flere mails.",
    "Jeg har trukket mit samtykke tilbage. Slet mig.",
    "Hermed trækker jeg mit samtykke til nyhedsbrevet tilbage.",
    "Jeg har ikke tilmeldt mig det her, så fjern mig.",
    "Jeg har ikke tilmeldt mig og vil ikke have det.",
    "Jeg ved ikke hvorfor jeg får det. Jeg vil ikke have det.",
    "Det må være nok nu. Ingen flere mails.",
    "Tak for nu, men jeg vil ikke have flere.",
    "Tak for mange gode nyhedsbreve. Jeg framelder mig nu.",
    "Kære alle. Jeg er desværre nødt til at afmelde mig nyhedsbrevet.",
    "Desværre må jeg afmelde mig.",
    "Afmeld os alle tre. Nej, afmeld bare mig.",
    "Jeg skal bede om framelding.",
    "Ønsker afmelding.",
    "Framelding, tak!",
    "Afmelding af nyhedsbrev 14 og alle de næste.",
    "sletning fra maillisten ønskes",
    "Vær venlig at lade mig udgå.",
    "Vær sød at glemme min adresse.",
    "I må ikke sende mig flere mails.",
    "I skal ikke sende mig nyhedsbreve.",
    "I behøver ikke sende mere til mig.",
    "I behøver ikke at sende det til mig længere.",
    "Du behøver ikke sende flere.",
    "Send ikke mere til denne adresse.",
    "Send venligst ikke flere mails hertil.",
    "Send det til en anden end mig, jeg vil ikke have det.",
    "Der skal ikke sendes mere hertil.",
    "Der bedes ikke sendt flere nyhedsbreve til mig.",
    "Nyhedsbrevet bedes ikke sendt til mig mere.",
    "Nyhedsbrevet ønskes ikke længere.",
    "Nyhedsbrevet skal ikke længere sendes til mig.",
    "Nyhedsbrevet er uønsket.",
    "Uønsket. Slet mig.",
    "gider ikke få det her",
    "gider ik ha de nyhedsbreve",
    "vil ik ha mere",
    "jeg vil slettes",
    "vil gerne slettes",
    "vil gerne meldes fra",
    "vil gerne meldes ud",
    "A vil gjern slettes",
    "Kan I it lå vær mæ å send det",
    "slet mi mail tak",
    "Jeg vil bede jer om at undlade at maile til mig.",
    "Må jeg få mit navn slettet?",
    "Jeg har brug for at få slettet min adresse i jeres register.",
    "Jeg har ikke plads til flere mails. Kan du tage mig af?",
    "Hvis du kan, så slet mig fra nyhedsbrevet.",
    "Nyhedsbrevet kommer stadig, selv om jeg har bedt om at slippe.",
    "Jeg skal slet ikke have det nyhedsbrev.",
    "Det er ikke mig, der har skrevet mig op, så vær venlig at slette mig.",
    "Jeg vil ikke spammes mere.",
    "I kan godt stoppe med at sende mig det der nyhedsbrev.",
    "Hej, jeg ønsker at afslutte abonnementet på jeres nyhedsbrev.",
    "Hej. Tak for tilsendte nyhedsbreve. Jeg ønsker ikke at modtage flere.",
    "Jeg ønsker fremover ikke at få tilsendt nyhedsbrevet.",
    "Jeg skal bare ikke have det mere, tak.",
    "Ta mig af listen",
    "Fjern mig fra mailinglisten ASAP",
    "Kan I være søde at afmelde mig? Jeg kan ikke finde linket.",
    "Jeg vil godt afmeldes.",
    "Jeg vil meget gerne fjernes fra denne mailliste.",
    "Det er tredje gang jeg beder om at blive slettet!",
    "For 3. gang: Slet mig!",
    "Nu gider jeg ikke mere. Fjern mig fra jeres liste.",
    "Kan I sørge for at jeg ikke får flere af de her?",
    "Sørg for, at jeg ikke får mere fra jer.",
    "Vil du sørge for at min mail bliver slettet på listen?",
    "Jeg er ikke i målgruppen. Slet mig venligst.",
    "Jeg er havnet på listen ved en fejl, slet mig.",
    "Jeg vil gerne af den igen.",
    "Jeg ville gerne afmelde nyhedsbrevet.",
    "Kunne jeg få jer til at slette mig?",
    "Kan jeg få jer til at stoppe nyhedsbrevet til mig?",
    "Vil I notere, at jeg ikke ønsker nyhedsbrevet?",
    "Notér venligst, at jeg ikke længere ønsker at modtage jeres mails.",
    "Bemærk venligst at jeg ikke ønsker at stå på jeres liste.",
    "Jeg meddeler hermed, at jeg udtræder af listen.",
    "Hermed meddeles, at jeg ikke ønsker nyhedsbrevet.",
    "Hermed min framelding.",
    "Dette er en afmelding.",
    "Dette er min afmelding fra nyhedsbrevet.",
    "Betragt dette som min afmelding.",
    "Lad mig komme af listen.",
    "Jeg siger pænt nej tak til nyhedsbrevet.",
    "Nej tak til nyhedsbrevet herfra.",
    "Tak, men jeg har ikke brug for nyhedsbrevet.",
    "Jeg får rigeligt med mails, så nyhedsbrevet må gerne stoppe.",
    "Nyhedsbrevet må gerne stoppe nu.",
    "PS: afmeld mig lige nyhedsbrevet.",
    "PS. Jeg vil gerne slettes fra nyhedsbrevet.",
    "Jeg er gået på barsel og vil gerne frameldes nyhedsbrevet.",
    "Stop med at skrive.",
    "stop med det",
    "Stop nu!",
    "Stop det her",
    "Slet mig fra jeres systemer.",
    "Slet mine oplysninger og stop med at sende mig nyhedsbreve.",
    "Kan ikke afmelde mig via linket - gør det for mig",
    "Afmeldingslinket virker ikke. Afmeld mig manuelt.",
    "Jeg prøver at afmelde mig men der sker ikke noget. Hjælp!",
    "Linket til at afmelde virker ikke. Vil I slette mig?",
    "Har afmeldt mig 2 gange. Får stadig mails.",
    "Jeg behøver ikke jeres nyhedsbrev i min nye stilling.",
    "Er det for meget forlangt at komme af listen?",
    "Jeg er 84 og kan ikke se at læse mere. Vær så venlig at slette mig.",
    "Jeg ønsker ikke længere at følge projektet og vil gerne slettes.",
    "Jeg er ikke interesseret. Fjern mig.",
    "Ikke interesseret i nyhedsbrevet mere, slet mig tak.",
    "Lad mig være i fred. Slet min mail!",
    "Min postkasse er fuld, så ingen nyhedsbreve mere tak",
    "Sæt venligst en stopper for nyhedsbrevet.",
    "Kan I stoppe med det?",
    "Kan man få det stoppet?",
    "Jeg vil gerne have det stoppet.",
    "Jeg vil gerne have mit navn fjernet fra listen.",
    "Jeg vil gerne have slettet min mail.",
    "Jeg vil gerne have at I fjerner mig.",
    "jeg vil gerne have i sletter mig",
    "Ønsker at blive slettet.",
    "Ønsker at framelde mig.",
    "Bedes frameldt.",
    "Venligst afmeld.",
    "Venligst fjern mig.",
};

/* Too little is said: a person decides. */
static const char *const weak[] = {
    "Nyhedsbrevet er ikke noget for mig, så det må I gerne stoppe.",
    "Tag adressen ud.",
    "Slet adressen.",
    "Jeg har aldrig bedt om det nyhedsbrev. Stop det.",
    "jeg gider ikke mere",
    "Pil mig ud af den her rundsending.",
    "Det er da utroligt. Jeg HAR meldt mig fra!",
    "Jeg vil gerne ud.",
    "Vi får det i forvejen på arbejdet, så det her kan I godt slette.",
    "Venligst slet.",
};

static enum intent
asked(const char *text)
{
    static struct facts facts;

    memset(&facts, 0, sizeof facts);
    (void)snprintf(facts.from, sizeof facts.from, "karen@heden.example");
    (void)snprintf(
        facts.subject, sizeof facts.subject, "Nyhedsbrev 14 - Rummelig imidt");
    intent_find(&facts, text, strlen(text), true);
    return facts.intent;
}

static void
all_are(const char *const *texts, size_t n, enum intent want)
{
    int wrong = 0;

    for (size_t i = 0; i < n; i++) {
        enum intent got = asked(texts[i]);

        if (got != want) {
            print_error("want %d, got %d: %s\n", (int)want, (int)got, texts[i]);
            wrong++;
        }
    }
    assert_int_equal(wrong, 0);
}

static void
ordinary_requests_are_heard(void **state)
{
    (void)state;
    all_are(plain, sizeof plain / sizeof *plain, INTENT_LEAVE);
}

static void
weak_requests_go_to_a_person(void **state)
{
    (void)state;
    all_are(weak, sizeof weak / sizeof *weak, INTENT_UNSURE);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ordinary_requests_are_heard),
        cmocka_unit_test(weak_requests_go_to_a_person),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
