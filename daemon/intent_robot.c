/* SPDX-License-Identifier: ISC */
/* Answers that no one wrote and whose header fields do not say so. */
#include "daemon/intent.h"

#include <string.h>

#include "daemon/phrases.h"
#include "daemon/utf8.h"
#include "lists/fault.h"

enum robot_words
intent_robot(const char *words, size_t n, char *clue, size_t size)
{
    static struct reading *r;

    if (r == NULL)
        r = fault_calloc(1, sizeof *r);
    phrases_find(words, n, NULL,
        PHRASE_BIT(PHRASE_ROBOT) | PHRASE_BIT(PHRASE_ABSENT), r);
    if (r->n_found == 0)
        return ROBOT_NONE;
    utf8_tidy(clue, size, r->token[r->found[0].first].at,
        (size_t)(r->token[r->found[0].last].at + r->token[r->found[0].last].n -
                 r->token[r->found[0].first].at));
    if (memchr(words, '?', n) != NULL)
        return ROBOT_NONE; /* robots ask nothing */
    return phrases_has(r, PHRASE_ROBOT, -1) != NULL ? ROBOT_SURE : ROBOT_MAYBE;
}
