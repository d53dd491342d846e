/* SPDX-License-Identifier: ISC */
/* A request of one sentence in a long mail about other things is like none as
 * a whole, and a sentence alone may mean anything: the mean of both tells more
 * than either.
 *
 * Logistic regression: the weights of the features are added up; the sum of
 * each block of them is divided by the root of their number, so that a long
 * text speaks no louder than a short one.  The
 * program that learns gives each feature the same share (put_nodes in
 * daemon/replies/learn.c). */
#include "daemon/likeness.h"

#include <limits.h>
#include <math.h>
#include <stdbool.h>

#include "daemon/likeness_features.h"
#include "daemon/utf8.h"

static bool weigh(const char *text, size_t n, int *weight);
static double sum(const struct likeness_block *b);

int
likeness_find(const char *text, size_t n)
{
    int whole, one, best = INT_MIN;
    size_t k;

    n = utf8_cut(text, n, LIKENESS_BYTES);
    if (!weigh(text, n, &whole))
        return 0;
    for (; n > 0; text += k, n -= k) {
        k = likeness_sentence(text, n);
        if (k == n && best == INT_MIN)
            best = whole;
        else if (weigh(text, k, &one) && one > best)
            best = one;
    }
    return (whole + best) / 2;
}

/* False for a text without words. */
static bool
weigh(const char *text, size_t n, int *weight)
{
    static struct likeness_features f;
    double all = 0;

    likeness_take(&likeness_kinds, text, n, &f);
    for (int i = 0; i < LIKENESS_BLOCKS; i++)
        all += sum(&f.block[i]);
    *weight = likeness_bias + (int)lround(all);
    return f.block[LIKENESS_PIECES].n > 0;
}

static double
sum(const struct likeness_block *b)
{
    int64_t all = 0;

    for (int i = 0; i < b->n; i++)
        all += likeness_weight[b->place[i]];
    return b->n == 0 ? 0 : (double)all / sqrt(b->n);
}
