/* SPDX-License-Identifier: ISC */
/* daemon/reader_wire.h - what goes over the socket between reader.c and
 * reader_child.c.  Both are the same program on the same machine, so numbers
 * go in its own byte order.
 *
 * inbox -> child: one struct reader_hello with its strings, then for each
 *                 message a uint32_t length and the bytes;
 * child -> inbox: for each message a uint32_t length and that many bytes, of
 *                 which the first is a READER_ letter;
 * and over a pipe, after each READER_TURN messages, one byte: the process that
 *                 read them has ended. */
#ifndef DAEMON_READER_WIRE_H
#define DAEMON_READER_WIRE_H
#include <stdint.h>

enum {
    READER_TURN = 20, /* mails that one process reads */
    READER_MARKS = 1, /* the descriptor of that pipe */
    READER_MESSAGE_MAX = 64 * 1024 * 1024,
    READER_REPLY_MAX = 256 * 1024,
    READER_NAME_MAX = 1024, /* of each string in the hello, with its NUL */
};

/* How the process of some mails ends, other than by 0 or a signal. */
enum {
    READER_EX_CONFINE = 3, /* a limit could not be set */
    READER_EX_WIRE = 4,    /* the socket is broken */
    READER_EX_ABORT = 5,   /* it gave up: no memory, or an assertion */
    READER_EX_END = 6      /* the socket has ended: no more mails */
};

#define READER_FACTS 'F' /* facts_to_json follows */
#define READER_NEVER 'N' /* facts_read refused it: its words follow */

#if defined(__SANITIZE_ADDRESS__)
#define READER_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define READER_ASAN 1
#endif
#endif

struct reader_hello {
    int32_t memory_mib, time_s;
    uint32_t mailbox_bytes, authserv_bytes, names_bytes; /* with their NUL, they
                                                            follow */
};

#endif
