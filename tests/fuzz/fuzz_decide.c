/* SPDX-License-Identifier: ISC */
/* Facts of every shape over a directory of every shape, both drawn from the
 * bytes.  What verdict.h and the policy promise is held against each verdict,
 * in other words than verdict.c's: nobody leaves by a mail whose From may be
 * another's, nobody comes back who did not answer us, no address dies by a
 * report that proves nothing, and nobody is concerned whom no one named. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/facts.h"
#include "daemon/verdict.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    KEYS = 4 /* of each kind; the first is "", which is nobody's */
};
static const char *const addresses[KEYS] = {
    "", "a@x.example", "b@x.example", "c@x.example"};
static const char *const tokens[KEYS] = {"", "aaaa", "bbbb", "cccc"};
static const char *const ids[KEYS] = {
    "", "<a@x.example>", "<b@x.example>", "<c@x.example>"};

/* What is left of the bytes; behind their end all is 0. */
struct bytes {
    const uint8_t *p;
    size_t n;
};

struct known {
    enum result answer;
    struct person person;
};
struct world {
    struct known address[KEYS], token[KEYS], id[KEYS];
    enum result failed; /* the first failure that was answered, OK none */
};

#define MUST(condition)                                                        \
    do {                                                                       \
        if (!(condition)) {                                                    \
            (void)fprintf(stderr, "broken: %s\n", #condition);                 \
            abort();                                                           \
        }                                                                      \
    } while (0)

static unsigned
draw(struct bytes *b, unsigned below)
{
    if (b->n == 0)
        return 0;
    b->n--;
    return *b->p++ % below;
}

static bool
draw_flag(struct bytes *b)
{
    return draw(b, 2) == 1;
}

static void
draw_key(struct bytes *b, const char *const keys[KEYS], char *out, size_t size)
{
    (void)snprintf(out, size, "%s", keys[draw(b, KEYS)]);
}

/* None, a few words, or as many two-byte characters as there is room for. */
static void
draw_words(struct bytes *b, char *out, size_t size)
{
    size_t n = draw(b, 3);

    (void)snprintf(out, size, "%s", n > 0 ? "afmeld" : "");
    for (size_t i = strlen(out); n == 2 && i + 2 < size; i += 2)
        memcpy(out + i, "\xc3\xa5", 3);
}

static void
draw_facts(struct bytes *b, struct facts *f)
{
    memset(f, 0, sizeof *f);
    f->form = (enum mail_form)draw(b, FORM_BULK + 1);
    f->intent = (enum intent)draw(b, INTENT_STAY + 1);
    f->says = (enum yes_no)draw(b, SAYS_UNCLEAR + 1);
    draw_key(b, addresses, f->from, sizeof f->from);
    f->from_count = (int)draw(b, 3);
    draw_key(b, tokens, f->to_token, sizeof f->to_token);
    draw_key(b, tokens, f->subject_token, sizeof f->subject_token);
    draw_key(b, tokens, f->bounce_token, sizeof f->bounce_token);
    draw_key(b, tokens, f->returned_token, sizeof f->returned_token);
    draw_key(b, ids, f->returned_id, sizeof f->returned_id);
    draw_key(b, addresses, f->returned_from, sizeof f->returned_from);
    draw_key(b, addresses, f->returned_to, sizeof f->returned_to);
    f->returned_ours = draw_flag(b);
    f->dmarc_fail = draw_flag(b);
    f->from_self = draw_flag(b);
    f->unreadable = draw_flag(b);
    f->resent_or_listed = draw_flag(b);
    f->permanent = draw_flag(b);
    f->address_dead = draw_flag(b);
    f->quote_line = (int)draw(b, 3);
    draw_words(b, f->subject, sizeof f->subject);
    draw_words(b, f->words, sizeof f->words);
    draw_words(b, f->clue, sizeof f->clue);
    draw_words(b, f->why, sizeof f->why);
    f->n_referred = (int)draw(b, FACTS_IDS_MAX + 1);
    for (int i = 0; i < f->n_referred; i++)
        draw_key(b, ids, f->referred[i], sizeof f->referred[i]);
    f->n_addresses = (int)draw(b, FACTS_ADDRESSES_MAX + 1);
    for (int i = 0; i < f->n_addresses; i++)
        draw_key(b, addresses, f->address[i], sizeof f->address[i]);
}

/* address: whose it is, NULL drawn. */
static struct known
draw_known(struct bytes *b, int64_t subscriber_id, const char *address)
{
    static const char *const answers[] = {"", "confirm", "goodbye", "ask"};
    static const enum result results[] = {
        RES_NONE, RES_OK, RES_OK, RES_OK, RES_OK, RES_LATER, RES_STOP};
    struct known k = {.answer = results[draw(b, 7)]};
    struct person *p = &k.person;

    p->subscriber_id = subscriber_id;
    p->list_id = address == NULL;
    p->active = draw_flag(b);
    p->pending = !p->active && draw_flag(b);
    (void)snprintf(p->answer, sizeof p->answer, "%s",
        address == NULL ? answers[draw(b, 4)] : "");
    (void)snprintf(p->address, sizeof p->address, "%s",
        address == NULL ? addresses[1 + draw(b, KEYS - 1)] : address);
    return k;
}

static int
index_of(const char *const keys[KEYS], const char *key)
{
    for (int i = 1; i < KEYS; i++)
        if (strcmp(keys[i], key) == 0)
            return i;
    return 0;
}

static enum result
answer(
    struct world *w, const struct known *k, struct person *out, struct fault *f)
{
    if (k->answer == RES_OK)
        *out = k->person;
    else if (k->answer != RES_NONE)
        w->failed = fault_set(f, k->answer, "drawn");
    return k->answer;
}

static enum result
by_address(void *ctx, const char *key, struct person *out, struct fault *f)
{
    struct world *w = ctx;

    return answer(w, &w->address[index_of(addresses, key)], out, f);
}

static enum result
by_token(void *ctx, const char *key, struct person *out, struct fault *f)
{
    struct world *w = ctx;

    return answer(w, &w->token[index_of(tokens, key)], out, f);
}

static enum result
by_id(void *ctx, const char *key, struct person *out, struct fault *f)
{
    struct world *w = ctx;

    return answer(w, &w->id[index_of(ids, key)], out, f);
}

static bool
is_them(const struct known *k, const struct person *p)
{
    return k->answer == RES_OK && k->person.subscriber_id == p->subscriber_id;
}

/* Whether the person is one of an answer of ours that the mail refers to. */
static bool
was_asked(const struct world *w, const struct facts *f, const struct person *p)
{
    for (int i = 0; i < f->n_referred; i++)
        if (is_them(&w->id[index_of(ids, f->referred[i])], p))
            return p->answer[0] != '\0' && !p->active;
    return false;
}

/* Whether the mail directly answers our question to a reader, him in verdict,
 * whether he wants to leave. */
static bool
was_asked_to_leave(
    const struct world *w, const struct facts *f, const struct verdict *v)
{
    const struct person *p = &v->person[0];
    int n = f->n_referred;
    bool direct =
        (n > 0 && is_them(&w->id[index_of(ids, f->referred[n - 1])], p)) ||
        (n > 1 && is_them(&w->id[index_of(ids, f->referred[n - 2])], p));

    return v->n_people == 1 && direct && p->active &&
           strcmp(p->answer, "ask") == 0;
}

/* From is one address, and no sign says that it is another's. */
static bool
sender_is_tied(const struct facts *f)
{
    return f->from[0] != '\0' && f->from_count == 1 && !f->dmarc_fail &&
           !f->from_self && !f->resent_or_listed;
}

static void
check_leaving(
    const struct world *w, const struct facts *f, const struct verdict *v)
{
    const char *token = f->to_token[0] != '\0' ? f->to_token : f->subject_token;
    const struct person *p = &v->person[0];

    MUST(v->n_people == 1);
    MUST(f->form == FORM_PERSON || f->form == FORM_ROBOT);
    if (v->by_token) {
        MUST(
            token[0] != '\0' && is_them(&w->token[index_of(tokens, token)], p));
        MUST(f->words[0] == '\0' || f->subject_token[0] != '\0' ||
             f->intent == INTENT_LEAVE);
        return;
    }
    MUST(token[0] == '\0' && f->form == FORM_PERSON && !f->unreadable);
    MUST(sender_is_tied(f) && strcmp(p->address, f->from) == 0);
    if (v->confirmed)
        MUST(
            was_asked_to_leave(w, f, v) &&
            (f->intent == INTENT_LEAVE ||
                (f->says == SAYS_YES && f->plain &&
                    (f->intent == INTENT_NONE || f->intent == INTENT_UNSURE))));
    else if (was_asked(w, f, p))
        MUST(f->says == SAYS_NO || f->intent == INTENT_LEAVE ||
             f->intent == INTENT_LEAVE_OTHER);
    else
        MUST(f->intent == INTENT_LEAVE &&
             is_them(&w->address[index_of(addresses, f->from)], p));
}

static void
check_coming(
    const struct world *w, const struct facts *f, const struct verdict *v)
{
    MUST(f->form == FORM_PERSON && !f->unreadable && sender_is_tied(f));
    MUST(v->n_addresses == 1 && strcmp(v->address[0], f->from) == 0);
    if (v->confirmed)
        MUST(v->n_people == 1 && was_asked(w, f, &v->person[0]) &&
             strcmp(v->person[0].answer, "ask") != 0 &&
             strcmp(v->person[0].address, f->from) == 0);
    else
        MUST(v->n_people == 0 &&
             (f->intent == INTENT_JOIN || f->intent == INTENT_STAY));
}

/* A no to our question, or none of our business. */
static void
check_human(
    const struct world *w, const struct facts *f, const struct verdict *v)
{
    MUST(f->form == FORM_PERSON && !f->unreadable && v->n_addresses == 0);
    if (v->confirmed)
        MUST(
            was_asked_to_leave(w, f, v) && sender_is_tied(f) &&
            strcmp(v->person[0].address, f->from) == 0 &&
            f->intent != INTENT_LEAVE && f->intent != INTENT_LEAVE_OTHER &&
            (f->plain || f->intent == INTENT_STAY || f->intent == INTENT_JOIN));
    else
        MUST(v->n_people == 0);
}

/* Whom we ask what he means is on the list, and it is he who wrote. */
static void
check_review(
    const struct world *w, const struct facts *f, const struct verdict *v)
{
    const struct person *p = &v->person[0];

    if (v->may_answer)
        MUST(v->n_people == 1 && p->active && !f->forwarded &&
             f->intent == INTENT_UNSURE && strcmp(p->address, f->from) == 0 &&
             is_them(&w->address[index_of(addresses, f->from)], p));
}

static void
check_report(
    const struct world *w, const struct facts *f, const struct verdict *v)
{
    const struct person *p = &v->person[0];

    MUST(f->form == (v->kind == KIND_COMPLAINT ? FORM_COMPLAINT : FORM_BOUNCE));
    MUST(v->n_people > 0 || v->kind == KIND_COMPLAINT);
    if (v->kind == KIND_HARD)
        MUST(v->n_people == 1 && f->address_dead &&
             (is_them(&w->token[index_of(tokens, f->bounce_token)], p) ||
                 is_them(&w->token[index_of(tokens, f->returned_token)], p) ||
                 is_them(&w->id[index_of(ids, f->returned_id)], p)));
}

static void
check(const struct world *w, const struct facts *f, const struct verdict *v)
{
    MUST(v->n_people >= 0 && v->n_people <= FACTS_ADDRESSES_MAX);
    MUST(v->n_addresses >= 0 && v->n_addresses <= FACTS_ADDRESSES_MAX);
    MUST(v->evidence[0] != '\0');
    MUST(!text_unclean(v->evidence, strlen(v->evidence)));
    for (int i = 0; i < v->n_people; i++)
        MUST(v->person[i].subscriber_id > 0);
    for (int i = 0; i < v->n_addresses; i++)
        MUST(index_of(addresses, v->address[i]) > 0);
    MUST(!v->by_token || v->kind == KIND_UNSUB);
    MUST(!v->confirmed || v->kind == KIND_SUBSCRIBE || v->kind == KIND_UNSUB ||
         v->kind == KIND_HUMAN);
    MUST(!v->may_answer ||
         ((v->kind == KIND_UNSUB || v->kind == KIND_SUBSCRIBE ||
              v->kind == KIND_REVIEW) &&
             f->form == FORM_PERSON && sender_is_tied(f) && !v->by_token));
    switch (v->kind) {
    case KIND_UNSUB:
        check_leaving(w, f, v);
        break;
    case KIND_UNSUB_OTHER:
        MUST(f->intent == INTENT_LEAVE_OTHER && !f->dmarc_fail);
        break;
    case KIND_SUBSCRIBE:
        check_coming(w, f, v);
        break;
    case KIND_HARD:
    case KIND_SOFT:
    case KIND_COMPLAINT:
        check_report(w, f, v);
        break;
    case KIND_HUMAN:
        check_human(w, f, v);
        break;
    case KIND_AUTOREPLY:
    case KIND_OTHER:
        MUST(v->n_people == 0 && v->n_addresses == 0);
        break;
    case KIND_REVIEW:
        check_review(w, f, v);
        break;
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct facts facts;
    static struct verdict v;
    static struct world w;
    struct bytes b = {data, size};
    const struct directory who = {&w, by_address, by_token, by_id};
    enum result r;
    struct fault f;

    draw_facts(&b, &facts);
    w = (struct world){.failed = RES_OK};
    w.address[0].answer = w.token[0].answer = w.id[0].answer = RES_NONE;
    for (int i = 1; i < KEYS; i++) {
        w.address[i] = draw_known(&b, i, addresses[i]);
        w.token[i] = draw_known(&b, 10 + i, NULL);
        w.id[i] = draw_known(&b, 20 + i, NULL);
    }
    facts.plain = draw_flag(&b);
    facts.forwarded = draw_flag(&b);
    facts.still = draw_flag(&b);
    v = (struct verdict){.kind = KIND_OTHER, .n_people = -1};
    r = verdict_decide(&facts, &who, &v, &f);
    MUST(r == w.failed);
    if (r == RES_OK)
        check(&w, &facts, &v);
    else
        MUST(v.n_people == -1);
    return 0;
}
