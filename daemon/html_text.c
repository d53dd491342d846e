/* SPDX-License-Identifier: ISC */
/* libgumbo reads HTML as browsers do, at a price that html_cost knows. */
#include "daemon/html_text.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <gumbo.h>

#include "daemon/html_brief.h"
#include "daemon/html_cost.h"

enum {
    DEPTH_MAX = 1600 /* what stands deeper is left out */
};
struct page {
    FILE *to;
    struct html_brief brief; /* what the parser is given */
    int quotes;              /* elements around us that quote */
    bool rest_quoted;        /* an Outlook reply: all that follows */
    bool line_begun;
    bool blank_owed;
    bool preformatted;
};

static const GumboOutput *
parse(const char *html, size_t n, struct html_room *room);
static void render(struct page *p, const GumboNode *node, int depth);
static void children(struct page *p, const GumboElement *e, int depth);
static void put_node(struct page *p, const char *s);
static void put_text(struct page *p, const char *s, const char *end);
static void begin_line(struct page *p);
static void end_line(struct page *p);
static bool is_block(GumboTag tag);
static bool is_silent(const GumboElement *e);
static bool quotes(const GumboElement *e);
static bool quotes_the_rest(const GumboElement *e);
static bool mentions(
    const GumboElement *e, const char *attribute, const char *const *words);

enum result
html_text(
    const char *html, size_t n, char **out, size_t *out_n, struct fault *f)
{
    static struct html_room room;
    const GumboOutput *tree;
    static struct page p;
    enum result r = html_cost(html, n, f);

    if (r != RES_OK)
        return r;
    p = (struct page){.to = NULL};
    html_brief_make(&p.brief, html, n);
    if (setjmp(room.full) != 0) {
        html_room_clear(&room);
        html_brief_clear(&p.brief);
        return fault_set(f, RES_NEVER, "HTML that takes more than %d MiB",
            HTML_ROOM_MAX / 1024 / 1024);
    }
    tree = parse(p.brief.html, p.brief.n, &room);
    p.to = open_memstream(out, out_n);
    if (p.to == NULL)
        fault_no_memory();
    if (tree != NULL)
        render(&p, tree->root, 0);
    html_room_clear(&room);
    html_brief_clear(&p.brief);
    end_line(&p);
    if (fclose(p.to) != 0)
        fault_no_memory();
    return RES_OK;
}

static const GumboOutput *
parse(const char *html, size_t n, struct html_room *room)
{
    GumboOptions options = kGumboDefaultOptions;

    options.max_errors = 0;
    options.allocator = html_room_take;
    options.deallocator = html_room_drop;
    options.userdata = room;
    return gumbo_parse_with_options(&options, html, n);
}

static void
render(struct page *p, const GumboNode *node, int depth)
{
    const GumboElement *e;
    bool quoting, block, pre;

    if (node->type == GUMBO_NODE_TEXT || node->type == GUMBO_NODE_CDATA) {
        put_node(p, node->v.text.text);
        return;
    }
    if (node->type == GUMBO_NODE_WHITESPACE) {
        if (p->preformatted)
            put_node(p, node->v.text.text);
        else if (p->line_begun)
            p->blank_owed = true;
        return;
    }
    if (node->type != GUMBO_NODE_ELEMENT || depth > DEPTH_MAX)
        return;
    e = &node->v.element;
    if (is_silent(e))
        return;
    if (e->tag == GUMBO_TAG_BR) {
        begin_line(p);
        end_line(p);
        return;
    }
    if (quotes_the_rest(e)) {
        end_line(p);
        p->rest_quoted = true;
    }
    quoting = quotes(e);
    block = quoting || is_block(e->tag);
    pre = p->preformatted;
    if (e->tag == GUMBO_TAG_PRE)
        p->preformatted = true;
    if (block)
        end_line(p);
    p->quotes += quoting;
    if (e->tag == GUMBO_TAG_HR) {
        put_node(p, "________________________________");
        end_line(p);
    }
    children(p, e, depth);
    if (block)
        end_line(p);
    if (e->tag == GUMBO_TAG_P) {
        begin_line(p);
        end_line(p);
    }
    p->quotes -= quoting;
    p->preformatted = pre;
}

static void
children(struct page *p, const GumboElement *e, int depth)
{
    for (unsigned i = 0; i < e->children.length; i++)
        render(p, e->children.data[i], depth + 1);
}

/* The text of a node, in which single characters stand for runs of it. */
static void
put_node(struct page *p, const char *s)
{
    struct html_run run;
    const char *next;

    for (; *s != '\0'; s = next) {
        next = s + strcspn(s, "\xF3");
        put_text(p, s, next);
        if (*next == '\0')
            break;
        if (html_brief_take(&p->brief, next, &run)) {
            put_text(p, run.at, run.at + run.n);
            next += 4;
        } else {
            put_text(p, next, next + 1);
            next++;
        }
    }
}

