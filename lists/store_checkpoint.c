/* SPDX-License-Identifier: ISC */
/* When the write-ahead log goes into the database.
 *
 * SQLite's own way tries at every commit once the log is long.  With two
 * processes that write all the time the log has grown again when one of them
 * has copied it: so it never begins anew, and each commit costs two fsyncs
 * more.  So here it is tried once for every so many pages: first beside the
 * others, who go on writing; then what came meanwhile, with the writer's lock,
 * so that the next one to write finds nothing left and begins the log anew.
 * Who waits for that lock says so, as at a begin, or those who write without a
 * pause would never let him have it.  Where somebody is in the way all the
 * same, who reads or copies, it is tried again a little later, and then less
 * and less often: one who reads for minutes should cost the others little. */
#include "lists/store_own.h"

#include <sqlite3.h>
#include <stddef.h>

enum {
    PAGES = 2000,      /* of the log, about 8 MB */
    PAGES_AGAIN = 250, /* that it grows before the next try */
    PATIENCE_MS = 20   /* for others to read on, while nobody can write */
};

int
store_checkpoint_try(
    void *checkpoint, struct sqlite3 *db, const char *name, int pages)
{
    struct store_checkpoint *c = checkpoint;
    int patience_ms = c->turn->patience_ms;

    if (pages < c->pages || c->next == 0) {
        c->next = PAGES; /* the log has begun anew */
        c->again = PAGES_AGAIN;
    }
    c->pages = pages;
    if (pages < c->next)
        return SQLITE_OK;
    c->next = pages + c->again;
    /* What fails here fails again, and is told, when there is a need; or else
     * another one is at it just now. */
    if (sqlite3_wal_checkpoint_v2(
            db, name, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL) != SQLITE_OK)
        return SQLITE_OK;
    c->turn->patience_ms = PATIENCE_MS;
    store_turn_begin(c->turn);
    if (sqlite3_wal_checkpoint_v2(
            db, name, SQLITE_CHECKPOINT_RESTART, NULL, NULL) != SQLITE_OK &&
        c->again < PAGES)
        c->again += PAGES_AGAIN;
    store_turn_begun(c->turn);
    c->turn->patience_ms = patience_ms;
    return SQLITE_OK;
}
