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

#include <stdlib.h>
#include <sys/epoll.h>
#include <time.h>
#include "daemon/log.h"
#include "daemon/reply.h"

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
    p->again_ms = -1;
    for (int i = 0; i < conf->n_relays; i++)
        p->n_conns += conf->relay[i].connections;
    p->conn = fault_calloc((unsigned long)p->n_conns, sizeof *p->conn);
    p->n_relays = conf->n_relays;
    c = p->conn;
    for (int i = 0; i < conf->n_relays; i++) {
        struct relay *r = &p->relay[i];

        r->conf = &conf->relay[i];
        r->conn = c;
        r->limit = r->conf->connections;
        if (r->conf->tls == CONF_TLS_REQUIRED)
            r->trust = trust_new(r->conf->ca_file);
        relay_login_init(p, r);
        for (int k = 0; k < r->limit; k++, c++) {
            c->index = (int)(c - p->conn);
            c->relay = r;
            c->conf = r->conf;
            c->fd = -1;
        }
    }
    *out = p;
    return RES_OK;
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
    for (int i = 0; i < p->n_relays; i++) {
        relay_login_clear(&p->relay[i]);
        trust_free(p->relay[i].trust);
    }
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

/* Each relay gets a share of the letters that have no connection yet. */
void
relay_pool_want(struct relay_pool *p, int letters, int64_t now_ms)
{
    int ready = 0, share;

    p->again_ms = -1;
    for (int i = 0; i < p->n_relays; i++)
        ready += relay_count(&p->relay[i], RELAY_CONNECTING) +
                 relay_count(&p->relay[i], RELAY_FREE);
    if (letters <= ready)
        return;
    share = (letters - ready + p->n_relays - 1) / p->n_relays;
    for (int i = 0; i < p->n_relays; i++) {
        struct relay *r = &p->relay[i];
        int open = r->conf->connections - relay_count(r, RELAY_CLOSED);
        int n = share < r->limit - open ? share : r->limit - open;

        if (n > 0 && now_ms >= r->again_ms)
            relay_open_some(p, r, n, now_ms);
        if (n > 0 && now_ms < r->again_ms &&
            (p->again_ms < 0 || r->again_ms < p->again_ms))
            p->again_ms = r->again_ms;
    }
}

struct relay_conn *
relay_take(struct relay_pool *p)
{
    struct relay_conn *best = NULL;
    int most = 0;

    for (int i = 0; i < p->n_relays; i++) {
        struct relay *r = &p->relay[i];
        int free_places = relay_count(r, RELAY_FREE);

        if (free_places <= most || relay_count(r, RELAY_TAKEN) >= r->limit)
            continue;
        most = free_places;
        for (int k = 0; k < r->conf->connections; k++)
            if (r->conn[k].state == RELAY_FREE)
                best = &r->conn[k];
    }
    if (best != NULL)
        best->state = RELAY_TAKEN;
    return best;
}

void
relay_untake(struct relay_conn *c)
{
    c->state = RELAY_FREE;
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
    struct relay *r = c->relay;
    int most = c->conf->letters_per_connection;

    c->letters++;
    r->failures = 0;
    if (r->limit < c->conf->connections && ++r->letters >= RELAY_REGAIN) {
        r->letters = 0;
        r->limit++;
    }
    c->state = RELAY_FREE;
    c->deadline_ms = now_ms + RELAY_IDLE_MS;
    if (c->waits_output)
        relay_wait_output(p, c, false);
    if (c->smtp.closing || (most > 0 && c->letters >= most))
        quit(p, c);
}

void
relay_drop(struct relay_pool *p, struct relay_conn *c, bool fair,
    int64_t now_ms, const char *why)
{
    if (!fair && c->letters == 0)
        relay_set_back(c->relay, now_ms, why);
    relay_closed(p, c);
}

void
relay_slower(struct relay_conn *c)
{
    struct relay *r = c->relay;

    r->letters = 0;
    if (r->limit > 1) {
        r->limit = (r->limit + 1) / 2;
        log_warn("relay=%s wants less; at most %d connections now, one more "
                 "after each %d letters",
            c->conf->name, r->limit, RELAY_REGAIN);
    }
}

/* Leaves a relay alone for a while; said once for a round of failures. */
void
relay_set_back(struct relay *r, int64_t now_ms, const char *why)
{
    int64_t wait_ms;

    if (now_ms < r->again_ms)
        return;
    wait_ms = reply_backoff_ms(++r->failures);
    r->again_ms = now_ms + wait_ms;
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
