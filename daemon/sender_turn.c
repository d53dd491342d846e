/* SPDX-License-Identifier: ISC */
/* The one commit of a turn: first what came back, then what goes.  Whatever
 * an outcome implies besides (a dead address, an issue that is held) stands
 * in the same commit. */
#include "daemon/sender.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include "daemon/crash.h"
#include "daemon/log.h"
#include "lists/soft_bounce.h"
#include "lists/store.h"
#include "lists/subscription.h"

static int not_taken(const struct sender *s);
static void fill(struct sender *s, struct sender_letter *l,
    struct sender_slot *slot, const struct delivery_letter *row);
static enum result commit(struct sender *s, struct fault *f);
static enum result
consequences(struct sender *s, struct sender_back *b, struct fault *f);
static enum result
bounced(struct sender *s, struct sender_back *b, struct fault *f);
static void
hold_reason(const struct sender_back *b, char out[ISSUE_REASON_MAX + 1]);
static void report(struct sender *s);
static void say(const struct sender *s, const struct sender_back *b,
    const struct delivery_outcome *o);
static void not_chosen(struct sender *s);
static void let_go(struct sender *s);

void
sender_choose(struct sender *s)
{
    const struct delivery_letter *row;
    struct sender_slot *slot;
    struct relay_conn *c;

    for (int i = 0; i < s->most; i++) {
        c = relay_pool_at(s->pool, i);
        if (c->state != RELAY_TAKEN || !smtp_wants_body(&c->smtp))
            continue;
        s->going[s->n_going] =
            (struct delivery_going){.id = s->letter[i].row.id,
                .date_s = s->letter[i].date_s,
                .issue_id = s->letter[i].slot->issue.id};
        s->going_on[s->n_going++] = c;
    }
    if (s->stopping)
        return; /* what has begun goes to its end, see sender_wire.c */
    relay_pool_want(s->pool, sender_queued(s), s->now_ms, s->wall_s);
    while (s->n_fresh < s->most &&
           (c = sender_next(s, NULL, &slot, &row)) != NULL) {
        fill(s, &s->letter[c->index], slot, row);
        s->fresh[s->n_fresh++] = c;
    }
    for (int i = 0; i < s->n_going; i++) {
        c = s->going_on[i];
        if (s->next[c->index].slot != NULL ||
            sender_queued(s) <= not_taken(s) ||
            sender_next(s, c, &slot, &row) == NULL)
            continue;
        fill(s, &s->next[c->index], slot, row);
        s->chosen[s->n_next++] = c;
    }
}

/* Connections that may still come for a letter of their own: the last ones of
 * a list do not queue behind a slow reply while those stand idle. */
static int
not_taken(const struct sender *s)
{
    int n = 0;

    for (int i = 0; i < s->most; i++)
        n += relay_pool_at(s->pool, i)->state != RELAY_TAKEN;
    return n;
}

static void
fill(struct sender *s, struct sender_letter *l, struct sender_slot *slot,
    const struct delivery_letter *row)
{
    l->slot = slot;
    l->row = *row;
    l->date_s = row->date_s > 0 ? row->date_s : s->wall_s;
}

void
sender_turn(struct sender *s)
{
    struct fault f;
    enum result r;

    if (s->n_back == 0 && s->n_going == 0 && s->n_fresh == 0)
        return;
    crash_point("before-commit");
    r = s->n_back == 0 && s->n_going == 0 ? RES_OK : commit(s, &f);
    if (r != RES_OK) {
        not_chosen(s);
        sender_trouble(s, "a turn could not be written", r, &f);
        return;
    }
    s->stored |= s->n_back > 0 || s->n_going > 0;
    crash_point("after-commit");
    report(s);
    let_go(s);
    sender_give_back(s, false);
}

static enum result
commit(struct sender *s, struct fault *f)
{
    enum result r;
    bool more;

    s->wrote = true;
    more = relay_pool_owes(s->pool);
    for (int i = 0; i < s->n_back; i++)
        more |= s->back[i].deed.hold || s->back[i].deed.dead ||
                s->back[i].deed.soft;
    if (!more)
        return delivery_turn(s->store, s->lease_id, s->outcome, s->n_back,
            s->going, s->n_going, s->now_s, f);
    r = store_begin_lazy(s->store, f);
    if (r != RES_OK)
        return r;
    r = delivery_turn(
        s->store, s->lease_id, s->outcome, s->n_back, NULL, 0, s->now_s, f);
    for (int i = 0; r == RES_OK && i < s->n_back; i++)
        r = consequences(s, &s->back[i], f);
    /* After what is held, so that nothing of it goes. */
    if (r == RES_OK)
        r = delivery_turn(
            s->store, s->lease_id, NULL, 0, s->going, s->n_going, s->now_s, f);
    if (r == RES_OK)
        r = relay_pool_write(s->pool, s->store, f);
    r = store_end(s->store, r, f);
    if (r == RES_OK)
        relay_pool_written(s->pool);
    return r;
}

/* A move that is forbidden by now (somebody was faster) is no failure. */
static enum result
consequences(struct sender *s, struct sender_back *b, struct fault *f)
{
    char reason[ISSUE_REASON_MAX + 1];
    enum result r = RES_OK;

    if (b->deed.hold) {
        hold_reason(b, reason);
        r = issue_move(
            s->store, b->slot->issue.id, ISSUE_HELD, reason, s->now_s, f);
        b->slot->given_up = true;
    }
    if (r != RES_LATER && r != RES_STOP && b->slot->issue.kind == ISSUE_LETTER)
        r = bounced(s, b, f);
    return r == RES_LATER || r == RES_STOP ? r : RES_OK;
}

