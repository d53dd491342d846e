/* SPDX-License-Identifier: ISC */
/* daemon/pace.h - how fast one relay may be used, as a whole and for one
 * recipient's domain: what is configured, and what it taught us.  Pure: the
 * clocks are passed in, nothing is sent, written or logged here; what a reply
 * means is decided in reply.c.
 *
 * Two clocks: now_ms is for rates and pauses, and should never be set back
 * (when it is, nothing waits longer than it would have); now_s is Unix time,
 * for the day alone.  A day is one of UTC. */
#ifndef DAEMON_PACE_H
#define DAEMON_PACE_H
#include <stdbool.h>
#include <stdint.h>

enum {
    PACE_DOMAINS = 512,       /* that a relay remembers, a power of two */
    PACE_PROBE = 8,           /* places where one of them can stand */
    PACE_DOMAIN_MAX = 63,     /* bytes of its name that are kept, to be shown */
    PACE_WARM_UP_MAX = 60,    /* days of a ramp */
    PACE_TOGETHER_MS = 2000,  /* so long one "slower" stands for all */
    PACE_CLIMB_MS = 30000,    /* a step up after so long without one */
    PACE_CLIMB_PARTS = 8,     /* a step is such a part of the whole */
    PACE_FORGET_MS = 3600000, /* a penalty nobody tests any more ends */
    PACE_LEAST_PER_HOUR = 360 /* slower than this nothing is made */
};

/* A domain with limits of its own. */
struct pace_special {
    uint64_t domain;             /* pace_domain_of */
    int connections, per_minute; /* 0: none */
};
/* What is configured; 0: no limit.  Borrowed for the life of the pace. */
struct pace_limits {
    int connections;
    int per_second, per_minute, per_hour, per_day;
    int domain_connections, domain_per_minute;
    int n_warm_up, warm_up[PACE_WARM_UP_MAX]; /* letters on the first days */
    int n_special;
    const struct pace_special *special;
};

/* A rate as one number: when the letters that went would be paid for. */
struct pace_bucket {
    int64_t paid_us;
};

/* What is left of a connection count and a rate after "slower". */
struct pace_penalty {
    int connections; /* 0: there is no penalty */
    int full_connections;
    int64_t per_hour, full_per_hour; /* 0: the rate is as it was */
    int64_t cut_ms, step_ms;         /* last halved; last changed */
    bool accepted;                   /* a letter, since the last change */
    struct pace_bucket bucket;
};

struct pace_domain {
    uint64_t domain; /* 0: free */
    int64_t used_ms;
    int not_now; /* 450 and 451 in a row */
    struct pace_bucket bucket;
    struct pace_penalty penalty;
    char name[PACE_DOMAIN_MAX + 1];
};

struct pace {
    const struct pace_limits *limits;
    struct pace_bucket second, minute, hour;
    struct pace_penalty penalty;
    int not_now;
    int64_t day;   /* since 1970, of `sent` */
    int64_t sent;  /* letters on that day */
    int used_days; /* earlier days with letters */
    int64_t meter_ms, meter_per_hour;
    int meter_n;
    bool domains_count;         /* some limit or penalty is of a domain */
    struct pace_domain *domain; /* PACE_DOMAINS, NULL: none yet */
};

/* A relay nobody has used; pace_clear frees what it came to hold. */
void
pace_init(struct pace *p, const struct pace_limits *limits, int64_t now_ms);
void pace_clear(struct pace *p);

/* The part of an address behind its @, as a number that is never 0; upper and
 * lower case are the same. */
uint64_t pace_domain_of(const char *address);

/* What the store knows of the relay: its latest day with letters, how many
 * they were, and on how many days before there were any.  A day that is not
 * today's counts as an earlier one; one that lies in the future is believed
 * for a day, since a clock may be set back. */
void pace_remember(
    struct pace *p, int64_t day, int64_t sent, int earlier_days, int64_t now_s);
/* Letters that one day may have, -1: any number. */
int64_t pace_budget(struct pace *p, int64_t now_s);

/* A letter that would like to go. */
struct pace_ask {
    uint64_t domain;
    int taken, taken_domain; /* connections with a letter now: all, and those
                                with one for this domain */
    int64_t now_ms, now_s;
};
enum pace_answer {
    PACE_GO,
    PACE_WAIT_DOMAIN, /* another domain's letter could go */
    PACE_WAIT         /* none can */
};
/* *wait_ms: when to ask again; -1: when a letter has come back. */
enum pace_answer
pace_may(struct pace *p, const struct pace_ask *a, int64_t *wait_ms);
/* The part of it that is the same for all domains. */
enum pace_answer
pace_may_any(struct pace *p, const struct pace_ask *a, int64_t *wait_ms);
/* Whether pace_may needs taken_domain: it is dear to count. */
bool pace_wants_domain(const struct pace *p);

/* It goes: on the wire next.  unsent: it has not gone after all, or was
 * refused; it counts for no day. */
void pace_went(struct pace *p, const struct pace_ask *a, const char *address);
void pace_unsent(struct pace *p);

/* The relay took a letter for the domain. */
void pace_accepted(struct pace *p, uint64_t domain);
/* It wants less: from all (domain 0), or for one domain (address: for its
 * name).  false: it said so a moment ago, nothing changes. */
bool pace_slower(struct pace *p, const struct pace_ask *a, const char *address);
/* It answered "not now" (450, 451).  true: `many` in a row for this domain,
 * and counted anew. */
bool pace_not_now(
    struct pace *p, const struct pace_ask *a, const char *address, int many);
/* It takes no more than so many connections. */
void pace_cap(struct pace *p, int connections, int64_t now_ms);

/* Connections it may have now. */
int pace_connections(struct pace *p, int64_t now_ms);
/* Letters an hour: as measured; as allowed by limits and penalty, 0: any. */
int64_t pace_measured(const struct pace *p, int64_t now_ms);
int64_t pace_allowed(struct pace *p, int64_t now_ms);
/* The penalty of a domain that stands now, NULL: none. */
const struct pace_penalty *
pace_penalty_of(struct pace *p, uint64_t domain, int64_t now_ms);
/* Up to max domains under a penalty, the slowest first. */
int pace_slowest(
    struct pace *p, const struct pace_domain **out, int max, int64_t now_ms);
/* How far apart a domain's letters come to be, where one takes each_ms on a
 * connection; 0: at will. */
int64_t pace_interval_ms(
    struct pace *p, uint64_t domain, int64_t each_ms, int64_t now_ms);

#endif
