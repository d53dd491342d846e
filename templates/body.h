/* SPDX-License-Identifier: ISC */
/* templates/body.h - CommonMark (with marks in it) as one tree, and the two
 * forms that a letter makes of it: HTML and plain text. */
#ifndef TEMPLATES_BODY_H
#define TEMPLATES_BODY_H
#include <cmark.h>
#include <stdbool.h>
#include "templates/colour.h"
#include "templates/draft.h"

/* A picture beside the source: how the letter refers to it. */
struct body_image {
    const char *name;     /* as the source writes it */
    char content_id[120]; /* without brackets */
    int width;            /* pixels, 0 unknown */
    bool used;
};

/* Colours as the HTML says them. */
struct body_look {
    char link[COLOUR_TEXT];   /* readable on white */
    char button[COLOUR_TEXT]; /* ground of buttons */
    char label[COLOUR_TEXT];  /* text on it */
};

/* A block that a letter knows beyond CommonMark: a paragraph that is only
 * [text](url "button"). */
bool body_is_button(cmark_node *paragraph);

/* Parses the text; line is that of its beginning, for the notes.  Errors:
 * raw HTML, a link with a scheme that no letter may use, a picture that is
 * not there, nesting beyond all measure.  Marks the images used.
 * Yours, free with cmark_node_free. With errors it must not be rendered. */
cmark_node *body_parse(const char *commonmark, int line,
    struct body_image *images, int n_images, struct notes *notes);

/* Yours, free with free(). Both hold marks of kind h, u and #, or t and #. */
char *body_html(cmark_node *root, const struct body_look *look,
    const struct body_image *images, int n_images);
char *body_text(cmark_node *root);

/* The plain text of what stands in a node: an alt text. Yours. */
char *body_plain(cmark_node *node);

/* The image of that name, NULL. */
const struct body_image *
body_find_image(const struct body_image *images, int n, const char *name);
#endif
