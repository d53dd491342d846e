/* SPDX-License-Identifier: ISC */
/* What there is to send: issues whose time has come, rows leased from them in
 * batches, and issues that are finished, all within the hours in which a list
 * sends.  Answers go before test copies, both
 * before letters, older issues before newer ones.
 *
 * Never holds more rows than it can soon send: whoever holds or cancels an
 * issue should not have to wait for us, another sender with connections free
 * finds something to do, and a power cut leaves few in doubt. */
#include "daemon/sender.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "daemon/crash.h"
#include "daemon/log.h"
#include "lists/list.h"
#include "lists/store.h"

/* What a look at the store sees of an issue. */
struct seen {
    int n;
    struct glance {
        int64_t id, list_id, due_s, changed_s;
        enum issue_kind kind;
        enum issue_state state;
    } issue[SENDER_ISSUES];
};

static bool see(void *arg, const struct issue *i);
static void consider(struct sender *s, const struct glance *g);
static bool
window_of(struct sender *s, const struct glance *g, const struct window **out);
static void look_at(struct sender *s, int64_t at_s);
static int64_t
late_s(const struct sender *s, const struct glance *g, const struct window *w);
static void begin_issue(struct sender *s, const struct glance *g, int64_t late);
static void add_work(struct sender *s, const struct glance *g);
static void drop_slots(struct sender *s);
static void renew(struct sender *s);
static void supply_from(struct sender *s, struct sender_work *w);
static bool all_stuck(const struct sender *s);
static struct sender_slot *slot_of(struct sender *s, int64_t issue_id);
static struct sender_slot *slot_get(struct sender *s, struct sender_work *w);
static struct sender_slot *slot_free(struct sender *s, enum issue_kind kind);
static enum result slot_fill(
    struct sender *s, struct sender_slot *slot, int64_t id, struct fault *f);
static void slot_clear(struct sender_slot *slot);
static void
settle(struct sender *s, struct sender_work *w, struct sender_slot *slot);
static void finish(struct sender *s, struct sender_work *w);
static void give_back(struct sender *s, struct sender_slot *slot);

void
sender_look(struct sender *s)
{
    static struct seen seen;
    struct fault f;
    enum result r = RES_OK;

    s->look = false;
    s->look_s = s->now_s + SENDER_LOOK_S;
    sender_inherit(s);
    seen.n = 0;
    for (int kind = ISSUE_ANSWER; r == RES_OK && kind <= ISSUE_LETTER; kind++)
        r = issue_each(
            s->store, kind, true, 0, SENDER_ISSUES / 3, see, &seen, &f);
    if (r != RES_OK && r != RES_NONE) {
        sender_trouble(s, "issues cannot be read", r, &f);
        return;
    }
    s->n_work = 0;
    /* The newest of each kind comes first from the store: turn them round. */
    for (int kind = ISSUE_ANSWER; kind <= ISSUE_LETTER; kind++)
        for (int i = seen.n; i-- > 0;)
            if ((int)seen.issue[i].kind == kind)
                consider(s, &seen.issue[i]);
    drop_slots(s);
}

static bool
see(void *arg, const struct issue *i)
{
    struct seen *seen = arg;

    if (seen->n == SENDER_ISSUES)
        return false;
    seen->issue[seen->n++] = (struct glance){
        i->id, i->list_id, i->due_s, i->changed_s, i->kind, i->state};
    return true;
}

static void
consider(struct sender *s, const struct glance *g)
{
    const struct window *w = NULL;
    bool open;

    if ((g->state != ISSUE_SENDING && g->state != ISSUE_SCHEDULED) ||
        !window_of(s, g, &w))
        return;
    open = window_open(w, s->wall_s);
    look_at(s, window_next(w, !open, s->wall_s));
    if (g->state == ISSUE_SENDING && open)
        add_work(s, g);
    else if (g->state == ISSUE_SCHEDULED && g->due_s > s->wall_s)
        look_at(s, g->due_s);
    else if (g->state == ISSUE_SCHEDULED &&
             (open || late_s(s, g, w) > s->conf->overdue_s))
        begin_issue(s, g, late_s(s, g, w));
}

/* Outside of its list's send window nothing of a letter goes; what was leased
 * of it goes back.  Test copies and answers go at any time.  false: the store
 * does not say which list it is. */
