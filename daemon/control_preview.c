/* SPDX-License-Identifier: ISC */
/* The parts of a letter, decoded again for a preview: what is shown is what
 * stands in the finished message, not what we meant to put there.  A browser
 * cannot follow a cid: to another part, so here alone pictures stand in the
 * page itself.  Reads only messages that this program composed. */
#include <libetpan/libetpan.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "daemon/control.h"

enum {
    PARTS_DEPTH = 8 /* of multiparts within each other */
};

/* A picture of the letter, borrowed from it. */
struct picture {
    const char *id, *type, *base64;
    size_t n;
};
struct parts {
    char *html, *text;
    int n_pictures;
    struct picture picture[CONTROL_IMAGES_MAX];
};

static void parts_walk(const struct mailmime *part, int depth, struct parts *p);
static char *part_decode(const struct mailmime *part);
static void picture_take(const struct mailmime *part, struct parts *p);
static char *with_pictures(const char *html, const struct parts *p);
static const struct picture *
picture_find(const struct parts *p, const char *id);

/* Decodes one part. NULL: it cannot be decoded. */
static char *
part_decode(const struct mailmime *part)
{
    const struct mailmime_data *data = part->mm_data.mm_single;
    char *decoded = NULL, *copy;
    size_t n = 0, at = 0;

    if (data == NULL || data->dt_type != MAILMIME_DATA_TEXT)
        return NULL;
    if (mailmime_part_parse(data->dt_data.dt_text.dt_data,
            data->dt_data.dt_text.dt_length, &at, data->dt_encoding, &decoded,
            &n) != MAILIMF_NO_ERROR)
        return NULL;
    copy = fault_calloc(1, n + 1);
    memcpy(copy, decoded, n);
    (void)mmap_string_unref(decoded);
    return copy;
}

/* Takes the first part of either kind that is found, and all pictures. */
static void
parts_walk(const struct mailmime *part, int depth, struct parts *p)
{
    const struct mailmime_content *type = part->mm_content_type;

    if (depth > PARTS_DEPTH)
        return;
    if (part->mm_type == MAILMIME_MESSAGE) {
        if (part->mm_data.mm_message.mm_msg_mime != NULL)
            parts_walk(part->mm_data.mm_message.mm_msg_mime, depth + 1, p);
    } else if (part->mm_type == MAILMIME_MULTIPLE) {
        for (clistiter *at = clist_begin(part->mm_data.mm_multipart.mm_mp_list);
             at != NULL; at = clist_next(at))
            parts_walk(clist_content(at), depth + 1, p);
    } else if (type == NULL || strcasecmp(type->ct_subtype, "plain") == 0) {
        if (p->text == NULL)
            p->text = part_decode(part);
    } else if (strcasecmp(type->ct_subtype, "html") == 0) {
        if (p->html == NULL)
            p->html = part_decode(part);
    } else {
        picture_take(part, p);
    }
}

static void
picture_take(const struct mailmime *part, struct parts *p)
{
    const struct mailmime_data *data = part->mm_data.mm_single;
    const struct mailmime_fields *fields = part->mm_mime_fields;
    const char *id = NULL;

    if (fields == NULL || data == NULL || data->dt_type != MAILMIME_DATA_TEXT ||
        data->dt_encoding != MAILMIME_MECHANISM_BASE64 ||
        p->n_pictures == CONTROL_IMAGES_MAX)
        return;
    for (clistiter *at = clist_begin(fields->fld_list); at != NULL;
         at = clist_next(at)) {
        const struct mailmime_field *field = clist_content(at);

        if (field->fld_type == MAILMIME_FIELD_ID)
            id = field->fld_data.fld_id;
    }
    if (id != NULL)
        p->picture[p->n_pictures++] =
            (struct picture){id, part->mm_content_type->ct_subtype,
                data->dt_data.dt_text.dt_data, data->dt_data.dt_text.dt_length};
}

/* src="cid:..." becomes src="data:...". Yours, free with free(). */
static char *
with_pictures(const char *html, const struct parts *p)
{
    static const char mark[] = "\"cid:";
    const struct picture *x;
    const char *next;
    char *out = NULL;
    size_t n = 0;
    FILE *to = open_memstream(&out, &n);

    if (to == NULL)
        fault_no_memory();
    for (; (next = strstr(html, mark)) != NULL; html = next) {
        next += sizeof mark - 1;
        x = picture_find(p, next);
        if (x == NULL) {
            (void)fwrite(html, 1, (size_t)(next - html), to);
            continue;
        }
        (void)fwrite(html, 1, (size_t)(next - html) - 4, to);
        (void)fprintf(to, "data:image/%s;base64,", x->type);
        for (size_t i = 0; i < x->n; i++)
            if (x->base64[i] > ' ')
                (void)fputc(x->base64[i], to);
        next += strlen(x->id);
    }
    (void)fputs(html, to);
    if (fclose(to) != 0)
        fault_no_memory();
    return out;
}

/* The one whose id stands there, up to the quote. */
static const struct picture *
picture_find(const struct parts *p, const char *id)
{
    size_t n = strcspn(id, "\"");

    for (int i = 0; i < p->n_pictures; i++)
        if (strlen(p->picture[i].id) == n &&
            memcmp(p->picture[i].id, id, n) == 0)
            return &p->picture[i];
    return NULL;
}

enum result
preview_parts(
    const char *message, size_t n, char **html, char **text, struct fault *f)
{
    struct mailmime *mime = NULL;
    struct parts p = {.html = NULL};
    size_t at = 0;

    *html = *text = NULL;
    if (mailmime_parse(message, n, &at, &mime) != MAILIMF_NO_ERROR)
        return fault_set(f, RES_NEVER, "the composed letter cannot be read");
    parts_walk(mime, 0, &p);
    if (p.html != NULL)
        *html = with_pictures(p.html, &p);
    *text = p.text;
    free(p.html);
    mailmime_free(mime);
    return RES_OK;
}
