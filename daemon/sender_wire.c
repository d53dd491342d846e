/* SPDX-License-Identifier: ISC */
/* Letters on connections: from the first command to the answer.
 *
 * A relay that is ready for a letter waits until the turn's commit says that
 * its row is SENDING.  Then it is expanded, signed and goes to the socket, and
 * with it the commands of the next one (RFC 2920, 3.1): so a letter costs one
 * round trip, one send and one receive.  Nothing is kept but what the socket
 * had no room for.
 *
 * SMTP has one way to take back a letter once the relay waits for its bytes:
 * to hang up.  That is done for a letter that must not go (its issue was held
 * or cancelled, its reader left), and for no other reason: at our own end the
 * letters whose commands are out are sent. */
#include "daemon/sender.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "daemon/crash.h"
#include "daemon/log.h"

enum {
    READ_BYTES = 16384,
    SENDER_PATH_BYTES = 320, /* as letter_envelope_sender writes it */
    DOT_BYTES = 3,
#ifdef CRASH_POINTS
    IN_HALVES = 1 /* so that a test can die between them */
#else
    IN_HALVES = 0
#endif
};

_Static_assert((int)LETTER_BEHIND >= (int)DOT_BYTES + (int)SMTP_FLIGHT_MAX,
    "the commands of the next letter have room behind a letter");

static bool begin(struct sender *s, struct relay_conn *c,
    struct sender_letter *l, struct fault *f);
static bool pump(struct sender *s, struct relay_conn *c, size_t most);
static bool step(struct sender *s, struct relay_conn *c, enum smtp_step what);
static enum result write_letter(struct sender *s, struct sender_letter *l,
    char **out, size_t *n, struct fault *f);
static struct dkim *keys_of(struct sender *s, const struct sender_letter *l);
static void follow(struct sender *s, struct relay_conn *c);
static void keep_rest(struct sender_letter *l, struct smtp *m);
static void set_deadline(struct sender *s, struct relay_conn *c);
static bool answered(struct sender *s, struct relay_conn *c);
static void watch(const struct sender *s, struct sender_slot *slot,
    struct reply_deed *deed, const char *words);
static bool go_on(struct sender *s, struct relay_conn *c);
static void
recall_next(struct sender *s, struct relay_conn *c, const char *words);
static void give_back(struct sender *s, struct relay_conn *c,
    struct sender_letter *l, const char *words);
static void lost(struct sender *s, struct relay_conn *c, const char *words);
static void unwritable(struct sender *s, struct relay_conn *c,
    struct sender_letter *l, enum result r, const struct fault *f);
static void come_back(struct sender *s, struct relay_conn *c,
    struct sender_letter *l, const char *reply, const struct reply_deed *deed);
static const char *sender_of(struct relay_conn *c,
    const struct sender_letter *l, char verp[SENDER_PATH_BYTES]);
static void null_refused(
    struct relay_conn *c, const struct sender_letter *l, struct reply_deed *d);
static bool beyond_ascii(const char *address);
static void judge(struct sender *s, struct relay_conn *c, enum reply_end end,
    const char *text, struct reply_deed *deed);

void
sender_start(struct sender *s, struct relay_conn *c)
{
    struct sender_letter *l = &s->letter[c->index];
    struct fault f;

    if (!begin(s, c, l, &f)) {
        unwritable(s, c, l, RES_NEVER, &f);
        relay_untake(c);
        return;
    }
    set_deadline(s, c);
    (void)pump(s, c, SIZE_MAX);
}

/* Puts l's commands into the machine. false: that cannot be. */
static bool
begin(struct sender *s, struct relay_conn *c, struct sender_letter *l,
    struct fault *f)
{
    char verp[SENDER_PATH_BYTES];
    struct smtp_envelope e;

