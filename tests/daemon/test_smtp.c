/* SPDX-License-Identifier: ISC */
/* Conversations with a server, as bytes: each is played in one piece, then
 * byte by byte, and must come out the same. */
#include "tests/daemon/smtp_fixture.h"

/* What the server says in turn, what we must have said before each, and how
 * it ends. */
static const struct conversation {
    const char *name;
    bool lock_step;
    const char *says[6];
    const char *sent; /* everything that we send */
    enum smtp_step end;
    enum smtp_command at;
    const char *answer; /* "" : none */
    bool closing, arrived;
} conversations[] = {
    {"accepted", false, {GREETED, "250 2.0.0 queued\r\n"}, ENVELOPE BODY,
        SMTP_ANSWERED, SMTP_DOT, "250 2.0.0 queued", false, false},
    {"lock-step", true,
        {"250 ok\r\n", "250 ok\r\n", "354 go\r\n", "250 yes\r\n"},
        ENVELOPE BODY, SMTP_ANSWERED, SMTP_DOT, "250 yes", false, false},
    {"bare LF and empty text", false, {"250\n250\n354\n", "250\n"},
        ENVELOPE BODY, SMTP_ANSWERED, SMTP_DOT, "250", false, false},
    {"many lines", false,
        {GREETED, "550-5.7.1 one\r\n550-5.7.1 two\r\n550 5.7.1 three\r\n"},
        ENVELOPE BODY, SMTP_ANSWERED, SMTP_DOT,
        "550 5.7.1 one / 5.7.1 two / 5.7.1 three", false, false},
    {"sender refused", false, {"550 5.7.1 not you\r\n503 no\r\n503 no\r\n"},
        ENVELOPE, SMTP_ANSWERED, SMTP_MAIL, "550 5.7.1 not you", false, false},
    {"sender refused, lock-step", true, {"550 not you\r\n"},
        "MAIL FROM:<t@l.dk>\r\n", SMTP_ANSWERED, SMTP_MAIL, "550 not you",
        false, false},
    {"recipient refused", false, {"250 ok\r\n550 5.1.1 no user\r\n503 no\r\n"},
        ENVELOPE, SMTP_ANSWERED, SMTP_RCPT, "550 5.1.1 no user", false, false},
    {"recipient refused, lock-step", true, {"250 ok\r\n", "451 later\r\n"},
        "MAIL FROM:<t@l.dk>\r\nRCPT TO:<a@b.dk>\r\n", SMTP_ANSWERED, SMTP_RCPT,
        "451 later", false, false},
    {"recipient refused, DATA accepted", false,
        {"250 ok\r\n550 no user\r\n354 go\r\n", "554 no recipients\r\n"},
        ENVELOPE ".\r\n", SMTP_ANSWERED, SMTP_RCPT, "550 no user", false,
        false},
    {"sender refused, the rest accepted", false,
        {"550 not you\r\n250 ok\r\n354 go\r\n"}, ENVELOPE, SMTP_ANSWERED,
        SMTP_MAIL, "550 not you", true, false},
    {"DATA refused", false, {"250 ok\r\n250 ok\r\n452 4.3.1 full\r\n"},
        ENVELOPE, SMTP_ANSWERED, SMTP_DATA, "452 4.3.1 full", false, false},
    {"421 to MAIL, then silence", false, {"421 4.3.2 bye\r\n"}, ENVELOPE,
        SMTP_ANSWERED, SMTP_MAIL, "421 4.3.2 bye", true, false},
    {"421 to RCPT", false, {"250 ok\r\n421 bye\r\n"}, ENVELOPE, SMTP_ANSWERED,
        SMTP_RCPT, "421 bye", true, false},
    {"421 to the dot", false, {GREETED, "421 4.3.2 bye\r\n"}, ENVELOPE BODY,
        SMTP_ANSWERED, SMTP_DOT, "421 4.3.2 bye", true, false},
    {"421 after the answer", false, {GREETED, "250 ok\r\n421 bye\r\n"},
        ENVELOPE BODY, SMTP_ANSWERED, SMTP_DOT, "250 ok", true, false},
    {"garbage after the answer", false, {GREETED, "250 ok\r\n\x16\x03"},
        ENVELOPE BODY, SMTP_ANSWERED, SMTP_DOT, "250 ok", true, false},
    {"250 to DATA", false, {"250 ok\r\n250 ok\r\n250 ok\r\n"}, ENVELOPE,
        SMTP_DEAD, SMTP_DOT, "", true, false},
    {"354 to MAIL", false, {"354 go\r\n"}, ENVELOPE, SMTP_DEAD, SMTP_DOT, "",
        true, false},
    {"one reply too many before the letter", false,
        {GREETED "250 too early\r\n"}, ENVELOPE, SMTP_DEAD, SMTP_DOT, "", true,
        false},
    {"no SMTP", false, {"HTTP/1.1 400 Bad Request\r\n"}, ENVELOPE, SMTP_DEAD,
        SMTP_DOT, "", true, false},
    {"two codes in one reply", false, {"250-ok\r\n550 no\r\n"}, ENVELOPE,
        SMTP_DEAD, SMTP_DOT, "", true, false},
    {"354 to the dot", false, {GREETED, "354 go\r\n"}, ENVELOPE BODY, SMTP_DEAD,
        SMTP_DOT, "", true, true},
    {"junk after the dot", false, {GREETED, "??\r\n"}, ENVELOPE BODY, SMTP_DEAD,
        SMTP_DOT, "", true, true},
    {"silence after the dot", false, {GREETED}, ENVELOPE BODY, SMTP_WAIT,
        SMTP_DOT, "", false, true},
    {"silence before it", false, {"250 ok\r\n250 ok\r\n"}, ENVELOPE, SMTP_WAIT,
        SMTP_DOT, "", false, false},
    {"control characters and broken UTF-8", false,
        {GREETED, "250 a\x1b[2Jb\x7f \xff\xc3\xb8\r\n"}, ENVELOPE BODY,
        SMTP_ANSWERED, SMTP_DOT, "250 a?[2Jb? ???", false, false},
    {"good UTF-8", false, {GREETED, "250 bl\xc3\xa5\r\n"}, ENVELOPE BODY,
        SMTP_ANSWERED, SMTP_DOT, "250 bl\xc3\xa5", false, false},
};

