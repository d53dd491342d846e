/* SPDX-License-Identifier: ISC */
/* DNS by c-ares: res_query(3) would ask one name after the other and wait 5 s
 * and more for each, and has no limit for all.  c-ares asks them side by side
 * on sockets that we poll ourselves: one for each, because on a common one
 * the kernel tells of a refusal only whoever looks first.
 *
 * Only the control worker asks, for `check`; the wait is the price of telling
 * an author at once, and is why the limit is short. */
#include "daemon/dns.h"

#include <ares.h>
#include <arpa/inet.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    TRY_MS = 600, /* then again, another server if there is one */
    TRIES = 3
};

static bool open_channel(const char *server, ares_channel *out);
static void
answered(void *arg, int status, int timeouts, unsigned char *packet, int n);
static void take_texts(struct dns_question *q, const struct ares_txt_ext *t);
static bool wait_for(ares_channel *channel, int n, int64_t end_ms);
static int64_t now_ms(void);

void
dns_ask_texts(const char *server, struct dns_question *q, int n)
{
    int64_t end_ms = now_ms() + DNS_LIMIT_MS;
    ares_channel channel[DNS_QUESTIONS_MAX];
    int open = 0;

    for (int i = 0; i < n; i++) {
        q[i].answer = DNS_SILENT;
        q[i].n_texts = 0;
    }
    if (strcmp(server, "none") == 0 ||
        ares_library_init(ARES_LIB_INIT_ALL) != ARES_SUCCESS)
        return;
    for (; open < n && open_channel(server, &channel[open]); open++)
        ares_query(channel[open], q[open].name, 1 /* IN */, 16 /* TXT */,
            answered, &q[open]);
    while (open > 0 && wait_for(channel, open, end_ms))
        continue;
    while (open > 0) /* what is still asked ends with ARES_EDESTRUCTION */
        ares_destroy(channel[--open]);
    ares_library_cleanup();
}

static bool
open_channel(const char *server, ares_channel *out)
{
    struct ares_options o = {.timeout = TRY_MS, .tries = TRIES};

    if (ares_init_options(out, &o, ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES) !=
        ARES_SUCCESS)
        return false;
    if (server[0] == '\0' ||
        ares_set_servers_ports_csv(*out, server) == ARES_SUCCESS)
        return true;
    ares_destroy(*out);
    return false;
}

static void
answered(void *arg, int status, int timeouts, unsigned char *packet, int n)
{
    struct dns_question *q = arg;
    struct ares_txt_ext *t = NULL;

    (void)timeouts;
    if (status == ARES_SUCCESS)
        status = ares_parse_txt_reply_ext(packet, n, &t);
    switch (status) {
    case ARES_SUCCESS:
        q->answer = DNS_FOUND;
        take_texts(q, t);
        break;
    case ARES_ENODATA:
    case ARES_ENOTFOUND:
        q->answer = DNS_NOTHING;
        break;
    case ARES_ESERVFAIL:
    case ARES_EREFUSED:
    case ARES_ENOTIMP:
    case ARES_EFORMERR:
    case ARES_EBADRESP:
    case ARES_EBADNAME:
        q->answer = DNS_FAILED;
        break;
    default:
        break;
    }
    if (t != NULL)
        ares_free_data(t);
}

/* A record is one or more strings of at most 255 bytes, to be joined. */
static void
take_texts(struct dns_question *q, const struct ares_txt_ext *t)
{
    size_t n = 0;

    for (; t != NULL; t = t->next) {
        if (t->record_start && q->n_texts == DNS_TEXTS_MAX)
            break;
        if (t->record_start || q->n_texts == 0) {
            q->text[q->n_texts++] = fault_calloc(1, DNS_TEXT_MAX + 1);
            n = 0;
        }
        for (size_t i = 0; i < t->length && n < DNS_TEXT_MAX; i++)
            q->text[q->n_texts - 1][n++] =
                t->txt[i] == '\0' ? '?' : (char)t->txt[i];
    }
}

/* Waits for what comes next; false: nothing does, or the time is over. */
static bool
wait_for(ares_channel *channel, int n, int64_t end_ms)
{
    struct pollfd p[DNS_QUESTIONS_MAX * ARES_GETSOCK_MAXNUM];
    int owner[DNS_QUESTIONS_MAX * ARES_GETSOCK_MAXNUM];
    int64_t left_ms = end_ms - now_ms();
    struct timeval most, *next;
    int n_fds = 0;

    if (left_ms <= 0)
        return false;
    most.tv_sec = left_ms / 1000;
    most.tv_usec = left_ms % 1000 * 1000;
    for (int i = 0; i < n; i++) {
        ares_socket_t fd[ARES_GETSOCK_MAXNUM];
        /* c-ares' own macros shift a one into the sign of an int. */
        unsigned wants =
            (unsigned)ares_getsock(channel[i], fd, ARES_GETSOCK_MAXNUM);

        for (int k = 0; k < ARES_GETSOCK_MAXNUM; k++) {
            bool in = (wants >> k & 1) != 0;
            bool out = (wants >> (k + ARES_GETSOCK_MAXNUM) & 1) != 0;

            if (!in && !out)
                continue;
            owner[n_fds] = i;
            p[n_fds++] = (struct pollfd){.fd = fd[k],
                .events = (short)((in ? POLLIN : 0) | (out ? POLLOUT : 0))};
        }
        next = ares_timeout(channel[i], &most, &most);
        most = *next;
    }
    if (n_fds == 0)
        return false;
    if (poll(p, (nfds_t)n_fds,
            (int)(most.tv_sec * 1000 + most.tv_usec / 1000 + 1)) < 0)
        return true; /* EINTR */
    for (int i = 0; i < n_fds; i++)
        if (p[i].revents != 0)
            ares_process_fd(channel[owner[i]],
                (p[i].events & POLLIN) != 0 ? p[i].fd : ARES_SOCKET_BAD,
                (p[i].events & POLLOUT) != 0 ? p[i].fd : ARES_SOCKET_BAD);
    for (int i = 0; i < n; i++) /* what has waited too long */
        ares_process_fd(channel[i], ARES_SOCKET_BAD, ARES_SOCKET_BAD);
    return true;
}

void
dns_clear(struct dns_question *q, int n)
{
    for (int i = 0; i < n; i++)
        while (q[i].n_texts > 0)
            free(q[i].text[--q[i].n_texts]);
}

bool
dns_server_valid(const char *server)
{
    const char *colon = strchr(server, ':'), *end = server + strlen(server);
    unsigned char address[sizeof(struct in6_addr)];
    char host[INET6_ADDRSTRLEN];
    bool six = server[0] == '[';
    size_t n;
    long port;
    char *rest;

    if (server[0] == '\0' || strcmp(server, "none") == 0)
        return true;
    if (six) {
        server++;
        end = strchr(server, ']');
        if (end == NULL)
            return false;
        colon = end[1] == '\0' ? NULL : end + 1;
    } else if (colon != NULL) {
        end = colon;
    }
    n = (size_t)(end - server);
    if (n >= sizeof host)
        return false;
    memcpy(host, server, n);
    host[n] = '\0';
    if (inet_pton(six ? AF_INET6 : AF_INET, host, address) != 1)
        return false;
    if (colon == NULL)
        return true;
    port = strtol(colon + 1, &rest, 10);
    return colon[0] == ':' && rest > colon + 1 && *rest == '\0' && port > 0 &&
           port < 65536;
}

static int64_t
now_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}
