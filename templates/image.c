/* SPDX-License-Identifier: ISC */
/* Looks at the head of a picture and no further: a mail needs its type, and
 * Outlook its width. A name is not trusted to tell the type. */
#include "templates/image.h"

#include <string.h>

static int jpeg_width(const unsigned char *p, size_t n);

const char *
image_type(const void *bytes, size_t n, int *width)
{
    const unsigned char *p = bytes;

    *width = 0;
    if (n >= 24 && memcmp(p, "\x89PNG\r\n\x1a\n", 8) == 0) {
        if (p[16] == 0 && p[17] == 0)
            *width = p[18] << 8 | p[19];
        return "image/png";
    }
    if (n >= 10 && memcmp(p, "GIF8", 4) == 0) {
        *width = p[6] | p[7] << 8;
        return "image/gif";
    }
    if (n >= 12 && memcmp(p, "RIFF", 4) == 0 && memcmp(p + 8, "WEBP", 4) == 0)
        return "image/webp";
    if (n >= 4 && p[0] == 0xFF && p[1] == 0xD8 && p[2] == 0xFF) {
        *width = jpeg_width(p, n);
        return "image/jpeg";
    }
    return NULL;
}

/* The width stands in the first frame header (SOFn); 0: none found. */
static int
jpeg_width(const unsigned char *p, size_t n)
{
    size_t at = 2;

    while (at + 9 <= n && p[at] == 0xFF) {
        unsigned char kind = p[at + 1];
        size_t segment = (size_t)p[at + 2] << 8 | p[at + 3];

        if (kind >= 0xC0 && kind <= 0xCF && kind != 0xC4 && kind != 0xC8 &&
            kind != 0xCC)
            return p[at + 7] << 8 | p[at + 8];
        if (segment < 2)
            return 0;
        at += 2 + segment;
    }
    return 0;
}
