/* SPDX-License-Identifier: ISC */
/* A small SMTP server that takes everything and keeps almost nothing: the
 * other side of benchmarks and of the tests that count letters.  One thread,
 * one epoll loop, so that it costs less than what it measures.
 *
 *   sink [--port N] [--dot-delay-ms N] [--reply-delay-ms N] [--no-pipelining]
 *        [--log FILE] [--keep N --keep-dir DIR] [--trouble STEP:DEED:EVERY]...
 *        [--cert FILE --key FILE]
 *
 * Prints "port N" when it listens (on 127.0.0.1), and on SIGTERM one line of
 * JSON with what it has counted.  A log line stands in FILE before its letter
 * is answered: "recipient token sender", one for each letter accepted; the
 * token is what stands before the @ in its Message-ID, "-" where it has none.
 *
 * With a certificate and its key it offers STARTTLS, and then AUTH PLAIN to
 * whoever says anything.
 *
 * Trouble comes at each EVERYth of its STEPs (connect, banner, ehlo, starttls,
 * tls, auth, rset, mail, rcpt, data, body, dot, quit): refuse (4xx), reject
 * (5xx), drop (close without a word) or stall (say nothing more).  At the
 * banner half of it is said before, at the tls STARTTLS is granted and no
 * handshake follows.  After a drop or stall at the dot the letter is accepted
 * and logged, but nobody is told: "unsaid" counts these.  "unmet" is how many
 * of the troubles never came.
 */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include "tests/tools/parts/sink_dot.h"
#include "tests/tools/parts/sink_listen.h"
#include "tests/tools/parts/sink_options.h"
#include "tests/tools/parts/sink_tls.h"
#include "tests/tools/parts/sink_trouble.h"

enum {
    CONNS_MAX = 1024,
    LINE_MAX_BYTES = 2048,
    OUT_MAX = 4096,
    HEAD_MAX = 8192,
    READ_BYTES = 256 * 1024,
    EVENTS_MAX = 64
};

struct conn {
    int fd; /* -1: free */
    bool data, begun, quit;
    bool refused, stalled; /* no letter now; deaf and dumb for ever */
    bool login;            /* the next line is a secret */
    struct sink_dot dot;   /* where the letter ends */
    size_t line_n, out_n, head_n;
    struct sink_tls *tls; /* NULL: none */
    int64_t due_ms;       /* when out may go, 0 at once */
    FILE *keep;
    char line[LINE_MAX_BYTES], out[OUT_MAX], head[HEAD_MAX];
    char from[400], to[400];
};

static struct sink_options opt;
static struct {
    long long unsaid, messages, recipients, bytes, connections, resets;
    int open, most, top; /* top: no connection stands above */
} count;
static struct conn conns[CONNS_MAX];
static FILE *log_file;
static int epoll_fd;
static char buffer[READ_BYTES];

static enum deed trouble_at(struct conn *c, enum step at);
static bool refused_at(struct conn *c, enum step at);
static void loop(int listen_fd, int signal_fd);
static int next_due(void);
static void accept_all(int listen_fd);
static void greet(struct conn *c);
static void read_some(struct conn *c);
static ssize_t receive(struct conn *c);
static const char *take_line(struct conn *c, const char *p, const char *end);
static const char *take_data(struct conn *c, const char *p, const char *end);
static void command(struct conn *c);
static bool in_letter(struct conn *c);
static void hello(struct conn *c);
static void start_tls(struct conn *c);
static void log_in(struct conn *c);
static void letter_begins(struct conn *c);
static void letter_ends(struct conn *c);
static void answer(struct conn *c, const char *text, int delay_ms);
static void flush_out(struct conn *c);
static void hang_up(struct conn *c);

int
main(int argc, char **argv)
{
    sigset_t stop;
    int fd;

    if (!sink_options_read(argc, argv, &opt)) {
        (void)fprintf(stderr, "sink: wrong option, see tests/tools/sink.c\n");
        return 64;
    }
    (void)signal(SIGPIPE, SIG_IGN);
    (void)sigemptyset(&stop);
    (void)sigaddset(&stop, SIGTERM);
    (void)sigaddset(&stop, SIGINT);
    (void)sigprocmask(SIG_BLOCK, &stop, NULL);
    for (int i = 0; i < CONNS_MAX; i++)
        conns[i].fd = -1;
    epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    fd = sink_listen(opt.port, CONNS_MAX);
    if (fd < 0 || epoll_fd < 0) {
        perror("sink");
        return 1;
    }
    if (opt.log != NULL && (log_file = fopen(opt.log, "ae")) == NULL) {
        perror(opt.log);
        return 1;
    }
    if (opt.cert != NULL && !sink_tls_ready(opt.cert, opt.key)) {
        (void)fprintf(stderr, "sink: the certificate cannot be used\n");
        return 1;
    }
    loop(fd, signalfd(-1, &stop, SFD_CLOEXEC | SFD_NONBLOCK));
    if (log_file != NULL)
        (void)fclose(log_file);
    printf("{\"messages\": %lld, \"recipients\": %lld, \"bytes\": %lld,"
           " \"connections\": %lld, \"most_connections\": %d,"
           " \"resets\": %lld, \"unsaid\": %lld, \"unmet\": %d}\n",
        count.messages, count.recipients, count.bytes, count.connections,
        count.most, count.resets, count.unsaid, trouble_unmet());
    return 0;
}

