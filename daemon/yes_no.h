/* SPDX-License-Identifier: ISC */
/* daemon/yes_no.h - what an answer to a question of ours says. */
#ifndef DAEMON_YES_NO_H
#define DAEMON_YES_NO_H
#include <stdbool.h>
#include <stddef.h>
#include "daemon/facts.h"

/* Of a writer's own words (valid UTF-8).  *plain: yes or no is all that they
 * say, but for courtesies and a name: "Ja tak", not "Ja, til februar". */
enum yes_no yes_no_find(const char *words, size_t n, bool *plain);

#endif
