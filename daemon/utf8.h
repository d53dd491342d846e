/* SPDX-License-Identifier: ISC */
/* daemon/utf8.h - whatever bytes a mail has become clean UTF-8, once and for
 * all, before anything else looks at them. */
#ifndef DAEMON_UTF8_H
#define DAEMON_UTF8_H
#include <stdbool.h>
#include <stddef.h>

/* How many ASCII bytes stand at s before another. */
size_t utf8_ascii(const char *s, size_t n);
bool utf8_valid(const char *s, size_t n);
/* The longest prefix of s, at most max bytes, that ends between characters. */
size_t utf8_cut(const char *s, size_t n, size_t max);
/* Reads one character of valid UTF-8 and moves *s past it. */
unsigned utf8_next(const char **s, const char *end);
/* Blanks, dashes, quotation marks, arrows, signs and emoji beyond ASCII: with
 * which nobody spells a word. */
bool utf8_parts_words(unsigned c);
/* Writes c to out (4 bytes of room); returns the bytes written. */
size_t utf8_put(unsigned c, char *out);

/* Bytes of a mail as valid UTF-8 without NUL, whatever the label says: valid
 * UTF-8 stays (twice encoded Danish letters are put right), else the label
 * decides, else it is windows-1252.  Yours, free with free(). */
char *utf8_from(const char *s, size_t n, const char *charset, size_t *out_n);

/* Copies valid UTF-8 for people: control characters become blanks, rows of
 * blanks one, cut at size between characters; always ends in NUL. */
void utf8_tidy(char *out, size_t size, const char *s, size_t n);

/* The form in which words are compared: lower case, ae oe aa for the letters
 * of every northern keyboard, without accents.  Writes at most size - 1 bytes
 * and NUL, returns their number: of valid UTF-8 never more than n. */
size_t utf8_fold(char *out, size_t size, const char *s, size_t n);

#endif
