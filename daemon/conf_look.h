/* SPDX-License-Identifier: ISC */
/* daemon/conf_look.h - what a configuration names on this machine's disk, for
 * whoever checks it before the daemon starts. */
#ifndef DAEMON_CONF_LOOK_H
#define DAEMON_CONF_LOOK_H
#include <stdio.h>
#include "daemon/conf.h"

/* Looks whether the files and folders that c names are there and may be
 * trusted; makes, reads and changes nothing.  One line each to `to`,
 * "file: warning: words"; returns how many.  Warnings only: whoever asks may be
 * another user than the daemon will be. */
int conf_look(const struct conf *c, FILE *to);

#endif
