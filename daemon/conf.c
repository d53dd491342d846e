/* SPDX-License-Identifier: ISC */
/* Reads rummelig-mail.conf with libconfuse, which knows the grammar; all
 * else is ours, because it stops at the first thing that it does not like:
 * - to libconfuse every key is a string or a list of strings, so no value
 *   can stop it; conf_value() reads them afterwards;
 * - every section is one of free keys and values (CFGF_KEYSTRVAL), so that an
 *   unknown key is reported to on_error() and then swallowed, and reading
 *   goes on behind it;
 * - on_key() is called behind every value and does nothing but remember its
 *   line.
 * Only what breaks the grammar ends the reading: behind a missing brace all
 * else would be guesswork.  Complaints are put in the order of the file.
 * One file at a time: libconfuse has no place for a pointer of ours. */
#include "daemon/conf.h"

#include <confuse.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/conf_reading.h"
#include "lists/delivery.h"

enum {
    OPTIONS_MAX = 64 /* rows of one section, sections and the end */
};
struct complaint {
    int line, order;
    bool warning;
    char words[300];
};
struct seen {
    const cfg_t *section;
    const char *key;
    int line;
};
struct reading {
    char *dir;
    int n_complaints, n_faults, n_seen, seen_max;
    bool broken; /* the grammar: what is missing may stand behind */
    struct complaint complaint[COMPLAINTS_MAX];
    struct seen *seen;
    cfg_t *top;
};
/* libconfuse's rows; they must live as long as its result. */
struct options {
    cfg_opt_t row[CONF_SECTIONS][OPTIONS_MAX];
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
};

static void note(struct reading *rd, int line, bool warning, const char *format,
    va_list args) __attribute__((format(printf, 4, 0)));
static char *slurp(struct reading *rd, const char *path, size_t *n);
static void parse(struct reading *rd, const char *text, struct options *o);
static void options_make(struct options *o);
static void on_error(cfg_t *section, const char *format, va_list args);
static int on_key(cfg_t *section, cfg_opt_t *key);
static void fill(struct reading *rd, struct conf *c);
static void fill_section(
    struct reading *rd, enum conf_section s, cfg_t *section, void *base);
static void fill_name(
    struct reading *rd, enum conf_section s, const cfg_t *section, void *base);
static void late_defaults(struct conf *c);
static int line_of(struct reading *rd, const cfg_t *section, const char *key);
static void print(struct reading *rd, const char *path, FILE *to);
static void clear_section(enum conf_section s, void *base);

static struct reading *now; /* what the callbacks work for */

