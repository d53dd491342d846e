/* SPDX-License-Identifier: ISC */
/* Issues that are queued: shown, held, released, cancelled.  What an issue
 * says is never changed here; new ones come from control_letter.c. */
#include <inttypes.h>
#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "daemon/control.h"

enum {
    ISSUES_PAGE = 50 /* in one answer, unless more are asked for */
};

static enum result
issue_named(struct request *rq, struct issue *i, struct fault *f);
static enum result issue_put(
    struct request *rq, enum issue_state to, const char *did, struct fault *f);

static const char *
kind_name(enum issue_kind kind)
{
    switch (kind) {
    case ISSUE_ANSWER:
        return "answer";
    case ISSUE_TEST:
        return "test";
    case ISSUE_LETTER:
        break;
    }
    return "letter";
}

/* When it goes on, where its time has come or will, but its list does not send
 * then; 0: nothing is in its way. */
static int64_t
goes_on_s(const struct control *c, const struct issue *i)
{
    int list = control_list_index(c, i->list_id);
    int64_t now_s = time(NULL), at_s, from_s;

    if (i->kind != ISSUE_LETTER || list < 0 ||
        (i->state != ISSUE_FILLING && i->state != ISSUE_SCHEDULED &&
            i->state != ISSUE_SENDING))
        return 0;
    from_s = i->due_s > now_s ? i->due_s : now_s;
    at_s = window_next(c->conf->list[list].window, true, from_s);
    return at_s > from_s ? at_s : 0;
}

enum result
issue_json(
    struct control *c, const struct issue *i, json_t **out, struct fault *f)
{
    int64_t count[DELIVERY_STATES], doubted = 0, undecided = 0;
    json_t *counts;
    enum result r;

    r = delivery_count(c->st, i->id, count, &doubted, f);
    if (r == RES_OK && count[DELIVERY_DOUBT] > 0)
        r = delivery_undecided(c->st, i->id, &undecided, f);
    if (r != RES_OK)
        return r;
    counts = json_object();
    for (int s = 0; s < DELIVERY_STATES; s++)
        json_object_set_new(counts, delivery_word((enum delivery_state)s),
            json_integer(count[s]));
    *out = json_pack(
        "{s:I,s:s,s:s,s:s,s:o,s:o,s:I,s:I,s:I,s:I,s:b,s:o,s:I,s:I,s:I,s:I}",
        "id", (json_int_t)i->id, "kind", kind_name(i->kind), "list",
        control_list_key(c, i->list_id), "state", issue_word(i->state),
        "reason", json_words(i->reason), "subject", json_words(i->subject),
        "created_s", (json_int_t)i->created_s, "due_s", (json_int_t)i->due_s,
        "changed_s", (json_int_t)i->changed_s, "audience",
        (json_int_t)i->audience, "filled", i->filled, "counts", counts,
        "doubted", (json_int_t)doubted, "undecided", (json_int_t)undecided,
        "complaints", (json_int_t)i->complaints, "goes_on_s",
        (json_int_t)goes_on_s(c, i));
    return RES_OK;
}

/* --- showing -------------------------------------------------------------- */

struct issues_page {
    struct control *c;
    json_t *issues;
    enum result r;
    struct fault *f;
};

static bool
issue_onto_page(void *arg, const struct issue *i)
{
    struct issues_page *page = arg;
    json_t *issue = NULL;

    page->r = issue_json(page->c, i, &issue, page->f);
    if (page->r != RES_OK)
        return false;
    json_array_append_new(page->issues, issue);
    return true;
}

enum result
issues_list(struct request *rq, struct fault *f)
{
    int64_t all = 0, open = 0, limit = ISSUES_PAGE, before = 0;
    struct issues_page page = {rq->c, NULL, RES_OK, f};
    enum result r;

    if (request_number(rq, "all", 0, 1, &all, f) != RES_OK ||
        request_number(rq, "open", 0, 1, &open, f) != RES_OK ||
        request_number(rq, "limit", 1, CONTROL_PAGE, &limit, f) != RES_OK ||
        request_number(rq, "before", 0, INT64_MAX, &before, f) != RES_OK)
        return RES_NEVER;
    page.issues = json_array();
    r = issue_each(rq->c->st, all == 1 ? -1 : ISSUE_LETTER, open == 1, before,
        (int)limit, issue_onto_page, &page, f);
    if (page.r != RES_OK)
        r = page.r;
    if (r != RES_OK && r != RES_NONE) {
        json_decref(page.issues);
        return r;
    }
    answer_json(rq, MHD_HTTP_OK, json_pack("{s:o}", "issues", page.issues));
    return RES_OK;
}

