/* SPDX-License-Identifier: ISC */
/* libetpan reads the structure, but only after a scan has bounded what it
 * would recurse into or search again and again (nested comments, multiparts
 * in multiparts), and it is given none of the fields that we do not ask it
 * about.  The fields themselves are found here and read one by one when they
 * are needed: a mail may have two From, and that must be seen. */
#include "daemon/mail.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <libetpan/libetpan.h>

#include "daemon/utf8.h"

static int convert(const char *to, const char *from, const char *s, size_t n,
    char *out, size_t *out_n);
static enum result within_limits(const char *s, size_t n, struct fault *f);
static bool nests(const char *s, size_t n);
static int boundaries(const char *s, size_t n, char y);
static void take_apart(struct mail *m, const char *body, size_t n);
static size_t without_open_end(const char *body, size_t n);
static char *clean_copy(
    const struct mail_head *h, const char *body, size_t n, size_t *out_n);
static bool is_content(const struct mail_field *e);
static void append(char *out, size_t *w, const char *s, size_t n);
static void collect(struct mail *m, struct mailmime *mime, bool inner,
    bool alternative, int depth);
static void
add_leaf(struct mail *m, struct mailmime *mime, bool inner, bool alternative);
static void content_type(const struct mailmime_content *c, char out[64]);
static void content_parameter(
    const struct mailmime_content *c, const char *name, char *out, size_t size);
static bool is_attached(const struct mailmime *mime, bool later);
static void lone_part(struct mail *m, const char *body, size_t n);

enum result
mail_open(struct mail *m, const char *message, size_t n, struct fault *f)
{
    size_t body;
    enum result r;

    extended_charconv = convert;
    m->n_parts = 0;
    m->top_type[0] = m->report_type[0] = '\0';
    m->clean = NULL;
    m->mime = NULL;
    if (n > MAIL_PARSED_MAX)
        n = MAIL_PARSED_MAX;
    body = mail_head_read(&m->head, message, n);
    r = within_limits(message, n, f);
    if (r != RES_OK)
        return r;
    take_apart(m, message + body, n - body);
    if (m->n_parts == 0) {
        size_t whole = without_open_end(message + body, n - body);

        if (whole < n - body) {
            mail_clear(m);
            m->top_type[0] = '\0';
            take_apart(m, message + body, whole);
        }
    }
    if (m->n_parts == 0)
        lone_part(m, message + body, n - body);
    return RES_OK;
}

/* libetpan asks here what a word of a header is in UTF-8.  Left to itself it
 * has iconv(3) load its tables and unload them for each, and most are ASCII.
 * out has room for 6 bytes of each of s. */
static int
convert(const char *to, const char *from, const char *s, size_t n, char *out,
    size_t *out_n)
{
    static const char *const like_ascii[] = {
        "utf-8", "us-ascii", "iso-8859-", "windows-125"};
    bool latin = strcasecmp(from, "iso-8859-1") == 0, known = false;

    (void)to; /* UTF-8: nothing else is asked for */
    for (size_t i = 0; i < sizeof like_ascii / sizeof *like_ascii; i++)
        known = known ||
                strncasecmp(from, like_ascii[i], strlen(like_ascii[i])) == 0;
    if (!known || (utf8_ascii(s, n) < n && !latin &&
                      (strcasecmp(from, "utf-8") != 0 || !utf8_valid(s, n))))
        return MAIL_CHARCONV_ERROR_UNKNOWN_CHARSET; /* then iconv is asked */
    *out_n = 0;
    for (size_t i = 0; i < n; i++)
        if (latin)
            *out_n += utf8_put((unsigned char)s[i], out + *out_n);
        else
            out[(*out_n)++] = s[i];
    return MAIL_CHARCONV_NO_ERROR;
}

static void
take_apart(struct mail *m, const char *body, size_t n)
{
    size_t at = 0, clean_n;

    m->clean = clean_copy(&m->head, body, n, &clean_n);
    if (mailmime_parse(m->clean, clean_n, &at, &m->mime) != MAILIMF_NO_ERROR)
        m->mime = NULL;
    if (m->mime != NULL)
        collect(m, m->mime, false, false, 0);
}

/* Some reports end with a delimiter that opens one part more, and libetpan
 * takes nothing of such a mail: where that line begins, else n. */
static size_t
without_open_end(const char *body, size_t n)
{
    size_t end = n, line;

    while (end > 0 && strchr(" \t\r\n", body[end - 1]) != NULL)
        end--;
    for (line = end; line > 0 && body[line - 1] != '\n';)
        line--;
    return end - line > 2 && body[line] == '-' && body[line + 1] == '-' ? line
                                                                        : n;
}

void
mail_clear(struct mail *m)
{
    if (m->mime != NULL)
        mailmime_free(m->mime);
    free(m->clean);
    m->mime = NULL;
    m->clean = NULL;
}

