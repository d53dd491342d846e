/* SPDX-License-Identifier: ISC */
/* daemon/control_source.h - SOURCE of control-api.md: what an author sends,
 * read, checked and composed. */
#ifndef DAEMON_CONTROL_SOURCE_H
#define DAEMON_CONTROL_SOURCE_H
#include "daemon/control.h"
#include "templates/draft.h"
#include "templates/letter.h"

struct source {
    const char *text; /* of the request's JSON */
    int n_images;
    struct letter_image image[CONTROL_IMAGES_MAX]; /* sorted; bytes ours */
    struct draft *draft;                           /* NULL: not readable */
    int list;                                      /* in conf->list, -1 */
    struct notes notes;
    struct letter letter; /* after source_compose */
};

void source_init(struct source *s);
void source_clear(struct source *s);

/* Reads SOURCE out of the request. NEVER: its form is wrong; what is wrong
 * with the author's text goes into the notes. */
MUST_USE enum result
source_read(struct request *rq, struct source *s, struct fault *f);
/* Composes it. NEVER: the notes have errors, which are in rq->extra now. */
MUST_USE enum result
source_compose(struct request *rq, struct source *s, struct fault *f);

/* An issue to be, due now. */
void source_issue(struct request *rq, const struct source *s,
    enum issue_kind kind, struct issue *out);
json_t *source_notes_json(const struct source *s);

#endif
