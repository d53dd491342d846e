/* SPDX-License-Identifier: ISC */
/* Every sentence is judged by itself, then the mail by its sentences.  A
 * request counts only where nothing in its sentence speaks against it: a
 * condition, another person, a meeting.  A lone word ("Afmeld") counts only
 * if the mail says nothing else, because it may be about anything.  Who is
 * missed writes again; who is wrongly taken off may never notice. */
#include "daemon/intent.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "daemon/intent_weigh.h"
#include "daemon/intent_where.h"
#include "daemon/phrases.h"
#include "daemon/utf8.h"
#include "lists/fault.h"

enum {
    TOLD_REACH = 6, /* words */
    LONG_WORDS = 60
};
static const uint64_t kinds =
    PHRASE_BIT(PHRASE_LEAVE) | PHRASE_BIT(PHRASE_BARE) |
    PHRASE_BIT(PHRASE_KEEP) | PHRASE_BIT(PHRASE_POLITE) |
    PHRASE_BIT(PHRASE_JOIN) | PHRASE_BIT(PHRASE_DOUBT) |
    PHRASE_BIT(PHRASE_ALLOWED) | PHRASE_BIT(PHRASE_OTHER) |
    PHRASE_BIT(PHRASE_EVENT) | PHRASE_BIT(PHRASE_LETTER) |
    PHRASE_BIT(PHRASE_OTHER_LEAVE) | PHRASE_BIT(PHRASE_PAST) |
    PHRASE_BIT(PHRASE_STILL) | PHRASE_BIT(PHRASE_ABOUT) |
    PHRASE_BIT(PHRASE_VAGUE) | PHRASE_BIT(PHRASE_ASIDE) |
    PHRASE_BIT(PHRASE_THIRD) | PHRASE_BIT(PHRASE_THAT) |
    PHRASE_BIT(PHRASE_OWN) | PHRASE_BIT(PHRASE_WHEN) | PHRASE_BIT(PHRASE_SOLE) |
    PHRASE_BIT(PHRASE_HOW) | PHRASE_BIT(PHRASE_DO) | PHRASE_BIT(PHRASE_TOLD) |
    PHRASE_BIT(PHRASE_RETRACT) | PHRASE_BIT(PHRASE_REASON) |
    PHRASE_BIT(PHRASE_PERSONAL) | PHRASE_BIT(PHRASE_THEM) |
    PHRASE_BIT(PHRASE_THEY) | PHRASE_BIT(PHRASE_WISH) |
    PHRASE_BIT(PHRASE_SWAP) | PHRASE_BIT(PHRASE_CLOSING) |
    PHRASE_BIT(PHRASE_SIGNED) | PHRASE_BIT(PHRASE_UNDO) | PHRASE_BIT(PHRASE_SO);

static void listen(struct facts *facts, const char *words, size_t n,
    bool answer, const char *ours, struct hearing *heard);
static void
hear(const struct reading *r, struct facts *facts, struct hearing *h);
static bool speaks_of_letter(const struct reading *r, int sentence);
static enum saying judge(const struct reading *r, int sentence,
    struct facts *facts, const struct found **why);
static enum saying judge_rest(const struct reading *r, int sentence, bool alone,
    const struct found **why);
static bool asked_of_letter(const struct reading *r, int sentence);
static bool answers_letter(const struct reading *r, int sentence);
static const struct found *undoing(const struct reading *r, int sentence);
static const struct found *does_so(const struct reading *r, int sentence);
static bool says_what(const struct reading *r, int sentence);
static bool vague_alone(const struct reading *r, int sentence);
static const struct found *request(const struct reading *r, int sentence);
static const struct found *
spoken(const struct reading *r, enum phrase_kind kind, int sentence);
static bool all_quoted(const struct reading *r);
static enum saying judge_request(const struct reading *r, int sentence,
    struct facts *facts, const struct found *leave, bool alone);
static bool
about_another(const struct reading *r, int sentence, const struct found *leave);
static bool weak(const struct reading *r, const struct found *leave);
static bool told(const struct reading *r, const struct found *f);
static const struct found *
real_doubt(const struct reading *r, int sentence, bool when);
static bool any_doubt(const struct reading *r);
static bool
names_another(const struct reading *r, int sentence, struct facts *facts);
static void clue_likest(struct facts *facts, const struct reading *r);
static void
clue_of(struct facts *facts, const struct reading *r, const struct found *f);
static struct reading *page(int which);

