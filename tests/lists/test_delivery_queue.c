/* SPDX-License-Identifier: ISC */
/* How rows come and go without a sender: filling, what a dead worker left
 * (one is killed here), cancelling, looking at them, the planner's word. */
#include "tests/lists/fixture.h"

#include <signal.h>
#include <sys/wait.h>

#include "lists/store_engine.h"

static struct delivery_letter letter[LEASE_MAX];
static int n;

static int64_t
in_state(struct fixture *x, int64_t issue, enum delivery_state s)
{
    int64_t count[DELIVERY_STATES];

    OK(delivery_count(x->st, issue, count, NULL, &f));
    return count[s];
}

static void
filling_goes_in_chunks_and_on_after_a_stop(void **state)
{
    struct fixture *x = *state;
    struct consent left = {SUBSCRIPTION_LEFT, BY_REPLY, 200, "<m@x>"};
    int64_t first = fixture_people(x, 25, SUBSCRIPTION_ACTIVE);
    struct issue i = fixture_issue(x, ISSUE_LETTER), got;

    OK(subscription_record(x->st, first + 3, x->list, &left, &f));
    OK(delivery_fill(x->st, i.id, 10, 1000, &f));
    OK(issue_get(x->st, i.id, &got, &f));
    assert_int_equal(got.audience, 9);
    assert_int_equal(got.filled_to, first + 9);
    /* Who leaves now has his row cancelled, or gets none. */
    OK(subscription_record(x->st, first + 4, x->list, &left, &f));
    OK(subscription_record(x->st, first + 14, x->list, &left, &f));
    store_close(x->st);
    OK(store_open(x->path, &x->st, &f));
    OK(delivery_fill(x->st, i.id, 10, 1000, &f));
    WANT(RES_NONE, delivery_fill(x->st, i.id, 10, 1000, &f));
    WANT(RES_NONE, delivery_fill(x->st, i.id, 10, 1000, &f));
    OK(issue_get(x->st, i.id, &got, &f));
    assert_int_equal(got.state, ISSUE_SCHEDULED);
    assert_int_equal(got.audience, 23);
    assert_int_equal(in_state(x, i.id, DELIVERY_WAITING), 22);
    assert_int_equal(in_state(x, i.id, DELIVERY_CANCELLED), 1);

    OK(issue_move(x->st, i.id, ISSUE_CANCELLED, NULL, 1001, &f));
    WANT(RES_NEVER, delivery_fill(x->st, i.id, 10, 1000, &f));
    WANT(RES_NEVER, delivery_fill(x->st, 999, 10, 1000, &f));
    i = fixture_issue(x, ISSUE_TEST);
    WANT(RES_NEVER, delivery_fill(x->st, i.id, 10, 1000, &f));
    WANT(RES_NEVER, delivery_add(x->st, i.id, 999, 1000, &f));
    WANT(RES_NEVER, delivery_add(x->st, 999, 1, 1000, &f));
}

/* Once its first rows are there it is scheduled, and filled on in whatever
 * state it is. */
static void
filling_goes_on_in_any_state(void **state)
{
    static const enum issue_state on[] = {
        ISSUE_SENDING, ISSUE_HELD, ISSUE_OVERDUE, ISSUE_SCHEDULED};
    struct fixture *x = *state;
    int64_t due;
    struct issue i, got;
    bool open = false;
    char sql[80];
    size_t k;

    (void)fixture_people(x, 25, SUBSCRIPTION_ACTIVE);
    for (k = 0; k < sizeof on / sizeof *on; k++) {
        i = fixture_issue(x, ISSUE_LETTER);
        OK(delivery_fill(x->st, i.id, 10, 1000, &f));
        OK(issue_get(x->st, i.id, &got, &f));
        assert_int_equal(got.state, ISSUE_SCHEDULED);
        assert_false(got.filled);
        (void)snprintf(sql, sizeof sql,
            "UPDATE issue SET state = %d WHERE id = %d", (int)on[k], (int)i.id);
        fixture_sql(x->st, sql);
        OK(delivery_fill(x->st, i.id, 10, 1000, &f));
        /* Those that are there may be through before the last is written. */
        fixture_sql(x->st, "UPDATE delivery SET state = 5 WHERE state = 0");
        fixture_sql(x->st, "UPDATE tally SET sent = sent + waiting,"
                           " waiting = 0");
        WANT(RES_NONE, delivery_next(x->st, i.id, &due, &open, &f));
        assert_true(open);
        WANT(RES_NONE, delivery_fill(x->st, i.id, 10, 1000, &f));
        OK(issue_get(x->st, i.id, &got, &f));
        assert_int_equal(got.state, on[k]);
        assert_true(got.filled);
        assert_int_equal(got.audience, 25);
        OK(delivery_next(x->st, i.id, &due, &open, &f));
        assert_true(open);
    }
    /* Held before the first: filled all the same, and held. */
    i = fixture_issue(x, ISSUE_LETTER);
    OK(issue_move(x->st, i.id, ISSUE_HELD, "wait", 1000, &f));
    OK(delivery_fill(x->st, i.id, 10, 1000, &f));
    OK(issue_get(x->st, i.id, &got, &f));
    assert_int_equal(got.state, ISSUE_HELD);
    assert_int_equal(got.audience, 10);
}

