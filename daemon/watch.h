/* SPDX-License-Identifier: ISC */
/* daemon/watch.h - who is to hear that we are alive while something takes
 * long. */
#ifndef DAEMON_WATCH_H
#define DAEMON_WATCH_H
#include <stddef.h>

enum {
    WATCH_MS = 500 /* between two signs, about; libcurl gives one a second */
};

/* NULL instead of one: nobody. arg is handed back. */
struct watch {
    void (*alive)(void *arg);
    void *arg;
};

static inline void
watch_alive(const struct watch *w)
{
    if (w != NULL)
        w->alive(w->arg);
}

#endif
