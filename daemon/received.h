/* SPDX-License-Identifier: ISC */
/* daemon/received.h - which server a mail came from to ours. */
#ifndef DAEMON_RECEIVED_H
#define DAEMON_RECEIVED_H
#include "daemon/mail.h"

/* Writes the address of the first server from outside that the Received fields
 * name, from the top; "" none.  What a sender writes there himself stands
 * below.  IPv6: its first 64 bits, which one machine has for itself. */
void received_from(const struct mail_head *h, char out[48]);

#endif
