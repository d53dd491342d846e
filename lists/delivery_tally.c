/* SPDX-License-Identifier: ISC */
/* The only file that writes table tally: one UPDATE for each issue that a
 * transaction touched, not one for each row.  A trigger would do the same by
 * itself, but row by row, which costs as much as the rows do. */
#include "lists/delivery_tally.h"

#include <string.h>

#include "lists/store.h"

static enum result tally_of(struct tally *t, int64_t issue_id,
    struct tally_issue **out, struct fault *f);
static enum result
write_one(struct store *st, const struct tally_issue *i, struct fault *f);
static void bind(struct query *q, const struct tally_issue *i);

enum result
tally_move(struct tally *t, int64_t issue_id, int from, enum delivery_state to,
    int64_t n, struct fault *f)
{
    struct tally_issue *i;
    enum result r;

    if (n == 0 || from == (int)to)
        return RES_OK;
    r = tally_of(t, issue_id, &i, f);
    if (r != RES_OK)
        return r;
    if (from != TALLY_NOWHERE)
        i->by[from] -= n;
    i->by[to] += n;
    return RES_OK;
}

enum result
tally_doubted(struct tally *t, int64_t issue_id, int64_t n, struct fault *f)
{
    struct tally_issue *i;
    enum result r;

    if (n == 0)
        return RES_OK;
    r = tally_of(t, issue_id, &i, f);
    if (r == RES_OK)
        i->doubted += n;
    return r;
}

enum result
tally_write(struct tally *t, struct fault *f)
{
    enum result r = RES_OK;
    int k;

    for (k = 0; r == RES_OK && k < t->n; k++)
        r = write_one(t->st, &t->of[k], f);
    t->n = 0;
    return r;
}

enum result
delivery_count(struct store *st, int64_t issue_id,
    int64_t count[DELIVERY_STATES], int64_t *doubted, struct fault *f)
{
    struct query *q = NULL;
    enum result r;
    int s;

    r = store_prepare(st,
        "SELECT waiting, leased, sending, deferred, doubt, sent, failed,"
        " cancelled, doubted FROM tally WHERE issue_id = $1",
        &q, f);
    if (r != RES_OK)
        return r;
    query_int(q, "$1", issue_id);
    r = query_row(q, f);
    if (r == RES_OK || r == RES_NONE) {
        for (s = 0; s < DELIVERY_STATES; s++)
            count[s] = r == RES_OK ? query_get_int(q, s) : 0;
        if (doubted != NULL)
            *doubted = r == RES_OK ? query_get_int(q, DELIVERY_STATES) : 0;
        r = RES_OK;
    }
    query_free(q);
    return r;
}

static enum result
tally_of(struct tally *t, int64_t issue_id, struct tally_issue **out,
    struct fault *f)
{
    enum result r;
    int k;

    for (k = 0; k < t->n; k++)
        if (t->of[k].issue_id == issue_id) {
            *out = &t->of[k];
            return RES_OK;
        }
    if (t->n == TALLY_ISSUES) {
        r = tally_write(t, f);
        if (r != RES_OK)
            return r;
    }
    *out = &t->of[t->n++];
    memset(*out, 0, sizeof **out);
    (*out)->issue_id = issue_id;
    return RES_OK;
}

static enum result
write_one(struct store *st, const struct tally_issue *i, struct fault *f)
{
    struct query *change = NULL, *add = NULL;
    enum result r;

    r = store_prepare(st,
        "UPDATE tally SET waiting = waiting + $2, leased = leased + $3,"
        " sending = sending + $4, deferred = deferred + $5,"
        " doubt = doubt + $6, sent = sent + $7, failed = failed + $8,"
        " cancelled = cancelled + $9, doubted = doubted + $10"
        " WHERE issue_id = $1",
        &change, f);
    if (r != RES_OK)
        return r;
    bind(change, i);
    r = query_run(change, f);
    query_free(change);
    if (r != RES_OK || store_changes(st) > 0)
        return r;
    r = store_prepare(st,
        "INSERT INTO tally (issue_id, waiting, leased, sending, deferred,"
        " doubt, sent, failed, cancelled, doubted)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        &add, f);
    if (r != RES_OK)
        return r;
    bind(add, i);
    r = query_run(add, f);
    query_free(add);
    return r;
}

static void
bind(struct query *q, const struct tally_issue *i)
{
    static const char *const name[DELIVERY_STATES] = {
        "$2", "$3", "$4", "$5", "$6", "$7", "$8", "$9"};
    int s;

    query_int(q, "$1", i->issue_id);
    for (s = 0; s < DELIVERY_STATES; s++)
        query_int(q, name[s], i->by[s]);
    query_int(q, "$10", i->doubted);
}
