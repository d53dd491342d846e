/* SPDX-License-Identifier: ISC */
/* The sender alone: fills a store with COUNT made-up subscribers and an issue
 * to them, and runs sender_main on it, again whenever it dies, until the issue
 * is finished.  For measuring and for killing the sender without the rest.
 *
 *   outbox CONF SOURCE COUNT
 *
 * CONF's store must be new.  Prints one line of JSON; ends with 1 when the
 * issue is not finished within DEADLINE_S or is held. */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "daemon/conf.h"
#include "daemon/log.h"
#include "daemon/worker.h"
#include "lists/delivery.h"
#include "lists/issue.h"
#include "lists/list.h"
#include "lists/store.h"
#include "templates/letter.h"

enum {
    DEADLINE_S = 300,
    CHUNK = 1000,
    SOURCE_MAX = 512 * 1024
};

static void check(enum result r, const struct fault *f, const char *what);
static int64_t
fill(const struct conf *c, struct store *st, const char *path, int count);
static void subscribe(struct store *st, int64_t list, int first, int last);
static void
compose(const struct conf *c, const char *path, struct letter *letter);
static pid_t start(const struct conf *c, int bell, int generation);
static int run(const struct conf *c, int64_t id);

int
main(int argc, char **argv)
{
    struct store *st = NULL;
    struct conf *c = NULL;
    struct fault f = {""};
    int64_t id;
    int status;

    if (argc != 4) {
        (void)fprintf(stderr, "usage: outbox CONF SOURCE COUNT\n");
        return 64;
    }
    check(conf_read(argv[1], stderr, &c, &f), &f, "conf");
    check(log_open(c->log_file, (enum log_level)c->log_level, &f), &f, "log");
    check(store_open(c->store, &st, &f), &f, "store");
    id = fill(c, st, argv[2], (int)strtol(argv[3], NULL, 10));
    store_close(st);
    status = run(c, id);
    conf_free(c);
    return status;
}

static void
check(enum result r, const struct fault *f, const char *what)
{
    if (r == RES_OK || r == RES_NONE)
        return;
    (void)fprintf(stderr, "outbox: %s: %s\n", what, f->text);
    exit(1);
}

static int64_t
fill(const struct conf *c, struct store *st, const char *path, int count)
{
    const struct conf_list *list = conf_find_list(c, "");
    struct issue i = {.kind = ISSUE_LETTER};
    struct letter letter;
    struct fault f = {""};
    enum result r;

    check(list_id(st, list->letter.key, &i.list_id, &f), &f, "list");
    for (int at = 0; at < count; at += CHUNK)
        subscribe(st, i.list_id, at, at + CHUNK < count ? at + CHUNK : count);
    compose(c, path, &letter);
    (void)snprintf(i.subject, sizeof i.subject, "%s", letter.subject);
    i.created_s = i.due_s = (int64_t)time(NULL);
    check(issue_add(st, &i, "", letter.message, letter.message_bytes, &f), &f,
        "issue");
    letter_clear(&letter);
    do {
        r = delivery_fill(st, i.id, CHUNK, i.created_s, &f);
        check(r, &f, "fill");
    } while (r == RES_OK);
    return i.id;
}

static void
subscribe(struct store *st, int64_t list, int first, int last)
{
    struct consent yes = {.to = SUBSCRIPTION_ACTIVE, .how = BY_IMPORT};
    struct subscriber s = {.id = 0};
    struct fault f = {""};
    char address[100];
    enum result r;

    yes.at_s = (int64_t)time(NULL);
    yes.proof = "outbox";
    check(store_begin(st, &f), &f, "store");
    for (int i = first; i < last; i++) {
        (void)snprintf(
            address, sizeof address, "laeser%d@laeserne.example", i + 1);
        check(address_parse(address, &s.address, &f), &f, address);
        (void)snprintf(s.name, sizeof s.name, "Åse Østergaard%d", i + 1);
        s.given_name[0] = '\0';
        check(subscriber_add(st, &s, &f), &f, address);
        check(subscription_record(st, s.id, list, &yes, &f), &f, address);
    }
    r = store_end(st, RES_OK, &f);
    check(r, &f, "store");
}

static void
compose(const struct conf *c, const char *path, struct letter *letter)
{
    static char source[SOURCE_MAX];
    static struct notes notes;
    struct draft *d = NULL;
    struct fault f = {""};
    FILE *in = fopen(path, "re");
    size_t n;

    if (in == NULL) {
        perror(path);
        exit(1);
    }
    n = fread(source, 1, sizeof source, in);
    (void)fclose(in);
    check(draft_parse(source, n, &d, &notes, &f), &f, path);
    check(letter_compose(d, &conf_find_list(c, "")->letter, NULL, 0,
              c->template_dir, letter, &notes, &f),
        &f, path);
    draft_free(d);
}

static pid_t
start(const struct conf *c, int bell, int generation)
{
    struct worker w = {.conf = c,
        .name = "sender",
        .generation = generation,
        .doorbell_fd = bell,
        .listen_fd = -1,
        .life_fd = -1};
    sigset_t stop;
    pid_t pid = fork();

    if (pid != 0)
        return pid;
    (void)signal(SIGPIPE, SIG_IGN);
    (void)sigemptyset(&stop);
    (void)sigaddset(&stop, SIGTERM);
    (void)sigprocmask(SIG_BLOCK, &stop, NULL);
    w.stop_fd = signalfd(-1, &stop, SFD_CLOEXEC | SFD_NONBLOCK);
    log_worker(w.name);
    exit(sender_main(&w));
}

static double
clock_s(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int
run(const struct conf *c, int64_t id)
{
    const struct timespec pause = {.tv_nsec = 5000000};
    int bell = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC), lives = 0, status;
    double began = clock_s(), ended, cpu;
    struct issue i = {.state = ISSUE_SCHEDULED};
    struct store *st = NULL;
    int64_t n[DELIVERY_STATES];
    struct fault f = {""};
    struct rusage use;
    pid_t pid = start(c, bell, 0);

    check(store_open(c->store, &st, &f), &f, "store");
    do {
        (void)nanosleep(&pause, NULL);
        if (waitpid(pid, &status, WNOHANG) == pid)
            pid = start(c, bell, ++lives);
        check(issue_get(st, id, &i, &f), &f, "issue");
        ended = clock_s();
    } while (i.state < ISSUE_HELD && ended - began < DEADLINE_S);
    (void)kill(pid, SIGTERM);
    (void)waitpid(pid, &status, 0);
    check(delivery_count(st, id, n, NULL, &f), &f, "count");
    store_close(st);
    (void)getrusage(RUSAGE_CHILDREN, &use);
    cpu = (double)use.ru_utime.tv_sec + (double)use.ru_stime.tv_sec +
          (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1e6;
    printf("{\"state\": \"%s\", \"sent\": %" PRId64 ", \"failed\": %" PRId64
           ", \"seconds\": %.3f, \"messages_per_s\": %.0f,"
           " \"cpu_ms_per_message\": %.4f, \"rss_mib\": %.1f,"
           " \"deaths\": %d, \"exit\": %d}\n",
        issue_word(i.state), n[DELIVERY_SENT], n[DELIVERY_FAILED],
        ended - began, (double)n[DELIVERY_SENT] / (ended - began),
        cpu * 1000 / (double)(n[DELIVERY_SENT] > 0 ? n[DELIVERY_SENT] : 1),
        (double)use.ru_maxrss / 1024, lives,
        WIFEXITED(status) ? WEXITSTATUS(status) : -1);
    return i.state == ISSUE_FINISHED ? 0 : 1;
}
