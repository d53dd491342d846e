/* SPDX-License-Identifier: ISC */
/* The sender's path: a lease, and turn after turn.  Table delivery is written
 * here and in delivery_queue.c (how rows come, and how they go without a
 * sender), table lease here alone; delivery_list.c only reads.
 *
 * This path is walked for every letter, so each step is one update by rowid
 * whose WHERE asks what it must know: whose the row is, from which state it
 * comes (the table below, as bits, says which may be tried) and whether its
 * issue still wants it.  Several go at once where they stand alike, as they
 * nearly always do (delivery_many.c): else all of the turn is rolled back and
 * done one by one.  Only what comes back open is read first, and written if it
 * still stands so.  What has moved is added up for the tally, which is
 * written in the same transaction. */
#include "lists/delivery.h"

#include <assert.h>
#include <string.h>

#include "lists/delivery_many.h"
#include "lists/delivery_tally.h"
#include "lists/store.h"

#define BIT(x) (1U << (x))

/* From which states a row may come into each. */
static const unsigned int edges[DELIVERY_STATES] = {
    /* Given back: its bytes never went out; or the lease is over. */
    [DELIVERY_WAITING] = BIT(DELIVERY_LEASED) | BIT(DELIVERY_SENDING),
    [DELIVERY_LEASED] = BIT(DELIVERY_WAITING) | BIT(DELIVERY_DEFERRED),
    /* Its turn; or sent once more. */
    [DELIVERY_SENDING] = BIT(DELIVERY_LEASED) | BIT(DELIVERY_DOUBT),
    /* 4xx, or no relay could be reached. */
    [DELIVERY_DEFERRED] = BIT(DELIVERY_SENDING) | BIT(DELIVERY_LEASED),
    /* The worker died or the connection was lost after the dot; leased in
     * another boot: what came after may have been lost with the power. */
    [DELIVERY_DOUBT] =
        BIT(DELIVERY_SENDING) | BIT(DELIVERY_LEASED) | BIT(DELIVERY_DOUBT),
    [DELIVERY_SENT] = BIT(DELIVERY_SENDING),
    /* 5xx, too old, or not to be written at all: then it never went out. */
    [DELIVERY_FAILED] =
        BIT(DELIVERY_SENDING) | BIT(DELIVERY_LEASED) | BIT(DELIVERY_DOUBT),
    /* The issue was cancelled or its reader left.  A row in doubt keeps its
     * count of doubts, so it is still named as one that may have arrived;
     * one on the wire is not to be called back. */
    [DELIVERY_CANCELLED] = BIT(DELIVERY_WAITING) | BIT(DELIVERY_LEASED) |
                           BIT(DELIVERY_DEFERRED) | BIT(DELIVERY_DOUBT),
};

/* From which in addition by a person's word, delivery_word.c: tried again;
 * closed, though nobody knows. */
static const unsigned int by_person[DELIVERY_STATES] = {
    [DELIVERY_WAITING] = BIT(DELIVERY_FAILED),
    [DELIVERY_SENT] = BIT(DELIVERY_DOUBT),
};

/* What one turn needs, compiled once for all its rows. */
struct turn {
    struct query *close, *go;
    int64_t lease_id, now_s;
    struct store *st;
    struct tally tally;
    bool stepped;
    bool many; /* several rows at once */
    char relay[RELAY_NAME_MAX + 1], reply[REPLY_MAX + 1];
};

/* A row that was found due. */
struct picked {
    enum delivery_state from;
    bool wanted;
};

static enum result lease_renew(
    struct store *st, int64_t lease_id, int64_t until_s, struct fault *f);
static enum result pick(struct store *st, const struct issue *i, bool doubts,
    int64_t now_s, int max, struct delivery_letter *out, struct picked *picked,
    int *n, struct fault *f);
static enum result take(struct tally *tally, int64_t lease_id, int64_t now_s,
    struct delivery_letter *out, const struct picked *picked, int found,
    int *kept, struct fault *f);
