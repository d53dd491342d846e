/* SPDX-License-Identifier: ISC */
/* Composes an issue: everything about a letter that does not depend on who
 * reads it is decided, written and encoded here, once.  Whatever comes from
 * outside is checked for control characters first; marks are made of two of
 * them, so after that only we can make one. */
#include "templates/letter.h"

#include <stdlib.h>
#include <string.h>
#include "templates/image.h"
#include "templates/letter_parts.h"
#include "templates/mime.h"

#define PAGE_GROUND "#f2f5f5" /* the darkest of the light grounds of text */
#define DARK_GROUND "#262e34" /* the lightest of the dark ones */
#define READABLE 4.6          /* WCAG AA asks for 4.5 */
#define READABLE_DARK 6.0     /* thin letters on a dark ground need more */

static enum result make_plan(struct plan *p, const char *template_dir,
    struct notes *notes, struct fault *f);
static void clear_plan(struct plan *p);
static void check_list(const struct letter_list *l, struct notes *notes);
static void
check_text(const char *what, const char *text, bool lines, struct notes *notes);
static void check_url(const char *what, const char *url, struct notes *notes);
static void read_mailboxes(struct plan *p, struct notes *notes);
static void take_images(struct plan *p, struct notes *notes);
static void choose_colours(struct plan *p, struct notes *notes);
static void read_footer(struct plan *p, struct notes *notes);
static enum result read_words(struct plan *p, const char *template_dir,
    struct notes *notes, struct fault *f);
static uint64_t hash_of(uint64_t h, const char *text);
static enum result write_message(const struct plan *p, const char *html,
    const char *text, struct letter *out, struct notes *notes, struct fault *f);
static enum result stop_at_errors(const struct notes *notes, struct fault *f);

enum result
letter_compose(const struct draft *d, const struct letter_list *list,
    const struct letter_image *images, int n_images, const char *template_dir,
    struct letter *out, struct notes *notes, struct fault *f)
{
    struct plan *p = fault_calloc(1, sizeof *p);
    char *html = NULL, *text = NULL;
    enum result r;

    p->draft = d;
    p->list = list;
    p->files = images;
    p->n_images = n_images;
    r = make_plan(p, template_dir, notes, f);
    if (r == RES_OK)
        r = letter_pages(p, template_dir, &html, &text, f);
    if (r == RES_OK)
        r = write_message(p, html, text, out, notes, f);
    free(html);
    free(text);
    clear_plan(p);
    free(p);
    return r;
}

void
letter_clear(struct letter *l)
{
    free(l->subject);
    free(l->message);
    memset(l, 0, sizeof *l);
}

static enum result
make_plan(struct plan *p, const char *template_dir, struct notes *notes,
    struct fault *f)
{
    const struct draft *d = p->draft;
    int of_draft = notes->errors; /* no reason not to tell of the others */
    enum result r;

    check_list(p->list, notes);
    if (p->n_images > LETTER_IMAGES_MAX) {
        notes_add(notes, 0, true, "more than %d pictures", LETTER_IMAGES_MAX);
        p->n_images = 0;
    }
    if (notes->errors > of_draft)
        return stop_at_errors(notes, f);
    p->hash = hash_of(hash_of(14695981039346656037U, d->subject), d->body);
    p->language = d->language[0] != '\0' ? d->language : p->list->language;
    if (p->language[0] == '\0')
        p->language = "da";
    p->footer_language = p->list->footer_language[0] != '\0'
                             ? p->list->footer_language
                             : p->language;
    read_mailboxes(p, notes);
    take_images(p, notes);
    choose_colours(p, notes);
    p->subject = mark_merge_fields(d->subject, d->subject_line, false, notes);
    p->title = d->title[0] != '\0'
                   ? mark_merge_fields(d->title, d->title_line, false, notes)
                   : fault_strdup(p->subject);
    p->preheader =
        mark_merge_fields(d->preheader, d->preheader_line, false, notes);
    char *body = mark_merge_fields(d->body, d->body_line, true, notes);
    p->body = body_parse(body, d->body_line, p->images, p->n_images, notes);
    free(body);
    read_footer(p, notes);
    r = read_words(p, template_dir, notes, f);
    return r != RES_OK ? r : stop_at_errors(notes, f);
}