static void
an_empty_list_is_soon_filled(void **state)
{
    struct fixture *x = *state;
    struct issue i = fixture_issue(x, ISSUE_LETTER);
    bool open = true;
    int64_t due;

    WANT(RES_NONE, delivery_fill(x->st, i.id, 10, 1000, &f));
    OK(delivery_next(x->st, i.id, &due, &open, &f));
    assert_false(open);
}

static void
cancelling_goes_in_chunks(void **state)
{
    struct fixture *x = *state;
    int64_t lease = 0;
    struct delivery_going going;
    struct delivery_outcome back;
    struct issue i;

    (void)fixture_people(x, 20, SUBSCRIPTION_ACTIVE);
    i = fixture_sending(x);
    OK(delivery_lease_open(x->st, "w", "boot", 4, 5000, &lease, &f));
    OK(delivery_lease(x->st, lease, &i, 5, 1000, 5000, letter, &n, &f));
    going = (struct delivery_going){letter[0].id, 1001, false, i.id};
    OK(delivery_turn(x->st, lease, NULL, 0, &going, 1, 1001, &f));
    back = (struct delivery_outcome){
        letter[0].id, DELIVERY_DOUBT, 0, "r", "?", i.id};
    going.id = letter[1].id;
    OK(delivery_turn(x->st, lease, &back, 1, &going, 1, 1002, &f));
    WANT(RES_NEVER, delivery_cancel(x->st, i.id, 10, 1003, &f));
    WANT(RES_NEVER, delivery_cancel(x->st, 999, 10, 1003, &f));
    OK(issue_move(x->st, i.id, ISSUE_CANCELLED, NULL, 1003, &f));
    OK(delivery_cancel(x->st, i.id, 10, 1003, &f));
    assert_int_equal(in_state(x, i.id, DELIVERY_CANCELLED), 10);
    WANT(RES_NONE, delivery_cancel(x->st, i.id, 10, 1003, &f));
    assert_int_equal(in_state(x, i.id, DELIVERY_CANCELLED), 19);
    assert_int_equal(in_state(x, i.id, DELIVERY_SENDING), 1);
}

/* Leaves `leased` and `sending` rows of a lease of a boot, 3 connections. */
static struct issue
dead_worker(struct fixture *x, const char *boot, int leased, int sending)
{
    struct delivery_going going[20];
    int64_t lease = 0;
    struct issue i;
    int k;

    (void)fixture_people(x, 20, SUBSCRIPTION_ACTIVE);
    i = fixture_sending(x);
    OK(delivery_lease_open(x->st, "w", boot, 3, 5000, &lease, &f));
    OK(delivery_lease(
        x->st, lease, &i, leased + sending, 1000, 5000, letter, &n, &f));
    for (k = 0; k < sending; k++)
        going[k] = (struct delivery_going){letter[k].id, 1001, false, i.id};
    OK(delivery_turn(x->st, lease, NULL, 0, going, sending, 1001, &f));
    return i;
}

