/* SPDX-License-Identifier: ISC */
/* One loop over signals, signs of life and the clock.  Everything that may
 * fail, block or be attacked is in the workers; what is left here should be
 * so little that it never fails, because nobody watches it but systemd. */
#include "daemon/supervisor.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sysexits.h>
#include <systemd/sd-daemon.h>
#include <time.h>
#include <unistd.h>

#include "daemon/log.h"
#include "daemon/premises.h"

enum {
    TURN_MAX_MS = 60000,
    LATE_MS = 1000,        /* a turn this much too long: we were stopped */
    DRAIN_GRACE_MS = 5000, /* over the workers' own limit */
};

struct supervisor {
    struct conf *conf, *next; /* next: taken when the workers have ended */
    const struct crew_mains *mains;
    struct premises premises;
    struct crew *crew;
    int signal_fd;
    bool stopping, interrupted;
    int64_t kill_ms;     /* 0, or when the ending workers are killed */
    int64_t watchdog_ms; /* 0: systemd wants none */
};

static int catch_signals(void);
static int status_of(enum result r);
static void turn(struct supervisor *s);
static void on_signals(struct supervisor *s);
static void stop(struct supervisor *s, int signal_number);
static void reload(struct supervisor *s);
static bool same_premises(const struct conf *a, const struct conf *b);
static void end_crew(struct supervisor *s);
static void apply_next(struct supervisor *s);
static int64_t now_ms(void);

int
supervisor_run(struct conf *conf, const struct crew_mains *mains,
    void (*ready)(int status, const char *words))
{
    struct supervisor s = {.conf = conf, .mains = mains, .signal_fd = -1};
    uint64_t watchdog_us = 0;
    struct fault f = {""};
    enum result r;
    int status;

    s.signal_fd = catch_signals();
    r = premises_enter(s.conf, &s.premises, &f);
    if (r != RES_OK)
        goto out;
    r = crew_new(
        s.conf, mains, s.premises.listen_fd, s.signal_fd, NULL, &s.crew, &f);
    if (r != RES_OK) {
        premises_leave(s.conf, &s.premises);
        goto out;
    }
    log_info("version=%s pid=%ld conf=%s node=%s up", VERSION, (long)getpid(),
        log_quote(s.conf->path), log_quote(s.conf->node));
    if (sd_watchdog_enabled(0, &watchdog_us) > 0)
        s.watchdog_ms = (int64_t)(watchdog_us / 2000);
    ready(EX_OK,
        ""); /* before the first fork: a worker inherits what it leaves */
    crew_start(s.crew, now_ms());
    (void)sd_notify(0, "READY=1");
    while (!s.stopping || crew_living(s.crew) > 0)
        turn(&s);
    premises_leave(s.conf, &s.premises);
    log_info("down");
out:
    status = status_of(r);
    if (r != RES_OK) {
        log_error("%s", f.text);
        ready(status, f.text);
    }
    crew_free(s.crew);
    conf_free(s.conf);
    conf_free(s.next);
    if (s.signal_fd >= 0)
        (void)close(s.signal_fd);
    return status;
}

static int
catch_signals(void)
{
    sigset_t set;

    (void)signal(SIGPIPE, SIG_IGN);
    (void)signal(SIGCHLD, SIG_DFL); /* whoever started us may have ignored it */
    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGTERM);
    (void)sigaddset(&set, SIGINT);
    (void)sigaddset(&set, SIGHUP);
    (void)sigaddset(&set, SIGCHLD);
    (void)sigprocmask(SIG_SETMASK, &set, NULL);
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static int
status_of(enum result r)
{
    switch (r) {
    case RES_OK:
        return EX_OK;
    case RES_LATER:
        return EX_TEMPFAIL;
    case RES_NEVER:
        return EX_CONFIG;
    default:
        return EX_SOFTWARE;
    }
}

static void
turn(struct supervisor *s)
{
    struct pollfd p[1 + CREW_MAX];
    int64_t before_ms = now_ms(), then_ms;
    int wait_ms = TURN_MAX_MS;
    nfds_t n = 1;

    if (s->watchdog_ms > 0 && s->watchdog_ms < wait_ms)
        wait_ms = (int)s->watchdog_ms;
    if (s->kill_ms != 0 && s->kill_ms - before_ms < wait_ms)
        wait_ms = s->kill_ms > before_ms ? (int)(s->kill_ms - before_ms) : 0;
    wait_ms = crew_wait_ms(s->crew, before_ms, wait_ms);
    p[0] = (struct pollfd){.fd = s->signal_fd, .events = POLLIN};
    n += (nfds_t)crew_poll(s->crew, p + 1);
    (void)poll(p, n, wait_ms);
    then_ms = now_ms();
    crew_listen(s->crew, then_ms, then_ms - before_ms > wait_ms + LATE_MS);
    on_signals(s);
    if (s->kill_ms != 0 && then_ms >= s->kill_ms && crew_living(s->crew) > 0) {
        log_error(
            "workers=%d still busy after drain; killed", crew_living(s->crew));
        crew_end(s->crew, SIGKILL);
        s->kill_ms = then_ms + DRAIN_GRACE_MS;
    }
    if (s->next != NULL && crew_living(s->crew) == 0 && !s->stopping)
        apply_next(s);
    crew_start(s->crew, now_ms());
    if (s->watchdog_ms > 0)
        (void)sd_notify(0, "WATCHDOG=1");
}

