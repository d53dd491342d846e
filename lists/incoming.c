/* SPDX-License-Identifier: ISC */
/* The only file that writes tables mailbox and incoming.  It keeps what is
 * needed to do nothing twice and to answer "what did you do with my mail?";
 * it never keeps a mail, and of one that is none of our business it is given
 * no more than the digest. */
#include "lists/incoming.h"

#include <stdio.h>
#include <string.h>

#include "lists/address.h"
#include "lists/store.h"

enum {
    WORD_MAX = 40,
    MESSAGE_ID_MAX = 320,
    INBOX_MAX = 100
};

#define COLUMNS                                                                \
    "SELECT id, mailbox_id, uidvalidity, uid, digest, kind, deed, at_s,"       \
    " subscriber_id, message_id, evidence, owed, decided_by, decided_s"        \
    " FROM incoming "

static enum result cursor_find(struct store *st, const char *name,
    struct mailbox_cursor *out, struct fault *f);
static enum result
add(struct store *st, const struct incoming *i, int64_t *id, struct fault *f);
static enum result
moved(struct store *st, const struct incoming *i, int64_t *id, struct fault *f);
static enum result walk(struct query *q,
    bool (*each)(void *arg, const struct incoming *i), void *arg,
    struct fault *f);

enum result
mailbox_cursor(struct store *st, const char *name, struct mailbox_cursor *out,
    struct fault *f)
{
    char inbox[INBOX_MAX + 1];
    struct query *q = NULL;
    enum result r;

    if (text_unclean(name, strlen(name)) || name[0] == '\0')
        return fault_set(f, RES_NEVER, "a mailbox needs a name in UTF-8");
    r = cursor_find(st, name, out, f);
    if (r != RES_NONE)
        return r;
    r = store_begin(st, f);
    if (r != RES_OK)
        return r;
    r = store_prepare(st,
        "INSERT INTO mailbox (name, inbox, uidvalidity, uid)"
        " VALUES ($1, $2, 0, 0) ON CONFLICT (name) DO NOTHING",
        &q, f);
    if (r == RES_OK) {
        (void)snprintf(
            inbox, sizeof inbox, "%.*s", (int)strcspn(name, "/"), name);
        query_text(q, "$1", name);
        query_text(q, "$2", inbox);
        r = query_run(q, f);
    }
    query_free(q);
    r = store_end(st, r, f);
    return r == RES_OK ? cursor_find(st, name, out, f) : r;
}

enum result
mailbox_follow(
    struct store *st, int64_t mailbox_id, const char *other, struct fault *f)
{
    struct query *q = NULL;
    enum result r = store_begin(st, f);

    if (r != RES_OK)
        return r;
    r = store_prepare(st,
        "UPDATE mailbox SET inbox = (SELECT inbox FROM mailbox"
        " WHERE name = $2) WHERE id = $1",
        &q, f);
    if (r == RES_OK) {
        query_int(q, "$1", mailbox_id);
        query_text(q, "$2", other);
        r = query_run(q, f);
    }
    query_free(q);
    return store_end(st, r, f);
}

enum result
mailbox_cursor_set(
    struct store *st, const struct mailbox_cursor *c, struct fault *f)
{
    struct query *q = NULL;
    enum result r;

    r = store_begin(st, f);
    if (r != RES_OK)
        return r;
    r = store_prepare(st,
        "UPDATE mailbox SET uidvalidity = $2,"
        " uid = CASE WHEN uidvalidity = $2 AND uid > $3 THEN uid ELSE $3 END"
        " WHERE id = $1",
        &q, f);
    if (r == RES_OK) {
        query_int(q, "$1", c->id);
        query_int(q, "$2", c->uidvalidity);
        query_int(q, "$3", c->uid);
        r = query_run(q, f);
    }
    query_free(q);
    return store_end(st, r, f);
}

enum result
mailbox_trouble(struct store *st, int64_t mailbox_id, const char *words,
    int64_t now_s, struct fault *f)
{
    char clean[MAILBOX_TROUBLE_MAX + 1];
    struct query *q = NULL;
    enum result r;

    text_scrub(clean, sizeof clean, words, strlen(words));
    r = store_begin_lazy(st, f);
    if (r != RES_OK)
        return r;
    r = store_prepare(st,
        "UPDATE mailbox SET trouble = $2, trouble_s ="
        " CASE WHEN $2 = '' THEN 0 WHEN trouble = '' THEN $3"
        " ELSE trouble_s END WHERE id = $1 AND trouble <> $2",
        &q, f);
    if (r == RES_OK) {
        query_int(q, "$1", mailbox_id);
        query_text(q, "$2", clean);
        query_int(q, "$3", now_s);
        r = query_run(q, f);
    }
    query_free(q);
    return store_end(st, r, f);
}

