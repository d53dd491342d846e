/* SPDX-License-Identifier: ISC */
/* daemon/act.h - from a verdict to what is done about it: one transaction with
 * the ledger, the subscription, the answer to send, the incoming row and the
 * cursor.  It speaks to no server: the keyword or the move is owed then. */
#ifndef DAEMON_ACT_H
#define DAEMON_ACT_H
#include <stdbool.h>
#include <stdint.h>
#include "daemon/conf.h"
#include "daemon/facts.h"
#include "daemon/verdict.h"
#include "lists/incoming.h"
#include "lists/store.h"
struct letter;

enum {
    ACT_ANSWER_AGAIN_S = 7 * 24 * 60 * 60 /* to the same address */
};

/* What acting needs for the life of a worker. Borrowed. */
struct act {
    struct store *st;
    const struct conf *conf;
    const struct conf_inbox *box;
    const struct conf_list *list; /* of the inbox */
    int64_t list_id;
    int64_t mailbox_id; /* of the folder */
};

/* One mail of the folder. */
struct act_mail {
    uint32_t uidvalidity, uid;
    unsigned char digest[INCOMING_DIGEST];
};

/* What was done. */
struct act_done {
    const char *deed;      /* "unsubscribed", "for-review", ...; static */
    int64_t incoming_id;   /* its row */
    int64_t subscriber_id; /* the first it concerned, 0 nobody */
    bool owed;             /* mark or move it now, see conf_handled */
    bool answering;        /* an answer waits for the sender */
    bool settled;          /* by it another mail waits no longer: marks of that
                              one may be owed */
    bool flooded;          /* too many ask: this one waits for a person */
    int64_t held_issue;    /* that too many complained about, 0 none */
    char trouble[240];     /* why no answer could be written, "" none */
};

/* An answer to one subscriber. Borrowed. */
struct act_goodbye {
    const struct letter *letter; /* composed */
    const unsigned char *digest; /* of the mail that it answers */
    int64_t subscriber_id, list_id;
};

/* Whether the mail is any of our business. */
bool act_concerns(const struct verdict *v);

/* Whether a bounce that is no hard one counts against who. */
bool act_is_soft_bounce(const struct facts *facts, const struct verdict *v,
    const struct person *who);

/* Does what follows from the verdict and moves the cursor to the mail, in one
 * durable transaction.
 * NONE: a mail of this digest was read before, in this folder or another of
 * the inbox; only the cursor moved.
 * LATER, STOP: the store; nothing is done. */
MUST_USE enum result act_on(const struct act *a, const struct act_mail *m,
    const struct facts *facts, const struct verdict *v, int64_t now_s,
    struct act_done *out, struct fault *f);

/* Queues a goodbye in the caller's transaction, unless this address or all of
 * them have had enough of us; one that cannot be queued undoes nothing else
 * and is a trouble in out.  LATER, STOP: the store. */
MUST_USE enum result act_say_goodbye(const struct act *a,
    const struct act_goodbye *g, int64_t now_s, struct act_done *out,
    struct fault *f);

/* Notes a mail that cannot be read, and moves the cursor; why: in words. */
MUST_USE enum result act_set_aside(const struct act *a,
    const struct act_mail *m, const char *why, int64_t now_s, struct fault *f);

/* Notes n mails that are none of our business (their digests, no more) and
 * moves the cursor to uid, in one transaction that a power cut may undo. */
MUST_USE enum result act_leave_alone(const struct act *a,
    const struct act_mail *m, int n, uint32_t uidvalidity, uint32_t uid,
    int64_t now_s, struct fault *f);

#endif
