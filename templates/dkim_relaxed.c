/* SPDX-License-Identifier: ISC */
/* The relaxed canonical forms of RFC 6376.
 *
 * A body is the bulk of a signature's cost beside the key itself, and a body
 * of ours is nearly canonical as it is: quoted-printable has no blanks at the
 * end of a line.  So blocks are looked at with a loop that compilers turn into
 * vector instructions, and whatever needs no change is given on unread and
 * uncopied; only a block with two blanks side by side, a tab or a blank before
 * a line's end is gone through byte by byte. */
#include "templates/dkim_own.h"

enum {
    BLOCK = 64
};

static bool blank(char c);
static bool block_is_canonical(const char *p);

size_t
dkim_relaxed_field(const char *field, size_t n, char *out)
{
    size_t at = 0, used = 0, value;
    bool gap = false;

    for (; at < n && field[at] != ':'; at++)
        if (!blank(field[at]))
            out[used++] = field[at] >= 'A' && field[at] <= 'Z'
                              ? (char)(field[at] + ('a' - 'A'))
                              : field[at];
    if (at == n)
        return used;
    out[used++] = ':';
    value = used;
    for (at++; at < n; at++) {
        if (field[at] == '\r' && at + 1 < n && field[at + 1] == '\n') {
            at++; /* a fold, or the end */
        } else if (blank(field[at])) {
            gap = true;
        } else {
            if (gap && used > value)
                out[used++] = ' ';
            gap = false;
            out[used++] = field[at];
        }
    }
    return used;
}

void
dkim_relaxed_body(const char *body, size_t n,
    void (*emit)(void *arg, const char *bytes, size_t n), void *arg)
{
    size_t from = 0, at = 0, stop, after;

    while (n > 0 &&
           (blank(body[n - 1]) || body[n - 1] == '\r' || body[n - 1] == '\n'))
        n--;
    if (n == 0)
        return;
    while (at < n) {
        if (n - at > BLOCK && block_is_canonical(body + at)) {
            at += BLOCK;
            continue;
        }
        stop = n - at > BLOCK ? at + BLOCK : n;
        for (; at < stop; at = after) {
            after = at + 1;
            if (!blank(body[at]))
                continue;
            while (blank(body[after])) /* the last byte is no blank */
                after++;
            if (body[after] == '\r' && body[after + 1] == '\n') {
                emit(arg, body + from, at - from);
                from = after;
            } else if (after > at + 1 || body[at] == '\t') {
                emit(arg, body + from, at - from);
                emit(arg, " ", 1);
                from = after;
            }
        }
    }
    emit(arg, body + from, n - from);
    emit(arg, "\r\n", 2);
}

/* Behind a line that ends with text: blanks there, and empty lines, may turn
 * out to be the body's end. */
size_t
dkim_relaxed_cut(const char *body, size_t n)
{
    for (; n > 2; n--)
        if (body[n - 1] == '\n' && body[n - 2] == '\r' && !blank(body[n - 3]) &&
            body[n - 3] != '\r' && body[n - 3] != '\n')
            return n;
    return 0;
}

static bool
blank(char c)
{
    return c == ' ' || c == '\t';
}

/* The byte behind the block is looked at, too.  A control character behind a
 * blank is taken for a line's end: that costs time, and nothing else. */
static bool
block_is_canonical(const char *p)
{
    unsigned char bad = 0;

    for (int i = 0; i < BLOCK; i++)
        bad |=
            (unsigned char)((p[i] == '\t') |
                            ((p[i] == ' ') & ((unsigned char)p[i + 1] <= ' ')));
    return bad == 0;
}
