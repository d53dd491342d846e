/* SPDX-License-Identifier: ISC */
/* What an author sends: a source text and the images beside it.  Its digest
 * stands for the content: list, text, names and bytes of the images. */
#include "daemon/control_source.h"

#include <inttypes.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

static enum result image_read(const char *name, const json_t *value,
    struct letter_image *out, struct fault *f);
static int by_name(const void *a, const void *b);
static void source_digest(struct request *rq, const struct source *s,
    unsigned char out[ISSUE_DIGEST]);

void
source_init(struct source *s)
{
    memset(s, 0, sizeof *s);
    s->list = -1;
}

void
source_clear(struct source *s)
{
    for (int i = 0; i < s->n_images; i++)
        free((void *)(uintptr_t)s->image[i].bytes);
    draft_free(s->draft);
    letter_clear(&s->letter);
    source_init(s);
}

enum result
source_read(struct request *rq, struct source *s, struct fault *f)
{
    const char *name;
    json_t *body, *images, *value;
    enum result r;

    r = request_json(rq, &body, f);
    if (r != RES_OK)
        return r;
    /* Control characters in it are told by draft_parse, with their lines. */
    s->text = json_string_value(json_object_get(body, "source"));
    if (s->text == NULL)
        return fault_set(f, RES_NEVER, "\"source\" is missing or no text");
    images = json_object_get(body, "images");
    if (images != NULL && !json_is_null(images) && !json_is_object(images))
        return fault_set(f, RES_NEVER,
            "\"images\" is not an object of names and base64 texts");
    if (json_object_size(images) > CONTROL_IMAGES_MAX)
        return fault_set(f, RES_NEVER, "there are more than %d images",
            (int)CONTROL_IMAGES_MAX);
    json_object_foreach(images, name, value)
    {
        r = image_read(name, value, &s->image[s->n_images], f);
        if (r != RES_OK)
            return r;
        s->n_images++;
    }
    qsort(s->image, (size_t)s->n_images, sizeof s->image[0], by_name);
    return RES_OK;
}

static int
by_name(const void *a, const void *b)
{
    const struct letter_image *x = a, *y = b;

    return strcmp(x->name, y->name);
}

static enum result
image_read(const char *name, const json_t *value, struct letter_image *out,
    struct fault *f)
{
    const char *text = json_string_value(value);
    size_t n = json_string_length(value);
    unsigned char *bytes;
    int got;

    if (text == NULL || n == 0 || n % 4 != 0)
        return fault_set(f, RES_NEVER, "image \"%.100s\" is not base64", name);
    bytes = fault_calloc(1, n / 4 * 3 + 1);
    got = EVP_DecodeBlock(bytes, (const unsigned char *)text, (int)n);
    if (got < 0) {
        free(bytes);
        return fault_set(f, RES_NEVER, "image \"%.100s\" is not base64", name);
    }
    /* The padding was decoded to zero bytes. */
    got -= (text[n - 1] == '=') + (text[n - 2] == '=');
    out->name = name;
    out->bytes = bytes;
    out->n = (size_t)got;
    return RES_OK;
}

/* The words of the first error and the notes, for a failed answer. */
static enum result
notes_refuse(struct request *rq, const struct source *s, struct fault *f)
{
    if (rq->extra == NULL)
        rq->extra = json_object();
    (void)json_object_set_new(rq->extra, "notes", source_notes_json(s));
    for (int i = 0; i < s->notes.n; i++)
        if (s->notes.item[i].error) {
            if (s->notes.item[i].line > 0)
                (void)fault_set(f, RES_NEVER, "line %d: %s",
                    s->notes.item[i].line, s->notes.item[i].text);
            else
                (void)fault_set(f, RES_NEVER, "%s", s->notes.item[i].text);
            break;
        }
    return refuse(rq, 400, "mend the source and check it again");
}

/* Where the list is unknown the letter is composed for another one all the
 * same, so that an author hears at once of all that is to mend. */
enum result
source_compose(struct request *rq, struct source *s, struct fault *f)
{
    const struct conf *conf = rq->c->conf;
    struct fault words = {""};
    enum result r;

    r = draft_parse(s->text, strlen(s->text), &s->draft, &s->notes, f);
    if (r == RES_NEVER && s->notes.errors == 0)
        notes_add(&s->notes, 0, true, "%s", f->text);
    if (r == RES_OK &&
        request_list(rq, s->draft->list, &s->list, &words) != RES_OK)
        notes_add(&s->notes, s->draft->list_line, true, "%s", words.text);
    if (r == RES_OK)
        r = letter_compose(s->draft,
            &conf->list[s->list >= 0 ? s->list : 0].letter, s->image,
            s->n_images, conf->template_dir, &s->letter, &s->notes, f);
    if (r == RES_OK &&
        (int64_t)s->letter.message_bytes > conf->letter_max_bytes)
        notes_add(&s->notes, 0, true,
            "the letter is %zu bytes, more than the %" PRId64
            " that letter-max allows: make the images smaller",
            s->letter.message_bytes, conf->letter_max_bytes);
    if (r != RES_OK && r != RES_NEVER)
        return r;
    if (r == RES_NEVER && s->notes.errors == 0)
        notes_add(&s->notes, 0, true, "%s", f->text);
    return s->notes.errors > 0 ? notes_refuse(rq, s, f) : RES_OK;
}

json_t *
source_notes_json(const struct source *s)
{
    const struct note *order[NOTES_MAX];
    json_t *notes = json_array();

    for (int i = 0; i < s->notes.n;
         i++) { /* by line; what was first stays so */
        int at = i;

        for (; at > 0 && order[at - 1]->line > s->notes.item[i].line; at--)
            order[at] = order[at - 1];
        order[at] = &s->notes.item[i];
    }
    for (int i = 0; i < s->notes.n; i++)
        json_array_append_new(
            notes, json_pack("{s:i,s:b,s:o}", "line", order[i]->line, "error",
                       order[i]->error, "text", json_words(order[i]->text)));
    return notes;
}

void
source_issue(struct request *rq, const struct source *s, enum issue_kind kind,
    struct issue *out)
{
    memset(out, 0, sizeof *out);
    out->kind = kind;
    out->list_id = rq->c->list_id[s->list];
    (void)snprintf(out->subject, sizeof out->subject, "%s", s->letter.subject);
    out->created_s = out->due_s = rq->now_s;
    source_digest(rq, s, out->digest);
}

/* One value with its length before it, so that no two lists of values look
 * the same. */
static void
digest_value(EVP_MD_CTX *md, const void *bytes, size_t n)
{
    const uint64_t length = n;

    if (EVP_DigestUpdate(md, &length, sizeof length) != 1 ||
        EVP_DigestUpdate(md, bytes, n) != 1)
        fault_no_memory();
}

static void
source_digest(
    struct request *rq, const struct source *s, unsigned char out[ISSUE_DIGEST])
{
    const char *key = rq->c->conf->list[s->list].letter.key;
    EVP_MD_CTX *md = EVP_MD_CTX_new();

    if (md == NULL || EVP_DigestInit_ex(md, EVP_sha256(), NULL) != 1)
        fault_no_memory();
    digest_value(md, key, strlen(key));
    digest_value(md, s->text, strlen(s->text));
    for (int i = 0; i < s->n_images; i++) {
        digest_value(md, s->image[i].name, strlen(s->image[i].name));
        digest_value(md, s->image[i].bytes, s->image[i].n);
    }
    if (EVP_DigestFinal_ex(md, out, NULL) != 1)
        fault_no_memory();
    EVP_MD_CTX_free(md);
}
