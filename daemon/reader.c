/* SPDX-License-Identifier: ISC */
/* The inbox's side of the reader: starts the child, asks it, and stops
 * believing in it at the first silence, death or nonsense.  A child is never
 * given anything but a socket; what it may do is in reader_child.c.
 *
 * The child outlives a message, because starting this program costs more than
 * reading most mails: 10,000 of them are a first pass. */
#include "daemon/reader.h"

#include "daemon/reader_wire.h"
#include "daemon/utf8.h"
#include "lists/address.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    READER_TRIES = 2,    /* a mail that kills this many is set aside */
    READER_MAILS = 1000, /* then the child is replaced: leaks end with it */
    READER_GRACE_MS = 1000,
    READER_STATUS_MAX = 80
};

struct reader {
    struct reader_limits limits;
    char mailbox[READER_NAME_MAX], authserv[READER_NAME_MAX];
    char names[READER_NAME_MAX];
    pid_t pid; /* 0: no child */
    int fd;
    int marks_fd; /* where it says that a turn's process has ended */
    int mails;    /* read by this child */
    char *reply;  /* READER_REPLY_MAX + 1 bytes */
};

static enum result child_ready(struct reader *r, struct fault *f);
static enum result child_start(struct reader *r, struct fault *f);
static void child_end(struct reader *r, bool late, char why[READER_STATUS_MAX]);
static bool ask(struct reader *r, const char *message, size_t n,
    size_t *reply_n, bool *late);
static enum result understand(
    const struct reader *r, size_t n, struct facts *out, struct fault *f);

enum result
reader_open(const struct reader_limits *limits, const struct facts_context *ctx,
    struct reader **out, struct fault *f)
{
    struct reader *r;

    assert(limits->memory_mib > 0 && limits->time_s > 0);
    if (strlen(ctx->mailbox) >= sizeof r->mailbox ||
        strlen(ctx->authserv) >= sizeof r->authserv)
        return fault_set(f, RES_NEVER, "a mailbox's name is too long");
    r = fault_calloc(1, sizeof *r);
    r->limits = *limits;
    (void)snprintf(r->mailbox, sizeof r->mailbox, "%s", ctx->mailbox);
    (void)snprintf(r->authserv, sizeof r->authserv, "%s", ctx->authserv);
    utf8_tidy(r->names, sizeof r->names, ctx->names, strlen(ctx->names));
    r->fd = r->marks_fd = -1;
    r->reply = fault_calloc(READER_REPLY_MAX + 1, 1);
    *out = r;
    return RES_OK;
}

void
reader_close(struct reader *r)
{
    char why[READER_STATUS_MAX];

    if (r == NULL)
        return;
    child_end(r, false, why);
    free(r->reply);
    free(r);
}

enum result
reader_read(struct reader *r, const char *message, size_t n, struct facts *out,
    struct fault *f)
{
    char why[READER_TRIES][READER_STATUS_MAX];
    enum result res;
    size_t reply_n;
    bool late;
    int i;

    if (n > READER_MESSAGE_MAX)
        return fault_set(f, RES_NEVER, "%zu bytes are too many to be read", n);
    for (i = 0; i < READER_TRIES; i++) {
        res = child_ready(r, f);
        if (res != RES_OK)
            return res;
        if (ask(r, message, n, &reply_n, &late)) {
            r->mails++;
            return understand(r, reply_n, out, f);
        }
        child_end(r, late, why[i]);
    }
    return fault_set(f, RES_NEVER,
        "the process that reads it died of it twice: first it %s, then it %s",
        why[0], why[1]);
}

/* One that died between two mails is nobody's fault, and one that spoke
 * without being asked must not answer for the next: neither mail pays. */
static enum result
child_ready(struct reader *r, struct fault *f)
{
    char why[READER_STATUS_MAX];
    char stray;

    if (r->pid > 0 &&
        (r->mails >= READER_MAILS || recv(r->fd, &stray, 1, MSG_PEEK) >= 0 ||
            errno != EAGAIN))
        child_end(r, true, why);
    return r->pid > 0 ? RES_OK : child_start(r, f);
}

/* --- the socket, with a deadline ---------------------------------------- */

