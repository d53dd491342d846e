/* SPDX-License-Identifier: ISC */
/* Nobody can have a stranger mailed by us more than once in seven days: that
 * is the limit for an address, whatever the answers are.  Two exceptions, each
 * for who has proved to be himself.  Who leaves by answering our question has a
 * goodbye, and is asked nothing more.  Who has just left and wants back is
 * asked at once, if a server that vouches for its From (dmarc=pass) says that
 * it is he; and that again but once in seven days.  A limit for all addresses
 * together stands above it, of which those who are not on a list take up no
 * more than half: a stranger with many addresses keeps nobody from a goodbye.
 *
 * Robots, lists and newsletters come no further than verdict.c; addresses
 * that nobody reads, and our own, come no further than here. */
#include "daemon/act_answer.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "lists/address.h"
#include "lists/delivery.h"
#include "lists/issue.h"
#include "lists/subscriber.h"
#include "lists/subscription.h"

#define GOODBYE "goodbye"
/* verdict.c knows these by name */
#define CONFIRM "confirm" /* do you want the letter? */
#define ASK "ask"         /* do you want to leave? */

static const char *wanted(const struct act *a, const struct verdict *v);
static bool nobody_reads(const struct act *a, const char *address);
static enum result send(const struct act *a, const char *name,
    const struct act_goodbye *to, bool at_once, int64_t now_s,
    struct act_done *out, struct fault *f);
static enum result may_answer(const struct act *a, int64_t subscriber_id,
    bool at_once, int most, int64_t now_s, struct fault *f);
static enum result queue(const struct act *a, const char *name,
    const struct act_goodbye *to, int64_t now_s, struct fault *f);
static enum result back_on(const struct act *a, const struct verdict *v,
    const char *proof, int64_t now_s, struct act_done *out, struct fault *f);
static enum result ask_to_confirm(const struct act *a, const struct act_mail *m,
    const struct answer *answer, const struct facts *facts,
    struct subscriber *s, const char *proof, int64_t now_s,
    struct act_done *out, struct fault *f);

void
answer_compose(const struct act *a, const struct facts *facts,
    const struct verdict *v, struct answer *answer, struct act_done *out)
{
    const char *name = wanted(a, v);
    struct fault f = {""};

    if (name == NULL || nobody_reads(a, facts->from))
        return;
    if (letter_compose_answer(name, &a->list->letter, facts->message_id,
            a->conf->template_dir, &answer->letter, &f) == RES_OK)
        answer->name = name;
    else
        (void)snprintf(out->trouble, sizeof out->trouble, "%s", f.text);
}

static const char *
wanted(const struct act *a, const struct verdict *v)
{
    if (!v->may_answer)
        return NULL;
    if (v->kind == KIND_UNSUB && a->box->answer && v->n_people > 0)
        return GOODBYE;
    if (v->kind == KIND_SUBSCRIBE && a->box->confirm && !v->confirmed &&
        v->n_addresses > 0)
        return CONFIRM;
    if (v->kind == KIND_REVIEW && a->box->ask && v->n_people > 0)
        return ASK;
    return NULL;
}

static bool
nobody_reads(const struct act *a, const char *address)
{
    static const char *const locals[] = {"mailer-daemon", "postmaster",
        "noreply", "no-reply", "no_reply", "donotreply", "do-not-reply",
        "ikke-svar", "svar-ikke", "bounce", "bounces", "listserv", "majordomo"};
    size_t n = strcspn(address, "@+");

    for (size_t i = 0; i < sizeof locals / sizeof *locals; i++)
        if (strlen(locals[i]) == n && strncmp(address, locals[i], n) == 0)
            return true;
    for (int i = 0; i < a->conf->n_lists; i++) {
        struct address own;
        struct fault f;

        if (address_parse(a->conf->list[i].letter.mailbox, &own, &f) ==
                RES_OK &&
            strcmp(own.key, address) == 0)
            return true;
    }
    return false;
}

