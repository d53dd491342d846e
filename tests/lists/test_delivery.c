/* SPDX-License-Identifier: ISC */
/* The sender's path: every edge, leases and turns. */
#include "tests/lists/fixture.h"

#define W DELIVERY_WAITING
#define L DELIVERY_LEASED
#define S DELIVERY_SENDING
#define D DELIVERY_DEFERRED
#define Q DELIVERY_DOUBT

static struct delivery_letter letter[LEASE_MAX];
static int n;

/* From row to column, said once more: W L S D Q sent failed cancelled; with !
 * by a person's word only. */
static const char *const may[DELIVERY_STATES] = {
    [DELIVERY_WAITING] = "-l-----c",
    [DELIVERY_LEASED] = "w-sdq-fc",
    [DELIVERY_SENDING] = "w--dqSf-",
    [DELIVERY_DEFERRED] = "-l-----c",
    [DELIVERY_DOUBT] = "--s-q!fc",
    [DELIVERY_SENT] = "--------",
    [DELIVERY_FAILED] = "!-------",
    [DELIVERY_CANCELLED] = "--------",
};

static int64_t
lease_open(struct fixture *x)
{
    int64_t lease = 0;

    OK(delivery_lease_open(x->st, "node sender", "boot", 4, 5000, &lease, &f));
    return lease;
}

static struct delivery_row
row(struct fixture *x, int64_t id)
{
    struct delivery_row r;

    OK(delivery_get(x->st, id, &r, &f));
    return r;
}

/* Does what leads to a state. */
static void
push(struct fixture *x, int64_t lease, const struct issue *i, int64_t id,
    enum delivery_state to)
{
    struct delivery_outcome back = {id, to, 3000, "primary", "words", i->id};
    struct delivery_going going = {id, 2000, true, i->id};
    enum result r;

    switch (to) {
    case DELIVERY_LEASED:
        r = delivery_lease(x->st, lease, i, 10, 2000, 5000, letter, &n, &f);
        assert_true(r == RES_OK || r == RES_NONE);
        break;
    case DELIVERY_SENDING:
        OK(delivery_turn(x->st, lease, NULL, 0, &going, 1, 2000, &f));
        break;
    case DELIVERY_CANCELLED:
        fixture_sql(x->st, "UPDATE issue SET state = 6");
        WANT(RES_NONE, delivery_cancel(x->st, i->id, 100, 2000, &f));
        break;
    default:
        OK(delivery_turn(x->st, lease, &back, 1, NULL, 0, 2000, &f));
    }
}

static void
every_edge_is_as_the_table_says(void **state)
{
    struct fixture *x = *state;
    int64_t lease = lease_open(x);
    struct issue i;
    int from, to;
    char sql[120];

    (void)fixture_people(x, 1, SUBSCRIPTION_ACTIVE);
    i = fixture_sending(x);
    for (from = 0; from < DELIVERY_STATES; from++)
        for (to = 0; to < DELIVERY_STATES; to++) {
            bool allowed = may[from][to] != '-' && may[from][to] != '!', stays,
                 now;
            struct delivery_row r;

            OK(store_begin_lazy(x->st, &f));
            (void)snprintf(sql, sizeof sql,
                "UPDATE delivery SET state = %d, due_s = 1500, tries = 1,"
                " lease_id = %d",
                from, (int)lease);
            fixture_sql(x->st, sql);
            push(x, lease, &i, 1, (enum delivery_state)to);
            r = row(x, 1);
            now = (int)r.state == to;
            stays = from == to && from != Q;
            if (now != (allowed || stays) ||
                (!now && (int)r.state != from && !(from == L && to == S)))
                fail_msg("%s -> %s: became %s",
                    delivery_word((enum delivery_state)from),
                    delivery_word((enum delivery_state)to),
                    delivery_word(r.state));
            assert_int_equal(
                (delivery_may_come_from((enum delivery_state)to) >> from) & 1U,
                may[from][to] != '-');
            assert_int_equal(r.doubts, allowed && to == Q);
            WANT(RES_NEVER, store_end(x->st, RES_NEVER, &f));
        }
}

