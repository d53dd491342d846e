/* SPDX-License-Identifier: ISC */
/* What we log in with: a password, fetched for one round of connecting and
 * wiped after it, or an access token, kept while it is good.  Neither is
 * waited for: until it is there, the relay gets no new connection, and those
 * that stand go on. */
#include "daemon/relay_own.h"

#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include "daemon/log.h"

enum {
    PASSWORD_KEPT_MS = 5000 /* where nobody came for it */
};

static void begin(struct relay_pool *p, struct relay *r, int64_t now_ms);
static void turn(struct relay_pool *p, struct relay *r, int64_t now_ms);
static void missing(struct relay_pool *p, struct relay *r, bool ours,
    int64_t now_ms, const struct fault *f);
static void watch(struct relay_pool *p, int fd);

void
relay_login_init(struct relay_pool *p, struct relay *r)
{
    if (r->conf->auth != CONF_AUTH_PASSWORD)
        r->login.oauth = oauth_new(&r->conf->oauth, p->multi);
}

void
relay_login_clear(struct relay *r)
{
    oauth_free(r->login.oauth);
    if (r->login.asking)
        secret_stop(&r->login.job);
    secret_wipe(r->login.password);
}

const char *
relay_login_get(
    struct relay_pool *p, struct relay *r, int64_t now_ms, int *serial)
{
    struct relay_login *l = &r->login;
    const char *token;

    if (r->conf->user[0] == '\0')
        return "";
    if (l->oauth == NULL) {
        if (!l->there && !l->asking)
            begin(p, r, now_ms);
        return l->there ? l->password : NULL;
    }
    if (oauth_wanted(l->oauth, now_ms) && now_ms >= l->again_ms)
        begin(p, r, now_ms);
    token = oauth_token(l->oauth, now_ms, serial);
    return token;
}

void
relay_login_used(struct relay *r)
{
    secret_wipe(r->login.password);
    r->login.there = false;
}

static void
begin(struct relay_pool *p, struct relay *r, int64_t now_ms)
{
    struct relay_login *l = &r->login;
    struct fault f;
    enum result res = l->oauth != NULL ? oauth_begin(l->oauth, &f)
                                       : secret_begin(&l->job, "password",
                                             &r->conf->password, &f);

    if (res != RES_OK) {
        missing(p, r, false, now_ms, &f);
        return;
    }
    if (l->oauth == NULL)
        l->asking = true;
    turn(p, r, now_ms); /* from a file it is there already */
    if (l->asking)
        watch(p, l->job.fd);
}

void
relay_login_turn(struct relay_pool *p, int64_t now_ms)
{
    for (int i = 0; i < p->n_relays; i++) {
        struct relay_login *l = &p->relay[i].login;

        if (l->asking || (l->oauth != NULL && oauth_busy(l->oauth)))
            turn(p, &p->relay[i], now_ms);
        else if (l->there && now_ms >= l->until_ms)
            relay_login_used(&p->relay[i]);
    }
}

static void
turn(struct relay_pool *p, struct relay *r, int64_t now_ms)
{
    struct relay_login *l = &r->login;
    struct fault f;
    enum result res;
    int before;

    if (l->oauth == NULL) {
        res = secret_more(&l->job, l->password, &f);
        l->asking = res == RES_NONE;
        l->there = res == RES_OK;
        l->until_ms = now_ms + PASSWORD_KEPT_MS;
    } else {
        /* One secret may follow the other, each with a command. */
        do {
            before = oauth_fd(l->oauth);
            res = oauth_more(l->oauth, now_ms, &f);
            if (oauth_fd(l->oauth) >= 0 && oauth_fd(l->oauth) != before)
                watch(p, oauth_fd(l->oauth));
        } while (res == RES_NONE && oauth_wait_ms(l->oauth) == 0);
        if (res == RES_OK)
            log_info("relay=%s has a new access token", r->conf->name);
    }
    if (res != RES_OK && res != RES_NONE)
        missing(p, r, l->oauth != NULL && res == RES_NEVER, now_ms, &f);
}

/* The old token may still be good for a while. */
static void
missing(struct relay_pool *p, struct relay *r, bool ours, int64_t now_ms,
    const struct fault *f)
{
    struct relay_login *l = &r->login;

    if (l->oauth != NULL && oauth_token(l->oauth, now_ms, NULL) != NULL) {
        l->again_ms = now_ms + RELAY_LOGIN_AGAIN_MS;
        log_warn("relay=%s no new access token: %s; trying again in %d s, the"
                 " old one is good for a while",
            r->conf->name, log_quote(f->text), RELAY_LOGIN_AGAIN_MS / 1000);
        return;
    }
    if (ours) {
        r->refuses_us = p->trouble = true;
        (void)snprintf(
            r->why, sizeof r->why, "relay %s: %.400s", r->conf->name, f->text);
    }
    relay_set_back(r, now_ms, f->text);
    l->again_ms = r->again_ms;
}

/* Only to wake the loop, which takes its turn then: to libcurl it is a socket
 * that it does not know.  Closed, it leaves the epoll by itself. */
static void
watch(struct relay_pool *p, int fd)
{
    struct epoll_event ev = {.events = EPOLLIN};

    ev.data.u64 = EVENT_CURL | (uint64_t)fd;
    (void)epoll_ctl(p->epoll_fd, EPOLL_CTL_ADD, fd, &ev);
}

int64_t
relay_login_wait_ms(const struct relay_pool *p)
{
    int64_t least = -1;

    for (int i = 0; i < p->n_relays; i++) {
        const struct relay_login *l = &p->relay[i].login;
        int ms = l->asking          ? secret_wait_ms(&l->job)
                 : l->oauth != NULL ? oauth_wait_ms(l->oauth)
                                    : -1;

        if (ms >= 0 && (least < 0 || ms < least))
            least = ms;
    }
    return least;
}
