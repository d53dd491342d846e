/* SPDX-License-Identifier: ISC */
/* The daemon of the control tests and the client that speaks to it. */
#include "tests/daemon/control_client.h"

#include <curl/curl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/conf.h"
#include "daemon/log.h"
#include "daemon/worker.h"

enum {
    DEADLINE_MS = 30000
};

static char folder[64];
static struct conf *conf;
static pid_t child;
static int stop_fd = -1, doorbell_fd = -1;
static CURL *curl;

/* --- the daemon ----------------------------------------------------------- */

static int
conf_write(void)
{
    char path[100], here[2000];
    struct fault f;
    FILE *to, *nowhere;
    enum result r;

    (void)snprintf(path, sizeof path, "%s/test.conf", folder);
    to = fopen(path, "w");
    if (to == NULL || getcwd(here, sizeof here) == NULL)
        return -1;
    (void)fprintf(to,
        "state-dir = \"%s\"\nsocket = \"%s/sock\"\nlog = \"%s/log\"\n"
        "template-dir = \"%s/templates\"\ndns-server = \"none\"\n"
        "list news {\n title = \"Nyt\"\n from = \"Nyt <tg@lo.example>\"\n"
        " mailbox = \"tg@lo.example\"\n postal = \"Gade 1, Aarhus\"\n}\n"
        "relay one {\n url = \"smtp://127.0.0.1:2525\"\n tls = \"none\"\n}\n",
        folder, folder, folder, here);
    if (fclose(to) != 0)
        return -1;
    nowhere = fopen("/dev/null", "w"); /* it has advice for a real one */
    if (nowhere == NULL)
        return -1;
    r = conf_read(path, nowhere, &conf, &f);
    (void)fclose(nowhere);
    return r == RES_OK ? 0 : -1;
}

static void
daemon_run(int listen_fd, const char *crash)
{
    struct fault f;
    struct worker w = {.conf = conf,
        .name = "control",
        .doorbell_fd = doorbell_fd,
        .stop_fd = stop_fd,
        .listen_fd = listen_fd,
        .life_fd = -1};
    int status;

    if (crash != NULL)
        (void)setenv("RUMMELIG_CRASH", crash, 1);
    if (log_open(conf->log_file, LOG_LEVEL_DEBUG, &f) != RES_OK)
        exit(70);
    log_worker("control");
    status = control_main(&w);
    conf_free(conf);
    curl_easy_cleanup(curl);
    exit(status);
}

int
daemon_start(const char *crash)
{
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    (void)snprintf(to.sun_path, sizeof to.sun_path, "%s/sock", folder);
    (void)unlink(to.sun_path);
    stop_fd = eventfd(0, EFD_CLOEXEC);
    doorbell_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (fd < 0 || bind(fd, (struct sockaddr *)&to, sizeof to) != 0 ||
        listen(fd, 16) != 0)
        return -1;
    (void)fflush(NULL);
    child = fork();
    if (child == 0)
        daemon_run(fd, crash);
    (void)close(fd);
    return child > 0 ? 0 : -1;
}

int
daemon_stop(void)
{
    uint64_t one = 1;
    int status = -1;

    if (write(stop_fd, &one, sizeof one) != sizeof one)
        return -1;
    (void)waitpid(child, &status, 0);
    (void)close(stop_fd);
    (void)close(doorbell_fd);
    return status;
}

bool
daemon_killed(void)
{
    int fd = pidfd_open(child, 0);
    struct pollfd dead = {.fd = fd, .events = POLLIN};
    int status;

    assert_true(fd >= 0);
    (void)poll(&dead, 1, DEADLINE_MS);
    (void)close(fd);
    status = daemon_stop();
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
}

const char *
daemon_logged(const char *one, const char *other)
{
    static char line[4000];
    char path[128];
    bool found = false;
    FILE *log;

    (void)snprintf(path, sizeof path, "%s/log", folder);
    log = fopen(path, "r");
    if (log == NULL)
        return NULL;
    while (!found && fgets(line, sizeof line, log) != NULL)
        found = strstr(line, one) != NULL && strstr(line, other) != NULL;
    (void)fclose(log);
    return found ? line : NULL;
}

const char *
daemon_store(void)
{
    return conf->store;
}

const char *
daemon_socket(void)
{
    static char path[100];

    (void)snprintf(path, sizeof path, "%s/sock", folder);
    return path;
}

int
daemon_set_up(void **state)
{
    (void)state;
    (void)snprintf(folder, sizeof folder, "/tmp/test_control.XXXXXX");
    if (mkdtemp(folder) == NULL || conf_write() != 0)
        return -1;
    curl = curl_easy_init();
    return curl == NULL ? -1 : daemon_start(NULL);
}

