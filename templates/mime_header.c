/* SPDX-License-Identifier: ISC */
/* Header fields of text: folded ASCII where that will do, else the words of
 * RFC 2047, whose blanks between two of them vanish: so a header that holds a
 * marker is made of words only, and each stands on a line of its own. */
#include "templates/mime.h"

#include <ctype.h>
#include <string.h>
#include "templates/mark.h"
#include "templates/sink.h"

enum {
    PLAIN_WORD_MAX = 60, /* a longer one is encoded, which may be cut */
    QUOTED_MAX = 60
};
#define WORD_HEAD_Q "=?utf-8?Q?"
#define WORD_HEAD_B "=?utf-8?B?"
#define WORD_FOOT "?="

static bool is_plain(const char *text);
static void fold_plain(struct sink *s, const char *text);
static void put_words(struct sink *s, const char *text, size_t n, bool first);
static size_t
word_q(const char *text, size_t n, size_t room, char *out, size_t *used);
static size_t
word_b(const char *text, size_t n, size_t room, char *out, size_t *used);
static size_t character_bytes(const char *text, size_t n);

void
mime_header_text(FILE *to, const char *name, const char *text)
{
    struct sink s;
    const char *begin = text;
    bool first = true;

    sink_open(&s, sink_to_stream, to, 0);
    sink_text(&s, name);
    sink_text(&s, ": ");
    if (is_plain(text)) {
        fold_plain(&s, text);
        sink_text(&s, "\r\n");
        sink_flush(&s);
        return;
    }
    for (const char *p = text;;) {
        char kind = 0;
        const char *mark = NULL;
        size_t mark_bytes = 0;
        size_t taken =
            *p == MARK_OPEN ? mark_read(p, &kind, &mark, &mark_bytes) : 0;

        if (taken == 0 && *p != '\0') {
            p++;
            continue;
        }
        if (p > begin)
            put_words(&s, begin, (size_t)(p - begin), first);
        if (*p == '\0')
            break;
        sink_flush(&s); /* before we write past it */
        if (kind == '#' || kind == '/')
            (void)fprintf(to, "@@%c%.*s@@", kind, (int)mark_bytes, mark);
        else
            (void)fprintf(to, "\r\n @@%.*s:x-word@@", (int)mark_bytes, mark);
        first = false;
        p += taken;
        begin = p;
    }
    sink_text(&s, "\r\n");
    sink_flush(&s);
}

void
mime_words_value(const char *value, size_t n,
    void (*emit)(void *arg, const char *bytes, size_t n), void *arg)
{
    struct sink s;

    sink_open(&s, emit, arg, 1);
    if (n > 0)
        put_words(&s, value, n, true);
    sink_flush(&s);
}

void
mime_mailbox(FILE *to, size_t column, const char *display, const char *address)
{
    struct sink s;
    size_t n = strlen(display);
    bool ascii = n <= QUOTED_MAX && strstr(display, "@@") == NULL &&
                 strstr(display, "=?") == NULL;
    bool atoms = true;

    sink_open(&s, sink_to_stream, to, column);
    if (n == 0) {
        sink_text(&s, address);
        sink_flush(&s);
        return;
    }
    for (const char *p = display; *p != '\0'; p++) {
        ascii = ascii && *p >= ' ' && *p <= '~';
        atoms = atoms && (isalnum((unsigned char)*p) ||
                             strchr(" !#$%&'*+-/=?^_`{|}~", *p) != NULL);
    }
    if (!ascii) {
        put_words(&s, display, n, true);
    } else if (atoms && display[0] != ' ' && display[n - 1] != ' ') {
        sink_put(&s, display, n);
    } else {
        sink_text(&s, "\"");
        for (const char *p = display; *p != '\0'; p++) {
            if (*p == '"' || *p == '\\')
                sink_text(&s, "\\");
            sink_put(&s, p, 1);
        }
        sink_text(&s, "\"");
    }
    if (s.column + strlen(address) + 3 > MIME_LINE_MAX)
        sink_text(&s, "\r\n");
    sink_text(&s, " <");
    sink_text(&s, address);
    sink_text(&s, ">");
    sink_flush(&s);
}

