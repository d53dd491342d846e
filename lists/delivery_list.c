/* SPDX-License-Identifier: ISC */
/* Looking at deliveries: for people, and to know when the next one is due.
 * Writes nothing. */
#include "lists/delivery.h"

#include <string.h>

#include "lists/store.h"

static const char *const words[DELIVERY_STATES] = {
    [DELIVERY_WAITING] = "waiting",
    [DELIVERY_LEASED] = "leased",
    [DELIVERY_SENDING] = "sending",
    [DELIVERY_DEFERRED] = "deferred",
    [DELIVERY_DOUBT] = "doubt",
    [DELIVERY_SENT] = "sent",
    [DELIVERY_FAILED] = "failed",
    [DELIVERY_CANCELLED] = "cancelled",
};

static enum result one_number(struct store *st, const char *sql,
    int64_t issue_id, int64_t *out, struct fault *f);
static enum result range(struct store *st, int64_t issue_id, int64_t *first,
    int64_t *last, struct fault *f);
static void row_read(struct query *q, struct delivery_row *out);

enum result
delivery_next(struct store *st, int64_t issue_id, int64_t *due_s, bool *open,
    struct fault *f)
{
    int64_t due = 0, again = 0, any = 0;
    enum result waits, doubts, r;

    waits = one_number(st,
        "SELECT due_s FROM delivery WHERE issue_id = $1"
        " AND (state = 0 OR state = 3) ORDER BY due_s LIMIT 1",
        issue_id, &due, f);
    if (waits != RES_OK && waits != RES_NONE)
        return waits;
    doubts = one_number(st,
        "SELECT due_s FROM delivery WHERE issue_id = $1 AND state = 4"
        " AND lease_id = 0 AND due_s > 0 ORDER BY due_s LIMIT 1",
        issue_id, &again, f);
    if (doubts != RES_OK && doubts != RES_NONE)
        return doubts;
    if (waits == RES_OK || doubts == RES_OK) {
        *open = true;
        *due_s =
            waits != RES_OK || (doubts == RES_OK && again < due) ? again : due;
        return RES_OK;
    }
    r = one_number(st,
        "SELECT 1 FROM delivery WHERE issue_id = $1 AND lease_id <> 0"
        " LIMIT 1",
        issue_id, &any, f);
    if (r == RES_NONE)
        r = one_number(st,
            "SELECT 1 FROM delivery WHERE issue_id = $1 AND state = 4 LIMIT 1",
            issue_id, &any, f);
    if (r == RES_NONE)
        r = one_number(st, "SELECT 1 FROM issue WHERE id = $1 AND filled = 0",
            issue_id, &any, f);
    if (r == RES_OK) {
        *open = true;
        return RES_NONE;
    }
    if (r == RES_NONE) {
        *open = false;
        return RES_OK;
    }
    return r;
}

enum result
delivery_undecided(
    struct store *st, int64_t issue_id, int64_t *n, struct fault *f)
{
    return one_number(st,
        "SELECT count(*) FROM delivery WHERE issue_id = $1 AND state = 4"
        " AND due_s = 0 AND lease_id = 0",
        issue_id, n, f);
}

#define COLUMNS                                                                \
    "SELECT d.id, d.issue_id, d.subscriber_id, d.state, d.due_s, d.at_s,"      \
    " d.date_s, d.tries, d.doubts, s.address, d.relay, d.reply"                \
    " FROM "
#define WHO " CROSS JOIN subscriber s ON s.id = d.subscriber_id "
#define WHICH                                                                  \
    " AND ($4 < 0 OR d.state = $4) AND ($5 = 0 OR d.doubts > 0)"               \
    " ORDER BY d.id LIMIT $6"

enum result
delivery_each(struct store *st, int64_t issue_id, int64_t subscriber_id,
    int state, bool doubtful, int64_t after, int limit,
    bool (*each)(void *arg, const struct delivery_row *row), void *arg,
    struct fault *f)
{
    /* The rows of an issue stand together: a range of id is walked, without
     * sorting them for every page.  The rows of a person are looked up issue
     * by issue: an index for that would cost more than all else in filling. */
    static const char by_issue[] =
        COLUMNS "delivery d" WHO
                "WHERE +d.issue_id = $1 AND d.id > $2 AND d.id <= $3" WHICH;
    static const char by_person[] =
        COLUMNS "issue i CROSS JOIN delivery d" WHO
                "WHERE i.kind = 2 AND d.issue_id = i.id"
                " AND d.subscriber_id = $1 AND d.id > $2 AND d.id <= $3" WHICH;
    int64_t first = 0, last = INT64_MAX;
    struct delivery_row row;
    struct query *q = NULL;
    bool more = true;
    enum result r;

