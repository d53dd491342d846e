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

#include "daemon/phrases.h"
#include "daemon/utf8.h"
#include "lists/fault.h"

enum {
    WORDS_LOOKED_AT = 6000
};

static bool from_server(const struct mail *m, const struct facts *facts);
static bool null_sender(const struct mail *m);
static void addresses_in(const char *text, size_t n, struct facts *facts);
static struct reading *scratch(void);

bool
bounce_in_words(const struct mail *m, struct facts *facts)
{
    const uint32_t kinds = 1U << PHRASE_DEAD | 1U << PHRASE_FULL |
                           1U << PHRASE_WAITING | 1U << PHRASE_REFUSED |
                           1U << PHRASE_UNDELIVERED;
    struct reading *r = scratch();
    char value[500], *text = NULL;
    size_t n = 0;
    bool failed_field =
        mail_head_raw(&m->head, "X-Failed-Recipients", 0, value, sizeof value);

    if (!failed_field && !from_server(m, facts) && !null_sender(m))
        return false;
    for (int i = 0; i < m->n_parts && text == NULL; i++)
        if (!m->part[i].inner && strncmp(m->part[i].type, "text/", 5) == 0)
            text = mail_part_text(&m->part[i], &n);
    if (text == NULL)
        return false;
    if (n > WORDS_LOOKED_AT)
        n = utf8_cut(text, n, WORDS_LOOKED_AT);
    phrases_find(text, n, NULL, kinds, r);
    if (!failed_field && r->n_found == 0) {
        free(text);
        return false;
    }
    if (!failed_field && !from_server(m, facts) &&
        phrases_has(r, PHRASE_UNDELIVERED, -1) == NULL) {
        free(text); /* an out-of-office without a sender says such things */
        return false;
    }
    if (failed_field) {
        char found[FACTS_ADDRESSES_MAX][ADDRESS_MAX + 1];
        int readable;

        (void)mail_addresses(value, FACTS_ADDRESSES_MAX, found, &readable);
        for (int i = 0; i < readable; i++)
            bounce_add_address(facts, found[i]);
    } else {
        addresses_in(text, n, facts);
    }
    facts->form = FORM_BOUNCE;
    bounce_better_status(text, facts->status);
    facts->permanent =
        phrases_has(r, PHRASE_WAITING, -1) == NULL && facts->status[0] != '4';
    bounce_remember_words(text, facts);
    bounce_weigh_words(text, n, facts);
    if (!facts->permanent)
        facts->address_dead = false;
    (void)snprintf(facts->why, sizeof facts->why,
        "a server's words that mail was not delivered%s%s",
        facts->status[0] != '\0' ? ", status " : "", facts->status);
    free(text);
    return true;
}

static bool
from_server(const struct mail *m, const struct facts *facts)
{
    static const char *const locals[] = {"mailer-daemon@", "postmaster@",
        "postmester@", "mailerdaemon@", "mail-daemon@", "mdaemon@",
        "microsoftexchange", "noreply-mailer-daemon@", "postmast@"};
    char from[300];

    for (size_t i = 0; i < sizeof locals / sizeof *locals; i++)
        if (strncmp(facts->from, locals[i], strlen(locals[i])) == 0)
            return true;
    return mail_head_raw(&m->head, "From", 0, from, sizeof from) &&
           (strcasestr(from, "mailer-daemon") != NULL ||
               strcasestr(from, "mail delivery s") != NULL);
}

static bool
null_sender(const struct mail *m)
{
    char value[20];

    return mail_head_raw(&m->head, "Return-Path", 0, value, sizeof value) &&
           strcmp(value, "<>") == 0;
}

void
bounce_status_in(const char *text, char out[16])
{
    for (const char *p = text; *p != '\0'; p++) {
        int n = 0;

        if ((*p != '2' && *p != '4' && *p != '5') || p[1] != '.' ||
            !isdigit((unsigned char)p[2]))
            continue;
        if (p > text && (isalnum((unsigned char)p[-1]) || p[-1] == '.'))
            continue;
        if (sscanf(p, "%*1d.%*3d.%*3d%n", &n) == 0 && n >= 5 && n < 16 &&
            p[n] != '.' && !isalnum((unsigned char)p[n])) {
            memcpy(out, p, (size_t)n);
            out[n] = '\0';
            return;
        }
    }
}

void
bounce_better_status(const char *text, char status[16])
{
    char found[16] = "";

    if (status[0] != '\0' && strcmp(status + 1, ".0.0") != 0)
        return;
    bounce_status_in(text, found);
    if (found[0] != '\0')
        memcpy(status, found, sizeof found);
}

void
bounce_remember_words(const char *text, struct facts *facts)
{
    if (facts->clue[0] == '\0')
        utf8_tidy(facts->clue, sizeof facts->clue, text,
            utf8_cut(text, strlen(text), 600));
}

/* Codes that speak of the address alone; others are used for anything. */
void
bounce_weigh_words(const char *text, size_t n, struct facts *facts)
{
    static const char *const dead[] = {"5.1.1", "5.1.2", "5.1.3", "5.1.6",
        "5.1.10", "5.2.1", "5.4.310", "5.1.351"};
    static const char *const anything[] = {
        "", "5.0.0", "5.1.0", "5.4.1", "5.4.4", "5.7.1", "5.3.0", "5.5.0"};
    const uint32_t kinds = 1U << PHRASE_DEAD | 1U << PHRASE_FULL |
                           1U << PHRASE_WAITING | 1U << PHRASE_REFUSED;
    struct reading *r = scratch();
    bool open = false;

    for (size_t i = 0; i < sizeof dead / sizeof *dead; i++)
        if (strcmp(facts->status, dead[i]) == 0)
            facts->address_dead = true;
    for (size_t i = 0; i < sizeof anything / sizeof *anything; i++)
        open = open || strcmp(facts->status, anything[i]) == 0;
    phrases_find(text, n, NULL, kinds, r);
    if (phrases_has(r, PHRASE_FULL, -1) != NULL ||
        phrases_has(r, PHRASE_REFUSED, -1) != NULL)
        facts->address_dead = false;
    else if (open && phrases_has(r, PHRASE_DEAD, -1) != NULL)
        facts->address_dead = true;
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

/* Addresses before the returned message begins, not the servers' own. */
static void
addresses_in(const char *text, size_t n, struct facts *facts)
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
            strcmp(parsed.key, facts->from) != 0) {
            bounce_add_address(facts, parsed.key);
            return;
        }
    }
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
bounce_returned_to(const char *text, size_t n, const struct facts_context *ctx,
    struct facts *facts)
{
    static struct mail_head head;
    char value[500], one[1][ADDRESS_MAX + 1];
    int readable;

    (void)mail_head_read(&head, text, n);
    if (mail_head_has(&head, "Message-ID") &&
        mail_head_raw(&head, "To", 0, value, sizeof value)) {
        (void)mail_addresses(value, 1, one, &readable);
        if (readable == 1 && strcmp(one[0], ctx->mailbox) != 0)
            bounce_add_address(facts, one[0]);
    }
}

static struct reading *
scratch(void)
{
    static struct reading *r;

    if (r == NULL)
        r = fault_calloc(1, sizeof *r);
    return r;
}
