/* SPDX-License-Identifier: ISC */
/* What a mail would mean to the inbox worker, without doing any of it, and
 * what the mails that it read have meant. Uses the same two functions as the
 * inbox: the reader in its child process, and the verdict. */
#include <inttypes.h>
#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/act.h"
#include "daemon/control.h"
#include "daemon/directory.h"
#include "daemon/reader.h"
#include "daemon/verdict.h"
#include "lists/incoming.h"

enum {
    INCOMING_PAGE = 50 /* in one answer, unless more are asked for */
};

static enum result reader_ready(struct control *c, int list, struct fault *f);
static void explain_unreadable(struct request *rq, const char *why);
static void explain_answer(
    struct request *rq, const struct facts *facts, const struct verdict *v);

enum result
explain_mail(struct request *rq, struct fault *f)
{
    struct control *c = rq->c;
    struct store_directory in_store = {c->st, c->key, 0};
    struct directory who;
    struct facts *facts;
    struct verdict *verdict;
    size_t most = (size_t)c->conf->mail_max_bytes;
    int list = 0;
    enum result r;

    if (rq->body_bytes == 0)
        return fault_set(f, RES_NEVER, "the body holds no mail");
    r = c->conf->n_lists == 0 ? fault_set(f, RES_NEVER, "no list is configured")
                              : RES_OK;
    if (r == RES_OK && request_query(rq, "list") != NULL)
        r = request_list(rq, request_query(rq, "list"), &list, f);
    if (r == RES_OK)
        r = reader_ready(c, list, f);
    if (r != RES_OK)
        return r;
    facts = fault_calloc(1, sizeof *facts);
    verdict = fault_calloc(1, sizeof *verdict);
    in_store.list_id = c->list_id[list];
    directory_of_store(&in_store, &who);
    r = reader_read(c->reader, rq->body != NULL ? rq->body : "",
        rq->body_bytes < most ? rq->body_bytes : most, facts, f);
    worker_alive(c->w);
    if (r == RES_NEVER) {
        explain_unreadable(rq, f->text);
        r = RES_OK;
    } else if (r == RES_OK) {
        r = verdict_decide(facts, &who, verdict, f);
        if (r == RES_OK)
            explain_answer(rq, facts, verdict);
    }
    free(verdict);
    free(facts);
    return r;
}

/* As the inbox: a person has to look at it. */
static void
explain_unreadable(struct request *rq, const char *why)
{
    answer_json(rq, MHD_HTTP_OK,
        json_pack("{s:s,s:[],s:b,s:o,s:s,s:s,s:n}", "kind", "unreadable",
            "addresses", "permanent", false, "evidence", json_words(why),
            "deed", "set-aside", "words", "", "subscriber"));
}

/* The reader's process is for one list's mailbox; with another list comes
 * another process. */
static enum result
reader_ready(struct control *c, int list, struct fault *f)
{
    const struct reader_limits limits = {
        c->conf->reader_memory_mib, c->conf->reader_time_s};
    const struct letter_list *l = &c->conf->list[list].letter;
    struct facts_context ctx = {l->mailbox, "*", c->conf->list[list].names};

    for (int i = 0; i < c->conf->n_inboxes; i++)
        if (strcmp(c->conf->inbox[i].list, l->key) == 0)
            ctx.authserv = c->conf->inbox[i].authserv;
    if (c->reader != NULL && c->reader_list == list)
        return RES_OK;
    reader_close(c->reader);
    c->reader = NULL;
    c->reader_list = list;
    return reader_open(&limits, &ctx, &c->reader, f);
}

static const char *
form_name(enum mail_form form)
{
    switch (form) {
    case FORM_PERSON:
        return "person";
    case FORM_ROBOT:
        return "robot";
    case FORM_BOUNCE:
        return "bounce";
    case FORM_COMPLAINT:
        return "complaint";
    case FORM_BULK:
        break;
    }
    return "bulk";
}

static const char *
intent_name(enum intent intent)
{
    switch (intent) {
    case INTENT_NONE:
        return "none";
    case INTENT_LEAVE:
        return "leave";
    case INTENT_LEAVE_OTHER:
        return "leave-other";
    case INTENT_JOIN:
        return "join";
    case INTENT_STAY:
        return "stay";
    case INTENT_UNSURE:
        break;
    }
    return "unsure";
}

static const char *
bounce_deed_name(const struct verdict *v, const struct facts *facts)
{
    if (v->n_people == 0)
        return "left-alone";
    return act_is_soft_bounce(facts, v, &v->person[0]) ? "soft-bounce"
                                                       : "noted";
}

static bool
may_ask(const struct conf *conf)
{
    for (int i = 0; i < conf->n_inboxes; i++)
        if (conf->inbox[i].confirm)
            return true;
    return false;
}

/* The inbox's own word for what it would do (act.c), as far as that does not
 * hang on what it has done before. */
