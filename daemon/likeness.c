/* SPDX-License-Identifier: ISC */
/* Logistic regression: the weights of the words are added up, and those of the
 * pieces of words; each sum is divided by the root of their number, so that a
 * long text speaks no louder than a short one.  The program that learns gives
 * each feature the same share (put_nodes in daemon/replies/learn.c). */
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
