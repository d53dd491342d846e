/* SPDX-License-Identifier: ISC */
/* The only file that writes table subscriber: addresses and names, each once.
 * It knows nothing of lists: being here means no letter to anyone. */
#include "lists/subscriber.h"

#include <string.h>

#include "lists/store.h"

#define COLUMNS                                                                \
    "SELECT id, address, address_key, name, given_name, created_s,"            \
    " answered_s, asked_s FROM subscriber "

static void given_of(const char *name, char given[SUBSCRIBER_NAME_MAX + 1]);
static enum result
row_read(struct query *q, struct subscriber *out, struct fault *f);
static enum result
name_check(const char *what, const char *name, struct fault *f);
static enum result
add(struct store *st, const struct subscriber *s, int64_t *id, struct fault *f);
static enum result there(
    struct store *st, const struct subscriber *s, int64_t *id, struct fault *f);

enum result
subscriber_find(struct store *st, const struct address *address,
    struct subscriber *out, struct fault *f)
{
    struct query *q = NULL;
    enum result r;

    r = store_prepare(st, COLUMNS "WHERE address_key = $1", &q, f);
    if (r != RES_OK)
        return r;
    query_text(q, "$1", address->key);
    return row_read(q, out, f);
}

enum result
subscriber_get(
    struct store *st, int64_t id, struct subscriber *out, struct fault *f)
{
    struct query *q = NULL;
    enum result r;

    r = store_prepare(st, COLUMNS "WHERE id = $1", &q, f);
    if (r != RES_OK)
        return r;
    query_int(q, "$1", id);
    return row_read(q, out, f);
}

/* The first word; in "Toft, Inge Marie", as registers and Outlook write it, the
 * one behind the comma. */
static void
given_of(const char *name, char given[SUBSCRIBER_NAME_MAX + 1])
{
    size_t n = strcspn(name, " "), behind;

    if (n > 0 && name[n - 1] == ',') {
        behind = n + strspn(name + n, " ");
        if (name[behind] != '\0' && strchr(name + behind, ',') == NULL) {
            name += behind;
            n = strcspn(name, " ");
        } else {
            n--;
        }
    }
    memcpy(given, name, n);
    given[n] = '\0';
}

enum result
subscriber_add(struct store *st, struct subscriber *s, struct fault *f)
{
    struct subscriber full = *s;
    enum result r;
    int64_t id = 0;

    r = name_check("name", s->name, f);
    if (r == RES_OK)
        r = name_check("given name", s->given_name, f);
    if (r != RES_OK)
        return r;
    if (full.given_name[0] == '\0')
        given_of(full.name, full.given_name);
    r = store_begin(st, f);
    if (r != RES_OK)
        return r;
    r = add(st, &full, &id, f);
    if (r == RES_NONE) {
        r = there(st, &full, &id, f);
        if (r == RES_OK)
            r = RES_NONE;
    }
    r = store_end(st, r, f);
    if (r == RES_OK || r == RES_NONE)
        s->id = id;
    return r;
}

enum result
subscriber_answered(
    struct store *st, int64_t id, bool asks, int64_t now_s, struct fault *f)
{
    struct query *q = NULL;
    enum result r;

    r = store_begin(st, f);
    if (r != RES_OK)
        return r;
    r = store_prepare(st,
        "UPDATE subscriber SET answered_s = $2,"
        " asked_s = CASE WHEN $3 THEN $2 ELSE asked_s END WHERE id = $1",
        &q, f);
    if (r == RES_OK) {
        query_int(q, "$1", id);
        query_int(q, "$2", now_s);
        query_int(q, "$3", asks);
        r = query_run(q, f);
    }
    query_free(q);
    if (r == RES_OK && store_changes(st) == 0)
        r = RES_NONE;
    return store_end(st, r, f);
}

/* Reads the only row and frees the query. */
static enum result
row_read(struct query *q, struct subscriber *out, struct fault *f)
{
    enum result r = query_row(q, f);

    if (r == RES_OK) {
        out->id = query_get_int(q, 0);
        query_get_copy(q, 1, out->address.text, sizeof out->address.text);
        query_get_copy(q, 2, out->address.key, sizeof out->address.key);
        query_get_copy(q, 3, out->name, sizeof out->name);
        query_get_copy(q, 4, out->given_name, sizeof out->given_name);
        out->created_s = query_get_int(q, 5);
        out->answered_s = query_get_int(q, 6);
        out->asked_s = query_get_int(q, 7);
    }
    query_free(q);
    return r;
}

static enum result
name_check(const char *what, const char *name, struct fault *f)
{
    size_t n = strnlen(name, SUBSCRIBER_NAME_MAX + 1);

    if (n > SUBSCRIBER_NAME_MAX)
        return fault_set(f, RES_NEVER, "the %s has more than %d bytes", what,
            SUBSCRIBER_NAME_MAX);
    if (text_unclean(name, n))
        return fault_set(f, RES_NEVER,
            "the %s has a control character or is not UTF-8", what);
    return RES_OK;
}

/* NONE: that address is there. */
static enum result
add(struct store *st, const struct subscriber *s, int64_t *id, struct fault *f)
{
    struct query *q = NULL;
    enum result r;

    r = store_prepare(st,
        "INSERT INTO subscriber (address_key, address, name, given_name,"
        " created_s, answered_s) VALUES ($1, $2, $3, $4, $5, 0)"
        " ON CONFLICT (address_key) DO NOTHING RETURNING id",
        &q, f);
    if (r != RES_OK)
        return r;
    query_text(q, "$1", s->address.key);
    query_text(q, "$2", s->address.text);
    query_text(q, "$3", s->name);
    query_text(q, "$4", s->given_name);
    query_int(q, "$5", s->created_s);
    r = query_row(q, f);
    if (r == RES_OK)
        *id = query_get_int(q, 0);
    query_free(q);
    return r;
}

static enum result
there(
    struct store *st, const struct subscriber *s, int64_t *id, struct fault *f)
{
    struct query *find = NULL, *fill = NULL;
    bool nameless = false;
    enum result r;

    r = store_prepare(
        st, "SELECT id, name FROM subscriber WHERE address_key = $1", &find, f);
    if (r != RES_OK)
        return r;
    query_text(find, "$1", s->address.key);
    r = query_row(find, f);
    if (r == RES_OK) {
        *id = query_get_int(find, 0);
        nameless = query_get_text(find, 1)[0] == '\0';
    }
    query_free(find);
    if (r != RES_OK || !nameless || s->name[0] == '\0')
        return r;
    r = store_prepare(st,
        "UPDATE subscriber SET name = $2, given_name ="
        " CASE WHEN given_name = '' THEN $3 ELSE given_name END WHERE id = $1",
        &fill, f);
    if (r != RES_OK)
        return r;
    query_int(fill, "$1", *id);
    query_text(fill, "$2", s->name);
    query_text(fill, "$3", s->given_name);
    r = query_run(fill, f);
    query_free(fill);
    return r;
}
