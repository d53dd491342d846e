/* SPDX-License-Identifier: ISC */
/* Names and regards below a request say nothing against it. */
#include <string.h>

#include "daemon/intent_weigh.h"
#include "daemon/utf8.h"

enum {
    NAME_WORDS = 4
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
