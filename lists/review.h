/* SPDX-License-Identifier: ISC */
/* lists/review.h - mail that waits for a person's decision, with what it takes
 * to decide.  Nothing else of a mail is ever kept, and this no longer than it
 * waits. */
#ifndef LISTS_REVIEW_H
#define LISTS_REVIEW_H
#include <stdbool.h>
#include <stdint.h>
#include "lists/address.h"
#include "lists/fault.h"
#include "lists/incoming.h"
struct store;

/* The numbers stand in the store: never change one. */
enum review_proposal {
    REVIEW_NONE = 0, /* nothing follows from it by itself */
    REVIEW_UNSUBSCRIBE = 1,
    REVIEW_SUBSCRIBE = 2
};

enum {
    REVIEW_WORDS_MAX = 1000, /* bytes of own words */
    REVIEW_SUBJECT_MAX = 300,
    REVIEW_ADDRESSES_MAX = 10,
    REVIEW_WORD_MAX = 40,        /* of kind */
    REVIEW_MESSAGE_ID_MAX = 320, /* as incoming.c keeps it */
    REVIEW_MAILBOX_MAX = 400,
    REVIEW_LAPSE_ROWS = 100 /* in one transaction */
};

struct review {
    int64_t id;      /* of its row in incoming */
    int64_t list_id; /* which it is about */
    enum review_proposal proposal;
    bool may_answer;            /* its writer may have a goodbye */
    char from[ADDRESS_MAX + 1]; /* key form, "" none */
    char subject[REVIEW_SUBJECT_MAX + 1];
    char words[REVIEW_WORDS_MAX + 1]; /* lines end with \n */
    int n_addresses;                  /* whom the proposal is about, key form */
    char address[REVIEW_ADDRESSES_MAX][ADDRESS_MAX + 1];

    /* What incoming knows of it: read, never written here. */
    int64_t at_s;
    int64_t asked_s; /* when its writer was asked what he means, 0 never */
    char mailbox[REVIEW_MAILBOX_MAX + 1]; /* "tg/INBOX" */
    int64_t mailbox_id;
    unsigned char digest[INCOMING_DIGEST];
    char kind[REVIEW_WORD_MAX + 1];
    char message_id[REVIEW_MESSAGE_ID_MAX + 1]; /* "" none */
    char evidence[EVIDENCE_MAX + 1];
};

/* Adds what waits; texts from outside are cleaned and cut. */
MUST_USE enum result
review_add(struct store *st, const struct review *rv, struct fault *f);

/* NONE: no such mail waits. */
MUST_USE enum result
review_get(struct store *st, int64_t id, struct review *out, struct fault *f);

/* One with that digest that waits, about that list. NONE: there is none. */
MUST_USE enum result review_find(struct store *st,
    const unsigned char digest[INCOMING_DIGEST], int64_t list_id, int64_t *id,
    struct fault *f);

/* Calls each for those with id > after, oldest first, at most limit of them;
 * rv is borrowed. each returns false to stop. */
MUST_USE enum result review_each(struct store *st, int64_t after, int limit,
    bool (*each)(void *arg, const struct review *rv), void *arg,
    struct fault *f);
MUST_USE enum result
review_count(struct store *st, int64_t *n, struct fault *f);

/* Ends the waiting: what was kept is deleted, and incoming bears the decision
 * (incoming.h), in one transaction.  NONE: it does not wait (any more). */
MUST_USE enum result review_decide(struct store *st, int64_t id,
    const struct incoming_decision *d, struct fault *f);

/* The same, with the deed "lapsed", for up to REVIEW_LAPSE_ROWS that came
 * before before_s. NONE: there are none. */
MUST_USE enum result review_lapse(struct store *st, int64_t before_s,
    int64_t now_s, int64_t *n, struct fault *f);

/* "none", "unsubscribe", "subscribe". */
const char *review_word(enum review_proposal p);

#endif
