/* SPDX-License-Identifier: ISC */
/* lists/incoming.h - which mail we have read, and what we did about it.  Of
 * mail that is none of our business only its digest is kept. */
#ifndef LISTS_INCOMING_H
#define LISTS_INCOMING_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "lists/fault.h"
struct store;

enum {
    INCOMING_DIGEST = 32,
    EVIDENCE_MAX = 500,
    INCOMING_REQUESTS_MAX = 2000,
    MAILBOX_TROUBLE_MAX = 400
};

/* How far a mailbox folder has been read. */
struct mailbox_cursor {
    int64_t id;
    uint32_t uidvalidity; /* 0: never read */
    uint32_t uid;         /* the last one handled */
};

struct incoming {
    int64_t id;
    int64_t mailbox_id;
    uint32_t uidvalidity, uid;
    unsigned char digest[INCOMING_DIGEST]; /* SHA-256 of the whole message */
    const char *kind, *deed;               /* borrowed, in both directions */
    int64_t at_s;
    int64_t subscriber_id;  /* 0: nobody */
    const char *message_id; /* "" for mail that is none of our business */
    const char *evidence;   /* likewise */
    bool owed;              /* a keyword or a move is still to be done */
    const char *request;    /* of a request that nothing proves: its server, "?"
                               unknown; NULL or "": it is none. Written only */
    const char *decided_by; /* who decided what waited, "" nobody; read only */
    int64_t decided_s;      /* and when, 0; read only */
};

/* What became of a mail that waited for a person. Borrowed strings. */
struct incoming_decision {
    const char *deed;
    const char *by; /* who said so, "" nobody */
    int64_t at_s;
    int64_t subscriber_id; /* whom it concerned, 0: as it was */
    bool owed;             /* its keyword or move is due now */
};

/* The cursor of a folder called name, INBOX/FOLDER, made where it is new. */
MUST_USE enum result mailbox_cursor(struct store *st, const char *name,
    struct mailbox_cursor *out, struct fault *f);
/* Its mails and those of the folder `other`, which is there, know each other,
 * as if they were of one inbox. */
MUST_USE enum result mailbox_follow(
    struct store *st, int64_t mailbox_id, const char *other, struct fault *f);
/* Moves the cursor; with another uidvalidity it may go back. */
MUST_USE enum result mailbox_cursor_set(
    struct store *st, const struct mailbox_cursor *c, struct fault *f);

/* Calls each for every folder that was ever read, in the order of id; n_read:
 * how many messages of it are remembered. */
MUST_USE enum result mailbox_each(struct store *st,
    bool (*each)(void *arg, const char *name, const struct mailbox_cursor *c,
        int64_t n_read),
    void *arg, struct fault *f);

/* Notes why a folder cannot be read; "" : it can. */
MUST_USE enum result mailbox_trouble(struct store *st, int64_t mailbox_id,
    const char *words, int64_t now_s, struct fault *f);
/* Calls each for every folder that cannot be read, since when and why. */
MUST_USE enum result mailbox_each_troubled(struct store *st,
    bool (*each)(
        void *arg, const char *name, const char *words, int64_t since_s),
    void *arg, struct fault *f);

/* Calls each for every folder that can be read, and in which n mails wait for
 * their keyword or move since before a time; since_s: the first of them. */
MUST_USE enum result mailbox_each_owing(struct store *st, int64_t before_s,
    bool (*each)(void *arg, const char *name, int64_t n, int64_t since_s),
    void *arg, struct fault *f);

/* Appends i; its id is set. NONE: a message of this digest was read in this
 * mailbox before; its uid and uidvalidity are brought up to date, no more. */
MUST_USE enum result
incoming_add(struct store *st, struct incoming *i, struct fault *f);
/* NONE: never seen in this folder nor in another of the same inbox: who moves
 * a mail from one to the other asks for nothing once more. */
MUST_USE enum result incoming_seen(struct store *st, int64_t mailbox_id,
    const unsigned char digest[INCOMING_DIGEST], struct fault *f);

/* How many such requests there have been since a time, and how many of them
 * from one server ("" or "?": from the server with the most); of more than
 * INCOMING_REQUESTS_MAX, the newest are counted. */
MUST_USE enum result incoming_requests(struct store *st, int64_t since_s,
    const char *server, int *all, int *of_one, struct fault *f);

/* Messages whose keyword or move is owed, oldest first, from the one behind
 * the id `after`. */
MUST_USE enum result incoming_each_owed(struct store *st, int64_t mailbox_id,
    int64_t after, bool (*each)(void *arg, const struct incoming *i), void *arg,
    struct fault *f);
/* What is owed was done.  A power cut may undo this: done twice is no harm. */
MUST_USE enum result
incoming_paid(struct store *st, int64_t id, struct fault *f);
/* Nothing is owed any more to mails of the folder that are known under another
 * UIDVALIDITY: for when it was read through under this one. *n: how many. */
MUST_USE enum result incoming_forgive(struct store *st, int64_t mailbox_id,
    uint32_t uidvalidity, int *n, struct fault *f);
/* Notes what was decided about it. NONE: no such mail. */
MUST_USE enum result incoming_decide(struct store *st, int64_t id,
    const struct incoming_decision *d, struct fault *f);
/* The newest first; before = 0: from the newest. */
MUST_USE enum result incoming_each(struct store *st, int64_t before, int limit,
    bool (*each)(void *arg, const struct incoming *i), void *arg,
    struct fault *f);

#endif
