/* SPDX-License-Identifier: ISC */
/* Rows of a CSV file become people on a list.  Rows are written as they come:
 * the store's one writer is held for about IMPORT_LOCK_MS at most, so that
 * letters go out meanwhile, and nothing is undone when the file breaks off.
 * Only the end is synced: a sender would wait for each fsync, and nobody has
 * been told before that the people are on the list. */
#include "daemon/import.h"

#include <iconv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "daemon/csv_rows.h"
#include "daemon/import_row.h"
#include "lists/address.h"
#include "lists/store.h"

enum {
    CLOCK_ROWS = 16 /* rows between looks at the clock */
};

struct import {
    struct import_target to;
    char file[IMPORT_FILE_MAX + 1];
    struct csv_rows *rows;

    bool mapped;     /* the columns are known */
    bool has_header; /* by what the first row says */
    int n_columns;
    enum column column[IMPORT_COLUMNS];
    char *header[IMPORT_COLUMNS]; /* the first row, until they are */
    struct import_row row;

    bool in_unit; /* a transaction is open */
    int since_clock;
    struct timespec unit_begin;
    struct import_report before; /* as it was when that began, counts only */
    struct import_report report;
    enum result r; /* of what the sink did */
    struct fault fault;
};

static void on_field(void *arg, int column, const char *bytes, size_t n);
static bool on_row(void *arg, int64_t line);
static void row_clear(struct import_row *row);
static bool on_bad(void *arg, int64_t line, const char *why);
static void columns_map(struct import *im, int64_t line);
static void row_done(struct import *im, int64_t line);
static void unit_begin(struct import *im);
static void unit_end(struct import *im);
static void problem(struct import *im, int64_t line, const char *text);

struct import *
import_new(struct store *st, int64_t list_id, const char *file, int64_t now_s)
{
    struct import *im = fault_calloc(1, sizeof *im);
    const struct csv_sink sink = {im, on_field, on_row, on_bad};

    (void)snprintf(im->file, sizeof im->file, "%s", file);
    im->to = (struct import_target){
        .st = st,
        .list_id = list_id,
        .now_s = now_s,
        .file = im->file,
        .from_1252 = iconv_open("UTF-8", "WINDOWS-1252"),
    };
    row_clear(&im->row);
    im->rows = csv_rows_new(&sink);
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
    csv_rows_free(im->rows);
    free(im);
}

const struct import_report *
import_report(const struct import *im)
{
    return &im->report;
}

/* The words of whoever failed first, and no transaction left open. */
static enum result
fed(struct import *im, enum result r, struct fault *f)
{
    if (im->r == RES_OK && r == RES_NEVER) {
        im->r = r;
        im->fault = *f;
    }
    im->report.lines = csv_rows_lines(im->rows);
    unit_end(im);
    if (im->r != RES_OK)
        *f = im->fault;
    return im->r;
}

enum result
import_feed(struct import *im, const char *bytes, size_t n, struct fault *f)
{
    return fed(im, csv_rows_feed(im->rows, bytes, n, f), f);
}

enum result
import_end(struct import *im, struct fault *f)
{
    enum result r = csv_rows_end(im->rows, f);

    if (r == RES_OK && !im->mapped)
        r = fault_set(f, RES_NEVER, "the file is empty");
    r = fed(im, r, f);
    return r == RES_OK ? store_sync(im->to.st, f) : r;
}

/* --- rows ----------------------------------------------------------------- */

static void
on_field(void *arg, int column, const char *bytes, size_t n)
{
    struct import *im = arg;
    enum column what;
    char *value;
    int filled = -1;

    if (column >= IMPORT_COLUMNS)
        return;
    for (size_t i = 0; i < n && filled < 0; i++)
        filled = bytes[i] != ' ' && bytes[i] != '\t' ? column : -1;
    if (filled >= 0) {
        im->row.empty = false;
        if (im->has_header && column >= im->n_columns)
            im->row.too_many = true;
    }
    if (!im->mapped) {
        im->header[column] = strndup(bytes, n);
        if (im->header[column] == NULL)
            fault_no_memory();
        im->n_columns = column + 1;
        return;
    }
    what = im->column[column];
    if (what == COLUMN_NONE)
        return;
    value = im->row.value[what];
    if (n > IMPORT_FIELD_BYTES)
        n = IMPORT_FIELD_BYTES;
    if (memchr(bytes, '\0', n) != NULL)
        im->row.has_nul = true;
    memcpy(value, bytes, n);
    value[n] = '\0';
}

static bool
on_row(void *arg, int64_t line)
{
    struct import *im = arg;

    if (!im->mapped)
        columns_map(im, line);
    else if (!im->row.empty) /* spreadsheets end with rows of nothing */
        row_done(im, line);
    row_clear(&im->row);
    return im->r == RES_OK;
}

static bool
on_bad(void *arg, int64_t line, const char *why)
{
    struct import *im = arg;

    if (!im->mapped) {
        im->r = fault_set(
            &im->fault, RES_NEVER, "line %lld: %s", (long long)line, why);
        return false;
    }
    im->report.refused++;
    problem(im, line, why);
    row_clear(&im->row);
    return true;
}

static void
row_clear(struct import_row *row)
{
    row->has_nul = row->too_many = false;
    row->empty = true;
    for (int i = 0; i < COLUMNS; i++)
        row->value[i][0] = '\0';
}

/* Which column holds what, by the first row. Where that is no header, its
 * first column is an address already. */
static void
columns_map(struct import *im, int64_t line)
{
    int best[COLUMNS], rank = 0;
    char plain[IMPORT_FIELD_BYTES + 1], name[IMPORT_FIELD_BYTES + 1];
    struct address address;
    struct fault ignored;

    for (int i = 0; i < COLUMNS; i++)
        best[i] = -1;
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
    im->has_header = best[COLUMN_ADDRESS] >= 0;
    if (im->has_header)
        return;
    field_address(im->header[0], plain, name);
    if (address_parse(plain, &address, &ignored) != RES_OK) {
        im->r = fault_set(&im->fault, RES_NEVER,
            "line %lld names no column \"email\" and does not begin with an"
            " address: %.60s",
            (long long)line, im->header[0]);
        return;
    }
    for (int i = 0; i < im->n_columns; i++)
        im->column[i] = COLUMN_NONE;
    im->column[0] = COLUMN_ADDRESS;
    (void)snprintf(im->row.value[COLUMN_ADDRESS],
        sizeof im->row.value[COLUMN_ADDRESS], "%s", im->header[0]);
    row_done(im, line);
}

static void
row_done(struct import *im, int64_t line)
{
    enum row_fate fate = ROW_REFUSED;
    bool converted = false;
    struct fault f = {""};

    im->row.line = line;
    unit_begin(im);
    if (im->r != RES_OK)
        return;
    im->r = row_write(&im->to, &im->row, &fate, &converted, &f);
    if (im->r != RES_OK) {
        im->fault = f;
        return;
    }
    if (converted && im->report.converted++ < IMPORT_CONVERTED_MAX)
        problem(im, line, "it is not UTF-8: read as windows-1252");
    switch (fate) {
    case ROW_ADDED:
        im->report.added++;
        break;
    case ROW_THERE:
        im->report.there++;
        break;
    case ROW_KEPT_OUT:
        im->report.kept_out++;
        problem(im, line, f.text);
        break;
    case ROW_REFUSED:
        im->report.refused++;
        problem(im, line, f.text);
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
    im->r = store_begin_lazy(im->to.st, &im->fault);
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
