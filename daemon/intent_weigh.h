/* SPDX-License-Identifier: ISC */
/* daemon/intent_weigh.h - what the sentences of a text say, and what that
 * comes to for the mail.  Only intent.c, which hears the sentences, asks. */
#ifndef DAEMON_INTENT_WEIGH_H
#define DAEMON_INTENT_WEIGH_H
#include "daemon/facts.h"
#include "daemon/phrases.h"

enum saying {
    SAYS_NOTHING, /* greetings and thanks */
    SAYS_SOMETHING,
    SAYS_BARE,
    SAYS_LEAVE,      /* a request that names no list */
    SAYS_LEAVE_LIST, /* a request that does */
    SAYS_UNSURE,
    SAYS_OTHER,
    SAYS_JOIN,
    SAYS_WISH, /* for the letter, if he has none */
    SAYS_KEEP,
    SAYS_EVENT,
    SAYS_VAGUE, /* no, but not to what */
    SAYS_THAT,  /* a request about what another sentence names */
    SAYINGS
};
struct hearing {
    int count[SAYINGS];
    const struct found *first[SAYINGS];
    int words;   /* in sentences that say something */
    int asked;   /* where the last request ends */
    bool third;  /* someone else comes up */
    bool own;    /* the writer's own address does */
    bool told;   /* that he has left, or asks how he can */
    bool why;    /* what may be a reason to leave */
    bool mine;   /* a request that says "me" */
    bool clear;  /* a request after talk of the letter, not of a meeting */
    bool letter; /* the letter comes up */
    bool named;  /* another's address */
    bool sole;   /* a lone word that means nothing else */
    bool about;  /* something in the letter */
    bool maybe;  /* a request in doubt */
    bool doubt;  /* of whatever sentence */
    bool aside;  /* the subject of a new mail is about something else or names
                    another's address, or it answers that someone has left */
};

/* answer: the subject is that of an older mail and says nothing. */
enum intent intent_weigh(
    const struct hearing *body, const struct hearing *subject, bool answer);
/* The phrase that explains a verdict best, NULL none. */
const struct found *hearing_decisive(const struct hearing *h);
/* What several sentences of r amount to, as heard in h. */
bool hearing_still_there(const struct reading *r, const struct hearing *h);
bool hearing_asks_to_act(const struct reading *r, const struct hearing *h);
bool hearing_hints_at_another(const struct reading *r, const struct hearing *h);
bool hearing_taken_back(const struct reading *r, const struct hearing *h);
/* Whether a sentence that says nothing else is a signature. */
bool hearing_signature(const struct reading *r, int sentence);
/* Whether somebody added a request to the subject r that he answers. */
bool hearing_added(const struct reading *r, const struct hearing *h);
/* Whether its sentence gives a reason for a word of leaving, apart from it. */
bool hearing_gives_reason(const struct reading *r, const struct found *bare);

/* What the likeness of the body's words (the text of r, the last that was read)
 * makes of a verdict.  Where they are compared to their end and nothing in r
 * weighs more, UNSURE becomes LEAVE where they are like a request, NONE and
 * LEAVE_OTHER where they are very like one.  NONE and LEAVE_OTHER become UNSURE
 * where they are rather like one, JOIN and STAY where they are very like one,
 * and LEAVE where they are hardly so. */
enum intent intent_like(enum intent found, const struct reading *r,
    const struct hearing *h, const char *words, size_t n);
/* The sentence that is most like a request: *at, in the text of r, and its
 * bytes; 0: there is none, *at is untouched. */
size_t intent_likest(const struct reading *r, const char **at);

#endif
