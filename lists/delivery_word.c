/* SPDX-License-Identifier: ISC */
/* What a person's word does to rows that nobody would move by himself: what
 * has failed waits again, what is in doubt is sent once more or closed.  Only
 * rows that no worker has are touched. */
#include "lists/delivery.h"

#include <stdio.h>
#include <string.h>

#include "lists/delivery_tally.h"
#include "lists/store.h"

static enum result failed_after(struct store *st, int64_t issue_id,
    int64_t after, int64_t *ids, int limit, int *n, struct fault *f);
static enum result
begin_again(struct store *st, int64_t issue_id, int64_t now_s, struct fault *f);
static enum result wait_again(struct store *st, int64_t issue_id,
    const int64_t *ids, int n, int64_t now_s, int64_t *rows, struct fault *f);

enum result
delivery_retry(struct store *st, int64_t issue_id, int64_t after, int64_t now_s,
    int64_t *rows, int64_t *next, struct fault *f)
{
    int64_t ids[RETRY_MAX], changed = 0;
    enum result r;
    int n = 0;

    /* The looking for them may take longer than a writer should be kept
     * waiting; what is found is asked for its state again. */
    r = failed_after(st, issue_id, after, ids, RETRY_MAX, &n, f);
    if (r != RES_OK || n == 0)
        return r == RES_OK ? RES_NONE : r;
    r = store_begin(st, f);
    if (r != RES_OK)
        return r;
    r = begin_again(st, issue_id, now_s, f);
    if (r == RES_OK)
        r = wait_again(st, issue_id, ids, n, now_s, &changed, f);
    r = store_end(st, r, f);
    if (r == RES_OK) {
        *rows = changed;
        *next = n == RETRY_MAX ? ids[n - 1] : 0;
    }
    return r;
}

enum result
delivery_doubt_again(struct store *st, int64_t issue_id, int64_t subscriber_id,
    int64_t now_s, int64_t *rows, struct fault *f)
{
    struct query *q = NULL;
    enum result r;

    r = store_begin(st, f);
    if (r != RES_OK)
        return r;
    r = store_prepare(st,
        "UPDATE delivery SET due_s = $2 WHERE issue_id = $1 AND state = 4"
        " AND lease_id = 0 AND (due_s = 0 OR due_s > $2)"
        " AND ($3 = 0 OR subscriber_id = $3)",
        &q, f);
    if (r == RES_OK) {
        query_int(q, "$1", issue_id);
        query_int(q, "$2", now_s);
        query_int(q, "$3", subscriber_id);
        r = query_run(q, f);
    }
    query_free(q);
    if (r == RES_OK && store_changes(st) == 0)
        r = RES_NONE;
    else if (r == RES_OK && rows != NULL)
        *rows = store_changes(st);
    return store_end(st, r, f);
}

enum result
delivery_doubt_close(struct store *st, int64_t issue_id, int64_t subscriber_id,
    const char *who, int64_t now_s, int64_t *rows, struct fault *f)
{
    struct tally tally = {.st = st};
    char words[REPLY_MAX + 1], by[200];
    struct query *q = NULL;
    int64_t n = 0;
    enum result r;

    text_scrub(by, sizeof by, who, strlen(who));
    (void)snprintf(words, sizeof words, "closed by %s: taken as arrived", by);
    r = store_begin(st, f);
    if (r != RES_OK)
        return r;
    r = store_prepare(st,
        "UPDATE delivery SET state = 5, at_s = $2, reply = $4"
        " WHERE issue_id = $1 AND state = 4 AND lease_id = 0"
        " AND ($3 = 0 OR subscriber_id = $3)",
        &q, f);
    if (r == RES_OK) {
        query_int(q, "$1", issue_id);
        query_int(q, "$2", now_s);
        query_int(q, "$3", subscriber_id);
        query_text(q, "$4", words);
        r = query_run(q, f);
    }
    query_free(q);
    if (r == RES_OK) {
        n = store_changes(st);
        r = tally_move(&tally, issue_id, DELIVERY_DOUBT, DELIVERY_SENT, n, f);
    }
    if (r == RES_OK)
        r = n == 0 ? RES_NONE : tally_write(&tally, f);
    r = store_end(st, r, f);
    if (r == RES_OK)
        *rows = n;
    return r;
}

static bool
note_id(void *arg, const struct delivery_row *row)
{
    int64_t **at = arg;

    *(*at)++ = row->id;
    return true;
}

static enum result
failed_after(struct store *st, int64_t issue_id, int64_t after, int64_t *ids,
    int limit, int *n, struct fault *f)
{
    int64_t *at = ids;
    enum result r;

    r = delivery_each(
        st, issue_id, 0, DELIVERY_FAILED, false, after, limit, note_id, &at, f);
    *n = (int)(at - ids);
    return r;
}

/* An issue that was through goes on; one that waits for something waits. */
static enum result
begin_again(struct store *st, int64_t issue_id, int64_t now_s, struct fault *f)
{
    struct issue i;
    enum result r;

    r = issue_get(st, issue_id, &i, f);
    if (r == RES_NONE || (r == RES_OK && i.state == ISSUE_CANCELLED))
        return fault_set(f, RES_NEVER, "issue %lld %s", (long long)issue_id,
            r == RES_NONE ? "is not there" : "is cancelled");
    if (r == RES_OK && i.state == ISSUE_FINISHED)
        r = issue_move(st, issue_id, ISSUE_SENDING, NULL, now_s, f);
    return r;
}

/* As if they had never been tried: with a Date of today, and patience anew. */
static enum result
wait_again(struct store *st, int64_t issue_id, const int64_t *ids, int n,
    int64_t now_s, int64_t *rows, struct fault *f)
{
    struct tally tally = {.st = st};
    struct query *q = NULL;
    enum result r;
    int k;

    r = store_prepare(st,
        "UPDATE delivery SET state = 0, due_s = $2, at_s = $2, date_s = 0,"
        " tries = 0 WHERE id = $1 AND state = 6 AND issue_id = $3",
        &q, f);
    for (k = 0; r == RES_OK && k < n; k++) {
        query_int(q, "$1", ids[k]);
        query_int(q, "$2", now_s);
        query_int(q, "$3", issue_id);
        r = query_run(q, f);
        if (r == RES_OK)
            *rows += store_changes(st);
    }
    query_free(q);
    if (r == RES_OK)
        r = tally_move(
            &tally, issue_id, DELIVERY_FAILED, DELIVERY_WAITING, *rows, f);
    return r == RES_OK ? tally_write(&tally, f) : r;
}
