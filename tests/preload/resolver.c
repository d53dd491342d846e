/* SPDX-License-Identifier: ISC */
/* Leads the DNS questions of a program that knows only the system's resolver
 * (opendkim-testmsg) to a server of the test: 127.0.0.1 at the UDP port in
 * TEST_DNS_PORT.  And the host TEST_HOST is this machine. */
#include <arpa/inet.h>
#include <dlfcn.h>
#include <netdb.h>
#include <resolv.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    QUERY_MAX = 512,
    CODE_AT = 3,   /* the low bits of this byte of an answer */
    ANSWERS_AT = 7 /* of fewer than 256 */
};

int
getaddrinfo(const char *name, const char *service, const struct addrinfo *hints,
    struct addrinfo **out)
{
    int (*real)(const char *, const char *, const struct addrinfo *,
        struct addrinfo **);
    const char *host = getenv("TEST_HOST");

    *(void **)&real = dlsym(RTLD_NEXT, "getaddrinfo");
    if (name != NULL && host != NULL && strcmp(name, host) == 0)
        name = "127.0.0.1";
    return real(name, service, hints, out);
}

int
res_nquery(res_state state, const char *name, int class, int type,
    unsigned char *answer, int room)
{
    const char *port = getenv("TEST_DNS_PORT");
    struct sockaddr_in to = {.sin_family = AF_INET};
    struct timeval most = {.tv_sec = 5};
    unsigned char query[QUERY_MAX];
    ssize_t n = -1;
    int length, fd;

    h_errno = TRY_AGAIN;
    if (port == NULL || room < 0)
        return -1;
    to.sin_port = htons((unsigned short)strtol(port, NULL, 10));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    length = res_nmkquery(
        state, QUERY, name, class, type, NULL, 0, NULL, query, sizeof query);
    fd = socket(AF_INET, SOCK_DGRAM, 0);
    if (fd < 0 || length < 0)
        return -1;
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &most, sizeof most);
    if (connect(fd, (struct sockaddr *)&to, sizeof to) == 0 &&
        send(fd, query, (size_t)length, 0) == length)
        n = recv(fd, answer, (size_t)room, 0);
    (void)close(fd);
    if (n <= ANSWERS_AT)
        return -1;
    h_errno = (answer[CODE_AT] & 15) == NXDOMAIN ? HOST_NOT_FOUND : NO_DATA;
    return answer[ANSWERS_AT] == 0 ? -1 : (int)n;
}
