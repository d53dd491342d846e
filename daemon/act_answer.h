/* SPDX-License-Identifier: ISC */
/* daemon/act_answer.h - for act.c alone: what goes back to whoever wrote, and
 * the subscription that begins with a question.  All of it inside the
 * transaction of act_on. */
#ifndef DAEMON_ACT_ANSWER_H
#define DAEMON_ACT_ANSWER_H
#include "daemon/act.h"
#include "templates/letter.h"

/* An answer that may be called for. Clear with letter_clear(&a.letter). */
struct answer {
    const char *name; /* of its template; NULL: there is none */
    struct letter letter;
};

/* Composes what the verdict may call for, before the transaction begins.  A
 * template that is missing keeps nobody on the list: then out->trouble says
 * it, and there is no answer. */
void answer_compose(const struct act *a, const struct facts *facts,
    const struct verdict *v, struct answer *answer, struct act_done *out);

/* Says goodbye to who has left, or asks who is not clear whether he wants to,
 * unless that person or all of them have had enough of us lately.  out->deed is
 * read.  LATER, STOP: the store. */
MUST_USE enum result answer_send(const struct act *a, const struct act_mail *m,
    const struct answer *answer, const struct verdict *v, int64_t now_s,
    struct act_done *out, struct fault *f);

/* Puts on the list who has confirmed it; else makes a question open and asks
 * it.  Where no question may go out, a person decides. proof: of the ledger.
 * LATER, STOP: the store. */
MUST_USE enum result answer_subscribe(const struct act *a,
    const struct act_mail *m, const struct answer *answer,
    const struct facts *facts, const struct verdict *v, const char *proof,
    int64_t now_s, struct act_done *out, struct fault *f);

#endif
