/* SPDX-License-Identifier: ISC */
/* The reader against mails that kill it.  facts_read is a double here that
 * does what the mail says, in the real child process under its real limits;
 * this program is its own reader, as rummelig-maild is. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <iconv.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/reader.h"
#include "daemon/reader_wire.h"

extern char **environ;

/* --- the double: this part runs in the child ----------------------------- */

static void
eat(void)
{
    char *p;

    for (;;) {
        p = fault_calloc(1024, 1024);
        memset(p, 1, 1024UL * 1024);
    }
}

/* Replies once more than it was asked to, both at once. */
static void
forge(void)
{
    struct {
        uint32_t n;
        char reply[8];
    } twice[2] = {{8, "Fx|forg"}, {8, "Fx|forg"}};

    (void)!send(0, twice, sizeof twice, 0);
}

static void
say_what_it_has(char *out, size_t n)
{
    struct rlimit core, files, processes, cpu;
    int open_fds = 0, got = 0;
    iconv_t cd = iconv_open("UTF-8", "ISO-2022-JP");

    got += open("/dev/null", O_RDONLY) >= 0;
    got += socket(AF_UNIX, SOCK_STREAM, 0) >= 0;
    for (int fd = 0; fd < 1000; fd++)
        open_fds += fcntl(fd, F_GETFD) >= 0;
    (void)getrlimit(RLIMIT_CORE, &core);
    (void)getrlimit(RLIMIT_NOFILE, &files);
    (void)getrlimit(RLIMIT_NPROC, &processes);
    (void)getrlimit(RLIMIT_CPU, &cpu);
    (void)snprintf(out, n,
        "env=%d fds=%d core=%d files=%d got=%d forks=%d cpu=%d charsets=%d",
        environ != NULL && *environ != NULL, open_fds, (int)core.rlim_max,
        (int)files.rlim_max, got, (int)processes.rlim_max, cpu.rlim_cur < 60,
        cd != (iconv_t)-1);
}

enum result
facts_read(const char *message, size_t n, const struct facts_context *ctx,
    struct facts *out, struct fault *f)
{
    if (strncmp(message, "crash", 5) == 0)
        (void)raise(SIGSEGV);
    if (strncmp(message, "hang", 4) == 0)
        (void)pause();
    if (strncmp(message, "eat", 3) == 0)
        eat();
    if (strncmp(message, "exit", 4) == 0)
        _exit(0);
    if (strncmp(message, "forge", 5) == 0)
        forge();
    if (strncmp(message, "refuse", 6) == 0)
        return fault_set(f, RES_NEVER, "over its limits");
    (void)snprintf(out->words, sizeof out->words, "%.100s", message);
    if (strncmp(message, "what", 4) == 0)
        say_what_it_has(out->words, sizeof out->words);
    (void)snprintf(
        out->subject, sizeof out->subject, "%s %zu", ctx->mailbox, n);
    return RES_OK;
}

char *
facts_to_json(const struct facts *facts)
{
    char *text = NULL;

    if (asprintf(&text, "%s|%s", facts->subject, facts->words) < 0)
        fault_no_memory();
    return text;
}

enum result
facts_from_json(const char *json, size_t n, struct facts *out, struct fault *f)
{
    const char *bar = memchr(json, '|', n);

    if (bar == NULL)
        return fault_set(f, RES_NEVER, "no bar");
    (void)snprintf(
        out->subject, sizeof out->subject, "%.*s", (int)(bar - json), json);
    (void)snprintf(out->words, sizeof out->words, "%s", bar + 1);
    return RES_OK;
}

/* --- the tests ----------------------------------------------------------- */

static struct reader *
make(int memory_mib, int time_s)
{
    const struct reader_limits limits = {memory_mib, time_s};
    const struct facts_context ctx = {"tg@example.org", "mx.example.org"};
    struct reader *r = NULL;
    struct fault f = {""};

    assert_int_equal(reader_open(&limits, &ctx, &r, &f), RES_OK);
    return r;
}

static const struct deadly {
    const char *mail, *words; /* "" : under ASan there is no such signal */
} deadly[] = {
    {"crash", "crashed (SIGSEGV)"},
    {"hang", "took longer than 1 s"},
    {"exit", "ended with status 0"},
#ifndef READER_ASAN
    {"eat", "over its 32 MiB"},
#endif
};

