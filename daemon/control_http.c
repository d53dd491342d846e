/* SPDX-License-Identifier: ISC */
/* Reading a request of the control socket and answering it: the types, the
 * limits and the words of every refusal stand here once.  Decides nothing
 * about letters or people. */
#include <inttypes.h>
#include <microhttpd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/control.h"
#include "lists/address.h"

const char *
request_query(const struct request *rq, const char *name)
{
    return MHD_lookup_connection_value(
        rq->connection, MHD_GET_ARGUMENT_KIND, name);
}

/* The whole of text as a number from least to most. */
static bool
number_read(const char *text, int64_t least, int64_t most, int64_t *out)
{
    char *end;
    long long value;

    if (text[0] < '0' || text[0] > '9' || strlen(text) > 18)
        return false;
    value = strtoll(text, &end, 10);
    if (*end != '\0' || value < least || value > most)
        return false;
    *out = value;
    return true;
}

enum result
request_number(const struct request *rq, const char *name, int64_t least,
    int64_t most, int64_t *inout, struct fault *f)
{
    const char *text = request_query(rq, name);

    if (text == NULL || number_read(text, least, most, inout))
        return RES_OK;
    return fault_set(f, RES_NEVER,
        "%s=%.40s is not a number from %" PRId64 " to %" PRId64, name, text,
        least, most);
}

enum result
request_id(const struct request *rq, int64_t *id, struct fault *f)
{
    if (number_read(rq->argument, 1, INT64_MAX, id))
        return RES_OK;
    return fault_set(
        f, RES_NONE, "%.40s is not the number of anything", rq->argument);
}

enum result
request_json(struct request *rq, json_t **out, struct fault *f)
{
    json_error_t e;

    if (rq->json == NULL)
        rq->json = json_loadb(rq->body != NULL ? rq->body : "", rq->body_bytes,
            JSON_REJECT_DUPLICATES, &e);
    if (rq->json == NULL)
        return fault_set(f, RES_NEVER,
            "the body is not JSON in UTF-8: line %d: %s", e.line, e.text);
    if (!json_is_object(rq->json))
        return fault_set(f, RES_NEVER, "the body is not a JSON object");
    *out = rq->json;
    return RES_OK;
}

enum result
request_list(struct request *rq, const char *key, int *index, struct fault *f)
{
    const struct conf *conf = rq->c->conf;
    char names[160] = "";
    size_t n = 0;

    if ((key == NULL || key[0] == '\0') && conf->n_lists == 1) {
        *index = 0;
        return RES_OK;
    }
    for (int i = 0; i < conf->n_lists; i++) {
        const char *name = conf->list[i].letter.key;

        if (key != NULL && strcmp(key, name) == 0) {
            *index = i;
            return RES_OK;
        }
        if (n + strlen(name) + 3 < sizeof names)
            n += (size_t)snprintf(
                names + n, sizeof names - n, "%s%s", n > 0 ? ", " : "", name);
    }
    if (key == NULL || key[0] == '\0')
        return fault_set(f, RES_NEVER,
            "there are several lists, name one of them: %s", names);
    return fault_set(f, RES_NEVER,
        "there is no list called %.40s; there is: %s", key, names);
}

/* Whether text holds nothing but printable characters and, if allowed, line
 * ends and tabs. It is UTF-8: jansson sees to that. */
static bool
text_printable(const char *text, bool lines)
{
    for (const unsigned char *p = (const unsigned char *)text; *p != 0; p++)
        if (*p == 0x7f ||
            (*p < 0x20 && !(lines && (*p == '\n' || *p == '\r' || *p == '\t'))))
            return false;
    return true;
}

enum result
member_text(const json_t *object, const char *name, bool lines,
    const char **out, struct fault *f)
{
    const json_t *member = json_object_get(object, name);

    if (member == NULL || json_is_null(member))
        return RES_OK;
    if (!json_is_string(member))
        return fault_set(f, RES_NEVER, "\"%s\" is not a text", name);
    if (!text_printable(json_string_value(member), lines))
        return fault_set(
            f, RES_NEVER, "\"%s\" holds a control character", name);
    *out = json_string_value(member);
    return RES_OK;
}

enum result
member_bool(const json_t *object, const char *name, bool *out, struct fault *f)
{
    const json_t *member = json_object_get(object, name);

    if (member == NULL || json_is_null(member))
        return RES_OK;
    if (!json_is_boolean(member))
        return fault_set(
            f, RES_NEVER, "\"%s\" is neither true nor false", name);
    *out = json_is_true(member);
    return RES_OK;
}

