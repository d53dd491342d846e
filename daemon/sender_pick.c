/* SPDX-License-Identifier: ISC */
/* Which leased letter goes next, and on which connection: answers before test
 * copies, both before letters, older issues before newer ones; what a domain's
 * limit holds back is overtaken by what stands behind it.
 *
 * A batch can come to hold nothing but letters that must wait.  Then those
 * that could not go within PARK_KEEP_MS are given back, due when their turn
 * may come: one after the other, so that each is leased again about once,
 * however many they are.  When no relay may carry anything for a while, all
 * are given back, and nothing is leased until one may. */
#include "daemon/sender.h"

#include <assert.h>
#include <string.h>
#include "daemon/log.h"
#include "daemon/pace.h"

enum {
    BLOCKED = 8, /* domains that are remembered while looking */
    PARK_KEEP_MS = 1500,
    PARK_LEAST_MS = 2,     /* between letters that wait for a connection */
    PARK_FAR_MS = 3600000, /* nothing is put off for longer */
    REST_MS = 5000         /* a shorter pause is sat out */
};

/* Domains that cannot be served just now. */
struct blocked {
    int n;
    uint64_t domain[BLOCKED];
};

static struct sender_slot *
first_slot(struct sender *s, const struct sender_slot *after);
static bool before(const struct sender_slot *a, const struct sender_slot *b);
static enum relay_answer try_row(struct sender *s, struct sender_slot *slot,
    int at, struct blocked *b, struct relay_conn *only, struct relay_conn **c);
static void park(struct sender *s, struct sender_slot *slot);
static int64_t book(struct sender *s, uint64_t domain);

struct relay_conn *
sender_next(struct sender *s, struct relay_conn *only, struct sender_slot **out,
    const struct delivery_letter **row)
{
    struct blocked b = {.n = 0};
    struct sender_slot *slot = NULL;
    struct relay_conn *c = NULL;
    enum relay_answer r = RELAY_ANOTHER;

    while ((slot = first_slot(s, slot)) != NULL) {
        for (int i = 0; i < slot->n; i++) {
            uint16_t *at = &slot->order[slot->head];
            uint16_t it = at[i];

            r = try_row(s, slot, it, &b, only, &c);
            if (r == RELAY_NOBODY)
                return NULL;
            if (r != RELAY_TAKES)
                continue;
            memmove(at + 1, at, (size_t)i * sizeof *at);
            at[0] = it;
            slot->head++;
            slot->n--;
            slot->out++;
            *out = slot;
            *row = &slot->queue[it];
            return c;
        }
        /* All of it must wait for its domains: more is wanted. */
        if (only == NULL && !slot->stuck) {
            slot->stuck = true;
            s->again = true;
        }
    }
    return NULL;
}

void
sender_unnext(struct sender_slot *slot)
{
    slot->head--;
    slot->n++;
    slot->out--;
}

void
sender_leased(struct sender *s, struct sender_slot *slot, int n)
{
    for (int i = 0; i < n; i++) {
        slot->order[slot->n + i] = (uint16_t)(slot->n + i);
        slot->domain[slot->n + i] = 0;
    }
    slot->head = 0;
    slot->n += n;
    slot->stuck = false;
    slot->leased_s = s->now_s;
}

int
sender_queued(const struct sender *s)
{
    int n = 0;

    for (int i = 0; i < SENDER_SLOTS; i++)
        n += s->slot[i].n;
    return n;
}

bool
sender_rests(struct sender *s)
{
    int64_t ms = relay_pool_rest_ms(s->pool, s->now_ms, s->wall_s);
    int64_t until_s = s->now_s + (ms + 999) / 1000;
    int queued = sender_queued(s);

    if (ms <= REST_MS) {
        s->rest_s = 0;
        return false;
    }
    if (ms > RELAY_SPILL_MS &&
        (s->rest_s < until_s - 1 || s->rest_s > until_s + 1))
        log_info("no relay may carry more letters for %lld s",
            (long long)(ms / 1000));
    s->rest_s = until_s;
    if (until_s < s->look_s)
        s->look_s = until_s;
    sender_give_back(s, true);
    if (queued > 0 && s->conf->senders > 1)
        doorbell_ring(DOORBELL_SENDER); /* others may have something left */
    return true;
}

