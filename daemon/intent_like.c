/* SPDX-License-Identifier: ISC */
/* The second opinion, by likeness.  It is asked where the phrases have no
 * answer, or may have a wrong one: the less they know, the surer it must be.
 * How far from 0 it must be for each of its powers is measured on texts that
 * nothing was learned from: see daemon/replies/README. */
#include "daemon/intent_weigh.h"
#include "daemon/likeness.h"
#include "daemon/likeness_features.h"

enum {
    SURELY = 2000,  /* a request, where the phrases know nothing */
    DOUBTED = 1000, /* so much less, where they doubt that it is one */
    AGAINST = 500,  /* so much more, where they know what speaks against it */
    PERHAPS = 500,  /* a person reads it */
    HARDLY = -300   /* no request, whatever the phrases say: likewise */
};

static bool outweighs(const struct reading *r, const struct hearing *h);
static bool speaks_against(const struct reading *r, const struct hearing *h);
static size_t stretch(const struct token *a, const struct token *z);

enum intent
intent_like(enum intent found, const struct reading *r, const struct hearing *h,
    const char *words, size_t n)
{
    int like, surely = SURELY;

    if (r->n_tokens == 0)
        return found;
    like = likeness_find(words, n);
    if (found == INTENT_JOIN || found == INTENT_STAY)
        return like > SURELY ? INTENT_UNSURE : found;
    if (found == INTENT_LEAVE) /* a subject that asks needs no words below it */
        return like < HARDLY && hearing_decisive(h) != NULL ? INTENT_UNSURE
                                                            : found;
    if (found == INTENT_UNSURE)
        surely -= DOUBTED;
    if (speaks_against(r, h))
        surely += AGAINST;
    if (like > surely && n <= LIKENESS_BYTES && !outweighs(r, h) &&
        found != INTENT_LEAVE_OTHER)
        return INTENT_LEAVE;
    return like > PERHAPS ? INTENT_UNSURE : found;
}

/* Whether there is what weighs more than any likeness: another's address, a
 * word taken back, or something where nobody has looked. */
static bool
outweighs(const struct reading *r, const struct hearing *h)
{
    return r->cut || h->named || phrases_has(r, PHRASE_RETRACT, -1) != NULL ||
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