static int64_t
clock_ms(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* False: the deadline came first; an event, even a hangup: true. */
static bool
wait_for(int fd, short events, int64_t deadline_ms)
{
    struct pollfd p = {.fd = fd, .events = events};
    int64_t left_ms;
    int n;

    do {
        left_ms = deadline_ms - clock_ms();
        if (left_ms <= 0)
            return false;
        n = poll(&p, 1, (int)left_ms);
    } while (n < 0 && errno == EINTR);
    return n > 0;
}

static bool
send_all(int fd, const void *p, size_t n, int64_t deadline_ms, bool *late)
{
    const char *at = p;
    ssize_t sent;

    while (n > 0) {
        sent = send(fd, at, n, MSG_NOSIGNAL);
        if (sent >= 0) {
            at += sent;
            n -= (size_t)sent;
        } else if (errno == EAGAIN) {
            if (!wait_for(fd, POLLOUT, deadline_ms)) {
                *late = true;
                return false;
            }
        } else if (errno != EINTR) {
            return false;
        }
    }
    return true;
}

static bool
receive_all(int fd, void *p, size_t n, int64_t deadline_ms, bool *late)
{
    char *at = p;
    ssize_t got;

    while (n > 0) {
        got = recv(fd, at, n, 0);
        if (got > 0) {
            at += got;
            n -= (size_t)got;
        } else if (got == 0) {
            return false;
        } else if (errno == EAGAIN) {
            if (!wait_for(fd, POLLIN, deadline_ms)) {
                *late = true;
                return false;
            }
        } else if (errno != EINTR) {
            return false;
        }
    }
    return true;
}

/* Waits for the end of the process that read the last READER_TURN mails: it
 * shall not answer for another one. */
static bool
turn_is_over(const struct reader *r, int64_t deadline_ms, bool *late)
{
    char mark;

    if (!wait_for(r->marks_fd, POLLIN, deadline_ms)) {
        *late = true;
        return false;
    }
    return read(r->marks_fd, &mark, 1) == 1;
}

/* False: this child is done for; *late: because it took too long. */
static bool
ask(struct reader *r, const char *message, size_t n, size_t *reply_n,
    bool *late)
{
    int64_t deadline_ms = clock_ms() + (int64_t)r->limits.time_s * 1000;
    uint32_t length = (uint32_t)n;

    *late = false;
    if (r->mails > 0 && r->mails % READER_TURN == 0 &&
        !turn_is_over(r, deadline_ms, late))
        return false;
    if (!send_all(r->fd, &length, sizeof length, deadline_ms, late) ||
        !send_all(r->fd, message, n, deadline_ms, late) ||
        !receive_all(r->fd, &length, sizeof length, deadline_ms, late))
        return false;
    if (length < 1 || length > READER_REPLY_MAX ||
        !receive_all(r->fd, r->reply, length, deadline_ms, late))
        return false;
    r->reply[length] = '\0';
    *reply_n = length;
    return true;
}

static enum result
understand(const struct reader *r, size_t n, struct facts *out, struct fault *f)
{
    struct facts facts;
    enum result res;

    if (r->reply[0] == READER_NEVER) {
        text_scrub(f->text, sizeof f->text, r->reply + 1, n - 1);
        return RES_NEVER;
    }
    if (r->reply[0] != READER_FACTS)
        return fault_set(f, RES_NEVER, "the reading process spoke nonsense");
    memset(&facts, 0, sizeof facts);
    res = facts_from_json(r->reply + 1, n - 1, &facts, f);
    if (res == RES_OK)
        *out = facts;
    return res;
}

/* --- the process --------------------------------------------------------- */

/* The child gets fd 0, the pipe for its marks and, so that its words reach
 * nobody's log, nothing else to write to.  Its signals are blocked: a Ctrl-C or
 * a SIGTERM to the whole group is for the inbox, whose end it sees as the end
 * of its input. */
static int
spawn(int fd, int marks_fd, pid_t *pid)
{
    static char name[] = "rummelig-maild: reader", flag[] = "--reader";
    char *const argv[] = {name, flag, NULL};
    char *const envp[] = {NULL};
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attr;
    sigset_t set;
    int e;

    (void)posix_spawn_file_actions_init(&files);
    (void)posix_spawnattr_init(&attr);
    e = posix_spawn_file_actions_adddup2(&files, fd, STDIN_FILENO);
    if (e == 0)
        e = posix_spawn_file_actions_adddup2(&files, marks_fd, READER_MARKS);
#ifndef READER_ASAN /* whose report a test wants to see */
    if (e == 0)
        e = posix_spawn_file_actions_addopen(
            &files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
#endif
    if (e == 0)
        e = posix_spawn_file_actions_addclosefrom_np(&files, 3);
    (void)sigfillset(&set);
    (void)posix_spawnattr_setsigdefault(&attr, &set);
    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGTERM);
    (void)sigaddset(&set, SIGINT);
    (void)sigaddset(&set, SIGHUP);
    (void)posix_spawnattr_setsigmask(&attr, &set);
    (void)posix_spawnattr_setflags(
        &attr, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    if (e == 0)
        e = posix_spawn(pid, "/proc/self/exe", &files, &attr, argv, envp);
    (void)posix_spawnattr_destroy(&attr);
    (void)posix_spawn_file_actions_destroy(&files);
    return e;
}

static enum result
child_start(struct reader *r, struct fault *f)
{
    struct reader_hello hello = {
        .memory_mib = r->limits.memory_mib,
        .time_s = r->limits.time_s,
        .mailbox_bytes = (uint32_t)strlen(r->mailbox) + 1,
        .authserv_bytes = (uint32_t)strlen(r->authserv) + 1,
        .names_bytes = (uint32_t)strlen(r->names) + 1,
    };
    int64_t deadline_ms = clock_ms() + (int64_t)r->limits.time_s * 1000;
    char why[READER_STATUS_MAX];
    bool late = false;
    int pair[2], marks[2];
    int e;

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
        return fault_set(f, RES_LATER, "socketpair: %s", strerror(errno));
    if (pipe2(marks, O_CLOEXEC) != 0) {
        e = errno;
        (void)close(pair[0]);
        (void)close(pair[1]);
        return fault_set(f, RES_LATER, "pipe2: %s", strerror(e));
    }
    e = spawn(pair[1], marks[1], &r->pid);
    (void)close(pair[1]);
    (void)close(marks[1]);
    if (e != 0) {
        r->pid = 0;
        (void)close(pair[0]);
        (void)close(marks[0]);
        return fault_set(
            f, RES_LATER, "cannot start a reading process: %s", strerror(e));
    }
    r->fd = pair[0];
    r->marks_fd = marks[0];
    r->mails = 0;
    (void)fcntl(r->fd, F_SETFL, O_NONBLOCK);
    if (send_all(r->fd, &hello, sizeof hello, deadline_ms, &late) &&
        send_all(r->fd, r->mailbox, hello.mailbox_bytes, deadline_ms, &late) &&
        send_all(
            r->fd, r->authserv, hello.authserv_bytes, deadline_ms, &late) &&
        send_all(r->fd, r->names, hello.names_bytes, deadline_ms, &late))
        return RES_OK;
    child_end(r, late, why);
    return fault_set(f, RES_LATER, "a new reading process %s", why);
}

/* Reaps the child; one that is about to die by itself is given a moment, for
 * how it died is what a person wants to know. */
static int
reap(pid_t pid, bool late)
{
    struct pollfd gone = {.fd = pidfd_open(pid, 0), .events = POLLIN};
    int status = 0;

    if (late || gone.fd < 0 || poll(&gone, 1, READER_GRACE_MS) <= 0)
        (void)kill(pid, SIGKILL);
    if (gone.fd >= 0)
        (void)close(gone.fd);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    return status;
}

/* Says in a few words how it ended, as what "it" did. */
static void
child_end(struct reader *r, bool late, char why[READER_STATUS_MAX])
{
    int status;

    why[0] = '\0';
    if (r->pid <= 0)
        return;
    (void)shutdown(r->fd, SHUT_RDWR);
    status = reap(r->pid, late);
    r->pid = 0;
    (void)close(r->fd);
    (void)close(r->marks_fd);
    r->fd = r->marks_fd = -1;
    if (late)
        (void)snprintf(
            why, READER_STATUS_MAX, "took longer than %d s", r->limits.time_s);
    else if ((WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT) ||
             (WIFEXITED(status) && WEXITSTATUS(status) == READER_EX_ABORT))
        (void)snprintf(why, READER_STATUS_MAX,
            "gave up, perhaps over its %d MiB of memory", r->limits.memory_mib);
    else if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS)
        (void)snprintf(
            why, READER_STATUS_MAX, "tried what no reading needs (SIGSYS)");
    else if (WIFSIGNALED(status))
        (void)snprintf(why, READER_STATUS_MAX, "crashed (SIG%s)",
            sigabbrev_np(WTERMSIG(status)));
    else
        (void)snprintf(why, READER_STATUS_MAX, "ended with status %d",
            WEXITSTATUS(status));
}