    l->began_ms = s->now_ms;
    token_make(s->key, l->row.id, l->token);
    e = (struct smtp_envelope){
        .from = sender_of(c, l, verp),
        .to = l->row.address,
        .size_bytes = l->slot->message_bytes + SENDER_SIZE_SLACK,
        .utf8 = beyond_ascii(l->row.address),
        .envid = c->conf->dsn && !l->slot->issue.null_sender ? l->token : NULL,
    };
    l->from_null = e.from[0] == '\0';
    if (keys_of(s, l) != NULL)
        e.size_bytes += SENDER_SIGNATURE_BYTES;
    return smtp_begin(&c->smtp, &e, f) == RES_OK;
}

/* Of an answer <>, so that nothing answers it; where the relay will not have
 * that, what the admin has put in its place. */
static const char *
sender_of(struct relay_conn *c, const struct sender_letter *l,
    char verp[SENDER_PATH_BYTES])
{
    if (l->slot->issue.null_sender)
        return relay_refuses_null(c) ? c->conf->answer_sender : "";
    letter_envelope_sender(l->slot->list->letter.mailbox, l->token, verp);
    return verp;
}

void
sender_ready(struct sender *s, struct relay_conn *c)
{
    static char in[READ_BYTES];
    bool may_have_more = true;
    size_t n, at, used;
    struct fault f;
    enum result r;

    if (c->waits_output && !pump(s, c, SIZE_MAX))
        return;
    while (may_have_more) {
        r = relay_receive(c, in, sizeof in, &n, &f);
        if (r == RES_LATER)
            return;
        if (r != RES_OK) {
            lost(s, c, f.text);
            return;
        }
        if (n == 0) {
            lost(s, c, "connection lost: closed by the relay");
            return;
        }
        for (at = 0; at < n; at += used)
            if (!step(s, c, smtp_input(&c->smtp, in + at, n - at, &used)))
                return;
        /* TLS keeps what it has decrypted: ask until it has no more. */
        may_have_more = n == sizeof in || c->tls;
    }
}

void
sender_late(void *arg, struct relay_conn *c)
{
    struct sender *s = arg;
    char words[100];

    (void)snprintf(words, sizeof words, "no reply to %s in time",
        smtp_command_word(smtp_waits_for(&c->smtp)));
    lost(s, c, words);
}

void
sender_abandon(struct sender *s)
{
    struct relay_conn *c;

    for (int i = 0; i < s->most; i++) {
        c = relay_pool_at(s->pool, i);
        if (s->letter[i].slot != NULL)
            lost(s, c, "we stopped before the answer came");
    }
}

/* Goes on after input; false: no letter is on the wire any more. */
static bool
step(struct sender *s, struct relay_conn *c, enum smtp_step what)
{
    struct sender_letter *l = &s->letter[c->index];

    if (l->followed && what != SMTP_WAIT && what != SMTP_DEAD) {
        l->followed = false;
        if (!relay_followed(
                c, what == SMTP_BODY_NOW || c->smtp.answer_at > SMTP_MAIL)) {
            give_back(s, c, l, c->smtp.answer.text);
            relay_unsent(c);
            relay_drop(s->pool, c, true, s->now_ms, "refused what followed");
            return false;
        }
    }
    switch (what) {
    case SMTP_WAIT:
        if (!smtp_amid_reply(&c->smtp)) /* a reply has its time as a whole */
            set_deadline(s, c);
        return pump(s, c, SIZE_MAX);
    case SMTP_BODY_NOW:
        set_deadline(s, c);
        return true; /* sender_body, after the commit */
    case SMTP_ANSWERED:
        return answered(s, c);
    case SMTP_DEAD:
        break;
    }
    lost(s, c, "connection lost: the relay speaks no SMTP");
    return false;
}

