/* SPDX-License-Identifier: ISC */
/* One request of the control socket, from its first line to its answer and its
 * line in the log, and the one table of what can be asked.  The handlers are in
 * the files named after their nouns. */
#include "daemon/control_request.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "daemon/control.h"
#include "daemon/from_check.h"
#include "daemon/import.h"
#include "daemon/log.h"
#include "lists/address.h"

/* The contents page of control-api.md. */
static const struct route control_routes[] = {
    {"GET", "/v1/version", status_version, NULL, 0, false},
    {"GET", "/v1/status", status_show, NULL, 0, false},
    {"GET", "/v1/lists", status_lists, NULL, 0, false},
    {"GET", "/v1/relays", relays_list, NULL, 0, false},
    {"POST", "/v1/relays/*/test", relays_test, NULL, CONTROL_BODY_BYTES, true},
    {"GET", "/v1/relays/*/test", relays_test_result, NULL, 0, false},
    {"POST", "/v1/check", letter_check, NULL, CONTROL_LETTER_BYTES, false},
    {"POST", "/v1/preview", letter_preview, NULL, CONTROL_LETTER_BYTES, false},
    {"POST", "/v1/test", letter_test, NULL, CONTROL_LETTER_BYTES, true},
    {"POST", "/v1/issues", letter_queue, NULL, CONTROL_LETTER_BYTES, true},
    {"GET", "/v1/issues", issues_list, NULL, 0, false},
    {"GET", "/v1/issues/*/source", issues_source, NULL, 0, false},
    {"GET", "/v1/issues/*/deliveries", issues_deliveries, NULL, 0, false},
    {"POST", "/v1/issues/*/hold", issues_hold, NULL, CONTROL_BODY_BYTES, true},
    {"POST", "/v1/issues/*/release", issues_release, NULL, CONTROL_BODY_BYTES,
        true},
    {"POST", "/v1/issues/*/cancel", issues_cancel, NULL, CONTROL_BODY_BYTES,
        true},
    {"POST", "/v1/issues/*/retry", issues_retry, NULL, CONTROL_BODY_BYTES,
        true},
    {"POST", "/v1/issues/*/doubt", issues_doubt, NULL, CONTROL_BODY_BYTES,
        true},
    {"GET", "/v1/issues/*", issues_show, NULL, 0, false},
    {"GET", "/v1/subscribers", subscribers_list, NULL, 0, false},
    {"POST", "/v1/subscribers", subscribers_add, NULL, CONTROL_BODY_BYTES,
        true},
    {"GET", "/v1/subscribers/*", subscribers_show, NULL, 0, false},
    {"DELETE", "/v1/subscribers/*", subscribers_remove, NULL, 0, true},
    {"POST", "/v1/import", transfer_import, transfer_feed, 0, true},
    {"GET", "/v1/export", transfer_export, NULL, 0, true},
    {"POST", "/v1/explain", explain_mail, NULL, CONTROL_MAIL_BYTES, false},
    {"GET", "/v1/review", review_list, NULL, 0, false},
    {"GET", "/v1/review/*", review_show, NULL, 0, false},
    {"POST", "/v1/review/*/accept", review_accept, NULL, CONTROL_BODY_BYTES,
        true},
    {"POST", "/v1/review/*/dismiss", review_dismiss, NULL, CONTROL_BODY_BYTES,
        true},
    {"GET", "/v1/incoming", explain_incoming, NULL, 0, false},
    {NULL, NULL, NULL, NULL, 0, false},
};

/* Whether path is what pattern says; the star's part goes to argument. */
static bool
path_is(const char *pattern, const char *path, char *argument, size_t room)
{
    const char *star = strchr(pattern, '*');
    size_t before, after, n = strlen(path);

    if (star == NULL)
        return strcmp(pattern, path) == 0;
    before = (size_t)(star - pattern);
    after = strlen(star + 1);
    if (n <= before + after || strncmp(pattern, path, before) != 0 ||
        strcmp(star + 1, path + n - after) != 0)
        return false;
    n -= before + after;
    if (n >= room || (after > 0 && memchr(path + before, '/', n) != NULL))
        return false;
    memcpy(argument, path + before, n);
    argument[n] = '\0';
    return true;
}

