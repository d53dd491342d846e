/* SPDX-License-Identifier: ISC */
/* A CSV file in pieces becomes rows.  libcsv takes the fields apart; the lines
 * are cut here, because it counts none, has no limits, and lets a forgotten
 * quote swallow the rest of the file.  The bytes of a row are kept until it is
 * closed: when it grows over its limits, the line that opened the quote is
 * refused by its number and reading goes on with the next line.
 *
 * Rows are written as they come: the store's one writer is held for at most
 * about IMPORT_LOCK_MS, so that letters go out meanwhile. */
#include "daemon/import.h"

#include <csv.h>
#include <iconv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "daemon/import_row.h"
#include "lists/address.h"
#include "lists/store.h"

enum {
    PIECE_BYTES = IMPORT_ROW_BYTES, /* taken into the buffer at a time */
    CLOCK_ROWS = 16                 /* rows between looks at the clock */
};

struct import {
    struct import_target to;
    char file[IMPORT_FILE_MAX + 1];
    struct csv_parser csv;

    /* buffer: [row_at, parsed) belongs to a row that is open, [parsed, n) has
     * not been parsed. */
    char buffer[IMPORT_ROW_BYTES + PIECE_BYTES];
    size_t n, row_at, parsed, first_line_end;
    int64_t line, row_line;
    bool known;     /* the first bytes were looked at */
    bool cr_ends;   /* lines end with a lone CR */
    bool skipping;  /* within a line that is too long */
    bool separated; /* the separator is known */

    bool mapped; /* the columns are known */
    int n_columns;
    enum column column[IMPORT_COLUMNS];
    char *header[IMPORT_COLUMNS]; /* the first row, until they are */
    int at_column;
    struct import_row row;

    bool in_unit; /* a transaction is open */
    int since_clock;
    struct timespec unit_begin;
    struct import_report before; /* as it was when that began, rows apart */
    struct import_report report;
    enum result r; /* of what the callbacks did */
    struct fault fault;
};

static void lines_take(struct import *im, bool last);
static void line_parse(struct import *im, size_t end);
static bool beginning_known(struct import *im, bool last);
static void separator_find(struct import *im, size_t end);
static void on_field(void *bytes, size_t n, void *arg);
static void on_row(int end, void *arg);
static void columns_map(struct import *im);
static void row_done(struct import *im);
static void unit_begin(struct import *im);
static void unit_end(struct import *im);
static void problem(struct import *im, int64_t line, const char *text);

struct import *
import_new(struct store *st, int64_t list_id, const char *file, int64_t now_s)
{
    struct import *im = fault_calloc(1, sizeof *im);

    (void)snprintf(im->file, sizeof im->file, "%s", file);
    im->to = (struct import_target){
        .st = st,
        .list_id = list_id,
        .now_s = now_s,
        .file = im->file,
        .from_1252 = iconv_open("UTF-8", "WINDOWS-1252"),
    };
    if (csv_init(&im->csv, 0) != 0)
        fault_no_memory();
    im->row_line = 1;
    return im;
}

void
import_free(struct import *im)
{
    if (im == NULL)
        return;
    for (int i = 0; i < IMPORT_COLUMNS; i++)
        free(im->header[i]);
    if (im->to.from_1252 != (iconv_t)-1)
        (void)iconv_close(im->to.from_1252);
    csv_free(&im->csv);
    free(im);
}

const struct import_report *
import_report(const struct import *im)
{
    return &im->report;
}

enum result
import_feed(struct import *im, const char *bytes, size_t n, struct fault *f)
{
    while (n > 0 && im->r == RES_OK) {
        size_t room = sizeof im->buffer - im->n;
        size_t some = n < room ? n : room;

        memcpy(im->buffer + im->n, bytes, some);
        im->n += some;
        bytes += some;
        n -= some;
        lines_take(im, false);
    }
    unit_end(im);
    if (im->r != RES_OK)
        *f = im->fault;
    return im->r;
}

