/* SPDX-License-Identifier: ISC */
/* Connections in the making: libcurl resolves, connects, greets, secures and
 * logs in, on sockets and a timer that stand in our epoll. */
#include "daemon/relay_own.h"

#include <stdio.h>
#include <sys/epoll.h>
#include "daemon/log.h"
#include "daemon/reply.h"

static int
on_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *known);
static int on_timer(CURLM *multi, long wait_ms, void *arg);
static bool
open_one(struct relay_pool *p, struct relay_conn *c, const char *secret);
static bool token_done(struct relay_pool *p, CURL *easy, CURLcode code);
static void
connected(struct relay_pool *p, struct relay_conn *c, int64_t now_ms);
static void
refused(struct relay_pool *p, const struct relay_conn *c, const char *why);
static void failed(
    struct relay_pool *p, struct relay_conn *c, CURLcode code, int64_t now_ms);

bool
relay_multi_new(struct relay_pool *p)
{
    CURLM *m = curl_multi_init();

    if (m == NULL)
        return false;
    p->multi = m;
    p->timer_ms = -1;
    if (curl_multi_setopt(m, CURLMOPT_SOCKETFUNCTION, on_socket) == CURLM_OK &&
        curl_multi_setopt(m, CURLMOPT_SOCKETDATA, p) == CURLM_OK &&
        curl_multi_setopt(m, CURLMOPT_TIMERFUNCTION, on_timer) == CURLM_OK &&
        curl_multi_setopt(m, CURLMOPT_TIMERDATA, p) == CURLM_OK)
        return true;
    (void)curl_multi_cleanup(m);
    return false;
}

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
    p->timer_ms = wait_ms < 0 ? -1 : relay_clock_ms() + wait_ms;
    return 0;
}

void
relay_open_some(struct relay_pool *p, struct relay *r, int n, int64_t now_ms)
{
    const char *secret;
    bool dear = false;
    int serial = 0;

    if (r->trust != NULL) {
        (void)trust_file(r->trust, &dear);
        if (dear && p->n_dear > 0)
            return; /* when the one that is being made stands, it is cheap */
        n = dear ? 1 : n;
    }
    secret = relay_login_get(p, r, now_ms, &serial);
    if (secret == NULL)
        return;
    for (int i = 0; i < r->conf->connections && n > 0; i++) {
        if (r->conn[i].state != RELAY_CLOSED)
            continue;
        r->conn[i].login_serial = serial;
        if (!open_one(p, &r->conn[i], secret)) {
            relay_set_back(r, now_ms, "libcurl takes no connection");
            break;
        }
        n--;
    }
    relay_login_used(r);
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
    p->n_dear += c->dear_trust;
    p->n_open++;
    return true;
}

void
relay_multi_turn(
    struct relay_pool *p, curl_socket_t fd, uint32_t events, int64_t now_ms)
{
    int bits = (events & EPOLLIN ? CURL_CSELECT_IN : 0) |
               (events & EPOLLOUT ? CURL_CSELECT_OUT : 0) |
               (events & (EPOLLERR | EPOLLHUP) ? CURL_CSELECT_ERR : 0);
    struct relay_conn *c;
    CURLMsg *m;
    CURLcode code;
    int left;

    (void)curl_multi_socket_action(p->multi, fd, bits, &left);
    while ((m = curl_multi_info_read(p->multi, &left)) != NULL) {
        if (m->msg != CURLMSG_DONE)
            continue;
        code = m->data.result; /* gone with the next call */
        c = NULL;
        if (token_done(p, m->easy_handle, code))
            continue;
        (void)curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &c);
        if (code == CURLE_OK)
            connected(p, c, now_ms);
        else
            failed(p, c, code, now_ms);
    }
}

static bool
token_done(struct relay_pool *p, CURL *easy, CURLcode code)
{
    for (int i = 0; i < p->n_relays; i++)
        if (p->relay[i].login.oauth != NULL &&
            oauth_done(p->relay[i].login.oauth, easy, code))
            return true;
    return false;
}

