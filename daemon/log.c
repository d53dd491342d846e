/* SPDX-License-Identifier: ISC */
/* The log: one event, one line, one write(2).  It never blocks a worker on
 * purpose and never fails one: a line that cannot be written is counted, and
 * the next line that can says how many were lost.  All processes append to
 * the same file without a lock: O_APPEND keeps lines of a file whole, and a
 * line is never longer than PIPE_BUF, which keeps those of a pipe whole.
 * Escaping is done here, for the line as a whole, so that no caller can
 * forget it. */
#include "daemon/log.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    LINE_MAX_BYTES = PIPE_BUF, /* with the newline; what is over is cut */
    GATHER_MAX = 64 * 1024,
    QUOTE_MAX = 1000,
    QUOTES = 8
};

static void line(enum log_level level, const char *format, va_list args);
static bool is_journal(const struct stat *st);
static size_t stamp(char *out, size_t room, enum log_level level);
static size_t escape(char *out, size_t room, const char *text, bool quoting);
static size_t plain(const unsigned char *p, bool quoting, size_t most);
static size_t character(const unsigned char *p);
static bool harmless(const unsigned char *p, size_t n);
static void put(const char *text, size_t n);
static void deliver(const char *text, size_t n);
static void say_lost(void);

static struct {
    int fd;
    char *path;   /* NULL: stderr */
    bool journal; /* of systemd: it has its own clock, and levels */
    bool is_file; /* a write of any length stays whole */
    enum log_level least;
    const char *worker;
    bool gathering;
    size_t n;
    char text[GATHER_MAX];
    unsigned long lost;
} log_state = {.fd = STDERR_FILENO, .least = LOG_LEVEL_INFO, .worker = "main"};

enum result
log_open(const char *path, enum log_level least, struct fault *f)
{
    struct stat st = {0};
    int fd = STDERR_FILENO;
    bool to_file = strcmp(path, "stderr") != 0;

    if (to_file) {
        fd = open(
            path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0640);
        if (fd < 0)
            return fault_set(f, RES_STOP, "log %s: %s", path, strerror(errno));
    }
    log_flush();
    if (log_state.path != NULL)
        (void)close(log_state.fd);
    free(log_state.path);
    log_state.path = to_file ? fault_strdup(path) : NULL;
    log_state.fd = fd;
    log_state.is_file = fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
    log_state.journal = !to_file && is_journal(&st);
    log_state.least = least;
    return RES_OK;
}

void
log_reopen(void)
{
    struct fault f = {""};
    char *path;

    if (log_state.path == NULL)
        return;
    path = fault_strdup(log_state.path);
    if (log_open(path, log_state.least, &f) != RES_OK)
        log_error("%s; writing to the old file", f.text);
    free(path);
}

void
log_worker(const char *name)
{
    log_state.worker = name;
}

void
log_gather(bool on)
{
    if (!on)
        log_flush();
    log_state.gathering = on;
}

void
log_flush(void)
{
    size_t n = log_state.n;

    log_state.n = 0;
    deliver(log_state.text, n);
}

void
log_debug(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    line(LOG_LEVEL_DEBUG, format, args);
    va_end(args);
}

void
log_info(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    line(LOG_LEVEL_INFO, format, args);
    va_end(args);
}

void
log_warn(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    line(LOG_LEVEL_WARN, format, args);
    va_end(args);
}

void
log_error(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    line(LOG_LEVEL_ERROR, format, args);
    va_end(args);
}

