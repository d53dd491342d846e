/* SPDX-License-Identifier: ISC */
/* The phrases by what they begin with, side by side: a text meets most of them
 * only to find that another word of theirs is not in the sentence.  That is
 * one bit, if it is the word that fewest phrases share, so a text costs hardly
 * more for more phrases. */
#include "daemon/phrases_book.h"

#include <assert.h>
#include <limits.h>

static_assert(BOOK_PHRASES_MAX <= UINT16_MAX, "a start holds its number");
static_assert((int)BOOK_STARTS_MAX <= (int)PHRASE_LISTS_MAX,
    "a reading has a bit for each");

static uint16_t
need(const struct book *b, const struct book_phrase *ph, const int *uses);

void
book_arrange(struct book *b)
{
    static int uses[BOOK_STARTS_MAX];
    uint16_t *at = b->first_start;

    for (int i = 0; i < b->n_elements; i++)
        uses[b->element[i].set]++;
    for (int i = 0; i < b->n_phrases; i++)
        at[b->element[b->phrase[i].first_element].set]++;
    for (int i = 1; i <= BOOK_STARTS_MAX; i++)
        at[i] = (uint16_t)(at[i] + at[i - 1]);
    for (int i = 0; i < b->n_phrases; i++) { /* what is read last comes first */
        const struct book_phrase *ph = &b->phrase[i];

        b->start[--at[b->element[ph->first_element].set]] =
            (struct book_start){.phrase = (uint16_t)i,
                .need = need(b, ph, uses),
                .kind = (uint8_t)ph->kind,
                .level = ph->level};
    }
}

/* Of the lists that a phrase must have all, the one that is used least. */
static uint16_t
need(const struct book *b, const struct book_phrase *ph, const int *uses)
{
    const struct book_element *e = &b->element[ph->first_element];
    uint16_t rarest = e->set;
    int least = INT_MAX;

    for (int k = 1; k < ph->n_elements; k++) {
        if (e[k].optional || e[k].absent || e[k].not_next ||
            uses[e[k].set] >= least)
            continue;
        rarest = e[k].set;
        least = uses[rarest];
    }
    return rarest;
}
