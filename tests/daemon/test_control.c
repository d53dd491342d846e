/* SPDX-License-Identifier: ISC */
/* The control worker as its clients see it: every refusal in words, people,
 * imports and exports. Letters: test_control_letter.c. */
#include "tests/daemon/control_client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "daemon/control.h"
#include "daemon/reader.h"

static void
test_http(void **state)
{
    static const struct talk talks[] = {
        {"GET", "/v1/version", NULL, 200, "\"version\"", NULL},
        {"GET", "/v1/status", NULL, 200, "\"trouble\"", NULL},
        {"GET", "/v1/relays", NULL, 200, "\"relays\"", NULL},
        {"GET", "/v1/lists", NULL, 200, "\"news\"", NULL},
        {"GET", "/", NULL, 404, "there is no GET /", NULL},
        {"GET", "/v1/nothing", NULL, 404, NULL, NULL},
        {"DELETE", "/v1/status", NULL, 405, NULL, NULL},
        {"GET", "/v1/issues/7", NULL, 404, "no issue 7", NULL},
        {"GET", "/v1/issues/x", NULL, 404, NULL, NULL},
        {"GET", "/v1/issues/-1", NULL, 404, NULL, NULL},
        {"GET", "/v1/issues/99999999999999999999", NULL, 404, NULL, NULL},
        {"GET", "/v1/issues?limit=0", NULL, 400, "limit=0", NULL},
        {"GET", "/v1/issues?limit=1x", NULL, 400, NULL, NULL},
        {"GET", "/v1/issues?all=1&limit=5", NULL, 200, "[]", NULL},
        {"GET", "/v1/subscribers?list=%ff", NULL, 400, "UTF-8", NULL},
        {"GET", "/v1/subscribers?list=a%0ab", NULL, 400, NULL, NULL},
        {"GET", "/v1/subscribers?list=other", NULL, 400, "there is: news",
            NULL},
        {"GET", "/v1/subscribers?state=gone", NULL, 400,
            "no subscription is ever \\\"gone\\\"", NULL},
        {"GET", "/v1/subscribers?state=gone", NULL, 400, "pending, active",
            NULL},
        {"GET", "/v1/subscribers/x@y.dk", NULL, 404,
            "rummelig-mail subscribers list", NULL},
        {"GET", "/v1/issues/7", NULL, 404, "rummelig-mail issues", NULL},
        {"GET", "/v1/subscribers/nobody", NULL, 400, NULL, NULL},
        {"GET", "/v1/subscribers/a@b.dk", NULL, 404, "a@b.dk", NULL},
        {"POST", "/v1/subscribers", "", 400, "not JSON", NULL},
        {"POST", "/v1/subscribers", "[]", 400, "object", NULL},
        {"POST", "/v1/subscribers", "{\"address\":7}", 400, "address", NULL},
        {"POST", "/v1/subscribers", "{\"address\":\"\xff@b.dk\"}", 400, "UTF-8",
            NULL},
        {"POST", "/v1/subscribers", "{\"address\":\"a\\u0000@b.dk\"}", 400,
            NULL, NULL},
        {"POST", "/v1/subscribers", "{\"address\":\"a\\r\\nX: y@b.dk\"}", 400,
            "control character", NULL},
        {"POST", "/v1/subscribers", "{}", 400, "missing", NULL},
        {"POST", "/v1/test", "{\"source\":\"x\"}", 400, "\\\"to\\\"", NULL},
        {"POST", "/v1/issues", "{\"source\":\"x\",\"at\":1}", 400, "past",
            NULL},
        {"POST", "/v1/issues", "{\"source\":\"x\",\"again\":1}", 400, "again",
            NULL},
        {"POST", "/v1/issues", "{\"at\":\"tomorrow\"}", 400, "number", NULL},
        {"POST", "/v1/check", "{\"source\":\"x\",\"images\":{\"a\":\"%%%%\"}}",
            400, "base64", NULL},
        {"POST", "/v1/check", "{\"source\":\"x\",\"images\":[]}", 400, "images",
            NULL},
        {"GET", "/v1/incoming", NULL, 200, "\"incoming\":[]", NULL},
        {"GET", "/v1/review", NULL, 200, "\"waiting\":0", NULL},
        {"GET", "/v1/review?after=x", NULL, 400, "after", NULL},
        {"GET", "/v1/review/1", NULL, 404, "no mail 1 waits", NULL},
        {"POST", "/v1/review/1/accept", "", 404, "no mail 1 waits", NULL},
        {"POST", "/v1/review/9223372036854775807/dismiss", "", 404, NULL, NULL},
        {"POST", "/v1/review/x/dismiss", "", 404, NULL, NULL},
    };

    (void)state;
    TALK(talks);
}

