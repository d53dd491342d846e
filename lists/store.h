/* SPDX-License-Identifier: ISC */
/* lists/store.h - an open database, seen the same way on every engine.
 *
 * SQL is written once: parameters are $1, $2, ... bound by name, RETURNING
 * is used, rows come with query_row().  Only the engine's own file
 * (store_sqlite.c) includes a database header.  One struct store is for one
 * process and one thread; it does not survive fork(2). */
#ifndef LISTS_STORE_H
#define LISTS_STORE_H
#include <stddef.h>
#include <stdint.h>
#include "lists/fault.h"

struct store;
struct query;

/* Opens (and creates, mode 0600, and migrates to the newest version) the
 * database at path.  Yours, close with store_close.
 * LATER: another process holds it for too long.
 * STOP: cannot be opened, is damaged, or is newer than this program. */
MUST_USE enum result
store_open(const char *path, struct store **out, struct fault *f);
void store_close(struct store *st); /* NULL is fine */

/* When this database was made, Unix seconds: mail that is older than this
 * is none of our business. */
int64_t store_created_s(const struct store *st);

/* How long a call waits for another writer before LATER; 10 s from the start.
 */
void store_patience(struct store *st, int wait_ms);

/* Begins a unit of work and takes the writer's lock at once.  Inside another
 * unit it opens a nested one, which ends with its own store_end: rolled back
 * alone if it fails, made lasting only by the outermost. The commit of
 * store_begin is on the disk when store_end returns; that of
 * store_begin_lazy survives a kill of the process but perhaps not a power
 * cut, and costs no fsync.
 * Not while a query of this store stands on a row (in an each() of the other
 * files): what was read might be old, and the answer then is LATER.
 * LATER: another writer holds the store.  STOP: broken. */
MUST_USE enum result store_begin(struct store *st, struct fault *f);
MUST_USE enum result store_begin_lazy(struct store *st, struct fault *f);

/* Commits if r is RES_OK or RES_NONE, else rolls back; passes r on, or what
 * the commit itself says. Always ends the unit. */
enum result store_end(struct store *st, enum result r, struct fault *f);
/* Once this is OK, all that lazy units of this store have committed is on the
 * disk.  Nobody waits for it but the caller. */
MUST_USE enum result store_sync(struct store *st, struct fault *f);

/* A statement, ready to bind; kept and given again for the same text, so
 * preparing the same literal in a loop is cheap; asked for again before its
 * query_free, it is compiled anew.  Free it before store_end.
 * STOP: the SQL or the store is wrong. */
MUST_USE enum result store_prepare(
    struct store *st, const char *sql, struct query **out, struct fault *f);
void query_free(struct query *q); /* NULL is fine */

/* Bind by name, "$1" to "$24"; text and blob are borrowed until the query is
 * freed or rewound; NULL text binds NULL. */
void query_int(struct query *q, const char *name, int64_t value);
void query_text(struct query *q, const char *name, const char *text);
void query_blob(struct query *q, const char *name, const void *p, size_t n);

/* OK: a row stands ready for the query_get_ functions.  NONE: no more. */
MUST_USE enum result query_row(struct query *q, struct fault *f);
/* Runs to the end, ignores rows, and rewinds: it can be bound and run again.
 * NEVER: a constraint (UNIQUE, foreign key, CHECK) forbids it. */
MUST_USE enum result query_run(struct query *q, struct fault *f);
/* Ready to be bound and run again after query_row. */
void query_rewind(struct query *q);

/* Column i (from 0) of the row; text is never NULL ("" for NULL) and
 * borrowed until the next call on q. */
int64_t query_get_int(struct query *q, int i);
const char *query_get_text(struct query *q, int i);
/* The same text into out, cut at its end. */
void query_get_copy(struct query *q, int i, char *out, size_t size);
const void *query_get_blob(struct query *q, int i, size_t *n);

/* Rows that the last query_run of this store inserted, updated or deleted. */
int64_t store_changes(const struct store *st);
/* Size of the database file and its log, for `status`. */
int64_t store_size_bytes(const struct store *st);

#endif