/* Refused while its row was still leased: tried all the same. */
static void
a_refusal_before_its_bytes_counts(void **state)
{
    struct fixture *x = *state;
    int64_t lease = lease_open(x);
    struct delivery_outcome back[3];
    struct issue i;
    int k;

    (void)fixture_people(x, 3, SUBSCRIPTION_ACTIVE);
    i = fixture_sending(x);
    OK(delivery_lease(x->st, lease, &i, 9, 1000, 5000, letter, &n, &f));
    for (k = 0; k < 3; k++)
        back[k] = (struct delivery_outcome){
            letter[k].id, D, 1060, "primary", "451", i.id};
    back[1].to = DELIVERY_FAILED;
    back[2].to = W;
    OK(delivery_turn(x->st, lease, back, 3, NULL, 0, 1002, &f));
    assert_int_equal(row(x, letter[0].id).tries, 1);
    assert_int_equal(row(x, letter[0].id).date_s, 1002);
    assert_int_equal(row(x, letter[1].id).tries, 1);
    assert_int_equal(row(x, letter[2].id).tries, 0);
    assert_int_equal(row(x, letter[2].id).date_s, 0);
}

static void
by_a_persons_word_alone(void **state)
{
    struct fixture *x = *state;
    int64_t rows = 0, next = 9;
    struct issue i, got;
    struct delivery_row r;
    int from;
    char sql[120];

    (void)fixture_people(x, 1, SUBSCRIPTION_ACTIVE);
    i = fixture_sending(x);
    for (from = 0; from < DELIVERY_STATES; from++) {
        OK(store_begin_lazy(x->st, &f));
        (void)snprintf(sql, sizeof sql,
            "UPDATE delivery SET state = %d, tries = 3, date_s = 7", from);
        fixture_sql(x->st, sql);
        WANT(may[from][W] == '!' ? RES_OK : RES_NONE,
            delivery_retry(x->st, i.id, 0, 3000, &rows, &next, &f));
        r = row(x, 1);
        assert_int_equal(r.state, may[from][W] == '!' ? W : from);
        assert_int_equal(r.tries, may[from][W] == '!' ? 0 : 3);
        assert_int_equal(r.date_s, may[from][W] == '!' ? 0 : 7);
        WANT(may[from][DELIVERY_SENT] == '!' ? RES_OK : RES_NONE,
            delivery_doubt_close(x->st, i.id, 0, "uid 7\n", 3000, &rows, &f));
        r = row(x, 1);
        if (may[from][DELIVERY_SENT] == '!') {
            assert_int_equal(r.state, DELIVERY_SENT);
            assert_string_equal(r.reply, "closed by uid 7 : taken as arrived");
        }
        WANT(RES_NEVER, store_end(x->st, RES_NEVER, &f));
    }
    assert_int_equal(next, 0);
    /* What another has is not touched, nor what is cancelled. */
    OK(store_begin_lazy(x->st, &f));
    fixture_sql(x->st, "UPDATE delivery SET state = 4, lease_id = 9");
    WANT(RES_NONE, delivery_doubt_close(x->st, i.id, 0, "me", 3000, &rows, &f));
    WANT(RES_NONE, delivery_doubt_again(x->st, i.id, 0, 3000, &rows, &f));
    fixture_sql(x->st, "UPDATE delivery SET state = 6, lease_id = 0");
    fixture_sql(x->st, "UPDATE issue SET state = 6");
    WANT(RES_NEVER, delivery_retry(x->st, i.id, 0, 3000, &rows, &next, &f));
    /* One that was through goes on; one that is held stays so. */
    fixture_sql(x->st, "UPDATE issue SET state = 5");
    OK(delivery_retry(x->st, i.id, 0, 3000, &rows, &next, &f));
    OK(issue_get(x->st, i.id, &got, &f));
    assert_int_equal(got.state, ISSUE_SENDING);
    fixture_sql(x->st, "UPDATE delivery SET state = 6");
    fixture_sql(x->st, "UPDATE issue SET state = 4");
    OK(delivery_retry(x->st, i.id, 0, 3000, &rows, &next, &f));
    OK(issue_get(x->st, i.id, &got, &f));
    assert_int_equal(got.state, ISSUE_HELD);
    WANT(RES_NEVER, store_end(x->st, RES_NEVER, &f));
}