/* A body over its route's limit is refused by words, whether the client asks
 * before it sends it or not, and the connection's next request is answered. */
static void
test_too_large(void **state)
{
    size_t n = CONTROL_LETTER_BYTES + 1;
    char *body = malloc(n);
    struct answer a;

    (void)state;
    assert_non_null(body);
    memset(body, 'x', n);
    a = ask_bytes("POST", "/v1/subscribers", body, CONTROL_BODY_BYTES + 1);
    assert_int_equal(a.status, 413);
    answer_free(&a);
    a = ask_bytes("POST", "/v1/check", body, n);
    assert_int_equal(a.status, 413);
    assert_non_null(json_object_get(a.json, "error"));
    answer_free(&a);
    a = ask_chunked("/v1/subscribers", body, CONTROL_BODY_BYTES + 1);
    assert_int_equal(a.status, 413);
    answer_free(&a);
    a = ask_chunked("/v1/check", body, n);
    assert_int_equal(a.status, 413);
    answer_free(&a);
    a = ask("GET", "/v1/version", NULL);
    assert_int_equal(a.status, 200);
    answer_free(&a);
    free(body);
}

static void
test_people(void **state)
{
    static const struct talk talks[] = {
        {"POST", "/v1/subscribers",
            "{\"address\":\"Anna@B.dk\",\"name\":\"Anna Berg\"}", 201,
            "\"state\":\"active\"", NULL},
        {"POST", "/v1/subscribers", "{\"address\":\"anna@b.dk\"}", 200,
            "Anna Berg", NULL},
        {"GET", "/v1/subscribers", NULL, 200, "\"next\":null", NULL},
        {"GET", "/v1/subscribers?limit=1", NULL, 200, "\"next\":1", NULL},
        {"GET", "/v1/subscribers?after=1", NULL, 200, "\"subscribers\":[]",
            NULL},
        {"GET", "/v1/subscribers?state=left", NULL, 200, "\"subscribers\":[]",
            NULL},
        {"GET", "/v1/subscribers/anna%40b.dk", NULL, 200,
            "\"ledger\":[{\"at_s\"", NULL},
        {"GET", "/v1/status", NULL, 200, "\"active\":1", NULL},
        {"DELETE", "/v1/subscribers/anna@b.dk?list=news", NULL, 200,
            "\"state\":\"left\"", NULL},
        {"DELETE", "/v1/subscribers/anna@b.dk", NULL, 200, "\"state\":\"left\"",
            NULL},
        {"DELETE", "/v1/subscribers/other@b.dk", NULL, 404, NULL, NULL},
        {"POST", "/v1/subscribers", "{\"address\":\"anna@b.dk\"}", 409, "again",
            NULL},
        {"POST", "/v1/import?file=x.csv", "email\nanna@b.dk\n", 200,
            "\"kept_out\":1", NULL},
        {"POST", "/v1/subscribers",
            "{\"address\":\"anna@b.dk\",\"again\":true}", 201,
            "\"state\":\"active\"", NULL},
        {"POST", "/v1/subscribers",
            "{\"address\":\"a/b+c@d.dk\",\"name\":\"=1+1\"}", 201, NULL, NULL},
        {"GET", "/v1/subscribers/a/b+c@d.dk", NULL, 200, "a/b+c@d.dk", NULL},
        {"POST", "/v1/import?list=other", "email\n", 400, "news", NULL},
        {"POST", "/v1/import", "", 400, "empty", NULL},
        {"POST", "/v1/import", "name\nx\n", 400, "no column", NULL},
        {"POST", "/v1/import?list=news&file=l.csv",
            "email;navn\nbo@b.dk;\"B\"\"o\"\nno;x\n", 200, "\"refused\":1",
            NULL},
        {"GET", "/v1/subscribers/bo@b.dk", NULL, 200, "l.csv:2", NULL},
        {"GET", "/v1/export?state=active", NULL, 200,
            "\"a/b+c@d.dk\",\"'=1+1\"", NULL},
        {"POST", "/v1/subscribers", "{\"address\":\"=cmd|'/c_x'!a@b.dk\"}", 201,
            NULL, NULL},
        {"GET", "/v1/export?state=active", NULL, 200, "\"'=cmd|'/c_x'!a@b.dk\"",
            "\"=cmd"},
        {"GET", "/v1/export", NULL, 200,
            "\"bo@b.dk\",\"B\"\"o\",\"B\"\"o\",active,2", NULL},
        {"GET", "/v1/export?excel=1", NULL, 200,
            "\xEF\xBB\xBF"
            "address;name;given_name;state;since;how\r\n\"",
            ","},
        {"GET", "/v1/export?state=active&excel=1", NULL, 200,
            "\"bo@b.dk\";\"B\"\"o\";\"B\"\"o\";active;2", NULL},
        {"POST", "/v1/import?list=news&file=excel.csv",
            "\xEF\xBB\xBF"
            "address;name;given_name;state;since;how\r\n"
            "\"pia@b.dk\";\"Pia\";\"Pia\";active;2026-01-01T00:00:00Z;import",
            200, "\"added\":1,", NULL},
        {"GET", "/v1/export?state=left", NULL, 200,
            "address,name,given_name,state,since,how\r\n", "@"},
    };

    (void)state;
    TALK(talks);
}

