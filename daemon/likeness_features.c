/* SPDX-License-Identifier: ISC */
/* Words carry the meaning, pieces of words what is left of it in compounds,
 * endings, dialect and misspellings. */
#include "daemon/likeness_features.h"

#include <stdbool.h>
#include <string.h>

#include "daemon/utf8.h"

enum {
    PIECE_MIN = 3,
    PIECE_MAX = 6,
    ROW_MAX = 3,       /* words */
    WRAPPED_BYTES = 50 /* a line that is shorter was ended by its writer */
};
/* Where the hashes begin: the word "a" is not the piece "a". */
static const uint32_t for_words = 2166136261U, for_pieces = 97531U;

static size_t next_word(const char **p, const char *end);
static size_t letter(const char *p, const char *end);
static bool is_blank(char c);
static uint32_t add(uint32_t hash, const char *s, size_t n);
static uint32_t place_of(uint32_t hash);
static bool is_new(struct likeness_features *f, uint32_t place);
static void
take_pieces(struct likeness_features *f, const char *word, size_t n);
static void forget(struct likeness_features *f, const uint32_t *place, int n);

void
likeness_take(const char *text, size_t n, struct likeness_features *f)
{
    char folded[LIKENESS_BYTES + 1];
    uint32_t row[ROW_MAX] = {for_words, for_words, for_words};
    const char *p = folded, *end;
    size_t k;

    f->n_words = f->n_pieces = 0;
    n = utf8_cut(text, n, LIKENESS_BYTES);
    end = folded + utf8_fold(folded, sizeof folded, text, n);
    for (int words = 1; (k = next_word(&p, end)) > 0; words++, p += k) {
        for (int i = ROW_MAX - 1; i >= 0; i--)
            row[i] = add(i > 0 ? add(row[i - 1], " ", 1) : for_words, p, k);
        for (int i = 0; i < ROW_MAX && i < words; i++)
            if (f->n_words < LIKENESS_WORDS_MAX && is_new(f, place_of(row[i])))
                f->word[f->n_words++] = place_of(row[i]);
        if (letter(p, end) > 0)
            take_pieces(f, p, k);
    }
    forget(f, f->word, f->n_words);
    forget(f, f->piece, f->n_pieces);
}

size_t
likeness_sentence(const char *text, size_t n)
{
    size_t line = 0, i;

    for (i = 0; i + 1 < n; i++, line++)
        if ((strchr(".!?", text[i]) != NULL && is_blank(text[i + 1])) ||
            (text[i] == '\n' && (line < WRAPPED_BYTES || text[i + 1] == '\n')))
            break;
        else if (text[i] == '\n')
            line = 0;
    for (i++; i < n && is_blank(text[i]); i++)
        ;
    return i < n ? i : n;
}

static bool
is_blank(char c)
{
    return c == ' ' || c == '\n' || c == '\t';
}

/* Moves *p to the next word, or sign that ends a sentence or parts it; its
 * bytes, 0 at the end. */
static size_t
next_word(const char **p, const char *end)
{
    size_t n = 0, k;

    while (*p < end && letter(*p, end) == 0 && strchr("?!.,", **p) == NULL)
        (void)utf8_next(p, end);
    while (*p + n < end && (k = letter(*p + n, end)) > 0)
        n += k;
    return n > 0 ? n : *p < end;
}

/* The bytes of the letter or digit at p; 0: it is none. */
static size_t
letter(const char *p, const char *end)
{
    unsigned char c = (unsigned char)*p;
    const char *next = p;

    if (c < 0x80)
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    return utf8_parts_words(utf8_next(&next, end)) ? 0 : (size_t)(next - p);
}

/* FNV-1a. */
static uint32_t
add(uint32_t hash, const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        hash = (hash ^ (unsigned char)s[i]) * 16777619U;
    return hash;
}

static uint32_t
place_of(uint32_t hash)
{
    return (hash ^ hash >> 18) % LIKENESS_WEIGHTS;
}

static bool
is_new(struct likeness_features *f, uint32_t place)
{
    uint64_t bit = UINT64_C(1) << place % 64;
    bool new = (f->seen[place / 64] & bit) == 0;

    f->seen[place / 64] |= bit;
    return new;
}

static void
take_pieces(struct likeness_features *f, const char *word, size_t n)
{
    for (size_t from = 0; from + PIECE_MIN <= n + 2; from++) {
        uint32_t hash = for_pieces;

        for (size_t i = from; i < n + 2 && i < from + PIECE_MAX; i++) {
            hash = add(hash, i == 0 || i == n + 1 ? " " : word + i - 1, 1);
            if (i + 1 >= from + PIECE_MIN &&
                f->n_pieces < LIKENESS_PIECES_MAX && is_new(f, place_of(hash)))
                f->piece[f->n_pieces++] = place_of(hash);
        }
    }
}

/* Whole cells: all that is in them was taken from this text. */
static void
forget(struct likeness_features *f, const uint32_t *place, int n)
{
    for (int i = 0; i < n; i++)
        f->seen[place[i] / 64] = 0;
}
