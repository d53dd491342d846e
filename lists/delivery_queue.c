/* SPDX-License-Identifier: ISC */
/* How rows of table delivery come, and how they go without a sender: filling
 * an issue, cancelling, and what a dead worker left.  The sender's own path
 * is delivery.c; no other file writes that table.
 *
 * Whatever touches many rows goes in chunks: no transaction of ours holds the
 * one writer of an embedded store longer than 50 ms. */
#include "lists/delivery.h"

#include <stdio.h>
#include <stdlib.h>

#include "lists/delivery_tally.h"
#include "lists/store.h"

enum {
    HELD_MAX = 32,   /* issues that one dead lease may have had letters of */
    PERSON_ROWS = 32 /* of one person, found at a time */
};

/* A row that is to be cancelled. */
struct found {
    int64_t id, issue_id;
    enum delivery_state from;
};
#define FOUND "SELECT id, issue_id, state FROM delivery WHERE "

/* What one dead lease left. */
struct left {
    int64_t lease_id;
    bool same_boot;
    int connections; /* -1: that lease is not known */
    int64_t doubt, waiting;
};

static enum result fill(struct store *st, const struct issue *i, int limit,
    int64_t now_s, struct fault *f);
static enum result fill_to(struct store *st, const struct issue *i, int limit,
    int64_t *to, struct fault *f);
static enum result filled(struct store *st, const struct issue *i, int64_t to,
    int64_t rows, bool last, struct fault *f);
static enum result row_add(struct store *st, const struct issue *i,
    int64_t subscriber_id, int64_t now_s, struct fault *f);
static enum result
must_be(const struct issue *i, enum issue_state state, struct fault *f);
static enum result next_left(struct store *st, const char *worker,
    const char *boot_id, struct left *out, struct fault *f);
static enum result take_over(
    struct store *st, const struct left *l, int64_t now_s, struct fault *f);
static enum result
tally_left(struct store *st, const struct left *l, struct fault *f);
static enum result
hold(struct store *st, const struct left *l, int64_t now_s, struct fault *f);
static enum result hold_one(struct store *st, int64_t issue_id, bool many,
    int64_t now_s, struct fault *f);
static enum result find(struct store *st, const char *sql, int64_t issue_id,
    int limit, struct found *found, int *n, struct fault *f);
static enum result find_person(struct store *st, int64_t subscriber_id,
    int64_t list_id, struct found *found, int *n, struct fault *f);
static enum result found_read(
    struct query *q, int limit, struct found *found, int *n, struct fault *f);
static enum result cancel_found(struct store *st, const struct found *found,
    int n, const char *reply, int64_t now_s, struct fault *f);

/* --- filling ------------------------------------------------------------- */

enum result
delivery_fill(struct store *st, int64_t issue_id, int limit, int64_t now_s,
    struct fault *f)
{
    struct issue i;
    enum result r;

    if (limit > FILL_MAX)
        limit = FILL_MAX;
    r = store_begin_lazy(st, f);
    if (r != RES_OK)
        return r;
    r = issue_get(st, issue_id, &i, f);
    if (r == RES_NONE)
        r = fault_set(
            f, RES_NEVER, "there is no issue %lld", (long long)issue_id);
    else if (r == RES_OK && i.kind != ISSUE_LETTER)
        r = fault_set(f, RES_NEVER, "issue %lld does not go to a list",
            (long long)issue_id);
    else if (r == RES_OK && i.state == ISSUE_CANCELLED)
        r = must_be(&i, ISSUE_FILLING, f);
    else if (r == RES_OK)
        r = i.filled ? RES_NONE : fill(st, &i, limit, now_s, f);
    return store_end(st, r, f);
}

enum result
delivery_add(struct store *st, int64_t issue_id, int64_t subscriber_id,
    int64_t now_s, struct fault *f)
{
    struct issue i;
    enum result r;

    r = store_begin(st, f);
    if (r != RES_OK)
        return r;
    r = issue_get(st, issue_id, &i, f);
    if (r == RES_NONE)
        r = fault_set(
            f, RES_NEVER, "there is no issue %lld", (long long)issue_id);
    if (r == RES_OK)
        r = must_be(&i, ISSUE_FILLING, f);
    if (r == RES_OK)
        r = row_add(st, &i, subscriber_id, now_s, f);
    if (r == RES_OK && store_changes(st) == 0)
        r = RES_NONE;
    else if (r == RES_OK)
        r = filled(st, &i, subscriber_id, 1, true, f);
    return store_end(st, r, f);
}

