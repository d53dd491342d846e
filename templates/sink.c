/* SPDX-License-Identifier: ISC */
/* Gathers an encoder's bytes: it makes them one by one, and a call for each
 * was a quarter of what an expansion cost. */
#include "templates/sink.h"

#include <stdio.h>
#include <string.h>

void
sink_open(struct sink *s, void (*emit)(void *arg, const char *bytes, size_t n),
    void *arg, size_t column)
{
    s->emit = emit;
    s->arg = arg;
    s->column = column;
    s->used = 0;
}

void
sink_put(struct sink *s, const char *bytes, size_t n)
{
    const char *end = memrchr(bytes, '\n', n);

    s->column = end != NULL ? (size_t)(bytes + n - end) - 1 : s->column + n;
    while (n > 0) {
        size_t fits = n < SINK_BYTES - s->used ? n : SINK_BYTES - s->used;

        memcpy(s->bytes + s->used, bytes, fits);
        s->used += fits;
        bytes += fits;
        n -= fits;
        if (s->used == SINK_BYTES)
            sink_flush(s);
    }
}

void
sink_text(struct sink *s, const char *text)
{
    sink_put(s, text, strlen(text));
}

void
sink_flush(struct sink *s)
{
    s->emit(s->arg, s->bytes, s->used);
    s->used = 0;
}

void
sink_to_stream(void *arg, const char *bytes, size_t n)
{
    (void)fwrite(bytes, 1, n, arg);
}
