/* SPDX-License-Identifier: ISC */
/* Cuts a source file into front matter and CommonMark.  Everything that a
 * later stage must be able to rely on is made sure of here: UTF-8, LF line
 * ends, no control characters but tab, and a bounded size. */
#include "templates/draft.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "lists/address.h"
#include "templates/front_matter.h"

static char *cleaned(const char *source, size_t n, struct notes *notes);
static void control_character(
    struct notes *notes, int line, const char *text, size_t used, int c);
static bool find_body(const char *text, const char **yaml, size_t *yaml_bytes,
    const char **body, int *body_line);
static const char *after_fence(const char *line);
static void check_values(struct draft *d, struct notes *notes);

enum {
    SHOWN_MAX = 24 /* bytes of the text before a fault in it */
};

void
notes_add(struct notes *n, int line, bool error, const char *format, ...)
{
    struct note *item;
    va_list args;
    int length;

    if (error)
        n->errors++;
    if (n->n == NOTES_MAX)
        return;
    item = &n->item[n->n++];
    item->line = line;
    item->error = error;
    va_start(args, format);
    length = vsnprintf(item->text, sizeof item->text, format, args);
    va_end(args);
    if (length >= (int)sizeof item->text) { /* cut, but not inside a letter */
        size_t end = sizeof item->text - 1;

        while (end > 0 && ((unsigned char)item->text[end - 1] & 0xC0) == 0x80)
            end--;
        item->text[end > 0 ? end - 1 : 0] = '\0';
    }
}

enum result
draft_parse(const char *source, size_t n, struct draft **out,
    struct notes *notes, struct fault *f)
{
    struct draft *d;
    char *text;
    const char *yaml, *body;
    size_t yaml_bytes;
    int body_line;

    if (n > DRAFT_MAX_BYTES)
        return fault_set(f, RES_NEVER, "the source is larger than %d KiB",
            DRAFT_MAX_BYTES / 1024);
    text = cleaned(source, n, notes);
    if (text == NULL)
        return fault_set(f, RES_NEVER,
            "the source is not UTF-8 text; save it with that encoding");
    if (after_fence(text) != NULL &&
        !find_body(text, &yaml, &yaml_bytes, &body, &body_line)) {
        free(text);
        return fault_set(f, RES_NEVER,
            "the front matter has no end: below `subject: ...` and the like "
            "there must be a second line ---, then the text");
    }
    if (!find_body(text, &yaml, &yaml_bytes, &body, &body_line)) {
        free(text);
        return fault_set(f, RES_NEVER,
            "the source must begin with front matter: a line ---, then "
            "lines such as `subject: Nyhedsbrev 14`, then a line ---");
    }
    d = fault_calloc(1, sizeof *d);
    d->subject = fault_strdup("");
    d->list = fault_strdup("");
    d->title = fault_strdup("");
    d->preheader = fault_strdup("");
    d->from = fault_strdup("");
    d->reply_to = fault_strdup("");
    d->language = fault_strdup("");
    d->template_name = fault_strdup("");
    d->body = fault_strdup(body);
    d->body_line = body_line;
    front_matter_read(yaml, yaml_bytes, 2, d, notes);
    check_values(d, notes);
    free(text);
    *out = d;
    return RES_OK;
}

void
draft_free(struct draft *d)
{
    if (d == NULL)
        return;
    free(d->subject);
    free(d->list);
    free(d->title);
    free(d->preheader);
    free(d->from);
    free(d->reply_to);
    free(d->language);
    free(d->template_name);
    for (int i = 0; i < d->n_contacts; i++) {
        free(d->contact[i].name);
        free(d->contact[i].title);
        free(d->contact[i].phone);
        free(d->contact[i].mail);
    }
    free(d->body);
    free(d);
}

/* A copy without byte order mark, with LF line ends, control characters told
 * of and made blanks.  NULL: not UTF-8. */
