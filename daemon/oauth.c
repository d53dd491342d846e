/* SPDX-License-Identifier: ISC */
/* One token on its way: the secrets that are needed for it, one after the
 * other, then one request.  Secrets are read anew each time and wiped after
 * it; only the token stays, in memory.
 *
 * A refresh token that the server replaces is written back into its file, by a
 * new file and a rename, which is on disk before the new token is used: after a
 * crash there is the old one or the new one, and after that the new one.
 * One that came from a command is the command's to keep. */
#include "daemon/oauth.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "daemon/log.h"
#include "daemon/oauth_answer.h"
#include "daemon/secret.h"
#include "daemon/trust.h"
#include "daemon/watch.h"
#include "lists/folder.h"

enum stage {
    STAGE_IDLE,
    STAGE_COMMAND, /* the token itself is being asked of a command */
    STAGE_SECRET,  /* the client's */
    STAGE_REFRESH, /* the refresh token */
    STAGE_ASKED,   /* the token server has been asked */
    STAGE_ANSWERED
};

struct oauth {
    const struct conf_oauth *conf;
    CURLM *multi;

    char token[OAUTH_TOKEN_MAX + 1]; /* "" : none */
    int64_t life_ms, since_ms;
    int serial, good_serial; /* of the token; of one that was accepted */

    enum stage stage;
    struct secret_job job;
    char client_secret[SECRET_MAX], refresh_token[SECRET_MAX];
    struct trust *trust;
    CURL *easy;
    CURLcode code;
    char error[CURL_ERROR_SIZE];
    char *answer; /* OAUTH_ANSWER_MAX */
    size_t answer_n;
};

static enum result
next_secret(struct oauth *o, enum stage done, struct fault *f);
static enum result ask(struct oauth *o, struct fault *f);
static bool ask_options(struct oauth *o, const char *form);
static char *form_of(struct oauth *o);
static size_t on_answer(char *bytes, size_t size, size_t n, void *arg);
static enum result answered(struct oauth *o, int64_t now_ms, struct fault *f);
static void
take(struct oauth *o, const char *token, int life_s, int64_t now_ms);
static void write_back(const struct oauth *o, const char *token);
static void stop(struct oauth *o);
static bool given(const struct conf_secret *s);
static int64_t early_ms(const struct oauth *o, int64_t most_s);

struct oauth *
oauth_new(const struct conf_oauth *conf, CURLM *m)
{
    struct oauth *o = fault_calloc(1, sizeof *o);

    o->conf = conf;
    o->multi = m;
    o->trust = trust_new(conf->ca_file);
    o->good_serial = -1;
    return o;
}

void
oauth_free(struct oauth *o)
{
    if (o == NULL)
        return;
    stop(o);
    trust_free(o->trust);
    explicit_bzero(o->token, sizeof o->token);
    free(o);
}

const char *
oauth_token(const struct oauth *o, int64_t now_ms, int *serial)
{
    if (o->token[0] == '\0' ||
        now_ms >= o->since_ms + o->life_ms - early_ms(o, OAUTH_LAST_S))
        return NULL;
    if (serial != NULL)
        *serial = o->serial;
    return o->token;
}

bool
oauth_wanted(const struct oauth *o, int64_t now_ms)
{
    return o->stage == STAGE_IDLE &&
           (o->token[0] == '\0' ||
               now_ms >= o->since_ms + o->life_ms - early_ms(o, OAUTH_EARLY_S));
}

static int64_t
early_ms(const struct oauth *o, int64_t most_s)
{
    return most_s * 1000 < o->life_ms / 4 ? most_s * 1000 : o->life_ms / 4;
}

enum result
oauth_begin(struct oauth *o, struct fault *f)
{
    static char none[] = "";
    const struct conf_secret where = {none, o->conf->command};
    enum result r;

    stop(o);
    if (o->conf->command[0] == '\0')
        return next_secret(o, STAGE_IDLE, f);
    r = secret_begin(&o->job, "token", &where, f);
    if (r == RES_OK)
        o->stage = STAGE_COMMAND;
    return r;
}

/* Begins with what is needed after `done`. */
static enum result
next_secret(struct oauth *o, enum stage done, struct fault *f)
{
    enum result r;

    if (done < STAGE_SECRET && given(&o->conf->client_secret)) {
        r = secret_begin(&o->job, "client-secret", &o->conf->client_secret, f);
        if (r == RES_OK)
            o->stage = STAGE_SECRET;
        return r;
    }
    if (done < STAGE_REFRESH && given(&o->conf->refresh_token)) {
        r = secret_begin(&o->job, "refresh-token", &o->conf->refresh_token, f);
        if (r == RES_OK)
            o->stage = STAGE_REFRESH;
        return r;
    }
    return ask(o, f);
}

