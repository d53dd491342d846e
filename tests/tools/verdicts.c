/* SPDX-License-Identifier: ISC */
/* Prints the verdict on mail from files, one JSON line for each:
 *   verdicts [--subscribers FILE.tsv | --everyone] [--mailbox A@B]
 *            [--authserv NAME] [--names WORDS] [--facts] FILE-or-folder...
 * --subscribers: nr, address, token, status, name, Message-ID, with tabs;
 * --everyone: whoever is asked for is a subscriber.  Neither: nobody is.
 * It reads in this very process: for measuring, not for hostile mail. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include <jansson.h>

#include "daemon/facts.h"
#include "daemon/verdict.h"
#include "tests/daemon/names.h"

enum {
    FILE_MAX = 8 * 1024 * 1024,
    TABLE_BUCKETS = 65536,
    COLUMNS = 6
};
struct row {
    struct person person;
    char key[330]; /* address, token or Message-ID in lower case */
    struct row *next;
};
struct table {
    bool everyone;
    struct row *bucket[TABLE_BUCKETS];
};

static void read_table(struct table *t, const char *path);
static void add(struct table *t, const char *key, const struct person *p);
static enum result
look_up(void *ctx, const char *key, struct person *out, struct fault *f);
static enum result
by_address(void *ctx, const char *key, struct person *out, struct fault *f);
static int each(const char *path, const struct facts_context *ctx,
    const struct directory *who, bool with_facts);
static int judge(const char *path, const struct facts_context *ctx,
    const struct directory *who, bool with_facts);
static void
print(const char *path, const struct verdict *v, const struct facts *facts);

int
main(int argc, char **argv)
{
    static struct table table;
    struct facts_context ctx = {
        .mailbox = "tg@lo-aarhus.dk", .authserv = "*", .names = OUR_NAMES};
    const struct directory who = {.ctx = &table,
        .by_address = by_address,
        .by_token = look_up,
        .by_message_id = look_up};
    bool with_facts = false;
    int bad = 0;

    for (int i = 1; i < argc; i++) {
        bool more = i + 1 < argc;

        if (strcmp(argv[i], "--everyone") == 0)
            table.everyone = true;
        else if (strcmp(argv[i], "--facts") == 0)
            with_facts = true;
        else if (strcmp(argv[i], "--subscribers") == 0 && more)
            read_table(&table, argv[++i]);
        else if (strcmp(argv[i], "--mailbox") == 0 && more)
            ctx.mailbox = argv[++i];
        else if (strcmp(argv[i], "--authserv") == 0 && more)
            ctx.authserv = argv[++i];
        else if (strcmp(argv[i], "--names") == 0 && more)
            ctx.names = argv[++i];
        else
            bad |= each(argv[i], &ctx, &who, with_facts);
    }
    return bad;
}

static void
read_table(struct table *t, const char *path)
{
    FILE *from = fopen(path, "r");
    char *line = NULL;
    size_t room = 0;
    int64_t id = 0;

    if (from == NULL) {
        perror(path);
        exit(66);
    }
    while (getline(&line, &room, from) > 0) {
        char *cell[COLUMNS], *rest = line;
        struct person p = {.list_id = 1};
        int n = 0;

        line[strcspn(line, "\r\n")] = '\0';
        while (n < COLUMNS && rest != NULL)
            cell[n++] = strsep(&rest, "\t");
        if (n < COLUMNS || strcmp(cell[0], "nr") == 0)
            continue;
        p.subscriber_id = ++id;
        p.active = strcmp(cell[3], "subscribed") == 0;
        (void)snprintf(p.address, sizeof p.address, "%s", cell[1]);
        for (char *c = p.address; *c != '\0'; c++)
            if (*c >= 'A' && *c <= 'Z')
                *c = (char)(*c + 'a' - 'A');
        add(t, cell[1], &p);
        add(t, cell[2], &p);
        add(t, cell[5], &p);
    }
    free(line);
    (void)fclose(from);
}

static unsigned
hash(const char *key)
{
    unsigned h = 5381;

    for (; *key != '\0'; key++)
        h = h * 33 + ((unsigned char)*key | 0x20U);
    return h % TABLE_BUCKETS;
}

