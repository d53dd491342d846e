/* SPDX-License-Identifier: ISC */
/* The story of reading: limits, fields, then the first of these that it is:
 * a complaint, a bounce, bulk, a robot, a person.  A person's own words are
 * found and asked what they want; nothing here knows who is a subscriber. */
#include "daemon/facts.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "daemon/auth_results.h"
#include "daemon/bounce.h"
#include "daemon/complaint.h"
#include "daemon/html_text.h"
#include "daemon/intent.h"
#include "daemon/mail.h"
#include "daemon/own_words.h"
#include "daemon/received.h"
#include "daemon/robots.h"
#include "daemon/utf8.h"
#include "daemon/yes_no.h"

static void read_head(const struct mail_head *h,
    const struct facts_context *ctx, struct facts *out, bool *answer);
static void read_from(const struct mail_head *h,
    const struct facts_context *ctx, struct facts *out);
static bool shows_another(const struct mail_head *h, const char *from);
static void read_tokens(const struct mail_head *h,
    const struct facts_context *ctx, struct facts *out);
static void read_referred(const struct mail_head *h, struct facts *out);
static void own_subject(const char *subject, struct facts *out, bool *answer);
static size_t answer_prefix(const char *s, bool *forward);
static void read_words(const struct mail *m, const struct facts_context *ctx,
    struct facts *out, bool answer);
static void read_absence(const struct own_words *own, struct facts *out);
static void read_forward(const struct own_words *own,
    const struct facts_context *ctx, struct facts *out);
static char *written_text(const struct mail *m, const struct mail_part **of,
    size_t *n, struct facts *out);
static bool is_blank(const char *text, size_t n);
static bool is_encrypted(const struct mail *m);
static bool has_tnef(const struct mail *m);

enum result
facts_read(const char *message, size_t n, const struct facts_context *ctx,
    struct facts *out, struct fault *f)
{
    struct mail *m = fault_calloc(1, sizeof *m);
    struct facts *facts = fault_calloc(1, sizeof *facts);
    bool answer = false;
    enum result r = mail_open(m, message, n, f);

    if (r != RES_OK)
        goto out;
    read_head(&m->head, ctx, facts, &answer);
    if (!complaint_find(m, ctx, facts) && !bounce_find(m, ctx, facts)) {
        facts->clue[0] = '\0';
        if (facts->form == FORM_PERSON)
            facts->form = robots_form(m, facts, facts->why, sizeof facts->why);
        read_words(m, ctx, facts, answer);
    }
    *out = *facts;
out:
    mail_clear(m);
    free(m);
    free(facts);
    return r;
}

static void
read_head(const struct mail_head *h, const struct facts_context *ctx,
    struct facts *out, bool *answer)
{
    char subject[MAIL_FIELD_MAX];
    bool vouched;

    (void)mail_head_text(
        h, "Message-ID", 0, out->message_id, sizeof out->message_id);
    read_from(h, ctx, out);
    if (mail_head_text(h, "Subject", 0, subject, sizeof subject))
        own_subject(subject, out, answer);
    read_tokens(h, ctx, out);
    read_referred(h, out);
    vouched = auth_results_read(h, ctx, out);
    out->resent_or_listed = mail_head_has(h, "List-Id") ||
                            mail_head_has(h, "List-Post") ||
                            (mail_head_has(h, "Resent-From") && !vouched);
    received_from(h, out->server);
}

/* Every From field counts: two of them are two senders.  Where something was
 * cut off, another may have stood. */
static void
read_from(const struct mail_head *h, const struct facts_context *ctx,
    struct facts *out)
{
    char value[MAIL_FIELD_MAX], found[2][ADDRESS_MAX + 1];
    int readable;

