/* SPDX-License-Identifier: ISC */
/* Who is meant, for how long, and the letter wished for. */
#include "tests/daemon/sayings.h"

/* No more letters to the writer. */
static const char *const requests[] = {
    "Så fra i dag er det slut med nyhedsbreve til mig, for hverken jeg eller "
    "min kone læser dem.",
    "Jeg skrev allerede i sommer, at jeg ikke ønskede nyhedsbrevet længere. "
    "Alligevel ligger der et nyt i indbakken i dag. Kan det lade sig gøre at "
    "få det til at holde op?",
    "Jeg har sagt til jer før, at jeg ikke vil have de mails mere. Hvornår "
    "holder det op? I sender stadig.",
    "Jeg har prøvet at finde afmeldingsknappen i en halv time. Kan du gøre det "
    "for mig?",
    "Jeg har ledt længe efter framelding nederst. Vil du ikke gøre det for "
    "mig?",
    "HVAD er det I ikke forstår ved \"fjern mig\"?",
    "Drop det venligst fremover, jeg læser det ikke.",
    "Hvis jeg har forstået teksten i bunden rigtigt, så er det nok at svare. "
    "Hermed gjort. Farvel og tak.",
    "Spar på strømmen og send den ikke til mig.",
    "Jeg trækker mit tilsagn om at modtage nyhedsbrevet tilbage.",
    "Denne mailadresse bruger jeg kun til familien. Vær sød at fjerne den fra "
    "jeres udsendelser.",
    "Ikke til mig mere.",
    "Ikke mere til os, tak.",
    "Kunne I have overskud til at pille mig ud af jeres nyhedsbrevsliste, når "
    "I engang kommer til det?",
    "Jeg har i dag bedt Rummelig imidt om at stoppe nyhedsbrevet til mig. Det "
    "er det, jeg gør her.",
    "Men som abonnent melder jeg fra herfra.",
    "Som modtager takker jeg af nu.",
    "Vær rar at lade mig udgå som modtager af nyhedsbrevet.",
    "Slet mig med god samvittighed.",
    "afmeldt mig pls",
    "Sætter I mig af? Jeg kan ikke logge ind nogen steder",
    "Vil ikke have det brev mere.",
};
/* No more letters to somebody else. */
static const char *const others[] = {
    "Kan du tage Gunhild Ravn af? Hun sidder ved siden af mig og kan ikke selv "
    "finde ud af det.",
    "Kan I tage Birgit fra receptionen af jeres liste? Hun er holdt op, og jeg "
    "får hendes post.",
    "Preben i vores afdeling vil gerne slippe for nyhedsbrevet, siger han. Han "
    "kan bare ikke finde ud af det selv.",
    "Vil du slette Rosalina Quist fra listen? Hun er flyttet til udlandet.",
    "Tag venligst Bjarke Toftlund af nyhedsbrevet, han er gået på pension.",
    "Solvej fra bogholderiet vil gerne frameldes nyhedsbrevet, men tør ikke "
    "skrive selv.",
    "Fjern Henning Storm fra maillisten, tak. Han er ikke ansat her mere.",
    "Vores tidligere praktikant Torvald skal ikke længere have nyhedsbrevet.",
    "I bedes slette Ulrik Bang, som er fratrådt.",
    "Vores nye mailpolitik betyder, at ingen her må modtage eksterne "
    "nyhedsbreve. Jeg skal derfor bede jer fjerne samtlige modtagere hos os.",
    "Firmaet skifter navn, og domænet skov-has.dk nedlægges. Slet alt, hvad I "
    "har med den endelse.",
    "Kan I stryge alle modtagere på vores skole? Vi er lukket.",
    "Min nabo Egil vil gerne af med jeres nyhedsbrev.",
    "Vores kære kollega Ejvind er desværre gået bort. Stop venligst mails til "
    "ham.",
    "Could you take Gunnhild off the list? She has retired.",
    "Please remove Barnaby Jones from your mailing list, he no longer works "
    "here.",
    "Kan ni ta bort Ingegerd från listan? Hon har slutat.",
    "Kan dere fjerne Torbjørg fra listen? Hun har sluttet hos oss.",
    "Frau Petersen aus unserem Büro ist im Ruhestand. Bitte nehmen Sie sie aus "
    "dem Verteiler.",
    "Bitte streichen Sie Herrn Voss aus dem Verteiler, er ist nicht mehr bei "
    "uns.",
    "Kan du slette Arnbjørn? Han får det to gange.",
    "Ville du have mulighed for at pille Sylvester ud af listen? Han har sagt "
    "op.",
};
/* For a while, or taken back: a person decides. */
static const char *const undecided[] = {
    "Kan jeg blive sat på pause indtil næste forår?",
    "Jeg vil gerne have en pause fra nyhedsbrevet, mens jeg er på barsel. Jeg "
    "er tilbage til september.",
    "Kan man sætte det på pause? Jeg er på orlov til april og vil helst ikke "
    "have mails imens.",
    "Kan jeg få en pause fra mails i juli og august? Jeg er væk uden computer.",
    "Hej Tue. Jeg går på barsel om to uger. Kan jeg blive sat på pause til "
    "efter sommer næste år?",
    "Sæt venligst mit abonnement i bero til nytår.",
    "Kan I holde en pause med at sende til mig, mens jeg er sygemeldt?",
    "Vil I sætte nyhedsbrevet på standby, til jeg er tilbage fra orlov?",
    "Må jeg holde pause fra nyhedsbrevet hen over sommeren?",
    "Jeg tager et halvt år til Grønland fra februar. Kan du tage mig af til "
    "den tid og på igen i august?",
    "Kan ni pausa utskicken till mig fram till sommaren?",
    "Kan dere sette nyhetsbrevet på pause til jeg er tilbake?",
    "Kan dere vente med å sende til meg til etter påske? Da er jeg tilbake fra "
    "permisjon.",
    "Bitte setzen Sie den Newsletter bei mir bis Ostern aus.",
    "Could you put my newsletter on hold until March?",
    "Kan man slippa er under sommaren och få breven igen i september?",
    "Hur gör man för att avsluta?",
    "Hvor gør man af med sådan et nyhedsbrev, når man ikke gider mere?",
    "Nyhedsbrevet kan godt stoppe. Mødeindkaldelserne også. Eller dvs. "
    "nyhedsbrevet ved jeg nu ikke med.",
    "Tag mig af listen. Eller nej, lad mig lige tænke over det.",
};
/* Nothing about the list. */
static const char *const nothing[] = {
    "Hej Tue, jeg bliver nødt til at trække min tilmelding tilbage. Kan jeg få "
    "pengene igen?",
    "Min mail ændrer sig fra årsskiftet til ole@nytjob-midt.example. Vil du "
    "rette det hos jer, så jeg fortsat får nyhedsbrevet?",
    "Min nye mailadresse er post@nyvej.example. Vil du rette det i jeres "
    "system, så jeg stadig får nyhedsbrevet?",
    "Jeg har skiftet mail til hanne@nyby.example. Kan du opdatere det, så "
    "nyhedsbrevet fortsat når frem?",
    "Vi må desværre annullere vores bestilling på 30 plakater.",
    "Jeg er nødt til at trække min ansøgning tilbage, beklager.",
    "Jeg må afbestille overnatningen, vi kommer ikke alligevel.",
    "Vi holder en pause i mødet kl. 14.",
    "Skal der være pause mellem oplæggene?",
    "Hej Tue, har du talt med Gunhild Ravn om oplægget? Hun vil gerne have det "
    "på listen.",
    "Kan du tage Birgit med på mødet?",
    "Tag Viborg med i næste nummer, der sker også noget her.",
    "Kan du fjerne Skanderborg fra kortet? Vi er ikke med i projektet mere.",
    "Jeg har overtaget jobbet efter Torvald, og jeg glæder mig til at læse "
    "med.",
    "Jeg er her ikke mere.",
    "Jeg bor der ikke mere.",
    "Nyhedsbrevet er flot, og det samme gælder hjemmesiden.",
    "Send den ikke til mig, men til Karen.",
    "Som læser melder jeg mig gerne til at skrive en artikel.",
    "Jeg trækker mit tilsagn om at holde oplæg tilbage.",
    "Hvad er det, du ikke forstår ved skemaet?",
    "Står jeg stadig på listen? Håber det.",
    "Slut med snak om nyhedsbreve, kom og besøg os.",
    "Sætter I mig på holdet? Jeg kan ikke logge ind.",
    "Lad mig udgå af deltagerlisten til turen.",
    "Hermed gjort! Se vedhæftede skema.",
};
/* Letters to the writer. */
static const char *const wishes[] = {
    "Æv, det var min søn på tre, der trykkede. Op igen med mig, tak :)",
    "Jeg fik nyhedsbrevet videresendt af min tillidsmand. Sådan et vil jeg "
    "også have. Hvad skal jeg gøre, eller er det nok, at jeg skriver her?",
    "Goddag. Min nabo viste mig Deres nyhedsbrev, og det vil jeg gerne "
    "modtage. Jeg har kun mail, ikke Facebook.",
    "Kan man stadig nå at komme på maillisten? Så vil jeg i hvert fald gerne "
    "med.",
    "Det blev fel, jag ville inte alls avsluta prenumerationen. Kan ni lägga "
    "till mig igen?",
    "Oops, unsubscribed the wrong newsletter. Put me back on yours, please.",
    "I hit unsubscribe by accident, sorry. Please add me back.",
    "Hov, det var ikke meningen jeg skulle slettes! Jeg ville kun af med "
    "kursusmailene. Må jeg komme tilbage på listen?",
    "Glem min mail fra i går om at blive frameldt. Jeg vil gerne have "
    "nyhedsbrevet alligevel.",
    "Øv, jeg ramte afmeld i stedet for læs mere. Kan I ophæve det?",
    "Hej jeg vil gerne skrive op til jeres nyhed brev. Jeg lærer dansk og "
    "søger job i køkken",
    "Jeg savner nyhedsbrevet! Sæt mig på igen.",
    "Kan jeg komme med på listen igen? Jeg fortrød.",
    "Jeg trykkede på afmeld ved en fejl. Vil I melde mig til igen?",
    "Jeg vil også gerne have jeres nyhedsbrev. Hvordan bliver jeg skrevet op?",
    "Hej, skriv mig op til nyhedsbrevet. Jeg er vejleder i Randers.",
};

static void
requests_are_heard(void **state)
{
    (void)state;
    assert_int_equal(WRONG(requests, BIT(INTENT_LEAVE)), 0);
}

static void
somebody_else_is_not_the_writer(void **state)
{
    (void)state;
    assert_int_equal(
        WRONG(others, BIT(INTENT_LEAVE_OTHER) | BIT(INTENT_UNSURE)), 0);
}

static void
a_person_decides(void **state)
{
    (void)state;
    assert_int_equal(WRONG(undecided, BIT(INTENT_UNSURE)), 0);
}

static void
other_mail_is_left_alone(void **state)
{
    (void)state;
    assert_int_equal(WRONG(nothing, BIT(INTENT_NONE) | BIT(INTENT_STAY)), 0);
}

static void
the_letter_is_wished_for(void **state)
{
    (void)state;
    assert_int_equal(WRONG(wishes, BIT(INTENT_JOIN) | BIT(INTENT_STAY)), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_are_heard),
        cmocka_unit_test(somebody_else_is_not_the_writer),
        cmocka_unit_test(a_person_decides),
        cmocka_unit_test(other_mail_is_left_alone),
        cmocka_unit_test(the_letter_is_wished_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