static enum result
fill(struct store *st, const struct issue *i, int limit, int64_t now_s,
    struct fault *f)
{
    struct query *q = NULL;
    int64_t to = 0;
    enum result more, r;

    more = fill_to(st, i, limit, &to, f);
    if (more != RES_OK && more != RES_NONE)
        return more;
    r = store_prepare(st,
        "INSERT INTO delivery (issue_id, subscriber_id, state, due_s, at_s,"
        " date_s, tries, doubts, lease_id, relay, reply)"
        " SELECT $1, subscriber_id, 0, $2, $3, 0, 0, 0, 0, '', ''"
        " FROM subscription WHERE list_id = $4 AND subscriber_id > $5"
        " AND subscriber_id <= $6 AND state = $7 ORDER BY subscriber_id",
        &q, f);
    if (r != RES_OK)
        return r;
    query_int(q, "$1", i->id);
    query_int(q, "$2", i->due_s);
    query_int(q, "$3", now_s);
    query_int(q, "$4", i->list_id);
    query_int(q, "$5", i->filled_to);
    query_int(q, "$6", to);
    query_int(q, "$7", SUBSCRIPTION_ACTIVE);
    r = query_run(q, f);
    query_free(q);
    if (r == RES_OK)
        r = filled(st, i, to == INT64_MAX ? i->filled_to : to,
            store_changes(st), more == RES_NONE, f);
    if (r == RES_OK && i->state == ISSUE_FILLING)
        r = issue_move(st, i->id, ISSUE_SCHEDULED, NULL, now_s, f);
    return r == RES_OK ? more : r;
}

/* Notes what was written where it is counted. */
static enum result
filled(struct store *st, const struct issue *i, int64_t to, int64_t rows,
    bool last, struct fault *f)
{
    struct tally tally = {.st = st};
    enum result r;

    r = issue_filled(st, i->id, to, rows, last, f);
    if (r == RES_OK)
        r = tally_move(&tally, i->id, TALLY_NOWHERE, DELIVERY_WAITING, rows, f);
    return r == RES_OK ? tally_write(&tally, f) : r;
}

/* The last subscriber of this chunk, counting those who are not active too:
 * a list of people who left must not make one chunk long.  NONE: it is the
 * last chunk. */
static enum result
fill_to(struct store *st, const struct issue *i, int limit, int64_t *to,
    struct fault *f)
{
    struct query *q = NULL;
    enum result r;

    r = store_prepare(st,
        "SELECT subscriber_id FROM subscription"
        " WHERE list_id = $1 AND subscriber_id > $2"
        " ORDER BY subscriber_id LIMIT 1 OFFSET $3",
        &q, f);
    if (r != RES_OK)
        return r;
    query_int(q, "$1", i->list_id);
    query_int(q, "$2", i->filled_to);
    query_int(q, "$3", limit > 0 ? limit - 1 : 0);
    r = query_row(q, f);
    *to = r == RES_OK ? query_get_int(q, 0) : INT64_MAX;
    query_free(q);
    return r;
}

static enum result
row_add(struct store *st, const struct issue *i, int64_t subscriber_id,
    int64_t now_s, struct fault *f)
{
    struct query *q = NULL;
    enum result r;

    r = store_prepare(st,
        "INSERT INTO delivery (issue_id, subscriber_id, state, due_s, at_s,"
        " date_s, tries, doubts, lease_id, relay, reply)"
        " VALUES ($1, $2, 0, $3, $4, 0, 0, 0, 0, '', '')"
        " ON CONFLICT (issue_id, subscriber_id) DO NOTHING",
        &q, f);
    if (r != RES_OK)
        return r;
    query_int(q, "$1", i->id);
    query_int(q, "$2", subscriber_id);
    query_int(q, "$3", i->due_s);
    query_int(q, "$4", now_s);
    r = query_run(q, f);
    query_free(q);
    return r;
}

static enum result
must_be(const struct issue *i, enum issue_state state, struct fault *f)
{
    if (i->state == state)
        return RES_OK;
    return fault_set(f, RES_NEVER, "issue %lld is %s, not %s", (long long)i->id,
        issue_word(i->state), issue_word(state));
}

