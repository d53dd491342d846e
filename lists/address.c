/* SPDX-License-Identifier: ISC */
/* Decides what may be an address at all: everything behind this file may put
 * one into a command or a header without looking again.  It never asks the
 * network whether the domain exists, and never guesses what was meant.
 * libidn2 knows IDNA2008; the rest is a reading of RFC 5321 4.1.2. */
#include "lists/address.h"

#include <idn2.h>
#include <stdint.h>
#include <string.h>

enum {
    LABEL_MAX = 63
};

static enum result local_check(const char *local, size_t n, struct fault *f);
static enum result domain_read(
    const char *domain, size_t n, char out[ADDRESS_MAX + 1], struct fault *f);
static enum result domain_check(const char *domain, struct fault *f);
static size_t utf8_length(const unsigned char *p, size_t n);
static void lower_case(char *text);

enum result
address_parse(const char *text, struct address *out, struct fault *f)
{
    char domain[ADDRESS_MAX + 1];
    const char *at;
    enum result r;
    size_t n, local;

    text += strspn(text, " \t\r\n");
    n = strlen(text);
    while (n > 0 && strchr(" \t\r\n", text[n - 1]) != NULL)
        n--;
    if (n == 0)
        return fault_set(f, RES_NEVER, "the address is empty");
    if (n > ADDRESS_MAX)
        return fault_set(
            f, RES_NEVER, "an address has at most %d bytes", ADDRESS_MAX);
    if (text_unclean(text, n))
        return fault_set(f, RES_NEVER,
            "the address has a control character or is not UTF-8");
    at = memrchr(text, '@', n);
    if (text[n - 1] == '>' && memchr(text, '<', n) != NULL)
        return fault_set(f, RES_NEVER,
            "write only the address, without the name and the < >");
    if (at == NULL)
        return fault_set(
            f, RES_NEVER, "\"%.*s\" has no @", (int)(n < 80 ? n : 80), text);
    local = (size_t)(at - text);
    r = local_check(text, local, f);
    if (r == RES_OK)
        r = domain_read(at + 1, n - local - 1, domain, f);
    if (r != RES_OK)
        return r;
    if (local + 1 + strlen(domain) > ADDRESS_MAX)
        return fault_set(
            f, RES_NEVER, "an address has at most %d bytes", ADDRESS_MAX);
    memcpy(out->text, text, local + 1);
    memcpy(out->text + local + 1, domain, strlen(domain) + 1);
    memcpy(out->key, out->text, strlen(out->text) + 1);
    lower_case(out->key);
    return RES_OK;
}

bool
address_needs_utf8(const struct address *a)
{
    const char *p;

    for (p = a->text; *p != '\0'; p++)
        if ((unsigned char)*p >= 0x80)
            return true;
    return false;
}

bool
text_unclean(const char *text, size_t n)
{
    const unsigned char *p = (const unsigned char *)text;
    size_t i = 0, length;

    for (;;) {
        while (i < n && p[i] >= 0x20 && p[i] < 0x7f)
            i++;
        if (i == n)
            return false;
        if (p[i] < 0x80)
            return true;
        length = utf8_length(p + i, n - i);
        if (length == 0)
            return true;
        i += length;
    }
}

void
text_scrub(char *out, size_t size, const char *text, size_t n)
{
    const unsigned char *p = (const unsigned char *)text;
    size_t i = 0, k = 0, length;

    while (i < n) {
        length = utf8_length(p + i, n - i);
        if (k + (length > 0 ? length : 1) >= size)
            break;
        if (length == 0)
            out[k] = '?';
        else if (p[i] < 0x20 || p[i] == 0x7f)
            out[k] = ' ';
        else
            memcpy(out + k, text + i, length);
        length = length > 0 ? length : 1;
        i += length;
        k += length;
    }
    out[k] = '\0';
}

/* A dot-atom or a quoted string, with UTF-8 (RFC 6531 3.3).  Blanks and angle
 * brackets in a quoted string are legal and refused: nobody has such an
 * address, and a forger likes them. */
