/* SPDX-License-Identifier: ISC */
/* The inbox worker: one folder of one mailbox, its connection and its waiting;
 * what is done with the mails is in inbox_mail.c.
 *
 * It never makes an unread mail read and never deletes one.  Whatever ends a
 * connection, the cursor and the digests in the store say where to go on:
 * reading a mail twice does nothing twice. */
#include "daemon/worker.h"

#include "daemon/inbox_own.h"
#include "daemon/log.h"
#include "daemon/reader_sandbox.h"
#include "daemon/watch.h"
#include "lists/list.h"
#include "lists/store.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

enum {
    INBOX_IDLE_S = 28 * 60, /* RFC 2177: less than 29 minutes */
    INBOX_LOST_FIRST_S = 1,
    INBOX_LOST_LAST_S = 300,
    INBOX_REFUSED_FIRST_S = 60, /* a wrong password is not tried often */
    INBOX_REFUSED_LAST_S = 3600,
    INBOX_BROKEN_LAST_S = 60, /* the disk: somebody makes room */
    INBOX_LOOK_S = 15,        /* whether a person has mended a file */
    INBOX_NETWORK_S = 20      /* for one read or write, at most */
};
static enum result set_up(struct inbox *ib, struct fault *f);
static void clear(struct inbox *ib);
static enum result
pause_after(struct inbox *ib, enum result r, struct fault *f);
static enum result store_anew(struct inbox *ib, struct fault *f);
static enum result session(struct inbox *ib, struct fault *f);
static enum result know_former(struct inbox *ib, struct fault *f);
static int64_t files_ns(const struct conf_inbox *box);
static bool wait_for(struct inbox *ib, int fd, int seconds);

int
inbox_main(struct worker *w)
{
    struct inbox *ib = fault_calloc(1, sizeof *ib);
    struct fault f = {""};
    enum result r;
    int status = 0;

    ib->w = w;
    ib->conf = w->conf;
    ib->box = w->inbox;
    (void)snprintf(ib->name, sizeof ib->name, "%s/%s", w->inbox->name,
        w->inbox->folder[w->folder]);
    (void)snprintf(ib->label, sizeof ib->label, "%s", log_quote(ib->name));
    ib->lost_s = INBOX_LOST_FIRST_S;
    ib->refused_s = INBOX_REFUSED_FIRST_S;
    ib->troubled = true; /* an earlier life may have been */
    if (!reader_sandbox_possible())
        log_warn("inbox=%s this kernel cannot filter system calls (seccomp):"
                 " mail is read without that wall",
            ib->label);
    r = set_up(ib, &f);
    doorbell_ring(DOORBELL_SENDER); /* for a ring that died with us */
    while (r == RES_OK && !worker_stopping(w)) {
        r = session(ib, &f);
        imap_close(ib->im);
        ib->im = NULL;
        ib->n_quiet = 0; /* not noted: they are read again */
        if (r == RES_LATER || r == RES_NEVER || r == RES_STOP)
            r = pause_after(ib, r, &f);
    }
    if (r != RES_OK) {
        log_error("inbox=%s broken=%s", ib->label, log_quote(f.text));
        status = 1;
    }
    clear(ib);
    return status;
}

/* Waits before the next try, twice as long each time; but not for ever for a
 * password that was mended. */
static enum result
pause_after(struct inbox *ib, enum result r, struct fault *f)
{
    int *wait_s = r == RES_NEVER ? &ib->refused_s : &ib->lost_s;
    int last_s = r == RES_STOP                     ? INBOX_BROKEN_LAST_S
                 : ib->logged_in || r == RES_LATER ? INBOX_LOST_LAST_S
                                                   : INBOX_REFUSED_LAST_S;
    int left_s, part_s;

    inbox_trouble(ib, r, f->text, *wait_s);
    for (left_s = *wait_s; left_s > 0 && files_ns(ib->box) == ib->files_ns;
         left_s -= part_s) {
        part_s = left_s < INBOX_LOOK_S ? left_s : INBOX_LOOK_S;
        if (!wait_for(ib, -1, part_s))
            break;
    }
    *wait_s = *wait_s * 2 < last_s ? *wait_s * 2 : last_s;
    if (files_ns(ib->box) != ib->files_ns)
        ib->refused_s = INBOX_REFUSED_FIRST_S;
    return r == RES_STOP ? store_anew(ib, f) : RES_OK;
}

/* The disk was full, or worse: its file may be another one by now. */
static enum result
store_anew(struct inbox *ib, struct fault *f)
{
    enum result r;

    store_close(ib->st);
    ib->st = NULL;
    r = store_open(ib->conf->store, &ib->st, f);
    if (r != RES_OK)
        return r;
    store_patience(ib->st, ib->conf->worker_silence_s * 1000 / 4);
    ib->act.st = ib->people.st = ib->st;
    return mailbox_cursor(ib->st, ib->name, &ib->cursor, f);
}

