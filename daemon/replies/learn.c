/* SPDX-License-Identifier: ISC */
/* learn ALIKE ASKS OTHER: learns from two files of texts, one on each line, a |
 * for a line break, what tells the one kind from the other, and prints it as
 * the C source of likeness_weight, with the kinds of words of ALIKE.  A part of
 * the build. liblinear does the learning: logistic regression, whose sums are
 * the logarithms of odds.
 *
 * It learns twice.  What was learned from whole texts chooses the sentence that
 * asks in each text that does; the second time that sentence is learned from,
 * too, and every sentence of the other texts, as likeness.c weighs both. */
#include <err.h>
#include <inttypes.h>
#include <linear.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/likeness_features.h"
#include "daemon/utf8.h"
#include "lists/fault.h"

enum {
    BIAS = LIKENESS_WEIGHTS + 1, /* liblinear counts from 1 */
    TEXTS_MAX = 1000000          /* and sentences */
};
#define STRICTNESS 7.0 /* C: measured, see daemon/replies/README */
#define EPSILON 0.1

static struct likeness_kinds kinds;

/* One file of texts, as it is read. */
struct texts {
    const char *path;
    FILE *from;
    int at;     /* the line */
    char *text; /* it, a line break for each | */
    size_t room;
};

static void read_kinds(const char *path);
static void add_word(const struct texts *t, const char *word, uint8_t kind);
static void read_texts(struct problem *all, const char *path, double label);
static void read_sentences(
    struct problem *all, const char *path, double label, const struct model *m);
static struct texts open_texts(const char *path);
static size_t next_text(struct texts *t);
static void close_texts(struct texts *t);
static struct feature_node *text_nodes(const char *text, size_t n);
static void put(struct problem *all, struct feature_node *x, double label);
static struct feature_node *
put_nodes(struct feature_node *at, const struct likeness_block *b);
static int by_index(const void *a, const void *b);
static void print(const struct model *m);
static void quiet(const char *line);

int
main(int argc, char **argv)
{
    struct problem all = {.n = BIAS, .bias = 1};
    struct parameter how = {
        .solver_type = L2R_LR_DUAL, .eps = EPSILON, .C = STRICTNESS};
    const char *wrong;
    struct model *first, *m;

    if (argc != 4)
        errx(64, "usage: learn ALIKE ASKS OTHER");
    read_kinds(argv[1]);
    all.x = fault_calloc(TEXTS_MAX, sizeof(struct feature_node *));
    all.y = fault_calloc(TEXTS_MAX, sizeof(double));
    read_texts(&all, argv[2], 1);
    read_texts(&all, argv[3], -1);
    set_print_string_function(quiet);
    wrong = check_parameter(&all, &how);
    if (wrong != NULL)
        errx(65, "%s", wrong);
    first = train(&all, &how);
    read_sentences(&all, argv[2], 1, first);
    read_sentences(&all, argv[3], -1, first);
    free_and_destroy_model(&first);
    m = train(&all, &how);
    print(m);
    if (fflush(stdout) != 0 || ferror(stdout))
        err(74, "stdout");
    free_and_destroy_model(&m);
    for (int i = 0; i < all.l; i++)
        free(all.x[i]);
    free(all.x);
    free(all.y);
    return 0;
}

/* "@no = ikke inte not": words of one kind, on one or several lines that follow
 * each other.  A star: all words that begin so. */
static void
read_kinds(const char *path)
{
    struct texts t = open_texts(path);
    char name[64] = "";
    uint8_t kind = 0;
    size_t n, k;

    while ((n = next_text(&t)) > 0) {
        k = strcspn(t.text, " ");
        t.text[n] = '\0';
        if (t.text[0] != '@' || k >= sizeof name ||
            strncmp(t.text + k, " = ", 3) != 0)
            errx(65, "%s:%d: not @name = words", t.path, t.at);
        if (strncmp(name, t.text, k) != 0 || name[k] != '\0') {
            if (kind == LIKENESS_KINDS_MAX)
                errx(65, "%s:%d: too many kinds", t.path, t.at);
            kind++;
            memcpy(name, t.text, k);
            name[k] = '\0';
        }
        for (const char *w = strtok(t.text + k + 2, " "); w != NULL;
             w = strtok(NULL, " "))
            add_word(&t, w, kind);
    }
    close_texts(&t);
}

static void
add_word(const struct texts *t, const char *word, uint8_t kind)
{
    size_t n = strlen(word);
    bool open = word[n - 1] == '*';
    char folded[64];

    if (n > sizeof folded)
        errx(65, "%s:%d: %s: too long", t->path, t->at, word);
    n = utf8_fold(folded, sizeof folded, word, open ? n - 1 : n);
    if (!likeness_kind_add(&kinds, folded, n, open, kind))
        errx(65, "%s:%d: %s: is of another kind already, or there are too many",
            t->path, t->at, word);
}

