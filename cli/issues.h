/* SPDX-License-Identifier: ISC */
/* cli/issues.h - the table of issues, for `issues` and `status`; and
 * a word on one of them. */
#ifndef CLI_ISSUES_H
#define CLI_ISSUES_H
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
struct cli;

/* issues: an array of ISSUE; kinds: with a column for letter, test, answer. */
void issues_print(const json_t *issues, bool kinds);
/* A person's word on an issue, "hold", "release" or "cancel", with a body or
 * NULL; says how it is then.  0, or a code of sysexits(3), which is said. */
int issues_move(struct cli *c, int64_t id, const char *deed, json_t *body);

#endif
