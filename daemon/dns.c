/* SPDX-License-Identifier: ISC */
/* DNS by c-ares: res_query(3) would ask one name after the other and wait 5 s
 * and more for each, and has no limit for all.  c-ares asks them side by side
 * on a socket that we poll ourselves.
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

static ares_channel open_channel(const char *server);
static void
answered(void *arg, int status, int timeouts, unsigned char *packet, int n);
static void take_texts(struct dns_question *q, const struct ares_txt_ext *t);
static void wait_for(ares_channel channel, int64_t end_ms);
static int64_t now_ms(void);

void
dns_ask_texts(const char *server, struct dns_question *q, int n)
{
    int64_t end_ms = now_ms() + DNS_LIMIT_MS;
    ares_channel channel;

    for (int i = 0; i < n; i++) {
        q[i].answer = DNS_SILENT;
        q[i].n_texts = 0;
    }
    if (strcmp(server, "none") == 0)
        return;
    channel = open_channel(server);
    if (channel == NULL)
        return;
    for (int i = 0; i < n; i++)
        ares_query(
            channel, q[i].name, 1 /* IN */, 16 /* TXT */, answered, &q[i]);
    wait_for(channel, end_ms);
    ares_destroy(channel); /* what is open is answered: ARES_EDESTRUCTION */
    ares_library_cleanup();
}

static ares_channel
open_channel(const char *server)
{
    struct ares_options o = {.timeout = TRY_MS, .tries = TRIES};
    ares_channel channel;

    if (ares_library_init(ARES_LIB_INIT_ALL) != ARES_SUCCESS)
        return NULL;
    if (ares_init_options(&channel, &o, ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES) !=
        ARES_SUCCESS)
        goto fail;
    if (server[0] == '\0' ||
        ares_set_servers_ports_csv(channel, server) == ARES_SUCCESS)
        return channel;
    ares_destroy(channel);
fail:
    ares_library_cleanup();
    return NULL;
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

static void
wait_for(ares_channel channel, int64_t end_ms)
{
    ares_socket_t fd[ARES_GETSOCK_MAXNUM];
    struct pollfd p[ARES_GETSOCK_MAXNUM];
    struct timeval most, *next;
    int64_t left_ms;
    int wants;
    nfds_t n;

    while ((left_ms = end_ms - now_ms()) > 0) {
        wants = ares_getsock(channel, fd, ARES_GETSOCK_MAXNUM);
        n = 0;
        for (int i = 0; i < ARES_GETSOCK_MAXNUM; i++) {
            bool in = ARES_GETSOCK_READABLE(wants, i) != 0;
            bool out = ARES_GETSOCK_WRITABLE(wants, i) != 0;

            if (in || out)
                p[n++] = (struct pollfd){
                    fd[i], (short)((in ? POLLIN : 0) | (out ? POLLOUT : 0)), 0};
        }
        if (n == 0)
            return;
        most.tv_sec = left_ms / 1000;
        most.tv_usec = left_ms % 1000 * 1000;
        next = ares_timeout(channel, &most, &most);
        if (poll(p, n, (int)(next->tv_sec * 1000 + next->tv_usec / 1000 + 1)) <
            0)
            continue; /* EINTR: revents are the zeros of above */
        ares_process_fd(channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
        for (nfds_t i = 0; i < n; i++)
            if (p[i].revents != 0)
                ares_process_fd(channel,
                    (p[i].events & POLLIN) != 0 ? p[i].fd : ARES_SOCKET_BAD,
                    (p[i].events & POLLOUT) != 0 ? p[i].fd : ARES_SOCKET_BAD);
    }
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
