/* SPDX-License-Identifier: ISC */
/* Breaks lines by what they take on a screen: one column for a letter with
 * an accent however it is written, two for a Chinese one, as wcwidth(3) of
 * the C.UTF-8 locale says, which glibc always has. */
#include "templates/wrap.h"

#include <locale.h>
#include <string.h>
#include <wchar.h>
#include "templates/mark.h"

enum {
    NAME_COLUMNS = 10,   /* what a name is reckoned to take */
    ADDRESS_COLUMNS = 24 /* and an address */
};

static int columns(const char *text, size_t n);

int
wrap(FILE *to, const char *text, const char *first, const char *rest)
{
    const char *prefix = first;
    int widest = 0;

    for (;;) {
        size_t paragraph = strcspn(text, "\n");
        const char *end = text + paragraph;
        int at = columns(prefix, strlen(prefix)), begin = at;

        (void)fputs(prefix, to);
        while (text < end) {
            size_t blanks = strspn(text, " ");
            size_t n = strcspn(text + blanks, " \n");
            int wide = columns(text + blanks, n);

            if (n == 0)
                break; /* blanks at the end of a line */
            if (at > begin && at + 1 + wide > WRAP_COLUMNS) {
                (void)fprintf(to, "\n%s", rest);
                at = begin = columns(rest, strlen(rest));
            } else if (at > begin) {
                (void)putc(' ', to);
                at++;
            }
            (void)fwrite(text + blanks, 1, n, to);
            at += wide;
            widest = at > widest ? at : widest;
            text += blanks + n;
        }
        (void)putc('\n', to);
        if (*end == '\0' || end[1] == '\0')
            return widest;
        text = end + 1;
        prefix = rest;
    }
}

static int
columns(const char *text, size_t n)
{
    static locale_t utf8 = (locale_t)0;
    locale_t before;
    mbstate_t state = {0};
    int wide = 0;

    if (utf8 == (locale_t)0)
        utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    before = utf8 != (locale_t)0 ? uselocale(utf8) : (locale_t)0;
    for (size_t i = 0; i < n;) {
        char kind;
        const char *name;
        size_t name_bytes;
        size_t mark = mark_read(text + i, &kind, &name, &name_bytes);
        wchar_t c = 0;
        size_t bytes = mark > 0 ? mark : mbrtowc(&c, text + i, n - i, &state);

        if (mark > 0 && kind != '#' && kind != '/')
            wide += *name == 'A' ? ADDRESS_COLUMNS : NAME_COLUMNS;
        if (mark == 0) {
            if (bytes == 0 || bytes > n - i)
                bytes = 1; /* no character: reckon a byte as one */
            wide += wcwidth(c) > 0;
            wide += wcwidth(c) > 1;
        }
        i += bytes;
    }
    if (before != (locale_t)0)
        (void)uselocale(before);
    return wide;
}
