/* SPDX-License-Identifier: ISC */
/* cli/watch.h - how far an issue is, until it is over. */
#ifndef CLI_WATCH_H
#define CLI_WATCH_H
#include <jansson.h>
#include <stdint.h>
struct cli;

/* Shows it until the issue is finished (0), held, overdue or cancelled
 * (EX_TEMPFAIL) or someone interrupts (CLIENT_INTERRUPTED). */
int watch_issue(struct cli *c, int64_t id);

/* How fast, from samples of a count: an average that forgets within seconds.*/
struct pace {
    int64_t at_ms, done;
    double per_s;
    int samples;
};
void pace_add(struct pace *p, int64_t at_ms, int64_t done);
/* Seconds that `left` more will take; -1: not known yet. */
int64_t pace_left_s(const struct pace *p, int64_t left);

/* "20 sent, 3 waiting, 2 failed" of an issue's counts. Yours. */
char *watch_counts(const json_t *counts);
/* A bar of so many columns, done of all. Yours. */
char *watch_bar(int columns, int64_t done, int64_t all);

#endif
