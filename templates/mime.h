/* SPDX-License-Identifier: ISC */
/* templates/mime.h - bytes on their way into a message: quoted-printable,
 * base64, header words, parameters.  Marks (mark.h) become the markers of a
 * compiled message, and two '@' never stand side by side in anything else. */
#ifndef TEMPLATES_MIME_H
#define TEMPLATES_MIME_H
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
    MIME_LINE_MAX = 76, /* RFC 2045 6.7; RFC 2047 2 */
    MIME_WORD_MAX = 75
};

/* Writes text (LF line ends) as quoted-printable with CRLF line ends.  No
 * line begins with a dot or with "From ".  A mark stands on a line of its
 * own, between soft line breaks. */
void mime_qp(FILE *to, const char *text, size_t n);

/* base64 in lines of 76, CRLF. */
void mime_base64(FILE *to, const void *bytes, size_t n);
/* Up to three of the n bytes at p as four digits of base64. */
void mime_base64_four(const unsigned char *p, size_t n, char four[4]);

/* Writes "Name: text CRLF", folded.  What is not plain ASCII becomes RFC
 * 2047 words of at most 75 bytes, cut between characters; marks in the text
 * become x-word markers.  The text holds no control character but marks. */
void mime_header_text(FILE *to, const char *name, const char *text);

/* Writes a display name and an address: `Tue Germundsson <a@b>`, quoted or
 * in words where needed; just the address where the name is "".  column: how
 * far the line is already. No line end. */
void
mime_mailbox(FILE *to, size_t column, const char *display, const char *address);

/* Writes `; name="value"` and, where value is not a plain word, `;
 * name*=UTF-8''...` (RFC 2231) before it, which is what readers of both take;
 * each on a line of its own. */
void mime_parameter(FILE *to, const char *name, const char *value);

/* Whether a URL has a scheme that a letter may use (http, https, mailto,
 * tel, cid) and no blank or control character but marks. */
bool mime_url_fits(const char *url, size_t n);

/* For the markers: one person's value as quoted-printable, or as RFC 2047
 * words, in pieces to emit.  An empty value is nothing. */
void mime_qp_value(const char *value, size_t n,
    void (*emit)(void *arg, const char *bytes, size_t n), void *arg);
void mime_words_value(const char *value, size_t n,
    void (*emit)(void *arg, const char *bytes, size_t n), void *arg);

#ifdef __cplusplus
}
#endif
#endif
