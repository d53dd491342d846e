/* SPDX-License-Identifier: ISC */
/* daemon/verdict.h - what a mail means for the list, and why: the second of
 * the two pure functions of the inbox. It asks a directory and does nothing. */
#ifndef DAEMON_VERDICT_H
#define DAEMON_VERDICT_H
#include <stdbool.h>
#include <stdint.h>
#include "daemon/facts.h"
#include "lists/incoming.h"
#include "lists/issue.h"

enum mail_kind {
    KIND_UNSUB,
    KIND_UNSUB_OTHER,
    KIND_HUMAN,
    KIND_REVIEW,
    KIND_SUBSCRIBE,
    KIND_AUTOREPLY,
    KIND_HARD,
    KIND_SOFT,
    KIND_COMPLAINT,
    KIND_OTHER
};
const char *kind_word(enum mail_kind k); /* "unsub-other" */

/* Someone in the directory. */
struct person {
    int64_t subscriber_id;
    int64_t list_id;   /* of the delivery, 0 when found by address */
    int64_t issue_id;  /* likewise, of a letter to a list */
    int64_t answer_id; /* likewise, of an answer of ours */
    char address[ADDRESS_MAX + 1];     /* key form */
    bool active;                       /* on the list now */
    bool pending;                      /* has not confirmed yet */
    char answer[ISSUE_ANSWER_MAX + 1]; /* and which: "confirm" and so on, "" it
                                          is of no answer */
};
/* How the verdict looks people up. Each answers OK, NONE, or a failure. */
struct directory {
    void *ctx;
    enum result (*by_address)(
        void *ctx, const char *address, struct person *out, struct fault *f);
    enum result (*by_token)(
        void *ctx, const char *token, struct person *out, struct fault *f);
    enum result (*by_message_id)(
        void *ctx, const char *message_id, struct person *out, struct fault *f);
};

struct verdict {
    enum mail_kind kind;
    int n_people; /* whom it concerns, in the directory */
    struct person person[FACTS_ADDRESSES_MAX];
    int n_addresses; /* all concerned addresses, known or not */
    char address[FACTS_ADDRESSES_MAX][ADDRESS_MAX + 1];
    bool permanent;  /* a bounce whose server gave up */
    bool by_token;   /* an unsubscribe by token: how is BY_ONE_CLICK */
    bool may_answer; /* a person wrote it: an answer is welcome.  KIND_REVIEW:
                        he is on the list, and may be asked what he means */
    bool confirmed;  /* whoever got our mail answered it, and that clearly;
                        KIND_HUMAN: a no to our question whether to leave */
    char evidence[EVIDENCE_MAX + 1]; /* why, in words, cut at a character */
};

/* Decides. LATER, STOP: what the directory said. */
MUST_USE enum result verdict_decide(const struct facts *facts,
    const struct directory *who, struct verdict *out, struct fault *f);

#endif
