/* SPDX-License-Identifier: ISC */
/* Which relay carries the next letter, and how many connections are opened.
 *
 * The relays of the lowest order that has one able to carry letters share the
 * work; one is able unless it is down, or its budget is spent for more than
 * RELAY_SPILL_MS.  That its connections are busy, or that it must pause for a
 * moment, sends no letter to a higher order.
 *
 * With weights, each gets its share: whoever has had less than its share is
 * next, and none runs ahead of the slowest by more than RELAY_AHEAD letters,
 * else a free connection alone would decide.  A relay that was away does not
 * catch up on what it missed.  Without, the one with the most free places is
 * next. */
#include "daemon/relay_own.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include "daemon/log.h"

enum {
    ALL_ORDERS = INT32_MAX,
    SOON_LEAST = 2 /* letters of a connection that is new or slow */
};
#define PASS INT64_C(1000000) /* what a letter costs a relay of weight 1 */

/* What its connections are doing. */
struct places {
    struct relay_conn *free;
    int n_free, n_taken, n_domain, n_open;
};

static bool carries_last(const struct relay_conn *c);
static struct places places_of(const struct relay *r, uint64_t domain);
static bool shares(const struct relay_pool *p, const struct relay *r);
static bool able(struct relay *r, int64_t now_ms, int64_t now_s);
static int order_now(struct relay_pool *p, int64_t now_ms, int64_t now_s);
static int64_t least_pass(struct relay_pool *p, int order);
static void
go(struct relay_conn *c, const struct relay_wish *w, const struct places *at);
static void sooner(int64_t *at_ms, int64_t then_ms);
static struct pace_ask ask_of(const struct relay_conn *c, int64_t now_ms);
static void say_slower(
    struct relay_conn *c, const char *domain, const struct pace_penalty *y);

void
relay_pool_want(
    struct relay_pool *p, int letters, int64_t now_ms, int64_t now_s)
{
    int order = order_now(p, now_ms, now_s), ready = 0, n_relays = 0, share;

    p->again_ms = -1;
    p->pace_ms = -1;
    p->order = order;
    for (int i = 0; i < p->n_relays; i++) {
        struct relay *r = &p->relay[i];

        if (!shares(p, r))
            continue;
        n_relays++;
        ready += relay_count(r, RELAY_CONNECTING) + relay_count(r, RELAY_FREE);
    }
    if (letters <= 0)
        return;
    share = (letters - ready + n_relays - 1) / (n_relays > 0 ? n_relays : 1);
    for (int i = 0; i < p->n_relays; i++) {
        struct relay *r = &p->relay[i];
        int open = r->conf->connections - relay_count(r, RELAY_CLOSED);
        int limit = pace_connections(&r->pace, now_ms);
        int n = share < limit - open ? share : limit - open;

        /* Better ones that are down are tried, by one connection. */
        if (!shares(p, r))
            n = r->down && r->conf->order <= order && open == 0 ? 1 : 0;
        if (n <= 0)
            continue;
        if (now_ms >= r->again_ms)
            relay_open_some(p, r, n, now_ms);
        if (now_ms < r->again_ms) /* now too: no password, and no event */
            sooner(&p->again_ms, r->again_ms);
    }
}

enum relay_answer
relay_take(struct relay_pool *p, const struct relay_wish *w,
    struct relay_conn *only, struct relay_conn **out)
{
    int64_t least = least_pass(p, p->order), wait_ms;
    struct places best_places = {.n_free = 0};
    enum relay_answer answer = RELAY_NOBODY;
    struct relay *best = NULL;

    for (int i = 0; i < p->n_relays; i++) {
        struct relay *r = &p->relay[i];
        struct pace_ask ask = {
            .domain = w->domain, .now_ms = w->now_ms, .now_s = w->now_s};
        struct places at;
        enum pace_answer may;

        if (!r->able || r->conf->order != p->order ||
            (only != NULL && (only->relay != r || carries_last(only))) ||
            (r->conf->weight > 0 &&
                r->pass > least + RELAY_AHEAD * (PASS / r->conf->weight)))
            continue;
        at = places_of(r, pace_wants_domain(&r->pace) ? w->domain : 0);
        if (at.free == NULL && only == NULL)
            continue;
        ask.taken = at.n_taken - (only != NULL);
        ask.taken_domain =
            at.n_domain - (only != NULL && only->domain == w->domain);
        may = pace_may(&r->pace, &ask, &wait_ms);
        if (may != PACE_GO && wait_ms >= 0)
            sooner(&p->pace_ms, w->now_ms + wait_ms);
        if (may == PACE_WAIT_DOMAIN)
            answer = RELAY_ANOTHER;
        if (may != PACE_GO)
            continue;
        if (best == NULL ||
            (r->conf->weight > 0 ? r->pass < best->pass
                                 : at.n_free > best_places.n_free)) {
            best = r;
            best_places = at;
        }
    }
    if (best == NULL)
        return answer;
    *out = only != NULL ? only : best_places.free;
    go(*out, w, &best_places);
    return RELAY_TAKES;
}