static void
clear_plan(struct plan *p)
{
    words_clear(&p->words);
    words_clear(&p->footer_words);
    free(p->subject);
    free(p->title);
    free(p->preheader);
    if (p->body != NULL)
        cmark_node_free(p->body);
    if (p->footer != NULL)
        cmark_node_free(p->footer);
}

static enum result
stop_at_errors(const struct notes *notes, struct fault *f)
{
    if (notes->errors == 0)
        return RES_OK;
    for (int i = 0; i < notes->n; i++)
        if (notes->item[i].error)
            return fault_set(f, RES_NEVER, "line %d: %.200s",
                notes->item[i].line, notes->item[i].text);
    return fault_set(f, RES_NEVER, "the source has errors");
}

static void
check_list(const struct letter_list *l, struct notes *notes)
{
    check_text("key", l->key, false, notes);
    check_text("title", l->title, false, notes);
    check_text("from", l->from, false, notes);
    check_text("reply-to", l->reply_to, false, notes);
    check_text("mailbox", l->mailbox, false, notes);
    check_text("postal", l->postal, false, notes);
    check_text("footer", l->footer, true, notes);
    check_url("home-url", l->home_url, notes);
    check_url("web-url", l->web_url, notes);
    for (int i = 0; i < l->n_social; i++) {
        check_text("social", l->social[i].label, false, notes);
        check_url("social", l->social[i].url, notes);
    }
}

static void
check_text(const char *what, const char *text, bool lines, struct notes *notes)
{
    for (;;) {
        size_t n = lines ? strcspn(text, "\n") : strlen(text);

        if (text_unclean(text, n)) {
            notes_add(notes, 0, true,
                "the list's %s is not UTF-8 or holds a control character",
                what);
            return;
        }
        if (text[n] == '\0')
            return;
        text += n + 1;
    }
}

/* A URL that may stand in a header as it is. */
static void
check_url(const char *what, const char *url, struct notes *notes)
{
    bool fits = mime_url_fits(url, strlen(url)) &&
                strlen(url) < LETTER_URL_MAX / 2 && strstr(url, "@@") == NULL;

    for (const char *p = url; *p != '\0'; p++)
        fits = fits && *p > ' ' && *p <= '~' && strchr("<>\"\\", *p) == NULL;
    if (url[0] != '\0' && !fits)
        notes_add(notes, 0, true,
            "the list's %s is not an address of the web or of a mailbox: "
            "\"%.80s\"",
            what, url);
}

static void
read_mailboxes(struct plan *p, struct notes *notes)
{
    const struct draft *d = p->draft;
    const char *from = d->from[0] != '\0' ? d->from : p->list->from;
    const char *reply =
        d->reply_to[0] != '\0' ? d->reply_to : p->list->reply_to;
    struct mailbox own;
    struct fault f;

    if (mailbox_read(from, &p->from, &f) != RES_OK)
        notes_add(
            notes, d->from_line, true, "from \"%.80s\": %.120s", from, f.text);
    if (reply[0] != '\0' && mailbox_read(reply, &p->reply_to, &f) != RES_OK)
        notes_add(notes, d->reply_to_line, true, "reply-to \"%.80s\": %.120s",
            reply, f.text);
    if (mailbox_read(p->list->mailbox, &own, &f) != RES_OK ||
        own.name[0] != '\0')
        notes_add(notes, 0, true, "the list's mailbox \"%.80s\": %.120s",
            p->list->mailbox, own.name[0] != '\0' ? "no name here" : f.text);
}