enum result
mailbox_each_troubled(struct store *st,
    bool (*each)(
        void *arg, const char *name, const char *words, int64_t since_s),
    void *arg, struct fault *f)
{
    struct query *q = NULL;
    bool more = true;
    enum result r = store_prepare(st,
        "SELECT name, trouble, trouble_s FROM mailbox WHERE trouble <> ''"
        " ORDER BY id",
        &q, f);

    if (r != RES_OK)
        return r;
    while (more && (r = query_row(q, f)) == RES_OK)
        more = each(arg, query_get_text(q, 0), query_get_text(q, 1),
            query_get_int(q, 2));
    query_free(q);
    return r == RES_NONE ? RES_OK : r;
}

enum result
mailbox_each_owing(struct store *st, int64_t before_s,
    bool (*each)(void *arg, const char *name, int64_t n, int64_t since_s),
    void *arg, struct fault *f)
{
    struct query *q = NULL;
    bool more = true;
    enum result r = store_prepare(st,
        "SELECT m.name, count(*), min(max(i.at_s, i.decided_s))"
        " FROM mailbox m JOIN incoming i ON i.mailbox_id = m.id AND i.owed = 1"
        " WHERE m.trouble = '' AND max(i.at_s, i.decided_s) < $1"
        " GROUP BY m.id ORDER BY m.id",
        &q, f);

    if (r != RES_OK)
        return r;
    query_int(q, "$1", before_s);
    while (more && (r = query_row(q, f)) == RES_OK)
        more = each(arg, query_get_text(q, 0), query_get_int(q, 1),
            query_get_int(q, 2));
    query_free(q);
    return r == RES_NONE ? RES_OK : r;
}

enum result
incoming_add(struct store *st, struct incoming *i, struct fault *f)
{
    enum result r;
    int64_t id = 0;

    r = store_begin(st, f);
    if (r != RES_OK)
        return r;
    r = add(st, i, &id, f);
    if (r == RES_NONE) {
        r = moved(st, i, &id, f);
        if (r == RES_OK)
            r = RES_NONE;
    }
    r = store_end(st, r, f);
    if (r == RES_OK || r == RES_NONE)
        i->id = id;
    return r;
}

enum result
incoming_seen(struct store *st, int64_t mailbox_id,
    const unsigned char digest[INCOMING_DIGEST], struct fault *f)
{
    struct query *q = NULL;
    enum result r;

    r = store_prepare(st,
        "SELECT i.id FROM mailbox here JOIN mailbox m ON m.inbox = here.inbox"
        " JOIN incoming i ON i.mailbox_id = m.id AND i.digest = $2"
        " WHERE here.id = $1",
        &q, f);
    if (r != RES_OK)
        return r;
    query_int(q, "$1", mailbox_id);
    query_blob(q, "$2", digest, INCOMING_DIGEST);
    r = query_row(q, f);
    query_free(q);
    return r;
}

enum result
incoming_requests(struct store *st, int64_t since_s, const char *server,
    int *all, int *of_one, struct fault *f)
{
    bool any = server[0] == '\0' || strcmp(server, "?") == 0;
    struct query *q = NULL;
    enum result r;
    int n, total = 0, one = 0;

    r = store_prepare(st,
        "SELECT request, count(*) FROM (SELECT request FROM incoming"
        " WHERE request <> '' AND at_s > $1 ORDER BY at_s DESC LIMIT $2)"
        " GROUP BY request",
        &q, f);
    if (r != RES_OK)
        return r;
    query_int(q, "$1", since_s);
    query_int(q, "$2", INCOMING_REQUESTS_MAX);
    while ((r = query_row(q, f)) == RES_OK) {
        const char *of = query_get_text(q, 0);

        n = (int)query_get_int(q, 1);
        total += n;
        if (strcmp(of, "?") != 0 && (any ? n > one : strcmp(of, server) == 0))
            one = n;
    }
    query_free(q);
    if (r != RES_NONE)
        return r;
    *all = total;
    *of_one = one;
    return RES_OK;
}

enum result
incoming_each_owed(struct store *st, int64_t mailbox_id, int64_t after,
    bool (*each)(void *arg, const struct incoming *i), void *arg,
    struct fault *f)
{
    struct query *q = NULL;
    enum result r;