static void
a_dead_sender_leaves_little_in_doubt(void **state)
{
    struct fixture *x = *state;
    struct issue i = dead_worker(x, "boot", 5, 3), got;
    int64_t doubt = 9, waiting = 9, due, lease = 0;
    bool open;

    OK(delivery_recover(x->st, "other", "boot", 1100, &doubt, &waiting, &f));
    assert_int_equal(doubt + waiting, 0);
    OK(delivery_recover(x->st, "w", "boot", 1100, &doubt, &waiting, &f));
    assert_int_equal(doubt, 3);
    assert_int_equal(waiting, 5);
    assert_int_equal(in_state(x, i.id, DELIVERY_DOUBT), 3);
    assert_int_equal(in_state(x, i.id, DELIVERY_WAITING), 17);
    OK(issue_get(x->st, i.id, &got, &f));
    assert_int_equal(got.state, ISSUE_SENDING);
    OK(delivery_recover(x->st, "w", "boot", 1100, &doubt, &waiting, &f));
    assert_int_equal(doubt + waiting, 0);

    /* They are due at once and taken first; dead again, they are the same. */
    OK(delivery_lease_open(x->st, "w", "boot", 3, 5000, &lease, &f));
    OK(delivery_lease(x->st, lease, &i, 4, 1100, 5000, letter, &n, &f));
    assert_int_equal(letter[2].state, DELIVERY_DOUBT);
    assert_int_equal(letter[2].date_s, 1001);
    assert_int_equal(letter[3].state, DELIVERY_LEASED);
    OK(delivery_recover(x->st, "w", "boot", 1200, &doubt, &waiting, &f));
    assert_int_equal(doubt, 0);
    assert_int_equal(waiting, 1);
    assert_int_equal(fixture_number(x->st,
                         "SELECT count(*) FROM delivery WHERE state = 4"
                         " AND doubts = 1 AND lease_id = 0 AND due_s = 1100"),
        3);
    OK(delivery_next(x->st, i.id, &due, &open, &f));
    assert_int_equal(due, 1000);
}

static void
more_than_could_be_on_the_wire_is_held(void **state)
{
    struct fixture *x = *state;
    struct issue i = dead_worker(x, "yesterday", 5, 3), got;
    int64_t doubt = 0, waiting = 0, due;
    bool open;

    OK(delivery_recover(x->st, "w", "today", 1100, &doubt, &waiting, &f));
    assert_int_equal(doubt, 8);
    assert_int_equal(waiting, 0);
    OK(issue_get(x->st, i.id, &got, &f));
    assert_int_equal(got.state, ISSUE_HELD);
    assert_non_null(strstr(got.reason, "8 letters"));
    assert_non_null(strstr(got.reason, "who 1 --doubtful"));
    assert_non_null(strstr(got.reason, "release 1"));
    assert_int_equal(
        fixture_number(x->st, "SELECT count(*) FROM delivery WHERE state = 4"
                              " AND doubts = 1 AND due_s = 0 AND reply LIKE"
                              " 'may have arrived%'"),
        8);
    OK(delivery_next(x->st, i.id, &due, &open, &f));
    assert_int_equal(due, 1000);
    OK(issue_move(x->st, i.id, ISSUE_SENDING, NULL, 1200, &f));
    OK(delivery_doubt_again(x->st, i.id, 0, 1200, NULL, &f));
    assert_int_equal(fixture_number(x->st,
                         "SELECT count(*) FROM delivery WHERE due_s = 1200"),
        8);
}

/* Several senders, one machine: however it is taken over, and however little
 * one of them had, the reason counts them all; another reason stands. */
static void
all_senders_are_counted(void **state)
{
    static const struct {
        int leased;
        const char *first, *next, *words;
    } row[] = {
        {6, "w", "v", "14 letters"},
        {6, "v", "w", "14 letters"},
        {2, "w", "v", "10 letters"},
        {2, "v", "w", "10 letters"},
    };
    struct fixture *x = *state;
    struct issue i = dead_worker(x, "yesterday", 5, 3), got;
    int64_t doubt = 0, waiting = 0, lease = 0, undecided = 0;

    OK(delivery_lease_open(x->st, "v", "yesterday", 3, 5000, &lease, &f));
    for (size_t k = 0; k < sizeof row / sizeof *row; k++) {
        OK(store_begin_lazy(x->st, &f));
        OK(delivery_lease(
            x->st, lease, &i, row[k].leased, 1000, 5000, letter, &n, &f));
        OK(delivery_recover(
            x->st, row[k].first, "today", 1100, &doubt, &waiting, &f));
        OK(delivery_recover(
            x->st, row[k].next, "today", 1100, &doubt, &waiting, &f));
        OK(issue_get(x->st, i.id, &got, &f));
        assert_int_equal(got.state, ISSUE_HELD);
        if (strstr(got.reason, row[k].words) == NULL)
            fail_msg("row %zu: %s", k, got.reason);
        OK(delivery_undecided(x->st, i.id, &undecided, &f));
        assert_int_equal(undecided, 8 + (row[k].leased > 3 ? 6 : 0));
        WANT(RES_NEVER, store_end(x->st, RES_NEVER, &f));
    }
    OK(issue_move(x->st, i.id, ISSUE_HELD, "typo", 1050, &f));
    OK(delivery_recover(x->st, "w", "today", 1100, &doubt, &waiting, &f));
    OK(issue_get(x->st, i.id, &got, &f));
    assert_string_equal(got.reason, "typo");
}