static void
take_images(struct plan *p, struct notes *notes)
{
    for (int i = 0; i < p->n_images; i++) {
        struct body_image *image = &p->images[i];
        const struct letter_image *file = &p->files[i];

        image->name = file->name;
        if (strlen(file->name) > 120 ||
            text_unclean(file->name, strlen(file->name)))
            notes_add(notes, 0, true, "a picture needs a shorter, plain name");
        else if (image_type(file->bytes, file->n, &image->width) == NULL)
            notes_add(notes, 0, true,
                "%s is not a PNG, JPEG, GIF or WebP picture", file->name);
        (void)snprintf(image->content_id, sizeof image->content_id,
            "image%d.%08lx@%.80s", i + 1, (unsigned long)p->hash & 0xffffffff,
            mailbox_domain(p->list->mailbox));
    }
}

/* The list's colour where it can be read, the nearest one where it cannot. */
static void
choose_colours(struct plan *p, struct notes *notes)
{
    struct colour own = {0x1f, 0x5c, 0x4d}, page, dark;
    const struct colour black = {17, 17, 17}, white = {255, 255, 255};
    const char *text = p->list->colour;

    if (text[0] != '\0' && !colour_read(text, &own))
        notes_add(notes, 0, true,
            "the list's colour is six hex digits, such as #1f5c4d, not "
            "\"%.20s\"",
            text);
    (void)colour_read(PAGE_GROUND, &page);
    (void)colour_read(DARK_GROUND, &dark);
    colour_write(own, p->masthead);
    colour_write(colour_contrast(own, white) >= READABLE ? white
                 : colour_contrast(own, black) >= READABLE
                     ? black
                     : colour_on(white, own, READABLE),
        p->masthead_text);
    colour_write(colour_on(own, page, READABLE), p->look.link);
    colour_write(own, p->look.button);
    memcpy(p->look.label, p->masthead_text, sizeof p->look.label);
    colour_write(colour_on(own, dark, READABLE_DARK), p->link_dark);
}

/* What is wrong with it is not the author's, and stands in no line of his. */
static void
read_footer(struct plan *p, struct notes *notes)
{
    struct notes own = {0};
    char *text = mark_merge_fields(p->list->footer, 1, true, &own);

    p->footer = body_parse(text, 1, p->images, p->n_images, &own);
    free(text);
    for (int i = 0; i < own.n; i++)
        notes_add(notes, 0, own.item[i].error, "the list's footer: %s",
            own.item[i].text);
}

static enum result
read_words(struct plan *p, const char *template_dir, struct notes *notes,
    struct fault *f)
{
    enum result r = words_read(template_dir, p->language, &p->words, f);

    if (r == RES_OK)
        r = words_read(template_dir, p->footer_language, &p->footer_words, f);
    if (r == RES_NEVER)
        notes_add(
            notes, p->draft->language_line, true, "language: %s", f->text);
    return r;
}

/* FNV-1a: tells letters apart, keeps no secret. */
static uint64_t
hash_of(uint64_t h, const char *text)
{
    for (; *text != '\0'; text++)
        h = (h ^ (unsigned char)*text) * 1099511628211U;
    return h;
}

static enum result
write_message(const struct plan *p, const char *html, const char *text,
    struct letter *out, struct notes *notes, struct fault *f)
{
    char *message = NULL;
    size_t n = 0;
    FILE *to = open_memstream(&message, &n);
    enum result r;

    if (to == NULL)
        fault_no_memory();
    letter_write_head(to, p);
    letter_write_parts(to, p, html, text);
    if (fclose(to) != 0)
        fault_no_memory();
    if (n > LETTER_MAX_BYTES) {
        notes_add(notes, 0, true,
            "the letter takes %zu KiB, more than %d; make the pictures "
            "smaller",
            n / 1024, LETTER_MAX_BYTES / 1024);
        free(message);
        return stop_at_errors(notes, f);
    }
    r = letter_prove(message, n, f);
    if (r != RES_OK) {
        free(message);
        return r;
    }
    out->subject = fault_strdup(p->draft->subject);
    out->message = message;
    out->message_bytes = n;
    return RES_OK;
}
