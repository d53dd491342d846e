/* SPDX-License-Identifier: ISC */
/* The only file that writes tables issue and issue_body.  What an issue says
 * is written once and never again; how far it is moves along the edges of the
 * table below, by issue_move alone.  When that happens is not decided here:
 * this file does not know the time and sends nothing. */
#include "lists/issue.h"

#include <stdlib.h>
#include <string.h>

#include "lists/address.h"
#include "lists/store.h"

#define BIT(x) (1U << (x))

enum {
    STATES = ISSUE_CANCELLED + 1
};

/* Whereto an issue may go from each state. */
static const unsigned int edges[STATES] = {
    /* Its first rows are written; or somebody said wait or no.  The other
     * rows follow in whatever state it is by then. */
    [ISSUE_FILLING] =
        BIT(ISSUE_SCHEDULED) | BIT(ISSUE_HELD) | BIT(ISSUE_CANCELLED),
    /* Its time has come, came unseen, or somebody said wait or no. */
    [ISSUE_SCHEDULED] = BIT(ISSUE_SENDING) | BIT(ISSUE_OVERDUE) |
                        BIT(ISSUE_HELD) | BIT(ISSUE_CANCELLED),
    /* By a person's word only: nothing late fires by itself. */
    [ISSUE_OVERDUE] = BIT(ISSUE_SENDING) | BIT(ISSUE_CANCELLED),
    /* Stopped with a reason, given up, or through. */
    [ISSUE_SENDING] =
        BIT(ISSUE_HELD) | BIT(ISSUE_CANCELLED) | BIT(ISSUE_FINISHED),
    /* Released to where it would be by now, or given up. */
    [ISSUE_HELD] = BIT(ISSUE_FILLING) | BIT(ISSUE_SCHEDULED) |
                   BIT(ISSUE_SENDING) | BIT(ISSUE_CANCELLED),
    /* By a person's word: what has failed is tried again. */
    [ISSUE_FINISHED] = BIT(ISSUE_SENDING),
    [ISSUE_CANCELLED] = 0,
};

static const char *const words[STATES] = {
    [ISSUE_FILLING] = "filling",
    [ISSUE_SCHEDULED] = "scheduled",
    [ISSUE_OVERDUE] = "overdue",
    [ISSUE_SENDING] = "sending",
    [ISSUE_HELD] = "held",
    [ISSUE_FINISHED] = "finished",
    [ISSUE_CANCELLED] = "cancelled",
};

#define COLUMNS                                                                \
    "SELECT id, kind, list_id, state, reason, subject, sender, digest,"        \
    " created_s, due_s, changed_s, filled_to, audience, filled,"               \
    " complaints, answer FROM issue "

static enum result
head_add(struct store *st, const struct issue *i, int64_t *id, struct fault *f);
static enum result body_add(struct store *st, int64_t id, const char *source,
    const char *message, size_t message_bytes, struct fault *f);
static enum result state_now(struct store *st, int64_t id,
    enum issue_state *out, bool *filled, struct fault *f);
static enum result state_set(struct store *st, int64_t id, enum issue_state to,
    const char *reason, int64_t now_s, struct fault *f);
static void row_read(struct query *q, struct issue *out);

enum result
issue_add(struct store *st, struct issue *i, const char *source,
    const char *message, size_t message_bytes, struct fault *f)
{
    enum result r;
    int64_t id = 0;

    r = store_begin(st, f);
    if (r != RES_OK)
        return r;
    r = head_add(st, i, &id, f);
    if (r == RES_OK)
        r = body_add(st, id, source, message, message_bytes, f);
    r = store_end(st, r, f);
    if (r == RES_OK) {
        i->id = id;
        i->state = ISSUE_FILLING;
        i->changed_s = i->created_s;
        i->filled_to = 0;
        i->audience = 0;
        i->filled = i->kind != ISSUE_LETTER;
        i->complaints = 0;
    }
    return r;
}

enum result
issue_get(struct store *st, int64_t id, struct issue *out, struct fault *f)
{
    struct query *q = NULL;
    enum result r;

    r = store_prepare(st, COLUMNS "WHERE id = $1", &q, f);
    if (r != RES_OK)
        return r;
    query_int(q, "$1", id);
    r = query_row(q, f);
    if (r == RES_OK)
        row_read(q, out);
    query_free(q);
    return r;
}