static void
few_of_another_boot_go_at_once(void **state)
{
    struct fixture *x = *state;
    struct issue i = dead_worker(x, "yesterday", 2, 1), got;
    int64_t doubt = 0, waiting = 0;

    OK(delivery_recover(x->st, "w", "today", 1100, &doubt, &waiting, &f));
    assert_int_equal(doubt, 3);
    OK(issue_get(x->st, i.id, &got, &f));
    assert_int_equal(got.state, ISSUE_SENDING);
    assert_int_equal(in_state(x, i.id, DELIVERY_DOUBT), 3);
}

static void
of_a_cancelled_issue_nothing_is_left_open(void **state)
{
    struct fixture *x = *state;
    struct issue i = dead_worker(x, "boot", 2, 3);
    int64_t doubt = 0, waiting = 0;

    OK(issue_move(x->st, i.id, ISSUE_CANCELLED, NULL, 1002, &f));
    WANT(RES_NONE, delivery_cancel(x->st, i.id, 100, 1002, &f));
    OK(delivery_recover(x->st, "w", "boot", 1100, &doubt, &waiting, &f));
    assert_int_equal(in_state(x, i.id, DELIVERY_CANCELLED), 20);
    assert_int_equal(
        fixture_number(x->st, "SELECT count(*) FROM delivery WHERE doubts = 1"),
        3);
}

static void
a_clock_set_back_loses_nothing(void **state)
{
    struct fixture *x = *state;
    struct issue i = dead_worker(x, "boot", 5, 3);
    int64_t doubt = 0, waiting = 0, lease = 0, due;
    bool open;

    /* Two hours back: what is due later waits for the clock, nothing more. */
    OK(delivery_recover(x->st, "w", "boot", -6200, &doubt, &waiting, &f));
    assert_int_equal(doubt, 3);
    assert_int_equal(waiting, 5);
    OK(delivery_lease_open(x->st, "w", "boot", 3, -6000, &lease, &f));
    OK(delivery_next(x->st, i.id, &due, &open, &f));
    assert_true(open);
    WANT(RES_NONE,
        delivery_lease(x->st, lease, &i, 20, 500, 5000, letter, &n, &f));
    OK(delivery_lease(x->st, lease, &i, 20, 1000, 5000, letter, &n, &f));
    assert_int_equal(n, 17);
}

enum {
    KILLED_PEOPLE = 60,
    KILLED_AT = 23,
    PER_TURN = 3
};

/* A sender of one turn after the other that says each id that goes before it
 * goes and each that is known to have arrived, until it is killed. */
static void
sender(const char *path, int64_t issue_id, int say)
{
    struct delivery_outcome back[PER_TURN];
    struct delivery_going going[PER_TURN];
    int at = 0, k, n_back = 0;
    int64_t lease = 0, word;
    struct store *st;
    struct issue i;

    if (store_open(path, &st, &f) != RES_OK ||
        issue_get(st, issue_id, &i, &f) != RES_OK ||
        delivery_lease_open(st, "w", "boot", PER_TURN, 5000, &lease, &f) !=
            RES_OK ||
        delivery_lease(
            st, lease, &i, KILLED_PEOPLE, 1000, 5000, letter, &n, &f) != RES_OK)
        _exit(1);
    for (at = 0; at < n; at += PER_TURN) {
        for (k = 0; k < PER_TURN; k++)
            going[k] =
                (struct delivery_going){letter[at + k].id, 1001, false, i.id};
        if (delivery_turn(st, lease, back, n_back, going, PER_TURN, 1001, &f) !=
            RES_OK)
            _exit(2);
        n_back = 0;
        for (k = 0; k < PER_TURN; k++) {
            word = going[k].id;
            if (write(say, &word, sizeof word) != sizeof word)
                _exit(3);
            back[n_back++] = (struct delivery_outcome){
                going[k].id, DELIVERY_SENT, 0, "r", "250 Ok", i.id};
        }
    }
    (void)pause();
    _exit(4);
}