static void
a_letter_goes_its_way(void **state)
{
    struct fixture *x = *state;
    int64_t lease = lease_open(x), due = 0;
    struct delivery_outcome back[3];
    struct delivery_going going[3];
    struct delivery_row r;
    struct issue i;
    bool open = false;
    int k;

    (void)fixture_people(x, 3, SUBSCRIPTION_ACTIVE);
    i = fixture_sending(x);
    assert_int_equal(i.audience, 3);
    OK(delivery_next(x->st, i.id, &due, &open, &f));
    assert_true(open);
    assert_int_equal(due, 1000);
    WANT(RES_NONE,
        delivery_lease(x->st, lease, &i, 9, 999, 5000, letter, &n, &f));
    OK(delivery_lease(x->st, lease, &i, 9, 1000, 5000, letter, &n, &f));
    assert_int_equal(n, 3);
    assert_string_equal(letter[1].address, "a2@example.org");
    assert_string_equal(letter[1].name, "Anna Berg");
    assert_string_equal(letter[1].given_name, "Anna");
    assert_int_equal(letter[1].since_s, 100);
    assert_int_equal(letter[1].how, BY_ADMIN);
    assert_int_equal(letter[1].state, L);
    WANT(RES_NONE,
        delivery_lease(x->st, lease, &i, 9, 1000, 5000, letter + 9, &n, &f));
    WANT(RES_NONE, delivery_next(x->st, i.id, &due, &open, &f));
    assert_true(open);

    for (k = 0; k < 3; k++)
        going[k] = (struct delivery_going){letter[k].id, 1001, false, i.id};
    OK(delivery_turn(x->st, lease, NULL, 0, going, 3, 1001, &f));
    for (k = 0; k < 3; k++)
        assert_true(going[k].may_go);
    /* Nothing goes twice. */
    OK(delivery_turn(x->st, lease, NULL, 0, going, 1, 1001, &f));
    assert_false(going[0].may_go);
    assert_int_equal(row(x, letter[0].id).state, S);

    back[0] = (struct delivery_outcome){letter[0].id, DELIVERY_SENT, 0,
        "primary", "250 2.0.0\r\nOk \xff", i.id};
    back[1] = (struct delivery_outcome){
        letter[1].id, D, 1060, "primary", "451 later", i.id};
    back[2] = (struct delivery_outcome){letter[2].id, Q, 0, NULL, NULL, i.id};
    OK(delivery_turn(x->st, lease, back, 3, NULL, 0, 1002, &f));
    r = row(x, letter[0].id);
    assert_int_equal(r.state, DELIVERY_SENT);
    assert_string_equal(r.relay, "primary");
    assert_string_equal(r.reply, "250 2.0.0  Ok ?");
    assert_int_equal(r.tries, 1);
    assert_int_equal(r.date_s, 1001);
    assert_int_equal(r.at_s, 1002);
    OK(delivery_next(x->st, i.id, &due, &open, &f));
    assert_int_equal(due, 1060);

    /* The deferred one comes back with its Date; who doubts waits. */
    OK(delivery_lease(x->st, lease, &i, 9, 1060, 5000, letter + 3, &n, &f));
    assert_int_equal(n, 1);
    assert_int_equal(letter[3].id, letter[1].id);
    assert_int_equal(letter[3].date_s, 1001);
    assert_int_equal(letter[3].tries, 1);
    going[0] = (struct delivery_going){letter[3].id, 1061, false, i.id};
    OK(delivery_turn(x->st, lease, NULL, 0, going, 1, 1061, &f));
    assert_int_equal(row(x, letter[3].id).date_s, 1001);
    assert_int_equal(row(x, letter[3].id).tries, 2);
    back[1].to = DELIVERY_FAILED;
    OK(delivery_turn(x->st, lease, back + 1, 1, NULL, 0, 1062, &f));
    WANT(RES_NONE, delivery_next(x->st, i.id, &due, &open, &f));
    assert_true(open);

    /* By a person's word it goes once more, first of all. */
    OK(delivery_doubt_again(x->st, i.id, 0, 1070, NULL, &f));
    WANT(RES_NONE, delivery_doubt_again(x->st, i.id, 0, 1070, NULL, &f));
    OK(delivery_next(x->st, i.id, &due, &open, &f));
    assert_int_equal(due, 1070);
    OK(delivery_lease(x->st, lease, &i, 9, 1070, 5000, letter, &n, &f));
    assert_int_equal(letter[0].state, Q);
    assert_int_equal(letter[0].doubts, 1);
    assert_int_equal(row(x, letter[0].id).state, Q);
    WANT(RES_NONE,
        delivery_lease(x->st, lease, &i, 9, 1070, 5000, letter + 5, &n, &f));
    going[0].id = letter[0].id;
    OK(delivery_turn(x->st, lease, NULL, 0, going, 1, 1071, &f));
    assert_true(going[0].may_go);
    back[0].id = letter[0].id;
    OK(delivery_turn(x->st, lease, back, 1, NULL, 0, 1072, &f));
    OK(delivery_next(x->st, i.id, &due, &open, &f));
    assert_false(open);
    OK(issue_move(x->st, i.id, ISSUE_FINISHED, NULL, 1073, &f));
}

