/* SPDX-License-Identifier: ISC */
/* templates/wrap.h - plain text in lines that a reader's window holds. */
#ifndef TEMPLATES_WRAP_H
#define TEMPLATES_WRAP_H
#include <stdio.h>

enum {
    WRAP_COLUMNS = 72
};

/* Writes text (UTF-8, may hold marks; a '\n' stays one) with lines of at most
 * WRAP_COLUMNS on the screen, each ended by '\n'.  The first line begins with
 * `first`, the others with `rest`.  A word that is longer stays whole, so
 * that an address can be copied.  Gives the width of the widest line. */
int wrap(FILE *to, const char *text, const char *first, const char *rest);
#endif
