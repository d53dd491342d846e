/* SPDX-License-Identifier: ISC */
/* People: shown with everything that we know of them, put on a list and taken
 * off by an admin's word. Many at once come by control_transfer.c. */
#include <inttypes.h>
#include <microhttpd.h>
#include <string.h>

#include "daemon/control.h"
#include "daemon/log.h"
#include "lists/address.h"
#include "lists/list.h"
#include "lists/soft_bounce.h"
#include "lists/subscriber.h"

static enum result
person_named(struct request *rq, struct subscriber *who, struct fault *f);
static enum result person_add(struct request *rq, struct subscriber *who,
    int64_t list_id, bool again, struct fault *f);

static json_t *
subscriber_json(const struct subscriber *who, const struct subscription *what)
{
    return json_pack("{s:I,s:o,s:o,s:o,s:s,s:I,s:s}", "id", (json_int_t)who->id,
        "address", json_words(who->address.text), "name", json_words(who->name),
        "given_name", json_words(who->given_name), "state",
        subscription_word(what->state), "since_s", (json_int_t)what->since_s,
        "how", what->state == SUBSCRIPTION_NONE ? "" : consent_word(what->how));
}

/* --- many ----------------------------------------------------------------- */

struct subscribers_page {
    json_t *rows;
    int64_t last_id;
};

static bool
subscriber_onto_page(
    void *arg, const struct subscriber *who, const struct subscription *what)
{
    struct subscribers_page *page = arg;

    page->last_id = who->id;
    json_array_append_new(page->rows, subscriber_json(who, what));
    return true;
}

enum result
subscribers_list(struct request *rq, struct fault *f)
{
    struct subscribers_page page = {NULL, 0};
    const char *word = request_query(rq, "state");
    int64_t limit = CONTROL_PAGE, after = 0;
    int list, state = -1;
    bool full;
    enum result r;

    if (word != NULL && word[0] != '\0') {
        state = subscription_from_word(word);
        if (state < 0)
            return unknown_state(rq, "subscription", word, SUBSCRIPTION_IS, f);
    }
    if (request_number(rq, "limit", 1, CONTROL_PAGE, &limit, f) != RES_OK ||
        request_number(rq, "after", 0, INT64_MAX, &after, f) != RES_OK)
        return RES_NEVER;
    r = request_list(rq, request_query(rq, "list"), &list, f);
    if (r != RES_OK)
        return r;
    page.rows = json_array();
    r = subscription_each(rq->c->st, rq->c->list_id[list], state, after,
        (int)limit, subscriber_onto_page, &page, f);
    if (r != RES_OK && r != RES_NONE) {
        json_decref(page.rows);
        return r;
    }
    full = json_array_size(page.rows) == (size_t)limit;
    answer_json(rq, MHD_HTTP_OK,
        json_pack("{s:o,s:o}", "subscribers", page.rows, "next",
            full ? json_integer(page.last_id) : json_null()));
    return RES_OK;
}

/* --- one ------------------------------------------------------------------ */

static enum result
person_named(struct request *rq, struct subscriber *who, struct fault *f)
{
    struct address address;
    enum result r = address_parse(rq->argument, &address, f);

    if (r == RES_OK) {
        r = subscriber_find(rq->c->st, &address, who, f);
        if (r == RES_NONE)
            (void)fault_set(f, r, "we do not know %s", address.text);
    }
    return r;
}

struct ledger_out {
    struct control *c;
    json_t *entries;
};

/* A list that is not configured any more keeps its name in the store. */
static bool
ledger_onto_page(void *arg, int64_t list_id_, const struct consent *entry)
{
    struct ledger_out *to = arg;
    const char *name = control_list_key(to->c, list_id_);
    char key[41] = "";
    struct fault ignored;

    if (name[0] == '\0' &&
        list_key(to->c->st, list_id_, key, &ignored) == RES_OK)
        name = key;
    json_array_append_new(to->entries,
        json_pack("{s:I,s:s,s:s,s:s,s:o}", "at_s", (json_int_t)entry->at_s,
            "list", name, "state", subscription_word(entry->to), "how",
            consent_word(entry->how), "proof", json_words(entry->proof)));
    return true;
}

