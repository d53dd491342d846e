/* SPDX-License-Identifier: ISC */
/* The embedded engine, and the only file that knows SQLite.
 *
 * WAL, so that readers never wait for the one writer; every unit of work
 * takes the writer's lock at its begin, so that none fails in the middle for
 * want of it.  Statements are kept by their text: compiling one costs more
 * than running it.  SQLite numbers $1, $2 by first appearance, so each kept
 * statement also keeps where its names stand.  No mmap: it would count as
 * our memory. */
#include "lists/store.h"

#include <assert.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lists/store_engine.h"
#include "lists/store_own.h"

enum {
    PARAMETERS_MAX = 40,
    KEPT_MAX = 256, /* statements; more are compiled each time */
    BUCKETS = 256,  /* a power of two */
    PATIENCE_MS = 10000,
    ASK_AGAIN_MS = 10
};

struct query {
    struct store *st;
    struct query *next; /* in its bucket */
    sqlite3_stmt *stmt;
    char *sql; /* NULL: not kept */
    uint32_t hash;
    bool taken;
    unsigned char place[PARAMETERS_MAX + 1]; /* of $N; 0: does not occur */
};

struct store {
    sqlite3 *db;
    char *path;
    struct query *bucket[BUCKETS];
    int kept;
    int depth;   /* of units of work */
    int durable; /* what PRAGMA synchronous says: 1 FULL, 0 NORMAL */
    struct store_turn turn;
    struct store_checkpoint checkpoint;
    int64_t created_s;
};

static enum result setup(struct store *st, struct fault *f);
static enum result log_ahead(struct store *st, struct fault *f);
static enum result begin(struct store *st, int durable, struct fault *f);
static enum result kept(struct store *st, const char *sql, struct fault *f);
static enum result simple(struct store *st, const char *sql, struct fault *f);
static enum result verdict(struct store *st, int rc, struct fault *f);
static struct query *query_compile(struct store *st, const char *sql, size_t n);
static int query_place(const struct query *q, const char *name);
static void query_end(struct query *q);
static void bound(int rc);

/* --- opening and closing ----------------------------------------------- */

enum result
engine_open(const char *path, struct store **out, struct fault *f)
{
    struct store *st;
    enum result r;
    mode_t mask;
    int rc;

    r = store_file_private(path, f);
    if (r != RES_OK)
        return r;
    /* Once for the process, before its first store: no lock and no count at
     * each malloc. Refused later, which is as well. */
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    st = fault_calloc(1, sizeof *st);
    st->path = fault_strdup(path);
    st->durable = -1;
    st->turn.fd = -1;
    /* SQLite gives -wal and -shm the mode of the database. */
    mask = umask(0077);
    rc = sqlite3_open_v2(path, &st->db,
        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);
    r = rc == SQLITE_OK ? setup(st, f) : verdict(st, rc, f);
    if (r == RES_OK)
        r = store_turn_open(path, &st->turn, f);
    (void)umask(mask);
    if (r != RES_OK) {
        store_close(st);
        return r;
    }
    *out = st;
    return RES_OK;
}

void
store_close(struct store *st)
{
    struct query *q, *next;
    int i;

    if (st == NULL)
        return;
    assert(st->depth == 0);
    for (i = 0; i < BUCKETS; i++)
        for (q = st->bucket[i]; q != NULL; q = next) {
            next = q->next;
            assert(!q->taken);
            query_end(q);
        }
    (void)sqlite3_close(st->db);
    store_turn_close(&st->turn);
    free(st->path);
    free(st);
}

