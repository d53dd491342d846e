/* SPDX-License-Identifier: ISC */
/* A letter's text as HTML that mail programs show alike: inline styles, no
 * colour on text that a dark mode could not turn, tables where Outlook needs
 * them.  The classes are for the few rules of letter.html.tpl. */
#include "templates/body.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "templates/mark.h"

enum {
    COLUMN_PX = 528 /* inner width of the letter on a desktop */
};
struct page {
    FILE *to;
    const struct body_look *look;
    const struct body_image *images;
    int n_images;
};

static void block(struct page *p, cmark_node *node, bool last);
static void blocks(struct page *p, cmark_node *parent);
static void heading(struct page *p, cmark_node *node);
static void paragraph(struct page *p, cmark_node *node, bool last);
static void button(struct page *p, cmark_node *link);
static void list(struct page *p, cmark_node *node, bool last);
static void inlines(struct page *p, cmark_node *parent);
static void inline_node(struct page *p, cmark_node *node);
static void image(struct page *p, cmark_node *node);
static void put_text(struct page *p, const char *text);
static void put_url(struct page *p, const char *url);
static bool only_image(cmark_node *parent);

char *
body_html(cmark_node *root, const struct body_look *look,
    const struct body_image *images, int n_images)
{
    char *out = NULL;
    size_t size = 0;
    struct page p = {open_memstream(&out, &size), look, images, n_images};

    if (p.to == NULL)
        fault_no_memory();
    blocks(&p, root);
    if (fclose(p.to) != 0)
        fault_no_memory();
    return out;
}

static void
blocks(struct page *p, cmark_node *parent)
{
    for (cmark_node *n = cmark_node_first_child(parent); n != NULL;
         n = cmark_node_next(n))
        block(p, n, cmark_node_next(n) == NULL);
}

static void
block(struct page *p, cmark_node *node, bool last)
{
    const char *below = last ? "0" : "20px";

    switch (cmark_node_get_type(node)) {
    case CMARK_NODE_HEADING:
        heading(p, node);
        break;
    case CMARK_NODE_PARAGRAPH:
        paragraph(p, node, last);
        break;
    case CMARK_NODE_LIST:
        list(p, node, last);
        break;
    case CMARK_NODE_BLOCK_QUOTE:
        (void)fprintf(p->to,
            "<blockquote class=\"quote\" style=\"margin:0 0 %s;"
            "padding:2px 0 2px 18px;border-left:4px solid %s\">\n",
            below, p->look->button);
        blocks(p, node);
        (void)fputs("</blockquote>\n", p->to);
        break;
    case CMARK_NODE_CODE_BLOCK:
        (void)fprintf(p->to,
            "<pre style=\"margin:0 0 %s;font-family:Consolas,Menlo,"
            "monospace;font-size:15px;line-height:1.5;white-space:pre-wrap;"
            "word-break:break-word\">",
            below);
        put_text(p, cmark_node_get_literal(node));
        (void)fputs("</pre>\n", p->to);
        break;
    case CMARK_NODE_THEMATIC_BREAK:
        (void)fputs(
            "<div class=\"rule\" style=\"margin:32px 0;border-top:1px solid "
            "#d5dadd;font-size:0;line-height:0\">&nbsp;</div>\n",
            p->to);
        break;
    default:
        break;
    }
}

/* A heading of the first two levels begins an article: a rule above it.  The
 * masthead holds the only h1. */
