/* SPDX-License-Identifier: ISC */
/* One value of the configuration, from its text to its place: every kind has
 * one function, and the defaults of the table go the same way as what the
 * admin writes.  A refusal says what would be right. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <curl/curl.h>

#include "daemon/conf_reading.h"
#include "daemon/log.h"
#include "lists/address.h"

enum {
    VALUE_MAX = 4000 /* bytes of a string */
};

static enum result server(const char *text, const char *scheme, char **host,
    int *port, bool *implicit_tls, struct fault *f);
static enum result host_name(char *text, char **out, struct fault *f);
static enum result quantity(
    const struct conf_key *k, const char *text, int64_t *out, struct fault *f);
static enum result
choice(const struct conf_key *k, const char *text, void *to, struct fault *f);
static enum result
social(struct conf_list *l, const char *text, struct fault *f);
static enum result
dkim(struct conf_list *l, const char *text, const char *dir, struct fault *f);
static enum result
folder(struct conf_inbox *b, const char *text, struct fault *f);
static void replace(void *place, char *string);

enum result
conf_value(const struct conf_key *k, void *base, const char *text,
    const char *dir, struct fault *f)
{
    struct conf_relay *relay = base;
    struct conf_inbox *inbox = base;
    void *to = (char *)base + k->offset;
    char *s = NULL;
    int64_t n = 0;
    int as_int;
    enum result r;

    if (strlen(text) > VALUE_MAX)
        return fault_set(
            f, RES_NEVER, "is longer than %d bytes", (int)VALUE_MAX);
    if (k->kind < KIND_STRINGS) {
        r = conf_string(k, text, dir, &s, f);
        if (r == RES_OK)
            replace(to, s);
        return r;
    }
    switch (k->kind) {
    case KIND_SMTP_URL:
        return server(
            text, "smtp", &relay->host, &relay->port, &relay->implicit_tls, f);
    case KIND_IMAP_URL:
        return server(
            text, "imap", &inbox->host, &inbox->port, &inbox->implicit_tls, f);
    case KIND_FOLDERS:
        return folder(inbox, text, f);
    case KIND_SOCIAL:
        return social(base, text, f);
    case KIND_DKIM:
        return dkim(base, text, dir, f);
    case KIND_WARM_UP:
        if (relay->n_warm_up == CONF_WARM_UP_MAX)
            return fault_set(
                f, RES_NEVER, "has more than %d days", (int)CONF_WARM_UP_MAX);
        r = quantity(k, text, &n, f);
        if (r == RES_OK)
            relay->warm_up[relay->n_warm_up++] = (int)n;
        return r;
    case KIND_YESNO:
    case KIND_TLS:
    case KIND_AUTH:
    case KIND_LEVEL:
        return choice(k, text, to, f);
    default:
        r = quantity(k, text, &n, f);
        as_int = (int)n;
        if (r == RES_OK && k->kind == KIND_SIZE)
            memcpy(to, &n, sizeof n);
        else if (r == RES_OK)
            memcpy(to, &as_int, sizeof as_int);
        return r;
    }
}

static enum result
folder(struct conf_inbox *b, const char *text, struct fault *f)
{
    if (b->n_folders == CONF_FOLDERS_MAX)
        return fault_set(
            f, RES_NEVER, "has more than %d folders", (int)CONF_FOLDERS_MAX);
    if (text[0] == '\0' || text_unclean(text, strlen(text)))
        return fault_set(f, RES_NEVER, "has a folder without a name");
    if (conf_has_folder(b, text))
        return fault_set(f, RES_NEVER, "has this folder twice");
    b->folder[b->n_folders++] = fault_strdup(text);
    return RES_OK;
}

/* Frees what stands at place, a char * or const char *, and puts string. */
static void
replace(void *place, char *string)
{
    char *old;

    memcpy(&old, place, sizeof old);
    free(old);
    memcpy(place, &string, sizeof string);
}

