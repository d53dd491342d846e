/* SPDX-License-Identifier: ISC */
/* A password is fetched at the moment it is needed and never kept: the
 * configuration holds only the place where it lies.
 *
 * A file must belong to root or to us, nobody but its owner may write it, and
 * others may not read it.  Its group may read it only where that group is
 * our own or root's: "root:rummelig-mail 0640" is how a password is given to
 * a daemon that shall not change it, and systemd's credentials are 0440 of
 * root; any other group is somebody else.
 *
 * A command runs in a process group of its own, so that all it has started
 * can be ended with it, and with an empty environment: nothing of ours that
 * it could tell, and the same result under systemd as in a shell.  Its
 * stderr is ours: the admin sees why it failed. */
#include "daemon/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <paths.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "daemon/watch.h"

enum {
    COMMAND_LIMIT_MS = 10000,
    READS_MAX = 64 /* at a time, of a command that writes without end */
};

static enum result
from_file(struct secret_job *j, const char *path, struct fault *f);
static enum result may_trust(const char *what, const char *path, bool any_owner,
    const struct stat *st, struct fault *f);
static enum result
from_command(struct secret_job *j, const char *command, struct fault *f);
static int start(const char *command, int out_fd, pid_t *pid);
static bool watch(struct secret_job *j);
static void listen_to(struct secret_job *j);
static void clear(struct secret_job *j);
static enum result
verdict(const struct secret_job *j, int status, bool in_time, struct fault *f);
static enum result
first_line(struct secret_job *j, const char *how, struct fault *f);
static int64_t now_ms(void);

enum result
secret_fetch(const struct conf_secret *where, const struct watch *w,
    char out[SECRET_MAX], struct fault *f)
{
    struct secret_job j;
    enum result r = secret_begin(&j, "password", where, f);

    if (r != RES_OK)
        return r;
    while ((r = secret_more(&j, out, f)) == RES_NONE)
        secret_await(&j, w);
    return r;
}

void
secret_await(const struct secret_job *j, const struct watch *w)
{
    struct pollfd p = {.fd = j->fd, .events = POLLIN};
    int wait_ms = secret_wait_ms(j);

    watch_alive(w);
    (void)poll(&p, 1, wait_ms < WATCH_MS ? wait_ms : WATCH_MS);
}

enum result
secret_begin(struct secret_job *j, const char *noun,
    const struct conf_secret *where, struct fault *f)
{
    enum result r;

    memset(j, 0, sizeof *j);
    j->fd = j->pid_fd = j->out_fd = -1;
    j->noun = noun;
    if (where->file[0] != '\0')
        r = from_file(j, where->file, f);
    else if (where->command[0] != '\0')
        r = from_command(j, where->command, f);
    else
        r = fault_set(
            f, RES_NEVER, "no %s: set %s-file or %s-command", noun, noun, noun);
    if (r != RES_OK)
        clear(j);
    return r;
}

enum result
secret_more(struct secret_job *j, char out[SECRET_MAX], struct fault *f)
{
    enum result r = RES_OK;
    int status = 0;
    bool in_time;

    if (j->pid > 0) {
        listen_to(j);
        in_time = j->ended;
        if (!j->ended && now_ms() < j->end_ms)
            return RES_NONE;
        /* Not yet waited for, so its group's number is still its own. */
        (void)kill(-j->pid, SIGKILL);
        while (waitpid(j->pid, &status, 0) < 0 && errno == EINTR)
            continue;
        j->pid = 0;
        r = verdict(j, status, in_time, f);
        if (r == RES_OK)
            r = first_line(j, "-command", f);
    }
    if (r == RES_OK)
        memcpy(out, j->out, SECRET_MAX);
    clear(j);
    return r;
}

int
secret_wait_ms(const struct secret_job *j)
{
    int64_t left_ms = j->end_ms - now_ms();

    return j->pid <= 0 || left_ms < 0 ? 0 : (int)left_ms + 1;
}

void
secret_stop(struct secret_job *j)
{
    if (j->pid > 0) {
        (void)kill(-j->pid, SIGKILL);
        while (waitpid(j->pid, NULL, 0) < 0 && errno == EINTR)
            continue;
    }
    j->pid = 0;
    clear(j);
}

