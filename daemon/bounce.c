/* SPDX-License-Identifier: ISC */
/* Delivery reports by RFC 3464 first, then what says the same in words.  A
 * bounce is looked for before Auto-Submitted, which many bounces carry.  The
 * status code rules; words are asked only where there is none or where a code
 * is known to be used for anything. */
#include "daemon/bounce.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "daemon/bounce_text.h"
#include "daemon/phrases.h"
#include "daemon/utf8.h"

static bool read_report(const struct mail_part *p, struct facts *facts);
static bool read_group(const struct mail_head *g, struct facts *facts,
    bool *delivered, bool *delayed);
static void take_recipient(const struct mail_head *g, struct facts *facts);
static bool rejected_by_rule(const struct mail *m, struct facts *facts);

bool
bounce_find(
    const struct mail *m, const struct facts_context *ctx, struct facts *facts)
{
    for (int i = 0; i < m->n_parts; i++) {
        const struct mail_part *p = &m->part[i];

        if (!p->inner &&
            (strcmp(p->type, "message/delivery-status") == 0 ||
                strcmp(p->type, "message/global-delivery-status") == 0) &&
            read_report(p, facts)) {
            bounce_find_returned(m, ctx, facts);
            facts->returned_ours =
                strcasecmp(facts->returned_from, ctx->mailbox) == 0;
            return true;
        }
    }
    if (rejected_by_rule(m, facts) || bounce_in_words(m, ctx, facts)) {
        bounce_find_returned(m, ctx, facts);
        facts->returned_ours =
            strcasecmp(facts->returned_from, ctx->mailbox) == 0;
        return true;
    }
    return false;
}

/* The groups of fields of a delivery report: one for the message, one for
 * each recipient. */
static bool
read_report(const struct mail_part *p, struct facts *facts)
{
    static struct mail_head group;
    bool delivered = false, delayed = false, failed = false;
    size_t n, at = 0;
    char *text = mail_part_text(p, &n);

    while (at < n) {
        size_t used = mail_head_read(&group, text + at, n - at);

        if (group.n > 0 && read_group(&group, facts, &delivered, &delayed))
            failed = true;
        at += used > 0 ? used : 1;
    }
    free(text);
    if (failed || delayed) {
        facts->form = FORM_BOUNCE;
        facts->permanent = failed;
        (void)snprintf(facts->why, sizeof facts->why,
            "a delivery report: %s%s%s", failed ? "given up" : "still trying",
            facts->status[0] != '\0' ? ", status " : "", facts->status);
        bounce_weigh_words(facts->clue, strlen(facts->clue), facts);
        if (!failed)
            facts->address_dead = false;
        return true;
    }
    if (delivered) {
        facts->form = FORM_BULK;
        (void)snprintf(
            facts->why, sizeof facts->why, "a report that mail was delivered");
        return true;
    }
    return false;
}

/* true: this recipient was given up.  Some leave Action out; then the class of
 * the status says it. */
static bool
read_group(const struct mail_head *g, struct facts *facts, bool *delivered,
    bool *delayed)
{
    char action[40], status[60], diagnostic[400];

    (void)mail_head_raw(g, "Status", 0, status, sizeof status);
    if (!mail_head_raw(g, "Action", 0, action, sizeof action)) {
        if (!mail_head_has(g, "Final-Recipient") || status[0] == '\0')
            return false;
        (void)snprintf(action, sizeof action, "%s",
            status[0] == '2'   ? "delivered"
            : status[0] == '4' ? "delayed"
                               : "failed");
    }
    if (strncasecmp(action, "deliver", 7) == 0 ||
        strncasecmp(action, "relay", 5) == 0 ||
        strncasecmp(action, "expand", 6) == 0) {
        *delivered = true;
        return false;
    }
    take_recipient(g, facts);
    (void)mail_head_raw(g, "Diagnostic-Code", 0, diagnostic, sizeof diagnostic);
    if (facts->status[0] == '\0')
        bounce_status_in(status, facts->status);
    bounce_better_status(diagnostic, facts->status);
    bounce_remember_words(diagnostic, facts);
    if (strncasecmp(action, "delay", 5) == 0) {
        *delayed = true;
        return false;
    }
    return true;
}

