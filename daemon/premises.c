/* SPDX-License-Identifier: ISC */
/* Enters the premises, or says why not.  The lock is flock(2), not a pid
 * file: it belongs to the open file that all workers inherit, so that it is
 * free exactly when the last of them is gone, however they went.  Two
 * supervisors over one store would be two senders of the same letters. */
#include "daemon/premises.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "daemon/log.h"
#include "daemon/worker.h"
#include "lists/issue.h"
#include "lists/store.h"
#include "lists/token.h"

enum {
    LOCK_TRIES = 100,
    LOCK_PAUSE_MS = 50,
    BACKLOG = 64
};

static enum result state_dir(const struct conf *c, struct fault *f);
static enum result lock(const struct conf *c, int *fd, struct fault *f);
static bool is_there(void *arg, const struct issue *i);
static enum result store_and_key(const struct conf *c, struct fault *f);
static enum result listen_at(const struct conf *c, int *fd, struct fault *f);
static enum result remove_stale(const struct sockaddr_un *at, struct fault *f);
static void make_folder_of(const char *path);

enum result
premises_enter(const struct conf *c, struct premises *out, struct fault *f)
{
    struct premises p = {-1, -1};
    enum result r = state_dir(c, f);

    if (r == RES_OK)
        r = lock(c, &p.lock_fd, f);
    if (r == RES_OK)
        r = store_and_key(c, f);
    if (r == RES_OK)
        r = listen_at(c, &p.listen_fd, f);
    if (r == RES_OK)
        *out = p;
    else if (p.lock_fd >= 0)
        (void)close(p.lock_fd);
    return r;
}

void
premises_leave(const struct conf *c, struct premises *p)
{
    (void)unlink(c->socket);
    (void)close(p->listen_fd);
    (void)close(p->lock_fd);
    p->listen_fd = p->lock_fd = -1;
}

enum result
premises_socket_mode(const struct conf *c, struct fault *f)
{
    struct group *g;
    mode_t mode = 0600;

    if (c->socket_group[0] != '\0') {
        g = getgrnam(c->socket_group);
        if (g == NULL || chown(c->socket, (uid_t)-1, g->gr_gid) != 0)
            return fault_set(f, RES_NEVER,
                "%s cannot be given to group %s: %s (are we a member of it?)",
                c->socket, c->socket_group,
                g == NULL ? "no such group" : strerror(errno));
        mode = 0660;
    }
    if (chmod(c->socket, mode) != 0)
        return fault_set(
            f, RES_NEVER, "socket %s: %s", c->socket, strerror(errno));
    return RES_OK;
}

static enum result
state_dir(const struct conf *c, struct fault *f)
{
    struct stat st;

    if (mkdir(c->state_dir, 0700) != 0 && errno != EEXIST)
        return fault_set(f, RES_NEVER, "state-dir %s cannot be made: %s",
            c->state_dir, strerror(errno));
    if (stat(c->state_dir, &st) != 0)
        return fault_set(
            f, RES_NEVER, "state-dir %s: %s", c->state_dir, strerror(errno));
    if (!S_ISDIR(st.st_mode))
        return fault_set(
            f, RES_NEVER, "state-dir %s is not a folder", c->state_dir);
    if (st.st_uid != geteuid())
        return fault_set(f, RES_NEVER,
            "state-dir %s belongs to user %ld, not to us (%ld): chown it, or "
            "start as that user",
            c->state_dir, (long)st.st_uid, (long)geteuid());
    if ((st.st_mode & 0077) != 0 && chmod(c->state_dir, 0700) != 0)
        return fault_set(f, RES_NEVER, "state-dir %s cannot be closed: %s",
            c->state_dir, strerror(errno));
    return RES_OK;
}

static enum result
lock(const struct conf *c, int *out, struct fault *f)
{
    const struct timespec pause = {0, LOCK_PAUSE_MS * 1000000L};
    char path[4096], holder[32];
    int fd, tries = 0;
    ssize_t n;

    (void)snprintf(path, sizeof path, "%s/lock", c->state_dir);
    fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return fault_set(f, RES_NEVER, "%s: %s", path, strerror(errno));
    while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        if (errno == EINTR)
            continue;
        if (errno == EWOULDBLOCK && ++tries < LOCK_TRIES) {
            (void)nanosleep(&pause, NULL);
            continue;
        }
        n = pread(fd, holder, sizeof holder - 1, 0);
        holder[n > 0 ? n : 0] = '\0';
        holder[strspn(holder, "0123456789")] = '\0';
        (void)close(fd);
        return fault_set(f, RES_LATER,
            "state-dir %s is in use by another rummelig-maild (process %s) or "
            "its workers: stop that one first",
            c->state_dir, holder[0] == '\0' ? "?" : holder);
    }
    /* For the words above only: a failure changes nothing. */
    if (ftruncate(fd, 0) == 0)
        (void)dprintf(fd, "%ld\n", (long)getpid());
    *out = fd;
    return RES_OK;
}

