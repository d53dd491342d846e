/* SPDX-License-Identifier: ISC */
/* daemon/inbox_own.h - for inbox.c and inbox_mail.c alone. */
#ifndef DAEMON_INBOX_OWN_H
#define DAEMON_INBOX_OWN_H
#include "daemon/act.h"
#include "daemon/directory.h"
#include "daemon/imap.h"
#include "daemon/reader.h"
#include "daemon/worker.h"
#include "lists/incoming.h"
#include "lists/token.h"

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
    struct act act;
    struct mailbox_cursor cursor;
    struct act_mail quiet[IMAP_BATCH]; /* read, no concern, not yet noted */
    int n_quiet;
    struct imap *im;             /* NULL: not connected */
    const char *keyword, *moved; /* how this server marks; NULL: it does not */
    int lost_s, refused_s;       /* how long to wait before the next try */
    bool rung;                   /* a person may have decided: marks are owed */
    bool troubled;               /* the store says, or may say, that we are */
};

/* Reads what is new in the folder, to its end or until the worker shall stop.
 * LATER, NEVER: of the connection (imap.h) or the store; STOP: the store. */
MUST_USE enum result inbox_pass(struct inbox *ib, struct fault *f);
/* Makes good the marks that a crash or a lost connection has left owed. */
MUST_USE enum result inbox_pay_debts(struct inbox *ib, struct fault *f);

#endif
