/* SPDX-License-Identifier: ISC */
#include "tests/lists/fixture.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "lists/store_engine.h"

static int64_t
lists(struct store *st)
{
    return fixture_number(st, "SELECT count(*) FROM list");
}

static enum result
add(struct store *st, const char *key)
{
    struct query *q = NULL;
    enum result r;

    r = store_prepare(st, "INSERT INTO list (key) VALUES ($1)", &q, &f);
    if (r != RES_OK)
        return r;
    query_text(q, "$1", key);
    r = query_run(q, &f);
    query_free(q);
    return r;
}

static void
units_nest_and_roll_back_alone(void **state)
{
    struct store *st = ((struct fixture *)*state)->st;

    OK(store_begin(st, &f));
    OK(add(st, "one"));
    OK(store_begin_lazy(st, &f));
    OK(add(st, "two"));
    OK(store_begin(st, &f));
    OK(add(st, "three"));
    WANT(RES_NEVER, store_end(st, RES_NEVER, &f));
    WANT(RES_NONE, store_end(st, RES_NONE, &f));
    OK(store_begin(st, &f));
    OK(add(st, "four"));
    WANT(RES_LATER, store_end(st, RES_LATER, &f));
    OK(store_end(st, RES_OK, &f));
    assert_int_equal(lists(st), 3);

    OK(store_begin(st, &f));
    OK(store_begin(st, &f));
    OK(add(st, "five"));
    OK(store_end(st, RES_OK, &f));
    WANT(RES_STOP, store_end(st, RES_STOP, &f));
    assert_int_equal(lists(st), 3);
}

static void
a_constraint_is_never(void **state)
{
    struct store *st = ((struct fixture *)*state)->st;

    OK(store_begin(st, &f));
    OK(add(st, "one"));
    WANT(RES_NEVER, add(st, "one"));
    assert_non_null(strstr(f.text, "UNIQUE"));
    OK(store_end(st, RES_OK, &f));
    assert_int_equal(lists(st), 2);
    WANT(RES_NEVER, add(st, NULL));
}

static void
parameters_are_bound_by_name(void **state)
{
    struct store *st = ((struct fixture *)*state)->st;
    const void *blob;
    struct query *q = NULL, *again = NULL, *third = NULL;
    char copy[3];
    size_t n;

    OK(store_prepare(st, "SELECT $2 || '-' || $1, $3, $1, $10, NULL", &q, &f));
    query_text(q, "$1", "first");
    query_text(q, "$2", "second");
    query_blob(q, "$3", "a\0b", 3);
    query_blob(q, "$10", NULL, 0);
    OK(query_row(q, &f));
    assert_string_equal(query_get_text(q, 0), "second-first");
    blob = query_get_blob(q, 1, &n);
    assert_int_equal(n, 3);
    assert_memory_equal(blob, "a\0b", 3);
    query_get_copy(q, 2, copy, sizeof copy);
    assert_string_equal(copy, "fi");
    (void)query_get_blob(q, 3, &n);
    assert_int_equal(n, 0);
    assert_string_equal(query_get_text(q, 4), "");
    /* The same text while it is taken, and again after. */
    OK(store_prepare(
        st, "SELECT $2 || '-' || $1, $3, $1, $10, NULL", &again, &f));
    assert_ptr_not_equal(q, again);
    query_free(again);
    query_free(q);
    OK(store_prepare(
        st, "SELECT $2 || '-' || $1, $3, $1, $10, NULL", &third, &f));
    assert_ptr_equal(q, third);
    OK(query_row(third, &f));
    assert_string_equal(query_get_text(third, 0), "");
    query_free(third);
    query_free(NULL);
    WANT(RES_STOP, store_prepare(st, "SELECT nothing FROM nowhere", &q, &f));
}

static void
a_second_writer_waits_and_says_later(void **state)
{
    struct fixture *x = *state;
    struct store *other = NULL;

    OK(store_open(x->path, &other, &f));
    store_patience(other, 5);
    OK(store_begin(x->st, &f));
    OK(add(x->st, "one"));
    WANT(RES_LATER, store_begin(other, &f));
    assert_non_null(strstr(f.text, "busy"));
    WANT(RES_LATER, add(other, "two"));
    /* Readers do not wait, and see what was committed. */
    assert_int_equal(lists(other), 1);
    OK(store_end(x->st, RES_OK, &f));
    assert_int_equal(lists(other), 2);
    OK(store_begin(other, &f));
    OK(add(other, "two"));
    OK(store_end(other, RES_OK, &f));
    assert_int_equal(lists(x->st), 3);
    store_close(other);
}

enum {
    WRITERS = 3,
    ROUNDS = 40
};

