/* SPDX-License-Identifier: ISC */
/* The table of workers: one slot each, and the only place that forks one.
 *
 * A worker is known by its process and by a pipe into which it writes signs
 * of life.  No answer is ever awaited: what a worker does is in the store,
 * so it can be killed at any instruction and started anew.  It dies with the
 * supervisor (PR_SET_PDEATHSIG): without one nobody would watch it.
 *
 * A worker for the web pages will be one more row in crew_new(). */
#include "daemon/crew.h"

#include <assert.h>
#include <bsd/unistd.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "daemon/crash.h"
#include "daemon/log.h"

struct slot {
    struct worker worker;
    int (*main)(struct worker *w);
    pid_t pid;        /* 0: not running */
    int listening_fd; /* our end of its pipe */
    int64_t started_ms, heard_ms;
    int64_t due_ms; /* not running: when to start it */
    int backoff_ms;
    bool killed; /* by us, for its silence: said already */
};
struct crew {
    const struct conf *conf;
    struct roll *roll; /* by the index of the slot */
    int own_fd;
    bool ending;
    int n;
    struct slot slot[CREW_MAX];
};

static enum result add(struct crew *w, const char *name,
    int (*main)(struct worker *), enum doorbell bell, struct fault *f);
static void start(struct crew *w, struct slot *s, int64_t now_ms);
static _Noreturn void
become(struct crew *w, struct slot *s, int life_fd, pid_t supervisor);
static void listen_to(struct slot *s, int64_t now_ms);
static void died(struct crew *w, struct slot *s, int status, int64_t now_ms);

enum result
crew_new(const struct conf *c, const struct crew_mains *mains, int listen_fd,
    int own_fd, const struct crew *before, struct crew **out, struct fault *f)
{
    struct crew *w = fault_calloc(1, sizeof *w);
    enum result r;
    int i, k;
    char name[sizeof w->slot[0].worker.name];

    doorbells_close(); /* those of the crew before */
    /* Known before the forks: where it must be made up, all have the same. */
    (void)worker_boot_id();
    w->conf = c;
    w->own_fd = own_fd;
    r = add(w, "control", mains->control, DOORBELL_CONTROL, f);
    if (r == RES_OK)
        w->slot[w->n - 1].worker.listen_fd = listen_fd;
    /* A configuration that was not read from a file may leave it at 0. */
    for (i = 0; i < (c->senders > 1 ? c->senders : 1) && r == RES_OK; i++) {
        worker_sender_name(c, i, name);
        r = add(w, name, mains->sender, DOORBELL_SENDER, f);
        if (r == RES_OK)
            w->slot[w->n - 1].worker.sender = i;
    }
    for (i = 0; i < c->n_inboxes; i++)
        for (k = 0; k < c->inbox[i].n_folders && r == RES_OK; k++) {
            (void)snprintf(name, sizeof name, "inbox %s/%s", c->inbox[i].name,
                c->inbox[i].folder[k]);
            r = add(w, name, mains->inbox, DOORBELL_INBOX, f);
            if (r != RES_OK)
                break;
            w->slot[w->n - 1].worker.inbox = &c->inbox[i];
            w->slot[w->n - 1].worker.folder = k;
        }
    if (r == RES_OK)
        r = roll_make(w->n, &w->roll, f);
    if (r != RES_OK) {
        crew_free(w);
        return r;
    }
    for (i = 0; i < w->n; i++) {
        w->slot[i].worker.roll = w->roll;
        roll_name(w->roll, i, w->slot[i].worker.name);
    }
    for (i = 0; i < w->n; i++)
        w->slot[i].worker.since_s =
            before != NULL ? before->slot[0].worker.since_s : time(NULL);
    for (i = 0; i < w->n; i++)
        for (k = 0; before != NULL && k < before->n; k++)
            if (strcmp(w->slot[i].worker.name, before->slot[k].worker.name) ==
                0)
                w->slot[i].worker.generation =
                    before->slot[k].worker.generation;
    *out = w;
    return RES_OK;
}

