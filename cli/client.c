/* SPDX-License-Identifier: ISC */
/* cli/client.c - requests to the daemon.
 *
 * One libcurl handle and so one connection for all requests of a command. Each
 * string of an answer is cleaned here, before any command sees it: names,
 * subjects and replies come from outside, and a command that forgets to
 * escape one must do no harm (cli/text.c). */
#include <curl/curl.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>
#include "cli/client.h"
#include "cli/term.h"
#include "cli/text.h"

enum {
    CONNECT_MS = 5000,
    ANSWER_MS = 120 * 1000, /* for a request with a small body */
    HURRY_MS = 700,
    STALL_S = 300,   /* a stream that stands still so long is dead */
    SOCKET_MAX = 107 /* of sockaddr_un */
};

struct client {
    CURL *curl;
    const char *socket;
    long answer_ms;
    bool (*interrupted)(void);
};

/* One request on its way. */
struct transfer {
    CURL *curl;
    struct curl_slist *heads;
    FILE *out; /* collects the answer */
    char *text;
    size_t n;    /* bytes of text */
    size_t came; /* bytes so far */
    bool too_large, read_failed, write_failed;
    long (*read)(void *arg, char *buf, size_t n);
    bool (*write)(void *arg, const char *buf, size_t n);
    void *arg;
};

static void prepare(
    struct client *c, const char *path, const char *type, struct transfer *t);
static void
run(struct client *c, struct transfer *t, bool literal, struct answer *out);
static void
explain_failure(struct client *c, CURLcode code, struct answer *out);
static void cannot_connect(struct client *c, struct answer *out);
static void clean_tree(json_t *j);
static size_t on_body(char *buf, size_t size, size_t n, void *arg);
static size_t on_read(char *buf, size_t size, size_t n, void *arg);
static int on_progress(void *arg, curl_off_t down_total, curl_off_t down,
    curl_off_t up_total, curl_off_t up);
static int refused(const struct answer *a, int code);
static int simple(struct client *c, const char *method, const char *path,
    json_t *body, json_t **out);
static void head(struct transfer *t, const char *name, const char *value);

const char *
client_socket(const char *option)
{
    const char *environment = getenv("RUMMELIG_MAIL_SOCKET");

    if (option != NULL)
        return option;
    if (environment != NULL && *environment != '\0')
        return environment;
    return CLIENT_SOCKET;
}

struct client *
client_new(const char *socket)
{
    struct client *c = text_calloc(1, sizeof *c);

    curl_global_init(CURL_GLOBAL_DEFAULT);
    c->curl = curl_easy_init();
    if (c->curl == NULL) {
        fputs("rummelig-mail: libcurl does not start\n", stderr);
        abort();
    }
    c->socket = socket;
    c->answer_ms = ANSWER_MS;
    return c;
}

void
client_free(struct client *c)
{
    if (c == NULL)
        return;
    curl_easy_cleanup(c->curl);
    curl_global_cleanup();
    free(c);
}

void
client_clear(struct answer *a)
{
    json_decref(a->json);
    free(a->fault);
    free(a->hint);
    *a = (struct answer){0};
}

void
client_on_interrupt(struct client *c, bool (*interrupted)(void))
{
    c->interrupted = interrupted;
}

void
client_hurry(struct client *c)
{
    c->answer_ms = HURRY_MS;
}

/* What all requests have in common. */
static void
prepare(
    struct client *c, const char *path, const char *type, struct transfer *t)
{
    char *url = text_format("http://rummelig-mail%s", path);

