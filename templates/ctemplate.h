/* SPDX-License-Identifier: ISC */
/* templates/ctemplate.h - the template language of all texts: {{NAME}},
 * {{#SECTION}}...{{/SECTION}}.  In C, without exceptions; nothing else of the
 * program knows that ctemplate stands behind it. */
#ifndef TEMPLATES_CTEMPLATE_H
#define TEMPLATES_CTEMPLATE_H
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif
#include "lists/fault.h"

struct tpl;        /* a template, loaded */
struct tpl_values; /* what its names stand for */

/* How values get into the text. */
enum tpl_kind {
    TPL_TEXT,    /* as they are */
    TPL_HTML,    /* escaped for the place they stand in */
    TPL_COMPILED /* @@NAME@@, each with its own modifiers */
};

/* Loads a template.  `what` names it in faults; known ends with NULL and
 * holds every name that may stand in it.
 * Modifiers of ours: x-link (a URL of http, https, mailto, tel or cid in an
 * attribute; "#" else), x-qp (quoted-printable on lines of its own), x-word
 * (RFC 2047 words).  Yours, free with tpl_free.
 * STOP: not a template, or it holds another name; the words say which. */
MUST_USE enum result tpl_new(const char *what, const char *text, size_t n,
    enum tpl_kind kind, const char *const *known, struct tpl **out,
    struct fault *f);
void tpl_free(struct tpl *t); /* NULL is fine */
/* From now on so many bytes before and behind what is expanded are free to be
 * written, so that something can be put there without a copy of it all. */
void tpl_room(struct tpl *t, size_t before, size_t behind);

/* Yours, free with tpl_values_free; those of sections belong to it. */
struct tpl_values *tpl_values_new(void);
void tpl_values_free(struct tpl_values *v); /* NULL is fine */
/* value and name are borrowed as long as v lives. */
void tpl_set(struct tpl_values *v, const char *name, const char *value);
void tpl_show(struct tpl_values *v, const char *section);
/* One more turn of a section, with values of its own. */
struct tpl_values *tpl_add(struct tpl_values *v, const char *section);

/* *out, which a NUL ends, is yours to change until the next tpl_expand of t.
 * STOP: ctemplate failed. */
MUST_USE enum result tpl_expand(struct tpl *t, const struct tpl_values *v,
    char **out, size_t *n, struct fault *f);

#ifdef __cplusplus
}
#endif
#endif
