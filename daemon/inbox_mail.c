/* SPDX-License-Identifier: ISC */
/* What the inbox worker does with the mails of its folder: each new one is
 * fetched, read by the child process (reader.h), decided (verdict.h) and acted
 * upon (act.h); only what was acted upon is marked or moved, after its commit.
 *
 * What is none of our business is noted in batches and not spoken of.
 *
 * The digest of a mail over mail-max is that of the part that is read: its
 * head is in it, with a Message-ID and the times of its way, so two mails do
 * not share it; nor is there another proof of sameness, as RFC822.SIZE may be
 * an estimate.  Who changes mail-max has such a mail read once more only where
 * the UIDVALIDITY changes as well. */
#include "daemon/inbox_own.h"

#include "daemon/log.h"
#include "daemon/verdict.h"
#include "lists/store.h"
#include "lists/subscription.h"

#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    INBOX_LAPSE_MAX = 100, /* questions ended at once */
    INBOX_FLOOD_TELL_S = 3600
};

static enum result clock_is_right(const struct inbox *ib, struct fault *f);
static enum result lapse(struct inbox *ib, struct fault *f);
static enum result
batch(struct inbox *ib, const uint32_t *uids, int n, struct fault *f);
static enum result
read_one(void *arg, const struct imap_mail *mail, struct fault *f);

/* Before the store was made by this very clock, no mail is young enough: all
 * of it would be passed over without a word. */
static enum result
clock_is_right(const struct inbox *ib, struct fault *f)
{
    time_t now_s = time(NULL), made_s = (time_t)store_created_s(ib->st);
    char now[32], made[32];
    struct tm tm;

    if (now_s >= made_s)
        return RES_OK;
    (void)strftime(now, sizeof now, "%F %H:%M UTC", gmtime_r(&now_s, &tm));
    (void)strftime(made, sizeof made, "%F %H:%M UTC", gmtime_r(&made_s, &tm));
    return fault_set(f, RES_LATER,
        "the clock says %s, but the store was made at %s: no mail is read"
        " until then. Set the clock; if it was wrong when the store was made,"
        " see CLOCK in rummelig-maild(8)",
        now, made);
}

enum result
inbox_pass(struct inbox *ib, struct fault *f)
{
    uint32_t *uids;
    size_t n, i;
    enum result r = clock_is_right(ib, f);

    if (r == RES_OK)
        r = imap_list(ib->im, ib->cursor.uid, &uids, &n, f);
    if (r != RES_OK)
        return r;
    for (i = 0; i < n && r == RES_OK && !worker_stopping(ib->w);
         i += IMAP_BATCH)
        r = batch(
            ib, uids + i, n - i < IMAP_BATCH ? (int)(n - i) : IMAP_BATCH, f);
    free(uids);
    return r == RES_OK ? lapse(ib, f) : r;
}

/* Our questions that nobody has answered in time. */
static enum result
lapse(struct inbox *ib, struct fault *f)
{
    int64_t now_s = (int64_t)time(NULL);
    enum result r;
    int n = 0;

    r = subscription_lapse(
        ib->st, now_s - ib->conf->confirm_for_s, INBOX_LAPSE_MAX, now_s, &n, f);
    if (n > 0 && r == RES_OK)
        log_info("inbox=%s subscriptions=%d lapsed: nobody confirmed them",
            ib->label, n);
    return r == RES_NONE ? RES_OK : r;
}

/* Notes the quiet mails and moves the cursor to uid. */
static enum result
flush(struct inbox *ib, uint32_t uid, struct fault *f)
{
    enum result r;

    if (uid <= ib->cursor.uid && ib->n_quiet == 0)
        return RES_OK;
    r = act_leave_alone(&ib->act, ib->quiet, ib->n_quiet,
        ib->cursor.uidvalidity, uid, (int64_t)time(NULL), f);
    if (r != RES_OK && r != RES_NONE)
        return r;
    ib->n_quiet = 0;
    ib->cursor.uid = uid;
    return RES_OK;
}

