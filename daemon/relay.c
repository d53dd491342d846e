/* SPDX-License-Identifier: ISC */
/* Connections to the relays.
 *
 * libcurl opens them and then stops (CURLOPT_CONNECT_ONLY), because its own
 * mail transfer blocks the whole process from the final dot to the reply and
 * knows no pipelining.  One easy handle is one connection; it stays in the
 * multi handle for as long as it lives, because taking it out closes it.  While
 * libcurl connects, its sockets stand in our epoll by CURLMOPT_SOCKETFUNCTION;
 * afterwards the socket is ours to watch.
 *
 * A certificate is always verified unless the configuration says otherwise by
 * name.  CAPATH is off: libcurl would read all of /etc/ssl/certs for each
 * connection, 34 ms of CPU.  A secret is fetched for one round of connecting
 * and wiped after it. */
#include "daemon/relay.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>
#include "daemon/log.h"
#include "daemon/relay_connect.h"
#include "daemon/reply.h"
#include "daemon/secret.h"

#define EVENT_CURL (RELAY_EVENTS)
#define EVENT_CONN (RELAY_EVENTS << 1)

struct relay {
    const struct conf_relay *conf;
    struct relay_conn *conn; /* the first of conf->connections */
    int limit;               /* how many may be open now */
    int failures;            /* in a row */
    int letters;             /* since the limit was changed */
    int64_t again_ms;        /* not before this */
    bool refuses_us;
    char why[RELAY_WORDS_MAX];
};
struct relay_pool {
    CURLM *multi;
    int epoll_fd;
    int n_relays, n_conns;
    int64_t timer_ms; /* libcurl's, -1: none */
    int64_t scan_ms;  /* deadlines were last looked at */
    int64_t again_ms; /* a relay that is wanted may be tried then, or -1 */
    int n_open;       /* connections that are not closed */
    bool trouble;
    struct relay relay[CONF_RELAYS_MAX];
    struct relay_conn *conn;
};

static int
on_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *known);
static int on_timer(CURLM *multi, long wait_ms, void *arg);
static void
open_some(struct relay_pool *p, struct relay *r, int n, int64_t now_ms);
static bool
open_one(struct relay_pool *p, struct relay_conn *c, const char *secret);
static void finish_connects(struct relay_pool *p, int64_t now_ms);
static void
connected(struct relay_pool *p, struct relay_conn *c, int64_t now_ms);
static void failed(
    struct relay_pool *p, struct relay_conn *c, CURLcode code, int64_t now_ms);
static void set_back(struct relay *r, int64_t now_ms, const char *why);
static void quit(struct relay_pool *p, struct relay_conn *c);
static void closed(struct relay_pool *p, struct relay_conn *c);
static int count(const struct relay *r, enum relay_state state);
static int64_t clock_ms(void);

