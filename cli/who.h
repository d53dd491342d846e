/* SPDX-License-Identifier: ISC */
/* cli/who.h - who got it, for `who`, `doubt` and `subscribers show`. */
#ifndef CLI_WHO_H
#define CLI_WHO_H
#include <stdbool.h>
#include <stdint.h>
struct cli;

/* The letters of an issue; state NULL: in any. */
int who_issue(struct cli *c, int64_t id, const char *state, bool doubtful);
int who_person(struct cli *c, const char *address);

#endif