/* --- what a dead worker left --------------------------------------------- */

enum result
delivery_recover(struct store *st, const char *worker, const char *boot_id,
    int64_t now_s, int64_t *doubt, int64_t *waiting, struct fault *f)
{
    int64_t doubts = 0, waits = 0;
    struct left l;
    enum result r;

    r = store_begin(st, f);
    if (r != RES_OK)
        return r;
    while ((r = next_left(st, worker, boot_id, &l, f)) == RES_OK) {
        r = take_over(st, &l, now_s, f);
        if (r != RES_OK)
            break;
        doubts += l.doubt;
        waits += l.waiting;
    }
    if (r == RES_NONE)
        r = RES_OK;
    r = store_end(st, r, f);
    if (r == RES_OK) {
        *doubt = doubts;
        *waiting = waits;
    }
    return r;
}

/* The lease of this worker, or of nobody we know, that still has rows. NONE:
 * there is none any more. */
static enum result
next_left(struct store *st, const char *worker, const char *boot_id,
    struct left *out, struct fault *f)
{
    struct query *q = NULL;
    enum result r;

    r = store_prepare(st,
        "SELECT d.lease_id, CASE WHEN l.boot_id = $2 THEN 1 ELSE 0 END,"
        " coalesce(l.connections, -1),"
        " sum(CASE WHEN d.state = 2 OR l.boot_id IS NULL OR l.boot_id <> $2"
        " THEN 1 ELSE 0 END),"
        " sum(CASE WHEN d.state = 1 AND l.boot_id = $2 THEN 1 ELSE 0 END)"
        " FROM delivery d LEFT JOIN lease l ON l.id = d.lease_id"
        " WHERE d.lease_id <> 0 AND (l.worker = $1 OR l.id IS NULL)"
        " GROUP BY d.lease_id, l.boot_id, l.connections LIMIT 1",
        &q, f);
    if (r != RES_OK)
        return r;
    query_text(q, "$1", worker);
    query_text(q, "$2", boot_id);
    r = query_row(q, f);
    if (r == RES_OK) {
        out->lease_id = query_get_int(q, 0);
        out->same_boot = query_get_int(q, 1) != 0;
        out->connections = (int)query_get_int(q, 2);
        out->doubt = query_get_int(q, 3);
        out->waiting = query_get_int(q, 4);
    }
    query_free(q);
    return r;
}

/* What becomes of a row of a dead lease, $3 saying whether it was of this
 * boot.  One of an issue that was cancelled meanwhile goes the same way and is
 * cancelled in the same step; one that was in doubt before and had not gone
 * again is as it was. */
#define BECOMES                                                                \
    "CASE WHEN (SELECT i.state FROM issue i WHERE i.id = issue_id) = 6 THEN 7" \
    " WHEN state = 1 AND $3 = 1 THEN 0 ELSE 4 END"
#define OF_LEASE " WHERE lease_id <> 0 AND lease_id = $1"

static enum result
take_over(
    struct store *st, const struct left *l, int64_t now_s, struct fault *f)
{
    static const char sql[] =
        "UPDATE delivery SET state = " BECOMES ","
        " due_s = CASE WHEN state = 2 OR $3 = 0 THEN $4"
        " WHEN state = 4 AND due_s = 0 THEN $2 ELSE due_s END,"
        " doubts = doubts + CASE WHEN state = 2 OR $3 = 0 THEN 1 ELSE 0 END,"
        " reply = CASE WHEN state = 2 THEN"
        " 'may have arrived: the sender died while it was on the wire'"
        " WHEN $3 = 0 THEN"
        " 'may have arrived: the machine stopped while it was being sent'"
        " ELSE reply END,"
        " at_s = $2, lease_id = 0" OF_LEASE;
    bool at_once = l->doubt <= l->connections;
    struct query *q = NULL;
    enum result r;

    r = tally_left(st, l, f);
    if (r == RES_OK && (!at_once || !l->same_boot))
        r = hold(st, l, now_s, f);
    if (r == RES_OK)
        r = store_prepare(st, sql, &q, f);
    if (r != RES_OK)
        return r;
    query_int(q, "$1", l->lease_id);
    query_int(q, "$2", now_s);
    query_int(q, "$3", l->same_boot);
    query_int(q, "$4", at_once ? now_s : 0);
    r = query_run(q, f);
    query_free(q);
    return r;
}

