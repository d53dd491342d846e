/* SPDX-License-Identifier: ISC */
/* daemon/dns.h - asks DNS for text records: a few questions at once, within a
 * short time, or not at all; and without waiting. */
#ifndef DAEMON_DNS_H
#define DAEMON_DNS_H
#include <stdbool.h>
#include <stdint.h>
#include "lists/fault.h"

enum {
    DNS_NAME_MAX = 253,
    DNS_QUESTIONS_MAX = 16,
    DNS_TEXTS_MAX = 16,  /* records of one name; what is over is dropped */
    DNS_TEXT_MAX = 2048, /* bytes of one; a longer one counts as garbled */
    DNS_LIMIT_MS = 2000  /* for all questions together */
};

struct dns_question {
    char name[DNS_NAME_MAX + 1];
    /* The answer. */
    enum dns_answer {
        DNS_SILENT,  /* nobody could be asked, or nobody answered in time */
        DNS_FAILED,  /* the server has no answer: SERVFAIL and the like */
        DNS_NOTHING, /* there is no such record, for certain */
        DNS_FOUND
    } answer;
    int n_texts;
    char *text[DNS_TEXTS_MAX]; /* strings of a record joined; NULs are '?' */
};

/* Asks for the TXT records of all names at the same time.  server:
 * ADDRESS[:PORT], "" the system's, "none": all stay silent.  q is borrowed
 * until dns_end; its texts are yours: dns_clear().  Yours, free with dns_end.
 */
struct dns;
struct dns *dns_begin(const char *server, struct dns_question *q, int n);
/* Takes what has come.  True: all is there, or DNS_LIMIT_MS are over. */
bool dns_step(struct dns *d);
/* A descriptor that is readable when there is something to take, -1: none; and
 * after how many ms to call dns_step in any case. */
int dns_fd(const struct dns *d);
int dns_wait_ms(struct dns *d);
/* What was not answered stays silent.  NULL is fine. */
void dns_end(struct dns *d);
void dns_clear(struct dns_question *q, int n);

/* Whether dns_begin() takes it as a server. */
bool dns_server_valid(const char *server);

#endif