    if (issue_id != 0) {
        r = range(st, issue_id, &first, &last, f);
        if (r != RES_OK)
            return r == RES_NONE ? RES_OK : r;
    }
    r = store_prepare(st, issue_id != 0 ? by_issue : by_person, &q, f);
    if (r != RES_OK)
        return r;
    query_int(q, "$1", issue_id != 0 ? issue_id : subscriber_id);
    query_int(q, "$2", after >= first ? after : first - 1);
    query_int(q, "$3", last);
    query_int(q, "$4", state);
    query_int(q, "$5", doubtful);
    query_int(q, "$6", limit);
    while (more && (r = query_row(q, f)) == RES_OK) {
        row_read(q, &row);
        more = each(arg, &row);
    }
    query_free(q);
    return r == RES_NONE ? RES_OK : r;
}

enum result
delivery_get(
    struct store *st, int64_t id, struct delivery_row *out, struct fault *f)
{
    struct query *q = NULL;
    enum result r;

    r = store_prepare(st, COLUMNS "delivery d" WHO "WHERE d.id = $1", &q, f);
    if (r != RES_OK)
        return r;
    query_int(q, "$1", id);
    r = query_row(q, f);
    if (r == RES_OK)
        row_read(q, out);
    query_free(q);
    return r;
}

const char *
delivery_word(enum delivery_state s)
{
    return (unsigned int)s < DELIVERY_STATES ? words[s] : "unknown";
}

int
delivery_from_word(const char *word)
{
    int i;

    for (i = 0; i < DELIVERY_STATES; i++)
        if (strcmp(word, words[i]) == 0)
            return i;
    return -1;
}

static enum result
one_number(struct store *st, const char *sql, int64_t issue_id, int64_t *out,
    struct fault *f)
{
    struct query *q = NULL;
    enum result r;

    r = store_prepare(st, sql, &q, f);
    if (r != RES_OK)
        return r;
    query_int(q, "$1", issue_id);
    r = query_row(q, f);
    if (r == RES_OK)
        *out = query_get_int(q, 0);
    query_free(q);
    return r;
}

/* The ids between which all rows of an issue stand.  A letter's are written in
 * the order of its subscribers; a test copy or an answer has few in any. */
static enum result
range(struct store *st, int64_t issue_id, int64_t *first, int64_t *last,
    struct fault *f)
{
    int64_t kind = 0;
    enum result r;

    r = one_number(
        st, "SELECT kind FROM issue WHERE id = $1", issue_id, &kind, f);
    if (r != RES_OK)
        return r;
    if (kind != ISSUE_LETTER) {
        r = one_number(st,
            "SELECT id FROM delivery WHERE issue_id = $1 ORDER BY id LIMIT 1",
            issue_id, first, f);
        return r != RES_OK ? r
                           : one_number(st,
                                 "SELECT id FROM delivery WHERE issue_id = $1"
                                 " ORDER BY id DESC LIMIT 1",
                                 issue_id, last, f);
    }
    r = one_number(st,
        "SELECT id FROM delivery WHERE issue_id = $1"
        " ORDER BY subscriber_id LIMIT 1",
        issue_id, first, f);
    return r != RES_OK ? r
                       : one_number(st,
                             "SELECT id FROM delivery WHERE issue_id = $1"
                             " ORDER BY subscriber_id DESC LIMIT 1",
                             issue_id, last, f);
}

static void
row_read(struct query *q, struct delivery_row *out)
{
    out->id = query_get_int(q, 0);
    out->issue_id = query_get_int(q, 1);
    out->subscriber_id = query_get_int(q, 2);
    out->state = (enum delivery_state)query_get_int(q, 3);
    out->due_s = query_get_int(q, 4);
    out->at_s = query_get_int(q, 5);
    out->date_s = query_get_int(q, 6);
    out->tries = (int)query_get_int(q, 7);
    out->doubts = (int)query_get_int(q, 8);
    query_get_copy(q, 9, out->address, sizeof out->address);
    query_get_copy(q, 10, out->relay, sizeof out->relay);
    query_get_copy(q, 11, out->reply, sizeof out->reply);
}