/* An import of many rows and the export of the same, both longer than any
 * buffer. */
static void
test_many(void **state)
{
    enum {
        ROWS = 5000
    };
    char *body = malloc(ROWS * 40 + 10);
    size_t n;
    int lines = 0;
    struct answer a;

    (void)state;
    assert_non_null(body);
    n = (size_t)snprintf(body, 20, "email,name\n");
    for (int i = 0; i < ROWS; i++)
        n += (size_t)snprintf(body + n, 40, "p%d@b.dk,Person %d\n", i, i);
    a = ask_bytes("POST", "/v1/import?file=many.csv", body, n);
    assert_int_equal(a.status, 200);
    assert_int_equal(
        json_integer_value(json_object_get(a.json, "added")), ROWS);
    answer_free(&a);
    a = ask("GET", "/v1/export", NULL);
    assert_int_equal(a.status, 200);
    for (const char *p = a.text; (p = strchr(p, '\n')) != NULL; p++)
        lines++;
    assert_int_equal(lines, ROWS + 1);
    answer_free(&a);
    free(body);
}

/* What was written before a stop is there after it, and who did what stands
 * in the log, on one line whatever a name holds. */
static void
test_again_and_log(void **state)
{
    static const struct talk first[] = {
        {"POST", "/v1/import?file=a%22b.csv", "email\na@b.dk\n", 200, NULL,
            NULL},
    };
    static const struct talk second[] = {
        {"GET", "/v1/subscribers/a@b.dk", NULL, 200, "active", NULL},
    };
    char who[40];
    const char *line;

    (void)state;
    TALK(first);
    assert_int_equal(daemon_stop(), 0);
    assert_int_equal(daemon_start(NULL), 0);
    TALK(second);
    (void)snprintf(who, sizeof who, "uid=%u ", (unsigned)geteuid());
    line = daemon_logged("list=news imported file=", who);
    assert_non_null(line);
    assert_non_null(strstr(line, " added=1 "));
    assert_non_null(strstr(line, "a\\\"b.csv"));
}

