/* SPDX-License-Identifier: ISC */
/* cli/lists.h - which list a command is about. */
#ifndef CLI_LISTS_H
#define CLI_LISTS_H
struct cli;

/* --list, or the only list there is. 0 and *key, yours; or a code of
 * sysexits(3) after saying which lists there are to choose from. */
int lists_choose(struct cli *c, char **key);

#endif
