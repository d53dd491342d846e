/* SPDX-License-Identifier: ISC */
/* A person's word is an admin's in the ledger, whatever the mail said: he has
 * read it, and answers for it.  Only who called us spam and then asks for the
 * letter in a mail of his own comes back by that mail: an admin's word alone
 * does not bring him back (subscription.c). */
#include "daemon/act_review.h"

#include <stdio.h>
#include <string.h>

#include "daemon/utf8.h"
#include "lists/issue.h"
#include "lists/subscriber.h"
#include "lists/subscription.h"
#include "templates/letter.h"

static enum review_proposal
propose(const struct facts *facts, const struct verdict *v);
static bool may_have_goodbye(const struct facts *facts);
static enum result decide(const struct act *a, const struct review *rv,
    const struct act_decision *d, int64_t now_s, struct act_done *out,
    struct fault *f);
static enum result unsubscribe(const struct act *a, const struct review *rv,
    const struct address *who, const struct consent *c, struct act_done *out,
    struct fault *f);
static enum result subscribe(const struct act *a, const struct review *rv,
    const struct address *who, struct consent *c, struct act_done *out,
    struct fault *f);

/* --- what is kept --------------------------------------------------------- */

static void
copy_cut(char *out, size_t size, const char *text)
{
    (void)snprintf(
        out, size, "%.*s", (int)utf8_cut(text, strlen(text), size - 1), text);
}

enum result
act_review_add(const struct act *a, int64_t incoming_id,
    const struct facts *facts, const struct verdict *v, struct fault *f)
{
    struct review rv = {.id = incoming_id, .list_id = a->list_id};
    const char(*named)[ADDRESS_MAX + 1];
    int n;

    if (facts == NULL || v == NULL)
        return review_add(a->st, &rv, f);
    if (v->n_people > 0 && v->person[0].list_id != 0)
        rv.list_id = v->person[0].list_id;
    rv.proposal = propose(facts, v);
    rv.may_answer = may_have_goodbye(facts);
    (void)snprintf(rv.from, sizeof rv.from, "%s", facts->from);
    copy_cut(rv.subject, sizeof rv.subject, facts->subject);
    copy_cut(rv.words, sizeof rv.words, facts->words);
    named = v->n_addresses > 0 ? v->address : facts->address;
    n = v->n_addresses > 0                    ? v->n_addresses
        : facts->intent == INTENT_LEAVE_OTHER ? facts->n_addresses
                                              : 0;
    for (int i = 0; i < n && i < REVIEW_ADDRESSES_MAX; i++)
        (void)snprintf(
            rv.address[rv.n_addresses++], ADDRESS_MAX + 1, "%s", named[i]);
    if (n == 0 && rv.proposal != REVIEW_NONE)
        (void)snprintf(
            rv.address[rv.n_addresses++], ADDRESS_MAX + 1, "%s", facts->from);
    return review_add(a->st, &rv, f);
}

/* What most persons would do with it; the evidence says why it is not done
 * without one. */
static enum review_proposal
propose(const struct facts *facts, const struct verdict *v)
{
    bool named = v->n_addresses > 0;

    if (facts->unreadable)
        return REVIEW_NONE;
    if (v->kind == KIND_SUBSCRIBE)
        return REVIEW_SUBSCRIBE;
    if (v->kind == KIND_COMPLAINT || v->kind == KIND_UNSUB_OTHER)
        return named ? REVIEW_UNSUBSCRIBE : REVIEW_NONE;
    switch (facts->intent) {
    case INTENT_LEAVE:
        break;
    case INTENT_UNSURE:
        if (facts->clue[0] == '\0')
            return REVIEW_NONE;
        break;
    case INTENT_LEAVE_OTHER:
        return named || facts->n_addresses > 0 ? REVIEW_UNSUBSCRIBE
                                               : REVIEW_NONE;
    case INTENT_JOIN:
        return facts->from[0] != '\0' && !facts->from_self ? REVIEW_SUBSCRIBE
                                                           : REVIEW_NONE;
    case INTENT_NONE: /* a token without such words */
        return named ? REVIEW_UNSUBSCRIBE : REVIEW_NONE;
    case INTENT_STAY:
        return REVIEW_NONE;
    }
    return named || (facts->from[0] != '\0' && !facts->from_self)
               ? REVIEW_UNSUBSCRIBE
               : REVIEW_NONE;
}

