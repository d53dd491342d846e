/* SPDX-License-Identifier: ISC */
/* How a connection is asked of libcurl, and what the server says while it is
 * made.  Nothing here falls back: TLS that is required and not offered, or not
 * to be trusted, is no connection.  CAPATH is off: libcurl would read all of
 * /etc/ssl/certs for each connection, 34 ms of CPU. */
#include "daemon/relay_own.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>
#include "daemon/log.h"

static bool
set_login(CURL *easy, const struct conf_relay *r, const char *secret);
static bool set_tls(CURL *easy, struct relay_conn *c);
static bool set_url(CURL *easy, const struct relay_conn *c);
static void learn(struct relay_conn *c);
static void ehlo_word(struct smtp_server *s, const char *word);
static bool untrusted(const struct relay_conn *c, char *out, size_t size);

CURL *
relay_easy_new(struct relay_conn *c, const char *secret)
{
    const struct conf_relay *r = c->conf;
    CURL *easy = curl_easy_init();
    char from[300];
    bool ok;

    if (easy == NULL)
        return NULL;
    memset(&c->offered, 0, sizeof c->offered);
    c->words[0] = c->error[0] = '\0';
    c->reply_goes_on = c->reply_is_ehlo = false;
    ok = set_url(easy, c) && set_tls(easy, c) &&
         curl_easy_setopt(easy, CURLOPT_CONNECT_ONLY, 1L) == CURLE_OK &&
         curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L) == CURLE_OK &&
         curl_easy_setopt(easy, CURLOPT_PROXY, "") == CURLE_OK &&
         curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
         curl_easy_setopt(easy, CURLOPT_PRIVATE, c) == CURLE_OK &&
         curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, c->error) == CURLE_OK &&
         curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, relay_line) ==
             CURLE_OK &&
         curl_easy_setopt(easy, CURLOPT_HEADERDATA, c) == CURLE_OK &&
         curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, (long)r->timeout_s) ==
             CURLE_OK;
    if (ok && r->user[0] != '\0')
        ok = set_login(easy, r, secret);
    if (ok && r->local_address[0] != '\0') {
        (void)snprintf(from, sizeof from, "host!%s", r->local_address);
        ok = curl_easy_setopt(easy, CURLOPT_INTERFACE, from) == CURLE_OK;
    }
    if (!ok) {
        curl_easy_cleanup(easy);
        return NULL;
    }
    return easy;
}

static bool
set_login(CURL *easy, const struct conf_relay *r, const char *secret)
{
    static const char *const mechanism[] = {
        [CONF_AUTH_XOAUTH2] = "AUTH=XOAUTH2",
        [CONF_AUTH_OAUTHBEARER] = "AUTH=OAUTHBEARER",
    };

    if (curl_easy_setopt(easy, CURLOPT_USERNAME, r->user) != CURLE_OK)
        return false;
    if (r->auth == CONF_AUTH_PASSWORD)
        return curl_easy_setopt(easy, CURLOPT_PASSWORD, secret) == CURLE_OK;
    return curl_easy_setopt(easy, CURLOPT_LOGIN_OPTIONS, mechanism[r->auth]) ==
               CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_XOAUTH2_BEARER, secret) == CURLE_OK;
}

static bool
set_url(CURL *easy, const struct relay_conn *c)
{
    const struct conf_relay *r = c->conf;
    bool bare_ipv6 = strchr(r->host, ':') != NULL && r->host[0] != '[';
    const char *scheme =
        r->implicit_tls && r->tls != CONF_TLS_NONE ? "smtps" : "smtp";
    char name[256] = "localhost", url[1024];
    char *helo;
    int n;

    if (r->helo[0] == '\0' && gethostname(name, sizeof name - 1) != 0)
        return false;
    helo = curl_easy_escape(easy, r->helo[0] != '\0' ? r->helo : name, 0);
    if (helo == NULL)
        return false;
    n = snprintf(url, sizeof url, "%s://%s%s%s:%d/%s", scheme,
        bare_ipv6 ? "[" : "", r->host, bare_ipv6 ? "]" : "", r->port, helo);
    curl_free(helo);
    return n > 0 && (size_t)n < sizeof url &&
           curl_easy_setopt(easy, CURLOPT_URL, url) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps") ==
               CURLE_OK;
}

static bool
set_tls(CURL *easy, struct relay_conn *c)
{
    static const long use[] = {
        [CONF_TLS_REQUIRED] = (long)CURLUSESSL_ALL,
        [CONF_TLS_OPPORTUNISTIC] = (long)CURLUSESSL_TRY,
        [CONF_TLS_NONE] = (long)CURLUSESSL_NONE,
    };
    const struct conf_relay *r = c->conf;
    bool verify = r->tls == CONF_TLS_REQUIRED;
    const char *ca = NULL; /* of no use where nothing is verified */

    c->dear_trust = c->small_trust = c->learned = false;
    if (verify) {
        ca = trust_file(c->relay->trust, &c->dear_trust);
        c->small_trust = ca != trust_bundle(c->relay->trust);
    }
    return curl_easy_setopt(easy, CURLOPT_USE_SSL, use[r->tls]) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, verify ? 1L : 0L) ==
               CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, verify ? 2L : 0L) ==
               CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_CAPATH, NULL) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_CAINFO, ca) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_SSLVERSION,
               (long)CURL_SSLVERSION_TLSv1_2) == CURLE_OK;
}

/* libcurl calls this for each line that the server says.  The second EHLO,
 * after STARTTLS, makes what the first one offered void (RFC 3207, 4.2). */
