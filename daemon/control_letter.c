/* SPDX-License-Identifier: ISC */
/* From an author's source to a letter: check, preview, test copies, and the
 * queueing of an issue, which is answered before its rows are written
 * (control_chores.c). The daemon reads no files of the author: everything
 * comes in the request. */
#include <inttypes.h>
#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/control_source.h"
#include "daemon/crash.h"
#include "daemon/from_check.h"
#include "lists/address.h"
#include "lists/subscriber.h"
#include "templates/letter.h"

enum {
    AT_EARLY_S = 60,            /* "now", by a clock that is behind */
    AT_LATE_S = 366 * 24 * 3600 /* nobody plans further: a typing error */
};

static bool check_from(struct request *rq, struct source *s);
static enum result sample_person(struct request *rq, const char *to,
    int64_t list_id, struct subscriber *who, struct subscription *what,
    struct fault *f);
static enum result letter_show(struct request *rq, const struct source *source,
    const struct letter_person *who, struct fault *f);
static enum result test_write(struct request *rq, struct source *s,
    const struct address *to, int n_to, struct issue *i, struct fault *f);
static enum result issue_write(struct request *rq, struct source *s, bool again,
    struct issue *i, int64_t *same, struct fault *f);
static enum result
issue_created(struct request *rq, int64_t id, struct fault *f);

enum result
letter_check(struct request *rq, struct fault *f)
{
    struct source s;
    int64_t count[7] = {0};
    enum result r;

    source_init(&s);
    r = source_read(rq, &s, f);
    if (r == RES_OK)
        r = source_compose(rq, &s, f);
    if (r == RES_OK && !check_from(rq, &s)) {
        source_clear(&s);
        return RES_OK; /* comes back, and reads it all again */
    }
    if (r == RES_NEVER && s.notes.errors > 0) /* that is the answer */
        r = RES_OK;
    if (r == RES_OK && s.list >= 0) {
        r = subscription_count(rq->c->st, rq->c->list_id[s.list], count, f);
        r = r == RES_NONE ? RES_OK : r;
    }
    if (r == RES_OK)
        answer_json(rq, MHD_HTTP_OK,
            json_pack("{s:o,s:o,s:s,s:I,s:I}", "notes", source_notes_json(&s),
                "subject", json_words(s.draft != NULL ? s.draft->subject : ""),
                "list", s.list >= 0 ? rq->c->conf->list[s.list].letter.key : "",
                "recipients", (json_int_t)count[SUBSCRIPTION_ACTIVE],
                "message_bytes", (json_int_t)s.letter.message_bytes));
    source_clear(&s);
    return r;
}

/* Adds what DNS says.  False: the request waits for that. */
static bool
check_from(struct request *rq, struct source *s)
{
    const struct conf_list *l = &rq->c->conf->list[s->list];

    if (rq->check == NULL) {
        rq->check = from_check_begin(rq->c->conf, l,
            s->draft->from[0] != '\0' ? s->draft->from : l->letter.from);
        if (rq->check == NULL)
            return true;
        if (!dns_step(rq->check->dns) && request_wait(rq))
            return false;
    }
    from_check_end(rq->check, &s->notes);
    return true;
}

/* --- preview -------------------------------------------------------------- */

enum result
letter_preview(struct request *rq, struct fault *f)
{
    /* Of the right form, and no delivery's: nothing in a preview works. */
    static const char no_token[TOKEN_LENGTH + 1] = "aaaaaaaaaaaaaaaaaaaaaaaaaa";
    struct subscriber who = {0};
    struct subscription what = {SUBSCRIPTION_NONE, 0, BY_ADMIN};
    struct letter_person person;
    const char *to = NULL;
    struct source s;
    json_t *body;
    enum result r;

    source_init(&s);
    r = source_read(rq, &s, f);
    if (r == RES_OK)
        r = request_json(rq, &body, f);
    if (r == RES_OK)
        r = member_text(body, "to", false, &to, f);
    if (r == RES_OK)
        r = source_compose(rq, &s, f);
    if (r == RES_OK)
        r = sample_person(rq, to, rq->c->list_id[s.list], &who, &what, f);
    if (r == RES_OK) {
        person =
            (struct letter_person){who.address.text, who.name, who.given_name,
                no_token, rq->now_s, what.since_s, consent_word(what.how)};
        r = letter_show(rq, &s, &person, f);
    }
    source_clear(&s);
    return r;
}

/* Keeps the first person and stops. */
struct first_person {
    struct subscriber *who;
    struct subscription *what;
    bool found;
};

static bool
first_of_list(
    void *arg, const struct subscriber *who, const struct subscription *what)
{
    struct first_person *first = arg;

    *first->who = *who;
    *first->what = *what;
    first->found = true;
    return false;
}