    for (int i = 0; i < FACTS_ADDRESSES_MAX &&
                    mail_head_raw(h, "From", i, value, sizeof value);
         i++) {
        int count = mail_addresses(value, 2, found, &readable);

        out->from_count += count;
        if (readable > 0 && out->from[0] == '\0')
            memcpy(out->from, found[0], sizeof out->from);
    }
    for (int i = 0; i < h->n; i++)
        if (h->field[i].value_n > MAIL_FIELD_MAX && h->field[i].name_n == 4 &&
            strncasecmp(h->field[i].name, "From", 4) == 0)
            out->from_count++;
    if (h->cut || (out->from_count == 1 && out->from[0] != '\0' &&
                      shows_another(h, out->from)))
        out->from_count++;
    out->from_self = strcasecmp(out->from, ctx->mailbox) == 0;
}

/* Whether the name beside the address is another address, for whom a person
 * would take the sender. */
static bool
shows_another(const struct mail_head *h, const char *from)
{
    char text[MAIL_FIELD_MAX], *next = NULL;
    struct address a;
    struct fault f;

    if (!mail_head_text(h, "From", 0, text, sizeof text))
        return false;
    for (char *word = strtok_r(text, " \t\"'<>(),;:", &next); word != NULL;
         word = strtok_r(NULL, " \t\"'<>(),;:", &next))
        if (strchr(word, '@') != NULL &&
            address_parse(word, &a, &f) == RES_OK && strcmp(a.key, from) != 0)
            return true;
    return false;
}

static void
read_tokens(const struct mail_head *h, const struct facts_context *ctx,
    struct facts *out)
{
    static const char *const fields[] = {"To", "Cc", "Delivered-To",
        "X-Original-To", "Envelope-To", "X-Delivered-To", "X-Envelope-To"};
    char value[MAIL_FIELD_MAX];

    for (size_t k = 0; k < sizeof fields / sizeof *fields; k++) {
        for (int i = 0; i < FACTS_ADDRESSES_MAX &&
                        mail_head_raw(h, fields[k], i, value, sizeof value);
             i++) {
            if (out->to_token[0] == '\0')
                (void)token_in_text(
                    value, strlen(value), ctx->mailbox, true, out->to_token);
            if (out->bounce_token[0] == '\0')
                (void)token_in_text(value, strlen(value), ctx->mailbox, false,
                    out->bounce_token);
        }
    }
    if (strncasecmp(out->subject, "unsubscribe ", 12) == 0) {
        const char *token = out->subject + 12;
        size_t n = strspn(token, "abcdefghijklmnopqrstuvwxyz"
                                 "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");

        if (token[n] == '\0' && n >= 16 && n < sizeof out->subject_token)
            for (size_t i = 0; i < n; i++)
                out->subject_token[i] = (char)tolower((unsigned char)token[i]);
    }
}

static void
read_referred(const struct mail_head *h, struct facts *out)
{
    static const char *const fields[] = {"In-Reply-To", "References"};
    char value[MAIL_FIELD_MAX];

    for (size_t k = 0; k < 2; k++) {
        const char *p = value, *close;

        if (!mail_head_raw(h, fields[k], 0, value, sizeof value))
            continue;
        while (out->n_referred < FACTS_IDS_MAX &&
               (p = strchr(p, '<')) != NULL &&
               (close = strchr(p, '>')) != NULL) {
            if (close - p < 319)
                utf8_tidy(out->referred[out->n_referred++], 321, p,
                    (size_t)(close - p) + 1);
            p = close;
        }
    }
}

/* What the writer put into the subject: nothing of an older mail's. */
static void
own_subject(const char *subject, struct facts *out, bool *answer)
{
    bool forward = false, skipped;
    size_t n;

    do {
        skipped = false;
        if (*subject == '[') {
            n = strcspn(subject, "]");
            if (n < 20 && subject[n] == ']') {
                subject += n + 1;
                skipped = true;
            }
        }
        subject += strspn(subject, " ");
        n = answer_prefix(subject, &forward);
        if (n > 0) {
            *answer = true;
            out->forwarded = forward;
            subject += n;
            skipped = true;
        }
        subject += strspn(subject, " ");
    } while (skipped);
    (void)snprintf(out->subject, sizeof out->subject, "%s", subject);
    utf8_tidy(out->subject, sizeof out->subject, subject,
        utf8_cut(subject, strlen(subject), sizeof out->subject - 4));
    if (*answer || strchr(out->subject, ':') == NULL)
        return;
    for (char *p = out->subject; *p != '\0'; p++) {
        if ((p > out->subject && isalnum((unsigned char)p[-1])) ||
            answer_prefix(p, &forward) == 0)
            continue;
        while (p > out->subject && strchr(" -([/|", p[-1]) != NULL)
            p--;
        *p = '\0';
        break;
    }
}