/* Counts beforehand what the take-over will move. */
static enum result
tally_left(struct store *st, const struct left *l, struct fault *f)
{
    struct tally tally = {.st = st};
    struct query *q = NULL;
    enum result r;
    int64_t id;

    r = store_prepare(st,
        "SELECT issue_id, state, " BECOMES ", count(*),"
        " sum(CASE WHEN doubts = 0 AND (state = 2 OR $3 = 0) THEN 1 ELSE 0 END)"
        " FROM delivery" OF_LEASE " GROUP BY 1, 2, 3",
        &q, f);
    if (r != RES_OK)
        return r;
    query_int(q, "$1", l->lease_id);
    query_int(q, "$3", l->same_boot);
    while ((r = query_row(q, f)) == RES_OK) {
        id = query_get_int(q, 0);
        r = tally_move(&tally, id, (int)query_get_int(q, 1),
            (enum delivery_state)query_get_int(q, 2), query_get_int(q, 3), f);
        if (r == RES_OK)
            r = tally_doubted(&tally, id, query_get_int(q, 4), f);
        if (r != RES_OK)
            break;
    }
    query_free(q);
    return r == RES_NONE ? tally_write(&tally, f) : r;
}

/* More letters are in doubt than can have been on the wire of one process:
 * the power failed. A person decides.  There is such a lease for each sender:
 * what few another one leaves is counted with them. */
static enum result
hold(struct store *st, const struct left *l, int64_t now_s, struct fault *f)
{
    int64_t issue[HELD_MAX];
    struct query *q = NULL;
    enum result r;
    int n = 0, k;

    r = store_prepare(st,
        "SELECT DISTINCT issue_id FROM delivery"
        " WHERE lease_id <> 0 AND lease_id = $1 AND (state = 2 OR $2 = 0)"
        " LIMIT $3",
        &q, f);
    if (r != RES_OK)
        return r;
    query_int(q, "$1", l->lease_id);
    query_int(q, "$2", l->same_boot);
    query_int(q, "$3", HELD_MAX);
    while (n < HELD_MAX && (r = query_row(q, f)) == RES_OK)
        issue[n++] = query_get_int(q, 0);
    query_free(q);
    if (r == RES_NONE)
        r = RES_OK;
    for (k = 0; r == RES_OK && k < n; k++)
        r = hold_one(st, issue[k], l->doubt > l->connections, now_s, f);
    return r;
}

/* The tally has them already. */
static enum result
hold_one(struct store *st, int64_t issue_id, bool many, int64_t now_s,
    struct fault *f)
{
    static const char stopped[] = "the machine stopped:";
    char reason[ISSUE_REASON_MAX + 1];
    int64_t count[DELIVERY_STATES];
    enum result r;

    r = delivery_count(st, issue_id, count, NULL, f);
    if (r != RES_OK)
        return r == RES_NONE ? RES_OK : r;
    (void)snprintf(reason, sizeof reason,
        "%s %lld letters may have arrived already. See them: "
        "rummelig-mail who %lld --doubtful. To send these once more and go "
        "on: rummelig-mail release %lld",
        stopped, (long long)count[DELIVERY_DOUBT], (long long)issue_id,
        (long long)issue_id);
    r = many ? issue_move(st, issue_id, ISSUE_HELD, reason, now_s, f)
             : RES_NONE;
    if (r == RES_NONE)
        r = issue_reason(st, issue_id, reason, sizeof stopped - 1, f);
    /* Held for another reason, or cancelled: that stands. */
    return r == RES_NONE || r == RES_NEVER ? RES_OK : r;
}

/* --- cancelling ---------------------------------------------------------- */

enum result
delivery_cancel(struct store *st, int64_t issue_id, int limit, int64_t now_s,
    struct fault *f)
{
    /* Each along its own index; those that a worker has come first. */
    static const char *const some[] = {FOUND
        "issue_id = $1 AND lease_id <> 0 AND (state = 1 OR state = 4)"
        " LIMIT $2",
        FOUND "issue_id = $1 AND state = 4 LIMIT $2",
        FOUND "issue_id = $1 AND (state = 0 OR state = 3) LIMIT $2"};
    int done = 0, n;
    struct found *found;
    struct issue i;
    enum result r;
    size_t k;

