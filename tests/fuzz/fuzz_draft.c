/* SPDX-License-Identifier: ISC */
/* An author's file, whatever stands in it: read, composed, expanded.  What is
 * composed must be a message that SMTP takes as it is. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "templates/letter.h"
#include "tests/fuzz/repeat.h"

static const struct letter_list list = {.key = "nyt",
    .title = "Rummelig imidt",
    .from = "Tue <tg@lo-aarhus.dk>",
    .reply_to = "",
    .mailbox = "tg@lo-aarhus.dk",
    .language = "da",
    .footer_language = "en",
    .postal = "Torvet 3",
    .footer = "Hej",
    .home_url = "",
    .web_url = "",
    .colour = ""};
static const struct letter_person who = {.address = "inge@toft.dk",
    .name = "Inge <b> @@TO@@",
    .given_name = "",
    .token = "abcdefghijklmnopqrstuvwx23",
    .date_s = 1554717600,
    .since_s = 1551571200,
    .how = "form"};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
check_lines(const char *p, size_t n)
{
    size_t column = 0;

    for (size_t i = 0; i < n; i++) {
        if (p[i] == '\n' || p[i] == '\r') {
            if (p[i] != '\r' || i + 1 == n || p[i + 1] != '\n')
                abort();
            i++;
            column = 0;
            continue;
        }
        if ((column++ == 0 && p[i] == '.') || column > 998 || p[i] == '\0')
            abort();
    }
    if (column != 0)
        abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct notes *notes = calloc(1, sizeof *notes);
    struct letter letter = {0};
    struct letter_mold *m = NULL;
    struct draft *d = NULL;
    struct fault f = {""};
    char *message;
    size_t bytes;

    if (notes == NULL)
        abort();
    if (draft_parse((const char *)data, n, &d, notes, &f) == RES_OK &&
        letter_compose(d, &list, NULL, 0, "templates", &letter, notes, &f) ==
            RES_OK) {
        if (notes->errors > 0 ||
            letter_mold_new(letter.message, letter.message_bytes, &m, &f) !=
                RES_OK ||
            letter_expand(m, &who, &message, &bytes, &f) != RES_OK)
            abort();
        check_lines(message, bytes);
    }
    letter_mold_free(m);
    letter_clear(&letter);
    draft_free(d);
    free(notes);
    return 0;
}
