/* SPDX-License-Identifier: ISC */
/* daemon/intent_where.h - where in a text phrases stand to each other.  Only
 * intent.c, which hears the sentences, asks. */
#ifndef DAEMON_INTENT_WHERE_H
#define DAEMON_INTENT_WHERE_H
#include "daemon/phrases.h"

/* Whether all phrases of that kind in its sentence follow f, after a comma. */
bool found_elsewhere(
    const struct reading *r, enum phrase_kind kind, const struct found *f);
/* Whether a phrase of that kind lies within another. */
bool found_within(
    const struct reading *r, enum phrase_kind kind, const struct found *f);
/* Whether a phrase of that kind shares a word with f. */
bool found_touches(
    const struct reading *r, enum phrase_kind kind, const struct found *f);
/* Whether a phrase of that kind stands outside of f (NULL: anywhere). */
bool found_beside(const struct reading *r, enum phrase_kind kind, int sentence,
    const struct found *f);
/* Whether the next sentence begins with "but". */
bool sentence_goes_on(const struct reading *r, int sentence);
/* Whether all words of the sentence outside of phrases of that kind are
 * courtesies; *words: how many words it has. */
bool sentence_is_filler(
    const struct reading *r, int sentence, enum phrase_kind kind, int *words);

#endif