static enum result
setup(struct store *st, struct fault *f)
{
    enum result r;

    (void)sqlite3_extended_result_codes(st->db, 1);
    (void)sqlite3_db_config(st->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    (void)sqlite3_db_config(st->db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    (void)sqlite3_db_config(st->db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    (void)sqlite3_db_config(st->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    store_patience(st, PATIENCE_MS);
    (void)sqlite3_busy_handler(st->db, store_turn_ask, &st->turn);
    st->checkpoint.turn = &st->turn;
    (void)sqlite3_wal_hook(st->db, store_checkpoint_try, &st->checkpoint);
    r = log_ahead(st, f);
    if (r == RES_OK)
        r = simple(st,
            "PRAGMA foreign_keys = ON; PRAGMA cache_size = -6144;"
            " PRAGMA journal_size_limit = 67108864",
            f);
    return r;
}

/* Of several processes that open a new store at once only one can change its
 * mode, and SQLite does not make the others wait: they ask again. */
static enum result
log_ahead(struct store *st, struct fault *f)
{
    sqlite3_stmt *q = NULL;
    int rc, waited_ms = 0;
    bool wal;

    for (;;) {
        rc = sqlite3_prepare_v2(
            st->db, "PRAGMA journal_mode = WAL", -1, &q, NULL);
        if (rc == SQLITE_OK)
            rc = sqlite3_step(q);
        wal = rc == SQLITE_ROW &&
              strcmp((const char *)sqlite3_column_text(q, 0), "wal") == 0;
        (void)sqlite3_finalize(q);
        if ((rc & 0xff) != SQLITE_BUSY || waited_ms >= PATIENCE_MS)
            break;
        waited_ms += sqlite3_sleep(ASK_AGAIN_MS);
    }
    if (rc != SQLITE_ROW)
        return verdict(st, rc, f);
    if (!wal)
        return fault_set(f, RES_STOP,
            "%.140s: this file system cannot share memory between processes "
            "(WAL): put the store on a local disk",
            st->path);
    return RES_OK;
}

enum result
engine_version(struct store *st, int *version, struct fault *f)
{
    struct query *q = NULL;
    enum result r;

    r = store_prepare(st, "PRAGMA user_version", &q, f);
    if (r == RES_OK)
        r = query_row(q, f);
    if (r == RES_OK)
        *version = (int)query_get_int(q, 0);
    query_free(q);
    return r;
}

enum result
engine_migrate(
    struct store *st, const char *script, int version, struct fault *f)
{
    char *sql;
    enum result r;

    r = simple(st, script, f);
    if (r != RES_OK)
        return r;
    sql = sqlite3_mprintf("PRAGMA user_version = %d", version);
    if (sql == NULL)
        fault_no_memory();
    r = simple(st, sql, f);
    sqlite3_free(sql);
    return r;
}

enum result
engine_ready(struct store *st, struct fault *f)
{
    struct query *q = NULL;
    enum result r;

    r = store_prepare(st, "SELECT created_s FROM store", &q, f);
    if (r == RES_OK)
        r = query_row(q, f);
    if (r == RES_OK)
        st->created_s = query_get_int(q, 0);
    if (r == RES_NONE)
        r = fault_set(f, RES_STOP, "%.160s: not a store of ours", st->path);
    query_free(q);
    return r;
}

int64_t
store_created_s(const struct store *st)
{
    return st->created_s;
}

void
store_patience(struct store *st, int wait_ms)
{
    st->turn.patience_ms = wait_ms;
}

int64_t
store_size_bytes(const struct store *st)
{
    return store_file_bytes(st->path);
}

int64_t
store_changes(const struct store *st)
{
    return sqlite3_changes64(st->db);
}

const char *
engine_kept(const struct store *st, int n)
{
    const struct query *q;
    int i;

    for (i = 0; i < BUCKETS; i++)
        for (q = st->bucket[i]; q != NULL; q = q->next)
            if (n-- == 0)
                return q->sql;
    return NULL;
}

/* --- units of work ------------------------------------------------------ */

enum result
store_begin(struct store *st, struct fault *f)
{
    return begin(st, 1, f);
}

enum result
store_begin_lazy(struct store *st, struct fault *f)
{
    return begin(st, 0, f);
}

static enum result
begin(struct store *st, int durable, struct fault *f)
{
    enum result r = RES_OK;

    if (st->depth == 0) {
        /* In WAL, FULL syncs the log at each commit and NORMAL at none; it
         * cannot be changed inside a transaction. */
        if (st->durable != durable)
            r = simple(st,
                durable ? "PRAGMA synchronous = FULL"
                        : "PRAGMA synchronous = NORMAL",
                f);
        if (r == RES_OK) {
            st->durable = durable;
            store_turn_begin(&st->turn);
            r = kept(st, "BEGIN IMMEDIATE", f);
            store_turn_begun(&st->turn);
        }
    } else {
        r = kept(st, "SAVEPOINT unit", f);
    }
    if (r == RES_OK)
        st->depth++;
    return r;
}

enum result
store_end(struct store *st, enum result r, struct fault *f)
{
    bool keep = r == RES_OK || r == RES_NONE;
    struct fault other;
    enum result end;

    assert(st->depth > 0);
    st->depth--;
    if (sqlite3_get_autocommit(st->db)) {
        /* A full disk makes SQLite roll everything back by itself. */
        if (keep)
            return fault_set(
                f, RES_STOP, "%.160s: the work was rolled back", st->path);
        return r;
    }
    if (keep) {
        end = kept(st, st->depth == 0 ? "COMMIT" : "RELEASE unit", f);
        if (end == RES_OK)
            return r;
        r = end;
    }
    if (st->depth == 0)
        end = kept(st, "ROLLBACK", &other);
    else
        end = simple(st, "ROLLBACK TO unit; RELEASE unit", &other);
    if (end != RES_OK && !sqlite3_get_autocommit(st->db)) {
        *f = other;
        return RES_STOP;
    }
    return r;
}

/* What is not in the log any more was synced when it left it.  An empty durable
 * commit would not do: it writes nothing, and then syncs nothing. */
enum result
store_sync(struct store *st, struct fault *f)
{
    sqlite3_file *ahead = NULL;
    int rc = sqlite3_file_control(
        st->db, "main", SQLITE_FCNTL_JOURNAL_POINTER, (void *)&ahead);

    if (rc == SQLITE_OK && ahead != NULL && ahead->pMethods != NULL)
        rc = ahead->pMethods->xSync(ahead, SQLITE_SYNC_NORMAL);
    return rc == SQLITE_OK ? RES_OK : verdict(st, rc, f);
}

/* --- statements --------------------------------------------------------- */

enum result
store_prepare(
    struct store *st, const char *sql, struct query **out, struct fault *f)
{
    uint32_t hash = 2166136261U;
    struct query *q, **bucket;
    bool busy = false;
    size_t n;

    for (n = 0; sql[n] != '\0'; n++)
        hash = (hash ^ (unsigned char)sql[n]) * 16777619U;
    bucket = &st->bucket[hash & (BUCKETS - 1)];
    for (q = *bucket; q != NULL; q = q->next) {
        if (q->hash != hash || strcmp(q->sql, sql) != 0)
            continue;
        busy = q->taken;
        if (!busy) {
            q->taken = true;
            *out = q;
            return RES_OK;
        }
        break;
    }
    q = query_compile(st, sql, n);
    if (q == NULL)
        return verdict(st, sqlite3_errcode(st->db), f);
    if (!busy && st->kept < KEPT_MAX) {
        q->sql = fault_strdup(sql);
        q->hash = hash;
        q->next = *bucket;
        *bucket = q;
        st->kept++;
    }
    q->taken = true;
    *out = q;
    return RES_OK;
}

/* NULL: the words are in the connection. */
static struct query *
query_compile(struct store *st, const char *sql, size_t n)
{
    sqlite3_stmt *stmt = NULL;
    struct query *q;
    const char *name;
    int i, rc;

    rc = sqlite3_prepare_v3(
        st->db, sql, (int)n + 1, SQLITE_PREPARE_PERSISTENT, &stmt, NULL);
    if (rc != SQLITE_OK)
        return NULL;
    assert(stmt != NULL);
    q = fault_calloc(1, sizeof *q);
    q->st = st;
    q->stmt = stmt;
    for (i = 1; i <= sqlite3_bind_parameter_count(stmt); i++) {
        name = sqlite3_bind_parameter_name(stmt, i);
        assert(name != NULL);
        q->place[query_place(NULL, name)] = (unsigned char)i;
    }
    return q;
}

void
query_free(struct query *q)
{
    if (q == NULL)
        return;
    if (q->sql == NULL) {
        query_end(q);
        return;
    }
    (void)sqlite3_reset(q->stmt);
    (void)sqlite3_clear_bindings(q->stmt);
    q->taken = false;
}

static void
query_end(struct query *q)
{
    (void)sqlite3_finalize(q->stmt);
    free(q->sql);
    free(q);
}

/* The number in "$N", or with a query the place where that stands. */
static int
query_place(const struct query *q, const char *name)
{
    int n = 0;

    assert(name[0] == '$');
    for (name++; *name >= '0' && *name <= '9' && n <= PARAMETERS_MAX; name++)
        n = 10 * n + (*name - '0');
    assert(*name == '\0' && n >= 1 && n <= PARAMETERS_MAX);
    if (q == NULL)
        return n;
    assert(q->place[n] != 0);
    return q->place[n];
}

static void
bound(int rc)
{
    if (rc == SQLITE_NOMEM)
        fault_no_memory();
    assert(rc == SQLITE_OK);
}

void
query_int(struct query *q, const char *name, int64_t value)
{
    bound(sqlite3_bind_int64(q->stmt, query_place(q, name), value));
}

void
query_text(struct query *q, const char *name, const char *text)
{
    bound(sqlite3_bind_text(
        q->stmt, query_place(q, name), text, -1, SQLITE_STATIC));
}

void
query_blob(struct query *q, const char *name, const void *p, size_t n)
{
    /* A NULL pointer would bind NULL: no bytes are no NULL. */
    bound(sqlite3_bind_blob64(
        q->stmt, query_place(q, name), p != NULL ? p : "", n, SQLITE_STATIC));
}

enum result
query_row(struct query *q, struct fault *f)
{
    int rc;

    /* Rolled back behind our back: nothing more of that unit may be done,
     * least of all on its own. */
    if (q->st->depth > 0 && sqlite3_get_autocommit(q->st->db))
        return fault_set(
            f, RES_STOP, "%.160s: the work was rolled back", q->st->path);
    rc = sqlite3_step(q->stmt);
    if (rc == SQLITE_ROW)
        return RES_OK;
    if (rc == SQLITE_DONE)
        return RES_NONE;
    return verdict(q->st, rc, f);
}

enum result
query_run(struct query *q, struct fault *f)
{
    enum result r;

    do
        r = query_row(q, f);
    while (r == RES_OK);
    (void)sqlite3_reset(q->stmt);
    return r == RES_NONE ? RES_OK : r;
}

void
query_rewind(struct query *q)
{
    (void)sqlite3_reset(q->stmt);
}

int64_t
query_get_int(struct query *q, int i)
{
    return sqlite3_column_int64(q->stmt, i);
}

const char *
query_get_text(struct query *q, int i)
{
    const unsigned char *text = sqlite3_column_text(q->stmt, i);

    return text != NULL ? (const char *)text : "";
}

void
query_get_copy(struct query *q, int i, char *out, size_t size)
{
    const char *text = query_get_text(q, i);
    size_t n = (size_t)sqlite3_column_bytes(q->stmt, i);

    if (n >= size)
        n = size - 1;
    memcpy(out, text, n);
    out[n] = '\0';
}

const void *
query_get_blob(struct query *q, int i, size_t *n)
{
    const void *p = sqlite3_column_blob(q->stmt, i);

    *n = (size_t)sqlite3_column_bytes(q->stmt, i);
    return p != NULL ? p : "";
}

/* BEGIN and its like: run often, so kept. */
static enum result
kept(struct store *st, const char *sql, struct fault *f)
{
    struct query *q = NULL;
    enum result r = store_prepare(st, sql, &q, f);

    if (r == RES_OK)
        r = query_run(q, f);
    query_free(q);
    return r;
}

/* Scripts and pragmas, as they come. */
static enum result
simple(struct store *st, const char *sql, struct fault *f)
{
    int rc = sqlite3_exec(st->db, sql, NULL, NULL, NULL);

    return rc == SQLITE_OK ? RES_OK : verdict(st, rc, f);
}

static enum result
verdict(struct store *st, int rc, struct fault *f)
{
    return store_verdict(st->db, rc, st->path, st->turn.patience_ms, f);
}
