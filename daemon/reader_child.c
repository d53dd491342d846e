/* SPDX-License-Identifier: ISC */
/* The child's side of the reader: a process that loads what reading needs, and
 * forks for every READER_TURN mails one that reads them.
 *
 * The first parses nothing and touches no mail.  The second gives up everything
 * but the socket, answers its mails and ends; the first waits for that end and
 * tells the inbox, by a pipe that the second does not have.  So a mail that
 * takes its reader over can lie about itself, as any mail can, and about a few
 * that come after it, and no more; a fork for each mail would cost 1.3 ms of
 * CPU, three times what most mails need to be read.  Nothing of a mail is
 * touched before the limits stand: if one of them cannot be set, none is read.
 *
 * Two limits are the inbox's: it kills a child that is silent for too long,
 * and one that says more than it was asked. */
#include "daemon/reader.h"

#include "daemon/reader_sandbox.h"
#include "daemon/reader_wire.h"

#include <errno.h>
#include <iconv.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct child {
    int32_t time_s, memory_mib;
    const struct sock_fprog *filter; /* NULL: the kernel has none */
    char mailbox[READER_NAME_MAX], authserv[READER_NAME_MAX];
    char names[READER_NAME_MAX];
};

static bool greet(struct child *c);
static void warm_up(const struct child *c);
static bool lock_up(int memory_mib);
static void take_turn(const struct child *c);
static void read_turn(const struct child *c);
static bool confine(const struct child *c);
static char *
read_mail(const struct child *c, const char *message, size_t n, char *letter);
static bool answer(const struct child *c, const char *message, size_t n);
static bool take(void *p, size_t n);
static bool give(const void *p, size_t n);

/* Ends by _exit: LeakSanitizer's own process could not start any more. */
int
reader_main(void)
{
    static struct child c;

    if (clearenv() != 0 || !greet(&c))
        _exit(READER_EX_WIRE);
    warm_up(&c);
    if (reader_sandbox_possible() && (c.filter = reader_sandbox_make()) == NULL)
        _exit(READER_EX_CONFINE);
    if (!lock_up(c.memory_mib))
        _exit(READER_EX_CONFINE);
    for (;;)
        take_turn(&c);
}

static bool
greet(struct child *c)
{
    struct reader_hello hello;

    if (!take(&hello, sizeof hello) || hello.memory_mib < 1 ||
        hello.time_s < 1 || hello.mailbox_bytes > sizeof c->mailbox ||
        hello.authserv_bytes > sizeof c->authserv ||
        hello.names_bytes > sizeof c->names ||
        !take(c->mailbox, hello.mailbox_bytes) ||
        !take(c->authserv, hello.authserv_bytes) ||
        !take(c->names, hello.names_bytes))
        return false;
    c->time_s = hello.time_s;
    c->memory_mib = hello.memory_mib;
    return true;
}

/* --- limits -------------------------------------------------------------- */

static bool
limit(__rlimit_resource_t what, rlim_t to)
{
    struct rlimit l = {.rlim_cur = to, .rlim_max = to};

    return setrlimit(what, &l) == 0;
}

/* What the program and its libraries take already comes on top: mapped, most
 * of it never used. */
static bool
limit_memory(int memory_mib)
{
#ifdef READER_ASAN /* its shadow takes terabytes of addresses */
    (void)memory_mib;
    return true;
#else
    FILE *f = fopen("/proc/self/statm", "re");
    unsigned long pages = 0;
    bool ok = f != NULL && fscanf(f, "%lu", &pages) == 1; /* NOLINT(cert-*) */

    if (f != NULL)
        (void)fclose(f);
    return ok &&
           limit(RLIMIT_AS, (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE) +
                                (rlim_t)memory_mib * 1024 * 1024);
#endif
}

/* Of the process that forks: it needs its socket, and nothing new. */
static bool
lock_up(int memory_mib)
{
    return limit_memory(memory_mib) &&
           prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0 &&
           prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 && limit(RLIMIT_CORE, 0) &&
           limit(RLIMIT_FSIZE, 0) && limit(RLIMIT_NOFILE, 0);
}

/* Of the process that reads: after this it can compute, and end. */
static bool
confine(const struct child *c)
{
    if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0 ||
        !limit(RLIMIT_NPROC, 0) ||
        !limit(RLIMIT_CPU, READER_TURN * ((rlim_t)c->time_s + 2)))
        return false;
#ifdef READER_ASAN /* its report goes to stderr */
    (void)close(READER_MARKS);
#else
    (void)close_range(STDIN_FILENO + 1, ~0U, 0);
#endif
    return c->filter == NULL || reader_sandbox_enter(c->filter);
}

/* iconv would open its tables as it meets a charset.  They stay open to the
 * end of the process; a mail in another one is read as if it were Latin. */
