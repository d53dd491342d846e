/* SPDX-License-Identifier: ISC */
/* A letter's text as plain text that is pleasant to read: 72 columns,
 * headings underlined, links as numbers in brackets whose addresses stand at
 * the end of the article they belong to. */
#include "templates/body.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "templates/mark.h"
#include "templates/wrap.h"

enum {
    PREFIX_MAX = 240 /* bytes of quote signs and indents */
};

struct text {
    FILE *to;
    const char **link; /* addresses in the order of their numbers; borrowed */
    int n_links, n_listed;
};
/* What stands before the lines of a block. */
struct margin {
    char first[PREFIX_MAX], rest[PREFIX_MAX];
};

static void
blocks(struct text *t, cmark_node *parent, struct margin *m, bool tight);
static void block(struct text *t, cmark_node *node, struct margin *m);
static void heading(struct text *t, cmark_node *node, struct margin *m);
static void list(struct text *t, cmark_node *node, struct margin *m);
static void code(struct text *t, cmark_node *node, struct margin *m);
static void line_before(struct text *t, const struct margin *m);
static void deeper(struct margin *out, const struct margin *m,
    const char *first, const char *rest);
static void list_links(struct text *t);
static char *inlines(struct text *t, cmark_node *parent);
static void inline_node(struct text *t, cmark_node *node, FILE *to);
static void link_node(struct text *t, cmark_node *node, FILE *to);
static int number_of(struct text *t, const char *url);

char *
body_text(cmark_node *root)
{
    char *out = NULL;
    size_t size = 0;
    struct text t = {.to = open_memstream(&out, &size)};
    struct margin m = {"", ""};

    if (t.to == NULL)
        fault_no_memory();
    blocks(&t, root, &m, false);
    if (t.n_listed < t.n_links)
        (void)putc('\n', t.to);
    list_links(&t);
    if (fclose(t.to) != 0)
        fault_no_memory();
    free(t.link);
    return out;
}

/* The blocks in a node, a blank line between two, but none in a tight list.
 * m->first is for the first line of all. */
static void
blocks(struct text *t, cmark_node *parent, struct margin *m, bool tight)
{
    cmark_node *first = cmark_node_first_child(parent);

    if (first == NULL && m->first[0] != '\0')
        (void)fprintf(t->to, "%s\n", m->first); /* an empty list item */
    for (cmark_node *n = first; n != NULL; n = cmark_node_next(n)) {
        if (n != first && !tight)
            line_before(t, m);
        block(t, n, m);
        memcpy(m->first, m->rest, sizeof m->first);
    }
}

static void
block(struct text *t, cmark_node *node, struct margin *m)
{
    struct margin inner = {"", ""};
    char *words;

    switch (cmark_node_get_type(node)) {
    case CMARK_NODE_HEADING:
        heading(t, node, m);
        break;
    case CMARK_NODE_PARAGRAPH:
        words = inlines(t, node);
        (void)wrap(t->to, words, m->first, m->rest);
        free(words);
        break;
    case CMARK_NODE_LIST:
        list(t, node, m);
        break;
    case CMARK_NODE_BLOCK_QUOTE:
        deeper(&inner, m, "> ", "> ");
        blocks(t, node, &inner, false);
        break;
    case CMARK_NODE_CODE_BLOCK:
        code(t, node, m);
        break;
    case CMARK_NODE_THEMATIC_BREAK:
        (void)fprintf(t->to, "%s* * *\n", m->first);
        break;
    default:
        break;
    }
}

/* The links of the article above are listed before the next one begins. */
static void
heading(struct text *t, cmark_node *node, struct margin *m)
{
    int level = cmark_node_get_heading_level(node);
    char *words;
    int wide;

    if (level <= 2 && m->first[0] == '\0') {
        bool listed = t->n_listed < t->n_links;

        list_links(t);
        if (listed)
            (void)putc('\n', t->to);
        if (cmark_node_previous(node) != NULL)
            (void)putc('\n', t->to);
    }
    words = inlines(t, node);
    wide = wrap(t->to, words, m->first, m->rest);
    free(words);
    if (level > 2)
        return;
    (void)fputs(m->rest, t->to);
    for (int i = (int)strlen(m->rest); i < wide; i++)
        (void)putc(level == 1 ? '=' : '-', t->to);
    (void)putc('\n', t->to);
}