void
intent_find(struct facts *facts, const char *words, size_t n, bool answer,
    const char *ours)
{
    struct hearing in_body = {0};
    enum intent heard;

    listen(facts, words, n, answer, ours, &in_body);
    heard = facts->intent;
    facts->intent = intent_like(heard, page(0), &in_body, words, n);
    facts->likely = facts->intent == INTENT_LEAVE && heard != INTENT_LEAVE;
    if (facts->intent != heard && heard != INTENT_LEAVE)
        clue_likest(facts, page(0));
}

void
intent_by_phrases(struct facts *facts, const char *words, size_t n, bool answer,
    const char *ours)
{
    struct hearing in_body = {0};

    listen(facts, words, n, answer, ours, &in_body);
}

static void
listen(struct facts *facts, const char *words, size_t n, bool answer,
    const char *ours, struct hearing *heard)
{
    const struct phrases_people people = {facts->from, ours};
    struct reading *body = page(0), *subject = page(1);
    struct hearing in_subject = {0};
    const struct found *swap, *between = NULL;

    /* The body last: intent_like asks for its words, which go with the next. */
    phrases_find(
        facts->subject, strlen(facts->subject), &people, kinds, subject);
    phrases_find(words, n, &people, kinds, body);
    swap = phrases_has(body, PHRASE_SWAP, -1);
    facts->still = phrases_has(body, PHRASE_STILL, -1) != NULL;
    hear(body, facts, heard);
    hear(subject, facts, &in_subject);
    heard->aside = answer
                       ? phrases_has(subject, PHRASE_PAST, -1) != NULL
                       : in_subject.count[SAYS_EVENT] > 0 || in_subject.named;
    /* Nobody else's words arrive at an address that is for leaving alone. */
    in_subject.mine = in_subject.mine || facts->to_token[0] != '\0';
    facts->intent = intent_weigh(
        heard, &in_subject, answer && (body->n_tokens > 0 || facts->forwarded));
    if (facts->intent == INTENT_NONE && answer && !facts->forwarded &&
        (body->n_tokens == 0 || hearing_added(subject, &in_subject)))
        facts->intent = INTENT_UNSURE;
    if ((facts->intent == INTENT_NONE || facts->intent == INTENT_STAY) &&
        hearing_hints_at_another(body, heard))
        facts->intent =
            facts->intent == INTENT_STAY ? INTENT_UNSURE : INTENT_LEAVE_OTHER;
    if (facts->intent == INTENT_LEAVE_OTHER && facts->n_addresses == 0)
        for (int s = 0; s < body->n_sentences; s++)
            (void)names_another(body, s, facts);
    if (facts->intent == INTENT_NONE || facts->intent == INTENT_UNSURE)
        between = hearing_still_there(body, heard)
                      ? phrases_has(body, PHRASE_PAST, -1)
                  : hearing_asks_to_act(body, heard)
                      ? phrases_has(body, PHRASE_DO, -1)
                      : NULL;
    if (between != NULL)
        facts->intent = INTENT_LEAVE;
    else if (swap != NULL ||
             (facts->intent == INTENT_LEAVE && hearing_taken_back(body, heard)))
        facts->intent = INTENT_UNSURE;
    /* What was not heard may speak against it. */
    if (facts->intent == INTENT_LEAVE && (body->cut || subject->cut))
        facts->intent = INTENT_UNSURE;
    if (facts->intent == INTENT_NONE)
        return;
    if (between != NULL || swap != NULL)
        clue_of(facts, body, between != NULL ? between : swap);
    else if (hearing_decisive(heard) != NULL)
        clue_of(facts, body, hearing_decisive(heard));
    else
        clue_of(facts, subject, hearing_decisive(&in_subject));
}

