/* SPDX-License-Identifier: ISC */
/* What a person sees in the mailbox of what we did: a keyword, or another
 * folder.  It comes after the commit that made it owed, and is made good at
 * any later time: after a crash, a lost connection or a server's refusal.
 *
 * Nothing is deleted for it.  Where a server has no MOVE, the folder gets a
 * copy, and the mail stays with a keyword, which also says that the copy was
 * made: taking it away would need \Deleted and EXPUNGE, and EXPUNGE ends what
 * another program has marked, too. */
#include "daemon/inbox_own.h"

#include "daemon/crash.h"
#include "daemon/log.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    INBOX_OWED_MAX = 1000,   /* debts in memory at once */
    INBOX_OWED_AGAIN_S = 600 /* after a refusal */
};
/* For the mail whose copy was moved. */
#define INBOX_KEYWORD "$Unsubscribed"

/* This server's word or ours on what cannot be done, once a connection. */
static void
cannot(struct inbox *ib, bool *told, const char *words, const char *name)
{
    if (!*told)
        log_warn("inbox=%s %s %s", ib->label, words, log_quote(name));
    *told = true;
}

static enum result
move_or_copy(
    struct inbox *ib, uint32_t uid, const char *folder, struct fault *f)
{
    bool marks = imap_can_mark(ib->im, INBOX_KEYWORD), there = false;
    enum result r;

    if (imap_can_move(ib->im))
        return imap_move(ib->im, uid, folder, f);
    cannot(ib, &ib->told_move,
        "this server cannot move mails: they are copied, and marked where they"
        " are:",
        folder);
    if (marks) {
        r = imap_is_there(ib->im, uid, INBOX_KEYWORD, &there, f);
        if (r != RES_OK || there)
            return r;
    }
    r = imap_copy(ib->im, uid, folder, f);
    return r == RES_OK && marks ? imap_mark(ib->im, uid, INBOX_KEYWORD, f) : r;
}

static enum result
mark(struct inbox *ib, uint32_t uid, const char *how, struct fault *f)
{
    if (imap_is_read_only(ib->im)) {
        cannot(ib, &ib->told_mark,
            "this folder is read-only: mails stay as they are, none gets", how);
        return RES_OK;
    }
    if (strncmp(how, "move ", 5) == 0)
        return move_or_copy(ib, uid, how + 5, f);
    if (strncmp(how, "keyword ", 8) != 0)
        return RES_OK;
    if (imap_can_mark(ib->im, how + 8))
        return imap_mark(ib->im, uid, how + 8, f);
    cannot(ib, &ib->told_mark,
        "this folder keeps no keywords: mails stay as they are, none gets",
        how);
    return RES_OK;
}

enum result
inbox_mark(struct inbox *ib, int64_t incoming_id, uint32_t uid, const char *how,
    struct fault *f)
{
    enum result r = mark(ib, uid, how, f);

    crash_point("inbox-after-mark");
    if (r == RES_OK)
        return incoming_paid(ib->st, incoming_id, f);
    if (r != RES_NEVER)
        return r;
    inbox_mark_trouble(ib, uid, f->text, INBOX_OWED_AGAIN_S);
    ib->owed_s = time(NULL) + INBOX_OWED_AGAIN_S;
    return RES_OK;
}

/* --- what is still owed -------------------------------------------------- */

struct debts {
    const struct conf_inbox *box;
    uint32_t uidvalidity;
    bool lost; /* some are of another */
    int64_t last_id;
    int n;
    struct debt {
        int64_t id;
        uint32_t uid;
        const char *how;
    } of[INBOX_OWED_MAX];
};

static bool
take_debt(void *arg, const struct incoming *i)
{
    struct debts *d = arg;

    d->last_id = i->id;
    if (i->uidvalidity != d->uidvalidity)
        d->lost = true;
    else
        d->of[d->n++] = (struct debt){
            i->id, i->uid, conf_handled(d->box, i->kind, i->deed)};
    return d->n < INBOX_OWED_MAX;
}

/* The folder was read through, and each mail that was there is known by its new
 * number now.  The others are gone. */
static enum result
forgive(struct inbox *ib, struct fault *f)
{
    int n = 0;
    enum result r =
        incoming_forgive(ib->st, ib->cursor.id, ib->cursor.uidvalidity, &n, f);

    if (r == RES_OK)
        log_info("inbox=%s mails=%d are gone since the UIDVALIDITY changed:"
                 " their marks are not owed any more",
            ib->label, n);
    return r;
}

enum result
inbox_pay_debts(struct inbox *ib, struct fault *f)
{
    struct debts *d;
    enum result r = RES_OK;
    bool more = true;

    if (ib->owed_s == 0 || time(NULL) < ib->owed_s)
        return RES_OK;
    ib->owed_s = 0;
    d = fault_calloc(1, sizeof *d);
    d->box = ib->box;
    d->uidvalidity = ib->cursor.uidvalidity;
    while (r == RES_OK && more) {
        d->n = 0;
        r = incoming_each_owed(
            ib->st, ib->cursor.id, d->last_id, take_debt, d, f);
        more = d->n == INBOX_OWED_MAX;
        for (int i = 0; i < d->n && r == RES_OK; i++) {
            worker_alive(ib->w);
            if (worker_stopping(ib->w))
                more = false;
            else
                r = inbox_mark(ib, d->of[i].id, d->of[i].uid, d->of[i].how, f);
        }
    }
    if (r == RES_OK && d->lost && !worker_stopping(ib->w))
        r = forgive(ib, f);
    if (r == RES_OK && ib->owes && ib->owed_s == 0) {
        log_info("inbox=%s no mail waits for its mark any more", ib->label);
        ib->owes = false;
    }
    free(d);
    return r;
}
