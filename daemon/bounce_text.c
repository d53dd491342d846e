/* SPDX-License-Identifier: ISC */
/* Mail servers that write prose instead of RFC 3464.  Only mail that looks
 * like a server's in its header is read this way: a person who quotes a
 * bounce must not be taken for one. */
#include "daemon/bounce_text.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "daemon/html_text.h"
#include "daemon/phrases.h"
#include "daemon/utf8.h"
#include "lists/fault.h"

enum {
    WORDS_LOOKED_AT = 6000,
    HEAD_LOOKED_AT = 300
};
/* How much the header says that a mail server wrote this. */
enum server_look {
    NO_SERVER,
    LIKE_A_SERVER, /* a vacation program may look so, too */
    A_SERVER
};

static enum server_look
looks_like(const struct mail *m, const struct facts *facts);
static bool from_daemon(const struct mail *m, const struct facts *facts);
static bool null_sender(const struct mail *m);
static bool subject_tells(const struct mail_head *h, enum phrase_kind what);
static char *own_report(const struct mail *m, size_t *n);
static size_t before_letter(const char *text, size_t n);
static bool letter_begins(const char *line, size_t n);
static bool still_tries(const struct reading *r);
static void name_addresses(const struct mail *m,
    const struct facts_context *ctx, const char *text, size_t n,
    struct facts *facts);
static void addresses_in(const struct facts_context *ctx, const char *text,
    size_t n, struct facts *facts);
static size_t head_within(const char *text, size_t n);
static bool is_ours(const struct facts_context *ctx, const char *address);

bool
bounce_in_words(
    const struct mail *m, const struct facts_context *ctx, struct facts *facts)
{
    const uint64_t kinds =
        PHRASE_BIT(PHRASE_DEAD) | PHRASE_BIT(PHRASE_FULL) |
        PHRASE_BIT(PHRASE_WAITING) | PHRASE_BIT(PHRASE_REFUSED) |
        PHRASE_BIT(PHRASE_GIVEN_UP) | PHRASE_BIT(PHRASE_UNDELIVERED) |
        PHRASE_BIT(PHRASE_UNREACHABLE);
    enum server_look look = looks_like(m, facts);
    struct reading *r = bounce_scratch();
    bool titled, told, waiting;
    char *text;
    size_t n;

    if (look == NO_SERVER)
        return false;
    titled = subject_tells(&m->head, PHRASE_UNDELIVERED);
    waiting = subject_tells(&m->head, PHRASE_WAITING);
    text = own_report(m, &n);
    if (text == NULL)
        return false;
    phrases_find(text, n, NULL, kinds, r);
    told = waiting || titled ||
           phrases_has(r, PHRASE_UNDELIVERED, -1) != NULL ||
           phrases_has(r, PHRASE_GIVEN_UP, -1) != NULL;
    if (!mail_head_has(&m->head, "X-Failed-Recipients") &&
        (look == LIKE_A_SERVER ? !told : !told && r->n_found == 0)) {
        free(text);
        return false;
    }
    waiting = waiting || still_tries(r);
    name_addresses(m, ctx, text, n, facts);
    facts->form = FORM_BOUNCE;
    bounce_better_status(text, facts->status);
    facts->permanent = !waiting && (told || facts->status[0] != '4');
    (void)snprintf(facts->why, sizeof facts->why,
        "a server's words that mail was not delivered%s%s",
        facts->status[0] != '\0' ? ", status " : "", facts->status);
    bounce_remember_words(text, facts);
    bounce_weigh_words(text, n, facts);
    if (!facts->permanent)
        facts->address_dead = false;
    free(text);
    return true;
}

/* What is sent back to the envelope's sender may come from a vacation
 * program as well: there the words must say that nothing was delivered. */
static enum server_look
looks_like(const struct mail *m, const struct facts *facts)
{
    if (mail_head_has(&m->head, "X-Failed-Recipients") ||
        mail_head_has(&m->head, "X-MS-Exchange-Message-Is-Ndr") ||
        strcmp(m->report_type, "delivery-status") == 0 || from_daemon(m, facts))
        return A_SERVER;
    if (null_sender(m) || strncmp(facts->from, "postm", 5) == 0 ||
        (facts->bounce_token[0] != '\0' &&
            subject_tells(&m->head, PHRASE_UNDELIVERED)))
        return LIKE_A_SERVER;
    return NO_SERVER;
}

static bool
from_daemon(const struct mail *m, const struct facts *facts)
{
    static const char *const locals[] = {"mailer-daemon@", "mailerdaemon@",
        "mail-daemon@", "maildaemon@", "mdaemon@", "microsoftexchange",
        "noreply-mailer-daemon@"};
    static const char *const names[] = {"mailer-daemon", "mail delivery s",
        "mail delivery <", "mail deliver", "mail administrator <",
        "delivery subsystem", "system administrator <",
        "systemadministrator <"};
    char from[300];

    for (size_t i = 0; i < sizeof locals / sizeof *locals; i++)
        if (strncmp(facts->from, locals[i], strlen(locals[i])) == 0)
            return true;
    if (!mail_head_raw(&m->head, "From", 0, from, sizeof from))
        return false;
    for (char *p = from, *to = from; (*to = *p) != '\0'; p++)
        to += *p != '"';
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcasestr(from, names[i]) != NULL)
            return true;
    return false;
}

