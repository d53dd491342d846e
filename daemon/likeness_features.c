/* SPDX-License-Identifier: ISC */
/* Words carry the meaning, pieces of words what is left of it in compounds,
 * endings, dialect and misspellings; and rows of the kinds of words how they
 * stand to each other, whichever of the words that mean the same was taken. */
#include "daemon/likeness_features.h"

#include <stdbool.h>
#include <string.h>

#include "daemon/utf8.h"

enum {
    PIECE_MIN = 3,
    PIECE_MAX = 6,
    STEM_BYTES = 4, /* by them a word of no kind is one of its own */
    WORDS_IN_ROW = 3,
    KINDS_IN_ROW = 4,
    WRAPPED_BYTES = 50 /* a line that is shorter was ended by its writer */
};
/* Where the hashes begin: the word "a" is not the piece "a". */
static const uint32_t for_words = 2166136261U, for_kinds = 1234567U,
                      for_known = 7654321U, for_pieces = 97531U;

/* The hashes of the last words, the newest first. */
struct row {
    uint32_t last[KINDS_IN_ROW];
    int n;
};

static size_t next_word(const char **p, const char *end);
static size_t letter(const char *p, const char *end);
static bool is_blank(char c);
static uint32_t add(uint32_t hash, const char *s, size_t n);
static void lengthen(struct row *r, uint32_t hash);
static void take_words(struct likeness_features *f, const struct row *r);
static void take_kinds(struct likeness_features *f,
    enum likeness_block_kind which, const struct row *r);
static void put_row(struct likeness_features *f, enum likeness_block_kind which,
    const struct row *r, int from, int step);
static void
take_pieces(struct likeness_features *f, const char *word, size_t n);
static void
put(struct likeness_features *f, enum likeness_block_kind which, uint32_t hash);
static void forget(struct likeness_features *f);

void
likeness_take(const struct likeness_kinds *kinds, const char *text, size_t n,
    struct likeness_features *f)
{
    char folded[LIKENESS_BYTES + 1];
    struct row words = {0}, all = {0}, known = {0};
    const char *p = folded, *end;
    size_t k;

    for (int i = 0; i < LIKENESS_BLOCKS; i++)
        f->block[i].n = 0;
    n = utf8_cut(text, n, LIKENESS_BYTES);
    end = folded + utf8_fold(folded, sizeof folded, text, n);
    for (; (k = next_word(&p, end)) > 0; p += k) {
        uint8_t kind = likeness_kind(kinds, p, k);

        lengthen(&words, add(for_words, p, k));
        take_words(f, &words);
        lengthen(&all,
            kind != 0 ? for_kinds + kind
                      : add(for_kinds, p, k < STEM_BYTES ? k : STEM_BYTES));
        take_kinds(f, LIKENESS_KINDS, &all);
        if (kind != 0) {
            lengthen(&known, for_known + kind);
            take_kinds(f, LIKENESS_KNOWN, &known);
        }
        if (letter(p, end) > 0)
            take_pieces(f, p, k);
    }
    forget(f);
}

static void
lengthen(struct row *r, uint32_t hash)
{
    memmove(&r->last[1], r->last, sizeof r->last - sizeof *r->last);
    r->last[0] = hash;
    r->n += r->n < KINDS_IN_ROW;
}

static void
take_words(struct likeness_features *f, const struct row *r)
{
    for (int i = 0; i < WORDS_IN_ROW && i < r->n; i++)
        put_row(f, LIKENESS_WORDS, r, i, 1);
}

/* Whole rows, and two with others between them. */
static void
take_kinds(struct likeness_features *f, enum likeness_block_kind which,
    const struct row *r)
{
    for (int i = 1; i < r->n; i++) {
        put_row(f, which, r, i, 1);
        if (i > 1)
            put_row(f, which, r, i, i);
    }
}

/* The word that is so many back, and every so many after it.  Two known ones
 * are the same however far apart they stand. */
static void
put_row(struct likeness_features *f, enum likeness_block_kind which,
    const struct row *r, int from, int step)
{
    uint32_t hash =
        which == LIKENESS_KNOWN && from == step ? 0 : (uint32_t)step;

    for (int i = from; i >= 0; i -= step)
        hash = (hash ^ hash >> 15 ^ r->last[i]) * 16777619U;
    put(f, which, hash);
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

static void
take_pieces(struct likeness_features *f, const char *word, size_t n)
{
    for (size_t from = 0; from + PIECE_MIN <= n + 2; from++) {
        uint32_t hash = for_pieces;

        for (size_t i = from; i < n + 2 && i < from + PIECE_MAX; i++) {
            hash = add(hash, i == 0 || i == n + 1 ? " " : word + i - 1, 1);
            if (i + 1 >= from + PIECE_MIN)
                put(f, LIKENESS_PIECES, hash);
        }
    }
}

static void
put(struct likeness_features *f, enum likeness_block_kind which, uint32_t hash)
{
    struct likeness_block *b = &f->block[which];
    uint32_t at = (hash ^ hash >> 18) % LIKENESS_WEIGHTS;
    uint64_t bit = UINT64_C(1) << at % 64;

    if (b->n == LIKENESS_PLACES_MAX || (f->seen[at / 64] & bit) != 0)
        return;
    f->seen[at / 64] |= bit;
    b->place[b->n++] = at;
}

/* Whole cells: all that is in them was taken from this text. */
static void
forget(struct likeness_features *f)
{
    for (int b = 0; b < LIKENESS_BLOCKS; b++)
        for (int i = 0; i < f->block[b].n; i++)
            f->seen[f->block[b].place[i] / 64] = 0;
}
