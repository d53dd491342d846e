/* SPDX-License-Identifier: ISC */
/* daemon/relay_own.h - the pool of connections from inside: relay.c keeps and
 * shares them out, relay_open.c has them made, relay_connect.c says how. */
#ifndef DAEMON_RELAY_OWN_H
#define DAEMON_RELAY_OWN_H
#include <curl/curl.h>
#include "daemon/oauth.h"
#include "daemon/pace.h"
#include "daemon/relay.h"
#include "daemon/secret.h"
#include "daemon/trust.h"
#include "lists/store.h"
#include "lists/traffic.h"

/* What stands in epoll's data: a socket that libcurl watches, or ours. */
#define EVENT_CURL (RELAY_EVENTS)
#define EVENT_CONN (RELAY_EVENTS << 1)

enum {
    RELAY_LOGIN_AGAIN_MS = 30000 /* a token that could not be renewed */
};

/* What a relay is logged in with: relay_login.c's own. */
struct relay_login {
    struct oauth *oauth; /* NULL: a password, or nothing at all */
    bool asking, there;  /* the password */
    int64_t until_ms;    /* it is wiped then */
    int64_t again_ms;    /* no new token is asked for before */
    struct secret_job job;
    char password[SECRET_MAX];
};

struct relay {
    const struct conf_relay *conf;
    struct relay_conn *conn; /* the first of conf->connections */
    struct pace pace;
    struct pace_limits limits;
    struct pace_special special[CONF_DOMAINS_MAX];
    int64_t pass;               /* letters it had, by its weight */
    int64_t each_us;            /* that a letter takes, smoothed */
    int unwritten;              /* letters of the day that the store lacks */
    int writing;                /* of them in the turn that is being written */
    struct traffic_state shown; /* what the store says of it */
    int64_t shown_ms;
    bool down;        /* no connection, since the last attempt */
    bool able;        /* relay_share.c: can carry letters */
    int failures;     /* in a row */
    int64_t again_ms; /* not before this */
    struct relay_login login;
    struct trust *trust; /* NULL: nothing is verified */
    bool refuses_us, refuses_null;
    enum { /* a letter's commands behind the one before it */
        RELAY_FOLLOW_UNTRIED,
        RELAY_FOLLOW_TRIED, /* one connection has not answered yet */
        RELAY_FOLLOW_GOOD,
        RELAY_FOLLOW_BAD
    } follow;
    const struct relay_conn *trial; /* the one that is tried */
    char why[RELAY_WORDS_MAX];
    char last[RELAY_WORDS_MAX]; /* what it said last, and when */
    int64_t last_s;
};
struct relay_pool {
    CURLM *multi;
    int epoll_fd;
    int n_relays, n_conns;
    int64_t timer_ms; /* libcurl's, -1: none */
    int64_t scan_ms;  /* deadlines were last looked at */
    int64_t again_ms; /* a relay that is wanted may be tried then, or -1 */
    int64_t pace_ms;  /* a letter that had to wait may go then, or -1 */
    int order;        /* whose relays share the work */
    int sender;       /* whose pool it is */
    int64_t shown_ms; /* the store was last told how they stand */
    int64_t show_ms;  /* it is told what has changed since, or -1 */
    int n_open;       /* connections that are not closed */
    int n_dear; /* being made by the whole of a large bundle, see trust.h */
    bool trouble;
    struct relay relay[CONF_RELAYS_MAX];
    struct relay_conn *conn;
};

/* relay.c */
void relay_closed(struct relay_pool *p, struct relay_conn *c);
/* Leaves a relay alone for a while; said once for a round of failures. */
void relay_set_back(struct relay *r, int64_t now_ms, const char *why);
/* How many of its connections are in that state. */
int relay_count(const struct relay *r, enum relay_state state);
int64_t relay_clock_ms(void);

/* relay_open.c: libcurl's sockets and timer go into the pool. */
bool relay_multi_new(struct relay_pool *p);
/* Opens n more connections to r, as far as libcurl lets us. */
void
relay_open_some(struct relay_pool *p, struct relay *r, int n, int64_t now_ms);
/* Something happened on a socket of libcurl's (CURL_SOCKET_TIMEOUT: its timer
 * has run out): goes on connecting, and takes what is connected or failed. */
void relay_multi_turn(
    struct relay_pool *p, curl_socket_t fd, uint32_t events, int64_t now_ms);

/* relay_login.c: passwords and tokens. */
void relay_login_init(struct relay_pool *p, struct relay *r);
void relay_login_clear(struct relay *r);
/* What to log in with now; borrowed until the next turn; "" : nothing.  NULL:
 * it is not there yet, and on its way unless r was set back. */
const char *relay_login_get(
    struct relay_pool *p, struct relay *r, int64_t now_ms, int *serial);
/* This round of connecting is over: a password is wiped. */
void relay_login_used(struct relay *r);
void relay_login_turn(struct relay_pool *p, int64_t now_ms);
int64_t relay_login_wait_ms(const struct relay_pool *p);

/* relay_connect.c: an easy handle that will connect c to its relay and stop
 * there; what the server says meanwhile goes into c->offered and c->words.
 * The secret is copied.  Yours, free with curl_easy_cleanup.  NULL: libcurl
 * could not. */
CURL *relay_easy_new(struct relay_conn *c, const char *secret);
/* libcurl's header callback of these handles; arg: the struct relay_conn. */
size_t relay_line(char *line, size_t size, size_t n, void *arg);
/* libcurl goes on without AUTH where the server offers none: whether it did
 * though we have a user. */
bool relay_not_logged_in(const struct relay_conn *c);
#define RELAY_NO_AUTH "user is set, but the server offers no AUTH here"
/* Why c could not be made, in words that help; before it is closed. */
void relay_fault_words(
    const struct relay_conn *c, CURLcode code, char *out, size_t size);

#endif
