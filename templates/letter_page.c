/* SPDX-License-Identifier: ISC */
/* Stage one: the issue's own values go into its two templates.  In HTML
 * ctemplate escapes each for the place it stands in; only the body and the
 * footer, which body_html.c wrote, go in as they are (BODY:none). */
#include "templates/letter_parts.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include "templates/ctemplate.h"
#include "templates/wrap.h"

enum {
    BAGS_MAX = 64 /* strings that live as long as one expansion */
};

/* Every name that a letter's template may use.  One that is also a section
 * is shown where it is not empty. */
static const char *const page_names[] = {"LANGUAGE", "SUBJECT", "LIST", "TITLE",
    "PREHEADER", "HOME_URL", "BODY", "FOOTER", "POSTAL", "CONTACTS", "CONTACT",
    "NAME", "ROLE", "PHONE", "PHONE_URL", "MAIL", "MAIL_URL", "PHONE_WORD",
    "MAIL_WORD", "CONTACT_WORD", "SOCIAL", "SOCIALS", "SOCIAL_separator",
    "LABEL", "URL", "FOOTER_LANGUAGE", "SENT_TO", "WHY", "BECAUSE",
    "UNSUBSCRIBE", "UNSUBSCRIBE_URL", "PREFERENCES", "PREFERENCES_URL",
    "MASTHEAD", "MASTHEAD_TEXT", "LINK", "LINK_DARK", "BUTTON", "BUTTON_TEXT",
    "RULE", NULL};

/* One of the two pages while its values are gathered. */
struct page {
    const struct plan *plan;
    bool html;
    char kind; /* of marks: h or t */
    struct tpl_values *values;
    char *bag[BAGS_MAX]; /* ours, freed after the expansion */
    int n_bags;
};

static enum result page(const struct plan *p, const char *template_dir,
    bool html, char **out, struct fault *f);
static void give(struct page *g, const char *name, const char *value);
static const char *keep(struct page *g, char *text);
static const char *settled(struct page *g, const char *text);
static void give_masthead(struct page *g);
static void give_contacts(struct page *g);
static void give_social(struct page *g);
static void give_small_print(struct page *g);
static void give_urls(struct page *g);
static const char *because(struct page *g);
static char *wrapped(const char *text);
static char *phone_url(const char *phone);

enum result
letter_pages(const struct plan *p, const char *template_dir, char **html,
    char **text, struct fault *f)
{
    enum result r;

    *html = *text = NULL;
    r = page(p, template_dir, true, html, f);
    if (r == RES_OK)
        r = page(p, template_dir, false, text, f);
    if (r != RES_OK) {
        free(*html);
        *html = NULL;
    }
    return r;
}

static enum result
page(const struct plan *p, const char *template_dir, bool html, char **out,
    struct fault *f)
{
    struct page g = {.plan = p, .html = html, .kind = html ? 'h' : 't'};
    const char *base =
        p->draft->template_name[0] != '\0' ? p->draft->template_name : "letter";
    char name[80];
    char *source = NULL;
    struct tpl *t = NULL;
    char *result;
    size_t n;
    enum result r;

    (void)snprintf(
        name, sizeof name, "%.60s.%s.tpl", base, html ? "html" : "txt");
    r = words_file(template_dir, name, &source, f);
    if (r != RES_OK)
        return r == RES_NONE ? RES_STOP : r;
    r = tpl_new(name, source, strlen(source), html ? TPL_HTML : TPL_TEXT,
        page_names, &t, f);
    free(source);
    if (r != RES_OK)
        return r;
    g.values = tpl_values_new();
    give_masthead(&g);
    give(&g, "BODY",
        keep(&g, html ? body_html(p->body, &p->look, p->images, p->n_images)
                      : body_text(p->body)));
    give_contacts(&g);
    give_social(&g);
    give(&g, "FOOTER",
        keep(&g, html ? body_html(p->footer, &p->look, p->images, p->n_images)
                      : body_text(p->footer)));
    give_small_print(&g);
    r = tpl_expand(t, g.values, &result, &n, f);
    if (r == RES_OK)
        *out = fault_strdup(result);
    tpl_values_free(g.values);
    while (g.n_bags > 0)
        free(g.bag[--g.n_bags]);
    tpl_free(t);
    return r;
}

