/* SPDX-License-Identifier: ISC */
/* Marks, and the merge fields that become marks.  A field with a fallback is
 * two sections, one for those whose name we know and one for the others, so
 * that the compiled message is all that a delivery needs. */
#include "templates/mark.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    FALLBACK_MAX = 200,
    FIELD_MAX = 240 /* of a field with its braces */
};

const char *const mark_values[] = {"ADDRESS", "DATE", "GIVEN", "LAST", "NAME",
    "SINCEDA", "SINCEEN", "SINCEISO", "TO", "TOKEN", NULL};
const char *const mark_sections[] = {"HASGIVEN", "HASLAST", "HASNAME",
    "NOGIVEN", "NOLAST", "NONAME", "WHYADMIN", "WHYFORM", "WHYIMPORT",
    "WHYOTHER", "WHYREPLY", "WHYTEST", NULL};

/* What authors write, and the name of the value; each but ADDRESS has
 * sections HAS and NO. */
static const struct {
    const char *field, *value;
} fields[] = {
    {"fornavn", "GIVEN"},
    {"given_name", "GIVEN"},
    {"first_name", "GIVEN"},
    {"fname", "GIVEN"},
    {"efternavn", "LAST"},
    {"last_name", "LAST"},
    {"lname", "LAST"},
    {"navn", "NAME"},
    {"name", "NAME"},
    {"email", "ADDRESS"},
};

static size_t read_braces(
    const char *p, const char **value, const char **fallback, size_t *n);
static size_t read_stars(const char *p, const char **value);
static const char *value_of(const char *field, size_t n);
static void write_field(FILE *to, const char *value, const char *fallback,
    size_t n, bool commonmark);
static bool control_entity(const char *p);

size_t
mark_read(const char *p, char *kind, const char **name, size_t *name_bytes)
{
    size_t n = 2;
    const char *const *known;

    if (p[0] != MARK_OPEN || p[1] == '\0')
        return 0;
    while (n < MARK_MAX && isupper((unsigned char)p[n]))
        n++;
    if (p[n] != MARK_CLOSE)
        return 0;
    known = p[1] == '#' || p[1] == '/' ? mark_sections : mark_values;
    if (strchr("vhtu#/", p[1]) == NULL)
        return 0;
    for (; *known != NULL; known++)
        if (strlen(*known) == n - 2 && memcmp(*known, p + 2, n - 2) == 0)
            break;
    if (*known == NULL)
        return 0;
    *kind = p[1];
    *name = p + 2;
    *name_bytes = n - 2;
    return n + 1;
}

void
mark_settle(FILE *to, const char *text, char kind)
{
    for (const char *p = text; *p != '\0';) {
        const char *open = strchr(p, MARK_OPEN);

        if (open == NULL) {
            (void)fputs(p, to);
            return;
        }
        (void)fwrite(p, 1, (size_t)(open - p), to);
        (void)putc(MARK_OPEN, to);
        p = open + 1;
        if (*p == 'v') {
            (void)putc(kind, to);
            p++;
        }
    }
}

char *
mark_merge_fields(
    const char *text, int line, bool commonmark, struct notes *notes)
{
    char *out = NULL;
    size_t size = 0;
    FILE *to = open_memstream(&out, &size);

    if (to == NULL)
        fault_no_memory();
    for (const char *p = text; *p != '\0';) {
        const char *value = NULL, *fallback = NULL;
        size_t n = 0, taken = 0;

        if (*p == '{' && p[1] == '{')
            taken = read_braces(p, &value, &fallback, &n);
        else if (*p == '*' && p[1] == '|')
            taken = read_stars(p, &value);
        if (value != NULL) {
            if (fallback == NULL && strcmp(value, "ADDRESS") != 0)
                notes_add(notes, line, false,
                    "%.*s is empty for a reader without a name: put a word "
                    "for that into it, as in {{fornavn|l\u00e6ser}}, or an "
                    "empty one: {{fornavn|}}",
                    (int)taken, p);
            write_field(to, value, fallback, n, commonmark);
            p += taken;
            continue;
        }
        if (taken > 0)
            notes_add(notes, line, false,
                "%.*s is no merge field and stays as it is; there are "
                "{{fornavn|...}}, {{efternavn|...}}, {{navn|...}}, {{email}}",
                (int)(taken < 60 ? taken : 60), p);
        if (commonmark && *p == '&' && control_entity(p))
            notes_add(
                notes, line, true, "a control character, written as an entity");
        line += *p == '\n';
        n = taken > 0 ? 2 : 1; /* past the braces: told of once */
        (void)fwrite(p, 1, n, to);
        p += n;
    }
    if (fclose(to) != 0)
        fault_no_memory();
    return out;
}

