/* SPDX-License-Identifier: ISC */
/* CommonMark refuses nothing: what is not quite a link, a heading or a list
 * is text, and thousands of readers would see its brackets.  So the author is
 * told of the slips that people make who come from a word processor or from
 * another Markdown.  Looks at the finished tree only: what is code, or
 * was understood, is never told of. */
#include "templates/body_slips.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>
#include "templates/body.h"

enum {
    SHOWN_MAX = 60,
    HEADING_MAX = 120 /* bytes; a longer one was a paragraph */
};

static void slips_in_text(cmark_node *node, int line, struct notes *notes);
static bool begins_line(cmark_node *before, const char *text);
static void slip_of_link(const char *text, int line, struct notes *notes);
static void
slips_at_line_start(const char *text, int line, struct notes *notes);
static void slip_of_url(const char *text, int line, struct notes *notes);
static void slip_of_title(cmark_node *link, int line, struct notes *notes);
static void
slip_of_code(const char *source, int first, int line, struct notes *notes);
static void slip_of_heading(cmark_node *heading, int line, struct notes *notes);
static bool begins(const char *text, const char *with);
static const char *last_before(const char *text, const char *end, char c);

void
body_slips(cmark_node *node, const char *source, int first, int line,
    struct notes *notes)
{
    switch (cmark_node_get_type(node)) {
    case CMARK_NODE_TEXT:
        slips_in_text(node, line, notes);
        break;
    case CMARK_NODE_LINK:
        slip_of_title(node, line, notes);
        break;
    case CMARK_NODE_CODE_BLOCK:
        slip_of_code(source, first, line, notes);
        break;
    case CMARK_NODE_HEADING:
        slip_of_heading(node, line, notes);
        break;
    default:
        break;
    }
}

static void
slips_in_text(cmark_node *node, int line, struct notes *notes)
{
    const char *text = cmark_node_get_literal(node);
    cmark_node *before = cmark_node_previous(node);
    cmark_node_type type = cmark_node_get_type(cmark_node_parent(node));
    const char *apart;

    if (type == CMARK_NODE_LINK || type == CMARK_NODE_IMAGE)
        return;
    if (strstr(text, "](") != NULL) {
        slip_of_link(text, line, notes);
        return;
    }
    apart = strstr(text, "] (");
    if (apart != NULL &&
        (begins(apart + 3, "http") || begins(apart + 3, "www.") ||
            begins(apart + 3, "mailto:"))) {
        notes_add(notes, line, false,
            "this is no link: no blank may stand between ] and (");
        return;
    }
    if (type == CMARK_NODE_PARAGRAPH && begins_line(before, text))
        slips_at_line_start(text, line, notes);
    if (strstr(text, "**") != NULL)
        notes_add(notes, line, false,
            "** stays as it is here: **bold** has no blanks inside");
    if (strstr(text, "~~") != NULL)
        notes_add(notes, line, false,
            "~~ stays as it is: a letter strikes nothing out");
    slip_of_url(text, line, notes);
}

/* Whether text begins a line, and the line above does not begin likewise: of
 * a table or list the author is told once. */
static bool
begins_line(cmark_node *before, const char *text)
{
    cmark_node *above;

    if (before == NULL)
        return true;
    if (cmark_node_get_type(before) != CMARK_NODE_SOFTBREAK &&
        cmark_node_get_type(before) != CMARK_NODE_LINEBREAK)
        return false;
    above = cmark_node_previous(before);
    return above == NULL || cmark_node_get_type(above) != CMARK_NODE_TEXT ||
           strncmp(cmark_node_get_literal(above), text, 1) != 0;
}

/* Says why what looks like a link or picture is none. */
static void
slip_of_link(const char *text, int line, struct notes *notes)
{
    const char *to = strstr(text, "](") + 2;
    const char *open = last_before(text, to - 2, '[');
    bool picture = open != NULL && open > text && open[-1] == '!';
    int n = (int)strcspn(to, ")");
    const char *what = picture ? "picture" : "link";

    if (to[n] == '\0') {
        notes_add(notes, line, true,
            "this is no %s: the ) behind its address is missing: (%.*s", what,
            n < SHOWN_MAX ? n : SHOWN_MAX, to);
        return;
    }
    for (const char *p = to; p < to + n; p++) {
        if (*p != ' ')
            continue;
        if (strncmp(p + 1, "\xE2\x80", 2) == 0) /* as Word writes them */
            notes_add(notes, line, true,
                "this is no %s: the quotes behind its address must be "
                "straight: \"button\"",
                what);
        else
            notes_add(notes, line, true,
                picture ? "this is no %s, for its name has a blank: write "
                          "(<%.*s>)"
                        : "this is no %s, for its address has a blank; for a "
                          "blank in it write %%20: (%.*s)",
                what, n < SHOWN_MAX ? n : SHOWN_MAX, to);
        return;
    }
    notes_add(notes, line, true,
        "this is no %s: it looks like [words](address), but a bracket is too "
        "many or missing",
        what);
}

