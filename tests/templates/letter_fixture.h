/* SPDX-License-Identifier: ISC */
/* tests/templates/letter_fixture.h - a list and a reader of it. */
#ifndef TESTS_TEMPLATES_LETTER_FIXTURE_H
#define TESTS_TEMPLATES_LETTER_FIXTURE_H
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "templates/letter.h"

#define TEMPLATES "templates"
#define TOKEN "abcdefghijklmnopqrstuvwx23"

static inline struct letter_list
list(void)
{
    return (struct letter_list){.key = "nyt",
        .title = "Rummelig imidt",
        .from = "Tue <tg@lo-aarhus.dk>",
        .reply_to = "",
        .mailbox = "tg@lo-aarhus.dk",
        .language = "da",
        .footer_language = "",
        .postal = "Torvet 3",
        .footer = "",
        .home_url = "",
        .web_url = "",
        .colour = ""};
}

static inline struct letter_person
person(void)
{
    return (struct letter_person){.address = "inge@toft.dk",
        .name = "Inge Toft",
        .given_name = "Inge",
        .token = TOKEN,
        .date_s = 1554717600,
        .since_s = 1551571200,
        .how = "form"};
}

#endif
