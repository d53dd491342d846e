/* SPDX-License-Identifier: ISC */
/* Sentences built of the words of a request that ask for nothing: events,
 * other lists, accounts and bookings, others' wishes, stories, idioms. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/intent.h"

/* Mail for a person, about something else. */
static const char *const nothing[] = {
    "Vi er nødt til at melde fra til mødet på onsdag.",
    "Jeg må desværre springe fra på fredag.",
    "Jeg står af ved næste station, så ring bare.",
    "Jeg stopper som leder til nytår, men læser stadig med.",
    "Jeg har stoppet medicinen og har det meget bedre.",
    "Vi har sagt farvel til to kolleger i dag.",
    "Jeg sagde nej tak til stillingen.",
    "Kan du slette bookingen af lokale 3?",
    "Jeg vil gerne annullere min bestilling af bøger.",
    "Vi afbestiller frokosten til torsdag.",
    "Vi opsiger kontrakten med rengøringen.",
    "Jeg vil gerne opsige mit abonnement på avisen.",
    "Jeg har opsagt min lejlighed og flytter til Aarhus.",
    "Kan I slette min profil på jobportalen?",
    "Kan du slette min bruger i systemet?",
    "Vil I slette det billede af mig?",
    "Vil I tage billedet ned?",
    "Jeg ønsker ikke at blive citeret for det.",
    "Jeg vil ikke have min mor med i filmen.",
    "Jeg vil ikke være medlem af foreningen mere.",
    "Jeg melder mig ud af a-kassen.",
    "Meld mig ind igen, tak.",
    "Min søn er blevet slettet af venteliste til skolen.",
    "Borgeren vil gerne tages af listen over fleksjobbere.",
    "Hun bad om at blive fritaget for opgaven.",
    "Han ville ikke modtage hjælp.",
    "De unge gider ikke modtage flere tilbud.",
    "Man kan ikke bare slette folk fra systemet.",
    "Jeg har lige slettet 300 gamle mails. Sikken en lettelse!",
    "Jeg har ryddet op i mine nyhedsbreve, men jeres beholdt jeg.",
    "Jeg fik aldrig sagt tak for sidst.",
    "I skal ikke holde op med det gode arbejde.",
    "Hold endelig ikke op med at sende nyhedsbrevet.",
    "Jeg er ked af, at jeg ikke får nyhedsbrevet længere.",
    "Hvorfor får jeg ikke nyhedsbrevet mere?",
    "Jeg modtager ikke længere nyhedsbrevet. Hvad er der galt?",
    "Hvem er det, der har fjernet mig fra listen?",
    "Der er kommet en fejl i listen på side 3.",
    "Vil I fjerne Odense fra kortet?",
    "Kan du fjerne mig som ansvarlig i projektplanen?",
    "Stop tyven!",
    "Vi skal stoppe den negative spiral.",
    "Det skal stoppe, at unge falder fra.",
    "Hun faldt fra uddannelsen, fordi ingen skrev til hende.",
    "Vi stopper samarbejdet med kommunen.",
    "Hold op, hvor er det godt skrevet!",
    "Hold fast i det gode arbejde.",
    "Lad være med at lytte til kritikerne.",
    "Lad os mødes på mandag.",
    "Lad mig være den første til at sige tillykke.",
    "Lad mig vide, hvis I mangler noget.",
    "Jeg slipper for at køre til Viborg, så det er fint.",
    "Vi er fri for corona nu.",
    "Jeg har fri på fredag.",
    "Jeg har brug for flere eksemplarer.",
    "Jeg har ikke brug for mere materiale til mødet.",
    "Jeg er ikke interesseret i jobbet.",
    "Jeg er færdig med rapporten.",
    "Vi er færdige med projektet og takker for samarbejdet.",
    "Jeg har fået nok af politikernes tomme løfter.",
    "Nok er nok, skrev en læser til jer. Jeg er uenig.",
    "Tak for nyhedsbrevet. Jeg har sendt det videre til mine kolleger.",
    "Tak for jeres mail. Jeg vender tilbage i næste uge.",
    "Tak fordi I fjernede fejlen så hurtigt.",
    "Tak, I har slettet mig nu. Det gik hurtigt.",
    "Jeg kan se, at jeg er blevet afmeldt. Tak for hjælpen.",
    "Min kone afmeldte aviserne, da vi gik på pension.",
    "Da jeg var ung, meldte jeg mig ud af alt.",
    "Min far sagde altid: meld dig aldrig ud af noget.",
    "Vi har afmeldt fjernsynet.",
    "Er det rigtigt, at mange framelder sig for tiden?",
    "Hvor mange har afmeldt sig i år?",
    "Min nye adresse er lone@firma.example. Slet ikke noget.",
    "Jeg skifter adresse til sommer. Hvordan retter jeg det?",
    "Kan I rette mit navn? Det staves med W.",
    "Jeg vil ikke betale den regning.",
    "Send ikke flere regninger, vi har betalt.",
    "Send venligst fakturaen igen.",
    "Send gerne flere eksemplarer.",
    "Send det ikke videre, det er fortroligt.",
    "I må ikke sende det videre.",
    "I må gerne skrive om os igen.",
    "I må gerne sende mere om det.",
    "I skal ikke skrive til kommunen, de ved det godt.",
    "I behøver ikke svare.",
    "Du behøver ikke svare på denne mail.",
    "Du skal ikke sende mere kaffe, vi har nok.",
    "Der kommer ikke flere deltagere fra os.",
    "Vi kan ikke tage flere borgere lige nu.",
    "Vi tager ikke imod flere praktikanter.",
    "Vi har ikke modtaget brevet fra kommunen.",
    "Vi ønsker ikke presse til stede.",
    "Vi ønsker ikke at deltage i år.",
    "Vi ønsker jer en glædelig jul.",
    "Jeg ønsker ikke at blive kontaktet af journalister.",
    "Jeg ønsker ikke flere møder om den sag.",
    "Jeg vil ikke have kaffe, kun te.",
    "Jeg vil gerne have jer til at tage emnet op igen.",
    "Jeg vil gerne tage jer med ud og se værkstedet.",
    "Jeg vil ikke sige mere om sagen nu.",
    "Jeg vil ikke lægge skjul på, at jeg er imponeret.",
    "Jeg vil ikke forstyrre mere, men tak.",
    "Tag endelig kontakt, hvis der er noget.",
    "Tag den med ro!",
    "Tag mig med i planlægningen.",
    "Tag hensyn til dem, der ikke kan læse.",
    "Fjern nu de barrierer for de unge!",
    "Fjern rubrikken om sport, den læser ingen.",
    "Slet ikke dårligt!",
    "Det er slet ikke mig på billedet.",
    "Jeg var slet ikke klar over, at I fandtes.",
    "Spar på strømmen, siger min far altid.",
    "Vi sparer på alt, også på papir.",
    "Det var alt for denne gang. Hilsen Per",
    "Vi dropper mødet i maj.",
    "Kan vi droppe punkt 3 på dagsordenen?",
    "Skriv mig op til kaffe.",
    "Skriv gerne mere om unge.",
    "Jeg skriver ikke under på det.",
    "Luk venligst vinduet i lokale 2, når I går.",
    "Bloker ikke indkørslen, når I kommer.",
    "Jeg fravælger ofte kød.",
    "Jeg er flyttet. Ny adresse: Vestergade 2.",
    "Sluk for radioen, når I optager.",
    "Jeg trækker mig fra bestyrelsen.",
    "Jeg trækker min kritik tilbage.",
    "Jeg opgiver at forstå reglerne.",
    "Afmeld min deltagelse på fredag.",
    "Kan jeg ændre min tilmelding til konferencen?",
    "Er min tilmelding modtaget?",
    "Jeg har tilmeldt mig kurset to gange. Slet den ene.",
    "Nyhedsbrevet fylder meget i min printer, haha.",
    "Nyhedsbrevet er stoppet? Det håber jeg ikke.",
    "Det er synd, at nyhedsbrevet stopper.",
    "Vil I slette kommentaren på Facebook?",
    "Der var ingen mails fra jer i juni.",
    "Ingen nyheder er gode nyheder.",
    "Ingen af os kan komme.",
    "Jeg vil bede jer om at undlade at nævne borgerens navn.",
    "Kan jeg få mit navn rettet?",
    "Jeg har brug for at få slettet et afsnit i min artikel.",
    "Jeg har ikke plads til flere kursister. Kan du tage nogle?",
    "Hej. Tak for tilsendte materiale. Jeg ønsker at modtage flere.",
    "Pil ikke ved det, det er perfekt.",
    "Hvor trykker man for at se billederne?",
    "Jeg kan ikke finde linket til artiklen.",
    "Linket til artiklen virker ikke. Vil I rette det?",
    "Det er tredje gang jeg beder om et møde!",
    "For 3. gang: hvornår er fristen?",
    "Kan I sørge for at vi ikke får den samme taler igen?",
    "Sørg for at I ikke glemmer frivilligcentrene.",
    "Jeg er ikke i målgruppen, men læser jer med glæde.",
    "Jeg er kommet på listen over talere ved en fejl, tror jeg.",
    "Kunne jeg få jer til at komme forbi?",
    "Kan jeg få jer til at sende nummer 9 igen?",
    "Bemærk at jeg ikke arbejder om fredagen.",
    "Hermed min tilmelding til konferencen.",
    "Dette er en påmindelse om mødet.",
    "Jeg vil gerne ud og besøge jer.",
    "Lad mig komme med et forslag.",
    "Jeg siger pænt nej tak til at holde oplæg.",
    "Vi ses til mødet på torsdag. Stop lige forbi kantinen først.",
    "Tak for et fint møde i går! Du må gerne slette mine noter.",
    "PS: husk kagen.",
    "Jeg er gået på barsel og glæder mig til at læse jer imens.",
    "Stop med at være så beskedne!",
    "Stop en halv, det er jo forkert tal.",
    "Slet ikke tosset!",
    "Kan ikke åbne linket - gør I noget ved det?",
    "Har læst det 2 gange. Får stadig tårer i øjnene.",
    "Er det for meget forlangt at bruge dansk?",
    "Jeg er 84 og kan ikke se at læse så små bogstaver. Kan I skrue op?",
    "Min postkasse er fuld af gode breve, også jeres.",
    "Sæt venligst en kop kaffe frem.",
    "Kan I stoppe i Herning på vejen?",
    "Jeg vil gerne have min historie med.",
    "Jeg vil gerne have at I skriver om os.",
    "Bedes returneret i underskrevet stand.",
    "Venligst send referatet.",
    "Venligst ret fejlen på side 2.",
    "Nyhedsbrevet må gerne komme oftere.",
    "Nyhedsbrevet kommer stadig, det er dejligt.",
    "Jeg får rigeligt med mails, men jeres læser jeg altid.",
    "I sender til min gamle adresse, men den virker stadig.",
    "Vi får det i forvejen på arbejdet, så I ser nok mit navn to gange.",
    "Min datter vil gerne melde sig til.",
    "Vi skal ikke have flere praktikanter fra jer i år.",
    "Vi skal ikke bruge lokalet mere.",
    "I skal ikke sende flere borgere til os.",
    "I skal ikke sende os flere plakater, vi har rigeligt.",
    "Send ikke flere brochurer.",
    "Vi har desværre ikke brug for flere stole.",
    "Der skal ikke komme flere biler på pladsen.",
    "Min søn er holdt op med at gå i skole.",
    "Hun holder op på fredag. Send blomster.",
    "Jeg holder op med at ryge i dag!",
    "Jeg er stået af bussen nu.",
    "Vi er stået af projektet i Silkeborg.",
    "Nu melder vi os ud af EU, haha.",
    "De trak sig fra aftalen.",
    "Jeg siger op i morgen, min chef er umulig.",
    "Vi har sagt stop til flere møder.",
    "Jeg sagde stop, da han råbte.",
    "Jeg har takket nej til invitationen.",
    "Vi takker nej til flere annoncer.",
    "Jeg vil gerne slippe for at køre så langt.",
    "Jeg kan ikke slippe historien om Jonas.",
    "Må vi være fri for det politiske vrøvl i lederen?",
    "Spar os for de lange ord.",
    "Skån os for floskler, tak.",
    "Luk for varmen i lokalet, når I går.",
    "Drop de svære ord.",
    "Drop ideen om et debatmøde.",
    "Bloker kalenderen den 4. maj.",
    "Glem min sidste mail.",
    "Glem min mail fra i går, jeg fandt det.",
    "Slet min mail fra i går, den var forkert.",
    "Kan du slette min forrige mail?",
    "Fjern min kommentar.",
    "Fjern mit citat, tak.",
    "Tag mit citat ud, tak.",
    "Tag mig ud af planen for tirsdag.",
    "Skriv mig ud af manuskriptet.",
    "Pil mig ud af puljen til lodtrækningen.",
    "Afmeld mig frokosten.",
    "Afmeld mig til frokosten på tirsdag.",
    "Frameld mig fra spisningen.",
    "Jeg afmelder mig workshoppen.",
    "Jeg afmelder mig undervisningen i dag.",
    "Meld mig fra på mandag.",
    "Jeg bliver nødt til at afmelde mig på fredag.",
    "Kan I afmelde mig til turen?",
    "Vi må melde afbud.",
    "Han bliver slettet fra kartoteket i kommunen.",
    "Kan man blive slettet af RKI?",
    "Min bank har slettet min konto. Kan I hjælpe?",
    "Jeg vil afmelde mit abonnement på Politiken.",
    "Opsig min forsikring.",
    "Kan jeg opsige min aftale med mentoren?",
    "Jeg ønsker ikke flere samtaler med jobcentret.",
    "Jeg ønsker ikke længere at være mentor.",
    "Jeg vil ikke have flere penge af jer.",
    "Jeg vil ikke modtage kontanthjælp, jeg vil arbejde.",
    "Jeg vil ikke have besøg.",
    "Jeg gider ikke have kommunen rendende.",
    "Vi ønsker ikke at modtage elever i uge 7.",
    "Vi vil ikke modtage rabat.",
    "Jeg vil ikke høre på det pjat.",
    "Jeg behøver ikke flere argumenter, I har ret.",
    "Har I ikke brug for flere frivillige?",
    "Ingen flere penge til projektet, siger ministeren.",
    "Ikke flere tiltag, tak. Bare ro.",
    "Ikke mere om det nu.",
    "Væk med fordommene!",
    "Ud af busken, politikere!",
    "Af sted med jer!",
};

/* Whatever they are taken for, nobody is taken off. */
static const char *const doubtful[] = {
    "Jeg kan ikke undvære jeres nyhedsbrev.",
    "Jeg vil nødig undvære nyhedsbrevet.",
    "Jeg vil ikke gå glip af nyhedsbrevet.",
    "Kan du fjerne nummer 4 fra listen på side 2?",
    "Skal jeg framelde mig, hvis jeg skifter mail?",
    "Min mand vil gerne have nyhedsbrevet i stedet for at låne mit.",
    "Der skal ikke sendes flere breve til borgeren.",
    "Kommunen skal ikke sende flere breve til ham.",
    "Slet mig fra vagtplanen.",
    "Jeg vil gerne afmelde parkeringen.",
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
near_misses_ask_for_nothing(void **state)
{
    (void)state;
    all_are(nothing, sizeof nothing / sizeof *nothing, INTENT_NONE);
}

static void
doubtful_words_take_nobody_off(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof doubtful / sizeof *doubtful; i++)
        if (asked(doubtful[i]) == INTENT_LEAVE)
            fail_msg("%s", doubtful[i]);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(near_misses_ask_for_nothing),
        cmocka_unit_test(doubtful_words_take_nobody_off),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
