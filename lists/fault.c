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
    char old[sizeof f->text];
    va_list args;
    int n;

    memcpy(old, f->text, sizeof old);
    va_start(args, format);
    n = vsnprintf(f->text, sizeof f->text, format, args);
    va_end(args);
    if (n >= 0 && (size_t)n < sizeof f->text)
        (void)snprintf(f->text + n, sizeof f->text - (size_t)n, ": %s", old);
    return r;
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
