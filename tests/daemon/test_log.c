/* SPDX-License-Identifier: ISC */
/* The log: one line whatever stands in it, whole lines, no lost ones unsaid.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/log.h"

static char path[] = "/tmp/test_log_XXXXXX";
static char text[512 * 1024];

static void
open_log(enum log_level least)
{
    struct fault f;

    assert_int_equal(truncate(path, 0), 0);
    assert_int_equal(log_open(path, least, &f), RES_OK);
}

static const char *
written(const char *where)
{
    int fd = open(where, O_RDONLY | O_CLOEXEC);
    ssize_t n;

    assert_true(fd >= 0);
    n = read(fd, text, sizeof text - 1);
    (void)close(fd);
    assert_true(n >= 0);
    text[n] = '\0';
    return text;
}

static void
test_escapes(void **state)
{
    static const struct {
        const char *in, *want;
    } row[] = {
        {"plain words", "plain words"},
        {"æøå 😀 \\", "æøå 😀 \\"},
        {"a\nb\r\t\x1b[2J\x7f", "a\\x0ab\\x0d\\x09\\x1b[2J\\x7f"},
        {"\xff\xc3", "\\xff\\xc3"},
        {"\xc0\xaf", "\\xc0\\xaf"},                   /* overlong */
        {"\xe0\x80\xaf", "\\xe0\\x80\\xaf"},          /* overlong */
        {"\xed\xa0\x80", "\\xed\\xa0\\x80"},          /* surrogate */
        {"\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"}, /* > 10FFFF */
        {"\xe2\x82x", "\\xe2\\x82x"},                 /* cut short */
        {"\xc2\x9b"
         "2J",
            "\\xc2\\x9b2J"}, /* C1 CSI */
        {"\xe2\x80\xae"
         "fdp",
            "\\xe2\\x80\\xae"
            "fdp"}, /* RLO */
        {"\xe2\x80\xa8|\xe2\x81\xa6", "\\xe2\\x80\\xa8|\\xe2\\x81\\xa6"},
        {"\xd8\x9c|\xef\xbb\xbf|\xe2\x81\xa0",
            "\\xd8\\x9c|\\xef\\xbb\\xbf|\\xe2\\x81\\xa0"},
        {"\xf3\xa0\x81\x81", "\\xf3\\xa0\\x81\\x81"},
        {"\xd8\xa7\xef\xbb\xb5\xf3\xa0\x84\x80\xe2\x81\x9f",
            "\xd8\xa7\xef\xbb\xb5\xf3\xa0\x84\x80\xe2\x81\x9f"},
        {"\xe2\x80\x99 \xe2\x82\xac", "\xe2\x80\x99 \xe2\x82\xac"},
    };
    char want[300];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof row / sizeof row[0]; i++) {
        open_log(LOG_LEVEL_INFO);
        log_info("x=%s end", row[i].in);
        (void)snprintf(
            want, sizeof want, " info tester x=%s end\n", row[i].want);
        (void)written(path);
        assert_string_equal(text + 24, want);
        assert_int_equal(text[10], 'T');
        assert_int_equal(text[23], 'Z');
    }
}

static void
test_quote(void **state)
{
    static const struct {
        const char *in, *want;
    } row[] = {
        {"", "\"\""},
        {"<a@b.dk>", "<a@b.dk>"},
        {"250 2.0.0 Ok", "\"250 2.0.0 Ok\""},
        {"a=b", "\"a=b\""},
        {"say \"x\\\"", "\"say \\\"x\\\\\\\"\""},
        {"a\nb", "\"a\\x0ab\""},
        {"é", "\"é\""},
        {"\xff", "\"\\xff\""},
    };
    char *first, big[3000];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof row / sizeof row[0]; i++)
        assert_string_equal(log_quote(row[i].in), row[i].want);
    memset(big, 'a', sizeof big);
    big[sizeof big - 1] = '\0';
    assert_int_equal(strlen(log_quote(big)), 1000 + 5); /* "..." and quotes */
    memset(big, '\x01', sizeof big - 1);
    assert_int_equal(strlen(log_quote(big)), 4000 + 5);
    memcpy(big + 999, "é", 3); /* is not cut in two */
    assert_null(strstr(log_quote(big), "\xc3"));
    first = fault_strdup(log_quote("one two"));
    for (i = 0; i < 7; i++)
        (void)log_quote("x y");
    assert_string_equal(first, "\"one two\"");
    free(first);
}

static void
test_levels(void **state)
{
    (void)state;
    open_log(LOG_LEVEL_WARN);
    log_debug("a");
    log_info("b");
    log_warn("c");
    log_error("d");
    (void)written(path);
    assert_null(strstr(text, "tester a"));
    assert_null(strstr(text, "tester b"));
    assert_non_null(strstr(text, " warn tester c\n"));
    assert_non_null(strstr(text, " error tester d\n"));
}

static void
test_long_line(void **state)
{
    char *big = calloc(1, 20000);
    size_t n;

    (void)state;
    open_log(LOG_LEVEL_INFO);
    memset(big, '\n', 19999);
    log_info("%s", big);
    n = strlen(written(path));
    assert_true(n <= PIPE_BUF);
    assert_ptr_equal(strchr(text, '\n'), text + n - 1);
    assert_non_null(strstr(text, "...\n"));
    free(big);
}

