/* SPDX-License-Identifier: ISC */
/* What stands around a request and says nothing against it: a reason, names
 * and regards. */
#include <string.h>

#include "daemon/intent_weigh.h"
#include "daemon/utf8.h"

enum {
    NAME_WORDS = 4,
    WORDS_OF_LEAVING = 4
};

static bool is_name(const struct token *t);

/* "Kind regards, Karen", or at the end a name, which nothing leads up to. */
bool
hearing_signature(const struct reading *r, int sentence)
{
    int words = 0;

    if (phrases_has(r, PHRASE_CLOSING, sentence) != NULL)
        return true;
    for (int i = r->n_tokens - 1; i >= 0; i--) {
        const struct token *t = &r->token[i];

        if (t->sentence < sentence)
            return memchr(t->at, ':', (size_t)(t[1].at - t->at)) == NULL;
        if (++words > NAME_WORDS || !is_name(t) ||
            phrases_has(r, PHRASE_PERSONAL, t->sentence) != NULL)
            return false;
    }
    return false;
}

/* Karen or M, but not STOP. */
static bool
is_name(const struct token *t)
{
    const char *end = t->at + t->n, *p = t->at;
    unsigned first = utf8_next(&p, end);
    unsigned second = p < end ? utf8_next(&p, end) : 'a';

    return ((first >= 'A' && first <= 'Z') ||
               (first >= 0xC0 && first <= 0xDE)) &&
           !(second >= 'A' && second <= 'Z') &&
           !(second >= 0xC0 && second <= 0xDE);
}

/* "Newsletter 14 - unsubscribe": whether a request follows the letter's name in
 * the subject of an answer, which neither the letter nor our own question
 * has. */
bool
hearing_added(const struct reading *r, const struct hearing *h)
{
    if (h->count[SAYS_LEAVE] + h->count[SAYS_LEAVE_LIST] +
                h->count[SAYS_BARE] ==
            0 ||
        h->count[SAYS_EVENT] + h->count[SAYS_KEEP] + h->count[SAYS_JOIN] +
                h->count[SAYS_OTHER] >
            0)
        return false;
    for (int i = 0; i < r->n_found; i++)
        for (int k = 0; k < r->n_found; k++)
            if (r->found[i].kind == PHRASE_LETTER &&
                (r->found[k].kind == PHRASE_LEAVE ||
                    r->found[k].kind == PHRASE_BARE) &&
                r->found[i].last < r->found[k].first)
                return true;
    return false;
}

/* "Not for me any more, unsubscribe": whether a word of leaving is a clause of
 * its own, and the rest of the sentence a reason. */
bool
hearing_gives_reason(const struct reading *r, const struct found *bare)
{
    int first = bare->first, last = bare->last;
    bool reason = false;

    if (last - first >= WORDS_OF_LEAVING)
        return false;
    while (first > 0 && r->token[first - 1].sentence == bare->sentence &&
           !r->token[first - 1].comma && !r->token[first - 1].clause)
        first--;
    while (last + 1 < r->n_tokens &&
           r->token[last + 1].sentence == bare->sentence &&
           !r->token[last + 1].comma && !r->token[last + 1].clause)
        last++;
    for (int i = first; i <= last; i++)
        if (!r->token[i].filler && (i < bare->first || i > bare->last))
            return false;
    for (int i = 0; i < r->n_found; i++) {
        const struct found *f = &r->found[i];

        reason = reason ||
                 (f->sentence == bare->sentence &&
                     (f->kind == PHRASE_REASON || f->kind == PHRASE_VAGUE) &&
                     (f->last < first || f->first > last));
    }
    return reason;
}