static void
load_charsets(void)
{
    static const char *const names[] = {"ISO-8859-2", "ISO-8859-3",
        "ISO-8859-4", "ISO-8859-5", "ISO-8859-6", "ISO-8859-7", "ISO-8859-8",
        "ISO-8859-9", "ISO-8859-10", "ISO-8859-13", "ISO-8859-14",
        "ISO-8859-15", "ISO-8859-16", "WINDOWS-1250", "WINDOWS-1251",
        "WINDOWS-1252", "WINDOWS-1253", "WINDOWS-1254", "WINDOWS-1255",
        "WINDOWS-1256", "WINDOWS-1257", "WINDOWS-1258", "KOI8-R", "KOI8-U",
        "MACINTOSH", "CP437", "CP850", "CP865", "CP874", "ISO-8859-1",
        "US-ASCII", "UTF-7", "UTF-16", "UTF-16LE", "UTF-16BE", "ISO-2022-JP",
        "SHIFT_JIS", "EUC-JP", "CP932", "GB2312", "GBK", "GB18030", "BIG5",
        "EUC-KR", "CP949", "ISO-2022-KR", "TIS-620"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        (void)iconv_open("UTF-8", names[i]);
}

/* Once before the doors close: time zone, the seed of JSON's tables, and
 * whatever else a library looks for when it is first used. */
static void
warm_up(const struct child *c)
{
    static const char mail[] =
        "From: a@example.org\r\nContent-Type: text/html; charset=utf-8\r\n"
        "Subject: =?iso-8859-1?q?=E5?=\r\n\r\n<p>a</p>\r\n";
    char letter;

    tzset();
    load_charsets();
    free(read_mail(c, mail, sizeof mail - 1, &letter));
}

/* --- a turn --------------------------------------------------------------- */

/* Of the process that forks; it ends as the reading one did where that one
 * died: the inbox sees the same status. */
static void
take_turn(const struct child *c)
{
    int status = 0;
    pid_t pid = fork();

    if (pid < 0)
        _exit(READER_EX_CONFINE);
    if (pid == 0)
        read_turn(c);
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            _exit(READER_EX_WIRE);
    if (WIFSIGNALED(status)) {
        (void)signal(WTERMSIG(status), SIG_DFL);
        (void)raise(WTERMSIG(status));
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        _exit(WIFEXITED(status) ? WEXITSTATUS(status) : READER_EX_WIRE);
    if (write(READER_MARKS, "", 1) != 1)
        _exit(READER_EX_WIRE);
}

/* Of the process that reads. */
static void
read_turn(const struct child *c)
{
    uint32_t n;
    char *message;
    bool ok = true;

    if (!confine(c))
        _exit(READER_EX_CONFINE);
    for (int i = 0; i < READER_TURN; i++) {
        if (!take(&n, sizeof n))
            _exit(READER_EX_END);
        if (n > READER_MESSAGE_MAX)
            _exit(READER_EX_WIRE);
        message = fault_calloc(1, (unsigned long)n + 1);
        ok = take(message, n) && answer(c, message, n);
        free(message);
        if (!ok)
            _exit(READER_EX_WIRE);
    }
    _exit(0);
}

/* What is to be said; yours, free with free(). */
static char *
read_mail(const struct child *c, const char *message, size_t n, char *letter)
{
    const struct facts_context ctx = {
        .mailbox = c->mailbox, .authserv = c->authserv, .names = c->names};
    static struct facts facts; /* too large for a stack that mails fill */
    struct fault f = {""};

    memset(&facts, 0, sizeof facts);
    *letter = READER_NEVER;
    if (facts_read(message, n, &ctx, &facts, &f) != RES_OK)
        return fault_strdup(f.text);
    *letter = READER_FACTS;
    return facts_to_json(&facts);
}

static bool
answer(const struct child *c, const char *message, size_t n)
{
    char letter;
    char *text = read_mail(c, message, n, &letter);
    uint32_t length = (uint32_t)strlen(text) + 1;
    bool ok = length <= READER_REPLY_MAX && give(&length, sizeof length) &&
              give(&letter, 1) && give(text, length - 1);

    free(text);
    return ok;
}

/* False: the socket has ended, or is broken. */
static bool
take(void *p, size_t n)
{
    char *at = p;
    ssize_t got;

    while (n > 0) {
        got = recv(STDIN_FILENO, at, n, 0);
        if (got > 0) {
            at += got;
            n -= (size_t)got;
        } else if (got == 0 || errno != EINTR) {
            return false;
        }
    }
    return true;
}

static bool
give(const void *p, size_t n)
{
    const char *at = p;
    ssize_t sent;

    while (n > 0) {
        sent = send(STDIN_FILENO, at, n, MSG_NOSIGNAL);
        if (sent >= 0) {
            at += sent;
            n -= (size_t)sent;
        } else if (errno != EINTR) {
            return false;
        }
    }
    return true;
}
