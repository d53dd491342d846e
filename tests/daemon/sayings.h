/* SPDX-License-Identifier: ISC */
/* tests/daemon/sayings.h - what is heard in texts that answer a newsletter:
 * each is a reader's own words, and From is no one named in them. */
#ifndef TESTS_DAEMON_SAYINGS_H
#define TESTS_DAEMON_SAYINGS_H
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "daemon/intent.h"
#include "tests/daemon/names.h"

#define BIT(intent) (1U << (intent))
/* How many of an array of texts are heard otherwise than want, a sum of BITs;
 * each of them is printed. */
#define WRONG(texts, want) wrong((texts), sizeof(texts) / sizeof *(texts), want)

static inline enum intent
asked(const char *text)
{
    static struct facts facts;

    memset(&facts, 0, sizeof facts);
    (void)snprintf(facts.from, sizeof facts.from, "karen@heden.example");
    (void)snprintf(
        facts.subject, sizeof facts.subject, "Nyhedsbrev 14 - Rummelig imidt");
    intent_by_phrases(&facts, text, strlen(text), true, OUR_NAMES);
    return facts.intent;
}

static inline int
wrong(const char *const *texts, size_t n, unsigned want)
{
    int count = 0;

    for (size_t i = 0; i < n; i++) {
        enum intent got = asked(texts[i]);

        if ((BIT(got) & want) == 0) {
            print_error("heard as %d: %s\n", (int)got, texts[i]);
            count++;
        }
    }
    return count;
}

#endif
