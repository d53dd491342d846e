/* SPDX-License-Identifier: ISC */
/* What each reply means: the sender's policy, row by row. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include "daemon/reply.h"

static const struct reply_rules rules = {60, 21600, 172800};

static const struct {
    enum smtp_command at;
    const char *text;
    enum delivery_state to;
    const char
        *marks; /* h hold, d dead, p policy, s slower, D for the domain */
} answers[] = {
    {SMTP_DOT, "250 2.0.0 Ok: queued as 4FJ", DELIVERY_SENT, ""},
    {SMTP_MAIL, "421 4.3.2 too many letters here", DELIVERY_DEFERRED, "s"},
    {SMTP_RCPT, "421 4.7.0 try later", DELIVERY_DEFERRED, "s"},
    {SMTP_DOT, "421 closing", DELIVERY_DEFERRED, "s"},
    {SMTP_RCPT, "450 4.2.0 greylisted", DELIVERY_DEFERRED, "n"},
    {SMTP_RCPT, "451 4.7.1 slow down", DELIVERY_DEFERRED, "D"},
    {SMTP_DOT, "454 4.7.28 rate", DELIVERY_DEFERRED, "D"},
    {SMTP_MAIL, "451 4.7.1 slow down", DELIVERY_DEFERRED, "s"},
    {SMTP_DOT, "451 not now", DELIVERY_DEFERRED, "n"},
    {SMTP_DATA, "452 4.3.1 disk full", DELIVERY_DEFERRED, ""},
    {SMTP_MAIL, "451 4.3.0 wait", DELIVERY_DEFERRED, "n"},
    {SMTP_MAIL, "550 5.7.60 not your address", DELIVERY_WAITING, "h"},
    {SMTP_MAIL, "552 5.3.4 too big", DELIVERY_WAITING, "h"},
    {SMTP_RSET, "500 what", DELIVERY_WAITING, "h"},
    {SMTP_DOT, "550 5.7.26 unauthenticated", DELIVERY_WAITING, "h"},
    {SMTP_DOT, "550 5.7.515 access denied", DELIVERY_WAITING, "h"},
    {SMTP_RCPT, "550 5.1.8 sender's domain", DELIVERY_WAITING, "h"},
    {SMTP_DOT, "550 5.7.60 may not send as", DELIVERY_WAITING, "h"},
    {SMTP_RCPT, "550 5.1.1 <a@b>: no", DELIVERY_FAILED, "d"},
    {SMTP_RCPT, "550 5.1.10 RecipientNotFound", DELIVERY_FAILED, "d"},
    {SMTP_DOT, "554 5.1.1 later found out", DELIVERY_FAILED, "d"},
    {SMTP_RCPT, "550 5.1.100 no such status", DELIVERY_FAILED, ""},
    {SMTP_RCPT, "550 5.1.0 sender rejected", DELIVERY_FAILED, ""},
    {SMTP_RCPT, "550 User unknown", DELIVERY_FAILED, "d"},
    {SMTP_RCPT, "550-No Such User here / really", DELIVERY_FAILED, "d"},
    {SMTP_RCPT, "550 blocked by a list", DELIVERY_FAILED, ""},
    {SMTP_RCPT, "550 5.7.1 user unknown to our policy", DELIVERY_FAILED, "p"},
    {SMTP_DOT, "554 5.7.1 spam", DELIVERY_FAILED, "p"},
    {SMTP_DOT, "554 spam", DELIVERY_FAILED, "p"},
    {SMTP_RCPT, "554 5.2.2 full", DELIVERY_FAILED, "S"},
    {SMTP_RCPT, "552 full, user unknown", DELIVERY_FAILED, "S"},
    {SMTP_DOT, "552 5.3.4 too large for us", DELIVERY_FAILED, ""},
    {SMTP_RCPT, "550 4.1.1 contradicts itself", DELIVERY_FAILED, ""},
    {SMTP_RCPT, "550 5.1.1", DELIVERY_FAILED, "d"},
    {SMTP_RCPT, "550", DELIVERY_FAILED, ""},
    {SMTP_RCPT, "553 5.1.3 syntax", DELIVERY_FAILED, "d"},
};

