/* SPDX-License-Identifier: ISC */
/* What is done is as careful as who is believed.  A person's own words take
 * that person off the inbox's list.  A bounce or a complaint anyone can write:
 * it counts only with the token of the delivery that it is about.  Nothing
 * here decides what a mail means; that is verdict.c. */
#include "daemon/act.h"

#include "daemon/act_answer.h"
#include "daemon/act_review.h"
#include "daemon/crash.h"
#include "lists/issue.h"
#include "lists/soft_bounce.h"
#include "lists/subscription.h"

#include <stdio.h>
#include <string.h>

enum {
    HOUR_S = 3600
};

static enum result do_deed(const struct act *a, const struct facts *facts,
    const struct verdict *v, const char *proof, int64_t now_s,
    struct act_done *out, struct fault *f);
static enum result complained(const struct act *a, const struct person *who,
    int64_t now_s, struct act_done *out, struct fault *f);
static enum result note(const struct act *a, const struct act_mail *m,
    struct incoming *i, struct fault *f);
static enum result leave_alone(const struct act *a, const struct act_mail *m,
    int64_t now_s, struct fault *f);
static enum result too_many(const struct act *a, const struct facts *facts,
    const struct verdict *v, struct incoming *i, struct act_done *out,
    struct fault *f);
static bool is_owed(
    const struct act *a, const struct verdict *v, const struct act_done *done);
static void write_proof(
    const struct act *a, const struct facts *facts, char *out, size_t n);

bool
act_concerns(const struct verdict *v)
{
    if (v->confirmed)
        return true;
    switch (v->kind) {
    case KIND_UNSUB:
    case KIND_UNSUB_OTHER:
    case KIND_REVIEW:
    case KIND_SUBSCRIBE:
    case KIND_COMPLAINT:
        return true;
    case KIND_HARD:
    case KIND_SOFT:
        return v->n_people > 0;
    case KIND_HUMAN:
    case KIND_AUTOREPLY:
    case KIND_OTHER:
        break;
    }
    return false;
}

enum result
act_on(const struct act *a, const struct act_mail *m, const struct facts *facts,
    const struct verdict *v, int64_t now_s, struct act_done *out,
    struct fault *f)
{
    struct act_done done = {
        .deed = v->kind == KIND_AUTOREPLY || v->kind == KIND_HUMAN
                    ? "noted"
                    : "for-review"};
    struct answer answer = {.name = NULL};
    char proof[PROOF_MAX + 1];
    struct incoming i = {
        .kind = kind_word(v->kind),
        .at_s = now_s,
        .message_id = facts->message_id,
        .evidence = v->evidence,
    };
    enum result r;

    write_proof(a, facts, proof, sizeof proof);
    answer_compose(a, facts, v, &answer, &done);
    r = store_begin(a->st, f);
    if (r != RES_OK)
        goto out;
    r = incoming_seen(a->st, a->mailbox_id, m->digest, f);
    if (r == RES_OK) {
        /* Another worker had it first, in another folder. */
        r = leave_alone(a, m, now_s, f);
        goto end;
    }
    if (r == RES_NONE)
        r = too_many(a, facts, v, &i, &done, f);
    if (r == RES_OK && !done.flooded) {
        r = v->kind == KIND_SUBSCRIBE
                ? answer_subscribe(
                      a, m, &answer, facts, v, proof, now_s, &done, f)
                : do_deed(a, facts, v, proof, now_s, &done, f);
        if (r == RES_OK)
            r = answer_send(a, m, &answer, v, now_s, &done, f);
        if (r == RES_OK && v->confirmed && v->kind != KIND_SUBSCRIBE)
            r = act_review_settle(a, v, now_s, &done, f);
    }
    if (r != RES_OK)
        goto end;
    i.deed = done.deed;
    i.subscriber_id = done.subscriber_id;
    done.owed = is_owed(a, v, &done);
    i.owed = done.owed;
    r = note(a, m, &i, f);
    done.incoming_id = i.id;
    if (r == RES_OK && strcmp(done.deed, "for-review") == 0)
        r = act_review_add(a, i.id, facts, v, f);
end:
    crash_point("inbox-before-commit");
    r = store_end(a->st, r, f);
    crash_point("inbox-after-commit");
    if (r == RES_OK)
        *out = done;
out:
    letter_clear(&answer.letter);
    return r;
}

/* Whether what anyone can have written comes too often. */
static enum result
too_many(const struct act *a, const struct facts *facts,
    const struct verdict *v, struct incoming *i, struct act_done *out,
    struct fault *f)
{
    bool bare = (v->kind == KIND_UNSUB && !v->by_token && v->n_people > 0 &&
                    v->person[0].list_id == 0) ||
                (v->kind == KIND_SUBSCRIBE && !v->confirmed);
    int all = 0, of_one = 0;
    enum result r;

