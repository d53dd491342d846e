/* SPDX-License-Identifier: ISC */
/* cli/table.h - a table on a terminal: columns as wide as their widest cell, by
 * display width; the last one is cut where the screen ends. */
#ifndef CLI_TABLE_H
#define CLI_TABLE_H
#include <stdint.h>
#include <stdio.h>
#include "cli/term.h"

enum {
    TABLE_COLUMNS_MAX = 12
};
struct table;

/* heads: "ID>|STATE|SUBJECT": `>` aligns a column to the right. Yours. */
struct table *table_new(const char *heads);
void table_free(struct table *t);

/* The next cell of the row; when a row has all its cells, the next begins.
 * The text is cleaned and copied. */
void table_text(struct table *t, const char *text);
void table_styled(struct table *t, enum term_style style, const char *text);
void table_number(struct table *t, int64_t n);
void table_taken(struct table *t, char *text); /* taken: freed here */

/* Prints the rows so far and forgets them; heads before the first. screen is
 * how many columns there are, 0: do not cut. A long list is printed page by
 * page: columns do not get narrower again. */
void table_print(struct table *t, FILE *out, int screen);

#endif