/* Opens a new store at the same time as the others and adds to one number. */
static int
writer(const char *path, int gate)
{
    struct query *q = NULL;
    struct store *st;
    char go;
    int i;

    if (read(gate, &go, 1) != 0)
        return 9;
    if (store_open(path, &st, &f) != RES_OK) {
        (void)fprintf(stderr, "open: %s\n", f.text);
        return 1;
    }
    for (i = 0; i < ROUNDS; i++) {
        if (store_begin_lazy(st, &f) != RES_OK)
            return 2;
        if (store_prepare(st,
                "INSERT INTO list (id, key) VALUES (7, '1') ON CONFLICT (id)"
                " DO UPDATE SET key = CAST(key AS INTEGER) + 1",
                &q, &f) != RES_OK)
            return 3;
        if (query_run(q, &f) != RES_OK)
            return 4;
        query_free(q);
        if (store_end(st, RES_OK, &f) != RES_OK)
            return 5;
    }
    store_close(st);
    return 0;
}

static void
processes_write_in_turn(void **state)
{
    struct fixture *x = *state;
    pid_t pid[WRITERS];
    int i, status, gate[2];

    store_close(x->st);
    x->st = NULL;
    assert_int_equal(unlink(x->path), 0);
    assert_int_equal(pipe(gate), 0);
    for (i = 0; i < WRITERS; i++) {
        pid[i] = fork();
        assert_true(pid[i] >= 0);
        if (pid[i] == 0) {
            (void)close(gate[1]);
            _exit(writer(x->path, gate[0]));
        }
    }
    (void)close(gate[0]);
    (void)close(gate[1]);
    for (i = 0; i < WRITERS; i++) {
        assert_int_equal(waitpid(pid[i], &status, 0), pid[i]);
        assert_int_equal(status, 0);
    }
    OK(store_open(x->path, &x->st, &f));
    assert_int_equal(fixture_number(x->st, "SELECT key FROM list WHERE id = 7"),
        WRITERS * ROUNDS);
}

enum {
    BUSY_WRITERS = 2,
    BUSY_ROUNDS = 1000,
    BUSY_BYTES = 60000, /* 15 pages of the log */
    LOG_MOST = 48 << 20 /* all they write is over 260 MB */
};

/* Writes as fast as it can; 5: the log became longer than LOG_MOST. */
static int
busy_writer(const char *path, const char *log, int id)
{
    static const char blob[BUSY_BYTES];
    struct query *q = NULL;
    struct store *st;
    struct stat about;
    off_t most = 0;

    if (store_open(path, &st, &f) != RES_OK)
        return 1;
    for (int i = 0; i < BUSY_ROUNDS; i++) {
        if (store_begin_lazy(st, &f) != RES_OK ||
            store_prepare(st, "INSERT OR REPLACE INTO list VALUES ($1, $2)", &q,
                &f) != RES_OK)
            return 2;
        query_int(q, "$1", id);
        query_blob(q, "$2", blob, sizeof blob - (size_t)id);
        if (query_run(q, &f) != RES_OK)
            return 3;
        query_free(q);
        if (store_end(st, RES_OK, &f) != RES_OK)
            return 4;
        if (stat(log, &about) == 0 && about.st_size > most)
            most = about.st_size;
    }
    store_close(st);
    return most > LOG_MOST ? 5 : 0;
}

/* SQLite alone would let it grow as long as two write without a pause. */
static void
the_log_begins_anew_while_two_write(void **state)
{
    struct fixture *x = *state;
    pid_t pid[BUSY_WRITERS];
    char log[300];
    int status;

    (void)snprintf(log, sizeof log, "%s-wal", x->path);
    for (int i = 0; i < BUSY_WRITERS; i++) {
        pid[i] = fork();
        assert_true(pid[i] >= 0);
        if (pid[i] == 0)
            _exit(busy_writer(x->path, log, 10 + i));
    }
    for (int i = 0; i < BUSY_WRITERS; i++) {
        assert_int_equal(waitpid(pid[i], &status, 0), pid[i]);
        assert_int_equal(status, 0);
    }
}

static void
a_newer_store_is_refused_with_words(void **state)
{
    struct fixture *x = *state;
    struct store *other = NULL;

    fixture_sql(x->st, "PRAGMA user_version = 99");
    WANT(RES_STOP, store_open(x->path, &other, &f));
    assert_null(other);
    assert_non_null(strstr(f.text, "version 99"));
    assert_non_null(strstr(f.text, "newer program"));
    assert_int_equal(lists(x->st), 1);
}

