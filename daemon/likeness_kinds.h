/* SPDX-License-Identifier: ISC */
/* daemon/likeness_kinds.h - words that mean the same to a request, in whatever
 * language: "slet", "fjern" and "remove".  They stand in
 * daemon/replies/alike.txt; the program that learns makes the table. */
#ifndef DAEMON_LIKENESS_KINDS_H
#define DAEMON_LIKENESS_KINDS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    LIKENESS_KINDS_MAX = 255,
    LIKENESS_KIND_ROOM = 4096 /* much of it empty: a power of 2 */
};
struct likeness_kinds {
    struct likeness_kind {
        uint32_t hash;
        uint8_t kind; /* 0: empty */
        bool open;    /* for all words that begin so */
    } word[LIKENESS_KIND_ROOM];
};
extern const struct likeness_kinds likeness_kinds; /* written by learn.c */

/* The kind of a folded word, by its longest beginning that is known; 0: none.
 */
uint8_t
likeness_kind(const struct likeness_kinds *kinds, const char *word, size_t n);
/* Puts a folded word into a kind, from 1 on; open: and all that begin so.
 * False where there is no room, or it is of another kind already. */
bool likeness_kind_add(struct likeness_kinds *kinds, const char *word, size_t n,
    bool open, uint8_t kind);

#endif
