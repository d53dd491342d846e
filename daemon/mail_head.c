/* SPDX-License-Identifier: ISC */
/* The header fields of mail.h: found by a plain scan, so that fields which no
 * parser accepts are still seen and counted; their values are read by
 * libetpan, one field of bounded length at a time. */
#include "daemon/mail.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <libetpan/libetpan.h>

#include "daemon/utf8.h"

static size_t blanks_at(const char *p, const char *end);
static size_t name_length(const char *p, const char *end);
static void take_mailbox(const struct mailimf_mailbox *box, int max,
    char out[][ADDRESS_MAX + 1], int *readable);
static int take_lenient(
    const char *value, int max, char out[][ADDRESS_MAX + 1], int *readable);
static bool beside_brackets(const char *value, const char *key);

size_t
mail_head_read(struct mail_head *h, const char *text, size_t n)
{
    const char *p = text, *end = text + n;
    struct mail_field *last = NULL;

    h->n = 0;
    h->cut = true;
    for (size_t k; p < end; p += k + 1) { /* empty lines at the top */
        k = blanks_at(p, end);
        if (p + k == end || p[k] != '\n')
            break;
    }
    while (p < end) {
        const char *eol = memchr(p, '\n', (size_t)(end - p));
        const char *stop = eol != NULL ? eol : end;
        const char *next = eol != NULL ? eol + 1 : end;
        size_t name_n;

        if (stop > p && stop[-1] == '\r')
            stop--;
        if (stop == p) {
            h->cut = h->n == MAIL_FIELDS_MAX;
            p = next;
            break;
        }
        if (*p == ' ' || *p == '\t') {
            if (last != NULL)
                last->value_n = (size_t)(stop - last->value);
        } else if ((name_n = name_length(p, stop)) > 0) {
            last = NULL;
            if (h->n < MAIL_FIELDS_MAX) {
                last = &h->field[h->n++];
                last->name = p;
                last->name_n = name_n;
                last->value = memchr(p, ':', (size_t)(stop - p));
                last->value++;
                last->value_n = (size_t)(stop - last->value);
            }
        } else if (*p != '>' && (stop - p < 5 || memcmp(p, "From ", 5) != 0)) {
            h->cut = h->n == MAIL_FIELDS_MAX;
            break; /* no field: the body has begun */
        }
        p = next;
    }
    return (size_t)(p - text);
}

/* How many blanks and carriage returns stand at p. */
static size_t
blanks_at(const char *p, const char *end)
{
    const char *q = p;

    while (q < end && (*q == ' ' || *q == '\t' || *q == '\r'))
        q++;
    return (size_t)(q - p);
}

static size_t
name_length(const char *p, const char *end)
{
    const char *q = p;

    while (q<end && * q> ' ' && *q < 0x7F && *q != ':')
        q++;
    if (q == p || q - p > 80)
        return 0;
    for (const char *colon = q; colon < end; colon++) {
        if (*colon == ':')
            return (size_t)(q - p);
        if (*colon != ' ' && *colon != '\t')
            return 0;
    }
    return 0;
}

bool
mail_head_raw(const struct mail_head *h, const char *name, int nth, char *out,
    size_t size)
{
    size_t want = strlen(name), w = 0;

    out[0] = '\0';
    for (int i = 0; i < h->n; i++) {
        const struct mail_field *e = &h->field[i];
        const char *p, *end;

        if (e->name_n != want || strncasecmp(e->name, name, want) != 0 ||
            nth-- > 0)
            continue;
        p = e->value;
        end = p + (e->value_n < MAIL_FIELD_MAX ? e->value_n : MAIL_FIELD_MAX);
        for (; p < end && w + 1 < size; p++) {
            bool blank = (unsigned char)*p <= ' ' || *p == 0x7F;

            if (blank && (w == 0 || out[w - 1] == ' '))
                continue;
            out[w++] = blank ? ' ' : *p;
        }
        if (w > 0 && out[w - 1] == ' ')
            w--;
        out[w] = '\0';
        return true;
    }
    return false;
}

bool
mail_head_has(const struct mail_head *h, const char *name)
{
    char one[2];

    return mail_head_raw(h, name, 0, one, sizeof one);
}

/* libetpan would take raw UTF-8 for its default set: what is not plain ASCII
 * is converted first and its encoded words are left alone then. */
