/* SPDX-License-Identifier: ISC */
/* When the write-ahead log goes into the database.
 *
 * SQLite's own way tries at every commit once the log is long.  With two
 * processes that write all the time the log has grown again when one of them
 * has copied it: so it never begins anew, and each commit costs two fsyncs
 * more.  So here it is tried once for every so many pages: first beside the
 * others, who go on writing; then what came meanwhile, with the writer's lock,
 * so that the next one to write finds nothing left and begins the log anew.
 * Who reads may be in the way of that: then it is for next time. */
#include "lists/store_own.h"

#include <sqlite3.h>
#include <stddef.h>

enum {
    PAGES = 2000,    /* of the log, about 8 MB */
    PATIENCE_MS = 10 /* for others to read on, while nobody can write */
};

int
store_checkpoint_try(
    void *checkpoint, struct sqlite3 *db, const char *name, int pages)
{
    struct store_checkpoint *c = checkpoint;
    int patience_ms = c->turn->patience_ms;

    if (pages < c->tried_at)
        c->tried_at = 0; /* the log has begun anew */
    if (pages - c->tried_at < PAGES)
        return SQLITE_OK;
    c->tried_at = pages;
    /* What fails here fails again, and is told, when there is a need. */
    if (sqlite3_wal_checkpoint_v2(
            db, name, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL) != SQLITE_OK)
        return SQLITE_OK;
    c->turn->patience_ms = PATIENCE_MS;
    (void)sqlite3_wal_checkpoint_v2(
        db, name, SQLITE_CHECKPOINT_RESTART, NULL, NULL);
    c->turn->patience_ms = patience_ms;
    return SQLITE_OK;
}
