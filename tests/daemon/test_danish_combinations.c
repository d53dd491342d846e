/* SPDX-License-Identifier: ISC */
/* The plain ways to ask for it in Danish, each with all its ordinary words in
 * all combinations: {this|that} stands for either. */
#include "tests/daemon/sayings.h"

#define LETTERS                                                                \
    "{nyhedsbrevet|jeres nyhedsbrev|jeres mails|flere mails|nyhedsbreve "      \
    "fra jer|de her mails}"
#define LATER "{| længere| mere| fremover| i fremtiden|, tak}"
#define LISTS                                                                  \
    "{listen|jeres liste|maillisten|modtagerlisten|nyhedsbrevet|jeres "        \
    "system|fordelingslisten|adresselisten}"

enum {
    TEXT_MAX = 400
};

static const char *const asking[] = {
    "{Jeg|Vi} {vil|ønsker|gider|behøver} {|desværre |derfor |heller |egentlig "
    "}ikke {|længere }{at modtage|have|få} " LETTERS LATER,
    "{Jeg skal|Vi skal|Jeg skal derfor} ikke {have|bruge} " LETTERS LATER,
    "{Derfor|Fremover|Nu} {vil|ønsker} {jeg|vi} ikke {have|modtage} " LETTERS,
    "{Jeg skriver for at sige|Jeg må meddele|Tak for alt, men I skal vide}, at "
    "jeg ikke {|længere }{ønsker at modtage|vil have|ønsker} " LETTERS LATER,
    "{Jeg|Vi} har {|desværre |altså }{ikke|ikke længere|ingen} {brug|behov} "
    "for " LETTERS LATER,
    "{Kan|Vil|Gider} {I|du} {|venligst |ikke }{tage mig af|slette mig fra|"
    "fjerne min mailadresse fra|stryge os fra|framelde mig fra} " LISTS
    "{|?| hurtigst muligt}",
    "{Vær venlig at|Jeg vil bede jer om at|I må gerne|Du bedes|Må jeg bede dig "
    "om at} {tage mig af|slette mig fra|pille min mail af|melde mig ud "
    "af} " LISTS,
    "{|Venligst }{slet mig fra|tag mig af|fjern os fra|stryg min adresse fra|"
    "pil mig af} " LISTS "{|!| tak| med det samme}",
    "{Jeg vil gerne|Vi ønsker at|Må jeg bede om at|Kan jeg} {blive slettet "
    "fra|blive taget af|fjernes fra|udgå af|komme af} " LISTS,
    "{|Kan I |Vil du |Vær venlig at }{stoppe|holde op} med at sende "
    "mig " LETTERS "{|, tak| nu}",
    "{I behøver|Du skal|I skal} ikke {|længere }{sende mig|sende|blive ved "
    "med at sende} " LETTERS "{| fremover|, tak}",
    ("{Jeg vil gerne|Hermed vil jeg|Jeg ønsker at} {opsige|afmelde|framelde|"
     "fravælge|melde mig fra|slippe for} {nyhedsbrevet|jeres nyhedsbrev|mit "
     "abonnement på nyhedsbrevet}{|, tak}"),
    ("{Jeg|Vi|Undertegnede} {afmelder|framelder|opsiger|takker nej til|siger "
     "farvel til|melder fra til} {|hermed }{nyhedsbrevet|jeres nyhedsbrev}"),
    ("{Framelding|Afmelding|Frameld|Afmeld|Jeg framelder mig}{| nyhedsbrev|"
     " nyhedsbrevet| fra nyhedsbrevet|, tak}"),
    ("{Jeg har besluttet at|Jeg har valgt at|Jeg er nødt til at} {framelde "
     "mig|afmelde|opsige} nyhedsbrevet"),
    ("{Jeg er|Vi er} ikke {|længere }interesseret i {nyhedsbrevet|at modtage "
     "nyhedsbrevet|flere mails}"),
};

/* How many texts of a frame are heard otherwise; *texts counts all. */
static int
unheard(const char *frame, int *texts)
{
    const char *group = strchr(frame, '{'), *end;
    char one[TEXT_MAX];
    int wrong_ones = 0;

    if (group == NULL) {
        ++*texts;
        return wrong(&frame, 1, BIT(INTENT_LEAVE));
    }
    end = strchr(group, '}');
    for (const char *w = group + 1; w <= end; w += strcspn(w, "|}") + 1) {
        (void)snprintf(one, sizeof one, "%.*s%.*s%s", (int)(group - frame),
            frame, (int)strcspn(w, "|}"), w, end + 1);
        wrong_ones += unheard(one, texts);
    }
    return wrong_ones;
}

static void
every_combination_is_heard(void **state)
{
    int texts = 0, missed = 0;

    (void)state;
    for (size_t i = 0; i < sizeof asking / sizeof *asking; i++)
        missed += unheard(asking[i], &texts);
    print_message("%d texts\n", texts);
    assert_int_equal(missed, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_combination_is_heard),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
