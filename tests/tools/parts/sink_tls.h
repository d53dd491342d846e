/* SPDX-License-Identifier: ISC */
/* tests/tools/parts/sink_tls.h - the sink's STARTTLS. */
#ifndef TESTS_TOOLS_PARTS_SINK_TLS_H
#define TESTS_TOOLS_PARTS_SINK_TLS_H
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct sink_tls;

/* Reads certificate and key, for all connections. */
bool sink_tls_ready(const char *cert, const char *key);
/* On a socket that does not block, after the answer to STARTTLS; the handshake
 * goes on as bytes come.  Yours.  NULL: it cannot be. */
struct sink_tls *sink_tls_new(int fd);
void sink_tls_free(struct sink_tls *t); /* NULL is fine */

/* How many bytes came; 0: the connection is over; -1: none now.  To be asked
 * until then: it decrypts more than it gives. */
ssize_t sink_tls_receive(struct sink_tls *t, char *out, size_t size);
ssize_t sink_tls_send(struct sink_tls *t, const char *bytes, size_t n);

#endif