static bool
window_of(struct sender *s, const struct glance *g, const struct window **out)
{
    const struct conf_list *list;
    struct fault f;
    char key[41];
    enum result r;

    if (g->kind != ISSUE_LETTER)
        return true;
    r = list_key(s->store, g->list_id, key, &f);
    if (r == RES_LATER || r == RES_STOP) {
        /* Unknown is not open. */
        sender_trouble(s, "a list cannot be read", r, &f);
        s->look = true;
        return false;
    }
    list = r == RES_OK ? conf_find_list(s->conf, key) : NULL;
    *out = list != NULL ? list->window : NULL;
    return true;
}

/* Looks again at a time of the wall's clock. */
static void
look_at(struct sender *s, int64_t at_s)
{
    if (at_s - s->wall_s < s->look_s - s->now_s)
        s->look_s = s->now_s + at_s - s->wall_s;
}

/* Since when it could have gone: its time, when it was ready, and after that
 * the first hour in which its list sends. */
static int64_t
late_s(const struct sender *s, const struct glance *g, const struct window *w)
{
    int64_t from_s = g->due_s > g->changed_s ? g->due_s : g->changed_s;

    return s->wall_s - window_next(w, true, from_s);
}

/* An overdue one is told of at once, not when its list sends again: a person
 * should have the time between. */
static void
begin_issue(struct sender *s, const struct glance *g, int64_t late)
{
    bool overdue = g->kind == ISSUE_LETTER && late > s->conf->overdue_s;
    struct fault f;
    enum result r;

    r = overdue ? issue_move(s->store, g->id, ISSUE_OVERDUE,
                      "its time passed while nobody was there to send it",
                      s->now_s, &f)
                : issue_begin(s->store, g->id, s->now_s, &f);
    if (r == RES_LATER || r == RES_STOP) {
        sender_trouble(s, "an issue cannot be moved", r, &f);
        s->look = true;
    } else if (r == RES_NONE && !overdue) {
        add_work(s, g); /* another sender was faster */
    } else if (r != RES_OK) {
        return;
    } else if (overdue) {
        log_warn("issue=%lld overdue by %lld s; release it to send it now, or"
                 " cancel it",
            (long long)g->id, (long long)late);
    } else {
        log_info("issue=%lld begins", (long long)g->id);
        add_work(s, g);
    }
}

static void
add_work(struct sender *s, const struct glance *g)
{
    s->work[s->n_work++] = (struct sender_work){g->id, g->kind, 0};
}

/* Issues that are not SENDING any more lose what is leased of them. */
static void
drop_slots(struct sender *s)
{
    for (int i = 0; i < SENDER_SLOTS; i++) {
        struct sender_slot *slot = &s->slot[i];
        bool found = false;

        for (int k = 0; k < s->n_work && !found; k++)
            found = s->work[k].id == slot->issue.id;
        slot->given_up = !found;
    }
    sender_give_back(s, false);
}

void
sender_supply(struct sender *s)
{
    s->again = false;
    if (s->most == 0)
        return; /* no relay is configured */
    if (sender_rests(s))
        return;
    renew(s);
    sender_unstick(s);
    for (int i = 0; i < s->n_work && s->now_ms >= s->retry_ms; i++) {
        struct sender_work *w = &s->work[i];

        if (w->next_s > s->now_s) {
            if (w->next_s < s->look_s)
                s->look_s = w->next_s;
            continue;
        }
        /* One list's letters after the other's. */
        if (w->kind == ISSUE_LETTER && !all_stuck(s))
            break;
        supply_from(s, w);
    }
}

/* A lease that grows old: what is left of it is given back, and taken anew. */
static void
renew(struct sender *s)
{
    for (int i = 0; i < SENDER_SLOTS; i++)
        if (s->slot[i].n > 0 &&
            s->now_s - s->slot[i].leased_s >= SENDER_LEASE_S / 2)
            give_back(s, &s->slot[i]);
}

void
sender_wake(struct sender *s, const struct sender_slot *slot, int64_t at_s)
{
    for (int i = 0; i < s->n_work; i++)
        if (s->work[i].id == slot->issue.id) {
            if (slot->out == 0)
                s->work[i].next_s = 0; /* is it finished? */
            else if (at_s > 0 && at_s < s->work[i].next_s)
                s->work[i].next_s = at_s;
            s->again |= s->work[i].next_s <= s->now_s;
            return;
        }
}