    if (!bare || facts->dmarc_pass)
        return RES_OK;
    i->request = facts->server[0] != '\0' ? facts->server : "?";
    r = incoming_requests(
        a->st, i->at_s - HOUR_S, i->request, &all, &of_one, f);
    if (r != RES_OK)
        return r;
    out->flooded = (a->conf->flood > 0 && all >= a->conf->flood) ||
                   (a->conf->flood_server > 0 && i->request[0] != '?' &&
                       of_one >= a->conf->flood_server);
    return RES_OK;
}

/* --- the ledger ---------------------------------------------------------- */

/* What a kind of mail does to a subscription; NONE: it does nothing. */
static enum result
consent_of(const struct facts *facts, const struct verdict *v,
    const struct person *who, struct consent *out, const char **deed)
{
    switch (v->kind) {
    case KIND_UNSUB:
        out->to = SUBSCRIPTION_LEFT;
        out->how = v->by_token ? BY_ONE_CLICK : BY_REPLY;
        *deed = "unsubscribed";
        return RES_OK;
    case KIND_HARD:
        *deed = "noted";
        if (who->list_id == 0 || !v->permanent || !facts->address_dead)
            return RES_NONE;
        out->to = SUBSCRIPTION_BOUNCED;
        out->how = BY_BOUNCE;
        *deed = "address-dead";
        return RES_OK;
    case KIND_SOFT:
        *deed = "noted"; /* or counted, see strike() */
        return RES_NONE;
    case KIND_COMPLAINT:
        if (who->list_id == 0)
            return RES_NONE;
        out->to = SUBSCRIPTION_COMPLAINED;
        out->how = BY_COMPLAINT;
        *deed = "complained";
        return RES_OK;
    default:
        return RES_NONE;
    }
}

/* Of a status of the mailbox or the way to it (RFC 3463: x.1, x.2, x.4): a
 * delay is no end, and a letter refused for its size, by policy or for its
 * sender's address (x.1.7, x.1.8) says nothing of the reader. */
bool
act_is_soft_bounce(const struct facts *facts, const struct verdict *v,
    const struct person *who)
{
    const char *s = facts->status;

    return (v->kind == KIND_SOFT || v->kind == KIND_HARD) && v->permanent &&
           who->list_id != 0 && who->issue_id != 0 &&
           (s[0] == '4' || s[0] == '5') && s[1] == '.' &&
           (s[2] == '1' || s[2] == '2' || s[2] == '4') && s[3] == '.' &&
           strcmp(s + 2, "1.7") != 0 && strcmp(s + 2, "1.8") != 0;
}

/* NONE: nobody is there to lose. */
static enum result
strike(const struct act *a, const struct facts *facts, const struct person *who,
    int64_t now_s, const char **deed, struct fault *f)
{
    const struct soft_bounce_limits limits = {
        a->conf->soft_bounces, a->conf->soft_bounce_for_s};
    char words[SOFT_BOUNCE_WORDS_MAX + 1];
    const struct soft_bounce b = {
        who->subscriber_id, who->list_id, who->issue_id, now_s, words};
    enum result r;
    bool dead;

    (void)snprintf(
        words, sizeof words, "%s %.180s", facts->status, facts->clue);
    r = soft_bounce_record(a->st, &b, &limits, &dead, f);
    if (r == RES_OK)
        *deed = dead ? "address-dead" : "soft-bounce";
    return r;
}

static void
write_proof(const struct act *a, const struct facts *facts, char *out, size_t n)
{
    if (facts->message_id[0] == '\0')
        (void)snprintf(out, n, "a mail without Message-ID to %s", a->box->name);
    else
        (void)snprintf(out, n, "%s%s%s", facts->message_id,
            facts->status[0] != '\0' ? " " : "", facts->status);
}

/* A move that the table of subscription.c forbids leaves things as they are:
 * who complained does not become someone who left.  NONE: nothing to move. */
static enum result
move(const struct act *a, const struct facts *facts, const struct verdict *v,
    const struct person *who, struct consent *c, struct act_done *out,
    const char **deed, struct fault *f)
{
    enum result r = consent_of(facts, v, who, c, deed);

    if (r != RES_OK)
        return act_is_soft_bounce(facts, v, who)
                   ? strike(a, facts, who, c->at_s, deed, f)
                   : r;
    r = subscription_record(a->st, who->subscriber_id,
        who->list_id != 0 ? who->list_id : a->list_id, c, f);
    if (r == RES_OK && c->to == SUBSCRIPTION_COMPLAINED)
        r = complained(a, who, c->at_s, out, f);
    if (r != RES_NONE && r != RES_NEVER)
        return r;
    if (!out->owed)
        *deed = "off-already";
    return RES_OK;
}

