/* SPDX-License-Identifier: ISC */
/* Everything is counted that the parser might take for a tag: where a comment
 * ends, or a style sheet, or what an end tag ends, depends on all that stood
 * before, and who knows better than the parser can hide tags from a reader who
 * guesses.  What costs memory cannot be counted at all: an element that was
 * never closed is opened again in every paragraph. */
#include "daemon/html_cost.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    LOOKS_MAX = 8, /* at a byte, on the average */
    CHUNK_BYTES = 64 * 1024,
    ALIGN = 16
};
struct html_chunk {
    struct html_chunk *next;
    _Alignas(ALIGN) char bytes[];
};

static bool is_root(const char *name, const char *end);
static bool is_blank(char c);

enum result
html_cost(const char *html, size_t n, struct fault *f)
{
    const char *p = html, *end = html + n;
    size_t looks = 0;
    int tags = 0, merged = 0;

    while (p < end && (p = memchr(p, '<', (size_t)(end - p))) != NULL) {
        int attributes = 0;

        p++;
        p += p < end && *p == '/';
        if (p == end || !isalpha((unsigned char)*p))
            continue;
        looks += (size_t)(html_after_tag(p, end, &attributes) - p);
        if (is_root(p, end))
            attributes = merged += attributes;
        if (++tags > HTML_TAGS_MAX)
            return fault_set(
                f, RES_NEVER, "more than %d tags in HTML", HTML_TAGS_MAX);
        if (attributes > HTML_ATTRIBUTES_MAX || looks > LOOKS_MAX * n)
            return fault_set(f, RES_NEVER, "too many attributes in HTML");
    }
    return RES_OK;
}

const char *
html_after_tag(const char *p, const char *end, int *attributes)
{
    while (p < end && !is_blank(*p) && *p != '/' && *p != '>')
        p++;
    while (p < end && *p != '>') {
        if (is_blank(*p) || *p == '/') {
            p++;
            continue;
        }
        ++*attributes;
        for (p++; p < end && !is_blank(*p) && strchr("/>=", *p) == NULL;)
            p++;
        while (p < end && is_blank(*p))
            p++;
        if (p == end || *p != '=')
            continue;
        for (p++; p < end && is_blank(*p);)
            p++;
        if (p < end && (*p == '"' || *p == '\'')) {
            p = memchr(p + 1, *p, (size_t)(end - p - 1));
            if (p == NULL)
                return end;
            p++;
        } else {
            while (p < end && !is_blank(*p) && *p != '>')
                p++;
        }
    }
    return p;
}

/* All <body> become one, and all <html>. */
static bool
is_root(const char *name, const char *end)
{
    return end - name > 4 && (strncasecmp(name, "body", 4) == 0 ||
                                 strncasecmp(name, "html", 4) == 0);
}

static bool
is_blank(char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f';
}

void *
html_room_take(void *room, size_t n)
{
    struct html_room *r = room;
    void *p;

    n = (n + ALIGN - 1) / ALIGN * ALIGN;
    if (n > r->left) {
        size_t size = n > CHUNK_BYTES ? n : CHUNK_BYTES;
        struct html_chunk *c;

        if (size > HTML_ROOM_MAX - r->taken)
            longjmp(r->full, 1);
        c = malloc(sizeof *c + size);
        if (c == NULL)
            fault_no_memory();
        c->next = r->chunks;
        r->chunks = c;
        r->taken += size;
        r->next = c->bytes;
        r->left = size;
    }
    p = r->next;
    r->next += n;
    r->left -= n;
    return p;
}

void
html_room_drop(void *room, void *p)
{
    (void)room;
    (void)p;
}

void
html_room_clear(struct html_room *room)
{
    while (room->chunks != NULL) {
        struct html_chunk *c = room->chunks;

        room->chunks = c->next;
        free(c);
    }
    room->taken = room->left = 0;
}
