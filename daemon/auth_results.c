/* SPDX-License-Identifier: ISC */
/* Only our own server's word counts, and it stands above what the sender
 * wrote; a server may write one field for each thing it looked at.  But the
 * sender has his words in our server's field as well: an envelope sender
 * (dmarc=pass@evil.example), names and signatures without end.  So a pass is
 * read by the grammar, and a fail is seen wherever it stands; the field is
 * read whole, however long.
 *
 * Two programs may find different people in one From.  The server says whose
 * domain it vouched for (header.from): where that is another, it vouched for
 * nobody we know. */
#include "daemon/auth_results.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    RESULT_MAX = 20
};

static char *flat(const struct mail_field *e, bool grammar);
static bool names(const char *text, const char *authserv);
static bool is_named(const struct mail_field *e, const char *name);
static const char *dmarc_in(const char *text, char result[RESULT_MAX]);
static bool saw_another(const char *text, const char *from);

bool
auth_results_read(const struct mail_head *h, const struct facts_context *ctx,
    struct facts *facts)
{
    bool any = strcmp(ctx->authserv, "*") == 0, ours = false, below = false;
    bool pass = false;

    facts->dmarc_fail = facts->dmarc_pass = false;
    for (int i = 0; ctx->authserv[0] != '\0' && i < h->n; i++) {
        const struct mail_field *e = &h->field[i];
        char result[RESULT_MAX] = "";
        const char *dmarc = NULL;
        char *text, *raw;

        below = below || (ours && is_named(e, "Received"));
        if (!is_named(e, "Authentication-Results"))
            continue;
        text = flat(e, true);
        if (any || names(text, ctx->authserv)) {
            ours = true;
            raw = flat(e, false);
            dmarc = dmarc_in(text, result);
            facts->dmarc_fail = strcasestr(raw, "dmarc=fail") != NULL ||
                                strcasecmp(result, "fail") == 0 ||
                                saw_another(dmarc, facts->from);
            pass = !facts->dmarc_fail && strcasecmp(result, "pass") == 0;
            facts->dmarc_pass = pass && !any && !below;
            free(raw);
        }
        free(text);
        if (facts->dmarc_fail || dmarc != NULL)
            break;
    }
    return pass;
}

static bool
is_named(const struct mail_field *e, const char *name)
{
    return e->name_n == strlen(name) &&
           strncasecmp(e->name, name, e->name_n) == 0;
}

/* The field in one line, without blanks around "=" and ";".  By the grammar:
 * without comments and quotes, and with nothing in quotes that could be taken
 * for more than a value.  Yours, free with free(). */
static char *
flat(const struct mail_field *e, bool grammar)
{
    char *out = fault_calloc(1, e->value_n + 1), *to = out;
    bool quoted = false;
    int depth = 0;

    for (size_t i = 0; i < e->value_n; i++) {
        char c = e->value[i];
        bool escaped =
            grammar && (quoted || depth > 0) && c == '\\' && i + 1 < e->value_n;

        if (escaped)
            c = e->value[++i];
        else if (grammar && c == '"' && depth == 0) {
            quoted = !quoted;
            continue;
        } else if (grammar && !quoted && (c == '(' || c == ')')) {
            depth += c == '(' ? 1 : depth > 0 ? -1 : 0;
            c = ' ';
        }
        if (depth > 0)
            continue;
        if ((quoted || escaped) &&
            ((unsigned char)c <= ' ' || c == '=' || c == ';'))
            c = '?';
        if ((unsigned char)c <= ' ' || c == 0x7F)
            c = ' ';
        if (c == ' ' && (to == out || strchr(" =;", to[-1]) != NULL))
            continue;
        if ((c == '=' || c == ';') && to > out && to[-1] == ' ')
            to--;
        *to++ = c;
    }
    *to = '\0';
    return out;
}

/* Its name may be followed by a version, or by the number of its work. */
static bool
names(const char *text, const char *authserv)
{
    size_t n = strcspn(text, " ;/");

    return n == strlen(authserv) && strncasecmp(text, authserv, n) == 0;
}

/* Where the result for DMARC stands ("dmarc=pass ..." up to ";"), NULL: none.
 * Some write no name in front, so the first result may begin the text. */
static const char *
dmarc_in(const char *text, char result[RESULT_MAX])
{
    while (text != NULL && *text != '\0') {
        const char *p = text + (strncasecmp(text, "dmarc", 5) == 0 ? 5 : 0);

        if (p > text && *p == '/') /* the version of the method */
            p += 1 + strspn(p + 1, "0123456789");
        if (p > text && *p == '=') {
            (void)snprintf(
                result, RESULT_MAX, "%.*s", (int)strcspn(p + 1, " ;"), p + 1);
            return text;
        }
        text = strchr(text, ';');
        text += text != NULL;
    }
    return NULL;
}

/* Of the same house is the same. */
static bool
saw_another(const char *dmarc, const char *from)
{
    static const char label[] = " header.from=";
    const char *domain = strrchr(from, '@'), *p, *at;
    char text[ADDRESS_MAX + 1];
    struct address seen;
    struct fault f;
    size_t n, k;

    if (dmarc == NULL || domain == NULL)
        return false;
    domain++;
    p = strcasestr(dmarc, label);
    if (p == NULL || p > dmarc + strcspn(dmarc, ";"))
        return false;
    p += sizeof label - 1;
    n = strcspn(p, " ;,");
    at = memrchr(p, '@', n);
    if (at != NULL) {
        n -= (size_t)(at + 1 - p);
        p = at + 1;
    }
    (void)snprintf(text, sizeof text, "x@%.*s", (int)(n < 200 ? n : 200), p);
    if (address_parse(text, &seen, &f) != RES_OK)
        return false;
    n = strlen(domain);
    k = strlen(seen.key + 2);
    return n < k || strcmp(domain + n - k, seen.key + 2) != 0 ||
           (n > k && domain[n - k - 1] != '.');
}
