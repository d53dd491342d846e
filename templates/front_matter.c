/* SPDX-License-Identifier: ISC */
/* Reads the front matter from libyaml's events, so that nothing is built
 * that was not asked for: plain scalars, and one list of contacts.  Anchors,
 * aliases and tags are refused: a letter needs none, and an alias can make
 * gigabytes of a few bytes.  Every fault is told with its line; a key we do
 * not know is one too, because it is most often one we do, misspelt. */
#include "templates/front_matter.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>
#include "lists/address.h"
#include "lists/near.h"

enum {
    VALUE_MAX = 900, /* a header line holds 998 bytes */
    DEPTH_MAX = 8,
    EVENTS_MAX = 2000
};

/* Where one key's value goes. */
struct field {
    const char *key;
    size_t offset; /* of a char * in struct draft or struct draft_contact */
    size_t line;   /* of an int that keeps the line; 0: none does */
};
static const struct field fields[] = {
    {"subject", offsetof(struct draft, subject),
        offsetof(struct draft, subject_line)},
    {"list", offsetof(struct draft, list), offsetof(struct draft, list_line)},
    {"title", offsetof(struct draft, title),
        offsetof(struct draft, title_line)},
    {"preheader", offsetof(struct draft, preheader),
        offsetof(struct draft, preheader_line)},
    {"from", offsetof(struct draft, from), offsetof(struct draft, from_line)},
    {"reply-to", offsetof(struct draft, reply_to),
        offsetof(struct draft, reply_to_line)},
    {"language", offsetof(struct draft, language),
        offsetof(struct draft, language_line)},
    {"template", offsetof(struct draft, template_name),
        offsetof(struct draft, template_line)},
    {"contacts", 0, 0}, /* the list, see take_value */
    {NULL, 0, 0},
};
static const struct field contact_fields[] = {
    {"name", offsetof(struct draft_contact, name), 0},
    {"title", offsetof(struct draft_contact, title), 0},
    {"phone", offsetof(struct draft_contact, phone), 0},
    {"mail", offsetof(struct draft_contact, mail),
        offsetof(struct draft_contact, mail_line)},
    {NULL, 0, 0},
};

struct reader {
    const char *text, *text_end;
    yaml_parser_t yaml;
    yaml_event_t event; /* the newest one, ours */
    bool has_event;
    int first_line;
    int events;
    struct draft *draft;
    struct notes *notes;
};

static bool next(struct reader *r);
static void tell_problem(const struct reader *r);
static int line_of(const struct reader *r);
static void read_document(struct reader *r);
static void read_fields(
    struct reader *r, const struct field *table, char *into, const char *what);
static void read_contacts(struct reader *r);
static void skip_value(struct reader *r);
static void keep_scalar(struct reader *r, const struct field *f, char *into);
static void tell_comment(const struct reader *r, const char *key);
static const struct field *
find_field(struct reader *r, const struct field *table, const char *what);

void
front_matter_read(const char *yaml, size_t n, int first_line, struct draft *d,
    struct notes *notes)
{
    struct reader r = {.text = yaml,
        .text_end = yaml + n,
        .first_line = first_line,
        .draft = d,
        .notes = notes};

    if (!yaml_parser_initialize(&r.yaml))
        fault_no_memory();
    yaml_parser_set_encoding(&r.yaml, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&r.yaml, (const unsigned char *)yaml, n);
    read_document(&r);
    if (r.has_event)
        yaml_event_delete(&r.event);
    yaml_parser_delete(&r.yaml);
}

static void
read_document(struct reader *r)
{
    if (!next(r)) /* the stream begins */
        return;
    if (!next(r))
        return;
    if (r->event.type == YAML_STREAM_END_EVENT)
        return; /* nothing there: the missing subject is told elsewhere */
    if (!next(r))
        return; /* document start */
    if (r->event.type == YAML_SCALAR_EVENT && r->event.data.scalar.length == 0)
        return;
    if (r->event.type != YAML_MAPPING_START_EVENT) {
        notes_add(r->notes, line_of(r), true,
            "the front matter is lines of the form `key: value`");
        return;
    }
    read_fields(r, fields, (char *)r->draft, "front matter");
    if (r->has_event && next(r))
        (void)next(r); /* tells what is wrong after the last key */
}

/* Reads `key: value` up to the end of the mapping that has just begun. */
static void
read_fields(
    struct reader *r, const struct field *table, char *into, const char *what)
{
    unsigned seen = 0;