/* Why, and what a person can do about it: for `status` and the log alike.
 * What the relay refused by policy has failed; what it refused of us waits. */
static void
hold_reason(const struct sender_back *b, char out[ISSUE_REASON_MAX + 1])
{
    const char *why = reply_hold_words(&b->deed);

    if (b->deed.many)
        (void)snprintf(out, ISSUE_REASON_MAX + 1,
            "%s: %s - ask the relay why before you release it; afterwards, for"
            " those refused: rummelig-mail retry %lld --failed",
            why, b->slot->refusal, (long long)b->slot->issue.id);
    else if (b->deed.unwritten)
        (void)snprintf(out, ISSUE_REASON_MAX + 1, "%s: %.200s", why, b->reply);
    else
        (void)snprintf(out, ISSUE_REASON_MAX + 1,
            "%s: %.160s - mend that, then release it: nobody is lost", why,
            b->reply);
}

/* What it means for the subscription. */
static enum result
bounced(struct sender *s, struct sender_back *b, struct fault *f)
{
    const struct consent dead = {
        SUBSCRIPTION_BOUNCED, BY_BOUNCE, s->now_s, b->reply};
    const struct soft_bounce_limits limits = {
        s->conf->soft_bounces, s->conf->soft_bounce_for_s};
    const struct soft_bounce soft = {b->subscriber_id, b->slot->issue.list_id,
        b->slot->issue.id, s->now_s, b->reply};

    b->gave_up = false;
    if (b->deed.dead)
        return subscription_record(
            s->store, b->subscriber_id, b->slot->issue.list_id, &dead, f);
    if (b->deed.soft)
        return soft_bounce_record(s->store, &soft, &limits, &b->gave_up, f);
    return RES_OK;
}

/* The outcomes are written: said, and forgotten. */
static void
report(struct sender *s)
{
    char reason[ISSUE_REASON_MAX + 1];

    for (int i = 0; i < s->n_back; i++) {
        struct sender_back *b = &s->back[i];

        say(s, b, &s->outcome[i]);
        if (b->gave_up)
            log_info("issue=%lld to=<%s> address-dead: %d letters in a row"
                     " came back",
                (long long)b->slot->issue.id, b->address,
                s->conf->soft_bounces);
        b->slot->out--;
        if (b->deed.hold) {
            hold_reason(b, reason);
            log_error("issue=%lld held: %s", (long long)b->slot->issue.id,
                log_quote(reason));
        }
        if (b->slot->n == 0 || b->slot->stuck)
            sender_wake(s, b->slot,
                s->outcome[i].to == DELIVERY_SENT ||
                        s->outcome[i].to == DELIVERY_FAILED
                    ? INT64_MAX
                    : b->deed.due_s);
    }
    s->n_back = 0;
}

static void
say(const struct sender *s, const struct sender_back *b,
    const struct delivery_outcome *o)
{
    if (o->to == DELIVERY_SENT) {
        log_info("issue=%lld delivery=%lld to=<%s> sent relay=%s reply=%s"
                 " ms=%lld",
            (long long)b->slot->issue.id, (long long)o->id, b->address,
            o->relay, log_quote(b->reply), (long long)b->ms);
        return;
    }
    if (o->to == DELIVERY_WAITING && !b->deed.hold) {
        log_debug("issue=%lld delivery=%lld to=<%s> not begun: %s",
            (long long)b->slot->issue.id, (long long)o->id, b->address,
            log_quote(b->reply));
        return;
    }
    if (o->to == DELIVERY_DOUBT && o->due_s == 0) {
        log_warn("issue=%lld delivery=%lld to=<%s> doubt relay=%s reply=%s"
                 " ms=%lld may have arrived twice; waits for a word:"
                 " rummelig-mail doubt %lld",
            (long long)b->slot->issue.id, (long long)o->id, b->address,
            o->relay, log_quote(b->reply), (long long)b->ms,
            (long long)b->slot->issue.id);
        return;
    }
    log_warn("issue=%lld delivery=%lld to=<%s> %s relay=%s reply=%s ms=%lld"
             " again_s=%lld note=%s",
        (long long)b->slot->issue.id, (long long)o->id, b->address,
        delivery_word(o->to), o->relay, log_quote(b->reply), (long long)b->ms,
        (long long)(o->due_s > s->now_s ? o->due_s - s->now_s : 0),
        log_quote(b->deed.words));
}

/* As if they had never been chosen. */
static void
not_chosen(struct sender *s)
{
    s->n_going = 0; /* these stay ready */
    while (s->n_next > 0) {
        struct relay_conn *c = s->chosen[--s->n_next];
        struct sender_letter *l = &s->next[c->index];

        sender_unnext(l->slot);
        l->slot = NULL;
        relay_untake_next(c);
    }
    while (s->n_fresh > 0) {
        struct relay_conn *c = s->fresh[--s->n_fresh];
        struct sender_letter *l = &s->letter[c->index];

        sender_unnext(l->slot);
        l->slot = NULL;
        relay_untake(c);
    }
}

static void
let_go(struct sender *s)
{
    int n = s->n_going, n_fresh = s->n_fresh;

    s->n_going = s->n_fresh = s->n_next = 0;
    for (int i = 0; i < n; i++) {
        if (s->going[i].may_go) {
            sender_body(s, s->going_on[i]);
            continue;
        }
        /* Cancelled or held meanwhile. */
        s->letter[s->going_on[i]->index].slot->given_up = true;
        sender_recall(s, s->going_on[i]);
        s->look = true;
    }
    for (int i = 0; i < n_fresh; i++)
        sender_start(s, s->fresh[i]);
}
