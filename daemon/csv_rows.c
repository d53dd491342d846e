/* SPDX-License-Identifier: ISC */
/* libcsv takes the fields apart; the lines are cut here, because it counts
 * none, has no limits, and lets a forgotten quote swallow the rest of the file.
 * The bytes of a row are kept until it is closed: when it grows over its
 * limits, the line that opened the quote is given up by its number, and reading
 * goes on with the line after it. */
#include "daemon/csv_rows.h"

#include <csv.h>
#include <stdlib.h>
#include <string.h>

enum {
    PIECE_BYTES = CSV_ROW_BYTES /* taken into the buffer at a time */
};

struct csv_rows {
    struct csv_sink to;
    struct csv_parser csv;
    /* [row_at, parsed) belongs to a row that is open, [parsed, n) has not been
     * parsed. */
    char buffer[CSV_ROW_BYTES + PIECE_BYTES];
    size_t n, row_at, parsed, first_line_end;
    int64_t line, row_line;
    int column;
    bool known;     /* the first bytes were looked at */
    bool cr_ends;   /* lines end with a lone CR */
    bool skipping;  /* within a line that is too long */
    bool separated; /* the separator is known */
    enum result r;  /* OK until it is over */
};

static void lines_take(struct csv_rows *c, bool last);
static size_t line_end(struct csv_rows *c, bool last);
static void line_parse(struct csv_rows *c, size_t end);
static void line_skip(struct csv_rows *c);
static void row_abandon(struct csv_rows *c);
static void beginning_look(struct csv_rows *c, bool last, struct fault *f);
static bool separator_find(struct csv_rows *c, size_t end);
static void on_field(void *bytes, size_t n, void *arg);
static void on_row(int end, void *arg);

struct csv_rows *
csv_rows_new(const struct csv_sink *to)
{
    struct csv_rows *c = fault_calloc(1, sizeof *c);

    c->to = *to;
    c->row_line = 1;
    if (csv_init(&c->csv, 0) != 0)
        fault_no_memory();
    return c;
}

void
csv_rows_free(struct csv_rows *c)
{
    if (c == NULL)
        return;
    csv_free(&c->csv);
    free(c);
}

int64_t
csv_rows_lines(const struct csv_rows *c)
{
    return c->line;
}

enum result
csv_rows_feed(struct csv_rows *c, const char *bytes, size_t n, struct fault *f)
{
    while (n > 0 && c->r == RES_OK) {
        size_t room = sizeof c->buffer - c->n;
        size_t some = n < room ? n : room;

        memcpy(c->buffer + c->n, bytes, some);
        c->n += some;
        bytes += some;
        n -= some;
        beginning_look(c, false, f);
        if (c->known)
            lines_take(c, false);
    }
    return c->r;
}

enum result
csv_rows_end(struct csv_rows *c, struct fault *f)
{
    if (c->r == RES_OK)
        beginning_look(c, true, f);
    lines_take(c, true);
    return c->r;
}

/* --- the beginning of the file -------------------------------------------- */

static void
beginning_look(struct csv_rows *c, bool last, struct fault *f)
{
    const char *b = c->buffer;

    if (c->known || (c->n < 4 && !last))
        return;
    c->known = true;
    if (c->n >= 3 && memcmp(b, "\xEF\xBB\xBF", 3) == 0)
        c->row_at = c->parsed = 3;
    else if (c->n >= 2 &&
             (memcmp(b, "\xFF\xFE", 2) == 0 || memcmp(b, "\xFE\xFF", 2) == 0))
        c->r = fault_set(
            f, RES_NEVER, "the file is UTF-16: save it as \"CSV UTF-8\"");
    else if (c->n >= 4 && (memcmp(b, "PK\003\004", 4) == 0 ||
                              memcmp(b, "\xD0\xCF\x11\xE0", 4) == 0))
        c->r = fault_set(f, RES_NEVER,
            "the file is a spreadsheet or an archive: save it as"
            " \"CSV UTF-8\"");
}

/* The separator is what stands most often outside of quotes in the first line;
 * a line "sep=;" says it outright. True: it was such a line. */
static bool
separator_find(struct csv_rows *c, size_t end)
{
    static const char known[] = ",;\t";
    const char *line = c->buffer + c->parsed;
    size_t n = end - c->parsed;
    int count[3] = {0}, best = 0;
    bool quoted = false;

    c->separated = true;
    if (n >= 5 && strncmp(line, "sep=", 4) == 0 && line[4] != '\0' &&
        strchr(known, line[4]) != NULL &&
        (n == 5 || line[5] == '\r' || line[5] == '\n')) {
        csv_set_delim(&c->csv, (unsigned char)line[4]);
        return true;
    }
    for (size_t i = 0; i < n; i++) {
        const char *which = line[i] == '\0' ? NULL : strchr(known, line[i]);

        if (line[i] == '"')
            quoted = !quoted;
        else if (!quoted && which != NULL)
            count[which - known]++;
    }
    for (int i = 1; i < 3; i++)
        if (count[i] > count[best])
            best = i;
    csv_set_delim(&c->csv, (unsigned char)known[best]);
    return false;
}