/* Counts what libetpan would pay for dearly. */
static enum result
within_limits(const char *s, size_t n, struct fault *f)
{
    const char *end = s + n;
    int dashes = 0;

    if (nests(s, n))
        return fault_set(f, RES_NEVER,
            "more than %d parentheses opened in one paragraph",
            MAIL_PARENS_MAX);
    if (boundaries(s, n, 'y') + boundaries(s, n, 'Y') > MAIL_MULTIPARTS_MAX)
        return fault_set(
            f, RES_NEVER, "more than %d multiparts", MAIL_MULTIPARTS_MAX);
    for (const char *p = s; p < end; p++) {
        dashes += p + 1 < end && p[0] == '-' && p[1] == '-';
        p = memchr(p, '\n', (size_t)(end - p));
        if (p == NULL)
            break;
    }
    if (dashes > MAIL_BOUNDARY_LINES_MAX)
        return fault_set(f, RES_NEVER, "more than %d lines begin with --",
            MAIL_BOUNDARY_LINES_MAX);
    return RES_OK;
}

/* A paragraph is what could be one header block; text of that shape is
 * refused as well, which harms no one who writes to people. */
static bool
nests(const char *s, size_t n)
{
    const char *end = s + n;
    int depth = 0;

    for (const char *p = s;
         p < end && (p = memchr(p, '(', (size_t)(end - p))) != NULL; p++)
        depth++;
    if (depth <= MAIL_PARENS_MAX)
        return false;
    depth = 0;
    for (const char *p = s; p < end && depth <= MAIL_PARENS_MAX; p++) {
        if (*p == '(')
            depth++;
        else if (*p == ')' && depth > 0)
            depth--;
        else if (*p == '\n' &&
                 (p + 1 == end || p[1] == '\n' ||
                     (p[1] == '\r' && (p + 2 == end || p[2] == '\n'))))
            depth = 0;
    }
    return depth > MAIL_PARENS_MAX;
}

/* How often "boundary", y as given, stands before something else in a line.
 * The rarest of its letters is looked for. */
static int
boundaries(const char *s, size_t n, char y)
{
    static const char word[] = "boundary";
    const size_t before = sizeof word - 2;
    const char *end = s + n;
    int count = 0;

    for (const char *p = s;
         p < end && (p = memchr(p, y, (size_t)(end - p))) != NULL; p++)
        count += (size_t)(p - s) >= before && end - p > 2 &&
                 (p[-1] | 0x20) == 'r' &&
                 strncasecmp(p - before, word, before) == 0 &&
                 memchr(p, '\n', 3) == NULL;
    return count;
}

/* Of the fields only those that libetpan has to know. */
static char *
clean_copy(const struct mail_head *h, const char *body, size_t n, size_t *out_n)
{
    static const char top[] = "MIME-Version: 1.0\r\n";
    size_t room = sizeof top + 2 + n, w = 0;
    char *out;

    for (int i = 0; i < h->n; i++)
        if (is_content(&h->field[i]))
            room += h->field[i].name_n + h->field[i].value_n + 3;
    out = malloc(room);
    if (out == NULL)
        fault_no_memory();
    append(out, &w, top, sizeof top - 1);
    for (int i = 0; i < h->n; i++) {
        const struct mail_field *e = &h->field[i];

        if (!is_content(e))
            continue;
        append(out, &w, e->name, e->name_n);
        append(out, &w, ":", 1);
        append(out, &w, e->value,
            e->value_n < MAIL_FIELD_MAX ? e->value_n : MAIL_FIELD_MAX);
        append(out, &w, "\r\n", 2);
    }
    append(out, &w, "\r\n", 2);
    append(out, &w, body, n);
    out[w] = '\0'; /* libetpan looks a byte too far at some places */
    *out_n = w;
    return out;
}

static bool
is_content(const struct mail_field *e)
{
    return e->name_n >= 9 && strncasecmp(e->name, "Content-", 8) == 0;
}

static void
append(char *out, size_t *w, const char *s, size_t n)
{
    memcpy(out + *w, s, n);
    *w += n;
}

static void
collect(struct mail *m, struct mailmime *mime, bool inner, bool alternative,
    int depth)
{
    clistiter *i;
    char type[64];

    if (depth > MAIL_MULTIPARTS_MAX || m->n_parts == MAIL_PARTS_MAX)
        return;
    content_type(mime->mm_content_type, type);
    if (!inner && m->top_type[0] == '\0' && mime->mm_type != MAILMIME_MESSAGE) {
        memcpy(m->top_type, type, sizeof type);
        content_parameter(mime->mm_content_type, "report-type", m->report_type,
            sizeof m->report_type);
    }
    switch (mime->mm_type) {
    case MAILMIME_SINGLE:
        add_leaf(m, mime, inner, alternative);
        break;
    case MAILMIME_MULTIPLE:
        alternative = strcmp(type, "multipart/alternative") == 0;
        for (i = clist_begin(mime->mm_data.mm_multipart.mm_mp_list); i != NULL;
             i = clist_next(i))
            collect(m, clist_content(i), inner, alternative, depth + 1);
        break;
    case MAILMIME_MESSAGE:
        if (depth > 0) { /* the message itself is one, too */
            add_leaf(m, mime, inner, false);
            inner = true;
        }
        if (mime->mm_data.mm_message.mm_msg_mime != NULL)
            collect(m, mime->mm_data.mm_message.mm_msg_mime, inner, false,
                depth + 1);
        break;
    default:
        break;
    }
}

