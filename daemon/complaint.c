/* SPDX-License-Identifier: ISC */
/* Feedback reports by RFC 5965, then what says the same in other forms:
 * Microsoft's junk reports, Amazon's notices, and the plain words of an abuse
 * desk, which count only with our letter in the same mail: there a token of
 * ours shows whose it was. */
#include "daemon/complaint.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "daemon/bounce.h"
#include "daemon/bounce_text.h"
#include "daemon/phrases.h"
#include "daemon/utf8.h"

enum {
    DESK_WORDS_MAX = 2000
};

static bool feedback_report(const struct mail_part *p,
    const struct facts_context *ctx, struct facts *facts);
static void
take_field(const struct mail_head *h, const char *name, struct facts *facts);
static bool junk_report(const struct mail *m, struct facts *facts);
static bool amazon_notice(const struct mail *m, struct facts *facts);
static void
addresses_after(const char *text, const char *label, struct facts *facts);
static bool desk_writes(
    const struct mail *m, const struct facts_context *ctx, struct facts *facts);
static bool speaks_of_spam(const struct mail *m);
static bool sent_in_our_name(const struct mail *m,
    const struct facts_context *ctx, const struct facts *facts);

bool
complaint_find(
    const struct mail *m, const struct facts_context *ctx, struct facts *facts)
{
    bool is = false;

    for (int i = 0; !is && i < m->n_parts; i++)
        if (!m->part[i].inner &&
            strcmp(m->part[i].type, "message/feedback-report") == 0)
            is = feedback_report(&m->part[i], ctx, facts);
    is = is || junk_report(m, facts) || amazon_notice(m, facts);
    if (is)
        bounce_find_returned(m, ctx, facts);
    else
        is = desk_writes(m, ctx, facts);
    if (is)
        facts->returned_ours = sent_in_our_name(m, ctx, facts);
    return is;
}

static bool
feedback_report(const struct mail_part *p, const struct facts_context *ctx,
    struct facts *facts)
{
    static const char *const spam[] = {
        "abuse", "opt-out", "opt-out-list", "fraud"};
    static struct mail_head report;
    char type[40], value[400];
    size_t n;
    char *text = mail_part_text(p, &n);

    (void)mail_head_read(&report, text, n);
    if (!mail_head_raw(&report, "Feedback-Type", 0, type, sizeof type))
        (void)snprintf(type, sizeof type, "abuse");
    type[strcspn(type, " ;(\t")] = '\0';
    take_field(&report, "Original-Rcpt-To", facts);
    take_field(&report, "Removal-Recipient", facts);
    if (mail_head_raw(&report, "Original-Mail-From", 0, value, sizeof value) &&
        facts->bounce_token[0] == '\0')
        (void)token_in_text(
            value, strlen(value), ctx->mailbox, false, facts->bounce_token);
    free(text);
    facts->form = FORM_BULK;
    for (size_t i = 0; i < sizeof spam / sizeof *spam; i++)
        if (strcasecmp(type, spam[i]) == 0)
            facts->form = FORM_COMPLAINT;
    utf8_tidy(value, sizeof value, type, strlen(type));
    (void)snprintf(
        facts->why, sizeof facts->why, "a feedback report of type %s", value);
    return true;
}

static void
take_field(const struct mail_head *h, const char *name, struct facts *facts)
{
    char value[400], one[1][ADDRESS_MAX + 1];

    for (int i = 0; mail_head_raw(h, name, i, value, sizeof value); i++) {
        int readable;

        (void)mail_addresses(value, 1, one, &readable);
        if (readable == 1)
            bounce_add_address(facts, one[0]);
    }
}

/* Microsoft's junk reports: no feedback part, the mail itself, with the reader
 * in a field of theirs or, shorter, without. */
static bool
junk_report(const struct mail *m, struct facts *facts)
{
    static const char reader[] = "X-HmXmrOriginalRecipient";
    static struct mail_head inner;
    char subject[60];
    bool carries = false;
    bool marked = mail_head_has(&m->head, reader);

    take_field(&m->head, reader, facts);
    for (int i = 0; i < m->n_parts; i++) {
        const struct mail_part *p = &m->part[i];
        size_t n;
        char *text;

        if (p->inner || strcmp(p->type, "message/rfc822") != 0)
            continue;
        text = mail_part_text(p, &n);
        (void)mail_head_read(&inner, text, n);
        marked = marked || mail_head_has(&inner, reader);
        take_field(&inner, reader, facts);
        carries = true;
        free(text);
    }
    if (!marked &&
        (!carries || strcmp(facts->from, "staff@hotmail.com") != 0 ||
            !mail_head_raw(&m->head, "Subject", 0, subject, sizeof subject) ||
            strncasecmp(subject, "complaint about message", 23) != 0))
        return false;
    facts->form = FORM_COMPLAINT;
    (void)snprintf(
        facts->why, sizeof facts->why, "a junk report of Microsoft's");
    return true;
}

