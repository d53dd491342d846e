/* SPDX-License-Identifier: ISC */
/* Passwords from files and commands: whom we trust, and what a command may
 * do and may not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "daemon/secret.h"
#include "daemon/watch.h"

static char path[] = "/tmp/test_secret_XXXXXX";
static char none[] = "";

static void
test_file_contents(void **state)
{
    static char nearly[SECRET_MAX], much[SECRET_MAX + 1];
    const struct {
        const char *text;
        size_t n;
        enum result want;
        const char *secret;
    } row[] = {
        {"s3cret", 6, RES_OK, "s3cret"},
        {"s3cret\nsecond line\n", 19, RES_OK, "s3cret"},
        {"s3cret\r\n", 8, RES_OK, "s3cret"},
        {" blanks stay \n", 14, RES_OK, " blanks stay "},
        {nearly, SECRET_MAX - 1, RES_OK, nearly},
        {much, SECRET_MAX, RES_NEVER, NULL},
        {"", 0, RES_NEVER, NULL},
        {"\nsecond\n", 8, RES_NEVER, NULL},
        {"a\0b", 3, RES_NEVER, NULL},
    };
    char got[SECRET_MAX] = "untouched";
    struct conf_secret where = {path, none};
    struct fault f = {""};
    size_t i;
    int fd;

    (void)state;
    memset(nearly, 'x', sizeof nearly - 1);
    memset(much, 'x', sizeof much - 1);
    assert_int_equal(chmod(path, 0600), 0);
    for (i = 0; i < sizeof row / sizeof row[0]; i++) {
        fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
        assert_int_equal(write(fd, row[i].text, row[i].n), (ssize_t)row[i].n);
        (void)close(fd);
        (void)snprintf(got, sizeof got, "untouched");
        assert_int_equal(secret_fetch(&where, NULL, got, &f), row[i].want);
        assert_string_equal(
            got, row[i].secret == NULL ? "untouched" : row[i].secret);
        assert_null(strstr(f.text, "second"));
    }
    secret_wipe(got);
    for (i = 0; i < sizeof got; i++)
        assert_int_equal(got[i], 0);
}

static void
test_file_modes(void **state)
{
    static const struct {
        unsigned mode;
        gid_t group;
        enum result want;
    } row[] = {
        {0600, 0, RES_OK},
        {0400, 0, RES_OK},
        {0440, 0, RES_OK},
        {0640, 0, RES_OK},
        {0440, 12345, RES_NEVER},
        {0600, 12345, RES_OK},
        {0644, 0, RES_NEVER},
        {0604, 0, RES_NEVER},
        {0602, 0, RES_NEVER},
        {0660, 0, RES_NEVER},
        {0610, 0, RES_NEVER},
    };
    struct conf_secret where = {path, none};
    char got[SECRET_MAX];
    struct fault f;
    size_t i;
    int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);

    (void)state;
    assert_int_equal(write(fd, "x\n", 2), 2);
    (void)close(fd);
    for (i = 0; i < sizeof row / sizeof row[0]; i++) {
        /* Only root can give a file to a group that is not his. */
        if (row[i].group != 0 && geteuid() != 0)
            continue;
        if (geteuid() == 0)
            assert_int_equal(chown(path, 0, row[i].group), 0);
        assert_int_equal(chmod(path, row[i].mode), 0);
        if (secret_fetch(&where, NULL, got, &f) != row[i].want)
            fail_msg("mode %04o group %ld", row[i].mode, (long)row[i].group);
    }
    if (geteuid() == 0) {
        assert_int_equal(chown(path, 12345, 0), 0);
        assert_int_equal(chmod(path, 0600), 0);
        assert_int_equal(secret_fetch(&where, NULL, got, &f), RES_NEVER);
        assert_non_null(strstr(f.text, "12345"));
        assert_int_equal(chown(path, 0, 0), 0);
    }
}

static void
test_no_such(void **state)
{
    char folder[] = "/tmp", nowhere[] = "/nowhere/x", null[] = "/dev/null";
    struct conf_secret row[] = {
        {none, none}, {folder, none}, {nowhere, none}, {null, none}};
    char got[SECRET_MAX];
    struct fault f;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof row / sizeof row[0]; i++)
        assert_int_equal(secret_fetch(&row[i], NULL, got, &f), RES_NEVER);
}

