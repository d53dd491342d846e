/* SPDX-License-Identifier: ISC */
/* The text of a part: its transfer encoding undone, then its character set.
 * libetpan could do the first as well, at five times the cost, and looks at a
 * byte behind a text that ends in "=F".  Like it we take what is no encoding
 * for what is nearest: whoever mails "=ZZ" is not punished for it. */
#include "daemon/mail.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <libetpan/libetpan.h>

#include "daemon/utf8.h"

static size_t
from_quoted_printable(const char *s, size_t n, char *out, size_t room);
static size_t from_base64(const char *s, size_t n, char *out, size_t room);
static unsigned char hex_value(char c);
static size_t with_lf(char *text, size_t n);

char *
mail_part_text(const struct mail_part *p, size_t *n)
{
    size_t raw_n = p->n < MAIL_ENCODED_MAX ? p->n : MAIL_ENCODED_MAX;
    const char *from = p->body;
    char *decoded = NULL, *text;

    if (p->encoding == MAILMIME_MECHANISM_BASE64 ||
        p->encoding == MAILMIME_MECHANISM_QUOTED_PRINTABLE) {
        decoded = malloc(raw_n + 1);
        if (decoded == NULL)
            fault_no_memory();
        raw_n =
            p->encoding == MAILMIME_MECHANISM_BASE64
                ? from_base64(from, raw_n, decoded, MAIL_TEXT_MAX)
                : from_quoted_printable(from, raw_n, decoded, MAIL_TEXT_MAX);
        from = decoded;
    }
    text = utf8_from(
        from, raw_n < MAIL_TEXT_MAX ? raw_n : MAIL_TEXT_MAX, p->charset, n);
    free(decoded);
    *n = with_lf(text, *n);
    return text;
}

/* RFC 2045, section 6.7.  Lines end in LF afterwards. */
static size_t
from_quoted_printable(const char *s, size_t n, char *out, size_t room)
{
    const char *end = s + n;
    size_t w = 0;

    while (s < end && w < room) {
        if (*s == '\r') {
            s += s + 1 < end && s[1] == '\n' ? 2 : 1;
            out[w++] = '\n';
        } else if (*s != '=' || end - s < 2) {
            out[w++] = *s++;
        } else if (s[1] == '\n') {
            s += 2;
        } else if (s[1] == '\r') {
            s += end - s > 2 && s[2] == '\n' ? 3 : 2;
        } else if (end - s < 3) {
            s++;
        } else {
            out[w++] = (char)(hex_value(s[1]) << 4 | hex_value(s[2]));
            s += 3;
        }
    }
    return w;
}

static unsigned char
hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return (unsigned char)(c - '0');
    if ((c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f'))
        return (unsigned char)((c & 7) + 9);
    return 0;
}

/* RFC 2045, section 6.8.  What is not of its alphabet is passed over. */
static size_t
from_base64(const char *s, size_t n, char *out, size_t room)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklm"
                                   "nopqrstuvwxyz0123456789+/";
    unsigned char value[UCHAR_MAX + 1]; /* 64: none */
    unsigned bits = 0;
    int n_bits = 0;
    size_t w = 0;

    memset(value, 64, sizeof value);
    for (int i = 0; i < 64; i++)
        value[(unsigned char)alphabet[i]] = (unsigned char)i;
    for (size_t i = 0; i < n && w < room; i++) {
        unsigned v = value[(unsigned char)s[i]];

        if (v == 64)
            continue;
        bits = bits << 6 | v;
        n_bits += 6;
        if (n_bits >= 8) {
            n_bits -= 8;
            out[w++] = (char)(bits >> n_bits & 0xFF);
        }
    }
    return w;
}

static size_t
with_lf(char *text, size_t n)
{
    const char *p = memchr(text, '\r', n), *end = text + n;
    char *to = text + (p != NULL ? p - text : 0);

    while (p != NULL) {
        const char *line = p + 1, *cr;

        if (line == end || *line != '\n')
            *to++ = '\n';
        cr = memchr(line, '\r', (size_t)(end - line));
        n = (size_t)((cr != NULL ? cr : end) - line);
        memmove(to, line, n);
        to += n;
        p = cr;
        n = (size_t)(to - text);
    }
    text[n] = '\0';
    return n;
}
