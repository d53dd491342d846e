/* SPDX-License-Identifier: ISC */
/* daemon/reader_sandbox.h - the system calls that are left to the process in
 * which a mail is read. */
#ifndef DAEMON_READER_SANDBOX_H
#define DAEMON_READER_SANDBOX_H
#include <stdbool.h>
struct sock_fprog;

/* Whether this kernel can filter system calls at all. */
bool reader_sandbox_possible(void);

/* The filter, made once for many processes; static.  NULL: it cannot be made.
 * Needs two descriptors, and gives them back. */
const struct sock_fprog *reader_sandbox_make(void);

/* From here on this process can compute, talk over its socket, and end.  What a
 * library asks for and can do without (a file, mostly) fails; abort() ends it
 * with status READER_EX_ABORT; anything else kills it with SIGSYS. False: it
 * could not be done, and nothing has changed. */
bool reader_sandbox_enter(const struct sock_fprog *filter);

#endif
