/* SPDX-License-Identifier: ISC */
/* lists/store_own.h - the parts of the embedded engine among themselves, for
 * store_sqlite.c, store_words.c, store_turn.c and store_checkpoint.c alone. */
#ifndef LISTS_STORE_OWN_H
#define LISTS_STORE_OWN_H
#include <stdbool.h>
#include "lists/fault.h"

struct sqlite3; /* SQLite's own; its header is for the .c files */

/* store_words.c: what a result code of SQLite orders, with words that help;
 * path and patience_ms are for them.  OK is not among the codes. */
enum result store_verdict(struct sqlite3 *db, int rc, const char *path,
    int patience_ms, struct fault *f);

/* store_turn.c: whose turn it is to write. */
struct store_turn {
    int fd;          /* -1: not open */
    int patience_ms; /* how long to wait for the lock, yours to set */
    int waited_us;
    bool beginning, announced;
};
enum {
    TURN_GIVE_WAY_US = 200000
};

/* Opens (and creates, mode 0600) the file beside the store at path in which
 * it is seen who waits.  STOP: it cannot be opened. */
MUST_USE enum result
store_turn_open(const char *path, struct store_turn *t, struct fault *f);
void store_turn_close(struct store_turn *t);

/* Around the taking of the writer's lock.  begin lets those who wait already
 * go first, but waits no longer than TURN_GIVE_WAY_US for them. */
void store_turn_begin(struct store_turn *t);
void store_turn_begun(struct store_turn *t);
/* SQLite's busy handler; turn is a struct store_turn *.  0: no patience left.
 */
int store_turn_ask(void *turn, int times);

/* store_checkpoint.c: when the log goes into the database. */
struct store_checkpoint {
    struct store_turn *turn; /* borrowed */
    int pages;               /* how long the log was after a commit, */
    int next, again;         /* how long for the next try, and what is added */
};
/* SQLite's hook behind a commit; checkpoint is a struct store_checkpoint *. */
int store_checkpoint_try(
    void *checkpoint, struct sqlite3 *db, const char *name, int pages);

#endif
