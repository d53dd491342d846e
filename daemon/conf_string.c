/* SPDX-License-Identifier: ISC */
/* The values of the configuration that stay strings: what each kind may
 * hold. */
#include <stdlib.h>
#include <string.h>
#include <curl/curl.h>

#include "daemon/conf_reading.h"
#include "lists/address.h"
#include "templates/colour.h"

static bool unclean(enum conf_kind kind, const char *text);
static enum result
path(const char *text, const char *dir, char **out, struct fault *f);
static enum result name(const char *text, struct fault *f);
static enum result mailbox(const char *text, struct fault *f);
static enum result handled(const char *text, struct fault *f);
static enum result
check(enum conf_kind kind, const char *text, struct fault *f);

enum result
conf_string(const struct conf_key *k, const char *text, const char *dir,
    char **out, struct fault *f)
{
    struct address a;
    enum result r;

    if (unclean(k->kind, text))
        return fault_set(f, RES_NEVER,
            "must be %s of UTF-8 without control characters",
            k->kind == KIND_LINES ? "lines" : "one line");
    if (text[0] == '\0' && k->least > 0)
        return fault_set(f, RES_NEVER, "must not be empty");
    if (text[0] == '\0') {
        *out = fault_strdup("");
        return RES_OK;
    }
    if (k->kind == KIND_PATH ||
        (k->kind == KIND_LOG && strcmp(text, "stderr") != 0))
        return path(text, dir, out, f);
    if (k->kind == KIND_ADDRESS) {
        r = address_parse(text, &a, f);
        text = a.text;
    } else {
        r = check(k->kind, text, f);
    }
    if (r == RES_OK)
        *out = fault_strdup(text);
    return r;
}

static enum result
check(enum conf_kind kind, const char *text, struct fault *f)
{
    struct colour c;

    switch (kind) {
    case KIND_NAME:
        return name(text, f);
    case KIND_MAILBOX:
        return mailbox(text, f);
    case KIND_LANGUAGE:
        if (strcmp(text, "da") != 0 && strcmp(text, "en") != 0)
            return fault_set(f, RES_NEVER, "must be \"da\" or \"en\"");
        return RES_OK;
    case KIND_COLOUR:
        if (!colour_read(text, &c))
            return fault_set(f, RES_NEVER, "must look like \"#1f5c4d\"");
        return RES_OK;
    case KIND_HTTP_URL:
    case KIND_HTTPS_URL:
        return conf_web_url(text, kind == KIND_HTTPS_URL, f);
    case KIND_HANDLED:
        return handled(text, f);
    default:
        return RES_OK;
    }
}

/* Lines may end and be indented; all else is as in one line. */
static bool
unclean(enum conf_kind kind, const char *text)
{
    char *line = fault_strdup(text), *p;
    bool bad;

    for (p = line; kind == KIND_LINES && *p != '\0'; p++)
        if (*p == '\n' || *p == '\t')
            *p = ' ';
    bad = text_unclean(line, strlen(line));
    free(line);
    return bad;
}

static enum result
path(const char *text, const char *dir, char **out, struct fault *f)
{
    char *joined = NULL;

    if (text[0] == '~')
        return fault_set(f, RES_NEVER,
            "begins with ~, which only a shell knows: write the whole path");
    if (text[0] == '/')
        joined = fault_strdup(text);
    else if (asprintf(&joined, "%s/%s", dir, text) < 0)
        fault_no_memory();
    *out = joined;
    return RES_OK;
}

static enum result
name(const char *text, struct fault *f)
{
    size_t n = strspn(text, "abcdefghijklmnopqrstuvwxyz"
                            "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._[]:");

    if (text[n] != '\0' || n > 255)
        return fault_set(f, RES_NEVER, "must be a host's name");
    return RES_OK;
}

/* a@b or "Name <a@b>". */
static enum result
mailbox(const char *text, struct fault *f)
{
    const char *open = strrchr(text, '<');
    size_t n = strlen(text);
    char inner[ADDRESS_MAX + 2];
    struct address a;

    if (open == NULL)
        return address_parse(text, &a, f);
    if (text[n - 1] != '>' || n - (size_t)(open - text) > sizeof inner)
        return fault_set(
            f, RES_NEVER, "must look like \"Name <name@example.org>\"");
    n = n - (size_t)(open - text) - 2;
    memcpy(inner, open + 1, n);
    inner[n] = '\0';
    return address_parse(inner, &a, f);
}

enum result
conf_web_url(const char *text, bool https_only, struct fault *f)
{
    CURLU *u = curl_url();
    char *scheme = NULL;
    enum result r = RES_OK;

    if (u == NULL)
        fault_no_memory();
    if (strchr(text, ' ') != NULL ||
        curl_url_set(u, CURLUPART_URL, text, 0) != CURLUE_OK ||
        curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK)
        r = fault_set(f, RES_NEVER, "is not a URL");
    else if (strcmp(scheme, "https") != 0 &&
             (https_only || strcmp(scheme, "http") != 0))
        r = fault_set(f, RES_NEVER, "must begin with https://%s",
            https_only ? "" : " or http://");
    curl_free(scheme);
    curl_url_cleanup(u);
    return r;
}

static bool
is_ascii(const char *text)
{
    while (*text != '\0' && (unsigned char)*text < 0x80)
        text++;
    return *text == '\0';
}

static enum result
handled(const char *text, struct fault *f)
{
    const char *word;

    if (strcmp(text, "leave") == 0)
        return RES_OK;
    if (strncmp(text, "move ", 5) == 0 && text[5] != '\0')
        return RES_OK;
    if (strncmp(text, "keyword ", 8) == 0) {
        /* RFC 3501: flag-keyword is an atom. */
        word = text + 8;
        if (*word != '\0' && strpbrk(word, "(){ %*\"\\]") == NULL &&
            is_ascii(word))
            return RES_OK;
        return fault_set(f, RES_NEVER,
            "\"keyword\" needs one word of ASCII without ( ) { %% * \" \\ ]");
    }
    return fault_set(
        f, RES_NEVER, "must be \"keyword NAME\", \"move FOLDER\" or \"leave\"");
}