/* A value, and the section of its name where there is one. */
static void
give(struct page *g, const char *name, const char *value)
{
    tpl_set(g->values, name, value);
    if (value[0] != '\0')
        tpl_show(g->values, name);
}

/* Holds on to text until the page is expanded. */
static const char *
keep(struct page *g, char *text)
{
    if (g->n_bags == BAGS_MAX)
        abort(); /* our own mistake: the number of values is fixed */
    g->bag[g->n_bags++] = text;
    return text;
}

/* Text whose v marks have this page's kind. */
static const char *
settled(struct page *g, const char *text)
{
    char *out = NULL;
    size_t size = 0;
    FILE *to = open_memstream(&out, &size);

    if (to == NULL)
        fault_no_memory();
    mark_settle(to, text, g->kind);
    if (fclose(to) != 0)
        fault_no_memory();
    return keep(g, out);
}

static void
give_masthead(struct page *g)
{
    const struct plan *p = g->plan;
    const char *title = settled(g, p->title);

    give(g, "LANGUAGE", p->language);
    give(g, "SUBJECT", settled(g, p->subject));
    give(g, "LIST", p->list->title);
    give(g, "TITLE", title);
    give(g, "PREHEADER", settled(g, p->preheader));
    give(g, "HOME_URL", p->list->home_url);
    give(g, "MASTHEAD", p->masthead);
    give(g, "MASTHEAD_TEXT", p->masthead_text);
    give(g, "LINK", p->look.link);
    give(g, "LINK_DARK", p->link_dark);
    give(g, "BUTTON", p->look.button);
    give(g, "BUTTON_TEXT", p->look.label);
}

static void
give_contacts(struct page *g)
{
    const struct draft *d = g->plan->draft;

    give(g, "PHONE_WORD", g->plan->words.text[WORD_PHONE]);
    give(g, "MAIL_WORD", g->plan->words.text[WORD_MAIL]);
    give(g, "CONTACT_WORD", g->plan->words.text[WORD_CONTACT]);
    if (d->n_contacts > 0)
        tpl_show(g->values, "CONTACTS");
    for (int i = 0; i < d->n_contacts; i++) {
        const struct draft_contact *c = &d->contact[i];
        struct page one = {.values = tpl_add(g->values, "CONTACT")};

        give(&one, "NAME", c->name);
        give(&one, "ROLE", c->title);
        give(&one, "PHONE", c->phone);
        give(&one, "PHONE_URL", keep(g, phone_url(c->phone)));
        give(&one, "MAIL", c->mail);
        give(&one, "MAIL_URL", c->mail);
    }
}

static void
give_social(struct page *g)
{
    const struct letter_list *l = g->plan->list;

    if (l->n_social > 0)
        tpl_show(g->values, "SOCIALS");
    for (int i = 0; i < l->n_social; i++) {
        struct page one = {.values = tpl_add(g->values, "SOCIAL")};
        const char *url = l->social[i].url;

        if (!g->html && strncmp(url, "mailto:", 7) == 0)
            url += 7;
        give(&one, "LABEL", l->social[i].label);
        give(&one, "URL", url);
    }
}

static void
give_small_print(struct page *g)
{
    const struct plan *p = g->plan;
    char *const *word = p->footer_words.text;

    give(g, "FOOTER_LANGUAGE", p->footer_language);
    give(g, "SENT_TO", settled(g, word[WORD_SENT_TO]));
    give(g, "WHY", word[WORD_WHY]);
    give(g, "BECAUSE", because(g));
    give(g, "UNSUBSCRIBE", word[WORD_UNSUBSCRIBE]);
    give(g, "PREFERENCES", word[WORD_PREFERENCES]);
    give(g, "POSTAL", p->list->postal);
    give_urls(g);
}

