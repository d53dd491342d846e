/* SPDX-License-Identifier: ISC */
/* A token server's answer, which is JSON, and only then of use when every
 * member that we need has the type and the size that it should have.  What it
 * says of an error is repeated, for it tells an admin what to mend; but never
 * with one of our secrets in it. */
#include "daemon/oauth_answer.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    LIFE_MAX_S = 30 * 24 * 3600,
    WORDS_MAX = 140
};

static enum result refusal(long status, const json_t *root,
    const char *const *secrets, int n_secrets, struct fault *f);
static bool
may_be_said(const char *text, const char *const *secrets, int n_secrets);
static bool token_fits(const char *token, size_t most);
static int life(const json_t *value);

enum result
oauth_answer_read(long status, const char *bytes, size_t n,
    const char *const *secrets, int n_secrets, struct oauth_answer *out,
    struct fault *f)
{
    json_t *root = json_loadb(bytes, n, JSON_REJECT_DUPLICATES, NULL);
    const char *token =
        json_string_value(json_object_get(root, "access_token"));
    const char *next =
        json_string_value(json_object_get(root, "refresh_token"));
    enum result r = RES_OK;

    if (status != 200) {
        r = refusal(status, root, secrets, n_secrets, f);
    } else if (token == NULL || !token_fits(token, OAUTH_TOKEN_MAX)) {
        r = fault_set(f, RES_NEVER,
            "the token server's answer has no"
            " access_token that could be one");
    } else {
        (void)snprintf(out->token, sizeof out->token, "%s", token);
        out->life_s = life(json_object_get(root, "expires_in"));
        out->refresh_token[0] = '\0';
        if (next != NULL && token_fits(next, SECRET_MAX - 1))
            (void)snprintf(
                out->refresh_token, sizeof out->refresh_token, "%s", next);
    }
    json_decref(root);
    return r;
}

static enum result
refusal(long status, const json_t *root, const char *const *secrets,
    int n_secrets, struct fault *f)
{
    const char *error = json_string_value(json_object_get(root, "error"));
    const char *more =
        json_string_value(json_object_get(root, "error_description"));
    bool ours = status >= 400 && status < 500 && status != 408 &&
                status != 425 && status != 429;

    if (error == NULL || !may_be_said(error, secrets, n_secrets))
        error = "";
    if (more == NULL || !may_be_said(more, secrets, n_secrets))
        more = "";
    return fault_set(f, ours ? RES_NEVER : RES_LATER,
        "the token server answers %ld%s%.60s%s%.*s", status,
        *error != '\0' ? " " : "", error, *more != '\0' ? ": " : "",
        (int)strcspn(more, "\r\n") < WORDS_MAX ? (int)strcspn(more, "\r\n")
                                               : WORDS_MAX,
        more);
}

static bool
may_be_said(const char *text, const char *const *secrets, int n_secrets)
{
    for (int i = 0; i < n_secrets; i++)
        if (secrets[i][0] != '\0' && strstr(text, secrets[i]) != NULL)
            return false;
    return true;
}

/* RFC 6749, A.12 and A.17: visible ASCII. */
static bool
token_fits(const char *token, size_t most)
{
    size_t n = strlen(token);

    if (n == 0 || n > most)
        return false;
    for (size_t i = 0; i < n; i++)
        if (token[i] < 0x20 || token[i] > 0x7e)
            return false;
    return true;
}

/* A number, or, from some servers, a string with one. */
static int
life(const json_t *value)
{
    long long s = json_is_string(value)
                      ? strtoll(json_string_value(value), NULL, 10)
                      : json_integer_value(value);

    if (s <= 0)
        return OAUTH_UNKNOWN_S;
    return s < LIFE_MAX_S ? (int)s : LIFE_MAX_S;
}