enum result
answer_send(const struct act *a, const struct act_mail *m,
    const struct answer *answer, const struct verdict *v, int64_t now_s,
    struct act_done *out, struct fault *f)
{
    const struct person *who = &v->person[0];
    const struct act_goodbye to = {&answer->letter, m->digest,
        who->subscriber_id, who->list_id != 0 ? who->list_id : a->list_id};
    bool left_now = v->confirmed && strcmp(out->deed, "unsubscribed") == 0;

    if (answer->name == NULL || v->kind == KIND_SUBSCRIBE)
        return RES_OK;
    return send(a, answer->name, &to, left_now, now_s, out, f);
}

enum result
act_say_goodbye(const struct act *a, const struct act_goodbye *g, int64_t now_s,
    struct act_done *out, struct fault *f)
{
    return send(a, GOODBYE, g, false, now_s, out, f);
}

static enum result
send(const struct act *a, const char *name, const struct act_goodbye *to,
    bool at_once, int64_t now_s, struct act_done *out, struct fault *f)
{
    enum result r = may_answer(
        a, to->subscriber_id, at_once, a->conf->answers_per_hour, now_s, f);

    if (r == RES_OK)
        r = queue(a, name, to, now_s, f);
    out->answering = r == RES_OK;
    if (r == RES_NEVER)
        (void)snprintf(out->trouble, sizeof out->trouble, "%s", f->text);
    return r == RES_NONE || r == RES_NEVER ? RES_OK : r;
}

enum result
answer_subscribe(const struct act *a, const struct act_mail *m,
    const struct answer *answer, const struct facts *facts,
    const struct verdict *v, const char *proof, int64_t now_s,
    struct act_done *out, struct fault *f)
{
    struct subscriber s = {.created_s = now_s};
    struct act_done done = *out;
    enum result r;

    if (v->confirmed)
        return back_on(a, v, proof, now_s, out, f);
    if (answer->name == NULL ||
        address_parse(v->address[0], &s.address, f) != RES_OK)
        return RES_OK;
    r = store_begin(a->st, f);
    if (r != RES_OK)
        return r;
    r = ask_to_confirm(a, m, answer, facts, &s, proof, now_s, &done, f);
    if (r == RES_NEVER)
        (void)snprintf(out->trouble, sizeof out->trouble, "%s", f->text);
    /* An address that was not asked is not kept either. */
    r = store_end(a->st, r == RES_NONE ? RES_NEVER : r, f);
    if (r == RES_OK)
        *out = done;
    return r == RES_NEVER ? RES_OK : r;
}

/* NONE, NEVER: it is not to be asked now, a person decides. */
static enum result
ask_to_confirm(const struct act *a, const struct act_mail *m,
    const struct answer *answer, const struct facts *facts,
    struct subscriber *s, const char *proof, int64_t now_s,
    struct act_done *out, struct fault *f)
{
    struct consent c = {SUBSCRIPTION_PENDING, BY_REPLY, now_s, proof};
    struct act_goodbye to = {&answer->letter, m->digest, 0, a->list_id};
    int64_t long_ago_s = now_s - ACT_ANSWER_AGAIN_S;
    struct subscription now = {0};
    enum result r = subscriber_add(a->st, s, f);

    if (r == RES_OK || r == RES_NONE)
        r = subscriber_get(a->st, s->id, s, f);
    if (r == RES_OK)
        r = subscription_get(a->st, s->id, a->list_id, &now, f);
    if (r != RES_OK && r != RES_NONE)
        return r;
    to.subscriber_id = s->id;
    out->subscriber_id = s->id;
    out->owed = true;
    out->deed = "on-already";
    if (now.state == SUBSCRIPTION_ACTIVE)
        return RES_OK;
    out->deed = "asked-already";
    if (now.state == SUBSCRIPTION_PENDING && s->asked_s > long_ago_s)
        return RES_OK;
    /* Who called us spam is not mailed for a stranger's sake. */
    if (now.state == SUBSCRIPTION_COMPLAINED && !facts->dmarc_pass)
        return RES_NONE;
    out->deed = "asked";
    r = may_answer(a, s->id, facts->dmarc_pass && s->asked_s <= long_ago_s,
        (a->conf->answers_per_hour + 1) / 2, now_s, f);
    if (r != RES_OK)
        return r;
    r = subscription_record(a->st, s->id, a->list_id, &c, f);
    if (r == RES_OK || r == RES_NONE)
        r = queue(a, CONFIRM, &to, now_s, f);
    out->answering = r == RES_OK;
    return r;
}

