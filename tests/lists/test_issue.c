/* SPDX-License-Identifier: ISC */
#include "tests/lists/fixture.h"

enum {
    STATES = ISSUE_CANCELLED + 1
};

/* From row to column, said once more. */
static const char *const may[STATES] = {
    /* f s o S h F c */
    [ISSUE_FILLING] = "-s--h-c",
    [ISSUE_SCHEDULED] = "--oSh-c",
    [ISSUE_OVERDUE] = "---S--c",
    [ISSUE_SENDING] = "----hFc",
    [ISSUE_HELD] = "fs-S--c",
    [ISSUE_FINISHED] = "---S---",
    [ISSUE_CANCELLED] = "-------",
};

static void
every_edge_is_as_the_table_says(void **state)
{
    struct fixture *x = *state;
    struct issue i, got;
    int from, to;
    enum result r;
    char sql[80];

    i = fixture_issue(x, ISSUE_LETTER);
    for (from = 0; from < STATES; from++)
        for (to = 0; to < STATES; to++) {
            OK(store_begin_lazy(x->st, &f));
            (void)snprintf(sql, sizeof sql,
                "UPDATE issue SET state = %d, filled = 1", from);
            fixture_sql(x->st, sql);
            r = issue_move(
                x->st, i.id, (enum issue_state)to, "why\nnot", 2000, &f);
            if (r != (from == to                ? RES_NONE
                         : may[from][to] != '-' ? RES_OK
                                                : RES_NEVER))
                fail_msg("%s -> %s: %d", issue_word((enum issue_state)from),
                    issue_word((enum issue_state)to), r);
            if (r == RES_NEVER)
                assert_non_null(
                    strstr(f.text, issue_word((enum issue_state)from)));
            OK(issue_get(x->st, i.id, &got, &f));
            assert_int_equal(got.state, r == RES_OK ? to : from);
            assert_string_equal(got.reason, r == RES_OK ? "why not" : "");
            assert_int_equal(got.changed_s, r == RES_OK ? 2000 : 1000);
            WANT(RES_NEVER, store_end(x->st, RES_NEVER, &f));
        }
    WANT(RES_NEVER, issue_move(x->st, 999, ISSUE_CANCELLED, NULL, 2000, &f));
}

/* Whereto a release leads: rows written, filled, how its time lies. */
static void
released_to_where_it_would_be(void **state)
{
    static const struct {
        enum issue_state from;
        int filled_to, filled, due_s;
        enum issue_state to;
    } row[] = {
        {ISSUE_HELD, 0, 0, 1000, ISSUE_FILLING},
        {ISSUE_HELD, 0, 0, 9000, ISSUE_FILLING},
        {ISSUE_HELD, 5, 0, 9000, ISSUE_SCHEDULED},
        {ISSUE_HELD, 5, 1, 2001, ISSUE_SCHEDULED},
        {ISSUE_HELD, 5, 1, 2000, ISSUE_SENDING},
        {ISSUE_HELD, 5, 0, 1000, ISSUE_SENDING},
        {ISSUE_HELD, 0, 1, 1000, ISSUE_SENDING},
        {ISSUE_OVERDUE, 5, 1, 1000, ISSUE_SENDING},
        {ISSUE_OVERDUE, 5, 0, 1000, ISSUE_SENDING},
    };
    struct fixture *x = *state;
    struct issue i = fixture_issue(x, ISSUE_LETTER), got;
    char sql[160];
    size_t k;

    for (k = 0; k < sizeof row / sizeof *row; k++) {
        (void)snprintf(sql, sizeof sql,
            "UPDATE issue SET state = %d, filled_to = %d, filled = %d,"
            " due_s = %d",
            (int)row[k].from, row[k].filled_to, row[k].filled, row[k].due_s);
        fixture_sql(x->st, sql);
        OK(issue_release(x->st, i.id, 2000, &f));
        OK(issue_get(x->st, i.id, &got, &f));
        if (got.state != row[k].to)
            fail_msg("row %zu: %s", k, issue_word(got.state));
        WANT(RES_NEVER, issue_release(x->st, i.id, 2000, &f));
        assert_non_null(strstr(f.text, issue_word(row[k].to)));
    }
    WANT(RES_NEVER, issue_release(x->st, 999, 2000, &f));
}

