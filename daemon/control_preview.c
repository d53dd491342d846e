/* SPDX-License-Identifier: ISC */
/* The parts of a letter, decoded again for a preview: what is shown is what
 * stands in the finished message, not what we meant to put there.  Reads only
 * messages that this program composed. */
#include <libetpan/libetpan.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "daemon/control.h"

enum {
    PARTS_DEPTH = 8 /* of multiparts within each other */
};

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

/* Takes the first part of either kind that is found. */
static void
parts_walk(const struct mailmime *part, int depth, char **html, char **text)
{
    const struct mailmime_content *type = part->mm_content_type;

    if (depth > PARTS_DEPTH)
        return;
    if (part->mm_type == MAILMIME_MESSAGE) {
        if (part->mm_data.mm_message.mm_msg_mime != NULL)
            parts_walk(
                part->mm_data.mm_message.mm_msg_mime, depth + 1, html, text);
    } else if (part->mm_type == MAILMIME_MULTIPLE) {
        for (clistiter *at = clist_begin(part->mm_data.mm_multipart.mm_mp_list);
             at != NULL; at = clist_next(at))
            parts_walk(clist_content(at), depth + 1, html, text);
    } else if (type == NULL || strcasecmp(type->ct_subtype, "plain") == 0) {
        if (*text == NULL)
            *text = part_decode(part);
    } else if (strcasecmp(type->ct_subtype, "html") == 0 && *html == NULL)
        *html = part_decode(part);
}

enum result
preview_parts(
    const char *message, size_t n, char **html, char **text, struct fault *f)
{
    struct mailmime *mime = NULL;
    size_t at = 0;

    *html = *text = NULL;
    if (mailmime_parse(message, n, &at, &mime) != MAILIMF_NO_ERROR)
        return fault_set(f, RES_NEVER, "the composed letter cannot be read");
    parts_walk(mime, 0, html, text);
    mailmime_free(mime);
    return RES_OK;
}