static void
a_store_of_this_version_stays_as_it_is(void **state)
{
    struct fixture *x = *state;
    int64_t created = store_created_s(x->st), schema;

    assert_true(created > 1700000000);
    fixture_sql(x->st, "UPDATE store SET created_s = 12345");
    schema = fixture_number(x->st, "PRAGMA schema_version");
    store_close(x->st);
    OK(store_open(x->path, &x->st, &f));
    assert_int_equal(store_created_s(x->st), 12345);
    assert_int_equal(fixture_number(x->st, "PRAGMA schema_version"), schema);
    assert_int_equal(fixture_number(x->st, "PRAGMA user_version"), 3);
    assert_int_equal(lists(x->st), 1);
    assert_int_equal(fixture_number(x->st, "PRAGMA foreign_keys"), 1);
}

static void
a_half_migration_is_none(void **state)
{
    struct fixture *x = *state;

    OK(store_begin(x->st, &f));
    WANT(RES_STOP,
        engine_migrate(
            x->st, "CREATE TABLE extra (id INTEGER); CREATE NONSENSE", 4, &f));
    WANT(RES_STOP, store_end(x->st, RES_STOP, &f));
    assert_int_equal(fixture_number(x->st, "SELECT count(*) FROM sqlite_schema"
                                           " WHERE name = 'extra'"),
        0);
    assert_int_equal(fixture_number(x->st, "PRAGMA user_version"), 3);
}

static void
files_are_the_owners_alone(void **state)
{
    static const char *const tail[] = {"", "-wal", "-shm", "-turn"};
    struct fixture *x = *state;
    char name[160];
    struct stat s;
    int pass;
    size_t i;

    for (pass = 0; pass < 2; pass++) {
        for (i = 0; i < sizeof tail / sizeof *tail; i++) {
            (void)snprintf(name, sizeof name, "%s%s", x->path, tail[i]);
            assert_int_equal(stat(name, &s), 0);
            assert_int_equal(s.st_mode & 07777, 0600);
        }
        store_close(x->st);
        /* As it comes out of a careless backup. */
        assert_int_equal(chmod(x->path, 0644), 0);
        OK(store_open(x->path, &x->st, &f));
        OK(add(x->st, pass ? "one" : "two"));
    }
    assert_true(store_size_bytes(x->st) > 4096);
}

static void
a_full_disk_stops_with_words(void **state)
{
    struct fixture *x = *state;
    int i;
    enum result r = RES_OK;
    char key[64];

    fixture_sql(x->st, "PRAGMA max_page_count = 40");
    OK(store_begin(x->st, &f));
    OK(store_begin(x->st, &f));
    for (i = 0; r == RES_OK && i < 20000; i++) {
        (void)snprintf(key, sizeof key, "%060d", i);
        r = add(x->st, key);
    }
    assert_int_equal(r, RES_STOP);
    assert_non_null(strstr(f.text, "disk is full"));
    /* Nothing more of that unit can be done or kept. */
    WANT(RES_STOP, add(x->st, "more"));
    WANT(RES_STOP, store_end(x->st, RES_STOP, &f));
    WANT(RES_STOP, store_end(x->st, RES_OK, &f));
    assert_int_equal(lists(x->st), 1);
    fixture_sql(x->st, "PRAGMA max_page_count = 4000000");
    OK(add(x->st, "more"));
}

static void
a_damaged_store_stops_with_words(void **state)
{
    struct fixture *x = *state;
    struct store *st = NULL;
    int fd, i;

    store_close(x->st);
    x->st = NULL;
    fd = open(x->path, O_WRONLY | O_TRUNC);
    assert_true(fd >= 0);
    for (i = 0; i < 500; i++)
        assert_int_equal(write(fd, "this is not a database\n", 23), 23);
    assert_int_equal(close(fd), 0);
    WANT(RES_STOP, store_open(x->path, &st, &f));
    assert_non_null(strstr(f.text, "damaged"));
    assert_non_null(strstr(f.text, "backup"));
    WANT(RES_STOP, store_open("/nonexistent/store.db", &st, &f));
    assert_non_null(strstr(f.text, "cannot open"));
    WANT(RES_STOP, store_open(x->dir, &st, &f));
}

int
main(void)
{
#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, fixture_up, fixture_down)
    const struct CMUnitTest tests[] = {
        TEST(units_nest_and_roll_back_alone),
        TEST(a_constraint_is_never),
        TEST(parameters_are_bound_by_name),
        TEST(a_second_writer_waits_and_says_later),
        TEST(processes_write_in_turn),
        TEST(the_log_begins_anew_while_two_write),
        TEST(a_newer_store_is_refused_with_words),
        TEST(a_store_of_this_version_stays_as_it_is),
        TEST(a_half_migration_is_none),
        TEST(files_are_the_owners_alone),
        TEST(a_full_disk_stops_with_words),
        TEST(a_damaged_store_stops_with_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