/* The server does not give a mail.  Often a person has just taken it away. */
static enum result
pass_over(struct inbox *ib, uint32_t uid, struct fault *f)
{
    struct fault why = *f;
    bool there = false;
    enum result r = imap_is_there(ib->im, uid, NULL, &there, f);

    if (r == RES_OK && there)
        log_warn("inbox=%s uid=%u trouble=%s passed over: a person should look"
                 " at it",
            ib->label, uid, log_quote(why.text));
    return r;
}

/* The server would not give these together, perhaps because of one of them. */
static enum result
fetch_singly(struct inbox *ib, const uint32_t *uids, int n, struct fault *f)
{
    enum result r = RES_OK;

    for (int i = 0; i < n && r == RES_OK; i++) {
        if (uids[i] <= ib->cursor.uid)
            continue;
        r = imap_fetch(ib->im, &uids[i], 1, (size_t)ib->conf->mail_max_bytes,
            read_one, ib, f);
        if (r == RES_NEVER)
            r = pass_over(ib, uids[i], f);
    }
    return r;
}

/* Fetches and handles mails; a few at a time where they are large. */
static enum result
fetch_all(
    struct inbox *ib, const struct imap_mail *mail, int n, struct fault *f)
{
    const uint32_t max = (uint32_t)ib->conf->mail_max_bytes;
    uint32_t want[IMAP_BATCH];
    enum result r = RES_OK;
    uint64_t bytes;
    int first, i;

    for (first = 0; first < n && r == RES_OK; first = i) {
        bytes = 0;
        for (i = first; i < n; i++) {
            bytes += mail[i].bytes < max ? mail[i].bytes : max;
            if (i > first && bytes > IMAP_FETCH_BYTES)
                break;
            want[i - first] = mail[i].uid;
        }
        r = imap_fetch(ib->im, want, i - first, max, read_one, ib, f);
        if (r == RES_NEVER)
            r = fetch_singly(ib, want, i - first, f);
        if (r == RES_OK)
            r = flush(ib, want[i - first - 1], f);
    }
    return r;
}

static enum result
batch(struct inbox *ib, const uint32_t *uids, int n, struct fault *f)
{
    struct imap_mail mail[IMAP_BATCH];
    int count, kept = 0;
    enum result r = imap_look(ib->im, uids, n, mail, &count, f);

    if (r == RES_NEVER && n == 1)
        return pass_over(ib, uids[0], f);
    if (r == RES_NEVER) {
        r = RES_OK;
        for (int i = 0; i < n && r == RES_OK && !worker_stopping(ib->w); i++)
            r = batch(ib, uids + i, 1, f);
        return r;
    }
    if (r != RES_OK)
        return r;
    for (int i = 0; i < count; i++)
        if (mail[i].arrived_s >= store_created_s(ib->st))
            mail[kept++] = mail[i];
    if (kept < count)
        log_debug("inbox=%s uid=%u mails=%d older than our store left-alone",
            ib->label, uids[n - 1], count - kept);
    r = fetch_all(ib, mail, kept, f);
    if (r == RES_NONE) /* told to stop among them */
        return flush(ib,
            ib->n_quiet > 0 ? ib->quiet[ib->n_quiet - 1].uid : ib->cursor.uid,
            f);
    return r == RES_OK ? flush(ib, uids[n - 1], f) : r;
}

/* Of mail that is none of our business nothing is said but at debug level. */
static enum result
leave(struct inbox *ib, const struct act_mail *m, const char *kind)
{
    log_debug("inbox=%s uid=%u kind=%s left-alone", ib->label, m->uid, kind);
    ib->quiet[ib->n_quiet++] = *m;
    return RES_OK;
}

static enum result
set_aside(struct inbox *ib, const struct act_mail *m, struct fault *f)
{
    struct fault why = *f;
    char digest[2 * INCOMING_DIGEST + 1];
    enum result r =
        act_set_aside(&ib->act, m, why.text, (int64_t)time(NULL), f);

    if (r != RES_OK && r != RES_NONE)
        return r;
    ib->cursor.uid = m->uid;
    for (size_t i = 0; i < INCOMING_DIGEST; i++)
        (void)snprintf(digest + 2 * i, 3, "%02x", m->digest[i]);
    log_warn("inbox=%s uid=%u digest=%s set-aside why=%s: a person should look"
             " at it",
        ib->label, m->uid, digest, log_quote(why.text));
    return RES_OK;
}

