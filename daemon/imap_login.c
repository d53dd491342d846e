/* SPDX-License-Identifier: ISC */
/* Who we say we are to a mailbox's server: a password by LOGIN, or an access
 * token by AUTHENTICATE.  That is our own, as libetpan knows XOAUTH2 alone:
 * XOAUTH2 and OAUTHBEARER (RFC 7628), with the initial response in the command
 * where the server takes it there (SASL-IR, RFC 4959).
 *
 * A secret is wiped once it was said, and no word of a server's that has it in
 * it goes any further. */
#include "daemon/imap.h"

#include "daemon/imap_own.h"
#include "daemon/oauth.h"
#include "daemon/secret.h"
#include "lists/address.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    IMAP_CHALLENGES_MAX = 3,
    IMAP_TOLD_MAX = 200 /* of a server's words */
};

static enum result by_password(struct imap *im, struct fault *f);
static enum result
by_token(struct imap *im, struct oauth *oauth, struct fault *f);

enum result
imap_log_in(struct imap *im, struct oauth *oauth, struct fault *f)
{
    enum result r = imap_capabilities(im, f);

    if (r != RES_OK)
        return r;
    if (text_unclean(im->box->user, strlen(im->box->user)))
        return fault_set(f, RES_NEVER, "the user's name is not clean");
    r = oauth != NULL ? by_token(im, oauth, f) : by_password(im, f);
    explicit_bzero(
        im->m->imap_stream->write_buffer, im->m->imap_stream->buffer_max_size);
    return r == RES_OK ? imap_capabilities(im, f) : r;
}

static enum result
by_password(struct imap *im, struct fault *f)
{
    static char secret[SECRET_MAX];
    const char *words;
    enum result r;
    int e;

    if (mailimap_has_extension(im->m, "LOGINDISABLED"))
        return fault_set(f, RES_NEVER, "%s:%d takes no password%s",
            im->box->host, im->box->port,
            im->box->tls == CONF_TLS_NONE
                ? " without TLS, and tls = \"none\" is set"
                : " (LOGINDISABLED): does it want auth = \"xoauth2\"?");
    r = secret_fetch(&im->box->password, &im->watch, secret, f);
    if (r != RES_OK)
        return r;
    watch_alive(&im->watch);
    e = mailimap_login(im->m, im->box->user, secret);
    words = im->m->imap_response;
    if (words == NULL)
        words = "without a word";
    else if (strstr(words, secret) != NULL)
        words = "its words have our password in them";
    secret_wipe(secret);
    if (e == MAILIMAP_ERROR_LOGIN)
        return fault_set(f, imap_refused(imap_code(im)),
            "%s refuses user %.60s with the password of %.60s: %.*s",
            im->box->host, im->box->user,
            im->box->password.file[0] != '\0' ? im->box->password.file
                                              : "password-command",
            imap_length(words), words);
    return imap_heard(im, e, "logging in", f);
}

/* --- a token ------------------------------------------------------------- */

static bool
offers(const struct imap *im, const char *mechanism)
{
    const struct mailimap_connection_info *info = im->m->imap_connection_info;

    if (info == NULL || info->imap_capability == NULL)
        return false;
    for (clistiter *i = clist_begin(info->imap_capability->cap_list); i != NULL;
         i = clist_next(i)) {
        const struct mailimap_capability *c = clist_content(i);

        if (c->cap_type == MAILIMAP_CAPABILITY_AUTH_TYPE &&
            strcasecmp(c->cap_data.cap_auth_type, mechanism) == 0)
            return true;
    }
    return false;
}

static void
forget(char *text)
{
    explicit_bzero(text, strlen(text));
    free(text);
}

/* What the mechanism wants said, base64; yours, forget() it. */
static char *
response_of(const struct imap *im, const char *token)
{
    const struct conf_inbox *box = im->box;
    char *plain = NULL, *coded;
    size_t n;
    FILE *to = open_memstream(&plain, &n);

    if (to == NULL)
        fault_no_memory();
    if (box->auth == CONF_AUTH_XOAUTH2) {
        (void)fprintf(to,
            "user=%s\x01"
            "auth=Bearer %s\x01\x01",
            box->user, token);
    } else {
        (void)fputs("n,a=", to);
        for (const char *c = box->user; *c != '\0'; c++)
            if (*c == ',' || *c == '=')
                (void)fprintf(to, "=%02X", (unsigned)*c);
            else
                (void)fputc(*c, to);
        (void)fprintf(to,
            ",\x01host=%s\x01port=%d\x01"
            "auth=Bearer %s\x01\x01",
            box->host, box->port, token);
    }
    if (fclose(to) != 0)
        fault_no_memory();
    coded = fault_calloc(1, (n + 2) / 3 * 4 + 1);
    (void)EVP_EncodeBlock(
        (unsigned char *)coded, (const unsigned char *)plain, (int)n);
    forget(plain);
    return coded;
}

