/* SPDX-License-Identifier: ISC */
/* tests/tools/parts/sink_options.h - what the sink is told to do. */
#ifndef TESTS_TOOLS_PARTS_SINK_OPTIONS_H
#define TESTS_TOOLS_PARTS_SINK_OPTIONS_H
#include <stdbool.h>

struct sink_options {
    int port, dot_delay_ms, reply_delay_ms, keep;
    bool no_pipelining;
    const char *log, *keep_dir, *cert, *key; /* of argv; NULL: none */
};

/* The words of the command line; trouble goes where sink_trouble.h keeps it.
 * false: not understood. */
bool sink_options_read(int argc, char **argv, struct sink_options *o);

#endif
