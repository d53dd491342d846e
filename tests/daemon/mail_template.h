/* SPDX-License-Identifier: ISC */
/* The templates of tests/mails/, filled in. */
#ifndef TESTS_DAEMON_MAIL_TEMPLATE_H
#define TESTS_DAEMON_MAIL_TEMPLATE_H
#include <stddef.h>

struct mail_values {
    const char *name, *address, *mailbox, *message_id, *letter_id, *words;
};
/* The template tests/mails/NAME.eml with its values and CRLF. Yours. */
char *mail_template(const char *name, const struct mail_values *v, size_t *n);

#endif