static int
say(struct imap *im, const char *a, const char *b)
{
    mailstream *s = im->m->imap_stream;
    size_t n_a = strlen(a), n_b = strlen(b);

    return mailstream_write(s, a, n_a) == (ssize_t)n_a &&
                   mailstream_write(s, b, n_b) == (ssize_t)n_b &&
                   mailstream_write(s, "\r\n", 2) == 2 &&
                   mailstream_flush(s) >= 0
               ? MAILIMAP_NO_ERROR
               : MAILIMAP_ERROR_STREAM;
}

/* A challenge behind our words tells why they are refused; it wants an empty
 * answer before the refusal itself (RFC 7628, 3.2.3).  NEVER: refused, told
 * has the server's words. */
static enum result
authenticate(struct imap *im, const char *mechanism, const char *response,
    char told[IMAP_TOLD_MAX], struct fault *f)
{
    bool early = mailimap_has_extension(im->m, "SASL-IR") != 0, said = early;
    int e = mailimap_send_current_tag(im->m), challenges = 0;
    const char *line = NULL, *word;
    char command[40];

    imap_begin(im);
    (void)snprintf(command, sizeof command, "AUTHENTICATE %s%s", mechanism,
        early ? " " : "");
    if (e == MAILIMAP_NO_ERROR)
        e = say(im, command, early ? response : "");
    while (e == MAILIMAP_NO_ERROR) {
        line = mailimap_read_line(im->m);
        if (line == NULL || strncasecmp(line, "* BYE", 5) == 0 ||
            (line[0] == '+' && ++challenges > IMAP_CHALLENGES_MAX))
            e = MAILIMAP_ERROR_STREAM;
        else if (line[0] == '+' && !said)
            e = say(im, response, "");
        else if (line[0] == '+')
            e = say(im, im->box->auth == CONF_AUTH_XOAUTH2 ? "" : "AQ==", "");
        else if (line[0] != '*')
            break;
        said = said || (line != NULL && line[0] == '+');
    }
    if (e != MAILIMAP_NO_ERROR)
        return imap_heard(im, e, "logging in", f);
    word = strchr(line, ' ');
    if (word != NULL && strncasecmp(word, " OK", 3) == 0) {
        im->m->imap_state = MAILIMAP_STATE_AUTHENTICATED;
        return RES_OK;
    }
    (void)snprintf(told, IMAP_TOLD_MAX, "%s",
        word == NULL || strstr(line, response) != NULL ? " without a word"
                                                       : word);
    return fault_set(f, RES_NEVER, "refused");
}

static int64_t
now_ms(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static enum result
by_token(struct imap *im, struct oauth *oauth, struct fault *f)
{
    const char *mechanism =
        im->box->auth == CONF_AUTH_XOAUTH2 ? "XOAUTH2" : "OAUTHBEARER";
    char told[IMAP_TOLD_MAX] = "", *response;
    const char *token;
    enum result r = RES_OK;
    int serial = 0;

    if (!offers(im, mechanism))
        return fault_set(f, RES_NEVER, "%s:%d offers no %s", im->box->host,
            im->box->port, mechanism);
    if (oauth_wanted(oauth, now_ms()))
        r = oauth_fetch(oauth, &im->watch, now_ms(), f);
    watch_alive(&im->watch);
    token = oauth_token(oauth, now_ms(), &serial);
    if (token == NULL) /* else the old one is good for a while */
        return r != RES_OK ? r : fault_set(f, RES_LATER, "no access token");
    response = response_of(im, token);
    r = authenticate(im, mechanism, response, told, f);
    if (r == RES_NEVER && strstr(told, token) != NULL)
        (void)snprintf(told, sizeof told, " its words have our token in them");
    forget(response);
    if (r == RES_OK)
        oauth_accepted(oauth, serial);
    if (r != RES_NEVER)
        return r;
    if (strncasecmp(told, " NO [", 5) == 0 &&
        imap_refused(told + 5) == RES_LATER)
        return fault_set(f, RES_LATER, "%s refuses user %s:%.120s",
            im->box->host, im->box->user, told);
    if (oauth_refused(oauth, serial))
        return fault_set(f, RES_LATER,
            "%s refuses an access token that was good, so a new one is asked"
            " for:%.100s",
            im->box->host, told);
    return fault_set(f, RES_NEVER, "%s refuses a new access token of %s:%.100s",
        im->box->host, im->box->user, told);
}
