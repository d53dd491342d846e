/* SPDX-License-Identifier: ISC */
/* Words carry the meaning, pieces of words what is left of it in compounds,
 * endings, dialect and misspellings; and rows of how words begin how they stand
 * to each other, whatever their endings. */
#include "daemon/likeness_features.h"

#include <stdbool.h>
#include <string.h>

#include "daemon/utf8.h"

enum {
    PIECE_MIN = 3,
    PIECE_MAX = 6,
    STEM_BYTES = 4,
    ROW_MAX = 3,       /* words */
    WRAPPED_BYTES = 50 /* a line that is shorter was ended by its writer */
};
/* Where the hashes begin: the word "a" is not the piece "a". */
static const uint32_t for_words = 2166136261U, for_stems = 1234567U,
                      for_pieces = 97531U;

static size_t next_word(const char **p, const char *end);
static size_t letter(const char *p, const char *end);
static bool is_blank(char c);
static uint32_t add(uint32_t hash, const char *s, size_t n);
static uint32_t place_of(uint32_t hash);
static void
lengthen(uint32_t row[ROW_MAX], uint32_t start, const char *word, size_t n);
static void put(struct likeness_features *f, uint32_t *place, int *n, int max,
    uint32_t hash);
static void
take_pieces(struct likeness_features *f, const char *word, size_t n);
static void forget(struct likeness_features *f, const uint32_t *place, int n);

void
likeness_take(const char *text, size_t n, struct likeness_features *f)
{
    char folded[LIKENESS_BYTES + 1];
    uint32_t row[ROW_MAX] = {0}, stems[ROW_MAX] = {0}, back[2] = {0};
    const char *p = folded, *end;
    size_t k, stem;

    f->n_words = f->n_stems = f->n_pieces = 0;
    n = utf8_cut(text, n, LIKENESS_BYTES);
    end = folded + utf8_fold(folded, sizeof folded, text, n);
    for (int words = 1; (k = next_word(&p, end)) > 0; words++, p += k) {
        stem = k < STEM_BYTES ? k : STEM_BYTES;
        back[1] = back[0];
        back[0] = stems[0];
        lengthen(row, for_words, p, k);
        lengthen(stems, for_stems, p, stem);
        for (int i = 0; i < ROW_MAX && i < words; i++) {
            put(f, f->word, &f->n_words, LIKENESS_WORDS_MAX, row[i]);
            if (i > 0)
                put(f, f->stem, &f->n_stems, LIKENESS_STEMS_MAX, stems[i]);
        }
        if (words > 2)
            put(f, f->stem, &f->n_stems, LIKENESS_STEMS_MAX,
                add(add(back[1], "_", 1), p, stem));
        if (letter(p, end) > 0)
            take_pieces(f, p, k);
    }
    forget(f, f->word, f->n_words);
    forget(f, f->stem, f->n_stems);
    forget(f, f->piece, f->n_pieces);
}

/* By a word: row[i] becomes the hash of the last i + 1. */
static void
lengthen(uint32_t row[ROW_MAX], uint32_t start, const char *word, size_t n)
{
    for (int i = ROW_MAX - 1; i >= 0; i--)
        row[i] = add(i > 0 ? add(row[i - 1], " ", 1) : start, word, n);
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

static void
put(struct likeness_features *f, uint32_t *place, int *n, int max,
    uint32_t hash)
{
    uint32_t at = place_of(hash);
    uint64_t bit = UINT64_C(1) << at % 64;

    if (*n == max || (f->seen[at / 64] & bit) != 0)
        return;
    f->seen[at / 64] |= bit;
    place[(*n)++] = at;
}

static void
take_pieces(struct likeness_features *f, const char *word, size_t n)
{
    for (size_t from = 0; from + PIECE_MIN <= n + 2; from++) {
        uint32_t hash = for_pieces;

        for (size_t i = from; i < n + 2 && i < from + PIECE_MAX; i++) {
            hash = add(hash, i == 0 || i == n + 1 ? " " : word + i - 1, 1);
            if (i + 1 >= from + PIECE_MIN)
                put(f, f->piece, &f->n_pieces, LIKENESS_PIECES_MAX, hash);
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
