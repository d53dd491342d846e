/* SPDX-License-Identifier: ISC */
/* The configuration's text as libconfuse shall read it.  Its lexer does four
 * things that would surprise whoever writes a configuration, measured with
 * 3.3 and taken away here:
 * - it replaces ${NAME} inside double quotes by the environment, so that a
 *   password-command would mean something else in each shell: escaped;
 * - it counts a line too many for each comment of several lines: comments
 *   become blanks;
 * - it silently drops bytes it does not know, and a NUL ends the file;
 * - after a string without an end, its state stays "in a string" for the next
 *   file it reads, and a good configuration would be refused at SIGHUP.
 * Line breaks stay where they are, so that line numbers are those of the
 * file. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/conf_reading.h"

static const char *
quoted(struct reading *rd, const char *p, char **to, int *line);
static const char *
comment(struct reading *rd, const char *p, char **to, int *line);

char *
conf_slurp(struct reading *rd, const char *path, size_t *n)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    char *raw = NULL;
    ssize_t k = 0;

    if (fd < 0) {
        complain(rd, 0, "%s", strerror(errno));
        return NULL;
    }
    raw = fault_calloc(1, CONF_FILE_MAX + 1);
    while (*n <= CONF_FILE_MAX &&
           (k = read(fd, raw + *n, CONF_FILE_MAX + 1 - *n)) > 0)
        *n += (size_t)k;
    if (k < 0)
        complain(rd, 0, "%s", strerror(errno));
    else if (*n > CONF_FILE_MAX)
        complain(rd, 0, "is larger than %d bytes", (int)CONF_FILE_MAX);
    (void)close(fd);
    if (k < 0 || *n > CONF_FILE_MAX) {
        free(raw);
        return NULL;
    }
    raw[*n] = '\0';
    return raw;
}

char *
conf_text(struct reading *rd, const char *raw, size_t n)
{
    /* ${ becomes \${, so that no input grows by more than half; and \n. */
    char *text = fault_calloc(n + n / 2 + 3, 1), *to = text;
    const char *p = raw;
    int line = 1;

    if (memchr(raw, '\0', n) != NULL) {
        complain(rd, 0, "there is a NUL byte in it: not a text file");
        p = NULL;
    }
    while (p != NULL && *p != '\0') {
        if (*p == '"' || *p == '\'') {
            p = quoted(rd, p, &to, &line);
        } else if (*p == '#' || (*p == '/' && (p[1] == '/' || p[1] == '*'))) {
            p = comment(rd, p, &to, &line);
        } else if (*p == '$' && p[1] == '{') {
            complain(rd, line, "write a value with ${ in quotes");
            p = NULL;
        } else {
            line += *p == '\n';
            *to++ = *p++;
        }
    }
    if (p == NULL) {
        free(text);
        return NULL;
    }
    *to = '\n';
    return text;
}

/* Copies the string at p; returns what follows it, NULL: it has no end. */
static const char *
quoted(struct reading *rd, const char *p, char **to, int *line)
{
    const char quote = *p;
    int begin = *line;

    *(*to)++ = *p++;
    for (; *p != '\0'; p++) {
        *line += *p == '\n';
        if (quote == '"' && p[0] == '$' && p[1] == '{')
            *(*to)++ = '\\';
        *(*to)++ = *p;
        if (*p == quote)
            return p + 1;
        if (*p == '\\' && p[1] != '\0') {
            *(*to)++ = *++p;
            *line += *p == '\n';
        }
    }
    complain(rd, begin, "the string that begins here has no closing %c", quote);
    return NULL;
}

/* Copies nothing but the line breaks of the comment at p. */
static const char *
comment(struct reading *rd, const char *p, char **to, int *line)
{
    int begin = *line;
    const char *end;

    if (p[0] == '#' || p[1] == '/')
        return p + strcspn(p, "\n");
    end = strstr(p + 2, "*/");
    if (end == NULL) {
        complain(rd, begin, "the comment that begins here has no closing */");
        return NULL;
    }
    *(*to)++ = ' ';
    for (; p < end; p++)
        if (*p == '\n') {
            *(*to)++ = '\n';
            (*line)++;
        }
    return end + 2;
}