static bool
soft_bounce_onto_page(void *arg, const struct soft_bounce *b)
{
    struct ledger_out *to = arg;

    json_array_append_new(
        to->entries, json_pack("{s:s,s:I,s:I,s:o}", "list",
                         control_list_key(to->c, b->list_id), "issue",
                         (json_int_t)b->issue_id, "at_s", (json_int_t)b->at_s,
                         "words", json_words(b->words)));
    return true;
}

/* The lists that he has or had something to do with, and of *first the state
 * on the list asked for, else on the first of them. */
static enum result
subscriptions_json(struct request *rq, const struct subscriber *who, int wanted,
    json_t *out, struct subscription *first, struct fault *f)
{
    struct control *c = rq->c;
    bool found = false;

    for (int i = 0; i < c->conf->n_lists; i++) {
        struct subscription what;
        enum result r =
            subscription_get(c->st, who->id, c->list_id[i], &what, f);

        if (r == RES_NONE)
            continue;
        if (r != RES_OK)
            return r;
        if (wanted == i || (wanted < 0 && !found))
            *first = what;
        found = true;
        json_array_append_new(out,
            json_pack("{s:s,s:s,s:I,s:s}", "list", c->conf->list[i].letter.key,
                "state", subscription_word(what.state), "since_s",
                (json_int_t)what.since_s, "how", consent_word(what.how)));
    }
    return RES_OK;
}

/* Adds what we remember of who. */
static enum result
past_json(struct request *rq, const struct subscriber *who, json_t *out,
    struct fault *f)
{
    struct delivery_page page = {
        .state = -1, .limit = CONTROL_PAGE, .subscriber_id = who->id};
    struct ledger_out ledger = {rq->c, json_array()};
    struct ledger_out bounces = {rq->c, json_array()};
    json_t *deliveries = NULL;
    int64_t next;
    enum result r;

    json_object_set_new(out, "ledger", ledger.entries);
    json_object_set_new(out, "soft_bounces", bounces.entries);
    r = ledger_each(rq->c->st, who->id, ledger_onto_page, &ledger, f);
    if (r == RES_OK || r == RES_NONE)
        r = soft_bounce_each(
            rq->c->st, who->id, soft_bounce_onto_page, &bounces, f);
    if (r == RES_OK)
        r = deliveries_json(rq->c, &page, &deliveries, &next, f);
    if (r == RES_OK)
        json_object_set_new(out, "deliveries", deliveries);
    return r;
}

enum result
subscribers_show(struct request *rq, struct fault *f)
{
    struct subscription first = {SUBSCRIPTION_NONE, 0, BY_ADMIN};
    const char *list = request_query(rq, "list");
    json_t *subscriptions, *out;
    struct subscriber who;
    int wanted = -1;
    enum result r = RES_OK;

    if (list != NULL && list[0] != '\0')
        r = request_list(rq, list, &wanted, f);
    if (r == RES_OK)
        r = person_named(rq, &who, f);
    if (r != RES_OK)
        return r;
    subscriptions = json_array();
    r = subscriptions_json(rq, &who, wanted, subscriptions, &first, f);
    out = subscriber_json(&who, &first);
    json_object_set_new(out, "subscriptions", subscriptions);
    if (r == RES_OK)
        r = past_json(rq, &who, out, f);
    if (r != RES_OK) {
        json_decref(out);
        return r;
    }
    answer_json(rq, MHD_HTTP_OK, out);
    return RES_OK;
}

/* --- on and off ----------------------------------------------------------- */

/* Copies a name from outside. */
static enum result
name_copy(char out[SUBSCRIBER_NAME_MAX + 1], const char *name, struct fault *f)
{
    if (name == NULL)
        return RES_OK;
    if (strlen(name) > SUBSCRIBER_NAME_MAX)
        return fault_set(f, RES_NEVER, "the name is longer than %d bytes",
            (int)SUBSCRIBER_NAME_MAX);
    (void)snprintf(out, SUBSCRIBER_NAME_MAX + 1, "%s", name);
    return RES_OK;
}

/* The name may come whole or as first and last name, as in an import. */
static enum result
person_read(struct request *rq, struct subscriber *who, int *list, bool *again,
    struct fault *f)
{
    const char *key = NULL, *address = NULL, *name = NULL, *given = NULL;
    json_t *body;
    enum result r = request_json(rq, &body, f);