static void
clear(struct secret_job *j)
{
    int *const fd[] = {&j->fd, &j->pid_fd, &j->out_fd};

    for (int i = 0; i < 3; i++) {
        if (*fd[i] >= 0)
            (void)close(*fd[i]);
        *fd[i] = -1;
    }
    explicit_bzero(j->out, sizeof j->out);
}

void
secret_wipe(char s[SECRET_MAX])
{
    explicit_bzero(s, SECRET_MAX);
}

static enum result
from_file(struct secret_job *j, const char *path, struct fault *f)
{
    char what[40], how[220];
    enum result r;
    ssize_t n;
    int fd = -1;

    (void)snprintf(what, sizeof what, "%s-file", j->noun);
    r = secret_open(what, path, false, &fd, f);
    if (r != RES_OK)
        return r;
    n = read(fd, j->out, SECRET_MAX);
    j->n = n > 0 ? (size_t)n : 0;
    if (n < 0) {
        r = fault_set(f, RES_NEVER, "%s %s: %s", what, path, strerror(errno));
    } else {
        (void)snprintf(how, sizeof how, "-file %s", path);
        r = first_line(j, how, f);
    }
    (void)close(fd);
    return r;
}

enum result
secret_open(const char *what, const char *path, bool any_owner, int *fd,
    struct fault *f)
{
    int opened = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    enum result r;
    struct stat st;

    if (opened < 0)
        return fault_set(
            f, RES_NEVER, "%s %s: %s", what, path, strerror(errno));
    if (fstat(opened, &st) != 0)
        r = fault_set(f, RES_NEVER, "%s %s: %s", what, path, strerror(errno));
    else
        r = may_trust(what, path, any_owner, &st, f);
    if (r == RES_OK)
        *fd = opened;
    else
        (void)close(opened);
    return r;
}

static enum result
may_trust(const char *what, const char *path, bool any_owner,
    const struct stat *st, struct fault *f)
{
    if (!S_ISREG(st->st_mode))
        return fault_set(
            f, RES_NEVER, "%s %s is not a regular file", what, path);
    if (st->st_size == 0)
        return fault_set(f, RES_NEVER, "%s %s is empty", what, path);
    if (!any_owner && st->st_uid != 0 && st->st_uid != geteuid())
        return fault_set(f, RES_NEVER,
            "%s %s belongs to user %ld: it must be ours or root's", what, path,
            (long)st->st_uid);
    if ((st->st_mode & 0037) != 0)
        return fault_set(f, RES_NEVER,
            "%s %s has mode %04o, others may get at it: chmod 600", what, path,
            (unsigned)st->st_mode & 07777U);
    if ((st->st_mode & 0040) != 0 && st->st_gid != 0 && st->st_gid != getegid())
        return fault_set(f, RES_NEVER,
            "%s %s can be read by group %ld, which is not ours: chmod 600",
            what, path, (long)st->st_gid);
    return RES_OK;
}

static enum result
from_command(struct secret_job *j, const char *command, struct fault *f)
{
    int pipe_fd[2];
    int error;

    if (pipe2(pipe_fd, O_CLOEXEC) != 0)
        return fault_set(
            f, RES_LATER, "%s-command: %s", j->noun, strerror(errno));
    error = start(command, pipe_fd[1], &j->pid);
    (void)close(pipe_fd[1]);
    j->out_fd = pipe_fd[0];
    if (error != 0) {
        j->pid = 0;
        return fault_set(
            f, RES_LATER, "%s-command: %s", j->noun, strerror(error));
    }
    j->end_ms = now_ms() + COMMAND_LIMIT_MS;
    if (watch(j))
        return RES_OK;
    (void)fault_set(f, RES_LATER, "%s-command: %s", j->noun, strerror(errno));
    secret_stop(j);
    return RES_LATER;
}

/* Its end and its words behind one descriptor. */
static bool
watch(struct secret_job *j)
{
    struct epoll_event ev = {.events = EPOLLIN};

    j->pid_fd = pidfd_open(j->pid, 0);
    j->fd = epoll_create1(EPOLL_CLOEXEC);
    return j->pid_fd >= 0 && j->fd >= 0 &&
           fcntl(j->out_fd, F_SETFL, O_NONBLOCK) == 0 &&
           epoll_ctl(j->fd, EPOLL_CTL_ADD, j->pid_fd, &ev) == 0 &&
           epoll_ctl(j->fd, EPOLL_CTL_ADD, j->out_fd, &ev) == 0;
}

