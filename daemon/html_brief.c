/* SPDX-License-Identifier: ISC */
/* Runs begin and end with what is no blank, so the tree is the same: parsers
 * ask of a character only whether it is blank.  Tags, comments and whatever a
 * parser may read by other rules (style sheets, scripts, SVG) are copied as
 * they are.  Whoever makes this reader and the parser disagree where a tag
 * ends loses what his tag says, and could have left it out. */
#include "daemon/html_brief.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "daemon/html_cost.h"
#include "daemon/utf8.h"
#include "lists/fault.h"

enum {
    RUN_BYTES_MIN = 8,
    STAND_IN = 0xF0000, /* the first of a plane for private use, all of which */
    STAND_IN_BYTE = 0xF3, /* begin with this byte, as little else does */
    RUNS_MAX = 60000
};

static const char *after_markup(const char *p, const char *end);
static const char *after_raw(const char *name, const char *p, const char *end);
static void shorten(struct html_brief *b, const char *text, const char *end);
static const char *after_reference(const char *p, const char *end);
static const char *run_end(const char *p, const char *end);
static size_t plain(const char *p);
static bool is_blank(char c);
static void copy(struct html_brief *b, const char *from, const char *to);

void
html_brief_make(struct html_brief *b, const char *html, size_t n)
{
    const char *end = html + n, *next;

    b->n = b->n_runs = 0;
    b->html = malloc(n + 1);
    b->run = reallocarray(NULL, n / RUN_BYTES_MIN + 1, sizeof *b->run);
    if (b->html == NULL || b->run == NULL)
        fault_no_memory();
    if (memchr(html, STAND_IN_BYTE, n) != NULL) {
        copy(b, html, end);
        return;
    }
    for (const char *p = html; p < end; p = next) {
        if (*p == '<') {
            next = after_markup(p, end);
            copy(b, p, next);
        } else {
            next = memchr(p, '<', (size_t)(end - p));
            next = next != NULL ? next : end;
            shorten(b, p, next);
        }
    }
}

void
html_brief_clear(struct html_brief *b)
{
    free(b->html);
    free(b->run);
}

/* p: at "<".  All that is not text for sure. */
static const char *
after_markup(const char *p, const char *end)
{
    bool closes = end - p > 1 && p[1] == '/';
    const char *name = p + 1 + closes, *stop;
    int attributes = 0;

    if (name < end && isalpha((unsigned char)*name)) {
        stop = html_after_tag(name, end, &attributes);
        stop += stop < end;
        return closes ? stop : after_raw(name, stop, end);
    }
    if (end - p > 3 && memcmp(p, "<!--", 4) == 0) {
        stop = memmem(p + 2, (size_t)(end - p - 2), "-->", 3);
        return stop != NULL ? stop + 3 : end;
    }
    if (name < end && (closes || *name == '!' || *name == '?')) {
        stop = memchr(p, '>', (size_t)(end - p));
        return stop != NULL ? stop + 1 : end;
    }
    return p + 1;
}

/* name: of the tag that ends at p.  What follows some is read by rules of its
 * own up to its end tag; where there is none, and in other languages, all of
 * the rest may be. */
static const char *
after_raw(const char *name, const char *p, const char *end)
{
    static const char *const raw[] = {"style", "script", "title", "textarea",
        "xmp", "iframe", "noembed", "noframes"};
    static const char *const rest[] = {"svg", "math", "plaintext"};
    size_t n = 0;

    while (name + n < p && isalpha((unsigned char)name[n]))
        n++;
    for (size_t i = 0; i < sizeof rest / sizeof *rest; i++)
        if (strlen(rest[i]) == n && strncasecmp(name, rest[i], n) == 0)
            return end;
    for (size_t i = 0; i < sizeof raw / sizeof *raw; i++) {
        if (strlen(raw[i]) != n || strncasecmp(name, raw[i], n) != 0)
            continue;
        while ((p = memchr(p, '<', (size_t)(end - p))) != NULL) {
            if ((size_t)(end - p) > n + 2 && p[1] == '/' &&
                strncasecmp(p + 2, raw[i], n) == 0)
                return p;
            p++;
        }
        return end;
    }
    return p;
}

static void
shorten(struct html_brief *b, const char *text, const char *end)
{
    const char *from = text, *stop;

    for (const char *p = text; p < end; p = stop) {
        stop = run_end(p, end);
        if (stop - p >= RUN_BYTES_MIN && b->n_runs < RUNS_MAX) {
            copy(b, from, p);
            b->run[b->n_runs] = (struct html_run){p, (size_t)(stop - p)};
            b->n += utf8_put(STAND_IN + (unsigned)b->n_runs++, b->html + b->n);
            from = stop;
        }
        if (stop == p)
            stop = after_reference(p, end);
    }
    copy(b, from, end);
}

/* Where the reference ends that begins at p ("&nbsp;"), or the character. */
static const char *
after_reference(const char *p, const char *end)
{
    if (*p++ != '&')
        return p;
    while (p < end && (isalnum((unsigned char)*p) || *p == '#'))
        p++;
    return p + (p < end && *p == ';');
}

/* The end of the run of text at p, p: there is none. */
static const char *
run_end(const char *p, const char *end)
{
    const char *stop = p;
    size_t k;

    if (is_blank(*p))
        return p;
    for (; p < end && (k = plain(p)) > 0; p += k)
        if (!is_blank(*p))
            stop = p + k;
    return stop;
}

/* The bytes of a character that means nothing to a parser; 0: it may. */
static size_t
plain(const char *p)
{
    unsigned char c = (unsigned char)*p;

    if (c < 0x80)
        return (c >= 0x20 && c < 0x7F && c != '&') || is_blank(*p);
    if (c < 0xC2 || (c == 0xC2 && (unsigned char)p[1] < 0xA0))
        return 0;
    return c < 0xE0 ? 2 : c < 0xEF ? 3 : 0;
}

static bool
is_blank(char c)
{
    return c == ' ' || c == '\n' || c == '\t';
}

static void
copy(struct html_brief *b, const char *from, const char *to)
{
    memcpy(b->html + b->n, from, (size_t)(to - from));
    b->n += (size_t)(to - from);
}

bool
html_brief_take(struct html_brief *b, const char *s, struct html_run *out)
{
    const unsigned char *u = (const unsigned char *)s;
    size_t i;

    if (u[0] != STAND_IN_BYTE || u[1] < 0xB0)
        return false;
    i = (u[1] & 0x0FU) << 12 | (u[2] & 0x3FU) << 6 | (u[3] & 0x3FU);
    if (i >= b->n_runs || b->run[i].at == NULL)
        return false; /* the mail itself has a reference to it */
    *out = b->run[i];
    b->run[i].at = NULL;
    return true;
}
