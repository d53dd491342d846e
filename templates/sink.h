/* SPDX-License-Identifier: ISC */
/* templates/sink.h - where an encoder's bytes go, and the column they stand
 * in.  Only the encoders of mime.h include this. */
#ifndef TEMPLATES_SINK_H
#define TEMPLATES_SINK_H
#include <stddef.h>

enum {
    SINK_BYTES = 256
};
struct sink {
    void (*emit)(void *arg, const char *bytes, size_t n);
    void *arg;
    size_t column; /* of the line, where the next byte goes */
    size_t used;
    char bytes[SINK_BYTES]; /* not emitted yet: emitting costs a call */
};

void sink_open(struct sink *s,
    void (*emit)(void *arg, const char *bytes, size_t n), void *arg,
    size_t column);
void sink_put(struct sink *s, const char *bytes, size_t n);
void sink_text(struct sink *s, const char *text);
/* Call it last: what is not emitted yet goes out. */
void sink_flush(struct sink *s);

/* The emit of a sink whose arg is a FILE. */
void sink_to_stream(void *arg, const char *bytes, size_t n);
#endif