enum result
member_int(
    const json_t *object, const char *name, int64_t *out, struct fault *f)
{
    const json_t *member = json_object_get(object, name);

    if (member == NULL || json_is_null(member))
        return RES_OK;
    if (!json_is_integer(member))
        return fault_set(f, RES_NEVER, "\"%s\" is not a whole number", name);
    *out = json_integer_value(member);
    return RES_OK;
}

/* --- answers -------------------------------------------------------------- */

static void
respond(struct request *rq, unsigned status, struct MHD_Response *response,
    const char *type)
{
    if (response == NULL)
        fault_no_memory();
    if (MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type) !=
        MHD_YES)
        fault_no_memory();
    rq->status = status;
    rq->response = response;
}

void
answer_bytes(struct request *rq, const char *type, char *taken, size_t n)
{
    respond(rq, MHD_HTTP_OK,
        MHD_create_response_from_buffer(n, taken, MHD_RESPMEM_MUST_FREE), type);
}

void
answer_json(struct request *rq, unsigned status, json_t *taken)
{
    char *text = json_dumps(taken, JSON_COMPACT);

    if (text == NULL)
        fault_no_memory();
    json_decref(taken);
    respond(rq, status,
        MHD_create_response_from_buffer(
            strlen(text), text, MHD_RESPMEM_MUST_FREE),
        "application/json");
}

void
answer_stream(struct request *rq, const char *type, struct MHD_Response *taken)
{
    respond(rq, MHD_HTTP_OK, taken, type);
}

enum result
refuse(struct request *rq, unsigned status, const char *hint)
{
    rq->status = status;
    rq->hint = hint;
    return RES_NEVER;
}

enum result
unknown_state(struct request *rq, const char *what, const char *word,
    const char *hint, struct fault *f)
{
    (void)fault_set(f, RES_NEVER, "no %s is ever \"%.40s\"", what, word);
    return refuse(rq, MHD_HTTP_BAD_REQUEST, hint);
}

/* Where one sees what there is, of which the request named none. */
static const char *
hint_of(const struct request *rq)
{
    static const struct {
        const char *path, *hint;
    } hints[] = {
        {"/v1/issues", "what there is: rummelig-mail issues --all"},
        {"/v1/subscribers", "who there is: rummelig-mail subscribers list"},
        {"/v1/relays", "what there is: rummelig-mail relays"},
        {"/v1/review", "what there is: rummelig-mail review list"},
    };

    for (size_t i = 0; rq->route != NULL && i < sizeof hints / sizeof hints[0];
         i++)
        if (strncmp(rq->route->path, hints[i].path, strlen(hints[i].path)) == 0)
            return hints[i].hint;
    return "see control-api.md for what can be asked";
}

/* Status and hint that go with a result where the handler said no better. */
static void
status_of(const struct request *rq, enum result r, unsigned *status,
    const char **hint)
{
    switch (r) {
    case RES_NONE:
        *status = MHD_HTTP_NOT_FOUND;
        *hint = hint_of(rq);
        break;
    case RES_LATER:
        *status = MHD_HTTP_SERVICE_UNAVAILABLE;
        *hint = "try again in a moment";
        break;
    case RES_NEVER:
        *status = MHD_HTTP_BAD_REQUEST;
        *hint = "nothing was done: mend that and try again";
        break;
    case RES_OK: /* a handler that forgot to answer: our own mistake */
    case RES_STOP:
        *status = MHD_HTTP_INTERNAL_SERVER_ERROR;
        *hint = "an administrator should read the daemon's log";
        break;
    }
}

void
request_settle(struct request *rq, enum result r, const struct fault *f)
{
    unsigned status = MHD_HTTP_INTERNAL_SERVER_ERROR;
    const char *hint = "";
    json_t *body;

    if (rq->response != NULL)
        return;
    status_of(rq, r, &status, &hint);
    if (r == RES_NEVER && rq->status != 0)
        status = rq->status;
    if (r == RES_NEVER && rq->hint != NULL)
        hint = rq->hint;
    body = json_pack("{s:o,s:s}", "error", json_words(f->text), "hint", hint);
    if (body == NULL)
        fault_no_memory();
    if (rq->extra != NULL)
        (void)json_object_update(body, rq->extra);
    answer_json(rq, status, body);
}

void
request_did(struct request *rq, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    (void)vsnprintf(rq->did, sizeof rq->did, format, args);
    va_end(args);
}

json_t *
json_words(const char *text)
{
    json_t *out = json_string(text);
    size_t n = strlen(text);
    char *copy;

    if (out != NULL)
        return out;
    copy = fault_calloc(1, n + 1);
    text_scrub(copy, n + 1, text, n);
    out = json_string(copy);
    free(copy);
    if (out == NULL)
        fault_no_memory();
    return out;
}
