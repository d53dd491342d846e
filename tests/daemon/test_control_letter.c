/* SPDX-License-Identifier: ISC */
/* A letter from the author's text to rows in the store, by the control
 * worker's own routes: checked, previewed, tested, queued, held, cancelled,
 * and not lost when the worker is killed in between. */
#include "tests/daemon/control_client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lists/delivery.h"
#include "lists/issue.h"
#include "lists/store.h"

enum {
    PEOPLE = 4500, /* more than two pieces of filling */
    DEADLINE_S = 30
};

/* SOURCE as JSON, with more members. */
#define SOURCE(subject, more)                                                  \
    "{\"source\":\"---\\nsubject: " subject                                    \
    "\\n---\\n\\n# Hej\\n\\nKære {{fornavn|læser}}, her er nyt.\\n\"" more "}"

/* Puts n people on the list. */
static void
people(int n)
{
    char *body = calloc((size_t)n + 1, 40);
    size_t used;
    struct answer a;

    assert_non_null(body);
    used = (size_t)snprintf(body, 40, "email,name\n");
    for (int i = 0; i < n; i++)
        used += (size_t)snprintf(body + used, 40, "p%d@b.dk,Person%d\n", i, i);
    a = ask_bytes("POST", "/v1/import", body, used);
    assert_int_equal(a.status, 200);
    assert_int_equal(answer_int(&a, "added"), n);
    answer_free(&a);
    free(body);
}

/* Asks for an issue until it is filled and in that state; its audience. */
static int64_t
until(int id, const char *state)
{
    time_t end = time(NULL) + DEADLINE_S;
    char path[60];

    (void)snprintf(path, sizeof path, "/v1/issues/%d", id);
    for (;;) {
        struct answer a = ask("GET", path, NULL);
        int64_t audience = answer_int(&a, "audience");
        bool there = strcmp(answer_text(&a, "state"), state) == 0 &&
                     json_is_true(json_object_get(a.json, "filled"));

        if (!there && time(NULL) > end)
            fail_msg("never %s: %s", state, a.text);
        answer_free(&a);
        if (there)
            return audience;
    }
}

static void
test_check(void **state)
{
    static const struct talk talks[] = {
        {"POST", "/v1/check", SOURCE("Nyt 1", ""), 200, "\"subject\":\"Nyt 1\"",
            "\"error\":true"},
        {"POST", "/v1/check", SOURCE("Nyt 1", ""), 200, "\"recipients\":1",
            NULL},
        {"POST", "/v1/check", "{\"source\":\"no front matter\"}", 200,
            "\"error\":true", NULL},
        {"POST", "/v1/check", "{\"source\":\"---\\nlist: x\\n---\\nx\"}", 200,
            "\"error\":true", NULL},
        {"POST", "/v1/check",
            "{\"source\":\"---\\nsubject: x\\n---\\na\\u000bb\\n\"}", 200,
            "\"line\":4", NULL},
        {"POST", "/v1/issues", "{\"source\":\"no front matter\"}", 400,
            "\"notes\":[{", NULL},
        {"POST", "/v1/issues",
            "{\"source\":\"---\\nsubject: x\\nlist: other\\n---\\nx\\n\"}", 400,
            "there is: news", NULL},
        {"POST", "/v1/preview", SOURCE("Nyt 1", ""), 200, "Person0", NULL},
        {"POST", "/v1/preview", SOURCE("Nyt 1", ",\"to\":\"x@y.dk\""), 200,
            "læser", "Person0"},
        {"POST", "/v1/preview", SOURCE("Nyt 1", ",\"to\":\"nobody\""), 400,
            NULL, NULL},
        {"GET", "/v1/issues?all=1", NULL, 200, "\"issues\":[]", NULL},
        {"GET", "/v1/issues?open=2", NULL, 400, "open=2", NULL},
    };
    struct answer a;

    (void)state;
    people(1);
    TALK(talks);
    a = ask("POST", "/v1/preview", SOURCE("Nyt 1", ""));
    assert_non_null(strstr(answer_text(&a, "eml"), "Subject: Nyt 1\r\n"));
    assert_non_null(strstr(answer_text(&a, "html"), "<h1"));
    assert_non_null(strstr(answer_text(&a, "html"), "Kære Person0"));
    assert_non_null(strstr(answer_text(&a, "text"), "Kære Person0, her er"));
    answer_free(&a);
}

