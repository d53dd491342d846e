/* SPDX-License-Identifier: ISC */
/* Requests that wait for DNS.  libmicrohttpd sets their connections aside, the
 * questions stand in the worker's epoll, and whoever asks for something else is
 * served. */
#include <microhttpd.h>
#include <sys/epoll.h>

#include "daemon/control.h"
#include "daemon/from_check.h"

static void go_on(struct request *rq);

bool
request_wait(struct request *rq)
{
    struct control *c = rq->c;
    int fd = dns_fd(rq->check->dns);
    struct epoll_event e = {.events = EPOLLIN, .data = {.fd = fd}};

    if (c->n_waiting == CONTROL_CONNECTIONS ||
        epoll_ctl(c->epoll_fd, EPOLL_CTL_ADD, fd, &e) != 0)
        return false;
    c->waiting[c->n_waiting++] = rq;
    rq->waits = true;
    MHD_suspend_connection(rq->connection);
    return true;
}

void
waits_step(struct control *c)
{
    for (int i = c->n_waiting; i-- > 0;)
        if (dns_step(c->waiting[i]->check->dns))
            go_on(c->waiting[i]);
}

int
waits_ms(const struct control *c)
{
    int ms = -1, one;

    for (int i = 0; i < c->n_waiting; i++) {
        one = dns_wait_ms(c->waiting[i]->check->dns);
        if (ms < 0 || one < ms)
            ms = one;
    }
    return ms;
}

void
waits_end(struct control *c)
{
    while (c->n_waiting > 0)
        go_on(c->waiting[c->n_waiting - 1]);
}

static void
go_on(struct request *rq)
{
    waits_forget(rq);
    MHD_resume_connection(rq->connection);
}

void
waits_forget(struct request *rq)
{
    struct control *c = rq->c;
    struct epoll_event e = {.events = 0};

    for (int i = 0; i < c->n_waiting; i++)
        if (c->waiting[i] == rq) {
            (void)epoll_ctl(
                c->epoll_fd, EPOLL_CTL_DEL, dns_fd(rq->check->dns), &e);
            c->waiting[i] = c->waiting[--c->n_waiting];
            rq->waits = false;
            return;
        }
}