enum result
import_end(struct import *im, struct fault *f)
{
    lines_take(im, true);
    if (im->r == RES_OK && !im->mapped)
        im->r = fault_set(&im->fault, RES_NEVER, "the file is empty");
    unit_end(im);
    if (im->r != RES_OK)
        *f = im->fault;
    return im->r;
}

/* --- lines ---------------------------------------------------------------- */

/* Where the line that begins at im->parsed ends (past its end), 0: not yet. */
static size_t
line_end(struct import *im, bool last)
{
    const char *from = im->buffer + im->parsed;
    size_t left = im->n - im->parsed;
    const char *lf, *cr;

    if (left == 0)
        return 0;
    lf = memchr(from, '\n', left);
    if (im->line == 0 && !im->cr_ends) { /* the first line decides */
        cr = memchr(from, '\r', lf != NULL ? (size_t)(lf - from) : left);
        im->cr_ends =
            cr != NULL && cr + 1 != lf && (cr + 1 < from + left || last);
    }
    if (im->cr_ends) {
        cr = memchr(from, '\r', left);
        if (cr != NULL)
            return (size_t)(cr + 1 - im->buffer);
    } else if (lf != NULL)
        return (size_t)(lf + 1 - im->buffer);
    return last ? im->n : 0;
}

/* The row that is open began with a quote that nobody closed: refuse its first
 * line and read on with the second. */
static void
row_abandon(struct import *im)
{
    unsigned char separator = csv_get_delim(&im->csv);

    if (!im->mapped) {
        im->r = fault_set(&im->fault, RES_NEVER,
            "the first line has a quote that is not closed");
        return;
    }
    problem(im, im->row_line,
        "a quote that begins in this line is not closed: the line is left"
        " out");
    im->report.refused++;
    csv_free(&im->csv);
    if (csv_init(&im->csv, 0) != 0)
        fault_no_memory();
    csv_set_delim(&im->csv, separator);
    im->at_column = 0;
    im->parsed = im->row_at = im->first_line_end;
    im->line = im->row_line++;
}

/* A line without an end in sight. */
static void
line_skip(struct import *im)
{
    if (!im->skipping) {
        problem(im, im->row_line, "the line is far too long: left out");
        im->report.refused++;
    }
    im->skipping = true;
    im->n = im->parsed = im->row_at = 0;
}

static void
lines_take(struct import *im, bool last)
{
    if (!beginning_known(im, last))
        return;
    while (im->r == RES_OK) {
        size_t end = line_end(im, last);
        bool open = im->parsed > im->row_at;

        if (end != 0)
            line_parse(im, end);
        else if (open && (last || im->n - im->row_at > IMPORT_ROW_BYTES))
            row_abandon(im);
        else if (im->n - im->parsed > IMPORT_ROW_BYTES)
            line_skip(im);
        else
            break;
    }
    memmove(im->buffer, im->buffer + im->row_at, im->n - im->row_at);
    im->n -= im->row_at;
    im->parsed -= im->row_at;
    im->first_line_end -=
        im->first_line_end < im->row_at ? im->first_line_end : im->row_at;
    im->row_at = 0;
}

static void
line_parse(struct import *im, size_t end)
{
    size_t n = end - im->parsed;

    im->line++;
    im->report.lines = im->line;
    if (im->skipping) {
        im->skipping = false;
        im->parsed = im->row_at = end;
        im->row_line = im->line + 1;
        return;
    }
    if (!im->separated) {
        separator_find(im, end);
        if (im->row_at == end) /* it was a line of its own */
            return;
    }
    if (im->parsed == im->row_at)
        im->first_line_end = end;
    if (csv_parse(&im->csv, im->buffer + im->parsed, n, on_field, on_row, im) !=
        n)
        fault_no_memory();
    if (end > im->parsed && im->buffer[end - 1] != '\n' &&
        im->buffer[end - 1] != '\r') /* the last line without an end */
        (void)csv_parse(&im->csv, "\n", 1, on_field, on_row, im);
    im->parsed = end;
    /* A public member of the parser: 0 means no row has begun. */
    if (im->csv.pstate == 0) {
        im->row_at = end;
        im->row_line = im->line + 1;
    } else if (im->line - im->row_line >= IMPORT_ROW_LINES ||
               end - im->row_at > IMPORT_ROW_BYTES)
        row_abandon(im);
}

