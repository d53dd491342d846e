/* SPDX-License-Identifier: ISC */
/* daemon/oauth.h - an OAuth 2 access token: fetched, kept in memory, renewed
 * before it is over and when it is refused (RFC 6749, 4.4 and 6).
 *
 * It comes from a command, or from a token server over verified https, by a
 * refresh token or by the client's own secret.  Nothing here waits: the
 * request is an easy handle in the caller's multi, a command runs beside.
 * Who may wait, as a mailbox worker, calls oauth_fetch. */
#ifndef DAEMON_OAUTH_H
#define DAEMON_OAUTH_H
#include <curl/curl.h>
#include <stdbool.h>
#include <stdint.h>
#include "daemon/conf.h"
#include "lists/fault.h"

enum {
    OAUTH_TOKEN_MAX = 8192,       /* bytes of a token */
    OAUTH_ANSWER_MAX = 64 * 1024, /* of a token server's answer */
    OAUTH_TIMEOUT_S = 30,         /* for that answer */
    OAUTH_EARLY_S = 300,          /* renewed so long before it is over, */
    OAUTH_LAST_S = 60,            /* and not used any more from then on; */
                                  /* each at most a quarter of its life */
    OAUTH_COMMAND_S = 300,        /* how long a command's token is good */
    OAUTH_UNKNOWN_S = 600,        /* or one whose server does not say */
};

struct oauth;
struct watch; /* see watch.h */

/* conf is borrowed.  Yours, free with oauth_free.  m: the multi to fetch in,
 * borrowed; NULL where only oauth_fetch is used. */
struct oauth *oauth_new(const struct conf_oauth *conf, CURLM *m);
void oauth_free(struct oauth *o);

/* The token, borrowed until the next call with o; NULL: there is none.
 * *serial (NULL is fine) tells it from the others. */
const char *oauth_token(const struct oauth *o, int64_t now_ms, int *serial);
/* There is no token, or it is time for the next one, and none is on its way. */
bool oauth_wanted(const struct oauth *o, int64_t now_ms);

/* Begins to fetch one.  OK: on its way; call oauth_more once a turn, and
 * oauth_done with what the multi tells. */
MUST_USE enum result oauth_begin(struct oauth *o, struct fault *f);
bool oauth_busy(const struct oauth *o);
/* Goes on where a command is being waited for.  OK: the token is there.
 * NONE: not yet, or nothing is on its way.  LATER: not now.  NEVER: the token
 * server refuses us, or a secret is missing: ours to mend.  The words hold no
 * secret. */
MUST_USE enum result
oauth_more(struct oauth *o, int64_t now_ms, struct fault *f);
/* The easy handle that the multi says is done with code: true: it was ours,
 * and oauth_more now has what came of it. */
bool oauth_done(struct oauth *o, CURL *easy, CURLcode code);
/* What becomes readable while a command is waited for, else -1; and how long
 * oauth_more may be left alone, -1: until that. */
int oauth_fd(const struct oauth *o);
int oauth_wait_ms(const struct oauth *o);

/* The server has taken, or refused, the token of that serial.  refused: true:
 * it was good before, or is not the present one: fetch and try again at once.
 * False: a token fetched just now is refused as well. */
void oauth_accepted(struct oauth *o, int serial);
bool oauth_refused(struct oauth *o, int serial);

/* All of it at once, waiting; results as of oauth_more but NONE.  w: hears of
 * us meanwhile. */
MUST_USE enum result oauth_fetch(
    struct oauth *o, const struct watch *w, int64_t now_ms, struct fault *f);

#endif
