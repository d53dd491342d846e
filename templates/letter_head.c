/* SPDX-License-Identifier: ISC */
/* The header fields that a correct bulk sender owes (RFC 5322, 2369, 2919,
 * 8058).  The URLs of List-* are not encoded as words: programs read them. */
#include "templates/letter_parts.h"

#include <inttypes.h>
#include <string.h>
#include "templates/mime.h"

static void list_unsubscribe(FILE *to, const struct plan *p);
static void mailbox_field(FILE *to, const char *name, const struct mailbox *m);

void
letter_write_head(FILE *to, const struct plan *p)
{
    const struct letter_list *l = p->list;
    const char *domain = mailbox_domain(l->mailbox);
    char id[320], list_id[320];

    letter_message_id(l->mailbox, MARK("u", "TOKEN"), id);
    (void)fputs("Date: @@DATE@@\r\n", to);
    mailbox_field(to, "From", &p->from);
    (void)fputs("To: @@TO@@\r\n", to);
    if (p->reply_to.address.text[0] != '\0')
        mailbox_field(to, "Reply-To", &p->reply_to);
    (void)fputs("Message-ID: ", to);
    letter_write_tokens(to, id);
    (void)fputs("\r\n", to);
    mime_header_text(to, "Subject", p->subject);
    (void)snprintf(list_id, sizeof list_id, "%s.%s", l->key, domain);
    (void)fputs("List-Id: ", to);
    if (l->title[0] != '\0')
        mime_mailbox(to, strlen("List-Id: "), l->title, list_id);
    else
        (void)fprintf(to, "<%s>", list_id);
    (void)fputs("\r\n", to);
    list_unsubscribe(to, p);
    if (l->home_url[0] != '\0')
        (void)fprintf(to, "List-Help: <%s>\r\n", l->home_url);
    (void)fputs("List-Post: NO\r\nPrecedence: bulk\r\n", to);
    (void)fprintf(to, "Feedback-ID: %08" PRIx32 ":%s:letter:%s\r\n",
        (uint32_t)p->hash, l->key, domain);
    (void)fputs("MIME-Version: 1.0\r\n", to);
}

void
letter_write_tokens(FILE *to, const char *text)
{
    while (*text != '\0') {
        char kind;
        const char *name;
        size_t name_bytes;
        size_t taken = mark_read(text, &kind, &name, &name_bytes);

        if (taken > 0)
            (void)fprintf(to, "@@%.*s@@", (int)name_bytes, name);
        else
            (void)putc(*text, to);
        text += taken > 0 ? taken : 1;
    }
}

/* RFC 8058: the https address stands first and alone of its kind, and the
 * Post field only beside it. */
static void
list_unsubscribe(FILE *to, const struct plan *p)
{
    char address[320];

    letter_unsubscribe_address(p->list->mailbox, MARK("u", "TOKEN"), address);
    (void)fputs("List-Unsubscribe: ", to);
    if (p->list->web_url[0] != '\0')
        (void)fprintf(to, "<%s/u/@@TOKEN@@>,\r\n ", p->list->web_url);
    (void)fputs("<mailto:", to);
    letter_write_tokens(to, address);
    (void)fputs("?subject=unsubscribe%20@@TOKEN@@>\r\n", to);
    if (p->list->web_url[0] != '\0')
        (void)fputs(
            "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n", to);
}

static void
mailbox_field(FILE *to, const char *name, const struct mailbox *m)
{
    (void)fprintf(to, "%s: ", name);
    mime_mailbox(to, strlen(name) + 2, m->name, m->address.text);
    (void)fputs("\r\n", to);
}
