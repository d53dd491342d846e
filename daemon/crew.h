/* SPDX-License-Identifier: ISC */
/* daemon/crew.h - the workers, seen by the supervisor: started, listened to,
 * killed when they fall silent, and started again. */
#ifndef DAEMON_CREW_H
#define DAEMON_CREW_H
#include <poll.h>
#include <stdint.h>
#include "daemon/conf.h"
#include "daemon/roll.h"
#include "daemon/worker.h"
#include "lists/fault.h"

enum {
    CREW_MAX = 1 + CONF_SENDERS_MAX + CONF_INBOXES_MAX * CONF_FOLDERS_MAX,
    CREW_BACKOFF_FIRST_MS = 250,          /* doubled with each death, */
    CREW_BACKOFF_LAST_MS = 60000,         /* up to this, */
    CREW_PROVEN_MS = ROLL_PROVEN_S * 1000 /* forgotten after a life of this */
};

/* What a worker of each kind runs; the tests have their own. */
struct crew_mains {
    int (*control)(struct worker *w);
    int (*sender)(struct worker *w);
    int (*inbox)(struct worker *w);
};
struct crew;

/* Makes the table of workers for c (borrowed as long as the crew is) and
 * their bells; starts none.  listen_fd: for control.  own_fd: the
 * supervisor's signalfd, closed in the workers.  before: generations are
 * counted on from there; NULL is fine.  Yours, free with crew_free when all
 * are dead.  STOP: no descriptors left. */
MUST_USE enum result crew_new(const struct conf *c,
    const struct crew_mains *mains, int listen_fd, int own_fd,
    const struct crew *before, struct crew **out, struct fault *f);
void crew_free(struct crew *w); /* NULL is fine */

/* Starts those whose time has come. Does not return in a worker. */
void crew_start(struct crew *w, int64_t now_ms);
/* Where signs of life come in, for poll(2): at most CREW_MAX. */
int crew_poll(const struct crew *w, struct pollfd *out);
/* Takes the signs of life; late: nobody was listened to for a while, so that
 * silence proves nothing.  Kills who has been silent for too long. */
void crew_listen(struct crew *w, int64_t now_ms, bool late);
/* Buries the dead and says when they come again; after SIGCHLD. */
void crew_bury(struct crew *w, int64_t now_ms);
/* Tells all to end (SIGTERM) or ends them (SIGKILL); starts no more. */
void crew_end(struct crew *w, int signal_number);
int crew_living(const struct crew *w);
/* When crew_start or crew_listen has something to do next: ms from now_ms,
 * at most `most`. */
int crew_wait_ms(const struct crew *w, int64_t now_ms, int most);

#endif
