/* SPDX-License-Identifier: ISC */
/* What the daemon is and how it stands: version, lists, the status page.  It
 * says what the store and the configuration know, and nothing else: how a
 * relay stands, its senders write to the store, and why a mailbox cannot be
 * read, its worker; which worker dies, the supervisor keeps in the roll. */
#include <inttypes.h>
#include <microhttpd.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "daemon/control.h"
#include "daemon/roll.h"
#include "lists/incoming.h"
#include "lists/review.h"

enum {
    STATUS_ISSUES = 100,                /* open ones that are shown */
    MARK_LATE_S = 120,                  /* a mail gets its mark at once */
    DISK_LOW_BYTES = 200 * 1024 * 1024, /* below it a person is told */
    DISK_LOW_PERCENT = 3
};

static enum result lists_json(struct control *c, json_t **out, struct fault *f);
static enum result open_issues_json(
    struct control *c, json_t *issues, json_t *trouble, struct fault *f);
static json_t *relays_json(const struct conf *conf);
static enum result
inboxes_json(struct control *c, json_t **out, struct fault *f);
static enum result inboxes_trouble(
    struct control *c, int64_t now_s, json_t *trouble, struct fault *f);
static enum result flood_trouble(
    struct control *c, int64_t now_s, json_t *trouble, struct fault *f);
