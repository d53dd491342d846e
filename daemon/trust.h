/* SPDX-License-Identifier: ISC */
/* daemon/trust.h - the few certificates of a bundle that a server's chain
 * needs.
 *
 * libcurl on GnuTLS loads its whole CA file for each connection: Debian's
 * bundle costs 4 MiB and 10 ms each time.  So the first connection to a server
 * is verified by the whole bundle; from the chain that it showed we take those
 * of the bundle's certificates that it leads to, and give libcurl a file with
 * only these for the next ones.  Nothing is ever trusted that does not stand in
 * the bundle, and libcurl verifies each connection in full.  A server that
 * changes its chain fails once by the small file, and is asked again by the
 * whole bundle. */
#ifndef DAEMON_TRUST_H
#define DAEMON_TRUST_H
#include <gnutls/gnutls.h>
#include <stdbool.h>
#include "lists/fault.h"

enum {
    TRUST_SMALL_BYTES = 16384, /* a bundle up to this is cheap as it is */
    TRUST_BUNDLE_MAX_BYTES = 16 * 1024 * 1024,
    TRUST_CHAIN_MAX = 16,   /* certificates that a server may show */
    TRUST_ANCHORS_MAX = 32, /* kept for one server */
};

struct trust; /* what one server's chains have taught us */

/* bundle: a PEM file, "": the system's.  Yours, free with trust_free. */
struct trust *trust_new(const char *bundle);
void trust_free(struct trust *t);

/* The file to verify the next connection by; borrowed until t is changed.
 * *dear: it is the whole of a large bundle, so that no two connections should
 * be made by it at one time, and a verified chain is worth learning.  A bundle
 * that was changed on disk is noticed here. */
const char *trust_file(struct trust *t, bool *dear);
const char *trust_bundle(const struct trust *t);

/* Learns from a chain, as DER, that has just been verified by the whole bundle,
 * beside what it knows.  NONE: the bundle's certificates that the chain names
 * do not verify it by themselves; the whole bundle stays in use.  NEVER: the
 * bundle or the chain cannot be read; likewise. */
MUST_USE enum result trust_learn(
    struct trust *t, const gnutls_datum_t *chain, unsigned n, struct fault *f);
/* The small file did not verify a server: the whole bundle, once more.
 * False: that was known. */
bool trust_doubt(struct trust *t);

#endif