enum result
conf_read(
    const char *path, FILE *complaints, struct conf **out, struct fault *f)
{
    struct reading *rd = fault_calloc(1, sizeof *rd);
    struct options *o = fault_calloc(1, sizeof *o);
    struct conf *c = fault_calloc(1, sizeof *c);
    enum result r = RES_OK;
    char *raw, *text = NULL, *slash;
    size_t n = 0;

    c->path = fault_strdup(path);
    rd->dir = fault_strdup(path);
    slash = strrchr(rd->dir, '/');
    if (slash == NULL)
        memcpy(rd->dir, ".", rd->dir[0] == '\0' ? 1 : 2);
    else
        slash[slash == rd->dir] = '\0';
    raw = slurp(rd, path, &n);
    if (raw != NULL)
        text = conf_text(rd, raw, n);
    if (text != NULL) {
        parse(rd, text, o);
        fill(rd, c);
        late_defaults(c);
        if (!rd->broken)
            conf_check(rd, c);
    }
    print(rd, path, complaints);
    if (rd->n_faults > 0) {
        r = fault_set(f, RES_NEVER, "%s: %d %s", path, rd->n_faults,
            rd->n_faults == 1 ? "fault" : "faults");
    } else {
        *out = c;
        c = NULL;
    }
    if (rd->top != NULL)
        (void)cfg_free(rd->top);
    conf_free(c);
    free(text);
    free(raw);
    free(o);
    free(rd->seen);
    free(rd->dir);
    free(rd);
    return r;
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

const struct conf_list *
conf_find_list(const struct conf *c, const char *key)
{
    int i;

    if (key[0] == '\0')
        return c->n_lists == 1 ? &c->list[0] : NULL;
    for (i = 0; i < c->n_lists; i++)
        if (strcmp(c->list[i].letter.key, key) == 0)
            return &c->list[i];
    return NULL;
}

void
complain(struct reading *rd, int line, const char *format, ...)
{
    va_list args;

    rd->n_faults++;
    va_start(args, format);
    note(rd, line, false, format, args);
    va_end(args);
}

void
warn(struct reading *rd, int line, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    note(rd, line, true, format, args);
    va_end(args);
}

int
reading_line(
    struct reading *rd, enum conf_section s, int index, const char *key)
{
    cfg_t *section = rd->top;

    if (s != IN_TOP)
        section = cfg_getnsec(rd->top, conf_section_word(s), (unsigned)index);
    return line_of(rd, section, key);
}

static void
note(struct reading *rd, int line, bool warning, const char *format,
    va_list args)
{
    struct complaint *p;

    if (rd->n_complaints == COMPLAINTS_MAX)
        return;
    p = &rd->complaint[rd->n_complaints];
    p->line = line;
    p->warning = warning;
    p->order = rd->n_complaints++;
    (void)vsnprintf(p->words, sizeof p->words, format, args);
}

/* NULL: it cannot be read, and the complaint says why. */
static char *
slurp(struct reading *rd, const char *path, size_t *n)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    char *raw = NULL;
    ssize_t k = 0;

    if (fd < 0) {
        complain(rd, 0, "%s", strerror(errno));
        return NULL;
    }
    raw = fault_calloc(1, CONF_FILE_MAX + 1);
    while (*n <= CONF_FILE_MAX &&
           (k = read(fd, raw + *n, CONF_FILE_MAX + 1 - *n)) > 0)
        *n += (size_t)k;
    if (k < 0)
        complain(rd, 0, "%s", strerror(errno));
    else if (*n > CONF_FILE_MAX)
        complain(rd, 0, "is larger than %d bytes", (int)CONF_FILE_MAX);
    (void)close(fd);
    if (k < 0 || *n > CONF_FILE_MAX) {
        free(raw);
        return NULL;
    }
    raw[*n] = '\0';
    return raw;
}

static void
parse(struct reading *rd, const char *text, struct options *o)
{
    options_make(o);
    rd->top = cfg_init(o->row[IN_TOP], CFGF_KEYSTRVAL);
    if (rd->top == NULL)
        fault_no_memory();
    (void)cfg_set_error_function(rd->top, on_error);
    now = rd;
    rd->broken = cfg_parse_buf(rd->top, text) != CFG_SUCCESS;
    now = NULL;
    if (rd->broken)
        complain(rd, rd->top->line,
            "reading ended near here: mend this first, there may be more");
}

static void
options_make(struct options *o)
{
    static const cfg_opt_t end = CFG_END();
    int n[CONF_SECTIONS] = {0};
    const struct conf_key *k;
    enum conf_section s;

    for (k = conf_keys; k < conf_keys + conf_n_keys; k++) {
        cfg_opt_t *row = &o->row[k->section][n[k->section]++];

        if (k->kind == KIND_FOLDERS || k->kind == KIND_SOCIAL)
            *row = (cfg_opt_t)CFG_STR_LIST(k->name, NULL, CFGF_NODEFAULT);
        else
            *row = (cfg_opt_t)CFG_STR(k->name, NULL, CFGF_NODEFAULT);
        row->validcb = on_key;
    }
    for (s = IN_LIST; s < CONF_SECTIONS; s++) {
        o->row[s][n[s]] = end;
        o->row[IN_TOP][n[IN_TOP]++] = (cfg_opt_t)CFG_SEC(conf_section_word(s),
            o->row[s], CFGF_MULTI | CFGF_TITLE | CFGF_NO_TITLE_DUPES);
    }
    o->row[IN_TOP][n[IN_TOP]] = end;
}

