/* SPDX-License-Identifier: ISC */
/* templates/front_matter.h - the YAML at the head of a source file. */
#ifndef TEMPLATES_FRONT_MATTER_H
#define TEMPLATES_FRONT_MATTER_H
#include "templates/draft.h"

/* Reads n bytes of YAML into the strings of d, which are "" before.  YAML's
 * line 1 is line first_line of the file.  What is wrong goes into notes; the
 * rest is read as far as libyaml comes. */
void front_matter_read(const char *yaml, size_t n, int first_line,
    struct draft *d, struct notes *notes);

#endif
