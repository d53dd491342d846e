/* SPDX-License-Identifier: ISC */
/* cli/client.h - requests to the daemon: HTTP and JSON on its Unix socket.
 *
 * Functions that return int return 0, or a code of sysexits(3) after saying on
 * stderr what is wrong and what to do next. */
#ifndef CLI_CLIENT_H
#define CLI_CLIENT_H
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#define CLIENT_SOCKET "/run/rummelig-mail/control.sock"

enum {
    CLIENT_ANSWER_MAX = 64 * 1024 * 1024, /* bytes of one JSON answer */
    CLIENT_INTERRUPTED = 130              /* 128 + SIGINT, as shells say */
};
struct client;

/* The socket to use: the option's (NULL: not given), RUMMELIG_MAIL_SOCKET's, or
 * CLIENT_SOCKET. */
const char *client_socket(const char *option);
/* No connection is made yet. socket is borrowed. */
struct client *client_new(const char *socket);
void client_free(struct client *c);

/* What came back. Clear with client_clear. */
struct answer {
    int status;     /* of HTTP; 0: nothing came back */
    json_t *json;   /* an object, NULL: none */
    int fault_code; /* where status is 0: the code to exit with, */
    char *fault;    /* what is wrong, NULL: that has been said, */
    char *hint;     /* and what to do, or NULL */
};
void client_clear(struct answer *a);

struct request {
    const char *method, *path;
    json_t *body; /* borrowed; NULL: none */
    bool literal; /* strings come as they are, not cleaned for a terminal; as
                     with --json */
};

/* Asks, and says nothing, whatever comes back. */
void client_ask(struct client *c, const struct request *r, struct answer *out);
/* 0 for 2xx, else says what is wrong. */
int client_judge(const struct answer *a);
/* The ordinary case: asks, judges. *out is yours, free with json_decref. */
int client_get(struct client *c, const char *path, json_t **out);
int client_post(struct client *c, const char *path, json_t *body, json_t **out);
int client_delete(struct client *c, const char *path, json_t **out);

/* Sends a stream as the body: read is called for up to n bytes until it
 * returns 0; -1 gives up, having said why. */
struct client_body {
    const char *path, *type;
    long (*read)(void *arg, char *buf, size_t n);
    void *arg;
};
void client_upload(
    struct client *c, const struct client_body *b, struct answer *out);

/* Takes a body in pieces as it comes; write returns false to give up, having
 * said why. */
int client_download(struct client *c, const char *path,
    bool (*write)(void *arg, const char *buf, size_t n), void *arg);

/* Gives up a request within a second when it returns true. */
void client_on_interrupt(struct client *c, bool (*interrupted)(void));
/* Short limits of time, for completion. */
void client_hurry(struct client *c);

/* %-encodes all but letters, digits and -._~. Yours, free with free(). */
char *client_encode(const char *value);
/* Adds ?name=value or &name=value to a path that is yours; NULL: nothing. */
void client_query(char **path, const char *name, const char *value);

#endif
