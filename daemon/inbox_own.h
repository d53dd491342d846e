/* SPDX-License-Identifier: ISC */
/* daemon/inbox_own.h - for inbox*.c alone. */
#ifndef DAEMON_INBOX_OWN_H
#define DAEMON_INBOX_OWN_H
#include "daemon/act.h"
#include "daemon/directory.h"
#include "daemon/imap.h"
#include "daemon/oauth.h"
#include "daemon/reader.h"
#include "daemon/worker.h"
#include "lists/incoming.h"
#include "lists/token.h"

enum {
    INBOX_TOLD = 4 /* different words of trouble, remembered */
};

struct inbox_told {
    char words[sizeof((struct fault *)0)->text];
    int64_t again_ms; /* not before are they told once more; 0: never told */
    int times;        /* that they came true since they were told */
};

struct inbox {
    struct worker *w;
    const struct conf *conf;
    const struct conf_inbox *box;
    char name[IMAP_FOLDER_MAX + 100]; /* "tg/INBOX" */
    char label[2 * IMAP_FOLDER_MAX];  /* the same, as a log line bears it */
    struct store *st;
    struct token_key *key;
    struct store_directory people;
    struct directory directory;
    struct reader *reader;
    struct oauth *oauth; /* NULL: we log in with a password */
    struct act act;
    struct mailbox_cursor cursor;
    struct act_mail quiet[IMAP_BATCH]; /* read, no concern, not yet noted */
    int n_quiet;
    int64_t flood_told_s;      /* when we last spoke of too many requests */
    struct imap *im;           /* NULL: not connected */
    bool told_move, told_mark; /* what this server cannot */
    int64_t owed_s;            /* marks may be owed: look then; 0: none are */
    bool logged_in;            /* this connection, or the last one */
    int64_t files_ns;          /* how the files we log in with were then */
    int lost_s, refused_s;     /* how long to wait before the next try */
    bool troubled;             /* the store says, or may say, that we are */
    bool well;                 /* nothing has failed since the last good pass */
    bool owes;                 /* a mark was refused, and the log says so */
    bool told;                 /* the log has a warning of what lasts */
    int64_t since_ms;          /* and since when, 0: nothing is wrong */
    struct inbox_told told_words[INBOX_TOLD];
};

/* The folder could not be read, in words, and is tried again in wait_s; r:
 * LATER
 * NEVER or STOP (the store is broken). */
void
inbox_trouble(struct inbox *ib, enum result r, const char *words, int wait_s);
/* The mark of a mail was refused, in words, and is tried again in wait_s. */
void inbox_mark_trouble(
    struct inbox *ib, uint32_t uid, const char *words, int wait_s);
/* It was read to its end. */
void inbox_well(struct inbox *ib);
int64_t inbox_clock_ms(void); /* the monotonic one */

/* Reads what is new in the folder, to its end or until the worker shall stop.
 * LATER, NEVER: of the connection (imap.h) or the store; STOP: the store. */
MUST_USE enum result inbox_pass(struct inbox *ib, struct fault *f);
/* Marks or moves a mail as `how` says (conf_handled) and notes it.  What the
 * server refuses stays owed. */
MUST_USE enum result inbox_mark(struct inbox *ib, int64_t incoming_id,
    uint32_t uid, const char *how, struct fault *f);
/* Makes good the marks that a crash, a lost connection or a refusal has left
 * owed, when it is time to. */
MUST_USE enum result inbox_pay_debts(struct inbox *ib, struct fault *f);

#endif
