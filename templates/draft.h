/* SPDX-License-Identifier: ISC */
/* templates/draft.h - what the author wrote: the front matter, read and
 * checked, and the CommonMark below it; with everything that is wrong at once.
 */
#ifndef TEMPLATES_DRAFT_H
#define TEMPLATES_DRAFT_H
#include <stdbool.h>
#include <stddef.h>
#include "lists/fault.h"

enum {
    DRAFT_MAX_BYTES = 512 * 1024,
    DRAFT_CONTACTS_MAX = 12,
    NOTES_MAX = 50
};

/* What the author should know about the source, for `check`. */
struct note {
    int line;   /* from 1; 0: the whole file */
    bool error; /* an error stops queueing, a warning does not */
    char text[240];
};
struct notes {
    int n; /* at most NOTES_MAX; what is over is dropped */
    int errors;
    struct note item[NOTES_MAX];
};
void notes_add(struct notes *n, int line, bool error, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

struct draft_contact { /* yours, in the draft; "" where not given */
    char *name, *title, *phone, *mail;
    int mail_line;
};
struct draft {
    char *subject;       /* never empty in a draft without errors */
    char *list;          /* key of the list, "" : the only one */
    char *title;         /* masthead line of the letter, "" : subject */
    char *preheader;     /* "" : none */
    char *from;          /* "Name <a@b>", "" : the list's */
    char *reply_to;      /* "" : none */
    char *language;      /* "da", "en"; "" : the list's */
    char *template_name; /* "" : "letter" */
    int n_contacts;
    struct draft_contact contact[DRAFT_CONTACTS_MAX];
    /* The lines where these stand, 0: they do not. */
    int subject_line, title_line, preheader_line, list_line, from_line,
        reply_to_line, language_line, template_line;
    char *body;    /* the CommonMark */
    int body_line; /* the line of the file it begins in */
};

/* Reads a source file of n bytes. Faults of the author go into notes, with
 * lines; the draft is made as far as it can be read, even then.
 * Yours, free with draft_free.  NEVER: larger than DRAFT_MAX_BYTES, not
 * UTF-8, or no front matter at all (the words say how one looks). */
MUST_USE enum result draft_parse(const char *source, size_t n,
    struct draft **out, struct notes *notes, struct fault *f);
void draft_free(struct draft *d); /* NULL is fine */

#endif
