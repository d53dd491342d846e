/* SPDX-License-Identifier: ISC */
/* daemon/html_brief.h - HTML for libgumbo with a single character for each run
 * of text.  The parser makes a token of every letter, and where they stand
 * depends on none of them.  Only html_text.c uses it. */
#ifndef DAEMON_HTML_BRIEF_H
#define DAEMON_HTML_BRIEF_H
#include <stdbool.h>
#include <stddef.h>

struct html_run {
    const char *at; /* in the HTML that was made brief */
    size_t n;
};
struct html_brief {
    char *html; /* for the parser */
    size_t n, n_runs;
    struct html_run *run;
};

/* n bytes of valid UTF-8, borrowed; clear b with html_brief_clear. */
void html_brief_make(struct html_brief *b, const char *html, size_t n);
void html_brief_clear(struct html_brief *b);
/* Whether the character at s (NUL-terminated UTF-8) stands for a run, and
 * which.  Each run is given once: a mail may name such characters itself, and
 * a short mail must not become a long text. */
bool html_brief_take(struct html_brief *b, const char *s, struct html_run *out);

#endif
