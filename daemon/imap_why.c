/* SPDX-License-Identifier: ISC */
/* Why there is no connection: libetpan says no more than that there is none,
 * be the name unknown, the port closed or the network down, and a person must
 * know which.  So it is tried once more, by hand. */
#include "daemon/imap_own.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    WHY_MS = 1000 /* a try; the one before has waited long enough */
};

static int try_connect(const struct addrinfo *a);

enum result
imap_why_not(struct imap *im, struct fault *f)
{
    const struct addrinfo want = {.ai_socktype = SOCK_STREAM};
    const struct conf_inbox *box = im->box;
    struct addrinfo *all = NULL;
    int e, error = 0;
    char port[20];

    (void)snprintf(port, sizeof port, "%d", box->port);
    e = getaddrinfo(box->host, port, &want, &all);
    watch_alive(&im->watch);
    if (e != 0)
        return fault_set(f, RES_LATER, "no address of %s: %s%s", box->host,
            gai_strerror(e),
            e == EAI_AGAIN ? " (does DNS work on this machine?)"
                           : " (is the name right?)");
    for (const struct addrinfo *a = all; a != NULL; a = a->ai_next) {
        error = try_connect(a);
        watch_alive(&im->watch);
        if (error == 0 || error == ECONNREFUSED)
            break;
    }
    freeaddrinfo(all);
    return fault_set(f, RES_LATER, "no connection to %s:%d%s%s%s", box->host,
        box->port, error == 0 ? "" : ": ", error == 0 ? "" : strerror(error),
        error == ETIMEDOUT ? " (is there a firewall between?)" : "");
}

/* Returns 0 or an errno. */
static int
try_connect(const struct addrinfo *a)
{
    int fd = socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK,
        a->ai_protocol);
    struct pollfd p = {.fd = fd, .events = POLLOUT};
    socklen_t n = sizeof(int);
    int error = 0;

    if (fd < 0)
        return errno;
    if (connect(fd, a->ai_addr, a->ai_addrlen) != 0)
        error = errno;
    if (error == EINPROGRESS) {
        if (poll(&p, 1, WHY_MS) != 1)
            error = ETIMEDOUT;
        else if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &n) != 0)
            error = errno;
    }
    (void)close(fd);
    return error;
}