void
sender_body(struct sender *s, struct relay_conn *c)
{
    struct sender_letter *l = &s->letter[c->index];
    struct fault f;
    char *bytes = NULL;
    size_t n = 0;
    enum result r = write_letter(s, l, &bytes, &n, &f);

    if (r != RES_OK) {
        unwritable(s, c, l, r, &f);
        relay_unsent(c);
        recall_next(s, c, "the letter before it could not be written");
        relay_drop(s->pool, c, true, s->now_ms, f.text);
        return;
    }
    follow(s, c);
    smtp_body(&c->smtp, bytes, n);
    set_deadline(s, c);
    if (IN_HALVES) {
        if (!pump(s, c, n / 2))
            return;
        crash_point("in-body");
    }
    if (pump(s, c, SIZE_MAX))
        keep_rest(l, &c->smtp);
}

/* Signatures, letter and dot, with room for commands behind them; borrowed
 * from the slot.  NEVER: not for this person.  STOP: for nobody. */
static enum result
write_letter(struct sender *s, struct sender_letter *l, char **out, size_t *n,
    struct fault *f)
{
    struct dkim *keys = keys_of(s, l);
    const struct letter_person who = {
        .address = l->row.address,
        .name = l->row.name,
        .given_name = l->row.given_name,
        .token = l->token,
        .date_s = l->date_s,
        .since_s = l->row.since_s,
        .how = consent_word(l->row.how),
    };
    const char *signatures = "";
    size_t signature_bytes = 0, letter_bytes;
    char *letter;

    if (letter_expand(l->slot->mold, &who, &letter, &letter_bytes, f) != RES_OK)
        return RES_NEVER;
    if (keys != NULL) {
        const struct dkim_message what = {
            letter, letter_bytes, letter_shared_bytes(l->slot->mold)};

        if (dkim_sign(keys, &what, s->now_s, &signatures, &signature_bytes,
                f) != RES_OK)
            return RES_STOP;
    }
    assert(signature_bytes <= LETTER_BEFORE);
    *out = letter - signature_bytes;
    *n = signature_bytes + letter_bytes + DOT_BYTES;
    memcpy(*out, signatures, signature_bytes);
    memcpy(letter + letter_bytes, ".\r\n", DOT_BYTES);
    return RES_OK;
}

static struct dkim *
keys_of(struct sender *s, const struct sender_letter *l)
{
    return s->dkim[l->slot->list - s->conf->list];
}

/* The next letter's commands go in the same flight, where that can be. */
static void
follow(struct sender *s, struct relay_conn *c)
{
    struct sender_letter *l = &s->next[c->index];
    struct fault f;

    if (l->slot == NULL || !smtp_may_follow(&c->smtp) || !relay_may_follow(c))
        return;
    if (begin(s, c, l, &f))
        l->followed = true;
    else {
        unwritable(s, c, l, RES_NEVER, &f);
        relay_untake_next(c);
    }
}

void
sender_recall(struct sender *s, struct relay_conn *c)
{
    struct sender_letter *l = &s->letter[c->index];

    l->slot->out--;
    l->slot = NULL;
    relay_unsent(c);
    recall_next(s, c, "the letter before it was called back");
    relay_drop(s->pool, c, true, s->now_ms, "a letter was called back");
}

void
sender_recall_next(struct sender *s, bool all)
{
    const struct sender_letter *l;

    for (int i = 0; i < s->most; i++) {
        l = &s->next[i];
        if (l->slot != NULL && (l->slot->given_up || (all && !l->followed)))
            recall_next(s, relay_pool_at(s->pool, i),
                all ? "we stop" : "the issue does not go on");
    }
}

static void
recall_next(struct sender *s, struct relay_conn *c, const char *words)
{
    if (s->next[c->index].slot == NULL)
        return;
    give_back(s, c, &s->next[c->index], words);
    relay_untake_next(c);
}

/* Not begun, or nothing of it went but commands: at once again. */
static void
give_back(struct sender *s, struct relay_conn *c, struct sender_letter *l,
    const char *words)
{
    const struct reply_deed deed = {
        .to = DELIVERY_WAITING, .due_s = s->now_s, .words = "not begun"};

    come_back(s, c, l, words, &deed);
}

