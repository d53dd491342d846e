/* SPDX-License-Identifier: ISC */
/* Any colour may be configured, also a pale yellow: text and links take the
 * nearest one that can be read, by the formula of WCAG 2 (relative luminance
 * and contrast ratio). */
#include "templates/colour.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
    STEPS = 40
};

static double luminance(struct colour c);
static double linear(unsigned char channel);

bool
colour_read(const char *text, struct colour *out)
{
    unsigned value = 0;

    if (text[0] != '#' || strlen(text) != 7 ||
        strspn(text + 1, "0123456789abcdefABCDEF") != 6)
        return false;
    (void)sscanf(text + 1, "%6x", &value); /* NOLINT(cert-err34-c) */
    out->red = (unsigned char)(value >> 16 & 255);
    out->green = (unsigned char)(value >> 8 & 255);
    out->blue = (unsigned char)(value & 255);
    return true;
}

void
colour_write(struct colour c, char out[COLOUR_TEXT])
{
    (void)snprintf(out, COLOUR_TEXT, "#%02x%02x%02x", c.red, c.green, c.blue);
}

double
colour_contrast(struct colour a, struct colour b)
{
    double x = luminance(a), y = luminance(b);

    return x > y ? (x + 0.05) / (y + 0.05) : (y + 0.05) / (x + 0.05);
}

struct colour
colour_on(struct colour c, struct colour ground, double least)
{
    int to = luminance(ground) > 0.18 ? 0 : 255; /* black or white */
    struct colour out = c;

    for (int i = 1; i <= STEPS && colour_contrast(out, ground) < least; i++) {
        out.red = (unsigned char)(c.red + (to - c.red) * i / STEPS);
        out.green = (unsigned char)(c.green + (to - c.green) * i / STEPS);
        out.blue = (unsigned char)(c.blue + (to - c.blue) * i / STEPS);
    }
    return out;
}

static double
luminance(struct colour c)
{
    return 0.2126 * linear(c.red) + 0.7152 * linear(c.green) +
           0.0722 * linear(c.blue);
}

static double
linear(unsigned char channel)
{
    double v = channel / 255.0;

    return v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4);
}
