/* SPDX-License-Identifier: ISC */
/* Answers that no one wrote and whose header fields do not say so. */
#include "daemon/intent.h"

#include <string.h>

#include "daemon/phrases_book.h"
#include "daemon/utf8.h"
#include "lists/fault.h"

static bool lies_in_absence(const struct reading *r, const struct found *f);
static bool speaks_of_letter(const struct reading *r);

enum robot_words
intent_robot(const char *words, size_t n, char *clue, size_t size)
{
    static struct reading *r;
    const struct found *sure, *says;

    if (r == NULL)
        r = fault_calloc(1, sizeof *r);
    phrases_find(words, n, NULL,
        PHRASE_BIT(PHRASE_ROBOT) | PHRASE_BIT(PHRASE_ABSENT) |
            PHRASE_BIT(PHRASE_EVENT) | PHRASE_BIT(PHRASE_KEEP),
        r);
    sure = phrases_has(r, PHRASE_ROBOT, -1);
    says = sure != NULL ? sure : phrases_has(r, PHRASE_ABSENT, -1);
    if (says == NULL)
        return ROBOT_NONE;
    for (int i = 0; sure == NULL && i < r->n_found; i++)
        if (r->found[i].kind == PHRASE_EVENT &&
            !lies_in_absence(r, &r->found[i]))
            return ROBOT_NONE;
    if (sure == NULL &&
        (speaks_of_letter(r) || phrases_has(r, PHRASE_KEEP, -1) != NULL))
        return ROBOT_NONE;
    utf8_tidy(clue, size, r->token[says->first].at,
        (size_t)(r->token[says->last].at + r->token[says->last].n -
                 r->token[says->first].at));
    return sure != NULL ? ROBOT_SURE : ROBOT_MAYBE;
}

/* "I am on a course": the course is why he is away; else what he is away from
 * is what a person speaks of. */
static bool
lies_in_absence(const struct reading *r, const struct found *f)
{
    for (int i = 0; i < r->n_found; i++)
        if (r->found[i].kind == PHRASE_ABSENT &&
            r->found[i].first <= f->first && r->found[i].last >= f->last)
            return true;
    return false;
}

/* No robot does, and none asks not to be taken off. */
static bool
speaks_of_letter(const struct reading *r)
{
    int letter = book_list(book_get(), "@paper");

    for (int i = 0; i < r->n_tokens; i++)
        if (book_in_set(r->token[i].word, letter))
            return true;
    return false;
}