static void
what_is_held_or_cancelled_does_not_go(void **state)
{
    struct fixture *x = *state;
    int64_t lease = lease_open(x), count[DELIVERY_STATES];
    struct delivery_going going[2];
    struct delivery_outcome back = {0};
    struct issue i;

    (void)fixture_people(x, 4, SUBSCRIPTION_ACTIVE);
    i = fixture_sending(x);
    OK(delivery_lease(x->st, lease, &i, 4, 1000, 5000, letter, &n, &f));
    going[0] = (struct delivery_going){letter[0].id, 1001, false, i.id};
    OK(delivery_turn(x->st, lease, NULL, 0, going, 1, 1001, &f));
    OK(issue_move(x->st, i.id, ISSUE_HELD, "wait", 1002, &f));
    WANT(RES_NONE,
        delivery_lease(x->st, lease, &i, 4, 1003, 5000, letter + 4, &n, &f));
    going[0].id = letter[1].id;
    going[0].may_go = true;
    OK(delivery_turn(x->st, lease, NULL, 0, going, 1, 1003, &f));
    assert_false(going[0].may_go);
    assert_int_equal(row(x, letter[1].id).state, W);

    OK(issue_move(x->st, i.id, ISSUE_CANCELLED, NULL, 1004, &f));
    going[0].id = letter[2].id;
    OK(delivery_turn(x->st, lease, NULL, 0, going, 1, 1005, &f));
    assert_false(going[0].may_go);
    assert_int_equal(row(x, letter[2].id).state, DELIVERY_CANCELLED);
    /* What is on the wire stays there until it is known. */
    WANT(RES_NONE, delivery_cancel(x->st, i.id, 100, 1006, &f));
    assert_int_equal(row(x, letter[0].id).state, S);
    back = (struct delivery_outcome){
        letter[0].id, D, 2000, "p", "451 later", i.id};
    OK(delivery_turn(x->st, lease, &back, 1, NULL, 0, 1007, &f));
    assert_int_equal(row(x, letter[0].id).state, DELIVERY_CANCELLED);
    assert_string_equal(row(x, letter[0].id).reply, "451 later");
    OK(delivery_count(x->st, i.id, count, NULL, &f));
    assert_int_equal(count[DELIVERY_CANCELLED], 4);
}

