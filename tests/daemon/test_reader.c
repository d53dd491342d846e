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
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
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

/* What a reader that was taken over would try.  false: no such deed. */
static bool
break_out(const char *deed)
{
    static char *const none[] = {NULL};

    if (strcmp(deed, "socket") == 0)
        (void)!socket(AF_UNIX, SOCK_STREAM, 0);
    else if (strcmp(deed, "kill") == 0)
        (void)kill(getppid(), SIGTERM);
    else if (strcmp(deed, "ptrace") == 0)
        (void)ptrace(PTRACE_ATTACH, getppid(), NULL, NULL);
    else if (strcmp(deed, "exec") == 0)
        (void)execve("/bin/true", none, none);
    else if (strcmp(deed, "address") == 0)
        (void)!sendto(0, deed, 4, 0, (const struct sockaddr *)deed, 4);
    else if (strcmp(deed, "fork") == 0)
        (void)fork();
    else if (strcmp(deed, "run") == 0)
        (void)mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
            MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    else
        return false;
    return true;
}

static int mails; /* of which this process has heard */

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

/* Takes over, and stays when its turn is over: it answers for whoever comes. */
static void
stay(void)
{
    struct {
        uint32_t n;
        char reply[8];
    } lie = {8, "Fx|lies"};
    char taken[4 + 10]; /* a length and a mail of test_liars */

    do
        (void)!send(0, &lie, sizeof lie, 0);
    while (recv(0, taken, sizeof taken, MSG_WAITALL) > 0);
    for (;;)
        atomic_signal_fence(memory_order_seq_cst);
}

static void
say_what_it_has(char *out, size_t n)
{
    iconv_t cd = iconv_open("UTF-8", "ISO-2022-JP");
    iconv_t unknown = iconv_open("UTF-8", "X-NOBODYS");

    (void)snprintf(out, n, "env=%d file=%d charset=%d unknown=%d mails=%d",
        environ != NULL && *environ != NULL, open("/dev/null", O_RDONLY) >= 0,
        cd != (iconv_t)-1, unknown != (iconv_t)-1, mails);
}

enum result
facts_read(const char *message, size_t n, const struct facts_context *ctx,
    struct facts *out, struct fault *f)
{
    mails++;
    if (strncmp(message, "crash", 5) == 0)
        __builtin_trap();
    if (strncmp(message, "hang", 4) == 0)
        for (;;)
            atomic_signal_fence(memory_order_seq_cst);
    if (strncmp(message, "eat", 3) == 0)
        eat();
    if (strncmp(message, "exit", 4) == 0)
        _exit(1);
    if (strncmp(message, "forge", 5) == 0)
        forge();
    if (strncmp(message, "stay", 4) == 0)
        stay();
    (void)break_out(message);
    if (strncmp(message, "curse", 5) == 0)
        return fault_set(f, RES_NEVER, "\x1B[2Jno\xFF\nmore");
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
    const struct facts_context ctx = {
        "tg@example.org", "mx.example.org", "Rummelig imidt"};
    struct reader *r = NULL;
    struct fault f = {""};

    assert_int_equal(reader_open(&limits, &ctx, &r, &f), RES_OK);
    return r;
}

static const struct deadly {
    const char *mail, *words; /* "" : under ASan there is no such signal */
} deadly[] = {
    {"crash", "crashed (SIGILL)"},
    {"hang", "took longer than 1 s"},
    {"exit", "ended with status 1"},
    {"socket", "SIGSYS"},
    {"kill", "SIGSYS"},
    {"ptrace", "SIGSYS"},
    {"exec", "SIGSYS"},
#ifndef READER_ASAN
    {"address", "SIGSYS"},
    {"eat", "over its 32 MiB"},
    {"fork", "SIGSYS"},
    {"run", "SIGSYS"},
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
    assert_int_equal(reader_read(r, "curse", 5, &facts, &f), RES_NEVER);
    assert_string_equal(f.text, " [2Jno? more"); /* a person will read it */
    assert_int_equal(reader_read(r, "next", 4, &facts, &f), RES_OK);
    assert_string_equal(facts.words, "next");
    free(large);
    reader_close(r);
    reader_close(NULL);
}

/* The process of some mails has nothing, and knows of no others. */
static void
test_confined(void **state)
{
    struct reader *r = make(64, 10);
    struct facts facts;
    struct fault f;

    (void)state;
    (void)setenv("SECRET", "s3cret", 1);
    for (int i = 0; i < 3 * READER_TURN; i++) {
        char want[80];

        (void)snprintf(want, sizeof want, "charset=1 unknown=0 mails=%d",
            i % READER_TURN + 2); /* and the one that warmed it up */
        assert_int_equal(reader_read(r, "what", 4, &facts, &f), RES_OK);
        assert_non_null(strstr(facts.words, want));
#ifndef READER_ASAN
        assert_non_null(strstr(facts.words, "env=0 file=0 "));
#endif
    }
    reader_close(r);
}

/* A process that says more than it was asked answers for no other mail; one
 * that does not end answers for its turn, and for no mail after that. */
static void
test_liars(void **state)
{
    struct reader *r = make(64, 1);
    struct facts facts;
    struct fault f;
    int lies = 0;

    (void)state;
    assert_int_equal(reader_read(r, "forge", 5, &facts, &f), RES_OK);
    assert_string_equal(facts.words, "forg");
    assert_int_equal(reader_read(r, "next", 4, &facts, &f), RES_OK);
    assert_string_equal(facts.words, "next");
    for (int i = 0; i < 3 * READER_TURN; i++) {
        const char *mail = i == 1 ? "stay......" : "next......";

        assert_int_equal(reader_read(r, mail, 10, &facts, &f), RES_OK);
        lies += strcmp(facts.words, "lies") == 0;
        if (i >= READER_TURN)
            assert_string_equal(facts.words, "next......");
    }
    assert_int_equal(lies, READER_TURN - 2); /* two were read before */
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
        cmocka_unit_test(test_harmless_mail),
        cmocka_unit_test(test_confined),
        cmocka_unit_test(test_liars),
        cmocka_unit_test(test_child_lost),
    };

    if (argc > 1 && strcmp(argv[1], "--reader") == 0)
        return reader_main();
    (void)signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
