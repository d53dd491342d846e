/* SPDX-License-Identifier: ISC */
/* How fast one relay may be used.  In prose:
 *
 * A configured rate is kept strictly: in no second, minute or hour do more
 * letters begin than it says.  They are spread evenly, so that an hour's
 * letters do not go in its first minute; who comes late catches up by a
 * SLACK_PARTS-th of the time at most, and so much slower the rate is: what a
 * loaded machine delays is not lost, and a restart costs no more than that.
 *
 * The day is one of UTC.  Its budget is rate-per-day, or less while the relay
 * is warmed up: the n-th number of warm-up on the n-th day on which it carries
 * letters, so that a pause does not skip a step; behind the last one warm-up
 * is over.  A clock that is set back to yesterday gives no second budget: the
 * day stands until it is over.
 *
 * "Slower" halves the connections and the rate, at once and of what is really
 * in use, of the relay or of one domain at it.  What was on the wire when it
 * was said hears the same, so for PACE_TOGETHER_MS it is one word.  Then it
 * climbs: after every PACE_CLIMB_MS without another such word, and with a
 * letter taken meanwhile, by an eighth of what it had.  Having all back it is
 * over; so it is when nothing was tried for PACE_FORGET_MS.  It never becomes
 * slower than PACE_LEAST_PER_HOUR and one connection: what nobody tries,
 * nobody learns about.
 *
 * Domains are remembered in a small table; who comes while its places are
 * taken takes that of the one unused for longest, those under a penalty
 * last.  Whoever loses its place is only forgotten, and may go faster for a
 * while: no list of domains, however long, costs memory or time. */
#include "daemon/pace.h"

#include <stdlib.h>
#include <string.h>
#include "lists/fault.h"

enum {
    SECOND_US = 1000000,
    DAY_S = 86400,
    SLACK_PARTS = 33, /* the part of a second, minute, hour to catch up */
    LEFT_SLACK_US = 100000,
    METER_MS = 1000,
    METER_OLD_MS = 5000
};
#define MINUTE_US (INT64_C(60) * SECOND_US)
#define HOUR_US (60 * MINUTE_US)
#define HOUR_MS INT64_C(3600000)

/* A letter after each interval; who waited may go early by the slack. */
struct rate {
    int64_t interval_us, slack_us;
};

static struct rate rate_of(int64_t n, int64_t window_us);
static struct rate rate_left(const struct pace_penalty *y);
static int64_t
bucket_wait_us(struct pace_bucket *b, struct rate r, int64_t now_us);
static void bucket_take(struct pace_bucket *b, struct rate r, int64_t now_us);
static int64_t longer(int64_t a, int64_t b);
static void day_turn(struct pace *p, int64_t now_s);
static int64_t day_wait_us(struct pace *p, int64_t now_s);
static void meter(struct pace *p, int64_t now_ms);
static bool penalty_stands(struct pace_penalty *y, int64_t now_ms);
static void
penalty_cut(struct pace_penalty *y, int in_use, int64_t per_hour, int64_t now);
static struct pace_domain *find(struct pace *p, uint64_t domain);
static struct pace_domain *
get(struct pace *p, uint64_t domain, const char *address, int64_t now_ms);
static void domain_limits(
    const struct pace *p, uint64_t domain, int *connections, int *per_minute);

void
pace_init(struct pace *p, const struct pace_limits *limits, int64_t now_ms)
{
    memset(p, 0, sizeof *p);
    p->limits = limits;
    p->meter_ms = now_ms;
    p->domains_count = limits->domain_connections > 0 ||
                       limits->domain_per_minute > 0 || limits->n_special > 0;
}

void
pace_clear(struct pace *p)
{
    free(p->domain);
    p->domain = NULL;
}

/* FNV-1a: whoever makes two domains meet in 64 bits lets them share a rate. */
uint64_t
pace_domain_of(const char *address)
{
    const char *at = strrchr(address, '@');
    uint64_t h = UINT64_C(14695981039346656037);

    for (const char *s = at != NULL ? at + 1 : address; *s != '\0'; s++) {
        unsigned char c = (unsigned char)*s;

        if (c >= 'A' && c <= 'Z')
            c |= 0x20;
        h = (h ^ c) * UINT64_C(1099511628211);
    }
    return h != 0 ? h : 1;
}

