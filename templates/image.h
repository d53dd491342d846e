/* SPDX-License-Identifier: ISC */
/* templates/image.h - what kind of picture some bytes are, and how large. */
#ifndef TEMPLATES_IMAGE_H
#define TEMPLATES_IMAGE_H
#include <stddef.h>

/* The media type of a PNG, JPEG, GIF or WebP picture, by its first bytes;
 * NULL: none of these.  *width is 0 where it could not be read. */
const char *image_type(const void *bytes, size_t n, int *width);
#endif