static void
test_gather_and_reopen(void **state)
{
    char moved[sizeof path + 4];
    int i, lines = 0;
    const char *p;

    (void)state;
    open_log(LOG_LEVEL_INFO);
    log_gather(true);
    log_info("one");
    assert_string_equal(written(path), "");
    log_flush();
    assert_non_null(strstr(written(path), " one\n"));
    for (i = 0; i < 5000; i++) /* more than is gathered */
        log_info("line=%d", i);
    log_gather(false);
    for (p = written(path); (p = strchr(p, '\n')) != NULL; p++)
        lines++;
    assert_int_equal(lines, 5001);
    (void)snprintf(moved, sizeof moved, "%s.1", path);
    assert_int_equal(rename(path, moved), 0);
    log_info("old");
    log_reopen();
    log_info("new");
    assert_non_null(strstr(written(moved), " old\n"));
    assert_null(strstr(text, " new\n"));
    assert_non_null(strstr(written(path), " new\n"));
    (void)unlink(moved);
}

static void
test_lost_lines_are_counted(void **state)
{
    struct fault f;
    int fd[2];
    char byte;

    (void)state;
    /* A pipe that is full and must not be waited for. */
    assert_int_equal(pipe2(fd, O_NONBLOCK), 0);
    while (write(fd[1], "x", 1) == 1)
        continue;
    assert_int_equal(log_open("stderr", LOG_LEVEL_INFO, &f), RES_OK);
    fflush(stderr);
    {
        int kept = dup(STDERR_FILENO);

        assert_int_equal(dup2(fd[1], STDERR_FILENO), STDERR_FILENO);
        log_info("a");
        log_info("b");
        while (read(fd[0], &byte, 1) == 1)
            continue;
        log_info("c");
        assert_int_equal(dup2(kept, STDERR_FILENO), STDERR_FILENO);
        (void)close(kept);
    }
    {
        ssize_t n = read(fd[0], text, sizeof text - 1);

        assert_true(n > 0);
        text[n] = '\0';
    }
    assert_non_null(strstr(text, "lines_lost=2 "));
    assert_non_null(strstr(text, " c\n"));
    (void)close(fd[0]);
    (void)close(fd[1]);
}

static void
test_journal(void **state)
{
    char stream[64];
    struct stat st;
    struct fault f;
    int kept = dup(STDERR_FILENO), fd[2];
    ssize_t n;

    (void)state;
    assert_int_equal(pipe2(fd, O_NONBLOCK), 0);
    assert_int_equal(fstat(fd[1], &st), 0);
    (void)snprintf(stream, sizeof stream, "%ju:%ju", (uintmax_t)st.st_dev,
        (uintmax_t)st.st_ino);
    assert_int_equal(setenv("JOURNAL_STREAM", stream, 1), 0);
    assert_int_equal(dup2(fd[1], STDERR_FILENO), STDERR_FILENO);
    assert_int_equal(log_open("stderr", LOG_LEVEL_INFO, &f), RES_OK);
    log_warn("a");
    assert_int_equal(dup2(kept, STDERR_FILENO), STDERR_FILENO);
    assert_int_equal(unsetenv("JOURNAL_STREAM"), 0);
    n = read(fd[0], text, sizeof text - 1);
    assert_true(n > 0);
    text[n] = '\0';
    assert_string_equal(text, "<4>warn tester a\n");
    (void)close(kept);
    (void)close(fd[0]);
    (void)close(fd[1]);
}

/* Many processes, one file: no line is torn. */
static void
test_processes(void **state)
{
    int i, k, lines = 0, status;
    const char *p;

    (void)state;
    open_log(LOG_LEVEL_INFO);
    for (i = 0; i < 4; i++)
        if (fork() == 0) {
            for (k = 0; k < 200; k++)
                log_info("process=%d line=%d of some length .", i, k);
            _exit(0);
        }
    for (i = 0; i < 4; i++)
        assert_true(wait(&status) > 0 && status == 0);
    for (p = written(path); *p != '\0'; p = strchr(p, '\n') + 1, lines++)
        assert_memory_equal(strchr(p, '\n') - 15, "f some length .", 15);
    assert_int_equal(lines, 800);
}

static void
test_no_file(void **state)
{
    struct fault f = {""};

    (void)state;
    assert_int_equal(log_open("/nowhere/at/all", LOG_LEVEL_INFO, &f), RES_STOP);
    assert_non_null(strstr(f.text, "/nowhere/at/all"));
}

static void
test_repeat(void **state)
{
    struct log_repeat r = {0};

    (void)state;
    assert_int_equal(log_repeat_over(&r, 5), -1);
    assert_true(log_repeat(&r, 1, 1000));
    assert_false(log_repeat(&r, 1, 1500));
    assert_false(log_repeat(&r, 1, 1000 + LOG_REPEAT_MS - 1));
    assert_true(log_repeat(&r, 1, 1000 + LOG_REPEAT_MS));
    assert_false(log_repeat(&r, 1, 1500 + LOG_REPEAT_MS));
    assert_true(log_repeat(&r, 2, 1500 + LOG_REPEAT_MS)); /* another kind */
    assert_int_equal(
        log_repeat_over(&r, 2000 + LOG_REPEAT_MS), 1000 + LOG_REPEAT_MS);
    assert_int_equal(log_repeat_over(&r, 9999), -1);
    assert_true(log_repeat(&r, 2, 2000 + LOG_REPEAT_MS)); /* and anew */
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_escapes),
        cmocka_unit_test(test_quote),
        cmocka_unit_test(test_levels),
        cmocka_unit_test(test_long_line),
        cmocka_unit_test(test_gather_and_reopen),
        cmocka_unit_test(test_lost_lines_are_counted),
        cmocka_unit_test(test_journal),
        cmocka_unit_test(test_processes),
        cmocka_unit_test(test_no_file),
        cmocka_unit_test(test_repeat),
    };
    struct fault f;
    int fd = mkstemp(path), failed;

    if (fd < 0)
        return 1;
    (void)close(fd);
    log_worker("tester");
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    (void)unlink(path);
    return log_open("stderr", LOG_LEVEL_INFO, &f) == RES_OK ? failed : 1;
}
