/* SPDX-License-Identifier: ISC */
/* daemon/sender.h - the sender's own parts, for sender*.c alone.
 *
 * One turn of its loop: what came from the wire (sender_wire.c) becomes
 * outcomes; what is due is leased (sender_work.c) and given to connections;
 * one commit writes the outcomes and marks the letters that relays are ready
 * to take (sender_turn.c); only then their bytes go.
 *
 * A connection has up to two letters: one on its way, and the next, of which
 * at most the commands are out.  Commands deliver nothing: so the next one is
 * still a leased row, and after a kill no more rows are in doubt than there
 * were connections. */
#ifndef DAEMON_SENDER_H
#define DAEMON_SENDER_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "daemon/log.h"
#include "daemon/relay.h"
#include "daemon/reply.h"
#include "daemon/turn_times.h"
#include "daemon/worker.h"
#include "lists/delivery.h"
#include "lists/issue.h"
#include "lists/token.h"
#include "templates/dkim.h"
#include "templates/letter.h"

enum {
    SENDER_SLOTS = 8,        /* issues that are worked on at a time */
    SENDER_LETTER_SLOTS = 4, /* of them to lists: answers find room */
    SENDER_BATCH = 500,      /* rows in a lease */
    SENDER_BATCH_EACH = 50,  /* but at most so many for each connection */
    SENDER_ISSUES = 300,     /* open issues that are looked at */
    SENDER_LEASE_S = 600,
    SENDER_PARK = 100,        /* of them that wait for their domain in memory */
    SENDER_BOOKS = 256,       /* domains whose queues are told apart */
    SENDER_LOOK_S = 30,       /* also without a ring */
    SENDER_RETRY_MS = 500,    /* when the store is busy or broken */
    SENDER_DOT_TIMES = 2,     /* times timeout-s for the reply to the dot */
    SENDER_REFUSAL_MAX = 120, /* bytes of it that a hold repeats */
    SENDER_SIZE_SLACK = 2048, /* what personal values may add to a letter */
    SENDER_SIGNATURE_BYTES = DKIM_KEYS_MAX * 1024 /* and its signatures */
};

/* An issue that is being sent: its mold and the rows that are leased. */
struct sender_slot {
    struct issue issue; /* id 0: free */
    const struct conf_list *list;
    struct letter_mold *mold;
    size_t message_bytes;
    bool given_up; /* not SENDING any more: its rows go back */
    bool stuck;    /* all in queue must wait for their domains */
    int head, n;   /* in order, which holds places of queue */
    uint16_t order[SENDER_BATCH];
    uint64_t domain[SENDER_BATCH]; /* of queue, 0: not computed yet */
    int out; /* chosen, on the wire, or its outcome not yet written */
    int64_t leased_s, used;
    struct reply_watch watch;
    char refusal[SENDER_REFUSAL_MAX + 1]; /* by policy, the last one */
    struct delivery_letter *queue;        /* SENDER_BATCH */
};

/* An open issue that is SENDING. */
struct sender_work {
    int64_t id;
    enum issue_kind kind;
    int64_t next_s; /* nothing is due before */
};

/* The letter on a connection. */
struct sender_letter {
    struct sender_slot *slot; /* NULL: none */
    struct delivery_letter row;
    char token[TOKEN_LENGTH + 1];
    int64_t date_s, began_ms;
    bool from_null; /* MAIL FROM:<> */
    bool followed;  /* its commands went behind the letter before it */
    char *rest;     /* what the socket had no room for */
};

/* What became of a letter, until it is written. */
struct sender_back {
    struct sender_slot *slot;
    int64_t subscriber_id, ms;
    struct reply_deed deed;
    bool gave_up; /* with this one the address is taken as dead */
    char address[ADDRESS_MAX + 1];
    char reply[REPLY_MAX + 1];
};

struct sender {
    struct worker *worker;
    const struct conf *conf; /* all of it, the relays as far as ours */
    struct conf share;       /* that */
    struct store *store;
    struct token_key *key;
    struct dkim *dkim[CONF_LISTS_MAX]; /* of conf->list[i]; NULL: none */
    struct relay_pool *pool;
    int epoll_fd;
    int64_t lease_id;
    /* wall_s is what the clock says.  now_s does not go back when that is
     * set back: what waits for its time would wait so much longer. */
    int64_t wall_s, now_s, now_ms, ahead_ms;
    int64_t woke_us; /* when this turn of the loop began */
    bool wrote;      /* and whether the store was written to: only such count */
    struct turn_times times;
    uint32_t dice;