/* The length of "Re:" and its kin at s, 0 none. */
static size_t
answer_prefix(const char *s, bool *forward)
{
    static const struct {
        const char *word;
        bool forward;
    } list[] = {{"re", false}, {"sv", false}, {"svar", false}, {"aw", false},
        {"antw", false}, {"antwort", false}, {"vs", true}, {"fw", true},
        {"fwd", true}, {"wg", true}, {"vb", true}, {"videresendt", true},
        {"tr", true}, {"ref", false}};

    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        size_t n = strlen(list[i].word);

        if (strncasecmp(s, list[i].word, n) != 0)
            continue;
        n += strspn(s + n, "0123456789[]() ");
        if (s[n] == ':') {
            *forward = *forward || list[i].forward;
            return n + 1;
        }
    }
    return 0;
}

static void
read_words(const struct mail *m, const struct facts_context *ctx,
    struct facts *out, bool answer)
{
    const struct mail_part *part = NULL;
    struct own_words own = {0};
    char name[200];
    struct own_words_of of = {.name = name};
    size_t n = 0;
    char *text;

    if (is_encrypted(m)) {
        out->unreadable = true;
        (void)snprintf(out->why, sizeof out->why, "it is encrypted");
        return;
    }
    (void)mail_head_text(&m->head, "From", 0, name, sizeof name);
    name[strcspn(name, "<")] = '\0';
    text = written_text(m, &part, &n, out);
    if (part != NULL) {
        of.flowed = part->flowed;
        of.delsp = part->delsp;
    }
    if (strstr(text, "-----BEGIN PGP MESSAGE-----") != NULL) {
        out->unreadable = true;
        (void)snprintf(out->why, sizeof out->why, "it is encrypted");
    }
    own_words_find(text, n, &of, &own);
    out->quote_line = own.quote_line;
    utf8_tidy(out->words, sizeof out->words, own.text, own.n);
    if (out->n_referred > 0)
        out->says = yes_no_find(own.text, own.n, &out->plain);
    intent_find(out, own.text, own.n, answer, ctx->names);
    if (out->intent == INTENT_NONE && (own.forwarded || out->forwarded))
        read_forward(&own, ctx, out);
    if (out->form == FORM_PERSON && out->subject_token[0] == '\0')
        read_absence(&own, out);
    if (part == NULL && n == 0 && out->intent == INTENT_NONE && has_tnef(m)) {
        out->unreadable = true;
        (void)snprintf(out->why, sizeof out->why,
            "its words are in a form of Outlook's (winmail.dat)");
    }
    own_words_clear(&own);
    free(text);
}

/* Robots that do not say so in their header fields. */
static void
read_absence(const struct own_words *own, struct facts *out)
{
    char clue[80];
    enum robot_words robot = intent_robot(own->text, own->n, clue, sizeof clue);

    if (robot != ROBOT_NONE &&
        (out->intent == INTENT_NONE || out->intent == INTENT_STAY)) {
        out->form = FORM_ROBOT;
        (void)snprintf(out->why, sizeof out->why,
            "its words are an automatic answer's: '%s'", clue);
    } else if (robot == ROBOT_SURE && out->intent == INTENT_LEAVE) {
        out->intent = INTENT_UNSURE;
    }
}

/* A mail passed on: if what it passes on asks to leave, it is someone else
 * who asks.  Our own letter passed on is nobody's request. */
