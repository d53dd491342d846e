/* SPDX-License-Identifier: ISC */
#include "lists/near.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

enum {
    WORD_MAX = 64
};

static int least(int a, int b);

/* Optimal string alignment, three rows of its table at a time. */
int
near_distance(const char *a, const char *b, int max)
{
    size_t n = strlen(a), m = strlen(b);
    int row[3][WORD_MAX];

    if (n >= WORD_MAX || m >= WORD_MAX)
        return max + 1;
    for (size_t k = 0; k <= m; k++)
        row[0][k] = (int)k;
    for (size_t i = 1; i <= n; i++) {
        int *now = row[i % 3], *last = row[(i + 2) % 3];
        int best = now[0] = (int)i;

        for (size_t k = 1; k <= m; k++) {
            bool same = strncasecmp(&a[i - 1], &b[k - 1], 1) == 0;

            now[k] = least(now[k - 1] + 1, last[k] + 1);
            now[k] = least(now[k], last[k - 1] + !same);
            if (i > 1 && k > 1 && strncasecmp(&a[i - 1], &b[k - 2], 1) == 0 &&
                strncasecmp(&a[i - 2], &b[k - 1], 1) == 0)
                now[k] = least(now[k], row[(i + 1) % 3][k - 2] + 1);
            best = least(best, now[k]);
        }
        if (best > max)
            return max + 1;
    }
    return least(row[n % 3][m], max + 1);
}

static int
least(int a, int b)
{
    return a < b ? a : b;
}