/* A number that changes with what a person would mend: content, owner, mode,
 * or that it is there at all. */
static int64_t
files_ns(const struct conf_inbox *box)
{
    const char *const path[] = {
        box->password.file, box->oauth.client_secret.file, box->ca_file};
    int64_t sum = 0;
    struct stat st;

    for (int i = 0; i < 3; i++)
        if (path[i][0] != '\0' && stat(path[i], &st) == 0)
            sum += (int64_t)st.st_ctim.tv_sec * 1000000000 +
                   st.st_ctim.tv_nsec + (int64_t)st.st_ino;
    return sum;
}

static enum result
set_up(struct inbox *ib, struct fault *f)
{
    const struct conf *conf = ib->conf;
    const struct conf_list *list = conf_find_list(conf, ib->box->list);
    struct reader_limits limits = {
        conf->reader_memory_mib, conf->reader_time_s};
    struct facts_context ctx = {.authserv = ib->box->authserv};
    char key_path[4096];
    enum result r;

    if (list == NULL)
        return fault_set(f, RES_NEVER, "no list called %s", ib->box->list);
    ctx.mailbox = list->letter.mailbox;
    ctx.names = list->names;
    /* Two tries of the reader, and no sign of life in between. */
    if (limits.time_s > conf->worker_silence_s / 4)
        limits.time_s =
            conf->worker_silence_s >= 8 ? conf->worker_silence_s / 4 : 1;
    r = store_open(conf->store, &ib->st, f);
    if (r != RES_OK)
        return r;
    store_patience(ib->st, conf->worker_silence_s * 1000 / 4);
    worker_token_key_path(conf, key_path);
    r = token_key_open(key_path, &ib->key, f);
    if (r == RES_OK)
        r = list_id(ib->st, list->letter.key, &ib->act.list_id, f);
    if (r == RES_OK)
        r = mailbox_cursor(ib->st, ib->name, &ib->cursor, f);
    if (r == RES_OK && ib->cursor.uidvalidity == 0)
        r = know_former(ib, f);
    if (r == RES_OK)
        r = reader_open(&limits, &ctx, &ib->reader, f);
    ib->people = (struct store_directory){ib->st, ib->key, ib->act.list_id};
    directory_of_store(&ib->people, &ib->directory);
    if (ib->box->auth != CONF_AUTH_PASSWORD)
        ib->oauth = oauth_new(&ib->box->oauth, NULL);
    ib->act.st = ib->st;
    ib->act.conf = conf;
    ib->act.box = ib->box;
    ib->act.list = list;
    ib->act.mailbox_id = ib->cursor.id;
    return r;
}

/* The folder is read for the first time under this name.  Where only the name
 * of its section is new, the store knows its mails by the old one; were they
 * new, too, whoever left once and came back would be taken off again. */
struct former {
    const struct inbox *ib;
    char name[sizeof((struct inbox *)0)->name];
};

static bool
is_of(const char *name, const struct conf_inbox *box)
{
    size_t n = strlen(box->name);

    return strncmp(name, box->name, n) == 0 && name[n] == '/';
}

static bool
is_former(
    void *arg, const char *name, const struct mailbox_cursor *c, int64_t n_read)
{
    struct former *former = arg;
    const struct conf *conf = former->ib->conf;
    const struct conf_inbox *box = former->ib->box;
    const char *slash = strchr(name, '/');
    bool ours;

    (void)n_read;
    if (slash == NULL || c->uidvalidity == 0)
        return true;
    ours = is_of(name, box);
    if (!ours && !conf_has_folder(box, slash + 1))
        return true;
    for (int i = 0; i < conf->n_inboxes && !ours; i++)
        if (is_of(name, &conf->inbox[i]))
            return true;
    (void)snprintf(former->name, sizeof former->name, "%s", name);
    return !ours; /* another folder of its own knows best */
}

static enum result
know_former(struct inbox *ib, struct fault *f)
{
    struct former former = {.ib = ib};
    enum result r = mailbox_each(ib->st, is_former, &former, f);

    if (r != RES_OK || former.name[0] == '\0')
        return r;
    log_info(
        "inbox=%s is read for the first time: what was read as %s is known",
        ib->label, log_quote(former.name));
    return mailbox_follow(ib->st, ib->cursor.id, former.name, f);
}

static void
clear(struct inbox *ib)
{
    oauth_free(ib->oauth);
    reader_close(ib->reader);
    token_key_free(ib->key);
    store_close(ib->st);
    free(ib);
}

