/* SPDX-License-Identifier: ISC */
/* Parses an author's text and tells what a letter cannot hold.  cmark's own
 * HTML is not used: mail programs want inline styles, and it would pass raw
 * HTML on or drop it silently; here the author is told, with the line. */
#include "templates/body.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "templates/body_slips.h"
#include "templates/mime.h"

enum {
    DEPTH_MAX = 24 /* the renderers recurse this deep, no deeper */
};

/* What the check of one text needs to know. */
struct check {
    int line; /* of the text's beginning in its file */
    int near; /* the newest line that cmark told */
    const char *text;
    struct body_image *images;
    int n_images;
    struct notes *notes;
};

static void check_node(struct check *c, cmark_node *node);
static void check_image(struct check *c, cmark_node *node, int line);

cmark_node *
body_parse(const char *commonmark, int line, struct body_image *images,
    int n_images, struct notes *notes)
{
    struct check c = {line, 1, commonmark, images, n_images, notes};
    cmark_node *root = cmark_parse_document(
        commonmark, strlen(commonmark), CMARK_OPT_VALIDATE_UTF8);
    cmark_iter *it;
    cmark_event_type event;
    int depth = 0;

    if (root == NULL)
        fault_no_memory();
    cmark_consolidate_text_nodes(root);
    it = cmark_iter_new(root);
    while ((event = cmark_iter_next(it)) != CMARK_EVENT_DONE) {
        cmark_node *node = cmark_iter_get_node(it);

        if (event == CMARK_EVENT_EXIT) {
            depth--;
            continue;
        }
        check_node(&c, node);
        if (cmark_node_first_child(node) != NULL || depth == 0)
            depth++;
        if (depth > DEPTH_MAX) {
            notes_add(notes, line + c.near - 1, true,
                "lists, quotes and emphasis are nested too deep here");
            break;
        }
    }
    cmark_iter_free(it);
    return root;
}

bool
body_is_button(cmark_node *paragraph)
{
    cmark_node *link = cmark_node_first_child(paragraph);

    return cmark_node_get_type(paragraph) == CMARK_NODE_PARAGRAPH &&
           link != NULL && cmark_node_next(link) == NULL &&
           cmark_node_get_type(link) == CMARK_NODE_LINK &&
           strcasecmp(cmark_node_get_title(link), "button") == 0;
}

const struct body_image *
body_find_image(const struct body_image *images, int n, const char *name)
{
    for (int i = 0; i < n; i++)
        if (strcmp(images[i].name, name) == 0)
            return &images[i];
    return NULL;
}

char *
body_plain(cmark_node *node)
{
    char *out = NULL;
    size_t size = 0;
    FILE *to = open_memstream(&out, &size);
    cmark_iter *it = cmark_iter_new(node);
    cmark_event_type event;

    if (to == NULL)
        fault_no_memory();
    while ((event = cmark_iter_next(it)) != CMARK_EVENT_DONE) {
        cmark_node *n = cmark_iter_get_node(it);
        const char *literal = cmark_node_get_literal(n);
        cmark_node_type type = cmark_node_get_type(n);

        if (event != CMARK_EVENT_ENTER)
            continue;
        if (type == CMARK_NODE_SOFTBREAK || type == CMARK_NODE_LINEBREAK)
            (void)putc(' ', to);
        else if (literal != NULL)
            (void)fputs(literal, to);
    }
    cmark_iter_free(it);
    if (fclose(to) != 0)
        fault_no_memory();
    return out;
}

static void
check_node(struct check *c, cmark_node *node)
{
    const char *url;
    int line;

    if (cmark_node_get_start_line(node) > 0)
        c->near = cmark_node_get_start_line(node);
    line = c->line + c->near - 1;
    body_slips(node, c->text, c->line, line, c->notes);
    switch (cmark_node_get_type(node)) {
    case CMARK_NODE_HTML_BLOCK:
    case CMARK_NODE_HTML_INLINE:
        notes_add(c->notes, line, true,
            "HTML cannot stand in a letter's text (write \\< for a plain "
            "<): %.60s",
            cmark_node_get_literal(node));
        break;
    case CMARK_NODE_LINK:
        url = cmark_node_get_url(node);
        if (!mime_url_fits(url, strlen(url)) ||
            strncasecmp(url, "cid:", 4) == 0)
            notes_add(c->notes, line, true,
                "a link goes to https:, http:, mailto: or tel:, not to "
                "\"%.80s\"",
                url);
        else if (cmark_node_first_child(node) == NULL)
            notes_add(c->notes, line, false,
                "the link to %.80s has no text to click on", url);
        break;
    case CMARK_NODE_IMAGE:
        check_image(c, node, line);
        break;
    default:
        break;
    }
}

static void
check_image(struct check *c, cmark_node *node, int line)
{
    const char *url = cmark_node_get_url(node);
    char *alt = body_plain(node);

    if (alt[0] == '\0')
        notes_add(c->notes, line, false,
            "the picture %.80s has no text for those who do not see it: "
            "![what it shows](%.80s)",
            url, url);
    free(alt);
    if (strncasecmp(url, "https://", 8) == 0) {
        if (!mime_url_fits(url, strlen(url)))
            notes_add(c->notes, line, true,
                "not an address of a picture: %.80s", url);
        return;
    }
    for (int i = 0; i < c->n_images; i++) {
        if (strcmp(c->images[i].name, url) == 0) {
            c->images[i].used = true;
            return;
        }
    }
    notes_add(c->notes, line, true,
        "there is no picture \"%.80s\" beside the source (or give an "
        "https:// address)",
        url);
}