static bool
given(const struct conf_secret *s)
{
    return s->file[0] != '\0' || s->command[0] != '\0';
}

enum result
oauth_more(struct oauth *o, int64_t now_ms, struct fault *f)
{
    char secret[SECRET_MAX];
    enum stage at = o->stage;
    enum result r = RES_NONE;

    if (at == STAGE_ANSWERED) {
        r = answered(o, now_ms, f);
        stop(o);
        return r;
    }
    if (at == STAGE_IDLE || at == STAGE_ASKED)
        return RES_NONE;
    r = secret_more(&o->job, secret, f);
    if (r == RES_OK && at == STAGE_COMMAND) {
        take(o, secret, OAUTH_COMMAND_S, now_ms);
        o->stage = STAGE_IDLE;
    } else if (r == RES_OK) {
        memcpy(at == STAGE_SECRET ? o->client_secret : o->refresh_token, secret,
            sizeof secret);
        r = next_secret(o, at, f);
        if (r == RES_OK)
            r = RES_NONE;
    }
    explicit_bzero(secret, sizeof secret);
    if (r != RES_OK && r != RES_NONE) {
        o->stage = STAGE_IDLE; /* the job has ended */
        stop(o);
    }
    return r;
}

bool
oauth_busy(const struct oauth *o)
{
    return o->stage != STAGE_IDLE;
}

bool
oauth_done(struct oauth *o, CURL *easy, CURLcode code)
{
    if (o->stage != STAGE_ASKED || easy != o->easy)
        return false;
    o->code = code;
    o->stage = STAGE_ANSWERED;
    return true;
}

int
oauth_fd(const struct oauth *o)
{
    bool job = o->stage > STAGE_IDLE && o->stage < STAGE_ASKED;

    return job ? o->job.fd : -1;
}

int
oauth_wait_ms(const struct oauth *o)
{
    if (o->stage == STAGE_IDLE || o->stage == STAGE_ASKED)
        return -1;
    return o->stage == STAGE_ANSWERED ? 0 : secret_wait_ms(&o->job);
}

void
oauth_accepted(struct oauth *o, int serial)
{
    if (serial == o->serial)
        o->good_serial = serial;
}

bool
oauth_refused(struct oauth *o, int serial)
{
    bool old = serial != o->serial || o->good_serial == serial;

    if (serial == o->serial)
        o->token[0] = '\0';
    return old;
}

static int
on_progress(void *arg, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    (void)a;
    (void)b;
    (void)c;
    (void)d;
    watch_alive(arg);
    return 0;
}

/* Without the signs libcurl waits all the same. */
static CURLcode
perform(CURL *easy, const struct watch *w)
{
    (void)curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, on_progress);
    (void)curl_easy_setopt(easy, CURLOPT_XFERINFODATA, w);
    (void)curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
    return curl_easy_perform(easy);
}

enum result
oauth_fetch(
    struct oauth *o, const struct watch *w, int64_t now_ms, struct fault *f)
{
    enum result r = oauth_begin(o, f);

    while (r == RES_OK || r == RES_NONE) {
        int fd = oauth_fd(o);

        if (o->stage == STAGE_ASKED)
            (void)oauth_done(o, o->easy, perform(o->easy, w));
        else if (fd >= 0)
            secret_await(&o->job, w);
        r = oauth_more(o, now_ms, f);
        if (r != RES_NONE)
            break;
    }
    return r;
}

static void
take(struct oauth *o, const char *token, int life_s, int64_t now_ms)
{
    (void)snprintf(o->token, sizeof o->token, "%s", token);
    o->life_ms = (int64_t)life_s * 1000;
    o->since_ms = now_ms;
    o->serial++;
}

/* Back to rest; the token stays. */
static void
stop(struct oauth *o)
{
    if (o->stage > STAGE_IDLE && o->stage < STAGE_ASKED)
        secret_stop(&o->job);
    if (o->easy != NULL) {
        if (o->multi != NULL)
            (void)curl_multi_remove_handle(o->multi, o->easy);
        curl_easy_cleanup(o->easy);
        o->easy = NULL;
    }
    if (o->answer != NULL)
        explicit_bzero(o->answer, OAUTH_ANSWER_MAX);
    free(o->answer);
    o->answer = NULL;
    secret_wipe(o->client_secret);
    secret_wipe(o->refresh_token);
    o->stage = STAGE_IDLE;
}

/* --- the token server ----------------------------------------------------- */