enum result
issue_same(struct store *st, const unsigned char digest[ISSUE_DIGEST],
    int64_t *id, struct fault *f)
{
    struct query *q = NULL;
    enum result r;

    r = store_prepare(st,
        "SELECT id FROM issue WHERE digest = $1 AND kind = $2 AND state <> $3"
        " ORDER BY id DESC LIMIT 1",
        &q, f);
    if (r != RES_OK)
        return r;
    query_blob(q, "$1", digest, ISSUE_DIGEST);
    query_int(q, "$2", ISSUE_LETTER);
    query_int(q, "$3", ISSUE_CANCELLED);
    r = query_row(q, f);
    if (r == RES_OK)
        *id = query_get_int(q, 0);
    query_free(q);
    return r;
}

enum result
issue_message(
    struct store *st, int64_t id, char **out, size_t *n, struct fault *f)
{
    struct query *q = NULL;
    const void *p;
    enum result r;

    r = store_prepare(
        st, "SELECT message FROM issue_body WHERE issue_id = $1", &q, f);
    if (r != RES_OK)
        return r;
    query_int(q, "$1", id);
    r = query_row(q, f);
    if (r == RES_OK) {
        p = query_get_blob(q, 0, n);
        *out = fault_calloc(*n + 1, 1);
        memcpy(*out, p, *n);
    }
    query_free(q);
    return r;
}

enum result
issue_source(struct store *st, int64_t id, char **out, struct fault *f)
{
    struct query *q = NULL;
    enum result r;

    r = store_prepare(
        st, "SELECT source FROM issue_body WHERE issue_id = $1", &q, f);
    if (r != RES_OK)
        return r;
    query_int(q, "$1", id);
    r = query_row(q, f);
    if (r == RES_OK)
        *out = fault_strdup(query_get_text(q, 0));
    query_free(q);
    return r;
}

enum result
issue_each(struct store *st, int kind, bool open_only, int64_t before,
    int limit, bool (*each)(void *arg, const struct issue *i), void *arg,
    struct fault *f)
{
    /* Four texts, so that what is open is found by its index. */
    static const char *const sql[2][2] = {
        {COLUMNS "WHERE id < $2 ORDER BY id DESC LIMIT $3",
            COLUMNS "WHERE state < 5 AND kind IN (0, 1, 2) AND id < $2"
                    " ORDER BY id DESC LIMIT $3"},
        {COLUMNS "WHERE kind = $1 AND id < $2 ORDER BY id DESC LIMIT $3",
            COLUMNS "WHERE state < 5 AND kind = $1 AND id < $2"
                    " ORDER BY id DESC LIMIT $3"},
    };
    struct query *q = NULL;
    struct issue i;
    bool more = true;
    enum result r;

    r = store_prepare(st, sql[kind >= 0][open_only], &q, f);
    if (r != RES_OK)
        return r;
    if (kind >= 0)
        query_int(q, "$1", kind);
    query_int(q, "$2", before > 0 ? before : INT64_MAX);
    query_int(q, "$3", limit);
    while (more && (r = query_row(q, f)) == RES_OK) {
        row_read(q, &i);
        more = each(arg, &i);
    }
    query_free(q);
    return r == RES_NONE ? RES_OK : r;
}

enum result
issue_move(struct store *st, int64_t id, enum issue_state to,
    const char *reason, int64_t now_s, struct fault *f)
{
    enum issue_state from = ISSUE_FILLING;
    bool filled = false;
    enum result r;

    r = store_begin(st, f);
    if (r != RES_OK)
        return r;
    r = state_now(st, id, &from, &filled, f);
    if (r == RES_NONE)
        r = fault_set(f, RES_NEVER, "there is no issue %lld", (long long)id);
    else if (r == RES_OK && from == to)
        r = RES_NONE;
    else if (r == RES_OK && (edges[from] & BIT(to)) == 0)
        r = fault_set(f, RES_NEVER, "issue %lld is %s and cannot become %s",
            (long long)id, issue_word(from), issue_word(to));
    else if (r == RES_OK && to == ISSUE_FINISHED && !filled)
        r = fault_set(
            f, RES_NEVER, "issue %lld is not filled to its end", (long long)id);
    else if (r == RES_OK)
        r = state_set(st, id, to, reason, now_s, f);
    return store_end(st, r, f);
}

