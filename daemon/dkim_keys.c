/* SPDX-License-Identifier: ISC */
/* Keys are kept in memory as long as a worker signs with them: reading one
 * anew for each letter would cost more than signing.  A key is never logged;
 * what is read of a file is wiped. */
#include "daemon/dkim_keys.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>
#include "daemon/secret.h"

enum result
dkim_keys_open(const struct conf_list *l, struct dkim **out, struct fault *f)
{
    struct dkim *d = NULL;
    enum result r = RES_OK;

    if (l->n_dkim > 0)
        r = dkim_keys_new(l, &d, f);
    for (int i = 0; r == RES_OK && i < l->n_dkim; i++)
        r = dkim_keys_add(d, &l->dkim[i], f);
    if (r == RES_OK)
        *out = d;
    else
        dkim_free(d);
    return r;
}

enum result
dkim_keys_new(const struct conf_list *l, struct dkim **out, struct fault *f)
{
    char domain[ADDRESS_MAX + 1];
    enum result r = dkim_keys_domain(l->letter.from, domain, f);

    return r == RES_OK ? dkim_new(domain, out, f) : r;
}

enum result
dkim_keys_add(struct dkim *d, const struct conf_dkim *k, struct fault *f)
{
    char pem[DKIM_PEM_MAX + 1];
    size_t n = 0;
    ssize_t got;
    enum result r;
    int fd = -1;

    /* Root checks the configuration of a daemon of another user. */
    r = secret_open("key", k->file, geteuid() == 0, &fd, f);
    if (r != RES_OK)
        return r;
    do {
        got = read(fd, pem + n, sizeof pem - n);
        n += got > 0 ? (size_t)got : 0;
    } while (got > 0 || (got < 0 && errno == EINTR));
    if (got < 0)
        r = fault_set(f, RES_NEVER, "%s", strerror(errno));
    else
        r = dkim_add(d, k->selector, pem, n, f);
    if (r != RES_OK)
        r = fault_at(f, r, "key %s", k->file);
    explicit_bzero(pem, sizeof pem);
    (void)close(fd);
    return r;
}

enum result
dkim_keys_domain(
    const char *mailbox, char out[ADDRESS_MAX + 1], struct fault *f)
{
    const char *open = strrchr(mailbox, '<');
    char inner[2 * ADDRESS_MAX];
    struct address a;
    size_t n;
    enum result r;

    mailbox = open != NULL ? open + 1 : mailbox;
    n = strcspn(mailbox, ">");
    if (n >= sizeof inner)
        return fault_set(f, RES_NEVER, "the address is too long");
    memcpy(inner, mailbox, n);
    inner[n] = '\0';
    r = address_parse(inner, &a, f);
    if (r != RES_OK)
        return r;
    mailbox = strrchr(a.key, '@') + 1;
    memmove(out, mailbox, strlen(mailbox) + 1);
    return RES_OK;
}
