/* SPDX-License-Identifier: ISC */
/* Who it is about, and what may be done: the order of places, and everything
 * that must stop before acting. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/verdict.h"

#define KAREN "karen@firma.example"
#define BO "bo@firma.example"
#define ANNA "anna@firma.example" /* left, and got a goodbye */
#define PER "per@firma.example"   /* was asked whether he wants the letter */
#define OLE "ole@firma.example"   /* likewise, long ago */
#define OFF "off@firma.example"   /* left */

static enum result failure; /* what the directory answers instead */

static enum result
find(const char *key, const char *const keys[2], struct person *out,
    struct fault *f)
{
    static const char *const people[] = {KAREN, BO};

    if (failure != RES_OK)
        return fault_set(f, failure, "the store is away");
    for (int i = 0; i < 2; i++) {
        if (strcmp(key, keys[i]) == 0) {
            *out = (struct person){.subscriber_id = i + 1, .active = true};
            (void)snprintf(out->address, sizeof out->address, "%s", people[i]);
            return RES_OK;
        }
    }
    return RES_NONE;
}

static enum result
by_address(void *ctx, const char *key, struct person *out, struct fault *f)
{
    static const char *const keys[] = {KAREN, BO};

    (void)ctx;
    if (failure == RES_OK && strcmp(key, OFF) == 0) {
        *out = (struct person){.subscriber_id = 3, .address = OFF};
        return RES_OK;
    }
    return find(key, keys, out, f);
}

static enum result
by_token(void *ctx, const char *key, struct person *out, struct fault *f)
{
    static const char *const keys[] = {"tokenofkaren", "tokenofbo"};

    (void)ctx;
    return find(key, keys, out, f);
}

/* Our answers; Bo has one too, and is on the list. */
static enum result
by_answer(const char *key, struct person *out)
{
    static const struct {
        const char *key, *address, *answer;
        bool active, pending;
    } list[] = {{"<goodbye@x>", ANNA, "goodbye", false, false},
        {"<confirm@x>", PER, "confirm", false, true},
        {"<lapsed@x>", OLE, "confirm", false, false},
        {"<bosconfirm@x>", BO, "confirm", true, false},
        {"<ask@x>", KAREN, "ask", true, false},
        {"<annasask@x>", ANNA, "ask", false, false}};

    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        if (strcmp(key, list[i].key) != 0)
            continue;
        *out = (struct person){.subscriber_id = 10 + (int)i,
            .list_id = 1,
            .active = list[i].active,
            .pending = list[i].pending};
        (void)snprintf(
            out->address, sizeof out->address, "%s", list[i].address);
        (void)snprintf(out->answer, sizeof out->answer, "%s", list[i].answer);
        return RES_OK;
    }
    return RES_NONE;
}

static enum result
by_id(void *ctx, const char *key, struct person *out, struct fault *f)
{
    static const char *const keys[] = {"<idofkaren@x>", "<idofbo@x>"};

    (void)ctx;
    if (failure == RES_OK && by_answer(key, out) == RES_OK)
        return RES_OK;
    return find(key, keys, out, f);
}

static const struct directory who = {
    .by_address = by_address, .by_token = by_token, .by_message_id = by_id};

#define BY(key) .from = key, .from_count = 1 /* NOLINT */
#define PERSON BY(KAREN)
#define WANTS_OUT .intent = INTENT_LEAVE, .clue = "frameld mig", .words = "x"
#define LEAVING PERSON, WANTS_OUT

