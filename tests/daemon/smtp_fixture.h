/* SPDX-License-Identifier: ISC */
/* tests/daemon/smtp_fixture.h - one letter as bytes, and what sends and takes
 * the bytes of its conversation. */
#ifndef TESTS_DAEMON_SMTP_FIXTURE_H
#define TESTS_DAEMON_SMTP_FIXTURE_H
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include "daemon/smtp.h"

#define BODY "Subject: x\r\n\r\nhej\r\n.\r\n"
#define ENVELOPE "MAIL FROM:<t@l.dk>\r\nRCPT TO:<a@b.dk>\r\nDATA\r\n"
#define GREETED "250 ok\r\n250 ok\r\n354 go\r\n"

/* A letter with the room behind it that smtp_body wants. */
static inline char *
body(void)
{
    static char bytes[sizeof BODY + SMTP_FLIGHT_MAX];

    memcpy(bytes, BODY, sizeof BODY);
    return bytes;
}

/* Input that belongs to one letter: all of it is taken. */
static inline enum smtp_step
input(struct smtp *s, const char *p, size_t n)
{
    size_t used = 0;
    enum smtp_step step = smtp_input(s, p, n, &used);

    assert_int_equal(used, n);
    return step;
}

/* Sends all there is, appended to out. */
static inline void
drain(struct smtp *s, char *out, size_t size)
{
    size_t n;
    const char *p;

    while ((p = smtp_output(s, &n)) != NULL) {
        assert_true(strlen(out) + n < size);
        (void)strncat(out, p, n);
        smtp_sent(s, n);
    }
}

static inline void
begin(struct smtp *s)
{
    struct smtp_envelope e = {.from = "t@l.dk", .to = "a@b.dk"};
    struct fault f;

    assert_int_equal(smtp_begin(s, &e, &f), RES_OK);
}

#endif
