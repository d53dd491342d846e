/* SPDX-License-Identifier: ISC */
/* Whose rows are taken over by whom. */
#include "tests/lists/fixture.h"

#include "lists/delivery.h"

static const char *const alive[] = {"sender-1", "sender-2", "sender-9"};
static const struct delivery_crew crew = {"here", "boot", alive, 3};

struct inherit_case {
    const char *name, *worker, *boot;
    int64_t until_s, now_s;
    int64_t doubt, waiting; /* both 0: not taken */
};

/* Each has three rows leased and two on the wire. */
static const struct inherit_case cases[] = {
    {"alive", "here/sender-1", "boot", 5000, 2000, 0, 0},
    {"alive, its time long over", "here/sender-2", "boot", 5000, 9000, 0, 0},
    {"no more in the crew", "here/sender-3", "boot", 5000, 2000, 2, 3},
    {"when there was one", "here/sender", "boot", 5000, 2000, 2, 3},
    {"of another boot", "here/sender-1", "before", 5000, 2000, 5, 0},
    {"of another node", "there/sender-1", "boot", 5000, 5000, 0, 0},
    {"of another node, too late", "there/sender-1", "boot", 5000, 5001, 2, 3},
    {"of a node with a longer name", "here/2/sender-3", "boot", 5000, 2000, 2,
        3},
    {"of a node that begins alike", "heres/sender-3", "boot", 5000, 2000, 0, 0},
};

static void
taken_over_or_not(void **state)
{
    struct fixture *x = *state;
    struct delivery_letter letter[5];
    struct delivery_going going[2];
    int64_t lease = 0, other = 0, doubt = 9, waiting = 9;
    struct issue i;
    size_t k;
    int n = 0;

    (void)fixture_people(x, 6, SUBSCRIPTION_ACTIVE);
    for (k = 0; k < sizeof cases / sizeof *cases; k++) {
        const struct inherit_case *c = &cases[k];
        enum result want = c->doubt + c->waiting > 0 ? RES_OK : RES_NONE, r;

        i = fixture_sending(x);
        OK(delivery_lease_open(
            x->st, c->worker, c->boot, 9, c->until_s, &lease, &f));
        OK(delivery_lease(
            x->st, lease, &i, 5, 1000, c->until_s, letter, &n, &f));
        assert_int_equal(n, 5);
        for (n = 0; n < 2; n++)
            going[n] = (struct delivery_going){
                .id = letter[n].id, .date_s = 1001, .issue_id = i.id};
        OK(delivery_turn(x->st, lease, NULL, 0, going, 2, 1001, &f));
        OK(delivery_lease_open(
            x->st, "here/sender-9", "boot", 9, 9999, &other, &f));
        r = delivery_inherit(x->st, &crew, c->now_s, &doubt, &waiting, &f);
        if (r != want || doubt != c->doubt || waiting != c->waiting)
            fail_msg("%s: %d, %lld in doubt, %lld wait", c->name, r,
                (long long)doubt, (long long)waiting);
        /* Whoever has been taken over is told when he comes back. */
        r = delivery_lease(
            x->st, lease, &i, 1, 1000, c->until_s, letter, &n, &f);
        if (want == RES_OK && r != RES_NEVER)
            fail_msg("%s: leases on: %d", c->name, r);
        /* The next case begins with nothing out, and an issue of its own. */
        OK(delivery_recover(
            x->st, c->worker, c->boot, 1002, &doubt, &waiting, &f));
        fixture_sql(x->st, "DELETE FROM lease");
    }
}

static void
its_clock_is_known(void **state)
{
    struct fixture *x = *state;
    int64_t lease = 0, at_s = 9;

    OK(delivery_lease_time(x->st, 600, &at_s, &f));
    assert_int_equal(at_s, 0);
    OK(delivery_lease_open(x->st, "here/sender", "boot", 9, 5000, &lease, &f));
    OK(delivery_lease_time(x->st, 600, &at_s, &f));
    assert_int_equal(at_s, 4400);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            taken_over_or_not, fixture_up, fixture_down),
        cmocka_unit_test_setup_teardown(
            its_clock_is_known, fixture_up, fixture_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
