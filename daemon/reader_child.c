/* SPDX-License-Identifier: ISC */
/* The child's side of the reader: gives up everything it does not need, then
 * reads mails from its socket until that ends.  Nothing of a mail is touched
 * before the limits stand; if one of them cannot be set, nothing is read.
 *
 * Two limits are the parent's: it kills a child that is silent for too long,
 * and one that says more than it was asked.
 *
 * Without a store, network or secrets it is because it can get no descriptor
 * any more: no file can be opened and no socket be made, and the processes of
 * the same user do not let it into their memory (main.c). */
#include "daemon/reader.h"

#include "daemon/reader_wire.h"

#include <errno.h>
#include <iconv.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    CHILD_EX_CONFINE = 3,
    CHILD_EX_WIRE = 4
};

struct child {
    int32_t time_s;
    char mailbox[READER_NAME_MAX], authserv[READER_NAME_MAX];
};

static bool greet(struct child *c, int32_t *memory_mib);
static void load_charsets(void);
static bool confine(int memory_mib);
static bool answer(const struct child *c, const char *message, size_t n);
static bool take(void *p, size_t n);
static bool give(const void *p, size_t n);

/* Ends by _exit: LeakSanitizer's own process could not start any more. */
int
reader_main(void)
{
    struct child c;
    int32_t memory_mib;
    uint32_t n;
    char *message;
    bool ok = true;

    if (clearenv() != 0 || !greet(&c, &memory_mib))
        _exit(CHILD_EX_WIRE);
    load_charsets();
    if (!confine(memory_mib))
        _exit(CHILD_EX_CONFINE);
    while (ok && take(&n, sizeof n)) {
        if (n > READER_MESSAGE_MAX)
            _exit(CHILD_EX_WIRE);
        message = fault_calloc(1, (unsigned long)n + 1);
        ok = take(message, n) && answer(&c, message, n);
        free(message);
    }
    _exit(0);
}

static bool
greet(struct child *c, int32_t *memory_mib)
{
    struct reader_hello hello;

    memset(c, 0, sizeof *c);
    if (!take(&hello, sizeof hello) || hello.memory_mib < 1 ||
        hello.time_s < 1 || hello.mailbox_bytes > sizeof c->mailbox ||
        hello.authserv_bytes > sizeof c->authserv ||
        !take(c->mailbox, hello.mailbox_bytes) ||
        !take(c->authserv, hello.authserv_bytes))
        return false;
    c->time_s = hello.time_s;
    *memory_mib = hello.memory_mib;
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

static bool
confine(int memory_mib)
{
    return prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0 &&
           prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           limit_memory(memory_mib) &&
           prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 && limit(RLIMIT_CORE, 0) &&
           limit(RLIMIT_FSIZE, 0) && limit(RLIMIT_NPROC, 0) &&
           limit(RLIMIT_NOFILE, 0);
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

/* The CPU limit is of the process, not of a mail: moved on before each. */
static bool
limit_time(int time_s)
{
    struct rlimit l = {.rlim_max = RLIM_INFINITY};
    struct rusage used;

    if (getrusage(RUSAGE_SELF, &used) != 0)
        return false;
    l.rlim_cur = (rlim_t)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
                 (rlim_t)time_s + 2;
    return setrlimit(RLIMIT_CPU, &l) == 0;
}

/* --- one mail ------------------------------------------------------------ */

static bool
answer(const struct child *c, const char *message, size_t n)
{
    const struct facts_context ctx = {
        .mailbox = c->mailbox, .authserv = c->authserv};
    static struct facts facts; /* too large for a stack that mails fill */
    struct fault f = {""};
    char *json = NULL;
    const char *text = f.text;
    char letter = READER_NEVER;
    uint32_t length;
    bool ok;

    if (!limit_time(c->time_s))
        return false;
    memset(&facts, 0, sizeof facts);
    if (facts_read(message, n, &ctx, &facts, &f) == RES_OK) {
        json = facts_to_json(&facts);
        letter = READER_FACTS;
        text = json;
    }
    length = (uint32_t)strlen(text) + 1;
    ok = length <= READER_REPLY_MAX && give(&length, sizeof length) &&
         give(&letter, 1) && give(text, length - 1);
    free(json);
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
