/* SPDX-License-Identifier: ISC */
/* The process does what the sender does, by the same code, and waits for each
 * step.  It keeps nothing of its parent but the configuration: no socket, no
 * store.  A secret appears nowhere in its report. */
#include "daemon/relay_probe.h"

#include <errno.h>
#include <fcntl.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>
#include "daemon/relay_own.h"
#include "lists/address.h"

enum {
    OFFERS_MAX = 40,
    PIPE_FD = STDERR_FILENO + 1
};

struct probe {
    struct relay relay;
    struct relay_conn conn;
    json_t *report;
    json_t *offers; /* of the last EHLO */
};

static _Noreturn void child(const struct conf_relay *conf, int fd);
static void probe(struct probe *p);
static bool login(struct probe *p, const char **secret, struct fault *f);
static size_t on_line(char *line, size_t size, size_t n, void *arg);
static void see_tls(struct probe *p);
static void see_certificate(json_t *tls, const gnutls_datum_t *der);
static void put(struct probe *p, const char *name, const char *words);

enum result
relay_probe_start(
    const struct conf_relay *conf, pid_t *pid, int *fd, struct fault *f)
{
    int pipe_fd[2];
    pid_t made;

    if (pipe2(pipe_fd, O_CLOEXEC | O_NONBLOCK) != 0)
        return fault_set(f, RES_LATER, "no pipe: %s", strerror(errno));
    made = fork();
    if (made == 0)
        child(conf, pipe_fd[1]);
    (void)close(pipe_fd[1]);
    if (made < 0) {
        (void)close(pipe_fd[0]);
        return fault_set(f, RES_LATER, "no process: %s", strerror(errno));
    }
    *pid = made;
    *fd = pipe_fd[0];
    return RES_OK;
}

static _Noreturn void
child(const struct conf_relay *conf, int fd)
{
    static struct probe p; /* large */
    char *text;
    sigset_t none;

    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    (void)signal(SIGALRM, SIG_DFL);
    (void)sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    (void)alarm(RELAY_PROBE_S);
    (void)dup2(fd, PIPE_FD);
    (void)close_range(PIPE_FD + 1, ~0U, 0);
    p.relay.conf = conf;
    p.conn.relay = &p.relay;
    p.conn.conf = conf;
    p.report = json_object();
    (void)curl_global_init(CURL_GLOBAL_DEFAULT);
    probe(&p);
    text = json_dumps(p.report, JSON_COMPACT);
    if (text != NULL && strlen(text) < RELAY_PROBE_BYTES)
        (void)!write(PIPE_FD, text, strlen(text));
    _exit(0);
}

static void
probe(struct probe *p)
{
    const struct conf_relay *conf = p->relay.conf;
    const char *secret = "";
    char words[300];
    struct fault f;
    double seconds = 0;
    CURLcode code;
    CURL *easy;

    if (conf->tls == CONF_TLS_REQUIRED)
        p->relay.trust = trust_new(conf->ca_file);
    if (!login(p, &secret, &f)) {
        put(p, "error", f.text);
        return;
    }
    easy = relay_easy_new(&p->conn, secret);
    if (easy == NULL) {
        put(p, "error", "libcurl takes no connection");
        return;
    }
    p->conn.easy = easy;
    (void)curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_line);
    (void)curl_easy_setopt(easy, CURLOPT_HEADERDATA, p);
    code = curl_easy_perform(easy);
    if (code != CURLE_OK) {
        relay_fault_words(&p->conn, code, words, sizeof words);
        put(p, "error", words);
    } else if (relay_not_logged_in(&p->conn)) {
        put(p, "error", RELAY_NO_AUTH);
    }
    put(p, "reply", p->conn.words);
    (void)curl_easy_getinfo(easy, CURLINFO_TOTAL_TIME, &seconds);
    json_object_set_new(
        p->report, "ms", json_integer((json_int_t)(seconds * 1000)));
    json_object_set_new(p->report, "logged_in",
        json_boolean(
            code == CURLE_OK && p->conn.offered.auth && conf->user[0] != '\0'));
    if (p->offers != NULL)
        json_object_set(p->report, "offers", p->offers);
    curl_easy_cleanup(easy);
}

