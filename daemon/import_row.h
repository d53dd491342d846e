/* SPDX-License-Identifier: ISC */
/* daemon/import_row.h - one row of an import: which of its columns mean
 * something to us, and what becomes of the person in it. */
#ifndef DAEMON_IMPORT_ROW_H
#define DAEMON_IMPORT_ROW_H
#include <iconv.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "daemon/import.h"
struct store;

enum column {
    COLUMN_ADDRESS,
    COLUMN_NAME,
    COLUMN_GIVEN_NAME,
    COLUMN_LAST_NAME,
    COLUMN_STATE,
    COLUMN_NONE, /* says nothing to us */
    COLUMNS = COLUMN_NONE
};

/* What a header calls its column. *rank: the lower, the surer. */
enum column column_of(const char *header, int *rank);

/* What stands as the address in a field, and where mail programs put more into
 * it, as `Name <a@b>` or mailto:a@b, the name beside it; "" : none. */
void field_address(const char *field, char address[IMPORT_FIELD_BYTES + 1],
    char name[IMPORT_FIELD_BYTES + 1]);

/* The values of one row, NUL-terminated; what was cut at IMPORT_FIELD_BYTES
 * is too long for anything here. */
struct import_row {
    int64_t line;
    bool has_nul;
    bool empty;    /* no field has anything in it */
    bool too_many; /* one has that stands in no column of the header */
    char value[COLUMNS][IMPORT_FIELD_BYTES + 1];
};
/* Where rows go. */
struct import_target {
    struct store *st;
    int64_t list_id;
    int64_t now_s;
    const char *file;
    iconv_t from_1252; /* (iconv_t)-1: this system has none */
};

enum row_fate {
    ROW_ADDED,
    ROW_THERE,
    ROW_KEPT_OUT,
    ROW_REFUSED
};

/* Writes one row inside the caller's transaction; the values are changed.
 * OK: *fate says what became of it, f why where it was refused or kept out.
 * *converted: it was not UTF-8 and is now. LATER, STOP: the store. */
MUST_USE enum result row_write(const struct import_target *to,
    struct import_row *row, enum row_fate *fate, bool *converted,
    struct fault *f);

#endif