static enum result
unwanted(struct store *st, int64_t id, int64_t now_s, struct fault *f);
static enum result turn(struct turn *t, const struct delivery_outcome *back,
    int n_back, struct delivery_going *going, int n_going, struct fault *f);
static enum result all_back(struct turn *t, const struct delivery_outcome *back,
    int n, struct fault *f);
static enum result
all_go(struct turn *t, struct delivery_going *g, int n, struct fault *f);
static enum result turn_prepare(struct turn *t, struct fault *f);
static enum result outcome_write(
    struct turn *t, const struct delivery_outcome *o, struct fault *f);
static enum result step(struct turn *t, struct query *q, int64_t issue_id,
    unsigned int from, enum delivery_state to, struct fault *f);
static enum result open_again(struct turn *t, const struct delivery_outcome *o,
    unsigned int from, struct fault *f);
static enum result look_at(const struct turn *t,
    const struct delivery_outcome *o, enum delivery_state *was, bool *cancelled,
    bool *first_doubt, struct fault *f);
static enum result reopen(struct turn *t, const struct delivery_outcome *o,
    enum delivery_state was, enum delivery_state to, struct fault *f);
static void
words_bind(struct turn *t, struct query *q, const struct delivery_outcome *o);
static enum result
go(struct turn *t, struct delivery_going *g, struct fault *f);

unsigned int
delivery_may_come_from(enum delivery_state to)
{
    return (unsigned int)to < DELIVERY_STATES ? edges[to] | by_person[to] : 0;
}

enum result
delivery_lease_open(struct store *st, const char *worker, const char *boot_id,
    int connections, int64_t until_s, int64_t *lease_id, struct fault *f)
{
    struct query *add = NULL, *drop = NULL;
    enum result r;
    int64_t id = 0;

    r = store_begin(st, f);
    if (r != RES_OK)
        return r;
    r = store_prepare(st,
        "INSERT INTO lease (worker, boot_id, connections, until_s)"
        " VALUES ($1, $2, $3, $4) RETURNING id",
        &add, f);
    if (r != RES_OK)
        goto out;
    query_text(add, "$1", worker);
    query_text(add, "$2", boot_id);
    query_int(add, "$3", connections);
    query_int(add, "$4", until_s);
    r = query_row(add, f);
    if (r != RES_OK)
        goto out;
    id = query_get_int(add, 0);
    /* The earlier ones have been taken over by delivery_recover; the newest
     * stays, so that no number is given twice. */
    r = store_prepare(
        st, "DELETE FROM lease WHERE worker = $1 AND id < $2", &drop, f);
    if (r != RES_OK)
        goto out;
    query_text(drop, "$1", worker);
    query_int(drop, "$2", id);
    r = query_run(drop, f);
out:
    query_free(add);
    query_free(drop);
    r = store_end(st, r, f);
    if (r == RES_OK)
        *lease_id = id;
    return r;
}

enum result
delivery_lease(struct store *st, int64_t lease_id, const struct issue *i,
    int max, int64_t now_s, int64_t until_s, struct delivery_letter *out,
    int *n, struct fault *f)
{
    struct tally tally = {.st = st};
    struct picked picked[LEASE_MAX];
    int found = 0, kept = 0;
    enum result r;

    assert(max > 0 && max <= LEASE_MAX);
    r = store_begin(st, f);
    if (r != RES_OK)
        return r;
    r = lease_renew(st, lease_id, until_s, f);
    if (r == RES_OK)
        r = pick(st, i, true, now_s, max, out, picked, &found, f);
    if (r == RES_OK && found < max)
        r = pick(st, i, false, now_s, max, out, picked, &found, f);
    if (r == RES_OK)
        r = take(&tally, lease_id, now_s, out, picked, found, &kept, f);
    if (r == RES_OK)
        r = tally_write(&tally, f);
    if (r == RES_OK && found == 0)
        r = RES_NONE;
    r = store_end(st, r, f);
    if (r == RES_OK || r == RES_NONE)
        *n = kept;
    return r;
}