/* A sender that saw it scheduled a moment ago undoes nobody's word. */
static void
only_what_is_scheduled_begins(void **state)
{
    struct fixture *x = *state;
    struct issue i = fixture_issue(x, ISSUE_LETTER), got;
    char sql[80];

    for (int from = 0; from < STATES; from++) {
        (void)snprintf(
            sql, sizeof sql, "UPDATE issue SET state = %d, filled = 1", from);
        fixture_sql(x->st, sql);
        WANT(from == ISSUE_SCHEDULED ? RES_OK
             : from == ISSUE_SENDING ? RES_NONE
                                     : RES_NEVER,
            issue_begin(x->st, i.id, 2000, &f));
        OK(issue_get(x->st, i.id, &got, &f));
        assert_int_equal(
            got.state, from == ISSUE_SCHEDULED ? ISSUE_SENDING : from);
    }
    WANT(RES_NEVER, issue_begin(x->st, 999, 2000, &f));
}

static void
half_filled_it_is_not_finished(void **state)
{
    struct fixture *x = *state;
    struct issue i = fixture_issue(x, ISSUE_LETTER), got;

    assert_false(i.filled);
    OK(issue_move(x->st, i.id, ISSUE_SCHEDULED, NULL, 1000, &f));
    OK(issue_move(x->st, i.id, ISSUE_SENDING, NULL, 1000, &f));
    WANT(RES_NEVER, issue_move(x->st, i.id, ISSUE_FINISHED, NULL, 1000, &f));
    OK(issue_filled(x->st, i.id, 7, 0, true, &f));
    OK(issue_move(x->st, i.id, ISSUE_FINISHED, NULL, 1000, &f));
    /* Nobody writes more rows of what is cancelled; few are whole at once. */
    i = fixture_issue(x, ISSUE_LETTER);
    OK(issue_move(x->st, i.id, ISSUE_CANCELLED, NULL, 1000, &f));
    OK(issue_get(x->st, i.id, &got, &f));
    assert_true(got.filled);
    i = fixture_issue(x, ISSUE_TEST);
    OK(issue_get(x->st, i.id, &got, &f));
    assert_true(got.filled && i.filled);
}

static void
complaints_are_counted(void **state)
{
    struct fixture *x = *state;
    struct issue i = fixture_issue(x, ISSUE_LETTER), got;
    int64_t n = 0;

    OK(issue_complained(x->st, i.id, &n, &f));
    OK(issue_complained(x->st, i.id, &n, &f));
    assert_int_equal(n, 2);
    OK(issue_get(x->st, i.id, &got, &f));
    assert_int_equal(got.complaints, 2);
    WANT(RES_NONE, issue_complained(x->st, 999, &n, &f));
}