/* --- may it go? ----------------------------------------------------------- */

enum pace_answer
pace_may_any(struct pace *p, const struct pace_ask *a, int64_t *wait_ms)
{
    const struct pace_limits *l = p->limits;
    int64_t now_us = a->now_ms * 1000, wait_us = 0;

    if (l->per_second > 0)
        wait_us = bucket_wait_us(
            &p->second, rate_of(l->per_second, SECOND_US), now_us);
    if (l->per_minute > 0)
        wait_us =
            longer(wait_us, bucket_wait_us(&p->minute,
                                rate_of(l->per_minute, MINUTE_US), now_us));
    if (l->per_hour > 0)
        wait_us = longer(wait_us,
            bucket_wait_us(&p->hour, rate_of(l->per_hour, HOUR_US), now_us));
    if (p->penalty.connections > 0 && penalty_stands(&p->penalty, a->now_ms) &&
        p->penalty.per_hour > 0)
        wait_us = longer(wait_us,
            bucket_wait_us(&p->penalty.bucket, rate_left(&p->penalty), now_us));
    if (l->per_day > 0 || l->n_warm_up > 0)
        wait_us = longer(wait_us, day_wait_us(p, a->now_s));
    if (wait_us > 0) {
        *wait_ms = (wait_us + 999) / 1000;
        return PACE_WAIT;
    }
    *wait_ms = -1;
    return a->taken < pace_connections(p, a->now_ms) ? PACE_GO : PACE_WAIT;
}

enum pace_answer
pace_may(struct pace *p, const struct pace_ask *a, int64_t *wait_ms)
{
    enum pace_answer r = pace_may_any(p, a, wait_ms);
    int64_t now_us = a->now_ms * 1000, wait_us = 0;
    int connections, per_minute;
    struct pace_domain *d;

    if (r != PACE_GO || !p->domains_count)
        return r;
    domain_limits(p, a->domain, &connections, &per_minute);
    d = find(p, a->domain);
    if (d != NULL && per_minute > 0)
        wait_us =
            bucket_wait_us(&d->bucket, rate_of(per_minute, MINUTE_US), now_us);
    if (d != NULL && penalty_stands(&d->penalty, a->now_ms)) {
        if (connections == 0 || d->penalty.connections < connections)
            connections = d->penalty.connections;
        if (d->penalty.per_hour > 0)
            wait_us = longer(wait_us, bucket_wait_us(&d->penalty.bucket,
                                          rate_left(&d->penalty), now_us));
    }
    if (wait_us > 0) {
        *wait_ms = (wait_us + 999) / 1000;
        return PACE_WAIT_DOMAIN;
    }
    *wait_ms = -1;
    return connections > 0 && a->taken_domain >= connections ? PACE_WAIT_DOMAIN
                                                             : PACE_GO;
}

bool
pace_wants_domain(const struct pace *p)
{
    return p->domains_count;
}

void
pace_went(struct pace *p, const struct pace_ask *a, const char *address)
{
    const struct pace_limits *l = p->limits;
    int64_t now_us = a->now_ms * 1000;
    int connections, per_minute;
    struct pace_domain *d;

    day_turn(p, a->now_s);
    p->sent++;
    meter(p, a->now_ms);
    if (l->per_second > 0)
        bucket_take(&p->second, rate_of(l->per_second, SECOND_US), now_us);
    if (l->per_minute > 0)
        bucket_take(&p->minute, rate_of(l->per_minute, MINUTE_US), now_us);
    if (l->per_hour > 0)
        bucket_take(&p->hour, rate_of(l->per_hour, HOUR_US), now_us);
    if (p->penalty.per_hour > 0)
        bucket_take(&p->penalty.bucket, rate_left(&p->penalty), now_us);
    if (!p->domains_count)
        return;
    domain_limits(p, a->domain, &connections, &per_minute);
    d = per_minute > 0 ? get(p, a->domain, address, a->now_ms)
                       : find(p, a->domain);
    if (d == NULL)
        return;
    d->used_ms = a->now_ms;
    if (per_minute > 0)
        bucket_take(&d->bucket, rate_of(per_minute, MINUTE_US), now_us);
    if (d->penalty.per_hour > 0)
        bucket_take(&d->penalty.bucket, rate_left(&d->penalty), now_us);
}