size_t
relay_line(char *line, size_t size, size_t n, void *arg)
{
    struct relay_conn *c = arg;
    size_t length = size * n;

    (void)snprintf(c->words, sizeof c->words, "%.*s",
        (int)(length < sizeof c->words ? length : sizeof c->words), line);
    c->words[strcspn(c->words, "\r\n")] = '\0';
    if (strlen(c->words) < 4)
        return length;
    if (!c->reply_goes_on) {
        c->reply_is_ehlo = strncmp(c->words, "250", 3) == 0;
        if (c->reply_is_ehlo)
            memset(&c->offered, 0, sizeof c->offered);
    } else if (c->reply_is_ehlo) {
        ehlo_word(&c->offered, c->words + 4);
    }
    c->reply_goes_on = c->words[3] == '-';
    if (c->dear_trust && !c->learned && !c->reply_goes_on)
        learn(c);
    return length;
}

/* The first connection to a relay: the next ones need less.  Only while
 * libcurl calls us does it tell of its session, and no line comes over TLS
 * before it has verified it. */
static void
learn(struct relay_conn *c)
{
    const struct curl_tlssessioninfo *tls = NULL;
    const gnutls_datum_t *chain;
    struct fault f;
    unsigned n = 0;

    (void)curl_easy_getinfo(c->easy, CURLINFO_TLS_SSL_PTR, &tls);
    if (tls == NULL || tls->backend != CURLSSLBACKEND_GNUTLS ||
        tls->internals == NULL)
        return;
    chain = gnutls_certificate_get_peers(tls->internals, &n);
    if (chain == NULL)
        return;
    c->learned = true;
    if (trust_learn(c->relay->trust, chain, n, &f) != RES_OK)
        log_debug("relay=%s goes on with all of %s: %s", c->conf->name,
            trust_bundle(c->relay->trust), f.text);
}

static void
ehlo_word(struct smtp_server *s, const char *word)
{
    size_t n = strcspn(word, " =");

    if (n == 10 && strncasecmp(word, "PIPELINING", n) == 0)
        s->pipelining = true;
    else if (n == 4 && strncasecmp(word, "SIZE", n) == 0)
        s->size = true;
    else if (n == 8 && strncasecmp(word, "SMTPUTF8", n) == 0)
        s->smtputf8 = true;
    else if (n == 3 && strncasecmp(word, "DSN", n) == 0)
        s->dsn = true;
    else if (n == 4 && strncasecmp(word, "AUTH", n) == 0)
        s->auth = true;
}

/* --- what went wrong --------------------------------------------------------
 */

bool
relay_not_logged_in(const struct relay_conn *c)
{
    return c->conf->user[0] != '\0' && !c->offered.auth;
}

void
relay_fault_words(
    const struct relay_conn *c, CURLcode code, char *out, size_t size)
{
    const char *words =
        c->error[0] != '\0' ? c->error : curl_easy_strerror(code);
    size_t n = strlen(words);
    const char *more = "";
    curl_off_t connected_us = 0;
    long error = 0;

    while (n > 0 && words[n - 1] == '.')
        n--;
    (void)curl_easy_getinfo(c->easy, CURLINFO_OS_ERRNO, &error);
    (void)curl_easy_getinfo(c->easy, CURLINFO_CONNECT_TIME_T, &connected_us);
    if (code == CURLE_PEER_FAILED_VERIFICATION && untrusted(c, out, size))
        return;
    if (code == CURLE_SSL_CACERT_BADFILE && c->relay->trust != NULL) {
        (void)snprintf(out, size, "%.*s: %s", (int)n, words,
            trust_bundle(c->relay->trust));
        return;
    }
    if (code == CURLE_COULDNT_CONNECT && error > 0)
        more = strerror((int)error);
    else if (code == CURLE_SSL_CONNECT_ERROR && c->conf->implicit_tls)
        more = "is it smtp://, for a port with STARTTLS?";
    else if (code == CURLE_USE_SSL_FAILED)
        more = "another port, or smtps://?";
    else if (code == CURLE_OPERATION_TIMEDOUT && connected_us > 0 &&
             c->words[0] == '\0' && !c->conf->implicit_tls)
        more = "is it smtps://, for a port with TLS from the start?";
    (void)snprintf(out, size, "%.*s%s%s%s", (int)n, words,
        *more != '\0' ? " (" : "", more, *more != '\0' ? ")" : "");
}

/* libcurl says no more than that the chain is not good. */
static bool
untrusted(const struct relay_conn *c, char *out, size_t size)
{
    static const char known[] = "The certificate is NOT trusted. ";
    gnutls_datum_t why = {NULL, 0};
    const char *words;
    long status = 0;
    size_t n;

    (void)curl_easy_getinfo(c->easy, CURLINFO_SSL_VERIFYRESULT, &status);
    if (status <= 0 || c->relay->trust == NULL ||
        gnutls_certificate_verification_status_print(
            (unsigned)status, GNUTLS_CRT_X509, &why, 0) != GNUTLS_E_SUCCESS)
        return false;
    words = (const char *)why.data;
    if (strncmp(words, known, sizeof known - 1) == 0)
        words += sizeof known - 1;
    n = strlen(words);
    while (n > 0 && strchr(" .", words[n - 1]) != NULL)
        n--;
    (void)snprintf(out, size,
        "the certificate is not trusted: %.*s (ca-file"
        " %s)",
        (int)n, words, trust_bundle(c->relay->trust));
    gnutls_free(why.data);
    return true;
}