enum result
delivery_turn(struct store *st, int64_t lease_id,
    const struct delivery_outcome *back, int n_back,
    struct delivery_going *going, int n_going, int64_t now_s, struct fault *f)
{
    struct turn t = {.st = st,
        .lease_id = lease_id,
        .now_s = now_s,
        .tally = {.st = st},
        .many = true};
    enum result r;

    r = turn(&t, back, n_back, going, n_going, f);
    if (r == RES_NEVER) {
        t.many = false;
        t.tally.n = 0;
        r = turn(&t, back, n_back, going, n_going, f);
    }
    /* What was not committed must not go. */
    for (int k = 0; r != RES_OK && k < n_going; k++)
        going[k].may_go = false;
    return r;
}

/* NEVER while several go at once: not all stand as they nearly always do, and
 * they are to be done one by one. */
static enum result
turn(struct turn *t, const struct delivery_outcome *back, int n_back,
    struct delivery_going *going, int n_going, struct fault *f)
{
    enum result r;

    r = store_begin_lazy(t->st, f);
    if (r != RES_OK)
        return r;
    r = turn_prepare(t, f);
    if (r == RES_OK)
        r = all_back(t, back, n_back, f);
    if (r == RES_OK)
        r = all_go(t, going, n_going, f);
    query_free(t->close);
    query_free(t->go);
    t->close = t->go = NULL;
    if (r == RES_OK)
        r = tally_write(&t->tally, f);
    return store_end(t->st, r, f);
}

static enum result
all_back(
    struct turn *t, const struct delivery_outcome *back, int n, struct fault *f)
{
    enum result r = RES_OK;
    int done;

    for (int k = 0; r == RES_OK && k < n; k += done) {
        done = 0;
        if (t->many)
            r = many_sent(
                t->st, t->lease_id, &back[k], n - k, t->now_s, &done, f);
        if (r == RES_OK && done > 0) {
            r = tally_move(&t->tally, back[k].issue_id, DELIVERY_SENDING,
                DELIVERY_SENT, done, f);
        } else if (r == RES_OK) {
            r = outcome_write(t, &back[k], f);
            done = 1;
        }
    }
    return r;
}

static enum result
all_go(struct turn *t, struct delivery_going *g, int n, struct fault *f)
{
    enum result r = RES_OK;
    int done;

    for (int k = 0; r == RES_OK && k < n; k += done) {
        done = 1;
        if (!t->many) {
            r = go(t, &g[k], f);
            continue;
        }
        r = many_go(t->st, t->lease_id, &g[k], n - k, t->now_s, &done, f);
        if (r == RES_OK)
            r = tally_move(&t->tally, g[k].issue_id, DELIVERY_LEASED,
                DELIVERY_SENDING, done, f);
        for (int i = 0; r == RES_OK && i < done; i++)
            g[k + i].may_go = true;
    }
    return r;
}

static enum result
lease_renew(
    struct store *st, int64_t lease_id, int64_t until_s, struct fault *f)
{
    struct query *q = NULL;
    enum result r;

    r = store_prepare(st, "UPDATE lease SET until_s = $2 WHERE id = $1", &q, f);
    if (r != RES_OK)
        return r;
    query_int(q, "$1", lease_id);
    query_int(q, "$2", until_s);
    r = query_run(q, f);
    query_free(q);
    if (r == RES_OK && store_changes(st) == 0)
        r = fault_set(f, RES_NEVER,
            "lease %lld is gone: another worker has "
            "our name",
            (long long)lease_id);
    return r;
}

