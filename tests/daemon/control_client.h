/* SPDX-License-Identifier: ISC */
/* tests/daemon/control_client.h - control_main in a child process on a socket
 * in a folder of its own, and a client that speaks to it by libcurl. */
#ifndef TESTS_DAEMON_CONTROL_CLIENT_H
#define TESTS_DAEMON_CONTROL_CLIENT_H
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

struct answer {
    long status; /* 0: the connection broke */
    char *text;
    size_t n;
    json_t *json; /* NULL: it is none */
};

/* For cmocka: a fresh folder, store and daemon; and all of it away, failing
 * when the daemon did not end well. */
int daemon_set_up(void **state);
int daemon_tear_down(void **state);
/* In between: the daemon ends and starts on the same store. stop returns the
 * status of waitpid(2). crash: RUMMELIG_CRASH of the child, NULL none. */
int daemon_stop(void);
int daemon_start(const char *crash);
/* The same for a daemon that was to kill itself: whether it did. */
bool daemon_killed(void);
const char *daemon_socket(void);
const char *daemon_store(void);
/* The line of its log that holds both, in a buffer until the next call; NULL:
 * none. */
const char *daemon_logged(const char *one, const char *other);

/* One request; body NULL: none. Free with answer_free. */
struct answer
ask_bytes(const char *method, const char *path, const char *body, size_t n);
struct answer ask(const char *method, const char *path, const char *body);
/* A POST whose length is not said beforehand. */
struct answer ask_chunked(const char *path, const char *body, size_t n);
void answer_free(struct answer *a);
/* A number or text in an answer, by "member.member.0". */
int64_t answer_int(const struct answer *a, const char *path);
const char *answer_text(const struct answer *a, const char *path);

/* A row of a conversation: what is asked, and what must and must not stand in
 * the answer (NULL: anything). */
struct talk {
    const char *method, *path, *body;
    long status;
    const char *has, *has_not;
};
void talk_all(const struct talk *talks, size_t n);
#define TALK(talks) talk_all(talks, sizeof(talks) / sizeof(talks)[0])

#endif
