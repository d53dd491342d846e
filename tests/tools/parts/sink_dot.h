/* SPDX-License-Identifier: ISC */
/* tests/tools/parts/sink_dot.h - where a letter ends, however its bytes are cut
 * into reads. */
#ifndef TESTS_TOOLS_PARTS_SINK_DOT_H
#define TESTS_TOOLS_PARTS_SINK_DOT_H
#include <stdbool.h>
#include <stddef.h>

struct sink_dot {
    char tail[4]; /* the last bytes seen */
    size_t n;
};

void sink_dot_begin(struct sink_dot *d);
/* Looks for CRLF "." CRLF in what follows; p < end.  Found: where the next
 * command begins; else end. */
const char *
sink_dot_find(struct sink_dot *d, const char *p, const char *end, bool *found);

#endif