    if (limit > CANCEL_MAX)
        limit = CANCEL_MAX;
    r = store_begin_lazy(st, f);
    if (r != RES_OK)
        return r;
    found = fault_calloc((size_t)limit + 1, sizeof *found);
    r = issue_get(st, issue_id, &i, f);
    if (r == RES_NONE)
        r = fault_set(
            f, RES_NEVER, "there is no issue %lld", (long long)issue_id);
    if (r == RES_OK)
        r = must_be(&i, ISSUE_CANCELLED, f);
    for (k = 0; r == RES_OK && k < sizeof some / sizeof *some; k++) {
        if (done >= limit)
            break;
        r = find(st, some[k], issue_id, limit - done, found, &n, f);
        if (r == RES_OK)
            r = cancel_found(st, found, n, NULL, now_s, f);
        done += n;
    }
    free(found);
    if (r == RES_OK && done < limit)
        r = RES_NONE;
    return store_end(st, r, f);
}

enum result
delivery_cancel_person(struct store *st, int64_t subscriber_id, int64_t list_id,
    int64_t now_s, struct fault *f)
{
    struct found found[PERSON_ROWS];
    enum result r;
    int n = 0;

    r = store_begin(st, f);
    if (r != RES_OK)
        return r;
    do {
        r = find_person(st, subscriber_id, list_id, found, &n, f);
        if (r == RES_OK)
            r = cancel_found(
                st, found, n, "cancelled: not a subscriber any more", now_s, f);
    } while (r == RES_OK && n == PERSON_ROWS);
    if (r == RES_OK && n == 0)
        r = RES_NONE;
    return store_end(st, r, f);
}

/* sql has $1, the issue, and $2, how many at most. */
static enum result
find(struct store *st, const char *sql, int64_t issue_id, int limit,
    struct found *found, int *n, struct fault *f)
{
    struct query *q = NULL;
    enum result r;

    *n = 0;
    r = store_prepare(st, sql, &q, f);
    if (r != RES_OK)
        return r;
    query_int(q, "$1", issue_id);
    query_int(q, "$2", limit);
    return found_read(q, limit, found, n, f);
}

static enum result
find_person(struct store *st, int64_t subscriber_id, int64_t list_id,
    struct found *found, int *n, struct fault *f)
{
    struct query *q = NULL;
    enum result r;

    *n = 0;
    r = store_prepare(st,
        FOUND "subscriber_id = $1 AND issue_id IN (SELECT id FROM issue"
              " WHERE kind = 2 AND state < 5 AND list_id = $2)"
              " AND (state = 0 OR state = 1 OR state = 3 OR state = 4)"
              " LIMIT $3",
        &q, f);
    if (r != RES_OK)
        return r;
    query_int(q, "$1", subscriber_id);
    query_int(q, "$2", list_id);
    query_int(q, "$3", PERSON_ROWS);
    return found_read(q, PERSON_ROWS, found, n, f);
}

/* All of them, before anything is changed; frees q. */
static enum result
found_read(
    struct query *q, int limit, struct found *found, int *n, struct fault *f)
{
    enum result r = RES_NONE;

    while (*n < limit && (r = query_row(q, f)) == RES_OK) {
        found[*n] = (struct found){query_get_int(q, 0), query_get_int(q, 1),
            (enum delivery_state)query_get_int(q, 2)};
        ++*n;
    }
    query_free(q);
    return r == RES_NONE ? RES_OK : r;
}

static enum result
cancel_found(struct store *st, const struct found *found, int n,
    const char *reply, int64_t now_s, struct fault *f)
{
    struct tally tally = {.st = st};
    struct query *q = NULL;
    enum result r;
    int k;

    r = store_prepare(st,
        "UPDATE delivery SET state = 7, lease_id = 0, at_s = $2,"
        " reply = coalesce($3, reply) WHERE id = $1",
        &q, f);
    for (k = 0; r == RES_OK && k < n; k++) {
        query_int(q, "$1", found[k].id);
        query_int(q, "$2", now_s);
        query_text(q, "$3", reply);
        r = query_run(q, f);
        if (r == RES_OK)
            r = tally_move(&tally, found[k].issue_id, (int)found[k].from,
                DELIVERY_CANCELLED, 1, f);
    }
    query_free(q);
    return r == RES_OK ? tally_write(&tally, f) : r;
}