/* What shall happen here; a drop or stall has happened already. */
static enum deed
trouble_at(struct conn *c, enum step at)
{
    enum deed deed = trouble_next(at);

    if (deed == DROP)
        hang_up(c);
    if (deed == STALL) {
        c->stalled = true;
        c->out_n = 0;
    }
    return deed;
}

/* True: the command is dealt with. */
static bool
refused_at(struct conn *c, enum step at)
{
    enum deed deed = trouble_at(c, at);

    if (deed == REFUSE || deed == REJECT) {
        answer(c, trouble_words(at, deed), opt.reply_delay_ms);
        c->refused = at >= AT_MAIL && at <= AT_DATA;
        c->quit = trouble_closes(at);
    }
    return deed != NONE;
}

static int64_t
clock_ms(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void
loop(int listen_fd, int signal_fd)
{
    struct epoll_event ev = {.events = EPOLLIN, .data.ptr = NULL};
    struct epoll_event events[EVENTS_MAX];

    (void)epoll_ctl(epoll_fd, EPOLL_CTL_ADD, listen_fd, &ev);
    ev.data.ptr = &count;
    (void)epoll_ctl(epoll_fd, EPOLL_CTL_ADD, signal_fd, &ev);
    for (;;) {
        int n = epoll_wait(epoll_fd, events, EVENTS_MAX, next_due());

        for (int i = 0; i < n; i++) {
            if (events[i].data.ptr == &count)
                return;
            if (events[i].data.ptr == NULL)
                accept_all(listen_fd);
            else
                read_some(events[i].data.ptr);
        }
    }
}

/* Lets go what is due; says in how many ms the next one is, -1: none. */
static int
next_due(void)
{
    int64_t now_ms, next = INT64_MAX;

    if (opt.dot_delay_ms == 0 && opt.reply_delay_ms == 0)
        return -1;
    now_ms = clock_ms();
    for (int i = 0; i < count.top; i++) {
        struct conn *c = &conns[i];

        if (c->fd < 0 || c->due_ms == 0)
            continue;
        if (c->due_ms <= now_ms)
            flush_out(c);
        else if (c->due_ms < next)
            next = c->due_ms;
    }
    return next == INT64_MAX ? -1 : (int)(next - now_ms);
}

static void
accept_all(int listen_fd)
{
    struct epoll_event ev = {.events = EPOLLIN};
    int fd, one = 1;

    while ((fd = accept4(
                listen_fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        struct conn *c = conns;

        while (c < conns + CONNS_MAX && c->fd >= 0)
            c++;
        if (c == conns + CONNS_MAX) {
            (void)close(fd);
            continue;
        }
        memset(c, 0, sizeof *c);
        c->fd = fd;
        if (c >= conns + count.top)
            count.top = (int)(c - conns) + 1;
        (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        ev.data.ptr = c;
        (void)epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &ev);
        count.connections++;
        if (++count.open > count.most)
            count.most = count.open;
        greet(c);
    }
}

/* At the banner half of it goes before the trouble comes. */
static void
greet(struct conn *c)
{
    enum deed deed = NONE;

    if (!refused_at(c, AT_CONNECT)) {
        deed = trouble_next(AT_BANNER);
        answer(c, deed == NONE ? "220 sink ESMTP\r\n" : "220-sink\r\n220", 0);
    }
    if (c->fd >= 0)
        flush_out(c);
    if (c->fd >= 0 && deed == DROP)
        hang_up(c);
    c->stalled = c->stalled || (deed != NONE && deed != DROP);
}

static void
read_some(struct conn *c)
{
    const char *p, *end;
    ssize_t n;

    do {
        n = receive(c);
        if (n < 0)
            return;
        if (n == 0) {
            hang_up(c);
            return;
        }
        p = buffer;
        end = buffer + n;
        while (p < end && c->fd >= 0 && !c->stalled)
            p = c->data ? take_data(c, p, end) : take_line(c, p, end);
        if (c->fd >= 0 && c->out_n > 0 && c->due_ms == 0)
            flush_out(c);
    } while (c->fd >= 0 && c->tls != NULL);
}

/* Into buffer.  0: the connection is over; -1: nothing now. */
static ssize_t
receive(struct conn *c)
{
    ssize_t n;

    if (c->tls != NULL)
        return sink_tls_receive(c->tls, buffer, sizeof buffer);
    n = recv(c->fd, buffer, sizeof buffer, 0);
    if (n < 0)
        return errno == EAGAIN || errno == EINTR ? -1 : 0;
    return n;
}

static const char *
take_line(struct conn *c, const char *p, const char *end)
{
    const char *nl = memchr(p, '\n', (size_t)(end - p));
    size_t n = (size_t)((nl != NULL ? nl + 1 : end) - p);

    if (c->line_n + n >= sizeof c->line) {
        answer(c, "500 line too long\r\n", 0);
        c->line_n = 0;
        return p + n;
    }
    memcpy(c->line + c->line_n, p, n);
    c->line_n += n;
    if (nl != NULL) {
        c->line[c->line_n] = '\0';
        c->line[strcspn(c->line, "\r\n")] = '\0';
        c->line_n = 0;
        command(c);
    }
    return p + n;
}

static const char *
take_data(struct conn *c, const char *p, const char *end)
{
    bool found;
    size_t n;

    if (!c->begun && trouble_at(c, AT_BODY) != NONE)
        return end;
    c->begun = true;
    end = sink_dot_find(&c->dot, p, end, &found);
    n = (size_t)(end - p);
    count.bytes += (long long)n;
    if (c->keep != NULL)
        (void)fwrite(p, 1, n, c->keep);
    if (log_file != NULL && c->head_n < HEAD_MAX - 1) {
        size_t room = HEAD_MAX - 1 - c->head_n;

        memcpy(c->head + c->head_n, p, n < room ? n : room);
        c->head_n += n < room ? n : room;
    }
    if (found)
        letter_ends(c);
    return end;
}

/* Copies what stands between < and >, for MAIL and RCPT. */
static void
path_copy(const char *line, char out[400])
{
    const char *from = strchr(line, '<');
    const char *to = from != NULL ? strrchr(from, '>') : NULL;

    out[0] = '\0';
    if (to != NULL)
        (void)snprintf(out, 400, "%.*s", (int)(to - from - 1), from + 1);
}

static void
command(struct conn *c)
{
    int wait_ms = opt.reply_delay_ms;

    if (c->login) {
        c->login = false;
        answer(c, "235 2.7.0 Ok\r\n", wait_ms);
    } else if (in_letter(c)) {
        return;
    } else if (strncasecmp(c->line, "EHLO", 4) == 0) {
        if (!refused_at(c, AT_EHLO))
            hello(c);
    } else if (opt.cert != NULL && c->tls == NULL &&
               strncasecmp(c->line, "STARTTLS", 8) == 0) {
        if (!refused_at(c, AT_STARTTLS))
            start_tls(c);
    } else if (strncasecmp(c->line, "AUTH", 4) == 0) {
        if (!refused_at(c, AT_AUTH))
            log_in(c);
    } else if (strncasecmp(c->line, "RSET", 4) == 0) {
        count.resets++;
        if (!refused_at(c, AT_RSET))
            answer(c, "250 2.0.0 Ok\r\n", wait_ms);
    } else if (strncasecmp(c->line, "QUIT", 4) == 0) {
        if (refused_at(c, AT_QUIT))
            return;
        c->quit = true;
        answer(c, "221 2.0.0 Bye\r\n", wait_ms);
    } else {
        answer(c, "250 2.0.0 Ok\r\n", wait_ms);
    }
}

/* MAIL, RCPT and DATA; false: it is none of them. */
static bool
in_letter(struct conn *c)
{
    int wait_ms = opt.reply_delay_ms;

    if (strncasecmp(c->line, "MAIL", 4) == 0) {
        c->refused = false;
        if (refused_at(c, AT_MAIL))
            return true;
        path_copy(c->line, c->from);
        answer(c, "250 2.1.0 Ok\r\n", wait_ms);
    } else if (strncasecmp(c->line, "RCPT", 4) == 0) {
        if (c->refused)
            answer(c, "503 5.5.1 MAIL first\r\n", wait_ms);
        if (c->refused || refused_at(c, AT_RCPT))
            return true;
        path_copy(c->line, c->to);
        count.recipients++;
        answer(c, "250 2.1.5 Ok\r\n", wait_ms);
    } else if (strncasecmp(c->line, "DATA", 4) == 0) {
        if (c->refused)
            answer(c, "554 5.5.1 No recipient\r\n", wait_ms);
        if (c->refused || refused_at(c, AT_DATA))
            return true;
        letter_begins(c);
        answer(c, "354 End data with <CR><LF>.<CR><LF>\r\n", wait_ms);
    } else {
        return false;
    }
    return true;
}

static void
hello(struct conn *c)
{
    int wait_ms = opt.reply_delay_ms;

    answer(c, "250-sink\r\n", wait_ms);
    if (opt.cert != NULL)
        answer(c, c->tls == NULL ? "250-STARTTLS\r\n" : "250-AUTH PLAIN\r\n",
            wait_ms);
    if (!opt.no_pipelining)
        answer(c,
            "250-PIPELINING\r\n250-SIZE 52428800\r\n"
            "250-SMTPUTF8\r\n",
            wait_ms);
    answer(c, "250 8BITMIME\r\n", wait_ms);
}

static void
start_tls(struct conn *c)
{
    answer(c, "220 2.0.0 go\r\n", 0);
    flush_out(c);
    if (c->fd < 0 || trouble_at(c, AT_TLS) != NONE)
        return;
    c->tls = sink_tls_new(c->fd);
    if (c->tls == NULL)
        hang_up(c);
}

/* "AUTH PLAIN" with its secret, or without: then it is asked for. */
static void
log_in(struct conn *c)
{
    c->login = strchr(c->line + strcspn(c->line, " ") + 1, ' ') == NULL;
    answer(c, c->login ? "334 \r\n" : "235 2.7.0 Ok\r\n", opt.reply_delay_ms);
}

static void
letter_begins(struct conn *c)
{
    char path[4096];

    c->data = true;
    c->begun = false;
    sink_dot_begin(&c->dot);
    c->head_n = 0;
    if (count.messages >= opt.keep)
        return;
    (void)snprintf(
        path, sizeof path, "%s/%lld.eml", opt.keep_dir, count.messages + 1);
    c->keep = fopen(path, "we");
}

static void
letter_ends(struct conn *c)
{
    enum deed deed;
    const char *id;

    c->data = false;
    if (c->keep != NULL)
        (void)fclose(c->keep);
    c->keep = NULL;
    deed = trouble_at(c, AT_DOT);
    if (deed == REFUSE || deed == REJECT) {
        answer(c, trouble_words(AT_DOT, deed),
            opt.dot_delay_ms + opt.reply_delay_ms);
        return;
    }
    count.messages++;
    count.unsaid += deed != NONE;
    if (log_file != NULL) {
        c->head[c->head_n] = '\0';
        id = strcasestr(c->head, "\nMessage-ID:");
        id = id != NULL ? id + 12 + strspn(id + 12, " <\r\n\t") : "-";
        (void)fprintf(log_file, "%s %.*s %s\n", c->to,
            (int)strcspn(id, "@.>\r\n"), id, c->from);
        (void)fflush(log_file);
    }
    if (deed != NONE)
        return;
    answer(
        c, "250 2.0.0 Ok: queued\r\n", opt.dot_delay_ms + opt.reply_delay_ms);
}

static void
answer(struct conn *c, const char *text, int delay_ms)
{
    size_t n = strlen(text);

    if (c->out_n + n > sizeof c->out)
        return; /* a client that does not read its replies */
    memcpy(c->out + c->out_n, text, n);
    c->out_n += n;
    if (delay_ms > 0)
        c->due_ms = clock_ms() + delay_ms;
}

static void
flush_out(struct conn *c)
{
    ssize_t n = 0;

    c->due_ms = 0;
    if (c->out_n > 0)
        n = c->tls != NULL ? sink_tls_send(c->tls, c->out, c->out_n)
                           : send(c->fd, c->out, c->out_n, MSG_NOSIGNAL);
    if (n != (ssize_t)c->out_n) {
        hang_up(c);
        return;
    }
    c->out_n = 0;
    if (c->quit)
        hang_up(c);
}

static void
hang_up(struct conn *c)
{
    if (c->keep != NULL)
        (void)fclose(c->keep);
    sink_tls_free(c->tls);
    c->tls = NULL;
    (void)close(c->fd);
    c->fd = -1;
    count.open--;
}