/* Reads {{field}} or {{field|fallback}} at p: how long it is, 0: not such a
 * thing.  *value stays NULL where the field is not known. */
static size_t
read_braces(const char *p, const char **value, const char **fallback, size_t *n)
{
    const char *end = strstr(p + 2, "}}");
    const char *name = p + 2, *bar, *stop;

    if (end == NULL || end - p > FIELD_MAX ||
        memchr(p, '\n', (size_t)(end - p)) != NULL)
        return 0;
    bar = memchr(name, '|', (size_t)(end - name));
    stop = bar != NULL ? bar : end;
    while (name < stop && isblank((unsigned char)*name))
        name++;
    while (stop > name && isblank((unsigned char)stop[-1]))
        stop--;
    *value = value_of(name, (size_t)(stop - name));
    if (bar != NULL) {
        bar++;
        while (bar < end && isblank((unsigned char)*bar))
            bar++;
        *fallback = bar;
        *n = (size_t)(end - bar);
        while (*n > 0 && isblank((unsigned char)bar[*n - 1]))
            --*n;
    }
    if (*n > FALLBACK_MAX)
        *value = NULL;
    return (size_t)(end + 2 - p);
}

/* The same for Mailchimp's *|FIELD|*; others of its are text. */
static size_t
read_stars(const char *p, const char **value)
{
    const char *name = p + 2;
    size_t n = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_");

    if (n == 0 || name[n] != '|' || name[n + 1] != '*')
        return 0;
    *value = value_of(name, n);
    return n + 4;
}

static const char *
value_of(const char *field, size_t n)
{
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        if (strlen(fields[i].field) == n &&
            strncasecmp(fields[i].field, field, n) == 0)
            return fields[i].value;
    return NULL;
}

static void
write_field(FILE *to, const char *value, const char *fallback, size_t n,
    bool commonmark)
{
    if (strcmp(value, "ADDRESS") == 0) {
        (void)fputs(MARK("v", "ADDRESS"), to);
        return;
    }
    (void)fprintf(to, MARK("#", "HAS%s") MARK("v", "%s") MARK("/", "HAS%s"),
        value, value, value);
    if (n == 0)
        return;
    (void)fprintf(to, MARK("#", "NO%s"), value);
    for (size_t i = 0; i < n; i++) {
        if (commonmark && ispunct((unsigned char)fallback[i]))
            (void)putc('\\', to);
        (void)putc(fallback[i], to);
    }
    (void)fprintf(to, MARK("/", "NO%s"), value);
}

/* Whether an entity such as &#1; stands at p: CommonMark would make that
 * control character of it. */
static bool
control_entity(const char *p)
{
    bool hex;
    unsigned long code;
    char *end;

    if (p[1] != '#')
        return false;
    hex = p[2] == 'x' || p[2] == 'X';
    p += hex ? 3 : 2;
    if (hex ? !isxdigit((unsigned char)*p) : !isdigit((unsigned char)*p))
        return false;
    code = strtoul(p, &end, hex ? 16 : 10);
    return *end == ';' && (code < ' ' || code == 0x7f) && code != '\t' &&
           code != '\n';
}
