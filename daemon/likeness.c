/* SPDX-License-Identifier: ISC */
/* Logistic regression over words and pieces of words: the sum of what each
 * says, the words' and the pieces' divided by the root of their number, so that
 * a long text speaks no louder than a short one. */
#include "daemon/likeness.h"

#include <math.h>

#include "daemon/likeness_features.h"

static double sum(const uint32_t *place, int n);

int
likeness_find(const char *text, size_t n)
{
    static struct likeness_features f;

    likeness_take(text, n, &f);
    if (f.n_pieces == 0)
        return 0;
    return likeness_bias +
           (int)lround(sum(f.word, f.n_words) + sum(f.piece, f.n_pieces));
}

static double
sum(const uint32_t *place, int n)
{
    int64_t all = 0;

    for (int i = 0; i < n; i++)
        all += likeness_weight[place[i]];
    return (double)all / sqrt(n);
}