    while (next(r) && r->event.type != YAML_MAPPING_END_EVENT) {
        const struct field *f;
        int line = line_of(r);

        if (r->event.type != YAML_SCALAR_EVENT) {
            notes_add(r->notes, line, true, "a key must be one plain word");
            skip_value(r);
            f = NULL;
        } else {
            f = find_field(r, table, what);
        }
        if (f != NULL && (seen & 1U << (f - table)) != 0) {
            notes_add(r->notes, line, true, "`%s` stands here twice", f->key);
            f = NULL;
        }
        if (!next(r))
            return;
        if (f == NULL) {
            skip_value(r);
            continue;
        }
        seen |= 1U << (f - table);
        if (table == fields && strcmp(f->key, "contacts") == 0)
            read_contacts(r);
        else
            keep_scalar(r, f, into);
    }
}

static void
read_contacts(struct reader *r)
{
    struct draft *d = r->draft;

    if (r->event.type != YAML_SEQUENCE_START_EVENT) {
        notes_add(r->notes, line_of(r), true,
            "`contacts` is a list: each one begins with `- name: ...`");
        skip_value(r);
        return;
    }
    while (next(r) && r->event.type != YAML_SEQUENCE_END_EVENT) {
        struct draft_contact *c = &d->contact[d->n_contacts];
        int line = line_of(r);

        if (r->event.type != YAML_MAPPING_START_EVENT) {
            notes_add(r->notes, line, true,
                "a contact has name, title, phone and mail");
            skip_value(r);
            continue;
        }
        if (d->n_contacts == DRAFT_CONTACTS_MAX) {
            notes_add(r->notes, line, true, "more than %d contacts",
                DRAFT_CONTACTS_MAX);
            skip_value(r);
            continue;
        }
        c->name = fault_strdup("");
        c->title = fault_strdup("");
        c->phone = fault_strdup("");
        c->mail = fault_strdup("");
        d->n_contacts++;
        read_fields(r, contact_fields, (char *)c, "contact");
        if (c->name[0] == '\0')
            notes_add(r->notes, line, true, "this contact has no name");
    }
}

/* Moves on to the next event.  False: there is none, or not one we take; the
 * words are in the notes then and reading is over. */
static bool
next(struct reader *r)
{
    const yaml_char_t *anchor = NULL, *tag = NULL;

    if (r->has_event)
        yaml_event_delete(&r->event);
    r->has_event = yaml_parser_parse(&r->yaml, &r->event) != 0;
    if (!r->has_event) {
        tell_problem(r);
        return false;
    }
    switch (r->event.type) {
    case YAML_SCALAR_EVENT:
        anchor = r->event.data.scalar.anchor;
        tag = r->event.data.scalar.tag;
        break;
    case YAML_SEQUENCE_START_EVENT:
        anchor = r->event.data.sequence_start.anchor;
        tag = r->event.data.sequence_start.tag;
        break;
    case YAML_MAPPING_START_EVENT:
        anchor = r->event.data.mapping_start.anchor;
        tag = r->event.data.mapping_start.tag;
        break;
    case YAML_ALIAS_EVENT:
        anchor = r->event.data.alias.anchor;
        break;
    default:
        break;
    }
    if (anchor != NULL || tag != NULL || ++r->events > EVENTS_MAX) {
        notes_add(r->notes, line_of(r), true,
            anchor != NULL || tag != NULL
                ? "no anchors (&), aliases (*) or tags (!) here; put the "
                  "text in \"quotes\""
                : "too much front matter");
        yaml_event_delete(&r->event);
        r->has_event = false;
        return false;
    }
    return r->event.type != YAML_STREAM_END_EVENT;
}

/* libyaml's words are about YAML; of the slips that people make, in theirs. */
static void
tell_problem(const struct reader *r)
{
    static const struct {
        const char *problem, *words;
    } known[] = {
        {"mapping values", "a text with `: ` in it stands in \"quotes\""},
        {"found character that cannot start",
            "a text that begins so stands in \"quotes\""},
        {"tab character", "a line begins with blanks, not with a tab"},
        {"found unexpected end of stream",
            "a quote that begins above has no end"},
        {"could not find expected ':'",
            "a line is `key: value`, with a colon and a blank"},
    };
    const yaml_mark_t *at = &r->yaml.problem_mark;
    const char *problem = r->yaml.problem != NULL ? r->yaml.problem : "?";
    const char *words = "a text with signs in it stands best in \"quotes\"";

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strstr(problem, known[i].problem) != NULL)
            words = known[i].words;
    notes_add(r->notes, r->first_line + (int)at->line, true,
        "%s (not YAML: %s)", words, problem);
}