static void
hear(const struct reading *r, struct facts *facts, struct hearing *h)
{
    h->third = phrases_has(r, PHRASE_THIRD, -1) != NULL;
    h->own = phrases_has(r, PHRASE_OWN, -1) != NULL;
    h->told = phrases_has(r, PHRASE_PAST, -1) != NULL;
    h->doubt = any_doubt(r);
    h->named = names_another(r, -1, facts);
    h->why = phrases_has(r, PHRASE_REASON, -1) != NULL;
    h->about = phrases_has(r, PHRASE_ABOUT, -1) != NULL;
    for (int s = 0; s < r->n_sentences; s++)
        h->told = h->told || (phrases_has(r, PHRASE_HOW, s) != NULL &&
                                 phrases_has(r, PHRASE_PERSONAL, s) != NULL);
    for (int s = 0; s < r->n_sentences; s++) {
        const struct found *why = NULL;
        enum saying what = judge(r, s, facts, &why);

        if ((what == SAYS_THAT || what == SAYS_BARE) && answers_letter(r, s))
            what = SAYS_LEAVE_LIST;
        h->count[what]++;
        if (h->first[what] == NULL)
            h->first[what] = why;
        if (what == SAYS_LEAVE || what == SAYS_LEAVE_LIST || what == SAYS_BARE)
            h->asked = why->last;
        h->clear = h->clear || (what == SAYS_LEAVE && h->letter &&
                                   phrases_has(r, PHRASE_EVENT, s - 1) == NULL);
        h->maybe =
            h->maybe || (what == SAYS_UNSURE && why->kind == PHRASE_LEAVE);
        h->mine = h->mine || ((what == SAYS_LEAVE || what == SAYS_LEAVE_LIST) &&
                                 (found_within(r, PHRASE_PERSONAL, why) ||
                                     found_within(r, PHRASE_OWN, why) ||
                                     why->kind == PHRASE_UNDO));
        h->sole =
            h->sole || (what == SAYS_BARE && found_within(r, PHRASE_SOLE, why));
        h->letter = h->letter || speaks_of_letter(r, s);
        if (what != SAYS_NOTHING)
            for (int i = 0; i < r->n_tokens; i++)
                h->words += r->token[i].sentence == s;
    }
}

/* "Your newsletter still comes. That must stop.": whether "that" in a sentence
 * is the letter, or its coming, of which the one before speaks. */
static bool
answers_letter(const struct reading *r, int sentence)
{
    static const enum phrase_kind against[] = {PHRASE_LEAVE, PHRASE_KEEP,
        PHRASE_JOIN, PHRASE_OTHER, PHRASE_OTHER_LEAVE, PHRASE_EVENT,
        PHRASE_ABOUT, PHRASE_THIRD};

    if (sentence == 0 || spoken(r, PHRASE_THAT, sentence) == NULL ||
        phrases_has(r, PHRASE_OTHER, sentence) != NULL ||
        phrases_has(r, PHRASE_THIRD, sentence) != NULL ||
        real_doubt(r, sentence, true) != NULL ||
        real_doubt(r, sentence - 1, true) != NULL)
        return false;
    for (size_t i = 0; i < sizeof against / sizeof *against; i++)
        if (phrases_has(r, against[i], sentence - 1) != NULL)
            return false;
    return phrases_has(r, PHRASE_OWN, sentence - 1) != NULL ||
           phrases_has(r, PHRASE_LETTER, sentence - 1) != NULL;
}

/* Not of something in it, and of no meeting. */
static bool
speaks_of_letter(const struct reading *r, int sentence)
{
    return phrases_has(r, PHRASE_LETTER, sentence) != NULL &&
           phrases_has(r, PHRASE_ABOUT, sentence) == NULL &&
           phrases_has(r, PHRASE_EVENT, sentence) == NULL;
}

static enum saying
judge(const struct reading *r, int sentence, struct facts *facts,
    const struct found **why)
{
    const struct found *leave = request(r, sentence);
    const struct found *bare = spoken(r, PHRASE_BARE, sentence);
    const struct found *keep = phrases_has(r, PHRASE_KEEP, sentence);
    const struct found *event = phrases_has(r, PHRASE_EVENT, sentence);
    int words = 0;
    bool alone = sentence_is_filler(r, sentence, PHRASE_BARE, &words);

    alone = alone ||
            (bare != NULL && leave == NULL && hearing_gives_reason(r, bare));
    if (words == 0 || (leave == NULL && bare == NULL && keep == NULL && alone))
        return SAYS_NOTHING;
    *why = undoing(r, sentence);
    if (*why == NULL)
        *why = does_so(r, sentence);
    if (*why != NULL && event == NULL && real_doubt(r, sentence, true) == NULL)
        return SAYS_LEAVE;
    if (keep != NULL && phrases_has(r, PHRASE_POLITE, sentence) == NULL) {
        *why = keep;
        return SAYS_KEEP;
    }
    *why = spoken(r, PHRASE_OTHER_LEAVE, sentence);
    if (*why != NULL && leave == NULL && event == NULL) {
        (void)names_another(r, sentence, facts);
        return real_doubt(r, sentence, true) != NULL ? SAYS_UNSURE : SAYS_OTHER;
    }
    *why = leave != NULL ? leave : bare;
    if (leave == NULL && !alone &&
        phrases_has(r, PHRASE_HOW, sentence) == NULL &&
        phrases_has(r, PHRASE_ABOUT, sentence) != NULL)
        return SAYS_SOMETHING;
    if (*why != NULL && !(leave == NULL && !alone &&
                            (spoken(r, PHRASE_JOIN, sentence) != NULL ||
                                says_what(r, sentence))))
        return judge_request(r, sentence, facts, leave, alone);
    return judge_rest(r, sentence, vague_alone(r, sentence), why);
}

