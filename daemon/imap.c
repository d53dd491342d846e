/* SPDX-License-Identifier: ISC */
/* The connection: libetpan speaks, but it verifies no certificate, times out
 * each read and not the whole, keeps whatever a server says however much it
 * is, and on a lost connection writes a LOGOUT and waits for the answer.  What
 * it leaves out is done here; what is in the mails it fetches is never looked
 * at. */
#include "daemon/imap.h"

#include "daemon/imap_own.h"
#include "daemon/imap_tls.h"
#include "lists/address.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <iconv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum {
    IMAP_COMMAND_S = 600, /* a server that trickles is cut off after this */
    IMAP_WORDS = 120,     /* of a refusal's, so many bytes */
    IMAP_STRANGER_BYTES = 64 * 1024 /* until we know who it is */
};

static enum result connect_tls(struct imap *im, struct fault *f);
static enum result connect_plain(struct imap *im, struct fault *f);
static enum result verify(struct imap *im, struct fault *f);
static void progress(size_t now, size_t all, void *arg);
static void
listen_in(mailimap *m, int what, const char *bytes, size_t n, void *arg);

enum result
imap_open(const struct conf_inbox *box, struct oauth *oauth, int timeout_s,
    const struct watch *watch, struct imap **out, struct fault *f)
{
    struct imap *im = fault_calloc(1, sizeof *im);
    enum result r;
    int fd;

    im->m = mailimap_new(0, NULL);
    if (im->m == NULL)
        fault_no_memory();
    im->box = box;
    im->watch = *watch;
    im->lost = true; /* until it is known to be well */
    im->timeout_s = timeout_s;
    mailimap_set_timeout(im->m, timeout_s);
    mailimap_set_progress_callback(im->m, progress, progress, im);
    mailimap_set_logger(im->m, listen_in, im);
    imap_begin(im);
    im->left_bytes = IMAP_STRANGER_BYTES;
    r = box->implicit_tls ? connect_tls(im, f) : connect_plain(im, f);
    if (r != RES_OK)
        goto out;
    watch_alive(&im->watch);
    fd = imap_fd(im); /* libetpan leaves it open for children */
    (void)fcntl(fd, F_SETFD, FD_CLOEXEC);
    if (im->m->imap_state != MAILIMAP_STATE_AUTHENTICATED)
        r = imap_log_in(im, oauth, f);
    if (r != RES_OK)
        goto out;
    im->lost = false;
    *out = im;
    im = NULL;
out:
    imap_close(im);
    return r;
}

void
imap_close(struct imap *im)
{
    if (im == NULL)
        return;
    if (im->lost && im->m->imap_stream != NULL) {
        (void)mailstream_close(im->m->imap_stream);
        im->m->imap_stream = NULL;
    }
    mailimap_free(im->m);
    free(im);
}

/* --- connecting ---------------------------------------------------------- */

static bool
is_ip(const char *host)
{
    unsigned char bytes[sizeof(struct in6_addr)];

    return inet_pton(AF_INET, host, bytes) == 1 ||
           inet_pton(AF_INET6, host, bytes) == 1;
}

/* A server with many names must know which certificate to show (SNI). */
static void
name_server(struct mailstream_ssl_context *context, void *arg)
{
    const struct imap *im = arg;

    if (!is_ip(im->box->host))
        (void)mailstream_ssl_set_server_name(context, im->box->host);
}