static void
a_killed_sender_loses_nothing(void **state)
{
    struct fixture *x = *state;
    int64_t gone[KILLED_PEOPLE], doubt = 0, waiting = 0, word;
    int status, heard = 0, pipe_fd[2], k;
    struct delivery_row r;
    struct issue i;
    pid_t pid;

    (void)fixture_people(x, KILLED_PEOPLE, SUBSCRIPTION_ACTIVE);
    i = fixture_sending(x);
    assert_int_equal(pipe(pipe_fd), 0);
    store_close(x->st);
    x->st = NULL;
    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0)
        sender(x->path, i.id, pipe_fd[1]);
    (void)close(pipe_fd[1]);
    while (heard < KILLED_AT &&
           read(pipe_fd[0], &gone[heard], sizeof *gone) == sizeof *gone)
        heard++;
    assert_int_equal(heard, KILLED_AT);
    assert_int_equal(kill(pid, SIGKILL), 0);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status));
    while (heard < KILLED_PEOPLE &&
           read(pipe_fd[0], &word, sizeof word) == sizeof word)
        gone[heard++] = word;
    (void)close(pipe_fd[0]);

    OK(store_open(x->path, &x->st, &f));
    OK(delivery_recover(x->st, "w", "boot", 1100, &doubt, &waiting, &f));
    assert_in_range(doubt, 1, PER_TURN);
    for (k = 0; k < heard; k++) {
        OK(delivery_get(x->st, gone[k], &r, &f));
        assert_true(r.state == DELIVERY_SENT || r.state == DELIVERY_DOUBT);
        assert_int_equal(r.tries, 1);
    }
    assert_int_equal(in_state(x, i.id, DELIVERY_DOUBT), doubt);
    assert_int_equal(
        in_state(x, i.id, DELIVERY_SENT) + doubt + waiting, KILLED_PEOPLE);
    assert_in_range(KILLED_PEOPLE - waiting, heard, heard + PER_TURN);
}

struct seen {
    int n, most;
    int64_t id[40];
};

static bool
note(void *arg, const struct delivery_row *r)
{
    struct seen *s = arg;

    s->id[s->n++] = r->id;
    return s->n < s->most;
}

static void
rows_are_listed_in_pages(void **state)
{
    struct fixture *x = *state;
    struct issue i = dead_worker(x, "boot", 2, 3), second;
    struct seen s;

    second = fixture_issue(x, ISSUE_LETTER);
    WANT(RES_NONE, delivery_fill(x->st, second.id, 100, 1000, &f));
#define LIST(issue, person, state, doubtful, after, limit)                     \
    s = (struct seen){.most = 40};                                             \
    OK(delivery_each(                                                          \
        x->st, issue, person, state, doubtful, after, limit, note, &s, &f))
    LIST(i.id, 0, -1, false, 0, 40);
    assert_int_equal(s.n, 20);
    LIST(second.id, 0, -1, false, 0, 5);
    assert_int_equal(s.n, 5);
    assert_int_equal(s.id[0], 21);
    LIST(second.id, 0, -1, false, 25, 100);
    assert_int_equal(s.n, 15);
    assert_int_equal(s.id[0], 26);
    LIST(i.id, 0, DELIVERY_SENDING, false, 0, 40);
    assert_int_equal(s.n, 3);
    LIST(i.id, 0, -1, true, 0, 40);
    assert_int_equal(s.n, 0);
    LIST(0, 1, -1, false, 0, 40);
    assert_int_equal(s.n, 2);
    assert_int_equal(s.id[0], 1);
    assert_int_equal(s.id[1], 21);
    LIST(0, 1, -1, false, 1, 40);
    assert_int_equal(s.n, 1);
    LIST(999, 0, -1, false, 0, 40);
    assert_int_equal(s.n, 0);
    second = fixture_issue(x, ISSUE_ANSWER);
    OK(delivery_add(x->st, second.id, 5, 1000, &f));
    LIST(second.id, 0, -1, false, 0, 40);
    assert_int_equal(s.n, 1);
    assert_int_equal(delivery_from_word("doubt"), DELIVERY_DOUBT);
    assert_int_equal(delivery_from_word("lost"), -1);
}

