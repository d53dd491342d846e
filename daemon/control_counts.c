/* SPDX-License-Identifier: ISC */
/* How far an issue is, in numbers, without asking the store more often than is
 * worth it: to count half a million rows takes 0.4 s, in which nobody else is
 * answered, and people watch a letter go out.  The rows of a finished issue do
 * not change, so they are counted once; those of another are counted again when
 * it has changed its state, or after ten times as long as counting took. */
#include <string.h>
#include <time.h>

#include "daemon/control.h"

enum {
    COST_FREE_MS = 10, /* counting that took less is done each time */
    COST_FACTOR = 10
};

static int64_t
clock_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool
doubted_row(void *arg, const struct delivery_row *row)
{
    int64_t *n = arg;

    (void)row;
    ++*n;
    return true;
}

/* Whether what was counted is still true, or true enough. */
static bool
counts_hold(const struct counts *k, const struct issue *i, int64_t now_ms)
{
    if (k->issue_id != i->id || k->state != i->state ||
        k->changed_s != i->changed_s || k->audience != i->audience)
        return false;
    if (i->state == ISSUE_FINISHED)
        return true;
    return k->cost_ms > COST_FREE_MS &&
           now_ms < k->at_ms + k->cost_ms * COST_FACTOR;
}

enum result
counts_get(struct control *c, const struct issue *i, const struct counts **out,
    struct fault *f)
{
    struct counts *slot = &c->counts[i->id % CONTROL_COUNTS];
    struct counts fresh = {.issue_id = i->id,
        .changed_s = i->changed_s,
        .audience = i->audience,
        .state = i->state};
    int64_t begin_ms = clock_ms();
    enum result r;

    if (!counts_hold(slot, i, begin_ms)) {
        r = delivery_count(c->st, i->id, fresh.of, f);
        if (r == RES_OK || r == RES_NONE)
            r = delivery_each(c->st, i->id, 0, -1, true, 0, CONTROL_PAGE,
                doubted_row, &fresh.doubted, f);
        if (r != RES_OK && r != RES_NONE)
            return r;
        fresh.at_ms = clock_ms();
        fresh.cost_ms = fresh.at_ms - begin_ms;
        *slot = fresh;
    }
    *out = slot;
    return RES_OK;
}