static void
who_left_is_passed_over(void **state)
{
    struct fixture *x = *state;
    int64_t lease = lease_open(x), first;
    struct issue i;

    first = fixture_people(x, 2, SUBSCRIPTION_ACTIVE);
    i = fixture_sending(x);
    /* Behind the back of subscription.c, which would cancel it at once. */
    fixture_sql(x->st, "UPDATE subscription SET state = 3"
                       " WHERE subscriber_id = 1");
    assert_int_equal(first, 1);
    OK(delivery_lease(x->st, lease, &i, 9, 1000, 5000, letter, &n, &f));
    assert_int_equal(n, 1);
    assert_int_equal(letter[0].subscriber_id, 2);
    assert_int_equal(row(x, 1).state, DELIVERY_CANCELLED);

    /* A test copy goes to whom it names, subscriber or not. */
    i = fixture_issue(x, ISSUE_TEST);
    OK(delivery_add(x->st, i.id, 1, 1000, &f));
    WANT(RES_NONE, delivery_add(x->st, i.id, 1, 1000, &f));
    OK(issue_move(x->st, i.id, ISSUE_SCHEDULED, NULL, 1000, &f));
    WANT(RES_NEVER, delivery_add(x->st, i.id, 2, 1000, &f));
    OK(issue_move(x->st, i.id, ISSUE_SENDING, NULL, 1000, &f));
    OK(delivery_lease(x->st, lease, &i, 9, 1000, 5000, letter, &n, &f));
    assert_int_equal(n, 1);
    assert_int_equal(letter[0].since_s, 0);
    OK(issue_get(x->st, i.id, &i, &f));
    assert_int_equal(i.audience, 1);
}

static void
another_ones_letters_are_left_alone(void **state)
{
    struct fixture *x = *state;
    int64_t lease = lease_open(x), other = 0;
    struct delivery_outcome back;
    struct delivery_going going;
    struct issue i;

    (void)fixture_people(x, 1, SUBSCRIPTION_ACTIVE);
    i = fixture_sending(x);
    OK(delivery_lease_open(x->st, "other", "boot", 4, 5000, &other, &f));
    OK(delivery_lease(x->st, lease, &i, 9, 1000, 5000, letter, &n, &f));
    going = (struct delivery_going){letter[0].id, 1001, true, i.id};
    OK(delivery_turn(x->st, other, NULL, 0, &going, 1, 1001, &f));
    assert_false(going.may_go);
    assert_int_equal(row(x, 1).state, L);
    back = (struct delivery_outcome){1, DELIVERY_FAILED, 0, "x", "no", i.id};
    OK(delivery_turn(x->st, other, &back, 1, NULL, 0, 1001, &f));
    assert_int_equal(row(x, 1).state, L);
    back.to = DELIVERY_CANCELLED;
    going.may_go = true;
    WANT(RES_NEVER, delivery_turn(x->st, lease, &back, 1, &going, 1, 1001, &f));
    assert_false(going.may_go);
    assert_int_equal(row(x, 1).state, L);
    /* Someone else opened a lease under our name: we are not alone. */
    (void)lease_open(x);
    WANT(RES_NEVER,
        delivery_lease(x->st, lease, &i, 9, 1000, 5000, letter, &n, &f));
}

static void
given_back_it_was_no_try(void **state)
{
    struct fixture *x = *state;
    int64_t lease = lease_open(x);
    struct delivery_outcome back;
    struct delivery_going going;
    struct delivery_row r;
    char reply[1300];
    struct issue i;

    (void)fixture_people(x, 1, SUBSCRIPTION_ACTIVE);
    i = fixture_sending(x);
    OK(delivery_lease(x->st, lease, &i, 9, 1000, 5000, letter, &n, &f));
    going = (struct delivery_going){1, 1001, true, i.id};
    OK(delivery_turn(x->st, lease, NULL, 0, &going, 1, 1001, &f));
    back = (struct delivery_outcome){1, W, 0, NULL, NULL, i.id};
    OK(delivery_turn(x->st, lease, &back, 1, NULL, 0, 1002, &f));
    r = row(x, 1);
    assert_int_equal(r.state, W);
    assert_int_equal(r.tries, 0);
    assert_int_equal(r.due_s, 1002);
    /* A reply without end is cut at a character. */
    memset(reply, 'x', sizeof reply);
    reply[REPLY_MAX - 1] = (char)0xc3;
    reply[REPLY_MAX] = (char)0xb8;
    reply[sizeof reply - 1] = '\0';
    OK(delivery_lease(x->st, lease, &i, 9, 1002, 5000, letter, &n, &f));
    OK(delivery_turn(x->st, lease, NULL, 0, &going, 1, 1003, &f));
    back = (struct delivery_outcome){1, DELIVERY_FAILED, 0, "r", reply, i.id};
    OK(delivery_turn(x->st, lease, &back, 1, NULL, 0, 1004, &f));
    assert_int_equal(strlen(row(x, 1).reply), REPLY_MAX - 1);
}