static void
heading(struct page *p, cmark_node *node)
{
    static const struct {
        int tag;
        const char *style;
    } levels[] = {
        {2, "font-size:26px;line-height:1.25;margin:0 0 14px"},
        {2, "font-size:22px;line-height:1.3;margin:0 0 12px"},
        {3, "font-size:18px;line-height:1.35;margin:28px 0 8px"},
        {4, "font-size:17px;line-height:1.4;margin:24px 0 6px"},
    };
    int level = cmark_node_get_heading_level(node);
    bool article = level <= 2 && cmark_node_previous(node) != NULL;
    int i = level < 4 ? level - 1 : 3;

    if (article)
        (void)fputs(
            "<div class=\"rule\" style=\"margin:40px 0 36px;border-top:1px "
            "solid #d5dadd;font-size:0;line-height:0\">&nbsp;</div>\n",
            p->to);
    (void)fprintf(p->to, "<h%d style=\"%s;font-weight:700;color:%s\">",
        levels[i].tag, levels[i].style, p->look->link);
    inlines(p, node);
    (void)fprintf(p->to, "</h%d>\n", levels[i].tag);
}

static void
paragraph(struct page *p, cmark_node *node, bool last)
{
    cmark_node *parent = cmark_node_parent(node);
    cmark_node *above = parent != NULL ? cmark_node_parent(parent) : NULL;
    bool tight = above != NULL &&
                 cmark_node_get_type(above) == CMARK_NODE_LIST &&
                 cmark_node_get_list_tight(above);

    if (body_is_button(node)) {
        button(p, cmark_node_first_child(node));
        return;
    }
    if (tight) {
        inlines(p, node);
        return;
    }
    (void)fprintf(p->to, "<p style=\"margin:0 0 %s\">", last ? "0" : "20px");
    inlines(p, node);
    (void)fputs("</p>\n", p->to);
}

/* A table cell with a ground: Outlook gives links no padding. */
static void
button(struct page *p, cmark_node *link)
{
    (void)fprintf(p->to,
        "<table role=\"presentation\" border=\"0\" cellpadding=\"0\" "
        "cellspacing=\"0\" style=\"margin:4px 0 24px\"><tr><td "
        "bgcolor=\"%s\" style=\"border-radius:6px;background-color:%s\">"
        "<a class=\"button\" href=\"",
        p->look->button, p->look->button);
    put_url(p, cmark_node_get_url(link));
    (void)fprintf(p->to,
        "\" style=\"display:inline-block;padding:13px 26px;"
        "font-weight:700;text-decoration:none;border-radius:6px;color:%s\">",
        p->look->label);
    inlines(p, link);
    (void)fputs("</a></td></tr></table>\n", p->to);
}

static void
list(struct page *p, cmark_node *node, bool last)
{
    bool ordered = cmark_node_get_list_type(node) == CMARK_ORDERED_LIST;
    bool tight = cmark_node_get_list_tight(node) != 0;

    (void)fprintf(p->to, "<%s", ordered ? "ol" : "ul");
    if (ordered && cmark_node_get_list_start(node) != 1)
        (void)fprintf(p->to, " start=\"%d\"", cmark_node_get_list_start(node));
    (void)fprintf(p->to, " style=\"margin:0 0 %s;padding:0 0 0 26px\">\n",
        last ? "0" : "20px");
    for (cmark_node *item = cmark_node_first_child(node); item != NULL;
         item = cmark_node_next(item)) {
        (void)fprintf(p->to, "<li style=\"margin:0 0 %s\">",
            cmark_node_next(item) == NULL ? "0"
            : tight                       ? "6px"
                                          : "14px");
        blocks(p, item);
        (void)fputs("</li>\n", p->to);
    }
    (void)fprintf(p->to, "</%s>\n", ordered ? "ol" : "ul");
}

static void
inlines(struct page *p, cmark_node *parent)
{
    for (cmark_node *n = cmark_node_first_child(parent); n != NULL;
         n = cmark_node_next(n))
        inline_node(p, n);
}

