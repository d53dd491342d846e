/* SPDX-License-Identifier: ISC */
/* lists/traffic.h - what each relay carried on which day, so that a day's
 * budget outlives whoever spends it; and how the senders see their relays,
 * for whoever asks. */
#ifndef LISTS_TRAFFIC_H
#define LISTS_TRAFFIC_H
#include <stdbool.h>
#include <stdint.h>
#include "lists/delivery.h"
#include "lists/fault.h"
struct store;

enum {
    TRAFFIC_STATE_MAX = 15,
    TRAFFIC_REPLY_MAX = 500,
    TRAFFIC_DOMAINS_MAX = 1000
};

/* Adds letters (or takes some back) to a sender's part of a relay's day; part
 * of the caller's unit of work. */
MUST_USE enum result traffic_add(struct store *st, const char *relay,
    int sender, int64_t day, int64_t letters, struct fault *f);

/* What a sender should know when it begins to use one of `shares` parts of a
 * relay. */
struct traffic_past {
    int64_t day;      /* the latest with letters, 0: none yet */
    int64_t sent;     /* of that day, what this part has to answer for: its
                         own, or its share of all where that is more */
    int earlier_days; /* with letters, before that day */
};
MUST_USE enum result traffic_past(struct store *st, const char *relay,
    int sender, int shares, struct traffic_past *out, struct fault *f);

/* A row of relay_state; the words of each column stand in schema.sql. */
struct traffic_state {
    char relay[RELAY_NAME_MAX + 1];
    int sender;
    int64_t at_s, until_s, since_s, reply_s;
    char state[TRAFFIC_STATE_MAX + 1];
    int connections, allowed;
    int64_t rate, rate_allowed, sent, budget;
    char reply[TRAFFIC_REPLY_MAX + 1];
    char domains[TRAFFIC_DOMAINS_MAX + 1];
};
/* Writes it; survives a kill, not a power cut. */
MUST_USE enum result
traffic_show(struct store *st, const struct traffic_state *s, struct fault *f);
/* Calls each for all rows, by relay and sender; false from it ends. */
MUST_USE enum result traffic_each(struct store *st,
    bool (*each)(void *arg, const struct traffic_state *s), void *arg,
    struct fault *f);

#endif
