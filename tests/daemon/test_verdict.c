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
    return find(key, keys, out, f);
}

static enum result
by_token(void *ctx, const char *key, struct person *out, struct fault *f)
{
    static const char *const keys[] = {"tokenofkaren", "tokenofbo"};

    (void)ctx;
    return find(key, keys, out, f);
}

static enum result
by_id(void *ctx, const char *key, struct person *out, struct fault *f)
{
    static const char *const keys[] = {"<idofkaren@x>", "<idofbo@x>"};

    (void)ctx;
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
    {"a token, automatically",
        {PERSON, .form = FORM_ROBOT, .subject_token = "tokenofbo",
            .to_token = "tokenofbo"},
        KIND_UNSUB, BO},
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
        cmocka_unit_test(answers_only_to_people),
        cmocka_unit_test(evidence_is_cut_between_characters),
        cmocka_unit_test(the_store_may_be_away),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
