/* SPDX-License-Identifier: ISC */
/* Misspellings.  People who write by ear write d before and after l, n and t
 * or leave it out, one consonant for two, e for ae, y for oe: two words that
 * sound alike are the same word.  Long words may have a letter or two wrong
 * besides. Only words that stand in no list are looked at; what looks like a
 * misspelling and is none ("anmelder") stands in the list @correct. */
#include <string.h>

#include "daemon/phrases_book.h"

enum {
    SOUND_MIN = 4, /* shorter words are too like each other */
    ONE_WRONG_MIN = 6,
    TWO_WRONG_MIN = 9
};

static int distance(const char *a, const char *b, int max);
static int least(int a, int b, int c);

const char *
book_spelled(const struct book *b, const char *folded, bool alike)
{
    char sound[BOOK_WORD_MAX] = "";
    size_t n = strlen(folded);
    const char *best = NULL;
    int best_wrong = 3;

    if (n < SOUND_MIN || n >= BOOK_WORD_MAX)
        return NULL;
    book_sound(sound, sizeof sound, folded);
    n = strlen(sound);
    for (int i = 0; i < b->n_spell && best_wrong > 0; i++) {
        const char *want = b->spell[i].sound;
        size_t m = b->spell[i].sound_n;
        int max = alike                ? 0
                  : m >= TWO_WRONG_MIN ? 2
                  : m >= ONE_WRONG_MIN ? 1
                                       : 0;
        int wrong;

        if (*want != *sound || n > m + (size_t)max || m > n + (size_t)max)
            continue;
        wrong = distance(sound, want, max);
        if (wrong <= max && wrong < best_wrong) {
            best = b->spell[i].word;
            best_wrong = wrong;
        }
    }
    return best;
}

/* How a folded word sounds, near enough. */
void
book_sound(char *out, size_t size, const char *folded)
{
    size_t w = 0;

    for (const char *p = folded; *p != '\0' && w + 1 < size; p++) {
        char c = *p, before = w > 0 ? out[w - 1] : '\0';

        if (c == 'a' && p[1] == 'e') {
            c = 'e';
            p++;
        } else if ((c == 'o' && p[1] == 'e') || (c == 'a' && p[1] == 'a')) {
            p++;
        } else if (c == 'd' && ((before != '\0' && strchr("lnr", before)) ||
                                   p[1] == 't' || p[1] == 's')) {
            continue;
        } else if (c == 'j' && p[1] != '\0' && before != '\0' &&
                   strchr("fklg", before)) {
            continue;
        }
        c = c == 'y'               ? 'o'
            : c == 'w'             ? 'v'
            : c == 'c' || c == 'q' ? 'k'
            : c == 'z'             ? 's'
                                   : c;
        if (c != before)
            out[w++] = c;
    }
    out[w] = '\0';
}

/* Letters wrong, missing, too many or changed about; max + 1 for more. */
static int
distance(const char *a, const char *b, int max)
{
    int row[3][BOOK_WORD_MAX + 1];
    int n = (int)strlen(a), m = (int)strlen(b);

    for (int k = 0; k <= m; k++)
        row[0][k] = k;
    for (int i = 1; i <= n; i++) {
        int *now = row[i % 3], *last = row[(i + 2) % 3], lowest = i;

        now[0] = i;
        for (int k = 1; k <= m; k++) {
            now[k] = least(now[k - 1] + 1, last[k] + 1,
                last[k - 1] + (a[i - 1] != b[k - 1]));
            if (i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1])
                now[k] = least(now[k], now[k], row[(i + 1) % 3][k - 2] + 1);
            lowest = now[k] < lowest ? now[k] : lowest;
        }
        if (lowest > max)
            return max + 1;
    }
    return row[n % 3][m];
}

static int
least(int a, int b, int c)
{
    a = a < b ? a : b;
    return a < c ? a : c;
}