static int
line_of(const struct reader *r)
{
    return r->first_line + (int)r->event.start_mark.line;
}

/* Passes over the value that the newest event begins. */
static void
skip_value(struct reader *r)
{
    int depth = 0;

    for (;;) {
        switch (r->event.type) {
        case YAML_SEQUENCE_START_EVENT:
        case YAML_MAPPING_START_EVENT:
            depth++;
            break;
        case YAML_SEQUENCE_END_EVENT:
        case YAML_MAPPING_END_EVENT:
            depth--;
            break;
        default:
            break;
        }
        if (depth <= 0)
            return;
        if (depth > DEPTH_MAX) {
            notes_add(r->notes, line_of(r), true, "nested too deep");
            yaml_event_delete(&r->event);
            r->has_event = false;
            return;
        }
        if (!next(r))
            return;
    }
}

static void
keep_scalar(struct reader *r, const struct field *f, char *into)
{
    char **place = (char **)(void *)(into + f->offset);
    const char *key = f->key, *text;
    size_t n;

    if (r->event.type != YAML_SCALAR_EVENT) {
        notes_add(r->notes, line_of(r), true, "`%s` is one text", key);
        skip_value(r);
        return;
    }
    if (f->line > 0)
        *(int *)(void *)(into + f->line) = line_of(r);
    if (r->event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE)
        tell_comment(r, key);
    text = (const char *)r->event.data.scalar.value;
    n = r->event.data.scalar.length;
    while (n > 0 && text[n - 1] == '\n') /* of a block scalar */
        n--;
    if (n > VALUE_MAX) {
        notes_add(r->notes, line_of(r), true, "`%s` is longer than %d bytes",
            key, VALUE_MAX);
    } else if (text_unclean(text, n)) {
        notes_add(r->notes, line_of(r), true,
            "`%s` has a line break or a control character in it", key);
    } else {
        free(*place);
        *place = fault_calloc(n + 1, 1);
        memcpy(*place, text, n);
    }
}

/* To YAML ` #` begins a comment: a subject such as `Nyhedsbrev #14` would lose
 * its end, and nobody would see it before the letter came. */
static void
tell_comment(const struct reader *r, const char *key)
{
    const yaml_mark_t *end = &r->event.end_mark;
    const char *p = r->text;

    for (size_t line = 0; line < end->line && p != NULL; line++) {
        p = memchr(p, '\n', (size_t)(r->text_end - p));
        p = p != NULL ? p + 1 : NULL;
    }
    if (p == NULL)
        return;
    for (size_t n = 0; p < r->text_end && n < end->column; n++) {
        p++; /* columns are characters */
        while (p < r->text_end && ((unsigned char)*p & 0xC0) == 0x80)
            p++;
    }
    while (p < r->text_end && (*p == ' ' || *p == '\t'))
        p++;
    if (p < r->text_end && *p == '#')
        notes_add(r->notes, r->first_line + (int)end->line, true,
            "to YAML this # begins a comment: put the whole text of `%s` in "
            "\"quotes\", or the comment on a line of its own",
            key);
}

static const struct field *
find_field(struct reader *r, const struct field *table, const char *what)
{
    const char *key = (const char *)r->event.data.scalar.value;
    const struct field *nearest = NULL;
    int best = 3; /* further away it is no misspelling */

    for (const struct field *f = table; f->key != NULL; f++) {
        int d;

        if (strcmp(f->key, key) == 0)
            return f;
        d = near_distance(f->key, key, best - 1);
        if (d < best) {
            best = d;
            nearest = f;
        }
    }
    if (nearest != NULL)
        notes_add(r->notes, line_of(r), true,
            "the %s knows no key `%.40s`; is it `%s`?", what, key,
            nearest->key);
    else
        notes_add(r->notes, line_of(r), true,
            table == fields
                ? "the %s knows no key `%.40s`; it knows subject, list, "
                  "title, preheader, from, reply-to, language, template, "
                  "contacts"
                : "a %s knows no key `%.40s`; it knows name, title, phone, "
                  "mail",
            what, key);
    return NULL;
}