/* Finds the route of a request. NONE: no such path, or (refused with 405) it
 * knows other methods only. */
static enum result
route_find(
    struct request *rq, const char *method, const char *url, struct fault *f)
{
    bool path_known = false;

    for (const struct route *to = control_routes; to->path != NULL; to++) {
        if (!path_is(to->path, url, rq->argument, sizeof rq->argument))
            continue;
        path_known = true;
        if (strcmp(to->method, method) == 0) {
            rq->route = to;
            return RES_OK;
        }
    }
    (void)fault_set(f, RES_NONE, "there is no %s %s", method, url);
    if (path_known)
        return refuse(rq, MHD_HTTP_METHOD_NOT_ALLOWED,
            "see control-api.md for what can be asked");
    return RES_NONE;
}

static enum MHD_Result
clean_argument(
    void *cls, enum MHD_ValueKind kind, const char *key, const char *value)
{
    bool *clean = cls;

    (void)kind;
    if (text_unclean(key, strlen(key)) ||
        (value != NULL && text_unclean(value, strlen(value))))
        *clean = false;
    return *clean ? MHD_YES : MHD_NO;
}

/* What can be said before the body comes. */
static enum result
request_begin(
    struct request *rq, const char *method, const char *url, struct fault *f)
{
    bool clean = !text_unclean(url, strlen(url));

    if (!rq->peer->allowed) {
        log_warn("uid=%u user=%s not allowed", (unsigned)rq->peer->uid,
            log_quote(rq->peer->name));
        (void)fault_set(
            f, RES_NEVER, "%s may not command the daemon", rq->peer->name);
        return refuse(rq, MHD_HTTP_FORBIDDEN,
            "be root, or have an administrator put you into the group that"
            " socket-group in the configuration names");
    }
    (void)MHD_get_connection_values(
        rq->connection, MHD_GET_ARGUMENT_KIND, clean_argument, &clean);
    if (!clean)
        return fault_set(
            f, RES_NEVER, "the address of the request is not clean UTF-8 text");
    return route_find(rq, method, url, f);
}

/* The body is larger than it may be; who asks before he sends it is told at
 * once, else it is read to its end and thrown away, so that the client comes
 * to reading the answer. */
static bool
body_refused_early(struct request *rq)
{
    const char *length = MHD_lookup_connection_value(
        rq->connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_CONTENT_LENGTH);
    const char *expect = MHD_lookup_connection_value(
        rq->connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_EXPECT);

    if (rq->route->feed != NULL || length == NULL)
        return false;
    rq->body_too_large =
        strtoull(length, NULL, 10) > (unsigned long long)rq->route->body_max;
    return rq->body_too_large && expect != NULL;
}

static void
body_take(struct request *rq, const char *data, size_t n)
{
    size_t most = (size_t)rq->route->body_max;

    if (rq->route->feed != NULL) {
        if (rq->fed == RES_OK)
            rq->fed = rq->route->feed(rq, data, n, &rq->fed_fault);
        return;
    }
    if (n > most || rq->body_bytes > most - n)
        rq->body_too_large = true;
    if (rq->body_too_large)
        return;
    if (rq->body_room - rq->body_bytes < n) {
        size_t room = rq->body_room == 0 ? 4096 : rq->body_room;

        while (room - rq->body_bytes < n)
            room *= 2;
        rq->body = realloc(rq->body, room);
        if (rq->body == NULL)
            fault_no_memory();
        rq->body_room = room;
    }
    memcpy(rq->body + rq->body_bytes, data, n);
    rq->body_bytes += n;
}

