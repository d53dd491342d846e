/* SPDX-License-Identifier: ISC */
/* daemon/relay.h - connections to the relays: opened by libcurl (resolve,
 * connect, greeting, EHLO, verified TLS, AUTH), kept, shared out, and closed.
 * It knows nothing of letters: who takes a connection speaks SMTP on it.
 *
 * Several relays share the work: the one with the most free places is taken,
 * one that fails is left alone for a while.  A relay that says "slower" gets
 * half as many connections, and one more after every RELAY_REGAIN letters. */
#ifndef DAEMON_RELAY_H
#define DAEMON_RELAY_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "daemon/conf.h"
#include "daemon/smtp.h"
#include "lists/fault.h"

enum {
    RELAY_IDLE_MS = 20000, /* an unused connection is kept so long */
    RELAY_SCAN_MS = 250,   /* how exactly deadlines are kept */
    RELAY_REGAIN = 100,
    RELAY_WORDS_MAX = 512
};

struct relay; /* one of the configuration */
struct relay_pool;

/* A connection.  The fields are for reading but for those marked "yours". */
struct relay_conn {
    int index; /* from 0, below relay_pool_size */
    struct relay *relay;
    const struct conf_relay *conf;
    enum relay_state {
        RELAY_CLOSED,
        RELAY_CONNECTING,
        RELAY_FREE,
        RELAY_TAKEN
    } state;
    int letters;         /* that were answered on it */
    int64_t deadline_ms; /* yours once you speak on it: relay_pool_turn says
                            when it has passed */
    struct smtp smtp;    /* yours while it is taken */

    void *easy; /* CURL *, relay.c's own like all below */
    int fd;
    bool tls, waits_output;
    int login_serial; /* of the token it logs in with */
    bool dear_trust, small_trust,
        learned;                /* what it is verified by, see trust.h */
    struct smtp_server offered; /* in the last EHLO reply */
    bool reply_goes_on, reply_is_ehlo;
    char words[RELAY_WORDS_MAX]; /* the server's last line */
    char error[256];             /* libcurl's words */
};

/* data in epoll events below this belongs to the pool's owner. */
#define RELAY_EVENTS ((uint64_t)1 << 32)

/* Yours, close with relay_pool_close.  conf and epoll_fd are borrowed.
 * STOP: libcurl cannot be used. */
MUST_USE enum result relay_pool_open(const struct conf *conf, int epoll_fd,
    struct relay_pool **out, struct fault *f);
/* Says QUIT where it can, waits for nothing.  NULL is fine. */
void relay_pool_close(struct relay_pool *p);

/* The most connections there can be. */
int relay_pool_size(const struct relay_pool *p);
struct relay_conn *relay_pool_at(struct relay_pool *p, int index);

/* There are so many letters to be sent: opens connections for them. */
void relay_pool_want(struct relay_pool *p, int letters, int64_t now_ms);
/* A free connection, taken for you.  NULL: none. */
struct relay_conn *relay_take(struct relay_pool *p);

/* Back as it was taken: nothing was said on it. */
void relay_untake(struct relay_conn *c);

/* An epoll event whose data is >= RELAY_EVENTS.  Returns the taken connection
 * that has something to read or room to write; NULL: it was dealt with. */
struct relay_conn *
relay_pool_event(struct relay_pool *p, uint64_t data, uint32_t events);
/* Timers, fresh connections, idle ones: once per loop.  Calls late for each
 * taken connection whose deadline has passed. */
void relay_pool_turn(struct relay_pool *p, int64_t now_ms,
    void (*late)(void *arg, struct relay_conn *c), void *arg);
/* How long the loop may wait, -1: for ever. */
int relay_pool_wait_ms(const struct relay_pool *p, int64_t now_ms);

/* Why no relay takes our mail, when each of them refuses us (AUTH, EHLO, the
 * greeting); said once.  NULL: nothing of that kind. */
const char *relay_pool_trouble(struct relay_pool *p);

/* OK: *n bytes went or came (received 0: the server closed).  LATER: would
 * block.  NEVER: the connection is dead. */
MUST_USE enum result relay_send(struct relay_conn *c, const char *bytes,
    size_t size, size_t *n, struct fault *f);
MUST_USE enum result relay_receive(
    struct relay_conn *c, char *bytes, size_t size, size_t *n, struct fault *f);
/* Whether room to write shall be reported too. */
void relay_wait_output(struct relay_pool *p, struct relay_conn *c, bool wanted);

/* The letter on it has its answer: back into the pool, or closed with QUIT
 * where smtp.closing is set or it has carried enough. */
void relay_give(struct relay_pool *p, struct relay_conn *c, int64_t now_ms);
/* Closes it without a word; fair: not the relay's fault, no need to wait. */
void relay_drop(struct relay_pool *p, struct relay_conn *c, bool fair,
    int64_t now_ms, const char *why);
/* It said "slower". */
void relay_slower(struct relay_conn *c);

#endif