enum result
issue_reason(struct store *st, int64_t id, const char *reason, size_t same,
    struct fault *f)
{
    struct query *q = NULL;
    enum result r;

    r = store_prepare(st,
        "UPDATE issue SET reason = $2 WHERE id = $1 AND state = 4"
        " AND substr(reason, 1, $3) = substr($2, 1, $3)",
        &q, f);
    if (r != RES_OK)
        return r;
    query_int(q, "$1", id);
    query_text(q, "$2", reason);
    query_int(q, "$3", (int64_t)same);
    r = query_run(q, f);
    query_free(q);
    return r == RES_OK && store_changes(st) == 0 ? RES_NONE : r;
}

enum result
issue_begin(struct store *st, int64_t id, int64_t now_s, struct fault *f)
{
    struct issue i = {.state = ISSUE_FILLING};
    enum result r;

    r = store_begin(st, f);
    if (r != RES_OK)
        return r;
    r = issue_get(st, id, &i, f);
    if (r == RES_NONE ||
        (r == RES_OK && i.state != ISSUE_SCHEDULED && i.state != ISSUE_SENDING))
        r = fault_set(f, RES_NEVER, "issue %lld is not scheduled any more",
            (long long)id);
    if (r == RES_OK)
        r = issue_move(st, id, ISSUE_SENDING, NULL, now_s, f);
    return store_end(st, r, f);
}

enum result
issue_release(struct store *st, int64_t id, int64_t now_s, struct fault *f)
{
    enum issue_state to = ISSUE_SENDING;
    struct issue i = {.state = ISSUE_FILLING};
    enum result r;

    r = store_begin(st, f);
    if (r != RES_OK)
        return r;
    r = issue_get(st, id, &i, f);
    if (r == RES_NONE)
        r = fault_set(f, RES_NEVER, "there is no issue %lld", (long long)id);
    else if (r == RES_OK && i.state != ISSUE_HELD && i.state != ISSUE_OVERDUE)
        r = fault_set(f, RES_NEVER,
            "issue %lld is %s: only what is held or overdue can be released",
            (long long)id, issue_word(i.state));
    if (r == RES_OK && i.state == ISSUE_HELD) {
        if (!i.filled && i.filled_to == 0)
            to = ISSUE_FILLING;
        else if (i.due_s > now_s)
            to = ISSUE_SCHEDULED;
    }
    if (r == RES_OK)
        r = issue_move(st, id, to, NULL, now_s, f);
    return store_end(st, r, f);
}

enum result
issue_filled(struct store *st, int64_t id, int64_t filled_to, int64_t more,
    bool last, struct fault *f)
{
    struct query *q = NULL;
    enum result r;

    r = store_prepare(st,
        "UPDATE issue SET filled_to = $2, audience = audience + $3,"
        " filled = $4 WHERE id = $1",
        &q, f);
    if (r != RES_OK)
        return r;
    query_int(q, "$1", id);
    query_int(q, "$2", filled_to);
    query_int(q, "$3", more);
    query_int(q, "$4", last);
    r = query_run(q, f);
    query_free(q);
    return r;
}

enum result
issue_complained(struct store *st, int64_t id, int64_t *n, struct fault *f)
{
    struct query *q = NULL;
    enum result r;

    r = store_prepare(st,
        "UPDATE issue SET complaints = complaints + 1 WHERE id = $1"
        " RETURNING complaints",
        &q, f);
    if (r != RES_OK)
        return r;
    query_int(q, "$1", id);
    r = query_row(q, f);
    if (r == RES_OK)
        *n = query_get_int(q, 0);
    query_free(q);
    return r;
}

const char *
issue_word(enum issue_state s)
{
    return (unsigned int)s < STATES ? words[s] : "unknown";
}

