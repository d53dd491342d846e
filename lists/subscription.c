/* SPDX-License-Identifier: ISC */
/* The only file that writes tables subscription and ledger.
 *
 * What may follow what stands in one table below.  Its reasons: anyone can
 * put another person's address into a form or a From line, so these lead a
 * stranger to PENDING and no further; an old file must not undo what a person
 * said, so an import moves nobody out of LEFT, BOUNCED, COMPLAINED or ERASED;
 * whoever called us spam comes back by own word alone; ERASED is final.  A
 * question that is open changes nothing of that: for whoever else brings the
 * reader back, the state before PENDING counts. */
#include "lists/subscription.h"

#include <string.h>

#include "lists/delivery.h"
#include "lists/soft_bounce.h"
#include "lists/store.h"

#define BIT(x) (1U << (x))

enum {
    STATES = SUBSCRIPTION_ERASED + 1,
    HOWS = BY_TIME + 1,
    LAPSE_MAX = 100
};

/* One edge: from these states, to that one, by these means. */
struct edge {
    unsigned int from;
    enum subscription_state to;
    unsigned int how;
};

static const struct edge edges[] = {
    /* Asked for it; a confirmation is to follow. */
    {BIT(SUBSCRIPTION_NONE) | BIT(SUBSCRIPTION_LEFT) |
            BIT(SUBSCRIPTION_BOUNCED),
        SUBSCRIPTION_PENDING, BIT(BY_FORM) | BIT(BY_REPLY)},
    /* Called us spam and now writes to us: still to be confirmed. */
    {BIT(SUBSCRIPTION_COMPLAINED), SUBSCRIPTION_PENDING, BIT(BY_REPLY)},

    /* An admin answers for the consent of those he brings. */
    {BIT(SUBSCRIPTION_NONE) | BIT(SUBSCRIPTION_PENDING), SUBSCRIPTION_ACTIVE,
        BIT(BY_IMPORT) | BIT(BY_ADMIN)},
    /* Confirmed: answered our mail, or followed its token. */
    {BIT(SUBSCRIPTION_PENDING), SUBSCRIPTION_ACTIVE,
        BIT(BY_REPLY) | BIT(BY_ONE_CLICK)},
    /* Comes back by own word or an admin's. */
    {BIT(SUBSCRIPTION_LEFT) | BIT(SUBSCRIPTION_BOUNCED), SUBSCRIPTION_ACTIVE,
        BIT(BY_REPLY) | BIT(BY_ADMIN)},
    /* By own word only. */
    {BIT(SUBSCRIPTION_COMPLAINED), SUBSCRIPTION_ACTIVE, BIT(BY_REPLY)},

    /* Wants no letters; from NONE it is noted for later. */
    {BIT(SUBSCRIPTION_NONE) | BIT(SUBSCRIPTION_PENDING) |
            BIT(SUBSCRIPTION_ACTIVE) | BIT(SUBSCRIPTION_BOUNCED),
        SUBSCRIPTION_LEFT,
        BIT(BY_FORM) | BIT(BY_REPLY) | BIT(BY_ONE_CLICK) | BIT(BY_ADMIN)},
    /* The file of those who left elsewhere. */
    {BIT(SUBSCRIPTION_NONE) | BIT(SUBSCRIPTION_PENDING) |
            BIT(SUBSCRIPTION_ACTIVE),
        SUBSCRIPTION_LEFT, BIT(BY_IMPORT)},

    /* The address is dead; who left has left, dead or alive. */
    {BIT(SUBSCRIPTION_PENDING) | BIT(SUBSCRIPTION_ACTIVE), SUBSCRIPTION_BOUNCED,
        BIT(BY_BOUNCE)},
    {BIT(SUBSCRIPTION_NONE) | BIT(SUBSCRIPTION_PENDING) |
            BIT(SUBSCRIPTION_ACTIVE),
        SUBSCRIPTION_BOUNCED, BIT(BY_IMPORT) | BIT(BY_ADMIN)},

    /* A complaint counts whatever was before. */
    {BIT(SUBSCRIPTION_NONE) | BIT(SUBSCRIPTION_PENDING) |
            BIT(SUBSCRIPTION_ACTIVE) | BIT(SUBSCRIPTION_LEFT) |
            BIT(SUBSCRIPTION_BOUNCED),
        SUBSCRIPTION_COMPLAINED, BIT(BY_COMPLAINT) | BIT(BY_ADMIN)},
    {BIT(SUBSCRIPTION_NONE) | BIT(SUBSCRIPTION_PENDING) |
            BIT(SUBSCRIPTION_ACTIVE),
        SUBSCRIPTION_COMPLAINED, BIT(BY_IMPORT)},

    /* Nobody confirmed it: back to where it came from. */
    {BIT(SUBSCRIPTION_PENDING), SUBSCRIPTION_NONE, BIT(BY_TIME)},
    {BIT(SUBSCRIPTION_PENDING), SUBSCRIPTION_LEFT, BIT(BY_TIME)},
    {BIT(SUBSCRIPTION_PENDING), SUBSCRIPTION_BOUNCED, BIT(BY_TIME)},
    {BIT(SUBSCRIPTION_PENDING), SUBSCRIPTION_COMPLAINED, BIT(BY_TIME)},

    /* Forgotten by request, which an admin carries out. */
    {BIT(SUBSCRIPTION_NONE) | BIT(SUBSCRIPTION_PENDING) |
            BIT(SUBSCRIPTION_ACTIVE) | BIT(SUBSCRIPTION_LEFT) |
            BIT(SUBSCRIPTION_BOUNCED) | BIT(SUBSCRIPTION_COMPLAINED),
        SUBSCRIPTION_ERASED, BIT(BY_ADMIN)},
};

