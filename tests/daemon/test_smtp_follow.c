/* SPDX-License-Identifier: ISC */
/* A letter with the commands of the next one behind it in one flight. */
#include "tests/daemon/smtp_fixture.h"

/* A letter with the next one's commands behind it: what the server says to
 * that flight, and how the first and the second letter come out. */
#define SECOND "MAIL FROM:<t@l.dk>\r\nRCPT TO:<c@d.dk>\r\nDATA\r\n"
static const struct pair {
    const char *name, *says;
    enum smtp_step first;
    const char *answer;
    bool closing;
    enum smtp_step second; /* SMTP_WAIT: it was not told anything */
    enum smtp_command at;
    const char *second_answer;
    const char *more; /* sent then */
} pairs[] = {
    {"both taken", "250 one\r\n" GREETED, SMTP_ANSWERED, "250 one", false,
        SMTP_BODY_NOW, SMTP_DOT, "", ""},
    {"the second waits", "250 one\r\n", SMTP_ANSWERED, "250 one", false,
        SMTP_WAIT, SMTP_DOT, "", ""},
    {"the first refused", "550 5.7.1 spam\r\n" GREETED, SMTP_ANSWERED,
        "550 5.7.1 spam", false, SMTP_BODY_NOW, SMTP_DOT, "", ""},
    {"421 to the dot", "421 bye\r\n", SMTP_ANSWERED, "421 bye", true, SMTP_WAIT,
        SMTP_DOT, "", ""},
    {"421 to the dot, and more", "421 bye\r\n250 ok\r\n", SMTP_ANSWERED,
        "421 bye", true, SMTP_WAIT, SMTP_DOT, "", ""},
    {"421 to what follows", "250 one\r\n421 bye\r\n", SMTP_ANSWERED, "250 one",
        false, SMTP_ANSWERED, SMTP_MAIL, "421 bye", ""},
    {"second sender refused", "250 one\r\n550 no\r\n503 no\r\n503 no\r\n",
        SMTP_ANSWERED, "250 one", false, SMTP_ANSWERED, SMTP_MAIL, "550 no",
        ""},
    {"second recipient refused", "250 one\r\n250 ok\r\n550 no\r\n503 no\r\n",
        SMTP_ANSWERED, "250 one", false, SMTP_ANSWERED, SMTP_RCPT, "550 no",
        ""},
    {"second recipient refused, DATA accepted",
        "250 one\r\n250 ok\r\n550 no\r\n354 go\r\n", SMTP_ANSWERED, "250 one",
        false, SMTP_WAIT, SMTP_DOT, "", ".\r\n"},
    {"354 to the dot", "354 go\r\n", SMTP_DEAD, "", true, SMTP_WAIT, SMTP_DOT,
        "", ""},
    {"garbage after the answer", "250 one\r\n\x16\x03", SMTP_ANSWERED,
        "250 one", false, SMTP_DEAD, SMTP_DOT, "", ""},
};

static enum smtp_step
feed(struct smtp *s, const char **p, size_t piece, char *out, size_t size)
{
    enum smtp_step step = SMTP_WAIT;
    size_t n, used;

    while (step == SMTP_WAIT && **p != '\0') {
        n = strnlen(*p, piece);
        step = smtp_input(s, *p, n, &used);
        *p += used;
        drain(s, out, size);
    }
    return step;
}

