/* SPDX-License-Identifier: ISC */
/* lists/delivery.h - one issue to one recipient: a row that is true at every
 * instant, whatever is killed.
 *
 * A sender leases a batch by a durable commit (delivery_lease); then one lazy
 * commit per turn of its loop (delivery_turn) first writes what came back and
 * then marks what goes out, before a byte of it may go on the wire.  After a
 * kill only SENDING rows may have arrived unseen; after a power cut, all of
 * the lease. */
#ifndef LISTS_DELIVERY_H
#define LISTS_DELIVERY_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "lists/fault.h"
#include "lists/issue.h"
#include "lists/subscription.h"
struct store;

/* The numbers stand in the store and in its partial indexes. */
enum delivery_state {
    DELIVERY_WAITING = 0,  /* not before due_s */
    DELIVERY_LEASED = 1,   /* one worker's for a while */
    DELIVERY_SENDING = 2,  /* its bytes may be on the wire */
    DELIVERY_DEFERRED = 3, /* 4xx: again at due_s */
    DELIVERY_DOUBT = 4,    /* may or may not have arrived */
    DELIVERY_SENT = 5,
    DELIVERY_FAILED = 6,
    DELIVERY_CANCELLED = 7,
    DELIVERY_STATES = 8
};

enum {
    FILL_MAX = 5000, /* rows of one transaction: below 50 ms */
    CANCEL_MAX = 5000,
    RETRY_MAX = 2000,
    REPLY_MAX = 998,
    RELAY_NAME_MAX = 40,
    LEASE_MAX = 1000
};

/* Everything a sender must know to write one letter. */
struct delivery_letter {
    int64_t id, issue_id, subscriber_id;
    enum delivery_state state; /* LEASED, or DOUBT: to be sent once more */
    char address[ADDRESS_MAX + 1];
    char name[SUBSCRIBER_NAME_MAX + 1];
    char given_name[SUBSCRIBER_NAME_MAX + 1];
    int64_t since_s;      /* the subscription's, 0 for a test copy */
    enum consent_how how; /* what the subscription came from */
    int64_t date_s;       /* the Date to use again, 0 at the first try */
    int tries, doubts;
};

/* What became of a letter. Strings are borrowed. */
struct delivery_outcome {
    int64_t id;
    enum delivery_state to; /* SENT, DEFERRED, FAILED, DOUBT, or WAITING: given
                               back, its bytes never went out */
    int64_t due_s;          /* for DEFERRED and WAITING; for DOUBT: 0 leaves it
                               to a person, else it is sent again then */
    const char *relay, *reply;
    int64_t issue_id; /* whose row it is; one of another is passed over */
};

/* A letter about to go: in, its id and the Date it carries; out, whether it
 * may still go (it may have been cancelled or held meanwhile). */
struct delivery_going {
    int64_t id;
    int64_t date_s;
    bool may_go;
    int64_t issue_id; /* likewise */
};

/* From which states a row may come into `to`, as bits (1U << state). */
unsigned int delivery_may_come_from(enum delivery_state to);

/* Looks at the next `limit` subscribers of the list (at most FILL_MAX; those
 * with an id above issue.filled_to) and writes a row for each active one, for
 * a letter in any open state, in one short transaction.  The first call makes a
 * FILLING issue SCHEDULED: sending begins while the other rows are written.
 * OK: there is more to do.  NONE: all are written, the issue is filled.
 * NEVER: the issue is cancelled, or no letter. */
MUST_USE enum result delivery_fill(struct store *st, int64_t issue_id,
    int limit, int64_t now_s, struct fault *f);
/* Writes one row, for a test copy or an answer whose issue is FILLING; the
 * caller then moves the issue to SCHEDULED.  NONE: that row is there. */
MUST_USE enum result delivery_add(struct store *st, int64_t issue_id,
    int64_t subscriber_id, int64_t now_s, struct fault *f);

/* Takes over what earlier leases of this worker name left: LEASED rows of
 * this boot wait again; SENDING rows, and every row of a lease from another
 * boot, fall into DOUBT. Call once, before the first delivery_lease of a
 * worker's life. *doubt: how many fell into doubt; where they are at most as
 * many as that lease's connections they are due again at once, else their
 * issues are held with a reason and they wait for delivery_doubt_again.  Rows
 * of a cancelled issue are cancelled, and counted alike.  *waiting: how many
 * wait again. */
MUST_USE enum result delivery_recover(struct store *st, const char *worker,
    const char *boot_id, int64_t now_s, int64_t *doubt, int64_t *waiting,
    struct fault *f);

/* The senders of this machine that live, or come back by themselves. */
struct delivery_crew {
    const char *node, *boot_id; /* a worker's lease is NODE/NAME's */
    const char *const *name;
    int n;
};

/* The same for the leases of workers that do not come back: of this node
 * those of another boot, or whose name is not in the crew; of another node
 * those that have rows and whose time is over.  One transaction for each. NONE:
 * there is no such lease.  Where it ends early, the counts are of what was
 * done. */
MUST_USE enum result delivery_inherit(struct store *st,
    const struct delivery_crew *crew, int64_t now_s, int64_t *doubt,
    int64_t *waiting, struct fault *f);

/* What the clock of the last lease's worker said, Unix seconds, when it was
 * taken or renewed for `seconds`; 0: there was none. */
MUST_USE enum result delivery_lease_time(
    struct store *st, int seconds, int64_t *at_s, struct fault *f);

