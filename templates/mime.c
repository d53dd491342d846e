/* SPDX-License-Identifier: ISC */
/* Encoders for one message, written once for both ways they are needed: over
 * a whole issue, where personal places become markers, and over the value of
 * one person, where a marker is filled.  A value begins and ends on a line of
 * its own, so that no value can make a line too long or end one early. */
#include "templates/mime.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>
#include "templates/mark.h"

enum {
    PLAIN_WORD_MAX = 60, /* a longer one is encoded, which may be cut */
    QUOTED_MAX = 60,
    SINK_BYTES = 256
};
#define WORD_HEAD_Q "=?utf-8?Q?"
#define WORD_HEAD_B "=?utf-8?B?"
#define WORD_FOOT "?="

/* Where encoded bytes go: a stream, or a marker's place. */
struct sink {
    void (*emit)(void *arg, const char *bytes, size_t n);
    void *arg;
    size_t column; /* of the line, where the next byte goes */
    size_t used;
    char bytes[SINK_BYTES]; /* not emitted yet: emitting costs a call */
};

static void to_stream(void *arg, const char *bytes, size_t n);
static void sink_open(struct sink *s,
    void (*emit)(void *arg, const char *bytes, size_t n), void *arg,
    size_t column);
static void put(struct sink *s, const char *bytes, size_t n);
static void flush(struct sink *s);
static void put_text(struct sink *s, const char *text);
static void
qp_piece(struct sink *s, const char *text, size_t n, size_t i, size_t end);
static void
qp_mark(struct sink *s, char kind, const char *name, size_t name_bytes);
static bool is_plain(const char *text);
static void fold_plain(struct sink *s, const char *text);
static void put_words(struct sink *s, const char *text, size_t n, bool first);
static size_t
word_q(const char *text, size_t n, size_t room, char *out, size_t *used);
static size_t
word_b(const char *text, size_t n, size_t room, char *out, size_t *used);
static void base64_four(const unsigned char *p, size_t n, char four[4]);
static size_t character_bytes(const char *text, size_t n);

void
mime_qp(FILE *to, const char *text, size_t n)
{
    struct sink s;
    size_t begin = 0; /* of what is not written yet */

    sink_open(&s, to_stream, to, 0);
    for (size_t i = 0; i < n;) {
        char kind;
        const char *name;
        size_t name_bytes;
        size_t taken = text[i] == MARK_OPEN
                           ? mark_read(text + i, &kind, &name, &name_bytes)
                           : 0;

        if (taken > 0) {
            qp_piece(&s, text, n, begin, i);
            qp_mark(&s, kind, name, name_bytes);
            begin = i + taken;
        }
        i += taken > 0 ? taken : 1;
    }
    qp_piece(&s, text, n, begin, n);
    flush(&s);
}

void
mime_qp_value(const char *value, size_t n,
    void (*emit)(void *arg, const char *bytes, size_t n), void *arg)
{
    struct sink s;

    sink_open(&s, emit, arg, 0);
    qp_piece(&s, value, n, 0, n);
    flush(&s);
}

void
mime_base64(FILE *to, const void *bytes, size_t n)
{
    const unsigned char *p = bytes;

    for (size_t i = 0; i < n; i += 3) {
        char four[4];

        base64_four(p + i, n - i, four);
        (void)fwrite(four, 1, sizeof four, to);
        if (i % 57 == 54 || i + 3 >= n) /* 57 bytes make a line of 76 */
            (void)fputs("\r\n", to);
    }
}

void
mime_header_text(FILE *to, const char *name, const char *text)
{
    struct sink s;
    const char *begin = text;
    bool first = true;

    sink_open(&s, to_stream, to, 0);
    put_text(&s, name);
    put_text(&s, ": ");
    if (is_plain(text)) {
        fold_plain(&s, text);
        put_text(&s, "\r\n");
        flush(&s);
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
        flush(&s); /* before we write past it */
        if (kind == '#' || kind == '/')
            (void)fprintf(to, "@@%c%.*s@@", kind, (int)mark_bytes, mark);
        else
            (void)fprintf(to, "\r\n @@%.*s:x-word@@", (int)mark_bytes, mark);
        first = false;
        p += taken;
        begin = p;
    }
    put_text(&s, "\r\n");
    flush(&s);
}

void
mime_words_value(const char *value, size_t n,
    void (*emit)(void *arg, const char *bytes, size_t n), void *arg)
{
    struct sink s;

    sink_open(&s, emit, arg, 1);
    if (n > 0)
        put_words(&s, value, n, true);
    flush(&s);
}

void
mime_mailbox(FILE *to, size_t column, const char *display, const char *address)
{
    struct sink s;
    size_t n = strlen(display);
    bool ascii = n <= QUOTED_MAX && strstr(display, "@@") == NULL &&
                 strstr(display, "=?") == NULL;
    bool atoms = true;

    sink_open(&s, to_stream, to, column);
    if (n == 0) {
        put_text(&s, address);
        flush(&s);
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
        put(&s, display, n);
    } else {
        put_text(&s, "\"");
        for (const char *p = display; *p != '\0'; p++) {
            if (*p == '"' || *p == '\\')
                put_text(&s, "\\");
            put(&s, p, 1);
        }
        put_text(&s, "\"");
    }
    if (s.column + strlen(address) + 3 > MIME_LINE_MAX)
        put_text(&s, "\r\n");
    put_text(&s, " <");
    put_text(&s, address);
    put_text(&s, ">");
    flush(&s);
}