void
crew_free(struct crew *w)
{
    if (w == NULL)
        return;
    assert(crew_living(w) == 0);
    roll_free(w->roll);
    free(w);
}

void
crew_start(struct crew *w, int64_t now_ms)
{
    struct slot *s;

    for (s = w->slot; s < w->slot + w->n && !w->ending; s++)
        if (s->pid == 0 && s->due_ms <= now_ms)
            start(w, s, now_ms);
}

int
crew_poll(const struct crew *w, struct pollfd *out)
{
    const struct slot *s;
    int n = 0;

    for (s = w->slot; s < w->slot + w->n; s++)
        if (s->pid != 0)
            out[n++] = (struct pollfd){.fd = s->listening_fd, .events = POLLIN};
    return n;
}

void
crew_listen(struct crew *w, int64_t now_ms, bool late)
{
    int64_t limit_ms = (int64_t)w->conf->worker_silence_s * 1000;
    struct slot *s;

    for (s = w->slot; s < w->slot + w->n; s++) {
        if (s->pid == 0)
            continue;
        listen_to(s, now_ms);
        if (late)
            s->heard_ms = now_ms;
        if (s->killed || now_ms - s->heard_ms < limit_ms)
            continue;
        log_error("worker=%s pid=%ld silent_s=%d killed",
            log_quote(s->worker.name), (long)s->pid, w->conf->worker_silence_s);
        s->killed = true;
        (void)kill(s->pid, SIGKILL);
    }
}

void
crew_bury(struct crew *w, int64_t now_ms)
{
    struct slot *s;
    int status;
    pid_t pid;

    while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
        for (s = w->slot; s < w->slot + w->n; s++)
            if (s->pid == pid)
                died(w, s, status, now_ms);
}

void
crew_end(struct crew *w, int signal_number)
{
    struct slot *s;

    w->ending = true;
    for (s = w->slot; s < w->slot + w->n; s++)
        if (s->pid != 0)
            (void)kill(s->pid, signal_number);
}

int
crew_living(const struct crew *w)
{
    const struct slot *s;
    int n = 0;

    for (s = w->slot; s < w->slot + w->n; s++)
        n += s->pid != 0;
    return n;
}

int
crew_wait_ms(const struct crew *w, int64_t now_ms, int most)
{
    int64_t limit_ms = (int64_t)w->conf->worker_silence_s * 1000;
    int64_t next_ms = now_ms + most, at_ms;
    const struct slot *s;

    for (s = w->slot; s < w->slot + w->n; s++) {
        if (s->pid == 0 ? w->ending : s->killed)
            continue;
        at_ms = s->pid == 0 ? s->due_ms : s->heard_ms + limit_ms;
        if (at_ms < next_ms)
            next_ms = at_ms;
    }
    return next_ms > now_ms ? (int)(next_ms - now_ms) : 0;
}

static enum result
add(struct crew *w, const char *name, int (*main)(struct worker *),
    enum doorbell bell, struct fault *f)
{
    struct slot *s = &w->slot[w->n];

    s->worker = (struct worker){
        .conf = w->conf, .listen_fd = -1, .life_fd = -1, .stop_fd = -1};
    (void)snprintf(s->worker.name, sizeof s->worker.name, "%s", name);
    s->worker.doorbell_fd = doorbell_make(bell);
    if (s->worker.doorbell_fd < 0)
        return fault_set(f, RES_STOP, "doorbell: %s", strerror(errno));
    s->main = main;
    s->backoff_ms = CREW_BACKOFF_FIRST_MS;
    w->n++;
    return RES_OK;
}