static char *
cleaned(const char *source, size_t n, struct notes *notes)
{
    char *text = fault_calloc(n + 1, 1);
    int line = 1;
    size_t used = 0;

    if (n >= 3 && memcmp(source, "\xEF\xBB\xBF", 3) == 0) {
        source += 3;
        n -= 3;
    }
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)source[i];

        if (c == '\r') {
            if (i + 1 < n && source[i + 1] == '\n')
                continue;
            c = '\n';
        }
        if (c == '\n') {
            line++;
        } else if ((c < ' ' && c != '\t') || c == 0x7f) {
            control_character(notes, line, text, used, c);
            c = ' ';
        }
        text[used++] = (char)c;
    }
    for (size_t from = 0; from < used;) { /* line by line: LF is allowed */
        const char *end = memchr(text + from, '\n', used - from);
        size_t to = end != NULL ? (size_t)(end - text) : used;

        for (size_t at = from; at < to;) { /* and tab too */
            const char *tab = memchr(text + at, '\t', to - at);
            size_t stop = tab != NULL ? (size_t)(tab - text) : to;

            if (text_unclean(text + at, stop - at)) {
                free(text);
                return NULL;
            }
            at = stop + 1;
        }
        from = to + 1;
    }
    return text;
}

/* Such a character is invisible in an editor: where it is must be told by
 * what stands before it.  A word processor's soft line break is one. */
static void
control_character(
    struct notes *notes, int line, const char *text, size_t used, int c)
{
    size_t from = used;

    while (from > 0 && used - from < SHOWN_MAX && text[from - 1] != '\n')
        from--;
    while (from < used && ((unsigned char)text[from] & 0xC0) == 0x80)
        from++; /* not from within a letter */
    if (from == used)
        notes_add(notes, line, true,
            "this line begins with an invisible control character (0x%02x): "
            "delete it",
            c);
    else
        notes_add(notes, line, true,
            "an invisible control character (0x%02x) stands behind \"%.*s\": "
            "delete it",
            c, (int)(used - from), text + from);
}

/* Finds the front matter between two lines ---, and what is below. */
static bool
find_body(const char *text, const char **yaml, size_t *yaml_bytes,
    const char **body, int *body_line)
{
    const char *p = after_fence(text);

    *yaml = p;
    *body_line = 2;
    while (p != NULL && *p != '\0') {
        ++*body_line;
        *body = after_fence(p);
        if (*body != NULL) {
            *yaml_bytes = (size_t)(p - *yaml);
            return true;
        }
        p += strcspn(p, "\n");
        p += *p == '\n';
    }
    return false;
}

/* What follows the line `---` that stands here; NULL: another line. */
static const char *
after_fence(const char *line)
{
    size_t n;

    if (strncmp(line, "---", 3) != 0)
        return NULL;
    n = 3 + strspn(line + 3, " \t");
    if (line[n] == '\n')
        return line + n + 1;
    return line[n] == '\0' ? line + n : NULL;
}

static void
check_values(struct draft *d, struct notes *notes)
{
    struct address a;
    struct fault f;

    if (d->subject[0] == '\0')
        notes_add(notes, 1, true,
            "there is no subject: write `subject: ...` between the lines "
            "---");
    if (d->template_name[strspn(
            d->template_name, "abcdefghijklmnopqrstuvwxyz0123456789-")] != '\0')
        notes_add(notes, d->template_line, true,
            "`template` is a name of a-z, 0-9 and -, not \"%s\"",
            d->template_name);
    for (int i = 0; i < d->n_contacts; i++)
        if (d->contact[i].mail[0] != '\0' &&
            address_parse(d->contact[i].mail, &a, &f) != RES_OK)
            notes_add(notes, d->contact[i].mail_line, true,
                "the mail address of %s: %s", d->contact[i].name, f.text);
    if (d->body[strspn(d->body, " \t\n")] == '\0')
        notes_add(notes, d->body_line, false,
            "there is no text below the front matter");
}