void
sender_unstick(struct sender *s)
{
    for (int i = 0; i < SENDER_SLOTS; i++)
        if (s->slot[i].stuck && s->slot[i].n > SENDER_PARK)
            park(s, &s->slot[i]);
}

/* The slot with letters whose turn is next after that one's. */
static struct sender_slot *
first_slot(struct sender *s, const struct sender_slot *after)
{
    struct sender_slot *best = NULL;

    for (int i = 0; i < SENDER_SLOTS; i++) {
        struct sender_slot *t = &s->slot[i];

        if (t->n > 0 && (after == NULL || before(after, t)) &&
            (best == NULL || before(t, best)))
            best = t;
    }
    return best;
}

static bool
before(const struct sender_slot *a, const struct sender_slot *b)
{
    return a->issue.kind < b->issue.kind ||
           (a->issue.kind == b->issue.kind && a->issue.id < b->issue.id);
}

static enum relay_answer
try_row(struct sender *s, struct sender_slot *slot, int at, struct blocked *b,
    struct relay_conn *only, struct relay_conn **c)
{
    struct relay_wish w = {.domain = slot->domain[at],
        .address = slot->queue[at].address,
        .now_ms = s->now_ms,
        .now_s = s->wall_s};
    enum relay_answer r;

    if (w.domain == 0)
        w.domain = slot->domain[at] = pace_domain_of(w.address);
    for (int i = 0; i < b->n; i++)
        if (b->domain[i] == w.domain)
            return RELAY_ANOTHER;
    r = relay_take(s->pool, &w, only, c);
    if (r == RELAY_ANOTHER && b->n < BLOCKED)
        b->domain[b->n++] = w.domain;
    return r;
}

/* Gives back what could not go soon. */
static void
park(struct sender *s, struct sender_slot *slot)
{
    static struct delivery_outcome back[SENDER_BATCH];
    uint16_t *order = &slot->order[slot->head], kept[SENDER_PARK];
    int n = 0, n_back = 0;
    struct fault f;
    enum result r;

    for (int i = 0; i < slot->n; i++) {
        int64_t wait_ms = book(s, slot->domain[order[i]]);

        if (wait_ms < PARK_KEEP_MS && n < SENDER_PARK)
            kept[n++] = order[i];
        else
            back[n_back++] = (struct delivery_outcome){
                .id = slot->queue[order[i]].id,
                .issue_id = slot->issue.id,
                .to = DELIVERY_WAITING,
                .due_s = s->now_s + (wait_ms + 999) / 1000,
            };
    }
    r = delivery_turn(
        s->store, s->lease_id, back, n_back, NULL, 0, s->now_s, &f);
    if (r != RES_OK) {
        sender_trouble(s, "leased letters cannot be given back", r, &f);
        return;
    }
    memcpy(order, kept, (size_t)n * sizeof *kept);
    slot->n = n;
    log_debug("issue=%lld parked=%d: their domains take no more now",
        (long long)slot->issue.id, n_back);
}

void
sender_compact(struct sender_slot *slot)
{
    static struct delivery_letter kept[SENDER_PARK];
    uint64_t domain[SENDER_PARK];

    assert(slot->n <= SENDER_PARK);
    for (int i = 0; i < slot->n; i++) {
        kept[i] = slot->queue[slot->order[slot->head + i]];
        domain[i] = slot->domain[slot->order[slot->head + i]];
    }
    slot->head = 0;
    for (int i = 0; i < slot->n; i++) {
        slot->queue[i] = kept[i];
        slot->domain[i] = domain[i];
        slot->order[i] = (uint16_t)i;
    }
}

/* When the next letter for a domain that is blocked may go: each that asks
 * comes behind the one before.  Domains that share a place share a queue. */
static int64_t
book(struct sender *s, uint64_t domain)
{
    int64_t *booked = &s->booked_ms[domain % SENDER_BOOKS];
    int64_t ms = relay_pool_interval_ms(s->pool, domain, s->now_ms);

    if (*booked < s->now_ms || *booked > s->now_ms + 2 * (int64_t)PARK_FAR_MS)
        *booked = s->now_ms;
    if (*booked < s->now_ms + PARK_FAR_MS)
        *booked += ms > PARK_LEAST_MS ? ms : PARK_LEAST_MS;
    return *booked - s->now_ms;
}