void
pace_unsent(struct pace *p)
{
    if (p->sent > 0)
        p->sent--;
}

/* --- rates ---------------------------------------------------------------- */

/* n intervals are the window and the slack: from any letter on, the n-th after
 * it comes no sooner than a window later, however much is caught up. */
static struct rate
rate_of(int64_t n, int64_t window_us)
{
    int64_t slack_us = window_us / SLACK_PARTS;

    return (struct rate){(window_us + slack_us + n - 1) / n, slack_us};
}

/* What is left of a rate has hardly a burst. */
static struct rate
rate_left(const struct pace_penalty *y)
{
    return (struct rate){longer(HOUR_US / y->per_hour, 1), LEFT_SLACK_US};
}

static int64_t
bucket_wait_us(struct pace_bucket *b, struct rate r, int64_t now_us)
{
    /* Further ahead than it can have come: the clock was set back. */
    if (b->paid_us > now_us + r.interval_us + r.slack_us)
        b->paid_us = now_us + r.interval_us + r.slack_us;
    return longer(b->paid_us - r.slack_us - now_us, 0);
}

static void
bucket_take(struct pace_bucket *b, struct rate r, int64_t now_us)
{
    b->paid_us = longer(b->paid_us, now_us) + r.interval_us;
}

static int64_t
longer(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* Smoothed over a few seconds. */
static void
meter(struct pace *p, int64_t now_ms)
{
    if (now_ms - p->meter_ms >= METER_MS || now_ms < p->meter_ms) {
        p->meter_per_hour = pace_measured(p, now_ms);
        p->meter_ms = now_ms;
        p->meter_n = 0;
    }
    p->meter_n++;
}

int64_t
pace_measured(const struct pace *p, int64_t now_ms)
{
    int64_t for_ms = now_ms - p->meter_ms, now;

    if (for_ms < METER_MS)
        for_ms = METER_MS;
    now = p->meter_n * HOUR_MS / for_ms;
    if (now_ms - p->meter_ms < METER_MS)
        return longer(p->meter_per_hour, now);
    return p->meter_per_hour == 0 || for_ms > METER_OLD_MS
               ? now
               : (p->meter_per_hour + now) / 2;
}

int64_t
pace_allowed(struct pace *p, int64_t now_ms)
{
    const struct pace_limits *l = p->limits;
    const int64_t per_hour[] = {INT64_C(3600) * l->per_second,
        INT64_C(60) * l->per_minute, l->per_hour,
        penalty_stands(&p->penalty, now_ms) ? p->penalty.per_hour : 0};
    int64_t least = 0;

    for (int i = 0; i < 4; i++)
        if (per_hour[i] > 0 && (least == 0 || per_hour[i] < least))
            least = per_hour[i];
    return least;
}

/* --- the day -------------------------------------------------------------- */

void
pace_remember(
    struct pace *p, int64_t day, int64_t sent, int earlier_days, int64_t now_s)
{
    int64_t today = now_s / DAY_S;

    p->used_days = earlier_days;
    p->day = today;
    p->sent = 0;
    if (day == today || day == today + 1) {
        p->day = day;
        p->sent = sent;
    } else if (sent > 0) {
        p->used_days++;
    }
}

static void
day_turn(struct pace *p, int64_t now_s)
{
    int64_t today = now_s / DAY_S;

    if (today == p->day || today == p->day - 1)
        return;
    if (today > p->day) {
        p->used_days += p->sent > 0;
        p->sent = 0;
    }
    /* Else the clock was wrong by days: today it is, with what has gone. */
    p->day = today;
}

int64_t
pace_budget(struct pace *p, int64_t now_s)
{
    const struct pace_limits *l = p->limits;
    int64_t n = l->per_day > 0 ? l->per_day : -1;

    day_turn(p, now_s);
    if (p->used_days < l->n_warm_up && (n < 0 || l->warm_up[p->used_days] < n))
        n = l->warm_up[p->used_days];
    return n;
}

static int64_t
day_wait_us(struct pace *p, int64_t now_s)
{
    int64_t budget = pace_budget(p, now_s);

    if (budget < 0 || p->sent < budget)
        return 0;
    return ((p->day + 1) * DAY_S - now_s) * SECOND_US;
}

/* --- penalties ------------------------------------------------------------ */

void
pace_accepted(struct pace *p, uint64_t domain)
{
    struct pace_domain *d;

    p->penalty.accepted = true;
    p->not_now = 0;
    if (p->domain == NULL)
        return;
    d = find(p, domain);
    if (d == NULL)
        return;
    d->penalty.accepted = true;
    d->not_now = 0;
}

bool
pace_slower(struct pace *p, const struct pace_ask *a, const char *address)
{
    int64_t per_hour = pace_measured(p, a->now_ms);
    struct pace_penalty *y = &p->penalty;
    int in_use = a->taken;
    int connections, per_minute;

    if (a->domain != 0) {
        y = &get(p, a->domain, address, a->now_ms)->penalty;
        if (a->taken > 0)
            per_hour = per_hour * longer(a->taken_domain, 1) / a->taken;
        in_use = a->taken_domain;
    }
    if (penalty_stands(y, a->now_ms) &&
        a->now_ms - y->cut_ms < PACE_TOGETHER_MS)
        return false;
    penalty_cut(y, in_use, per_hour, a->now_ms);
    if (a->domain == 0)
        return true;
    domain_limits(p, a->domain, &connections, &per_minute);
    if (connections > 0 && y->full_connections > connections)
        y->full_connections = connections;
    return true;
}

bool
pace_not_now(
    struct pace *p, const struct pace_ask *a, const char *address, int many)
{
    struct pace_domain *d = get(p, a->domain, address, a->now_ms);

    if (++d->not_now < many)
        return false;
    d->not_now = 0;
    return true;
}

void
pace_cap(struct pace *p, int connections, int64_t now_ms)
{
    struct pace_penalty *y = &p->penalty;

    if (connections < 1)
        connections = 1;
    if (!penalty_stands(y, now_ms))
        y->full_connections = p->limits->connections;
    y->connections = connections;
    y->step_ms = now_ms;
    y->accepted = false;
}

int
pace_connections(struct pace *p, int64_t now_ms)
{
    int n = p->limits->connections;

    if (p->penalty.connections > 0 && penalty_stands(&p->penalty, now_ms) &&
        p->penalty.connections < n)
        n = p->penalty.connections;
    return n;
}

static void
penalty_cut(struct pace_penalty *y, int in_use, int64_t per_hour, int64_t now)
{
    if (y->connections == 0) {
        y->connections = y->full_connections = in_use > 1 ? in_use : 1;
        y->full_per_hour = 0;
    }
    if (y->per_hour == 0)
        y->per_hour = longer(per_hour, PACE_LEAST_PER_HOUR);
    if (y->full_per_hour == 0)
        y->full_per_hour = y->per_hour;
    y->connections = y->connections > 1 ? y->connections / 2 : 1;
    y->per_hour = longer(y->per_hour / 2, PACE_LEAST_PER_HOUR);
    y->cut_ms = y->step_ms = now;
    y->accepted = false;
    y->bucket.paid_us = longer(y->bucket.paid_us, now * 1000);
}

/* Whether it stands still, after the steps that time has brought. */
static bool
penalty_stands(struct pace_penalty *y, int64_t now_ms)
{
    int step = y->full_connections / PACE_CLIMB_PARTS;

    if (y->connections == 0)
        return false;
    if (now_ms < y->step_ms) /* the clock was set back */
        y->step_ms = y->cut_ms = now_ms;
    if (now_ms - y->step_ms >= PACE_FORGET_MS) {
        memset(y, 0, sizeof *y);
        return false;
    }
    if (now_ms - y->step_ms < PACE_CLIMB_MS || !y->accepted)
        return true;
    y->step_ms = now_ms;
    y->accepted = false;
    y->connections += step > 0 ? step : 1;
    if (y->connections > y->full_connections)
        y->connections = y->full_connections;
    y->per_hour += (y->full_per_hour + PACE_CLIMB_PARTS - 1) / PACE_CLIMB_PARTS;
    if (y->connections < y->full_connections ||
        (y->full_per_hour > 0 && y->per_hour < y->full_per_hour))
        return true;
    memset(y, 0, sizeof *y);
    return false;
}

const struct pace_penalty *
pace_penalty_of(struct pace *p, uint64_t domain, int64_t now_ms)
{
    struct pace_domain *d;
    struct pace_penalty *y = &p->penalty;

    if (domain != 0) {
        d = find(p, domain);
        if (d == NULL)
            return NULL;
        y = &d->penalty;
    }
    return penalty_stands(y, now_ms) ? y : NULL;
}

int
pace_slowest(
    struct pace *p, const struct pace_domain **out, int max, int64_t now_ms)
{
    int n = 0;

    for (int i = 0; p->domain != NULL && i < PACE_DOMAINS; i++) {
        struct pace_domain *d = &p->domain[i];
        int at = n;

        if (d->domain == 0 || !penalty_stands(&d->penalty, now_ms))
            continue;
        while (at > 0 && out[at - 1]->penalty.per_hour > d->penalty.per_hour)
            at--;
        if (at == max)
            continue;
        n += n < max;
        for (int k = n - 1; k > at; k--)
            out[k] = out[k - 1];
        out[at] = d;
    }
    return n;
}

int64_t
pace_interval_ms(
    struct pace *p, uint64_t domain, int64_t each_ms, int64_t now_ms)
{
    const struct pace_penalty *y = pace_penalty_of(p, domain, now_ms);
    int connections, per_minute;
    int64_t ms = 0;

    domain_limits(p, domain, &connections, &per_minute);
    if (per_minute > 0)
        ms = 60000 / per_minute;
    if (y != NULL && y->per_hour > 0)
        ms = longer(ms, HOUR_MS / y->per_hour);
    if (y != NULL && (connections == 0 || y->connections < connections))
        connections = y->connections;
    return connections > 0 ? longer(ms, each_ms / connections) : ms;
}

/* --- domains -------------------------------------------------------------- */

static struct pace_domain *
find(struct pace *p, uint64_t domain)
{
    for (uint64_t i = 0; p->domain != NULL && i < PACE_PROBE; i++) {
        struct pace_domain *d = &p->domain[(domain + i) % PACE_DOMAINS];

        if (d->domain == domain)
            return d;
    }
    return NULL;
}

/* Its place, taken from the one least worth keeping where there is none. */
static struct pace_domain *
get(struct pace *p, uint64_t domain, const char *address, int64_t now_ms)
{
    struct pace_domain *d = find(p, domain), *best = NULL;
    const char *at = strrchr(address, '@');

    if (p->domain == NULL)
        p->domain = fault_calloc(PACE_DOMAINS, sizeof *p->domain);
    p->domains_count = true;
    for (uint64_t i = 0; d == NULL && i < PACE_PROBE; i++) {
        struct pace_domain *t = &p->domain[(domain + i) % PACE_DOMAINS];
        bool kept, best_kept;

        if (t->domain == 0) {
            best = t;
            break;
        }
        kept = penalty_stands(&t->penalty, now_ms);
        best_kept = best != NULL && best->penalty.connections > 0;
        if (best == NULL || (!kept && best_kept) ||
            (kept == best_kept && t->used_ms < best->used_ms))
            best = t;
    }
    if (d == NULL) {
        d = best;
        memset(d, 0, sizeof *d);
        d->domain = domain;
        at = at != NULL ? at + 1 : address;
        memcpy(d->name, at, strnlen(at, PACE_DOMAIN_MAX));
    }
    d->used_ms = now_ms;
    return d;
}

static void
domain_limits(
    const struct pace *p, uint64_t domain, int *connections, int *per_minute)
{
    const struct pace_limits *l = p->limits;

    *connections = l->domain_connections;
    *per_minute = l->domain_per_minute;
    for (int i = 0; i < l->n_special; i++)
        if (l->special[i].domain == domain) {
            *connections = l->special[i].connections;
            *per_minute = l->special[i].per_minute;
        }
}
