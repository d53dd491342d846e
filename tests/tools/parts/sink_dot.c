/* SPDX-License-Identifier: ISC */
#include "tests/tools/parts/sink_dot.h"

#include <string.h>

enum {
    TAIL_MAX = 4 /* of five bytes all but the last */
};

static void keep(struct sink_dot *d, const char *joint, size_t n);

/* The line end of DATA counts: an empty letter is a dot alone. */
void
sink_dot_begin(struct sink_dot *d)
{
    memcpy(d->tail, "\r\n", 2);
    d->n = 2;
}

const char *
sink_dot_find(struct sink_dot *d, const char *p, const char *end, bool *found)
{
    size_t n = (size_t)(end - p), old = d->n;
    size_t more = n < TAIL_MAX ? n : TAIL_MAX;
    char joint[2 * TAIL_MAX];
    const char *dot;

    memcpy(joint, d->tail, old);
    memcpy(joint + old, p, more);
    dot = memmem(joint, old + more, "\r\n.\r\n", 5);
    if (dot != NULL) { /* across two reads */
        *found = true;
        return p + (dot + 5 - joint) - old;
    }
    dot = memmem(p, n, "\r\n.\r\n", 5);
    *found = dot != NULL;
    if (*found)
        return dot + 5;
    if (n >= TAIL_MAX)
        keep(d, end - TAIL_MAX, TAIL_MAX);
    else
        keep(d, joint, old + n);
    return end;
}

static void
keep(struct sink_dot *d, const char *joint, size_t n)
{
    size_t drop = n > TAIL_MAX ? n - TAIL_MAX : 0;

    d->n = n - drop;
    memcpy(d->tail, joint + drop, d->n);
}