/* Rows of a turn go several at a time: near each other, far from each other,
 * in any order, with one among them that may not. */
static void
many_go_as_each_would(void **state)
{
    enum {
        MANY = 90
    };
    static struct delivery_outcome back[MANY];
    static struct delivery_going going[MANY];
    struct fixture *x = *state;
    int64_t lease = lease_open(x);
    char words[MANY][20];
    struct delivery_row r;
    struct issue i;
    int k, id;

    (void)fixture_people(x, MANY, SUBSCRIPTION_ACTIVE);
    i = fixture_sending(x);
    OK(delivery_lease(x->st, lease, &i, MANY, 1000, 5000, letter, &n, &f));
    assert_int_equal(n, MANY);
    fixture_sql(x->st, "UPDATE delivery SET lease_id = 0 WHERE id = 40");
    for (k = 0; k < MANY; k++) {
        id = 1 + k * 37 % MANY; /* each once */
        going[k] = (struct delivery_going){id, 1001 + id % 2, false, i.id};
        (void)snprintf(words[k], sizeof *words, "250 %d", id);
        back[k] = (struct delivery_outcome){
            id, DELIVERY_SENT, 0, "primary", words[k], i.id};
    }
    back[3].to = DELIVERY_FAILED;
    OK(delivery_turn(x->st, lease, NULL, 0, going, MANY, 1003, &f));
    for (k = 0; k < MANY; k++)
        assert_int_equal(going[k].may_go, going[k].id != 40);
    fixture_tally(x->st);
    OK(delivery_turn(x->st, lease, back, MANY, NULL, 0, 1004, &f));
    for (k = 0; k < MANY; k++) {
        r = row(x, back[k].id);
        assert_int_equal(r.state, r.id == 40 ? (int)L : (int)back[k].to);
        assert_string_equal(r.reply, r.id == 40 ? "" : words[k]);
        assert_int_equal(r.tries, r.id != 40);
        assert_int_equal(r.date_s, r.id == 40 ? 0 : 1001 + r.id % 2);
    }
}

/* What stands between them is left alone. */
static void
who_stands_between_is_left_alone(void **state)
{
    struct delivery_outcome back[9];
    struct delivery_going going[9];
    struct fixture *x = *state;
    int64_t lease = lease_open(x);
    struct delivery_row r;
    struct issue i;
    int k;

    (void)fixture_people(x, 200, SUBSCRIPTION_ACTIVE);
    i = fixture_sending(x);
    OK(delivery_lease(x->st, lease, &i, 200, 1000, 5000, letter, &n, &f));
    for (k = 0; k < 9; k++) {
        going[k] = (struct delivery_going){200 - 22 * k, 1001, false, i.id};
        back[k] = (struct delivery_outcome){
            200 - 22 * k, DELIVERY_SENT, 0, "primary", "250 ok", i.id};
    }
    OK(delivery_turn(x->st, lease, NULL, 0, going, 9, 1001, &f));
    OK(delivery_turn(x->st, lease, back, 9, NULL, 0, 1002, &f));
    for (k = 0; k < 9; k++) {
        r = row(x, going[k].id);
        assert_true(going[k].may_go);
        assert_int_equal(r.state, DELIVERY_SENT);
        assert_string_equal(r.relay, "primary");
        assert_string_equal(r.reply, "250 ok");
    }
    assert_int_equal(
        fixture_number(x->st, "SELECT count(*) FROM delivery WHERE state = 1"),
        191);
}

int
main(void)
{
#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, fixture_up, fixture_down)
    const struct CMUnitTest tests[] = {
        TEST(every_edge_is_as_the_table_says),
        TEST(by_a_persons_word_alone),
        TEST(a_letter_goes_its_way),
        TEST(a_refusal_before_its_bytes_counts),
        TEST(what_is_held_or_cancelled_does_not_go),
        TEST(who_left_is_passed_over),
        TEST(another_ones_letters_are_left_alone),
        TEST(given_back_it_was_no_try),
        TEST(many_go_as_each_would),
        TEST(who_stands_between_is_left_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