static void
test_answers(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        struct reply_case c = {.end = REPLY_ANSWERED,
            .at = answers[i].at,
            .text = answers[i].text,
            .code = (answers[i].text[0] - '0') * 100 +
                    (answers[i].text[1] - '0') * 10 + answers[i].text[2] - '0',
            .tries = 1,
            .first_s = 1000,
            .now_s = 1000};
        struct reply_deed got;
        const char *m = answers[i].marks;

        reply_decide(&rules, &c, &got);
        print_message("%s: %s\n", c.text, got.words);
        assert_int_equal(got.to, answers[i].to);
        assert_int_equal(got.hold, strchr(m, 'h') != NULL);
        assert_int_equal(got.dead, strchr(m, 'd') != NULL);
        assert_int_equal(got.soft, strchr(m, 'S') != NULL);
        assert_int_equal(got.policy, strchr(m, 'p') != NULL);
        assert_int_equal(got.slower, strchr(m, 's') != NULL);
        assert_int_equal(got.slower_domain, strchr(m, 'D') != NULL);
        assert_int_equal(got.not_now, strchr(m, 'n') != NULL);
    }
}

static void
test_later(void **state)
{
    static const struct {
        int tries;
        uint32_t dice;
        int64_t age_s, pause_s; /* 0: failed */
    } cases[] = {
        {1, 0, 0, 60},
        {1, 15, 0, 75},
        {1, 16, 0, 60},
        {2, 0, 60, 120},
        {5, 0, 900, 960},
        {9, 0, 20000, 15360},
        {10, 0, 40000, 21600},
        {500, 0, 172799, 21600},
        {500, 5400, 172799, 27000},
        {500, 0, 172800, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct reply_case c = {.end = REPLY_ANSWERED,
            .at = SMTP_RCPT,
            .code = 450,
            .text = "450 4.2.1 later",
            .tries = cases[i].tries,
            .first_s = 5000,
            .now_s = 5000 + cases[i].age_s,
            .dice = cases[i].dice};
        struct reply_deed got;

        reply_decide(&rules, &c, &got);
        if (cases[i].pause_s == 0) {
            assert_int_equal(got.to, DELIVERY_FAILED);
            assert_int_equal(got.due_s, 0);
            assert_true(got.soft);
            c.at = SMTP_MAIL; /* not his mailbox */
            reply_decide(&rules, &c, &got);
            assert_int_equal(got.to, DELIVERY_FAILED);
            assert_false(got.soft);
        } else {
            assert_false(got.soft);
            assert_int_equal(got.to, DELIVERY_DEFERRED);
            assert_int_equal(got.due_s - c.now_s, cases[i].pause_s);
        }
    }
}

static void
test_losses(void **state)
{
    static const struct {
        enum reply_end end;
        int tries, doubts;
        enum delivery_state to;
        int64_t due_s;
    } cases[] = {
        {REPLY_DROPPED, 1, 0, DELIVERY_DEFERRED, 9000},
        {REPLY_DROPPED, 3, 1, DELIVERY_DEFERRED, 9000},
        {REPLY_DROPPED, 4, 0, DELIVERY_DEFERRED, 9480},
        {REPLY_DOUBTFUL, 1, 0, DELIVERY_DOUBT, 9060},
        {REPLY_DOUBTFUL, 2, 1, DELIVERY_DOUBT, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct reply_case c = {.end = cases[i].end,
            .text = "connection reset",
            .tries = cases[i].tries,
            .doubts = cases[i].doubts,
            .first_s = 9000,
            .now_s = 9000};
        struct reply_deed got;

        reply_decide(&rules, &c, &got);
        assert_int_equal(got.to, cases[i].to);
        assert_int_equal(got.due_s, cases[i].due_s);
        assert_false(got.hold || got.dead || got.policy);
    }
}

static void
test_watch(void **state)
{
    struct reply_watch w = {0};

    (void)state;
    for (int i = 0; i < REPLY_WATCH_ROW - 1; i++)
        assert_false(reply_watch_note(&w, true, 20));
    assert_true(reply_watch_note(&w, true, 20)); /* ten in a row */
    assert_int_equal(w.n, 0);
    /* one in six, for long, is not enough; one in five is */
    for (int i = 0; i < 5000; i++)
        assert_false(reply_watch_note(&w, i % 6 == 5, 20));
    memset(&w, 0, sizeof w);
    for (int i = 0; i < REPLY_WATCH_LEAST - 1; i++)
        assert_false(reply_watch_note(&w, i % 4 == 3, 20));
    assert_true(reply_watch_note(&w, true, 20));
    /* The share is the admin's: one in four, where half are too many. */
    for (int i = 0; i < 1000; i++)
        assert_false(reply_watch_note(&w, i % 4 == 3, 50));
    memset(&w, 0, sizeof w);
    for (int i = 0; i < REPLY_WATCH_LEAST - 1; i++)
        assert_false(reply_watch_note(&w, i % 4 == 0, 5));
    assert_true(reply_watch_note(&w, false, 5));
}

static void
test_refuses_null(void **state)
{
    static const struct {
        enum smtp_command at;
        int code;
        const char *text;
        bool want;
    } cases[] = {
        {SMTP_MAIL, 550, "550 no empty sender", true},
        {SMTP_MAIL, 501, "501 5.1.7 bad sender", true},
        {SMTP_MAIL, 550, "550 5.7.60 not your address", true},
        {SMTP_MAIL, 450, "450 4.1.7 later", false},
        {SMTP_MAIL, 530, "530 5.7.0 log in first", false},
        {SMTP_MAIL, 552, "552 5.3.4 too large", false},
        {SMTP_MAIL, 555, "555 5.5.4 what is ENVID?", false},
        {SMTP_MAIL, 503, "503 5.5.1 nested MAIL", false},
        {SMTP_RSET, 550, "550 5.1.7 no", false},
        {SMTP_RCPT, 550, "550 5.1.7 bad sender", true},
        {SMTP_RCPT, 553, "553 5.1.8 sender's domain", true},
        {SMTP_RCPT, 550, "550 5.1.1 no such user", false},
        {SMTP_RCPT, 550, "550 no", false},
        {SMTP_DOT, 550, "550 5.7.60 SMTP; may not send as this", true},
        {SMTP_DOT, 554, "554 5.7.1 spam", false},
        {SMTP_DOT, 250, "250 2.0.0 ok", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (reply_refuses_null(cases[i].at, cases[i].code, cases[i].text) !=
            cases[i].want)
            fail_msg("%s", cases[i].text);
}

static void
test_hold_words(void **state)
{
    const struct reply_deed relay = {.hold = true},
                            policy = {.hold = true, .many = true},
                            null = {.hold = true, .no_null = true},
                            ours = {.hold = true, .unwritten = true};

    (void)state;
    assert_non_null(strstr(reply_hold_words(&relay), "relay refuses"));
    assert_non_null(strstr(reply_hold_words(&policy), "by policy"));
    assert_non_null(strstr(reply_hold_words(&null), "answer-sender"));
    assert_non_null(strstr(reply_hold_words(&ours), "cannot be signed"));
    assert_null(strstr(reply_hold_words(&ours), "relay"));
}

static void
test_connect(void **state)
{
    (void)state;
    assert_true(reply_connect_is_ours(535, true));
    assert_true(reply_connect_is_ours(554, false));
    assert_true(reply_connect_is_ours(0, true));
    assert_false(reply_connect_is_ours(454, true));
    assert_false(reply_connect_is_ours(421, false));
    assert_false(reply_connect_is_ours(0, false));
    assert_int_equal(reply_backoff_ms(1), 1000);
    assert_int_equal(reply_backoff_ms(4), 8000);
    assert_int_equal(reply_backoff_ms(10), 300000);
    assert_int_equal(reply_backoff_ms(1000000), 300000);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answers),
        cmocka_unit_test(test_later),
        cmocka_unit_test(test_losses),
        cmocka_unit_test(test_watch),
        cmocka_unit_test(test_refuses_null),
        cmocka_unit_test(test_hold_words),
        cmocka_unit_test(test_connect),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