/* Without a web address both links are mails: one with the token, which the
 * inbox understands, and one to a person. */
static void
give_urls(struct page *g)
{
    const struct letter_list *l = g->plan->list;
    const char *subject = g->plan->footer_words.text[WORD_PREFERENCES_SUBJECT];
    char address[320];
    char *unsubscribe = fault_calloc(LETTER_URL_MAX, 1);
    char *preferences = fault_calloc(LETTER_URL_MAX, 1);
    size_t n;

    if (l->web_url[0] != '\0') {
        (void)snprintf(unsubscribe, LETTER_URL_MAX, "%s/u/" MARK("u", "TOKEN"),
            l->web_url);
        (void)snprintf(preferences, LETTER_URL_MAX, "%s/p/" MARK("u", "TOKEN"),
            l->web_url);
    } else {
        letter_unsubscribe_address(l->mailbox, MARK("u", "TOKEN"), address);
        (void)snprintf(unsubscribe, LETTER_URL_MAX,
            "mailto:%s?subject=unsubscribe%%20" MARK("u", "TOKEN"), address);
        (void)snprintf(
            preferences, LETTER_URL_MAX, "mailto:%s?subject=", l->mailbox);
        for (n = strlen(preferences);
             *subject != '\0' && n + 4 < LETTER_URL_MAX; subject++)
            n += (size_t)snprintf(preferences + n, LETTER_URL_MAX - n,
                isalnum((unsigned char)*subject) ? "%c" : "%%%02X",
                (unsigned char)*subject);
    }
    give(g, "UNSUBSCRIBE_URL", keep(g, unsubscribe));
    give(g, "PREFERENCES_URL", keep(g, preferences));
}

/* The answer to "why did I get this?": one sentence for each way of having
 * signed up, of which the person's own is shown. */
static const char *
because(struct page *g)
{
    static const struct {
        const char *section;
        enum word word;
    } reasons[] = {
        {"WHYIMPORT", WORD_WHY_IMPORT},
        {"WHYFORM", WORD_WHY_FORM},
        {"WHYREPLY", WORD_WHY_REPLY},
        {"WHYADMIN", WORD_WHY_ADMIN},
        {"WHYOTHER", WORD_WHY_OTHER},
        {"WHYTEST", WORD_WHY_TEST},
    };
    char *out = NULL;
    size_t size = 0;
    FILE *to = open_memstream(&out, &size);

    if (to == NULL)
        fault_no_memory();
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++) {
        const char *text = g->plan->footer_words.text[reasons[i].word];
        char *lines = g->html ? fault_strdup(text) : wrapped(text);

        (void)fprintf(to, MARK("#", "%s") "%s" MARK("/", "%s"),
            reasons[i].section, lines, reasons[i].section);
        free(lines);
    }
    if (fclose(to) != 0)
        fault_no_memory();
    return keep(g, out);
}

static char *
wrapped(const char *text)
{
    char *out = NULL;
    size_t size = 0;
    FILE *to = open_memstream(&out, &size);

    if (to == NULL)
        fault_no_memory();
    (void)wrap(to, text, "", "");
    if (fclose(to) != 0)
        fault_no_memory();
    out[strlen(out) - 1] = '\0'; /* the end of its last line */
    return out;
}

/* tel: wants digits and a plus. */
static char *
phone_url(const char *phone)
{
    char *out = fault_calloc(strlen(phone) + 1, 1);
    size_t n = 0;

    for (; *phone != '\0'; phone++)
        if (isdigit((unsigned char)*phone) || (*phone == '+' && n == 0))
            out[n++] = *phone;
    return out;
}