static enum result
issue_named(struct request *rq, struct issue *i, struct fault *f)
{
    int64_t id;
    enum result r = request_id(rq, &id, f);

    if (r == RES_OK) {
        r = issue_get(rq->c->st, id, i, f);
        if (r == RES_NONE)
            (void)fault_set(f, r, "there is no issue %" PRId64, id);
    }
    return r;
}

/* Answers with the issue as it is now. */
static enum result
issue_answer(struct request *rq, int64_t id, struct fault *f)
{
    struct issue i;
    json_t *issue = NULL;
    enum result r = issue_get(rq->c->st, id, &i, f);

    if (r == RES_OK)
        r = issue_json(rq->c, &i, &issue, f);
    if (r == RES_OK)
        answer_json(rq, MHD_HTTP_OK, issue);
    return r;
}

enum result
issues_show(struct request *rq, struct fault *f)
{
    struct issue i;
    enum result r = issue_named(rq, &i, f);

    return r == RES_OK ? issue_answer(rq, i.id, f) : r;
}

enum result
issues_source(struct request *rq, struct fault *f)
{
    struct issue i;
    char *source = NULL;
    enum result r = issue_named(rq, &i, f);

    if (r == RES_OK)
        r = issue_source(rq->c->st, i.id, &source, f);
    if (r == RES_OK)
        answer_bytes(rq, "text/plain; charset=utf-8", source, strlen(source));
    return r;
}

/* --- deliveries ----------------------------------------------------------- */

struct deliveries_out {
    struct control *c;
    json_t *rows;
    int64_t last_id, issue_id;
    int mailbox_of; /* index of the list of issue_id, -1 */
};

/* One row; its Message-ID needs the list of its issue, which is mostly the
 * one of the row before. */
static bool
delivery_onto_page(void *arg, const struct delivery_row *row)
{
    struct deliveries_out *to = arg;
    char token[TOKEN_LENGTH + 1], message_id[320] = "";
    struct issue i;
    struct fault ignored;

    if (row->issue_id != to->issue_id) {
        to->issue_id = row->issue_id;
        to->mailbox_of =
            issue_get(to->c->st, row->issue_id, &i, &ignored) == RES_OK
                ? control_list_index(to->c, i.list_id)
                : -1;
    }
    if (to->mailbox_of >= 0) {
        token_make(to->c->key, row->id, token);
        letter_message_id(to->c->conf->list[to->mailbox_of].letter.mailbox,
            token, message_id);
    }
    to->last_id = row->id;
    json_array_append_new(to->rows,
        json_pack("{s:I,s:I,s:o,s:s,s:I,s:I,s:i,s:i,s:o,s:o,s:o}", "id",
            (json_int_t)row->id, "issue", (json_int_t)row->issue_id, "address",
            json_words(row->address), "state", delivery_word(row->state),
            "at_s", (json_int_t)row->at_s, "due_s", (json_int_t)row->due_s,
            "tries", row->tries, "doubts", row->doubts, "relay",
            json_words(row->relay), "reply", json_words(row->reply),
            "message_id", json_words(message_id)));
    return true;
}

enum result
deliveries_json(struct control *c, const struct delivery_page *page,
    json_t **out, int64_t *next, struct fault *f)
{
    struct deliveries_out to = {c, json_array(), 0, 0, -1};
    enum result r = delivery_each(c->st, page->issue_id, page->subscriber_id,
        page->state, page->doubtful, page->after, page->limit,
        delivery_onto_page, &to, f);

    if (r != RES_OK && r != RES_NONE) {
        json_decref(to.rows);
        return r;
    }
    *next = json_array_size(to.rows) == (size_t)page->limit ? to.last_id : 0;
    *out = to.rows;
    return RES_OK;
}

