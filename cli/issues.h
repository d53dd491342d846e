/* SPDX-License-Identifier: ISC */
/* cli/issues.h - the table of issues, for `issues` and `status`. */
#ifndef CLI_ISSUES_H
#define CLI_ISSUES_H
#include <jansson.h>
#include <stdbool.h>

/* issues: an array of ISSUE; kinds: with a column for letter, test, answer. */
void issues_print(const json_t *issues, bool kinds);

#endif
