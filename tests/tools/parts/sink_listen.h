/* SPDX-License-Identifier: ISC */
/* tests/tools/parts/sink_listen.h - the sink's port. */
#ifndef TESTS_TOOLS_PARTS_SINK_LISTEN_H
#define TESTS_TOOLS_PARTS_SINK_LISTEN_H

/* Listens on 127.0.0.1 (port 0: any that is free), and prints "port N".
 * The descriptor, which does not block; -1: errno says why. */
int sink_listen(int port, int backlog);

#endif
