/* SPDX-License-Identifier: ISC */
/* From libconfuse's tree to struct conf and its end: what was given, what the
 * table says where nothing was, and what follows from the machine. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/conf_reading.h"
#include "lists/address.h"
#include "lists/delivery.h"

enum {
    DOMAIN_TITLE_MAX = 250
};

/* Where the sections of a kind stand in struct conf. */
static const struct {
    size_t offset, size, n_offset;
    int most;
} place[CONF_SECTIONS] = {
    [IN_TOP] = {0, sizeof(struct conf), 0, 1},
    [IN_LIST] = {offsetof(struct conf, list), sizeof(struct conf_list),
        offsetof(struct conf, n_lists), CONF_LISTS_MAX},
    [IN_RELAY] = {offsetof(struct conf, relay), sizeof(struct conf_relay),
        offsetof(struct conf, n_relays), CONF_RELAYS_MAX},
    [IN_INBOX] = {offsetof(struct conf, inbox), sizeof(struct conf_inbox),
        offsetof(struct conf, n_inboxes), CONF_INBOXES_MAX},
    [IN_DOMAIN] = {offsetof(struct conf, domain), sizeof(struct conf_domain),
        offsetof(struct conf, n_domains), CONF_DOMAINS_MAX},
};

static void fill_section(
    struct reading *rd, enum conf_section s, cfg_t *section, void *base);
static void fill_name(
    struct reading *rd, enum conf_section s, const cfg_t *section, void *base);
static void fill_domain(
    struct reading *rd, const cfg_t *section, struct conf_domain *domain);
static void late_defaults(struct conf *c);
static void add_names(struct conf_list *l);
static void clear_section(enum conf_section s, void *base);

void
conf_fill(struct reading *rd, struct conf *c)
{
    enum conf_section s;
    int i, n;

    fill_section(rd, IN_TOP, rd->top, c);
    for (s = IN_LIST; s < CONF_SECTIONS; s++) {
        n = (int)cfg_size(rd->top, conf_section_word(s));
        if (n > place[s].most) {
            complain(rd, 0, "more than %d sections %s", place[s].most,
                conf_section_word(s));
            n = place[s].most;
        }
        for (i = 0; i < n; i++) {
            cfg_t *section =
                cfg_getnsec(rd->top, conf_section_word(s), (unsigned)i);
            void *base =
                (char *)c + place[s].offset + (size_t)i * place[s].size;

            fill_name(rd, s, section, base);
            fill_section(rd, s, section, base);
        }
        *(int *)((char *)c + place[s].n_offset) = n;
    }
    late_defaults(c);
}

void
conf_free(struct conf *c)
{
    enum conf_section s;
    int i;

    if (c == NULL)
        return;
    for (s = IN_TOP; s < CONF_SECTIONS; s++)
        for (i = 0; i < place[s].most; i++)
            clear_section(
                s, (char *)c + place[s].offset + (size_t)i * place[s].size);
    free(c->path);
    free(c);
}

static void
fill_section(
    struct reading *rd, enum conf_section s, cfg_t *section, void *base)
{
    const char *title = s == IN_TOP ? "" : cfg_title(section);
    const struct conf_key *k;
    struct fault f;
    unsigned i, n;
    const char *text;

    for (k = conf_keys; k < conf_keys + conf_n_keys; k++) {
        if (k->section != s)
            continue;
        n = cfg_size(section, k->name);
        for (i = 0; i < n; i++) {
            text = cfg_getnstr(section, k->name, i);
            if (conf_value(k, base, text, rd->dir, &f) != RES_OK)
                complain(rd, line_of(rd, section, k->name), "%s: %.60s: %s",
                    k->name, text, f.text);
        }
        if (n > 0)
            continue;
        /* A list of none, or not given at all. */
        text = k->initial;
        if (text == NULL && !rd->broken)
            complain(rd, section->line, "%s %s: %s must be given",
                conf_section_word(s), title, k->name);
        if (text == NULL)
            text = "";
        if (text[0] == '\0' && k->kind > KIND_STRINGS)
            continue;
        if (conf_value(k, base, text, rd->dir, &f) != RES_OK &&
            k->initial != NULL)
            complain(rd, section->line, "%s: %s", k->name, f.text);
    }
}

/* The section's title: what a list, relay or inbox is called everywhere. */
static void
fill_name(
    struct reading *rd, enum conf_section s, const cfg_t *section, void *base)
{
    const char *title = section->title;
    size_t n = strlen(title);
    char *copy = fault_strdup(title);
    struct conf_list *l = base;
    struct conf_relay *relay = base;
    struct conf_inbox *inbox = base;
    struct conf_domain *domain = base;