/* Reads what is due, all of it before anything is changed; *n counts on. */
static enum result
pick(struct store *st, const struct issue *i, bool doubts, int64_t now_s,
    int max, struct delivery_letter *out, struct picked *picked, int *n,
    struct fault *f)
{
#define PICK                                                                   \
    "SELECT d.id, d.subscriber_id, d.state, d.date_s, d.tries, d.doubts,"      \
    " s.address, s.name, s.given_name, u.state, u.since_s, u.how"              \
    " FROM delivery d"                                                         \
    " JOIN issue i ON i.id = d.issue_id AND i.state = 3"                       \
    " JOIN subscriber s ON s.id = d.subscriber_id"                             \
    " LEFT JOIN subscription u"                                                \
    " ON u.list_id = i.list_id AND u.subscriber_id = d.subscriber_id"          \
    " WHERE d.issue_id = $1 AND d.due_s <= $2"
    static const char *const sql[2] = {PICK
        " AND (d.state = 0 OR d.state = 3) ORDER BY d.due_s LIMIT $3",
        PICK " AND d.state = 4 AND d.lease_id = 0 AND d.due_s > 0 LIMIT $3"};
#undef PICK
    struct delivery_letter *l;
    struct query *q = NULL;
    enum result r;

    r = store_prepare(st, sql[doubts], &q, f);
    if (r != RES_OK)
        return r;
    query_int(q, "$1", i->id);
    query_int(q, "$2", now_s);
    query_int(q, "$3", max - *n);
    while ((r = query_row(q, f)) == RES_OK) {
        l = &out[*n];
        l->id = query_get_int(q, 0);
        l->issue_id = i->id;
        l->subscriber_id = query_get_int(q, 1);
        l->state = doubts ? DELIVERY_DOUBT : DELIVERY_LEASED;
        l->date_s = query_get_int(q, 3);
        l->tries = (int)query_get_int(q, 4);
        l->doubts = (int)query_get_int(q, 5);
        query_get_copy(q, 6, l->address, sizeof l->address);
        query_get_copy(q, 7, l->name, sizeof l->name);
        query_get_copy(q, 8, l->given_name, sizeof l->given_name);
        l->since_s = i->kind == ISSUE_LETTER ? query_get_int(q, 10) : 0;
        l->how = (enum consent_how)query_get_int(q, 11);
        picked[*n].from = (enum delivery_state)query_get_int(q, 2);
        picked[*n].wanted = i->kind != ISSUE_LETTER ||
                            query_get_int(q, 9) == SUBSCRIPTION_ACTIVE;
        ++*n;
    }
    query_free(q);
    return r == RES_NONE ? RES_OK : r;
}

/* A row in doubt stays so until it goes again; the lease says who has it. What
 * nobody wants any more is cancelled, and the others move up in out: *kept. */
static enum result
take(struct tally *tally, int64_t lease_id, int64_t now_s,
    struct delivery_letter *out, const struct picked *picked, int found,
    int *kept, struct fault *f)
{
    enum result r = RES_OK;
    int n = 0;

    for (int k = 0; r == RES_OK && k < found; k++) {
        r = tally_move(tally, out[k].issue_id, (int)picked[k].from,
            picked[k].wanted ? out[k].state : DELIVERY_CANCELLED, 1, f);
        if (r == RES_OK && !picked[k].wanted)
            r = unwanted(tally->st, out[k].id, now_s, f);
        if (!picked[k].wanted)
            continue;
        if (n != k)
            out[n] = out[k];
        n++;
    }
    if (r == RES_OK)
        r = many_lease(tally->st, lease_id, out, n, now_s, f);
    *kept = n;
    return r;
}

static enum result
unwanted(struct store *st, int64_t id, int64_t now_s, struct fault *f)
{
    struct query *q = NULL;
    enum result r;

    r = store_prepare(st,
        "UPDATE delivery SET state = 7, lease_id = 0, at_s = $2,"
        " reply = 'cancelled: not a subscriber any more' WHERE id = $1",
        &q, f);
    if (r != RES_OK)
        return r;
    query_int(q, "$1", id);
    query_int(q, "$2", now_s);
    r = query_run(q, f);
    query_free(q);
    return r;
}

