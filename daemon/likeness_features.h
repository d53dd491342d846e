/* SPDX-License-Identifier: ISC */
/* daemon/likeness_features.h - what of a text is compared.  For likeness.c,
 * and for the program that learns (daemon/replies/learn.c): both must see a
 * text alike. */
#ifndef DAEMON_LIKENESS_FEATURES_H
#define DAEMON_LIKENESS_FEATURES_H
#include <stddef.h>
#include <stdint.h>

enum {
    LIKENESS_BYTES = 2000,      /* of a text; more is no request */
    LIKENESS_WEIGHTS = 1 << 18, /* one each for the features, by their hash */
    /* folding may double a text; each byte may be a word, or begin four pieces
     */
    LIKENESS_WORDS_MAX = 3 * 2 * LIKENESS_BYTES,
    LIKENESS_PIECES_MAX = 4 * 2 * LIKENESS_BYTES
};

/* The features of one text, each once. */
struct likeness_features {
    int n_words;  /* words, and rows of two and of three */
    int n_pieces; /* of 3 to 6 letters of a word and the blanks around it */
    uint32_t word[LIKENESS_WORDS_MAX], piece[LIKENESS_PIECES_MAX];
    uint64_t seen[LIKENESS_WEIGHTS / 64]; /* all 0 between two texts */
};

/* What was learned: written by learn.c. In thousandths. */
extern const int16_t likeness_weight[LIKENESS_WEIGHTS];
extern const int likeness_bias;

/* f: zeroed before its first use; large, best kept static or on the heap. */
void likeness_take(const char *text, size_t n, struct likeness_features *f);

#endif
