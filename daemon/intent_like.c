/* SPDX-License-Identifier: ISC */
/* The second opinion, by likeness.  It is asked where the phrases have no
 * answer, or may have a wrong one: the less they know, the surer it must be.
 * How far from 0 it must be for each of its powers is measured on texts that
 * nothing was learned from: see daemon/replies/README. */
#include "daemon/intent_weigh.h"

#include <limits.h>
#include <string.h>

#include "daemon/intent_where.h"
#include "daemon/likeness.h"
#include "daemon/likeness_features.h"
#include "daemon/utf8.h"

enum {
    SURELY = 1250,  /* a request, where the phrases know nothing */
    DOUBTED = 250,  /* so, where they doubt that it is one */
    AGAINST = 1000, /* so, where they doubt, and know what speaks against it */
    ASIDE = 1500,   /* so, where they heard a condition, or of a meeting, too */
    FIRMLY = 2500,  /* so, where they took it for another's, or heard a wish to
                       stay, a date, or of a meeting and not of the letter */
    APART = 4000,   /* so, where they heard of a meeting, and nothing more */
    PERHAPS = 0,    /* a person reads it */
    HARDLY = 0,     /* no request, whatever the phrases say: likewise */
    HARDLY_PLAIN = -500,    /* so, where they heard a word that means nothing
                               else, or a language that little is learned of */
    HARDLY_AGAIN = -1500,   /* so, where someone has left before */
    HARDLY_OF_LIST = -1500, /* so, where they heard the list in it */
    LONE_WORDS = 3 /* such a word and hardly another one are beyond doubt */
};

static int
surely(enum intent found, const struct reading *r, const struct hearing *h);
static int hardly(const struct reading *r, const struct hearing *h);
static int find(const struct reading *r, const char *words, size_t n);
static size_t append(char *out, size_t at, const char *s, size_t n);
static bool outweighs(const struct reading *r, const struct hearing *h);
static bool speaks_against(const struct reading *r, const struct hearing *h);
static size_t stretch(const struct token *a, const struct token *z);

enum intent
intent_like(enum intent found, const struct reading *r, const struct hearing *h,
    const char *words, size_t n)
{
    int like;

    if (r->n_tokens == 0)
        return found;
    like = find(r, words, n);
    if (found == INTENT_JOIN || found == INTENT_STAY)
        return like > SURELY ? INTENT_UNSURE : found;
    /* A subject that asks needs no words below it. */
    if (found == INTENT_LEAVE)
        return like < hardly(r, h) && (hearing_decisive(h) != NULL || h->told)
                   ? INTENT_UNSURE
                   : found;
    if (like > surely(found, r, h) && n <= LIKENESS_BYTES && !outweighs(r, h))
        return INTENT_LEAVE;
    return like > PERHAPS ? INTENT_UNSURE : found;
}

/* How like a request it must be to be one. */
static int
surely(enum intent found, const struct reading *r, const struct hearing *h)
{
    bool event = phrases_has(r, PHRASE_EVENT, -1) != NULL;

    if (event && !h->letter)
        return found == INTENT_NONE ? APART : FIRMLY;
    if (found == INTENT_LEAVE_OTHER || h->count[SAYS_KEEP] > 0 ||
        phrases_has(r, PHRASE_WHEN, -1) != NULL)
        return FIRMLY;
    if (found == INTENT_NONE)
        return event ? ASIDE : SURELY;
    return h->doubt ? ASIDE : speaks_against(r, h) ? AGAINST : DOUBTED;
}

/* Below which one that was heard is doubted. */
static int
hardly(const struct reading *r, const struct hearing *h)
{
    const struct found *heard = hearing_decisive(h);

    if (h->count[SAYS_LEAVE_LIST] > 0)
        return HARDLY_OF_LIST;
    if (phrases_has(r, PHRASE_PAST, -1) != NULL &&
        phrases_has(r, PHRASE_STILL, -1) != NULL)
        return HARDLY_AGAIN;
    if (h->sole && h->words <= LONE_WORDS)
        return INT_MIN;
    return phrases_has(r, PHRASE_SOLE, -1) != NULL ||
                   (heard != NULL && heard->foreign)
               ? HARDLY_PLAIN
               : HARDLY;
}

/* Addresses and our names are in the texts that were learned from what the
 * phrases take them for; and letters that stand apart are a word. */
static int
find(const struct reading *r, const char *words, size_t n)
{
    char text[LIKENESS_BYTES];
    size_t k = 0;
    const char *from = words;

    for (int i = 0; i < r->n_tokens; i++) {
        const struct token *t = &r->token[i];

        if (!t->address && !t->spaced && !t->ours)
            continue;
        if (!t->ours || i == 0 || !t[-1].ours)
            k = append(text, k, from, (size_t)(t->at - from));
        from = t->at + t->n;
        if (t->address)
            k = t->own ? append(text, k, "mig", 3)
                       : append(text, k, "nogens-adresse", 14);
        else if (t->ours)
            k = i > 0 && t[-1].ours ? k : append(text, k, "vores-navn", 10);
        else
            for (const char *p = t->at, *next; p < from; p = next) {
                next = p;
                (void)utf8_next(&next, from);
                if (strchr(" .-", *p) == NULL)
                    k = append(text, k, p, (size_t)(next - p));
            }
    }
    k = append(text, k, from, n - (size_t)(from - words));
    return likeness_find(text, k);
}

static size_t
append(char *out, size_t at, const char *s, size_t n)
{
    n = utf8_cut(s, n, LIKENESS_BYTES - at);
    memcpy(out + at, s, n);
    return at + n;
}

/* Whether there is what weighs more than any likeness: another's address or
 * letter, a word taken back, a subject that is about something else, or
 * something where nobody has looked. */
static bool
outweighs(const struct reading *r, const struct hearing *h)
{
    for (int i = 0; i < r->n_found; i++)
        if (r->found[i].kind == PHRASE_EVENT &&
            found_within(r, PHRASE_LETTER, &r->found[i]))
            return true;
    return r->cut || h->named || h->aside ||
           phrases_has(r, PHRASE_RETRACT, -1) != NULL ||
           phrases_has(r, PHRASE_SWAP, -1) != NULL;
}

static bool
speaks_against(const struct reading *r, const struct hearing *h)
{
    static const enum phrase_kind kinds[] = {
        PHRASE_EVENT, PHRASE_ASIDE, PHRASE_WHEN, PHRASE_TOLD, PHRASE_OTHER};

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (phrases_has(r, kinds[i], -1) != NULL)
            return true;
    return h->third || h->doubt || h->about ||
           h->count[SAYS_JOIN] + h->count[SAYS_WISH] + h->count[SAYS_KEEP] +
                   h->count[SAYS_OTHER] + h->count[SAYS_THAT] >
               0;
}

size_t
intent_likest(const struct reading *r, const char **at)
{
    int best = 0;
    size_t n = 0;

    for (int from = 0, to; from < r->n_tokens; from = to) {
        size_t k;
        int like;

        for (to = from + 1; to < r->n_tokens &&
                            r->token[to].sentence == r->token[from].sentence;)
            to++;
        k = stretch(&r->token[from], &r->token[to - 1]);
        like = likeness_find(r->token[from].at, k);
        if (n == 0 || like > best) {
            best = like;
            *at = r->token[from].at;
            n = k;
        }
    }
    return n;
}

static size_t
stretch(const struct token *a, const struct token *z)
{
    return (size_t)(z->at + z->n - a->at);
}