static const char *
deed_name(
    const struct conf *conf, const struct verdict *v, const struct facts *facts)
{
    bool ours = v->n_people > 0 && v->person[0].list_id != 0;

    switch (v->kind) {
    case KIND_UNSUB:
        if (v->n_people == 0)
            return "for-review";
        return v->person[0].active ? "unsubscribed" : "off-already";
    case KIND_UNSUB_OTHER:
    case KIND_REVIEW:
        return "for-review";
    case KIND_SUBSCRIBE:
        return v->confirmed                     ? "subscribed"
               : v->may_answer && may_ask(conf) ? "asked"
                                                : "for-review";
    case KIND_COMPLAINT:
        return ours ? "complained" : "for-review";
    case KIND_HARD:
        if (ours && v->permanent && facts->address_dead)
            return "address-dead";
        return bounce_deed_name(v, facts);
    case KIND_SOFT:
        return bounce_deed_name(v, facts);
    case KIND_HUMAN:
    case KIND_AUTOREPLY:
    case KIND_OTHER:
        break;
    }
    return v->confirmed ? "noted" : "left-alone";
}

static void
explain_answer(
    struct request *rq, const struct facts *facts, const struct verdict *v)
{
    json_t *addresses = json_array();

    for (int i = 0; i < v->n_addresses; i++)
        json_array_append_new(addresses, json_words(v->address[i]));
    answer_json(rq, MHD_HTTP_OK,
        json_pack("{s:s,s:o,s:b,s:o,s:s,s:o,s:s,s:s,s:o,s:o,s:o}", "kind",
            kind_word(v->kind), "addresses", addresses, "permanent",
            v->permanent, "evidence", json_words(v->evidence), "deed",
            deed_name(rq->c->conf, v, facts), "words", json_words(facts->words),
            "form", form_name(facts->form), "intent",
            intent_name(facts->intent), "subscriber",
            v->n_people > 0 ? json_words(v->person[0].address) : json_null(),
            "from", json_words(facts->from), "subject",
            json_words(facts->subject)));
}

/* --- what was read -------------------------------------------------------- */

struct incoming_page {
    struct control *c;
    json_t *mailboxes; /* names by id */
    json_t *rows;
    enum result r;
    struct fault *f;
};

static bool
mailbox_named(void *arg, const char *name, const struct mailbox_cursor *cursor,
    int64_t n_read)
{
    char id[24];

    (void)n_read;
    (void)snprintf(id, sizeof id, "%" PRId64, cursor->id);
    json_object_set_new(arg, id, json_words(name));
    return true;
}

static bool
incoming_onto_page(void *arg, const struct incoming *i)
{
    struct incoming_page *page = arg;
    struct subscriber who = {0};
    char mailbox[24];
    json_t *row =
        json_pack("{s:I,s:o,s:o,s:I,s:o,s:o,s:o,s:I}", "id", (json_int_t)i->id,
            "kind", json_words(i->kind), "deed", json_words(i->deed), "at_s",
            (json_int_t)i->at_s, "message_id", json_words(i->message_id),
            "evidence", json_words(i->evidence), "decided_by",
            json_words(i->decided_by), "decided_s", (json_int_t)i->decided_s);

    (void)snprintf(mailbox, sizeof mailbox, "%" PRId64, i->mailbox_id);
    json_object_set(row, "mailbox", json_object_get(page->mailboxes, mailbox));
    if (i->subscriber_id > 0)
        page->r = subscriber_get(page->c->st, i->subscriber_id, &who, page->f);
    json_object_set_new(row, "address",
        who.id > 0 ? json_words(who.address.text) : json_null());
    json_array_append_new(page->rows, row);
    return page->r == RES_OK || page->r == RES_NONE;
}

enum result
explain_incoming(struct request *rq, struct fault *f)
{
    struct incoming_page page = {rq->c, NULL, NULL, RES_OK, f};
    int64_t limit = INCOMING_PAGE, before = 0;
    enum result r;

    if (request_number(rq, "limit", 1, CONTROL_PAGE, &limit, f) != RES_OK ||
        request_number(rq, "before", 0, INT64_MAX, &before, f) != RES_OK)
        return RES_NEVER;
    page.rows = json_array();
    page.mailboxes = json_object();
    r = mailbox_each(rq->c->st, mailbox_named, page.mailboxes, f);
    if (r == RES_OK)
        r = incoming_each(
            rq->c->st, before, (int)limit, incoming_onto_page, &page, f);
    if (page.r != RES_OK && page.r != RES_NONE)
        r = page.r;
    json_decref(page.mailboxes);
    if (r != RES_OK && r != RES_NONE) {
        json_decref(page.rows);
        return r;
    }
    answer_json(rq, MHD_HTTP_OK, json_pack("{s:o}", "incoming", page.rows));
    return RES_OK;
}
