/* SPDX-License-Identifier: ISC */
/* daemon/relay_connect.h - how a connection is asked of libcurl: for relay.c
 * alone. */
#ifndef DAEMON_RELAY_CONNECT_H
#define DAEMON_RELAY_CONNECT_H
#include "daemon/relay.h"

/* An easy handle (CURL *) that will connect c to its relay and stop there;
 * what the server says meanwhile goes into c->offered and c->words.  The
 * secret is copied.  Yours, free with curl_easy_cleanup.  NULL: libcurl could
 * not. */
void *relay_easy_new(struct relay_conn *c, const char *secret);

#endif
