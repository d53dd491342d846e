/* SPDX-License-Identifier: ISC */
/* daemon/quote_marks.h - how mail programs say "here begins what someone else
 * wrote", line by line. Only own_words.c uses it. */
#ifndef DAEMON_QUOTE_MARKS_H
#define DAEMON_QUOTE_MARKS_H
#include <stdbool.h>
#include <stddef.h>

enum {
    QUOTE_LOOK_AHEAD = 10
};
enum quote_mark {
    QUOTE_NONE,
    QUOTE_ATTRIBUTION, /* "On ... X wrote:" */
    QUOTE_HEADERS,     /* "From: ... Sent: ... Subject: ..." */
    QUOTE_FORWARD,     /* the same, said to be forwarded */
};
/* Looks at n folded lines, the first of them not empty; fresh: an empty line
 * stands before it; *used: how many of them are the mark itself. */
enum quote_mark
quote_mark(const char *const *lines, int n, bool fresh, int *used);

enum quote_ending {
    ENDING_NONE,
    ENDING_RULE,       /* "-- " */
    ENDING_CLOSING,    /* "Kind regards" */
    ENDING_POSTSCRIPT, /* "PS: ..." */
};
enum quote_ending quote_ending(const char *folded, size_t n);

/* "From: ..." in any of the languages. */
bool quote_from_label(const char *folded);

/* A line that a program or a company wrote: mobile signatures, banners,
 * disclaimers, our own footer. Valid UTF-8. */
bool quote_noise(const char *line, size_t n);
/* A line in which someone speaks of himself. */
bool quote_personal(const char *line, size_t n);

#endif
