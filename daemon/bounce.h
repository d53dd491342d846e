/* SPDX-License-Identifier: ISC */
/* daemon/bounce.h - mail about mail that could not be delivered, and which
 * letter of ours it was. */
#ifndef DAEMON_BOUNCE_H
#define DAEMON_BOUNCE_H
#include <stdbool.h>
#include "daemon/facts.h"
#include "daemon/mail.h"

/* true: it is one; facts' form, why, status, permanent, address_dead,
 * address, returned_id and returned_token are set.  A report that mail was
 * delivered sets form to FORM_BULK. */
bool bounce_find(
    const struct mail *m, const struct facts_context *ctx, struct facts *facts);

/* Which mail a report gives back: returned_id, returned_token, returned_from,
 * returned_to; the last is also the address where none is named. */
void bounce_find_returned(
    const struct mail *m, const struct facts_context *ctx, struct facts *facts);

/* Finds PREFIX-TOKEN in addresses LOCAL+PREFIX-TOKEN@DOMAIN of our mailbox
 * anywhere in a text.  unsub: PREFIX is "unsub"; else it is another.
 * false: there is none; out is untouched. */
bool token_in_text(
    const char *text, size_t n, const char *mailbox, bool unsub, char out[64]);

#endif