static void
list(struct text *t, cmark_node *node, struct margin *m)
{
    bool ordered = cmark_node_get_list_type(node) == CMARK_ORDERED_LIST;
    bool tight = cmark_node_get_list_tight(node) != 0;
    int number = cmark_node_get_list_start(node);

    for (cmark_node *item = cmark_node_first_child(node); item != NULL;
         item = cmark_node_next(item)) {
        char sign[16], blank[16];
        struct margin inner = {"", ""};
        int n;

        n = ordered ? snprintf(sign, sizeof sign, "%d. ", number++)
                    : snprintf(sign, sizeof sign, "- ");
        (void)snprintf(blank, sizeof blank, "%*s", n, "");
        if (!tight && cmark_node_previous(item) != NULL)
            line_before(t, m);
        deeper(&inner, m, sign, blank);
        blocks(t, item, &inner, tight);
        memcpy(m->first, m->rest, sizeof m->first);
    }
}

/* Code keeps its lines, four columns in. */
static void
code(struct text *t, cmark_node *node, struct margin *m)
{
    const char *prefix = m->first;

    for (const char *p = cmark_node_get_literal(node); *p != '\0';) {
        size_t n = strcspn(p, "\n");

        (void)fprintf(t->to, "%s    %.*s\n", prefix, (int)n, p);
        prefix = m->rest;
        p += n + (p[n] == '\n');
    }
}

/* A blank line, with the quote signs that stand there. */
static void
line_before(struct text *t, const struct margin *m)
{
    size_t n = strlen(m->rest);

    while (n > 0 && m->rest[n - 1] == ' ')
        n--;
    (void)fprintf(t->to, "%.*s\n", (int)n, m->rest);
}

static void
deeper(struct margin *out, const struct margin *m, const char *first,
    const char *rest)
{
    if (snprintf(out->first, sizeof out->first, "%s%s", m->first, first) >=
            (int)sizeof out->first ||
        snprintf(out->rest, sizeof out->rest, "%s%s", m->rest, rest) >=
            (int)sizeof out->rest)
        *out = *m; /* so deep that nobody could read it */
}

static void
list_links(struct text *t)
{
    while (t->n_listed < t->n_links) {
        (void)fprintf(t->to, "[%d] ", t->n_listed + 1);
        mark_settle(t->to, t->link[t->n_listed++], 't');
        (void)putc('\n', t->to);
    }
}

/* The words of a block, unbroken but for hard line breaks. Yours. */
static char *
inlines(struct text *t, cmark_node *parent)
{
    char *out = NULL;
    size_t size = 0;
    FILE *to = open_memstream(&out, &size);

    if (to == NULL)
        fault_no_memory();
    for (cmark_node *n = cmark_node_first_child(parent); n != NULL;
         n = cmark_node_next(n))
        inline_node(t, n, to);
    if (fclose(to) != 0)
        fault_no_memory();
    return out;
}

static void
inline_node(struct text *t, cmark_node *node, FILE *to)
{
    char *words;

    switch (cmark_node_get_type(node)) {
    case CMARK_NODE_TEXT:
    case CMARK_NODE_CODE:
        mark_settle(to, cmark_node_get_literal(node), 't');
        break;
    case CMARK_NODE_SOFTBREAK:
        (void)putc(' ', to);
        break;
    case CMARK_NODE_LINEBREAK:
        (void)putc('\n', to);
        break;
    case CMARK_NODE_LINK:
        link_node(t, node, to);
        break;
    case CMARK_NODE_IMAGE:
        words = body_plain(node);
        if (words[0] != '\0') {
            (void)putc('[', to);
            mark_settle(to, words, 't');
            (void)putc(']', to);
        }
        free(words);
        break;
    default:
        words = inlines(t, node);
        (void)fputs(words, to);
        free(words);
        break;
    }
}

/* A button says its address at once; a link whose text is its address says
 * it once; any other gets a number. */
static void
link_node(struct text *t, cmark_node *node, FILE *to)
{
    const char *url = cmark_node_get_url(node);
    cmark_node *parent = cmark_node_parent(node);
    char *words = inlines(t, node);

    (void)fputs(words, to);
    if (parent != NULL && body_is_button(parent)) {
        (void)fputs(":\n", to);
        mark_settle(to, url, 't');
    } else if (strcmp(words, url) != 0 &&
               !(strncasecmp(url, "mailto:", 7) == 0 &&
                   strcmp(words, url + 7) == 0)) {
        (void)fprintf(to, " [%d]", number_of(t, url));
    }
    free(words);
}

/* The number of an address; one that is listed already gets a new one, so
 * that it stands below its own article too. */
static int
number_of(struct text *t, const char *url)
{
    for (int i = t->n_listed; i < t->n_links; i++)
        if (strcmp(t->link[i], url) == 0)
            return i + 1;
    t->link = reallocarray(t->link, (size_t)t->n_links + 1, sizeof t->link[0]);
    if (t->link == NULL)
        fault_no_memory();
    t->link[t->n_links++] = url;
    return t->n_links;
}
