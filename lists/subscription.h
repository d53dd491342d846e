/* SPDX-License-Identifier: ISC */
/* lists/subscription.h - who gets which list, and why: one subscription at a
 * time, every change a ledger entry with its proof. */
#ifndef LISTS_SUBSCRIPTION_H
#define LISTS_SUBSCRIPTION_H
#include <stdbool.h>
#include <stdint.h>
#include "lists/fault.h"
#include "lists/subscriber.h"
struct store;

/* The numbers stand in the store: never change one. */
enum subscription_state {
    SUBSCRIPTION_NONE = 0,       /* never asked, or erased */
    SUBSCRIPTION_PENDING = 1,    /* asked for the letter, not confirmed yet */
    SUBSCRIPTION_ACTIVE = 2,     /* gets every issue */
    SUBSCRIPTION_LEFT = 3,       /* asked to go; the row stays: we remember */
    SUBSCRIPTION_BOUNCED = 4,    /* the address is dead */
    SUBSCRIPTION_COMPLAINED = 5, /* called us spam: back by own word only */
    SUBSCRIPTION_ERASED = 6,     /* forgotten by request; not mailed again */
};

enum consent_how {
    BY_IMPORT = 0,    /* a file, brought by an admin */
    BY_FORM = 1,      /* a web form */
    BY_REPLY = 2,     /* the person's own mail */
    BY_ONE_CLICK = 3, /* RFC 8058, or List-Unsubscribe by mail */
    BY_BOUNCE = 4,
    BY_COMPLAINT = 5,
    BY_ADMIN = 6, /* an admin's word on the command line */
    BY_TIME = 7,  /* a question that nobody answered */
};

enum {
    PROOF_MAX = 998
};

/* One ledger entry to be: what happened, how, and the proof of it. */
struct consent {
    enum subscription_state to;
    enum consent_how how;
    int64_t at_s;      /* Unix seconds, UTC */
    const char *proof; /* file:line, Message-ID or address; borrowed */
};

/* Where a subscription stands now. */
struct subscription {
    enum subscription_state state;
    int64_t since_s;
    enum consent_how how;
};

/* Appends c to the ledger of (subscriber_id, list_id), sets the state that
 * follows, and cancels what is queued for someone who is not active any more,
 * in one transaction: the only way a subscription changes.
 * OK: changed.  NONE: it was in that state already; nothing written.
 * NEVER: that move is forbidden, see the table in subscription.c.
 * LATER: the store is busy.  STOP: the store is broken. */
MUST_USE enum result subscription_record(struct store *st,
    int64_t subscriber_id, int64_t list_id, const struct consent *c,
    struct fault *f);

/* Ends what has been PENDING since before before_s, at most limit of it: all
 * is again as it was before the question.  *n: how many. */
MUST_USE enum result subscription_lapse(struct store *st, int64_t before_s,
    int limit, int64_t now_s, int *n, struct fault *f);

/* NONE: no row; out then says SUBSCRIPTION_NONE. */
MUST_USE enum result subscription_get(struct store *st, int64_t subscriber_id,
    int64_t list_id, struct subscription *out, struct fault *f);

/* How many there are of each state, indexed by enum subscription_state. */
MUST_USE enum result subscription_count(
    struct store *st, int64_t list_id, int64_t count[7], struct fault *f);

/* Calls each(arg, ...) for the subscribers of a list with id > after, in the
 * order of id, at most limit of them; state < 0: every state.  each returns
 * false to stop. Borrowed during the call. */
MUST_USE enum result subscription_each(struct store *st, int64_t list_id,
    int state, int64_t after, int limit,
    bool (*each)(void *arg, const struct subscriber *who,
        const struct subscription *what),
    void *arg, struct fault *f);

/* Calls each(arg, ...) for a subscriber's ledger, oldest first. */
MUST_USE enum result ledger_each(struct store *st, int64_t subscriber_id,
    bool (*each)(void *arg, int64_t list_id, const struct consent *entry),
    void *arg, struct fault *f);

/* The words for tables and JSON: "active", "left", ...; "import", "reply". */
const char *subscription_word(enum subscription_state s);
const char *consent_word(enum consent_how how);
/* -1: no such word. */
int subscription_from_word(const char *word);

#endif
