/* SPDX-License-Identifier: ISC */
/* daemon/reader.h - the child process in which facts_read meets hostile mail:
 * this program again, executed anew with nothing but a socket: no store, no
 * network connection, no secret, an empty environment.  It forks for
 * every few mails: that process has limits of memory and time, and no system
 * calls but those for memory, for its socket and for its end. */
#ifndef DAEMON_READER_H
#define DAEMON_READER_H
#include "daemon/facts.h"
#include "lists/fault.h"

struct reader_limits {
    int memory_mib; /* RLIMIT_AS; not set in a build with ASan */
    int time_s;     /* for one message */
};
struct reader;

/* Prepares a reader; its process is started with the first message and again
 * whenever it has died.  ctx is copied, of its names so many as a process is
 * told (READER_NAME_MAX).  Yours, close with reader_close. */
MUST_USE enum result reader_open(const struct reader_limits *limits,
    const struct facts_context *ctx, struct reader **out, struct fault *f);
void reader_close(struct reader *r); /* ends the child; NULL is fine */

/* Has the message read by the child.  Blocks for at most twice time_s.
 * NEVER: it killed the child twice (crash, memory or time: the words say
 * which), or facts_read said so. LATER: no process could be started. */
MUST_USE enum result reader_read(struct reader *r, const char *message,
    size_t n, struct facts *out, struct fault *f);

/* The child's main, called by main() for `rummelig-maild --reader`. */
int reader_main(void);

#endif
