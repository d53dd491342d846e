/* SPDX-License-Identifier: ISC */
/* daemon/yes_no.h - what an answer to a question of ours says. */
#ifndef DAEMON_YES_NO_H
#define DAEMON_YES_NO_H
#include <stddef.h>
#include "daemon/facts.h"

/* Of a writer's own words (valid UTF-8). */
enum yes_no yes_no_find(const char *words, size_t n);

#endif