static void
test_following(void **state)
{
    struct smtp_server server = {.pipelining = true};
    struct smtp_envelope e = {.from = "t@l.dk", .to = "c@d.dk"};
    struct fault f;

    (void)state;
    for (size_t i = 0; i < 2 * sizeof pairs / sizeof pairs[0]; i++) {
        const struct pair *c = &pairs[i / 2];
        size_t piece = i % 2 == 0 ? 9999 : 1;
        const char *p = c->says;
        char out[2000] = "";
        struct smtp s;

        print_message("%s, %zu at a time\n", c->name, piece);
        smtp_init(&s, &server);
        begin(&s);
        assert_false(smtp_may_follow(&s));
        drain(&s, out, sizeof out);
        assert_int_equal(input(&s, GREETED, strlen(GREETED)), SMTP_BODY_NOW);
        assert_true(smtp_may_follow(&s));
        assert_int_equal(smtp_begin(&s, &e, &f), RES_OK);
        assert_false(smtp_may_follow(&s));
        smtp_body(&s, body(), strlen(BODY));
        drain(&s, out, sizeof out);
        assert_string_equal(out, ENVELOPE BODY SECOND);
        assert_true(smtp_may_have_arrived(&s));
        out[0] = '\0';
        assert_int_equal(feed(&s, &p, piece, out, sizeof out), c->first);
        assert_int_equal(s.closing, c->closing);
        if (c->first != SMTP_ANSWERED)
            continue;
        assert_string_equal(s.answer.text, c->answer);
        assert_int_equal(smtp_busy(&s), !c->closing);
        assert_false(smtp_may_have_arrived(&s));
        if (c->closing)
            continue;
        assert_int_equal(feed(&s, &p, piece, out, sizeof out), c->second);
        assert_string_equal(out, c->more);
        if (c->second != SMTP_ANSWERED)
            continue;
        assert_int_equal(s.answer_at, c->at);
        assert_string_equal(s.answer.text, c->second_answer);
    }
}

/* A flight that the socket takes in pieces: the commands behind the letter do
 * not make it less doubtful, and go on from where they were. */
static void
test_following_in_pieces(void **state)
{
    struct smtp_server server = {.pipelining = true};
    struct smtp_envelope e = {.from = "t@l.dk", .to = "c@d.dk"};
    char out[2000] = "";
    struct fault f;
    struct smtp s;
    size_t n, used;

    (void)state;
    smtp_init(&s, &server);
    begin(&s);
    drain(&s, out, sizeof out);
    assert_int_equal(input(&s, GREETED, strlen(GREETED)), SMTP_BODY_NOW);
    assert_int_equal(smtp_begin(&s, &e, &f), RES_OK);
    smtp_body(&s, body(), strlen(BODY));
    assert_non_null(smtp_output(&s, &n));
    assert_int_equal(n, strlen(BODY SECOND));
    smtp_sent(&s, strlen(BODY) - 1);
    assert_false(smtp_may_have_arrived(&s));
    assert_non_null(smtp_output(&s, &n));
    smtp_sent(&s, 2);
    assert_true(smtp_may_have_arrived(&s));
    assert_int_equal(smtp_input(&s, "250 one\r\n", 9, &used), SMTP_ANSWERED);
    assert_true(smtp_busy(&s));
    out[0] = '\0';
    drain(&s, out, sizeof out);
    assert_string_equal(out, &SECOND[1]);
    /* Refused in the middle of the letter: what follows never goes. */
    assert_int_equal(input(&s, GREETED, strlen(GREETED)), SMTP_BODY_NOW);
    assert_int_equal(smtp_begin(&s, &e, &f), RES_OK);
    smtp_body(&s, body(), strlen(BODY));
    assert_non_null(smtp_output(&s, &n));
    smtp_sent(&s, 4);
    assert_int_equal(input(&s, "552 big\r\n", 9), SMTP_ANSWERED);
    assert_true(s.closing);
    assert_false(smtp_busy(&s));
    /* It answers commands that have not gone yet. */
    smtp_init(&s, &server);
    begin(&s);
    drain(&s, out, sizeof out);
    assert_int_equal(input(&s, GREETED, strlen(GREETED)), SMTP_BODY_NOW);
    assert_int_equal(smtp_begin(&s, &e, &f), RES_OK);
    smtp_body(&s, body(), strlen(BODY));
    smtp_sent(&s, strlen(BODY));
    assert_int_equal(
        smtp_input(&s, "250 one\r\n250 ok\r\n", 17, &used), SMTP_ANSWERED);
    assert_int_equal(used, 9);
    assert_int_equal(input(&s, "250 ok\r\n", 8), SMTP_DEAD);
    /* A server without PIPELINING. */
    server.pipelining = false;
    smtp_init(&s, &server);
    begin(&s);
    for (int i = 0; i < 3; i++) {
        drain(&s, out, sizeof out);
        (void)input(&s, i < 2 ? "250 ok\r\n" : "354 ok\r\n", 8);
    }
    assert_true(smtp_wants_body(&s));
    assert_false(smtp_may_follow(&s));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_following),
        cmocka_unit_test(test_following_in_pieces),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
