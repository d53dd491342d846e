/* SPDX-License-Identifier: ISC */
/* daemon/window.h - the hours in which a list's letters may go, by the clock
 * on the wall of its time zone. */
#ifndef DAEMON_WINDOW_H
#define DAEMON_WINDOW_H
#include <stdbool.h>
#include <stdint.h>
#include "lists/fault.h"

struct window;

/* text: "mon-fri 08-17, sat 10:30-12", any number of ranges; one that ends
 * before it begins goes over midnight ("fri 22-06" ends on Saturday).  zone:
 * a name of tzdata, "" the machine's own.  from_s: about now; the zone's
 * changes are known from a week before it to WINDOW_YEARS after it.
 * Not while other threads run: see window.c.
 * Yours, free with window_free.  text "": *out is NULL, a window that is
 * always open, which the others below take.
 * NEVER: the words say what is wrong with text or zone. */
enum {
    WINDOW_YEARS = 20
};
MUST_USE enum result window_new(const char *text, const char *zone,
    int64_t from_s, struct window **out, struct fault *f);
void window_free(struct window *w);

bool window_open(const struct window *w, int64_t at_s);
/* The first instant from from_s on at which it is open, or is not.
 * INT64_MAX: never. */
int64_t window_next(const struct window *w, bool open, int64_t from_s);

#endif
