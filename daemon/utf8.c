/* SPDX-License-Identifier: ISC */
/* Labels of character sets are wrong so often that the bytes decide first:
 * nothing but UTF-8 looks like valid UTF-8.  The two Latin sets of nearly all
 * other mail are converted here, because iconv(3) opens files for them and
 * the reader is not allowed to; the rest goes through iconv. */
#include "daemon/utf8.h"

#include <ctype.h>
#include <iconv.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lists/fault.h"

static const uint16_t windows_1252[32] = {0x20AC, 0x81, 0x201A, 0x0192, 0x201E,
    0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D,
    0x017D, 0x8F, 0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
    0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D, 0x017E, 0x0178};

static char *room_for(size_t n);
static char *from_latin(const char *s, size_t n, size_t *out_n);
static char *
from_iconv(const char *s, size_t n, const char *charset, size_t *out_n);
static bool label_is(const char *charset, const char *const *names);
static size_t mend_twice_encoded(char *s, size_t n);
static size_t without_nul(char *s, size_t n);
static const char *folded(unsigned c);

/* The length of the character at s by RFC 3629, 0 where there is none. */
static size_t
sequence(const unsigned char *s, size_t n)
{
    unsigned c = s[0];

    if (c < 0x80)
        return 1;
    if (c >= 0xC2 && c <= 0xDF)
        return n >= 2 && (s[1] & 0xC0) == 0x80 ? 2 : 0;
    if (c >= 0xE0 && c <= 0xEF) {
        if (n < 3 || (s[1] & 0xC0) != 0x80 || (s[2] & 0xC0) != 0x80)
            return 0;
        if ((c == 0xE0 && s[1] < 0xA0) || (c == 0xED && s[1] > 0x9F))
            return 0;
        return 3;
    }
    if (c >= 0xF0 && c <= 0xF4) {
        if (n < 4 || (s[1] & 0xC0) != 0x80 || (s[2] & 0xC0) != 0x80 ||
            (s[3] & 0xC0) != 0x80)
            return 0;
        if ((c == 0xF0 && s[1] < 0x90) || (c == 0xF4 && s[1] > 0x8F))
            return 0;
        return 4;
    }
    return 0;
}

/* Eight at a time: nearly all of a mail is ASCII. */
size_t
utf8_ascii(const char *s, size_t n)
{
    uint64_t eight;
    size_t i = 0;

    for (; i + sizeof eight <= n; i += sizeof eight) {
        memcpy(&eight, s + i, sizeof eight);
        if ((eight & UINT64_C(0x8080808080808080)) != 0)
            break;
    }
    while (i < n && (unsigned char)s[i] < 0x80)
        i++;
    return i;
}

bool
utf8_valid(const char *s, size_t n)
{
    size_t i = 0, k;

    while ((i += utf8_ascii(s + i, n - i)) < n) {
        k = sequence((const unsigned char *)s + i, n - i);
        if (k == 0)
            return false;
        i += k;
    }
    return true;
}

size_t
utf8_cut(const char *s, size_t n, size_t max)
{
    if (n <= max)
        return n;
    while (max > 0 && ((unsigned char)s[max] & 0xC0) == 0x80)
        max--;
    return max;
}

unsigned
utf8_next(const char **s, const char *end)
{
    const unsigned char *p = (const unsigned char *)*s;
    size_t k = sequence(p, (size_t)(end - *s));

    *s += k > 0 ? k : 1;
    switch (k) {
    case 1:
        return p[0];
    case 2:
        return (p[0] & 0x1FU) << 6 | (p[1] & 0x3FU);
    case 3:
        return (p[0] & 0x0FU) << 12 | (p[1] & 0x3FU) << 6 | (p[2] & 0x3FU);
    case 4:
        return (p[0] & 0x07U) << 18 | (p[1] & 0x3FU) << 12 |
               (p[2] & 0x3FU) << 6 | (p[3] & 0x3FU);
    default:
        return 0xFFFD;
    }
}

bool
utf8_parts_words(unsigned c)
{
    return c == 0xA0 || c == 0xAB || c == 0xB7 || c == 0xBB ||
           (c >= 0x2000 && c <= 0x206F && c != 0x2019 && c != 0x200B &&
               c != 0x200C && c != 0x200D) ||
           (c >= 0x2190 && c <= 0x2BFF) || c == 0xFE0F ||
           (c >= 0x1F000 && c <= 0x1FAFF);
}

size_t
utf8_put(unsigned c, char *out)
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xC0 | c >> 6);
        out[1] = (char)(0x80 | (c & 0x3F));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xE0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 0x3F));
        out[2] = (char)(0x80 | (c & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | c >> 18);
    out[1] = (char)(0x80 | (c >> 12 & 0x3F));
    out[2] = (char)(0x80 | (c >> 6 & 0x3F));
    out[3] = (char)(0x80 | (c & 0x3F));
    return 4;
}