int
daemon_tear_down(void **state)
{
    static const char *const files[] = {"rummelig-mail.sqlite",
        "rummelig-mail.sqlite-wal", "rummelig-mail.sqlite-shm",
        "rummelig-mail.sqlite-turn", "token.key", "test.conf", "sock", "log"};
    char path[128];
    int status = daemon_stop();

    (void)state;
    curl_easy_cleanup(curl);
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", folder, files[i]);
        (void)unlink(path);
    }
    (void)rmdir(folder);
    conf_free(conf);
    return status;
}

/* --- the client ----------------------------------------------------------- */

static size_t
on_body(char *bytes, size_t size, size_t n, void *arg)
{
    struct answer *a = arg;

    (void)size;
    a->text = realloc(a->text, a->n + n + 1);
    assert_non_null(a->text);
    memcpy(a->text + a->n, bytes, n);
    a->n += n;
    a->text[a->n] = '\0';
    return n;
}

static void
request_begin(struct answer *a, const char *path)
{
    char url[2000];

    (void)snprintf(url, sizeof url, "http://d%s", path);
    curl_easy_reset(curl);
    curl_easy_setopt(curl, CURLOPT_UNIX_SOCKET_PATH, daemon_socket());
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, 30L);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, a);
}

static void
request_end(struct answer *a)
{
    if (curl_easy_perform(curl) == CURLE_OK)
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &a->status);
    if (a->text == NULL)
        a->text = calloc(1, 1);
    a->json = json_loads(a->text, 0, NULL);
}

struct upload {
    const char *bytes;
    size_t n;
};

static size_t
on_upload(char *to, size_t size, size_t n, void *arg)
{
    struct upload *up = arg;

    n *= size;
    if (n > up->n)
        n = up->n;
    memcpy(to, up->bytes, n);
    up->bytes += n;
    up->n -= n;
    return n;
}

struct answer
ask_chunked(const char *path, const char *body, size_t n)
{
    struct upload up = {body, n};
    struct answer a = {0, NULL, 0, NULL};
    struct curl_slist *head =
        curl_slist_append(NULL, "Transfer-Encoding: chunked");

    request_begin(&a, path);
    curl_easy_setopt(curl, CURLOPT_POST, 1L);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, head);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, on_upload);
    curl_easy_setopt(curl, CURLOPT_READDATA, &up);
    request_end(&a);
    curl_slist_free_all(head);
    return a;
}

struct answer
ask_bytes(const char *method, const char *path, const char *body, size_t n)
{
    struct answer a = {0, NULL, 0, NULL};

    request_begin(&a, path);
    if (body != NULL) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)n);
    }
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method);
    request_end(&a);
    return a;
}

struct answer
ask(const char *method, const char *path, const char *body)
{
    return ask_bytes(method, path, body, body != NULL ? strlen(body) : 0);
}

void
answer_free(struct answer *a)
{
    json_decref(a->json);
    free(a->text);
}

static const json_t *
member(const struct answer *a, const char *path)
{
    const json_t *at = a->json;
    char name[64];

    while (at != NULL && *path != '\0') {
        size_t n = strcspn(path, ".");

        (void)snprintf(name, sizeof name, "%.*s", (int)n, path);
        at = json_is_array(at) ? json_array_get(at, strtoul(name, NULL, 10))
                               : json_object_get(at, name);
        path += n + (path[n] == '.');
    }
    if (at == NULL)
        fail_msg("no such member in: %ld %s", a->status, a->text);
    return at;
}

int64_t
answer_int(const struct answer *a, const char *path)
{
    return json_integer_value(member(a, path));
}

const char *
answer_text(const struct answer *a, const char *path)
{
    return json_string_value(member(a, path));
}

void
talk_all(const struct talk *talks, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct talk *t = &talks[i];
        struct answer a = ask(t->method, t->path, t->body);

        if (a.status != t->status ||
            (t->has != NULL && strstr(a.text, t->has) == NULL) ||
            (t->has_not != NULL && strstr(a.text, t->has_not) != NULL))
            fail_msg("%zu: %s %s: got %ld %s; want %ld %s", i, t->method,
                t->path, a.status, a.text, t->status,
                t->has != NULL ? t->has : "");
        if (a.status >= 400 &&
            (json_object_get(a.json, "error") == NULL ||
                json_string_length(json_object_get(a.json, "hint")) == 0))
            fail_msg("%s %s: an error without words: %s", t->method, t->path,
                a.text);
        answer_free(&a);
    }
}