    if (r == RES_OK)
        r = member_text(body, "list", false, &key, f);
    if (r == RES_OK)
        r = member_text(body, "address", false, &address, f);
    if (r == RES_OK)
        r = member_text(body, "name", false, &name, f);
    if (r == RES_OK)
        r = member_text(body, "given_name", false, &given, f);
    if (r == RES_OK)
        r = member_bool(body, "again", again, f);
    if (r == RES_OK && address == NULL)
        r = fault_set(f, RES_NEVER, "\"address\" is missing");
    if (r == RES_OK)
        r = request_list(rq, key, list, f);
    if (r == RES_OK)
        r = address_parse(address, &who->address, f);
    if (r == RES_OK)
        r = name_copy(who->name, name, f);
    if (r == RES_OK)
        r = name_copy(who->given_name, given, f);
    return r;
}

enum result
subscribers_add(struct request *rq, struct fault *f)
{
    struct subscriber who = {.created_s = rq->now_s};
    struct subscription what;
    bool again = false;
    int list = 0;
    enum result r, added;

    r = person_read(rq, &who, &list, &again, f);
    if (r != RES_OK)
        return r;
    added = person_add(rq, &who, rq->c->list_id[list], again, f);
    if (added != RES_OK && added != RES_NONE)
        return added;
    r = subscriber_get(rq->c->st, who.id, &who, f);
    if (r == RES_OK)
        r = subscription_get(rq->c->st, who.id, rq->c->list_id[list], &what, f);
    if (r != RES_OK)
        return r;
    request_did(rq, "list=%s address=%s %s", rq->c->conf->list[list].letter.key,
        log_quote(who.address.text), added == RES_OK ? "added" : "was there");
    answer_json(rq, added == RES_OK ? MHD_HTTP_CREATED : MHD_HTTP_OK,
        subscriber_json(&who, &what));
    return RES_OK;
}

/* Adds the person and the subscription. NONE: he is on the list. */
static enum result
person_add(struct request *rq, struct subscriber *who, int64_t list_id,
    bool again, struct fault *f)
{
    struct store *st = rq->c->st;
    struct consent consent = {
        SUBSCRIPTION_ACTIVE, BY_ADMIN, rq->now_s, rq->peer->name};
    struct subscription what;
    enum result r = store_begin(st, f);

    if (r != RES_OK)
        return r;
    r = subscriber_add(st, who, f);
    if (r == RES_OK || r == RES_NONE)
        r = subscription_get(st, who->id, list_id, &what, f);
    if (r != RES_OK && r != RES_NONE)
        goto out;
    if ((what.state == SUBSCRIPTION_LEFT ||
            what.state == SUBSCRIPTION_BOUNCED) &&
        !again) {
        (void)fault_set(f, RES_NEVER, "%s is %s", who->address.text,
            subscription_word(what.state));
        r = refuse(rq, MHD_HTTP_CONFLICT,
            "say \"again\" (--again) if this person asked to come back");
        goto out;
    }
    r = subscription_record(st, who->id, list_id, &consent, f);
    if (r == RES_NEVER)
        r = refuse(rq, MHD_HTTP_CONFLICT,
            "only the person can come back, by a mail of their own");
out:
    return store_end(st, r, f);
}

enum result
subscribers_remove(struct request *rq, struct fault *f)
{
    struct consent consent = {
        SUBSCRIPTION_LEFT, BY_ADMIN, rq->now_s, rq->peer->name};
    struct subscriber who;
    struct subscription what;
    int64_t id;
    int list = 0;
    enum result r;

    r = request_list(rq, request_query(rq, "list"), &list, f);
    if (r == RES_OK)
        r = person_named(rq, &who, f);
    if (r != RES_OK)
        return r;
    id = rq->c->list_id[list];
    r = subscription_get(rq->c->st, who.id, id, &what, f);
    if (r == RES_NONE)
        (void)fault_set(f, r, "%s is not on the list %s", who.address.text,
            rq->c->conf->list[list].letter.key);
    if (r != RES_OK)
        return r;
    r = subscription_record(rq->c->st, who.id, id, &consent, f);
    if (r == RES_NEVER)
        return refuse(rq, MHD_HTTP_CONFLICT, "nothing needs to be done");
    if (r == RES_OK || r == RES_NONE)
        r = subscription_get(rq->c->st, who.id, id, &what, f);
    if (r != RES_OK)
        return r;
    request_did(rq, "list=%s address=%s removed",
        rq->c->conf->list[list].letter.key, log_quote(who.address.text));
    answer_json(rq, MHD_HTTP_OK, subscriber_json(&who, &what));
    return RES_OK;
}
