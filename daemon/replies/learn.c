/* SPDX-License-Identifier: ISC */
/* learn ASKS OTHER: learns from two files of texts, one on each line, a | for a
 * line break, what tells the one kind from the other, and prints it as the C
 * source of likeness_weight.  A part of the build. liblinear does the learning:
 * logistic regression, whose sums are the logarithms of odds. */
#include <err.h>
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
    TEXTS_MAX = 200000
};
#define STRICTNESS 10.0 /* C: measured, see daemon/replies/README */
#define EPSILON 0.01

static void read_texts(struct problem *all, const char *path, double label);
static struct feature_node *text_nodes(char *line);
static struct feature_node *
put_nodes(struct feature_node *at, const uint32_t *place, int n);
static int by_index(const void *a, const void *b);
static void print(const struct model *m);
static void quiet(const char *line);

int
main(int argc, char **argv)
{
    struct problem all = {.n = BIAS, .bias = 1};
    struct parameter how = {
        .solver_type = L2R_LR, .eps = EPSILON, .C = STRICTNESS};
    const char *wrong;
    struct model *m;

    if (argc != 3)
        errx(64, "usage: learn ASKS OTHER");
    all.x = fault_calloc(TEXTS_MAX, sizeof(struct feature_node *));
    all.y = fault_calloc(TEXTS_MAX, sizeof(double));
    read_texts(&all, argv[1], 1);
    read_texts(&all, argv[2], -1);
    set_print_string_function(quiet);
    wrong = check_parameter(&all, &how);
    if (wrong != NULL)
        errx(65, "%s", wrong);
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

static void
read_texts(struct problem *all, const char *path, double label)
{
    FILE *from = fopen(path, "r");
    char *line = NULL;
    size_t room = 0;
    int before = all->l;

    if (from == NULL)
        err(66, "%s", path);
    for (int at = 1; getline(&line, &room, from) >= 0; at++) {
        line[strcspn(line, "\n")] = '\0';
        if (line[0] == '\0' || line[0] == '#')
            continue;
        if (!utf8_valid(line, strlen(line)))
            errx(65, "%s:%d: no UTF-8", path, at);
        if (all->l == TEXTS_MAX)
            errx(65, "%s: too many texts", path);
        all->x[all->l] = text_nodes(line);
        all->y[all->l++] = label;
    }
    if (ferror(from))
        err(74, "%s", path);
    if (all->l == before)
        errx(65, "%s: no texts", path);
    free(line);
    (void)fclose(from);
}

/* In the order of their places, as liblinear wants them. */
static struct feature_node *
text_nodes(char *line)
{
    static struct likeness_features f;
    struct feature_node *nodes, *end;

    for (char *p = strchr(line, '|'); p != NULL; p = strchr(p, '|'))
        *p = '\n';
    likeness_take(line, strlen(line), &f);
    nodes =
        fault_calloc((size_t)f.n_words + (size_t)f.n_pieces + 2, sizeof *nodes);
    end = put_nodes(nodes, f.word, f.n_words);
    end = put_nodes(end, f.piece, f.n_pieces);
    qsort(nodes, (size_t)(end - nodes), sizeof *nodes, by_index);
    *end++ = (struct feature_node){BIAS, 1};
    end->index = -1;
    return nodes;
}

/* Each counts as in likeness.c: by the root of their number. */
static struct feature_node *
put_nodes(struct feature_node *at, const uint32_t *place, int n)
{
    for (int i = 0; i < n; i++)
        *at++ = (struct feature_node){(int)place[i] + 1, 1 / sqrt(n)};
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
    printf("\n};\n");
}

static void
quiet(const char *line)
{
    (void)line;
}
