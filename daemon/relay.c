/* SPDX-License-Identifier: ISC */
/* Connections to the relays.
 *
 * libcurl opens them (relay_open.c) and then stops (CURLOPT_CONNECT_ONLY),
 * because its own mail transfer blocks the whole process from the final dot to
 * the reply and knows no pipelining.  One easy handle is one connection; it
 * stays in the multi handle for as long as it lives, because taking it out
 * closes it.  While libcurl connects, its sockets stand in our epoll by
 * CURLMOPT_SOCKETFUNCTION; afterwards the socket is ours to watch. */
#include "daemon/relay_own.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include "daemon/log.h"
#include "daemon/reply.h"

_Static_assert((int)CONF_WARM_UP_MAX == (int)PACE_WARM_UP_MAX, "one ramp");

static void relay_limits(const struct conf *conf, struct relay *r);
static void relay_clear(struct relay *r);
static void quit(struct relay_pool *p, struct relay_conn *c);

enum result
relay_pool_open(const struct conf *conf, int epoll_fd, struct relay_pool **out,
    struct fault *f)
{
    struct relay_pool *p = fault_calloc(1, sizeof *p);
    struct relay_conn *c;

    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK ||
        !relay_multi_new(p)) {
        free(p);
        return fault_set(f, RES_STOP, "libcurl cannot be initialised");
    }
    p->epoll_fd = epoll_fd;
    p->again_ms = p->pace_ms = p->show_ms = -1;
    for (int i = 0; i < conf->n_relays; i++)
        p->n_conns += conf->relay[i].connections;
    p->conn = fault_calloc((unsigned long)p->n_conns, sizeof *p->conn);
    p->n_relays = conf->n_relays;
    c = p->conn;
    for (int i = 0; i < conf->n_relays; i++) {
        struct relay *r = &p->relay[i];

        r->conf = &conf->relay[i];
        r->conn = c;
        relay_limits(conf, r);
        pace_init(&r->pace, &r->limits, relay_clock_ms());
        if (r->conf->tls == CONF_TLS_REQUIRED)
            r->trust = trust_new(r->conf->ca_file);
        relay_login_init(p, r);
        for (int k = 0; k < r->conf->connections; k++, c++) {
            c->index = (int)(c - p->conn);
            c->relay = r;
            c->conf = r->conf;
            c->fd = -1;
        }
    }
    *out = p;
    return RES_OK;
}

/* A domain's own limits take the place of the relay's for all domains. */
static void
relay_limits(const struct conf *conf, struct relay *r)
{
    const struct conf_relay *from = r->conf;
    bool for_all =
        from->domain_connections > 0 || from->domain_rate_per_minute > 0;
    struct pace_limits *l = &r->limits;

    *l = (struct pace_limits){.connections = from->connections,
        .per_second = relay_part(from, from->rate_per_second),
        .per_minute = relay_part(from, from->rate_per_minute),
        .per_hour = relay_part(from, from->rate_per_hour),
        .per_day = relay_part(from, from->rate_per_day),
        .domain_connections = relay_part(from, from->domain_connections),
        .domain_per_minute = relay_part(from, from->domain_rate_per_minute),
        .n_warm_up = from->n_warm_up,
        .special = r->special};
    for (int i = 0; i < from->n_warm_up; i++)
        l->warm_up[i] = relay_part(from, from->warm_up[i]);
    for (int i = 0; i < conf->n_domains; i++) {
        const struct conf_domain *d = &conf->domain[i];

        if (for_all || d->connections > 0 || d->rate_per_minute > 0)
            r->special[l->n_special++] = (struct pace_special){
                pace_domain_of(d->name), d->connections, d->rate_per_minute};
    }
}

int
relay_part(const struct conf_relay *r, int limit)
{
    if (r->shares <= 1)
        return limit;
    return limit / r->shares + (r->share < limit % r->shares);
}

static void
relay_clear(struct relay *r)
{
    relay_login_clear(r);
    trust_free(r->trust);
    pace_clear(&r->pace);
}

void
relay_pool_close(struct relay_pool *p)
{
    if (p == NULL)
        return;
    for (int i = 0; i < p->n_conns; i++) {
        if (p->conn[i].state == RELAY_FREE)
            quit(p, &p->conn[i]);
        relay_closed(p, &p->conn[i]);
    }
    for (int i = 0; i < p->n_relays; i++)
        relay_clear(&p->relay[i]);
    (void)curl_multi_cleanup(p->multi);
    curl_global_cleanup();
    free(p->conn);
    free(p);
}

