/* SPDX-License-Identifier: ISC */
/* daemon/own_words.h - what the writer of a mail wrote: without the quoted
 * letter, attributions, Outlook's header blocks, signatures, disclaimers and
 * our own footer. */
#ifndef DAEMON_OWN_WORDS_H
#define DAEMON_OWN_WORDS_H
#include <stdbool.h>
#include <stddef.h>

enum {
    OWN_WORDS_LINES_MAX = 2000
};

struct own_words {
    char *text; /* yours, free with free(); LF, "" none */
    size_t n;
    int quote_line; /* the first quoted line, from 1; 0 none */
    bool forwarded; /* what is quoted is marked as a forward */
    char *rest;     /* yours: what stands below a header block, "" none */
    char *sender;   /* yours: the From line of that block, "" none */
};

/* What is known of the text, and of its writer. */
struct own_words_of {
    bool flowed, delsp; /* RFC 3676 */
    const char *name;   /* the writer's display name, "" unknown */
};

/* text: valid UTF-8 with LF. */
void own_words_find(const char *text, size_t n, const struct own_words_of *of,
    struct own_words *out);
void own_words_clear(struct own_words *w);

#endif
