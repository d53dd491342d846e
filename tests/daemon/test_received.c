/* SPDX-License-Identifier: ISC */
/* The server a mail came from, out of Received fields as servers write them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/facts.h"

static const struct {
    const char *fields, *server;
} cases[] = {
    {"", ""},
    {"Received: from a.example (a.example [192.0.2.7]) by mx; x\r\n",
        "192.0.2.7"},
    {"Received: from a (unknown [IPv6:2001:db8:1:2:3::4])\r\n by mx; x\r\n",
        "2001:db8:1:2::/64"},
    {"Received: from a.outlook.com (2a01:111:f400::1) by b (10.0.0.1); x\r\n",
        "2a01:111:f400:0::/64"},
    {"Received: from mx (localhost [127.0.0.1]) by mx; x\r\n"
     "Received: from a (a [192.168.3.4]) by mx; x\r\n"
     "Received: from b (b [198.51.100.9]) by mx; x\r\n"
     "Received: from forged (forged [203.0.113.1]) by b; x\r\n",
        "198.51.100.9"},
    {"Received: by mx with LMTP (203.0.113.1); x\r\n", ""},
    {"Received: from [198.51.100.3] by mx; x\r\n", "198.51.100.3"},
    {"Received: from a ([::1]) by mx; x\r\n", ""},
    {"Received: from a (a [1.2.3]) by mx; x\r\n", ""},
    {"Received: from a (a [999.1.1.1]) by mx [203.0.113.1]; x\r\n", ""},
};

static void
topmost_from_outside(void **state)
{
    const struct facts_context ctx = {
        .mailbox = "tg@lo-aarhus.dk", .authserv = ""};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        static struct facts facts;
        struct fault f;
        char mail[1000];
        int n = snprintf(mail, sizeof mail,
            "%sFrom: a@b.example\r\nSubject: x\r\n\r\nHej\r\n",
            cases[i].fields);

        assert_int_equal(facts_read(mail, (size_t)n, &ctx, &facts, &f), RES_OK);
        assert_string_equal(facts.server, cases[i].server);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(topmost_from_outside),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
