/* SPDX-License-Identifier: ISC */
/* Which certificates of a bundle a chain leads to.
 *
 * By names alone: every certificate of the bundle whose subject is an issuer
 * or a subject in the chain.  That may be one too many, which does no harm: it
 * is trusted anyway.  Whether they suffice is then tried with GnuTLS, the same
 * library that libcurl verifies with.
 *
 * The small file is a sealed memfd, known to libcurl as /proc/self/fd/N: no
 * other process can put a certificate into it, and nothing stays on disk. */
#include "daemon/trust.h"

#include <errno.h>
#include <fcntl.h>
#include <gnutls/x509.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* Debian's, in one file. */
#define SYSTEM_BUNDLE "/etc/ssl/certs/ca-certificates.crt"
#define PEM_BEGIN "-----BEGIN CERTIFICATE-----"
#define PEM_END "-----END CERTIFICATE-----"

struct anchor {
    char *pem;
    size_t n;
};
struct trust {
    char *bundle;
    struct stat seen; /* of the bundle, when it was learned from */
    bool learned, doubted;
    int fd; /* the small file, -1 */
    char path[40];
    int n_anchors;
    struct anchor anchor[TRUST_ANCHORS_MAX];
};

static bool changed(const struct trust *t, const struct stat *now);
static void forget(struct trust *t);
static enum result
slurp(const char *path, char **out, size_t *n, struct fault *f);
static enum result chain_import(gnutls_x509_crt_t crt[TRUST_CHAIN_MAX],
    const gnutls_datum_t *chain, unsigned n, struct fault *f);
static void choose(struct trust *t, const char *pem, const char *end,
    const gnutls_x509_crt_t *chain, unsigned n);
static bool
named_by(gnutls_x509_crt_t anchor, const gnutls_x509_crt_t *chain, unsigned n);
static void add(struct trust *t, const char *pem, size_t n);
static bool
suffice(const struct trust *t, gnutls_x509_crt_t *chain, unsigned n);
static enum result publish(struct trust *t, struct fault *f);
static bool write_all(int fd, const char *p, size_t n);

struct trust *
trust_new(const char *bundle)
{
    struct trust *t = fault_calloc(1, sizeof *t);

    t->bundle = fault_strdup(bundle[0] != '\0' ? bundle : SYSTEM_BUNDLE);
    t->fd = -1;
    return t;
}

void
trust_free(struct trust *t)
{
    if (t == NULL)
        return;
    forget(t);
    if (t->fd >= 0)
        (void)close(t->fd);
    free(t->bundle);
    free(t);
}

const char *
trust_bundle(const struct trust *t)
{
    return t->bundle;
}

const char *
trust_file(struct trust *t, bool *dear)
{
    struct stat now;

    if (stat(t->bundle, &now) != 0) {
        *dear = false; /* libcurl will say what is wrong with it */
        return t->bundle;
    }
    if (t->n_anchors > 0 && changed(t, &now))
        forget(t);
    if (t->learned && !t->doubted) {
        *dear = false;
        return t->path;
    }
    *dear = now.st_size > TRUST_SMALL_BYTES;
    return t->bundle;
}

static bool
changed(const struct trust *t, const struct stat *now)
{
    const struct stat *then = &t->seen;

    return then->st_dev != now->st_dev || then->st_ino != now->st_ino ||
           then->st_size != now->st_size ||
           then->st_ctim.tv_sec != now->st_ctim.tv_sec ||
           then->st_ctim.tv_nsec != now->st_ctim.tv_nsec;
}

bool
trust_doubt(struct trust *t)
{
    bool news = !t->doubted;

    t->doubted = true;
    return news;
}

static void
forget(struct trust *t)
{
    while (t->n_anchors > 0)
        free(t->anchor[--t->n_anchors].pem);
    t->learned = t->doubted = false;
}

enum result
trust_learn(
    struct trust *t, const gnutls_datum_t *chain, unsigned n, struct fault *f)
{
    gnutls_x509_crt_t crt[TRUST_CHAIN_MAX] = {NULL};
    char *bundle = NULL;
    enum result r;
    struct stat now;
    size_t size;

