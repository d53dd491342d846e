/* SPDX-License-Identifier: ISC */
/* templates/body_slips.h - what an author most likely meant otherwise: text
 * that is nearly CommonMark, but is not, and would stand in the letter as it
 * was typed. */
#ifndef TEMPLATES_BODY_SLIPS_H
#define TEMPLATES_BODY_SLIPS_H
#include <cmark.h>
#include "templates/draft.h"

/* Tells the slips in one node of a tree whose text nodes are consolidated.
 * source: the text that the tree was made of; line: where the node stands in
 * its file; first: where the source begins there.
 * An error is only what nobody can mean: a link or picture that is none. */
void body_slips(cmark_node *node, const char *source, int first, int line,
    struct notes *notes);

#endif
