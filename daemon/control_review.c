/* SPDX-License-Identifier: ISC */
/* Mail that waits for a person: shown with what it takes to decide, and
 * decided by his word.  What a decision does is act_review.c's. */
#include <inttypes.h>
#include <microhttpd.h>
#include <string.h>

#include "daemon/act_review.h"
#include "daemon/control.h"
#include "daemon/log.h"
#include "lists/subscriber.h"

enum {
    REVIEW_PAGE = 50 /* in one answer, unless more are asked for */
};

static enum result review_json(
    struct control *c, const struct review *rv, json_t **out, struct fault *f);
static enum result
decided_already(struct request *rq, int64_t id, struct fault *f);
static enum result carry_out(struct request *rq, const struct review *rv,
    const struct act_decision *d, struct fault *f);

/* --- shown ---------------------------------------------------------------- */

struct review_page {
    struct control *c;
    json_t *rows;
    int64_t last_id;
    enum result r;
    struct fault *f;
};

static bool
review_onto_page(void *arg, const struct review *rv)
{
    struct review_page *page = arg;
    json_t *row = NULL;

    page->r = review_json(page->c, rv, &row, page->f);
    if (page->r != RES_OK)
        return false;
    page->last_id = rv->id;
    json_array_append_new(page->rows, row);
    return true;
}

enum result
review_list(struct request *rq, struct fault *f)
{
    struct review_page page = {rq->c, NULL, 0, RES_OK, f};
    int64_t limit = REVIEW_PAGE, after = 0, waiting = 0;
    bool full;
    enum result r;

    if (request_number(rq, "limit", 1, CONTROL_PAGE, &limit, f) != RES_OK ||
        request_number(rq, "after", 0, INT64_MAX, &after, f) != RES_OK)
        return RES_NEVER;
    page.rows = json_array();
    r = review_count(rq->c->st, &waiting, f);
    if (r == RES_OK)
        r = review_each(
            rq->c->st, after, (int)limit, review_onto_page, &page, f);
    if (r == RES_OK)
        r = page.r;
    if (r != RES_OK) {
        json_decref(page.rows);
        return r;
    }
    full = json_array_size(page.rows) == (size_t)limit;
    answer_json(rq, MHD_HTTP_OK,
        json_pack("{s:o,s:I,s:o}", "review", page.rows, "waiting",
            (json_int_t)waiting, "next",
            full ? json_integer(page.last_id) : json_null()));
    return RES_OK;
}

static enum result
review_named(struct request *rq, struct review *rv, struct fault *f)
{
    int64_t id;
    enum result r = request_id(rq, &id, f);

    if (r == RES_OK) {
        r = review_get(rq->c->st, id, rv, f);
        if (r == RES_NONE)
            r = decided_already(rq, id, f);
    }
    return r;
}

enum result
review_show(struct request *rq, struct fault *f)
{
    struct review rv;
    json_t *out = NULL;
    enum result r = review_named(rq, &rv, f);

    if (r == RES_OK)
        r = review_json(rq->c, &rv, &out, f);
    if (r == RES_OK)
        answer_json(rq, MHD_HTTP_OK, out);
    return r;
}

/* How an address stands on a list; "unknown": it is none of its people. */
static enum result
state_json(struct control *c, const char *text, int64_t list_id, json_t **out,
    struct fault *f)
{
    struct subscription now = {.state = SUBSCRIPTION_NONE};
    struct subscriber who;
    struct address address;
    enum result r = address_parse(text, &address, f);

    if (r == RES_OK)
        r = subscriber_find(c->st, &address, &who, f);
    if (r == RES_OK)
        r = subscription_get(c->st, who.id, list_id, &now, f);
    if (r != RES_OK && r != RES_NONE && r != RES_NEVER)
        return r;
    *out = json_pack("{s:o,s:s}", "address", json_words(text), "state",
        now.state == SUBSCRIPTION_NONE ? "unknown"
                                       : subscription_word(now.state));
    return RES_OK;
}

static enum result
review_json(
    struct control *c, const struct review *rv, json_t **out, struct fault *f)
{
    json_t *addresses = json_array(), *from = NULL, *one;
    enum result r = RES_OK;