static void
read_texts(struct problem *all, const char *path, double label)
{
    struct texts t = open_texts(path);
    int before = all->l;
    size_t n;

    while ((n = next_text(&t)) > 0)
        put(all, text_nodes(t.text, n), label);
    if (all->l == before)
        errx(65, "%s: no texts", path);
    close_texts(&t);
}

/* Those of texts with more than one: all, or of texts that ask the one that by
 * m is most like it. */
static void
read_sentences(
    struct problem *all, const char *path, double label, const struct model *m)
{
    struct texts t = open_texts(path);
    size_t n, k;

    while ((n = next_text(&t)) > 0) {
        struct feature_node *best = NULL;
        double best_odds = 0;

        if (likeness_sentence(t.text, n) == n)
            continue;
        for (const char *at = t.text; n > 0; at += k, n -= k) {
            struct feature_node *x;
            double odds;

            k = likeness_sentence(at, n);
            x = text_nodes(at, k);
            if (label < 0) {
                put(all, x, label);
                continue;
            }
            (void)predict_values(m, x, &odds);
            odds *= m->label[0];
            if (best == NULL || odds > best_odds) {
                free(best);
                best = x;
                best_odds = odds;
            } else
                free(x);
        }
        if (best != NULL)
            put(all, best, label);
    }
    close_texts(&t);
}

static struct texts
open_texts(const char *path)
{
    struct texts t = {.path = path, .from = fopen(path, "r")};

    if (t.from == NULL)
        err(66, "%s", path);
    return t;
}

static void
close_texts(struct texts *t)
{
    free(t->text);
    (void)fclose(t->from);
}

/* The bytes of the next text, 0 at the end. */
static size_t
next_text(struct texts *t)
{
    size_t n;

    do {
        if (getline(&t->text, &t->room, t->from) < 0) {
            if (ferror(t->from))
                err(74, "%s", t->path);
            return 0;
        }
        t->at++;
        n = strcspn(t->text, "\n");
    } while (n == 0 || t->text[0] == '#');
    if (!utf8_valid(t->text, n))
        errx(65, "%s:%d: no UTF-8", t->path, t->at);
    for (size_t i = 0; i < n; i++)
        if (t->text[i] == '|')
            t->text[i] = '\n';
    return n;
}

static void
put(struct problem *all, struct feature_node *x, double label)
{
    if (all->l == TEXTS_MAX)
        errx(65, "too many texts");
    all->x[all->l] = x;
    all->y[all->l++] = label;
}

/* In the order of their places, as liblinear wants them. */
static struct feature_node *
text_nodes(const char *text, size_t n)
{
    static struct likeness_features f;
    struct feature_node *nodes, *end;
    size_t room = 2;

    likeness_take(&kinds, text, n, &f);
    for (int i = 0; i < LIKENESS_BLOCKS; i++)
        room += (size_t)f.block[i].n;
    nodes = end = fault_calloc(room, sizeof *nodes);
    for (int i = 0; i < LIKENESS_BLOCKS; i++)
        end = put_nodes(end, &f.block[i]);
    qsort(nodes, (size_t)(end - nodes), sizeof *nodes, by_index);
    *end++ = (struct feature_node){BIAS, 1};
    end->index = -1;
    return nodes;
}

/* Each counts as in likeness.c: by the root of their number. */
static struct feature_node *
put_nodes(struct feature_node *at, const struct likeness_block *b)
{
    for (int i = 0; i < b->n; i++)
        *at++ = (struct feature_node){(int)b->place[i] + 1, 1 / sqrt(b->n)};
    return at;
}

static int
by_index(const void *a, const void *b)
{
    return ((const struct feature_node *)a)->index -
           ((const struct feature_node *)b)->index;
}

static void
print(const struct model *m)
{
    double sign = m->label[0] == 1 ? 1000 : -1000;

    printf("#include \"daemon/likeness_features.h\"\n"
           "const int likeness_bias = %ld;\n"
           "const int16_t likeness_weight[LIKENESS_WEIGHTS] = {",
        lround(sign * m->w[BIAS - 1]));
    for (int i = 0; i < LIKENESS_WEIGHTS; i++)
        printf("%s%ld,", i % 16 == 0 ? "\n" : "",
            lround(fmax(-32767, fmin(32767, sign * m->w[i]))));
    printf("\n};\n"
           "const struct likeness_kinds likeness_kinds = {{\n");
    for (size_t i = 0; i < LIKENESS_KIND_ROOM; i++)
        if (kinds.word[i].kind != 0)
            printf("[%zu] = {%" PRIu32 "U, %d, %d},\n", i, kinds.word[i].hash,
                kinds.word[i].kind, kinds.word[i].open);
    printf("}};\n");
}

static void
quiet(const char *line)
{
    (void)line;
}