void
mime_parameter(FILE *to, const char *name, const char *value)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "abcdefghijklmnopqrstuvwxyz0123456789._-";

    if (value[strspn(value, plain)] != '\0') {
        (void)fprintf(to, ";\r\n %s*=UTF-8''", name);
        for (const char *p = value; *p != '\0'; p++) {
            if (strchr(plain, *p) != NULL)
                (void)putc(*p, to);
            else
                (void)fprintf(to, "%%%02X", (unsigned char)*p);
        }
    }
    (void)fprintf(to, ";\r\n %s=\"", name);
    for (const char *p = value; *p != '\0'; p++)
        if (((unsigned char)*p & 0xC0) != 0x80) /* one _ for a character */
            (void)putc(*p == ' ' || strchr(plain, *p) != NULL ? *p : '_', to);
    (void)putc('"', to);
}

bool
mime_url_fits(const char *url, size_t n)
{
    static const char *const schemes[] = {
        "http://", "https://", "mailto:", "tel:", "cid:", NULL};
    const char *const *scheme = schemes;

    while (
        *scheme != NULL && (strlen(*scheme) >= n ||
                               strncasecmp(url, *scheme, strlen(*scheme)) != 0))
        scheme++;
    if (*scheme == NULL)
        return false;
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)url[i];

        if ((c <= ' ' && c != (unsigned char)MARK_OPEN &&
                c != (unsigned char)MARK_CLOSE) ||
            c == 0x7f)
            return false;
    }
    return true;
}

static void
to_stream(void *arg, const char *bytes, size_t n)
{
    (void)fwrite(bytes, 1, n, arg);
}

static void
sink_open(struct sink *s, void (*emit)(void *arg, const char *bytes, size_t n),
    void *arg, size_t column)
{
    s->emit = emit;
    s->arg = arg;
    s->column = column;
    s->used = 0;
}

static void
put(struct sink *s, const char *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (s->used == SINK_BYTES)
            flush(s);
        s->bytes[s->used++] = bytes[i];
        s->column = bytes[i] == '\n' ? 0 : s->column + 1;
    }
}

static void
flush(struct sink *s)
{
    s->emit(s->arg, s->bytes, s->used);
    s->used = 0;
}

static void
put_text(struct sink *s, const char *text)
{
    put(s, text, strlen(text));
}

/* Encodes text[i..end); what stands around it decides about an '@'. */
static void
qp_piece(struct sink *s, const char *text, size_t n, size_t i, size_t end)
{
    static const char hex[] = "0123456789ABCDEF";

    for (; i < end; i++) {
        unsigned char c = (unsigned char)text[i];
        char token[3] = {(char)c, 0, 0};
        size_t bytes = 1;
        bool raw = c >= ' ' && c <= '~' && c != '=';

        if (c == '\n') {
            put(s, "\r\n", 2);
            continue;
        }
        if (c == ' ' || c == '\t')
            raw = i + 1 < n && text[i + 1] != '\n';
        else if (c == '@')
            raw = (i == 0 || text[i - 1] != '@') &&
                  (i + 1 == n || text[i + 1] != '@');
        if (s->column >= MIME_LINE_MAX - (raw ? 1 : 3))
            put(s, "=\r\n", 3);
        if (s->column == 0 &&
            (c == '.' || (c == 'F' && strncmp(text + i, "From ", 5) == 0)))
            raw = false;
        if (!raw) {
            token[0] = '=';
            token[1] = hex[c >> 4];
            token[2] = hex[c & 15];
            bytes = 3;
        }
        put(s, token, bytes);
    }
}

static void
qp_mark(struct sink *s, char kind, const char *name, size_t name_bytes)
{
    bool section = kind == '#' || kind == '/';

    if (s->column > 0)
        put(s, "=\r\n", 3);
    put(s, "@@", 2);
    if (section)
        put(s, &kind, 1);
    put(s, name, name_bytes);
    if (section) {
        put(s, "@@", 2);
    } else {
        put_text(s, kind == 'h' ? ":h" : kind == 'u' ? ":u" : "");
        put_text(s, ":x-qp@@=\r\n");
    }
    s->column = 0;
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
            put(s, "\r\n", 2);
        put(s, text, n);
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
            put(s, "\r\n ", 3);
        room = MIME_LINE_MAX - 15 - (s->column < 40 ? s->column : 40);
        if (base64)
            taken = word_b(text, n, room, word, &bytes);
        else
            taken = word_q(text, n, room, word, &bytes);
        put_text(s, base64 ? WORD_HEAD_B : WORD_HEAD_Q);
        put(s, word, bytes);
        put_text(s, WORD_FOOT);
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
        base64_four((const unsigned char *)text + i, taken - i, out + *used);
    return taken;
}

/* Up to three of the n bytes at p as four base64 digits. */
static void
base64_four(const unsigned char *p, size_t n, char four[4])
{
    static const char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint32_t b = (uint32_t)p[0] << 16;

    b |= n > 1 ? (uint32_t)p[1] << 8 : 0;
    b |= n > 2 ? (uint32_t)p[2] : 0;
    four[0] = digits[b >> 18 & 63];
    four[1] = digits[b >> 12 & 63];
    four[2] = '=';
    four[3] = '=';
    if (n > 1)
        four[2] = digits[b >> 6 & 63];
    if (n > 2)
        four[3] = digits[b & 63];
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
