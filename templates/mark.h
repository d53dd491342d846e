/* SPDX-License-Identifier: ISC */
/* templates/mark.h - how a personal place looks while a letter is made.
 *
 * A mark is MARK_OPEN, one letter of kind, a name, MARK_CLOSE.  The two bytes
 * are control characters, which no value from outside may hold, so nobody can
 * write a mark but we.  The encoders of mime.h turn marks into the markers of
 * the compiled message, and everything else into text without two '@' side by
 * side: nothing that an author writes is ever taken for a marker.
 *
 *   v  a value whose escaping is still to be chosen (a merge field)
 *   h  a value in HTML     t  a value in plain text     u  one inside a URL
 *   #  a section begins    /  it ends: shown where the person has HAS...,
 *      NO..., WHY... */
#ifndef TEMPLATES_MARK_H
#define TEMPLATES_MARK_H
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include "templates/draft.h"

#define MARK_OPEN '\x01'
#define MARK_CLOSE '\x02'
#define MARK(kind, name) "\x01" kind name "\x02"

enum {
    MARK_MAX = 24 /* bytes of a mark, at most */
};

/* The length of the mark that stands at p (p[0] is MARK_OPEN), 0: not one of
 * ours.  *kind and *name (not terminated) with name_bytes are set. */
size_t
mark_read(const char *p, char *kind, const char **name, size_t *name_bytes);

/* The names that the person of a letter fills; NULL ends each. */
extern const char *const mark_values[];
extern const char *const mark_sections[];

/* Writes text to `to` with every v mark given the kind `kind`. */
void mark_settle(FILE *to, const char *text, char kind);

/* Text with the author's merge fields ({{fornavn|abonnent}}, *|FNAME|*) made
 * into v marks; line is that of text's beginning, for the notes.  In
 * CommonMark a fallback is escaped, so that it cannot be cut in two by it.
 * Yours, free with free(). */
char *mark_merge_fields(
    const char *text, int line, bool commonmark, struct notes *notes);

#endif