static const struct {
    const char *name;
    struct facts facts;
    enum mail_kind kind;
    const char *address; /* the first one, "" none */
} cases[] = {
    {"a request", {LEAVING}, KIND_UNSUB, KAREN},
    {"off already", {BY(OFF), WANTS_OUT}, KIND_UNSUB, OFF},
    {"off already, and still gets it", {BY(OFF), WANTS_OUT, .still = true},
        KIND_REVIEW, ""},
    {"forged", {LEAVING, .dmarc_fail = true}, KIND_REVIEW, ""},
    {"two From", {.from = KAREN, .from_count = 2, WANTS_OUT}, KIND_REVIEW, ""},
    {"through a list", {LEAVING, .resent_or_listed = true}, KIND_REVIEW, ""},
    {"from ourselves", {LEAVING, .from_self = true}, KIND_REVIEW, ""},
    {"no From", {BY(""), WANTS_OUT}, KIND_REVIEW, ""},
    {"a stranger", {BY("x@y.example"), WANTS_OUT}, KIND_REVIEW, ""},
    {"a stranger in answer to Karen's letter",
        {BY("x@y.example"), WANTS_OUT, .n_referred = 1,
            .referred = {"<idofkaren@x>"}},
        KIND_REVIEW, ""},
    {"encrypted", {LEAVING, .unreadable = true}, KIND_REVIEW, ""},
    {"unclear", {PERSON, .intent = INTENT_UNSURE, .words = "x"}, KIND_REVIEW,
        ""},
    {"nothing to do with us", {PERSON, .words = "hej"}, KIND_HUMAN, ""},
    {"empty", {PERSON}, KIND_REVIEW, ""},
    {"someone else",
        {PERSON, .intent = INTENT_LEAVE_OTHER, .words = "x", .n_addresses = 1,
            .address = {BO}},
        KIND_UNSUB_OTHER, BO},
    {"joining", {PERSON, .intent = INTENT_JOIN, .words = "x"}, KIND_SUBSCRIBE,
        KAREN},
    {"joining, forged",
        {PERSON, .intent = INTENT_JOIN, .words = "x", .dmarc_fail = true},
        KIND_REVIEW, ""},
    {"a token decides", {PERSON, .to_token = "tokenofbo"}, KIND_UNSUB, BO},
    {"a token decides over a forged From",
        {PERSON, .to_token = "tokenofbo", .dmarc_fail = true}, KIND_UNSUB, BO},
    {"a token in the subject", {PERSON, .subject_token = "tokenofbo"},
        KIND_UNSUB, BO},
    {"a token in the subject, taken back below it",
        {PERSON, .subject_token = "tokenofbo", .intent = INTENT_STAY,
            .words = "Det var en fejl, jeg vil gerne blive ved med at få det"},
        KIND_REVIEW, BO},
    {"a token, automatically",
        {PERSON, .form = FORM_ROBOT, .subject_token = "tokenofbo",
            .to_token = "tokenofbo"},
        KIND_UNSUB, BO},
    {"a token and a request, sent by a program",
        {LEAVING, .form = FORM_ROBOT, .to_token = "tokenofbo"}, KIND_UNSUB, BO},
    {"a token, but a vacation answer",
        {PERSON, .form = FORM_ROBOT, .to_token = "tokenofbo", .words = "ferie"},
        KIND_AUTOREPLY, ""},
    {"an unknown token", {LEAVING, .to_token = "forged"}, KIND_REVIEW, ""},
    {"a token, but other words",
        {PERSON, .to_token = "tokenofkaren", .words = "jeg vil ikke frameldes"},
        KIND_REVIEW, KAREN},
    {"a vacation answer", {PERSON, .form = FORM_ROBOT, .words = "ferie"},
        KIND_AUTOREPLY, ""},
    {"a vacation answer with our words", {LEAVING, .form = FORM_ROBOT},
        KIND_AUTOREPLY, ""},
    {"a newsletter", {LEAVING, .form = FORM_BULK}, KIND_OTHER, ""},
    {"a bounce to a token",
        {.form = FORM_BOUNCE,
            .bounce_token = "tokenofbo",
            .returned_id = "<idofkaren@x>",
            .address_dead = true},
        KIND_HARD, BO},
    {"a bounce of a letter",
        {.form = FORM_BOUNCE,
            .returned_id = "<idofkaren@x>",
            .address_dead = true,
            .n_addresses = 1,
            .address = {"forwarded@elsewhere.example"}},
        KIND_HARD, KAREN},
    {"a full mailbox", {.form = FORM_BOUNCE, .returned_token = "tokenofbo"},
        KIND_SOFT, BO},
    {"a bounce that proves nothing",
        {.form = FORM_BOUNCE,
            .address_dead = true,
            .n_addresses = 1,
            .address = {KAREN}},
        KIND_SOFT, KAREN},
    {"a bounce of other mail",
        {.form = FORM_BOUNCE,
            .address_dead = true,
            .n_addresses = 1,
            .address = {"x@y.example"}},
        KIND_OTHER, ""},
    {"a complaint", {.form = FORM_COMPLAINT, .returned_token = "tokenofkaren"},
        KIND_COMPLAINT, KAREN},
    {"a complaint about nobody", {.form = FORM_COMPLAINT}, KIND_REVIEW, ""},
    {"a complaint that keeps the reader's name",
        {.form = FORM_COMPLAINT,
            .returned_ours = true,
            .returned_from = "haver@x.example"},
        KIND_COMPLAINT, ""},
    {"a complaint about another's mail",
        {.form = FORM_COMPLAINT, .returned_from = "shop@y.example"}, KIND_OTHER,
        ""},
    {"a bounce of a mail that the owner wrote",
        {.form = FORM_BOUNCE,
            .returned_id = "<of-a-person@x>",
            .returned_ours = true,
            .n_addresses = 1,
            .address = {KAREN}},
        KIND_OTHER, ""},
    {"a bounce of a target that a reader forwards to",
        {.form = FORM_BOUNCE,
            .n_addresses = 1,
            .address = {"x@y.example"},
            .returned_to = KAREN},
        KIND_SOFT, KAREN},
};

