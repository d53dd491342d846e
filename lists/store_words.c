/* SPDX-License-Identifier: ISC */
/* What SQLite's result codes order, and the words for a person. */
#include "lists/store_own.h"

#include <sqlite3.h>

enum result
store_verdict(struct sqlite3 *db, int rc, const char *path, int patience_ms,
    struct fault *f)
{
    const char *words = sqlite3_errmsg(db);

    switch (rc & 0xff) {
    case SQLITE_NOMEM:
        fault_no_memory();
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return fault_set(f, RES_LATER,
            "the store is busy: another process has been writing for %d ms",
            patience_ms);
    case SQLITE_CONSTRAINT:
        return fault_set(f, RES_NEVER, "the store forbids it: %.160s", words);
    case SQLITE_TOOBIG:
        return fault_set(f, RES_NEVER, "too large for the store");
    case SQLITE_FULL:
        return fault_set(f, RES_STOP,
            "%.120s: the disk is full: make room; the work goes on where it "
            "was",
            path);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return fault_set(f, RES_STOP,
            "%.100s: the store is damaged (%.50s): stop the daemon, keep the "
            "files, bring back a backup",
            path, words);
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
        return fault_set(f, RES_STOP,
            "%.100s: cannot open or write (%.50s): the daemon's user must own "
            "the folder and the files",
            path, words);
    case SQLITE_IOERR:
        return fault_set(f, RES_STOP,
            "%.100s: the disk fails or is full (%.30s, code %d, errno %d): see "
            "the kernel's log",
            path, words, rc, sqlite3_system_errno(db));
    default:
        return fault_set(
            f, RES_STOP, "%.100s: %.100s (code %d)", path, words, rc);
    }
}
