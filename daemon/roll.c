/* SPDX-License-Identifier: ISC */
#include "daemon/roll.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>

/* Written by one process while others read: each number is whole by itself. */
struct entry {
    char name[ROLL_NAME_MAX]; /* before the first fork */
    atomic_int deaths, status;
    _Atomic int64_t started_s, died_s;
};
struct roll {
    size_t bytes;
    int n;
    struct entry entry[];
};

enum result
roll_make(int n, struct roll **out, struct fault *f)
{
    size_t bytes = sizeof(struct roll) + (size_t)n * sizeof(struct entry);
    struct roll *r = mmap(
        NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (r == MAP_FAILED)
        return fault_set(f, RES_STOP, "roll: %s", strerror(errno));
    r->bytes = bytes;
    r->n = n;
    *out = r;
    return RES_OK;
}

void
roll_free(struct roll *r)
{
    if (r != NULL)
        (void)munmap(r, r->bytes);
}

void
roll_name(struct roll *r, int i, const char *name)
{
    (void)snprintf(r->entry[i].name, sizeof r->entry[i].name, "%s", name);
}

void
roll_started(struct roll *r, int i, int64_t now_s)
{
    r->entry[i].started_s = now_s;
}

void
roll_died(struct roll *r, int i, int status, int64_t now_s)
{
    struct entry *e = &r->entry[i];

    if (now_s - e->started_s >= ROLL_PROVEN_S)
        e->deaths = 0;
    e->status = status;
    e->died_s = now_s;
    e->deaths++;
}

void
roll_close(struct roll *r)
{
    (void)mprotect(r, r->bytes, PROT_READ);
}

int
roll_workers(const struct roll *r)
{
    return r->n;
}

bool
roll_troubled(const struct roll *r, int i, int64_t now_s, struct roll_word *out)
{
    const struct entry *e = &r->entry[i];
    int status = e->status;

    out->deaths = e->deaths;
    out->died_s = e->died_s;
    out->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    out->status = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
    memcpy(out->name, e->name, sizeof out->name);
    return out->deaths >= ROLL_AGAIN_MIN &&
           !(e->started_s >= out->died_s &&
               now_s - e->started_s >= ROLL_PROVEN_S);
}