/* "Can you undo that?", after (or in) what tells of having signed up by mistake
 * and speaks of nothing else one signs up for. */
static const struct found *
undoing(const struct reading *r, int sentence)
{
    const struct found *undo = spoken(r, PHRASE_UNDO, sentence);

    for (int i = 0; undo != NULL && i < r->n_found; i++) {
        int s = r->found[i].sentence;

        if (r->found[i].kind == PHRASE_SIGNED && s <= sentence &&
            phrases_has(r, PHRASE_EVENT, s) == NULL)
            return undo;
    }
    return NULL;
}

/* "You wrote that one may ask to be taken off.  So I do." */
static const struct found *
does_so(const struct reading *r, int sentence)
{
    const struct found *so = spoken(r, PHRASE_SO, sentence);

    if (so == NULL || phrases_has(r, PHRASE_EVENT, sentence - 1) != NULL ||
        phrases_has(r, PHRASE_OTHER, sentence - 1) != NULL || sentence == 0)
        return NULL;
    return phrases_has(r, PHRASE_LEAVE, sentence - 1) != NULL ||
                   phrases_has(r, PHRASE_BARE, sentence - 1) != NULL ||
                   phrases_has(r, PHRASE_PAST, sentence - 1) != NULL
               ? so
               : NULL;
}

/* Whether a lone word has its object: "so please stop it". */
static bool
says_what(const struct reading *r, int sentence)
{
    return spoken(r, PHRASE_THAT, sentence) != NULL &&
           phrases_has(r, PHRASE_OTHER, sentence) == NULL &&
           phrases_has(r, PHRASE_HOW, sentence) == NULL &&
           real_doubt(r, sentence, true) == NULL;
}

/* A sentence without words of leaving. */
static enum saying
judge_rest(
    const struct reading *r, int sentence, bool alone, const struct found **why)
{
    const struct found *join = spoken(r, PHRASE_JOIN, sentence);
    const struct found *event = phrases_has(r, PHRASE_EVENT, sentence);
    const struct found *letter = phrases_has(r, PHRASE_LETTER, sentence);

    if (event == NULL && phrases_has(r, PHRASE_SIGNED, sentence) != NULL)
        return SAYS_SOMETHING;
    *why = spoken(r, PHRASE_VAGUE, sentence);
    if (*why != NULL && alone && spoken(r, PHRASE_THAT, sentence) == NULL)
        return asked_of_letter(r, sentence) && (*why)->last > (*why)->first
                   ? SAYS_BARE
                   : SAYS_VAGUE;
    *why = spoken(r, PHRASE_HOW, sentence);
    if (*why != NULL && event == NULL &&
        phrases_has(r, PHRASE_OTHER, sentence) == NULL)
        return SAYS_UNSURE;
    *why = spoken(r, PHRASE_THAT, sentence);
    if (*why == NULL && phrases_has(r, PHRASE_THIRD, -1) != NULL)
        *why = spoken(r, PHRASE_THEM, sentence);
    if (*why == NULL && phrases_has(r, PHRASE_THIRD, -1) != NULL)
        *why = spoken(r, PHRASE_THEY, sentence);
    if (*why != NULL && event == NULL && join == NULL)
        return SAYS_THAT;
    *why = event != NULL ? event : join;
    if (event != NULL && (join == NULL || letter == NULL))
        return SAYS_EVENT;
    if (join != NULL && real_doubt(r, sentence, true) == NULL &&
        phrases_has(r, PHRASE_OTHER, sentence) == NULL)
        return SAYS_JOIN;
    *why = spoken(r, PHRASE_WISH, sentence);
    if (*why != NULL && real_doubt(r, sentence, true) == NULL)
        return SAYS_WISH;
    return hearing_signature(r, sentence) ? SAYS_NOTHING : SAYS_SOMETHING;
}