/* Whose letter is shown: that of `to`, else of the list's first reader, else
 * of nobody in particular. */
static enum result
sample_person(struct request *rq, const char *to, int64_t list_id,
    struct subscriber *who, struct subscription *what, struct fault *f)
{
    struct first_person first = {who, what, false};
    struct store *st = rq->c->st;
    enum result r;

    if (to != NULL && to[0] != '\0') {
        r = address_parse(to, &who->address, f);
        if (r != RES_OK)
            return r;
        r = subscriber_find(st, &who->address, who, f);
        if (r == RES_OK)
            r = subscription_get(st, who->id, list_id, what, f);
        return r == RES_NONE ? RES_OK : r;
    }
    r = subscription_each(
        st, list_id, SUBSCRIPTION_ACTIVE, 0, 1, first_of_list, &first, f);
    if (r != RES_OK && r != RES_NONE)
        return r;
    if (first.found)
        return RES_OK;
    return address_parse("reader@example.org", &who->address, f);
}

static enum result
letter_show(struct request *rq, const struct source *s,
    const struct letter_person *who, struct fault *f)
{
    struct letter_mold *mold = NULL;
    char *html = NULL, *text = NULL;
    char *eml;
    json_t *eml_json;
    size_t n;
    enum result r;

    r = letter_mold_new(s->letter.message, s->letter.message_bytes, &mold, f);
    if (r == RES_OK)
        r = letter_expand(mold, who, &eml, &n, f);
    if (r == RES_OK)
        r = preview_parts(eml, n, &html, &text, f);
    if (r == RES_OK) {
        eml_json = json_stringn(eml, n); /* quoted-printable or base64 */
        if (eml_json == NULL)
            eml_json = json_words(eml);
        answer_json(rq, MHD_HTTP_OK,
            json_pack("{s:o,s:o,s:o,s:o,s:o,s:o}", "subject",
                json_words(s->letter.subject), "to", json_words(who->address),
                "eml", eml_json, "html", json_words(html != NULL ? html : ""),
                "text", json_words(text != NULL ? text : ""), "notes",
                source_notes_json(s)));
    }
    free(html);
    free(text);
    letter_mold_free(mold);
    return r;
}

/* --- test copies ---------------------------------------------------------- */

/* The addresses of a test, all or none. */
static enum result
test_addresses(
    const json_t *body, struct address *to, int *n_to, struct fault *f)
{
    const json_t *list = json_object_get(body, "to");
    size_t n = json_array_size(list);

    if (!json_is_array(list) || n == 0 || n > CONTROL_TEST_MAX)
        return fault_set(f, RES_NEVER,
            "\"to\" is not a list of 1 to %d addresses", (int)CONTROL_TEST_MAX);
    for (size_t i = 0; i < n; i++) {
        const char *text = json_string_value(json_array_get(list, i));
        enum result r;

        if (text == NULL)
            return fault_set(f, RES_NEVER, "\"to\" holds no address");
        r = address_parse(text, &to[i], f);
        if (r != RES_OK)
            return fault_at(f, r, "%.100s", text);
    }
    *n_to = (int)n;
    return RES_OK;
}

enum result
letter_test(struct request *rq, struct fault *f)
{
    struct address to[CONTROL_TEST_MAX];
    struct issue i;
    struct source s;
    json_t *body;
    int n_to = 0;
    enum result r;

    source_init(&s);
    r = request_json(rq, &body, f);
    if (r == RES_OK)
        r = test_addresses(body, to, &n_to, f);
    if (r == RES_OK)
        r = source_read(rq, &s, f);
    if (r == RES_OK)
        r = source_compose(rq, &s, f);
    if (r == RES_OK)
        r = test_write(rq, &s, to, n_to, &i, f);
    if (r == RES_OK) {
        doorbell_ring(DOORBELL_SENDER);
        request_did(rq, "issue=%" PRId64 " test copies=%d list=%s", i.id, n_to,
            rq->c->conf->list[s.list].letter.key);
        r = issue_created(rq, i.id, f);
    }
    source_clear(&s);
    return r;
}

/* The issue and its rows in one transaction: there is never half a test. */
static enum result
test_write(struct request *rq, struct source *s, const struct address *to,
    int n_to, struct issue *i, struct fault *f)
{
    struct store *st = rq->c->st;
    enum result r = store_begin(st, f);

    if (r != RES_OK)
        return r;
    source_issue(rq, s, ISSUE_TEST, i);
    r = issue_add(
        st, i, s->text, s->letter.message, s->letter.message_bytes, f);
    for (int k = 0; r == RES_OK && k < n_to; k++) {
        struct subscriber who = {.address = to[k], .created_s = rq->now_s};

        r = subscriber_add(st, &who, f);
        if (r == RES_OK || r == RES_NONE)
            r = delivery_add(st, i->id, who.id, rq->now_s, f);
        if (r == RES_NONE) /* named twice */
            r = RES_OK;
    }
    if (r == RES_OK)
        r = issue_move(st, i->id, ISSUE_SCHEDULED, NULL, rq->now_s, f);
    return store_end(st, r, f);
}