static bool
null_sender(const struct mail *m)
{
    char value[20];

    return mail_head_raw(&m->head, "Return-Path", 0, value, sizeof value) &&
           strcmp(value, "<>") == 0;
}

/* An answer to a bounce is a person's. */
static bool
subject_tells(const struct mail_head *h, enum phrase_kind what)
{
    struct reading *r = bounce_scratch();
    char subject[HEAD_LOOKED_AT];

    if (!mail_head_text(h, "Subject", 0, subject, sizeof subject) ||
        strncasecmp(subject, "re:", 3) == 0 ||
        strncasecmp(subject, "sv:", 3) == 0)
        return false;
    phrases_find(subject, strlen(subject), NULL, PHRASE_BIT(what), r);
    return phrases_has(r, what, -1) != NULL;
}

/* What the server itself wrote: plain, or where there is none from HTML,
 * without the letter that it gives back. Yours; NULL: nothing. */
static char *
own_report(const struct mail *m, size_t *n)
{
    struct fault f;

    for (int html = 0; html < 2; html++) {
        for (int i = 0; i < m->n_parts; i++) {
            const struct mail_part *p = &m->part[i];
            char *text, *plain;

            if (p->inner ||
                strncmp(p->type, html ? "text/html" : "text/plain", 9) != 0)
                continue;
            text = mail_part_text(p, n);
            if (html && html_text(text, *n, &plain, n, &f) == RES_OK) {
                free(text);
                text = plain;
            }
            if (*n > WORDS_LOOKED_AT)
                *n = utf8_cut(text, *n, WORDS_LOOKED_AT);
            *n = before_letter(text, *n);
            text[*n] = '\0';
            if (text[strspn(text, " \r\n\t")] != '\0')
                return text;
            free(text);
        }
    }
    return NULL;
}

/* Where the letter begins that the report gives back: its words are ours.
 * A report that begins with it is read whole. */
static size_t
before_letter(const char *text, size_t n)
{
    bool any = false;

    for (size_t at = 0; at < n;) {
        const char *line = text + at, *stop = memchr(line, '\n', n - at);
        size_t len = stop != NULL ? (size_t)(stop - line) : n - at;

        if (any && letter_begins(line, len))
            return at;
        for (size_t i = 0; !any && i < len; i++)
            any = (unsigned char)line[i] > ' ';
        at += len + (stop != NULL);
    }
    return n;
}

static bool
letter_begins(const char *line, size_t n)
{
    static const char *const fields[] = {
        "return-path:", "received:", "dkim-signature:", "mime-version:",
        "list-unsubscribe:", "content-type:"};
    static const char *const marks[] = {"original message", "copy of the mes",
        "copy of your mes", "message header", "below this line",
        "returned message", "undelivered message", "message follows",
        "initial part of the mes", "oprindelig", "original headers"};
    char head[80];
    size_t i = 0, k = 0;

    while (i < n && strchr(" \t>*", line[i]) != NULL)
        i++;
    while (i < n && k < sizeof head - 1)
        head[k++] = (char)tolower((unsigned char)line[i++]);
    head[k] = '\0';
    for (i = 0; i < sizeof fields / sizeof *fields; i++)
        if (strncmp(head, fields[i], strlen(fields[i])) == 0)
            return true;
    if (strncmp(head, "--", 2) != 0 && head[0] != '[' && head[0] != '=' &&
        (k == 0 || k > 40 || head[k - 1] != ':'))
        return false;
    for (i = 0; i < sizeof marks / sizeof *marks; i++)
        if (strstr(head, marks[i]) != NULL)
            return true;
    return false;
}

/* "will not try again" is the opposite, though "will try again" is in it. */
static bool
still_tries(const struct reading *r)
{
    for (int i = 0; i < r->n_found; i++) {
        const struct found *tries = &r->found[i];
        bool denied = false;

        if (tries->kind != PHRASE_WAITING)
            continue;
        for (int k = 0; k < r->n_found; k++)
            denied = denied || (r->found[k].kind == PHRASE_GIVEN_UP &&
                                   r->found[k].first <= tries->last &&
                                   r->found[k].last >= tries->first);
        if (!denied)
            return true;
    }
    return false;
}

static void
name_addresses(const struct mail *m, const struct facts_context *ctx,
    const char *text, size_t n, struct facts *facts)
{
    char found[FACTS_ADDRESSES_MAX][ADDRESS_MAX + 1], value[500];
    int readable = 0;

    if (mail_head_raw(&m->head, "X-Failed-Recipients", 0, value, sizeof value))
        (void)mail_addresses(value, FACTS_ADDRESSES_MAX, found, &readable);
    for (int i = 0; i < readable; i++)
        bounce_add_address(facts, found[i]);
    if (readable == 0)
        addresses_in(ctx, text, n, facts);
}