static void
go(struct relay_conn *c, const struct relay_wish *w, const struct places *at)
{
    const struct pace_ask ask = {.domain = w->domain,
        .taken = at->n_taken,
        .taken_domain = at->n_domain,
        .now_ms = w->now_ms,
        .now_s = w->now_s};
    struct relay *r = c->relay;

    if (c->state == RELAY_TAKEN) {
        c->next_domain = w->domain;
    } else {
        c->state = RELAY_TAKEN;
        c->domain = w->domain;
        c->next_domain = 0;
        c->taken_ms = w->now_ms;
    }
    pace_went(&r->pace, &ask, w->address);
    r->unwritten++;
    if (r->conf->weight > 0)
        r->pass += PASS / r->conf->weight;
}

void
relay_untake(struct relay_conn *c)
{
    c->state = RELAY_FREE;
    relay_unsent(c);
}

void
relay_untake_next(struct relay_conn *c)
{
    c->next_domain = 0;
    relay_unsent(c);
}

void
relay_unsent(struct relay_conn *c)
{
    pace_unsent(&c->relay->pace);
    c->relay->unwritten--;
}

int64_t
relay_pool_rest_ms(struct relay_pool *p, int64_t now_ms, int64_t now_s)
{
    int64_t least = INT64_MAX;

    for (int i = 0; i < p->n_relays; i++) {
        struct relay *r = &p->relay[i];
        const struct pace_ask ask = {.now_ms = now_ms, .now_s = now_s};
        int64_t wait_ms;

        if (pace_may_any(&r->pace, &ask, &wait_ms) == PACE_GO || wait_ms < 0)
            return 0;
        if (wait_ms < least)
            least = wait_ms;
    }
    return p->n_relays > 0 ? least : 0;
}

/* By what a letter took on a connection of late, and by the rates. */
int
relay_pool_soon(struct relay_pool *p, int64_t now_ms)
{
    int64_t all = 0;

    for (int i = 0; i < p->n_relays; i++) {
        struct relay *r = &p->relay[i];
        int64_t per_hour = pace_allowed(&r->pace, now_ms), each = SOON_LEAST, n;

        if (r->each_us > 0 && INT64_C(1000) * RELAY_SOON_MS / r->each_us > each)
            each = INT64_C(1000) * RELAY_SOON_MS / r->each_us;
        n = each * pace_connections(&r->pace, now_ms);
        if (per_hour > 0 && n > per_hour * RELAY_SOON_MS / 3600000)
            n = per_hour * RELAY_SOON_MS / 3600000;
        all += n;
    }
    return all < 1 ? 1 : all > INT_MAX ? INT_MAX : (int)all;
}

int64_t
relay_pool_interval_ms(struct relay_pool *p, uint64_t domain, int64_t now_ms)
{
    int64_t least = INT64_MAX;

    for (int i = 0; i < p->n_relays; i++) {
        struct relay *r = &p->relay[i];
        int64_t ms;

        if (!r->able || r->conf->order != p->order)
            continue;
        ms = pace_interval_ms(&r->pace, domain, r->each_us / 1000, now_ms);
        if (ms < least)
            least = ms;
    }
    return least == INT64_MAX ? 0 : least;
}

/* Whether the connection closes after the letter that it has. */
static bool
carries_last(const struct relay_conn *c)
{
    int most = c->conf->letters_per_connection;

    return most > 0 && c->letters + 2 > most;
}

static struct places
places_of(const struct relay *r, uint64_t domain)
{
    struct places at = {.n_free = 0};

    for (int i = 0; i < r->conf->connections; i++) {
        struct relay_conn *c = &r->conn[i];

        if (c->state == RELAY_FREE) {
            at.free = c;
            at.n_free++;
        } else if (c->state == RELAY_TAKEN) {
            at.n_taken++;
            at.n_domain += c->domain == domain || c->next_domain == domain;
        }
    }
    at.n_open = at.n_free + at.n_taken;
    return at;
}

/* Whether letters go to it now; when all are down, they wait for each. */
static bool
shares(const struct relay_pool *p, const struct relay *r)
{
    return p->order == ALL_ORDERS ? r->down
                                  : r->able && r->conf->order == p->order;
}