static const char *const state_words[STATES] = {
    [SUBSCRIPTION_NONE] = "none",
    [SUBSCRIPTION_PENDING] = "pending",
    [SUBSCRIPTION_ACTIVE] = "active",
    [SUBSCRIPTION_LEFT] = "left",
    [SUBSCRIPTION_BOUNCED] = "bounced",
    [SUBSCRIPTION_COMPLAINED] = "complained",
    [SUBSCRIPTION_ERASED] = "erased",
};
static const char *const how_words[HOWS] = {
    [BY_IMPORT] = "import",
    [BY_FORM] = "form",
    [BY_REPLY] = "reply",
    [BY_ONE_CLICK] = "one-click",
    [BY_BOUNCE] = "bounce",
    [BY_COMPLAINT] = "complaint",
    [BY_ADMIN] = "admin",
    [BY_TIME] = "time",
};

static bool allowed(enum subscription_state from, const struct consent *c);
static enum result before_pending(struct store *st, int64_t subscriber_id,
    int64_t list_id, enum subscription_state *out, struct fault *f);
static enum result ledger_append(struct store *st, int64_t subscriber_id,
    int64_t list_id, const struct consent *c, struct fault *f);
static enum result state_set(struct store *st, int64_t subscriber_id,
    int64_t list_id, const struct consent *c, struct fault *f);

enum result
subscription_record(struct store *st, int64_t subscriber_id, int64_t list_id,
    const struct consent *c, struct fault *f)
{
    struct subscription now = {0};
    enum subscription_state from;
    enum result r;

    r = store_begin(st, f);
    if (r != RES_OK)
        return r;
    r = subscription_get(st, subscriber_id, list_id, &now, f);
    if (r != RES_OK && r != RES_NONE)
        goto out;
    if (now.state == c->to) {
        r = RES_NONE;
        goto out;
    }
    from = now.state;
    if (from == SUBSCRIPTION_PENDING && c->to == SUBSCRIPTION_ACTIVE &&
        (c->how == BY_IMPORT || c->how == BY_ADMIN)) {
        r = before_pending(st, subscriber_id, list_id, &from, f);
        if (r != RES_OK)
            goto out;
    }
    if (!allowed(from, c)) {
        r = fault_set(f, RES_NEVER, "%s cannot follow %s by %s",
            subscription_word(c->to), subscription_word(from),
            consent_word(c->how));
        goto out;
    }
    r = ledger_append(st, subscriber_id, list_id, c, f);
    if (r == RES_OK)
        r = state_set(st, subscriber_id, list_id, c, f);
    if (r == RES_OK && now.state != SUBSCRIPTION_NONE)
        r = soft_bounce_forget(st, subscriber_id, list_id, f);
    if (r == RES_OK && now.state == SUBSCRIPTION_ACTIVE) {
        r = delivery_cancel_person(st, subscriber_id, list_id, c->at_s, f);
        if (r == RES_NONE)
            r = RES_OK;
    }
out:
    return store_end(st, r, f);
}

