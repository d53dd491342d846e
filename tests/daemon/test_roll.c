/* SPDX-License-Identifier: ISC */
/* Which workers die again and again: as the supervisor writes it down, and as
 * a worker reads it. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "daemon/roll.h"

enum {
    EXIT_3 = 3 << 8 /* as waitpid(2) has it */
};

static struct roll *
make(void)
{
    struct roll *r;
    struct fault f = {""};

    assert_int_equal(roll_make(2, &r, &f), RES_OK);
    roll_name(r, 0, "control");
    roll_name(r, 1, "inbox tg/INBOX");
    return r;
}

/* Lives of so many seconds, each begun a second after the last. */
static int64_t
live(struct roll *r, int i, int64_t now_s, int lives, int seconds)
{
    for (int k = 0; k < lives; k++) {
        roll_started(r, i, ++now_s);
        now_s += seconds;
        roll_died(r, i, SIGKILL, now_s);
    }
    return now_s;
}

static void
dies_again_and_again(void **state)
{
    struct roll *r = make();
    struct roll_word w;
    int64_t now_s;

    (void)state;
    assert_int_equal(roll_workers(r), 2);
    assert_false(roll_troubled(r, 1, 1000, &w));
    now_s = live(r, 1, 1000, ROLL_AGAIN_MIN - 1, 1);
    assert_false(roll_troubled(r, 1, now_s, &w));
    roll_started(r, 1, now_s);
    roll_died(r, 1, EXIT_3, now_s);
    assert_true(roll_troubled(r, 1, now_s, &w));
    assert_string_equal(w.name, "inbox tg/INBOX");
    assert_int_equal(w.deaths, ROLL_AGAIN_MIN);
    assert_int_equal(w.signal, 0);
    assert_int_equal(w.status, 3);
    assert_int_equal(w.died_s, now_s);
    assert_false(roll_troubled(r, 0, now_s, &w));
    roll_free(r);
}

static void
forgotten_after_a_good_life(void **state)
{
    struct roll *r = make();
    struct roll_word w;
    int64_t now_s = live(r, 0, 1000, 5, 2);

    (void)state;
    assert_true(roll_troubled(r, 0, now_s, &w));
    assert_int_equal(w.signal, SIGKILL);
    roll_started(r, 0, now_s + 1);
    assert_true(roll_troubled(r, 0, now_s + ROLL_PROVEN_S, &w));
    assert_false(roll_troubled(r, 0, now_s + 1 + ROLL_PROVEN_S, &w));
    roll_died(r, 0, SIGKILL, now_s + 1 + ROLL_PROVEN_S);
    assert_false(roll_troubled(r, 0, now_s + 1 + ROLL_PROVEN_S, &w));
    assert_int_equal(w.deaths, 1);
    roll_free(r);
}

/* A worker sees what its supervisor writes after the fork, and cannot write. */
static void
read_by_workers(void **state)
{
    struct roll *r = make();
    int go[2], status;
    pid_t pid;
    char c;

    (void)state;
    assert_int_equal(pipe(go), 0);
    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        struct roll_word w;

        (void)signal(SIGSEGV, SIG_DFL);
        roll_close(r);
        if (read(go[0], &c, 1) != 1 || !roll_troubled(r, 1, 2000, &w))
            _exit(1);
        roll_started(r, 1, 2000);
        _exit(2);
    }
    (void)live(r, 1, 1000, 3, 1);
    assert_int_equal(write(go[1], "x", 1), 1);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    /* The sanitizer makes a status of the signal. */
    assert_true(
        WIFSIGNALED(status) || (WIFEXITED(status) && WEXITSTATUS(status) > 2));
    (void)close(go[0]);
    (void)close(go[1]);
    roll_free(r);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dies_again_and_again),
        cmocka_unit_test(forgotten_after_a_good_life),
        cmocka_unit_test(read_by_workers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
