/* SPDX-License-Identifier: ISC */
/* The only file that writes table soft_bounce.
 *
 * A row is a letter that came back from a subscriber: the second report about
 * the same letter changes its row and counts nothing.  Rows decay in two ways:
 * by age, and by a later letter that was taken and did not come back, which
 * shows that the mailbox lives.  A subscription that changes begins anew. */
#include "lists/soft_bounce.h"

#include <stdio.h>
#include <string.h>

#include "lists/address.h"
#include "lists/store.h"
#include "lists/subscription.h"

static enum result decay(struct store *st, const struct soft_bounce *b,
    int64_t within_s, struct fault *f);
static enum result
add(struct store *st, const struct soft_bounce *b, struct fault *f);
static enum result
count(struct store *st, const struct soft_bounce *b, int *n, struct fault *f);
static enum result
give_up(struct store *st, const struct soft_bounce *b, int n, struct fault *f);

enum result
soft_bounce_record(struct store *st, const struct soft_bounce *b,
    const struct soft_bounce_limits *limits, bool *dead, struct fault *f)
{
    struct subscription now;
    enum result r;
    int n = 0;

    *dead = false;
    r = store_begin(st, f);
    if (r != RES_OK)
        return r;
    r = subscription_get(st, b->subscriber_id, b->list_id, &now, f);
    if (r == RES_OK && now.state != SUBSCRIPTION_ACTIVE)
        r = RES_NONE;
    if (r == RES_OK)
        r = decay(st, b, limits->within_s, f);
    if (r == RES_OK)
        r = add(st, b, f);
    if (r == RES_OK)
        r = count(st, b, &n, f);
    if (r == RES_OK && limits->most > 0 && n >= limits->most) {
        r = give_up(st, b, n, f);
        *dead = r == RES_OK;
    }
    return store_end(st, r, f);
}

/* Issue ids grow with time.  A letter of an issue before this one has had its
 * time to come back. */
static enum result
decay(struct store *st, const struct soft_bounce *b, int64_t within_s,
    struct fault *f)
{
    struct query *q = NULL;
    enum result r = store_prepare(st,
        "DELETE FROM soft_bounce WHERE subscriber_id = $1 AND list_id = $2"
        " AND (at_s < $4 OR issue_id < coalesce((SELECT i.id FROM issue i"
        "   JOIN delivery d ON d.issue_id = i.id AND d.subscriber_id = $1"
        "   WHERE i.list_id = $2 AND i.kind = 2 AND i.id < $3 AND d.state = 5"
        "   AND NOT EXISTS (SELECT 1 FROM soft_bounce s"
        "     WHERE s.subscriber_id = $1 AND s.list_id = $2"
        "     AND s.issue_id = i.id)"
        "   ORDER BY i.id DESC LIMIT 1), 0))",
        &q, f);

    if (r != RES_OK)
        return r;
    query_int(q, "$1", b->subscriber_id);
    query_int(q, "$2", b->list_id);
    query_int(q, "$3", b->issue_id);
    query_int(q, "$4", b->at_s - within_s);
    r = query_run(q, f);
    query_free(q);
    return r;
}

static enum result
add(struct store *st, const struct soft_bounce *b, struct fault *f)
{
    char words[SOFT_BOUNCE_WORDS_MAX + 1];
    struct query *q = NULL;
    enum result r = store_prepare(st,
        "INSERT INTO soft_bounce (subscriber_id, list_id, issue_id, at_s,"
        " words) VALUES ($1, $2, $3, $4, $5)"
        " ON CONFLICT (subscriber_id, list_id, issue_id)"
        " DO UPDATE SET at_s = $4, words = $5",
        &q, f);

    if (r != RES_OK)
        return r;
    text_scrub(words, sizeof words, b->words, strlen(b->words));
    query_int(q, "$1", b->subscriber_id);
    query_int(q, "$2", b->list_id);
    query_int(q, "$3", b->issue_id);
    query_int(q, "$4", b->at_s);
    query_text(q, "$5", words);
    r = query_run(q, f);
    query_free(q);
    return r;
}

static enum result
count(struct store *st, const struct soft_bounce *b, int *n, struct fault *f)
{
    struct query *q = NULL;
    enum result r = store_prepare(st,
        "SELECT count(*) FROM soft_bounce"
        " WHERE subscriber_id = $1 AND list_id = $2",
        &q, f);

    if (r != RES_OK)
        return r;
    query_int(q, "$1", b->subscriber_id);
    query_int(q, "$2", b->list_id);
    r = query_row(q, f);
    if (r == RES_OK)
        *n = (int)query_get_int(q, 0);
    query_free(q);
    return r;
}

static enum result
give_up(struct store *st, const struct soft_bounce *b, int n, struct fault *f)
{
    char proof[SOFT_BOUNCE_WORDS_MAX + 80];
    const struct consent dead = {
        SUBSCRIPTION_BOUNCED, BY_BOUNCE, b->at_s, proof};

    (void)snprintf(proof, sizeof proof,
        "%d letters in a row came back, last:"
        " %.*s",
        n, SOFT_BOUNCE_WORDS_MAX, b->words);
    return subscription_record(st, b->subscriber_id, b->list_id, &dead, f);
}

enum result
soft_bounce_forget(
    struct store *st, int64_t subscriber_id, int64_t list_id, struct fault *f)
{
    struct query *q = NULL;
    enum result r = store_prepare(st,
        "DELETE FROM soft_bounce WHERE subscriber_id = $1 AND list_id = $2", &q,
        f);

    if (r != RES_OK)
        return r;
    query_int(q, "$1", subscriber_id);
    query_int(q, "$2", list_id);
    r = query_run(q, f);
    query_free(q);
    return r;
}

enum result
soft_bounce_each(struct store *st, int64_t subscriber_id,
    bool (*each)(void *arg, const struct soft_bounce *b), void *arg,
    struct fault *f)
{
    struct soft_bounce b = {.subscriber_id = subscriber_id};
    struct query *q = NULL;
    bool more = true;
    enum result r = store_prepare(st,
        "SELECT list_id, issue_id, at_s, words FROM soft_bounce"
        " WHERE subscriber_id = $1 ORDER BY issue_id",
        &q, f);

    if (r != RES_OK)
        return r;
    query_int(q, "$1", subscriber_id);
    while (more && (r = query_row(q, f)) == RES_OK) {
        b.list_id = query_get_int(q, 0);
        b.issue_id = query_get_int(q, 1);
        b.at_s = query_get_int(q, 2);
        b.words = query_get_text(q, 3);
        more = each(arg, &b);
    }
    query_free(q);
    return r == RES_NONE ? RES_OK : r;
}
