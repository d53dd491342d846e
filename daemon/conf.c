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
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "daemon/conf_reading.h"
#include "lists/near.h"

enum {
    OPTIONS_MAX = 64 /* rows of one section, sections and the end */
};
/* libconfuse's rows; they must live as long as its result. */
struct options {
    cfg_opt_t row[CONF_SECTIONS][OPTIONS_MAX];
};

static void note(struct reading *rd, int line, bool warning, const char *format,
    va_list args) __attribute__((format(printf, 4, 0)));
static void parse(struct reading *rd, const char *text, struct options *o);
static void options_make(struct options *o);
static void on_error(cfg_t *section, const char *format, va_list args);
static void unknown_key(const cfg_t *section, const char *key);
static int on_key(cfg_t *section, cfg_opt_t *key);
static void print(struct reading *rd, const char *path, FILE *to);

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
    struct stat st;
    size_t n = 0;

    c->path = fault_strdup(path);
    rd->dir = fault_strdup(path);
    slash = strrchr(rd->dir, '/');
    if (slash == NULL)
        memcpy(rd->dir, ".", rd->dir[0] == '\0' ? 1 : 2);
    else
        slash[slash == rd->dir] = '\0';
    if (stat(path, &st) == 0) /* before it is read: rather too old */
        c->changed_ns = conf_file_ns(&st);
    raw = conf_slurp(rd, path, &n);
    if (raw != NULL)
        text = conf_text(rd, raw, n);
    if (text != NULL) {
        parse(rd, text, o);
        conf_fill(rd, c);
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

/* What waits for a person is one kind, whatever it may mean; so is, by his
 * word, what led to a subscription. */
const char *
conf_handled(const struct conf_inbox *box, const char *kind, const char *deed)
{
    const struct {
        const char *kind, *how;
    } own[] = {
        {"hard", box->handled_bounce},
        {"soft", box->handled_bounce},
        {"complaint", box->handled_complaint},
        {"subscribe", box->handled_subscribe},
        {"for-review", box->handled_review},
        {"autoreply", box->handled_autoreply},
    };

    if (strcmp(deed, "for-review") == 0)
        kind = deed;
    if (strcmp(deed, "subscribed") == 0 || strcmp(deed, "on-already") == 0)
        kind = "subscribe";
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
        if (strcmp(kind, own[i].kind) == 0 && own[i].how[0] != '\0')
            return own[i].how;
    return box->handled;
}

int64_t
conf_file_ns(const struct stat *st)
{
    return (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec;
}

bool
conf_has_folder(const struct conf_inbox *box, const char *folder)
{
    for (int i = 0; i < box->n_folders; i++)
        if (strcmp(box->folder[i], folder) == 0 ||
            (strcasecmp(folder, "INBOX") == 0 &&
                strcasecmp(box->folder[i], folder) == 0))
            return true;
    return false;
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

int
reading_line(
    struct reading *rd, enum conf_section s, int index, const char *key)
{
    cfg_t *section = rd->top;

    if (s != IN_TOP)
        section = cfg_getnsec(rd->top, conf_section_word(s), (unsigned)index);
    return line_of(rd, section, key);
}

int
line_of(const struct reading *rd, const cfg_t *section, const char *key)
{
    int i;

    for (i = 0; i < rd->n_seen; i++)
        if (rd->seen[i].section == section && strcmp(rd->seen[i].key, key) == 0)
            return rd->seen[i].line;
    return section->line;
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

        if (k->kind >= KIND_FOLDERS) /* lists stand at the end */
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
        unknown_key(section, key);
}

/* What may have been meant: a key so spelled, or one of another section. */
static void
unknown_key(const cfg_t *section, const char *key)
{
    bool top = strcmp(section->name, "root") == 0;
    const char *here = top ? "" : section->name;
    const struct conf_key *near = NULL, *elsewhere = NULL;
    int best = 3; /* further away it is no misspelling */
    char meant[80] = "";

    for (const struct conf_key *k = conf_keys; k < conf_keys + conf_n_keys;
         k++) {
        int far = near_distance(k->name, key, best - 1);

        if (strcmp(conf_section_word(k->section), here) != 0) {
            elsewhere = far == 0 ? k : elsewhere;
        } else if (far < best) {
            near = k;
            best = far;
        }
    }
    if (near != NULL)
        (void)snprintf(meant, sizeof meant, "; is it \"%s\"?", near->name);
    else if (elsewhere != NULL)
        (void)snprintf(meant, sizeof meant, "; it stands in %s%s",
            elsewhere->section == IN_TOP ? "no section" : "a section ",
            conf_section_word(elsewhere->section));
    complain(now, section->line, "unknown key \"%s\"%s%s%s", key,
        top ? "" : " in section ", here, meant);
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
