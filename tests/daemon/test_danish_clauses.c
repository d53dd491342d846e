/* SPDX-License-Identifier: ISC */
/* A clause of leaving below another is a request only if that one asks:
 * every frame is said with every clause. */
#include "tests/daemon/sayings.h"

static const char *const that_i[] = {
    "jeg skal slettes",
    "jeg vil frameldes",
    "jeg skal afmelde mig",
    "jeg ikke vil have nyhedsbrevet mere",
};
static const char *const to[] = {
    "afmelde mig",
    "framelde mig nyhedsbrevet",
    "melde mig fra",
    "blive slettet",
};
static const char *const that_you[] = {
    "I sletter mig",
    "I stopper nyhedsbrevet",
    "jeg bliver frameldt",
};
static const char *const so_that_you[] = {
    "I sletter mig",
    "jeg bliver frameldt",
};

static const char *const told_that_i[] = {
    "Min kone påstår at %s",
    "Der er ingen der har sagt at %s",
    "Hvem siger at %s?",
    "Hvem siger, %s?",
    "Hvorfor tror I at %s?",
    "Hvad får dig til at tro at %s?",
    "Det er ikke rigtigt at %s",
    "Det passer ikke at %s",
    "Det er en misforståelse at %s",
    "Det er løgn at %s",
    "Jeg har ikke sagt at %s",
    "Jeg har aldrig sagt, at %s",
    "Jeg mente ikke at %s",
    "Jeg skrev ikke at %s",
    "Tro ikke at %s",
    "I må ikke tro at %s",
    "I må endelig ikke tro, at %s",
    "Nu må du ikke tro at %s",
    "Der gik rygter om at %s",
    "Nogen har fortalt jer at %s",
    "Jeg kan læse at %s",
    "Jeg fik en mail om at %s",
    "Jeg har fået besked om at %s",
    "Jeg er i tvivl om %s",
    "Jeg ved ikke om %s",
    "Jeg overvejer om %s",
    "Jeg er ikke sikker på at %s",
    "Jeg kan ikke beslutte om %s",
    "Vi diskuterer om %s",
    "Min mand spurgte om %s",
    "Hun ville vide om %s",
    "Spørgsmålet er om %s",
    "Kan du se om %s?",
    "Det kommer an på om %s",
    "Forestil dig at %s",
    "Tænk hvis %s",
    "Hvad nu hvis %s?",
    "Det ser ud som om %s",
    "Det lyder som om %s",
    "Det kunne se ud som om %s",
    "Det er jo ikke fordi %s",
    "I tror måske at %s",
    "Kan du forstå at %s? Det kan jeg ikke",
    "Hvis det ender med at %s, skriver jeg",
    "Når %s, skriver jeg til jer",
    "Skulle det ske at %s, giver jeg besked",
    "Den dag %s, siger jeg til",
    "Jeg siger til når %s",
    "Jeg giver lyd, hvis %s",
    "Du får besked, når %s",
    "I hører fra mig hvis %s",
};
static const char *const told_to[] = {
    "Jeg var tæt på at %s",
    "Jeg har været tæt på at %s",
    "Jeg har haft lyst til at %s",
    "Jeg har tænkt på at %s",
    "Jeg overvejede at %s",
    "Jeg overvejer ikke at %s",
    "Jeg havde planer om at %s",
    "Jeg har ingen planer om at %s",
    "Jeg har ikke tænkt mig at %s",
    "Jeg agter ikke at %s",
    "Jeg kunne ikke drømme om at %s",
    "Jeg har ikke lyst til at %s",
    "Jeg er ikke interesseret i at %s",
    "Jeg ønsker bestemt ikke at %s",
    "Jeg nægter at %s",
    "Jeg fortryder at %s",
    "Jeg vil nødig %s",
    "Jeg vil da ikke %s",
    "Jeg gider ikke %s",
    "Jeg kan ikke få mig selv til at %s",
    "Jeg skulle ikke nyde noget af at %s",
    "Det var dumt af mig at %s",
    "Det var en fejl at %s",
    "Det ville være dumt at %s",
    "Det ville være en skam at %s",
    "Er det svært at %s?",
    "Er det nemt at %s?",
    "Hvad koster det at %s?",
    "Hvad skal der til for at %s?",
    "Man behøver ikke %s",
    "Folk plejer at %s",
    "Nogle vælger at %s",
    "Mange vil gerne %s",
    "I stedet for at %s læser jeg bare færre",
    "Frem for at %s læser jeg bare hver anden",
    "Uden at %s kan man ikke komme videre",
    "Jeg kom ved et uheld til at %s",
    "Jeg kom til at %s",
    "Jeg blev presset til at %s",
    "Jeg blev rådet til at %s",
    "Min læge rådede mig til at %s",
    "Det er ikke nok at %s",
    "Jeg har ikke brug for at %s",
    "Jeg lod være med at %s",
    "Jeg holdt op med at %s fra ting",
    "Jeg glemte heldigvis at %s",
    "Tænk at ville %s",
    "Hvem kunne finde på at %s?",
    "Hvorfor skulle nogen %s?",
    "Det ligger mig fjernt at %s",
    "Tanken om at %s strejfede mig",
    "Ideen om at %s var min kones",
    "Kurset hedder \"%s\"",
    "Næste år vil jeg måske %s",
    "Til sommer vil jeg %s",
    "Om et par år vil jeg %s",
    "Før eller siden må jeg %s",
    "Jeg lover ikke at %s",
    "Jeg svor engang at %s",
    "Dengang ville jeg %s",
    "Sidste år ville jeg %s, men så blev det bedre",
    "Jeg prøvede engang at %s, men I var for gode",
    "Jeg truede med at %s, men det var for sjov",
};
static const char *const told_that_you[] = {
    "Jeg bliver gal hvis %s",
    "Jeg bliver ked af det, hvis %s",
    "Det ville være trist hvis %s",
    "Bare ikke %s",
    "Jeg håber virkelig ikke %s",
    "Jeg frygter at %s",
    "Det må ikke ske at %s",
    "Sørg for at det ikke sker at %s",
    "Kan det undgås at %s?",
    "Hvordan undgår jeg at %s?",
    "Er der risiko for at %s?",
    "Hvad sker der hvis %s?",
    "Hvad sker der når %s?",
    "Hvorfor skriver du at %s?",
    "Passer det at %s?",
    "Er det sandt at %s?",
    "Jeg hører at %s",
    "Jeg læser at %s",
    "Jeg går ud fra at %s ikke er sandt",
    "Jeg forventer ikke at %s",
    "Jeg ser helst ikke at %s",
    "Jeg ønsker ikke at %s",
    "Jeg vil ikke have at %s",
    "Vi vil ikke have, at %s",
    "Det er ikke meningen at %s",
    "Det var ikke meningen at %s",
    "Det er ikke nødvendigt at %s",
    "Jeg har ikke bedt om at %s",
    "Der er ikke brug for at %s",
    "I truer med at %s",
    "Jeg drømte at %s",
    "Medmindre jeg svarer, %s?",
    "Hvis jeg ikke svarer, %s?",
    "Fra nytår er det sådan at %s",
};
static const char *const asked_that_i[] = {
    "Jeg skriver for at sige at %s",
    "Jeg vil gerne oplyse at %s",
    "Jeg skal hermed meddele at %s",
    "I skal vide at %s",
    "Husk nu at %s",
    "Vi har besluttet, at %s",
    "Det betyder at %s",
    "Jeg minder om at %s",
    "Sagen er at %s",
    "Jeg har sagt to gange at %s",
    "Det drejer sig om at %s",
};
static const char *const asked_to[] = {
    "Jeg vil gerne %s",
    "Jeg beder om at %s",
    "Jeg ønsker at %s",
    "Jeg har besluttet at %s",
    "Jeg har valgt at %s",
    "Jeg er nødt til at %s",
    "Jeg bliver nødt til at %s",
    "Må jeg få lov til at %s?",
    "Jeg skriver for at %s",
    "Nu er det tid til at %s",
    "Er det muligt at %s?",
    "Er der mulighed for at %s?",
    "Jeg vil bede om at %s",
};
static const char *const asked_that_you[] = {
    "Jeg beder om at %s",
    "Jeg vil gerne have at %s",
    "Jeg ønsker at %s",
    "Jeg forventer at %s",
    "Vil I sørge for at %s?",
    "Det er på tide at %s",
    "Jeg håber at %s",
    "Jeg ser gerne at %s",
    "Jeg foretrækker at %s",
};

