/* SPDX-License-Identifier: ISC */
/* A person's word about single letters of an issue: those that failed shall be
 * tried again, those in doubt are sent once more or closed. */
#include <inttypes.h>
#include <microhttpd.h>
#include <string.h>

#include "daemon/control.h"

static enum result
doubt_word(struct request *rq, bool *close, json_t **people, struct fault *f);
static enum result doubt_all(struct request *rq, int64_t issue_id,
    const json_t *people, bool close, int64_t *rows, struct fault *f);
static enum result doubt_one(struct request *rq, int64_t issue_id,
    int64_t subscriber_id, bool close, int64_t *rows, struct fault *f);

static enum result
issue_of(struct request *rq, struct issue *i, struct fault *f)
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

enum result
issues_retry(struct request *rq, struct fault *f)
{
    int64_t after = 0, rows = 0, next = 0;
    struct issue i;
    enum result r;

    if (request_number(rq, "after", 0, INT64_MAX, &after, f) != RES_OK)
        return RES_NEVER;
    r = issue_of(rq, &i, f);
    if (r != RES_OK)
        return r;
    r = delivery_retry(rq->c->st, i.id, after, rq->now_s, &rows, &next, f);
    if (r == RES_NEVER)
        return refuse(rq, MHD_HTTP_CONFLICT,
            "how the issues stand: rummelig-mail issues");
    if (r == RES_NONE && after == 0) {
        (void)fault_set(
            f, RES_NEVER, "nothing has failed in issue %" PRId64, i.id);
        return refuse(rq, MHD_HTTP_CONFLICT,
            "who has it and who not: rummelig-mail who ID");
    }
    if (r != RES_OK && r != RES_NONE)
        return r;
    doorbell_ring(DOORBELL_SENDER);
    request_did(rq, "issue=%" PRId64 " tried again rows=%" PRId64, i.id, rows);
    answer_json(rq, MHD_HTTP_OK,
        json_pack("{s:I,s:o}", "rows", (json_int_t)rows, "next",
            next > 0 ? json_integer(next) : json_null()));
    return RES_OK;
}

enum result
issues_doubt(struct request *rq, struct fault *f)
{
    bool close = false;
    json_t *people = NULL;
    int64_t rows = 0;
    struct issue i;
    enum result r = doubt_word(rq, &close, &people, f);

    if (r == RES_OK)
        r = issue_of(rq, &i, f);
    if (r == RES_OK)
        r = doubt_all(rq, i.id, people, close, &rows, f);
    if (r != RES_OK)
        return r;
    if (rows == 0) {
        (void)fault_set(f, RES_NEVER,
            "no such letter of issue %" PRId64 " is in doubt", i.id);
        return refuse(rq, MHD_HTTP_CONFLICT, "see: doubt ID");
    }
    doorbell_ring(DOORBELL_SENDER);
    request_did(rq, "issue=%" PRId64 " doubt %s rows=%" PRId64, i.id,
        close ? "closed" : "sent again", rows);
    answer_json(rq, MHD_HTTP_OK, json_pack("{s:I}", "rows", (json_int_t)rows));
    return RES_OK;
}

/* What shall be done, and for whom; *people: NULL for all. */
static enum result
doubt_word(struct request *rq, bool *close, json_t **people, struct fault *f)
{
    const char *deed = "";
    json_t *body;
    enum result r = request_json(rq, &body, f);

    if (r == RES_OK)
        r = member_text(body, "deed", false, &deed, f);
    if (r != RES_OK)
        return r;
    if (strcmp(deed, "resend") != 0 && strcmp(deed, "close") != 0)
        return fault_set(f, RES_NEVER, "\"deed\" is resend or close");
    *close = deed[0] == 'c';
    *people = json_object_get(body, "addresses");
    if (json_is_null(*people))
        *people = NULL;
    if (*people != NULL && (!json_is_array(*people) ||
                               json_array_size(*people) > CONTROL_DOUBT_MAX))
        return fault_set(f, RES_NEVER,
            "\"addresses\" is an array of at most %d", (int)CONTROL_DOUBT_MAX);
    return RES_OK;
}

/* For all who are named, or for none of them. */
static enum result
doubt_all(struct request *rq, int64_t issue_id, const json_t *people,
    bool close, int64_t *rows, struct fault *f)
{
    enum result r = store_begin(rq->c->st, f);
    const json_t *name;
    size_t i;

    if (r != RES_OK)
        return r;
    if (people == NULL)
        r = doubt_one(rq, issue_id, 0, close, rows, f);
    json_array_foreach(people, i, name)
    {
        const char *text = json_string_value(name);
        struct subscriber s = {.id = 0};
        struct address a;

        if (r != RES_OK)
            break;
        if (text == NULL)
            r = fault_set(f, RES_NEVER, "an address is a string");
        else
            r = address_parse(text, &a, f);
        if (r == RES_OK)
            r = subscriber_find(rq->c->st, &a, &s, f);
        if (r == RES_NONE)
            r = fault_set(f, RES_NEVER, "nobody has the address %.200s", text);
        if (r == RES_OK)
            r = doubt_one(rq, issue_id, s.id, close, rows, f);
    }
    return store_end(rq->c->st, r, f);
}

static enum result
doubt_one(struct request *rq, int64_t issue_id, int64_t subscriber_id,
    bool close, int64_t *rows, struct fault *f)
{
    int64_t n = 0;
    enum result r;

    if (close)
        r = delivery_doubt_close(rq->c->st, issue_id, subscriber_id,
            rq->peer->name, rq->now_s, &n, f);
    else
        r = delivery_doubt_again(
            rq->c->st, issue_id, subscriber_id, rq->now_s, &n, f);
    *rows += n;
    return r == RES_NONE ? RES_OK : r;
}