enum result
relay_pool_open(const struct conf *conf, int epoll_fd, struct relay_pool **out,
    struct fault *f)
{
    struct relay_pool *p = fault_calloc(1, sizeof *p);
    struct relay_conn *c;

    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK ||
        (p->multi = curl_multi_init()) == NULL) {
        free(p);
        return fault_set(f, RES_STOP, "libcurl cannot be initialised");
    }
    p->epoll_fd = epoll_fd;
    p->timer_ms = p->again_ms = -1;
    (void)curl_multi_setopt(p->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    (void)curl_multi_setopt(p->multi, CURLMOPT_SOCKETDATA, p);
    (void)curl_multi_setopt(p->multi, CURLMOPT_TIMERFUNCTION, on_timer);
    (void)curl_multi_setopt(p->multi, CURLMOPT_TIMERDATA, p);
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
        closed(p, &p->conn[i]);
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
        ready += count(&p->relay[i], RELAY_CONNECTING) +
                 count(&p->relay[i], RELAY_FREE);
    if (letters <= ready)
        return;
    share = (letters - ready + p->n_relays - 1) / p->n_relays;
    for (int i = 0; i < p->n_relays; i++) {
        struct relay *r = &p->relay[i];
        int open = r->conf->connections - count(r, RELAY_CLOSED);
        int n = share < r->limit - open ? share : r->limit - open;

        if (n > 0 && now_ms >= r->again_ms)
            open_some(p, r, n, now_ms);
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
        int free_places = count(r, RELAY_FREE);

        if (free_places <= most || count(r, RELAY_TAKEN) >= r->limit)
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
    int running;

    if ((data & EVENT_CONN) == 0) {
        int bits = (events & EPOLLIN ? CURL_CSELECT_IN : 0) |
                   (events & EPOLLOUT ? CURL_CSELECT_OUT : 0) |
                   (events & (EPOLLERR | EPOLLHUP) ? CURL_CSELECT_ERR : 0);

        (void)curl_multi_socket_action(
            p->multi, (curl_socket_t)(data & (EVENT_CURL - 1)), bits, &running);
        finish_connects(p, clock_ms());
        return NULL;
    }
    c = &p->conn[data & (EVENT_CURL - 1)];
    if (c->state == RELAY_TAKEN)
        return c;
    if (c->state == RELAY_FREE) {
        /* Whatever a server says unasked, it is a goodbye. */
        log_debug("relay=%s closed by the server while idle", c->conf->name);
        closed(p, c);
    }
    return NULL;
}

void
relay_pool_turn(struct relay_pool *p, int64_t now_ms,
    void (*late)(void *arg, struct relay_conn *c), void *arg)
{
    int running;

    if (p->timer_ms >= 0 && now_ms >= p->timer_ms) {
        p->timer_ms = -1;
        (void)curl_multi_socket_action(
            p->multi, CURL_SOCKET_TIMEOUT, 0, &running);
        finish_connects(p, now_ms);
    }
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

    if (p->timer_ms >= 0 && p->timer_ms < at_ms)
        at_ms = p->timer_ms;
    if (p->again_ms >= 0 && p->again_ms < at_ms)
        at_ms = p->again_ms;
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
        set_back(c->relay, now_ms, why);
    closed(p, c);
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

/* --- connecting ---------------------------------------------------------- */

static int
on_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *known)
{
    struct relay_pool *p = arg;
    struct epoll_event ev = {.events = 0};

    (void)easy;
    if (what == CURL_POLL_REMOVE) {
        (void)epoll_ctl(p->epoll_fd, EPOLL_CTL_DEL, fd, &ev);
        return 0;
    }
    ev.events = (what & CURL_POLL_IN ? (uint32_t)EPOLLIN : 0) |
                (what & CURL_POLL_OUT ? (uint32_t)EPOLLOUT : 0);
    ev.data.u64 = EVENT_CURL | (uint64_t)fd;
    (void)epoll_ctl(
        p->epoll_fd, known != NULL ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &ev);
    (void)curl_multi_assign(p->multi, fd, p);
    return 0;
}

static int
on_timer(CURLM *multi, long wait_ms, void *arg)
{
    struct relay_pool *p = arg;

    (void)multi;
    p->timer_ms = wait_ms < 0 ? -1 : clock_ms() + wait_ms;
    return 0;
}

static void
open_some(struct relay_pool *p, struct relay *r, int n, int64_t now_ms)
{
    char secret[SECRET_MAX] = "";
    struct fault f;

    if (r->conf->user[0] != '\0' &&
        secret_fetch(&r->conf->password, secret, &f) != RES_OK) {
        set_back(r, now_ms, f.text);
        return;
    }
    for (int i = 0; i < r->conf->connections && n > 0; i++) {
        if (r->conn[i].state != RELAY_CLOSED)
            continue;
        if (!open_one(p, &r->conn[i], secret)) {
            set_back(r, now_ms, "libcurl takes no connection");
            break;
        }
        n--;
    }
    secret_wipe(secret);
}

static bool
open_one(struct relay_pool *p, struct relay_conn *c, const char *secret)
{
    CURL *easy = relay_easy_new(c, secret);

    if (easy == NULL || curl_multi_add_handle(p->multi, easy) != CURLM_OK) {
        curl_easy_cleanup(easy);
        return false;
    }
    c->easy = easy;
    c->state = RELAY_CONNECTING;
    p->n_open++;
    return true;
}

static void
finish_connects(struct relay_pool *p, int64_t now_ms)
{
    struct relay_conn *c;
    CURLMsg *m;
    CURLcode code;
    int left;

    while ((m = curl_multi_info_read(p->multi, &left)) != NULL) {
        if (m->msg != CURLMSG_DONE)
            continue;
        code = m->data.result; /* gone with the next call */
        c = NULL;
        (void)curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &c);
        if (code == CURLE_OK)
            connected(p, c, now_ms);
        else
            failed(p, c, code, now_ms);
    }
}

static void
connected(struct relay_pool *p, struct relay_conn *c, int64_t now_ms)
{
    struct epoll_event ev = {.events = EPOLLIN};
    curl_socket_t fd = -1;

    (void)curl_easy_setopt(c->easy, CURLOPT_PASSWORD, NULL);
    (void)curl_easy_getinfo(c->easy, CURLINFO_ACTIVESOCKET, &fd);
    ev.data.u64 = EVENT_CONN | (uint64_t)c->index;
    if (fd < 0 || epoll_ctl(p->epoll_fd, EPOLL_CTL_ADD, fd, &ev) != 0) {
        set_back(c->relay, now_ms, "the connection closed at once");
        closed(p, c);
        return;
    }
    c->fd = fd;
    c->state = RELAY_FREE;
    c->letters = 0;
    c->tls = c->conf->tls != CONF_TLS_NONE;
    c->deadline_ms = now_ms + RELAY_IDLE_MS;
    c->relay->refuses_us = false;
    smtp_init(&c->smtp, &c->offered);
    log_debug("relay=%s connected pipelining=%d size=%d smtputf8=%d",
        c->conf->name, c->offered.pipelining, c->offered.size,
        c->offered.smtputf8);
}

static void
failed(
    struct relay_pool *p, struct relay_conn *c, CURLcode code, int64_t now_ms)
{
    struct relay *r = c->relay;
    char why[RELAY_WORDS_MAX + 300];
    long reply = 0;

    (void)curl_easy_getinfo(c->easy, CURLINFO_RESPONSE_CODE, &reply);
    (void)snprintf(why, sizeof why, "%s%s%s%s",
        c->error[0] != '\0' ? c->error : curl_easy_strerror(code),
        c->words[0] != '\0' ? " (it said: " : "", c->words,
        c->words[0] != '\0' ? ")" : "");
    if (reply_connect_is_ours((int)reply, code == CURLE_LOGIN_DENIED)) {
        r->refuses_us = p->trouble = true;
        (void)snprintf(r->why, sizeof r->why, "relay %s refuses us: %.400s",
            c->conf->name, why);
    }
    closed(p, c);
    set_back(r, now_ms, why);
}

/* Leaves a relay alone for a while; said once for a round of failures. */
static void
set_back(struct relay *r, int64_t now_ms, const char *why)
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
    closed(p, c);
}

static void
closed(struct relay_pool *p, struct relay_conn *c)
{
    struct epoll_event ev = {.events = 0};

    if (c->state == RELAY_CLOSED)
        return;
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

static int
count(const struct relay *r, enum relay_state state)
{
    int n = 0;

    for (int i = 0; i < r->conf->connections; i++)
        n += r->conn[i].state == state;
    return n;
}

static int64_t
clock_ms(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}
