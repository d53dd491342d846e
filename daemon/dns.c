/* SPDX-License-Identifier: ISC */
/* DNS by c-ares: res_query(3) would ask one name after the other, wait 5 s and
 * more for each, and let nobody do anything else meanwhile.  c-ares asks them
 * side by side, one channel for each, because on a common socket the kernel
 * tells of a refusal only whoever looks first.  Their sockets stand in an epoll
 * of their own, which is one descriptor for whoever has other things to do.
 *
 * Only the control worker asks, for `check`, whose author waits; the others
 * that it serves do not. */
#include "daemon/dns.h"

#include <ares.h>
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

enum {
    TRY_MS = 600, /* then again, another server if there is one */
    TRIES = 3
};

struct dns {
    int epoll_fd, n, left; /* questions, and those without an answer */
    int64_t end_ms;
    struct asked {
        struct dns *dns;
        struct dns_question *q;
        ares_channel channel; /* NULL: could not be opened */
    } asked[DNS_QUESTIONS_MAX];
};

static bool open_channel(const char *server, struct asked *a);
static void on_socket(void *arg, ares_socket_t fd, int reads, int writes);
static void
answered(void *arg, int status, int timeouts, unsigned char *packet, int n);
static void take_texts(struct dns_question *q, const struct ares_txt_ext *t);
static int64_t now_ms(void);

struct dns *
dns_begin(const char *server, struct dns_question *q, int n)
{
    struct dns *d = fault_calloc(1, sizeof *d);

    d->end_ms = now_ms() + DNS_LIMIT_MS;
    d->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    d->n = n;
    (void)ares_library_init(ARES_LIB_INIT_ALL);
    for (int i = 0; i < n; i++) {
        struct asked *a = &d->asked[i];

        q[i].answer = DNS_SILENT;
        q[i].n_texts = 0;
        *a = (struct asked){.dns = d, .q = &q[i]};
        if (d->epoll_fd < 0 || strcmp(server, "none") == 0 ||
            !open_channel(server, a))
            continue;
        d->left++;
        ares_query(
            a->channel, q[i].name, 1 /* IN */, 16 /* TXT */, answered, a);
    }
    return d;
}

static bool
open_channel(const char *server, struct asked *a)
{
    struct ares_options o = {.timeout = TRY_MS,
        .tries = TRIES,
        .sock_state_cb = on_socket,
        .sock_state_cb_data = a};

    if (ares_init_options(&a->channel, &o,
            ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB) !=
        ARES_SUCCESS) {
        a->channel = NULL;
        return false;
    }
    if (server[0] == '\0' ||
        ares_set_servers_ports_csv(a->channel, server) == ARES_SUCCESS)
        return true;
    ares_destroy(a->channel);
    a->channel = NULL;
    return false;
}

/* c-ares waits for something else on this socket, or closes it. */
static void
on_socket(void *arg, ares_socket_t fd, int reads, int writes)
{
    const struct asked *a = arg;
    struct dns *d = a->dns;
    struct epoll_event ev = {.events = (reads ? (uint32_t)EPOLLIN : 0) |
                                       (writes ? (uint32_t)EPOLLOUT : 0),
        .data.u64 = (uint64_t)(a - d->asked) << 32 | (uint32_t)fd};

    if (ev.events == 0)
        (void)epoll_ctl(d->epoll_fd, EPOLL_CTL_DEL, fd, &ev);
    else if (epoll_ctl(d->epoll_fd, EPOLL_CTL_MOD, fd, &ev) != 0)
        (void)epoll_ctl(d->epoll_fd, EPOLL_CTL_ADD, fd, &ev);
}

bool
dns_step(struct dns *d)
{
    struct epoll_event ev[2 * DNS_QUESTIONS_MAX];
    int n =
        d->left > 0 ? epoll_wait(d->epoll_fd, ev, 2 * DNS_QUESTIONS_MAX, 0) : 0;

    for (int i = 0; i < n; i++) {
        bool in = (ev[i].events & (EPOLLIN | EPOLLERR | EPOLLHUP)) != 0;
        bool out = (ev[i].events & (EPOLLOUT | EPOLLERR | EPOLLHUP)) != 0;
        ares_socket_t fd = (int)(ev[i].data.u64 & UINT32_MAX);

        ares_process_fd(d->asked[ev[i].data.u64 >> 32].channel,
            in ? fd : ARES_SOCKET_BAD, out ? fd : ARES_SOCKET_BAD);
    }
    for (int i = 0; i < d->n; i++) /* what has waited too long */
        if (d->asked[i].channel != NULL)
            ares_process_fd(
                d->asked[i].channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
    return d->left == 0 || now_ms() >= d->end_ms;
}

int
dns_fd(const struct dns *d)
{
    return d->epoll_fd;
}

int
dns_wait_ms(struct dns *d)
{
    int64_t left_ms = d->end_ms - now_ms();
    struct timeval most, *next;

    if (left_ms <= 0 || d->left == 0)
        return 0;
    most.tv_sec = left_ms / 1000;
    most.tv_usec = left_ms % 1000 * 1000;
    for (int i = 0; i < d->n; i++) {
        if (d->asked[i].channel == NULL)
            continue;
        next = ares_timeout(d->asked[i].channel, &most, &most);
        most = *next;
    }
    return (int)(most.tv_sec * 1000 + most.tv_usec / 1000 + 1);
}

void
dns_end(struct dns *d)
{
    if (d == NULL)
        return;
    for (int i = 0; i < d->n; i++) /* the open ones end as ARES_EDESTRUCTION */
        if (d->asked[i].channel != NULL)
            ares_destroy(d->asked[i].channel);
    ares_library_cleanup();
    if (d->epoll_fd >= 0)
        (void)close(d->epoll_fd);
    free(d);
}

static void
answered(void *arg, int status, int timeouts, unsigned char *packet, int n)
{
    const struct asked *a = arg;
    struct dns_question *q = a->q;
    struct ares_txt_ext *t = NULL;

    (void)timeouts;
    a->dns->left--;
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