/* Does once all that is ever done to deliveries. */
static void
do_everything(struct fixture *x)
{
    struct issue i = dead_worker(x, "boot", 5, 3);
    struct consent left = {SUBSCRIPTION_LEFT, BY_REPLY, 200, "<m@x>"};
    struct delivery_outcome back = {7, DELIVERY_DEFERRED, 9, "r", "4", i.id};
    int64_t doubt, waiting, due;
    struct seen s = {.most = 40};
    bool open;

    OK(delivery_turn(x->st, 1, &back, 1, NULL, 0, 1001, &f));
    OK(delivery_recover(x->st, "w", "other", 1100, &doubt, &waiting, &f));
    OK(delivery_doubt_again(x->st, i.id, 0, 1100, NULL, &f));
    OK(delivery_next(x->st, i.id, &due, &open, &f));
    OK(subscription_record(x->st, 2, x->list, &left, &f));
    OK(delivery_each(x->st, i.id, 0, -1, false, 0, 9, note, &s, &f));
    OK(delivery_each(x->st, 0, 1, -1, false, 0, 9, note, &s, &f));
    (void)in_state(x, i.id, DELIVERY_SENT);
    OK(issue_move(x->st, i.id, ISSUE_CANCELLED, NULL, 1200, &f));
    WANT(RES_NONE, delivery_cancel(x->st, i.id, 100, 1200, &f));
    fixture_sql(x->st, "DELETE FROM delivery WHERE id > 20");
    WANT(RES_OK, delivery_next(x->st, i.id, &due, &open, &f));
    i = fixture_issue(x, ISSUE_TEST);
    OK(delivery_add(x->st, i.id, 1, 1000, &f));
    s.n = 0;
    OK(delivery_each(x->st, i.id, 0, -1, false, 0, 9, note, &s, &f));
}

static bool
plan_is_fine(const char *plan)
{
    /* What is leased is few, and has an index of its own; a list's
     * subscribers are counted as they are, and no list is long. */
    return strncmp(plan, "SCAN", 4) != 0 ||
           strstr(plan, "INDEX delivery_out") != NULL ||
           strstr(plan, "CONSTANT ROW") != NULL ||
           strncmp(plan, "SCAN i", 6) == 0;
}

static void
nothing_walks_through_all_deliveries(void **state)
{
    struct fixture *x = *state;
    char kept[64][1600], sql[1700];
    struct query *q = NULL;
    const char *text;
    int k, asked = 0, m = 0;

    do_everything(x);
    for (k = 0; (text = engine_kept(x->st, k)) != NULL && m < 64; k++)
        if (strstr(text, "delivery") != NULL && strstr(text, "> 20") == NULL)
            (void)snprintf(kept[m++], sizeof *kept, "%s", text);
    for (k = 0; k < m; k++) {
        (void)snprintf(sql, sizeof sql, "EXPLAIN QUERY PLAN %s", kept[k]);
        OK(store_prepare(x->st, sql, &q, &f));
        while (query_row(q, &f) == RES_OK) {
            if (!plan_is_fine(query_get_text(q, 3)))
                fail_msg("%s: %s", query_get_text(q, 3), kept[k]);
            asked++;
        }
        query_free(q);
    }
    assert_true(m > 20);
    assert_true(asked > m);
}

int
main(void)
{
#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, fixture_up, fixture_down)
    const struct CMUnitTest tests[] = {
        TEST(filling_goes_in_chunks_and_on_after_a_stop),
        TEST(filling_goes_on_in_any_state),
        TEST(an_empty_list_is_soon_filled),
        TEST(cancelling_goes_in_chunks),
        TEST(a_dead_sender_leaves_little_in_doubt),
        TEST(all_senders_are_counted),
        TEST(more_than_could_be_on_the_wire_is_held),
        TEST(few_of_another_boot_go_at_once),
        TEST(of_a_cancelled_issue_nothing_is_left_open),
        TEST(a_clock_set_back_loses_nothing),
        TEST(a_killed_sender_loses_nothing),
        TEST(rows_are_listed_in_pages),
        TEST(nothing_walks_through_all_deliveries),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
