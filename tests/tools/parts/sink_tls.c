/* SPDX-License-Identifier: ISC */
/* The sink's STARTTLS, by GnuTLS. */
#include "tests/tools/parts/sink_tls.h"

#include <gnutls/gnutls.h>
#include <stdlib.h>

struct sink_tls {
    gnutls_session_t session;
    bool shaking;
};

static gnutls_certificate_credentials_t credentials;

bool
sink_tls_ready(const char *cert, const char *key)
{
    return gnutls_certificate_allocate_credentials(&credentials) ==
               GNUTLS_E_SUCCESS &&
           gnutls_certificate_set_x509_key_file(
               credentials, cert, key, GNUTLS_X509_FMT_PEM) == GNUTLS_E_SUCCESS;
}

struct sink_tls *
sink_tls_new(int fd)
{
    struct sink_tls *t = calloc(1, sizeof *t);

    if (t == NULL || gnutls_init(&t->session,
                         GNUTLS_SERVER | GNUTLS_NONBLOCK) != GNUTLS_E_SUCCESS) {
        free(t);
        return NULL;
    }
    if (gnutls_set_default_priority(t->session) != GNUTLS_E_SUCCESS ||
        gnutls_credentials_set(t->session, GNUTLS_CRD_CERTIFICATE,
            credentials) != GNUTLS_E_SUCCESS) {
        sink_tls_free(t);
        return NULL;
    }
    gnutls_transport_set_int(t->session, fd);
    t->shaking = true;
    return t;
}

void
sink_tls_free(struct sink_tls *t)
{
    if (t == NULL)
        return;
    gnutls_deinit(t->session);
    free(t);
}

ssize_t
sink_tls_receive(struct sink_tls *t, char *out, size_t size)
{
    ssize_t n = t->shaking ? gnutls_handshake(t->session) : 0;

    if (n == GNUTLS_E_SUCCESS) {
        t->shaking = false;
        n = gnutls_record_recv(t->session, out, size);
    }
    if (n < 0)
        return gnutls_error_is_fatal((int)n) ? 0 : -1;
    return n;
}

ssize_t
sink_tls_send(struct sink_tls *t, const char *bytes, size_t n)
{
    return gnutls_record_send(t->session, bytes, n);
}
