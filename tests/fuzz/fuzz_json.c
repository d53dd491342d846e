/* SPDX-License-Identifier: ISC */
/* What a reader sends that does a stranger's will: the bytes as a line of
 * JSON, and good facts in which they set some fields, each line of them a key,
 * a blank and a value.  No text that is taken is longer than its place, and
 * all comes out the same when it is sent again. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "daemon/facts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FITS(text) (memchr((text), '\0', sizeof(text)) != NULL)

static bool
fits(const struct facts *f)
{
    for (int i = 0; i < f->n_referred; i++)
        if (i == FACTS_IDS_MAX || !FITS(f->referred[i]))
            return false;
    for (int i = 0; i < f->n_addresses; i++)
        if (i == FACTS_ADDRESSES_MAX || !FITS(f->address[i]))
            return false;
    return FITS(f->message_id) && FITS(f->from) && FITS(f->server) &&
           FITS(f->subject) && FITS(f->to_token) && FITS(f->subject_token) &&
           FITS(f->bounce_token) && FITS(f->returned_token) &&
           FITS(f->returned_id) && FITS(f->returned_from) &&
           FITS(f->returned_to) && FITS(f->clue) && FITS(f->words) &&
           FITS(f->status) && FITS(f->why);
}

static void
take(const char *line, size_t n)
{
    static struct facts facts, again;
    char *first, *second;
    struct fault f;

    if (facts_from_json(line, n, &facts, &f) != RES_OK)
        return;
    if (!fits(&facts))
        abort();
    first = facts_to_json(&facts);
    if (facts_from_json(first, strlen(first), &again, &f) != RES_OK) {
        (void)fprintf(stderr, "%s\n%s\n", f.text, first);
        abort();
    }
    second = facts_to_json(&again);
    if (strcmp(first, second) != 0)
        abort();
    free(first);
    free(second);
}

/* line: changed, and no more than a line. */
static void
set_field(json_t *o, char *line)
{
    char *value = strchr(line, ' ');
    json_t *v;

    if (value == NULL)
        return;
    *value++ = '\0';
    v = json_loads(value, JSON_DECODE_ANY, NULL);
    if (v != NULL)
        (void)json_object_set_new(o, line, v);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct facts none;
    static json_t *good; /* for the whole run */
    char *text, *lines = calloc(size + 1, 1), *rest;
    json_t *o;

    if (good == NULL) {
        text = facts_to_json(&none);
        good = json_loads(text, 0, NULL);
        free(text);
    }
    o = json_copy(good);
    if (o == NULL || lines == NULL)
        abort();
    take((const char *)data, size);
    memcpy(lines, data, size);
    rest = lines;
    while (rest != NULL)
        set_field(o, strsep(&rest, "\n"));
    text = json_dumps(o, JSON_COMPACT);
    if (text == NULL)
        abort();
    take(text, strlen(text));
    free(text);
    free(lines);
    json_decref(o);
    return 0;
}
