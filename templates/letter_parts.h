/* SPDX-License-Identifier: ISC */
/* templates/letter_parts.h - what the files letter*.c share while one letter
 * is composed.  Nobody else includes this. */
#ifndef TEMPLATES_LETTER_PARTS_H
#define TEMPLATES_LETTER_PARTS_H
#include <stdint.h>
#include <stdio.h>
#include "lists/address.h"
#include "templates/body.h"
#include "templates/letter.h"
#include "templates/mark.h"
#include "templates/words.h"

enum {
    MAILBOX_NAME_MAX = 200,
    LETTER_IMAGES_MAX = 40,
    LETTER_URL_MAX = 700
};

/* A display name ("" none) and an address. */
struct mailbox {
    char name[MAILBOX_NAME_MAX + 1];
    struct address address;
};
/* Reads `a@b`, `Name <a@b>` or `"Name" <a@b>`.  NEVER: it is none. */
MUST_USE enum result
mailbox_read(const char *text, struct mailbox *out, struct fault *f);
/* The domain of an address, its last part. */
const char *mailbox_domain(const char *address);

/* Everything that is known of one letter before its bytes are written. */
struct plan {
    const struct draft *draft;
    const struct letter_list *list;
    const struct letter_image *files; /* as many as images */
    struct body_image images[LETTER_IMAGES_MAX];
    int n_images;
    struct mailbox from, reply_to; /* reply_to.address.text "" : none */
    const char *language, *footer_language;
    struct words words, footer_words;
    char *subject, *title, *preheader; /* with v marks */
    cmark_node *body, *footer;
    struct body_look look;
    char masthead[COLOUR_TEXT], masthead_text[COLOUR_TEXT];
    char link_dark[COLOUR_TEXT];
    uint64_t hash; /* tells this letter from others */
};

/* Expands NAME.html.tpl and NAME.txt.tpl with what the plan says; marks
 * stand where a person's values go.  Yours, free with free().
 * STOP: a template is missing or wrong. */
MUST_USE enum result letter_pages(const struct plan *p,
    const char *template_dir, char **html, char **text, struct fault *f);

/* Writes the header fields of a letter up to MIME-Version. */
void letter_write_head(FILE *to, const struct plan *p);
/* Writes Content-Type and what it describes. */
void letter_write_parts(
    FILE *to, const struct plan *p, const char *html, const char *text);

/* Writes text that holds nothing but ASCII and u marks as it is, the marks
 * as bare markers: for tokens in headers. */
void letter_write_tokens(FILE *to, const char *text);

/* Loads and drops the message: proof that letter_expand will take it. */
MUST_USE enum result
letter_prove(const char *message, size_t n, struct fault *f);

/* All the names of a compiled message, ended by NULL. */
extern const char *const letter_names[];
#endif