    curl_easy_reset(c->curl); /* keeps the connection */
    curl_easy_setopt(c->curl, CURLOPT_URL, url);
    free(url);
    curl_easy_setopt(c->curl, CURLOPT_UNIX_SOCKET_PATH, c->socket);
    curl_easy_setopt(c->curl, CURLOPT_PROXY, "");
    curl_easy_setopt(c->curl, CURLOPT_PROTOCOLS_STR, "http");
    curl_easy_setopt(c->curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c->curl, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
    curl_easy_setopt(c->curl, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(c->curl, CURLOPT_WRITEDATA, t);
    curl_easy_setopt(c->curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(c->curl, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(c->curl, CURLOPT_XFERINFODATA, c);
    if (t->read != NULL || t->write != NULL) {
        curl_easy_setopt(c->curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
        curl_easy_setopt(c->curl, CURLOPT_LOW_SPEED_TIME, (long)STALL_S);
    } else {
        curl_easy_setopt(c->curl, CURLOPT_TIMEOUT_MS, c->answer_ms);
    }
    t->curl = c->curl;
    t->out = text_open(&t->text, &t->n);
    head(t, "Expect", "");
    if (type != NULL)
        head(t, "Content-Type", type);
}

static void
head(struct transfer *t, const char *name, const char *value)
{
    char *line = text_format("%s:%s%s", name, *value == '\0' ? "" : " ", value);

    t->heads = curl_slist_append(t->heads, line);
    free(line);
}

void
client_ask(struct client *c, const struct request *r, struct answer *out)
{
    struct transfer t = {0};
    char *body = NULL;

    *out = (struct answer){0};
    if (r->body != NULL) {
        body = json_dumps(r->body, JSON_COMPACT);
        if (body == NULL) {
            out->fault = text_copy("the request cannot be written as JSON");
            out->fault_code = EX_DATAERR;
            return;
        }
    }
    prepare(c, r->path, body == NULL ? NULL : "application/json", &t);
    if (strcmp(r->method, "GET") != 0) {
        curl_easy_setopt(c->curl, CURLOPT_POST, 1L);
        curl_easy_setopt(c->curl, CURLOPT_CUSTOMREQUEST, r->method);
        curl_easy_setopt(c->curl, CURLOPT_POSTFIELDSIZE_LARGE,
            (curl_off_t)(body == NULL ? 0 : strlen(body)));
        curl_easy_setopt(c->curl, CURLOPT_POSTFIELDS, body == NULL ? "" : body);
    }
    run(c, &t, r->literal, out);
    free(body);
}

void
client_upload(struct client *c, const struct client_body *b, struct answer *out)
{
    struct transfer t = {.read = b->read, .arg = b->arg};

    *out = (struct answer){0};
    prepare(c, b->path, b->type, &t);
    head(&t, "Transfer-Encoding", "chunked");
    /* A stream cannot be sent a second time on another connection. */
    curl_easy_setopt(c->curl, CURLOPT_FRESH_CONNECT, 1L);
    curl_easy_setopt(c->curl, CURLOPT_POST, 1L);
    curl_easy_setopt(c->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)-1);
    curl_easy_setopt(c->curl, CURLOPT_READFUNCTION, on_read);
    curl_easy_setopt(c->curl, CURLOPT_READDATA, &t);
    run(c, &t, false, out);
}

int
client_download(struct client *c, const char *path,
    bool (*write)(void *arg, const char *buf, size_t n), void *arg)
{
    struct transfer t = {.write = write, .arg = arg};
    struct answer answer = {0};
    int result;

    prepare(c, path, NULL, &t);
    run(c, &t, false, &answer);
    result = t.write_failed ? EX_IOERR : client_judge(&answer);
    client_clear(&answer);
    return result;
}

/* Sends it, and makes the answer of what came back, or the words for why
 * nothing did. */
static void
run(struct client *c, struct transfer *t, bool literal, struct answer *out)
{
    CURLcode code;
    long status = 0;
    bool streamed;

    curl_easy_setopt(c->curl, CURLOPT_HTTPHEADER, t->heads);
    code = curl_easy_perform(c->curl);
    curl_slist_free_all(t->heads);
    text_close(t->out);
    curl_easy_getinfo(c->curl, CURLINFO_RESPONSE_CODE, &status);
    streamed = t->write != NULL && status >= 200 && status < 300;
    if (t->read_failed || t->write_failed) {
        out->fault_code = EX_IOERR; /* who gave up has said why */
    } else if (t->too_large) {
        out->fault = text_copy("the daemon's answer is larger than 64 MB");
        out->fault_code = EX_SOFTWARE;
    } else if (code != CURLE_OK && (status < 400 || t->n == 0)) {
        explain_failure(c, code, out);
    } else {
        out->status = (int)status;
        if (!streamed)
            out->json = json_loadb(t->text, t->n, JSON_ALLOW_NUL, NULL);
        if (!streamed && !json_is_object(out->json)) {
            out->status = 0;
            out->fault =
                text_format("what answers at %s (%ld) is not rummelig-maild",
                    c->socket, status);
            out->hint = text_copy("Is this the right socket? See --socket.");
            out->fault_code = EX_UNAVAILABLE;
        } else if (!literal && !term_json()) {
            clean_tree(out->json);
        }
    }
    free(t->text);
    t->text = NULL;
}

static void
explain_failure(struct client *c, CURLcode code, struct answer *out)
{
    switch (code) {
    case CURLE_COULDNT_CONNECT:
    case CURLE_COULDNT_RESOLVE_HOST: /* so curl says: path too long */
        cannot_connect(c, out);
        return;
    case CURLE_OPERATION_TIMEDOUT:
        out->fault = text_copy("rummelig-maild does not answer");
        out->hint = text_copy("Wait and try again; what it does stands in"
                              " journalctl -u rummelig-mail");
        out->fault_code = EX_TEMPFAIL;
        return;
    case CURLE_ABORTED_BY_CALLBACK:
        out->fault = text_copy("interrupted");
        out->fault_code = CLIENT_INTERRUPTED;
        return;
    default:
        out->fault =
            text_format("rummelig-maild broke off before it had answered (%s)",
                curl_easy_strerror(code));
        out->hint = text_copy("Look whether it was done (rummelig-mail issues)"
                              " before you try again.");
        out->fault_code = EX_TEMPFAIL;
    }
}

/* libcurl says "Failed to connect to localhost port 80". */
static void
cannot_connect(struct client *c, struct answer *out)
{
    long why = 0;

    curl_easy_getinfo(c->curl, CURLINFO_OS_ERRNO, &why);
    if (strlen(c->socket) > SOCKET_MAX) {
        out->fault = text_format("%s: too long for a socket's path (%d bytes)",
            c->socket, SOCKET_MAX);
        out->fault_code = EX_USAGE;
    } else if (why == EACCES || why == EPERM) {
        out->fault =
            text_format("you may not speak to rummelig-maild at %s", c->socket);
        out->hint = text_copy(
            "Members of the daemon's socket-group may (sudo adduser YOU GROUP,"
            "\nthen log in again); or use sudo.");
        out->fault_code = EX_NOPERM;
    } else {
        out->fault = text_format("rummelig-maild cannot be reached at %s: %s",
            c->socket, why == 0 ? "no answer" : strerror((int)why));
        out->hint = text_copy(
            "Is rummelig-maild running? systemctl status rummelig-mail"
            "\nAnother socket: --socket PATH or RUMMELIG_MAIL_SOCKET");
        out->fault_code = EX_UNAVAILABLE;
    }
}

int
client_judge(const struct answer *a)
{
    int code;

    if (a->status == 0) {
        if (a->fault != NULL)
            term_fault(a->fault_code, a->hint, "%s", a->fault);
        return a->fault_code;
    }
    if (a->status >= 200 && a->status < 300)
        return 0;
    switch (a->status) {
    case 400:
    case 409:
    case 413:
        code = EX_DATAERR;
        break;
    case 403:
        code = EX_NOPERM;
        break;
    case 404:
        code = EX_NOINPUT;
        break;
    case 503:
        code = EX_TEMPFAIL;
        break;
    default:
        code = EX_SOFTWARE;
    }
    return refused(a, code);
}

/* Says so in the daemon's words; for programs, all that it answered. */
static int
refused(const struct answer *a, int code)
{
    const char *error, *hint;

    if (term_json()) {
        json_object_set_new(a->json, "exit", json_integer(code));
        json_dumpf(a->json, stderr, JSON_COMPACT | JSON_ENSURE_ASCII);
        fputc('\n', stderr);
        return code;
    }
    error = json_string_value(json_object_get(a->json, "error"));
    hint = json_string_value(json_object_get(a->json, "hint"));
    if (error == NULL)
        return term_fault(code, hint, "the daemon refuses (%d)", a->status);
    return term_fault(code, hint, "%s", error);
}

static int
simple(struct client *c, const char *method, const char *path, json_t *body,
    json_t **out)
{
    struct request r = {.method = method, .path = path, .body = body};
    struct answer a;
    int code;

    client_ask(c, &r, &a);
    code = client_judge(&a);
    if (code == 0) {
        *out = a.json;
        a.json = NULL;
    }
    client_clear(&a);
    return code;
}

int
client_get(struct client *c, const char *path, json_t **out)
{
    return simple(c, "GET", path, NULL, out);
}

int
client_post(struct client *c, const char *path, json_t *body, json_t **out)
{
    return simple(c, "POST", path, body, out);
}

int
client_delete(struct client *c, const char *path, json_t **out)
{
    return simple(c, "DELETE", path, NULL, out);
}

/* jansson has limited the depth (JSON_PARSER_MAX_DEPTH, 2048). */
// NOLINTNEXTLINE(misc-no-recursion)
static void
clean_tree(json_t *j)
{
    const char *key;
    json_t *value;
    size_t i;

    if (json_is_string(j)) {
        char *clean = text_clean(
            json_string_value(j), json_string_length(j), TEXT_ONE_LINE);

        json_string_set_nocheck(j, clean);
        free(clean);
    } else if (json_is_array(j)) {
        json_array_foreach(j, i, value)
        {
            clean_tree(value);
        }
    } else if (json_is_object(j)) {
        json_object_foreach(j, key, value)
        {
            clean_tree(value);
        }
    }
}

static size_t
on_body(char *buf, size_t size, size_t n, void *arg)
{
    struct transfer *t = arg;
    long status = 0;

    n *= size;
    curl_easy_getinfo(t->curl, CURLINFO_RESPONSE_CODE, &status);
    if (t->write != NULL && status >= 200 && status < 300) {
        t->write_failed = !t->write(t->arg, buf, n);
        return t->write_failed ? 0 : n;
    }
    t->came += n;
    if (t->came > CLIENT_ANSWER_MAX) {
        t->too_large = true;
        return 0;
    }
    return fwrite(buf, 1, n, t->out);
}

static size_t
on_read(char *buf, size_t size, size_t n, void *arg)
{
    struct transfer *t = arg;
    long got = t->read(t->arg, buf, size * n);

    if (got >= 0)
        return (size_t)got;
    t->read_failed = true;
    return CURL_READFUNC_ABORT;
}

static int
on_progress(void *arg, curl_off_t down_total, curl_off_t down,
    curl_off_t up_total, curl_off_t up)
{
    struct client *c = arg;

    (void)down_total;
    (void)down;
    (void)up_total;
    (void)up;
    return c->interrupted != NULL && c->interrupted();
}

char *
client_encode(const char *value)
{
    static const char kept[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                               "abcdefghijklmnopqrstuvwxyz0123456789-._~";
    char *s = NULL;
    size_t n;
    FILE *out = text_open(&s, &n);

    for (const char *p = value; *p != '\0'; p++) {
        if (strchr(kept, *p) != NULL)
            fputc(*p, out);
        else
            fprintf(out, "%%%02X", (unsigned)(unsigned char)*p);
    }
    text_close(out);
    return s;
}

void
client_query(char **path, const char *name, const char *value)
{
    char *encoded, *longer;

    if (value == NULL)
        return;
    encoded = client_encode(value);
    longer = text_format("%s%c%s=%s", *path,
        strchr(*path, '?') == NULL ? '?' : '&', name, encoded);
    free(encoded);
    free(*path);
    *path = longer;
}
