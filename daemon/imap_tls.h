/* SPDX-License-Identifier: ISC */
/* daemon/imap_tls.h - is the other end of a TLS connection who it says it is?
 * libetpan asks nobody: whatever certificate comes, it goes on.  So this is
 * asked between the handshake and the LOGIN. */
#ifndef DAEMON_IMAP_TLS_H
#define DAEMON_IMAP_TLS_H
#include <stddef.h>
#include "lists/fault.h"

enum {
    IMAP_TLS_CHAIN_MAX = 16
};

/* A certificate as it came, DER. Borrowed. */
struct imap_cert {
    const void *der;
    size_t n;
};

/* Verifies a chain, the server's own certificate first: signed by one of
 * ca_file ("": the system's bundle), valid now, meant for servers, and made
 * out to host (a name, or an IP address in its text form; RFC 6125).
 * NEVER: it is not; the words say what is wrong with it.
 * LATER: the certificates to trust cannot be read. */
MUST_USE enum result imap_tls_verify(const struct imap_cert *chain, int n,
    const char *host, const char *ca_file, struct fault *f);

#endif