/* Each kills the child twice, is given up, and harms no other mail. */
static void
test_deadly_mail(void **state)
{
    struct reader *r = make(32, 1);
    struct facts facts;
    struct fault f;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof deadly / sizeof *deadly; i++) {
        const struct deadly *d = &deadly[i];

        print_message("%s\n", d->mail);
        memset(&facts, 'x', sizeof facts);
        assert_int_equal(
            reader_read(r, d->mail, strlen(d->mail), &facts, &f), RES_NEVER);
        assert_int_equal(facts.words[0], 'x');
#ifdef READER_ASAN
        if (strcmp(d->mail, "crash") != 0)
#endif
            assert_non_null(strstr(f.text, d->words));
        assert_int_equal(reader_read(r, "well", 4, &facts, &f), RES_OK);
        assert_string_equal(facts.words, "well");
    }
    reader_close(r);
}

/* A child that says more than it was asked answers for no other mail. */
static void
test_stray_reply(void **state)
{
    struct reader *r = make(64, 10);
    struct facts facts;
    struct fault f;

    (void)state;
    assert_int_equal(reader_read(r, "forge", 5, &facts, &f), RES_OK);
    assert_string_equal(facts.words, "forg");
    assert_int_equal(reader_read(r, "next", 4, &facts, &f), RES_OK);
    assert_string_equal(facts.words, "next");
    reader_close(r);
}

static void
test_harmless_mail(void **state)
{
    struct reader *r = make(64, 10);
    struct facts facts;
    struct fault f;
    size_t n = 5UL * 1024 * 1024;
    char *large = fault_calloc(n + 1, 1);

    (void)state;
    memset(large, 'a', n);
    assert_int_equal(reader_read(r, large, n, &facts, &f), RES_OK);
    assert_string_equal(facts.subject, "tg@example.org 5242880");
    assert_int_equal(reader_read(r, "", 0, &facts, &f), RES_OK);
    assert_string_equal(facts.subject, "tg@example.org 0");
    assert_int_equal(reader_read(r, "refuse", 6, &facts, &f), RES_NEVER);
    assert_string_equal(f.text, "over its limits");
    assert_int_equal(reader_read(r, "next", 4, &facts, &f), RES_OK);
    assert_string_equal(facts.words, "next");
    free(large);
    reader_close(r);
    reader_close(NULL);
}

static void
test_confined(void **state)
{
    struct reader *r = make(64, 10);
    struct facts facts;
    struct fault f;

    (void)state;
    (void)setenv("SECRET", "s3cret", 1);
    assert_int_equal(reader_read(r, "what", 4, &facts, &f), RES_OK);
    assert_string_equal(facts.words,
        "env=0 fds=3 core=0 files=0 got=0 forks=0 cpu=1 charsets=1");
    reader_close(r);
}

/* A child that something else killed between two mails costs none of them
 * anything; and more mails than a child's life go through without a gap. */
static void
test_child_lost(void **state)
{
    struct reader *r = make(64, 10);
    struct facts facts;
    struct fault f;
    char path[64], pid[32] = "";
    FILE *children;
    int i;

    (void)state;
    assert_int_equal(reader_read(r, "one", 3, &facts, &f), RES_OK);
    (void)snprintf(
        path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
    children = fopen(path, "r");
    assert_non_null(children);
    assert_non_null(fgets(pid, sizeof pid, children));
    (void)fclose(children);
    assert_int_equal(kill((pid_t)strtol(pid, NULL, 10), SIGKILL), 0);
    for (i = 0; i < 2100; i++)
        assert_int_equal(reader_read(r, "two", 3, &facts, &f), RES_OK);
    assert_string_equal(facts.words, "two");
    reader_close(r);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
}

int
main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_deadly_mail),
        cmocka_unit_test(test_stray_reply),
        cmocka_unit_test(test_harmless_mail),
        cmocka_unit_test(test_confined),
        cmocka_unit_test(test_child_lost),
    };

    if (argc > 1 && strcmp(argv[1], "--reader") == 0)
        return reader_main();
    (void)signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
