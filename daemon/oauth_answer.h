/* SPDX-License-Identifier: ISC */
/* daemon/oauth_answer.h - what a token server answers (RFC 6749, 5): bytes in,
 * a token or words out. */
#ifndef DAEMON_OAUTH_ANSWER_H
#define DAEMON_OAUTH_ANSWER_H
#include <stddef.h>
#include "daemon/oauth.h"
#include "daemon/secret.h"

struct oauth_answer {
    char token[OAUTH_TOKEN_MAX + 1];
    char refresh_token[SECRET_MAX]; /* "" : the old one stays */
    int life_s;
};

/* status: of HTTP.  secrets: n of them, which no words may repeat.
 * OK: *out is set.  LATER: it is out of order just now.  NEVER: it refuses us,
 * or its answer is none. */
MUST_USE enum result oauth_answer_read(long status, const char *bytes, size_t n,
    const char *const *secrets, int n_secrets, struct oauth_answer *out,
    struct fault *f);

#endif