int
relay_pool_size(const struct relay_pool *p)
{
    return p->n_conns;
}

struct relay_conn *
relay_pool_at(struct relay_pool *p, int index)
{
    return &p->conn[index];
}

struct relay_conn *
relay_pool_event(struct relay_pool *p, uint64_t data, uint32_t events)
{
    struct relay_conn *c;

    if ((data & EVENT_CONN) == 0) {
        relay_multi_turn(p, (curl_socket_t)(data & (EVENT_CURL - 1)), events,
            relay_clock_ms());
        return NULL;
    }
    c = &p->conn[data & (EVENT_CURL - 1)];
    if (c->state == RELAY_TAKEN)
        return c;
    if (c->state == RELAY_FREE) {
        /* Whatever a server says unasked, it is a goodbye. */
        log_debug("relay=%s closed by the server while idle", c->conf->name);
        relay_closed(p, c);
    }
    return NULL;
}

void
relay_pool_turn(struct relay_pool *p, int64_t now_ms,
    void (*late)(void *arg, struct relay_conn *c), void *arg)
{
    if (p->timer_ms >= 0 && now_ms >= p->timer_ms) {
        p->timer_ms = -1;
        relay_multi_turn(p, CURL_SOCKET_TIMEOUT, 0, now_ms);
    }
    relay_login_turn(p, now_ms);
    if (p->n_open == 0 || now_ms < p->scan_ms + RELAY_SCAN_MS)
        return;
    p->scan_ms = now_ms;
    for (int i = 0; i < p->n_conns; i++) {
        struct relay_conn *c = &p->conn[i];

        if (c->state == RELAY_FREE && now_ms >= c->deadline_ms)
            quit(p, c);
        else if (c->state == RELAY_TAKEN && now_ms >= c->deadline_ms)
            late(arg, c);
    }
}

int
relay_pool_wait_ms(const struct relay_pool *p, int64_t now_ms)
{
    int64_t at_ms = p->n_open > 0 ? now_ms + RELAY_SCAN_MS : INT64_MAX;
    int64_t login_ms = relay_login_wait_ms(p);

    if (p->timer_ms >= 0 && p->timer_ms < at_ms)
        at_ms = p->timer_ms;
    if (p->again_ms >= 0 && p->again_ms < at_ms)
        at_ms = p->again_ms;
    if (login_ms >= 0 && now_ms + login_ms < at_ms)
        at_ms = now_ms + login_ms;
    if (p->pace_ms >= 0 && p->pace_ms < at_ms)
        at_ms = p->pace_ms;
    if (p->show_ms >= 0 && p->show_ms < at_ms)
        at_ms = p->show_ms;
    if (at_ms == INT64_MAX)
        return -1;
    return at_ms > now_ms ? (int)(at_ms - now_ms) : 0;
}

const char *
relay_pool_trouble(struct relay_pool *p)
{
    if (!p->trouble)
        return NULL;
    p->trouble = false;
    for (int i = 0; i < p->n_relays; i++)
        if (!p->relay[i].refuses_us)
            return NULL;
    return p->relay[0].why;
}

enum result
relay_send(struct relay_conn *c, const char *bytes, size_t size, size_t *n,
    struct fault *f)
{
    CURLcode code = curl_easy_send(c->easy, bytes, size, n);

    if (code == CURLE_OK)
        return RES_OK;
    if (code == CURLE_AGAIN)
        return fault_set(f, RES_LATER, "would block");
    return fault_set(
        f, RES_NEVER, "connection lost: %s", curl_easy_strerror(code));
}

enum result
relay_receive(
    struct relay_conn *c, char *bytes, size_t size, size_t *n, struct fault *f)
{
    CURLcode code = curl_easy_recv(c->easy, bytes, size, n);

    if (code == CURLE_OK)
        return RES_OK;
    if (code == CURLE_AGAIN)
        return fault_set(f, RES_LATER, "would block");
    return fault_set(
        f, RES_NEVER, "connection lost: %s", curl_easy_strerror(code));
}

void
relay_wait_output(struct relay_pool *p, struct relay_conn *c, bool wanted)
{
    struct epoll_event ev = {.events = EPOLLIN};

    if (c->waits_output == wanted)
        return;
    c->waits_output = wanted;
    if (wanted)
        ev.events |= EPOLLOUT;
    ev.data.u64 = EVENT_CONN | (uint64_t)c->index;
    (void)epoll_ctl(p->epoll_fd, EPOLL_CTL_MOD, c->fd, &ev);
}

