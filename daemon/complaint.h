/* SPDX-License-Identifier: ISC */
/* daemon/complaint.h - mail that says that someone called a letter spam. */
#ifndef DAEMON_COMPLAINT_H
#define DAEMON_COMPLAINT_H
#include <stdbool.h>
#include "daemon/facts.h"
#include "daemon/mail.h"

/* true: it is one; facts' form, why, addresses and returned_* are set.  A
 * report of another kind (not-spam, auth-failure) sets form to FORM_BULK. */
bool complaint_find(
    const struct mail *m, const struct facts_context *ctx, struct facts *facts);

#endif
