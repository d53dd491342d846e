/* SPDX-License-Identifier: ISC */
/* The one form in which every room tells its caller what went wrong.  It
 * stands in the lowest room because all of them need it. */
#include "lists/fault.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum result
fault_set(struct fault *f, enum result r, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    (void)vsnprintf(f->text, sizeof f->text, format, args);
    va_end(args);
    return r;
}

enum result
fault_at(struct fault *f, enum result r, const char *format, ...)
{
    char words[sizeof f->text];
    struct fault old = *f;
    va_list args;

    va_start(args, format);
    (void)vsnprintf(words, sizeof words, format, args);
    va_end(args);
    return fault_set(f, r, "%s: %s", words, old.text);
}

void
fault_no_memory(void)
{
    (void)fputs("no memory\n", stderr);
    abort();
}

void *
fault_calloc(unsigned long count, unsigned long size_bytes)
{
    void *p = calloc(count > 0 ? count : 1, size_bytes > 0 ? size_bytes : 1);

    if (p == NULL)
        fault_no_memory();
    return p;
}

char *
fault_strdup(const char *text)
{
    char *copy = strdup(text);

    if (copy == NULL)
        fault_no_memory();
    return copy;
}
