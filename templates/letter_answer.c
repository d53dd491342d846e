/* SPDX-License-Identifier: ISC */
/* An answer of ours: short, text only, and marked so that no machine answers
 * it (RFC 3834).  It belongs to a list but is not a letter to it, so it has
 * no List-Unsubscribe, and no Precedence.
 *
 * Nothing of the mail that it answers stands in it but that mail's Message-ID:
 * whoever forged a From has nothing brought to anyone.  What comes back is
 * known by our token in its References; it stands in ours a second time,
 * because some relays give a mail another Message-ID. */
#include "templates/letter.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include "templates/ctemplate.h"
#include "templates/letter_parts.h"
#include "templates/mime.h"

enum {
    MESSAGE_ID_MAX = 900
};
#define SUBJECT "Subject: "

static const char *const answer_names[] = {
    "LIST", "MAILBOX", "POSTAL", "HOME_URL", "ADDRESS", "FROM_NAME", NULL};

static enum result expand(const char *file, const char *source,
    const struct letter_list *list, const struct mailbox *from, char **out,
    struct fault *f);
static bool is_message_id(const char *text);
static void write_message(FILE *to, const struct letter_list *list,
    const struct mailbox *from, const char *in_reply_to, const char *subject,
    const char *body);

enum result
letter_compose_answer(const char *name, const struct letter_list *list,
    const char *in_reply_to, const char *template_dir, struct letter *out,
    struct fault *f)
{
    const char *language = list->language[0] != '\0' ? list->language : "da";
    char file[80], *source = NULL, *text = NULL, *body, *message = NULL;
    struct mailbox from;
    size_t n = 0;
    FILE *to;
    enum result r;

    r = mailbox_read(list->from, &from, f);
    if (r != RES_OK)
        return fault_at(f, r, "the list's from");
    (void)snprintf(file, sizeof file, "%.40s.%.8s.txt.tpl", name, language);
    r = words_file(template_dir, file, &source, f);
    if (r != RES_OK)
        return RES_STOP;
    r = expand(file, source, list, &from, &text, f);
    free(source);
    if (r != RES_OK || text == NULL)
        return r;
    body = strchr(text, '\n');
    if (strncmp(text, SUBJECT, strlen(SUBJECT)) != 0 || body == NULL) {
        free(text);
        return fault_set(
            f, RES_STOP, "%s: the first line must be `Subject: ...`", file);
    }
    *body++ = '\0';
    body += *body == '\n'; /* a blank line below the subject */
    to = open_memstream(&message, &n);
    if (to == NULL)
        fault_no_memory();
    write_message(to, list, &from, in_reply_to, text + strlen(SUBJECT), body);
    if (fclose(to) != 0)
        fault_no_memory();
    r = letter_prove(message, n, f);
    if (r == RES_OK) {
        out->subject = fault_strdup(text + strlen(SUBJECT));
        out->message = message;
        out->message_bytes = n;
        message = NULL;
    }
    free(message);
    free(text);
    return r;
}

static enum result
expand(const char *file, const char *source, const struct letter_list *list,
    const struct mailbox *from, char **out, struct fault *f)
{
    struct tpl_values *v;
    struct tpl *t = NULL;
    char *text;
    size_t n;
    enum result r;
    const struct {
        const char *name, *value;
    } given[] = {{"LIST", list->title}, {"MAILBOX", list->mailbox},
        {"POSTAL", list->postal}, {"HOME_URL", list->home_url},
        {"FROM_NAME", from->name}};

    for (size_t i = 0; i < sizeof given / sizeof given[0]; i++)
        if (text_unclean(given[i].value, strlen(given[i].value)))
            return fault_set(
                f, RES_NEVER, "a value of the list holds a control character");
    r = tpl_new(file, source, strlen(source), TPL_TEXT, answer_names, &t, f);
    if (r != RES_OK)
        return r;
    v = tpl_values_new();
    for (size_t i = 0; i < sizeof given / sizeof given[0]; i++) {
        tpl_set(v, given[i].name, given[i].value);
        if (given[i].value[0] != '\0')
            tpl_show(v, given[i].name);
    }
    tpl_set(v, "ADDRESS", MARK("t", "ADDRESS"));
    r = tpl_expand(t, v, &text, &n, f);
    if (r == RES_OK)
        *out = fault_strdup(text);
    tpl_values_free(v);
    tpl_free(t);
    return r;
}

static void
write_message(FILE *to, const struct letter_list *list,
    const struct mailbox *from, const char *in_reply_to, const char *subject,
    const char *body)
{
    bool answers = is_message_id(in_reply_to);
    char id[320];

    letter_message_id(list->mailbox, MARK("u", "TOKEN"), id);
    (void)fputs("Date: @@DATE@@\r\nFrom: ", to);
    mime_mailbox(to, strlen("From: "), from->name, from->address.text);
    (void)fputs("\r\nTo: @@TO@@\r\nMessage-ID: ", to);
    letter_write_tokens(to, id);
    (void)fputs("\r\n", to);
    if (strcmp(from->address.text, list->mailbox) != 0)
        (void)fprintf(to, "Reply-To: <%s>\r\n", list->mailbox);
    if (answers)
        (void)fprintf(to, "In-Reply-To: %s\r\n", in_reply_to);
    (void)fprintf(to, "References: %s%s", answers ? in_reply_to : "",
        answers ? "\r\n " : "");
    letter_answer_id(list->mailbox, MARK("u", "TOKEN"), id);
    letter_write_tokens(to, id);
    (void)fputs("\r\n", to);
    mime_header_text(to, "Subject", subject);
    (void)fputs("Auto-Submitted: auto-replied\r\n"
                "X-Auto-Response-Suppress: All\r\n"
                "MIME-Version: 1.0\r\n"
                "Content-Type: text/plain; charset=utf-8\r\n"
                "Content-Transfer-Encoding: quoted-printable\r\n\r\n",
        to);
    mime_qp(to, body, strlen(body));
}

/* RFC 5322 3.6.4, near enough that it can stand in a header. */
static bool
is_message_id(const char *text)
{
    size_t n = strlen(text);

    if (n < 5 || n > MESSAGE_ID_MAX || text[0] != '<' || text[n - 1] != '>' ||
        strstr(text, "@@") != NULL || strchr(text, '@') == NULL)
        return false;
    for (size_t i = 1; i < n - 1; i++)
        if (text[i] <= ' ' || text[i] > '~' || strchr("<>", text[i]) != NULL)
            return false;
    return true;
}