static enum result
act(struct inbox *ib, const struct act_mail *m, const struct facts *facts,
    const struct verdict *v, struct fault *f)
{
    struct act_done done = {0};
    int64_t now_s = (int64_t)time(NULL);
    enum result r = act_on(&ib->act, m, facts, v, now_s, &done, f);

    if (r != RES_OK && r != RES_NONE)
        return r;
    ib->cursor.uid = m->uid;
    if (r == RES_NONE)
        return RES_OK;
    log_info("inbox=%s uid=%u message-id=%s kind=%s subscriber=%lld %s"
             " evidence=%s",
        ib->label, m->uid, log_quote(facts->message_id), kind_word(v->kind),
        (long long)done.subscriber_id, done.deed, log_quote(v->evidence));
    if (done.trouble[0] != '\0')
        log_warn("inbox=%s uid=%u trouble=%s no answer goes out", ib->label,
            m->uid, log_quote(done.trouble));
    if (done.flooded && now_s - ib->flood_told_s >= INBOX_FLOOD_TELL_S) {
        ib->flood_told_s = now_s;
        log_warn(
            "inbox=%s server=%s flood: too many ask within an hour without"
            " any proof; the rest waits for a person: rummelig-mail review",
            ib->label, log_quote(facts->server));
    }
    if (done.held_issue != 0)
        log_error("issue=%lld held: too many readers have called it spam;"
                  " release it to go on all the same",
            (long long)done.held_issue);
    if (done.answering)
        doorbell_ring(DOORBELL_SENDER);
    if (done.settled) /* the other mail may lie in another folder */
        doorbell_ring(DOORBELL_INBOX);
    if (!done.owed)
        return RES_OK;
    return inbox_mark(ib, done.incoming_id, m->uid,
        conf_handled(ib->box, kind_word(v->kind), done.deed), f);
}

/* An automatic answer to a letter of ours, where those are to be marked; one
 * to a person's own mail stays his. */
static enum result
answers_us(struct inbox *ib, const struct facts *facts, const struct verdict *v,
    struct fault *f)
{
    const struct directory *who = &ib->directory;
    enum result r = RES_NONE;
    struct person p;

    if (v->kind != KIND_AUTOREPLY ||
        strcmp(ib->box->handled_autoreply, "leave") == 0)
        return RES_NONE;
    if (facts->bounce_token[0] != '\0')
        r = who->by_token(who->ctx, facts->bounce_token, &p, f);
    for (int i = 0; r == RES_NONE && i < facts->n_referred; i++)
        r = who->by_message_id(who->ctx, facts->referred[i], &p, f);
    return r;
}

/* NONE: not read; the worker shall stop. */
static enum result
read_one(void *arg, const struct imap_mail *mail, struct fault *f)
{
    struct inbox *ib = arg;
    struct act_mail m = {
        .uidvalidity = ib->cursor.uidvalidity, .uid = mail->uid};
    static struct facts facts; /* large */
    struct verdict v;
    enum result r;

    worker_alive(ib->w);
    if (worker_stopping(ib->w))
        return RES_NONE;
    (void)SHA256((const unsigned char *)mail->text, mail->n, m.digest);
    r = incoming_seen(ib->st, ib->cursor.id, m.digest, f);
    if (r == RES_OK)
        return leave(ib, &m, "seen-before");
    if (r != RES_NONE)
        return r;
    r = reader_read(ib->reader, mail->text, mail->n, &facts, f);
    if (r == RES_NEVER) {
        struct fault why = *f;

        r = flush(ib, mail->uid - 1, f);
        *f = why;
        return r == RES_OK ? set_aside(ib, &m, f) : r;
    }
    if (r == RES_OK)
        r = verdict_decide(&facts, &ib->directory, &v, f);
    if (r != RES_OK)
        return r;
    r = act_concerns(&v) ? RES_OK : answers_us(ib, &facts, &v, f);
    if (r == RES_NONE)
        return leave(ib, &m, kind_word(v.kind));
    if (r == RES_OK)
        r = flush(ib, mail->uid - 1, f);
    return r == RES_OK ? act(ib, &m, &facts, &v, f) : r;
}