/* The sentence has words of leaving (leave: a whole request): what speaks
 * against it? */
static enum saying
judge_request(const struct reading *r, int sentence, struct facts *facts,
    const struct found *leave, bool alone)
{
    bool event = phrases_has(r, PHRASE_EVENT, sentence) != NULL ||
                 phrases_has(r, PHRASE_ASIDE, sentence) != NULL;
    bool letter = phrases_has(r, PHRASE_LETTER, sentence) != NULL;

    if (leave != NULL && found_within(r, PHRASE_LETTER, leave) &&
        !found_touches(r, PHRASE_EVENT, leave))
        event = false;
    if (event && (!letter || leave == NULL))
        return leave != NULL && found_elsewhere(r, PHRASE_EVENT, leave) &&
                       found_elsewhere(r, PHRASE_ASIDE, leave)
                   ? SAYS_UNSURE
                   : SAYS_EVENT;
    if (about_another(r, sentence, leave) || names_another(r, sentence, facts))
        return SAYS_OTHER;
    if (event || (leave != NULL && weak(r, leave)) ||
        real_doubt(r, sentence, true) != NULL ||
        (sentence_goes_on(r, sentence) &&
            real_doubt(r, sentence + 1, true) != NULL) ||
        phrases_has(r, PHRASE_HOW, sentence) != NULL ||
        found_beside(r, PHRASE_JOIN, sentence, leave))
        return SAYS_UNSURE;
    if (leave != NULL)
        return letter || (sentence > 0 && speaks_of_letter(r, sentence - 1))
                   ? SAYS_LEAVE_LIST
                   : SAYS_LEAVE;
    return alone ? SAYS_BARE : SAYS_UNSURE;
}

/* Whether a request is someone else's: she is named in it; or comes up, and it
 * says no "me" itself. */
static bool
about_another(const struct reading *r, int sentence, const struct found *leave)
{
    bool third = phrases_has(r, PHRASE_THIRD, -1) != NULL;

    if (phrases_has(r, PHRASE_OTHER, sentence) != NULL ||
        (third && phrases_has(r, PHRASE_THEY, sentence) != NULL))
        return true;
    return (phrases_has(r, PHRASE_THIRD, sentence) != NULL ||
               (third && phrases_has(r, PHRASE_THEM, sentence) != NULL)) &&
           (leave == NULL || !found_within(r, PHRASE_PERSONAL, leave));
}

/* Whether a request may be about something else: it speaks of leaving as such,
 * or is gathered from words far apart in a long text or without the letter. */
static bool
weak(const struct reading *r, const struct found *leave)
{
    return found_within(r, PHRASE_ABOUT, leave) ||
           (leave->loose && (r->n_tokens > LONG_WORDS ||
                                !found_within(r, PHRASE_LETTER, leave)));
}

/* "The newsletter? No, thank you." */
static bool
asked_of_letter(const struct reading *r, int sentence)
{
    int words = 0;

    return sentence > 0 &&
           sentence_is_filler(r, sentence - 1, PHRASE_LETTER, &words) &&
           words > 0 && phrases_has(r, PHRASE_LETTER, sentence - 1) != NULL;
}

/* Whether a "no" of unknown meaning is all that the sentence says. */
static bool
vague_alone(const struct reading *r, int sentence)
{
    int words = 0;

    return sentence_is_filler(r, sentence, PHRASE_VAGUE, &words);
}

/* A request in the sentence; if there are several, one in plain order that
 * has nothing else in it ("Jeg vil ikke have mit navn i jeres nyhedsbrev"
 * has), best the longest one that names the letter. */
static const struct found *
request(const struct reading *r, int sentence)
{
    const struct found *any = spoken(r, PHRASE_LEAVE, sentence), *plain = NULL;

    for (int i = 0; any != NULL && i < r->n_found; i++) {
        const struct found *f = &r->found[i];

        if (f->kind != PHRASE_LEAVE || f->sentence != sentence || told(r, f) ||
            r->token[f->first].quoted != r->token[any->first].quoted ||
            f->loose || found_within(r, PHRASE_ABOUT, f) ||
            found_within(r, PHRASE_EVENT, f))
            continue;
        if (plain == NULL || (!found_within(r, PHRASE_LETTER, plain) &&
                                 found_within(r, PHRASE_LETTER, f)))
            plain = f;
        else if (f->first == plain->first && f->last > plain->last)
            plain = f;
    }
    return plain != NULL ? plain : any;
}

