/* SPDX-License-Identifier: ISC */
/* daemon/roll.h - how often each worker died: kept by the supervisor, which
 * reads nothing back, in memory that its workers can read.  So the control
 * worker can tell a person of one that dies again and again, though neither it
 * nor the store is asked when it happens. */
#ifndef DAEMON_ROLL_H
#define DAEMON_ROLL_H
#include <stdbool.h>
#include <stdint.h>
#include "lists/fault.h"

enum {
    ROLL_NAME_MAX = 80,
    ROLL_PROVEN_S = 60, /* a life as long as this is a good one */
    ROLL_AGAIN_MIN = 3  /* deaths without one between them */
};
struct roll;

/* How a worker has fared. */
struct roll_word {
    char name[ROLL_NAME_MAX];
    int deaths;     /* since its last good life */
    int signal;     /* of the last one; 0: it ended by itself, with */
    int status;     /* this exit status */
    int64_t died_s; /* when, Unix time */
};

/* For n workers.  Yours, free with roll_free.  STOP: no memory. */
MUST_USE enum result roll_make(int n, struct roll **out, struct fault *f);
void roll_free(struct roll *r); /* NULL is fine */
/* i: a worker's number, below n.  Its name is given before the first fork. */
void roll_name(struct roll *r, int i, const char *name);
/* status: as of waitpid(2).  now_s: Unix time. */
void roll_started(struct roll *r, int i, int64_t now_s);
void roll_died(struct roll *r, int i, int status, int64_t now_s);
/* In a worker: from now on it can only be read. */
void roll_close(struct roll *r);

int roll_workers(const struct roll *r);
/* Whether worker i dies again and again: ROLL_AGAIN_MIN times without a good
 * life between, nor one since.  out is filled in either way. */
bool roll_troubled(
    const struct roll *r, int i, int64_t now_s, struct roll_word *out);

#endif
