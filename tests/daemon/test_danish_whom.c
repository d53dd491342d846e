/* SPDX-License-Identifier: ISC */
/* Danish: whom a request is about, where no one sentence tells it, and the
 * letter wished for; each beside what looks like it and is not. */
#include "tests/daemon/sayings.h"

/* Someone else shall go. */
static const char *const others[] = {
    "Min mor bliver forvirret af alle de breve. Kan I lade hende være i fred?",
    "Vores nabo Gunnar er på plejehjem nu. Han skal ikke have det mere.",
    "Praktikanten hedder Malte og står på listen. Hiver du ham ud?",
    "Min far døde i maj. Vil I være søde at standse det?",
    ("Det er Karls gamle mail, der får det. Adressen er karl@heden.example. "
     "Må jeg bede om, at den ryger ud af listen?"),
    ("Jeg passer også postkassen karl@heden.example, og den får brevet. Den må "
     "godt komme af listen."),
    ("Min kollega er stoppet. I sender stadig til karl@heden.example. Det kan "
     "I godt lade være med."),
    ("Min kone ligger syg og har bedt om at blive frameldt. Det er den her: "
     "karl@heden.example"),
    ("Vi får det via karl@heden.example, som er et alias. Kan I fjerne "
     "aliasset?"),
    "Jeg får to. Det ene til karl@heden.example kan I godt slette.",
    "Bo Dam er død. Hans enke beder om, at brevene stopper.",
    "Formanden vil gerne af med det. Kan du få ham af listen?",
};
/* The writer shall, whoever else comes up. */
static const char *const own[] = {
    "Min mor læser det stadig, men jeg vil gerne slettes fra listen.",
    "Min nabo har anbefalet jer, men meld mig fra nyhedsbrevet.",
    ("Min kollega karl@heden.example får det stadig, men slet mig venligst fra "
     "listen."),
    "Nu får jeg det igen. Afmeld mig venligst. Min kone får det også.",
};
/* Nobody shall. */
static const char *const nobody[] = {
    "Min kollega siger, at hun læser det hver uge. Kan du sende hende det?",
    "Min nabo hedder Gunnar og læser med. Han skal have ros for det.",
    "Vi har fået en ny praktikant. Kan du tage hende med til mødet?",
    "Tag den med ro, og lad hende bare komme.",
    "Må jeg bruge billedet, eller må man ikke bare tage det?",
};

/* Told, or about another thing: nobody is taken off. */
static const char *const told[] = {
    "Det var ikke mig, der bad om at blive slettet. Jeg vil gerne beholde det.",
    "Jeg fik besked på, at jeg er frameldt. Det har jeg ikke bedt om.",
    "Jeg kan ikke få mig selv til at afmelde.",
    "Jeg får det ikke mere. Tak for hjælpen.",
    "Min kollega spurgte, om man kan komme af listen igen.",
    "Jeg er ikke kontaktperson mere, så mit navn skal fjernes på siden.",
    "Jeg skal vel egentlig ikke have det her mere?",
    "Alle vores adresser bedes slettet af nyhedsbrevet.",
    "Jeg vil gerne meldes til nyhedsbrevet.",
    "Må jeg blive skrevet på jeres liste?",
    "Er det rigtigt, at I holder op med at sende nyhedsbreve?",
    "Jeg er træt af nyhedsbreve, men jeres er godt.",
    "Kan I stoppe med at skrive handicappet og skrive person med handicap?",
    "Jeg afmelder tit nyhedsbreve, men ikke jeres.",
    "Sig til, hvis I vil have mig til at stoppe med at sende tips.",
    "Der kommer jo ikke flere nyhedsbreve. Er I stoppet?",
    "Skal vi så ikke have flere breve?",
    "I skrev, at jeg blev frameldt. Passer det?",
    "Når jeg går på pension til april, skal jeg ikke have det mere.",
};
/* A person decides. */
static const char *const undecided[] = {
    "Vil du bytte mig ud med min kollega på listen?",
    "I stedet for mig må I fremover sende til karl@heden.example.",
    "Send det til min kollega Rosa i stedet for mig.",
    "Nej tak, ikke for mig.",
    "Hvor finder man linket til afmelding?",
    "Gør man det bare ved at svare her, hvis man vil ud?",
    "Kan I stoppe det over sommeren?",
};

/* The letter, please: who has it stays. */
static const char *const wishes[] = {
    "Min kollega viste mig jeres brev. Kan jeg også få det?",
    "Jeg vil gerne have nyhedsbrevet.",
    "Ja tak til nyhedsbrevet",
    "I bedes notere mig som modtager af nyhedsbrevet.",
    "Jeg savner nyhedsbrevet, så vil I lukke mig ind igen?",
    "Må jeg blive skrevet på jeres mailliste?",
    "Send gerne nyhedsbrevet til mig.",
    "Tilføj mig gerne igen.",
    "Jeg vil gerne følge med, så skriv mig endelig op.",
    "Undertegnede ønsker at modtage nyhedsbrevet på denne adresse.",
};

static void
test_others(void **state)
{
    (void)state;
    assert_int_equal(WRONG(others, BIT(INTENT_LEAVE_OTHER)), 0);
}

static void
test_own(void **state)
{
    (void)state;
    assert_int_equal(WRONG(own, BIT(INTENT_LEAVE)), 0);
}

static void
test_nobody(void **state)
{
    (void)state;
    assert_int_equal(WRONG(nobody, BIT(INTENT_NONE) | BIT(INTENT_STAY)), 0);
}

static void
test_told(void **state)
{
    (void)state;
    assert_int_equal(WRONG(told, ~BIT(INTENT_LEAVE)), 0);
}

static void
test_undecided(void **state)
{
    (void)state;
    assert_int_equal(WRONG(undecided, BIT(INTENT_UNSURE)), 0);
}

static void
test_wishes(void **state)
{
    (void)state;
    assert_int_equal(WRONG(wishes, BIT(INTENT_STAY) | BIT(INTENT_JOIN)), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_others),
        cmocka_unit_test(test_own),
        cmocka_unit_test(test_nobody),
        cmocka_unit_test(test_wishes),
        cmocka_unit_test(test_told),
        cmocka_unit_test(test_undecided),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