static enum result
request_do(struct request *rq, struct fault *f)
{
    if (rq->body_too_large) {
        (void)fault_set(f, RES_NEVER, "more than %lld bytes were sent",
            (long long)rq->route->body_max);
        return refuse(rq, MHD_HTTP_CONTENT_TOO_LARGE,
            "make the pictures smaller, or send less at a time");
    }
    if (rq->fed != RES_OK) {
        *f = rq->fed_fault;
        return rq->fed;
    }
    return rq->route->handle(rq, f);
}

/* One line for each request that changes something, and for each of our own
 * failures. */
static void
request_log(const struct request *rq, const struct fault *f)
{
    const struct route *to = rq->route;

    if (to == NULL)
        return;
    if (rq->status >= 500)
        log_error("request=\"%s %s\" uid=%u user=%s status=%u error=%s",
            to->method, to->path, (unsigned)rq->peer->uid,
            log_quote(rq->peer->name), rq->status, log_quote(f->text));
    else if (to->changes && rq->status >= 400)
        log_info("refused request=\"%s %s\" uid=%u user=%s status=%u"
                 " error=%s",
            to->method, to->path, (unsigned)rq->peer->uid,
            log_quote(rq->peer->name), rq->status, log_quote(f->text));
    else if (to->changes)
        log_info("%s uid=%u user=%s", rq->did, (unsigned)rq->peer->uid,
            log_quote(rq->peer->name));
}

static enum MHD_Result
request_answer(struct request *rq, enum result r, const struct fault *f)
{
    request_settle(rq, r, f);
    request_log(rq, f);
    rq->c->answering++;
    return MHD_queue_response(rq->connection, rq->status, rq->response);
}

enum MHD_Result
request_come(void *cls, struct MHD_Connection *connection, const char *url,
    const char *method, const char *version, const char *data, size_t *n,
    void **state)
{
    struct request *rq = *state;
    struct fault f = {""};
    enum result r;

    (void)version;
    if (rq == NULL) {
        rq = fault_calloc(1, sizeof *rq);
        *state = rq;
        rq->c = cls;
        rq->connection = connection;
        rq->now_s = time(NULL);
        rq->peer = MHD_get_connection_info(
            connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)
                       ->socket_context;
        r = request_begin(rq, method, url, &f);
        if (r != RES_OK)
            return request_answer(rq, r, &f);
        if (body_refused_early(rq))
            return request_answer(rq, request_do(rq, &f), &f);
        return MHD_YES;
    }
    if (*n > 0) {
        body_take(rq, data, *n);
        *n = 0;
        return MHD_YES;
    }
    worker_alive(rq->c->w);
    r = request_do(rq, &f);
    return rq->waits ? MHD_YES : request_answer(rq, r, &f);
}

void
request_completed(void *cls, struct MHD_Connection *connection, void **state,
    enum MHD_RequestTerminationCode how)
{
    struct control *c = cls;
    struct request *rq = *state;

    (void)connection;
    (void)how;
    if (rq == NULL)
        return;
    waits_forget(rq);
    from_check_free(rq->check);
    import_free(rq->import);
    json_decref(rq->json);
    json_decref(rq->extra);
    if (rq->response != NULL) {
        c->answering--;
        MHD_destroy_response(rq->response);
    }
    free(rq->body);
    free(rq);
    *state = NULL;
}

void
request_connection(void *cls, struct MHD_Connection *connection, void **state,
    enum MHD_ConnectionNotificationCode what)
{
    struct control *c = cls;
    struct peer *peer = *state;

    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
        peer = fault_calloc(1, sizeof *peer);
        peer_read(MHD_get_connection_info(
                      connection, MHD_CONNECTION_INFO_CONNECTION_FD)
                      ->connect_fd,
            c->conf->socket_group, peer);
        *state = peer;
    } else {
        free(peer);
        *state = NULL;
        c->freed = true;
    }
}
