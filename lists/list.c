/* SPDX-License-Identifier: ISC */
/* The only file that writes table list: a number for each newsletter that the
 * configuration ever named.  A row is never deleted: ledgers speak of it. */
#include "lists/list.h"

#include <string.h>

#include "lists/store.h"

enum {
    KEY_MAX = 40
};

enum result
list_id(struct store *st, const char *key, int64_t *id, struct fault *f)
{
    struct query *find = NULL, *add = NULL;
    int64_t found = 0;
    enum result r;
    size_t n = strspn(key, "abcdefghijklmnopqrstuvwxyz0123456789-");

    if (n == 0 || n > KEY_MAX || key[n] != '\0')
        return fault_set(f, RES_NEVER,
            "the key of a list is 1 to %d of a-z, 0-9 and -", KEY_MAX);
    r = store_prepare(st, "SELECT id FROM list WHERE key = $1", &find, f);
    if (r != RES_OK)
        return r;
    query_text(find, "$1", key);
    r = query_row(find, f);
    if (r == RES_OK)
        found = query_get_int(find, 0);
    query_free(find);
    if (r != RES_NONE)
        goto out;

    r = store_begin(st, f);
    if (r != RES_OK)
        return r;
    r = store_prepare(st,
        "INSERT INTO list (key) VALUES ($1)"
        " ON CONFLICT (key) DO UPDATE SET key = excluded.key RETURNING id",
        &add, f);
    if (r == RES_OK) {
        query_text(add, "$1", key);
        r = query_row(add, f);
        if (r == RES_OK)
            found = query_get_int(add, 0);
    }
    query_free(add);
    r = store_end(st, r, f);
out:
    if (r == RES_OK)
        *id = found;
    return r;
}

enum result
list_key(struct store *st, int64_t id, char key[41], struct fault *f)
{
    struct query *q = NULL;
    enum result r;

    r = store_prepare(st, "SELECT key FROM list WHERE id = $1", &q, f);
    if (r != RES_OK)
        return r;
    query_int(q, "$1", id);
    r = query_row(q, f);
    if (r == RES_OK)
        query_get_copy(q, 0, key, KEY_MAX + 1);
    query_free(q);
    return r;
}