/* Opened and closed again: this makes or migrates the store while nobody
 * else is in it, and a failure is told to whoever started us. */
static enum result
store_and_key(const struct conf *c, struct fault *f)
{
    struct token_key *key = NULL;
    struct store *st = NULL;
    char path[4096];
    bool used = false, fresh;
    enum result r = store_open(c->store, &st, f);

    if (r != RES_OK)
        return fault_at(f, r, "store");
    r = issue_each(st, -1, false, 0, 1, is_there, &used, f);
    store_close(st);
    if (r != RES_OK && r != RES_NONE)
        return fault_at(f, r, "store");
    worker_token_key_path(c, path);
    fresh = access(path, F_OK) != 0;
    r = token_key_open(path, &key, f);
    if (r != RES_OK)
        return fault_at(f, r, "token key");
    token_key_free(key);
    if (fresh && used)
        log_warn("%s was not there and is made anew: unsubscribe links and "
                 "bounces of the letters in the store are not understood any "
                 "more; stop, and bring back the old one if there is a copy",
            log_quote(path));
    return RES_OK;
}

static bool
is_there(void *arg, const struct issue *i)
{
    bool *there = arg;

    *there = i->id > 0;
    return false;
}

static enum result
listen_at(const struct conf *c, int *out, struct fault *f)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    mode_t before;
    enum result r;
    int fd, bound;

    (void)snprintf(at.sun_path, sizeof at.sun_path, "%s", c->socket);
    make_folder_of(c->socket);
    r = remove_stale(&at, f);
    if (r != RES_OK)
        return r;
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return fault_set(f, RES_STOP, "socket: %s", strerror(errno));
    before = umask(0177); /* nobody connects before the group is right */
    bound = bind(fd, (const struct sockaddr *)&at, sizeof at);
    (void)umask(before);
    if (bound != 0) {
        r = fault_set(
            f, RES_NEVER, "socket %s: %s", c->socket, strerror(errno));
        goto out;
    }
    r = premises_socket_mode(c, f);
    if (r == RES_OK && listen(fd, BACKLOG) != 0)
        r = fault_set(
            f, RES_NEVER, "socket %s: %s", c->socket, strerror(errno));
    if (r != RES_OK) {
        (void)unlink(c->socket);
        goto out;
    }
    *out = fd;
    fd = -1;
out:
    if (fd >= 0)
        (void)close(fd);
    return r;
}

/* Removes a socket that nobody answers at, and nothing else. */
static enum result
remove_stale(const struct sockaddr_un *at, struct fault *f)
{
    struct stat st;
    int fd, answered, error;

    if (lstat(at->sun_path, &st) != 0)
        return RES_OK;
    if (!S_ISSOCK(st.st_mode))
        return fault_set(f, RES_NEVER,
            "socket %s: there is something else, remove it", at->sun_path);
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return fault_set(f, RES_STOP, "socket: %s", strerror(errno));
    answered = connect(fd, (const struct sockaddr *)at, sizeof *at);
    error = errno;
    (void)close(fd);
    if (answered == 0 || error != ECONNREFUSED)
        return fault_set(f, RES_LATER,
            "socket %s: another daemon answers there", at->sun_path);
    if (unlink(at->sun_path) != 0)
        return fault_set(
            f, RES_NEVER, "socket %s: %s", at->sun_path, strerror(errno));
    return RES_OK;
}

/* /run is empty after each boot; under systemd RuntimeDirectory= does this.
 * A failure is told by bind(2). */
static void
make_folder_of(const char *path)
{
    char *folder = fault_strdup(path);
    char *slash = strrchr(folder, '/');

    if (slash != NULL && slash != folder) {
        *slash = '\0';
        if (mkdir(folder, 0755) == 0)
            (void)chmod(folder, 0755); /* whatever the umask */
    }
    free(folder);
}