void
relay_give(struct relay_pool *p, struct relay_conn *c, int64_t now_ms)
{
    int most = c->conf->letters_per_connection;

    c->letters++;
    c->relay->failures = 0;
    c->state = RELAY_FREE;
    c->deadline_ms = now_ms + RELAY_IDLE_MS;
    if (c->waits_output)
        relay_wait_output(p, c, false);
    if (c->smtp.closing || (most > 0 && c->letters >= most))
        quit(p, c);
}

void
relay_goes_on(struct relay_conn *c, int64_t now_ms)
{
    c->letters++;
    c->relay->failures = 0;
    c->domain = c->next_domain;
    c->next_domain = 0;
    c->taken_ms = now_ms;
}

bool
relay_may_follow(struct relay_conn *c)
{
    struct relay *r = c->relay;

    if (r->follow == RELAY_FOLLOW_BAD || r->follow == RELAY_FOLLOW_TRIED)
        return false;
    if (r->follow == RELAY_FOLLOW_UNTRIED) {
        r->follow = RELAY_FOLLOW_TRIED;
        r->trial = c;
    }
    return true;
}

bool
relay_followed(struct relay_conn *c, bool well)
{
    struct relay *r = c->relay;

    if (well)
        r->follow = RELAY_FOLLOW_GOOD;
    if (r->follow != RELAY_FOLLOW_TRIED)
        return true;
    r->follow = RELAY_FOLLOW_BAD;
    log_info("relay=%s does not take the next letter's commands behind a"
             " letter; they wait for its answer from now on",
        c->conf->name);
    return false;
}

bool
relay_refuses_null(const struct relay_conn *c)
{
    return c->relay->refuses_null;
}

void
relay_refused_null(struct relay_conn *c, const char *words)
{
    if (!c->relay->refuses_null)
        log_info("relay=%s takes no mail from <> (%s); our answers come from"
                 " <%s> there from now on",
            c->conf->name, log_quote(words), c->conf->answer_sender);
    c->relay->refuses_null = true;
}

void
relay_drop(struct relay_pool *p, struct relay_conn *c, bool fair,
    int64_t now_ms, const char *why)
{
    bool unused = c->letters == 0;

    relay_closed(p, c);
    if (!fair && unused)
        relay_set_back(c->relay, now_ms, why);
}

/* Leaves a relay alone for a while; said once for a round of failures. */
void
relay_set_back(struct relay *r, int64_t now_ms, const char *why)
{
    int64_t wait_ms;

    r->down =
        relay_count(r, RELAY_FREE) == 0 && relay_count(r, RELAY_TAKEN) == 0;
    if (now_ms < r->again_ms)
        return;
    wait_ms = reply_backoff_ms(++r->failures);
    r->again_ms = now_ms + wait_ms;
    r->last_s = (int64_t)time(NULL);
    (void)snprintf(r->last, sizeof r->last, "%s", why);
    log_warn("relay=%s no connection: %s; trying again in %lld s",
        r->conf->name, log_quote(why), (long long)(wait_ms / 1000));
}

/* --- closing ------------------------------------------------------------- */

static void
quit(struct relay_pool *p, struct relay_conn *c)
{
    struct fault f;
    size_t n;

    if (relay_send(c, "QUIT\r\n", 6, &n, &f) != RES_OK)
        log_debug("relay=%s could not take QUIT", c->conf->name);
    relay_closed(p, c);
}

void
relay_closed(struct relay_pool *p, struct relay_conn *c)
{
    struct epoll_event ev = {.events = 0};

    if (c->state == RELAY_CLOSED)
        return;
    if (c->state == RELAY_CONNECTING)
        p->n_dear -= c->dear_trust;
    if (c->relay->trial == c && c->relay->follow == RELAY_FOLLOW_TRIED)
        c->relay->follow = RELAY_FOLLOW_UNTRIED; /* it came to nothing */
    if (c->fd >= 0)
        (void)epoll_ctl(p->epoll_fd, EPOLL_CTL_DEL, c->fd, &ev);
    (void)curl_multi_remove_handle(p->multi, c->easy);
    curl_easy_cleanup(c->easy);
    c->easy = NULL;
    c->fd = -1;
    c->waits_output = false;
    c->state = RELAY_CLOSED;
    p->n_open--;
}

int
relay_count(const struct relay *r, enum relay_state state)
{
    int n = 0;

    for (int i = 0; i < r->conf->connections; i++)
        n += r->conn[i].state == state;
    return n;
}

int64_t
relay_clock_ms(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}
