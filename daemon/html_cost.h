/* SPDX-License-Identifier: ISC */
/* daemon/html_cost.h - what libgumbo may cost: tags and attributes are counted
 * before, because it pays for them with the square of their number, and its
 * memory comes from a room of bounded size. Only html_text.c uses it. */
#ifndef DAEMON_HTML_COST_H
#define DAEMON_HTML_COST_H
#include <setjmp.h>
#include <stddef.h>
#include "lists/fault.h"

enum {
    HTML_TAGS_MAX = 8000,       /* that open or close */
    HTML_ATTRIBUTES_MAX = 4000, /* of one element */
    HTML_ROOM_MAX = 24 * 1024 * 1024
};

/* NEVER: more may be in it.  It takes time in proportion to n. */
MUST_USE enum result html_cost(const char *html, size_t n, struct fault *f);

/* Where the tag ends whose name is at p: its ">", or end; counts attributes.
 * A ">" in quotes does not end it, and quotes are some only after "=". */
const char *html_after_tag(const char *p, const char *end, int *attributes);

/* Where a parser's memory comes from: it is given back all at once. */
struct html_room {
    jmp_buf full; /* where to go when there is no more; set by the caller */
    size_t taken, left;
    char *next;
    struct html_chunk *chunks;
};
void *html_room_take(void *room, size_t n);
void html_room_drop(void *room, void *p); /* does nothing */
void html_room_clear(struct html_room *room);

#endif
