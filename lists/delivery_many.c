/* SPDX-License-Identifier: ISC */
/* To begin and end a statement costs more than the row that it changes, so
 * what nearly every row of a batch does is done to several at once.  Rows of a
 * batch stand side by side, for they were filled so: a statement goes along a
 * short stretch of the table, and the bits of a number say which rows of it
 * are meant.  A list of ids would make SQLite build a table of them first.
 * Whose the rows are and how they stand is asked with a plus, or the planner
 * would look for them along an index of the whole issue. */
#include "lists/delivery_many.h"

#include <string.h>

#include "lists/store.h"

enum {
    STRETCH = 62, /* ids from the first to the last: bits of an int64_t */
    REPLIES = 14  /* of one statement */
};

/* Rows that one statement takes. */
struct stretch {
    int64_t first, last;
    int64_t id[STRETCH + 1];
    int n;
};

#define MEANT " WHERE id BETWEEN $3 AND $4 AND (($5 >> (id - $3)) & 1) = 1"
#define OURS MEANT " AND +lease_id = $1 AND +issue_id = $6 AND +state = "

static bool add(struct stretch *s, int64_t id);
static void
bind(struct query *q, const struct stretch *s, int64_t lease_id, int64_t now_s);
static enum result
run_all(struct store *st, struct query *q, int n, struct fault *f);
static enum result sending(struct store *st, int64_t issue_id, struct fault *f);
static enum result mixed(struct fault *f);

enum result
many_lease(struct store *st, int64_t lease_id,
    const struct delivery_letter *letter, int n, int64_t now_s, struct fault *f)
{
    struct query *q = NULL;
    struct stretch s;
    enum result r;
    int k = 0;

    r = store_prepare(st,
        "UPDATE delivery SET state = CASE state WHEN 4 THEN 4 ELSE 1 END,"
        " lease_id = $1, at_s = $2" MEANT,
        &q, f);
    while (r == RES_OK && k < n) {
        s.n = 0;
        while (k < n && add(&s, letter[k].id))
            k++;
        bind(q, &s, lease_id, now_s);
        r = query_run(q, f);
    }
    query_free(q);
    return r;
}

enum result
many_go(struct store *st, int64_t lease_id, const struct delivery_going *g,
    int n, int64_t now_s, int *done, struct fault *f)
{
    struct stretch s = {.n = 0};
    struct query *q = NULL;
    enum result r;

    while (s.n < n && g[s.n].issue_id == g[0].issue_id &&
           g[s.n].date_s == g[0].date_s && add(&s, g[s.n].id))
        ;
    r = sending(st, g[0].issue_id, f);
    if (r == RES_OK)
        r = store_prepare(st,
            "UPDATE delivery SET state = 2, at_s = $2, tries = tries + 1,"
            " date_s = CASE date_s WHEN 0 THEN $7 ELSE date_s END" OURS "1",
            &q, f);
    if (r != RES_OK)
        return r;
    bind(q, &s, lease_id, now_s);
    query_int(q, "$6", g[0].issue_id);
    query_int(q, "$7", g[0].date_s);
    r = run_all(st, q, s.n, f);
    if (r == RES_OK)
        *done = s.n;
    return r;
}

enum result
many_sent(struct store *st, int64_t lease_id, const struct delivery_outcome *o,
    int n, int64_t now_s, int *done, struct fault *f)
{
    static const char *const place[REPLIES][2] = {{"$8", "$22"}, {"$9", "$23"},
        {"$10", "$24"}, {"$11", "$25"}, {"$12", "$26"}, {"$13", "$27"},
        {"$14", "$28"}, {"$15", "$29"}, {"$16", "$30"}, {"$17", "$31"},
        {"$18", "$32"}, {"$19", "$33"}, {"$20", "$34"}, {"$21", "$35"}};
    char relay[RELAY_NAME_MAX + 1], reply[REPLIES][REPLY_MAX + 1];
    struct stretch s = {.n = 0};
    struct query *q = NULL;
    enum result r;

    while (s.n < n && s.n < REPLIES && o[s.n].to == DELIVERY_SENT &&
           o[s.n].issue_id == o[0].issue_id && o[s.n].reply != NULL &&
           o[s.n].relay != NULL && strcmp(o[s.n].relay, o[0].relay) == 0 &&
           add(&s, o[s.n].id))
        ;
    *done = s.n;
    if (s.n == 0)
        return RES_OK;
    r = store_prepare(st,
        "UPDATE delivery SET state = 5, at_s = $2, lease_id = 0, relay = $7,"
        " reply = CASE id WHEN $8 THEN $22 WHEN $9 THEN $23 WHEN $10 THEN $24"
        " WHEN $11 THEN $25 WHEN $12 THEN $26 WHEN $13 THEN $27"
        " WHEN $14 THEN $28 WHEN $15 THEN $29 WHEN $16 THEN $30"
        " WHEN $17 THEN $31 WHEN $18 THEN $32 WHEN $19 THEN $33"
        " WHEN $20 THEN $34 WHEN $21 THEN $35 END" OURS "2",
        &q, f);
    if (r != RES_OK)
        return r;
    for (int k = 0; k < s.n; k++) {
        text_scrub(reply[k], sizeof reply[k], o[k].reply,
            strnlen(o[k].reply, REPLY_MAX + 4));
        query_int(q, place[k][0], o[k].id);
        query_text(q, place[k][1], reply[k]);
    }
    text_scrub(relay, sizeof relay, o[0].relay, strlen(o[0].relay));
    bind(q, &s, lease_id, now_s);
    query_int(q, "$6", o[0].issue_id);
    query_text(q, "$7", relay);
    return run_all(st, q, s.n, f);
}

/* false: it does not stand near enough to the others. */
static bool
add(struct stretch *s, int64_t id)
{
    int64_t first = s->n == 0 || id < s->first ? id : s->first;
    int64_t last = s->n == 0 || id > s->last ? id : s->last;

    if (last - first > STRETCH || s->n > STRETCH)
        return false;
    s->first = first;
    s->last = last;
    s->id[s->n++] = id;
    return true;
}

static void
bind(struct query *q, const struct stretch *s, int64_t lease_id, int64_t now_s)
{
    int64_t bits = 0;

    for (int k = 0; k < s->n; k++)
        bits |= INT64_C(1) << (s->id[k] - s->first);
    query_int(q, "$1", lease_id);
    query_int(q, "$2", now_s);
    query_int(q, "$3", s->first);
    query_int(q, "$4", s->last);
    query_int(q, "$5", bits);
}

/* Frees q.  NEVER: not for all n. */
static enum result
run_all(struct store *st, struct query *q, int n, struct fault *f)
{
    enum result r = query_run(q, f);

    query_free(q);
    return r == RES_OK && store_changes(st) != n ? mixed(f) : r;
}

/* Asked beside the rows: a query within their statement would make SQLite note
 * them all before it changes the first.  NEVER: it is not SENDING. */
static enum result
sending(struct store *st, int64_t issue_id, struct fault *f)
{
    struct query *q = NULL;
    enum result r;

    r = store_prepare(
        st, "SELECT 1 FROM issue WHERE id = $1 AND state = 3", &q, f);
    if (r != RES_OK)
        return r;
    query_int(q, "$1", issue_id);
    r = query_row(q, f);
    query_free(q);
    return r == RES_NONE ? mixed(f) : r;
}

static enum result
mixed(struct fault *f)
{
    return fault_set(f, RES_NEVER, "these rows do not stand alike");
}