enum result
issues_deliveries(struct request *rq, struct fault *f)
{
    const char *state = request_query(rq, "state");
    struct delivery_page page = {.state = -1};
    int64_t doubtful = 0, limit = CONTROL_PAGE, next = 0;
    json_t *rows = NULL;
    struct issue i;
    enum result r;

    if (state != NULL && state[0] != '\0') {
        page.state = delivery_from_word(state);
        if (page.state < 0)
            return unknown_state(rq, "delivery", state,
                "it is waiting, leased, sending, deferred, doubt, sent, failed"
                " or cancelled",
                f);
    }
    if (request_number(rq, "doubtful", 0, 1, &doubtful, f) != RES_OK ||
        request_number(rq, "limit", 1, CONTROL_PAGE, &limit, f) != RES_OK ||
        request_number(rq, "after", 0, INT64_MAX, &page.after, f) != RES_OK)
        return RES_NEVER;
    r = issue_named(rq, &i, f);
    if (r != RES_OK)
        return r;
    page.issue_id = i.id;
    page.limit = (int)limit;
    page.doubtful = doubtful == 1;
    r = deliveries_json(rq->c, &page, &rows, &next, f);
    if (r == RES_OK)
        answer_json(rq, MHD_HTTP_OK,
            json_pack("{s:o,s:o}", "deliveries", rows, "next",
                next > 0 ? json_integer(next) : json_null()));
    return r;
}

/* --- commanding ----------------------------------------------------------- */

enum result
issues_hold(struct request *rq, struct fault *f)
{
    return issue_put(rq, ISSUE_HELD, "held", f);
}

enum result
issues_release(struct request *rq, struct fault *f)
{
    return issue_put(rq, ISSUE_SENDING, "released", f);
}

enum result
issues_cancel(struct request *rq, struct fault *f)
{
    return issue_put(rq, ISSUE_CANCELLED, "cancelled", f);
}

/* The reason that a person gives, or who it was. */
static enum result
reason_read(struct request *rq, char out[ISSUE_REASON_MAX + 1], struct fault *f)
{
    const char *reason = NULL;
    json_t *body;
    enum result r;

    if (rq->body_bytes > 0) {
        r = request_json(rq, &body, f);
        if (r == RES_OK)
            r = member_text(body, "reason", false, &reason, f);
        if (r != RES_OK)
            return r;
    }
    if (reason != NULL && strlen(reason) > ISSUE_REASON_MAX)
        return fault_set(f, RES_NEVER, "the reason is longer than %d bytes",
            (int)ISSUE_REASON_MAX);
    if (reason != NULL && reason[0] != '\0')
        (void)snprintf(out, ISSUE_REASON_MAX + 1, "%s", reason);
    else
        (void)snprintf(
            out, ISSUE_REASON_MAX + 1, "by %s's word", rq->peer->name);
    return RES_OK;
}

/* Moves the issue, and with a release also the rows whose fate is unknown:
 * both or none. */
static enum result
issue_move_all(struct request *rq, const struct issue *i, enum issue_state to,
    const char *reason, struct fault *f)
{
    struct store *st = rq->c->st;
    enum result r = store_begin(st, f);

    if (r != RES_OK)
        return r;
    if (to != ISSUE_SENDING)
        r = issue_move(st, i->id, to, reason, rq->now_s, f);
    else
        r = issue_release(st, i->id, rq->now_s, f);
    if (r == RES_OK && to == ISSUE_SENDING) {
        r = delivery_doubt_again(st, i->id, 0, rq->now_s, NULL, f);
        if (r == RES_NONE)
            r = RES_OK;
    }
    return store_end(st, r, f);
}

static enum result
issue_put(
    struct request *rq, enum issue_state to, const char *did, struct fault *f)
{
    char reason[ISSUE_REASON_MAX + 1];
    struct issue i;
    enum result r;

    r = reason_read(rq, reason, f);
    if (r == RES_OK)
        r = issue_named(rq, &i, f);
    if (r != RES_OK)
        return r;
    r = issue_move_all(rq, &i, to, to == ISSUE_SENDING ? NULL : reason, f);
    if (r == RES_NEVER)
        return refuse(rq, MHD_HTTP_CONFLICT,
            "how the issues stand: rummelig-mail issues");
    if (r != RES_OK && r != RES_NONE)
        return r;
    if (to == ISSUE_CANCELLED)
        chores_add(rq->c, i.id, true);
    doorbell_ring(DOORBELL_SENDER);
    request_did(rq, "issue=%" PRId64 " %s", i.id, did);
    return issue_answer(rq, i.id, f);
}