static void
test_test(void **state)
{
    static const struct talk talks[] = {
        {"POST", "/v1/test", SOURCE("T", ",\"to\":[\"a@b.dk\",\"A@b.dk\"]"),
            201, "\"state\":\"scheduled\"", NULL},
        {"GET", "/v1/issues", NULL, 200, "\"issues\":[]", NULL},
        {"GET", "/v1/issues?all=1", NULL, 200, "\"kind\":\"test\"", NULL},
        {"GET", "/v1/issues/1", NULL, 200, "\"waiting\":1", NULL},
        {"GET", "/v1/issues/1/deliveries", NULL, 200, "\"address\":\"a@b.dk\"",
            NULL},
        {"GET", "/v1/subscribers", NULL, 200, "\"subscribers\":[]", NULL},
        {"GET", "/v1/subscribers/a@b.dk", NULL, 200, "\"state\":\"none\"",
            NULL},
        {"POST", "/v1/test", SOURCE("T", ",\"to\":[]"), 400, "1 to 20", NULL},
        {"POST", "/v1/test", SOURCE("T", ",\"to\":[\"x\"]"), 400, "x", NULL},
        {"POST", "/v1/test", SOURCE("T", ",\"to\":[7]"), 400, "address", NULL},
    };

    (void)state;
    TALK(talks);
}

static void
test_queue(void **state)
{
    static const struct talk before[] = {
        {"POST", "/v1/issues", SOURCE("N", ""), 409, "nobody", NULL},
    };
    static const struct talk first[] = {
        {"POST", "/v1/issues", SOURCE("Nyt 1", ""), 201,
            "{\"id\":1,\"kind\":\"letter\",\"list\":\"news\","
            "\"state\":\"filling\"",
            NULL},
    };
    static const struct talk talks[] = {
        {"POST", "/v1/issues", SOURCE("Nyt 1", ""), 409, "\"same\":1", NULL},
        {"POST", "/v1/issues", SOURCE("Nyt 1", ",\"again\":true"), 201,
            "\"id\":2", NULL},
        {"GET", "/v1/issues/1/source", NULL, 200, "subject: Nyt 1\n", NULL},
        {"GET", "/v1/issues/1/deliveries?limit=2", NULL, 200, "\"next\":2",
            NULL},
        {"GET", "/v1/issues/1/deliveries?state=sent", NULL, 200,
            "\"deliveries\":[],\"next\":null", NULL},
        {"GET", "/v1/issues/1/deliveries?state=x", NULL, 400, "x", NULL},
        {"GET", "/v1/issues/1/deliveries?doubtful=1", NULL, 200,
            "\"deliveries\":[]", NULL},
        {"GET", "/v1/subscribers/p7@b.dk", NULL, 200,
            "\"deliveries\":[{\"id\":8", NULL},
        {"POST", "/v1/issues/1/release", NULL, 409, "only what is held", NULL},
        {"POST", "/v1/issues/1/hold", "{\"reason\":7}", 400, "reason", NULL},
        {"POST", "/v1/issues/1/hold", "{\"reason\":\"a \\\"typo\\\"\"}", 200,
            "\"reason\":\"a \\\"typo\\\"\"", NULL},
        {"GET", "/v1/status", NULL, 200, "is held: a", NULL},
        {"POST", "/v1/issues/1/release", NULL, 200, "\"state\":\"sending\"",
            NULL},
        {"POST", "/v1/issues/1/release", NULL, 409, "only what is held", NULL},
        {"GET", "/v1/issues?open=1", NULL, 200, "\"id\":1,", NULL},
        {"POST", "/v1/issues/1/cancel", NULL, 200, "\"state\":\"cancelled\"",
            NULL},
        {"GET", "/v1/issues", NULL, 200, "\"id\":1,", NULL},
        {"GET", "/v1/issues?open=1", NULL, 200, "\"id\":2,", "\"id\":1,"},
        {"POST", "/v1/issues/1/hold", NULL, 409, "cancelled", NULL},
        {"POST", "/v1/issues/9/hold", NULL, 404, "no issue 9", NULL},
    };
    struct answer a;
    time_t end = time(NULL) + DEADLINE_S;

    (void)state;
    TALK(before);
    people(PEOPLE);
    TALK(first);
    assert_int_equal(until(1, "scheduled"), PEOPLE);
    TALK(talks);
    do {
        a = ask("GET", "/v1/issues/1", NULL);
        if (answer_int(&a, "counts.cancelled") == PEOPLE)
            end = 0;
        answer_free(&a);
    } while (time(NULL) < end);
    assert_int_equal(end, 0);
    assert_non_null(daemon_logged("issue=1 queued", "uid="));
    assert_non_null(daemon_logged("issue=1 cancelled", "uid="));
}

/* Holding and releasing does not make it go before its time. */
static void
test_later(void **state)
{
    static const struct talk talks[] = {
        {"POST", "/v1/issues/1/hold", NULL, 200, "\"held\"", NULL},
        {"POST", "/v1/issues/1/release", NULL, 200, "\"scheduled\"", NULL},
    };
    char body[600];
    struct answer a;
    int64_t at_s = (int64_t)time(NULL) + 3600;

    (void)state;
    people(3);
    (void)snprintf(
        body, sizeof body, SOURCE("Nyt 1", ",\"at\":%lld"), (long long)at_s);
    a = ask("POST", "/v1/issues", body);
    assert_int_equal(a.status, 201);
    assert_int_equal(answer_int(&a, "due_s"), at_s);
    answer_free(&a);
    assert_int_equal(until(1, "scheduled"), 3);
    TALK(talks);
    a = ask("GET", "/v1/issues/1/deliveries?limit=1", NULL);
    assert_int_equal(answer_int(&a, "deliveries.0.due_s"), at_s);
    answer_free(&a);
}