static void
what_it_says_is_kept(void **state)
{
    struct fixture *x = *state;
    struct issue i = {.kind = ISSUE_LETTER,
        .list_id = x->list,
        .subject = "\xc3\xa6",
        .null_sender = true,
        .digest = {9, 0, 9},
        .created_s = 5,
        .due_s = 7};
    struct issue got;
    char *text = NULL;
    int64_t same = 0;
    size_t n = 0;

    OK(issue_add(x->st, &i, "---\nsubject: x\n---\n", "a\0b\r\n", 5, &f));
    assert_true(i.id > 0);
    OK(issue_get(x->st, i.id, &got, &f));
    assert_int_equal(got.kind, ISSUE_LETTER);
    assert_int_equal(got.list_id, x->list);
    assert_int_equal(got.state, ISSUE_FILLING);
    assert_string_equal(got.subject, "\xc3\xa6");
    assert_true(got.null_sender);
    assert_memory_equal(got.digest, i.digest, ISSUE_DIGEST);
    assert_int_equal(got.created_s, 5);
    assert_int_equal(got.due_s, 7);
    OK(issue_message(x->st, i.id, &text, &n, &f));
    assert_int_equal(n, 5);
    assert_memory_equal(text, "a\0b\r\n", 6);
    free(text);
    OK(issue_source(x->st, i.id, &text, &f));
    assert_string_equal(text, "---\nsubject: x\n---\n");
    free(text);
    WANT(RES_NONE, issue_get(x->st, 999, &got, &f));
    WANT(RES_NONE, issue_message(x->st, 999, &text, &n, &f));
    WANT(RES_NONE, issue_source(x->st, 999, &text, &f));

    OK(issue_same(x->st, i.digest, &same, &f));
    assert_int_equal(same, i.id);
    OK(issue_move(x->st, i.id, ISSUE_CANCELLED, NULL, 8, &f));
    WANT(RES_NONE, issue_same(x->st, i.digest, &same, &f));
    /* A test copy is no letter. */
    i.kind = ISSUE_TEST;
    OK(issue_add(x->st, &i, "s", "m", 1, &f));
    WANT(RES_NONE, issue_same(x->st, i.digest, &same, &f));
    i.list_id = 999;
    WANT(RES_NEVER, issue_add(x->st, &i, "s", "m", 1, &f));
}

struct seen {
    int n, most;
    int64_t id[10];
};

static bool
note(void *arg, const struct issue *i)
{
    struct seen *s = arg;

    s->id[s->n++] = i->id;
    return s->n < s->most;
}

static void
lists_the_newest_first(void **state)
{
    struct fixture *x = *state;
    struct issue a = fixture_issue(x, ISSUE_LETTER),
                 b = fixture_issue(x, ISSUE_TEST),
                 c = fixture_issue(x, ISSUE_LETTER),
                 d = fixture_issue(x, ISSUE_ANSWER);
    struct seen s;

    OK(issue_move(x->st, a.id, ISSUE_CANCELLED, NULL, 8, &f));
#define LIST(kind, open, before, limit, max)                                   \
    s = (struct seen){.most = (max)};                                          \
    OK(issue_each(x->st, kind, open, before, limit, note, &s, &f))
    LIST(-1, false, 0, 10, 10);
    assert_int_equal(s.n, 4);
    assert_int_equal(s.id[0], d.id);
    assert_int_equal(s.id[3], a.id);
    LIST(-1, true, 0, 10, 10);
    assert_int_equal(s.n, 3);
    assert_int_equal(s.id[0], d.id);
    assert_int_equal(s.id[1], c.id);
    assert_int_equal(s.id[2], b.id);
    LIST(ISSUE_LETTER, false, 0, 10, 10);
    assert_int_equal(s.n, 2);
    LIST(ISSUE_LETTER, true, 0, 10, 10);
    assert_int_equal(s.n, 1);
    assert_int_equal(s.id[0], c.id);
    LIST(-1, false, c.id, 10, 10);
    assert_int_equal(s.n, 2);
    assert_int_equal(s.id[0], b.id);
    LIST(-1, false, 0, 1, 10);
    assert_int_equal(s.n, 1);
    LIST(-1, false, 0, 10, 2);
    assert_int_equal(s.n, 2);
    assert_string_equal(issue_word((enum issue_state)99), "unknown");
}

int
main(void)
{
#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, fixture_up, fixture_down)
    const struct CMUnitTest tests[] = {
        TEST(every_edge_is_as_the_table_says),
        TEST(released_to_where_it_would_be),
        TEST(only_what_is_scheduled_begins),
        TEST(half_filled_it_is_not_finished),
        TEST(complaints_are_counted),
        TEST(what_it_says_is_kept),
        TEST(lists_the_newest_first),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
