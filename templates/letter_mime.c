/* SPDX-License-Identifier: ISC */
/* The parts of a letter: text before HTML (RFC 2046 5.1.4: the last one is
 * the one to show), and around both the pictures, where there are any.  "=_"
 * never stands in quoted-printable nor in base64, so a boundary with it
 * cannot be found inside a part. */
#include "templates/letter_parts.h"

#include <string.h>
#include "templates/image.h"
#include "templates/mime.h"

#define ALTERNATIVE "=_rm_alternative"
#define RELATED "=_rm_related"

static void
text_part(FILE *to, const char *subtype, const char *language, const char *s);
static void image_part(
    FILE *to, const struct letter_image *file, const struct body_image *i);

void
letter_write_parts(
    FILE *to, const struct plan *p, const char *html, const char *text)
{
    bool pictures = false;

    for (int i = 0; i < p->n_images; i++)
        pictures = pictures || p->images[i].used;
    if (pictures)
        (void)fputs("Content-Type: multipart/related;\r\n"
                    " type=\"multipart/alternative\";\r\n"
                    " boundary=\"" RELATED "\"\r\n\r\n--" RELATED "\r\n",
            to);
    (void)fputs("Content-Type: multipart/alternative;\r\n"
                " boundary=\"" ALTERNATIVE "\"\r\n\r\n--" ALTERNATIVE "\r\n",
        to);
    text_part(to, "plain", p->language, text);
    (void)fputs("--" ALTERNATIVE "\r\n", to);
    text_part(to, "html", p->language, html);
    (void)fputs("--" ALTERNATIVE "--\r\n", to);
    if (!pictures)
        return;
    for (int i = 0; i < p->n_images; i++) {
        if (!p->images[i].used)
            continue;
        (void)fputs("--" RELATED "\r\n", to);
        image_part(to, &p->files[i], &p->images[i]);
    }
    (void)fputs("--" RELATED "--\r\n", to);
}

static void
text_part(FILE *to, const char *subtype, const char *language, const char *s)
{
    (void)fprintf(to,
        "Content-Type: text/%s; charset=utf-8\r\n"
        "Content-Language: %s\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n",
        subtype, language);
    mime_qp(to, s, strlen(s));
    (void)fputs("\r\n", to); /* belongs to the boundary that follows */
}

static void
image_part(
    FILE *to, const struct letter_image *file, const struct body_image *i)
{
    int width;
    const char *type = image_type(file->bytes, file->n, &width);

    (void)fprintf(to, "Content-Type: %s", type);
    mime_parameter(to, "name", i->name);
    (void)fprintf(to,
        "\r\nContent-ID: <%s>\r\nContent-Transfer-Encoding: base64\r\n"
        "Content-Disposition: inline",
        i->content_id);
    mime_parameter(to, "filename", i->name);
    (void)fputs("\r\n\r\n", to);
    mime_base64(to, file->bytes, file->n);
}