bool
mail_head_text(const struct mail_head *h, const char *name, int nth, char *out,
    size_t size)
{
    char raw[MAIL_FIELD_MAX + 1] = {0}, *text = NULL;
    size_t at = 0, n;

    if (!mail_head_raw(h, name, nth, raw, sizeof raw)) {
        out[0] = '\0';
        return false;
    }
    n = strlen(raw);
    if (utf8_ascii(raw, n) < n) {
        text = utf8_from(raw, n, "", &n);
        utf8_tidy(out, size, text, n);
        free(text);
        return true;
    }
    if (strstr(raw, "=?") != NULL &&
        mailmime_encoded_phrase_parse(
            "iso-8859-1", raw, n, &at, "utf-8", &text) == MAILIMF_NO_ERROR &&
        text != NULL) {
        char *valid = utf8_from(text, strlen(text), "", &n);

        utf8_tidy(out, size, valid, n);
        free(valid);
        free(text);
        return true;
    }
    utf8_tidy(out, size, raw, n);
    return true;
}

int
mail_addresses(
    const char *value, int max, char out[][ADDRESS_MAX + 1], int *readable)
{
    struct mailimf_address_list *list = NULL;
    size_t at = 0, n = strlen(value);
    clistiter *i, *k;
    int count = 0;

    *readable = 0;
    if (mailimf_address_list_parse(value, n, &at, &list) != MAILIMF_NO_ERROR ||
        strspn(value + at, " ") < n - at) {
        if (list != NULL)
            mailimf_address_list_free(list);
        count = take_lenient(value, max, out, readable);
        return count +
               (count == 1 && *readable == 1 && beside_brackets(value, out[0]));
    }
    for (i = clist_begin(list->ad_list); i != NULL; i = clist_next(i)) {
        struct mailimf_address *a = clist_content(i);

        if (a->ad_type == MAILIMF_ADDRESS_MAILBOX) {
            take_mailbox(a->ad_data.ad_mailbox, max, out, readable);
            count++;
            continue;
        }
        count++; /* whoever made a group of them wrote more than they did */
        if (a->ad_data.ad_group->grp_mb_list != NULL)
            for (k = clist_begin(a->ad_data.ad_group->grp_mb_list->mb_list);
                 k != NULL; k = clist_next(k), count++)
                take_mailbox(clist_content(k), max, out, readable);
    }
    mailimf_address_list_free(list);
    return count +
           (count == 1 && *readable == 1 && beside_brackets(value, out[0]));
}

static void
take_mailbox(const struct mailimf_mailbox *box, int max,
    char out[][ADDRESS_MAX + 1], int *readable)
{
    struct address a;
    struct fault f;

    if (*readable < max && box->mb_addr_spec != NULL &&
        address_parse(box->mb_addr_spec, &a, &f) == RES_OK)
        memcpy(out[(*readable)++], a.key, sizeof a.key);
}

/* For values that libetpan refuses, mostly raw 8-bit names: what stands in
 * the angle brackets outside of quotes, else the whole value. */
static int
take_lenient(
    const char *value, int max, char out[][ADDRESS_MAX + 1], int *readable)
{
    bool quoted = false;
    int count = 0, depth = 0;
    struct address a;
    struct fault f;

    for (const char *p = value; *p != '\0'; p++) {
        char one[ADDRESS_MAX + 2];
        size_t n;

        if (*p == '\\' && p[1] != '\0') {
            p++;
            continue;
        }
        if (*p == '"')
            quoted = !quoted;
        if (quoted)
            continue;
        depth += *p == '(';
        depth -= *p == ')' && depth > 0;
        if (*p != '<' || depth > 0)
            continue;
        n = strcspn(p + 1, ">");
        count++;
        if (p[1 + n] == '>' && n <= ADDRESS_MAX && *readable < max) {
            memcpy(one, p + 1, n);
            one[n] = '\0';
            if (address_parse(one, &a, &f) == RES_OK)
                memcpy(out[(*readable)++], a.key, sizeof a.key);
        }
        p += n;
    }
    if (count == 0 && max > 0 && address_parse(value, &a, &f) == RES_OK) {
        memcpy(out[(*readable)++], a.key, sizeof a.key);
        count = 1;
    }
    return count;
}

/* Whether another address than key stands outside of quotes, comments and
 * brackets: it may be the one that another program reads. */
static bool
beside_brackets(const char *value, const char *key)
{
    char *bare = fault_strdup(value), *rest = bare, *word;
    bool quoted = false, another = false;
    int depth = 0, inside = 0;
    struct address a;
    struct fault f;

    for (char *p = bare; *p != '\0'; p++) {
        char c = *p;

        if (c == '"' && depth == 0)
            quoted = !quoted;
        depth += !quoted && c == '(';
        inside += !quoted && depth == 0 && c == '<';
        if (quoted || depth > 0 || inside > 0 || strchr(",;:\"", c) != NULL)
            *p = ' ';
        depth -= !quoted && c == ')' && depth > 0;
        inside -= !quoted && depth == 0 && c == '>' && inside > 0;
    }
    while (!another && (word = strsep(&rest, " ")) != NULL)
        another =
            address_parse(word, &a, &f) == RES_OK && strcmp(a.key, key) != 0;
    free(bare);
    return another;
}
