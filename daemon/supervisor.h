/* SPDX-License-Identifier: ISC */
/* daemon/supervisor.h - the process that keeps the workers alive, and does
 * nothing else: no mail, no store (but to migrate it), no network. */
#ifndef DAEMON_SUPERVISOR_H
#define DAEMON_SUPERVISOR_H
#include "daemon/conf.h"
#include "daemon/crew.h"

/* Runs until SIGTERM or SIGINT and returns an exit status of sysexits.h.
 * conf: taken; its path is read again at SIGHUP.  The log is open.
 * ready: called once, with EX_OK when the control socket listens and the
 * workers are about to be started, else with the status that is returned soon
 * after, and why (logged as well).
 *
 * SIGTERM, SIGINT: workers end, `drain` is waited for and 5 s more, then
 * they are killed; a second SIGINT kills at once.  SIGHUP: the log is opened
 * anew and the configuration read; a good one takes effect by ending the
 * workers and starting new ones, a bad one is reported and forgotten.  What
 * state-dir, store and socket name can only be changed by a restart. */
int supervisor_run(struct conf *conf, const struct crew_mains *mains,
    void (*ready)(int status, const char *words));

#endif