static enum result
local_check(const char *local, size_t n, struct fault *f)
{
    static const char atext[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRS"
                                "TUVWXYZ0123456789!#$%&'*+-/=?^_`{|}~.";
    size_t i;

    if (n == 0)
        return fault_set(f, RES_NEVER, "nothing stands before the @");
    if (n > ADDRESS_LOCAL_MAX)
        return fault_set(f, RES_NEVER, "more than %d bytes stand before the @",
            ADDRESS_LOCAL_MAX);
    if (local[0] == '"') {
        for (i = 1; i < n && local[i] != '"'; i++) {
            if (local[i] == '\\')
                i++;
            if (i < n && strchr(" <>", local[i]) != NULL)
                break;
        }
        if (n < 3 || i != n - 1 || local[i] != '"')
            return fault_set(f, RES_NEVER,
                "the quotes before the @ do not fit, or hold a blank, < or >");
        return RES_OK;
    }
    if (local[0] == '.' || local[n - 1] == '.' ||
        memmem(local, n, "..", 2) != NULL)
        return fault_set(f, RES_NEVER,
            "a dot stands at the edge of the part before the @, or two "
            "together");
    for (i = 0; i < n; i++)
        if ((unsigned char)local[i] < 0x80 && strchr(atext, local[i]) == NULL)
            return fault_set(
                f, RES_NEVER, "'%c' may not stand before the @", local[i]);
    return RES_OK;
}

/* libidn2 makes a full-width or an invisible letter what it resembles, and so
 * one domain of another: a server that judges the sender of a mail sees a
 * strange domain where we would see a reader's.  What does not come back as it
 * was is refused. */
static enum result
domain_read(
    const char *domain, size_t n, char out[ADDRESS_MAX + 1], struct fault *f)
{
    char text[ADDRESS_MAX + 1], *ascii = NULL, *back = NULL;
    enum result r;
    size_t i;
    int rc;

    memcpy(text, domain, n);
    text[n] = '\0';
    for (i = 0; i < n && (unsigned char)text[i] < 0x80; i++)
        ;
    if (i == n) {
        r = domain_check(text, f);
        if (r == RES_OK)
            memcpy(out, text, n + 1);
        return r;
    }
    rc = idn2_to_ascii_8z(text, &ascii, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
    if (rc != IDN2_OK)
        return fault_set(f, RES_NEVER, "\"%.80s\" is no domain: %s", text,
            idn2_strerror(rc));
    r = domain_check(ascii, f);
    lower_case(text);
    if (r == RES_OK && (idn2_to_unicode_8z8z(ascii, &back, 0) != IDN2_OK ||
                           strcmp(back, text) != 0))
        r = fault_set(f, RES_NEVER,
            "\"%.80s\" is written with letters that stand for others: write "
            "%.80s",
            text, ascii);
    if (r == RES_OK)
        memcpy(out, ascii, strlen(ascii) + 1);
    idn2_free(back);
    idn2_free(ascii);
    return r;
}

/* Letters, digits and hyphens (RFC 1123 2.1), at least one dot, and a last
 * label that is not a number: an IPv4 address is no domain. */
static enum result
domain_check(const char *domain, struct fault *f)
{
    static const char ldh[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-";
    const char *label = domain;
    size_t n;

    if (strlen(domain) > ADDRESS_MAX - 2)
        return fault_set(f, RES_NEVER, "the domain is too long");
    if (strchr(domain, '.') == NULL)
        return fault_set(
            f, RES_NEVER, "the domain \"%.80s\" has no dot", domain);
    for (;;) {
        n = strcspn(label, ".");
        if (n == 0)
            return fault_set(
                f, RES_NEVER, "the domain \"%.80s\" has an empty part", domain);
        if (n > LABEL_MAX)
            return fault_set(f, RES_NEVER,
                "a part of the domain has more than %d bytes", LABEL_MAX);
        if (strspn(label, ldh) != n || label[0] == '-' || label[n - 1] == '-')
            return fault_set(f, RES_NEVER, "\"%.80s\" is no domain", domain);
        if (label[n] == '\0')
            break;
        label += n + 1;
    }
    if (strspn(label, "0123456789") == n)
        return fault_set(
            f, RES_NEVER, "the domain \"%.80s\" ends in a number", domain);
    return RES_OK;
}

/* How many bytes the character at p has (RFC 3629); 0: it is not UTF-8. */
static size_t
utf8_length(const unsigned char *p, size_t n)
{
    static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
    size_t length, i;
    uint32_t c;

    if (p[0] < 0x80)
        return 1;
    length = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
    if (p[0] < 0xc2 || p[0] > 0xf4 || length > n)
        return 0;
    c = p[0] & (0xffU >> (length + 1));
    for (i = 1; i < length; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return 0;
        c = c << 6 | (p[i] & 0x3fU);
    }
    if (c < least[length] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
        return 0;
    return length;
}

/* ASCII, and the letters of Latin-1 that our readers' names have: two bytes,
 * 0xc3 0x80-0x9e but for the multiplication sign; no byte is added or lost. */
static void
lower_case(char *text)
{
    unsigned char *p = (unsigned char *)text;

    for (; *p != '\0'; p++) {
        if (*p >= 'A' && *p <= 'Z')
            *p = (unsigned char)(*p + ('a' - 'A'));
        else if (*p == 0xc3 && p[1] >= 0x80 && p[1] <= 0x9e && p[1] != 0x97)
            p[1] = (unsigned char)(p[1] + 0x20);
    }
}