static void
workers_trouble(const struct control *c, int64_t now_s, json_t *trouble);
static void trouble_add(json_t *trouble, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static void trouble_of_machine(const struct control *c, json_t *trouble);

const char *
control_list_key(const struct control *c, int64_t list_id)
{
    int i = control_list_index(c, list_id);

    return i < 0 ? "" : c->conf->list[i].letter.key;
}

int
control_list_index(const struct control *c, int64_t list_id)
{
    for (int i = 0; i < c->conf->n_lists; i++)
        if (c->list_id[i] == list_id)
            return i;
    return -1;
}

enum result
status_version(struct request *rq, struct fault *f)
{
    (void)f;
    answer_json(rq, MHD_HTTP_OK, json_pack("{s:s}", "version", VERSION));
    return RES_OK;
}

enum result
status_lists(struct request *rq, struct fault *f)
{
    const struct conf *conf = rq->c->conf;
    json_t *lists = json_array();

    (void)f;
    for (int i = 0; i < conf->n_lists; i++) {
        const struct letter_list *l = &conf->list[i].letter;

        json_array_append_new(lists,
            json_pack("{s:s,s:o,s:o,s:s,s:o}", "key", l->key, "title",
                json_words(l->title), "from", json_words(l->from), "language",
                l->language, "mailbox", json_words(l->mailbox)));
    }
    answer_json(rq, MHD_HTTP_OK, json_pack("{s:o}", "lists", lists));
    return RES_OK;
}

enum result
status_show(struct request *rq, struct fault *f)
{
    struct control *c = rq->c;
    json_t *lists = NULL, *inboxes = NULL;
    json_t *issues = json_array(), *trouble = json_array();
    int64_t waiting = 0;
    enum result r;

    r = lists_json(c, &lists, f);
    if (r == RES_OK)
        r = review_count(c->st, &waiting, f);
    if (r == RES_OK)
        r = open_issues_json(c, issues, trouble, f);
    if (r == RES_OK)
        r = inboxes_json(c, &inboxes, f);
    if (r == RES_OK)
        r = relays_trouble(c, rq->now_s, trouble, f);
    if (r == RES_OK)
        r = inboxes_trouble(c, rq->now_s, trouble, f);
    if (r == RES_OK)
        r = flood_trouble(c, rq->now_s, trouble, f);
    if (r != RES_OK) {
        json_decref(lists);
        json_decref(inboxes);
        json_decref(issues);
        json_decref(trouble);
        return r;
    }
    workers_trouble(c, rq->now_s, trouble);
    trouble_of_machine(c, trouble);
    answer_json(rq, MHD_HTTP_OK,
        json_pack("{s:s,s:o,s:I,s:{s:o,s:I},s:o,s:o,s:o,s:o,s:I,s:o}",
            "version", VERSION, "node", json_words(c->conf->node), "uptime_s",
            (json_int_t)(rq->now_s - c->started_s), "store", "path",
            json_words(c->conf->store), "bytes",
            (json_int_t)store_size_bytes(c->st), "lists", lists, "issues",
            issues, "relays", relays_json(c->conf), "inboxes", inboxes,
            "review", (json_int_t)waiting, "trouble", trouble));
    return RES_OK;
}

static enum result
lists_json(struct control *c, json_t **out, struct fault *f)
{
    json_t *lists = json_array();

    for (int i = 0; i < c->conf->n_lists; i++) {
        const struct letter_list *l = &c->conf->list[i].letter;
        int64_t count[7] = {0};
        json_t *counts = json_object();
        enum result r = subscription_count(c->st, c->list_id[i], count, f);

        for (int s = SUBSCRIPTION_PENDING; s <= SUBSCRIPTION_ERASED; s++)
            json_object_set_new(counts,
                subscription_word((enum subscription_state)s),
                json_integer(count[s]));
        json_array_append_new(
            lists, json_pack("{s:s,s:o,s:o}", "key", l->key, "title",
                       json_words(l->title), "subscribers", counts));
        if (r != RES_OK && r != RES_NONE) {
            json_decref(lists);
            return r;
        }
    }
    *out = lists;
    return RES_OK;
}

/* The open issues, and what is wrong with them. */
struct open_issues {
    struct control *c;
    json_t *issues, *trouble;
    enum result r;
    struct fault *f;
};

static bool
open_issue(void *arg, const struct issue *i)
{
    struct open_issues *to = arg;
    json_t *issue = NULL;
    json_int_t doubt, undecided;

    to->r = issue_json(to->c, i, &issue, to->f);
    if (to->r != RES_OK)
        return false;
    doubt = json_integer_value(
        json_object_get(json_object_get(issue, "counts"), "doubt"));
    undecided = json_integer_value(json_object_get(issue, "undecided"));
    if (i->state == ISSUE_HELD)
        trouble_add(to->trouble,
            "issue %" PRId64 " \"%.60s\" is held: %s. Release or cancel it.",
            i->id, i->subject, i->reason[0] != '\0' ? i->reason : "no reason");
    else if (i->state == ISSUE_OVERDUE)
        trouble_add(to->trouble,
            "issue %" PRId64 " \"%.60s\" was due when nobody was there to send"
            " it. Release or cancel it.",
            i->id, i->subject);
    if (doubt > 0 && i->state == ISSUE_HELD)
        trouble_add(to->trouble,
            "issue %" PRId64 ": %lld letters may or may not have arrived; a"
            " release sends them once more.",
            i->id, (long long)doubt);
    else if (undecided > 0)
        trouble_add(to->trouble,
            "issue %" PRId64 " \"%.60s\" waits for a word about %lld letters"
            " that may have arrived twice by now. See them: rummelig-mail doubt"
            " %" PRId64 ". Then --close them, or --resend.",
            i->id, i->subject, (long long)undecided, i->id);
    json_array_append_new(to->issues, issue);
    return true;
}

static enum result
open_issues_json(
    struct control *c, json_t *issues, json_t *trouble, struct fault *f)
{
    struct open_issues to = {c, issues, trouble, RES_OK, f};
    enum result r =
        issue_each(c->st, -1, true, 0, STATUS_ISSUES, open_issue, &to, f);

    if (r != RES_OK && r != RES_NONE)
        return r;
    return to.r;
}

static json_t *
relays_json(const struct conf *conf)
{
    static const char *const tls[] = {"required", "opportunistic", "none"};
    json_t *relays = json_array();

    for (int i = 0; i < conf->n_relays; i++) {
        const struct conf_relay *r = &conf->relay[i];

        json_array_append_new(
            relays, json_pack("{s:o,s:o,s:i,s:s}", "name", json_words(r->name),
                        "host", json_words(r->host), "port", r->port, "tls",
                        r->implicit_tls ? "implicit" : tls[r->tls]));
    }
    return relays;
}

/* The configured folders, and how far they were read where they were. */
static bool
inbox_read(void *arg, const char *name, const struct mailbox_cursor *cursor,
    int64_t n_read)
{
    json_t *inboxes = arg, *inbox;
    size_t i;

    json_array_foreach(inboxes, i, inbox)
    {
        const char *box = json_string_value(json_object_get(inbox, "name"));
        const char *folder =
            json_string_value(json_object_get(inbox, "folder"));

        if (control_is_folder(name, box, folder)) {
            json_object_set_new(inbox, "uid", json_integer(cursor->uid));
            json_object_set_new(inbox, "read", json_integer(n_read));
        }
    }
    return true;
}

static enum result
inboxes_json(struct control *c, json_t **out, struct fault *f)
{
    const struct conf *conf = c->conf;
    json_t *inboxes = json_array();
    enum result r;

    for (int i = 0; i < conf->n_inboxes; i++)
        for (int k = 0; k < conf->inbox[i].n_folders; k++)
            json_array_append_new(inboxes,
                json_pack("{s:o,s:o,s:i,s:i}", "name",
                    json_words(conf->inbox[i].name), "folder",
                    json_words(conf->inbox[i].folder[k]), "uid", 0, "read", 0));
    r = mailbox_each(c->st, inbox_read, inboxes, f);
    if (r == RES_OK)
        *out = inboxes;
    else
        json_decref(inboxes);
    return r;
}

bool
control_is_folder(const char *name, const char *inbox, const char *folder)
{
    size_t n = strlen(inbox);

    return strncmp(name, inbox, n) == 0 && name[n] == '/' &&
           strcmp(name + n + 1, folder) == 0;
}

/* What is not read any more is nobody's trouble. */
static bool
is_configured(const struct conf *conf, const char *name)
{
    for (int i = 0; i < conf->n_inboxes; i++)
        for (int k = 0; k < conf->inbox[i].n_folders; k++)
            if (control_is_folder(
                    name, conf->inbox[i].name, conf->inbox[i].folder[k]))
                return true;
    return false;
}

/* Who answers that he wants to leave is not heard meanwhile. */
struct unread {
    const struct conf *conf;
    json_t *trouble;
};

static bool
inbox_unread(void *arg, const char *name, const char *words, int64_t since_s)
{
    struct unread *u = arg;
    size_t n = strlen(words);
    char since[32];

    while (n > 0 && words[n - 1] == '.')
        n--;
    control_clock_words(since_s, since);
    if (is_configured(u->conf, name))
        trouble_add(u->trouble,
            "inbox %.60s cannot be read since %s: %.*s. Whoever writes"
            " to leave the list is not heard until it can.",
            name, since, (int)n, words);
    return true;
}

static bool
inbox_owing(void *arg, const char *name, int64_t n, int64_t since_s)
{
    struct unread *u = arg;
    char since[32];

    control_clock_words(since_s, since);
    if (is_configured(u->conf, name))
        trouble_add(u->trouble,
            "inbox %.60s: %" PRId64 " %s for the keyword or the folder that"
            " handled gives, since %s: the log has the server's words. It is"
            " tried every 10 minutes; what they ask for is done.",
            name, n, n == 1 ? "mail waits" : "mails wait", since);
    return true;
}

static enum result
inboxes_trouble(
    struct control *c, int64_t now_s, json_t *trouble, struct fault *f)
{
    struct unread u = {c->conf, trouble};
    enum result r = mailbox_each_troubled(c->st, inbox_unread, &u, f);

    if (r != RES_OK)
        return r;
    return mailbox_each_owing(c->st, now_s - MARK_LATE_S, inbox_owing, &u, f);
}

static enum result
flood_trouble(
    struct control *c, int64_t now_s, json_t *trouble, struct fault *f)
{
    const struct conf *conf = c->conf;
    int all = 0, of_one = 0;
    enum result r =
        incoming_requests(c->st, now_s - 3600, "", &all, &of_one, f);

    if (r == RES_OK &&
        ((conf->flood > 0 && all > conf->flood) ||
            (conf->flood_server > 0 && of_one > conf->flood_server)))
        trouble_add(trouble,
            "%d requests to leave or to get the letter have come within an hour"
            " without any proof, %d of them from one server. Those over flood"
            " and flood-server wait: rummelig-mail review.",
            all, of_one);
    return r;
}

static void
workers_trouble(const struct control *c, int64_t now_s, json_t *trouble)
{
    const struct roll *roll = c->w->roll;

    for (int i = 0; roll != NULL && i < roll_workers(roll); i++) {
        struct roll_word w;
        char when[32], how[80];

        if (!roll_troubled(roll, i, now_s, &w))
            continue;
        control_clock_words(w.died_s, when);
        if (w.signal != 0)
            (void)snprintf(how, sizeof how, "by signal %d (%s)", w.signal,
                strsignal(w.signal));
        else
            (void)snprintf(how, sizeof how, "with status %d", w.status);
        trouble_add(trouble,
            "worker %s has died %d times in a row, last at %s %s: the log says"
            " why. It is started again each time, within a minute.",
            w.name, w.deaths, when, how);
    }
}

static void
trouble_add(json_t *trouble, const char *format, ...)
{
    char text[600];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    json_array_append_new(trouble, json_words(text));
}

static void
trouble_of_machine(const struct control *c, json_t *trouble)
{
    char when[32];
    struct statvfs disk;
    struct stat file;

    if (c->conf->changed_ns != 0 && stat(c->conf->path, &file) == 0 &&
        conf_file_ns(&file) != c->conf->changed_ns) {
        control_clock_words(file.st_mtim.tv_sec, when);
        trouble_add(trouble,
            "%.200s was changed at %s and is not in force: see whether it is "
            "good (rummelig-maild -n), then reload the daemon.",
            c->conf->path, when);
    }
    if (c->conf->n_lists == 0)
        trouble_add(trouble, "no list is configured in %.200s.", c->conf->path);
    if (c->conf->n_relays == 0)
        trouble_add(trouble,
            "no relay is configured in %.200s: no letter can go out.",
            c->conf->path);
    if (statvfs(c->conf->state_dir, &disk) == 0) {
        uint64_t left = (uint64_t)disk.f_bavail * disk.f_frsize;

        if (left < DISK_LOW_BYTES ||
            (uint64_t)disk.f_bavail * 100 <
                (uint64_t)disk.f_blocks * DISK_LOW_PERCENT)
            trouble_add(trouble,
                "only %" PRIu64 " MiB are left on the disk of %.200s.",
                left / 1024 / 1024, c->conf->state_dir);
    }
}