    if (s == IN_DOMAIN) {
        fill_domain(rd, section, domain);
        free(copy);
        return;
    }
    if (n == 0 || n > RELAY_NAME_MAX ||
        strspn(title, "abcdefghijklmnopqrstuvwxyz0123456789-") != n)
        complain(rd, section->line,
            "%s \"%.60s\": a name is 1 to %d of a-z, 0-9 and -",
            conf_section_word(s), title, (int)RELAY_NAME_MAX);
    if (s == IN_LIST) {
        l->letter.key = copy;
        l->letter.social = l->social;
        l->line = section->line;
    } else if (s == IN_RELAY) {
        relay->name = copy;
    } else {
        inbox->name = copy;
    }
}

/* A domain as it stands in addresses: lower case, A-labels. */
static void
fill_domain(
    struct reading *rd, const cfg_t *section, struct conf_domain *domain)
{
    char text[DOMAIN_TITLE_MAX + 3];
    struct address a;
    struct fault f;

    if (strlen(section->title) > DOMAIN_TITLE_MAX)
        (void)snprintf(text, sizeof text, "@");
    else
        (void)snprintf(text, sizeof text, "a@%s", section->title);
    if (address_parse(text, &a, &f) != RES_OK) {
        complain(
            rd, section->line, "domain \"%.60s\": no domain", section->title);
        domain->name = fault_strdup("");
        return;
    }
    domain->name = fault_strdup(strchr(a.key, '@') + 1);
}

/* Those that follow from others or from the machine. */
static void
late_defaults(struct conf *c)
{
    char name[256] = "localhost";
    char *store = NULL;
    int i;

    if (c->store != NULL && c->store[0] == '\0' && c->state_dir != NULL) {
        if (asprintf(&store, "%s/rummelig-mail.sqlite", c->state_dir) < 0)
            fault_no_memory();
        free(c->store);
        c->store = store;
    }
    if (c->template_dir != NULL && c->template_dir[0] == '\0') {
        free(c->template_dir);
        c->template_dir = fault_strdup(TEMPLATE_DIR);
    }
    if (c->node != NULL && c->node[0] == '\0') {
        (void)gethostname(name, sizeof name - 1);
        free(c->node);
        c->node = fault_strdup(name);
    }
    for (i = 0; i < c->n_lists; i++) {
        struct letter_list *l = &c->list[i].letter;

        add_names(&c->list[i]);
        if (l->footer_language == NULL || l->footer_language[0] != '\0' ||
            l->language == NULL)
            continue;
        free((char *)(uintptr_t)l->footer_language);
        l->footer_language = fault_strdup(l->language);
    }
}

static void
add_names(struct conf_list *l)
{
    const char *from = l->letter.from, *address;
    char *all = NULL;

    if (l->names == NULL || l->letter.title == NULL || from == NULL)
        return;
    address = strchr(from, '<');
    if (asprintf(&all, "%s, %s, %.*s", l->letter.title, l->names,
            address == NULL ? 0 : (int)(address - from), from) < 0)
        fault_no_memory();
    free(l->names);
    l->names = all;
}

static void
clear_section(enum conf_section s, void *base)
{
    struct conf_list *l = base;
    struct conf_relay *relay = base;
    struct conf_inbox *inbox = base;
    struct conf_domain *domain = base;
    const struct conf_key *k;
    char *string;
    int i;

    for (k = conf_keys; k < conf_keys + conf_n_keys; k++)
        if (k->section == s && k->kind < KIND_STRINGS) {
            memcpy(&string, (char *)base + k->offset, sizeof string);
            free(string);
        }
    if (s == IN_LIST) {
        free((char *)(uintptr_t)l->letter.key);
        window_free(l->window);
        for (i = 0; i < l->letter.n_social; i++) {
            free((char *)(uintptr_t)l->social[i].label);
            free((char *)(uintptr_t)l->social[i].url);
        }
        for (i = 0; i < l->n_dkim; i++) {
            free(l->dkim[i].selector);
            free(l->dkim[i].file);
        }
    } else if (s == IN_RELAY) {
        free(relay->name);
        free(relay->host);
    } else if (s == IN_DOMAIN) {
        free(domain->name);
    } else if (s == IN_INBOX) {
        free(inbox->name);
        free(inbox->host);
        for (i = 0; i < inbox->n_folders; i++)
            free(inbox->folder[i]);
    }
}
