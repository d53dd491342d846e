/* SPDX-License-Identifier: ISC */
/* daemon/dkim_keys.h - the keys that a list's letters are signed with, from
 * the files that the configuration names. */
#ifndef DAEMON_DKIM_KEYS_H
#define DAEMON_DKIM_KEYS_H
#include "daemon/conf.h"
#include "lists/address.h"
#include "templates/dkim.h"

/* All keys of a list.  *out: yours, free with dkim_free; NULL where the list
 * has none.  NEVER: one cannot be read; the words name its file, and never
 * hold a byte of it. */
MUST_USE enum result
dkim_keys_open(const struct conf_list *l, struct dkim **out, struct fault *f);

/* The same in steps: no key yet; then one of l->dkim. */
MUST_USE enum result
dkim_keys_new(const struct conf_list *l, struct dkim **out, struct fault *f);
MUST_USE enum result
dkim_keys_add(struct dkim *d, const struct conf_dkim *k, struct fault *f);

/* The domain of `a@b` or `Name <a@b>`, in lower case and A-labels. */
MUST_USE enum result dkim_keys_domain(
    const char *mailbox, char out[ADDRESS_MAX + 1], struct fault *f);

#endif
