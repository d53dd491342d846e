/* SPDX-License-Identifier: ISC */
/* cli/table.c - a table on a terminal. Two blanks between columns and no
 * frames: it stays readable in a mail, and awk(1) can read it. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include "cli/table.h"
#include "cli/text.h"

enum {
    GAP = 2,
    LAST_LEAST = 8 /* the last column is never cut to less */
};

struct cell {
    char *text; /* clean */
    int columns;
    enum term_style style;
};
struct table {
    int n_columns;
    struct cell head[TABLE_COLUMNS_MAX];
    bool right[TABLE_COLUMNS_MAX];
    int width[TABLE_COLUMNS_MAX];
    struct cell *cells;
    size_t n_cells, room;
    bool headed;
};

static struct cell make_cell(const char *text, size_t n, enum term_style style);
static void
print_row(const struct table *t, const struct cell *row, FILE *out, int screen);
static void print_last(const struct cell *c, FILE *out, int left);
static void pad(FILE *out, int n);

struct table *
table_new(const char *heads)
{
    struct table *t = text_calloc(1, sizeof *t);

    for (const char *s = heads; *s != '\0' && t->n_columns < TABLE_COLUMNS_MAX;
         t->n_columns++) {
        size_t n = strcspn(s, "|");
        bool right = n > 0 && s[n - 1] == '>';

        t->right[t->n_columns] = right;
        t->head[t->n_columns] = make_cell(s, right ? n - 1 : n, STYLE_DIM);
        t->width[t->n_columns] = t->head[t->n_columns].columns;
        s += n;
        s += *s == '|';
    }
    return t;
}

void
table_free(struct table *t)
{
    if (t == NULL)
        return;
    for (int i = 0; i < t->n_columns; i++)
        free(t->head[i].text);
    for (size_t i = 0; i < t->n_cells; i++)
        free(t->cells[i].text);
    free(t->cells);
    free(t);
}

static struct cell
make_cell(const char *text, size_t n, enum term_style style)
{
    struct cell c = {
        .text = text_clean(text, n, TEXT_ONE_LINE), .style = style};

    c.columns = text_columns(c.text);
    return c;
}

void
table_styled(struct table *t, enum term_style style, const char *text)
{
    struct cell c = make_cell(text, strlen(text), style);
    size_t column = t->n_cells % (size_t)t->n_columns;

    if (t->n_cells == t->room) {
        size_t room = t->room == 0 ? 256 : t->room * 2;
        struct cell *cells = text_calloc(room, sizeof *cells);

        if (t->n_cells > 0)
            memcpy(cells, t->cells, t->n_cells * sizeof *cells);
        free(t->cells);
        t->cells = cells;
        t->room = room;
    }
    t->cells[t->n_cells++] = c;
    if (c.columns > t->width[column])
        t->width[column] = c.columns;
}

void
table_text(struct table *t, const char *text)
{
    table_styled(t, STYLE_PLAIN, text);
}

void
table_number(struct table *t, int64_t n)
{
    table_taken(t, text_format("%lld", (long long)n));
}

void
table_taken(struct table *t, char *text)
{
    table_styled(t, STYLE_PLAIN, text);
    free(text);
}

void
table_print(struct table *t, FILE *out, int screen)
{
    size_t n = (size_t)t->n_columns;

    assert(t->n_cells % n == 0);
    if (!t->headed)
        print_row(t, t->head, out, screen);
    t->headed = true;
    for (size_t i = 0; i + n <= t->n_cells; i += n)
        print_row(t, t->cells + i, out, screen);
    for (size_t i = 0; i < t->n_cells; i++)
        free(t->cells[i].text);
    t->n_cells = 0;
}

static void
print_row(const struct table *t, const struct cell *row, FILE *out, int screen)
{
    int at = 0;

    for (int i = 0; i < t->n_columns; i++) {
        const struct cell *c = &row[i];
        int padding = t->width[i] - c->columns;
        bool last = i == t->n_columns - 1;

        if (t->right[i])
            pad(out, padding);
        if (last && !t->right[i] && screen > 0) {
            print_last(
                c, out, screen - at > LAST_LEAST ? screen - at : LAST_LEAST);
        } else {
            fprintf(out, "%s%s%s", term_on(out, c->style), c->text,
                term_off(out, c->style));
        }
        if (!last)
            pad(out, (t->right[i] ? 0 : padding) + GAP);
        at += t->width[i] + GAP;
    }
    fputc('\n', out);
}

static void
print_last(const struct cell *c, FILE *out, int left)
{
    bool cut = c->columns > left;
    size_t n = cut ? text_fit(c->text, left - 1) : strlen(c->text);

    fprintf(out, "%s%.*s%s%s", term_on(out, c->style), (int)n, c->text,
        cut ? "\xe2\x80\xa6" : "", term_off(out, c->style));
}

static void
pad(FILE *out, int n)
{
    if (n > 0)
        fprintf(out, "%*s", n, "");
}