static enum smtp_step
play(struct smtp *s, const char *says, size_t piece, char *out, size_t size)
{
    enum smtp_step step = SMTP_WAIT;
    size_t n = strlen(says);

    for (size_t at = 0; at < n; at += piece) {
        enum smtp_step now =
            input(s, says + at, n - at < piece ? n - at : piece);

        if (step == SMTP_ANSWERED && now == SMTP_DEAD)
            break; /* what comes after an answer may only end it */
        if (now != SMTP_WAIT || step != SMTP_ANSWERED)
            step = now;
        if (step == SMTP_DEAD)
            break;
        if (step == SMTP_BODY_NOW && at + piece >= n)
            smtp_body(s, body(), strlen(BODY));
        drain(s, out, size);
    }
    return step;
}

static void
converse(const struct conversation *c, size_t piece)
{
    struct smtp_server server = {.pipelining = !c->lock_step};
    enum smtp_step step = SMTP_WAIT;
    char out[2000] = "";
    struct smtp s;

    print_message("%s, %zu at a time\n", c->name, piece);
    smtp_init(&s, &server);
    begin(&s);
    drain(&s, out, sizeof out);
    for (int i = 0; i < 6 && c->says[i] != NULL; i++) {
        step = play(&s, c->says[i], piece, out, sizeof out);
        if (step == SMTP_BODY_NOW)
            step = SMTP_WAIT;
    }
    assert_int_equal(step, c->end);
    assert_string_equal(out, c->sent);
    assert_int_equal(s.closing, c->closing);
    assert_int_equal(smtp_may_have_arrived(&s), c->arrived);
    if (c->answer[0] != '\0') {
        assert_int_equal(s.answer_at, c->at);
        assert_string_equal(s.answer.text, c->answer);
        assert_false(smtp_busy(&s));
    }
}

static void
test_conversations(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof conversations / sizeof conversations[0];
         i++) {
        converse(&conversations[i], 10000);
        converse(&conversations[i], 1);
    }
}

static void
test_reset(void **state)
{
    struct smtp_server server = {.pipelining = true};
    char out[2000] = "";
    struct smtp s;

    (void)state;
    smtp_init(&s, &server);
    begin(&s);
    drain(&s, out, sizeof out);
    assert_int_equal(
        play(&s, "250 ok\r\n550 no\r\n503 no\r\n", 999, out, sizeof out),
        SMTP_ANSWERED);
    out[0] = '\0';
    begin(&s);
    drain(&s, out, sizeof out);
    assert_string_equal(out, "RSET\r\n" ENVELOPE);
    assert_int_equal(
        play(&s, "250 ok\r\n" GREETED, 999, out, sizeof out), SMTP_BODY_NOW);
    assert_int_equal(
        play(&s, "250 queued\r\n", 999, out, sizeof out), SMTP_ANSWERED);
    assert_string_equal(s.answer.text, "250 queued");
    out[0] = '\0';
    begin(&s); /* after a good one no RSET is owed */
    drain(&s, out, sizeof out);
    assert_string_equal(out, ENVELOPE);
}

