/* SPDX-License-Identifier: ISC */
/* templates/colour.h - a list's colour, made readable wherever it stands. */
#ifndef TEMPLATES_COLOUR_H
#define TEMPLATES_COLOUR_H
#include <stdbool.h>

enum {
    COLOUR_TEXT = 8 /* "#rrggbb" */
};
struct colour {
    unsigned char red, green, blue;
};

bool colour_read(const char *text, struct colour *out); /* "#rrggbb" */
void colour_write(struct colour c, char out[COLOUR_TEXT]);

/* Contrast of two colours as WCAG 2 reckons it, 1 to 21. */
double colour_contrast(struct colour a, struct colour b);

/* c, made darker or lighter in steps until it stands out from the ground by
 * `least` (what black or white does not reach is not found). */
struct colour colour_on(struct colour c, struct colour ground, double least);
#endif