/* Leases a batch of an issue that has none here. */
static void
supply_from(struct sender *s, struct sender_work *w)
{
    struct sender_slot *slot = slot_get(s, w);
    int max = s->most * SENDER_BATCH_EACH, soon;
    struct fault f;
    enum result r;
    int n = 0;

    if (slot == NULL ||
        (slot->n > 0 && (!slot->stuck || slot->n > SENDER_PARK)))
        return;
    soon = relay_pool_soon(s->pool, s->now_ms);
    if (max > soon && !slot->stuck)
        max = soon;
    if (max > SENDER_BATCH - slot->n)
        max = SENDER_BATCH - slot->n;
    if (slot->head > 0)
        sender_compact(slot);
    slot->used = ++s->used;
    s->wrote = true;
    r = delivery_lease(s->store, s->lease_id, &slot->issue, max, s->now_s,
        s->now_s + SENDER_LEASE_S, slot->queue + slot->n, &n, &f);
    if (r == RES_OK) {
        s->stored = true;
        sender_leased(s, slot, n);
        crash_point("after-lease");
        if (n == 0)
            s->again = true; /* all were cancelled: there may be more */
    } else if (r == RES_NONE) {
        settle(s, w, slot);
    } else {
        sender_trouble(s, "no letters can be leased", r, &f);
        s->outlived = r == RES_NEVER;
    }
}

static struct sender_slot *
slot_of(struct sender *s, int64_t issue_id)
{
    for (int i = 0; i < SENDER_SLOTS; i++)
        if (s->slot[i].issue.id == issue_id)
            return &s->slot[i];
    return NULL;
}

/* Whether what is leased must wait, if anything is. */
static bool
all_stuck(const struct sender *s)
{
    for (int i = 0; i < SENDER_SLOTS; i++)
        if (s->slot[i].n > 0 && !s->slot[i].stuck)
            return false;
    return true;
}

/* The issue's slot, made where it has none.  NULL: not now. */
static struct sender_slot *
slot_get(struct sender *s, struct sender_work *w)
{
    struct sender_slot *slot = slot_of(s, w->id);
    struct fault f;
    enum result r;

    if (slot != NULL)
        return slot;
    slot = slot_free(s, w->kind);
    if (slot == NULL)
        return NULL;
    r = slot_fill(s, slot, w->id, &f);
    if (r == RES_OK)
        return slot;
    slot_clear(slot);
    w->next_s = INT64_MAX;
    if (r == RES_LATER || r == RES_STOP) {
        s->look = true;
        sender_trouble(s, "an issue cannot be read", r, &f);
    } else {
        sender_hold(s, w->id, f.text);
    }
    return NULL;
}

/* A slot that nobody uses, the one unused for longest. */
static struct sender_slot *
slot_free(struct sender *s, enum issue_kind kind)
{
    struct sender_slot *oldest = NULL;
    int letters = 0;

    for (int i = 0; i < SENDER_SLOTS; i++) {
        struct sender_slot *t = &s->slot[i];
        bool busy = t->n > 0 || t->out > 0;

        letters += busy && t->issue.kind == ISSUE_LETTER;
        if (!busy && (oldest == NULL || t->used < oldest->used))
            oldest = t;
    }
    if (kind == ISSUE_LETTER && letters >= SENDER_LETTER_SLOTS)
        return NULL;
    if (oldest != NULL)
        slot_clear(oldest);
    return oldest;
}

static enum result
slot_fill(
    struct sender *s, struct sender_slot *slot, int64_t id, struct fault *f)
{
    char key[41], *message = NULL;
    enum result r;
    size_t n = 0;

    r = issue_get(s->store, id, &slot->issue, f);
    if (r == RES_OK)
        r = list_key(s->store, slot->issue.list_id, key, f);
    if (r == RES_NONE)
        return fault_set(f, RES_NEVER, "the store does not know its list");
    if (r != RES_OK)
        return r;
    slot->list = conf_find_list(s->conf, key);
    if (slot->list == NULL)
        return fault_set(f, RES_NEVER,
            "the list %s is not in the configuration any more", key);
    r = issue_message(s->store, id, &message, &n, f);
    if (r == RES_OK)
        r = letter_mold_new(message, n, &slot->mold, f);
    free(message);
    slot->message_bytes = n;
    slot->given_up = false;
    if (slot->queue == NULL)
        slot->queue = fault_calloc(SENDER_BATCH, sizeof *slot->queue);
    return r == RES_NONE ? fault_set(f, RES_NEVER, "its message is gone") : r;
}

static void
slot_clear(struct sender_slot *slot)
{
    struct delivery_letter *queue = slot->queue;

    letter_mold_free(slot->mold);
    memset(slot, 0, sizeof *slot);
    slot->queue = queue;
}

