/* SPDX-License-Identifier: ISC */
/* daemon/secret.h - a password, fetched when it is needed and wiped after. */
#ifndef DAEMON_SECRET_H
#define DAEMON_SECRET_H
#include "daemon/conf.h"
#include "lists/fault.h"

enum {
    SECRET_MAX = 4096
};

/* Reads the secret into out.  The command gets 10 s, an empty environment but
 * PATH, and no stdin.  LATER: the command failed or took too long.
 * NEVER: neither is configured, the file is unreadable or others may read it.
 * The words never hold the secret. */
MUST_USE enum result secret_fetch(
    const struct conf_secret *where, char out[SECRET_MAX], struct fault *f);
/* Opens a file with a secret to be read; what: how the words call it.  It
 * belongs to root, to us, or with any_owner to whomever, and nobody else may
 * get at it.  NEVER: it cannot be opened or trusted. */
MUST_USE enum result secret_open(const char *what, const char *path,
    bool any_owner, int *fd, struct fault *f);
void secret_wipe(char s[SECRET_MAX]);

#endif
