/* SPDX-License-Identifier: ISC */
/* Any bytes as the HTML of a reply: to lines, and to the writer's own words;
 * and as a plain one, flowed or not as their number says.  What comes out is
 * clean text, and no more than went in. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/html_text.h"
#include "daemon/own_words.h"
#include "daemon/utf8.h"
#include "tests/fuzz/repeat.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
own(const char *text, size_t n, const struct own_words_of *of)
{
    struct own_words w;

    own_words_find(text, n, of, &w);
    if (w.n > n || strlen(w.text) != w.n || !utf8_valid(w.text, w.n) ||
        !utf8_valid(w.rest, strlen(w.rest)) ||
        !utf8_valid(w.sender, strlen(w.sender)) || w.quote_line < 0)
        abort();
    own_words_clear(&w);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct own_words_of writers[] = {{.name = ""},
        {.name = "Anne Bruun"}, {.flowed = true, .name = ""},
        {.flowed = true, .delsp = true, .name = ""}};
    char *html, *text = NULL;
    size_t n, text_n = 0;
    struct fault f;

    html = utf8_from((const char *)data, size, "utf-8", &n);
    if (html_text(html, n, &text, &text_n, &f) == RES_OK) {
        if (!utf8_valid(text, text_n))
            abort();
        own(text, text_n, &writers[size / 4 % 2]);
        free(text);
    }
    own(html, n, &writers[size % 4]);
    free(html);
    return 0;
}