/* A fork that fails is a death: tried again with the same backoff. */
static void
start(struct crew *w, struct slot *s, int64_t now_ms)
{
    pid_t supervisor = getpid(), pid;
    int life[2] = {-1, -1};

    log_flush();
    (void)fflush(NULL);
    if (pipe2(life, O_CLOEXEC | O_NONBLOCK) != 0 || (pid = fork()) < 0) {
        log_error("worker=%s not started: %s; trying again in %d ms",
            log_quote(s->worker.name), strerror(errno), CREW_BACKOFF_LAST_MS);
        s->due_ms = now_ms + CREW_BACKOFF_LAST_MS;
        if (life[0] >= 0) {
            (void)close(life[0]);
            (void)close(life[1]);
        }
        return;
    }
    if (pid == 0) {
        (void)close(life[0]);
        become(w, s, life[1], supervisor);
    }
    (void)close(life[1]);
    s->pid = pid;
    s->listening_fd = life[0];
    s->started_ms = s->heard_ms = now_ms;
    s->killed = false;
    roll_started(w->roll, (int)(s - w->slot), time(NULL));
    log_info("worker=%s pid=%ld generation=%d started",
        log_quote(s->worker.name), (long)pid, s->worker.generation);
    s->worker.generation++;
}

static void
become(struct crew *w, struct slot *s, int life_fd, pid_t supervisor)
{
    struct slot *other;
    sigset_t set;
    char short_name[16];

    /* The order matters: a parent that died before prctl sends nothing. */
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != supervisor)
        _exit(EXIT_FAILURE);
    for (other = w->slot; other < w->slot + w->n; other++)
        if (other->pid != 0)
            (void)close(other->listening_fd);
    (void)close(w->own_fd);
    if (s->worker.listen_fd < 0)
        for (other = w->slot; other < w->slot + w->n; other++)
            if (other->worker.listen_fd >= 0)
                (void)close(other->worker.listen_fd);
    /* SIGTERM and SIGINT are read from stop_fd; SIGHUP (a terminal that goes
     * away) is the supervisor's; SIGCHLD is as a program expects it. */
    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGTERM);
    (void)sigaddset(&set, SIGINT);
    s->worker.stop_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    (void)sigaddset(&set, SIGHUP);
    (void)sigprocmask(SIG_SETMASK, &set, NULL);
    if (s->worker.stop_fd < 0) {
        log_error("signalfd: %s", strerror(errno));
        _exit(EXIT_FAILURE);
    }
    (void)unsetenv("NOTIFY_SOCKET");
    /* Blanks up to the length of argv[0]: behind a shorter title libbsd
     * leaves a dot. */
    setproctitle("%-*s", (int)strlen(program_invocation_name), s->worker.name);
    (void)snprintf(short_name, sizeof short_name, "maild:%.9s", s->worker.name);
    (void)prctl(PR_SET_NAME, short_name);
    log_worker(s->worker.name);
    roll_close(w->roll);
    s->worker.life_fd = life_fd;
    crash_generation(s->worker.generation);
    worker_alive(&s->worker);
    exit(s->main(&s->worker));
}

static void
listen_to(struct slot *s, int64_t now_ms)
{
    char signs[256];

    while (read(s->listening_fd, signs, sizeof signs) > 0)
        s->heard_ms = now_ms;
}

static void
died(struct crew *w, struct slot *s, int status, int64_t now_ms)
{
    const char *name = log_quote(s->worker.name);
    long pid = (long)s->pid;
    const char *how = WIFSIGNALED(status) ? "signal" : "status";
    int number = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);

    s->pid = 0;
    (void)close(s->listening_fd);
    if (w->ending) {
        if (status == 0)
            log_info("worker=%s pid=%ld ended", name, pid);
        else
            log_warn("worker=%s pid=%ld %s=%d ended", name, pid, how, number);
        return;
    }
    roll_died(w->roll, (int)(s - w->slot), status, time(NULL));
    if (now_ms - s->started_ms >= CREW_PROVEN_MS)
        s->backoff_ms = CREW_BACKOFF_FIRST_MS;
    s->due_ms = now_ms + s->backoff_ms;
    log_error("worker=%s pid=%ld %s=%d died; starting again in %d ms", name,
        pid, how, number, s->backoff_ms);
    s->backoff_ms = s->backoff_ms * 2 < CREW_BACKOFF_LAST_MS
                        ? s->backoff_ms * 2
                        : CREW_BACKOFF_LAST_MS;
}
