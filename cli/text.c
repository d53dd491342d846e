/* SPDX-License-Identifier: ISC */
/* cli/text.c - text on its way to a terminal.
 *
 * A subject, a name and a relay's reply come from outside. On a terminal they
 * could move the cursor, change its title or, with bidi controls, show an
 * address as another one. So nothing is passed on but printable characters.
 * Columns are wcwidth(3)'s, which main() gives a UTF-8 locale. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include "cli/text.h"

static bool steers(uint32_t c);
static void put_clean(FILE *out, uint32_t c, enum text_shape shape);
static _Noreturn void no_memory(void);

size_t
text_decode(const char *s, size_t n, uint32_t *code_point)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char *u = (const unsigned char *)s;
    uint32_t c;
    size_t len;

    if (u[0] < 0x80) {
        *code_point = u[0];
        return 1;
    }
    if (u[0] >= 0xc2 && u[0] <= 0xdf)
        len = 2;
    else if ((u[0] & 0xf0) == 0xe0)
        len = 3;
    else if (u[0] >= 0xf0 && u[0] <= 0xf4)
        len = 4;
    else
        return 0;
    if (len > n)
        return 0;
    c = u[0] & (0x7fu >> len);
    for (size_t i = 1; i < len; i++) {
        if ((u[i] & 0xc0) != 0x80)
            return 0;
        c = c << 6 | (u[i] & 0x3fu);
    }
    if (c < least[len] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
        return 0;
    *code_point = c;
    return len;
}

/* Changes the direction of what follows, or is invisible for no good reason. */
static bool
steers(uint32_t c)
{
    return c == 0x061c || c == 0x200e || c == 0x200f ||
           (c >= 0x202a && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) ||
           c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb) ||
           (c >= 0xe0000 && c <= 0xe007f);
}

/* For what text_clean() does not copy as it is: ASCII and what steers. */
static void
put_clean(FILE *out, uint32_t c, enum text_shape shape)
{
    if (c == '\n' || c == '\t')
        fputc(shape == TEXT_MANY_LINES ? (int)c : ' ', out);
    else if (c == 0x2028 || c == 0x2029)
        fputc(' ', out);
    else if (c < 0x20 || (c >= 0x7f && c <= 0x9f))
        fprintf(out, "\\x%02x", (unsigned)c);
    else if (c < 0x7f)
        fputc((int)c, out);
}

char *
text_clean(const char *s, size_t n, enum text_shape shape)
{
    char *clean = NULL;
    size_t len, i = 0;
    FILE *out = text_open(&clean, &len);

    while (i < n) {
        uint32_t c;
        size_t used = text_decode(s + i, n - i, &c);

        if (used > 1 && c > 0x9f && !steers(c) && c != 0x2028 && c != 0x2029)
            fwrite(s + i, 1, used, out);
        else if (used == 0)
            fputs("\xef\xbf\xbd", out);
        else if (!(c == '\r' && i + 1 < n && s[i + 1] == '\n'))
            put_clean(out, c, shape);
        i += used == 0 ? 1 : used;
    }
    text_close(out);
    return clean;
}

int
text_columns(const char *s)
{
    size_t n = strlen(s), i = 0;
    int columns = 0;

    while (i < n) {
        uint32_t c;
        size_t used = text_decode(s + i, n - i, &c);
        int w = used == 0 ? 1 : wcwidth((wchar_t)c);

        columns += w < 0 ? 1 : w;
        i += used == 0 ? 1 : used;
    }
    return columns;
}

size_t
text_fit(const char *s, int columns)
{
    size_t n = strlen(s), i = 0;

    while (i < n) {
        uint32_t c;
        size_t used = text_decode(s + i, n - i, &c);
        int w = used == 0 ? 1 : wcwidth((wchar_t)c);

        columns -= w < 0 ? 1 : w;
        if (columns < 0)
            break;
        i += used == 0 ? 1 : used;
    }
    return i;
}

/* Optimal string alignment, three rows of the table at a time. */
int
text_distance(const char *a, const char *b)
{
    size_t na = strlen(a), nb = strlen(b);
    int row[3][TEXT_FAR + 1];

    if (na >= TEXT_FAR || nb >= TEXT_FAR)
        return TEXT_FAR;
    for (size_t j = 0; j <= nb; j++)
        row[0][j] = (int)j;
    for (size_t i = 1; i <= na; i++) {
        int *now = row[i % 3], *one = row[(i + 2) % 3], *two = row[(i + 1) % 3];

        now[0] = (int)i;
        for (size_t j = 1; j <= nb; j++) {
            int least = one[j - 1] + (a[i - 1] != b[j - 1]);

            if (one[j] + 1 < least)
                least = one[j] + 1;
            if (now[j - 1] + 1 < least)
                least = now[j - 1] + 1;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
                a[i - 2] == b[j - 1] && two[j - 2] + 1 < least)
                least = two[j - 2] + 1;
            now[j] = least;
        }
    }
    return row[na % 3][nb];
}

int
text_near(const char *word, const char *name)
{
    size_t n = strlen(word);
    int d = text_distance(word, name);

    if (n >= 2 && strncmp(word, name, n) == 0)
        return 0;
    return d < (int)n ? d : TEXT_FAR;
}

char *
text_format(const char *format, ...)
{
    char *s = NULL;
    size_t n;
    FILE *out = text_open(&s, &n);
    va_list ap;

    va_start(ap, format);
    vfprintf(out, format, ap);
    va_end(ap);
    text_close(out);
    return s;
}

char *
text_size(int64_t bytes)
{
    if (bytes < 1000)
        return text_format("%lld bytes", (long long)bytes);
    if (bytes < 1000000)
        return text_format("%lld KB", (long long)((bytes + 500) / 1000));
    if (bytes < 1000000000)
        return text_format("%.1f MB", (double)bytes / 1e6);
    return text_format("%.1f GB", (double)bytes / 1e9);
}

FILE *
text_open(char **s, size_t *n)
{
    FILE *out = open_memstream(s, n);

    if (out == NULL)
        no_memory();
    return out;
}

void
text_close(FILE *out)
{
    bool failed = ferror(out) != 0;

    if (fclose(out) != 0 || failed)
        no_memory();
}

void *
text_calloc(size_t count, size_t size_bytes)
{
    void *p = calloc(count == 0 ? 1 : count, size_bytes);

    if (p == NULL)
        no_memory();
    return p;
}

char *
text_copy(const char *s)
{
    char *copy = strdup(s);

    if (copy == NULL)
        no_memory();
    return copy;
}

static void
no_memory(void)
{
    fputs("rummelig-mail: no memory left\n", stderr);
    abort();
}