/* Returns 0 or an errno. */
static int
start(const char *command, int out_fd, pid_t *pid)
{
    char path[] = "PATH=" _PATH_STDPATH;
    char sh[] = "sh", c[] = "-c", copy[4096];
    char *argv[] = {sh, c, copy, NULL}, *environment[] = {path, NULL};
    posix_spawn_file_actions_t files;
    posix_spawnattr_t how;
    sigset_t none, all;
    int error;

    if ((size_t)snprintf(copy, sizeof copy, "%s", command) >= sizeof copy)
        return E2BIG;
    (void)sigemptyset(&none);
    (void)sigfillset(&all);
    if (posix_spawn_file_actions_init(&files) != 0)
        fault_no_memory();
    if (posix_spawnattr_init(&how) != 0)
        fault_no_memory();
    (void)posix_spawn_file_actions_addopen(
        &files, STDIN_FILENO, _PATH_DEVNULL, O_RDONLY, 0);
    (void)posix_spawn_file_actions_adddup2(&files, out_fd, STDOUT_FILENO);
    (void)posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
    (void)posix_spawnattr_setflags(&how,
        POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    (void)posix_spawnattr_setpgroup(&how, 0);
    (void)posix_spawnattr_setsigmask(&how, &none);
    (void)posix_spawnattr_setsigdefault(&how, &all);
    error = posix_spawn(pid, _PATH_BSHELL, &files, &how, argv, environment);
    (void)posix_spawn_file_actions_destroy(&files);
    (void)posix_spawnattr_destroy(&how);
    return error;
}

/* Reads what there is; what is more than SECRET_MAX is thrown away.  It has
 * ended when the command has, and all that it had written then is read: who
 * keeps its end of the pipe in the background is not waited for. */
static void
listen_to(struct secret_job *j)
{
    struct pollfd p = {.fd = j->pid_fd, .events = POLLIN};
    char more[512];
    ssize_t k = 1;

    j->ended = poll(&p, 1, 0) == 1;
    for (int i = 0; i < READS_MAX && k > 0; i++) {
        k = j->n < SECRET_MAX
                ? read(j->out_fd, j->out + j->n, SECRET_MAX - j->n)
                : read(j->out_fd, more, sizeof more);
        if (k > 0 && j->n < SECRET_MAX)
            j->n += (size_t)k;
    }
    if (k == 0) /* end of file: readable for ever, and of no more use */
        (void)epoll_ctl(j->fd, EPOLL_CTL_DEL, j->out_fd, NULL);
    explicit_bzero(more, sizeof more);
}

static enum result
verdict(const struct secret_job *j, int status, bool in_time, struct fault *f)
{
    if (!in_time)
        return fault_set(f, RES_LATER,
            "%s-command took longer than %d s and was ended", j->noun,
            COMMAND_LIMIT_MS / 1000);
    if (WIFSIGNALED(status))
        return fault_set(f, RES_LATER, "%s-command was ended by signal %d",
            j->noun, WTERMSIG(status));
    if (WEXITSTATUS(status) != 0)
        return fault_set(f, RES_LATER, "%s-command ended with status %d",
            j->noun, WEXITSTATUS(status));
    return RES_OK;
}

/* Cuts j->out, j->n bytes of it, after its first line. */
static enum result
first_line(struct secret_job *j, const char *how, struct fault *f)
{
    char *end = memchr(j->out, '\n', j->n);
    size_t length = end == NULL ? j->n : (size_t)(end - j->out);

    if (length > 0 && j->out[length - 1] == '\r')
        length--;
    if (length == 0)
        return fault_set(
            f, RES_NEVER, "%s%s: the first line is empty", j->noun, how);
    if (length >= SECRET_MAX)
        return fault_set(f, RES_NEVER, "%s%s: the first line is longer than %d",
            j->noun, how, SECRET_MAX - 1);
    if (memchr(j->out, '\0', length) != NULL)
        return fault_set(
            f, RES_NEVER, "%s%s: there is a NUL in it", j->noun, how);
    j->out[length] = '\0';
    return RES_OK;
}

static int64_t
now_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}