    r = store_prepare(st,
        COLUMNS "WHERE mailbox_id = $1 AND owed = 1 AND id > $2 ORDER BY id",
        &q, f);
    if (r != RES_OK)
        return r;
    query_int(q, "$1", mailbox_id);
    query_int(q, "$2", after);
    return walk(q, each, arg, f);
}

enum result
incoming_paid(struct store *st, int64_t id, struct fault *f)
{
    struct query *q = NULL;
    enum result r;

    r = store_begin_lazy(st, f);
    if (r != RES_OK)
        return r;
    r = store_prepare(st, "UPDATE incoming SET owed = 0 WHERE id = $1", &q, f);
    if (r == RES_OK) {
        query_int(q, "$1", id);
        r = query_run(q, f);
    }
    query_free(q);
    return store_end(st, r, f);
}

enum result
incoming_forgive(struct store *st, int64_t mailbox_id, uint32_t uidvalidity,
    int *n, struct fault *f)
{
    struct query *q = NULL;
    int64_t count = 0;
    enum result r = store_begin_lazy(st, f);

    if (r != RES_OK)
        return r;
    r = store_prepare(st,
        "UPDATE incoming SET owed = 0"
        " WHERE mailbox_id = $1 AND owed = 1 AND uidvalidity <> $2",
        &q, f);
    if (r == RES_OK) {
        query_int(q, "$1", mailbox_id);
        query_int(q, "$2", uidvalidity);
        r = query_run(q, f);
    }
    query_free(q);
    if (r == RES_OK)
        count = store_changes(st);
    r = store_end(st, r, f);
    if (r == RES_OK)
        *n = (int)count;
    return r;
}

enum result
incoming_decide(struct store *st, int64_t id, const struct incoming_decision *d,
    struct fault *f)
{
    char deed[WORD_MAX + 1], by[WORD_MAX + 1];
    struct query *q = NULL;
    enum result r;

    text_scrub(deed, sizeof deed, d->deed, strlen(d->deed));
    text_scrub(by, sizeof by, d->by, strlen(d->by));
    r = store_begin(st, f);
    if (r != RES_OK)
        return r;
    r = store_prepare(st,
        "UPDATE incoming SET deed = $2, decided_by = $3, decided_s = $4,"
        " owed = max(owed, $5),"
        " subscriber_id = coalesce(nullif($6, 0), subscriber_id)"
        " WHERE id = $1 RETURNING id",
        &q, f);
    if (r == RES_OK) {
        query_int(q, "$1", id);
        query_text(q, "$2", deed);
        query_text(q, "$3", by);
        query_int(q, "$4", d->at_s);
        query_int(q, "$5", d->owed);
        query_int(q, "$6", d->subscriber_id);
        r = query_row(q, f);
    }
    query_free(q);
    return store_end(st, r, f);
}

enum result
incoming_each(struct store *st, int64_t before, int limit,
    bool (*each)(void *arg, const struct incoming *i), void *arg,
    struct fault *f)
{
    struct query *q = NULL;
    enum result r;

    r = store_prepare(
        st, COLUMNS "WHERE id < $1 ORDER BY id DESC LIMIT $2", &q, f);
    if (r != RES_OK)
        return r;
    query_int(q, "$1", before > 0 ? before : INT64_MAX);
    query_int(q, "$2", limit);
    return walk(q, each, arg, f);
}

enum result
mailbox_each(struct store *st,
    bool (*each)(void *arg, const char *name, const struct mailbox_cursor *c,
        int64_t n_read),
    void *arg, struct fault *f)
{
    struct mailbox_cursor c;
    struct query *q = NULL;
    bool more = true;
    enum result r;

    r = store_prepare(st,
        "SELECT m.id, m.name, m.uidvalidity, m.uid, (SELECT count(*)"
        " FROM incoming i WHERE i.mailbox_id = m.id)"
        " FROM mailbox m ORDER BY m.id",
        &q, f);
    if (r != RES_OK)
        return r;
    while (more && (r = query_row(q, f)) == RES_OK) {
        c.id = query_get_int(q, 0);
        c.uidvalidity = (uint32_t)query_get_int(q, 2);
        c.uid = (uint32_t)query_get_int(q, 3);
        more = each(arg, query_get_text(q, 1), &c, query_get_int(q, 4));
    }
    query_free(q);
    return r == RES_NONE ? RES_OK : r;
}

static enum result
cursor_find(struct store *st, const char *name, struct mailbox_cursor *out,
    struct fault *f)
{
    struct query *q = NULL;
    enum result r;