enum result
subscription_lapse(struct store *st, int64_t before_s, int limit, int64_t now_s,
    int *n, struct fault *f)
{
    int64_t subscriber[LAPSE_MAX], list[LAPSE_MAX];
    struct query *q = NULL;
    enum result r;
    int found = 0;

    r = store_prepare(st,
        "SELECT subscriber_id, list_id FROM subscription"
        " WHERE state = 1 AND since_s < $1 LIMIT $2",
        &q, f);
    if (r != RES_OK)
        return r;
    query_int(q, "$1", before_s);
    query_int(q, "$2", limit < LAPSE_MAX ? limit : LAPSE_MAX);
    while ((r = query_row(q, f)) == RES_OK) {
        subscriber[found] = query_get_int(q, 0);
        list[found++] = query_get_int(q, 1);
    }
    query_free(q);
    *n = found;
    if (r != RES_NONE || found == 0)
        return r == RES_NONE ? RES_OK : r;
    r = store_begin(st, f);
    if (r != RES_OK)
        return r;
    for (int i = 0; i < found && (r == RES_OK || r == RES_NONE); i++) {
        struct consent c = {
            .how = BY_TIME, .at_s = now_s, .proof = "nobody confirmed it"};

        r = before_pending(st, subscriber[i], list[i], &c.to, f);
        if (r == RES_OK)
            r = subscription_record(st, subscriber[i], list[i], &c, f);
    }
    return store_end(st, r, f);
}

/* What the ledger says was before the question that is open now. */
static enum result
before_pending(struct store *st, int64_t subscriber_id, int64_t list_id,
    enum subscription_state *out, struct fault *f)
{
    struct query *q = NULL;
    enum result r;

    r = store_prepare(st,
        "SELECT state FROM ledger WHERE subscriber_id = $1 AND list_id = $2"
        " AND state <> 1 ORDER BY id DESC LIMIT 1",
        &q, f);
    if (r != RES_OK)
        return r;
    query_int(q, "$1", subscriber_id);
    query_int(q, "$2", list_id);
    r = query_row(q, f);
    if (r == RES_OK)
        *out = (enum subscription_state)query_get_int(q, 0);
    else if (r == RES_NONE)
        *out = SUBSCRIPTION_NONE;
    query_free(q);
    return r == RES_NONE ? RES_OK : r;
}

enum result
subscription_get(struct store *st, int64_t subscriber_id, int64_t list_id,
    struct subscription *out, struct fault *f)
{
    struct query *q = NULL;
    enum result r;

    r = store_prepare(st,
        "SELECT state, since_s, how FROM subscription"
        " WHERE list_id = $1 AND subscriber_id = $2",
        &q, f);
    if (r != RES_OK)
        return r;
    query_int(q, "$1", list_id);
    query_int(q, "$2", subscriber_id);
    r = query_row(q, f);
    if (r == RES_OK) {
        out->state = (enum subscription_state)query_get_int(q, 0);
        out->since_s = query_get_int(q, 1);
        out->how = (enum consent_how)query_get_int(q, 2);
    } else if (r == RES_NONE) {
        out->state = SUBSCRIPTION_NONE;
        out->since_s = 0;
        out->how = BY_ADMIN;
    }
    query_free(q);
    return r;
}

enum result
subscription_count(
    struct store *st, int64_t list_id, int64_t count[7], struct fault *f)
{
    int64_t seen[STATES] = {0}, state;
    struct query *q = NULL;
    enum result r;

    r = store_prepare(st,
        "SELECT state, count(*) FROM subscription WHERE list_id = $1"
        " GROUP BY state",
        &q, f);
    if (r != RES_OK)
        return r;
    query_int(q, "$1", list_id);
    while ((r = query_row(q, f)) == RES_OK) {
        state = query_get_int(q, 0);
        if (state >= 0 && state < STATES)
            seen[state] = query_get_int(q, 1);
    }
    query_free(q);
    if (r != RES_NONE)
        return r;
    memcpy(count, seen, sizeof seen);
    return RES_OK;
}

