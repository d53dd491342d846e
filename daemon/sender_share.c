/* SPDX-License-Identifier: ISC */
/* What several senders have to know of each other: which part of the relays
 * is whose, and what one of them left behind.  They share nothing but the
 * store, so the connections and rates of a relay are dealt out beforehand: its
 * limits hold without anyone asking.
 *
 * Their clock is here too, because leases are taken over by it. */
#include "daemon/sender.h"

#include <limits.h>
#include <stdio.h>
#include <time.h>
#include "daemon/crash.h"
#include "daemon/log.h"
#include "lists/store.h"

enum {
    STORE_WAIT_MS = 2000,
    LEASE_NAME_BYTES = 400,
    /* A clock further ahead than this was wrong before it was set back. */
    AHEAD_MAX_MS = 24 * 3600 * 1000,
    STEP_MS = 2000 /* less is no step, but a clock that is being trimmed */
};

static int shares_of(const struct conf *all, const struct conf_relay *r, int n);
static int least(int n, int limit);
static void lease_name(const struct sender *s, char out[LEASE_NAME_BYTES]);
static enum result go_on(struct sender *s, struct fault *f);
static void said(int64_t doubt, int64_t waiting);

/* What is left over of one relay goes to the senders after those who got what
 * was left of the one before: in the end all have as many, or one more.  A
 * relay of a higher order is dealt among those alone who have a part in one of
 * the lowest: another would have nothing better, and not wait for its turn. */
void
sender_share(const struct conf *all, int index, struct conf *own)
{
    int n = all->senders > 1 ? all->senders : 1, first[2] = {0, 0};
    int lowest = INT_MAX, chosen = 0;

    for (int i = 0; i < all->n_relays; i++)
        lowest = least(lowest, all->relay[i].order);
    for (int i = 0; i < all->n_relays; i++)
        if (all->relay[i].order == lowest)
            chosen += shares_of(all, &all->relay[i], n);
    *own = *all;
    own->n_relays = 0;
    for (int i = 0; i < all->n_relays; i++) {
        struct conf_relay *r = &own->relay[own->n_relays];
        bool later = all->relay[i].order > lowest;
        int among = later ? least(n, chosen) : n;
        int shares = shares_of(all, &all->relay[i], among);

        *r = all->relay[i];
        r->shares = shares;
        r->share = (index - first[later] + among) % among;
        if (index < among && r->share < shares) {
            r->connections = relay_part(r, r->connections);
            own->n_relays++;
        }
        first[later] +=
            shares < among ? shares : all->relay[i].connections % among;
        first[later] %= among;
    }
}

/* How many senders may use it: a part of a limit cannot be less than one. */
static int
shares_of(const struct conf *all, const struct conf_relay *r, int n)
{
    const int of_relay[] = {r->connections, r->rate_per_second,
        r->rate_per_minute, r->rate_per_hour, r->rate_per_day,
        r->domain_connections, r->domain_rate_per_minute};

    for (size_t i = 0; i < sizeof of_relay / sizeof of_relay[0]; i++)
        n = least(n, of_relay[i]);
    for (int i = 0; i < r->n_warm_up; i++)
        n = least(n, r->warm_up[i]);
    for (int i = 0; i < all->n_domains; i++)
        n = least(least(n, all->domain[i].connections),
            all->domain[i].rate_per_minute);
    return n;
}

static int
least(int n, int limit)
{
    return limit > 0 && limit < n ? limit : n;
}

enum result
sender_take_over(struct sender *s, struct fault *f)
{
    char name[LEASE_NAME_BYTES];
    int64_t doubt = 0, waiting = 0;
    enum result r;

    r = go_on(s, f);
    if (r != RES_OK)
        return r;
    lease_name(s, name);
    r = delivery_recover(
        s->store, name, worker_boot_id(), s->now_s, &doubt, &waiting, f);
    if (r != RES_OK && r != RES_NONE)
        return r;
    said(doubt, waiting);
    if (doubt + waiting > 0)
        crash_point("after-take-over");
    store_patience(s->store, STORE_WAIT_MS);
    return delivery_lease_open(s->store, name, worker_boot_id(), s->most,
        s->now_s + SENDER_LEASE_S, &s->lease_id, f);
}

/* The clock may have been set back while no sender lived. */
static enum result
go_on(struct sender *s, struct fault *f)
{
    int64_t at_s = 0;
    enum result r = delivery_lease_time(s->store, SENDER_LEASE_S, &at_s, f);

    if (r != RES_OK)
        return r;
    if (at_s > s->now_s && at_s - s->now_s < AHEAD_MAX_MS / 1000) {
        s->ahead_ms = at_s * 1000 - s->now_ms;
        sender_clocks(s);
    }
    return RES_OK;
}

void
sender_inherit(struct sender *s)
{
    char names[CONF_SENDERS_MAX][80];
    const char *alive[CONF_SENDERS_MAX];
    struct delivery_crew crew = {.node = s->conf->node,
        .boot_id = worker_boot_id(),
        .name = alive,
        .n = s->conf->senders > 1 ? s->conf->senders : 1};
    int64_t doubt = 0, waiting = 0;
    struct fault f;
    enum result r;

    for (int i = 0; i < crew.n; i++) {
        worker_sender_name(s->conf, i, names[i]);
        alive[i] = names[i];
    }
    r = delivery_inherit(s->store, &crew, s->now_s, &doubt, &waiting, &f);
    said(doubt, waiting);
    if (r != RES_OK && r != RES_NONE)
        sender_trouble(s, "what others left cannot be taken over", r, &f);
}

void
sender_clocks(struct sender *s)
{
    int64_t wall_ms, steady_ms;
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    s->now_ms = (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
    (void)clock_gettime(CLOCK_REALTIME, &t);
    wall_ms = (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
    steady_ms = s->now_ms + s->ahead_ms;
    if (s->now_s > 0 && wall_ms < steady_ms - STEP_MS &&
        wall_ms > steady_ms - AHEAD_MAX_MS) {
        if (!s->set_back)
            log_warn("the clock was set back by %lld s; what waits to be sent"
                     " goes by the old one until they meet",
                (long long)(steady_ms - wall_ms + 500) / 1000);
        s->set_back = true;
    } else {
        s->set_back = false;
        s->ahead_ms = wall_ms - s->now_ms;
        steady_ms = wall_ms;
    }
    s->wall_s = wall_ms / 1000;
    s->now_s = steady_ms / 1000;
}

int64_t
sender_clock_us(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void
lease_name(const struct sender *s, char out[LEASE_NAME_BYTES])
{
    (void)snprintf(
        out, LEASE_NAME_BYTES, "%s/%s", s->conf->node, s->worker->name);
}

static void
said(int64_t doubt, int64_t waiting)
{
    if (doubt > 0)
        log_warn("taken over: %lld letters may have arrived unseen; those that"
                 " were on the wire of one worker go once more, same"
                 " Message-ID; see who --doubtful",
            (long long)doubt);
    if (waiting > 0)
        log_info("taken over: %lld letters wait again", (long long)waiting);
}
