/* SPDX-License-Identifier: ISC */
/* Reads the words of a language.  They stand in a file beside the templates
 * and not in the program, so that an editor can mend them; and a word that is
 * missing or misspelt is told at once, not left out of a letter. */
#include "templates/words.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "lists/address.h"
#include "templates/mark.h"

enum {
    FILE_MAX_BYTES = 256 * 1024,
    LANGUAGE_MAX = 8
};

static const char *const names[WORDS] = {"phone", "mail", "contact", "sent-to",
    "why", "why-import", "why-form", "why-reply", "why-admin", "why-other",
    "why-test", "unsubscribe", "preferences", "preferences-subject"};

static enum result
read_line(struct words *w, char *line, const char *date_mark, struct fault *f);
static char *with_marks(const char *text, const char *date_mark);

enum result
words_read(const char *template_dir, const char *language, struct words *out,
    struct fault *f)
{
    struct words w = {{0}};
    char name[40];
    char *file = NULL, *rest;
    enum result r;
    int line = 0;

    if (strlen(language) > LANGUAGE_MAX ||
        language[strspn(language, "abcdefghijklmnopqrstuvwxyz-")] != '\0' ||
        language[0] == '\0')
        return fault_set(
            f, RES_NEVER, "\"%.20s\" is no language; write da or en", language);
    (void)snprintf(name, sizeof name, "words.%s.txt", language);
    r = words_file(template_dir, name, &file, f);
    if (r == RES_NONE)
        return fault_set(f, RES_NEVER,
            "there are no words for language \"%s\" (%s/%s)", language,
            template_dir, name);
    if (r != RES_OK)
        return r;
    rest = file;
    while (r == RES_OK && rest != NULL) {
        char *text = strsep(&rest, "\n");

        line++;
        r = read_line(&w, text, words_date_mark(language), f);
        if (r != RES_OK)
            r = fault_at(f, r, "%s/%s:%d", template_dir, name, line);
    }
    for (int i = 0; i < WORDS && r == RES_OK; i++)
        if (w.text[i] == NULL)
            r = fault_set(f, RES_STOP, "%s/%s: the word `%s` is missing",
                template_dir, name, names[i]);
    free(file);
    if (r != RES_OK)
        words_clear(&w);
    else
        *out = w;
    return r;
}

void
words_clear(struct words *w)
{
    for (int i = 0; i < WORDS; i++) {
        free(w->text[i]);
        w->text[i] = NULL;
    }
}

enum result
words_file(
    const char *template_dir, const char *name, char **out, struct fault *f)
{
    char path[1024];
    char *text;
    size_t n;
    FILE *file;

    if (snprintf(path, sizeof path, "%s/%s", template_dir, name) >=
        (int)sizeof path)
        return fault_set(f, RES_STOP,
            "the template folder's name is too "
            "long");
    file = fopen(path, "re");
    if (file == NULL && errno == ENOENT)
        return fault_set(f, RES_NONE, "there is no file %s", path);
    if (file == NULL)
        return fault_set(f, RES_STOP, "%s: %s", path, strerror(errno));
    text = fault_calloc(FILE_MAX_BYTES + 1, 1);
    n = fread(text, 1, FILE_MAX_BYTES + 1, file);
    if (ferror(file) || n > FILE_MAX_BYTES) {
        free(text);
        (void)fclose(file);
        return fault_set(f, RES_STOP,
            "%s cannot be read, or is larger than "
            "%d KiB",
            path, FILE_MAX_BYTES / 1024);
    }
    (void)fclose(file);
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)text[i];

        if ((c < ' ' && c != '\n' && c != '\t') || c == 0x7f) {
            free(text);
            return fault_set(f, RES_STOP,
                "%s has a control character (0x%02x) in it", path, c);
        }
    }
    *out = text;
    return RES_OK;
}

const char *
words_date_mark(const char *language)
{
    if (strcmp(language, "da") == 0)
        return MARK("t", "SINCEDA");
    if (strcmp(language, "en") == 0)
        return MARK("t", "SINCEEN");
    return MARK("t", "SINCEISO");
}

static enum result
read_line(struct words *w, char *line, const char *date_mark, struct fault *f)
{
    char *equals = strchr(line, '=');
    size_t n;

    line += strspn(line, " \t");
    if (*line == '\0' || *line == '#')
        return RES_OK;
    if (equals == NULL)
        return fault_set(f, RES_STOP, "expected `name = text`");
    n = strcspn(line, " \t=");
    for (int i = 0; i < WORDS; i++) {
        char *text = equals + 1 + strspn(equals + 1, " \t");

        if (strlen(names[i]) != n || strncmp(line, names[i], n) != 0)
            continue;
        if (w->text[i] != NULL)
            return fault_set(f, RES_STOP, "`%s` stands here twice", names[i]);
        if (text_unclean(text, strlen(text)))
            return fault_set(
                f, RES_STOP, "`%s` is not UTF-8, or has a tab", names[i]);
        w->text[i] = with_marks(text, date_mark);
        return RES_OK;
    }
    return fault_set(
        f, RES_STOP, "no letter says `%.*s`", (int)(n < 40 ? n : 40), line);
}

static char *
with_marks(const char *text, const char *date_mark)
{
    char *out = NULL;
    size_t size = 0;
    FILE *to = open_memstream(&out, &size);

    if (to == NULL)
        fault_no_memory();
    while (*text != '\0') {
        if (strncmp(text, "%ADDRESS%", 9) == 0) {
            (void)fputs(MARK("v", "ADDRESS"), to);
            text += 9;
        } else if (strncmp(text, "%DATE%", 6) == 0) {
            (void)fputs(date_mark, to);
            text += 6;
        } else {
            (void)putc(*text++, to);
        }
    }
    if (fclose(to) != 0)
        fault_no_memory();
    return out;
}