    for (int i = 0; i < rv->n_addresses && r == RES_OK; i++) {
        r = state_json(c, rv->address[i], rv->list_id, &one, f);
        if (r == RES_OK)
            json_array_append_new(addresses, one);
    }
    if (r == RES_OK && rv->from[0] != '\0')
        r = state_json(c, rv->from, rv->list_id, &from, f);
    if (r != RES_OK) {
        json_decref(addresses);
        return r;
    }
    *out = json_pack("{s:I,s:I,s:I,s:o,s:s,s:o,s:s,s:o,s:o,s:o,s:o,s:o,s:o}",
        "id", (json_int_t)rv->id, "at_s", (json_int_t)rv->at_s, "asked_s",
        (json_int_t)rv->asked_s, "mailbox", json_words(rv->mailbox), "list",
        control_list_key(c, rv->list_id), "kind", json_words(rv->kind),
        "proposal", review_word(rv->proposal), "from",
        from != NULL ? from : json_null(), "subject", json_words(rv->subject),
        "words", json_words(rv->words), "addresses", addresses, "message_id",
        json_words(rv->message_id), "evidence", json_words(rv->evidence));
    return RES_OK;
}

/* --- decided -------------------------------------------------------------- */

struct known {
    int64_t id;
    bool found;
    char deed[80], by[80];
    int64_t at_s;
};

static bool
known_read(void *arg, const struct incoming *i)
{
    struct known *k = arg;

    k->found = i->id == k->id;
    (void)snprintf(k->deed, sizeof k->deed, "%s", i->deed);
    (void)snprintf(k->by, sizeof k->by, "%s", i->decided_by);
    k->at_s = i->decided_s;
    return false;
}

/* Why it does not wait: two admins may look at the same mail. */
static enum result
decided_already(struct request *rq, int64_t id, struct fault *f)
{
    struct known k = {.id = id};
    char when[32];
    enum result r = id == INT64_MAX ? RES_OK
                                    : incoming_each(rq->c->st, id + 1, 1,
                                          known_read, &k, f);

    if (r != RES_OK)
        return r;
    if (!k.found || k.at_s == 0)
        return fault_set(
            f, RES_NONE, "no mail %" PRId64 " waits for a person", id);
    control_clock_words(k.at_s, when);
    if (k.by[0] == '\0')
        (void)fault_set(f, RES_NEVER,
            "mail %" PRId64 " has waited too long and was let go of %s", id,
            when);
    else
        (void)fault_set(f, RES_NEVER,
            "mail %" PRId64 " is decided already by %s, %s: %s", id, k.by, when,
            k.deed);
    return refuse(rq, MHD_HTTP_CONFLICT, "see: rummelig-mail incoming");
}

enum result
review_dismiss(struct request *rq, struct fault *f)
{
    const struct act_decision d = {.by = rq->peer->name, .deed = REVIEW_NONE};
    struct review rv;
    enum result r = review_named(rq, &rv, f);

    return r == RES_OK ? carry_out(rq, &rv, &d, f) : r;
}

static enum result
addresses_read(const json_t *named, struct act_decision *d, struct fault *f)
{
    const json_t *name;
    enum result r = RES_OK;
    size_t i;

    if (!json_is_array(named) || json_array_size(named) == 0 ||
        json_array_size(named) > REVIEW_ADDRESSES_MAX)
        return fault_set(f, RES_NEVER, "\"addresses\" is an array of 1 to %d",
            (int)REVIEW_ADDRESSES_MAX);
    json_array_foreach(named, i, name)
    {
        const char *text = json_string_value(name);

        if (text == NULL)
            r = fault_set(f, RES_NEVER, "an address is a string");
        else
            r = address_parse(text, &d->address[d->n_addresses++], f);
        if (r != RES_OK)
            break;
    }
    return r;
}

/* The word as it came, completed by what the mail itself proposes. */
static enum result
decision_read(struct request *rq, const struct review *rv,
    struct act_decision *d, struct fault *f)
{
    const json_t *named = NULL;
    const char *deed = "";
    json_t *body;
    enum result r = RES_OK;

