/* SPDX-License-Identifier: ISC */
/* daemon/imap_own.h - for imap*.c alone. */
#ifndef DAEMON_IMAP_OWN_H
#define DAEMON_IMAP_OWN_H
#include <libetpan/libetpan.h>
#include "daemon/imap.h"
#include "daemon/watch.h"

struct imap {
    mailimap *m;
    const struct conf_inbox *box;
    struct watch watch;
    bool lost;           /* say nothing more to it, not even LOGOUT */
    int64_t deadline_ms; /* of the command at work, CLOCK_MONOTONIC */
    int timeout_s;       /* of one read or write */
    int64_t heard_ms;    /* when it said something, or was asked, last */
    size_t left_bytes;   /* that its answer may still have */
    bool floods;         /* it had more */
    uint32_t exists;     /* mails in the folder when they were listed last */
    bool no_idle;        /* it offers IDLE and refuses it */
};

enum {
    IMAP_ANSWER_BYTES = 8 * 1024 * 1024 /* of one command: a million UIDs */
};

/* Logs in on a connection that may be trusted; as imap_open. */
MUST_USE enum result
imap_log_in(struct imap *im, struct oauth *oauth, struct fault *f);
/* Those from before TLS and the login are not to be believed. */
MUST_USE enum result imap_capabilities(struct imap *im, struct fault *f);
/* Before a command: it may take so long and its answer be so large. */
void imap_begin(struct imap *im);
/* NEVER; LATER, where the refusal is none of us but for now (RFC 5530). */
enum result imap_refused(const char *code);
/* How much of a refusal's words is told: Dovecot says behind them how long they
 * took, "(0.001 + 0.000 secs).", and without it they are the same each time. */
int imap_length(const char *words);
/* The code in brackets of the server's last refusal, NULL: it gave none. */
const char *imap_code(const struct imap *im);
/* It has been silent for as long as it may: that is why the read failed. */
bool imap_was_silent(const struct imap *im);
/* LATER, with the reason why nobody can connect to it. */
MUST_USE enum result imap_why_not(struct imap *im, struct fault *f);
/* What libetpan's answer r to a command means; doing: "selecting INBOX". */
enum result
imap_heard(struct imap *im, int r, const char *doing, struct fault *f);

#endif