    bool look, stopping, set_back;
    bool outlived;    /* our lease is gone: others take us for dead */
    bool again;       /* there is something to supply without waiting */
    int64_t look_s;   /* look at the store then */
    int64_t stop_ms;  /* wait for the wire until then */
    int64_t retry_ms; /* leave the store alone until then */
    bool stored;      /* something, in this turn of the loop */
    struct log_repeat trouble; /* the store's */
    int64_t used;
    int64_t rest_s; /* no relay may carry anything until then, 0: one may */
    int64_t booked_ms[SENDER_BOOKS]; /* up to when a domain's turns are given */

    int n_work;
    struct sender_work work[SENDER_ISSUES];
    struct sender_slot slot[SENDER_SLOTS];
    /* For each connection the letter it carries, and the one after it. */
    struct sender_letter *letter, *next;

    int most; /* connections; room for twice as many in back and outcome */
    int n_back, n_going, n_fresh, n_next;
    struct sender_back *back;
    struct delivery_outcome *outcome;
    struct delivery_going *going; /* the relay wants the bytes of these, */
    struct relay_conn **going_on; /* on these connections; */
    struct relay_conn **fresh;    /* a letter begins on these; */
    struct relay_conn **chosen;   /* these got a next one */
};

/* sender_work.c: looks at the store for issues; takes rows from them. */
void sender_look(struct sender *s);
void sender_supply(struct sender *s);
/* Gives back what was leased and not begun: of all slots, or of those that
 * are given up. */
void sender_give_back(struct sender *s, bool all);
/* Logs how long the turns took, and begins to count anew. */
void sender_say_turns(struct sender *s);
/* Holds an issue, or each that is being sent, with the reason. */
void sender_hold(struct sender *s, int64_t issue_id, const char *reason);
void sender_hold_all(struct sender *s, const char *reason);
/* Rows of a slot have come back: there may be something to do. */
void
sender_wake(struct sender *s, const struct sender_slot *slot, int64_t at_s);
/* The store said something else than OK; sets retry_ms, and logs it when that
 * is new. */
void sender_trouble(
    struct sender *s, const char *what, enum result r, const struct fault *f);

/* sender_share.c: what several senders have to know of each other. */
/* The part of the relays' connections that the sender with that index may
 * use; nothing of it is owned by *own. */
void sender_share(const struct conf *all, int index, struct conf *own);
/* What an earlier life of this worker left behind; then a lease of its own. */
MUST_USE enum result sender_take_over(struct sender *s, struct fault *f);
/* What others left that do not come back. */
void sender_inherit(struct sender *s);
void sender_clocks(struct sender *s);
int64_t sender_clock_us(void);

/* sender_pick.c: the next letter and a connection for it, or (only) for one
 * that is taken already; its slot counts it as out.  NULL: none can go now.
 * The row stays where it is until the slot's next lease.  unnext undoes the
 * latest one. */
struct relay_conn *sender_next(struct sender *s, struct relay_conn *only,
    struct sender_slot **slot, const struct delivery_letter **row);
void sender_unnext(struct sender_slot *slot);
int sender_queued(const struct sender *s);
/* n rows were put behind those that are queued. */
void sender_leased(struct sender *s, struct sender_slot *slot, int n);
/* Moves what is queued to the front of queue. */
void sender_compact(struct sender_slot *slot);
/* Whether no relay may carry anything for a while: all is given back then. */
bool sender_rests(struct sender *s);
/* Makes room where letters wait for their domains. */
void sender_unstick(struct sender *s);

/* sender_turn.c: chooses letters for free connections; the one commit. */
void sender_choose(struct sender *s);
void sender_turn(struct sender *s);

/* sender_wire.c: letters on connections. */
/* The first command of the letter on c; and, once its row says SENDING, its
 * bytes. */
void sender_start(struct sender *s, struct relay_conn *c);
void sender_body(struct sender *s, struct relay_conn *c);
/* The letter that a relay is ready for must not go; the store has its row
 * back already. */
void sender_recall(struct sender *s, struct relay_conn *c);
/* Gives back the letters behind those on the wire: those of issues that are
 * given up, and (all) those of which no command is out. */
void sender_recall_next(struct sender *s, bool all);
void sender_ready(struct sender *s, struct relay_conn *c);
void sender_late(void *sender, struct relay_conn *c);
/* Ends everything on the wire, as lost. */
void sender_abandon(struct sender *s);

#endif
