/* SPDX-License-Identifier: ISC */
/* What every worker process is given by the supervisor before the fork, and
 * the few calls with which it uses it.  Nothing here knows what a worker
 * does.  The bells are eventfds made before any fork: whoever rings needs
 * neither a lock nor to know who lives, and a ring at a dead worker waits in
 * the eventfd for the next one. */
#include "daemon/worker.h"

#include <assert.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

enum {
    BELLS_MAX =
        DOORBELLS + CONF_SENDERS_MAX + CONF_INBOXES_MAX * CONF_FOLDERS_MAX
};

static struct {
    int n;
    enum doorbell whose[BELLS_MAX];
    int fd[BELLS_MAX];
} bells;

int
doorbell_make(enum doorbell whose)
{
    int fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);

    if (fd < 0)
        return -1;
    assert(bells.n < BELLS_MAX);
    bells.whose[bells.n] = whose;
    bells.fd[bells.n++] = fd;
    return fd;
}

void
doorbells_close(void)
{
    while (bells.n > 0)
        (void)close(bells.fd[--bells.n]);
}

void
doorbell_ring(enum doorbell whom)
{
    const uint64_t one = 1;
    int i;

    /* A full counter (EAGAIN) is a bell that rings already. */
    for (i = 0; i < bells.n; i++)
        if (bells.whose[i] == whom)
            (void)!write(bells.fd[i], &one, sizeof one);
}

void
worker_hush(struct worker *w)
{
    uint64_t rings;

    (void)!read(w->doorbell_fd, &rings, sizeof rings);
}

/* A full pipe (EAGAIN) holds signs enough.  Asked for in a tight loop, only
 * ten signs in the time allowed are given. */
void
worker_alive(struct worker *w)
{
    struct timespec now;
    int64_t now_ms;

    if (w->life_fd <= STDERR_FILENO) /* -1, or a worker of a test */
        return;
    (void)clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    now_ms = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
    if (now_ms < w->next_sign_ms)
        return;
    w->next_sign_ms = now_ms + (int64_t)w->conf->worker_silence_s * 100;
    (void)!write(w->life_fd, "", 1);
}

/* The signal is left in stop_fd, so that it stays readable for whoever polls
 * it besides. */
bool
worker_stopping(struct worker *w)
{
    struct pollfd p = {.fd = w->stop_fd, .events = POLLIN};

    if (!w->stopping && poll(&p, 1, 0) == 1)
        w->stopping = true;
    return w->stopping;
}

void
worker_before_exec(void)
{
    sigset_t none;

    (void)sigemptyset(&none);
    (void)signal(SIGPIPE, SIG_DFL);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    (void)close_range(STDERR_FILENO + 1, ~0U, 0);
}

void
worker_sender_name(const struct conf *c, int index, char out[80])
{
    if (c->senders <= 1)
        (void)snprintf(out, 80, "sender");
    else
        (void)snprintf(out, 80, "sender-%d", index + 1);
}

void
worker_token_key_path(const struct conf *c, char out[4096])
{
    (void)snprintf(out, 4096, "%s/token.key", c->state_dir);
}

const char *
worker_boot_id(void)
{
    static char id[64];
    int fd;
    ssize_t n;

    if (id[0] != '\0')
        return id;
    fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
    n = fd < 0 ? -1 : read(fd, id, sizeof id - 1);
    if (fd >= 0)
        (void)close(fd);
    id[n > 0 ? n : 0] = '\0';
    id[strcspn(id, "\n")] = '\0';
    if (id[0] == '\0') /* a sandbox without /proc: every start is a boot */
        (void)snprintf(id, sizeof id, "unknown-%ld", (long)getpid());
    return id;
}
