/* SPDX-License-Identifier: ISC */
/* cli/review.h - mail that waits for a person: as a list, by a script's word,
 * and one after the other at a terminal. */
#ifndef CLI_REVIEW_H
#define CLI_REVIEW_H
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
struct cli;
struct answer;

/* Calls each for every mail that waits, oldest first; waiting: how many there
 * are, when each page was asked for.  each returns false to stop. */
int review_each(struct cli *c,
    bool (*each)(void *arg, const json_t *mail, int64_t waiting), void *arg);

/* A person's word about one mail: verb is accept or dismiss; deed NULL and
 * addresses NULL: what the mail proposes.  Asks, and says nothing. */
struct review_word {
    int64_t id;
    const char *verb, *deed;
    json_t *addresses; /* borrowed */
};
void
review_send(struct cli *c, const struct review_word *w, struct answer *out);
/* Says in words what the daemon did. */
void review_say(const json_t *done);

/* All of them, each with a question; answers are keys on a terminal and lines
 * elsewhere. */
int review_walk(struct cli *c);

#endif