/* --- lines ---------------------------------------------------------------- */

static void
lines_take(struct csv_rows *c, bool last)
{
    while (c->r == RES_OK) {
        size_t end = line_end(c, last);
        bool open = c->parsed > c->row_at;

        if (end != 0)
            line_parse(c, end);
        else if (open && (last || c->n - c->row_at > CSV_ROW_BYTES))
            row_abandon(c);
        else if (c->n - c->parsed > CSV_ROW_BYTES)
            line_skip(c);
        else
            break;
    }
    memmove(c->buffer, c->buffer + c->row_at, c->n - c->row_at);
    c->n -= c->row_at;
    c->parsed -= c->row_at;
    if (c->first_line_end >= c->row_at)
        c->first_line_end -= c->row_at;
    c->row_at = 0;
}

/* Where the line that begins at parsed ends (past its end), 0: not yet. */
static size_t
line_end(struct csv_rows *c, bool last)
{
    const char *from = c->buffer + c->parsed;
    size_t left = c->n - c->parsed;
    const char *lf, *cr;

    if (left == 0)
        return 0;
    lf = memchr(from, '\n', left);
    if (c->line == 0 && !c->cr_ends) { /* the first line decides */
        cr = memchr(from, '\r', lf != NULL ? (size_t)(lf - from) : left);
        c->cr_ends =
            cr != NULL && cr + 1 != lf && (cr + 1 < from + left || last);
    }
    if (c->cr_ends) {
        cr = memchr(from, '\r', left);
        if (cr != NULL)
            return (size_t)(cr + 1 - c->buffer);
    } else if (lf != NULL)
        return (size_t)(lf + 1 - c->buffer);
    return last ? c->n : 0;
}

static void
line_parse(struct csv_rows *c, size_t end)
{
    size_t n = end - c->parsed;

    c->line++;
    if (c->skipping || (!c->separated && separator_find(c, end))) {
        c->skipping = false;
        c->parsed = c->row_at = end;
        c->row_line = c->line + 1;
        return;
    }
    if (c->parsed == c->row_at)
        c->first_line_end = end;
    if (csv_parse(&c->csv, c->buffer + c->parsed, n, on_field, on_row, c) != n)
        fault_no_memory();
    if (c->buffer[end - 1] != '\n' && c->buffer[end - 1] != '\r')
        (void)csv_parse(&c->csv, "\n", 1, on_field, on_row, c); /* the last */
    c->parsed = end;
    /* A public member of the parser: 0 means that no row has begun. */
    if (c->csv.pstate == 0) {
        c->row_at = end;
        c->row_line = c->line + 1;
    } else if (c->line - c->row_line >= CSV_ROW_LINES ||
               end - c->row_at > CSV_ROW_BYTES)
        row_abandon(c);
}

/* A line without an end in sight. */
static void
line_skip(struct csv_rows *c)
{
    if (!c->skipping && !c->to.bad(c->to.arg, c->row_line,
                            "the line is far too long: it is left out"))
        c->r = RES_NONE;
    c->skipping = true;
    c->n = c->parsed = c->row_at = 0;
}

/* The row that is open began with a quote that nobody closed: give up its
 * first line and read on with the second. */
static void
row_abandon(struct csv_rows *c)
{
    unsigned char separator = csv_get_delim(&c->csv);

    if (!c->to.bad(c->to.arg, c->row_line,
            "a quote that begins in this line is not closed: the line is left"
            " out"))
        c->r = RES_NONE;
    csv_free(&c->csv);
    if (csv_init(&c->csv, 0) != 0)
        fault_no_memory();
    csv_set_delim(&c->csv, separator);
    c->column = 0;
    c->parsed = c->row_at = c->first_line_end;
    c->line = c->row_line++;
}

static void
on_field(void *bytes, size_t n, void *arg)
{
    struct csv_rows *c = arg;

    if (c->r == RES_OK)
        c->to.field(c->to.arg, c->column, n > 0 ? bytes : "", n);
    c->column++;
}

static void
on_row(int end, void *arg)
{
    struct csv_rows *c = arg;

    (void)end;
    c->column = 0;
    if (c->r == RES_OK && !c->to.row(c->to.arg, c->row_line))
        c->r = RES_NONE;
}
