/* SPDX-License-Identifier: ISC */
/* GnuTLS does the verifying: it is the library libetpan's own TLS comes from,
 * so no second one enters the process. */
#include "daemon/imap_tls.h"

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum {
    IMAP_TLS_DETAIL = 120
};

static enum result
trust(gnutls_x509_trust_list_t list, const char *ca_file, struct fault *f);
static enum result verify(gnutls_x509_trust_list_t list,
    gnutls_x509_crt_t *cert, int n, const char *host, const char *ca_file,
    struct fault *f);
static void detail(unsigned status, gnutls_x509_crt_t *cert, int n,
    const char *ca_file, char out[IMAP_TLS_DETAIL]);

enum result
imap_tls_verify(const struct imap_cert *chain, int n, const char *host,
    const char *ca_file, struct fault *f)
{
    gnutls_x509_trust_list_t list = NULL;
    gnutls_x509_crt_t cert[IMAP_TLS_CHAIN_MAX];
    gnutls_datum_t der;
    enum result r;
    int made = 0;
    int e;

    if (n < 1 || n > IMAP_TLS_CHAIN_MAX)
        return fault_set(
            f, RES_NEVER, "%s shows %d certificates for itself", host, n);
    if (gnutls_x509_trust_list_init(&list, 0) != GNUTLS_E_SUCCESS)
        fault_no_memory();
    for (made = 0; made < n; made++) {
        if (gnutls_x509_crt_init(&cert[made]) != GNUTLS_E_SUCCESS)
            fault_no_memory();
        /* GnuTLS takes what it only reads without const. */
        der.data = (unsigned char *)chain[made].der;
        der.size = (unsigned)chain[made].n;
        e = gnutls_x509_crt_import(cert[made], &der, GNUTLS_X509_FMT_DER);
        if (e != GNUTLS_E_SUCCESS) {
            made++;
            r = fault_set(f, RES_NEVER, "certificate %d of %s: %s", made, host,
                gnutls_strerror(e));
            goto out;
        }
    }
    r = trust(list, ca_file, f);
    if (r == RES_OK)
        r = verify(list, cert, n, host, ca_file, f);
out:
    while (made > 0)
        gnutls_x509_crt_deinit(cert[--made]);
    gnutls_x509_trust_list_deinit(list, 1);
    return r;
}

static enum result
trust(gnutls_x509_trust_list_t list, const char *ca_file, struct fault *f)
{
    int n;

    if (ca_file[0] == '\0')
        n = gnutls_x509_trust_list_add_system_trust(list, 0, 0);
    else
        n = gnutls_x509_trust_list_add_trust_file(
            list, ca_file, NULL, GNUTLS_X509_FMT_PEM, 0, 0);
    if (n > 0)
        return RES_OK;
    return fault_set(f, RES_LATER, "no certificates to trust in %s: %s",
        ca_file[0] == '\0' ? "the system's bundle" : ca_file,
        n < 0 ? gnutls_strerror(n) : "it is empty");
}

static enum result
verify(gnutls_x509_trust_list_t list, gnutls_x509_crt_t *cert, int n,
    const char *host, const char *ca_file, struct fault *f)
{
    static char purpose[] = GNUTLS_KP_TLS_WWW_SERVER;
    gnutls_typed_vdata_st want[] = {
        {.type = GNUTLS_DT_DNS_HOSTNAME, .data = (unsigned char *)host},
        {.type = GNUTLS_DT_KEY_PURPOSE_OID, .data = (unsigned char *)purpose},
    };
    gnutls_datum_t words = {NULL, 0};
    unsigned status = 0, n_words;
    char more[IMAP_TLS_DETAIL];
    int e;

    e = gnutls_x509_trust_list_verify_crt2(
        list, cert, (unsigned)n, want, 2, 0, &status, NULL);
    if (e != GNUTLS_E_SUCCESS)
        return fault_set(f, RES_NEVER, "the certificate of %s: %s", host,
            gnutls_strerror(e));
    if (status == 0)
        return RES_OK;
    if (gnutls_certificate_verification_status_print(
            status, GNUTLS_CRT_X509, &words, 0) != GNUTLS_E_SUCCESS)
        fault_no_memory();
    n_words = words.size; /* "The certificate is NOT trusted. " */
    while (n_words > 0 && strchr(". ", words.data[n_words - 1]) != NULL)
        n_words--;
    detail(status, cert, n, ca_file, more);
    (void)fault_set(f, RES_NEVER, "the certificate of %s: %.*s%s", host,
        (int)n_words, (const char *)words.data, more);
    gnutls_free(words.data);
    return RES_NEVER;
}

/* What a person has to know to mend it, or to write to who can. */
static void
detail(unsigned status, gnutls_x509_crt_t *cert, int n, const char *ca_file,
    char out[IMAP_TLS_DETAIL])
{
    char name[80] = "", day[32] = "";
    size_t size = sizeof name;
    time_t over_s, now_s = time(NULL);
    struct tm tm;

    out[0] = '\0';
    if ((status & GNUTLS_CERT_EXPIRED) != 0) {
        for (int i = 0; i < n && day[0] == '\0'; i++) {
            over_s = gnutls_x509_crt_get_expiration_time(cert[i]);
            if (over_s < now_s)
                (void)strftime(
                    day, sizeof day, "%F %H:%M UTC", gmtime_r(&over_s, &tm));
        }
        (void)snprintf(out, IMAP_TLS_DETAIL, " (it ended %s)", day);
    } else if ((status & GNUTLS_CERT_NOT_ACTIVATED) != 0) {
        (void)snprintf(
            out, IMAP_TLS_DETAIL, " (is this machine's clock right?)");
    } else if ((status & GNUTLS_CERT_SIGNER_NOT_FOUND) != 0) {
        (void)snprintf(out, IMAP_TLS_DETAIL, " (trusted is %.90s)",
            ca_file[0] == '\0' ? "the system's bundle: name another as ca-file"
                               : ca_file);
    } else if ((status & GNUTLS_CERT_UNEXPECTED_OWNER) != 0 &&
               gnutls_x509_crt_get_subject_alt_name(
                   cert[0], 0, name, &size, NULL) == GNUTLS_SAN_DNSNAME) {
        (void)snprintf(
            out, IMAP_TLS_DETAIL, " (it is for %.*s)", (int)size, name);
    }
}