static void
on_signals(struct supervisor *s)
{
    struct signalfd_siginfo got;

    while (read(s->signal_fd, &got, sizeof got) == sizeof got) {
        switch (got.ssi_signo) {
        case SIGCHLD:
            crew_bury(s->crew, now_ms());
            break;
        case SIGHUP:
            if (!s->stopping)
                reload(s);
            break;
        default:
            stop(s, (int)got.ssi_signo);
            break;
        }
    }
}

static void
stop(struct supervisor *s, int signal_number)
{
    if (s->stopping) {
        if (signal_number == SIGINT && s->interrupted)
            crew_end(s->crew, SIGKILL);
        s->interrupted = s->interrupted || signal_number == SIGINT;
        return;
    }
    s->stopping = true;
    s->interrupted = signal_number == SIGINT;
    log_info("signal=%d workers=%d drain_s=%d stopping", signal_number,
        crew_living(s->crew), s->conf->drain_s);
    (void)sd_notifyf(0, "STOPPING=1\nEXTEND_TIMEOUT_USEC=%lld",
        ((long long)s->conf->drain_s * 1000 + 2LL * DRAIN_GRACE_MS) * 1000);
    end_crew(s);
}

static void
reload(struct supervisor *s)
{
    char *words = NULL, *line, *rest;
    size_t n = 0;
    FILE *complaints = open_memstream(&words, &n);
    struct conf *c = NULL;
    struct fault f;
    enum result r;

    if (complaints == NULL)
        fault_no_memory();
    log_reopen();
    r = conf_read(s->conf->path, complaints, &c, &f);
    (void)fclose(complaints);
    rest = words;
    while ((line = strsep(&rest, "\n")) != NULL)
        if (line[0] != '\0' && r == RES_OK)
            log_warn("%s", line);
        else if (line[0] != '\0')
            log_error("%s", line);
    free(words);
    if (r == RES_OK && !same_premises(s->conf, c)) {
        r = fault_set(&f, RES_NEVER,
            "state-dir, store and socket change only with a restart");
        conf_free(c);
    }
    if (r != RES_OK) {
        log_error("%s; the old configuration stays", f.text);
        return;
    }
    log_info("conf=%s good; workers end and start again with it",
        log_quote(c->path));
    conf_free(s->next); /* a second SIGHUP before the first took effect */
    s->next = c;
    (void)sd_notifyf(
        0, "RELOADING=1\nMONOTONIC_USEC=%lld", (long long)now_ms() * 1000);
    end_crew(s);
}

static bool
same_premises(const struct conf *a, const struct conf *b)
{
    return strcmp(a->state_dir, b->state_dir) == 0 &&
           strcmp(a->store, b->store) == 0 && strcmp(a->socket, b->socket) == 0;
}

static void
end_crew(struct supervisor *s)
{
    crew_end(s->crew, SIGTERM);
    s->kill_ms = now_ms() + (int64_t)s->conf->drain_s * 1000 + DRAIN_GRACE_MS;
}

/* All workers have ended: the next configuration takes over. */
static void
apply_next(struct supervisor *s)
{
    struct crew *crew = NULL;
    struct fault f;

    if (log_open(s->next->log_file, (enum log_level)s->next->log_level, &f) !=
        RES_OK)
        log_error("%s; the old log stays", f.text);
    if (premises_socket_mode(s->next, &f) != RES_OK)
        log_error("%s", f.text);
    s->kill_ms = 0;
    if (crew_new(s->next, s->mains, s->premises.listen_fd, s->signal_fd,
            s->crew, &crew, &f) != RES_OK) {
        /* The descriptors that the old crew had are free by now, so this
         * cannot be; if it is, starting anew is what is left. */
        log_error("%s; stopping", f.text);
        s->stopping = true;
        return;
    }
    crew_free(s->crew);
    conf_free(s->conf);
    s->crew = crew;
    s->conf = s->next;
    s->next = NULL;
    (void)sd_notify(0, "READY=1");
}

static int64_t
now_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}
