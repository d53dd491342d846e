/* SPDX-License-Identifier: ISC */
/* What the store knows of the relays: the letters of a day, which are written
 * in the sender's turn, with the rows that say the same, where a budget
 * depends on them; and how each relay stands, for `rummelig-mail relays`, at
 * most once a second and only when something has changed. */
#include "daemon/relay_own.h"

#include <stdio.h>
#include <string.h>

enum {
    SHOW_MS = 1000,
    SHOW_AGAIN_MS = 30000, /* also unchanged: who reads sees that we live */
    DOMAINS_SHOWN = 10
};

static bool same(const struct traffic_state *a, const struct traffic_state *b);
static bool has_budget(const struct relay *r);
static void state_of(
    struct relay *r, int64_t now_ms, int64_t now_s, struct traffic_state *out);
static const char *
word_of(struct relay *r, int64_t now_ms, int64_t now_s, int64_t *until_s);
static void domains_of(struct relay *r, int64_t now_ms, char *out, size_t size);

enum result
relay_pool_remember(struct relay_pool *p, struct store *st, int sender,
    int64_t now_s, struct fault *f)
{
    enum result r = RES_OK;

    p->sender = sender;
    for (int i = 0; r == RES_OK && i < p->n_relays; i++) {
        struct relay *relay = &p->relay[i];
        int shares = relay->conf->shares > 1 ? relay->conf->shares : 1;
        struct traffic_past past;

        r = traffic_past(st, relay->conf->name, sender, shares, &past, f);
        if (r == RES_OK)
            pace_remember(
                &relay->pace, past.day, past.sent, past.earlier_days, now_s);
    }
    return r;
}

bool
relay_pool_owes(const struct relay_pool *p)
{
    for (int i = 0; i < p->n_relays; i++)
        if (p->relay[i].unwritten != 0 && has_budget(&p->relay[i]))
            return true;
    return false;
}

enum result
relay_pool_write(struct relay_pool *p, struct store *st, struct fault *f)
{
    enum result r = RES_OK;

    for (int i = 0; r == RES_OK && i < p->n_relays; i++) {
        struct relay *relay = &p->relay[i];

        relay->writing = relay->unwritten;
        if (relay->writing != 0)
            r = traffic_add(st, relay->conf->name, p->sender, relay->pace.day,
                relay->writing, f);
    }
    return r;
}

void
relay_pool_written(struct relay_pool *p)
{
    for (int i = 0; i < p->n_relays; i++) {
        p->relay[i].unwritten -= p->relay[i].writing;
        p->relay[i].writing = 0;
    }
}

enum result
relay_pool_show(struct relay_pool *p, struct store *st, int64_t now_ms,
    int64_t now_s, struct fault *f)
{
    enum result r = RES_OK;
    bool owes = false;

    p->show_ms = p->shown_ms + SHOW_MS;
    if (now_ms < p->show_ms)
        return RES_OK;
    p->shown_ms = now_ms;
    p->show_ms = -1;
    for (int i = 0; r == RES_OK && i < p->n_relays; i++) {
        struct relay *relay = &p->relay[i];
        struct traffic_state now;

        owes |= relay->unwritten != 0;
        state_of(relay, now_ms, now_s, &now);
        now.sender = p->sender;
        now.since_s = strcmp(now.state, relay->shown.state) == 0
                          ? relay->shown.since_s
                          : now_s;
        if (same(&now, &relay->shown) &&
            now_ms < relay->shown_ms + SHOW_AGAIN_MS)
            continue;
        now.at_s = now_s;
        r = traffic_show(st, &now, f);
        if (r == RES_OK) {
            relay->shown = now;
            relay->shown_ms = now_ms;
        }
    }
    if (r != RES_OK || !owes)
        return r;
    r = store_begin_lazy(st, f);
    if (r != RES_OK)
        return r;
    r = store_end(st, relay_pool_write(p, st, f), f);
    if (r == RES_OK)
        relay_pool_written(p);
    return r;
}

static bool
same(const struct traffic_state *a, const struct traffic_state *b)
{
    return strcmp(a->state, b->state) == 0 && a->until_s == b->until_s &&
           a->connections == b->connections && a->allowed == b->allowed &&
           a->rate == b->rate && a->rate_allowed == b->rate_allowed &&
           a->sent == b->sent && a->budget == b->budget &&
           a->reply_s == b->reply_s && strcmp(a->reply, b->reply) == 0 &&
           strcmp(a->domains, b->domains) == 0;
}

static bool
has_budget(const struct relay *r)
{
    return r->limits.per_day > 0 || r->limits.n_warm_up > 0;
}

static void
state_of(
    struct relay *r, int64_t now_ms, int64_t now_s, struct traffic_state *out)
{
    const char *word;

    memset(out, 0, sizeof *out);
    word = word_of(r, now_ms, now_s, &out->until_s);
    (void)snprintf(out->relay, sizeof out->relay, "%s", r->conf->name);
    (void)snprintf(out->state, sizeof out->state, "%s", word);
    out->connections = relay_count(r, RELAY_FREE) + relay_count(r, RELAY_TAKEN);
    out->allowed = pace_connections(&r->pace, now_ms);
    out->rate = pace_measured(&r->pace, now_ms);
    out->rate_allowed = pace_allowed(&r->pace, now_ms);
    out->budget = pace_budget(&r->pace, now_s);
    out->sent = r->pace.sent;
    (void)snprintf(out->reply, sizeof out->reply, "%.*s",
        (int)(sizeof out->reply - 1), r->last);
    out->reply_s = r->last_s;
    domains_of(r, now_ms, out->domains, sizeof out->domains);
}

static const char *
word_of(struct relay *r, int64_t now_ms, int64_t now_s, int64_t *until_s)
{
    const struct pace_ask ask = {.now_ms = now_ms, .now_s = now_s};
    int64_t wait_ms = 0;

    if (r->down && now_ms < r->again_ms)
        *until_s = now_s + (r->again_ms - now_ms + 999) / 1000;
    if (r->refuses_us)
        return "refuses";
    if (r->down)
        return "down";
    if (pace_may_any(&r->pace, &ask, &wait_ms) != PACE_GO &&
        wait_ms > RELAY_SPILL_MS) {
        *until_s = now_s + (wait_ms + 999) / 1000;
        return "spent";
    }
    if (pace_penalty_of(&r->pace, 0, now_ms) != NULL)
        return "slow";
    return relay_count(r, RELAY_FREE) + relay_count(r, RELAY_TAKEN) > 0
               ? "up"
               : "idle";
}

static void
domains_of(struct relay *r, int64_t now_ms, char *out, size_t size)
{
    const struct pace_domain *slow[DOMAINS_SHOWN];
    int n = pace_slowest(&r->pace, slow, DOMAINS_SHOWN, now_ms);
    size_t at = 0;

    for (int i = 0; i < n; i++) {
        int k = snprintf(out + at, size - at, "%s %d %lld\n", slow[i]->name,
            slow[i]->penalty.connections, (long long)slow[i]->penalty.per_hour);

        if (k < 0 || (size_t)k >= size - at) {
            out[at] = '\0';
            return;
        }
        at += (size_t)k;
    }
}
