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

static const struct mail_part *
part_of(const struct mail *m, const char *type, bool inner_too);
static bool read_report(const struct mail_part *p, struct facts *facts);
static bool read_group(const struct mail_head *g, struct facts *facts,
    bool *delivered, bool *delayed);
static void take_recipient(const struct mail_head *g, struct facts *facts);
static bool junk_report(
    const struct mail *m, const struct facts_context *ctx, struct facts *facts);
static void find_returned(
    const struct mail *m, const struct facts_context *ctx, struct facts *facts);

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
            find_returned(m, ctx, facts);
            return true;
        }
    }
    if (bounce_in_words(m, facts)) {
        find_returned(m, ctx, facts);
        return true;
    }
    return false;
}

static const struct mail_part *
part_of(const struct mail *m, const char *type, bool inner_too)
{
    for (int i = 0; i < m->n_parts; i++)
        if ((inner_too || !m->part[i].inner) &&
            strcmp(m->part[i].type, type) == 0)
            return &m->part[i];
    return NULL;
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
        bounce_weigh_words(facts->clue, strlen(facts->clue), facts);
        if (!failed)
            facts->address_dead = false;
        (void)snprintf(facts->why, sizeof facts->why,
            "a delivery report: %s%s%s", failed ? "given up" : "still trying",
            facts->status[0] != '\0' ? ", status " : "", facts->status);
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

/* true: this recipient was given up. */
static bool
read_group(const struct mail_head *g, struct facts *facts, bool *delivered,
    bool *delayed)
{
    char action[40], status[60], diagnostic[400];

    if (!mail_head_raw(g, "Action", 0, action, sizeof action))
        return false;
    if (strncasecmp(action, "deliver", 7) == 0 ||
        strncasecmp(action, "relay", 5) == 0 ||
        strncasecmp(action, "expand", 6) == 0) {
        *delivered = true;
        return false;
    }
    take_recipient(g, facts);
    (void)mail_head_raw(g, "Diagnostic-Code", 0, diagnostic, sizeof diagnostic);
    if (mail_head_raw(g, "Status", 0, status, sizeof status) &&
        facts->status[0] == '\0')
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

bool
complaint_find(
    const struct mail *m, const struct facts_context *ctx, struct facts *facts)
{
    static struct mail_head report;
    const struct mail_part *p = part_of(m, "message/feedback-report", false);
    char type[40], value[400];
    char one[1][ADDRESS_MAX + 1];
    size_t n;
    char *text;
    int readable;

    if (p == NULL)
        return junk_report(m, ctx, facts);
    text = mail_part_text(p, &n);
    (void)mail_head_read(&report, text, n);
    if (!mail_head_raw(&report, "Feedback-Type", 0, type, sizeof type))
        (void)snprintf(type, sizeof type, "abuse");
    for (int i = 0;
         mail_head_raw(&report, "Original-Rcpt-To", i, value, sizeof value);
         i++) {
        (void)mail_addresses(value, 1, one, &readable);
        if (readable == 1)
            bounce_add_address(facts, one[0]);
    }
    if (mail_head_raw(&report, "Original-Mail-From", 0, value, sizeof value) &&
        facts->bounce_token[0] == '\0')
        (void)token_in_text(
            value, strlen(value), ctx->mailbox, false, facts->bounce_token);
    free(text);
    facts->form = strcasecmp(type, "abuse") == 0 ||
                          strcasecmp(type, "opt-out") == 0 ||
                          strcasecmp(type, "fraud") == 0
                      ? FORM_COMPLAINT
                      : FORM_BULK;
    utf8_tidy(value, sizeof value, type, strlen(type));
    (void)snprintf(
        facts->why, sizeof facts->why, "a feedback report of type %s", value);
    find_returned(m, ctx, facts);
    return true;
}

/* Microsoft's junk reports: no feedback part, the mail itself with the reader
 * in a field of theirs. */
static bool
junk_report(
    const struct mail *m, const struct facts_context *ctx, struct facts *facts)
{
    static struct mail_head inner;
    const struct mail_part *p = part_of(m, "message/rfc822", false);
    char value[400], one[1][ADDRESS_MAX + 1];
    bool marked = mail_head_raw(
        &m->head, "X-HmXmrOriginalRecipient", 0, value, sizeof value);
    int readable = 0;
    size_t n;
    char *text;

    if (!marked && p != NULL) {
        text = mail_part_text(p, &n);
        (void)mail_head_read(&inner, text, n);
        marked = mail_head_raw(
            &inner, "X-HmXmrOriginalRecipient", 0, value, sizeof value);
        free(text);
    }
    if (!marked)
        return false;
    (void)mail_addresses(value, 1, one, &readable);
    if (readable == 1)
        bounce_add_address(facts, one[0]);
    facts->form = FORM_COMPLAINT;
    (void)snprintf(
        facts->why, sizeof facts->why, "a junk report of Microsoft's");
    find_returned(m, ctx, facts);
    return true;
}

/* Which mail it gives back: its Message-ID, and our token wherever it stands
 * in it. */
static void
find_returned(
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
        if (facts->n_addresses == 0)
            bounce_returned_to(text, n, ctx, facts);
        free(text);
        if (facts->returned_id[0] != '\0' && facts->returned_token[0] != '\0' &&
            facts->n_addresses > 0)
            break;
    }
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