/* The letter in two pieces: only the last byte makes it doubtful. */
static void
test_doubt(void **state)
{
    struct smtp_server server = {.pipelining = true};
    char out[2000] = "";
    struct smtp s;
    size_t n;

    (void)state;
    smtp_init(&s, &server);
    begin(&s);
    drain(&s, out, sizeof out);
    assert_int_equal(input(&s, GREETED, strlen(GREETED)), SMTP_BODY_NOW);
    smtp_body(&s, body(), strlen(BODY));
    assert_false(smtp_may_have_arrived(&s));
    assert_non_null(smtp_output(&s, &n));
    assert_true(smtp_may_have_arrived(&s)); /* a send that fails now */
    smtp_sent(&s, 0);
    assert_false(smtp_may_have_arrived(&s));
    assert_non_null(smtp_output(&s, &n));
    smtp_sent(&s, n - 1);
    assert_false(smtp_may_have_arrived(&s));
    smtp_keep(&s, "\n");
    assert_string_equal(smtp_output(&s, &n), "\n");
    smtp_sent(&s, 1);
    assert_true(smtp_may_have_arrived(&s));
    assert_null(smtp_output(&s, &n));
    assert_int_equal(input(&s, "250 ok\r\n", 8), SMTP_ANSWERED);
    assert_false(smtp_may_have_arrived(&s));
}

/* A server that refuses in the middle of the letter. */
static void
test_refused_early(void **state)
{
    struct smtp_server server = {.pipelining = true};
    char out[2000] = "";
    struct smtp s;
    size_t n;

    (void)state;
    smtp_init(&s, &server);
    begin(&s);
    drain(&s, out, sizeof out);
    assert_int_equal(input(&s, GREETED, strlen(GREETED)), SMTP_BODY_NOW);
    smtp_body(&s, body(), strlen(BODY));
    assert_non_null(smtp_output(&s, &n));
    smtp_sent(&s, 4);
    assert_int_equal(input(&s, "552 big\r\n", 9), SMTP_ANSWERED);
    assert_true(s.closing);
    assert_int_equal(s.answer.code, 552);
    assert_null(smtp_output(&s, &n));
}

static void
test_envelope(void **state)
{
    static const struct {
        const char *from, *to;
        bool utf8, offered;
        enum result want;
        const char *first; /* what is sent first */
    } cases[] = {
        {"", "a@b.dk", false, true, RES_OK, "MAIL FROM:<> SIZE=28000\r\n"},
        {"x@l.dk", "\xc3\xa6@b.dk", true, true, RES_OK,
            "MAIL FROM:<x@l.dk> SIZE=28000 SMTPUTF8\r\n"},
        {"x@l.dk", "\xc3\xa6@b.dk", true, false, RES_NEVER, ""},
        {"x@l.dk", "\xc3\xa6@b.dk", false, true, RES_NEVER, ""},
        {"x@l.dk", "a@b.dk>\r\nRCPT TO:<c@d.dk", false, true, RES_NEVER, ""},
        {"x\n@l.dk", "a@b.dk", false, true, RES_NEVER, ""},
    };
    char longest[SMTP_PATH_MAX + 2];
    struct smtp s;
    struct fault f;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct smtp_server server = {
            .size = true, .smtputf8 = cases[i].offered};
        struct smtp_envelope e = {
            cases[i].from, cases[i].to, 28000, cases[i].utf8, NULL};
        char out[2000] = "";

        smtp_init(&s, &server);
        assert_int_equal(smtp_begin(&s, &e, &f), cases[i].want);
        assert_int_equal(smtp_busy(&s), cases[i].want == RES_OK);
        drain(&s, out, sizeof out);
        assert_string_equal(out, cases[i].first);
    }
    memset(longest, 'a', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    for (int over = 1; over >= 0; over--) {
        struct smtp_server server = {
            .pipelining = true, .size = true, .smtputf8 = true, .dsn = true};
        struct smtp_envelope e = {
            longest + 1 - over, longest + 1 - over, SIZE_MAX, true, longest};

        smtp_init(&s, &server);
        s.reset_first = true;
        assert_int_equal(smtp_begin(&s, &e, &f), over ? RES_NEVER : RES_OK);
    }
}