static void
connected(struct relay_pool *p, struct relay_conn *c, int64_t now_ms)
{
    struct epoll_event ev = {.events = EPOLLIN};
    curl_socket_t fd = -1;

    (void)curl_easy_setopt(c->easy, CURLOPT_PASSWORD, NULL);
    (void)curl_easy_setopt(c->easy, CURLOPT_XOAUTH2_BEARER, NULL);
    if (relay_not_logged_in(c)) {
        refused(p, c, RELAY_NO_AUTH);
        relay_closed(p, c);
        relay_set_back(c->relay, now_ms, RELAY_NO_AUTH);
        return;
    }
    if (c->relay->login.oauth != NULL)
        oauth_accepted(c->relay->login.oauth, c->login_serial);
    (void)curl_easy_getinfo(c->easy, CURLINFO_ACTIVESOCKET, &fd);
    ev.data.u64 = EVENT_CONN | (uint64_t)c->index;
    if (fd < 0 || epoll_ctl(p->epoll_fd, EPOLL_CTL_ADD, fd, &ev) != 0) {
        relay_set_back(c->relay, now_ms, "the connection closed at once");
        relay_closed(p, c);
        return;
    }
    c->fd = fd;
    c->state = RELAY_FREE;
    c->letters = 0;
    c->tls = c->conf->tls != CONF_TLS_NONE;
    c->deadline_ms = now_ms + RELAY_IDLE_MS;
    c->relay->refuses_us = c->relay->down = false;
    p->n_dear -= c->dear_trust;
    smtp_init(&c->smtp, &c->offered);
    log_debug("relay=%s connected pipelining=%d size=%d smtputf8=%d dsn=%d",
        c->conf->name, c->offered.pipelining, c->offered.size,
        c->offered.smtputf8, c->offered.dsn);
}

static void
failed(
    struct relay_pool *p, struct relay_conn *c, CURLcode code, int64_t now_ms)
{
    struct relay *r = c->relay;
    int open = relay_count(r, RELAY_FREE) + relay_count(r, RELAY_TAKEN);
    char fault[300], why[RELAY_WORDS_MAX + 320];
    long reply = 0;

    if (c->small_trust && (code == CURLE_PEER_FAILED_VERIFICATION ||
                              code == CURLE_SSL_CACERT_BADFILE)) {
        if (trust_doubt(r->trust))
            log_info(
                "relay=%s shows another certificate than before; looking for"
                " its issuer in all of %s",
                c->conf->name, trust_bundle(r->trust));
        relay_closed(p, c);
        return;
    }
    (void)curl_easy_getinfo(c->easy, CURLINFO_RESPONSE_CODE, &reply);
    if (code == CURLE_LOGIN_DENIED && reply / 100 != 4 &&
        r->login.oauth != NULL &&
        oauth_refused(r->login.oauth, c->login_serial)) {
        log_info("relay=%s refuses an access token that was good (%s); asking"
                 " for another",
            c->conf->name, log_quote(c->words));
        relay_closed(p, c);
        return;
    }
    relay_fault_words(c, code, fault, sizeof fault);
    (void)snprintf(why, sizeof why, "%s%s%s%s", fault,
        c->words[0] != '\0' ? " (it said: " : "", c->words,
        c->words[0] != '\0' ? ")" : "");
    if (reply_connect_is_ours((int)reply, code == CURLE_LOGIN_DENIED))
        refused(p, c, why);
    /* It takes some and no more: so many, then, and now and then one more. */
    if (open > 0 && open < pace_connections(&r->pace, now_ms))
        pace_cap(&r->pace, open, now_ms);
    relay_closed(p, c);
    relay_set_back(r, now_ms, why);
}

/* Ours to mend: no other try would fare better. */
static void
refused(struct relay_pool *p, const struct relay_conn *c, const char *why)
{
    struct relay *r = c->relay;

    r->refuses_us = p->trouble = true;
    (void)snprintf(r->why, sizeof r->why, "relay %s refuses us: %.400s",
        c->conf->name, why);
}
