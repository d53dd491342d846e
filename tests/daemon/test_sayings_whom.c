/* SPDX-License-Identifier: ISC */
/* Who is meant, for how long, and the letter wished for. */
#include "tests/daemon/sayings.h"

/* No more letters to the writer. */
static const char *const requests[] = {
    ("Så fra i dag er det slut med nyhedsbreve til mig, for hverken jeg eller "
     "min kone læser dem."),
    ("Jeg skrev allerede i sommer, at jeg ikke ønskede nyhedsbrevet længere. "
     "Alligevel ligger der et nyt i indbakken i dag. Kan det lade sig gøre at "
     "få det til at holde op?"),
    ("Jeg har sagt til jer før, at jeg ikke vil have de mails mere. Hvornår "
     "holder det op? I sender stadig."),
    ("Jeg har prøvet at finde afmeldingsknappen i en halv time. Kan du gøre "
     "det "
     "for mig?"),
    ("Jeg har ledt længe efter framelding nederst. Vil du ikke gøre det for "
     "mig?"),
    "HVAD er det I ikke forstår ved \"fjern mig\"?",
    "Drop det venligst fremover, jeg læser det ikke.",
    ("Hvis jeg har forstået teksten i bunden rigtigt, så er det nok at svare. "
     "Hermed gjort. Farvel og tak."),
    "Spar på strømmen og send den ikke til mig.",
    "Jeg trækker mit tilsagn om at modtage nyhedsbrevet tilbage.",
    ("Denne mailadresse bruger jeg kun til familien. Vær sød at fjerne den fra "
     "jeres udsendelser."),
    "Ikke til mig mere.",
    "Ikke mere til os, tak.",
    ("Kunne I have overskud til at pille mig ud af jeres nyhedsbrevsliste, når "
     "I engang kommer til det?"),
    ("Jeg har i dag bedt Rummelig imidt om at stoppe nyhedsbrevet til mig. Det "
     "er det, jeg gør her."),
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
    ("Kan du tage Gunhild Ravn af? Hun sidder ved siden af mig og kan ikke "
     "selv "
     "finde ud af det."),
    ("Kan I tage Birgit fra receptionen af jeres liste? Hun er holdt op, og "
     "jeg "
     "får hendes post."),
    ("Preben i vores afdeling vil gerne slippe for nyhedsbrevet, siger han. "
     "Han "
     "kan bare ikke finde ud af det selv."),
    "Vil du slette Rosalina Quist fra listen? Hun er flyttet til udlandet.",
    "Tag venligst Bjarke Toftlund af nyhedsbrevet, han er gået på pension.",
    ("Solvej fra bogholderiet vil gerne frameldes nyhedsbrevet, men tør ikke "
     "skrive selv."),
    "Fjern Henning Storm fra maillisten, tak. Han er ikke ansat her mere.",
    "Vores tidligere praktikant Torvald skal ikke længere have nyhedsbrevet.",
    "I bedes slette Ulrik Bang, som er fratrådt.",
    ("Vores nye mailpolitik betyder, at ingen her må modtage eksterne "
     "nyhedsbreve. Jeg skal derfor bede jer fjerne samtlige modtagere hos os."),
    ("Firmaet skifter navn, og domænet skov-has.dk nedlægges. Slet alt, hvad I "
     "har med den endelse."),
    "Kan I stryge alle modtagere på vores skole? Vi er lukket.",
    "Min nabo Egil vil gerne af med jeres nyhedsbrev.",
    ("Vores kære kollega Ejvind er desværre gået bort. Stop venligst mails til "
     "ham."),
    "Could you take Gunnhild off the list? She has retired.",
    ("Please remove Barnaby Jones from your mailing list, he no longer works "
     "here."),
    "Kan ni ta bort Ingegerd från listan? Hon har slutat.",
    "Kan dere fjerne Torbjørg fra listen? Hun har sluttet hos oss.",
    ("Frau Petersen aus unserem Büro ist im Ruhestand. Bitte nehmen Sie sie "
     "aus "
     "dem Verteiler."),
    ("Bitte streichen Sie Herrn Voss aus dem Verteiler, er ist nicht mehr bei "
     "uns."),
    "Kan du slette Arnbjørn? Han får det to gange.",
    ("Ville du have mulighed for at pille Sylvester ud af listen? Han har sagt "
     "op."),
    ("Min far er 91 og ser næsten ikke mere. Vil I være søde at stoppe "
     "nyhedsbrevet til ham? Han hedder Holger Bisgaard."),
    ("Kollegaen, der sad på denne plads før mig, hed Lone. Hendes abonnement "
     "må "
     "gerne ophøre."),
    ("Hej, jeg skriver på vegne af formanden, som ikke ønsker flere mails fra "
     "jer."),
    ("Vores sekretær er gået på efterløn, så sekretariat@foreningen.example "
     "behøver ikke modtage jeres nyhedsbrev mere."),
    ("Kan I fjerne de tre nedenstående fra listen? De er alle stoppet hos os: "
     "per@firma2.example, ole@firma2.example, ida@firma2.example."),
    ("Jeg har fået adgang til min afdøde brors mail, og I skriver stadig til "
     "ham. Det må gerne holde op nu."),
    ("Der er ingen, der læser info@klubben.example længere. I kan godt slette "
     "den."),
    ("Bestyrelsen har fået ny kasserer. Den gamle, Palle Winther, skal ikke "
     "have jeres breve mere."),
    ("Min mor bor på plejehjem nu og bruger ikke computer. Afmeld hende "
     "venligst."),
    ("Hej, min søn har fået jeres nyhedsbrev, siden han var i praktik. Han er "
     "nu i udlandet og vil gerne tages af."),
    ("Jeg hjælper en borger, som ikke selv kan skrive. Hun vil gerne frameldes "
     "nyhedsbrevet."),
    ("Ifølge vores system er anna@firma3.example stadig tilmeldt. Hun er "
     "fratrådt, så den bør slettes."),
    ("Kan I sørge for, at min mand ikke får flere af de her? Han bliver så "
     "vred "
     "hver gang."),
    ("Undskyld, men kunne I tage vores gamle fællespostkasse af? Den hedder "
     "kontoret@skolen.example."),
    "Mikkel bad mig om at sige, at han ikke vil stå på listen længere.",
    ("Vi har fået ny leder. Den forrige er stadig på jeres liste, og det skal "
     "hun ikke være."),
    "Please stop sending to olga@firma4.example, she has left us.",
    "Kan ni sluta skicka till min man? Han har gått i pension.",
    "Kunne dere sluttet å sende til faren min? Han er dement.",
    "Mein Vater ist verstorben. Bitte senden Sie ihm keine Post mehr.",
};
/* For a while, or taken back: a person decides. */
static const char *const undecided[] = {
    "Kan jeg blive sat på pause indtil næste forår?",
    ("Jeg vil gerne have en pause fra nyhedsbrevet, mens jeg er på barsel. Jeg "
     "er tilbage til september."),
    ("Kan man sætte det på pause? Jeg er på orlov til april og vil helst ikke "
     "have mails imens."),
    "Kan jeg få en pause fra mails i juli og august? Jeg er væk uden computer.",
    ("Hej Tue. Jeg går på barsel om to uger. Kan jeg blive sat på pause til "
     "efter sommer næste år?"),
    "Sæt venligst mit abonnement i bero til nytår.",
    "Kan I holde en pause med at sende til mig, mens jeg er sygemeldt?",
    "Vil I sætte nyhedsbrevet på standby, til jeg er tilbage fra orlov?",
    "Må jeg holde pause fra nyhedsbrevet hen over sommeren?",
    ("Jeg tager et halvt år til Grønland fra februar. Kan du tage mig af til "
     "den tid og på igen i august?"),
    "Kan ni pausa utskicken till mig fram till sommaren?",
    "Kan dere sette nyhetsbrevet på pause til jeg er tilbake?",
    ("Kan dere vente med å sende til meg til etter påske? Da er jeg tilbake "
     "fra "
     "permisjon."),
    "Bitte setzen Sie den Newsletter bei mir bis Ostern aus.",
    "Could you put my newsletter on hold until March?",
    "Kan man slippa er under sommaren och få breven igen i september?",
    "Hur gör man för att avsluta?",
    "Hvor gør man af med sådan et nyhedsbrev, når man ikke gider mere?",
    ("Nyhedsbrevet kan godt stoppe. Mødeindkaldelserne også. Eller dvs. "
     "nyhedsbrevet ved jeg nu ikke med."),
    "Tag mig af listen. Eller nej, lad mig lige tænke over det.",
    "Nej tak.",
    "Måske skulle jeg framelde mig? Jeg er lidt i tvivl.",
    "Hvis I ikke begynder at skrive om psykisk arbejdsmiljø, så meld mig fra.",
    ("Fra 1. februar skal jeg ikke have nyhedsbrevet mere, der går jeg på "
     "pension."),
    ("Jeg vil gerne afmeldes, medmindre I har tænkt jer at skrive om "
     "landbruget."),
    "Når jeg er færdig med uddannelsen til sommer, må I gerne slette mig.",
    "Hvordan afmelder man sig?",
    "Hvor finder jeg linket til at komme af listen?",
    "Skal jeg selv melde fra, når jeg stopper i jobbet?",
    "Slet mig. Nej, vent, jeg vil gerne have decembernummeret med først.",
    "Send det til min kollega i stedet for mig: bo@firma5.example.",
    "Jeg har fået nyt job fra 1. marts. Kan I stoppe til den tid?",
    "Jeg overvejer at stoppe med nyhedsbrevet.",
    "Frameld mig, hvis det er jer der sender fra Herning.",
    "Kan I vente med at sende til efter min barsel?",
    "Tag mig af indtil videre.",
    "Hvad skal man gøre for at blive fri?",
    "If it is going to be weekly, please take me off.",
    "Ta bort mig till hösten.",
    "Kan dere stoppe det når jeg slutter i august?",
};
/* Nothing about the list. */
static const char *const nothing[] = {
    ("Hej Tue, jeg bliver nødt til at trække min tilmelding tilbage. Kan jeg "
     "få "
     "pengene igen?"),
    ("Min mail ændrer sig fra årsskiftet til ole@nytjob-midt.example. Vil du "
     "rette det hos jer, så jeg fortsat får nyhedsbrevet?"),
    ("Min nye mailadresse er post@nyvej.example. Vil du rette det i jeres "
     "system, så jeg stadig får nyhedsbrevet?"),
    ("Jeg har skiftet mail til hanne@nyby.example. Kan du opdatere det, så "
     "nyhedsbrevet fortsat når frem?"),
    "Vi må desværre annullere vores bestilling på 30 plakater.",
    "Jeg er nødt til at trække min ansøgning tilbage, beklager.",
    "Jeg må afbestille overnatningen, vi kommer ikke alligevel.",
    "Vi holder en pause i mødet kl. 14.",
    "Skal der være pause mellem oplæggene?",
    ("Hej Tue, har du talt med Gunhild Ravn om oplægget? Hun vil gerne have "
     "det "
     "på listen."),
    "Kan du tage Birgit med på mødet?",
    "Tag Viborg med i næste nummer, der sker også noget her.",
    "Kan du fjerne Skanderborg fra kortet? Vi er ikke med i projektet mere.",
    ("Jeg har overtaget jobbet efter Torvald, og jeg glæder mig til at læse "
     "med."),
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
    "Jeg har ikke fået nyhedsbrevet endnu. Er det sendt ud?",
    "Kan du fjerne mit telefonnummer fra signaturen i nyhedsbrevet?",
    "Min kollega har meldt sig fra, men jeg bliver endelig på.",
    "Tak, fordi I fik mig af listen så hurtigt!",
    "Jeg så, at Karen er stoppet hos jer. Hvem overtager?",
    "Vi har aflyst mødet, så I behøver ikke sende referatet.",
    "Kan I stoppe med at bruge forkortelser? Min mor forstår det ikke.",
    "Hej, jeg sidder i Portugal og læser med. Herligt brev!",
    "Skal vi slette den sidste sætning i artiklen?",
    "Min chef spurgte, hvem der står på jeres liste. Må I sige det?",
    "Jeg vil gerne have slettet min kommentar på jeres side.",
    "Der var en, der sagde, at I stopper nyhedsbrevet. Passer det?",
    "Jeg skal ikke have kage til mødet, tak.",
    "Kan I sende nyhedsbrevet som brev til min mor? Hun har ikke mail.",
    "Jeg har skiftet efternavn til Holm. Vil I rette det?",
    "Er det muligt at få en liste over deltagerne?",
    "Vi har sagt vores lejemål op og flytter til Åbyhøj.",
    "Hvornår ophører ordningen med flekslønstilskud?",
    "Jeg er træt af kommunen, ikke af jer.",
    "Det var en fejl, at I skrev 2019. Det skal være 2020.",
};
/* Letters to the writer. */
static const char *const wishes[] = {
    "Jeg hørte om jer på en konference i Vejle. Skriver I mig op?",
    "Æv, det var min søn på tre, der trykkede. Op igen med mig, tak :)",
    ("Jeg fik nyhedsbrevet videresendt af min tillidsmand. Sådan et vil jeg "
     "også have. Hvad skal jeg gøre, eller er det nok, at jeg skriver her?"),
    ("Goddag. Min nabo viste mig Deres nyhedsbrev, og det vil jeg gerne "
     "modtage. Jeg har kun mail, ikke Facebook."),
    ("Kan man stadig nå at komme på maillisten? Så vil jeg i hvert fald gerne "
     "med."),
    ("Det blev fel, jag ville inte alls avsluta prenumerationen. Kan ni lägga "
     "till mig igen?"),
    "Oops, unsubscribed the wrong newsletter. Put me back on yours, please.",
    "I hit unsubscribe by accident, sorry. Please add me back.",
    ("Hov, det var ikke meningen jeg skulle slettes! Jeg ville kun af med "
     "kursusmailene. Må jeg komme tilbage på listen?"),
    ("Glem min mail fra i går om at blive frameldt. Jeg vil gerne have "
     "nyhedsbrevet alligevel."),
    ("Hej jeg vil gerne skrive op til jeres nyhed brev. Jeg lærer dansk og "
     "søger job i køkken"),
    "Jeg savner nyhedsbrevet! Sæt mig på igen.",
    "Kan jeg komme med på listen igen? Jeg fortrød.",
    "Jeg trykkede på afmeld ved en fejl. Vil I melde mig til igen?",
    "Jeg vil også gerne have jeres nyhedsbrev. Hvordan bliver jeg skrevet op?",
    "Hej, skriv mig op til nyhedsbrevet. Jeg er vejleder i Randers.",
    "Vil I sætte mig på listen? Jeg hørte om jer på et kursus.",
    "Jeg kunne godt tænke mig at modtage nyhedsbrevet på denne mail.",
    "Tilmeld mig venligst.",
    ("Hej Tue, jeg har fået nyt job og vil gerne have nyhedsbrevet sendt "
     "hertil "
     "fremover."),
    "Må jeg være med på jeres mailliste?",
    "Min kollega viste mig jeres brev. Hvordan kommer jeg på listen?",
    "Jeg kom til at afmelde mig. Kan I lave det om?",
    ("Jeg afmeldte mig ved en fejl i går, det var et andet nyhedsbrev, jeg "
     "ville af med."),
    "Kan jeg få lov at få nyhedsbrevet igen? Jeg savner det.",
    "Skriv mig gerne op til nyhedsbrevet.",
    ("Jeg meldte mig fra sidste år, men nu er jeg tilbage i faget. Sæt mig "
     "endelig på igen."),
    "Jeg vil rigtig gerne følge projektet. Kan I føje mig til listen?",
    "Fortryder min afmelding. Må jeg komme på igen?",
    "Ups, forkert knap! Jeg vil gerne blive ved med at få brevet.",
    "Ja tak til nyhedsbrevet!",
    "Please sign me up for the newsletter.",
    "Could I be added to your mailing list?",
    "Jag vill gärna prenumerera.",
    "Kan jeg få nyhetsbrevet tilsendt?",
    "Ich möchte den Newsletter gerne bekommen.",
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
