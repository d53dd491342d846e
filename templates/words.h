/* SPDX-License-Identifier: ISC */
/* templates/words.h - the words around a letter, from words.LANGUAGE.txt:
 * lines `name = text`, which anyone may edit. */
#ifndef TEMPLATES_WORDS_H
#define TEMPLATES_WORDS_H
#include "lists/fault.h"

enum word {
    WORD_PHONE,
    WORD_MAIL,
    WORD_CONTACT,
    WORD_SENT_TO,
    WORD_WHY,
    WORD_WHY_IMPORT,
    WORD_WHY_FORM,
    WORD_WHY_REPLY,
    WORD_WHY_ADMIN,
    WORD_WHY_OTHER,
    WORD_WHY_TEST,
    WORD_UNSUBSCRIBE,
    WORD_PREFERENCES,
    WORD_PREFERENCES_SUBJECT,
    WORDS
};
struct words {
    char *text[WORDS]; /* yours; %ADDRESS% and %DATE% are marks already */
};

/* language: "da", "en".  NEVER: there is no such file.  STOP: it lacks a
 * word or has one that no letter says. */
MUST_USE enum result words_read(const char *template_dir, const char *language,
    struct words *out, struct fault *f);
void words_clear(struct words *w);

/* Reads a file of the template folder whole; yours, free with free().
 * NONE: there is no such file.  STOP: unreadable, larger than 256 KiB, or it
 * holds a control character. */
MUST_USE enum result words_file(
    const char *template_dir, const char *name, char **out, struct fault *f);

/* The mark of the value that holds the date in that language. */
const char *words_date_mark(const char *language);
#endif