static enum result
do_deed(const struct act *a, const struct facts *facts, const struct verdict *v,
    const char *proof, int64_t now_s, struct act_done *out, struct fault *f)
{
    enum result r;

    for (int i = 0; i < v->n_people; i++) {
        const struct person *who = &v->person[i];
        struct consent c = {.at_s = now_s, .proof = proof};
        const char *deed = out->deed;

        if (out->subscriber_id == 0)
            out->subscriber_id = who->subscriber_id;
        r = move(a, facts, v, who, &c, out, &deed, f);
        if (r != RES_OK && r != RES_NONE)
            return r;
        if (!out->owed || r == RES_OK)
            out->deed = deed;
        if (r == RES_OK)
            out->owed = true; /* if it is so configured, see is_owed() */
    }
    return RES_OK;
}

/* Too many readers of one issue call it spam: it goes no further without a
 * person's word, and with it no further than as many again. */
static enum result
complained(const struct act *a, const struct person *who, int64_t now_s,
    struct act_done *out, struct fault *f)
{
    char reason[ISSUE_REASON_MAX + 1];
    int most = a->conf->hold_complaints;
    int64_t n = 0;
    enum result r;

    if (who->issue_id == 0)
        return RES_OK;
    r = issue_complained(a->st, who->issue_id, &n, f);
    if (r != RES_OK || most == 0 || n % most != 0)
        return r == RES_NONE ? RES_OK : r;
    (void)snprintf(reason, sizeof reason,
        "%lld readers have called it spam; release it to go on all the same",
        (long long)n);
    r = issue_move(a->st, who->issue_id, ISSUE_HELD, reason, now_s, f);
    if (r == RES_OK)
        out->held_issue = who->issue_id;
    /* Through, cancelled or held already: that stands. */
    return r == RES_NONE || r == RES_NEVER ? RES_OK : r;
}

/* --- what is remembered of the mail -------------------------------------- */

/* What was only noted for its sake keeps its place. */
static bool
is_owed(
    const struct act *a, const struct verdict *v, const struct act_done *done)
{
    bool marks = done->owed || v->kind == KIND_AUTOREPLY ||
                 strcmp(done->deed, "for-review") == 0;

    return marks && strcmp(conf_handled(a->box, kind_word(v->kind), done->deed),
                        "leave") != 0;
}

static enum result
note(const struct act *a, const struct act_mail *m, struct incoming *i,
    struct fault *f)
{
    const struct mailbox_cursor c = {
        .id = a->mailbox_id, .uidvalidity = m->uidvalidity, .uid = m->uid};
    enum result added, r;

    i->mailbox_id = a->mailbox_id;
    i->uidvalidity = m->uidvalidity;
    i->uid = m->uid;
    memcpy(i->digest, m->digest, sizeof i->digest);
    added = incoming_add(a->st, i, f);
    if (added != RES_OK && added != RES_NONE)
        return added;
    r = mailbox_cursor_set(a->st, &c, f);
    return r == RES_OK ? added : r;
}

enum result
act_set_aside(const struct act *a, const struct act_mail *m, const char *why,
    int64_t now_s, struct fault *f)
{
    char evidence[EVIDENCE_MAX + 1];
    struct incoming i = {
        .kind = "unreadable",
        .deed = "set-aside",
        .at_s = now_s,
        .message_id = "",
        .evidence = evidence,
    };
    enum result r = store_begin(a->st, f);

    if (r != RES_OK)
        return r;
    (void)snprintf(evidence, sizeof evidence, "%s", why);
    r = note(a, m, &i, f);
    if (r == RES_OK)
        r = act_review_add(a, i.id, NULL, NULL, f);
    return store_end(a->st, r, f);
}

/* NONE: noted. */
static enum result
leave_alone(const struct act *a, const struct act_mail *m, int64_t now_s,
    struct fault *f)
{
    struct incoming row = {
        .kind = "other",
        .deed = "left-alone",
        .at_s = now_s,
        .message_id = "",
        .evidence = "",
    };
    enum result r = note(a, m, &row, f);

    return r == RES_OK ? RES_NONE : r;
}

enum result
act_leave_alone(const struct act *a, const struct act_mail *m, int n,
    uint32_t uidvalidity, uint32_t uid, int64_t now_s, struct fault *f)
{
    const struct mailbox_cursor c = {
        .id = a->mailbox_id, .uidvalidity = uidvalidity, .uid = uid};
    enum result r = store_begin_lazy(a->st, f);

    if (r != RES_OK)
        return r;
    for (int i = 0; i < n && (r == RES_OK || r == RES_NONE); i++)
        r = leave_alone(a, &m[i], now_s, f);
    if (r == RES_OK || r == RES_NONE)
        r = mailbox_cursor_set(a->st, &c, f);
    return store_end(a->st, r, f);
}
