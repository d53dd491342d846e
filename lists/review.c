/* SPDX-License-Identifier: ISC */
/* The only file that writes table review.  A row is made with its incoming
 * row, in the same transaction, and goes with the decision: people's words are
 * kept for nothing but the deciding. */
#include "lists/review.h"

#include <stdio.h>
#include <string.h>

#include "lists/store.h"

#define COLUMNS                                                                \
    "SELECT r.incoming_id, r.list_id, r.proposal, r.may_answer, r.sender,"     \
    " r.subject, r.words, r.addresses, i.at_s, m.name, m.id, i.digest,"        \
    " i.kind, i.message_id, i.evidence, coalesce((SELECT max(q.created_s)"     \
    " FROM issue q WHERE q.digest = i.digest AND q.list_id = r.list_id"        \
    " AND q.answer = 'ask'), 0) FROM review r"                                 \
    " JOIN incoming i ON i.id = r.incoming_id"                                 \
    " JOIN mailbox m ON m.id = i.mailbox_id "

static void scrub_lines(char *out, size_t size, const char *text);
static void join(char *out, size_t size, const struct review *rv);
static void split(struct review *rv, const char *text);
static void row_read(struct query *q, struct review *out);

enum result
review_add(struct store *st, const struct review *rv, struct fault *f)
{
    char subject[REVIEW_SUBJECT_MAX + 1], words[REVIEW_WORDS_MAX + 1];
    char from[ADDRESS_MAX + 1];
    char addresses[REVIEW_ADDRESSES_MAX * (ADDRESS_MAX + 1) + 1];
    struct query *q = NULL;
    enum result r = store_begin(st, f);

    if (r != RES_OK)
        return r;
    text_scrub(from, sizeof from, rv->from, strlen(rv->from));
    text_scrub(subject, sizeof subject, rv->subject, strlen(rv->subject));
    scrub_lines(words, sizeof words, rv->words);
    join(addresses, sizeof addresses, rv);
    r = store_prepare(st,
        "INSERT INTO review (incoming_id, list_id, proposal, may_answer,"
        " sender, subject, words, addresses)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        &q, f);
    if (r == RES_OK) {
        query_int(q, "$1", rv->id);
        query_int(q, "$2", rv->list_id);
        query_int(q, "$3", rv->proposal);
        query_int(q, "$4", rv->may_answer);
        query_text(q, "$5", from);
        query_text(q, "$6", subject);
        query_text(q, "$7", words);
        query_text(q, "$8", addresses);
        r = query_run(q, f);
    }
    query_free(q);
    return store_end(st, r, f);
}

enum result
review_get(struct store *st, int64_t id, struct review *out, struct fault *f)
{
    struct query *q = NULL;
    enum result r =
        store_prepare(st, COLUMNS "WHERE r.incoming_id = $1", &q, f);

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
review_find(struct store *st, const unsigned char digest[INCOMING_DIGEST],
    int64_t list_id, int64_t *id, struct fault *f)
{
    struct query *q = NULL;
    enum result r = store_prepare(st,
        "SELECT r.incoming_id FROM review r JOIN incoming i"
        " ON i.id = r.incoming_id WHERE i.digest = $1 AND r.list_id = $2"
        " LIMIT 1",
        &q, f);

    if (r != RES_OK)
        return r;
    query_blob(q, "$1", digest, INCOMING_DIGEST);
    query_int(q, "$2", list_id);
    r = query_row(q, f);
    if (r == RES_OK)
        *id = query_get_int(q, 0);
    query_free(q);
    return r;
}

enum result
review_each(struct store *st, int64_t after, int limit,
    bool (*each)(void *arg, const struct review *rv), void *arg,
    struct fault *f)
{
    struct query *q = NULL;
    struct review rv;
    bool more = true;
    enum result r = store_prepare(st,
        COLUMNS "WHERE r.incoming_id > $1 ORDER BY r.incoming_id LIMIT $2", &q,
        f);

    if (r != RES_OK)
        return r;
    query_int(q, "$1", after);
    query_int(q, "$2", limit);
    while (more && (r = query_row(q, f)) == RES_OK) {
        row_read(q, &rv);
        more = each(arg, &rv);
    }
    query_free(q);
    return r == RES_NONE ? RES_OK : r;
}

enum result
review_count(struct store *st, int64_t *n, struct fault *f)
{
    struct query *q = NULL;
    enum result r = store_prepare(st, "SELECT count(*) FROM review", &q, f);

    if (r != RES_OK)
        return r;
    r = query_row(q, f);
    if (r == RES_OK)
        *n = query_get_int(q, 0);
    query_free(q);
    return r;
}

enum result
review_decide(struct store *st, int64_t id, const struct incoming_decision *d,
    struct fault *f)
{
    struct query *q = NULL;
    enum result r = store_begin(st, f);

    if (r != RES_OK)
        return r;
    r = store_prepare(st,
        "DELETE FROM review WHERE incoming_id = $1 RETURNING incoming_id", &q,
        f);
    if (r == RES_OK) {
        query_int(q, "$1", id);
        r = query_row(q, f);
    }
    query_free(q);
    if (r == RES_OK)
        r = incoming_decide(st, id, d, f);
    return store_end(st, r, f);
}

enum result
review_lapse(struct store *st, int64_t before_s, int64_t now_s, int64_t *n,
    struct fault *f)
{
    const struct incoming_decision d = {
        .deed = "lapsed", .by = "", .at_s = now_s};
    int64_t id[REVIEW_LAPSE_ROWS];
    struct query *q = NULL;
    int count = 0;
    enum result r = store_prepare(st,
        "SELECT r.incoming_id FROM review r JOIN incoming i"
        " ON i.id = r.incoming_id WHERE i.at_s < $1 LIMIT $2",
        &q, f);

    if (r != RES_OK)
        return r;
    query_int(q, "$1", before_s);
    query_int(q, "$2", REVIEW_LAPSE_ROWS);
    while (count < REVIEW_LAPSE_ROWS && (r = query_row(q, f)) == RES_OK)
        id[count++] = query_get_int(q, 0);
    query_free(q);
    if ((r != RES_OK && r != RES_NONE) || count == 0)
        return r;
    r = store_begin_lazy(st, f);
    if (r != RES_OK)
        return r;
    for (int i = 0; i < count && (r == RES_OK || r == RES_NONE); i++)
        r = review_decide(st, id[i], &d, f);
    if (r == RES_NONE)
        r = RES_OK;
    r = store_end(st, r, f);
    if (r == RES_OK)
        *n = count;
    return r;
}

const char *
review_word(enum review_proposal p)
{
    switch (p) {
    case REVIEW_UNSUBSCRIBE:
        return "unsubscribe";
    case REVIEW_SUBSCRIBE:
        return "subscribe";
    case REVIEW_NONE:
        break;
    }
    return "none";
}

/* text_scrub changes no byte's place: line ends can be put back. */
static void
scrub_lines(char *out, size_t size, const char *text)
{
    text_scrub(out, size, text, strlen(text));
    for (size_t i = 0; out[i] != '\0'; i++)
        if (text[i] == '\n')
            out[i] = '\n';
}

static void
join(char *out, size_t size, const struct review *rv)
{
    size_t n = 0;

    out[0] = '\0';
    for (int i = 0; i < rv->n_addresses; i++) {
        const char *a = rv->address[i];

        if (a[0] == '\0' || text_unclean(a, strlen(a)))
            continue;
        n += (size_t)snprintf(out + n, size - n, "%s%s", n > 0 ? "\n" : "", a);
    }
}

static void
split(struct review *rv, const char *text)
{
    rv->n_addresses = 0;
    while (*text != '\0' && rv->n_addresses < REVIEW_ADDRESSES_MAX) {
        size_t n = strcspn(text, "\n");

        (void)snprintf(rv->address[rv->n_addresses++], ADDRESS_MAX + 1, "%.*s",
            (int)n, text);
        text += n + (text[n] == '\n');
    }
}

static void
row_read(struct query *q, struct review *out)
{
    const void *digest;
    size_t n = 0;

    memset(out, 0, sizeof *out);
    out->id = query_get_int(q, 0);
    out->list_id = query_get_int(q, 1);
    out->proposal = (enum review_proposal)query_get_int(q, 2);
    out->may_answer = query_get_int(q, 3) != 0;
    query_get_copy(q, 4, out->from, sizeof out->from);
    query_get_copy(q, 5, out->subject, sizeof out->subject);
    query_get_copy(q, 6, out->words, sizeof out->words);
    split(out, query_get_text(q, 7));
    out->at_s = query_get_int(q, 8);
    query_get_copy(q, 9, out->mailbox, sizeof out->mailbox);
    out->mailbox_id = query_get_int(q, 10);
    digest = query_get_blob(q, 11, &n);
    memcpy(
        out->digest, digest, n < sizeof out->digest ? n : sizeof out->digest);
    query_get_copy(q, 12, out->kind, sizeof out->kind);
    query_get_copy(q, 13, out->message_id, sizeof out->message_id);
    query_get_copy(q, 14, out->evidence, sizeof out->evidence);
    out->asked_s = query_get_int(q, 15);
}