static enum result
turn_prepare(struct turn *t, struct fault *f)
{
    enum result r;

    r = store_prepare(t->st,
        "UPDATE delivery SET state = $3, at_s = $4, lease_id = 0,"
        " tries = tries + CASE state WHEN 2 THEN 0 ELSE 1 END,"
        " relay = coalesce($5, relay), reply = coalesce($6, reply)"
        " WHERE id = $1 AND lease_id = $2 AND state = $7 AND issue_id = $8",
        &t->close, f);
    if (r == RES_OK)
        r = store_prepare(t->st,
            "UPDATE delivery SET state = 2, at_s = $4, tries = tries + 1,"
            " date_s = CASE date_s WHEN 0 THEN $3 ELSE date_s END"
            " WHERE id = $1 AND lease_id = $2 AND state = $7 AND issue_id = $8"
            " AND (SELECT i.state FROM issue i WHERE i.id = issue_id) = 3",
            &t->go, f);
    if (r != RES_OK)
        return r;
    query_int(t->close, "$2", t->lease_id);
    query_int(t->close, "$4", t->now_s);
    query_int(t->go, "$2", t->lease_id);
    query_int(t->go, "$4", t->now_s);
    return RES_OK;
}

static enum result
outcome_write(struct turn *t, const struct delivery_outcome *o, struct fault *f)
{
    switch (o->to) {
    case DELIVERY_SENT:
    case DELIVERY_FAILED:
        words_bind(t, t->close, o);
        query_int(t->close, "$1", o->id);
        query_int(t->close, "$3", o->to);
        return step(t, t->close, o->issue_id, edges[o->to], o->to, f);
    case DELIVERY_WAITING:
    case DELIVERY_DEFERRED:
    case DELIVERY_DOUBT:
        return open_again(t, o, edges[o->to], f);
    default:
        return fault_set(
            f, RES_NEVER, "no letter comes back %s", delivery_word(o->to));
    }
}

/* Runs q, whose row may come from several states, once for each of them until
 * it was in that one: so it is known which it was.  The first is nearly always
 * right.  t->stepped: whether there was such a row. */
static enum result
step(struct turn *t, struct query *q, int64_t issue_id, unsigned int from,
    enum delivery_state to, struct fault *f)
{
    static const enum delivery_state order[] = {
        DELIVERY_SENDING, DELIVERY_LEASED, DELIVERY_DOUBT};
    enum result r = RES_OK;
    size_t k;

    t->stepped = false;
    query_int(q, "$8", issue_id);
    for (k = 0; r == RES_OK && k < sizeof order / sizeof *order; k++) {
        if ((from & BIT(order[k])) == 0)
            continue;
        query_int(q, "$7", order[k]);
        r = query_run(q, f);
        t->stepped = r == RES_OK && store_changes(t->st) == 1;
        if (t->stepped)
            return tally_move(&t->tally, issue_id, (int)order[k], to, 1, f);
    }
    return r;
}

/* A row that was in doubt and has not gone again stays in doubt; one of an
 * issue that was cancelled meanwhile is cancelled with it. */
static enum result
open_again(struct turn *t, const struct delivery_outcome *o, unsigned int from,
    struct fault *f)
{
    enum delivery_state was = DELIVERY_WAITING, to = o->to;
    bool cancelled = false, first_doubt = false;
    enum result r;

    r = look_at(t, o, &was, &cancelled, &first_doubt, f);
    if (r != RES_OK || ((from | BIT(DELIVERY_DOUBT)) & BIT(was)) == 0)
        return r == RES_NONE ? RES_OK : r;
    if (was == DELIVERY_DOUBT)
        to = DELIVERY_DOUBT;
    if (cancelled)
        to = DELIVERY_CANCELLED;
    r = reopen(t, o, was, to, f);
    if (r == RES_OK)
        r = tally_move(&t->tally, o->issue_id, (int)was, to, 1, f);
    if (r == RES_OK && first_doubt && o->to == DELIVERY_DOUBT)
        r = tally_doubted(&t->tally, o->issue_id, 1, f);
    return r;
}