static void
put_text(struct page *p, const char *s, const char *end)
{
    for (; s < end; s++) {
        if (p->preformatted && *s == '\n') {
            begin_line(p);
            end_line(p);
            continue;
        }
        if (isspace((unsigned char)*s)) {
            p->blank_owed = p->blank_owed || p->line_begun;
            continue;
        }
        begin_line(p);
        if (p->blank_owed)
            (void)putc_unlocked(' ', p->to);
        p->blank_owed = false;
        (void)putc_unlocked(*s, p->to);
    }
}

static void
begin_line(struct page *p)
{
    if (p->line_begun)
        return;
    if (p->quotes > 0 || p->rest_quoted)
        (void)fputs_unlocked("> ", p->to);
    p->line_begun = true;
    p->blank_owed = false;
}

static void
end_line(struct page *p)
{
    if (p->line_begun)
        (void)putc_unlocked('\n', p->to);
    p->line_begun = false;
    p->blank_owed = false;
}

static bool
is_block(GumboTag tag)
{
    switch (tag) {
    case GUMBO_TAG_ADDRESS:
    case GUMBO_TAG_BLOCKQUOTE:
    case GUMBO_TAG_BODY:
    case GUMBO_TAG_CENTER:
    case GUMBO_TAG_DD:
    case GUMBO_TAG_DIV:
    case GUMBO_TAG_DL:
    case GUMBO_TAG_DT:
    case GUMBO_TAG_FIELDSET:
    case GUMBO_TAG_FORM:
    case GUMBO_TAG_H1:
    case GUMBO_TAG_H2:
    case GUMBO_TAG_H3:
    case GUMBO_TAG_H4:
    case GUMBO_TAG_H5:
    case GUMBO_TAG_H6:
    case GUMBO_TAG_HR:
    case GUMBO_TAG_LI:
    case GUMBO_TAG_OL:
    case GUMBO_TAG_P:
    case GUMBO_TAG_PRE:
    case GUMBO_TAG_TABLE:
    case GUMBO_TAG_TD:
    case GUMBO_TAG_TH:
    case GUMBO_TAG_TR:
    case GUMBO_TAG_UL:
        return true;
    default:
        return false;
    }
}

static bool
is_silent(const GumboElement *e)
{
    static const char *const hidden[] = {
        "display:none", "display: none", "mso-hide:all", NULL};
    static const char *const signature[] = {"gmail_signature", "moz-signature",
        "ms-outlook-mobile-signature", "AppleMailSignature", NULL};
    static const char *const signature_id[] = {
        "Signature", "ms-outlook-mobile-signature", "AppleMailSignature", NULL};

    if (e->tag == GUMBO_TAG_STYLE || e->tag == GUMBO_TAG_SCRIPT ||
        e->tag == GUMBO_TAG_HEAD || e->tag == GUMBO_TAG_TITLE ||
        e->tag == GUMBO_TAG_TEMPLATE)
        return true;
    return mentions(e, "style", hidden) || mentions(e, "class", signature) ||
           mentions(e, "id", signature_id);
}

static bool
quotes(const GumboElement *e)
{
    static const char *const classes[] = {"gmail_quote", "gmail_attr",
        "gmail_extra", "moz-cite-prefix", "moz-forward-container",
        "yahoo_quoted", "protonmail_quote", "tutanota_quote", "WordSection_q",
        "moz-email-headers-table", "OutlookMessageHeader", "zmail_extra",
        "mail_quote", "quoted_reply", NULL};
    static const char *const ids[] = {"yahoo_quoted", "OLK_SRC_BODY_SECTION",
        "reply-intro", "replybody1", "mail-editor-reference-message", NULL};
    static const char *const names[] = {"messageReplySection", "quote", NULL};

    return e->tag == GUMBO_TAG_BLOCKQUOTE || mentions(e, "class", classes) ||
           mentions(e, "id", ids) || mentions(e, "name", names);
}

static bool
quotes_the_rest(const GumboElement *e)
{
    static const char *const ids[] = {
        "divRplyFwdMsg", "appendonsend", "stopSpelling", NULL};

    return mentions(e, "id", ids);
}

static bool
mentions(const GumboElement *e, const char *attribute, const char *const *words)
{
    const GumboAttribute *a = gumbo_get_attribute(&e->attributes, attribute);

    if (a == NULL)
        return false;
    for (; *words != NULL; words++)
        if (strcasestr(a->value, *words) != NULL)
            return true;
    return false;
}