static enum result
head_add(struct store *st, const struct issue *i, int64_t *id, struct fault *f)
{
    struct query *q = NULL;
    enum result r;

    r = store_prepare(st,
        "INSERT INTO issue (kind, list_id, state, reason, subject, sender,"
        " digest, created_s, due_s, changed_s, filled_to, audience, filled,"
        " complaints, answer)"
        " VALUES ($1, $2, $3, '', $4, $5, $6, $7, $8, $7, 0, 0, $9, 0, $10)"
        " RETURNING id",
        &q, f);
    if (r != RES_OK)
        return r;
    query_int(q, "$1", i->kind);
    query_int(q, "$2", i->list_id);
    query_int(q, "$3", ISSUE_FILLING);
    query_text(q, "$4", i->subject);
    query_text(q, "$5", i->null_sender ? "null" : "verp");
    query_blob(q, "$6", i->digest, ISSUE_DIGEST);
    query_int(q, "$7", i->created_s);
    query_int(q, "$8", i->due_s);
    query_int(q, "$9", i->kind != ISSUE_LETTER);
    query_text(q, "$10", i->answer);
    r = query_row(q, f);
    if (r == RES_OK)
        *id = query_get_int(q, 0);
    query_free(q);
    return r;
}

static enum result
body_add(struct store *st, int64_t id, const char *source, const char *message,
    size_t message_bytes, struct fault *f)
{
    struct query *q = NULL;
    enum result r;

    r = store_prepare(st,
        "INSERT INTO issue_body (issue_id, source, message)"
        " VALUES ($1, $2, $3)",
        &q, f);
    if (r != RES_OK)
        return r;
    query_int(q, "$1", id);
    query_text(q, "$2", source);
    query_blob(q, "$3", message, message_bytes);
    r = query_run(q, f);
    query_free(q);
    return r;
}

static enum result
state_now(struct store *st, int64_t id, enum issue_state *out, bool *filled,
    struct fault *f)
{
    struct query *q = NULL;
    enum result r;

    r = store_prepare(
        st, "SELECT state, filled FROM issue WHERE id = $1", &q, f);
    if (r != RES_OK)
        return r;
    query_int(q, "$1", id);
    r = query_row(q, f);
    if (r == RES_OK) {
        *out = (enum issue_state)query_get_int(q, 0);
        *filled = query_get_int(q, 1) != 0;
    }
    query_free(q);
    if (r == RES_OK && (unsigned int)*out >= STATES)
        return fault_set(
            f, RES_STOP, "issue %lld is in no state we know", (long long)id);
    return r;
}

static enum result
state_set(struct store *st, int64_t id, enum issue_state to, const char *reason,
    int64_t now_s, struct fault *f)
{
    char clean[ISSUE_REASON_MAX + 1] = "";
    struct query *q = NULL;
    enum result r;

    /* A relay's own words may stand in it. */
    if (reason != NULL)
        text_scrub(clean, sizeof clean, reason, strlen(reason));
    r = store_prepare(st,
        "UPDATE issue SET state = $2, reason = $3, changed_s = $4,"
        " filled = CASE WHEN $2 = 6 THEN 1 ELSE filled END WHERE id = $1",
        &q, f);
    if (r != RES_OK)
        return r;
    query_int(q, "$1", id);
    query_int(q, "$2", to);
    query_text(q, "$3", clean);
    query_int(q, "$4", now_s);
    r = query_run(q, f);
    query_free(q);
    return r;
}

static void
row_read(struct query *q, struct issue *out)
{
    const void *digest;
    size_t n = 0;

    out->id = query_get_int(q, 0);
    out->kind = (enum issue_kind)query_get_int(q, 1);
    out->list_id = query_get_int(q, 2);
    out->state = (enum issue_state)query_get_int(q, 3);
    query_get_copy(q, 4, out->reason, sizeof out->reason);
    query_get_copy(q, 5, out->subject, sizeof out->subject);
    out->null_sender = strcmp(query_get_text(q, 6), "null") == 0;
    memset(out->digest, 0, sizeof out->digest);
    digest = query_get_blob(q, 7, &n);
    memcpy(
        out->digest, digest, n < sizeof out->digest ? n : sizeof out->digest);
    out->created_s = query_get_int(q, 8);
    out->due_s = query_get_int(q, 9);
    out->changed_s = query_get_int(q, 10);
    out->filled_to = query_get_int(q, 11);
    out->audience = query_get_int(q, 12);
    out->filled = query_get_int(q, 13) != 0;
    out->complaints = query_get_int(q, 14);
    query_get_copy(q, 15, out->answer, sizeof out->answer);
}