    if (n < 1 || n > TRUST_CHAIN_MAX)
        return fault_set(f, RES_NEVER, "a chain of %u certificates", n);
    r = chain_import(crt, chain, n, f);
    if (r != RES_OK)
        return r;
    if (stat(t->bundle, &now) != 0) {
        r = fault_set(f, RES_NEVER, "%s: %s", t->bundle, strerror(errno));
        goto out;
    }
    if (changed(t, &now) || t->n_anchors == TRUST_ANCHORS_MAX)
        forget(t);
    r = slurp(t->bundle, &bundle, &size, f);
    if (r != RES_OK)
        goto out;
    t->seen = now;
    choose(t, bundle, bundle + size, crt, n);
    if (suffice(t, crt, n)) {
        r = publish(t, f);
    } else {
        forget(t);
        r = fault_set(f, RES_NONE,
            "the %s certificates that the chain names do not verify it alone",
            t->bundle);
    }
out:
    free(bundle);
    while (n > 0)
        gnutls_x509_crt_deinit(crt[--n]);
    return r;
}

/* On failure nothing stays in crt. */
static enum result
chain_import(gnutls_x509_crt_t crt[TRUST_CHAIN_MAX],
    const gnutls_datum_t *chain, unsigned n, struct fault *f)
{
    unsigned made;
    int e = GNUTLS_E_SUCCESS;

    for (made = 0; made < n && e == GNUTLS_E_SUCCESS; made++) {
        if (gnutls_x509_crt_init(&crt[made]) != GNUTLS_E_SUCCESS)
            fault_no_memory();
        e = gnutls_x509_crt_import(
            crt[made], &chain[made], GNUTLS_X509_FMT_DER);
    }
    if (e == GNUTLS_E_SUCCESS)
        return RES_OK;
    while (made > 0)
        gnutls_x509_crt_deinit(crt[--made]);
    return fault_set(
        f, RES_NEVER, "a certificate of the chain: %s", gnutls_strerror(e));
}

static enum result
slurp(const char *path, char **out, size_t *n, struct fault *f)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    char *bytes = NULL;
    struct stat st;
    size_t got = 0, size;
    ssize_t k = 1;

    if (fd < 0 || fstat(fd, &st) != 0)
        goto bad;
    if (!S_ISREG(st.st_mode) || st.st_size > TRUST_BUNDLE_MAX_BYTES) {
        errno = EFBIG;
        goto bad;
    }
    size = (size_t)st.st_size;
    bytes = fault_calloc(1, size + 1);
    while (got < size && k > 0) {
        k = read(fd, bytes + got, size - got);
        if (k > 0)
            got += (size_t)k;
    }
    if (k < 0)
        goto bad;
    (void)close(fd);
    *out = bytes;
    *n = got;
    return RES_OK;
bad:
    (void)fault_set(f, RES_NEVER, "%s: %s", path, strerror(errno));
    free(bytes);
    if (fd >= 0)
        (void)close(fd);
    return RES_NEVER;
}

/* Adds those of the bundle's certificates that the chain names.  One that
 * GnuTLS cannot read is one that libcurl does not have either. */
static void
choose(struct trust *t, const char *pem, const char *end,
    const gnutls_x509_crt_t *chain, unsigned n)
{
    const char *from, *to;
    gnutls_x509_crt_t crt;
    gnutls_datum_t one;

    while ((from = memmem(pem, (size_t)(end - pem), PEM_BEGIN,
                sizeof PEM_BEGIN - 1)) != NULL) {
        to = memmem(from, (size_t)(end - from), PEM_END, sizeof PEM_END - 1);
        if (to == NULL)
            return;
        pem = to + sizeof PEM_END - 1;
        /* GnuTLS takes what it only reads without const. */
        one.data = (unsigned char *)(uintptr_t)from;
        one.size = (unsigned)(pem - from);
        if (gnutls_x509_crt_init(&crt) != GNUTLS_E_SUCCESS)
            fault_no_memory();
        if (gnutls_x509_crt_import(crt, &one, GNUTLS_X509_FMT_PEM) ==
                GNUTLS_E_SUCCESS &&
            named_by(crt, chain, n))
            add(t, from, (size_t)(pem - from));
        gnutls_x509_crt_deinit(crt);
    }
}

