/* SPDX-License-Identifier: ISC */
/* The addresses of a letter: those that carry a token, and `Name <a@b>` as
 * people write it.  The token may be a mark, so that a message is composed
 * with the same functions that later recognise what comes back. */
#include "templates/letter_parts.h"

#include <stdio.h>
#include <string.h>

enum {
    TOKEN_ADDRESS_MAX = 320
};

static void plus_address(
    const char *mailbox, const char *what, const char *token, char *out);

void
letter_message_id(const char *mailbox, const char *token, char out[320])
{
    (void)snprintf(
        out, TOKEN_ADDRESS_MAX, "<%s.rm@%s>", token, mailbox_domain(mailbox));
}

void
letter_answer_id(const char *mailbox, const char *token, char out[320])
{
    (void)snprintf(
        out, TOKEN_ADDRESS_MAX, "<%s.re@%s>", token, mailbox_domain(mailbox));
}

void
letter_envelope_sender(const char *mailbox, const char *token, char out[320])
{
    plus_address(mailbox, "bounce", token, out);
}

void
letter_unsubscribe_address(
    const char *mailbox, const char *token, char out[320])
{
    plus_address(mailbox, "unsub", token, out);
}

const char *
mailbox_domain(const char *address)
{
    const char *at = strrchr(address, '@');

    return at != NULL ? at + 1 : address;
}

enum result
mailbox_read(const char *text, struct mailbox *out, struct fault *f)
{
    const char *open = strrchr(text, '<');
    struct mailbox m = {.name = ""};
    char address[ADDRESS_MAX + 3];
    size_t n = open != NULL ? (size_t)(open - text) : 0, used = 0;
    const char *end = text + strlen(text);
    enum result r;

    if (text_unclean(text, strlen(text)))
        return fault_set(f, RES_NEVER, "it holds a control character");
    while (end > text && end[-1] == ' ')
        end--;
    if (open != NULL && (end == text || end[-1] != '>'))
        return fault_set(f, RES_NEVER, "it must be `Name <name@domain>`");
    if (snprintf(address, sizeof address, "%.*s",
            (int)(open != NULL ? end - open - 2 : end - text),
            open != NULL ? open + 1 : text) >= (int)sizeof address)
        return fault_set(f, RES_NEVER, "the address is too long");
    r = address_parse(address, &m.address, f);
    if (r != RES_OK)
        return r;
    if (strstr(m.address.text, "@@") != NULL)
        return fault_set(f, RES_NEVER, "it has two @ side by side");
    text += strspn(text, " ");
    while (n > 0 && open[-1] == ' ' && open > text) {
        open--;
        n--;
    }
    for (const char *p = text; open != NULL && p < open; p++) {
        if (*p == '"' && (p == text || p + 1 == open))
            continue;
        if (*p == '\\' && p + 1 < open)
            p++;
        if (used == MAILBOX_NAME_MAX)
            return fault_set(f, RES_NEVER, "the name is too long");
        m.name[used++] = *p;
    }
    *out = m;
    return RES_OK;
}

/* tg@lo-aarhus.dk -> tg+unsub-TOKEN@lo-aarhus.dk */
static void
plus_address(
    const char *mailbox, const char *what, const char *token, char *out)
{
    const char *domain = mailbox_domain(mailbox);
    size_t local = domain > mailbox ? (size_t)(domain - mailbox) - 1 : 0;

    (void)snprintf(out, TOKEN_ADDRESS_MAX, "%.*s+%s-%s@%s", (int)local, mailbox,
        what, token, domain);
}
