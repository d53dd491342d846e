/* SPDX-License-Identifier: ISC */
/* What the control worker does between requests, in pieces so short that no
 * client notices: it writes the rows of an issue that was queued, cancels the
 * rows of one that was cancelled, and lets go of mail that waited too long for
 * a person.  What is to be done stands in the store;
 * the array here is only a note of it, made anew after a start. */
#include "daemon/control.h"
#include "daemon/crash.h"
#include "daemon/log.h"

enum {
    CHORE_LAPSE_S = 3600, /* between looks for mail that has waited too long */
    CHORE_AGAIN_MS = 1000 /* after the store was busy */
};

static bool look_for_filling(void *arg, const struct issue *i);
static bool look_for_cancelled(void *arg, const struct issue *i);
static enum result chore_do(struct control *c, const struct chore *chore,
    int64_t now_s, struct fault *f);

void
chores_add(struct control *c, int64_t issue_id, bool cancel)
{
    for (int i = 0; i < c->n_chores; i++)
        if (c->chore[i].issue_id == issue_id) {
            c->chore[i].cancel |= cancel;
            return;
        }
    if (c->n_chores == CONTROL_CHORES) {
        c->look = true; /* it will be found when there is room */
        return;
    }
    c->chore[c->n_chores++] = (struct chore){issue_id, cancel};
}

/* Notes what the store says is to be done. */
static enum result
look(struct control *c, struct fault *f)
{
    enum result r;

    r = issue_each(
        c->st, ISSUE_LETTER, true, 0, CONTROL_CHORES, look_for_filling, c, f);
    if (r != RES_OK && r != RES_NONE)
        return r;
    r = issue_each(
        c->st, -1, false, 0, CONTROL_CHORES, look_for_cancelled, c, f);
    return r == RES_NONE ? RES_OK : r;
}

static bool
look_for_filling(void *arg, const struct issue *i)
{
    if (!i->filled)
        chores_add(arg, i->id, false);
    return true;
}

/* Asking whether rows are open is a look into two small indexes; an issue
 * without any is done with at its first turn. */
static bool
look_for_cancelled(void *arg, const struct issue *i)
{
    if (i->state == ISSUE_CANCELLED)
        chores_add(arg, i->id, true);
    return true;
}

bool
chores_step(struct control *c, int64_t now_s, int *again_ms)
{
    struct fault f = {""};
    struct chore *chore;
    enum result r = RES_OK;

    if (c->look && c->n_chores == 0) {
        c->look = false;
        r = look(c, &f);
    }
    if (r == RES_OK && c->n_chores > 0) {
        chore = &c->chore[c->n_chores - 1];
        r = chore_do(c, chore, now_s, &f);
        if (r == RES_NONE || r == RES_NEVER) /* done, or not to be done */
            c->n_chores--;
        if (r == RES_NEVER)
            log_warn("issue=%lld not %s error=%s", (long long)chore->issue_id,
                chore->cancel ? "cancelled" : "filled", log_quote(f.text));
    }
    if (r != RES_LATER && r != RES_STOP && now_s >= c->lapse_s) {
        r = review_chore(c, now_s, &f);
        if (r == RES_NONE)
            c->lapse_s = now_s + CHORE_LAPSE_S;
    }
    if (r == RES_LATER || r == RES_STOP) {
        if (log_repeat(&c->trouble, (int)r, now_s * 1000))
            log_warn("cannot write rows, trying again every %d ms: %s",
                (int)CHORE_AGAIN_MS, log_quote(f.text));
        c->look = true;
        *again_ms = CHORE_AGAIN_MS;
        return false;
    }
    (void)log_repeat_over(&c->trouble, now_s * 1000);
    return c->n_chores > 0 || c->look;
}

/* One transaction's worth.  NONE: there is no more of it. */
static enum result
chore_do(struct control *c, const struct chore *chore, int64_t now_s,
    struct fault *f)
{
    int64_t due_s;
    struct issue i;
    bool open = true;
    enum result r;

    if (chore->cancel) {
        r = delivery_next(c->st, chore->issue_id, &due_s, &open, f);
        if ((r == RES_OK || r == RES_NONE) && !open)
            return RES_NONE;
        if (r != RES_OK && r != RES_NONE)
            return r;
        return delivery_cancel(
            c->st, chore->issue_id, CONTROL_FILL_ROWS, now_s, f);
    }
    r = delivery_fill(c->st, chore->issue_id, CONTROL_FILL_ROWS, now_s, f);
    if (r == RES_OK)
        crash_point("control-filled");
    /* What is written may go while the rest is being written. */
    if (r == RES_OK || r == RES_NONE)
        doorbell_ring(DOORBELL_SENDER);
    if (r != RES_NONE)
        return r;
    r = issue_get(c->st, chore->issue_id, &i, f);
    if (r != RES_OK)
        return r;
    log_info("issue=%lld filled audience=%lld due_s=%lld", (long long)i.id,
        (long long)i.audience, (long long)i.due_s);
    return RES_NONE;
}
