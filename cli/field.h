/* SPDX-License-Identifier: ISC */
/* cli/field.h - the members of the daemon's answers. What is missing or of
 * another type reads as nothing: answers of newer daemons may differ. */
#ifndef CLI_FIELD_H
#define CLI_FIELD_H
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include "cli/term.h"

const char *field_text(const json_t *j, const char *name); /* or "" */
int64_t field_int(const json_t *j, const char *name);      /* or 0 */
bool field_true(const json_t *j, const char *name);

/* One JSON object on a line of stdout. On a terminal all but ASCII is
 * escaped, so that nothing in it can steer it. */
void field_print(const json_t *j);
/* Each element of an array so. */
void field_print_each(const json_t *array);

/* What an issue's, delivery's or subscription's state looks like. */
enum term_style field_style(const char *state);

#endif