/* --- the beginning of the file -------------------------------------------- */

static bool
beginning_known(struct import *im, bool last)
{
    const char *b = im->buffer;

    if (im->known)
        return true;
    if (im->n < 4 && !last)
        return false;
    im->known = true;
    if (im->n >= 3 && memcmp(b, "\xEF\xBB\xBF", 3) == 0)
        im->row_at = im->parsed = 3;
    else if (im->n >= 2 &&
             (memcmp(b, "\xFF\xFE", 2) == 0 || memcmp(b, "\xFE\xFF", 2) == 0))
        im->r = fault_set(&im->fault, RES_NEVER,
            "the file is UTF-16: save it as \"CSV UTF-8\"");
    else if (im->n >= 4 && (memcmp(b, "PK\003\004", 4) == 0 ||
                               memcmp(b, "\xD0\xCF\x11\xE0", 4) == 0))
        im->r = fault_set(&im->fault, RES_NEVER,
            "the file is a spreadsheet or an archive: save it as"
            " \"CSV UTF-8\"");
    return im->r == RES_OK;
}

/* The separator is what stands most often outside of quotes in the first line;
 * a line "sep=;" says it outright. */
static void
separator_find(struct import *im, size_t end)
{
    static const char known[] = ",;\t";
    const char *line = im->buffer + im->parsed;
    size_t n = end - im->parsed;
    int count[3] = {0}, best = 0;
    bool quoted = false;

    im->separated = true;
    if (n >= 5 && strncmp(line, "sep=", 4) == 0 &&
        strchr(known, line[4]) != NULL &&
        (n == 5 || line[5] == '\r' || line[5] == '\n')) {
        csv_set_delim(&im->csv, (unsigned char)line[4]);
        im->parsed = im->row_at = end;
        im->row_line = im->line + 1;
        return;
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
    csv_set_delim(&im->csv, (unsigned char)known[best]);
}

/* --- rows ----------------------------------------------------------------- */

static void
on_field(void *bytes, size_t n, void *arg)
{
    struct import *im = arg;
    int at = im->at_column++;
    enum column what;
    char *value;

    if (at >= IMPORT_COLUMNS)
        return;
    if (!im->mapped) {
        im->header[at] = strndup(n > 0 ? bytes : "", n);
        if (im->header[at] == NULL)
            fault_no_memory();
        return;
    }
    what = im->column[at];
    if (what == COLUMN_NONE)
        return;
    value = im->row.value[what];
    if (n > IMPORT_FIELD_BYTES) {
        im->row.too_long = true;
        n = IMPORT_FIELD_BYTES;
    }
    if (n > 0) {
        memcpy(value, bytes, n);
        if (memchr(value, '\0', n) != NULL)
            im->row.has_nul = true;
    }
    value[n] = '\0';
}

static void
on_row(int end, void *arg)
{
    struct import *im = arg;

    (void)end;
    if (im->r == RES_OK && !im->mapped)
        columns_map(im);
    else if (im->r == RES_OK)
        row_done(im);
    im->at_column = 0;
    im->row.too_long = im->row.has_nul = false;
    for (int i = 0; i < COLUMNS; i++)
        im->row.value[i][0] = '\0';
}

/* Which column holds what, by the first row. Where that is no header, its
 * first column is an address already. */
static void
columns_map(struct import *im)
{
    int best[COLUMNS], rank = 0;
    struct address address;
    struct fault ignored;

    for (int i = 0; i < COLUMNS; i++)
        best[i] = -1;
    im->n_columns =
        im->at_column < IMPORT_COLUMNS ? im->at_column : IMPORT_COLUMNS;
    im->mapped = true;
    for (int i = 0; i < IMPORT_COLUMNS; i++)
        im->column[i] = COLUMN_NONE;
    for (int i = 0; i < im->n_columns; i++) {
        enum column what = column_of(im->header[i], &rank);

        if (what == COLUMN_NONE || (best[what] >= 0 && best[what] <= rank))
            continue;
        for (int k = 0; k < i; k++)
            if (im->column[k] == what)
                im->column[k] = COLUMN_NONE;
        best[what] = rank;
        im->column[i] = what;
    }
    if (best[COLUMN_ADDRESS] >= 0)
        return;
    if (address_parse(im->header[0], &address, &ignored) != RES_OK) {
        im->r = fault_set(&im->fault, RES_NEVER,
            "line %lld names no column \"email\" and does not begin with an"
            " address: %.60s",
            (long long)im->row_line, im->header[0]);
        return;
    }
    for (int i = 0; i < im->n_columns; i++)
        im->column[i] = COLUMN_NONE;
    im->column[0] = COLUMN_ADDRESS;
    (void)snprintf(im->row.value[COLUMN_ADDRESS],
        sizeof im->row.value[COLUMN_ADDRESS], "%s", im->header[0]);
    row_done(im);
}

static void
row_done(struct import *im)
{
    enum row_fate fate = ROW_REFUSED;
    bool converted = false;
    struct fault f = {""};

    im->row.line = im->row_line;
    unit_begin(im);
    if (im->r != RES_OK)
        return;
    im->r = row_write(&im->to, &im->row, &fate, &converted, &f);
    if (im->r != RES_OK) {
        im->fault = f;
        return;
    }
    if (converted && im->report.converted++ < IMPORT_CONVERTED_MAX)
        problem(im, im->row_line, "it is not UTF-8: read as windows-1252");
    switch (fate) {
    case ROW_ADDED:
        im->report.added++;
        break;
    case ROW_THERE:
        im->report.there++;
        break;
    case ROW_KEPT_OUT:
        im->report.kept_out++;
        problem(im, im->row_line, f.text);
        break;
    case ROW_REFUSED:
        im->report.refused++;
        problem(im, im->row_line, f.text);
        break;
    }
}

static void
problem(struct import *im, int64_t line, const char *text)
{
    struct import_problem *p;

    if (im->report.n_problems == IMPORT_PROBLEMS_MAX)
        return;
    p = &im->report.problem[im->report.n_problems++];
    p->line = line;
    (void)snprintf(p->text, sizeof p->text, "%.199s", text);
}

/* --- transactions --------------------------------------------------------- */

/* The counts as they are in a transaction that may yet fail. */
static void
counts_copy(struct import_report *to, const struct import_report *from)
{
    to->added = from->added;
    to->there = from->there;
    to->refused = from->refused;
    to->kept_out = from->kept_out;
    to->converted = from->converted;
    to->lines = from->lines;
    to->n_problems = from->n_problems;
}

/* Sees to it that a transaction is open, and not for too long. */
static void
unit_begin(struct import *im)
{
    struct timespec now;

    if (im->in_unit && ++im->since_clock >= CLOCK_ROWS) {
        im->since_clock = 0;
        (void)clock_gettime(CLOCK_MONOTONIC, &now);
        if ((now.tv_sec - im->unit_begin.tv_sec) * 1000 +
                (now.tv_nsec - im->unit_begin.tv_nsec) / 1000000 >=
            IMPORT_LOCK_MS)
            unit_end(im);
    }
    if (im->in_unit || im->r != RES_OK)
        return;
    im->r = store_begin(im->to.st, &im->fault);
    if (im->r != RES_OK)
        return;
    im->in_unit = true;
    im->since_clock = 0;
    (void)clock_gettime(CLOCK_MONOTONIC, &im->unit_begin);
    counts_copy(&im->before, &im->report);
}

static void
unit_end(struct import *im)
{
    if (!im->in_unit)
        return;
    im->in_unit = false;
    im->r = store_end(im->to.st, im->r, &im->fault);
    if (im->r != RES_OK)
        counts_copy(&im->report, &im->before);
}