static enum result
ask(struct oauth *o, struct fault *f)
{
    char *form = NULL;
    bool ok;

    o->easy = curl_easy_init();
    o->answer = fault_calloc(1, OAUTH_ANSWER_MAX);
    o->answer_n = 0;
    o->error[0] = '\0';
    ok = o->easy != NULL && (form = form_of(o)) != NULL &&
         ask_options(o, form) &&
         (o->multi == NULL ||
             curl_multi_add_handle(o->multi, o->easy) == CURLM_OK);
    if (form != NULL)
        explicit_bzero(form, strlen(form));
    free(form);
    if (!ok)
        return fault_set(f, RES_LATER, "libcurl takes no request for a token");
    o->stage = STAGE_ASKED;
    return RES_OK;
}

static bool
ask_options(struct oauth *o, const char *form)
{
    CURL *e = o->easy;
    bool dear;

    return curl_easy_setopt(e, CURLOPT_URL, o->conf->url) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, "https") == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_COPYPOSTFIELDS, form) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_CAPATH, NULL) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_CAINFO, trust_file(o->trust, &dear)) ==
               CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_SSLVERSION,
               (long)CURL_SSLVERSION_TLSv1_2) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_PROXY, "") == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_FORBID_REUSE, 1L) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_TIMEOUT, (long)OAUTH_TIMEOUT_S) ==
               CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_ERRORBUFFER, o->error) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, on_answer) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_WRITEDATA, o) == CURLE_OK;
}

/* application/x-www-form-urlencoded.  NULL: libcurl could not escape it. */
static char *
form_of(struct oauth *o)
{
    const struct {
        const char *name, *value;
    } field[] = {
        {"grant_type", o->refresh_token[0] != '\0' ? "refresh_token"
                                                   : "client_credentials"},
        {"client_id", o->conf->client_id},
        {"client_secret", o->client_secret},
        {"refresh_token", o->refresh_token},
        {"scope", o->conf->scope},
    };
    char *form = NULL, *value;
    bool ok = true;
    size_t n;
    FILE *to = open_memstream(&form, &n);

    if (to == NULL)
        fault_no_memory();
    for (size_t i = 0; i < sizeof field / sizeof field[0]; i++) {
        if (field[i].value[0] == '\0')
            continue;
        value = curl_easy_escape(o->easy, field[i].value, 0);
        ok = ok && value != NULL;
        (void)fprintf(to, "%s%s=%s", i > 0 ? "&" : "", field[i].name,
            value != NULL ? value : "");
        curl_free(value);
    }
    if (fclose(to) != 0)
        fault_no_memory();
    if (ok)
        return form;
    free(form);
    return NULL;
}

static size_t
on_answer(char *bytes, size_t size, size_t n, void *arg)
{
    struct oauth *o = arg;

    n *= size;
    if (n > OAUTH_ANSWER_MAX - o->answer_n)
        return 0;
    memcpy(o->answer + o->answer_n, bytes, n);
    o->answer_n += n;
    return n;
}

static enum result
answered(struct oauth *o, int64_t now_ms, struct fault *f)
{
    const char *const secrets[] = {
        o->client_secret, o->refresh_token, o->token};
    struct oauth_answer a;
    enum result r;
    long status = 0;

    if (o->code != CURLE_OK)
        return fault_set(f, RES_LATER, "no token from %.100s: %s", o->conf->url,
            o->error[0] != '\0' ? o->error : curl_easy_strerror(o->code));
    (void)curl_easy_getinfo(o->easy, CURLINFO_RESPONSE_CODE, &status);
    r = oauth_answer_read(status, o->answer, o->answer_n, secrets,
        (int)(sizeof secrets / sizeof secrets[0]), &a, f);
    if (r != RES_OK)
        return r;
    take(o, a.token, a.life_s, now_ms);
    if (a.refresh_token[0] != '\0' &&
        strcmp(a.refresh_token, o->refresh_token) != 0)
        write_back(o, a.refresh_token);
    explicit_bzero(&a, sizeof a);
    return RES_OK;
}

static void
write_back(const struct oauth *o, const char *token)
{
    const char *path = o->conf->refresh_token.file;
    char other[4096];
    struct fault f;
    bool ok;
    int fd;

    if (path[0] == '\0') {
        log_debug("the token server gives a new refresh token; it is for"
                  " refresh-token-command to keep one");
        return;
    }
    (void)snprintf(other, sizeof other, "%s.new-%ld", path, (long)getpid());
    (void)unlink(other); /* of a life before, cut off in the middle */
    fd = open(other, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
        S_IRUSR | S_IWUSR);
    ok = fd >= 0 && dprintf(fd, "%s\n", token) > 0 && fsync(fd) == 0;
    if (fd >= 0 && close(fd) != 0)
        ok = false;
    if (ok && rename(other, path) == 0) {
        if (folder_sync(path, &f) != RES_OK)
            log_warn("refresh-token-file %s", f.text);
        return;
    }
    log_warn("refresh-token-file %s cannot be written: %s; the token server may"
             " not take the old one for long",
        path, strerror(errno));
    if (fd >= 0)
        (void)unlink(other);
}