void
bounce_add_address(struct facts *facts, const char *key)
{
    for (int i = 0; i < facts->n_addresses; i++)
        if (strcmp(facts->address[i], key) == 0)
            return;
    if (facts->n_addresses < FACTS_ADDRESSES_MAX)
        (void)snprintf(
            facts->address[facts->n_addresses++], ADDRESS_MAX + 1, "%s", key);
}

/* The first address that is neither the server's own nor ours. */
static void
addresses_in(const struct facts_context *ctx, const char *text, size_t n,
    struct facts *facts)
{
    for (size_t i = 0; i < n && facts->n_addresses < FACTS_ADDRESSES_MAX; i++) {
        size_t a = i, z = i + 1;
        char one[ADDRESS_MAX + 1];
        struct address parsed;
        struct fault f;

        if (text[i] != '@')
            continue;
        while (a > 0 && (isalnum((unsigned char)text[a - 1]) ||
                            strchr(".+-_=", text[a - 1]) != NULL))
            a--;
        while (z < n && (isalnum((unsigned char)text[z]) ||
                            strchr(".-", text[z]) != NULL))
            z++;
        while (z > i && strchr(".-", text[z - 1]) != NULL)
            z--;
        if (a == i || z - a > ADDRESS_MAX)
            continue;
        memcpy(one, text + a, z - a);
        one[z - a] = '\0';
        if (address_parse(one, &parsed, &f) == RES_OK &&
            strncmp(parsed.key, "postmaster@", 11) != 0 &&
            strncmp(parsed.key, "mailer-daemon@", 14) != 0 &&
            strcmp(parsed.key, facts->from) != 0 && !is_ours(ctx, parsed.key)) {
            bounce_add_address(facts, parsed.key);
            return;
        }
    }
}

/* The mailbox, or an address of it with a token. */
static bool
is_ours(const struct facts_context *ctx, const char *address)
{
    size_t local_n = strcspn(ctx->mailbox, "@");
    const char *at = strchr(address, '@');

    return at != NULL && strncasecmp(address, ctx->mailbox, local_n) == 0 &&
           (address[local_n] == '+' || address[local_n] == '@') &&
           strcasecmp(at, ctx->mailbox + local_n) == 0;
}

void
bounce_message_id_in(const char *text, size_t n, char out[321])
{
    static const char label[] = "message-id:";
    const char *end = text + n;

    for (const char *p = text; (size_t)(end - p) > sizeof label; p++) {
        const char *close;

        if ((*p != 'm' && *p != 'M') ||
            strncasecmp(p, label, sizeof label - 1) != 0)
            continue;
        p += sizeof label - 1;
        while (p < end && isspace((unsigned char)*p))
            p++;
        if (p == end)
            return;
        close = memchr(p, '>', (size_t)(end - p));
        if (*p == '<' && close != NULL && close - p < 319) {
            utf8_tidy(out, 321, p, (size_t)(close - p) + 1);
            return;
        }
    }
}

void
bounce_returned_head(const char *text, size_t n,
    const struct facts_context *ctx, struct facts *facts)
{
    static struct mail_head head;
    char value[500], one[1][ADDRESS_MAX + 1];
    int readable;

    (void)mail_head_read(&head, text, n);
    if (!mail_head_has(&head, "Message-ID")) {
        size_t at = head_within(text, n);

        (void)mail_head_read(&head, text + at, n - at);
    }
    if (!mail_head_has(&head, "Message-ID"))
        return;
    if (facts->returned_from[0] == '\0' &&
        mail_head_raw(&head, "From", 0, value, sizeof value)) {
        (void)mail_addresses(value, 1, one, &readable);
        if (readable == 1)
            memcpy(facts->returned_from, one[0], sizeof one[0]);
    }
    if (facts->returned_to[0] == '\0' &&
        mail_head_raw(&head, "To", 0, value, sizeof value)) {
        (void)mail_addresses(value, 1, one, &readable);
        if (readable == 1 && strcasecmp(one[0], ctx->mailbox) != 0)
            memcpy(facts->returned_to, one[0], sizeof one[0]);
    }
}

/* Where the block of lines begins in which a Message-ID stands; n: none. */
static size_t
head_within(const char *text, size_t n)
{
    static const char label[] = "\nmessage-id:";
    size_t at = 0;

    for (size_t i = 0; i + sizeof label < n; i++) {
        if (text[i] != '\n')
            continue;
        if (text[i + 1] == '\n')
            at = i + 2;
        else if (strncasecmp(text + i, label, sizeof label - 1) == 0)
            return at;
    }
    return n;
}

struct reading *
bounce_scratch(void)
{
    static struct reading *r;

    if (r == NULL)
        r = fault_calloc(1, sizeof *r);
    return r;
}