/* --- waiting ------------------------------------------------------------- */

static void
alive(void *arg)
{
    worker_alive(arg);
}

/* Until fd (-1: none) or the doorbell is readable, the worker shall stop, or
 * the time is over (true). */
static bool
wait_for(struct inbox *ib, int fd, int seconds)
{
    struct pollfd p[] = {
        {.fd = ib->w->stop_fd, .events = POLLIN},
        {.fd = ib->w->doorbell_fd, .events = POLLIN},
        {.fd = fd, .events = POLLIN},
    };
    int slice_ms = ib->conf->worker_silence_s * 1000 / 4;
    int64_t end_ms = inbox_clock_ms() + (int64_t)seconds * 1000, left_ms;

    for (;;) {
        worker_alive(ib->w);
        left_ms = end_ms - inbox_clock_ms();
        if (left_ms <= 0)
            break;
        if (poll(p, 3, left_ms < slice_ms ? (int)left_ms : slice_ms) > 0)
            break;
    }
    /* A bell that rings from here on is heard at the next wait. */
    if ((p[1].revents & POLLIN) != 0) {
        ib->owed_s = 1; /* a person may have decided */
        worker_hush(ib->w);
    }
    return left_ms <= 0;
}

/* Until there may be news. */
static enum result
wait_for_mail(struct inbox *ib, struct fault *f)
{
    int seconds = ib->box->poll_s;
    enum result r;

    if (!ib->box->idle || !imap_can_idle(ib->im)) {
        (void)wait_for(ib, -1, seconds);
        return RES_OK;
    }
    if (imap_has_news(ib->im))
        return RES_OK;
    r = imap_idle(ib->im, f);
    if (r == RES_NEVER) {
        log_warn("inbox=%s trouble=%s looking every %d s instead", ib->label,
            log_quote(f->text), seconds);
        (void)wait_for(ib, -1, seconds);
        return RES_OK;
    }
    if (r != RES_OK && r != RES_NONE)
        return r;
    if (r == RES_OK)
        (void)wait_for(ib, imap_fd(ib->im),
            seconds < INBOX_IDLE_S ? seconds : INBOX_IDLE_S);
    return imap_idle_end(ib->im, f);
}

/* --- a connection -------------------------------------------------------- */

/* UIDs mean nothing under another UIDVALIDITY: all is read again. */
static enum result
settle_cursor(struct inbox *ib, uint32_t uidvalidity, struct fault *f)
{
    struct mailbox_cursor c = ib->cursor;
    enum result r;

    if (c.uidvalidity == uidvalidity)
        return RES_OK;
    if (c.uidvalidity != 0)
        log_warn("inbox=%s uidvalidity=%u is new: the folder is read again"
                 " from its first mail, and nothing is done twice",
            ib->label, uidvalidity);
    c.uidvalidity = uidvalidity;
    c.uid = 0;
    r = mailbox_cursor_set(ib->st, &c, f);
    if (r == RES_OK)
        ib->cursor = c;
    return r;
}

/* RES_OK: the worker shall stop. */
static enum result
session(struct inbox *ib, struct fault *f)
{
    const struct watch watch = {alive, ib->w};
    int timeout_s = ib->conf->worker_silence_s / 4;
    uint32_t uidvalidity = 0;
    enum result r;

    ib->logged_in = false;
    ib->files_ns = files_ns(ib->box);
    if (timeout_s > INBOX_NETWORK_S)
        timeout_s = INBOX_NETWORK_S;
    r = imap_open(
        ib->box, ib->oauth, timeout_s > 0 ? timeout_s : 1, &watch, &ib->im, f);
    ib->logged_in = r == RES_OK;
    if (r == RES_OK)
        r = imap_select(
            ib->im, ib->box->folder[ib->w->folder], &uidvalidity, f);
    if (r == RES_OK)
        r = settle_cursor(ib, uidvalidity, f);
    if (r != RES_OK)
        return r;
    ib->told_move = ib->told_mark = false;
    ib->owed_s = 1; /* an earlier life, or connection, may have left some */
    log_info("inbox=%s host=%s:%d uid=%u connected", ib->label, ib->box->host,
        ib->box->port, ib->cursor.uid);
    while (!worker_stopping(ib->w)) {
        r = inbox_pass(ib, f);
        if (r == RES_OK)
            r = inbox_pay_debts(ib, f);
        if (r != RES_OK)
            return r;
        ib->lost_s = INBOX_LOST_FIRST_S;
        ib->refused_s = INBOX_REFUSED_FIRST_S;
        inbox_well(ib);
        if (!worker_stopping(ib->w))
            r = wait_for_mail(ib, f);
        if (r != RES_OK)
            return r;
    }
    return RES_OK;
}
