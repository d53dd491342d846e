/* SPDX-License-Identifier: ISC */
/* daemon/intent.h - what a writer's own words and subject ask for. */
#ifndef DAEMON_INTENT_H
#define DAEMON_INTENT_H
#include "daemon/facts.h"

/* Sets intent, clue and, where someone else is named, the addresses of facts,
 * from its subject, its From and the own words (valid UTF-8, whole).
 * answer: the subject is that of an older mail, with Re: before it.
 * ours: as facts_context's names. */
void intent_find(struct facts *facts, const char *words, size_t n, bool answer,
    const char *ours);
/* The same by the phrases alone, without what was learned; for tests of them,
 * which no new text to learn from shall break. */
void intent_by_phrases(struct facts *facts, const char *words, size_t n,
    bool answer, const char *ours);
/* Whether these words are an answer that no one wrote; clue: which. */
enum robot_words {
    ROBOT_NONE,
    ROBOT_MAYBE, /* "I am on leave": people say so too */
    ROBOT_SURE,
};
enum robot_words
intent_robot(const char *words, size_t n, char *clue, size_t size);

#endif