/* Replies to commands that were not sent yet. */
static void
test_ahead(void **state)
{
    struct smtp_server server = {.pipelining = false};
    char out[2000] = "";
    struct smtp s;

    (void)state;
    smtp_init(&s, &server);
    begin(&s);
    drain(&s, out, sizeof out);
    assert_int_equal(input(&s, GREETED, strlen(GREETED)), SMTP_DEAD);
    smtp_init(&s, &server);
    assert_int_equal(input(&s, "250 ok\r\n", 8), SMTP_DEAD);
}

/* A reply without end, and one that is longer than we keep. */
static void
test_limits(void **state)
{
    struct smtp_server server = {.pipelining = true};
    enum smtp_step step = SMTP_WAIT;
    char out[2000] = "", line[1200];
    struct smtp s;
    int lines = 0;

    (void)state;
    smtp_init(&s, &server);
    begin(&s);
    drain(&s, out, sizeof out);
    while (step == SMTP_WAIT && ++lines < 5000)
        step = input(&s, "250-more\r\n", 10);
    assert_int_equal(step, SMTP_DEAD);
    assert_int_equal(lines, SMTP_REPLY_BYTES_MAX / 10 + 1);

    smtp_init(&s, &server);
    begin(&s);
    drain(&s, out, sizeof out);
    (void)snprintf(line, sizeof line, "421 %01100d\r\n", 7);
    step = input(&s, line, strlen(line));
    assert_int_equal(step, SMTP_ANSWERED);
    assert_int_equal(strlen(s.answer.text), REPLY_MAX);
}

static void
test_dsn(void **state)
{
    static char longest[SMTP_PATH_MAX + 1];
    static const struct {
        const char *from, *to, *envid;
        bool utf8, offered;
        const char *sent;
    } cases[] = {
        {"t@l.dk", "a@b.dk", "k3y", false, true,
            "MAIL FROM:<t@l.dk> RET=HDRS ENVID=k3y\r\n"
            "RCPT TO:<a@b.dk> NOTIFY=FAILURE,DELAY ORCPT=rfc822;a@b.dk\r\n"
            "DATA\r\n"},
        {"t@l.dk", "a+x=y@b.dk", "a b\x7f", false, true,
            "MAIL FROM:<t@l.dk> RET=HDRS ENVID=a+20b+7F\r\n"
            "RCPT TO:<a+x=y@b.dk> NOTIFY=FAILURE,DELAY"
            " ORCPT=rfc822;a+2Bx+3Dy@b.dk\r\nDATA\r\n"},
        {"t@l.dk", "\xc3\xa6@b.dk", "k3y", true, true,
            "MAIL FROM:<t@l.dk> SMTPUTF8 RET=HDRS ENVID=k3y\r\n"
            "RCPT TO:<\xc3\xa6@b.dk> NOTIFY=FAILURE,DELAY\r\nDATA\r\n"},
        {"t@l.dk", longest, "k3y", false, true, NULL},
        {"", "a@b.dk", "k3y", false, true,
            "MAIL FROM:<>\r\nRCPT TO:<a@b.dk>\r\nDATA\r\n"},
        {"t@l.dk", "a@b.dk", NULL, false, true, ENVELOPE},
        {"t@l.dk", "a@b.dk", "k3y", false, false, ENVELOPE},
    };

    (void)state;
    memset(longest, '+', SMTP_PATH_MAX);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct smtp_server server = {
            .pipelining = true, .smtputf8 = true, .dsn = cases[i].offered};
        struct smtp_envelope e = {.from = cases[i].from,
            .to = cases[i].to,
            .utf8 = cases[i].utf8,
            .envid = cases[i].envid};
        char sent[SMTP_FLIGHT_MAX] = "";
        struct fault f;
        struct smtp s;

        smtp_init(&s, &server);
        assert_int_equal(smtp_begin(&s, &e, &f), RES_OK);
        drain(&s, sent, sizeof sent);
        if (cases[i].sent != NULL)
            assert_string_equal(sent, cases[i].sent);
        else
            assert_null(strstr(sent, "ORCPT"));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_conversations),
        cmocka_unit_test(test_reset),
        cmocka_unit_test(test_doubt),
        cmocka_unit_test(test_refused_early),
        cmocka_unit_test(test_envelope),
        cmocka_unit_test(test_dsn),
        cmocka_unit_test(test_ahead),
        cmocka_unit_test(test_limits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