/* Yours, free with free(). */
static char *
repeated(const char *begin, const char *more, int times)
{
    size_t n = strlen(begin), n_more = strlen(more);
    char *text = malloc(n + n_more * (size_t)times + 1);

    assert_non_null(text);
    memcpy(text, begin, n);
    for (int i = 0; i < times; i++, n += n_more)
        memcpy(text + n, more, n_more);
    text[n] = '\0';
    return text;
}

/* A mail is read by the real reader's process and judged; nothing is done. Of
 * a large one the beginning counts, and what cannot be read is for a person:
 * as in the inbox. */
static void
test_explain(void **state)
{
    char *large = repeated("From: Anna <anna@b.dk>\r\nTo: tg@lo.example\r\n"
                           "\r\nFrameld mig nyhedsbrevet.\r\n\r\n",
        "> citat\r\n", 300000);
    char *deep = repeated("From: anna@b.dk\r\n",
        "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n", 200);
    const struct talk talks[] = {
        {"POST", "/v1/subscribers",
            "{\"address\":\"anna@b.dk\",\"name\":\"Anna\"}", 201, NULL, NULL},
        {"POST", "/v1/explain",
            "From: Anna <anna@b.dk>\r\nTo: tg@lo.example\r\n"
            "Subject: Re: Nyhedsbrev\r\nMessage-ID: <1@b.dk>\r\n"
            "\r\nHej\r\n\r\nVil I ikke nok framelde mig?\r\n",
            200, "\"kind\":\"unsub\"", NULL},
        {"POST", "/v1/explain",
            "From: Anna <anna@b.dk>\r\nTo: tg@lo.example\r\n"
            "Subject: Tak\r\n\r\nTak for sidst.\r\n",
            200, "\"deed\":\"left-alone\"", NULL},
        {"POST", "/v1/explain", large, 200, "\"kind\":\"unsub\"", NULL},
        {"POST", "/v1/explain", deep, 200, "\"deed\":\"set-aside\"", NULL},
        {"POST", "/v1/explain?list=other", "x", 400, "news", NULL},
        {"POST", "/v1/explain", "", 400, "no mail", NULL},
        {"GET", "/v1/subscribers/anna@b.dk", NULL, 200, "\"state\":\"active\"",
            NULL},
    };

    (void)state;
    TALK(talks);
    free(large);
    free(deep);
}

/* A client that sends the beginning of an import and then nothing: what came
 * is written, others are answered meanwhile, and neither its end nor that of
 * the daemon has to wait for it. */
static void
test_slow_client(void **state)
{
    static const char begin[] =
        "POST /v1/import?file=slow.csv HTTP/1.1\r\nHost: d\r\n"
        "Content-Length: 1000000\r\n\r\nemail\na@b.dk\nb@b.d";
    static const struct talk talks[] = {
        {"GET", "/v1/subscribers/a@b.dk", NULL, 200, "slow.csv:2", NULL},
        {"GET", "/v1/subscribers", NULL, 200, NULL, "b@b.d"},
    };
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    time_t end = time(NULL) + 30;
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    long status;

    (void)state;
    (void)snprintf(to.sun_path, sizeof to.sun_path, "%s", daemon_socket());
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    assert_int_equal(write(fd, begin, sizeof begin - 1), sizeof begin - 1);
    do {
        struct answer a = ask("GET", "/v1/subscribers/a@b.dk", NULL);

        status = a.status;
        answer_free(&a);
    } while (status == 404 && time(NULL) < end);
    TALK(talks);
    assert_int_equal(daemon_stop(), 0);
    assert_true(time(NULL) < end);
    (void)close(fd);
    assert_int_equal(daemon_start(NULL), 0);
    TALK(talks);
}

