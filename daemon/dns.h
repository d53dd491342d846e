/* SPDX-License-Identifier: ISC */
/* daemon/dns.h - asks DNS for text records: a few questions at once, within a
 * short time, or not at all. */
#ifndef DAEMON_DNS_H
#define DAEMON_DNS_H
#include <stdbool.h>
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

/* Asks for the TXT records of all names at the same time and waits for the
 * answers, DNS_LIMIT_MS at most.  server: ADDRESS[:PORT], "" the system's,
 * "none": all stay silent.  The texts are yours: dns_clear(). */
void dns_ask_texts(const char *server, struct dns_question *q, int n);
void dns_clear(struct dns_question *q, int n);

/* Whether dns_ask_texts() takes it as a server. */
bool dns_server_valid(const char *server);

#endif