/* A notice of Amazon's mail service: JSON as the text of a mail. */
static bool
amazon_notice(const struct mail *m, struct facts *facts)
{
    static const char label[] = "\"notificationType\"";
    bool is = false;

    if (strstr(facts->from, "@sns.amazonaws.com") == NULL)
        return false;
    for (int i = 0; !is && i < m->n_parts; i++) {
        size_t n;
        char *text;
        const char *at;

        if (m->part[i].inner || strcmp(m->part[i].type, "text/plain") != 0)
            continue;
        text = mail_part_text(&m->part[i], &n);
        at = strstr(text, label);
        if (at != NULL) {
            at += sizeof label - 1;
            at += strspn(at, " :\"");
            is = strncmp(at, "Complaint", 9) == 0;
        }
        if (is)
            addresses_after(text, "\"complainedRecipients\"", facts);
        free(text);
    }
    if (is) {
        facts->form = FORM_COMPLAINT;
        (void)snprintf(
            facts->why, sizeof facts->why, "a complaint passed on by Amazon");
    }
    return is;
}

/* The addresses in the list after a label of JSON. */
static void
addresses_after(const char *text, const char *label, struct facts *facts)
{
    static const char key[] = "\"emailAddress\"";
    const char *at = strstr(text, label), *end, *p;

    end = at != NULL ? strchr(at, ']') : NULL;
    if (end == NULL)
        return;
    for (p = at; (p = strstr(p, key)) != NULL && p < end;) {
        char value[ADDRESS_MAX + 3], one[1][ADDRESS_MAX + 1];
        int readable;

        p += sizeof key - 1;
        p += strspn(p, " :\"");
        (void)snprintf(value, sizeof value, "%.*s", (int)strcspn(p, "\""), p);
        (void)mail_addresses(value, 1, one, &readable);
        if (readable == 1)
            bounce_add_address(facts, one[0]);
    }
}

static bool
desk_writes(
    const struct mail *m, const struct facts_context *ctx, struct facts *facts)
{
    static const char *const desks[] = {
        "abuse", "spam", "complain", "fbl", "feedback", "misbrug"};
    struct facts *seen;
    bool desk = false;

    for (size_t i = 0; i < sizeof desks / sizeof *desks; i++) {
        const char *at = strstr(facts->from, desks[i]);

        desk = desk || (at != NULL && at < strchr(facts->from, '@'));
    }
    if (!desk || facts->from_self || !speaks_of_spam(m))
        return false;
    seen = fault_calloc(1, sizeof *seen);
    bounce_find_returned(m, ctx, seen);
    desk = seen->returned_token[0] != '\0';
    if (desk) {
        memcpy(facts->returned_token, seen->returned_token,
            sizeof seen->returned_token);
        memcpy(facts->returned_id, seen->returned_id, sizeof seen->returned_id);
        memcpy(facts->returned_from, seen->returned_from,
            sizeof seen->returned_from);
        memcpy(facts->returned_to, seen->returned_to, sizeof seen->returned_to);
        facts->form = FORM_COMPLAINT;
        (void)snprintf(facts->why, sizeof facts->why,
            "an abuse desk gives our letter back");
    }
    free(seen);
    return desk;
}

static bool
speaks_of_spam(const struct mail *m)
{
    struct reading *r = bounce_scratch();
    char subject[300];
    bool does = false;

    if (mail_head_text(&m->head, "Subject", 0, subject, sizeof subject)) {
        phrases_find(
            subject, strlen(subject), NULL, PHRASE_BIT(PHRASE_COMPLAINT), r);
        does = r->n_found > 0;
    }
    for (int i = 0; !does && i < m->n_parts; i++) {
        size_t n;
        char *text;

        if (m->part[i].inner || strcmp(m->part[i].type, "text/plain") != 0)
            continue;
        text = mail_part_text(&m->part[i], &n);
        phrases_find(text,
            n > DESK_WORDS_MAX ? utf8_cut(text, n, DESK_WORDS_MAX) : n, NULL,
            PHRASE_BIT(PHRASE_COMPLAINT), r);
        does = r->n_found > 0;
        free(text);
    }
    return does;
}

/* A report often keeps the reader's name to itself; that the mail was ours is
 * seen by its From: of the domain that the report was sent to. */
static bool
sent_in_our_name(const struct mail *m, const struct facts_context *ctx,
    const struct facts *facts)
{
    const char *domain = strchr(facts->returned_from, '@'), *own;
    char value[500], found[FACTS_ADDRESSES_MAX][ADDRESS_MAX + 1];
    int readable = 0;

    if (domain == NULL)
        return false;
    own = strchr(ctx->mailbox, '@');
    if (own != NULL && strcasecmp(own, domain) == 0)
        return true;
    if (mail_head_raw(&m->head, "To", 0, value, sizeof value))
        (void)mail_addresses(value, FACTS_ADDRESSES_MAX, found, &readable);
    for (int i = 0; i < readable; i++)
        if (strcmp(strchr(found[i], '@'), domain) == 0)
            return true;
    return false;
}