static enum result
no_connection(struct imap *im, int r, struct fault *f)
{
    const struct conf_inbox *box = im->box;

    if (im->floods)
        return fault_set(f, RES_LATER, "%s:%d says far too much for a greeting",
            box->host, box->port);
    if (r == MAILIMAP_ERROR_CONNECTION_REFUSED)
        return imap_why_not(im, f);
    if (imap_was_silent(im))
        return fault_set(f, RES_LATER,
            "%s:%d takes the connection, and says nothing for %d s%s",
            box->host, box->port, im->timeout_s,
            box->implicit_tls ? "" : " (is it imaps://, for a port with TLS?)");
    if (r == MAILIMAP_ERROR_SSL)
        return fault_set(f, RES_LATER, "no TLS with %s:%d%s", box->host,
            box->port,
            box->implicit_tls ? " (is it imap://, for a port with STARTTLS?)"
                              : "");
    if (r == MAILIMAP_ERROR_DONT_ACCEPT_CONNECTION)
        return fault_set(f, RES_LATER, "%s:%d takes nobody now: %.120s",
            box->host, box->port,
            im->m->imap_response == NULL ? "" : im->m->imap_response);
    return fault_set(f, RES_LATER, "no IMAP greeting from %s:%d (%d)%s",
        box->host, box->port, r,
        box->implicit_tls ? "" : " (is it imaps://, for a port with TLS?)");
}

static enum result
connect_tls(struct imap *im, struct fault *f)
{
    int r = mailimap_ssl_connect_with_callback(
        im->m, im->box->host, (uint16_t)im->box->port, name_server, im);

    if (r != MAILIMAP_NO_ERROR_AUTHENTICATED &&
        r != MAILIMAP_NO_ERROR_NON_AUTHENTICATED)
        return no_connection(im, r, f);
    return im->box->tls == CONF_TLS_REQUIRED ? verify(im, f) : RES_OK;
}

enum result
imap_capabilities(struct imap *im, struct fault *f)
{
    struct mailimap_capability_data *all = NULL;
    int r = mailimap_capability(im->m, &all);

    if (r == MAILIMAP_NO_ERROR)
        mailimap_capability_data_free(all);
    return imap_heard(im, r, "asking for its capabilities", f);
}

/* A server that greets with PREAUTH before STARTTLS would have us go on
 * without TLS: whoever stands between can say that. */
static enum result
connect_plain(struct imap *im, struct fault *f)
{
    const struct conf_inbox *box = im->box;
    enum result res;
    int r = mailimap_socket_connect(im->m, box->host, (uint16_t)box->port);

    if (r == MAILIMAP_NO_ERROR_AUTHENTICATED && box->tls == CONF_TLS_REQUIRED)
        return fault_set(f, RES_NEVER,
            "%s:%d logs in everyone before TLS: not trusted", box->host,
            box->port);
    if (r != MAILIMAP_NO_ERROR_AUTHENTICATED &&
        r != MAILIMAP_NO_ERROR_NON_AUTHENTICATED)
        return no_connection(im, r, f);
    if (box->tls == CONF_TLS_NONE || r == MAILIMAP_NO_ERROR_AUTHENTICATED)
        return RES_OK;
    res = imap_capabilities(im, f);
    if (res != RES_OK)
        return res;
    if (!mailimap_has_extension(im->m, "STARTTLS")) {
        if (box->tls == CONF_TLS_OPPORTUNISTIC)
            return RES_OK;
        return fault_set(f, RES_NEVER,
            "%s:%d offers no STARTTLS; use imaps:// or say tls = \"none\"",
            box->host, box->port);
    }
    r = mailimap_socket_starttls_with_callback(im->m, name_server, im);
    if (r != MAILIMAP_NO_ERROR)
        return fault_set(f, RES_LATER, "STARTTLS fails at %s:%d (%d)",
            box->host, box->port, r);
    return box->tls == CONF_TLS_REQUIRED ? verify(im, f) : RES_OK;
}

static enum result
verify(struct imap *im, struct fault *f)
{
    struct imap_cert chain[IMAP_TLS_CHAIN_MAX];
    mailstream_low *low = mailstream_get_low(im->m->imap_stream);
    carray *certs = mailstream_low_get_certificate_chain(low);
    enum result r;
    unsigned i, n;

    if (certs == NULL)
        return fault_set(
            f, RES_NEVER, "%s shows no certificate", im->box->host);
    n = carray_count(certs);
    for (i = 0; i < n && i < IMAP_TLS_CHAIN_MAX; i++) {
        const MMAPString *der = carray_get(certs, i);

        chain[i] = (struct imap_cert){der->str, der->len};
    }
    r = imap_tls_verify(chain, (int)n, im->box->host, im->box->ca_file, f);
    mailstream_certificate_chain_free(certs);
    return r;
}