/* --- the issue ------------------------------------------------------------ */

/* When it shall go, and whether the same content is meant to go twice. */
static enum result
queue_wishes(struct request *rq, int64_t *at_s, bool *again, struct fault *f)
{
    json_t *body;
    enum result r = request_json(rq, &body, f);

    *at_s = rq->now_s;
    *again = false;
    if (r == RES_OK)
        r = member_bool(body, "again", again, f);
    if (r == RES_OK)
        r = member_int(body, "at", at_s, f);
    if (r != RES_OK)
        return r;
    if (*at_s < rq->now_s - AT_EARLY_S)
        return fault_set(f, RES_NEVER, "\"at\" is in the past");
    if (*at_s > rq->now_s + AT_LATE_S)
        return fault_set(f, RES_NEVER, "\"at\" is more than a year away");
    return RES_OK;
}

enum result
letter_queue(struct request *rq, struct fault *f)
{
    int64_t same = 0, at_s = 0;
    struct issue i;
    struct source s;
    bool again;
    enum result r;

    source_init(&s);
    r = queue_wishes(rq, &at_s, &again, f);
    if (r == RES_OK)
        r = source_read(rq, &s, f);
    if (r == RES_OK)
        r = source_compose(rq, &s, f);
    if (r == RES_OK) {
        source_issue(rq, &s, ISSUE_LETTER, &i);
        i.due_s = at_s;
        r = issue_write(rq, &s, again, &i, &same, f);
    }
    if (same > 0)
        rq->extra = json_pack("{s:I}", "same", (json_int_t)same);
    if (r == RES_OK) {
        chores_add(rq->c, i.id, false);
        request_did(rq, "issue=%" PRId64 " queued list=%s due_s=%" PRId64, i.id,
            rq->c->conf->list[s.list].letter.key, i.due_s);
        r = issue_created(rq, i.id, f);
    }
    source_clear(&s);
    return r;
}

static bool
is_there(
    void *arg, const struct subscriber *who, const struct subscription *what)
{
    bool *there = arg;

    (void)who;
    (void)what;
    *there = true;
    return false;
}

/* Looking for the same content and writing it are one transaction, so that two
 * who queue at once do not both pass. */
static enum result
issue_write(struct request *rq, struct source *s, bool again, struct issue *i,
    int64_t *same, struct fault *f)
{
    bool anybody = false;
    int64_t id = 0;
    struct store *st = rq->c->st;
    enum result r = store_begin(st, f);

    if (r != RES_OK)
        return r;
    /* Not counted: with a million readers the writer would be held for long. */
    r = subscription_each(
        st, i->list_id, SUBSCRIPTION_ACTIVE, 0, 1, is_there, &anybody, f);
    if (r != RES_OK && r != RES_NONE)
        goto out;
    if (!anybody) {
        (void)fault_set(f, RES_NEVER, "nobody is on the list %s",
            rq->c->conf->list[s->list].letter.key);
        r = refuse(rq, MHD_HTTP_CONFLICT, "import the subscribers first");
        goto out;
    }
    r = again ? RES_NONE : issue_same(st, i->digest, &id, f);
    if (r == RES_OK) {
        *same = id;
        (void)fault_set(
            f, RES_NEVER, "this was queued before, as issue %" PRId64, id);
        r = refuse(rq, MHD_HTTP_CONFLICT,
            "say \"again\" (queue --again) if everyone shall get it once"
            " more");
        goto out;
    }
    if (r == RES_NONE)
        r = issue_add(
            st, i, s->text, s->letter.message, s->letter.message_bytes, f);
    if (r == RES_OK)
        crash_point("control-before-commit");
out:
    r = store_end(st, r, f);
    if (r == RES_OK)
        crash_point("control-after-commit");
    return r;
}

static enum result
issue_created(struct request *rq, int64_t id, struct fault *f)
{
    struct issue i;
    json_t *issue = NULL;
    enum result r = issue_get(rq->c->st, id, &i, f);

    if (r == RES_OK)
        r = issue_json(rq->c, &i, &issue, f);
    if (r == RES_OK)
        answer_json(rq, MHD_HTTP_CREATED, issue);
    return r;
}