static void
take_recipient(const struct mail_head *g, struct facts *facts)
{
    static const char *const names[] = {
        "Original-Recipient", "X-Actual-Recipient", "Final-Recipient"};
    char value[500];

    for (size_t i = 0; i < 3; i++) {
        char *text;
        struct address a;
        struct fault f;

        if (i == 1 || !mail_head_raw(g, names[i], 0, value, sizeof value))
            continue;
        text = strchr(value, ';');
        text = text != NULL ? text + 1 : value;
        text += strspn(text, " <\"");
        text[strcspn(text, " >\";")] = '\0';
        if (address_parse(text, &a, &f) != RES_OK)
            continue;
        bounce_add_address(facts, a.key);
        return;
    }
}

/* A mail filter that rejects (Sieve) tells the sender so by a receipt that
 * says "deleted".  What the reader's filter wants is no word on the address. */
static bool
rejected_by_rule(const struct mail *m, struct facts *facts)
{
    static struct mail_head receipt;
    char value[200];
    size_t n;
    char *text;

    if (strcmp(m->report_type, "disposition-notification") != 0 ||
        !mail_head_raw(&m->head, "Auto-Submitted", 0, value, sizeof value) ||
        strcasestr(value, "rejected") == NULL)
        return false;
    facts->form = FORM_BOUNCE;
    facts->permanent = true;
    (void)snprintf(
        facts->why, sizeof facts->why, "a mail filter's word: rejected");
    for (int i = 0; i < m->n_parts; i++) {
        const struct mail_part *p = &m->part[i];

        if (p->inner || (strcmp(p->type, "text/plain") != 0 &&
                            strstr(p->type, "disposition-notif") == NULL))
            continue;
        text = mail_part_text(p, &n);
        if (p->type[0] == 't') {
            bounce_remember_words(text, facts);
            bounce_better_status(text, facts->status);
        } else {
            (void)mail_head_read(&receipt, text, n);
            take_recipient(&receipt, facts);
        }
        free(text);
    }
    return true;
}

/* Which mail it gives back: its Message-ID, and our token wherever it stands
 * in it. */
void
bounce_find_returned(
    const struct mail *m, const struct facts_context *ctx, struct facts *facts)
{
    for (int i = 0; i < m->n_parts; i++) {
        const struct mail_part *p = &m->part[i];
        size_t n;
        char *text;

        if (strncmp(p->type, "message/", 8) != 0 &&
            strncmp(p->type, "text/", 5) != 0)
            continue;
        text = mail_part_text(p, &n);
        if (facts->returned_id[0] == '\0')
            bounce_message_id_in(text, n, facts->returned_id);
        if (facts->returned_token[0] == '\0' &&
            !token_in_text(text, n, ctx->mailbox, true, facts->returned_token))
            (void)token_in_text(
                text, n, ctx->mailbox, false, facts->returned_token);
        bounce_returned_head(text, n, ctx, facts);
        free(text);
        if (facts->returned_id[0] != '\0' && facts->returned_token[0] != '\0' &&
            facts->returned_to[0] != '\0')
            break;
    }
    if (facts->n_addresses == 0 && facts->returned_to[0] != '\0')
        bounce_add_address(facts, facts->returned_to);
}

bool
token_in_text(
    const char *text, size_t n, const char *mailbox, bool unsub, char out[64])
{
    const char *at = strchr(mailbox, '@'), *end = text + n;
    size_t local_n, domain_n;

    if (at == NULL)
        return false;
    local_n = (size_t)(at - mailbox);
    domain_n = strlen(at);
    for (const char *p = text; (p = memchr(p, '+', (size_t)(end - p))) != NULL;
         p++) {
        const char *dash = p + 1, *stop;

        if ((size_t)(p - text) < local_n ||
            strncasecmp(p - local_n, mailbox, local_n) != 0)
            continue;
        while (dash < end && isalpha((unsigned char)*dash))
            dash++;
        if (dash == end || *dash != '-')
            continue;
        for (stop = dash + 1; stop < end && isalnum((unsigned char)*stop);)
            stop++;
        if (stop - dash - 1 < 8 || stop - dash - 1 > 63 ||
            (size_t)(end - stop) < domain_n ||
            strncasecmp(stop, at, domain_n) != 0)
            continue;
        if (unsub != (dash - p == 6 && strncasecmp(p + 1, "unsub", 5) == 0))
            continue;
        for (size_t i = 0; i < (size_t)(stop - dash - 1); i++)
            out[i] = (char)tolower((unsigned char)dash[1 + i]);
        out[stop - dash - 1] = '\0';
        return true;
    }
    return false;
}