/* A whole text between quotation marks is nobody else's. */
static bool
all_quoted(const struct reading *r)
{
    return r->token[0].quoted && r->token[r->n_tokens - 1].quoted;
}

/* Whether the words before a phrase, or its first ones, say that it is told of
 * and not meant, or those after it: "but to Karen"; or those before its "and
 * I". */
static bool
told(const struct reading *r, const struct found *f)
{
    for (int i = 0; i < r->n_found; i++) {
        const struct found *by = &r->found[i];

        if (by->kind != PHRASE_TOLD)
            continue;
        if (by->sentence == f->sentence
                ? by->first <= f->last && f->first <= by->last + TOLD_REACH
                : (by->sentence == f->sentence + 1 &&
                      r->token[by->first].but) ||
                      (by->sentence == f->sentence - 1 &&
                          r->token[by->last + 1].anew))
            return true;
    }
    return false;
}

/* The first phrase of a kind that the writer means, and does not quote from
 * others. */
static const struct found *
spoken(const struct reading *r, enum phrase_kind kind, int sentence)
{
    for (int i = 0; i < r->n_found; i++) {
        const struct found *f = &r->found[i];

        if (f->kind == kind && f->sentence == sentence &&
            (kind == PHRASE_JOIN || kind == PHRASE_WISH || !told(r, f)) &&
            (!r->token[f->first].quoted || all_quoted(r)))
            return f;
    }
    return NULL;
}

/* A phrase of doubt (when: or a time to come) that is not part of a
 * courtesy. */
static const struct found *
real_doubt(const struct reading *r, int sentence, bool when)
{
    for (int i = 0; i < r->n_found; i++) {
        const struct found *d = &r->found[i];
        bool allowed = false;

        if ((d->kind != PHRASE_DOUBT && (!when || d->kind != PHRASE_WHEN)) ||
            d->sentence != sentence)
            continue;
        for (int k = 0; k < r->n_found; k++)
            allowed = allowed || (r->found[k].kind == PHRASE_ALLOWED &&
                                     r->found[k].first <= d->first &&
                                     r->found[k].last >= d->last);
        if (!allowed)
            return d;
    }
    return NULL;
}

/* An address in the sentence (-1: in whichever, and it is not noted) that is
 * not the writer's own. */
static bool
names_another(const struct reading *r, int sentence, struct facts *facts)
{
    bool named = false;

    for (int i = 0; i < r->n_tokens; i++) {
        const struct token *t = &r->token[i];
        char text[ADDRESS_MAX + 1];
        struct address a;
        struct fault f;

        if ((sentence >= 0 && t->sentence != sentence) || !t->address ||
            t->n > ADDRESS_MAX)
            continue;
        memcpy(text, t->at, t->n);
        text[t->n] = '\0';
        if (address_parse(text, &a, &f) != RES_OK ||
            strcmp(a.key, facts->from) == 0)
            continue;
        named = true;
        if (sentence >= 0 && facts->n_addresses < FACTS_ADDRESSES_MAX)
            memcpy(facts->address[facts->n_addresses++], a.key, sizeof a.key);
    }
    return named;
}

static bool
any_doubt(const struct reading *r)
{
    for (int s = 0; s < r->n_sentences; s++)
        if (real_doubt(r, s, false) != NULL)
            return true;
    return false;
}

/* Where no phrase decided. */
static void
clue_likest(struct facts *facts, const struct reading *r)
{
    const char *at;
    size_t n = intent_likest(r, &at);

    if (n > 0)
        utf8_tidy(facts->clue, sizeof facts->clue, at, n);
}

static void
clue_of(struct facts *facts, const struct reading *r, const struct found *f)
{
    const struct token *a, *z;

    if (f == NULL)
        return;
    a = &r->token[f->first];
    z = &r->token[f->last];
    utf8_tidy(
        facts->clue, sizeof facts->clue, a->at, (size_t)(z->at + z->n - a->at));
}

/* Readings are large and used for every mail: made once. */
static struct reading *
page(int which)
{
    static struct reading *pages[2];

    if (pages[which] == NULL)
        pages[which] = fault_calloc(1, sizeof *pages[which]);
    return pages[which];
}