/* libconfuse's words, and for an unknown key ours. */
static void
on_error(cfg_t *section, const char *format, va_list args)
{
    bool top = strcmp(section->name, "root") == 0;
    char words[240];
    const char *key;

    if (strstr(format, "no such option") == NULL) {
        (void)vsnprintf(words, sizeof words, format, args);
        complain(now, section->line, "%s", words);
        return;
    }
    key = va_arg(args, const char *);
    if (strcmp(key, "password") == 0)
        complain(now, section->line,
            "password: a secret does not belong here: write it to a file of "
            "mode 600 and name that with password-file");
    else
        complain(now, section->line, "unknown key \"%s\"%s%s", key,
            top ? "" : " in section ", top ? "" : section->name);
}

static int
on_key(cfg_t *section, cfg_opt_t *key)
{
    struct reading *rd = now;
    bool list = (key->flags & CFGF_LIST) != 0;
    int i;

    for (i = 0; i < rd->n_seen; i++)
        if (rd->seen[i].section == section && rd->seen[i].key == key->name)
            break;
    if (i < rd->n_seen && !list)
        complain(rd, section->line, "%s: given already in line %d", key->name,
            rd->seen[i].line);
    if (i < rd->n_seen)
        return 0;
    if (rd->n_seen == rd->seen_max) {
        rd->seen_max = rd->seen_max * 2 + 64;
        rd->seen =
            reallocarray(rd->seen, (size_t)rd->seen_max, sizeof rd->seen[0]);
        if (rd->seen == NULL)
            fault_no_memory();
    }
    rd->seen[rd->n_seen++] = (struct seen){section, key->name, section->line};
    return 0;
}

static void
fill(struct reading *rd, struct conf *c)
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

        if (l->footer_language == NULL || l->footer_language[0] != '\0' ||
            l->language == NULL)
            continue;
        free((char *)(uintptr_t)l->footer_language);
        l->footer_language = fault_strdup(l->language);
    }
}

static int
line_of(struct reading *rd, const cfg_t *section, const char *key)
{
    int i;

    for (i = 0; i < rd->n_seen; i++)
        if (rd->seen[i].section == section && strcmp(rd->seen[i].key, key) == 0)
            return rd->seen[i].line;
    return section->line;
}

static int
earlier(const void *a, const void *b)
{
    const struct complaint *p = a, *q = b;

    if (p->line != q->line)
        return p->line < q->line ? -1 : 1;
    return p->order - q->order;
}

static void
print(struct reading *rd, const char *path, FILE *to)
{
    struct complaint *p;

    qsort(rd->complaint, (size_t)rd->n_complaints, sizeof rd->complaint[0],
        earlier);
    for (p = rd->complaint; p < rd->complaint + rd->n_complaints; p++) {
        if (p->warning && rd->n_faults > 0)
            continue; /* perhaps only because of a fault */
        (void)fprintf(to, "%s:", path);
        if (p->line > 0)
            (void)fprintf(to, "%d:", p->line);
        (void)fprintf(to, " %s%s\n", p->warning ? "warning: " : "", p->words);
    }
}

static void
clear_section(enum conf_section s, void *base)
{
    struct conf_list *l = base;
    struct conf_relay *relay = base;
    struct conf_inbox *inbox = base;
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
        for (i = 0; i < l->letter.n_social; i++) {
            free((char *)(uintptr_t)l->social[i].label);
            free((char *)(uintptr_t)l->social[i].url);
        }
    } else if (s == IN_RELAY) {
        free(relay->name);
        free(relay->host);
    } else if (s == IN_INBOX) {
        free(inbox->name);
        free(inbox->host);
        for (i = 0; i < inbox->n_folders; i++)
            free(inbox->folder[i]);
    }
}
