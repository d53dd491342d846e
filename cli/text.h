/* SPDX-License-Identifier: ISC */
/* cli/text.h - text on its way to a terminal: cleaned of everything that could
 * steer it, measured in columns, and numbers in a person's form. */
#ifndef CLI_TEXT_H
#define CLI_TEXT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum text_shape {
    TEXT_ONE_LINE,  /* line ends and tabs become one space */
    TEXT_MANY_LINES /* \n and \t stay, \r\n becomes \n */
};

/* Reads one code point of n bytes at s (n >= 1) strictly as UTF-8 (RFC 3629).
 * Returns how many bytes it took; 0: no UTF-8 begins there. */
size_t text_decode(const char *s, size_t n, uint32_t *code_point);

/* The same text, harmless: control characters (C0, DEL, C1) appear as \x1b,
 * bidi and tag controls are gone, what is no UTF-8 becomes U+FFFD.
 * Yours, free with free(). */
char *text_clean(const char *s, size_t n, enum text_shape shape);

/* Columns of a clean text on a terminal. */
int text_columns(const char *s);
/* How many bytes of s fit into that many columns; whole characters. */
size_t text_fit(const char *s, int columns);

/* How many single letters must be put in, taken out, changed or swapped with
 * their neighbour to make b of a; at most TEXT_FAR, also for long words. */
enum {
    TEXT_FAR = 64
};
int text_distance(const char *a, const char *b);
/* How far a word is from a name it may have been meant for: 0 when the name
 * begins with it, TEXT_FAR when too little of the word would remain. */
int text_near(const char *word, const char *name);

/* printf(3) into a string of its own. Yours, free with free(). */
char *text_format(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

/* "823 bytes", "28 KB", "1.2 MB". */
char *text_size(int64_t bytes);

/* A stream that collects text (open_memstream(3)); closing it fills *s. */
FILE *text_open(char **s, size_t *n);
void text_close(FILE *out);

/* calloc(3) and strdup(3) that never return NULL; free with free(). */
void *text_calloc(size_t count, size_t size_bytes);
char *text_copy(const char *s);

#endif