const char *
log_quote(const char *value)
{
    static char ring[QUOTES][QUOTE_MAX * 4 + 16];
    static unsigned next;
    char *out = ring[next++ % QUOTES];
    size_t n = strspn(value, "abcdefghijklmnopqrstuvwxyz"
                             "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                             "0123456789-_.:/@+<>,;%$");
    size_t k;

    if (n > 0 && n <= QUOTE_MAX && value[n] == '\0') {
        memcpy(out, value, n + 1);
        return out;
    }
    out[0] = '"';
    k = 1 + escape(out + 1, sizeof ring[0] - 4, value, true);
    (void)snprintf(out + k, sizeof ring[0] - k, "\"");
    return out;
}

bool
log_repeat(struct log_repeat *r, int kind, int64_t now_ms)
{
    if (r->on && r->kind == kind && now_ms < r->said_ms + LOG_REPEAT_MS)
        return false;
    if (!r->on)
        r->since_ms = now_ms;
    r->on = true;
    r->kind = kind;
    r->said_ms = now_ms;
    return true;
}

int64_t
log_repeat_over(struct log_repeat *r, int64_t now_ms)
{
    if (!r->on)
        return -1;
    r->on = false;
    return now_ms - r->since_ms;
}

static void
line(enum log_level level, const char *format, va_list args)
{
    char words[LINE_MAX_BYTES];
    char out[LINE_MAX_BYTES];
    size_t n;

    if (level < log_state.least)
        return;
    /* The caller has started args. NOLINTNEXTLINE(clang-analyzer-valist*) */
    if (vsnprintf(words, sizeof words, format, args) < 0)
        return;
    n = stamp(out, sizeof out, level);
    n += escape(out + n, sizeof out - n - 1, words, false);
    out[n++] = '\n';
    put(out, n);
}

/* systemd tells by device and inode which stream is its journal's. */
static bool
is_journal(const struct stat *st)
{
    const char *stream = getenv("JOURNAL_STREAM");
    char mine[64];

    (void)snprintf(mine, sizeof mine, "%ju:%ju", (uintmax_t)st->st_dev,
        (uintmax_t)st->st_ino);
    return stream != NULL && strcmp(stream, mine) == 0;
}

/* "2026-11-21T10:00:00.123Z info sender ", or for the journal, which knows
 * the time, "<6>info sender " (sd-daemon(3)). */
static size_t
stamp(char *out, size_t room, enum log_level level)
{
    static const char *const word[] = {"debug", "info", "warn", "error"};
    static const int priority[] = {7, 6, 4, 3};
    static struct {
        time_t of;
        char text[32];
    } second; /* the same for many lines */
    struct timespec now;
    struct tm tm;
    size_t n;
    int ms;

    if (log_state.journal) {
        n = (size_t)snprintf(
            out, room, "<%d>%s ", priority[level], word[level]);
        goto name;
    }
    (void)clock_gettime(CLOCK_REALTIME, &now);
    if (second.of != now.tv_sec) {
        (void)gmtime_r(&now.tv_sec, &tm);
        (void)strftime(
            second.text, sizeof second.text, "%Y-%m-%dT%H:%M:%S.", &tm);
        second.of = now.tv_sec;
    }
    n = strlen(second.text);
    ms = (int)(now.tv_nsec / 1000000);
    assert(room > n + 3 + sizeof "Z debug ");
    memcpy(out, second.text, n);
    for (int i = 2; i >= 0; i--, ms /= 10)
        out[n + (size_t)i] = (char)('0' + ms % 10);
    n += 3;
    out[n++] = 'Z';
    out[n++] = ' ';
    for (const char *p = word[level]; *p != '\0'; p++)
        out[n++] = *p;
    out[n++] = ' ';
name:
    n += escape(out + n, 100, log_state.worker, false);
    out[n++] = ' ';
    return n;
}

/* Writes text into out, at most room - 1 bytes and a NUL, and returns how
 * many.  What does not fit is cut between two characters and marked "...";
 * quoting also escapes quotes and backslashes and stops at QUOTE_MAX. */
static size_t
escape(char *out, size_t room, const char *text, bool quoting)
{
    const unsigned char *p = (const unsigned char *)text;
    size_t n = 0, k, i, left = quoting ? QUOTE_MAX : SIZE_MAX;
    bool hex, slash;

    while (*p != '\0') {
        k = plain(p, quoting, left < room - n - 4 ? left : room - n - 4);
        if (k > 0) {
            memcpy(out + n, p, k);
            n += k;
            p += k;
            left -= k;
            continue;
        }
        k = character(p);
        hex = k == 0 || !harmless(p, k);
        k = k == 0 ? 1 : k;
        slash = quoting && (*p == '"' || *p == '\\');
        if (k > left || n + (hex ? 4 * k : k + slash) + 4 > room) {
            n += (size_t)snprintf(out + n, room - n, "...");
            return n;
        }
        if (slash)
            out[n++] = '\\';
        for (i = 0; hex && i < k; i++)
            n += (size_t)snprintf(out + n, room - n, "\\x%02x", p[i]);
        if (!hex) {
            memcpy(out + n, p, k);
            n += k;
        }
        p += k;
        left -= k;
    }
    out[n] = '\0';
    return n;
}

/* How many of the next bytes, at most `most`, need no escape: mostly all. */
static size_t
plain(const unsigned char *p, bool quoting, size_t most)
{
    size_t n = 0;

    while (n < most && p[n] >= 0x20 && p[n] < 0x7f &&
           !(quoting && (p[n] == '"' || p[n] == '\\')))
        n++;
    return n;
}

/* Bytes of the UTF-8 character at p (RFC 3629), 0 when it is none. */
static size_t
character(const unsigned char *p)
{
    size_t n, i;
    unsigned long c;

    if (p[0] < 0x80)
        return 1;
    if (p[0] >= 0xc2 && p[0] <= 0xdf)
        n = 2;
    else if ((p[0] & 0xf0) == 0xe0)
        n = 3;
    else if (p[0] >= 0xf0 && p[0] <= 0xf4)
        n = 4;
    else
        return 0;
    c = p[0] & (0x7fU >> n);
    for (i = 1; i < n; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return 0;
        c = c << 6 | (p[i] & 0x3fU);
    }
    if ((n == 3 && c < 0x800) || (n == 4 && (c < 0x10000 || c > 0x10ffff)) ||
        (c >= 0xd800 && c <= 0xdfff))
        return 0;
    return n;
}

/* Not a control character, nor one that ends a line, turns its direction or is
 * unseen: those could make a terminal show another line than the one written
 * (cli/text.c holds the same for the command). */
static bool
harmless(const unsigned char *p, size_t n)
{
    if (n == 1)
        return *p >= 0x20 && *p != 0x7f;
    if (n == 2) /* C1 controls, U+061C */
        return (p[0] != 0xc2 || p[1] >= 0xa0) && (p[0] != 0xd8 || p[1] != 0x9c);
    if (n == 3 && p[0] == 0xe2 && p[1] == 0x80) /* U+200E.. U+2028..202E */
        return p[2] != 0x8e && p[2] != 0x8f && (p[2] < 0xa8 || p[2] > 0xae);
    if (n == 3 && p[0] == 0xe2 && p[1] == 0x81) /* U+2060..206F: unseen, too */
        return p[2] < 0xa0 || p[2] > 0xaf;
    if (n == 3 && p[0] == 0xef) /* U+FEFF, FFF9..FFFB */
        return !(p[1] == 0xbb && p[2] == 0xbf) &&
               !(p[1] == 0xbf && p[2] >= 0xb9 && p[2] <= 0xbb);
    return n != 4 || p[0] != 0xf3 || p[1] != 0xa0 || p[2] >= 0x82; /* tags */
}

static void
put(const char *text, size_t n)
{
    if (!log_state.gathering) {
        deliver(text, n);
        return;
    }
    if (log_state.n + n > sizeof log_state.text)
        log_flush();
    memcpy(log_state.text + log_state.n, text, n);
    log_state.n += n;
}

/* To a file all at once; elsewhere line by line, see the head. */
static void
deliver(const char *text, size_t n)
{
    size_t piece;
    ssize_t put_bytes;
    const char *end;

    if (n > 0 && log_state.lost > 0)
        say_lost();
    while (n > 0) {
        piece = n;
        if (!log_state.is_file && n > LINE_MAX_BYTES) {
            end = memrchr(text, '\n', LINE_MAX_BYTES);
            piece = end == NULL ? LINE_MAX_BYTES : (size_t)(end - text) + 1;
        }
        do
            put_bytes = write(log_state.fd, text, piece);
        while (put_bytes < 0 && errno == EINTR);
        if (put_bytes <= 0) {
            for (; n > 0; n--, text++)
                log_state.lost += *text == '\n';
            return;
        }
        text += put_bytes;
        n -= (size_t)put_bytes;
    }
}

static void
say_lost(void)
{
    char out[200];
    size_t n = stamp(out, sizeof out, LOG_LEVEL_ERROR);

    n += (size_t)snprintf(out + n, sizeof out - n,
        "lines_lost=%lu the log could not be written, it can again\n",
        log_state.lost);
    if (write(log_state.fd, out, n) == (ssize_t)n)
        log_state.lost = 0;
}