static void
add_leaf(struct mail *m, struct mailmime *mime, bool inner, bool alternative)
{
    struct mailmime_data *d = mime->mm_type == MAILMIME_SINGLE
                                  ? mime->mm_data.mm_single
                                  : mime->mm_body;
    struct mail_part *p = &m->part[m->n_parts];
    char word[16];

    if (m->n_parts == MAIL_PARTS_MAX || d == NULL ||
        d->dt_type != MAILMIME_DATA_TEXT)
        return;
    content_type(mime->mm_content_type, p->type);
    content_parameter(
        mime->mm_content_type, "charset", p->charset, sizeof p->charset);
    content_parameter(mime->mm_content_type, "format", word, sizeof word);
    p->flowed = strcasecmp(word, "flowed") == 0;
    content_parameter(mime->mm_content_type, "delsp", word, sizeof word);
    p->delsp = strcasecmp(word, "yes") == 0;
    p->body = d->dt_data.dt_text.dt_data;
    p->n = d->dt_data.dt_text.dt_length;
    p->encoding = d->dt_encoding;
    content_parameter(mime->mm_content_type, "name", word, sizeof word);
    p->attached = is_attached(mime, m->n_parts > 0) ||
                  (m->n_parts > 0 && word[0] != '\0' &&
                      strcmp(p->type, "text/plain") == 0);
    p->inner = inner;
    p->alternative = alternative;
    m->n_parts++;
}

static void
content_type(const struct mailmime_content *c, char out[64])
{
    static const char *const discrete[] = {
        "", "text", "image", "audio", "video", "application", "extension"};
    const char *major = "text";

    if (c == NULL || c->ct_type == NULL) {
        (void)snprintf(out, 64, "text/plain");
        return;
    }
    if (c->ct_type->tp_type == MAILMIME_TYPE_COMPOSITE_TYPE) {
        const struct mailmime_composite_type *t =
            c->ct_type->tp_data.tp_composite_type;

        major = t->ct_type == MAILMIME_COMPOSITE_TYPE_MESSAGE     ? "message"
                : t->ct_type == MAILMIME_COMPOSITE_TYPE_MULTIPART ? "multipart"
                                                                  : "x";
    } else if (c->ct_type->tp_type == MAILMIME_TYPE_DISCRETE_TYPE) {
        int t = c->ct_type->tp_data.tp_discrete_type->dt_type;

        if (t > 0 && t < (int)(sizeof discrete / sizeof *discrete))
            major = discrete[t];
    }
    (void)snprintf(out, 64, "%s/%s", major,
        c->ct_subtype != NULL ? c->ct_subtype : "plain");
    for (char *p = out; *p != '\0'; p++)
        *p = (char)tolower((unsigned char)*p);
}

static void
content_parameter(
    const struct mailmime_content *c, const char *name, char *out, size_t size)
{
    clistiter *i;

    out[0] = '\0';
    if (c == NULL || c->ct_parameters == NULL)
        return;
    for (i = clist_begin(c->ct_parameters); i != NULL; i = clist_next(i)) {
        struct mailmime_parameter *p = clist_content(i);

        if (strcasecmp(p->pa_name, name) == 0) {
            utf8_tidy(out, size, p->pa_value, strlen(p->pa_value));
            return;
        }
    }
}

/* later: another part stands before it; then a file shown inline is one. */
static bool
is_attached(const struct mailmime *mime, bool later)
{
    clistiter *i;

    if (mime->mm_mime_fields == NULL)
        return false;
    for (i = clist_begin(mime->mm_mime_fields->fld_list); i != NULL;
         i = clist_next(i)) {
        struct mailmime_field *e = clist_content(i);
        const struct mailmime_disposition *d;
        clistiter *k;

        if (e->fld_type != MAILMIME_FIELD_DISPOSITION)
            continue;
        d = e->fld_data.fld_disposition;
        if (d->dsp_type->dsp_type == MAILMIME_DISPOSITION_TYPE_ATTACHMENT)
            return true;
        for (k = clist_begin(d->dsp_parms); later && k != NULL;
             k = clist_next(k)) {
            const struct mailmime_disposition_parm *parm = clist_content(k);

            if (parm->pa_type == MAILMIME_DISPOSITION_PARM_FILENAME)
                return true;
        }
    }
    return false;
}

/* What libetpan could not take apart is still text that someone wrote. */
static void
lone_part(struct mail *m, const char *body, size_t n)
{
    struct mail_part *p = &m->part[0];

    memset(p, 0, sizeof *p);
    (void)snprintf(p->type, sizeof p->type, "text/plain");
    p->body = body;
    p->n = n;
    p->encoding = MAILMIME_MECHANISM_8BIT;
    m->n_parts = 1;
}
