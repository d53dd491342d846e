/* SPDX-License-Identifier: ISC */
/* daemon/act_review.h - mail that waits for a person: what the inbox keeps of
 * it, and what is done once he has decided. */
#ifndef DAEMON_ACT_REVIEW_H
#define DAEMON_ACT_REVIEW_H
#include "daemon/act.h"
#include "lists/review.h"

/* Keeps what a person needs to decide; part of the caller's transaction.
 * facts and v: NULL for a mail that could not be read. */
MUST_USE enum result act_review_add(const struct act *a, int64_t incoming_id,
    const struct facts *facts, const struct verdict *v, struct fault *f);

/* Ends the waiting of the mail about which we asked, now that its writer has
 * answered; out->deed: what was done.  Nothing where somebody has decided
 * already.  Part of the caller's transaction. */
MUST_USE enum result act_review_settle(const struct act *a,
    const struct verdict *v, int64_t now_s, struct act_done *out,
    struct fault *f);

/* A person's word. */
struct act_decision {
    const char *by;            /* who says so */
    enum review_proposal deed; /* REVIEW_NONE: nothing, the mail is let be */
    int n_addresses;           /* for whom */
    struct address address[REVIEW_ADDRESSES_MAX];
};

/* Does what d says about rv in one durable transaction: the ledger, the
 * goodbye to a writer who leaves, and the end of the waiting.  a->box and
 * a->list may be NULL, where they are not configured any more: then nothing
 * is answered; a->list_id is not used.
 * NONE: it does not wait any more.  NEVER: not for these people; nothing is
 * done.  LATER, STOP: the store; nothing is done. */
MUST_USE enum result act_decide(const struct act *a, const struct review *rv,
    const struct act_decision *d, int64_t now_s, struct act_done *out,
    struct fault *f);

#endif