static void
kinds_and_people(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        static struct verdict v;
        struct fault f;

        assert_int_equal(verdict_decide(&cases[i].facts, &who, &v, &f), RES_OK);
        if (v.kind != cases[i].kind ||
            strcmp(v.n_addresses > 0 ? v.address[0] : "", cases[i].address) !=
                0)
            fail_msg("%s: %s of %s (%s)", cases[i].name, kind_word(v.kind),
                v.n_addresses > 0 ? v.address[0] : "nobody", v.evidence);
        assert_string_not_equal(v.evidence, "");
        assert_false(text_unclean(v.evidence, strlen(v.evidence)));
        if (v.kind == KIND_UNSUB)
            assert_int_equal(v.n_people, 1);
    }
}

#define TO(id) .n_referred = 1, .referred = {id} /* NOLINT */

static const struct {
    const char *name;
    struct facts facts;
    enum mail_kind kind;
    bool confirmed, may_answer;
} replies[] = {
    {"yes", {BY(PER), TO("<confirm@x>"), .says = SAYS_YES, .words = "ja"},
        KIND_SUBSCRIBE, true, false},
    {"nothing", {BY(PER), TO("<confirm@x>")}, KIND_SUBSCRIBE, true, false},
    {"words that are no yes",
        {BY(PER), TO("<confirm@x>"), .words = "jeg er til møde"}, KIND_REVIEW,
        false, false},
    {"nothing, as intent.c says it",
        {BY(PER), TO("<confirm@x>"), .intent = INTENT_UNSURE}, KIND_SUBSCRIBE,
        true, false},
    {"a wish",
        {BY(PER), TO("<confirm@x>"), .intent = INTENT_JOIN, .clue = "x",
            .says = SAYS_UNCLEAR, .words = "x"},
        KIND_SUBSCRIBE, true, false},
    {"no", {BY(PER), TO("<confirm@x>"), .says = SAYS_NO, .words = "nej"},
        KIND_UNSUB, false, false},
    {"no, thank you, as intent.c says it",
        {BY(PER), TO("<confirm@x>"), .says = SAYS_NO, .words = "nej tak",
            .clue = "nej tak", .intent = INTENT_UNSURE},
        KIND_UNSUB, false, false},
    {"off, and yes", {BY(PER), TO("<confirm@x>"), .says = SAYS_YES, WANTS_OUT},
        KIND_UNSUB, false, false},
    {"a question",
        {BY(PER), TO("<confirm@x>"), .says = SAYS_UNCLEAR, .words = "hvem?"},
        KIND_REVIEW, false, false},
    {"unclear",
        {BY(PER), TO("<confirm@x>"), .intent = INTENT_UNSURE,
            .clue = "stop det", .words = "stop det"},
        KIND_REVIEW, false, false},
    {"yes, by another",
        {BY("x@y.example"), TO("<confirm@x>"), .says = SAYS_YES, .words = "ja"},
        KIND_HUMAN, false, false},
    {"yes, forged",
        {BY(PER), TO("<confirm@x>"), .says = SAYS_YES, .words = "ja",
            .dmarc_fail = true},
        KIND_HUMAN, false, false},
    {"yes, by a robot",
        {BY(PER), TO("<confirm@x>"), .says = SAYS_YES, .words = "ja",
            .form = FORM_ROBOT},
        KIND_AUTOREPLY, false, false},
    {"yes, to nothing", {BY(PER), TO("<x@y>"), .says = SAYS_YES, .words = "ja"},
        KIND_HUMAN, false, false},
    {"yes, too late",
        {BY(OLE), TO("<lapsed@x>"), .says = SAYS_YES, .words = "ja"},
        KIND_SUBSCRIBE, true, false},
    {"nothing, too late", {BY(OLE), TO("<lapsed@x>"), .words = "tak"},
        KIND_HUMAN, false, false},
    {"thanks, on the list",
        {BY(BO), TO("<bosconfirm@x>"), .says = SAYS_YES, .words = "ja"},
        KIND_HUMAN, false, false},
    {"the newest counts",
        {BY(PER), .n_referred = 3,
            .referred = {"<x@y>", "<goodbye@x>", "<confirm@x>"},
            .says = SAYS_YES, .words = "ja"},
        KIND_SUBSCRIBE, true, false},
    {"back, in answer to a goodbye",
        {BY(ANNA), TO("<goodbye@x>"), .intent = INTENT_STAY, .clue = "en fejl",
            .words = "en fejl"},
        KIND_SUBSCRIBE, true, false},
    {"back, in answer to another's goodbye",
        {BY(PER), TO("<goodbye@x>"), .intent = INTENT_JOIN, .clue = "tilmeld",
            .words = "tilmeld mig"},
        KIND_SUBSCRIBE, false, true},
    {"thanks for the goodbye",
        {BY(ANNA), TO("<goodbye@x>"), .says = SAYS_YES, .words = "ok tak"},
        KIND_HUMAN, false, false},
    {"back, without a token",
        {BY(ANNA), .intent = INTENT_STAY, .clue = "en fejl", .words = "x"},
        KIND_SUBSCRIBE, false, true},
};

