/* SPDX-License-Identifier: ISC */
/* daemon/relay_probe.h - logs in to a relay and tells what it can, without
 * sending anything: in a process of its own, so that nobody waits for it. */
#ifndef DAEMON_RELAY_PROBE_H
#define DAEMON_RELAY_PROBE_H
#include <sys/types.h>
#include "daemon/conf.h"
#include "lists/fault.h"

enum {
    RELAY_PROBE_S = 30,           /* then the process ends itself */
    RELAY_PROBE_BYTES = 32 * 1024 /* of its report: less than a pipe holds */
};

/* Starts the process.  Its report, one JSON object as control-api.md has it,
 * stands in the pipe fd when it has ended; close fd, and wait for pid.
 * LATER: the system has no process or pipe for it. */
MUST_USE enum result relay_probe_start(
    const struct conf_relay *conf, pid_t *pid, int *fd, struct fault *f);

#endif