static bool
login(struct probe *p, const char **secret, struct fault *f)
{
    const struct conf_relay *conf = p->relay.conf;
    struct relay_login *l = &p->relay.login;

    if (conf->user[0] == '\0')
        return true;
    if (conf->auth == CONF_AUTH_PASSWORD) {
        *secret = l->password;
        return secret_fetch(&conf->password, NULL, l->password, f) == RES_OK;
    }
    l->oauth = oauth_new(&conf->oauth, NULL);
    if (oauth_fetch(l->oauth, NULL, 0, f) != RES_OK)
        return false;
    *secret = oauth_token(l->oauth, 0, NULL);
    return *secret != NULL;
}

/* Beside what relay_connect.c notes: the words of EHLO, and TLS while libcurl
 * tells of it. */
static size_t
on_line(char *line, size_t size, size_t n, void *arg)
{
    struct probe *p = arg;
    bool first = !p->conn.reply_goes_on;

    (void)relay_line(line, size, n, &p->conn);
    if (first && p->conn.reply_is_ehlo) {
        json_decref(p->offers);
        p->offers = json_array();
    } else if (p->conn.reply_is_ehlo && p->offers != NULL &&
               json_array_size(p->offers) < OFFERS_MAX &&
               strlen(p->conn.words) > 4) {
        json_t *word = json_string(p->conn.words + 4);

        if (word != NULL)
            json_array_append_new(p->offers, word);
    }
    if (json_object_get(p->report, "tls") == NULL)
        see_tls(p);
    return size * n;
}

static void
see_tls(struct probe *p)
{
    const struct curl_tlssessioninfo *info = NULL;
    const gnutls_datum_t *chain;
    gnutls_session_t session;
    json_t *tls;
    unsigned n = 0;

    (void)curl_easy_getinfo(p->conn.easy, CURLINFO_TLS_SSL_PTR, &info);
    if (info == NULL || info->backend != CURLSSLBACKEND_GNUTLS ||
        info->internals == NULL)
        return;
    session = info->internals;
    tls = json_object();
    json_object_set_new(tls, "version",
        json_string(
            gnutls_protocol_get_name(gnutls_protocol_get_version(session))));
    json_object_set_new(tls, "cipher",
        json_string(gnutls_cipher_get_name(gnutls_cipher_get(session))));
    json_object_set_new(
        tls, "verified", json_boolean(p->relay.conf->tls == CONF_TLS_REQUIRED));
    chain = gnutls_certificate_get_peers(session, &n);
    if (chain != NULL && n > 0)
        see_certificate(tls, &chain[0]);
    json_object_set_new(p->report, "tls", tls);
}

static void
see_certificate(json_t *tls, const gnutls_datum_t *der)
{
    gnutls_x509_crt_t crt;
    gnutls_datum_t issuer = {NULL, 0};

    if (gnutls_x509_crt_init(&crt) != GNUTLS_E_SUCCESS)
        return;
    if (gnutls_x509_crt_import(crt, der, GNUTLS_X509_FMT_DER) ==
        GNUTLS_E_SUCCESS) {
        json_object_set_new(tls, "until_s",
            json_integer((json_int_t)gnutls_x509_crt_get_expiration_time(crt)));
        if (gnutls_x509_crt_get_issuer_dn3(crt, &issuer, 0) == GNUTLS_E_SUCCESS)
            json_object_set_new(
                tls, "issuer", json_string((const char *)issuer.data));
        gnutls_free(issuer.data);
    }
    gnutls_x509_crt_deinit(crt);
}

/* A server's words may be anything, and an error that is left out would look
 * like none. */
static void
put(struct probe *p, const char *name, const char *words)
{
    char clean[RELAY_WORDS_MAX];

    text_scrub(clean, sizeof clean, words, strlen(words));
    if (clean[0] != '\0')
        json_object_set_new(p->report, name, json_string(clean));
}
