/* SPDX-License-Identifier: ISC */
/* cli/who.h - one person, for `who ADDRESS` and `subscribers show`. */
#ifndef CLI_WHO_H
#define CLI_WHO_H
struct cli;

int who_person(struct cli *c, const char *address);

#endif
