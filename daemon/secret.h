/* SPDX-License-Identifier: ISC */
/* daemon/secret.h - a password, fetched when it is needed and wiped after. */
#ifndef DAEMON_SECRET_H
#define DAEMON_SECRET_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include "daemon/conf.h"
#include "lists/fault.h"
struct watch; /* hears of us while a command runs, see watch.h */

enum {
    SECRET_MAX = 4096
};

/* Reads the password into out.  The command gets 10 s, an empty environment but
 * PATH, and no stdin.  LATER: the command failed or took too long.
 * NEVER: neither is configured, the file is unreadable or others may read it.
 * The words never hold the secret. */
MUST_USE enum result secret_fetch(const struct conf_secret *where,
    const struct watch *w, char out[SECRET_MAX], struct fault *f);
/* Opens a file with a secret to be read; what: how the words call it.  It
 * belongs to root, to us, or with any_owner to whomever, and nobody else may
 * get at it.  NEVER: it cannot be opened or trusted. */
MUST_USE enum result secret_open(const char *what, const char *path,
    bool any_owner, int *fd, struct fault *f);
void secret_wipe(char s[SECRET_MAX]);

/* The same beside other work: a secret on its way. */
struct secret_job {
    int fd; /* becomes readable when there is something to do; -1: at once */

    const char *noun; /* secret.c's own like all below */
    pid_t pid;
    int pid_fd, out_fd;
    int64_t end_ms;
    size_t n;
    bool ended;
    char out[SECRET_MAX];
};

/* noun: what the keys are called without -file and -command, a literal.
 * OK: begun; it ends by secret_more or secret_stop.  Else as secret_fetch. */
MUST_USE enum result secret_begin(struct secret_job *j, const char *noun,
    const struct conf_secret *where, struct fault *f);
/* Goes on; to be called when j->fd is readable and when secret_wait_ms is over.
 * NONE: not there yet.  Else it has ended, as secret_fetch. */
MUST_USE enum result
secret_more(struct secret_job *j, char out[SECRET_MAX], struct fault *f);
/* How long secret_more may be left alone. */
int secret_wait_ms(const struct secret_job *j);
/* Waits until secret_more is worth calling, or another sign of life is due. */
void secret_await(const struct secret_job *j, const struct watch *w);
/* Ends a job that has begun, and forgets what it read. */
void secret_stop(struct secret_job *j);

#endif
