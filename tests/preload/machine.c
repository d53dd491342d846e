/* SPDX-License-Identifier: ISC */
/* A machine that suffers, for our daemon in a test: its clock is set, its
 * power fails, it boots again.  Preloaded by tests/scenarios/;
 * no part of the program.
 *
 *   MACHINE_CLOCK=FILE  the wall clock is off by the seconds that stand there
 *   MACHINE_STEADY=FILE  and so is the monotonic one
 *   MACHINE_BOOT=FILE   stands for /proc/sys/kernel/random/boot_id
 *   MACHINE_STORE=PATH and MACHINE_DISK=FOLDER  what was written to PATH and
 *       PATH-wal is copied to FOLDER when it is synced, and never before: what
 *       a disk holds after the power has failed at its worst.
 *   MACHINE_FOLDERS=FILE  the path of each folder that is synced is written
 * there MACHINE_KEYLESS=FILE  while it is there, no Ed25519 key can sign
 *
 * The copy is whole and takes the file's place at once, under a lock, so that
 * a kill in its midst leaves the older one: that sync had not come back. */
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define REAL(f) (*(void **)&real = dlsym(RTLD_NEXT, f))

/* --- the clock ------------------------------------------------------------ */

static time_t
off(const char *which)
{
    const char *path = getenv(which);
    char text[32];
    ssize_t n;
    int fd;

    if (path == NULL || (fd = open(path, O_RDONLY | O_CLOEXEC)) < 0)
        return 0;
    n = read(fd, text, sizeof text - 1);
    (void)close(fd);
    text[n > 0 ? n : 0] = '\0';
    return (time_t)strtol(text, NULL, 10);
}

int
clock_gettime(clockid_t clock, struct timespec *t)
{
    int (*real)(clockid_t, struct timespec *);
    int r;

    REAL("clock_gettime");
    r = real(clock, t);
    if (r == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
        t->tv_sec += off("MACHINE_CLOCK");
    else if (r == 0 && clock == CLOCK_MONOTONIC)
        t->tv_sec += off("MACHINE_STEADY");
    return r;
}

time_t
time(time_t *out)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_REALTIME, &t);
    if (out != NULL)
        *out = t.tv_sec;
    return t.tv_sec;
}

int
gettimeofday(struct timeval *restrict out, void *restrict zone)
{
    struct timespec t;

    (void)zone;
    (void)clock_gettime(CLOCK_REALTIME, &t);
    out->tv_sec = t.tv_sec;
    out->tv_usec = t.tv_nsec / 1000;
    return 0;
}

/* --- the boot ------------------------------------------------------------- */

static const char *
moved(const char *path)
{
    const char *boot = getenv("MACHINE_BOOT");

    return boot != NULL && strcmp(path, "/proc/sys/kernel/random/boot_id") == 0
               ? boot
               : path;
}

int
open(const char *path, int flags, ...)
{
    int (*real)(const char *, int, ...);
    va_list more;
    mode_t mode = 0;

    if ((flags & (O_CREAT | O_TMPFILE)) != 0) {
        va_start(more, flags);
        mode = va_arg(more, mode_t);
        va_end(more);
    }
    REAL("open");
    return real(moved(path), flags, mode);
}

int
open64(const char *path, int flags, ...)
{
    va_list more;
    mode_t mode = 0;

    if ((flags & (O_CREAT | O_TMPFILE)) != 0) {
        va_start(more, flags);
        mode = va_arg(more, mode_t);
        va_end(more);
    }
    return open(path, flags | O_LARGEFILE, mode);
}

/* --- the disk ------------------------------------------------------------- */

/* The tail of a file of the store, "" or "-wal"; NULL: it is none. */
static const char *
tail_of(const char *path)
{
    const char *store = getenv("MACHINE_STORE");
    size_t n = store != NULL ? strlen(store) : 0;

    if (n == 0 || strncmp(path, store, n) != 0)
        return NULL;
    path += n;
    return strcmp(path, "") == 0 || strcmp(path, "-wal") == 0 ? path : NULL;
}

static void
on_disk(int fd)
{
    const char *folder = getenv("MACHINE_DISK"), *tail;
    char link[64], path[PATH_MAX], to[PATH_MAX], now[PATH_MAX];
    struct stat s;
    ssize_t n;
    int lock, out;
    off_t at = 0;

    (void)snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    n = readlink(link, path, sizeof path - 1);
    if (folder == NULL || n < 0)
        return;
    path[n] = '\0';
    if ((tail = tail_of(path)) == NULL)
        return;
    (void)snprintf(to, sizeof to, "%s/lock", folder);
    lock = open(to, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    (void)flock(lock, LOCK_EX);
    (void)snprintf(to, sizeof to, "%s/store%s", folder, tail);
    (void)snprintf(now, sizeof now, "%s.new", to);
    out = open(now, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (out < 0 || fstat(fd, &s) != 0)
        abort();
    while (
        at < s.st_size && sendfile(out, fd, &at, (size_t)(s.st_size - at)) > 0)
        ;
    if (at != s.st_size || rename(now, to) != 0)
        abort();
    (void)close(out);
    (void)close(lock);
}

/* A file that is gone stays so: the worst would be an old log beside a newer
 * store, which no file system that keeps its order can leave. */
int
unlink(const char *path)
{
    int (*real)(const char *);
    const char *folder = getenv("MACHINE_DISK"), *tail = tail_of(path);
    char to[PATH_MAX];

    REAL("unlink");
    if (folder != NULL && tail != NULL) {
        (void)snprintf(to, sizeof to, "%s/store%s", folder, tail);
        (void)real(to);
    }
    return real(path);
}

static void
note_folder(int fd)
{
    const char *file = getenv("MACHINE_FOLDERS");
    char link[64], path[PATH_MAX];
    struct stat s;
    ssize_t n;
    int out;

    if (file == NULL || fstat(fd, &s) != 0 || !S_ISDIR(s.st_mode))
        return;
    (void)snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    n = readlink(link, path, sizeof path - 1);
    out = open(file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (n < 0 || dprintf(out, "%.*s\n", (int)n, path) < 0)
        abort();
    (void)close(out);
}

int
fsync(int fd)
{
    int (*real)(int);
    int r;

    REAL("fsync");
    r = real(fd);
    if (r == 0) {
        on_disk(fd);
        note_folder(fd);
    }
    return r;
}

int
fdatasync(int fd)
{
    int (*real)(int);
    int r;

    REAL("fdatasync");
    r = real(fd);
    if (r == 0)
        on_disk(fd);
    return r;
}

/* --- libsodium ------------------------------------------------------------ */

int
crypto_sign_detached(unsigned char *out, unsigned long long *out_n,
    const unsigned char *in, unsigned long long n, const unsigned char *key)
{
    int (*real)(unsigned char *, unsigned long long *, const unsigned char *,
        unsigned long long, const unsigned char *);
    const char *keyless = getenv("MACHINE_KEYLESS");

    if (keyless != NULL && access(keyless, F_OK) == 0)
        return -1;
    REAL("crypto_sign_detached");
    return real(out, out_n, in, n, key);
}