static enum result
server(const char *text, const char *scheme, char **host, int *port,
    bool *implicit_tls, struct fault *f)
{
    CURLU *u = curl_url();
    char *got = NULL, *name_of = NULL, *number = NULL, *rest = NULL;
    enum result r = RES_OK;
    size_t n = strlen(scheme);

    if (u == NULL)
        fault_no_memory();
    if (strchr(text, ' ') != NULL ||
        curl_url_set(u, CURLUPART_URL, text, 0) != CURLUE_OK ||
        curl_url_get(u, CURLUPART_SCHEME, &got, 0) != CURLUE_OK ||
        strncmp(got, scheme, n) != 0 || (got[n] != '\0' && got[n] != 's') ||
        curl_url_get(u, CURLUPART_HOST, &name_of, 0) != CURLUE_OK ||
        curl_url_get(u, CURLUPART_PORT, &number, CURLU_DEFAULT_PORT) !=
            CURLUE_OK) {
        r = fault_set(f, RES_NEVER,
            "must look like \"%s://host:port\" or \"%ss://host:port\"", scheme,
            scheme);
        goto out;
    }
    if (curl_url_get(u, CURLUPART_USER, &rest, 0) == CURLUE_OK) {
        r = fault_set(f, RES_NEVER,
            "has a user in it: write user and password-file instead");
        goto out;
    }
    if (curl_url_get(u, CURLUPART_PATH, &rest, 0) == CURLUE_OK &&
        strcmp(rest, "/") != 0) {
        r = fault_set(f, RES_NEVER, "must end after host and port");
        goto out;
    }
    r = host_name(name_of, host, f);
    if (r != RES_OK)
        goto out;
    *port = (int)strtol(number, NULL, 10);
    if (*port == 0)
        r = fault_set(f, RES_NEVER, "must have a port from 1 to 65535");
    *implicit_tls = got[strlen(scheme)] == 's';
out:
    curl_free(got);
    curl_free(name_of);
    curl_free(number);
    curl_free(rest);
    curl_url_cleanup(u);
    return r;
}

/* [::1] without its brackets: a host, not a part of a URL.  A name beyond ASCII
 * as A-labels, as DNS and certificates have it; libcurl would need a locale. */
static enum result
host_name(char *text, char **out, struct fault *f)
{
    const char *host = text;
    size_t n = strlen(text);
    struct address a;
    char at[256];

    if (text[0] == '[' && text[n - 1] == ']') {
        text[n - 1] = '\0';
        host++;
    }
    for (size_t i = 0; i < n; i++) {
        if ((unsigned char)text[i] < 0x80)
            continue;
        if (n > sizeof at - 3)
            return fault_set(f, RES_NEVER, "has a host that is too long");
        (void)snprintf(at, sizeof at, "a@%s", text);
        if (address_parse(at, &a, f) != RES_OK)
            return fault_set(f, RES_NEVER, "has a host that is no domain");
        host = strchr(a.key, '@') + 1;
        break;
    }
    free(*out);
    *out = fault_strdup(host);
    return RES_OK;
}

/* A number with the unit that its kind asks for. */
static enum result
quantity(
    const struct conf_key *k, const char *text, int64_t *out, struct fault *f)
{
    static const struct {
        enum conf_kind kind;
        const char *word;
        int64_t factor;
    } unit[] = {
        {KIND_DURATION, "s", 1},
        {KIND_DURATION, "min", 60},
        {KIND_DURATION, "h", 3600},
        {KIND_DURATION, "d", 86400},
        {KIND_SIZE, "KiB", 1024},
        {KIND_SIZE, "MiB", INT64_C(1024) * 1024},
        {KIND_MIB, "MiB", 1},
        {KIND_MIB, "GiB", 1024},
        {KIND_COUNT, "", 1},
        {KIND_WARM_UP, "", 1},
    };
    static const char *const right[] = {[KIND_DURATION] = "s, min, h or d",
        [KIND_SIZE] = "KiB or MiB",
        [KIND_MIB] = "MiB or GiB"};
    bool plain = k->kind == KIND_COUNT || k->kind == KIND_WARM_UP;
    char *end;
    long long n;
    size_t i;

    errno = 0;
    n = strtoll(text, &end, 10);
    if (end == text || text[0] < '0' || text[0] > '9' || errno != 0 ||
        n > INT32_MAX)
        return fault_set(f, RES_NEVER, "must be a number%s%s",
            plain ? "" : " and a unit: ", plain ? "" : right[k->kind]);
    end += strspn(end, " ");
    for (i = 0; i < sizeof unit / sizeof unit[0]; i++)
        if (unit[i].kind == k->kind && strcmp(unit[i].word, end) == 0)
            break;
    if (i == sizeof unit / sizeof unit[0] && plain)
        return fault_set(f, RES_NEVER, "must be a plain number");
    if (i == sizeof unit / sizeof unit[0])
        return fault_set(f, RES_NEVER,
            "needs a unit after the number: %s, in quotes", right[k->kind]);
    n *= unit[i].factor;
    if (n < k->least || n > k->most)
        return fault_set(f, RES_NEVER, "must be between %lld and %lld%s",
            (long long)k->least, (long long)k->most,
            k->kind == KIND_DURATION ? " s"
            : k->kind == KIND_SIZE   ? " bytes"
            : k->kind == KIND_MIB    ? " MiB"
                                     : "");
    *out = n;
    return RES_OK;
}