static void
read_forward(const struct own_words *own, const struct facts_context *ctx,
    struct facts *out)
{
    struct own_words inner = {0};
    const struct own_words_of of = {.name = ""};
    struct facts *of_inner = fault_calloc(1, sizeof *of_inner);
    char found[1][ADDRESS_MAX + 1];
    const char *value = strchr(own->sender, ':');
    int readable = 0;

    if (value != NULL)
        (void)mail_addresses(
            value + 1 + strspn(value + 1, "* \t"), 1, found, &readable);
    if (readable == 1 && strcasecmp(found[0], ctx->mailbox) == 0)
        goto out; /* our letter asks for nothing */
    own_words_find(own->rest, strlen(own->rest), &of, &inner);
    if (!out->from_self && readable == 1)
        memcpy(of_inner->from, found[0], sizeof found[0]);
    memcpy(of_inner->subject, out->subject, sizeof out->subject);
    intent_find(of_inner, inner.text, inner.n, false, ctx->names);
    if (of_inner->intent == INTENT_LEAVE ||
        of_inner->intent == INTENT_LEAVE_OTHER) {
        out->intent = INTENT_LEAVE_OTHER;
        memcpy(out->clue, of_inner->clue, sizeof out->clue);
        if (readable == 1)
            memcpy(out->address[out->n_addresses++], found[0], sizeof found[0]);
    }
out:
    own_words_clear(&inner);
    free(of_inner);
}

/* The text that the writer's program put there: the plain parts, or where
 * they are empty the first HTML part. Yours. */
static char *
written_text(const struct mail *m, const struct mail_part **of, size_t *n,
    struct facts *out)
{
    char *text = NULL, *html = NULL;
    struct fault f;

    for (int i = 0; i < m->n_parts; i++) {
        const struct mail_part *p = &m->part[i];

        if (p->inner || p->attached)
            continue;
        if (strcmp(p->type, "text/plain") == 0 && text == NULL) {
            text = mail_part_text(p, n);
            *of = p;
            if (is_blank(text, *n)) {
                free(text);
                text = NULL;
            }
        }
    }
    for (int i = 0; text == NULL && !out->unreadable && i < m->n_parts; i++) {
        const struct mail_part *p = &m->part[i];

        if (p->inner || p->attached || strcmp(p->type, "text/html") != 0)
            continue;
        html = mail_part_text(p, n);
        if (html_text(html, *n, &text, n, &f) != RES_OK) {
            out->unreadable = true;
            (void)snprintf(out->why, sizeof out->why, "%.150s", f.text);
            text = NULL;
        }
        free(html);
        *of = NULL;
    }
    if (text == NULL) {
        *n = 0;
        *of = NULL;
        text = fault_calloc(1, 1);
    }
    return text;
}

static bool
is_blank(const char *text, size_t n)
{
    const char *p = text, *end = text + n;

    while (p < end) {
        unsigned c = utf8_next(&p, end);

        if (c > 0x20 && c != 0xA0 && c != 0x200B && c != 0xFEFF)
            return false;
    }
    return true;
}

/* A list's or server's footer may stand below what is sealed; a sealed mail
 * among the attachments of an open one is no matter. */
static bool
is_encrypted(const struct mail *m)
{
    if (strcmp(m->top_type, "multipart/encrypted") == 0)
        return true;
    for (int i = 0; i < m->n_parts; i++) {
        const struct mail_part *p = &m->part[i];

        if (!p->inner && (!p->attached || i == 0) &&
            (strcmp(p->type, "application/pgp-encrypted") == 0 ||
                strstr(p->type, "pkcs7-mime") != NULL))
            return true;
    }
    return false;
}

static bool
has_tnef(const struct mail *m)
{
    for (int i = 0; i < m->n_parts; i++)
        if (!m->part[i].inner && strstr(m->part[i].type, "ms-tnef") != NULL)
            return true;
    return false;
}