/* As many as there may be at one time; when one of them goes, the next is let
 * in at once. */
static void
test_full_house(void **state)
{
    static const char hello[] = "GET /v1/version HTTP/1.1\r\nHost: d\r\n\r\n";
    static const struct talk talks[] = {
        {"GET", "/v1/version", NULL, 200, "version", NULL},
    };
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    int fd[CONTROL_CONNECTIONS];
    char answer[1000];

    (void)state;
    (void)snprintf(to.sun_path, sizeof to.sun_path, "%s", daemon_socket());
    for (int i = 0; i < CONTROL_CONNECTIONS; i++) {
        fd[i] = socket(AF_UNIX, SOCK_STREAM, 0);
        assert_int_equal(connect(fd[i], (struct sockaddr *)&to, sizeof to), 0);
        assert_int_equal(
            write(fd[i], hello, sizeof hello - 1), sizeof hello - 1);
        assert_true(read(fd[i], answer, sizeof answer) > 0);
    }
    (void)close(fd[0]);
    TALK(talks);
    for (int i = 1; i < CONTROL_CONNECTIONS; i++)
        (void)close(fd[i]);
    TALK(talks);
}

/* Another user is told what to do, and nothing else. */
static void
test_stranger(void **state)
{
    char folder[100];
    int status = -1;
    pid_t pid;

    (void)state;
    if (geteuid() != 0)
        skip(); /* only root can be somebody else */
    (void)snprintf(folder, sizeof folder, "%s", daemon_socket());
    *strrchr(folder, '/') = '\0';
    assert_int_equal(chmod(folder, 0711), 0);
    assert_int_equal(chmod(daemon_socket(), 0777), 0);
    pid = fork();
    if (pid == 0) {
        struct answer a;
        bool ok = setgid(65534) == 0 && setuid(65534) == 0;

        a = ask("POST", "/v1/subscribers", "{\"address\":\"a@b.dk\"}");
        ok = ok && a.status == 403 && strstr(a.text, "may not") != NULL;
        _exit(ok ? 0 : 1);
    }
    (void)waitpid(pid, &status, 0);
    assert_int_equal(status, 0);
    assert_non_null(daemon_logged("uid=65534", "not allowed"));
}

static void
test_peer(void **state)
{
    struct peer peer;
    int unix_fd[2], tcp = socket(AF_INET, SOCK_STREAM, 0);

    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, unix_fd), 0);
    peer_read(unix_fd[0], "", &peer);
    assert_true(peer.allowed); /* ourselves */
    assert_int_equal(peer.uid, geteuid());
    peer_read(tcp, "", &peer);
    assert_false(peer.allowed);
    peer_read(-1, "root", &peer);
    assert_false(peer.allowed);
    (void)close(unix_fd[0]);
    (void)close(unix_fd[1]);
    (void)close(tcp);
}

int
main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_peer),
        cmocka_unit_test_setup_teardown(
            test_http, daemon_set_up, daemon_tear_down),
        cmocka_unit_test_setup_teardown(
            test_too_large, daemon_set_up, daemon_tear_down),
        cmocka_unit_test_setup_teardown(
            test_people, daemon_set_up, daemon_tear_down),
        cmocka_unit_test_setup_teardown(
            test_many, daemon_set_up, daemon_tear_down),
        cmocka_unit_test_setup_teardown(
            test_again_and_log, daemon_set_up, daemon_tear_down),
        cmocka_unit_test_setup_teardown(
            test_explain, daemon_set_up, daemon_tear_down),
        cmocka_unit_test_setup_teardown(
            test_full_house, daemon_set_up, daemon_tear_down),
        cmocka_unit_test_setup_teardown(
            test_slow_client, daemon_set_up, daemon_tear_down),
        cmocka_unit_test_setup_teardown(
            test_stranger, daemon_set_up, daemon_tear_down),
    };

    if (argc > 1 && strcmp(argv[1], "--reader") == 0)
        return reader_main();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
