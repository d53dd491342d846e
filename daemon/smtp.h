/* SPDX-License-Identifier: ISC */
/* daemon/smtp.h - the mail transaction (RFC 5321, RFC 2920) as a machine over
 * bytes: replies go in, commands and the letter come out.  It has no socket,
 * no clock, allocates nothing and judges nothing: what a reply means is the
 * business of reply.h, when one is too late that of its caller.
 *
 * It begins where libcurl ends: the connection stands, EHLO, TLS and AUTH are
 * done.  A letter is two flights: MAIL, RCPT and DATA, then the letter with
 * its dot.  The commands of the letter that follows may go in one flight with
 * the letter and its dot (RFC 2920, 3.1): then each costs one round trip.  A
 * server without PIPELINING is asked one command at a time. */
#ifndef DAEMON_SMTP_H
#define DAEMON_SMTP_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "lists/delivery.h"
#include "lists/fault.h"

enum {
    SMTP_PATH_MAX = 320,          /* an address in MAIL or RCPT */
    SMTP_REPLY_BYTES_MAX = 16384, /* of one reply, all its lines */
    SMTP_COMMANDS_MAX = 4,        /* RSET MAIL RCPT DATA */
    SMTP_XTEXT_MAX = 500,         /* ORCPT, RFC 3461, 4.2 */
    SMTP_FLIGHT_MAX = 2 * SMTP_PATH_MAX + 2 * SMTP_XTEXT_MAX + 300
};

/* What the server said it can do, in its EHLO reply. */
struct smtp_server {
    bool pipelining, size, smtputf8, dsn, auth;
};

enum smtp_command {
    SMTP_RSET,
    SMTP_MAIL,
    SMTP_RCPT,
    SMTP_DATA,
    SMTP_DOT /* the end of the letter */
};
const char *smtp_command_word(enum smtp_command c); /* "MAIL FROM" */

/* One whole reply.  text begins with the code; the lines of a longer one are
 * joined by " / " without their codes; clean UTF-8, cut at REPLY_MAX. */
struct smtp_reply {
    int code;
    char text[REPLY_MAX + 1];
};

struct smtp_envelope { /* borrowed */
    const char *from;  /* "" : MAIL FROM:<> */
    const char *to;
    size_t size_bytes; /* at least about what will be sent */
    bool utf8;         /* an address needs SMTPUTF8 */
    /* Where the server has DSN (RFC 3461): what bounces shall call this letter;
     * they then come for failures and delays, without its body.  NULL: ask for
     * nothing. */
    const char *envid;
};

/* What the caller has to do next. */
enum smtp_step {
    SMTP_WAIT,     /* send what smtp_output has; then wait for input */
    SMTP_BODY_NOW, /* the server takes the letter: call smtp_body */
    SMTP_ANSWERED, /* the letter has its answer, in `answer`; unless `closing`,
                      the machine is busy with the letter that followed it, or
                      free for the next one where none did */
    SMTP_DEAD      /* no SMTP any more: close; smtp_may_have_arrived tells */
};

struct smtp {
    /* For the caller: */
    struct smtp_server server;
    enum smtp_command answer_at; /* the command whose reply decided */
    struct smtp_reply answer;
    bool closing; /* to be closed, not used again */

    /* The machine's own: */
    enum smtp_stage {
        SMTP_STAGE_FREE,
        SMTP_STAGE_ENVELOPE, /* commands are out */
        SMTP_STAGE_READY,    /* 354 came, the letter has not been given */
        SMTP_STAGE_BODY,     /* the letter is on its way, or waits for reply */
        SMTP_STAGE_LONE_DOT, /* DATA without a recipient is being ended */
        SMTP_STAGE_DEAD
    } stage;
    bool reset_first; /* the server stands in a transaction that failed */
    bool refused;     /* `answer` is set, later replies change nothing */
    bool rcpt_ok;     /* RCPT was accepted */
    bool dot_offered; /* the last byte was given out by smtp_output */
    size_t follow_n;  /* bytes of commands behind the letter, 0: none follows */
    int n_queue, n_sent, n_answered;
    enum smtp_command queue[SMTP_COMMANDS_MAX];
    size_t end[SMTP_COMMANDS_MAX]; /* where each command ends in flight */
    char flight[SMTP_FLIGHT_MAX];
    const char *out;
    size_t out_n;

    size_t line_at;     /* bytes seen of the line that is being read */
    size_t reply_bytes; /* of the reply that is being read */
    size_t text_n;
    char code[4]; /* three digits and what follows them */
    bool continued, later_line;
    struct smtp_reply reply;
};

/* A machine for a fresh connection. */
void smtp_init(struct smtp *s, const struct smtp_server *server);

/* Begins a letter; the machine must be free and not closing, or such that
 * smtp_may_follow: then it is the letter after the one that smtp_body gives.
 * NEVER: an address that cannot be put into a command, or one that needs
 * SMTPUTF8 where the server has it not; nothing is begun then. */
MUST_USE enum result
smtp_begin(struct smtp *s, const struct smtp_envelope *e, struct fault *f);

/* Whether the server takes the letter: SMTP_BODY_NOW came, smtp_body did not.
 */
bool smtp_wants_body(const struct smtp *s);
/* And whether the next letter's commands may go with it in one flight. */
bool smtp_may_follow(const struct smtp *s);
/* Gives the letter after SMTP_BODY_NOW: dot-stuffed, CRLF, ending in
 * CRLF "." CRLF, with room for SMTP_FLIGHT_MAX bytes behind it, where the
 * commands of a letter that follows are put.  Borrowed until it is sent, or
 * smtp_keep moves it. */
void smtp_body(struct smtp *s, char *bytes, size_t n);

/* The bytes that should go out now; NULL: none. After sending, smtp_sent says
 * how many went (0: none, would block). When sending failed it is not called:
 * so the machine knows whether the dot may have gone. */
const char *smtp_output(struct smtp *s, size_t *n);
void smtp_sent(struct smtp *s, size_t n);
size_t smtp_unsent(const struct smtp *s);
/* What is left to be sent after smtp_body now stands at `copy`. */
void smtp_keep(struct smtp *s, const char *copy);

/* Takes bytes from the server; *used of them, fewer than n only with
 * SMTP_ANSWERED: the rest is about the letter that followed, to be given once
 * more. */
MUST_USE enum smtp_step
smtp_input(struct smtp *s, const char *p, size_t n, size_t *used);

/* Whether a letter is on the way: begun and not answered. */
bool smtp_busy(const struct smtp *s);
/* Which command's reply is being waited for. */
enum smtp_command smtp_waits_for(const struct smtp *s);
/* Whether a reply has begun and not come to its end. */
bool smtp_amid_reply(const struct smtp *s);
/* When the connection is lost now: may the letter have been accepted?  Only
 * once its last byte was given to the kernel. */
bool smtp_may_have_arrived(const struct smtp *s);

#endif