static void
replies_to_our_answers(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof replies / sizeof *replies; i++) {
        static struct verdict v;
        struct fault f;

        assert_int_equal(
            verdict_decide(&replies[i].facts, &who, &v, &f), RES_OK);
        if (v.kind != replies[i].kind || v.confirmed != replies[i].confirmed ||
            v.may_answer != replies[i].may_answer)
            fail_msg("%s: %s%s%s (%s)", replies[i].name, kind_word(v.kind),
                v.confirmed ? ", confirmed" : "",
                v.may_answer ? ", to answer" : "", v.evidence);
        if (v.confirmed) {
            assert_int_equal(v.n_people, 1);
            assert_string_equal(v.person[0].address, replies[i].facts.from);
        }
    }
}

/* Whether someone wants to leave: what is said to it, and who is asked. */
static const struct {
    const char *name;
    struct facts facts;
    enum mail_kind kind;
    bool confirmed, may_answer;
    int addresses;
} questions[] = {
#define TO_ASK PERSON, TO("<ask@x>")                       /* NOLINT */
#define YES .says = SAYS_YES, .plain = true, .words = "ja" /* NOLINT */
#define NO .says = SAYS_NO, .plain = true, .words = "nej"  /* NOLINT */
#define UNSURE .intent = INTENT_UNSURE, .clue = "nej tak", .words = "x"
    {"yes", {TO_ASK, YES}, KIND_UNSUB, true, true, 1},
    {"a request", {TO_ASK, WANTS_OUT}, KIND_UNSUB, true, true, 1},
    {"like a request, and no more than that",
        {TO_ASK, .intent = INTENT_LEAVE, .likely = true, .clue = "frameldt",
            .words = "x"},
        KIND_REVIEW, false, false, 0},
    {"a request with a no", {TO_ASK, WANTS_OUT, .says = SAYS_NO}, KIND_UNSUB,
        true, true, 1},
    {"yes, and more", {TO_ASK, .says = SAYS_YES, .words = "ja, til jul"},
        KIND_REVIEW, false, false, 0},
    {"no", {TO_ASK, NO}, KIND_HUMAN, true, false, 0},
    {"no, thank you, as intent.c says it",
        {TO_ASK, NO, .intent = INTENT_UNSURE, .clue = "nej tak"}, KIND_HUMAN,
        true, false, 0},
    {"wants to stay",
        {TO_ASK, .intent = INTENT_STAY, .says = SAYS_YES, .words = "bliver"},
        KIND_HUMAN, true, false, 0},
    {"no more", {TO_ASK, .says = SAYS_NO, .words = "ikke mere"}, KIND_REVIEW,
        false, false, 0},
    {"unclear again", {TO_ASK, UNSURE}, KIND_REVIEW, false, false, 0},
    {"a question of his own",
        {TO_ASK, .says = SAYS_UNCLEAR, .words = "hvornår?"}, KIND_HUMAN, false,
        false, 0},
    {"nothing", {TO_ASK, .intent = INTENT_UNSURE}, KIND_REVIEW, false, false,
        0},
    {"for another",
        {TO_ASK, .intent = INTENT_LEAVE_OTHER, .says = SAYS_YES, .words = "x"},
        KIND_UNSUB_OTHER, false, false, 0},
    {"yes, by a robot", {TO_ASK, YES, .form = FORM_ROBOT}, KIND_AUTOREPLY,
        false, false, 0},
    {"yes, forged", {TO_ASK, YES, .dmarc_fail = true}, KIND_REVIEW, false,
        false, 1},
    {"yes, through a list", {TO_ASK, YES, .resent_or_listed = true},
        KIND_REVIEW, false, false, 1},
    {"yes, by another subscriber", {BY(BO), TO("<ask@x>"), YES}, KIND_REVIEW,
        false, false, 1},
    {"a request by another subscriber", {BY(BO), TO("<ask@x>"), WANTS_OUT},
        KIND_UNSUB, false, true, 1},
    {"no, by another", {BY("x@y.example"), TO("<ask@x>"), NO}, KIND_HUMAN,
        false, false, 0},
    {"yes, of who has left", {BY(ANNA), TO("<annasask@x>"), YES}, KIND_HUMAN,
        false, false, 0},
    {"yes, where a relay has changed our id",
        {PERSON, .n_referred = 3, .referred = {"<x@y>", "<ask@x>", "<z@y>"},
            YES},
        KIND_UNSUB, true, true, 1},
    {"yes, in a talk that went on",
        {PERSON, .n_referred = 3, .referred = {"<ask@x>", "<x@y>", "<z@y>"},
            YES},
        KIND_HUMAN, false, false, 0},
    {"asked", {PERSON, UNSURE}, KIND_REVIEW, false, true, 0},
    {"not asked: no words", {PERSON, .intent = INTENT_UNSURE}, KIND_REVIEW,
        false, false, 0},
    {"not asked: a stranger", {BY("x@y.example"), UNSURE}, KIND_REVIEW, false,
        false, 0},
    {"not asked: forged", {PERSON, UNSURE, .dmarc_fail = true}, KIND_REVIEW,
        false, false, 0},
    {"not asked: two From", {.from = KAREN, .from_count = 2, UNSURE},
        KIND_REVIEW, false, false, 0},
    {"not asked: through a list", {PERSON, UNSURE, .resent_or_listed = true},
        KIND_REVIEW, false, false, 0},
    {"not asked: a forwarded mail", {PERSON, UNSURE, .forwarded = true},
        KIND_REVIEW, false, false, 0},
    {"not asked: a robot", {PERSON, UNSURE, .form = FORM_ROBOT}, KIND_AUTOREPLY,
        false, false, 0},
};

