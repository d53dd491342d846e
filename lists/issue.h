/* SPDX-License-Identifier: ISC */
/* lists/issue.h - a letter to a list, a test copy, or an answer of ours:
 * what it says, fixed when it is queued, and how far it is. */
#ifndef LISTS_ISSUE_H
#define LISTS_ISSUE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "lists/fault.h"
struct store;

enum issue_kind {
    ISSUE_ANSWER = 0, /* goodbye, question: one recipient, MAIL FROM:<> */
    ISSUE_TEST = 1,   /* to named addresses, before the letter */
    ISSUE_LETTER = 2, /* to everyone who is active on the list */
};
/* The numbers stand in the store; below ISSUE_FINISHED an issue is open. */
enum issue_state {
    ISSUE_FILLING = 0,   /* none of its rows is written yet */
    ISSUE_SCHEDULED = 1, /* until its time */
    ISSUE_OVERDUE = 2,   /* its time passed while nobody was there */
    ISSUE_SENDING = 3,   /* rows are taken from it */
    ISSUE_HELD = 4,      /* by a person or by us, with the reason */
    ISSUE_FINISHED = 5,  /* filled, and no row is open or in doubt */
    ISSUE_CANCELLED = 6,
};

enum {
    ISSUE_SUBJECT_MAX = 998,
    ISSUE_REASON_MAX = 300,
    ISSUE_DIGEST = 32,
    ISSUE_ANSWER_MAX = 20
};

struct issue {
    int64_t id;
    enum issue_kind kind;
    int64_t list_id;
    enum issue_state state;
    char reason[ISSUE_REASON_MAX + 1];
    char subject[ISSUE_SUBJECT_MAX + 1]; /* UTF-8, as the author wrote it */
    bool null_sender;                    /* MAIL FROM:<> instead of VERP */
    unsigned char digest[ISSUE_DIGEST];
    int64_t created_s, due_s, changed_s;
    int64_t filled_to;  /* last subscriber whose row is written */
    int64_t audience;   /* rows written so far */
    bool filled;        /* no more are to be written */
    int64_t complaints; /* of its readers */
    char answer[ISSUE_ANSWER_MAX + 1]; /* which: "goodbye", "confirm", "ask"; ""
                                          for a letter */
};

/* Writes a new issue in state FILLING with its source and compiled message
 * (borrowed); i->id, state, changed_s, filled_to, audience and filled are set:
 * only a letter is filled in chunks, the others are whole when they leave the
 * transaction that adds them. */
MUST_USE enum result issue_add(struct store *st, struct issue *i,
    const char *source, const char *message, size_t message_bytes,
    struct fault *f);

/* NONE: no such issue. */
MUST_USE enum result
issue_get(struct store *st, int64_t id, struct issue *out, struct fault *f);
/* The newest letter with that digest that is not cancelled.  NONE: none. */
MUST_USE enum result issue_same(struct store *st,
    const unsigned char digest[ISSUE_DIGEST], int64_t *id, struct fault *f);
/* Yours, free with free(). */
MUST_USE enum result issue_message(
    struct store *st, int64_t id, char **out, size_t *n, struct fault *f);
MUST_USE enum result
issue_source(struct store *st, int64_t id, char **out, struct fault *f);

/* Calls each for issues of a kind (< 0: every kind), newest first, at most
 * limit, with id < before (0: from the newest); open_only: not those that
 * are finished or cancelled.  each returns false to stop. */
MUST_USE enum result issue_each(struct store *st, int kind, bool open_only,
    int64_t before, int limit, bool (*each)(void *arg, const struct issue *i),
    void *arg, struct fault *f);

/* Moves an issue; the reason is kept (NULL: none).
 * OK: moved.  NONE: it stood there already.  NEVER: that edge is not in the
 * table in issue.c, the words say what the issue is; nor does one that is not
 * filled become FINISHED.  One that becomes CANCELLED is filled no further, and
 * the caller calls delivery_cancel until it says NONE. */
MUST_USE enum result issue_move(struct store *st, int64_t id,
    enum issue_state to, const char *reason, int64_t now_s, struct fault *f);

/* Gives another reason to an issue that is HELD for one with the same
 * beginning, the first `same` bytes.  NONE: there is no such. */
MUST_USE enum result issue_reason(struct store *st, int64_t id,
    const char *reason, size_t same, struct fault *f);

/* A SCHEDULED issue is SENDING.  NONE: it is that already.
 * NEVER: a person was faster: it is held, cancelled or whatever else by now,
 * and stays so. */
MUST_USE enum result
issue_begin(struct store *st, int64_t id, int64_t now_s, struct fault *f);

/* Moves a HELD or OVERDUE issue to where it would be: FILLING when none of its
 * rows is written, SCHEDULED when its time is ahead, else SENDING.
 * NEVER: it is in another state, the words say in which. */
MUST_USE enum result
issue_release(struct store *st, int64_t id, int64_t now_s, struct fault *f);

/* For delivery*.c alone: notes what filling has written, and whether that was
 * the last of it. */
MUST_USE enum result issue_filled(struct store *st, int64_t id,
    int64_t filled_to, int64_t more, bool last, struct fault *f);

/* Counts a complaint about an issue; *n is how many there are now. */
MUST_USE enum result
issue_complained(struct store *st, int64_t id, int64_t *n, struct fault *f);

const char *issue_word(enum issue_state s);

#endif
