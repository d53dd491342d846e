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
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    COMMAND_LIMIT_MS = 10000
};

static enum result from_file(const char *path, char *out, struct fault *f);
static enum result
from_command(const char *command, char *out, struct fault *f);
static enum result may_trust(const char *what, const char *path, bool any_owner,
    const struct stat *st, struct fault *f);
static int start(const char *command, int out_fd, pid_t *pid);
static bool listen_to(pid_t pid, int fd, char *out, size_t *n);
static enum result verdict(int status, bool in_time, struct fault *f);
static enum result
first_line(const char *what, char *out, size_t n, struct fault *f);
static int64_t now_ms(void);

enum result
secret_fetch(
    const struct conf_secret *where, char out[SECRET_MAX], struct fault *f)
{
    char secret[SECRET_MAX];
    enum result r;

    if (where->file[0] != '\0')
        r = from_file(where->file, secret, f);
    else if (where->command[0] != '\0')
        r = from_command(where->command, secret, f);
    else
        r = fault_set(
            f, RES_NEVER, "no password: set password-file or password-command");
    if (r == RES_OK)
        memcpy(out, secret, sizeof secret);
    secret_wipe(secret);
    return r;
}

void
secret_wipe(char s[SECRET_MAX])
{
    explicit_bzero(s, SECRET_MAX);
}

static enum result
from_file(const char *path, char *out, struct fault *f)
{
    enum result r;
    ssize_t n;
    int fd = -1;

    r = secret_open("password-file", path, false, &fd, f);
    if (r != RES_OK)
        return r;
    n = read(fd, out, SECRET_MAX);
    if (n < 0)
        r = fault_set(
            f, RES_NEVER, "password-file %s: %s", path, strerror(errno));
    else
        r = first_line("password-file", out, (size_t)n, f);
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
from_command(const char *command, char *out, struct fault *f)
{
    int pipe_fd[2], status = 0;
    size_t n = 0;
    bool in_time;
    enum result r;
    pid_t pid;
    int error;

    if (pipe2(pipe_fd, O_CLOEXEC) != 0)
        return fault_set(f, RES_LATER, "password-command: %s", strerror(errno));
    error = start(command, pipe_fd[1], &pid);
    (void)close(pipe_fd[1]);
    if (error != 0) {
        (void)close(pipe_fd[0]);
        return fault_set(f, RES_LATER, "password-command: %s", strerror(error));
    }
    in_time = listen_to(pid, pipe_fd[0], out, &n);
    (void)close(pipe_fd[0]);
    /* Not yet waited for, so its group's number is still its own. */
    (void)kill(-pid, SIGKILL);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    r = verdict(status, in_time, f);
    return r != RES_OK ? r : first_line("password-command", out, n, f);
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

/* Reads until the command has ended and all it wrote is read; what is more
 * than SECRET_MAX is thrown away.  False: it took too long. */
static bool
listen_to(pid_t pid, int fd, char *out, size_t *n)
{
    int64_t end_ms = now_ms() + COMMAND_LIMIT_MS, left_ms;
    int pid_fd = pidfd_open(pid, 0);
    struct pollfd p[2] = {
        {.fd = pid_fd, .events = POLLIN}, {.fd = fd, .events = POLLIN}};
    char more[512];
    bool ended = false;
    ssize_t k;

    while ((left_ms = end_ms - now_ms()) > 0) {
        if (poll(p, 2, ended ? 0 : (int)left_ms) < 0)
            continue; /* EINTR: revents is from the turn before */
        ended = ended || (p[0].revents & POLLIN) != 0;
        if ((p[1].revents & (POLLIN | POLLHUP)) != 0) {
            k = *n < SECRET_MAX ? read(fd, out + *n, SECRET_MAX - *n)
                                : read(fd, more, sizeof more);
            if (k > 0 && *n < SECRET_MAX)
                *n += (size_t)k;
            if (k > 0)
                continue;
            p[1].fd = -1; /* end of file */
            p[1].revents = 0;
        }
        if (ended)
            break;
    }
    explicit_bzero(more, sizeof more);
    (void)close(pid_fd);
    return ended;
}

static enum result
verdict(int status, bool in_time, struct fault *f)
{
    if (!in_time)
        return fault_set(f, RES_LATER,
            "password-command took longer than %d s and was ended",
            COMMAND_LIMIT_MS / 1000);
    if (WIFSIGNALED(status))
        return fault_set(f, RES_LATER,
            "password-command was ended by signal %d", WTERMSIG(status));
    if (WEXITSTATUS(status) != 0)
        return fault_set(f, RES_LATER, "password-command ended with status %d",
            WEXITSTATUS(status));
    return RES_OK;
}

/* Cuts out, n bytes of it, after its first line. */
static enum result
first_line(const char *what, char *out, size_t n, struct fault *f)
{
    char *end = memchr(out, '\n', n);
    size_t length = end == NULL ? n : (size_t)(end - out);

    if (length > 0 && out[length - 1] == '\r')
        length--;
    if (length == 0)
        return fault_set(f, RES_NEVER, "%s: the first line is empty", what);
    if (length >= SECRET_MAX)
        return fault_set(f, RES_NEVER, "%s: the first line is longer than %d",
            what, SECRET_MAX - 1);
    if (memchr(out, '\0', length) != NULL)
        return fault_set(f, RES_NEVER, "%s: there is a NUL in it", what);
    out[length] = '\0';
    return RES_OK;
}

static int64_t
now_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}
