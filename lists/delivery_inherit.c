/* SPDX-License-Identifier: ISC */
/* What workers left that do not come back: their leases, and the rows under
 * them, of which delivery_recover() knows what becomes.
 *
 * Who is dead is known without asking anyone.  Of this machine, nobody of
 * another boot lives, nor anyone whose name is not in the crew, since a crew
 * begins when the one before has ended; who is in it comes back and takes over
 * himself.  Of another machine only the time tells.  Beside delivery.c the
 * only file that writes table lease. */
#include "lists/delivery.h"

#include <stdio.h>
#include <string.h>

#include "lists/store.h"

enum {
    HEIR_MAX = 32, /* leases that are taken over in one call */
    WORKER_MAX = 400
};

static enum result dead_leases(struct store *st,
    const struct delivery_crew *crew, int64_t now_s, int64_t ids[HEIR_MAX],
    int *n, struct fault *f);
static bool is_dead(const struct delivery_crew *crew, const char *worker,
    const char *boot_id, int64_t until_s, int64_t now_s);
static enum result inherit(struct store *st, const struct delivery_crew *crew,
    int64_t lease_id, int64_t now_s, int64_t *doubt, int64_t *waiting,
    struct fault *f);
static bool is_ours(const struct delivery_crew *crew, const char *worker);
static enum result
has_rows(struct store *st, int64_t lease_id, struct fault *f);
static enum result lease_rename(
    struct store *st, int64_t lease_id, const char *name, struct fault *f);
static enum result
lease_drop(struct store *st, int64_t lease_id, struct fault *f);

enum result
delivery_inherit(struct store *st, const struct delivery_crew *crew,
    int64_t now_s, int64_t *doubt, int64_t *waiting, struct fault *f)
{
    int64_t id[HEIR_MAX];
    enum result r;
    int n = 0, k;

    *doubt = *waiting = 0;
    r = dead_leases(st, crew, now_s, id, &n, f);
    if (r == RES_OK && n == 0)
        return RES_NONE;
    for (k = 0; r == RES_OK && k < n; k++)
        r = inherit(st, crew, id[k], now_s, doubt, waiting, f);
    return r;
}

static enum result
dead_leases(struct store *st, const struct delivery_crew *crew, int64_t now_s,
    int64_t ids[HEIR_MAX], int *n, struct fault *f)
{
    char worker[WORKER_MAX], boot_id[100];
    struct query *q = NULL;
    enum result r;

    r = store_prepare(
        st, "SELECT id, worker, boot_id, until_s FROM lease", &q, f);
    if (r != RES_OK)
        return r;
    while (*n < HEIR_MAX && (r = query_row(q, f)) == RES_OK) {
        query_get_copy(q, 1, worker, sizeof worker);
        query_get_copy(q, 2, boot_id, sizeof boot_id);
        if (is_dead(crew, worker, boot_id, query_get_int(q, 3), now_s) &&
            (is_ours(crew, worker) ||
                (r = has_rows(st, query_get_int(q, 0), f)) == RES_OK))
            ids[(*n)++] = query_get_int(q, 0);
        if (r != RES_OK && r != RES_NONE)
            break;
    }
    query_free(q);
    return r == RES_NONE ? RES_OK : r;
}

static bool
is_dead(const struct delivery_crew *crew, const char *worker,
    const char *boot_id, int64_t until_s, int64_t now_s)
{
    size_t n = strlen(crew->node);

    if (!is_ours(crew, worker))
        return until_s < now_s;
    if (strcmp(boot_id, crew->boot_id) != 0)
        return true;
    for (int i = 0; i < crew->n; i++)
        if (strcmp(worker + n + 1, crew->name[i]) == 0)
            return false;
    return true;
}

static bool
is_ours(const struct delivery_crew *crew, const char *worker)
{
    size_t n = strlen(crew->node);

    return strncmp(worker, crew->node, n) == 0 && worker[n] == '/';
}

static enum result
has_rows(struct store *st, int64_t lease_id, struct fault *f)
{
    struct query *q = NULL;
    enum result r;

    r = store_prepare(st,
        "SELECT 1 FROM delivery WHERE lease_id <> 0 AND lease_id = $1 LIMIT 1",
        &q, f);
    if (r != RES_OK)
        return r;
    query_int(q, "$1", lease_id);
    r = query_row(q, f);
    query_free(q);
    return r;
}

/* Looks again under the writer's lock: it may have been renewed meanwhile.
 * The dead worker's lease is given a name that nobody lives under. */
static enum result
inherit(struct store *st, const struct delivery_crew *crew, int64_t lease_id,
    int64_t now_s, int64_t *doubt, int64_t *waiting, struct fault *f)
{
    int64_t id[HEIR_MAX], doubts = 0, waits = 0;
    char name[40];
    bool dead = false;
    enum result r;
    int n = 0, k;

    r = store_begin(st, f);
    if (r != RES_OK)
        return r;
    r = dead_leases(st, crew, now_s, id, &n, f);
    for (k = 0; k < n; k++)
        dead = dead || id[k] == lease_id;
    if (r == RES_OK && dead) {
        (void)snprintf(name, sizeof name, "left %lld", (long long)lease_id);
        r = lease_rename(st, lease_id, name, f);
        if (r == RES_OK)
            r = delivery_recover(
                st, name, crew->boot_id, now_s, &doubts, &waits, f);
        if (r == RES_OK)
            r = lease_drop(st, lease_id, f);
    }
    r = store_end(st, r, f);
    if (r == RES_OK) {
        *doubt += doubts;
        *waiting += waits;
    }
    return r;
}

enum result
delivery_lease_time(
    struct store *st, int seconds, int64_t *at_s, struct fault *f)
{
    struct query *q = NULL;
    enum result r;

    r = store_prepare(st,
        "SELECT coalesce(max(until_s) - $1, 0) FROM lease WHERE until_s > 0",
        &q, f);
    if (r != RES_OK)
        return r;
    query_int(q, "$1", seconds);
    r = query_row(q, f);
    if (r == RES_OK)
        *at_s = query_get_int(q, 0);
    query_free(q);
    return r;
}

static enum result
lease_rename(
    struct store *st, int64_t lease_id, const char *name, struct fault *f)
{
    struct query *q = NULL;
    enum result r;

    r = store_prepare(
        st, "UPDATE lease SET worker = $2, until_s = 0 WHERE id = $1", &q, f);
    if (r != RES_OK)
        return r;
    query_int(q, "$1", lease_id);
    query_text(q, "$2", name);
    r = query_run(q, f);
    query_free(q);
    return r;
}

/* The newest stays, so that no number is given twice. */
static enum result
lease_drop(struct store *st, int64_t lease_id, struct fault *f)
{
    struct query *q = NULL;
    enum result r;

    r = store_prepare(st,
        "DELETE FROM lease WHERE id = $1"
        " AND id < (SELECT max(id) FROM lease)",
        &q, f);
    if (r != RES_OK)
        return r;
    query_int(q, "$1", lease_id);
    r = query_run(q, f);
    query_free(q);
    return r;
}