/* Whether it can carry letters, now or soon. */
static bool
able(struct relay *r, int64_t now_ms, int64_t now_s)
{
    const struct pace_ask ask = {.now_ms = now_ms, .now_s = now_s};
    int64_t wait_ms;

    if (r->down)
        return false;
    return pace_may_any(&r->pace, &ask, &wait_ms) == PACE_GO ||
           wait_ms <= RELAY_SPILL_MS;
}

/* The lowest order with a relay that is able; ALL_ORDERS: there is none. */
static int
order_now(struct relay_pool *p, int64_t now_ms, int64_t now_s)
{
    int order = ALL_ORDERS;
    int64_t least;

    for (int i = 0; i < p->n_relays; i++) {
        struct relay *r = &p->relay[i];

        r->able = able(r, now_ms, now_s);
        if (r->able && r->conf->order < order)
            order = r->conf->order;
    }
    if (order == ALL_ORDERS)
        return order;
    least = least_pass(p, order);
    for (int i = 0; i < p->n_relays; i++) {
        struct relay *r = &p->relay[i];

        if (r->conf->weight > 0 && r->conf->order == order &&
            r->pass < least - RELAY_AHEAD * PASS)
            r->pass = least - RELAY_AHEAD * PASS;
        if (r->conf->weight > 0 && !r->able && r->pass < least)
            r->pass = least;
    }
    return order;
}

/* Of those that share the work now and have a connection. */
static int64_t
least_pass(struct relay_pool *p, int order)
{
    int64_t least = INT64_MAX;

    for (int i = 0; i < p->n_relays; i++) {
        struct relay *r = &p->relay[i];

        if (r->conf->weight > 0 && r->able && r->conf->order == order &&
            r->pass < least &&
            relay_count(r, RELAY_FREE) + relay_count(r, RELAY_TAKEN) > 0)
            least = r->pass;
    }
    return least == INT64_MAX ? 0 : least;
}

static void
sooner(int64_t *at_ms, int64_t then_ms)
{
    if (*at_ms < 0 || then_ms < *at_ms)
        *at_ms = then_ms;
}

/* --- what its answers teach ------------------------------------------------
 */

void
relay_answered(struct relay_conn *c, const struct reply_deed *deed,
    const char *address, const char *words, int64_t now_ms, int64_t now_s)
{
    struct relay *r = c->relay;
    struct pace_ask ask = ask_of(c, now_ms);
    int64_t took_us = (now_ms - c->taken_ms) * 1000;
    bool domain_too = deed->slower_domain;

    r->each_us += (took_us - r->each_us) / (r->each_us > 0 ? 8 : 1);
    r->last_s = now_s;
    (void)snprintf(r->last, sizeof r->last, "%s", words);
    if (deed->to == DELIVERY_SENT)
        pace_accepted(&r->pace, c->domain);
    else if (deed->to != DELIVERY_DOUBT)
        relay_unsent(c);
    if (deed->not_now &&
        pace_not_now(&r->pace, &ask, address, REPLY_NOT_NOW_MANY))
        domain_too = true;
    if (domain_too && pace_slower(&r->pace, &ask, address)) {
        const struct pace_domain *slow[REPLY_DOMAINS_MANY];
        const char *at = strrchr(address, '@');

        say_slower(c, at != NULL ? at + 1 : address,
            pace_penalty_of(&r->pace, c->domain, now_ms));
        if (pace_slowest(&r->pace, slow, REPLY_DOMAINS_MANY, now_ms) ==
            REPLY_DOMAINS_MANY)
            relay_slower(c, now_ms);
    }
    if (deed->slower)
        relay_slower(c, now_ms);
}

void
relay_slower(struct relay_conn *c, int64_t now_ms)
{
    struct pace_ask ask = ask_of(c, now_ms);

    ask.domain = 0;
    if (pace_slower(&c->relay->pace, &ask, ""))
        say_slower(c, NULL, pace_penalty_of(&c->relay->pace, 0, now_ms));
}

static struct pace_ask
ask_of(const struct relay_conn *c, int64_t now_ms)
{
    struct places at = places_of(c->relay, c->domain);

    return (struct pace_ask){.domain = c->domain,
        .taken = at.n_taken,
        .taken_domain = at.n_domain,
        .now_ms = now_ms};
}

static void
say_slower(
    struct relay_conn *c, const char *domain, const struct pace_penalty *y)
{
    if (y != NULL)
        log_warn("relay=%s %s%s wants less: at most %d connections and %lld"
                 " letters an hour now, more after every %d s without another"
                 " such word",
            c->conf->name, domain != NULL ? "for " : "",
            domain != NULL ? domain : "as a whole", y->connections,
            (long long)y->per_hour, PACE_CLIMB_MS / 1000);
}