    if (rq->body_bytes > 0) {
        r = request_json(rq, &body, f);
        if (r == RES_OK)
            r = member_text(body, "deed", false, &deed, f);
        if (r != RES_OK)
            return r;
        named = json_object_get(body, "addresses");
    }
    if (named != NULL && !json_is_null(named))
        r = addresses_read(named, d, f);
    else
        for (int i = 0; i < rv->n_addresses && r == RES_OK; i++)
            r = address_parse(rv->address[i], &d->address[d->n_addresses++], f);
    if (r != RES_OK)
        return r;
    if (strcmp(deed, "unsubscribe") == 0)
        d->deed = REVIEW_UNSUBSCRIBE;
    else if (strcmp(deed, "subscribe") == 0)
        d->deed = REVIEW_SUBSCRIBE;
    else if (deed[0] != '\0')
        return fault_set(f, RES_NEVER, "\"deed\" is unsubscribe or subscribe");
    else /* whoever names an address wants it off, unless it wants on */
        d->deed = rv->proposal == REVIEW_NONE && d->n_addresses > 0
                      ? REVIEW_UNSUBSCRIBE
                      : rv->proposal;
    return RES_OK;
}

enum result
review_accept(struct request *rq, struct fault *f)
{
    struct act_decision d = {.by = rq->peer->name};
    struct review rv;
    enum result r = review_named(rq, &rv, f);

    if (r == RES_OK)
        r = decision_read(rq, &rv, &d, f);
    if (r != RES_OK)
        return r;
    if (d.deed == REVIEW_NONE || d.n_addresses == 0) {
        (void)fault_set(f, RES_NEVER,
            "mail %" PRId64 " proposes nothing that could be accepted", rv.id);
        return refuse(rq, MHD_HTTP_CONFLICT,
            "name the address that shall be taken off, or dismiss it");
    }
    r = carry_out(rq, &rv, &d, f);
    if (r == RES_NEVER)
        return refuse(
            rq, MHD_HTTP_CONFLICT, "name another address, or dismiss it");
    return r;
}

/* What acting needs; an inbox or a list that is not configured any more has
 * no marks and no goodbye. */
static struct act
act_of(struct control *c, const struct review *rv)
{
    int list = control_list_index(c, rv->list_id);
    struct act a = {.st = c->st,
        .conf = c->conf,
        .list = list < 0 ? NULL : &c->conf->list[list],
        .list_id = rv->list_id,
        .mailbox_id = rv->mailbox_id};

    for (int i = 0; i < c->conf->n_inboxes; i++)
        for (int k = 0; k < c->conf->inbox[i].n_folders; k++)
            if (control_is_folder(rv->mailbox, c->conf->inbox[i].name,
                    c->conf->inbox[i].folder[k]))
                a.box = &c->conf->inbox[i];
    return a;
}

static enum result
carry_out(struct request *rq, const struct review *rv,
    const struct act_decision *d, struct fault *f)
{
    struct act a = act_of(rq->c, rv);
    struct act_done done = {0};
    json_t *addresses;
    enum result r = act_decide(&a, rv, d, rq->now_s, &done, f);

    if (r == RES_NONE)
        return decided_already(rq, rv->id, f);
    if (r != RES_OK)
        return r;
    if (done.answering)
        doorbell_ring(DOORBELL_SENDER);
    if (done.owed)
        doorbell_ring(DOORBELL_INBOX);
    if (done.trouble[0] != '\0')
        log_warn("incoming=%" PRId64 " trouble=%s no goodbye goes out", rv->id,
            log_quote(done.trouble));
    request_did(rq, "incoming=%" PRId64 " subscriber=%" PRId64 " %s", rv->id,
        done.subscriber_id, done.deed);
    addresses = json_array();
    for (int i = 0; i < d->n_addresses; i++)
        json_array_append_new(addresses, json_words(d->address[i].text));
    answer_json(rq, MHD_HTTP_OK,
        json_pack("{s:I,s:s,s:o,s:b}", "id", (json_int_t)rv->id, "deed",
            done.deed, "addresses", addresses, "answering",
            (int)done.answering));
    return RES_OK;
}

enum result
review_chore(struct control *c, int64_t now_s, struct fault *f)
{
    int64_t n = 0;
    enum result r =
        review_lapse(c->st, now_s - c->conf->review_for_s, now_s, &n, f);

    if (r == RES_OK)
        log_warn("%" PRId64 " mails have waited for a person for more than"
                 " %d days: they are let go of, and what was kept of them is"
                 " deleted",
            n, (int)(c->conf->review_for_s / 86400));
    return r;
}