static enum result
choice(const struct conf_key *k, const char *text, void *to, struct fault *f)
{
    static const struct {
        enum conf_kind kind;
        const char *word;
        int value;
    } word[] = {
        {KIND_YESNO, "yes", true},
        {KIND_YESNO, "no", false},
        {KIND_TLS, "required", CONF_TLS_REQUIRED},
        {KIND_TLS, "opportunistic", CONF_TLS_OPPORTUNISTIC},
        {KIND_TLS, "none", CONF_TLS_NONE},
        {KIND_AUTH, "password", CONF_AUTH_PASSWORD},
        {KIND_AUTH, "xoauth2", CONF_AUTH_XOAUTH2},
        {KIND_AUTH, "oauthbearer", CONF_AUTH_OAUTHBEARER},
        {KIND_LEVEL, "debug", LOG_LEVEL_DEBUG},
        {KIND_LEVEL, "info", LOG_LEVEL_INFO},
        {KIND_LEVEL, "warn", LOG_LEVEL_WARN},
        {KIND_LEVEL, "error", LOG_LEVEL_ERROR},
    };
    enum conf_auth auth;
    enum conf_tls tls;
    size_t i;

    for (i = 0; i < sizeof word / sizeof word[0]; i++)
        if (word[i].kind == k->kind && strcmp(word[i].word, text) == 0)
            break;
    if (i == sizeof word / sizeof word[0])
        return fault_set(f, RES_NEVER, "must be %s",
            k->kind == KIND_YESNO  ? "yes or no"
            : k->kind == KIND_TLS  ? "required, opportunistic or none"
            : k->kind == KIND_AUTH ? "password, xoauth2 or oauthbearer"
                                   : "debug, info, warn or error");
    tls = (enum conf_tls)word[i].value;
    auth = (enum conf_auth)word[i].value;
    if (k->kind == KIND_YESNO)
        *(bool *)to = word[i].value != 0;
    else if (k->kind == KIND_TLS)
        *(enum conf_tls *)to = tls;
    else if (k->kind == KIND_AUTH)
        *(enum conf_auth *)to = auth;
    else
        *(int *)to = word[i].value;
    return RES_OK;
}

/* "E-mail mailto:tg@example.org": what stands after the last blank is the
 * URL. */
static enum result
social(struct conf_list *l, const char *text, struct fault *f)
{
    const char *url = strrchr(text, ' ');
    struct letter_link *link = &l->social[l->letter.n_social];
    struct address a;
    enum result r;

    if (l->letter.n_social == CONF_SOCIAL_MAX)
        return fault_set(
            f, RES_NEVER, "has more than %d links", (int)CONF_SOCIAL_MAX);
    if (url == NULL || url == text || text_unclean(text, strlen(text)))
        return fault_set(f, RES_NEVER,
            "needs a label and a URL: \"Facebook https://example.org/\"");
    url++;
    r = strncmp(url, "mailto:", 7) == 0 ? address_parse(url + 7, &a, f)
                                        : conf_web_url(url, false, f);
    if (r != RES_OK)
        return r;
    link->label = strndup(text, (size_t)(url - 1 - text));
    if (link->label == NULL)
        fault_no_memory();
    link->url = fault_strdup(url);
    l->letter.n_social++;
    return RES_OK;
}

/* "s1 /etc/rummelig-mail/s1.pem": the file is read by conf_check(). */
static enum result
dkim(struct conf_list *l, const char *text, const char *dir, struct fault *f)
{
    static const struct conf_key file = {.kind = KIND_PATH, .least = 1};
    struct conf_dkim *k = &l->dkim[l->n_dkim];
    size_t n = strcspn(text, " ");
    char *path;
    enum result r;

    if (l->n_dkim == CONF_DKIM_MAX)
        return fault_set(
            f, RES_NEVER, "has more than %d keys", (int)CONF_DKIM_MAX);
    if (n == 0 || text[n] == '\0')
        return fault_set(f, RES_NEVER,
            "needs a selector and a file: \"s1 /etc/rummelig-mail/s1.pem\"");
    r = conf_string(&file, text + n + strspn(text + n, " "), dir, &path, f);
    if (r != RES_OK)
        return r;
    k->selector = strndup(text, n);
    if (k->selector == NULL)
        fault_no_memory();
    k->file = path;
    l->n_dkim++;
    return RES_OK;
}