/* Whose question has lapsed meanwhile was asked all the same. */
static enum result
back_on(const struct act *a, const struct verdict *v, const char *proof,
    int64_t now_s, struct act_done *out, struct fault *f)
{
    const struct person *who = &v->person[0];
    int64_t list_id = who->list_id != 0 ? who->list_id : a->list_id;
    struct consent c = {SUBSCRIPTION_ACTIVE, BY_REPLY, now_s, proof};
    enum result r =
        subscription_record(a->st, who->subscriber_id, list_id, &c, f);

    if (r == RES_NEVER) {
        c.to = SUBSCRIPTION_PENDING;
        r = subscription_record(a->st, who->subscriber_id, list_id, &c, f);
        c.to = SUBSCRIPTION_ACTIVE;
        if (r == RES_OK)
            r = subscription_record(a->st, who->subscriber_id, list_id, &c, f);
    }
    out->subscriber_id = who->subscriber_id;
    if (r == RES_NEVER) /* forgotten by request: for review */
        return RES_OK;
    if (r != RES_OK && r != RES_NONE)
        return r;
    out->deed = r == RES_OK ? "subscribed" : "on-already";
    out->owed = true;
    return RES_OK;
}

/* --- how many ------------------------------------------------------------ */

static bool
count_recent(void *arg, const struct issue *i)
{
    int64_t *oldest_s = arg;

    *oldest_s = i->created_s;
    oldest_s[1]++;
    return true;
}

/* NONE: not now: this address (unless at_once) has had enough of us, or all
 * have had so many within an hour. */
static enum result
may_answer(const struct act *a, int64_t subscriber_id, bool at_once, int most,
    int64_t now_s, struct fault *f)
{
    struct subscriber s;
    int64_t seen[2] = {0, 0}; /* when the oldest was made, how many */
    enum result r = subscriber_get(a->st, subscriber_id, &s, f);

    if (r != RES_OK)
        return r;
    if (s.answered_s > now_s - ACT_ANSWER_AGAIN_S && !at_once)
        return RES_NONE;
    r = issue_each(a->st, ISSUE_ANSWER, false, 0, most, count_recent, seen, f);
    if (r != RES_OK && r != RES_NONE)
        return r;
    return seen[1] >= most && seen[0] > now_s - 3600 ? RES_NONE : RES_OK;
}

/* A unit of its own: an answer that cannot be queued undoes nothing else. */
static enum result
queue(const struct act *a, const char *name, const struct act_goodbye *to,
    int64_t now_s, struct fault *f)
{
    const struct letter *letter = to->letter;
    struct issue i = {
        .kind = ISSUE_ANSWER,
        .list_id = to->list_id,
        .null_sender = true,
        .created_s = now_s,
        .due_s = now_s,
    };
    bool asks = strcmp(name, CONFIRM) == 0;
    enum result r;

    static_assert(sizeof i.digest == INCOMING_DIGEST, "both are SHA-256");
    memcpy(i.digest, to->digest, sizeof i.digest);
    (void)snprintf(i.subject, sizeof i.subject, "%s", letter->subject);
    (void)snprintf(i.answer, sizeof i.answer, "%s", name);
    r = store_begin(a->st, f);
    if (r != RES_OK)
        return r;
    r = issue_add(a->st, &i, "", letter->message, letter->message_bytes, f);
    if (r == RES_OK)
        r = delivery_add(a->st, i.id, to->subscriber_id, now_s, f);
    if (r == RES_OK)
        r = issue_move(a->st, i.id, ISSUE_SCHEDULED, NULL, now_s, f);
    if (r == RES_OK)
        r = subscriber_answered(a->st, to->subscriber_id, asks, now_s, f);
    return store_end(a->st, r, f);
}
