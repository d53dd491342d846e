/* SPDX-License-Identifier: ISC */
/* daemon/likeness_features.h - what of a text is compared.  For likeness.c,
 * and for the program that learns (daemon/replies/learn.c): both must see a
 * text alike. */
#ifndef DAEMON_LIKENESS_FEATURES_H
#define DAEMON_LIKENESS_FEATURES_H
#include <stddef.h>
#include <stdint.h>

#include "daemon/likeness_kinds.h"

enum {
    LIKENESS_BYTES = 2000,      /* of a text; more is no request */
    LIKENESS_WEIGHTS = 1 << 20, /* one each for the features, by their hash */
    /* Each byte may be a word that ends five rows, or begin four pieces; no
     * valid text grows when it is folded. */
    LIKENESS_PLACES_MAX = 5 * LIKENESS_BYTES
};
enum likeness_block_kind {
    LIKENESS_WORDS,  /* and the signs . , ? !; rows of two and of three */
    LIKENESS_KINDS,  /* rows of two to four of their kinds, and of two around
                        one or two others */
    LIKENESS_KNOWN,  /* likewise, without the words of no kind */
    LIKENESS_PIECES, /* of 3 to 6 bytes of a word and the blanks around it */
    LIKENESS_BLOCKS
};

/* The features of one text, each once, by the places of their weights. Features
 * that share a place are one. */
struct likeness_features {
    struct likeness_block {
        int n;
        uint32_t place[LIKENESS_PLACES_MAX];
    } block[LIKENESS_BLOCKS];
    uint64_t seen[LIKENESS_WEIGHTS / 64]; /* all 0 between two texts */
};

/* What was learned: written by learn.c. In thousandths. */
extern const int16_t likeness_weight[LIKENESS_WEIGHTS];
extern const int likeness_bias;

/* The features of text, valid UTF-8, however it is capitalized, accented or
 * spaced.  f: zeroed before its first use; large, best kept static or on the
 * heap. */
void likeness_take(const struct likeness_kinds *kinds, const char *text,
    size_t n, struct likeness_features *f);
/* The bytes of the first sentence of text, with the blanks that follow it; n
 * where there is but one, and never 0 but for 0.  It ends with . ! or ? before
 * a blank, with an empty line, and with a line too short to have been
 * wrapped. */
size_t likeness_sentence(const char *text, size_t n);

#endif
