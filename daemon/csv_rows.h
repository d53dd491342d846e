/* SPDX-License-Identifier: ISC */
/* daemon/csv_rows.h - a CSV file that comes in pieces of any size, taken apart
 * into rows that know the line they began in.
 *
 * Understood: UTF-8 with or without BOM; comma, semicolon or tab, found in the
 * first line or said by a line "sep=;" before it; LF, CRLF or CR; quoted
 * fields, also over several lines.  What a field means is the caller's affair.
 */
#ifndef DAEMON_CSV_ROWS_H
#define DAEMON_CSV_ROWS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "lists/fault.h"
struct csv_rows;

enum {
    CSV_ROW_BYTES = 65536, /* of one row with all its lines */
    CSV_ROW_LINES = 100    /* likewise */
};

/* Whom the rows are told to. Those that return false end it all. */
struct csv_sink {
    void *arg;
    /* The fields of a row one by one, columns from 0; bytes may be any. */
    void (*field)(void *arg, int column, const char *bytes, size_t n);
    /* That was a row; lines count from 1. */
    bool (*row)(void *arg, int64_t line);
    /* A line that is left out: too long, or a quote that nobody closed. */
    bool (*bad)(void *arg, int64_t line, const char *why);
};

/* Yours, free with csv_rows_free. */
struct csv_rows *csv_rows_new(const struct csv_sink *to);
void csv_rows_free(struct csv_rows *c); /* NULL is fine */

/* Takes the next piece. NONE: the sink ended it.
 * NEVER: this is another kind of file (UTF-16, a spreadsheet). */
MUST_USE enum result
csv_rows_feed(struct csv_rows *c, const char *bytes, size_t n, struct fault *f);
/* The file is at its end. */
MUST_USE enum result csv_rows_end(struct csv_rows *c, struct fault *f);
/* Lines so far. */
int64_t csv_rows_lines(const struct csv_rows *c);

#endif
