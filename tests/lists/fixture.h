/* SPDX-License-Identifier: ISC */
/* tests/lists/fixture.h - a store in a folder of its own, with a list and a
 * few subscribers; and short forms that fail the test with the words. */
#ifndef TESTS_LISTS_FIXTURE_H
#define TESTS_LISTS_FIXTURE_H
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "lists/delivery.h"
#include "lists/issue.h"
#include "lists/list.h"
#include "lists/store.h"
#include "lists/subscriber.h"
#include "lists/subscription.h"

#define WANT(expected, call)                                                   \
    do {                                                                       \
        enum result got_ = (call);                                             \
        if (got_ != (expected))                                                \
            fail_msg(                                                          \
                "%s: got %d, want %d: %s", #call, got_, (expected), f.text);   \
    } while (0)
#define OK(call) WANT(RES_OK, call)

static struct fault f;

struct fixture {
    char dir[64];
    char path[128];
    struct store *st;
    int64_t list;
};

static inline int
fixture_up(void **state)
{
    struct fixture *x = calloc(1, sizeof *x);

    (void)snprintf(x->dir, sizeof x->dir, "/tmp/rummelig-test-XXXXXX");
    assert_non_null(mkdtemp(x->dir));
    (void)snprintf(x->path, sizeof x->path, "%s/store.db", x->dir);
    OK(store_open(x->path, &x->st, &f));
    OK(list_id(x->st, "nyhedsbrev", &x->list, &f));
    *state = x;
    return 0;
}

/* What is counted is what is there: after whatever a test has done. */
static inline void
fixture_tally(struct store *st)
{
#define N(s) "count(*) FILTER (WHERE d.state = " #s ")"
    static const char sql[] =
        "SELECT count(*) FROM issue i LEFT JOIN tally t ON t.issue_id = i.id"
        " WHERE (coalesce(t.waiting, 0), coalesce(t.leased, 0),"
        " coalesce(t.sending, 0), coalesce(t.deferred, 0),"
        " coalesce(t.doubt, 0), coalesce(t.sent, 0), coalesce(t.failed, 0),"
        " coalesce(t.cancelled, 0), coalesce(t.doubted, 0), i.audience)"
        " <> (SELECT " N(0) "," N(1) "," N(2) "," N(3) "," N(4) "," N(5) "," N(
            6) "," N(7) ", count(*) FILTER (WHERE d.doubts > 0), count(*)"
                        " FROM delivery d WHERE d.issue_id = i.id)";
#undef N
    struct query *q = NULL;

    OK(store_prepare(st, sql, &q, &f));
    OK(query_row(q, &f));
    assert_int_equal(query_get_int(q, 0), 0);
    query_free(q);
}

static inline int
fixture_down(void **state)
{
    static const char *const tail[] = {"", "-wal", "-shm", "-turn"};
    struct fixture *x = *state;
    char name[160];
    size_t i;

    if (x->st != NULL)
        fixture_tally(x->st);
    store_close(x->st);
    x->st = NULL;
    for (i = 0; i < sizeof tail / sizeof *tail; i++) {
        (void)snprintf(name, sizeof name, "%s%s", x->path, tail[i]);
        (void)unlink(name);
    }
    assert_int_equal(rmdir(x->dir), 0);
    free(x);
    return 0;
}

static inline void
fixture_sql(struct store *st, const char *sql)
{
    struct query *q = NULL;

    OK(store_prepare(st, sql, &q, &f));
    OK(query_run(q, &f));
    query_free(q);
}

static inline int64_t
fixture_number(struct store *st, const char *sql)
{
    struct query *q = NULL;
    int64_t n;

    OK(store_prepare(st, sql, &q, &f));
    OK(query_row(q, &f));
    n = query_get_int(q, 0);
    query_free(q);
    return n;
}

/* The first of n new subscribers called a1@, a2@, ... in that state. */
static inline int64_t
fixture_people(struct fixture *x, int n, enum subscription_state state)
{
    struct consent c = {state, BY_ADMIN, 100, "test"};
    int64_t first = 0;
    char text[64];
    int i;

    OK(store_begin_lazy(x->st, &f));
    for (i = 1; i <= n; i++) {
        struct subscriber s = {.name = "Anna Berg", .created_s = 100};

        (void)snprintf(text, sizeof text, "a%d@example.org", i);
        OK(address_parse(text, &s.address, &f));
        OK(subscriber_add(x->st, &s, &f));
        if (state != SUBSCRIPTION_NONE)
            OK(subscription_record(x->st, s.id, x->list, &c, &f));
        if (first == 0)
            first = s.id;
    }
    OK(store_end(x->st, RES_OK, &f));
    return first;
}

static inline struct issue
fixture_issue(struct fixture *x, enum issue_kind kind)
{
    struct issue i = {.kind = kind,
        .list_id = x->list,
        .subject = "Nyhedsbrev 14 \xc3\xa6\xc3\xb8\xc3\xa5",
        .null_sender = kind == ISSUE_ANSWER,
        .digest = {1, 2, 3},
        .created_s = 1000,
        .due_s = 1000};

    OK(issue_add(x->st, &i, "source", "message", 7, &f));
    return i;
}

/* A letter to all who are active, in state SENDING. */
static inline struct issue
fixture_sending(struct fixture *x)
{
    struct issue i = fixture_issue(x, ISSUE_LETTER);
    enum result r;

    do
        r = delivery_fill(x->st, i.id, 100, 1000, &f);
    while (r == RES_OK);
    assert_int_equal(r, RES_NONE);
    OK(issue_move(x->st, i.id, ISSUE_SENDING, NULL, 1000, &f));
    OK(issue_get(x->st, i.id, &i, &f));
    return i;
}

#endif