static void
whether_to_leave(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof questions / sizeof *questions; i++) {
        const struct facts *facts = &questions[i].facts;
        static struct verdict v;
        struct fault f;

        assert_int_equal(verdict_decide(facts, &who, &v, &f), RES_OK);
        if (v.kind != questions[i].kind ||
            v.confirmed != questions[i].confirmed ||
            v.may_answer != questions[i].may_answer ||
            v.n_addresses != questions[i].addresses)
            fail_msg("%s: %s%s%s, of %d (%s)", questions[i].name,
                kind_word(v.kind), v.confirmed ? ", confirmed" : "",
                v.may_answer ? ", to answer" : "", v.n_addresses, v.evidence);
        if (v.confirmed || v.may_answer) {
            assert_int_equal(v.n_people, 1);
            assert_string_equal(v.person[0].address, facts->from);
        }
    }
}

static void
answers_only_to_people(void **state)
{
    static struct verdict v;
    const struct facts request = {LEAVING};
    const struct facts click = {PERSON, .to_token = "tokenofbo"};
    struct fault f;

    (void)state;
    assert_int_equal(verdict_decide(&request, &who, &v, &f), RES_OK);
    assert_true(v.may_answer);
    assert_false(v.by_token);
    assert_int_equal(verdict_decide(&click, &who, &v, &f), RES_OK);
    assert_false(v.may_answer);
    assert_true(v.by_token);
}