static bool
named_by(gnutls_x509_crt_t anchor, const gnutls_x509_crt_t *chain, unsigned n)
{
    gnutls_datum_t subject = {NULL, 0}, name = {NULL, 0};
    bool found = false;

    if (gnutls_x509_crt_get_raw_dn(anchor, &subject) != GNUTLS_E_SUCCESS)
        return false;
    for (unsigned i = 0; i < 2 * n && !found; i++) {
        int e = i < n ? gnutls_x509_crt_get_raw_issuer_dn(chain[i], &name)
                      : gnutls_x509_crt_get_raw_dn(chain[i - n], &name);

        if (e != GNUTLS_E_SUCCESS)
            continue;
        found = name.size == subject.size &&
                memcmp(name.data, subject.data, name.size) == 0;
        gnutls_free(name.data);
    }
    gnutls_free(subject.data);
    return found;
}

static void
add(struct trust *t, const char *pem, size_t n)
{
    struct anchor *a = &t->anchor[t->n_anchors];

    for (int i = 0; i < t->n_anchors; i++)
        if (t->anchor[i].n == n && memcmp(t->anchor[i].pem, pem, n) == 0)
            return;
    if (t->n_anchors == TRUST_ANCHORS_MAX)
        return;
    a->pem = fault_calloc(1, n + 1);
    memcpy(a->pem, pem, n);
    a->n = n;
    t->n_anchors++;
}

static bool
suffice(const struct trust *t, gnutls_x509_crt_t *chain, unsigned n)
{
    gnutls_x509_trust_list_t list;
    unsigned status = 0;
    int e = GNUTLS_E_SUCCESS;

    if (t->n_anchors == 0)
        return false;
    if (gnutls_x509_trust_list_init(&list, 0) != GNUTLS_E_SUCCESS)
        fault_no_memory();
    for (int i = 0; i < t->n_anchors && e >= 0; i++) {
        gnutls_datum_t one = {
            (unsigned char *)t->anchor[i].pem, (unsigned)t->anchor[i].n};

        e = gnutls_x509_trust_list_add_trust_mem(
            list, &one, NULL, GNUTLS_X509_FMT_PEM, 0, 0);
    }
    if (e >= 0)
        e = gnutls_x509_trust_list_verify_crt2(list, chain, n, NULL, 0,
            GNUTLS_VERIFY_ALLOW_X509_V1_CA_CRT, &status, NULL);
    gnutls_x509_trust_list_deinit(list, 1);
    return e == GNUTLS_E_SUCCESS && status == 0;
}

/* Puts the anchors into the small file, from now on the one to verify by.  Its
 * path stays: a connection that is being made may not have read it yet. */
static enum result
publish(struct trust *t, struct fault *f)
{
    int fd = memfd_create("anchors", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    bool ok = fd >= 0;

    for (int i = 0; ok && i < t->n_anchors; i++)
        ok = write_all(fd, t->anchor[i].pem, t->anchor[i].n) &&
             write_all(fd, "\n", 1);
    if (!ok ||
        fcntl(fd, F_ADD_SEALS,
            F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0) {
        (void)fault_set(f, RES_NEVER, "memfd: %s", strerror(errno));
        if (fd >= 0)
            (void)close(fd);
        return RES_NEVER;
    }
    if (t->fd >= 0) {
        (void)dup3(fd, t->fd, O_CLOEXEC);
        (void)close(fd);
    } else {
        t->fd = fd;
    }
    (void)snprintf(t->path, sizeof t->path, "/proc/self/fd/%d", t->fd);
    t->learned = true;
    t->doubted = false;
    return RES_OK;
}

static bool
write_all(int fd, const char *p, size_t n)
{
    return write(fd, p, n) == (ssize_t)n; /* memory: whole or not at all */
}