/* Only to the one who wrote it, where nothing says that he did not. */
static bool
may_have_goodbye(const struct facts *facts)
{
    return facts->form == FORM_PERSON && facts->from_count == 1 &&
           !facts->from_self && !facts->dmarc_fail && !facts->resent_or_listed;
}

/* --- what its writer says himself ----------------------------------------- */

/* A question bears the digest of the mail that it is about. */
enum result
act_review_settle(const struct act *a, const struct verdict *v, int64_t now_s,
    struct act_done *out, struct fault *f)
{
    const struct person *who = &v->person[0];
    struct incoming_decision d = {.deed = out->deed,
        .by = "its writer",
        .at_s = now_s,
        .subscriber_id = who->subscriber_id,
        .owed = v->kind == KIND_UNSUB};
    struct issue question;
    int64_t id;
    enum result r = issue_get(a->st, who->answer_id, &question, f);

    if (v->kind == KIND_HUMAN)
        d.deed = "dismissed";
    while (r == RES_OK) {
        r = review_find(a->st, question.digest, question.list_id, &id, f);
        if (r == RES_OK)
            r = review_decide(a->st, id, &d, f);
        out->settled = out->settled || r == RES_OK;
    }
    return r == RES_NONE ? RES_OK : r;
}

/* --- what is done --------------------------------------------------------- */

/* Whose own request it is, of those it is done for; NULL: nobody's. */
static const struct address *
writer(const struct review *rv, const struct act_decision *d)
{
    for (int i = 0; i < d->n_addresses; i++)
        if (strcmp(d->address[i].key, rv->from) == 0)
            return &d->address[i];
    return NULL;
}

/* Seen in this transaction: nobody decides in between. */
static enum result
still_waits(const struct act *a, const struct review *rv, struct fault *f)
{
    struct review now;

    return review_get(a->st, rv->id, &now, f);
}

enum result
act_decide(const struct act *a, const struct review *rv,
    const struct act_decision *d, int64_t now_s, struct act_done *out,
    struct fault *f)
{
    const struct address *own = writer(rv, d);
    struct act_done done = {.deed = "dismissed"};
    struct letter letter = {0};
    struct act_goodbye goodbye = {&letter, rv->digest, 0, rv->list_id};
    struct subscriber who;
    struct fault why;
    bool polite = false;
    enum result r;

    if (d->deed == REVIEW_UNSUBSCRIBE && own != NULL && rv->may_answer &&
        a->list != NULL && a->box != NULL && a->box->answer) {
        polite =
            letter_compose_answer("goodbye", &a->list->letter, rv->message_id,
                a->conf->template_dir, &letter, &why) == RES_OK;
        if (!polite)
            (void)snprintf(done.trouble, sizeof done.trouble, "%s", why.text);
    }
    r = store_begin(a->st, f);
    if (r != RES_OK)
        goto out;
    r = still_waits(a, rv, f);
    if (r == RES_OK)
        r = decide(a, rv, d, now_s, &done, f);
    if (r == RES_OK && polite && strcmp(done.deed, "unsubscribed") == 0) {
        r = subscriber_find(a->st, own, &who, f);
        goodbye.subscriber_id = who.id;
        if (r == RES_OK)
            r = act_say_goodbye(a, &goodbye, now_s, &done, f);
        else if (r == RES_NONE)
            r = RES_OK;
    }
    r = store_end(a->st, r, f);
    if (r == RES_OK)
        *out = done;
out:
    letter_clear(&letter);
    return r;
}