/* A person's word about what is in doubt and no worker has, of all
 * (subscriber_id 0) or one: it is due again now, or closed as sent, with who
 * said so as its reply.  *rows: how many (again: NULL, not asked).
 * NONE: there are none. */
MUST_USE enum result delivery_doubt_again(struct store *st, int64_t issue_id,
    int64_t subscriber_id, int64_t now_s, int64_t *rows, struct fault *f);
MUST_USE enum result delivery_doubt_close(struct store *st, int64_t issue_id,
    int64_t subscriber_id, const char *who, int64_t now_s, int64_t *rows,
    struct fault *f);
/* Makes up to RETRY_MAX failed rows with id > after wait again, as if never
 * tried; a FINISHED issue becomes SENDING in the same transaction.  *next is
 * the `after` to go on with, 0: these were the last.
 * NONE: nothing has failed there.  NEVER: the issue is cancelled. */
MUST_USE enum result delivery_retry(struct store *st, int64_t issue_id,
    int64_t after, int64_t now_s, int64_t *rows, int64_t *next,
    struct fault *f);

/* Opens a lease for a worker, for `seconds`; one row, used by all its
 * batches, renewed by each delivery_lease. */
MUST_USE enum result delivery_lease_open(struct store *st, const char *worker,
    const char *boot_id, int connections, int64_t until_s, int64_t *lease_id,
    struct fault *f);

/* Takes up to max due letters of an issue (state SENDING) under the lease, by
 * a durable commit; letters to people who are not active any more are
 * cancelled instead (for ISSUE_LETTER).  DOUBT rows that are due come first.
 * *n is how many were taken; it may be 0 with OK when all found were
 * cancelled.  NONE: nothing is due now, or the issue is not SENDING.
 * NEVER: the lease is gone: somebody took us for dead. */
MUST_USE enum result delivery_lease(struct store *st, int64_t lease_id,
    const struct issue *i, int max, int64_t now_s, int64_t until_s,
    struct delivery_letter *out, int *n, struct fault *f);

/* One turn: in one lazy transaction writes the outcomes, then marks what goes
 * out as SENDING (tries + 1, date_s kept) where the row is still this lease's
 * and the issue still SENDING; a letter that may not go is given back here.
 * An outcome whose row is not this lease's any more is passed over; so is one
 * that cannot follow the row's state. DEFERRED and FAILED may be said of a
 * leased letter too and count as a try; WAITING of a leased one does not.  One
 * in doubt that comes back unsent stays in doubt, due
 * at due_s; a letter of a cancelled issue that comes back open is cancelled.
 * Other than OK: nothing was written and nothing may go. */
MUST_USE enum result delivery_turn(struct store *st, int64_t lease_id,
    const struct delivery_outcome *back, int n_back,
    struct delivery_going *going, int n_going, int64_t now_s, struct fault *f);

/* When the next row of the issue is due (Unix seconds).
 * OK: a row waits until *due_s, *open is true; or *open is false: no row is
 * open or in doubt and none is to be written, the issue may be FINISHED.
 * NONE: no row waits, but some are out, in doubt or not written; *open is
 * true. */
MUST_USE enum result delivery_next(struct store *st, int64_t issue_id,
    int64_t *due_s, bool *open, struct fault *f);

/* Cancels up to limit (CANCEL_MAX) rows of a cancelled issue: all that are open
 * but those on the wire.  NONE: none is left.  NEVER: it is not cancelled. */
MUST_USE enum result delivery_cancel(struct store *st, int64_t issue_id,
    int limit, int64_t now_s, struct fault *f);
/* Cancels the letters of a list that wait for someone: for subscription.c
 * alone.  NONE: there were none. */
MUST_USE enum result delivery_cancel_person(struct store *st,
    int64_t subscriber_id, int64_t list_id, int64_t now_s, struct fault *f);

/* How many rows of each state, and how many were ever in doubt (NULL: not
 * asked); they add up to issue.audience. One look, however many they are. */
MUST_USE enum result delivery_count(struct store *st, int64_t issue_id,
    int64_t count[DELIVERY_STATES], int64_t *doubted, struct fault *f);

/* How many rows are in doubt, no worker's, and due never: only a person's word
 * moves them. */
MUST_USE enum result delivery_undecided(
    struct store *st, int64_t issue_id, int64_t *n, struct fault *f);

struct delivery_row {
    int64_t id, issue_id, subscriber_id;
    enum delivery_state state;
    int64_t due_s, at_s, date_s;
    int tries, doubts;
    char address[ADDRESS_MAX + 1];
    char relay[RELAY_NAME_MAX + 1];
    char reply[REPLY_MAX + 1];
};
/* Calls each for the rows of an issue (subscriber_id 0) or of a subscriber
 * (issue_id 0: letters only), in the order of id, id > after, state < 0: all,
 * doubtful: only rows that were ever in doubt; at most limit. */
MUST_USE enum result delivery_each(struct store *st, int64_t issue_id,
    int64_t subscriber_id, int state, bool doubtful, int64_t after, int limit,
    bool (*each)(void *arg, const struct delivery_row *row), void *arg,
    struct fault *f);
/* NONE: no such delivery. */
MUST_USE enum result delivery_get(
    struct store *st, int64_t id, struct delivery_row *out, struct fault *f);

const char *delivery_word(enum delivery_state s);
int delivery_from_word(const char *word); /* -1: no such word */

#endif