#define SAID(frames, clauses, want)                                            \
    said((frames), sizeof(frames) / sizeof *(frames), (clauses),               \
        sizeof(clauses) / sizeof *(clauses), want)

static int
said(const char *const *frames, size_t n_frames, const char *const *clauses,
    size_t n_clauses, unsigned want)
{
    int count = 0;

    for (size_t i = 0; i < n_frames; i++)
        for (size_t k = 0; k < n_clauses; k++) {
            const char *at = strstr(frames[i], "%s");
            char text[200];
            const char *one = text;

            assert_non_null(at);
            (void)snprintf(text, sizeof text, "%.*s%s%s", (int)(at - frames[i]),
                frames[i], clauses[k], at + 2);
            count += wrong(&one, 1, want);
        }
    return count;
}

static void
nobody_is_taken_off(void **state)
{
    (void)state;
    assert_int_equal(SAID(told_that_i, that_i, ~BIT(INTENT_LEAVE)), 0);
    assert_int_equal(SAID(told_to, to, ~BIT(INTENT_LEAVE)), 0);
    assert_int_equal(SAID(told_that_you, that_you, ~BIT(INTENT_LEAVE)), 0);
}

static void
who_asks_is_heard(void **state)
{
    (void)state;
    assert_int_equal(SAID(asked_that_i, that_i, BIT(INTENT_LEAVE)), 0);
    assert_int_equal(SAID(asked_to, to, BIT(INTENT_LEAVE)), 0);
    assert_int_equal(SAID(asked_that_you, so_that_you, BIT(INTENT_LEAVE)), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_is_taken_off),
        cmocka_unit_test(who_asks_is_heard),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