/* How a row stands that comes back open.  NONE: it is not ours. */
static enum result
look_at(const struct turn *t, const struct delivery_outcome *o,
    enum delivery_state *was, bool *cancelled, bool *first_doubt,
    struct fault *f)
{
    struct query *q = NULL;
    enum result r;

    r = store_prepare(t->st,
        "SELECT d.state, d.doubts, i.state FROM delivery d"
        " JOIN issue i ON i.id = d.issue_id"
        " WHERE d.id = $1 AND d.lease_id = $2 AND d.issue_id = $3",
        &q, f);
    if (r != RES_OK)
        return r;
    query_int(q, "$1", o->id);
    query_int(q, "$2", t->lease_id);
    query_int(q, "$3", o->issue_id);
    r = query_row(q, f);
    if (r == RES_OK) {
        *was = (enum delivery_state)query_get_int(q, 0);
        *first_doubt = query_get_int(q, 1) == 0;
        *cancelled = query_get_int(q, 2) == ISSUE_CANCELLED;
    }
    query_free(q);
    return r;
}

static enum result
reopen(struct turn *t, const struct delivery_outcome *o,
    enum delivery_state was, enum delivery_state to, struct fault *f)
{
    /* SENDING has counted it; refused before its bytes, it was a try too. */
    bool untried = o->to == DELIVERY_WAITING && was == DELIVERY_SENDING;
    bool tried = o->to == DELIVERY_DEFERRED && was != DELIVERY_SENDING;
    struct query *q = NULL;
    enum result r;

    r = store_prepare(t->st,
        "UPDATE delivery SET state = $3, at_s = $4,"
        " relay = coalesce($5, relay), reply = coalesce($6, reply),"
        " due_s = $8, doubts = doubts + $9, tries = tries + $10,"
        " date_s = CASE date_s WHEN 0 THEN $11 ELSE date_s END,"
        " lease_id = 0 WHERE id = $1 AND lease_id = $2 AND state = $7",
        &q, f);
    if (r != RES_OK)
        return r;
    words_bind(t, q, o);
    query_int(q, "$1", o->id);
    query_int(q, "$2", t->lease_id);
    query_int(q, "$3", to);
    query_int(q, "$4", t->now_s);
    query_int(q, "$7", was);
    query_int(q, "$8",
        o->to != DELIVERY_DOUBT && o->due_s <= 0 ? t->now_s : o->due_s);
    query_int(q, "$9", o->to == DELIVERY_DOUBT);
    query_int(q, "$10", tried - untried);
    query_int(q, "$11", tried ? t->now_s : 0);
    r = query_run(q, f);
    query_free(q);
    return r;
}

/* The relay's words, made fit to be kept, as $5 and $6. */
static void
words_bind(struct turn *t, struct query *q, const struct delivery_outcome *o)
{
    if (o->relay != NULL)
        text_scrub(t->relay, sizeof t->relay, o->relay, strlen(o->relay));
    if (o->reply != NULL)
        text_scrub(t->reply, sizeof t->reply, o->reply,
            strnlen(o->reply, REPLY_MAX + 4));
    query_text(q, "$5", o->relay != NULL ? t->relay : NULL);
    query_text(q, "$6", o->reply != NULL ? t->reply : NULL);
}

static enum result
go(struct turn *t, struct delivery_going *g, struct fault *f)
{
    const struct delivery_outcome kept = {.id = g->id,
        .to = DELIVERY_WAITING,
        .due_s = t->now_s,
        .issue_id = g->issue_id};
    enum result r;

    query_int(t->go, "$1", g->id);
    query_int(t->go, "$3", g->date_s);
    r = step(
        t, t->go, g->issue_id, edges[DELIVERY_SENDING], DELIVERY_SENDING, f);
    g->may_go = r == RES_OK && t->stepped;
    if (r == RES_OK && !g->may_go)
        r = open_again(t, &kept, BIT(DELIVERY_LEASED), f);
    return r;
}