    r = store_prepare(
        st, "SELECT id, uidvalidity, uid FROM mailbox WHERE name = $1", &q, f);
    if (r != RES_OK)
        return r;
    query_text(q, "$1", name);
    r = query_row(q, f);
    if (r == RES_OK) {
        out->id = query_get_int(q, 0);
        out->uidvalidity = (uint32_t)query_get_int(q, 1);
        out->uid = (uint32_t)query_get_int(q, 2);
    }
    query_free(q);
    return r;
}

/* NONE: its digest is there. */
static enum result
add(struct store *st, const struct incoming *i, int64_t *id, struct fault *f)
{
    char kind[WORD_MAX + 1], deed[WORD_MAX + 1];
    char message_id[MESSAGE_ID_MAX + 1], evidence[EVIDENCE_MAX + 1];
    struct query *q = NULL;
    enum result r;

    text_scrub(kind, sizeof kind, i->kind, strlen(i->kind));
    text_scrub(deed, sizeof deed, i->deed, strlen(i->deed));
    text_scrub(
        message_id, sizeof message_id, i->message_id, strlen(i->message_id));
    text_scrub(evidence, sizeof evidence, i->evidence, strlen(i->evidence));
    r = store_prepare(st,
        "INSERT INTO incoming (mailbox_id, uidvalidity, uid, digest, kind,"
        " deed, at_s, subscriber_id, message_id, evidence, owed, request)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, nullif($8, 0), $9, $10, $11, $12)"
        " ON CONFLICT (mailbox_id, digest) DO NOTHING RETURNING id",
        &q, f);
    if (r != RES_OK)
        return r;
    query_int(q, "$1", i->mailbox_id);
    query_int(q, "$2", i->uidvalidity);
    query_int(q, "$3", i->uid);
    query_blob(q, "$4", i->digest, INCOMING_DIGEST);
    query_text(q, "$5", kind);
    query_text(q, "$6", deed);
    query_int(q, "$7", i->at_s);
    query_int(q, "$8", i->subscriber_id);
    query_text(q, "$9", message_id);
    query_text(q, "$10", evidence);
    query_int(q, "$11", i->owed);
    query_text(q, "$12", i->request != NULL ? i->request : "");
    r = query_row(q, f);
    if (r == RES_OK)
        *id = query_get_int(q, 0);
    query_free(q);
    return r;
}

/* The same message under a new number. */
static enum result
moved(struct store *st, const struct incoming *i, int64_t *id, struct fault *f)
{
    struct query *q = NULL;
    enum result r;

    r = store_prepare(st,
        "UPDATE incoming SET uidvalidity = $3, uid = $4"
        " WHERE mailbox_id = $1 AND digest = $2 RETURNING id",
        &q, f);
    if (r != RES_OK)
        return r;
    query_int(q, "$1", i->mailbox_id);
    query_blob(q, "$2", i->digest, INCOMING_DIGEST);
    query_int(q, "$3", i->uidvalidity);
    query_int(q, "$4", i->uid);
    r = query_row(q, f);
    if (r == RES_OK)
        *id = query_get_int(q, 0);
    query_free(q);
    return r;
}

/* Calls each for the rows and frees the query. */
static enum result
walk(struct query *q, bool (*each)(void *arg, const struct incoming *i),
    void *arg, struct fault *f)
{
    struct incoming i;
    const void *digest;
    bool more = true;
    enum result r = RES_NONE;
    size_t n = 0;

    while (more && (r = query_row(q, f)) == RES_OK) {
        memset(&i, 0, sizeof i);
        i.id = query_get_int(q, 0);
        i.mailbox_id = query_get_int(q, 1);
        i.uidvalidity = (uint32_t)query_get_int(q, 2);
        i.uid = (uint32_t)query_get_int(q, 3);
        digest = query_get_blob(q, 4, &n);
        memcpy(i.digest, digest, n < sizeof i.digest ? n : sizeof i.digest);
        i.kind = query_get_text(q, 5);
        i.deed = query_get_text(q, 6);
        i.at_s = query_get_int(q, 7);
        i.subscriber_id = query_get_int(q, 8);
        i.message_id = query_get_text(q, 9);
        i.evidence = query_get_text(q, 10);
        i.owed = query_get_int(q, 11) != 0;
        i.decided_by = query_get_text(q, 12);
        i.decided_s = query_get_int(q, 13);
        more = each(arg, &i);
    }
    query_free(q);
    return r == RES_NONE ? RES_OK : r;
}
