/* SPDX-License-Identifier: ISC */
/* Fairness between the processes that write to one embedded store.
 *
 * SQLite's lock has no queue: who waits asks again from time to time, and who
 * writes chunk after chunk has the lock again before anyone has asked.  A
 * sender beside a large import would wait for seconds.  So whoever waits says
 * so, by a shared lock on a byte of a file beside the store, and whoever comes
 * looks there first and lets those who wait already go before him.  Nobody
 * ever waits *for* that lock, so it cannot block, and the kernel takes it from
 * a process that is killed.  Courtesy only: it protects nothing, and the
 * patience of who gives way has an end.
 *
 * Open file description locks, because those of POSIX are the process's: they
 * would vanish when another store of the same process is closed. */
#include "lists/store_own.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    PATH_BYTES = 4096,
    LOOK_US = 100,
    /* While waiting, asks at once and again: a sender's turn is over in less
     * than a ms, and to sleep longer than it takes halves what two of them
     * send.  Then for the end of a longer one; then for that of somebody who
     * does not come to an end. */
    ASK_SOON_US = 100,
    ASK_SOON_TIMES = 20,
    ASK_US = 1000,
    ASK_TIMES = 120,
    ASK_LATER_US = 5000
};

static void announce(struct store_turn *t, bool waiting);
static void pause_us(int us);

enum result
store_turn_open(const char *path, struct store_turn *t, struct fault *f)
{
    char name[PATH_BYTES];
    int n = snprintf(name, sizeof name, "%s-turn", path);

    if (n < 0 || (size_t)n >= sizeof name)
        return fault_set(f, RES_STOP, "the store's path is too long");
    t->fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (t->fd < 0)
        return fault_set(
            f, RES_STOP, "%.160s: cannot open: %s", name, strerror(errno));
    return RES_OK;
}

void
store_turn_close(struct store_turn *t)
{
    if (t->fd >= 0)
        (void)close(t->fd);
    t->fd = -1;
}

void
store_turn_begin(struct store_turn *t)
{
    struct flock lock;
    int us;

    for (us = 0; us < TURN_GIVE_WAY_US; us += LOOK_US) {
        lock =
            (struct flock){.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 1};
        if (fcntl(t->fd, F_OFD_GETLK, &lock) != 0 || lock.l_type == F_UNLCK)
            break;
        pause_us(LOOK_US);
    }
    t->beginning = true;
}

void
store_turn_begun(struct store_turn *t)
{
    t->beginning = false;
    if (t->announced)
        announce(t, false);
}

int
store_turn_ask(void *turn, int times)
{
    struct store_turn *t = turn;
    int us = times < ASK_SOON_TIMES ? ASK_SOON_US
             : times < ASK_TIMES    ? ASK_US
                                    : ASK_LATER_US;

    if (times == 0)
        t->waited_us = 0;
    if (t->waited_us / 1000 >= t->patience_ms)
        return 0;
    if (t->beginning && !t->announced)
        announce(t, true);
    t->waited_us += us;
    pause_us(us);
    return 1;
}

static void
announce(struct store_turn *t, bool waiting)
{
    struct flock lock = {.l_type = waiting ? F_RDLCK : F_UNLCK,
        .l_whence = SEEK_SET,
        .l_len = 1};

    (void)fcntl(t->fd, F_OFD_SETLK, &lock);
    t->announced = waiting;
}

static void
pause_us(int us)
{
    const struct timespec pause = {.tv_nsec = (long)us * 1000};

    (void)nanosleep(&pause, NULL);
}