/* What a power cut leaves behind: three letters on one connection that may have
 * arrived. The issue is held, a person is told, and a release sends them. */
static void
test_doubt(void **state)
{
    static const struct talk held[] = {
        {"GET", "/v1/status", NULL, 200, "3 letters may or may not", NULL},
        {"GET", "/v1/issues/1", NULL, 200, "\"doubt\":3", NULL},
        {"GET", "/v1/issues/1/deliveries?doubtful=1", NULL, 200,
            "\"state\":\"doubt\"", NULL},
        {"POST", "/v1/issues/1/release", NULL, 200, "\"state\":\"sending\"",
            NULL},
        {"GET", "/v1/issues/1", NULL, 200, "\"doubted\":3", NULL},
    };
    struct delivery_letter letters[3];
    int64_t now_s, lease, doubt = 0, waiting = 0, due_s;
    struct store *st = NULL;
    struct answer a;
    struct issue i;
    struct fault f;
    bool open;
    int n = 0;

    (void)state;
    people(3);
    a = ask("POST", "/v1/issues", SOURCE("Nyt 1", ""));
    assert_int_equal(a.status, 201);
    answer_free(&a);
    (void)until(1, "scheduled");
    now_s = time(NULL);
    assert_int_equal(store_open(daemon_store(), &st, &f), RES_OK);
    assert_int_equal(issue_move(st, 1, ISSUE_SENDING, NULL, now_s, &f), RES_OK);
    assert_int_equal(issue_get(st, 1, &i, &f), RES_OK);
    assert_int_equal(delivery_lease_open(st, "vm/sender", "old boot", 1,
                         now_s + 60, &lease, &f),
        RES_OK);
    assert_int_equal(
        delivery_lease(st, lease, &i, 3, now_s, now_s + 60, letters, &n, &f),
        RES_OK);
    assert_int_equal(n, 3);
    assert_int_equal(delivery_recover(st, "vm/sender", "new boot", now_s,
                         &doubt, &waiting, &f),
        RES_OK);
    assert_int_equal(doubt, 3);
    TALK(held);
    assert_int_equal(delivery_next(st, 1, &due_s, &open, &f), RES_OK);
    assert_true(open && due_s <= time(NULL));
    store_close(st);
}

/* Killed before the commit: nothing is there. After it, and in the middle of
 * the filling: nobody is lost, nobody is there twice. */
static void
test_killed(void **state)
{
#ifdef CRASH_POINTS
    struct answer a;

    (void)state;
    people(PEOPLE);
    assert_int_equal(daemon_stop(), 0);
    assert_int_equal(daemon_start("control-before-commit"), 0);
    a = ask("POST", "/v1/issues", SOURCE("Nyt 1", ""));
    assert_int_equal(a.status, 0);
    answer_free(&a);
    assert_true(daemon_killed());
    assert_int_equal(daemon_start("control-after-commit"), 0);
    a = ask("GET", "/v1/issues", NULL);
    assert_int_equal(json_array_size(json_object_get(a.json, "issues")), 0);
    answer_free(&a);
    a = ask("POST", "/v1/issues", SOURCE("Nyt 1", ""));
    assert_int_equal(a.status, 0);
    answer_free(&a);
    assert_true(daemon_killed());
    assert_int_equal(daemon_start("control-filled:2"), 0);
    assert_true(daemon_killed());
    assert_int_equal(daemon_start(NULL), 0);
    assert_int_equal(until(1, "scheduled"), PEOPLE);
    a = ask("GET", "/v1/issues/1", NULL);
    assert_int_equal(answer_int(&a, "counts.waiting"), PEOPLE);
    answer_free(&a);
#else
    (void)state;
    skip(); /* this build cannot be killed at a named point */
#endif
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            test_check, daemon_set_up, daemon_tear_down),
        cmocka_unit_test_setup_teardown(
            test_test, daemon_set_up, daemon_tear_down),
        cmocka_unit_test_setup_teardown(
            test_queue, daemon_set_up, daemon_tear_down),
        cmocka_unit_test_setup_teardown(
            test_later, daemon_set_up, daemon_tear_down),
        cmocka_unit_test_setup_teardown(
            test_doubt, daemon_set_up, daemon_tear_down),
        cmocka_unit_test_setup_teardown(
            test_killed, daemon_set_up, daemon_tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