/* Sends at most `most` bytes of what there is.  false: the connection died. */
static bool
pump(struct sender *s, struct relay_conn *c, size_t most)
{
    bool before = smtp_may_have_arrived(&c->smtp);
    size_t n, sent, size, done = 0;
    enum result r = RES_OK;
    struct fault f;
    const char *p;

    while (
        r == RES_OK && done < most && (p = smtp_output(&c->smtp, &n)) != NULL) {
        size = n < most - done ? n : most - done;
        sent = 0;
        r = relay_send(c, p, size, &sent, &f);
        if (r == RES_NEVER) {
            lost(s, c, f.text);
            return false;
        }
        smtp_sent(&c->smtp, sent);
        done += sent;
    }
    if (!before && smtp_may_have_arrived(&c->smtp)) {
        set_deadline(s, c);
        crash_point("after-dot");
    }
    relay_wait_output(s->pool, c, r == RES_LATER);
    return true;
}

static void
keep_rest(struct sender_letter *l, struct smtp *m)
{
    size_t n = smtp_unsent(m);

    if (n == 0)
        return;
    l->rest = fault_calloc(1, n);
    memcpy(l->rest, m->out, n);
    smtp_keep(m, l->rest);
}

static void
set_deadline(struct sender *s, struct relay_conn *c)
{
    int64_t ms = (int64_t)c->conf->timeout_s * 1000;

    if (smtp_may_have_arrived(&c->smtp))
        ms *= SENDER_DOT_TIMES;
    c->deadline_ms = s->now_ms + ms;
}

/* The local part alone can be: a domain is stored as A-labels. */
static bool
beyond_ascii(const char *address)
{
    for (; *address != '\0'; address++)
        if ((unsigned char)*address >= 0x80)
            return true;
    return false;
}

/* --- how it ends --------------------------------------------------------- */

/* false: no letter is on the wire any more. */
static bool
answered(struct sender *s, struct relay_conn *c)
{
    struct smtp *m = &c->smtp;
    struct reply_deed deed;

    judge(s, c, REPLY_ANSWERED, m->answer.text, &deed);
    null_refused(c, &s->letter[c->index], &deed);
    watch(s, s->letter[c->index].slot, &deed, m->answer.text);
    relay_answered(c, &deed, s->letter[c->index].row.address, m->answer.text,
        s->now_ms, s->wall_s);
    come_back(s, c, &s->letter[c->index], m->answer.text, &deed);
    if (m->closing)
        recall_next(s, c, "this connection takes no more");
    else if (s->next[c->index].slot != NULL)
        return go_on(s, c);
    if (smtp_busy(m)) {
        /* What followed was called back: no letter for its commands. */
        relay_drop(s->pool, c, true, s->now_ms, "a letter was called back");
        return false;
    }
    if (m->answer.code == 421 && m->answer_at <= SMTP_MAIL)
        relay_drop(s->pool, c, false, s->now_ms, m->answer.text);
    else
        relay_give(s->pool, c, s->now_ms);
    return false;
}

/* It may be a letter that was taken which makes the share complete: what was
 * refused last is what tells why. */
static void
watch(const struct sender *s, struct sender_slot *slot, struct reply_deed *deed,
    const char *words)
{
    if (deed->to != DELIVERY_SENT && deed->to != DELIVERY_FAILED)
        return;
    if (deed->policy)
        (void)snprintf(slot->refusal, sizeof slot->refusal, "%s", words);
    deed->many =
        reply_watch_note(&slot->watch, deed->policy, s->conf->hold_refusals);
    deed->hold |= deed->many;
}

/* Was it <> that the relay refused?  Then the letter goes again from another
 * sender, or waits until the admin has named one. */
static void
null_refused(
    struct relay_conn *c, const struct sender_letter *l, struct reply_deed *d)
{
    const struct smtp *m = &c->smtp;

    if (!l->from_null ||
        !reply_refuses_null(m->answer_at, m->answer.code, m->answer.text))
        return;
    *d = (struct reply_deed){.to = DELIVERY_WAITING, .due_s = d->due_s};
    if (c->conf->answer_sender[0] == '\0') {
        d->hold = d->no_null = true;
        d->words = "ours to mend";
        return;
    }
    relay_refused_null(c, m->answer.text);
    d->words = "goes again from another sender";
}