char *
utf8_from(const char *s, size_t n, const char *charset, size_t *out_n)
{
    static const char *const seven_bit[] = {"iso-2022-jp", "iso-2022-kr",
        "iso-2022-cn", "utf-7", "utf-16", "utf-16le", "utf-16be", "hz-gb-2312",
        NULL};
    static const char *const latin[] = {"", "utf-8", "utf8", "us-ascii",
        "ascii", "iso-8859-1", "latin1", "windows-1252", "cp1252",
        "iso-8859-15", NULL};
    char *out = NULL;

    if (label_is(charset, seven_bit))
        out = from_iconv(s, n, charset, out_n);
    if (out == NULL && utf8_valid(s, n)) {
        out = room_for(n);
        memcpy(out, s, n);
        *out_n = n;
        if (utf8_ascii(s, n) < n)
            *out_n = mend_twice_encoded(out, n);
    }
    if (out == NULL && !label_is(charset, latin))
        out = from_iconv(s, n, charset, out_n);
    if (out == NULL)
        out = from_latin(s, n, out_n);
    *out_n = without_nul(out, *out_n);
    out[*out_n] = '\0';
    return out;
}

/* For n bytes and a NUL. */
static char *
room_for(size_t n)
{
    char *out = malloc(n + 1);

    if (out == NULL)
        fault_no_memory();
    return out;
}

/* windows-1252 is what iso-8859-1 means in mail.  A text that is mostly
 * UTF-8 with a broken place keeps its good characters. */
static char *
from_latin(const char *s, size_t n, size_t *out_n)
{
    size_t i, k, w = 0, good = 0, bad = 0;
    char *out;
    bool keep;

    for (i = 0; (i += utf8_ascii(s + i, n - i)) < n; i += k > 0 ? k : 1) {
        k = sequence((const unsigned char *)s + i, n - i);
        good += k > 0;
        bad += k == 0;
    }
    keep = good > bad;
    out = room_for(n + 2 * (4 * good + bad));
    for (i = 0; i < n;) {
        unsigned c;

        k = utf8_ascii(s + i, n - i);
        if (k == 0 && keep)
            k = sequence((const unsigned char *)s + i, n - i);
        memcpy(out + w, s + i, k);
        w += k;
        i += k;
        if (k > 0)
            continue;
        c = (unsigned char)s[i++];
        if (c < 0xA0)
            c = windows_1252[c - 0x80];
        w += utf8_put(c, out + w);
    }
    *out_n = w;
    return out;
}

/* NULL: the set is unknown, or is one with characters that UTF-8 has not
 * (UCS-4).  What cannot be converted becomes '?'. */
static char *
from_iconv(const char *s, size_t n, const char *charset, size_t *out_n)
{
    iconv_t cd = iconv_open("UTF-8", charset);
    size_t in_left = n, room = 4 * n + 8, out_left = room;
    char *out, *in, *to;

    if (cd == (iconv_t)-1)
        return NULL;
    out = room_for(room);
    in = (char *)(uintptr_t)s;
    to = out;
    while (in_left > 0 && out_left > 4) {
        if (iconv(cd, &in, &in_left, &to, &out_left) != (size_t)-1)
            break;
        if (in_left == 0)
            break;
        in++; /* an impossible byte */
        in_left--;
        *to++ = '?';
        out_left--;
    }
    (void)iconv_close(cd);
    *out_n = (size_t)(to - out);
    if (!utf8_valid(out, *out_n)) {
        free(out);
        return NULL;
    }
    return out;
}

static bool
label_is(const char *charset, const char *const *names)
{
    for (; *names != NULL; names++)
        if (strcasecmp(charset, *names) == 0)
            return true;
    return false;
}

/* UTF-8 taken for Latin and encoded again: C3 83 C2 A6 was once C3 A6. */
static size_t
mend_twice_encoded(char *s, size_t n)
{
    const char *first = s, *end = s + n;
    size_t i, w;

    while ((first = memchr(first, 0x83, (size_t)(end - first))) != NULL &&
           (first == s || (unsigned char)first[-1] != 0xC3))
        first++; /* of the two bytes it is the rarer one */
    if (first == NULL)
        return n;
    first--;
    for (i = w = (size_t)(first - s); i < n; i++) {
        const unsigned char *p = (const unsigned char *)s + i;

        if (i + 3 < n && p[0] == 0xC3 && p[1] == 0x83 && p[2] == 0xC2 &&
            p[3] >= 0x80 && p[3] <= 0xBF) {
            s[w++] = (char)0xC3;
            s[w++] = (char)p[3];
            i += 3;
            continue;
        }
        if (i + 4 < n && p[0] == 0xC3 && p[1] == 0x83 && p[2] == 0xE2) {
            unsigned char letter = 0;

            if (p[3] == 0x80 && p[4] == 0xA0) /* 86, AE */
                letter = 0x86;
            else if (p[3] == 0x80 && p[4] == 0xA6) /* 85, A-ring */
                letter = 0x85;
            if (letter != 0) {
                s[w++] = (char)0xC3;
                s[w++] = (char)letter;
                i += 4;
                continue;
            }
        }
        if (i + 3 < n && p[0] == 0xC3 && p[1] == 0x83 && p[2] == 0xCB &&
            p[3] == 0x9C) { /* 98, O-slash */
            s[w++] = (char)0xC3;
            s[w++] = (char)0x98;
            i += 3;
            continue;
        }
        s[w++] = s[i];
    }
    return w;
}