static void
slips_at_line_start(const char *text, int line, struct notes *notes)
{
    static const char *const bullets[] = {
        "\u2022", "\u00b7", "\u25aa", "\u25cf", "\u2023", "\uf0b7", NULL};
    size_t n = strspn(text, "#");

    if (n >= 1 && n <= 6 && text[n] != '\0' &&
        !isspace((unsigned char)text[n]) && !isdigit((unsigned char)text[n]))
        notes_add(notes, line, false,
            "this is no heading: a blank belongs behind the %.*s", (int)n,
            text);
    if (text[0] == '|' && strchr(text + 1, '|') != NULL)
        notes_add(notes, line, false,
            "a letter has no tables, the | stay as they are: make it a list");
    for (const char *const *b = bullets; *b != NULL; b++)
        if (strncmp(text, *b, strlen(*b)) == 0)
            notes_add(notes, line, false,
                "this is no list: write - and a blank instead of %s", *b);
}

/* An address that nobody can click on. */
static void
slip_of_url(const char *text, int line, struct notes *notes)
{
    for (const char *p = text; *p != '\0'; p++) {
        int n = (int)strcspn(p, " \t,;)<>\"'");
        bool web = begins(p, "http://") || begins(p, "https://");

        if (!web && !begins(p, "www."))
            continue;
        if (p > text && isalnum((unsigned char)p[-1]))
            continue;
        while (n > 0 && strchr(".:!?", p[n - 1]) != NULL)
            n--;
        n = n < SHOWN_MAX ? n : SHOWN_MAX;
        if (web)
            notes_add(notes, line, false,
                "this address is no link: write <%.*s>, or [words](%.*s)", n, p,
                n, p);
        else
            notes_add(notes, line, false,
                "this address is no link: write [%.*s](https://%.*s)", n, p, n,
                p);
        return;
    }
}

static void
slip_of_title(cmark_node *link, int line, struct notes *notes)
{
    const char *title = cmark_node_get_title(link);

    if (title[0] == '\0' || body_is_button(cmark_node_parent(link)))
        return;
    if (strcasecmp(title, "button") == 0)
        notes_add(notes, line, false,
            "this is a link, not a button: a button stands alone, with an "
            "empty line above and below");
    else
        notes_add(notes, line, false,
            "the letter does not show \"%.40s\"; a button is "
            "[words](address \"button\")",
            title);
}

/* Code that was not fenced: a paragraph that somebody indented. */
static void
slip_of_code(const char *source, int first, int line, struct notes *notes)
{
    size_t n;

    for (; first < line && source != NULL; first++) {
        source = strchr(source, '\n');
        if (source != NULL)
            source++;
    }
    if (source == NULL)
        return;
    n = strcspn(source, "\n");
    if (memmem(source, n, "```", 3) == NULL &&
        memmem(source, n, "~~~", 3) == NULL)
        notes_add(notes, line, false,
            "this stands as computer code: a paragraph begins without a tab "
            "or blanks");
}

/* A rule --- right below a paragraph makes a heading of it. */
static void
slip_of_heading(cmark_node *heading, int line, struct notes *notes)
{
    size_t bytes = 0;

    for (cmark_node *n = cmark_node_first_child(heading); n != NULL;
         n = cmark_node_next(n))
        if (cmark_node_get_type(n) == CMARK_NODE_TEXT)
            bytes += strlen(cmark_node_get_literal(n));
    if (bytes > HEADING_MAX)
        notes_add(notes, line, false,
            "all this is a heading; is it the line --- or === below? An "
            "empty line belongs above that");
}

static bool
begins(const char *text, const char *with)
{
    return strncasecmp(text, with, strlen(with)) == 0;
}

static const char *
last_before(const char *text, const char *end, char c)
{
    while (end > text)
        if (*--end == c)
            return end;
    return NULL;
}