static void
evidence_is_cut_between_characters(void **state)
{
    static struct verdict v;
    static struct facts facts = {PERSON, .to_token = "tokenofkaren"};
    struct fault f;

    (void)state;
    for (size_t i = 0; i + 2 < sizeof facts.words; i += 2)
        memcpy(facts.words + i, "\xC3\xA6", 2);
    assert_int_equal(verdict_decide(&facts, &who, &v, &f), RES_OK);
    assert_false(text_unclean(v.evidence, strlen(v.evidence)));
    assert_null(strstr(v.evidence, "\xEF\xBF\xBD"));
}

static void
the_store_may_be_away(void **state)
{
    static const struct facts facts[] = {{LEAVING},
        {PERSON, .to_token = "tokenofbo"},
        {.form = FORM_BOUNCE, .returned_id = "<idofbo@x>"}};
    static struct verdict v;
    struct fault f;

    (void)state;
    failure = RES_LATER;
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++)
        assert_int_equal(verdict_decide(&facts[i], &who, &v, &f), RES_LATER);
    failure = RES_OK;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kinds_and_people),
        cmocka_unit_test(replies_to_our_answers),
        cmocka_unit_test(whether_to_leave),
        cmocka_unit_test(answers_only_to_people),
        cmocka_unit_test(evidence_is_cut_between_characters),
        cmocka_unit_test(the_store_may_be_away),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