static size_t
without_nul(char *s, size_t n)
{
    size_t w = 0;

    if (memchr(s, '\0', n) == NULL)
        return n;
    for (size_t i = 0; i < n; i++)
        if (s[i] != '\0')
            s[w++] = s[i];
    return w;
}

void
utf8_tidy(char *out, size_t size, const char *s, size_t n)
{
    const char *p = s, *end = s + n, *from;
    size_t w = 0, k;
    bool blank = true; /* none at the start */

    while (p < end) {
        unsigned c = (unsigned char)*p;

        from = p;
        if (c > 0x20 && c < 0x7F) {
            if (w + 1 >= size)
                break;
            out[w++] = *p++;
            blank = false;
            continue;
        }
        c = utf8_next(&p, end);
        if (c <= 0x20 || c == 0x7F || (c >= 0x80 && c <= 0xA0) || c == 0x2028 ||
            c == 0x2029) {
            if (!blank && w + 1 < size)
                out[w++] = ' ';
            blank = true;
            continue;
        }
        if (c == 0xFEFF || (c >= 0x200B && c <= 0x200F) ||
            (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069))
            continue; /* invisible, or turns the line around */
        k = (size_t)(p - from);
        if (c == 0xFFFD)
            k = 3;
        if (w + k >= size)
            break;
        w += utf8_put(c, out + w);
        blank = false;
    }
    if (w > 0 && out[w - 1] == ' ')
        w--;
    out[w] = '\0';
}

size_t
utf8_fold(char *out, size_t size, const char *s, size_t n)
{
    const char *p = s, *end = s + n, *f;
    size_t w = 0;
    char one[8];

    while (p < end) {
        unsigned c = (unsigned char)*p;

        if (c > 0 && c < 0x80) {
            if (w + 1 >= size)
                break;
            out[w++] = (char)tolower((int)c);
            p++;
            continue;
        }
        c = utf8_next(&p, end);
        f = folded(c);
        if (f == NULL) {
            if (c >= 0x410 && c <= 0x42F)
                c += 0x20;
            else if (c >= 0x400 && c <= 0x40F)
                c += 0x50;
            one[utf8_put(c, one)] = '\0';
            f = one;
        }
        if (c == 0x30A && w > 0 && out[w - 1] == 'a')
            f = "a"; /* a and a ring of its own: the form of macOS */
        if (w + strlen(f) >= size)
            break;
        memcpy(out + w, f, strlen(f));
        w += strlen(f);
    }
    out[w] = '\0';
    return w;
}

/* NULL: the character stands for itself. */
static const char *
folded(unsigned c)
{
    static const struct {
        uint16_t from, to;
        char as[3];
    } table[] = {{0xC0, 0xC3, "a"}, {0xC4, 0xC4, "ae"}, {0xC5, 0xC5, "aa"},
        {0xC6, 0xC6, "ae"}, {0xC7, 0xC7, "c"}, {0xC8, 0xCB, "e"},
        {0xCC, 0xCF, "i"}, {0xD0, 0xD0, "d"}, {0xD1, 0xD1, "n"},
        {0xD2, 0xD5, "o"}, {0xD6, 0xD6, "oe"}, {0xD8, 0xD8, "oe"},
        {0xD9, 0xDB, "u"}, {0xDC, 0xDC, "ue"}, {0xDD, 0xDD, "y"},
        {0xDF, 0xDF, "ss"}, {0xE0, 0xE3, "a"}, {0xE4, 0xE4, "ae"},
        {0xE5, 0xE5, "aa"}, {0xE6, 0xE6, "ae"}, {0xE7, 0xE7, "c"},
        {0xE8, 0xEB, "e"}, {0xEC, 0xEF, "i"}, {0xF0, 0xF0, "d"},
        {0xF1, 0xF1, "n"}, {0xF2, 0xF5, "o"}, {0xF6, 0xF6, "oe"},
        {0xF8, 0xF8, "oe"}, {0xF9, 0xFB, "u"}, {0xFC, 0xFC, "ue"},
        {0xFD, 0xFD, "y"}, {0xFF, 0xFF, "y"}, {0xA0, 0xA0, " "},
        {0xAD, 0xAD, ""}, {0x300, 0x301, ""}, {0x30A, 0x30A, ""},
        {0x308, 0x308, "e"}, {0x2018, 0x2019, "'"}, {0x201C, 0x201F, "\""},
        {0x200B, 0x200F, ""}, {0xFEFF, 0xFEFF, ""}};

    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (c >= table[i].from && c <= table[i].to)
            return table[i].as;
    return NULL;
}
