/* SPDX-License-Identifier: ISC */
/* daemon/premises.h - what must be there before a worker can live: the state
 * folder, held by us alone, a store of our version, the token key, and the
 * control socket. */
#ifndef DAEMON_PREMISES_H
#define DAEMON_PREMISES_H
#include "daemon/conf.h"
#include "lists/fault.h"

struct premises {
    int lock_fd;   /* inherited by the workers: as long as one lives, held */
    int listen_fd; /* the control socket, listening */
};

/* Takes everything in that order; a state folder held by another daemon is
 * waited for, 5 s at most.  On failure nothing is held.
 * LATER: another daemon, or another process in the store, is there.
 * NEVER: the configuration names what cannot be (the words say what).
 * STOP: the store or the key is damaged or newer than this program. */
MUST_USE enum result
premises_enter(const struct conf *c, struct premises *out, struct fault *f);
/* Removes the socket and lets go of the lock. */
void premises_leave(const struct conf *c, struct premises *p);

/* Gives the socket to c's group, at the start and when that has changed. */
MUST_USE enum result
premises_socket_mode(const struct conf *c, struct fault *f);

#endif
