/* SPDX-License-Identifier: ISC */
/* The control worker: HTTP on the Unix socket, one epoll loop in which
 * libmicrohttpd, the doorbell and the end are three descriptors, and short
 * pieces of work between the requests.  It never sends mail and never reads a
 * mailbox: it writes into the store and rings.
 *
 * libmicrohttpd runs without threads of its own (an epoll descriptor inside
 * ours), so that every handler may use the one store handle without a lock. */
#include "daemon/control.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "daemon/control_request.h"
#include "daemon/log.h"
#include "daemon/reader.h"
#include "lists/list.h"

static int control_open(struct control *c, struct fault *f);
static void control_close(struct control *c);
static int control_loop(struct control *c);
static void control_drain(struct control *c);
static bool http_start(struct control *c, struct fault *f);
static void http_turn(struct control *c);

int
control_main(struct worker *w)
{
    struct control c = {.w = w, .conf = w->conf, .look = true};
    struct fault f = {""};
    int status;

    c.started_s = w->since_s > 0 ? w->since_s : time(NULL);
    status = control_open(&c, &f);
    if (status == 0)
        status = control_loop(&c);
    else
        log_error("cannot start: %s", log_quote(f.text));
    control_close(&c);
    return status;
}

static int
control_open(struct control *c, struct fault *f)
{
    char path[4096];
    enum result r;

    r = store_open(c->conf->store, &c->st, f);
    if (r != RES_OK)
        return EXIT_FAILURE;
    store_patience(c->st, CONTROL_PATIENCE_MS);
    worker_token_key_path(c->conf, path);
    r = token_key_open(path, &c->key, f);
    for (int i = 0; r == RES_OK && i < c->conf->n_lists; i++)
        r = list_id(c->st, c->conf->list[i].letter.key, &c->list_id[i], f);
    if (r != RES_OK || !http_start(c, f))
        return EXIT_FAILURE;
    return 0;
}

static void
control_close(struct control *c)
{
    if (c->http != NULL)
        MHD_stop_daemon(c->http);
    reader_close(c->reader);
    token_key_free(c->key);
    store_close(c->st);
}

static bool
http_start(struct control *c, struct fault *f)
{
    int flags = fcntl(c->w->listen_fd, F_GETFL);

    if (flags >= 0)
        flags = fcntl(c->w->listen_fd, F_SETFL, flags | O_NONBLOCK);
    if (flags >= 0)
        c->http = MHD_start_daemon(MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0,
            NULL, NULL, request_come, c, MHD_OPTION_LISTEN_SOCKET,
            c->w->listen_fd, MHD_OPTION_NOTIFY_CONNECTION, request_connection,
            c, MHD_OPTION_NOTIFY_COMPLETED, request_completed, c,
            MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONTROL_CONNECTIONS,
            MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)CONTROL_IDLE_S,
            MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONTROL_MEMORY_BYTES,
            MHD_OPTION_CONNECTION_MEMORY_INCREMENT,
            (size_t)CONTROL_MEMORY_BYTES / 4, MHD_OPTION_END);
    if (c->http == NULL)
        (void)fault_set(f, RES_STOP, "cannot serve %s", c->conf->socket);
    return c->http != NULL;
}

/* At its limit libmicrohttpd stops listening, and begins again not when a
 * connection has ended but with its next turn, which nobody might wake it
 * for. */
static void
http_turn(struct control *c)
{
    do {
        c->freed = false;
        (void)MHD_run(c->http);
    } while (c->freed);
}

/* --- the loop ------------------------------------------------------------- */

static bool
watch(int epoll_fd, int fd)
{
    struct epoll_event e = {.events = EPOLLIN, .data = {.fd = fd}};

    return epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &e) == 0;
}

/* The smallest of the times that somebody wants to be woken after. */
static int
wait_ms(struct control *c, int chore_ms)
{
    MHD_UNSIGNED_LONG_LONG http_ms;
    int ms = c->conf->worker_silence_s * 1000 / 3, dns_ms = waits_ms(c);

    if (chore_ms >= 0 && chore_ms < ms)
        ms = chore_ms;
    if (dns_ms >= 0 && dns_ms < ms)
        ms = dns_ms;
    if (MHD_get_timeout(c->http, &http_ms) == MHD_YES &&
        http_ms < (MHD_UNSIGNED_LONG_LONG)ms)
        ms = (int)http_ms;
    return ms;
}

static int
control_loop(struct control *c)
{
    const union MHD_DaemonInfo *info =
        MHD_get_daemon_info(c->http, MHD_DAEMON_INFO_EPOLL_FD);
    int epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event[4];
    int status = EXIT_FAILURE;

    c->epoll_fd = epoll_fd;
    if (epoll_fd < 0 || info == NULL || !watch(epoll_fd, info->epoll_fd) ||
        !watch(epoll_fd, c->w->doorbell_fd) ||
        !watch(epoll_fd, c->w->stop_fd)) {
        log_error("cannot watch: %s", strerror(errno));
        goto out;
    }
    while (!worker_stopping(c->w)) {
        int again_ms = -1;
        bool more = chores_step(c, time(NULL), &again_ms);
        int n;

        worker_alive(c->w);
        n = epoll_wait(epoll_fd, event, 4, more ? 0 : wait_ms(c, again_ms));
        for (int i = 0; i < n; i++)
            if (event[i].data.fd == c->w->doorbell_fd) {
                worker_hush(c->w);
                c->look = true;
            }
        waits_step(c);
        http_turn(c);
    }
    control_drain(c);
    status = EXIT_SUCCESS;
out:
    if (epoll_fd >= 0)
        close(epoll_fd);
    return status;
}

/* Takes no new connection and lets answers under way arrive.  Who is still
 * sending is cut: nothing was promised to him, and he can repeat it. */
static void
control_drain(struct control *c)
{
    int fd = MHD_quiesce_daemon(c->http);
    struct epoll_event event[4];
    struct timespec begin, now;
    int64_t spent_ms = 0;

    if (fd >= 0)
        close(fd);
    (void)epoll_ctl(c->epoll_fd, EPOLL_CTL_DEL, c->w->stop_fd, NULL);
    (void)epoll_ctl(c->epoll_fd, EPOLL_CTL_DEL, c->w->doorbell_fd, NULL);
    waits_end(c);
    (void)MHD_run(c->http);
    (void)clock_gettime(CLOCK_MONOTONIC, &begin);
    while (c->answering > 0 && spent_ms < CONTROL_DRAIN_MS) {
        int ms = wait_ms(c, CONTROL_DRAIN_MS - (int)spent_ms);

        worker_alive(c->w);
        (void)epoll_wait(c->epoll_fd, event, 4, ms);
        (void)MHD_run(c->http);
        (void)clock_gettime(CLOCK_MONOTONIC, &now);
        spent_ms = (now.tv_sec - begin.tv_sec) * 1000 +
                   (now.tv_nsec - begin.tv_nsec) / 1000000;
    }
}
