/* SPDX-License-Identifier: ISC */
/* daemon/auth_results.h - what our own server says of a mail's From: the
 * field Authentication-Results (RFC 8601), of which a sender can write as many
 * as he likes. */
#ifndef DAEMON_AUTH_RESULTS_H
#define DAEMON_AUTH_RESULTS_H
#include "daemon/facts.h"
#include "daemon/mail.h"

/* Sets dmarc_fail and dmarc_pass by the first field that names our server and
 * speaks of DMARC; facts->from is read already.  In doubt it is a fail, and
 * never a pass: not by a server that is not known by name, nor by a field that
 * stands below where the mail came in, nor where the server saw another From
 * than we do.  True: some server said pass, be it one that is not known. */
bool auth_results_read(const struct mail_head *h,
    const struct facts_context *ctx, struct facts *facts);

#endif
