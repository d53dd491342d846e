/* SPDX-License-Identifier: ISC */
/* How the relays stand, as their senders last wrote it down: nothing is asked
 * of a relay here.  What was written long ago is marked, not hidden. */
#include <inttypes.h>
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "daemon/control.h"
#include "lists/traffic.h"

enum {
    STALE_S = 90 /* senders write at least every 30 s */
};

struct showing {
    const struct control *c;
    int64_t now_s;
    json_t *relays;
    char last[RELAY_NAME_MAX + 1]; /* that is complained of */
};

static bool show(void *arg, const struct traffic_state *s);
static json_t *domains_json(const char *lines);
static bool configured(const struct conf *conf, const char *relay);

enum result
relays_list(struct request *rq, struct fault *f)
{
    struct showing to = {
        .c = rq->c, .now_s = rq->now_s, .relays = json_array()};
    enum result r = traffic_each(rq->c->st, show, &to, f);

    if (r != RES_OK) {
        json_decref(to.relays);
        return r;
    }
    answer_json(rq, MHD_HTTP_OK, json_pack("{s:o}", "relays", to.relays));
    return RES_OK;
}

static bool
show(void *arg, const struct traffic_state *s)
{
    struct showing *to = arg;

    if (!configured(to->c->conf, s->relay) ||
        s->sender >= (to->c->conf->senders > 1 ? to->c->conf->senders : 1))
        return true;
    json_array_append_new(to->relays,
        json_pack("{s:o,s:i,s:s,s:b,s:I,s:I,s:I,s:i,s:i,s:I,s:I,s:I,s:I,s:o,"
                  "s:I,s:o}",
            "name", json_words(s->relay), "sender", s->sender, "state",
            s->state, "stale", s->at_s + STALE_S < to->now_s, "at_s",
            (json_int_t)s->at_s, "since_s", (json_int_t)s->since_s, "until_s",
            (json_int_t)s->until_s, "connections", s->connections, "allowed",
            s->allowed, "rate", (json_int_t)s->rate, "rate_allowed",
            (json_int_t)s->rate_allowed, "sent", (json_int_t)s->sent, "budget",
            (json_int_t)s->budget, "reply", json_words(s->reply), "reply_s",
            (json_int_t)s->reply_s, "domains", domains_json(s->domains)));
    return true;
}

/* Lines of a domain, its connections and its letters an hour. */
static json_t *
domains_json(const char *lines)
{
    json_t *domains = json_array();

    while (*lines != '\0') {
        size_t n = strcspn(lines, " \n");
        char *end;
        long allowed = strtol(lines + n, &end, 10);
        long long rate = strtoll(end, &end, 10);
        char *name = strndup(lines, n);

        if (name == NULL)
            fault_no_memory();
        json_array_append_new(domains,
            json_pack("{s:o,s:I,s:I}", "domain", json_words(name), "allowed",
                (json_int_t)allowed, "rate_allowed", (json_int_t)rate));
        free(name);
        lines += strcspn(lines, "\n");
        lines += *lines == '\n';
    }
    return domains;
}

static bool
configured(const struct conf *conf, const char *relay)
{
    for (int i = 0; i < conf->n_relays; i++)
        if (strcmp(conf->relay[i].name, relay) == 0)
            return true;
    return false;
}

/* --- what a person must know of it ------------------------------------------
 */

void
control_clock_words(int64_t at_s, char out[32])
{
    time_t t = (time_t)at_s;
    struct tm tm;

    out[0] = '\0';
    if (localtime_r(&t, &tm) != NULL)
        (void)strftime(out, 32, "%F %H:%M:%S", &tm);
}

static bool
complain_of(void *arg, const struct traffic_state *s)
{
    struct showing *to = arg;
    char text[900], since[32], until[32], again[64] = "";
    size_t n;

    /* Several senders see the same: it is said once. */
    if (strcmp(to->last, s->relay) == 0 || !configured(to->c->conf, s->relay) ||
        s->at_s + STALE_S < to->now_s ||
        (strcmp(s->state, "down") != 0 && strcmp(s->state, "refuses") != 0))
        return true;
    (void)snprintf(to->last, sizeof to->last, "%s", s->relay);
    control_clock_words(s->since_s, since);
    control_clock_words(s->until_s, until);
    if (s->until_s > to->now_s)
        (void)snprintf(again, sizeof again, "; trying again at %s", until);
    n = strnlen(s->reply, 500);
    while (n > 0 && s->reply[n - 1] == '.')
        n--;
    (void)snprintf(text, sizeof text, "relay %s %s since %s: %.*s%s.", s->relay,
        strcmp(s->state, "down") == 0 ? "takes no connection"
                                      : "refuses our mail",
        since, (int)n, s->reply, again);
    json_array_append_new(to->relays, json_words(text));
    return true;
}

enum result
relays_trouble(
    struct control *c, int64_t now_s, json_t *trouble, struct fault *f)
{
    struct showing to = {.c = c, .now_s = now_s, .relays = trouble};

    return traffic_each(c->st, complain_of, &to, f);
}