static enum result
decide(const struct act *a, const struct review *rv,
    const struct act_decision *d, int64_t now_s, struct act_done *out,
    struct fault *f)
{
    char proof[PROOF_MAX + 1];
    struct consent c = {.how = BY_ADMIN, .at_s = now_s, .proof = proof};
    struct incoming_decision decision = {.by = d->by, .at_s = now_s};
    enum result r = RES_OK;

    (void)snprintf(proof, sizeof proof, "%s, about incoming mail %lld %s",
        d->by, (long long)rv->id, rv->message_id);
    if (d->deed == REVIEW_UNSUBSCRIBE)
        out->deed = "";
    for (int i = 0; i < d->n_addresses && r == RES_OK; i++) {
        if (d->deed == REVIEW_UNSUBSCRIBE) {
            c.to = SUBSCRIPTION_LEFT;
            r = unsubscribe(a, rv, &d->address[i], &c, out, f);
        } else if (d->deed == REVIEW_SUBSCRIBE) {
            c.to = SUBSCRIPTION_ACTIVE;
            r = subscribe(a, rv, &d->address[i], &c, out, f);
        }
    }
    if (r == RES_OK && out->deed[0] == '\0')
        r = fault_set(f, RES_NEVER, "%s%s is not on the list",
            d->n_addresses > 0 ? d->address[0].text : "nobody",
            d->n_addresses > 1 ? ", like the others," : "");
    if (r != RES_OK)
        return r;
    out->owed = d->deed != REVIEW_NONE && a->box != NULL &&
                strcmp(conf_handled(a->box, rv->kind, out->deed), "leave") != 0;
    decision.deed = out->deed;
    decision.subscriber_id = out->subscriber_id;
    decision.owed = out->owed;
    out->incoming_id = rv->id;
    return review_decide(a->st, rv->id, &decision, f);
}

/* Of several who are named, some may never have been on the list: the deed
 * stays "" as long as nobody was. */
static enum result
unsubscribe(const struct act *a, const struct review *rv,
    const struct address *who, const struct consent *c, struct act_done *out,
    struct fault *f)
{
    struct subscription now = {.state = SUBSCRIPTION_NONE};
    struct subscriber s;
    enum result r = subscriber_find(a->st, who, &s, f);

    if (r == RES_OK)
        r = subscription_get(a->st, s.id, rv->list_id, &now, f);
    if (r == RES_NONE || (r == RES_OK && now.state == SUBSCRIPTION_NONE))
        return RES_OK;
    if (r != RES_OK)
        return r;
    if (out->subscriber_id == 0)
        out->subscriber_id = s.id;
    r = subscription_record(a->st, s.id, rv->list_id, c, f);
    if (r == RES_OK)
        out->deed = "unsubscribed";
    else if ((r == RES_NONE || r == RES_NEVER) && out->deed[0] == '\0')
        out->deed = "off-already";
    return r == RES_NONE || r == RES_NEVER ? RES_OK : r;
}

static enum result
subscribe(const struct act *a, const struct review *rv,
    const struct address *who, struct consent *c, struct act_done *out,
    struct fault *f)
{
    struct subscriber s = {.address = *who, .created_s = c->at_s};
    struct subscription now = {.state = SUBSCRIPTION_NONE};
    enum result r = subscriber_add(a->st, &s, f);

    if (r == RES_OK || r == RES_NONE)
        r = subscription_get(a->st, s.id, rv->list_id, &now, f);
    if (r != RES_OK && r != RES_NONE)
        return r;
    c->how = now.state == SUBSCRIPTION_COMPLAINED &&
                     rv->proposal == REVIEW_SUBSCRIBE && rv->may_answer &&
                     strcmp(who->key, rv->from) == 0
                 ? BY_REPLY
                 : BY_ADMIN;
    if (out->subscriber_id == 0)
        out->subscriber_id = s.id;
    r = subscription_record(a->st, s.id, rv->list_id, c, f);
    if (r == RES_OK)
        out->deed = "subscribed";
    else if (r == RES_NONE && strcmp(out->deed, "subscribed") != 0)
        out->deed = "on-already";
    return r == RES_NONE ? RES_OK : r;
}
