/* SPDX-License-Identifier: ISC */
/* daemon/reply.h - what a relay's reply means, and what follows from it: all
 * of the sender's policy, as functions of plain values.  It sends nothing and
 * writes nothing; the sender does what stands in the deed. */
#ifndef DAEMON_REPLY_H
#define DAEMON_REPLY_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "daemon/smtp.h"
#include "lists/delivery.h"

enum {
    REPLY_WATCH = 200,      /* letters that the watch remembers */
    REPLY_WATCH_LEAST = 50, /* judge a share only from so many on */
    REPLY_WATCH_ROW = 10,   /* so many one after the other are too many */
    REPLY_DROPS = 3,        /* drops before the dot that are repeated at once */
    REPLY_NOT_NOW_MANY = 10,       /* 450 and 451 in a row are "slower" */
    REPLY_DOMAINS_MANY = 5,        /* so many slow domains are a slow relay */
    REPLY_BACKOFF_FIRST_MS = 1000, /* between attempts to connect */
    REPLY_BACKOFF_LAST_MS = 300000,
};

/* How a letter came off the wire. */
enum reply_end {
    REPLY_ANSWERED, /* at, code and text say what the relay answered */
    REPLY_DROPPED,  /* lost before its dot was out: it cannot have arrived */
    REPLY_DOUBTFUL, /* lost after that: it may have */
};

struct reply_case {
    enum reply_end end;
    enum smtp_command at;
    int code;
    const char *text; /* borrowed; of a loss, our own words */
    int tries;        /* this one included */
    int doubts;       /* earlier ones */
    int64_t first_s;  /* of its first try */
    int64_t now_s;
    uint32_t dice; /* any number: spreads what comes back */
};
struct reply_rules { /* from the configuration */
    int retry_first_s, retry_last_s, retry_for_s;
};

struct reply_deed {
    enum delivery_state to; /* SENT, DEFERRED, FAILED, DOUBT or WAITING */
    int64_t due_s;          /* as in delivery_outcome */
    bool hold;              /* ours to mend: hold the issue at once */
    bool dead;              /* the address does not exist: into the ledger */
    bool soft;              /* it may exist: counts as a soft bounce */
    bool policy;            /* refused by policy: for the watch */
    bool unwritten;         /* no relay saw it: we could not write it */
    bool many;              /* that, too often: why hold is set */
    bool no_null;           /* <> was refused, and nothing is in its place */
    bool slower;            /* the relay wants less of us */
    bool slower_domain;     /* it wants less for this recipient's domain */
    bool not_now;           /* REPLY_NOT_NOW_MANY of a domain say so, too */
    const char *words;      /* why, for the log; static */
};
void reply_decide(const struct reply_rules *rules, const struct reply_case *c,
    struct reply_deed *out);

/* Whether a refusal of a letter from <> is one of <>: the same letter may be
 * taken from another sender. */
bool reply_refuses_null(enum smtp_command at, int code, const char *text);

/* Why an issue is held by this deed, for a person: ends before ": " and the
 * words of whoever said so.  Static. */
const char *reply_hold_words(const struct reply_deed *deed);

/* How many of an issue's last letters were refused by policy. */
struct reply_watch {
    bool refused[REPLY_WATCH];
    int n, at, n_refused, row;
};
/* Notes one final answer.  true: too many were refused, percent of the last or
 * REPLY_WATCH_ROW in a row: hold the issue; the watch begins anew then. */
bool reply_watch_note(struct reply_watch *w, bool refused, int percent);

/* A connection could not be made: whether the fault is ours to mend.
 * code: the last reply, 0 none; login_denied: AUTH was refused. */
bool reply_connect_is_ours(int code, bool login_denied);
/* How long to wait after so many failures in a row (>= 1). */
int64_t reply_backoff_ms(int failures);

#endif