/* --- commands ------------------------------------------------------------ */

static int64_t
clock_ms(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void
imap_begin(struct imap *im)
{
    im->heard_ms = clock_ms();
    im->deadline_ms = im->heard_ms + (int64_t)IMAP_COMMAND_S * 1000;
    im->left_bytes = IMAP_ANSWER_BYTES;
}

bool
imap_was_silent(const struct imap *im)
{
    return clock_ms() - im->heard_ms >= (int64_t)im->timeout_s * 1000;
}

static void
progress(size_t now, size_t all, void *arg)
{
    struct imap *im = arg;

    (void)now;
    (void)all;
    watch_alive(&im->watch);
    if (clock_ms() > im->deadline_ms)
        (void)shutdown(imap_fd(im), SHUT_RDWR);
}

/* libetpan's log sees every byte that comes; nothing of it is kept. */
static void
listen_in(mailimap *m, int what, const char *bytes, size_t n, void *arg)
{
    struct imap *im = arg;

    (void)bytes;
    if (what != MAILSTREAM_LOG_TYPE_DATA_RECEIVED || m->imap_stream == NULL)
        return;
    im->heard_ms = clock_ms();
    if (n <= im->left_bytes) {
        im->left_bytes -= n;
        return;
    }
    im->floods = true;
    (void)shutdown(imap_fd(im), SHUT_RDWR);
}

const char *
imap_code(const struct imap *im)
{
    const struct mailimap_response_info *info = im->m->imap_response_info;

    return info == NULL ? NULL : info->rsp_atom;
}

enum result
imap_refused(const char *code)
{
    static const char *const now[] = {
        "UNAVAILABLE", "INUSE", "LIMIT", "SERVERBUG"};

    for (size_t i = 0; i < sizeof now / sizeof now[0]; i++)
        if (code != NULL && strncasecmp(code, now[i], strlen(now[i])) == 0)
            return RES_LATER;
    return RES_NEVER;
}

int
imap_length(const char *words)
{
    size_t n = strlen(words);
    const char *end = strrchr(words, '(');

    if (end != NULL && strchr("0123456789", end[1]) != NULL &&
        strstr(end, " secs)") != NULL)
        n = (size_t)(end - words);
    while (n > 0 && words[n - 1] == ' ')
        n--;
    return n < IMAP_WORDS ? (int)n : IMAP_WORDS;
}

enum result
imap_heard(struct imap *im, int r, const char *doing, struct fault *f)
{
    const char *words = im->m->imap_response;

    switch (r) {
    case MAILIMAP_NO_ERROR:
        return RES_OK;
    case MAILIMAP_ERROR_MEMORY:
        fault_no_memory();
    case MAILIMAP_ERROR_BAD_STATE:
    case MAILIMAP_ERROR_STREAM:
    case MAILIMAP_ERROR_PARSE:
    case MAILIMAP_ERROR_FATAL:
    case MAILIMAP_ERROR_PROTOCOL:
    case MAILIMAP_ERROR_SSL:
        im->lost = true;
        if (im->floods)
            return fault_set(f, RES_LATER, "%s:%d says far too much while %s",
                im->box->host, im->box->port, doing);
        if (imap_was_silent(im))
            return fault_set(f, RES_LATER,
                "%s:%d: connection lost while %s: no answer for %d s",
                im->box->host, im->box->port, doing, im->timeout_s);
        return fault_set(f, RES_LATER, "%s:%d: connection lost while %s (%d)",
            im->box->host, im->box->port, doing, r);
    default:
        words = words == NULL ? "" : words;
        return fault_set(f, RES_NEVER, "%s:%d refuses while %s: %.*s",
            im->box->host, im->box->port, doing, imap_length(words), words);
    }
}

enum result
imap_select(
    struct imap *im, const char *folder, uint32_t *uidvalidity, struct fault *f)
{
    char name[IMAP_FOLDER_MAX];
    enum result r = imap_folder_name(folder, name, f);

    if (r != RES_OK)
        return r;
    imap_begin(im);
    r = imap_heard(im, mailimap_select(im->m, name), "opening the folder", f);
    if (r != RES_OK)
        return r == RES_NEVER ? imap_refused(imap_code(im)) : r;
    if (im->m->imap_selection_info->sel_uidvalidity == 0)
        return fault_set(f, RES_NEVER,
            "%s gives no UIDVALIDITY: what was read could not be known again",
            im->box->host);
    *uidvalidity = im->m->imap_selection_info->sel_uidvalidity;
    return RES_OK;
}

bool
imap_can_idle(struct imap *im)
{
    return !im->no_idle && mailimap_has_idle(im->m) != 0;
}

/* Commands beside the listing bring such news, too, and once only. */
bool
imap_has_news(const struct imap *im)
{
    return im->m->imap_selection_info->sel_exists != im->exists;
}

/* Not libetpan's own: that forgets what comes before the server's consent, and
 * a mail that came just then would wait for the next look.  News may have come
 * in the same packet as the consent: then they are in libetpan's buffer and
 * the fd stays silent. */
enum result
imap_idle(struct imap *im, struct fault *f)
{
    mailstream *s = im->m->imap_stream;
    int e = mailimap_send_current_tag(im->m);
    bool news = false;
    char *line = NULL;

    imap_begin(im);
    if (e == MAILIMAP_NO_ERROR &&
        (mailstream_write(s, "IDLE\r\n", 6) != 6 || mailstream_flush(s) < 0))
        e = MAILIMAP_ERROR_STREAM;
    while (e == MAILIMAP_NO_ERROR && (line == NULL || line[0] == '*')) {
        line = mailimap_read_line(im->m);
        if (line == NULL)
            e = MAILIMAP_ERROR_STREAM;
        else if (strncasecmp(line, "* BYE", 5) == 0)
            e = MAILIMAP_ERROR_STREAM;
        else if (line[0] == '*')
            news = news || strcasestr(line, " EXISTS") != NULL;
    }
    if (e != MAILIMAP_NO_ERROR)
        return imap_heard(im, e, "beginning to idle", f);
    if (line[0] != '+') {
        im->no_idle = true;
        return fault_set(f, RES_NEVER, "%s:%d refuses to idle: %.120s",
            im->box->host, im->box->port, line);
    }
    return news || s->read_buffer_len > 0 ? RES_NONE : RES_OK;
}

int
imap_fd(struct imap *im)
{
    return mailstream_low_get_fd(mailstream_get_low(im->m->imap_stream));
}

enum result
imap_idle_end(struct imap *im, struct fault *f)
{
    imap_begin(im);
    return imap_heard(im, mailimap_idle_done(im->m), "idling", f);
}

/* UTF-7-IMAP is glibc's own name for it, 2.36 and newer. */
enum result
imap_folder_name(const char *utf8, char out[IMAP_FOLDER_MAX], struct fault *f)
{
    char *in = (char *)utf8; /* iconv only reads it */
    size_t n_in = strlen(utf8), n_out = IMAP_FOLDER_MAX - 1;
    char *to = out;
    iconv_t cd;
    bool ok;

    if (n_in == 0 || text_unclean(utf8, n_in))
        return fault_set(f, RES_NEVER, "not the name of a folder");
    cd = iconv_open("UTF-7-IMAP", "UTF-8");
    if (cd == (iconv_t)-1)
        return fault_set(f, RES_NEVER, "iconv knows no UTF-7-IMAP");
    ok = iconv(cd, &in, &n_in, &to, &n_out) != (size_t)-1 &&
         iconv(cd, NULL, NULL, &to, &n_out) != (size_t)-1;
    (void)iconv_close(cd);
    if (!ok)
        return fault_set(f, RES_NEVER, "the folder's name is too long");
    *to = '\0';
    return RES_OK;
}
