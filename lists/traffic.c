/* SPDX-License-Identifier: ISC */
/* The only file that writes tables relay_day and relay_state.  Each sender
 * writes rows of its own, so none waits for what another knows. */
#include "lists/traffic.h"

#include <string.h>

#include "lists/store.h"

enum result
traffic_add(struct store *st, const char *relay, int sender, int64_t day,
    int64_t letters, struct fault *f)
{
    struct query *q = NULL;
    enum result r = store_prepare(st,
        "INSERT INTO relay_day (relay, sender, day, sent)"
        " VALUES ($1, $2, $3, max($4, 0))"
        " ON CONFLICT (relay, day, sender) DO UPDATE SET"
        " sent = max(sent + $4, 0)",
        &q, f);

    if (r != RES_OK)
        return r;
    query_text(q, "$1", relay);
    query_int(q, "$2", sender);
    query_int(q, "$3", day);
    query_int(q, "$4", letters);
    r = query_run(q, f);
    query_free(q);
    return r;
}

enum result
traffic_past(struct store *st, const char *relay, int sender, int shares,
    struct traffic_past *out, struct fault *f)
{
    struct query *q = NULL;
    enum result r = store_prepare(st,
        "WITH last (day) AS (SELECT max(day) FROM relay_day"
        " WHERE relay = $1 AND sent > 0)"
        " SELECT coalesce((SELECT day FROM last), 0),"
        " coalesce(sum(sent) FILTER (WHERE day = (SELECT day FROM last)), 0),"
        " coalesce(sum(sent) FILTER (WHERE day = (SELECT day FROM last)"
        " AND sender = $2), 0),"
        " count(DISTINCT day) FILTER (WHERE sent > 0"
        " AND day < (SELECT day FROM last))"
        " FROM relay_day WHERE relay = $1",
        &q, f);

    if (r != RES_OK)
        return r;
    query_text(q, "$1", relay);
    query_int(q, "$2", sender);
    r = query_row(q, f);
    if (r == RES_OK) {
        int64_t all = query_get_int(q, 1), own = query_get_int(q, 2);
        int64_t part = (all + shares - 1) / shares;

        out->day = query_get_int(q, 0);
        out->sent = own > part ? own : part;
        out->earlier_days = (int)query_get_int(q, 3);
    }
    query_free(q);
    return r;
}

enum result
traffic_show(struct store *st, const struct traffic_state *s, struct fault *f)
{
    struct query *q = NULL;
    enum result r = store_begin_lazy(st, f);

    if (r != RES_OK)
        return r;
    r = store_prepare(st,
        "INSERT OR REPLACE INTO relay_state (relay, sender, at_s, state,"
        " until_s, connections, allowed, rate, rate_allowed, sent, budget,"
        " reply, reply_s, since_s, domains) VALUES ($1, $2, $3, $4, $5, $6,"
        " $7, $8, $9, $10, $11, $12, $13, $14, $15)",
        &q, f);
    if (r == RES_OK) {
        query_text(q, "$1", s->relay);
        query_int(q, "$2", s->sender);
        query_int(q, "$3", s->at_s);
        query_text(q, "$4", s->state);
        query_int(q, "$5", s->until_s);
        query_int(q, "$6", s->connections);
        query_int(q, "$7", s->allowed);
        query_int(q, "$8", s->rate);
        query_int(q, "$9", s->rate_allowed);
        query_int(q, "$10", s->sent);
        query_int(q, "$11", s->budget);
        query_text(q, "$12", s->reply);
        query_int(q, "$13", s->reply_s);
        query_int(q, "$14", s->since_s);
        query_text(q, "$15", s->domains);
        r = query_run(q, f);
    }
    query_free(q);
    return store_end(st, r, f);
}

enum result
traffic_each(struct store *st,
    bool (*each)(void *arg, const struct traffic_state *s), void *arg,
    struct fault *f)
{
    struct query *q = NULL;
    struct traffic_state s;
    bool more = true;
    enum result r = store_prepare(st,
        "SELECT relay, sender, at_s, state, until_s, connections, allowed,"
        " rate, rate_allowed, sent, budget, reply, reply_s, since_s, domains"
        " FROM relay_state ORDER BY relay, sender",
        &q, f);

    if (r != RES_OK)
        return r;
    while (more && (r = query_row(q, f)) == RES_OK) {
        memset(&s, 0, sizeof s);
        query_get_copy(q, 0, s.relay, sizeof s.relay);
        s.sender = (int)query_get_int(q, 1);
        s.at_s = query_get_int(q, 2);
        query_get_copy(q, 3, s.state, sizeof s.state);
        s.until_s = query_get_int(q, 4);
        s.connections = (int)query_get_int(q, 5);
        s.allowed = (int)query_get_int(q, 6);
        s.rate = query_get_int(q, 7);
        s.rate_allowed = query_get_int(q, 8);
        s.sent = query_get_int(q, 9);
        s.budget = query_get_int(q, 10);
        query_get_copy(q, 11, s.reply, sizeof s.reply);
        s.reply_s = query_get_int(q, 12);
        s.since_s = query_get_int(q, 13);
        query_get_copy(q, 14, s.domains, sizeof s.domains);
        more = each(arg, &s);
    }
    query_free(q);
    return r == RES_NONE ? RES_OK : r;
}
