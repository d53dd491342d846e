/* SPDX-License-Identifier: ISC */
/* The second opinion, by likeness.  It is asked where the phrases have no
 * answer, or may have a wrong one.  It takes nobody off against what they know:
 * what speaks against a request is theirs to find, and where it doubts a
 * request of theirs a person decides.  How far from 0 it must be for each of
 * its powers is measured on texts that nothing was learned from: see
 * daemon/replies/README. */
#include "daemon/intent_weigh.h"
#include "daemon/likeness.h"
#include "daemon/likeness_features.h"
#include "daemon/phrases_book.h"

enum {
    SURELY = 2000, /* a request, if nothing speaks against it */
    PERHAPS = 500, /* a person reads it */
    HARDLY = -1000 /* no request, whatever the phrases say: likewise */
};

static bool speaks_of_leaving(const struct reading *r);
static bool unlikely(const struct reading *r, const struct found *f);
static bool speaks_against(const struct reading *r, const struct hearing *h);
static size_t stretch(const struct token *a, const struct token *z);

enum intent
intent_like(enum intent found, const struct reading *r, const struct hearing *h,
    const char *words, size_t n)
{
    int like;

    if (r->n_tokens == 0 || (found != INTENT_NONE && found != INTENT_UNSURE &&
                                found != INTENT_LEAVE))
        return found;
    like = likeness_find(words, n);
    if (found == INTENT_LEAVE)
        return like < HARDLY && hearing_decisive(h) != NULL &&
                       unlikely(r, hearing_decisive(h))
                   ? INTENT_UNSURE
                   : found;
    if (like > SURELY && n <= LIKENESS_BYTES && speaks_of_leaving(r) &&
        !speaks_against(r, h))
        return INTENT_LEAVE;
    return like > PERHAPS ? INTENT_UNSURE : found;
}

/* "Send it to me" is like many requests, and is none: words of leaving, of the
 * list or of the letter must be there. */
static bool
speaks_of_leaving(const struct reading *r)
{
    static const enum phrase_kind kinds[] = {
        PHRASE_LEAVE, PHRASE_BARE, PHRASE_SOLE, PHRASE_HOW, PHRASE_PAST};
    int words = book_list(book_get(), "@of-leaving");

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (phrases_has(r, kinds[i], -1) != NULL)
            return true;
    for (int i = 0; i < r->n_tokens; i++)
        if (book_in_set(r->token[i].word, words))
            return true;
    return false;
}

/* Whether the sentence itself that asks is not like a request.  A subject that
 * asks needs no words below it; and what was learned from is nearly all
 * Danish. */
static bool
unlikely(const struct reading *r, const struct found *f)
{
    int from = f->first, to = f->last;

    while (from > 0 && r->token[from - 1].sentence == f->sentence)
        from--;
    while (to + 1 < r->n_tokens && r->token[to + 1].sentence == f->sentence)
        to++;
    return !f->foreign && likeness_find(r->token[from].at,
                              stretch(&r->token[from], &r->token[to])) < SURELY;
}

static bool
speaks_against(const struct reading *r, const struct hearing *h)
{
    static const enum phrase_kind kinds[] = {PHRASE_EVENT, PHRASE_ASIDE,
        PHRASE_WHEN, PHRASE_TOLD, PHRASE_RETRACT, PHRASE_OTHER, PHRASE_SWAP};

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (phrases_has(r, kinds[i], -1) != NULL)
            return true;
    return r->cut || h->third || h->named || h->doubt || h->about ||
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