/* It is named: there may be many. */
static void
test_nothing_in_it(void **state)
{
    char file[] = "/tmp/test_secret_XXXXXX", got[SECRET_MAX];
    struct conf_secret where = {file, none};
    int fd = mkstemp(file);
    struct fault f;

    (void)state;
    assert_true(fd >= 0);
    assert_int_equal(secret_fetch(&where, NULL, got, &f), RES_NEVER);
    assert_non_null(strstr(f.text, file));
    assert_non_null(strstr(f.text, "is empty"));
    assert_int_equal(write(fd, "\nsesame\n", 8), 8);
    assert_int_equal(secret_fetch(&where, NULL, got, &f), RES_NEVER);
    assert_non_null(strstr(f.text, file));
    assert_non_null(strstr(f.text, "the first line is empty"));
    (void)close(fd);
    (void)unlink(file);
}

static void
test_commands(void **state)
{
    static const struct {
        const char *command;
        enum result want;
        const char *secret, *words;
    } row[] = {
        {"echo s3cret", RES_OK, "s3cret", NULL},
        {"printf 's3cret\\nmore\\n'; yes | head -c 100000", RES_OK, "s3cret",
            NULL},
        {"echo \"$HOME:$USER:$PASSWORD:$(env | grep -cv "
         "-e ^PWD -e ^SHLVL -e ^_=)\"",
            RES_OK, ":::1", NULL},
        {"cat; echo end", RES_OK, "end", NULL},          /* no stdin */
        {"ls /proc/self/fd | wc -l", RES_OK, "4", NULL}, /* 0 1 2 and ls's */
        {"kill -TERM $$", RES_LATER, NULL, "signal 15"},
        {"echo s3cret; exit 3", RES_LATER, NULL, "status 3"},
        {"/nowhere/x 2>/dev/null", RES_LATER, NULL, "status 127"},
        {"true", RES_NEVER, NULL, "empty"},
        /* What it left behind holds the pipe, and is ended. */
        {"echo s3cret; sleep 1000 & exit 0", RES_OK, "s3cret", NULL},
        {"yes | tr -d '\\n' | head -c 5000", RES_NEVER, NULL, "longer"},
    };
    char command[200], got[SECRET_MAX];
    struct conf_secret where = {none, command};
    struct fault f = {""};
    sigset_t set, before;
    size_t i;

    (void)state;
    /* As in a worker. */
    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGTERM);
    assert_int_equal(setenv("PASSWORD", "leaked", 1), 0);
    (void)sigprocmask(SIG_BLOCK, &set, &before);
    for (i = 0; i < sizeof row / sizeof row[0]; i++) {
        (void)snprintf(command, sizeof command, "%s", row[i].command);
        (void)snprintf(got, sizeof got, "untouched");
        if (secret_fetch(&where, NULL, got, &f) != row[i].want)
            fail_msg("%s: %s", command, f.text);
        if (row[i].secret != NULL)
            assert_string_equal(got, row[i].secret);
        else if (strstr(f.text, row[i].words) == NULL)
            fail_msg("%s: %s", command, f.text);
        assert_null(strstr(f.text, "s3cret"));
    }
    (void)sigprocmask(SIG_SETMASK, &before, NULL);
}

static void
count(void *arg)
{
    ++*(int *)arg;
}

/* Ten seconds, with a sign of life now and then; then it and its children are
 * gone: the pipe's end is seen. */
static void
test_slow_command(void **state)
{
    char command[200], got[SECRET_MAX], fifo[sizeof path + 5], byte;
    struct conf_secret where = {none, command};
    struct pollfd end = {.events = POLLIN};
    struct timespec from, to;
    struct fault f;
    int fd, signs = 0;
    const struct watch watch = {count, &signs};

    (void)state;
    (void)snprintf(fifo, sizeof fifo, "%s.fifo", path);
    assert_int_equal(mkfifo(fifo, 0600), 0);
    fd = open(fifo, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    (void)snprintf(command, sizeof command,
        "exec 3>%s; trap '' TERM; sleep 1000 & sleep 1000", fifo);
    (void)clock_gettime(CLOCK_MONOTONIC, &from);
    assert_int_equal(secret_fetch(&where, &watch, got, &f), RES_LATER);
    (void)clock_gettime(CLOCK_MONOTONIC, &to);
    assert_in_range(to.tv_sec - from.tv_sec, 9, 12);
    assert_in_range(signs, 10, 100);
    assert_non_null(strstr(f.text, "longer than 10 s"));
    end.fd = fd;
    assert_int_equal(poll(&end, 1, 5000), 1); /* nobody holds it */
    assert_int_equal(read(fd, &byte, 1), 0);
    (void)close(fd);
    (void)unlink(fifo);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_file_contents),
        cmocka_unit_test(test_file_modes),
        cmocka_unit_test(test_no_such),
        cmocka_unit_test(test_nothing_in_it),
        cmocka_unit_test(test_commands),
        cmocka_unit_test(test_slow_command),
    };
    int fd = mkstemp(path), failed;

    if (fd < 0)
        return 1;
    (void)close(fd);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    (void)unlink(path);
    return failed;
}
