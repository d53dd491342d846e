/* SPDX-License-Identifier: ISC */
/* Misspellings.  People who write by ear write d before and after l, n and t
 * or leave it out, one consonant for two, e for ae, y for oe: two words that
 * sound alike are the same word.  Long words may have a letter or two wrong
 * besides. Only words that stand in no list are looked at; what looks like a
 * misspelling and is none ("anmelder") stands in the list @correct. */
#include <string.h>

#include "daemon/phrases_book.h"
#include "lists/near.h"

enum {
    SOUND_MIN = 4, /* shorter words are too like each other */
    ONE_WRONG_MIN = 6,
    TWO_WRONG_MIN = 9,
    MANY_WRONG = 3
};

static int mistyped(const char *folded, const char *want);

const char *
book_spelled(const struct book *b, const char *folded, bool alike)
{
    char sound[BOOK_WORD_MAX] = "";
    size_t n = strlen(folded);
    const char *best = NULL;
    int best_wrong = MANY_WRONG;

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

        if (*want != *sound || n > m + 2 || m > n + 2)
            continue;
        wrong = near_distance(sound, want, max);
        if (wrong > max)
            wrong = alike ? MANY_WRONG : mistyped(folded, b->spell[i].word);
        if (wrong < best_wrong) {
            best = b->spell[i].word;
            best_wrong = wrong;
        }
    }
    return best;
}

/* Fingers slip by one letter: 1, or a great number if they did not. */
static int
mistyped(const char *folded, const char *want)
{
    return strlen(want) >= ONE_WRONG_MIN && near_distance(folded, want, 1) == 1
               ? 1
               : MANY_WRONG;
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