/* The next letter becomes the one on c. */
static bool
go_on(struct sender *s, struct relay_conn *c)
{
    struct sender_letter *l = &s->letter[c->index];
    struct fault f;

    *l = s->next[c->index];
    s->next[c->index].slot = NULL;
    s->next[c->index].followed = false;
    relay_goes_on(c, s->now_ms);
    if (!l->followed && !begin(s, c, l, &f)) {
        unwritable(s, c, l, RES_NEVER, &f);
        relay_unsent(c);
        relay_give(s->pool, c, s->now_ms);
        return false;
    }
    set_deadline(s, c);
    return pump(s, c, SIZE_MAX);
}

/* The connection is gone. */
static void
lost(struct sender *s, struct relay_conn *c, const char *words)
{
    struct reply_deed deed;

    if (s->letter[c->index].followed || s->next[c->index].followed)
        (void)relay_followed(c, false);
    judge(s, c,
        smtp_may_have_arrived(&c->smtp) ? REPLY_DOUBTFUL : REPLY_DROPPED, words,
        &deed);
    if (deed.to != DELIVERY_DOUBT)
        relay_unsent(c);
    come_back(s, c, &s->letter[c->index], words, &deed);
    recall_next(s, c, words);
    relay_drop(s->pool, c, false, s->now_ms, words);
}

/* The letter cannot be written at all, by nobody's fault on the wire. */
static void
unwritable(struct sender *s, struct relay_conn *c, struct sender_letter *l,
    enum result r, const struct fault *f)
{
    struct reply_deed deed = {
        .to = DELIVERY_FAILED, .words = "cannot be written"};

    if (r == RES_STOP) /* ours to mend, and true of every letter */
        deed = (struct reply_deed){.to = DELIVERY_WAITING,
            .due_s = s->now_s,
            .hold = true,
            .unwritten = true,
            .words = "cannot be signed"};
    come_back(s, c, l, f->text, &deed);
}

static void
judge(struct sender *s, struct relay_conn *c, enum reply_end end,
    const char *text, struct reply_deed *deed)
{
    const struct sender_letter *l = &s->letter[c->index];
    const struct reply_rules rules = {
        s->conf->retry_first_s, s->conf->retry_last_s, s->conf->retry_for_s};
    struct reply_case what = {
        .end = end,
        .at = c->smtp.answer_at,
        .code = c->smtp.answer.code,
        .text = text,
        .tries = l->row.tries + 1,
        .doubts = l->row.doubts,
        .first_s = l->date_s,
        .now_s = s->now_s,
    };

    s->dice = s->dice * 1664525U + 1013904223U; /* Knuth's; spread is enough */
    what.dice = s->dice >> 8;
    reply_decide(&rules, &what, deed);
}

/* Notes what became of a letter of c, for the next commit. */
static void
come_back(struct sender *s, struct relay_conn *c, struct sender_letter *l,
    const char *reply, const struct reply_deed *deed)
{
    struct sender_back *b = &s->back[s->n_back];
    size_t n = strnlen(reply, REPLY_MAX);

    assert(s->n_back < 2 * s->most);
    b->slot = l->slot;
    b->subscriber_id = l->row.subscriber_id;
    b->ms = s->now_ms - l->began_ms;
    b->deed = *deed;
    memcpy(b->address, l->row.address, sizeof b->address);
    memcpy(b->reply, reply, n);
    b->reply[n] = '\0';
    s->outcome[s->n_back++] = (struct delivery_outcome){
        .id = l->row.id,
        .to = deed->to,
        .due_s = deed->due_s,
        .relay = c->conf->name,
        .reply = b->reply,
        .issue_id = l->slot->issue.id,
    };
    l->slot = NULL;
    l->followed = false;
    free(l->rest);
    l->rest = NULL;
}
