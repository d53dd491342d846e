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
    ("Nyhedsbrevet har jeg fået i ti år, og nu er jeg gammel. Afslut det "
     "venligst."),
    ("Jeg får nyhedsbrevet på en mail, der snart forsvinder. Kan I lukke den "
     "ned hos jer og stryge mig?"),
    ("Nyhedsbrevet fik jeg gennem jobbet, som er slut, så vær venlig at stoppe "
     "det."),
    "Jeg læser aldrig nyhedsbrevet, så I må gerne stoppe det.",
    "Jeg siger nej tak til jeres.",
    "Jeg rydder op i alle mine nyhedsbreve og vil gerne slippe for jeres.",
    "Undertegnede ønskes ikke længere opført på listen over modtagere.",
    "Jeg melder mig hermed ud som læser.",
    "Jeg har frabedt mig nyhedsbrevet to gange. Alligevel får jeg det stadig.",
    "Siden til at framelde mig er nede. Klarer du det?",
    ("Vil du ikke bare trykke på afmeld for mig? Jeg kan ikke finde "
     "afmeldingsknappen."),
    "Nyhedsbrevet ønskes ikke fremsendt mere.",
    "Lad denne mail gælde som min framelding.",
    "Kan man få dig til at slette mig?",
    "Det ville være rart, om I undlod at sende mig flere mails.",
    ("Den bliver nedlagt, vores forening, og derfor skal nyhedsbrevet også "
     "stoppes."),
    "Farvel og tak til nyhedsbrevet.",
    "Jeg kom til at trykke ja til nyhedsbrev. Kan du fjerne det flueben igen?",
    "I skriver, at man kan svare og bede om at komme af. Det gør jeg hermed.",
    "Kan du framelde mig? Så gør det nu.",
    ("Det var ikke meningen at jeg skulle have nyhedsbrevet. Kan du slette det "
     "igen?"),
    "Min nevø kom til at tilmelde mig. Kan I fjerne mig igen?",
    "Rundmailen har jeg ikke glæde af længere, så tag mig ud.",
    "Hold mig ude af udsendelseslisten, tak.",
    "Kan jeg komme ud af kredsen, der får brevet?",
    "Jeg vil gerne være anonym igen. Slet mit navn hos jer.",
    "Min mailadresse har ikke noget at gøre på jeres liste.",
    "Abonnementet bedes bragt til ophør.",
    "Udsendelsen til mig kan ophøre med øjeblikkelig virkning.",
    "Jeg har ladet mig pensionere og beder om at udgå af fordeleren.",
    "Efter fusionen hører vi under en anden region. Stryg os derfor af listen.",
    ("Jeg er nu bosat i Tyskland og kan ikke bruge brevet til noget. Stop det "
     "venligst."),
    "Jeg er flyttet fra kommunen og fra jer. Meld mig ud.",
    ("Jeg har fået hørenedsættelse, nej vent, synsnedsættelse. Brevet kan jeg "
     "ikke læse. Slet mig."),
    "Jeg solgte værkstedet i påsken, så jeg skal ikke have jeres orientering.",
    "Efter fyringen vil jeg ikke mindes om det hele. Fjern mig.",
    "Fremover klarer jeg mig uden jeres nyhedsbrev.",
    "Jeg klarer mig fint uden. Slet mig.",
    "Nyhedsbrevet har jeg ikke tid til, så det skal stoppes.",
    "Jeg orker ikke at skrolle forbi jeres breve mere. Fjern mig.",
    "Jeg har bedt om dette i august: fjern mig.",
    ("Der står i jeres svar fra august, at jeg er slettet. Det er jeg ikke. "
     "Gør "
     "det nu."),
    "Jeg blev lovet, at jeg ville blive slettet. Hvorfor er det ikke sket?",
    "Nu har jeg bedt pænt to gange. Tredje gang bliver mindre pæn. Slet mig.",
    "Som jeg også skrev sidst: ingen nyhedsbreve, tak.",
    "For tredje gang: afmeld.",
    "Vil I ikke nok høre, hvad jeg skriver? Jeg vil ikke have det nyhedsbrev.",
    "Jeg rykker hermed for min afmelding.",
    "Dette er en rykker. I har endnu ikke slettet mig.",
    "Det er nu et halvt år siden, jeg frameldte mig, og brevet kommer stadig.",
    "Jeg satte et flueben for meget. Fjern mig fra listen igen.",
    "Jeg troede nyhedsbrevet handlede om noget andet. Afmeld mig derfor.",
    "Min søn har meldt mig til alt muligt på nettet. Tag mig af jeres liste.",
    "Det er min kones adresse, nej min egen, sorry. Fjern den fra listen.",
    ("Jeg vidste ikke, at jeg sagde ja til et nyhedsbrev. Det gør jeg så ikke "
     "mere. Slet mig."),
    "Jeg har skrevet mig op i den forkerte boks. Vil I fjerne mig?",
    "Bed systemet om at glemme mig.",
    "Sørg venligst for, at min mail ikke ligger hos jer mere.",
    "Se venligst bort fra min adresse ved fremtidige udsendelser.",
    "Undlad venligst at medtage mig ved næste udsendelse og fremover.",
    "Jeg ønsker ingen post fra Rummelig imidt.",
    "Rummelig imidt skal ikke sende mig mere.",
    "Rummelig imidt må gerne glemme min mailadresse.",
    "Jeg ønsker ikke at høre mere fra projektet.",
    "Jeg har ikke bedt om jeres post og vil ikke have den.",
    "Jeg betakker mig for flere nyhedsbreve.",
    "Jeg må betakke mig.  Nyhedsbrevet er ikke mig.",
    "Jeg afstår fra at modtage mere.",
    "Jeg vil afstå fra flere udsendelser.",
    "Jeg giver afkald på nyhedsbrevet.",
    "Herfra skal der lyde et pænt nej tak til flere udsendelser.",
    "I er valgt fra. Slet min mail.",
    "Jeg sætter et punktum her og melder mig fra nyhedsbrevet.",
    "Nu vil jeg have fred for det nyhedsbrev.",
    "Jeg vil have mit navn ud af jeres kartotek inden weekenden.",
    "Vær så venlig at slå en streg over min adresse.",
    "Kan vi aftale, at det var det sidste nyhedsbrev til mig?",
    "Lad nummer 14 være mit sidste.",
    "Nummer 14 bliver mit sidste nyhedsbrev, tak.",
    "Jeg kan ikke mere med alle de mails. Hjælp mig af jeres liste.",
    "Jeg bruger ikke længere mail. Fjern mig fra nyhedsbrevet.",
    "Min postkasse er fuld, blandt andet på grund af jer. Stop.",
    "Jeg er ikke med i netværket mere og skal heller ikke have nyhedsbrevet.",
    "Vi skal ikke bruge det, så lad være med at sende det.",
    "Vi er to, der får det. Det er nok med min mand. Tag mig af.",
    "Tillykke med fødselsdagen! PS: tag mig af nyhedsbrevet.",
    "Vi ses på torsdag. For øvrigt må du godt fjerne mig fra nyhedsbrevet.",
    "Tak for rapporten. Nyhedsbrevet kan jeg derimod godt undvære.",
    ("Jeg vil gerne fortsat inviteres til møder, men nyhedsbrevet skal I ikke "
     "sende."),
    "Regningen er betalt. Nyhedsbrevet vil jeg ikke have.",
    "Jeg kommer til mødet på mandag. Fjern mig fra nyhedsbrevslisten inden da.",
    "Mit telefonnummer er ændret. Og så vil jeg af nyhedsbrevet.",
    ("Flot arbejde med konferencen! Jeg er dog nødt til at melde mig ud af "
     "nyhedsbrevet."),
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
    "Det har ikke noget at gøre med listen.",
    "Jeg ved ikke, om min artikel har noget at gøre i nyhedsbrevet.",
    "Nummer 14 er mit bedste nyhedsbrev.",
    "Nummer 3 er mit sidste på hylden, har du de andre?",
    "Se bort fra min mail i går.",
    "Se bort fra min afmelding.",
    "Sørg for, at min mail ikke ligger på hjemmesiden.",
    "Vi lukkede i ferien, men nyhedsbrevet kom alligevel frem.",
    "Nu gør jeg det igen: roser jeres nyhedsbrev.",
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