enum result
subscription_each(struct store *st, int64_t list_id, int state, int64_t after,
    int limit,
    bool (*each)(void *arg, const struct subscriber *who,
        const struct subscription *what),
    void *arg, struct fault *f)
{
    struct subscription what;
    struct subscriber who = {0};
    struct query *q = NULL;
    bool more = true;
    enum result r;

    r = store_prepare(st,
        "SELECT s.id, s.address, s.address_key, s.name, s.given_name,"
        " s.created_s, s.answered_s, u.state, u.since_s, u.how"
        " FROM subscription u JOIN subscriber s ON s.id = u.subscriber_id"
        " WHERE u.list_id = $1 AND u.subscriber_id > $2"
        " AND ($3 < 0 OR u.state = $3)"
        " ORDER BY u.subscriber_id LIMIT $4",
        &q, f);
    if (r != RES_OK)
        return r;
    query_int(q, "$1", list_id);
    query_int(q, "$2", after);
    query_int(q, "$3", state);
    query_int(q, "$4", limit);
    while (more && (r = query_row(q, f)) == RES_OK) {
        who.id = query_get_int(q, 0);
        query_get_copy(q, 1, who.address.text, sizeof who.address.text);
        query_get_copy(q, 2, who.address.key, sizeof who.address.key);
        query_get_copy(q, 3, who.name, sizeof who.name);
        query_get_copy(q, 4, who.given_name, sizeof who.given_name);
        who.created_s = query_get_int(q, 5);
        who.answered_s = query_get_int(q, 6);
        what.state = (enum subscription_state)query_get_int(q, 7);
        what.since_s = query_get_int(q, 8);
        what.how = (enum consent_how)query_get_int(q, 9);
        more = each(arg, &who, &what);
    }
    query_free(q);
    return r == RES_NONE ? RES_OK : r;
}

enum result
ledger_each(struct store *st, int64_t subscriber_id,
    bool (*each)(void *arg, int64_t list_id, const struct consent *entry),
    void *arg, struct fault *f)
{
    struct query *q = NULL;
    struct consent entry;
    bool more = true;
    enum result r;

    r = store_prepare(st,
        "SELECT list_id, at_s, state, how, proof FROM ledger"
        " WHERE subscriber_id = $1 ORDER BY id",
        &q, f);
    if (r != RES_OK)
        return r;
    query_int(q, "$1", subscriber_id);
    while (more && (r = query_row(q, f)) == RES_OK) {
        entry.at_s = query_get_int(q, 1);
        entry.to = (enum subscription_state)query_get_int(q, 2);
        entry.how = (enum consent_how)query_get_int(q, 3);
        entry.proof = query_get_text(q, 4);
        more = each(arg, query_get_int(q, 0), &entry);
    }
    query_free(q);
    return r == RES_NONE ? RES_OK : r;
}

const char *
subscription_word(enum subscription_state s)
{
    return (unsigned int)s < STATES ? state_words[s] : "unknown";
}

const char *
consent_word(enum consent_how how)
{
    return (unsigned int)how < HOWS ? how_words[how] : "unknown";
}

int
subscription_from_word(const char *word)
{
    int i;

    for (i = 0; i < STATES; i++)
        if (strcmp(word, state_words[i]) == 0)
            return i;
    return -1;
}

static bool
allowed(enum subscription_state from, const struct consent *c)
{
    size_t i;

    if ((unsigned int)from >= STATES || (unsigned int)c->how >= HOWS)
        return false;
    for (i = 0; i < sizeof edges / sizeof *edges; i++)
        if (edges[i].to == c->to && (edges[i].from & BIT(from)) != 0 &&
            (edges[i].how & BIT(c->how)) != 0)
            return true;
    return false;
}

static enum result
ledger_append(struct store *st, int64_t subscriber_id, int64_t list_id,
    const struct consent *c, struct fault *f)
{
    char proof[PROOF_MAX + 1];
    struct query *q = NULL;
    enum result r;

    text_scrub(proof, sizeof proof, c->proof, strlen(c->proof));
    r = store_prepare(st,
        "INSERT INTO ledger (subscriber_id, list_id, at_s, state, how, proof)"
        " VALUES ($1, $2, $3, $4, $5, $6)",
        &q, f);
    if (r != RES_OK)
        return r;
    query_int(q, "$1", subscriber_id);
    query_int(q, "$2", list_id);
    query_int(q, "$3", c->at_s);
    query_int(q, "$4", c->to);
    query_int(q, "$5", c->how);
    query_text(q, "$6", proof);
    r = query_run(q, f);
    query_free(q);
    return r;
}

static enum result
state_set(struct store *st, int64_t subscriber_id, int64_t list_id,
    const struct consent *c, struct fault *f)
{
    struct query *q = NULL;
    enum result r;

    r = store_prepare(st,
        "INSERT INTO subscription (list_id, subscriber_id, state, since_s, how)"
        " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (list_id, subscriber_id)"
        " DO UPDATE SET state = excluded.state, since_s = excluded.since_s,"
        " how = excluded.how",
        &q, f);
    if (r != RES_OK)
        return r;
    query_int(q, "$1", list_id);
    query_int(q, "$2", subscriber_id);
    query_int(q, "$3", c->to);
    query_int(q, "$4", c->at_s);
    query_int(q, "$5", c->how);
    r = query_run(q, f);
    query_free(q);
    return r;
}