/* Nothing is due: when will something be, or is the issue finished? */
static void
settle(struct sender *s, struct sender_work *w, struct sender_slot *slot)
{
    struct fault f;
    int64_t due_s = 0;
    bool open = true;
    enum result r;

    w->next_s = INT64_MAX; /* until something comes back */
    if (slot->out > 0)
        return;
    r = delivery_next(s->store, w->id, &due_s, &open, &f);
    if (r == RES_OK && !open) {
        finish(s, w);
    } else if (r == RES_OK) {
        w->next_s = due_s > s->now_s ? due_s : s->now_s + 1;
        if (w->next_s < s->look_s)
            s->look_s = w->next_s;
    } else if (r != RES_NONE) {
        w->next_s = 0;
        sender_trouble(s, "an issue cannot be read", r, &f);
    }
}

static void
finish(struct sender *s, struct sender_work *w)
{
    int64_t n[DELIVERY_STATES] = {0}, all = 0, doubted = 0;
    struct fault f;
    enum result r;

    crash_point("before-finish");
    r = delivery_count(s->store, w->id, n, &doubted, &f);
    if (r == RES_OK)
        r = issue_move(s->store, w->id, ISSUE_FINISHED, NULL, s->now_s, &f);
    if (r == RES_LATER || r == RES_STOP) {
        w->next_s = 0;
        sender_trouble(s, "an issue cannot be finished", r, &f);
        return;
    }
    if (r != RES_OK)
        return; /* somebody cancelled or held it meanwhile */
    for (int i = 0; i < DELIVERY_STATES; i++)
        all += n[i];
    log_info("issue=%lld finished sent=%lld failed=%lld cancelled=%lld"
             " audience=%lld doubted=%lld",
        (long long)w->id, (long long)n[DELIVERY_SENT],
        (long long)n[DELIVERY_FAILED], (long long)n[DELIVERY_CANCELLED],
        (long long)all, (long long)doubted);
    sender_say_turns(s);
}

void
sender_say_turns(struct sender *s)
{
    if (s->times.n == 0)
        return;
    log_debug("turns=%lld p50_us=%lld p99_us=%lld most_us=%lld",
        (long long)s->times.n, (long long)turn_times_us(&s->times, 500),
        (long long)turn_times_us(&s->times, 990), (long long)s->times.most_us);
    s->times = (struct turn_times){.n = 0};
}

void
sender_hold(struct sender *s, int64_t issue_id, const char *reason)
{
    struct fault f;
    enum result r =
        issue_move(s->store, issue_id, ISSUE_HELD, reason, s->now_s, &f);

    if (r == RES_OK)
        log_error(
            "issue=%lld held: %s", (long long)issue_id, log_quote(reason));
    else if (r == RES_LATER || r == RES_STOP)
        sender_trouble(s, "an issue cannot be held", r, &f);
    s->look = true;
}

void
sender_hold_all(struct sender *s, const char *reason)
{
    for (int i = 0; i < s->n_work; i++)
        sender_hold(s, s->work[i].id, reason);
}

void
sender_give_back(struct sender *s, bool all)
{
    sender_recall_next(s, all);
    for (int i = 0; i < SENDER_SLOTS; i++)
        if (s->slot[i].n > 0 && (all || s->slot[i].given_up))
            give_back(s, &s->slot[i]);
}

static void
give_back(struct sender *s, struct sender_slot *slot)
{
    static struct delivery_outcome back[SENDER_BATCH];
    struct fault f;
    enum result r;

    for (int i = 0; i < slot->n; i++)
        back[i] = (struct delivery_outcome){
            .id = slot->queue[slot->order[slot->head + i]].id,
            .to = DELIVERY_WAITING,
            .due_s = s->now_s,
            .issue_id = slot->issue.id,
        };
    r = delivery_turn(
        s->store, s->lease_id, back, slot->n, NULL, 0, s->now_s, &f);
    if (r != RES_OK) {
        sender_trouble(s, "leased letters cannot be given back", r, &f);
        return; /* tried again with the next turn */
    }
    slot->n = 0;
    s->look = !s->stopping;
}

void
sender_trouble(
    struct sender *s, const char *what, enum result r, const struct fault *f)
{
    s->retry_ms = s->now_ms + SENDER_RETRY_MS;
    if (!log_repeat(&s->trouble, (int)r, s->now_ms))
        return;
    if (r == RES_LATER)
        log_warn("%s: %s; trying again every %d ms", what, log_quote(f->text),
            SENDER_RETRY_MS);
    else
        log_error("%s: %s; trying again every %d ms", what, log_quote(f->text),
            SENDER_RETRY_MS);
}
