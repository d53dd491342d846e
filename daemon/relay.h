/* SPDX-License-Identifier: ISC */
/* daemon/relay.h - connections to the relays: opened by libcurl (resolve,
 * connect, greeting, EHLO, verified TLS, AUTH), kept, shared out, and closed.
 * It knows nothing of letters: who takes a connection speaks SMTP on it.
 *
 * Several relays share the work, see relay_share.c; one that fails is left
 * alone for a while; how fast each may be used says pace.h. */
#ifndef DAEMON_RELAY_H
#define DAEMON_RELAY_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "daemon/conf.h"
#include "daemon/reply.h"
#include "daemon/smtp.h"
#include "lists/fault.h"

enum {
    RELAY_IDLE_MS = 20000,  /* an unused connection is kept so long */
    RELAY_SCAN_MS = 250,    /* how exactly deadlines are kept */
    RELAY_SPILL_MS = 60000, /* a longer pause sends letters elsewhere */
    RELAY_SOON_MS = 2000,   /* what a sender leases ahead */
    RELAY_AHEAD = 8,        /* letters beyond its share, at most */
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
    int letters;          /* that were answered on it */
    uint64_t domain;      /* of the letter that it carries */
    uint64_t next_domain; /* of the next one, 0: none was taken */
    int64_t taken_ms;     /* since when */
    int64_t deadline_ms;  /* yours once you speak on it: relay_pool_turn says
                             when it has passed */
    struct smtp smtp;     /* yours while it is taken */

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

/* What one sender has of a limit of a relay that is dealt out. */
int relay_part(const struct conf_relay *r, int limit);
/* The most connections there can be. */
int relay_pool_size(const struct relay_pool *p);
struct relay_conn *relay_pool_at(struct relay_pool *p, int index);

/* There are so many letters to be sent: opens connections for them, and looks
 * which relays are able; once before the calls of relay_take. */
void relay_pool_want(
    struct relay_pool *p, int letters, int64_t now_ms, int64_t now_s);

/* A letter that would like to go. */
struct relay_wish {
    uint64_t domain; /* pace_domain_of(address) */
    const char *address;
    int64_t now_ms, now_s;
};
enum relay_answer {
    RELAY_TAKES,   /* *out is yours */
    RELAY_ANOTHER, /* not this letter, for its domain's sake */
    RELAY_NOBODY   /* no letter now */
};
/* A free connection for it, or (only) this one, which is yours already and
 * carries it after the letter it has. */
enum relay_answer relay_take(struct relay_pool *p, const struct relay_wish *w,
    struct relay_conn *only, struct relay_conn **out);

/* Back as it was taken: nothing was said on it.  unsent: its letter does not
 * count for the day, the connection stays taken. */
void relay_untake(struct relay_conn *c);
/* The letter after the one on c does not go on it after all. */
void relay_untake_next(struct relay_conn *c);
void relay_unsent(struct relay_conn *c);

/* relay_traffic.c.  What earlier lives of this sender (from 0) have sent; once,
 * before any letter. */
struct store;
MUST_USE enum result relay_pool_remember(struct relay_pool *p, struct store *st,
    int sender, int64_t now_s, struct fault *f);
/* Whether letters of a budget are not in the store yet; writes them, as a part
 * of the caller's unit of work; and says that it was done. */
bool relay_pool_owes(const struct relay_pool *p);
MUST_USE enum result
relay_pool_write(struct relay_pool *p, struct store *st, struct fault *f);
void relay_pool_written(struct relay_pool *p);
/* Tells the store how the relays stand, where it is time to. */
MUST_USE enum result relay_pool_show(struct relay_pool *p, struct store *st,
    int64_t now_ms, int64_t now_s, struct fault *f);

/* How long no relay may carry anything: 0, or until a budget is back. */
int64_t relay_pool_rest_ms(struct relay_pool *p, int64_t now_ms, int64_t now_s);
/* About how many letters they can carry in RELAY_SOON_MS, at least 1. */
int relay_pool_soon(struct relay_pool *p, int64_t now_ms);
/* How far apart a domain's letters have to be, 0: it is not known. */
int64_t
relay_pool_interval_ms(struct relay_pool *p, uint64_t domain, int64_t now_ms);

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
/* The letter on c has its answer, and the next one is on it now. */
void relay_goes_on(struct relay_conn *c, int64_t now_ms);
/* Whether the next letter's commands may go in one flight with the one on c.
 * A relay that offers PIPELINING is believed only after one connection has
 * shown it, so that one that cannot do it spoils one letter and not many:
 * whoever gets true says by relay_followed whether the commands were answered
 * as they should be.  That returns false where they were the trial and it
 * failed: what was answered says nothing about the letter then. */
bool relay_may_follow(struct relay_conn *c);
bool relay_followed(struct relay_conn *c, bool well);
/* Closes it without a word; fair: not the relay's fault, no need to wait. */
void relay_drop(struct relay_pool *p, struct relay_conn *c, bool fair,
    int64_t now_ms, const char *why);
/* Whether this relay has refused MAIL FROM:<>; and that it has, by these words,
 * said once.  Remembered until the sender ends. */
bool relay_refuses_null(const struct relay_conn *c);
void relay_refused_null(struct relay_conn *c, const char *words);
/* The letter on c was answered (before relay_give or relay_drop): what is
 * learned from it.  slower: it wants less of us, by something else. */
void relay_answered(struct relay_conn *c, const struct reply_deed *deed,
    const char *address, const char *words, int64_t now_ms, int64_t now_s);
void relay_slower(struct relay_conn *c, int64_t now_ms);

#endif
