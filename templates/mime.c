/* SPDX-License-Identifier: ISC */
/* Encoders for one message, written once for both ways they are needed: over
 * a whole issue, where personal places become markers, and over the value of
 * one person, where a marker is filled.  A value begins and ends on a line of
 * its own, so that no value can make a line too long or end one early. */
#include "templates/mime.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>
#include "templates/mark.h"
#include "templates/sink.h"

static void
qp_piece(struct sink *s, const char *text, size_t n, size_t i, size_t end);
static size_t qp_plain(const struct sink *s, const char *text, size_t n);
static void
qp_mark(struct sink *s, char kind, const char *name, size_t name_bytes);

void
mime_qp(FILE *to, const char *text, size_t n)
{
    struct sink s;
    size_t begin = 0; /* of what is not written yet */

    sink_open(&s, sink_to_stream, to, 0);
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
    sink_flush(&s);
}

void
mime_qp_value(const char *value, size_t n,
    void (*emit)(void *arg, const char *bytes, size_t n), void *arg)
{
    struct sink s;

    sink_open(&s, emit, arg, 0);
    qp_piece(&s, value, n, 0, n);
    sink_flush(&s);
}

void
mime_base64(FILE *to, const void *bytes, size_t n)
{
    const unsigned char *p = bytes;

    for (size_t i = 0; i < n; i += 3) {
        char four[4];

        mime_base64_four(p + i, n - i, four);
        (void)fwrite(four, 1, sizeof four, to);
        if (i % 57 == 54 || i + 3 >= n) /* 57 bytes make a line of 76 */
            (void)fputs("\r\n", to);
    }
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

/* Encodes text[i..end); what stands around it decides about an '@'. */
static void
qp_piece(struct sink *s, const char *text, size_t n, size_t i, size_t end)
{
    static const char hex[] = "0123456789ABCDEF";

    for (; i < end; i++) {
        unsigned char c = (unsigned char)text[i];
        char token[3] = {(char)c, 0, 0};
        size_t bytes = 1, plain = qp_plain(s, text + i, end - i);
        bool raw = c >= ' ' && c <= '~' && c != '=';

        if (plain > 0) {
            sink_put(s, text + i, plain);
            i += plain - 1;
            continue;
        }
        if (c == '\n') {
            sink_put(s, "\r\n", 2);
            continue;
        }
        if (c == ' ' || c == '\t')
            raw = i + 1 < n && text[i + 1] != '\n';
        else if (c == '@')
            raw = (i == 0 || text[i - 1] != '@') &&
                  (i + 1 == n || text[i + 1] != '@');
        if (s->column >= MIME_LINE_MAX - (raw ? 1 : 3))
            sink_put(s, "=\r\n", 3);
        if (s->column == 0 &&
            (c == '.' || (c == 'F' && strncmp(text + i, "From ", 5) == 0)))
            raw = false;
        if (!raw) {
            token[0] = '=';
            token[1] = hex[c >> 4];
            token[2] = hex[c & 15];
            bytes = 3;
        }
        sink_put(s, token, bytes);
    }
}

/* How many bytes may follow in this line just as they are, whatever is beside
 * them: nearly all, and one by one they would cost five times as much. */
static size_t
qp_plain(const struct sink *s, const char *text, size_t n)
{
    size_t i = 0, room = MIME_LINE_MAX - 1;

    if (s->column == 0 || s->column >= room)
        return 0;
    room -= s->column;
    while (i < n && i < room && text[i] > ' ' && text[i] <= '~' &&
           text[i] != '=' && text[i] != '@')
        i++;
    return i;
}

static void
qp_mark(struct sink *s, char kind, const char *name, size_t name_bytes)
{
    bool section = kind == '#' || kind == '/';

    if (s->column > 0)
        sink_put(s, "=\r\n", 3);
    sink_put(s, "@@", 2);
    if (section)
        sink_put(s, &kind, 1);
    sink_put(s, name, name_bytes);
    if (section) {
        sink_put(s, "@@", 2);
    } else {
        sink_text(s, kind == 'h' ? ":h" : kind == 'u' ? ":u" : "");
        sink_text(s, ":x-qp@@=\r\n");
    }
    s->column = 0;
}

/* Up to three of the n bytes at p as four base64 digits. */
void
mime_base64_four(const unsigned char *p, size_t n, char four[4])
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
