/* SPDX-License-Identifier: ISC */
/* RFC 5321 4.4: "from NAME (NAME [ADDRESS]) by ...".  Private addresses are
 * the ways inside our own house, and passed over. */
#include "daemon/received.h"

#include <arpa/inet.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum {
    FIELDS_MAX = 8 /* from the top */
};

static bool from_outside(const char *value, char out[48]);
static bool is_address(const char *text, size_t n, char out[48]);

void
received_from(const struct mail_head *h, char out[48])
{
    char value[MAIL_FIELD_MAX];

    out[0] = '\0';
    for (int i = 0; i < FIELDS_MAX && out[0] == '\0' &&
                    mail_head_raw(h, "Received", i, value, sizeof value);
         i++)
        (void)from_outside(value, out);
}

static bool
from_outside(const char *value, char out[48])
{
    static const char inside[] = "0123456789abcdefABCDEF:.";
    const char *end = strcasestr(value, " by ");
    const char *p = strpbrk(value, "([");
    size_t n;

    if (strncasecmp(value, "from ", 5) != 0)
        return false;
    for (; p != NULL && (end == NULL || p < end); p = strpbrk(p, "([ ")) {
        p++;
        if (strncasecmp(p, "IPv6:", 5) == 0)
            p += 5;
        n = strspn(p, inside);
        if ((p[n] == ']' || p[n] == ')' || p[n] == ' ') &&
            is_address(p, n, out))
            return true;
    }
    return false;
}

static bool
is_address(const char *text, size_t n, char out[48])
{
    char one[INET6_ADDRSTRLEN];
    uint8_t a[16];

    if (n < 3 || n >= sizeof one)
        return false;
    memcpy(one, text, n);
    one[n] = '\0';
    if (inet_pton(AF_INET, one, a) == 1) {
        if (a[0] == 10 || a[0] == 127 || a[0] == 0 ||
            (a[0] == 192 && a[1] == 168) || (a[0] == 172 && a[1] >> 4 == 1) ||
            (a[0] == 169 && a[1] == 254))
            return false;
        (void)snprintf(out, 48, "%d.%d.%d.%d", a[0], a[1], a[2], a[3]);
        return true;
    }
    /* 2000::/3 is what is given to anyone. */
    if (inet_pton(AF_INET6, one, a) != 1 || a[0] >> 5 != 1)
        return false;
    (void)snprintf(out, 48, "%x:%x:%x:%x::/64", a[0] << 8 | a[1],
        a[2] << 8 | a[3], a[4] << 8 | a[5], a[6] << 8 | a[7]);
    return true;
}