static void
add(struct table *t, const char *key, const struct person *p)
{
    struct row *r = fault_calloc(1, sizeof *r);
    struct address a;
    struct fault f;

    r->person = *p;
    (void)snprintf(r->key, sizeof r->key, "%s", key);
    if (address_parse(key, &a, &f) == RES_OK) {
        memcpy(r->key, a.key, sizeof a.key);
        memcpy(r->person.address, a.key, sizeof a.key);
    }
    r->next = t->bucket[hash(r->key)];
    t->bucket[hash(r->key)] = r;
}

static enum result
look_up(void *ctx, const char *key, struct person *out, struct fault *f)
{
    const struct table *t = ctx;

    (void)f;
    for (const struct row *r = t->bucket[hash(key)]; r != NULL; r = r->next) {
        if (strcasecmp(r->key, key) == 0) {
            *out = r->person;
            return RES_OK;
        }
    }
    return RES_NONE;
}

static enum result
by_address(void *ctx, const char *key, struct person *out, struct fault *f)
{
    const struct table *t = ctx;

    if (!t->everyone)
        return look_up(ctx, key, out, f);
    *out = (struct person){.subscriber_id = 1, .list_id = 1, .active = true};
    (void)snprintf(out->address, sizeof out->address, "%s", key);
    return RES_OK;
}

/* A file, or every *.eml in a folder in the order of names. */
static int
each(const char *path, const struct facts_context *ctx,
    const struct directory *who, bool with_facts)
{
    struct dirent **names = NULL;
    struct stat st;
    int n, bad = 0;

    if (stat(path, &st) != 0) {
        perror(path);
        return 66;
    }
    if (!S_ISDIR(st.st_mode))
        return judge(path, ctx, who, with_facts);
    n = scandir(path, &names, NULL, alphasort);
    for (int i = 0; i < n; i++) {
        size_t k = strlen(names[i]->d_name);
        char full[4096];

        if (k > 4 && strcmp(names[i]->d_name + k - 4, ".eml") == 0) {
            (void)snprintf(full, sizeof full, "%s/%s", path, names[i]->d_name);
            bad |= judge(full, ctx, who, with_facts);
        }
        free(names[i]);
    }
    free(names);
    return bad;
}

static int
judge(const char *path, const struct facts_context *ctx,
    const struct directory *who, bool with_facts)
{
    static char bytes[FILE_MAX];
    static struct facts facts;
    static struct verdict v;
    FILE *from = fopen(path, "rb");
    struct fault f;
    size_t n;

    if (from == NULL) {
        perror(path);
        return 66;
    }
    n = fread(bytes, 1, sizeof bytes, from);
    (void)fclose(from);
    memset(&v, 0, sizeof v);
    if (facts_read(bytes, n, ctx, &facts, &f) != RES_OK) {
        v.kind = KIND_REVIEW;
        (void)snprintf(v.evidence, sizeof v.evidence, "%s", f.text);
        print(path, &v, NULL);
        return 0;
    }
    if (verdict_decide(&facts, who, &v, &f) != RES_OK) {
        (void)fprintf(stderr, "%s: %s\n", path, f.text);
        return 70;
    }
    print(path, &v, with_facts ? &facts : NULL);
    return 0;
}

static void
print(const char *path, const struct verdict *v, const struct facts *facts)
{
    json_t *o = json_object(), *addresses = json_array();

    for (int i = 0; i < v->n_addresses; i++)
        (void)json_array_append_new(addresses, json_string(v->address[i]));
    (void)json_object_set_new(o, "file", json_string(path));
    (void)json_object_set_new(o, "kind", json_string(kind_word(v->kind)));
    (void)json_object_set_new(o, "addresses", addresses);
    (void)json_object_set_new(o, "permanent", json_boolean(v->permanent));
    (void)json_object_set_new(o, "evidence", json_string(v->evidence));
    if (facts != NULL) {
        char *text = facts_to_json(facts);

        (void)json_object_set_new(o, "facts", json_loads(text, 0, NULL));
        free(text);
    }
    (void)json_dumpf(o, stdout, JSON_COMPACT);
    (void)putchar('\n');
    json_decref(o);
}