/* Whether a header may hold text as it is. */
static bool
is_plain(const char *text)
{
    size_t word = 0;

    if (text[0] == ' ' || strstr(text, "@@") != NULL ||
        strstr(text, "=?") != NULL)
        return false;
    for (const char *p = text; *p != '\0'; p++) {
        if (*p < ' ' || *p > '~')
            return false;
        word = *p == ' ' ? 0 : word + 1;
        if (word > PLAIN_WORD_MAX ||
            (*p == ' ' && (p[1] == ' ' || p[1] == '\0')))
            return false;
    }
    return true;
}

static void
fold_plain(struct sink *s, const char *text)
{
    while (*text != '\0') {
        size_t n = 1 + strcspn(text + 1, " "); /* a word and what is before */

        if (s->column + n > MIME_LINE_MAX && *text == ' ')
            sink_put(s, "\r\n", 2);
        sink_put(s, text, n);
        text += n;
    }
}

/* Writes RFC 2047 words, each but the first on a line of its own; first:
 * the first goes on with this line. */
static void
put_words(struct sink *s, const char *text, size_t n, bool first)
{
    size_t other = 0;
    bool base64;

    for (size_t i = 0; i < n; i++)
        other += (unsigned char)text[i] > '~';
    base64 = other * 3 > n; /* mostly not Latin: shorter that way */
    while (n > 0) {
        char word[MIME_WORD_MAX + 1];
        size_t room, taken, bytes = 0;

        if (!first)
            sink_put(s, "\r\n ", 3);
        room = MIME_LINE_MAX - 15 - (s->column < 40 ? s->column : 40);
        if (base64)
            taken = word_b(text, n, room, word, &bytes);
        else
            taken = word_q(text, n, room, word, &bytes);
        sink_text(s, base64 ? WORD_HEAD_B : WORD_HEAD_Q);
        sink_put(s, word, bytes);
        sink_text(s, WORD_FOOT);
        text += taken;
        n -= taken;
        first = false;
    }
}

/* Encodes as many whole characters as fit into room bytes of Q; how many
 * bytes of text that was, at least one character. */
static size_t
word_q(const char *text, size_t n, size_t room, char *out, size_t *used)
{
    static const char hex[] = "0123456789ABCDEF";
    size_t taken = 0;

    while (taken < n) {
        size_t c = character_bytes(text + taken, n - taken);
        char first = text[taken];
        bool raw = c == 1 && (isalnum((unsigned char)first) ||
                                 strchr("!*+-/ ", first) != NULL);

        if (*used + (raw ? 1 : 3 * c) > room && taken > 0)
            break;
        for (size_t i = 0; i < c; i++, taken++) {
            unsigned char b = (unsigned char)text[taken];

            if (raw) {
                out[(*used)++] = b == ' ' ? '_' : (char)b;
                continue;
            }
            out[(*used)++] = '=';
            out[(*used)++] = hex[b >> 4];
            out[(*used)++] = hex[b & 15];
        }
    }
    return taken;
}

static size_t
word_b(const char *text, size_t n, size_t room, char *out, size_t *used)
{
    size_t taken = 0;

    while (taken < n) {
        size_t c = character_bytes(text + taken, n - taken);

        if ((taken + c + 2) / 3 * 4 > room && taken > 0)
            break;
        taken += c;
    }
    for (size_t i = 0; i < taken; i += 3, *used += 4)
        mime_base64_four(
            (const unsigned char *)text + i, taken - i, out + *used);
    return taken;
}

/* Bytes of the character at text: 1-4, as far as it goes. */
static size_t
character_bytes(const char *text, size_t n)
{
    size_t c = 1;

    while (c < n && c < 4 && ((unsigned char)text[c] & 0xC0) == 0x80)
        c++;
    return c;
}
