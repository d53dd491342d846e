/* SPDX-License-Identifier: ISC */
/* daemon/import.h - people put on a list from a CSV file that comes in pieces
 * of any size.  What is written stays written: an import that was cut off can
 * be repeated from the start, and finds the first part there already.
 *
 * csv_rows.h says what form the file may have; single fields may be in
 * windows-1252 instead of UTF-8.  Columns are found by name (import_columns in
 * import_row.c), or without a header line the first column is the address.  A
 * column "state" (our own export has one) with anything but "active" in it
 * keeps its line out. */
#ifndef DAEMON_IMPORT_H
#define DAEMON_IMPORT_H
#include <stddef.h>
#include <stdint.h>
#include "lists/fault.h"
struct store;
struct import;

enum {
    IMPORT_PROBLEMS_MAX = 1000, /* named; more are counted only */
    IMPORT_CONVERTED_MAX = 100, /* of these, notes about converted lines */
    IMPORT_FIELD_BYTES = 1000,  /* of a column that we read */
    IMPORT_COLUMNS = 500,       /* more are not looked at */
    IMPORT_FILE_MAX = 200,      /* bytes of the file's name */
    IMPORT_LOCK_MS = 10         /* of one transaction */
};

struct import_problem {
    int64_t line;   /* where its row begins */
    char text[200]; /* UTF-8 but for a cut at its end */
};
struct import_report {
    int64_t added;     /* people put on the list */
    int64_t there;     /* who were on it, or earlier in the file */
    int64_t refused;   /* rows that cannot be read, see problems */
    int64_t kept_out;  /* who left, bounced or complained before */
    int64_t converted; /* rows that were not UTF-8 */
    int64_t lines;     /* of the file */
    int n_problems;
    struct import_problem problem[IMPORT_PROBLEMS_MAX];
};

/* file: the name for the ledger's proof "FILE:LINE", at most IMPORT_FILE_MAX
 * clean bytes; copied.  Yours, free with import_free. */
struct import *
import_new(struct store *st, int64_t list_id, const char *file, int64_t now_s);
void import_free(struct import *im); /* NULL is fine */

/* Takes the next piece and writes the people in it, in lazy transactions of
 * about IMPORT_LOCK_MS at most, none of which stays open over the call.
 * NEVER: this is no such file (another format, no column with addresses);
 * nothing was written. LATER, STOP: the store; what the report says is
 * written. After a failure only import_report and import_free may follow. */
MUST_USE enum result
import_feed(struct import *im, const char *bytes, size_t n, struct fault *f);
/* The file is at its end: once this is OK, all of it is on the disk.
 * NEVER: likewise, or it was empty. */
MUST_USE enum result import_end(struct import *im, struct fault *f);

/* Borrowed until import_free. */
const struct import_report *import_report(const struct import *im);

#endif