static void
inline_node(struct page *p, cmark_node *node)
{
    switch (cmark_node_get_type(node)) {
    case CMARK_NODE_TEXT:
        put_text(p, cmark_node_get_literal(node));
        break;
    case CMARK_NODE_SOFTBREAK:
        (void)putc('\n', p->to);
        break;
    case CMARK_NODE_LINEBREAK:
        (void)fputs("<br>\n", p->to);
        break;
    case CMARK_NODE_CODE:
        (void)fputs("<code style=\"font-family:Consolas,Menlo,monospace;"
                    "font-size:15px\">",
            p->to);
        put_text(p, cmark_node_get_literal(node));
        (void)fputs("</code>", p->to);
        break;
    case CMARK_NODE_EMPH:
        (void)fputs("<em>", p->to);
        inlines(p, node);
        (void)fputs("</em>", p->to);
        break;
    case CMARK_NODE_STRONG:
        (void)fputs("<strong>", p->to);
        inlines(p, node);
        (void)fputs("</strong>", p->to);
        break;
    case CMARK_NODE_LINK:
        (void)fputs("<a href=\"", p->to);
        put_url(p, cmark_node_get_url(node));
        (void)fprintf(p->to, "\" style=\"color:%s\">", p->look->link);
        inlines(p, node);
        (void)fputs("</a>", p->to);
        break;
    case CMARK_NODE_IMAGE:
        image(p, node);
        break;
    default:
        break;
    }
}

static void
image(struct page *p, cmark_node *node)
{
    const char *url = cmark_node_get_url(node);
    const struct body_image *i = body_find_image(p->images, p->n_images, url);
    char *alt = body_plain(node);
    cmark_node *parent = cmark_node_parent(node);
    bool whole = only_image(parent);
    int width = i != NULL ? i->width : 0;

    if (width > COLUMN_PX || (width == 0 && whole))
        width = COLUMN_PX;
    (void)fputs("<img src=\"", p->to);
    if (i != NULL)
        (void)fprintf(p->to, "cid:%s", i->content_id);
    else
        put_url(p, url);
    (void)fputs("\" alt=\"", p->to);
    put_text(p, alt);
    if (width > 0) /* a width in % lets the table be narrower */
        (void)fprintf(p->to,
            "\" width=\"%d\" style=\"width:100%%;max-width:%dpx", width, width);
    else
        (void)fputs("\" style=\"max-width:100%", p->to);
    (void)fprintf(p->to, ";height:auto;border:0;border-radius:4px%s\">",
        whole ? ";display:block" : "");
    free(alt);
}

/* Whether a paragraph, or a link that is all of one, is just one picture. */
static bool
only_image(cmark_node *parent)
{
    cmark_node *child = cmark_node_first_child(parent);

    if (cmark_node_next(child) != NULL)
        return false;
    if (cmark_node_get_type(parent) == CMARK_NODE_LINK)
        return cmark_node_next(parent) == NULL &&
               cmark_node_previous(parent) == NULL;
    return cmark_node_get_type(parent) == CMARK_NODE_PARAGRAPH;
}

static void
put_text(struct page *p, const char *text)
{
    for (; *text != '\0'; text++) {
        switch (*text) {
        case '&':
            (void)fputs("&amp;", p->to);
            break;
        case '<':
            (void)fputs("&lt;", p->to);
            break;
        case '>':
            (void)fputs("&gt;", p->to);
            break;
        case '"':
            (void)fputs("&quot;", p->to);
            break;
        case MARK_OPEN:
            (void)putc(*text, p->to);
            if (text[1] == 'v') {
                (void)putc('h', p->to);
                text++;
            }
            break;
        default:
            (void)putc(*text, p->to);
            break;
        }
    }
}

/* A URL in an attribute: what no URL may hold is percent-encoded. */
static void
put_url(struct page *p, const char *url)
{
    for (; *url != '\0'; url++) {
        unsigned char c = (unsigned char)*url;

        if (*url == MARK_OPEN) {
            (void)putc(*url, p->to);
            if (url[1] == 'v') {
                (void)putc('u', p->to);
                url++;
            }
        } else if (c == '&') {
            (void)fputs("&amp;", p->to);
        } else if (c == '\'') {
            (void)fputs("&#39;", p->to);
        } else if (c > '~' || strchr(" \"<>\\^`{|}", c) != NULL) {
            (void)fprintf(p->to, "%%%02X", c);
        } else {
            (void)putc(c, p->to);
        }
    }
}
