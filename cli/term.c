/* SPDX-License-Identifier: ISC */
/* cli/term.c - what a person sees. The only place that writes an escape
 * sequence, and the way of all plain words to stdout and stderr. */
#include <ctype.h>
#include <jansson.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>
#include "cli/term.h"
#include "cli/text.h"

enum {
    COLUMNS_LEAST = 40,
    COLUMNS_MOST = 1000,
    KEY_INTERRUPT = 3, /* Ctrl-C and Ctrl-D of a terminal in raw mode */
    KEY_END = 4
};

static char *
format_clean(const char *format, va_list ap, enum text_shape shape);
static bool is_screen(int fd);

/* One terminal a process: its facts are the process's own. */
static struct {
    bool json, screen_out, screen_err, colour_out, colour_err;
} term;

void
term_open(enum term_colour colour, bool json)
{
    const char *no = getenv("NO_COLOR");
    bool plain = no != NULL && *no != '\0';

    term.json = json;
    term.screen_out = is_screen(STDOUT_FILENO);
    term.screen_err = is_screen(STDERR_FILENO);
    term.colour_out = colour == COLOUR_ALWAYS ||
                      (colour == COLOUR_AUTO && term.screen_out && !plain);
    term.colour_err = colour == COLOUR_ALWAYS ||
                      (colour == COLOUR_AUTO && term.screen_err && !plain);
}

static bool
is_screen(int fd)
{
    const char *name = getenv("TERM");

    return isatty(fd) && name != NULL && *name != '\0' &&
           strcmp(name, "dumb") != 0;
}

bool
term_json(void)
{
    return term.json;
}

bool
term_is_screen(FILE *out)
{
    return out == stderr ? term.screen_err : term.screen_out;
}

int
term_columns(void)
{
    struct winsize size;

    if (!term.screen_out)
        return 0;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 ||
        size.ws_col < COLUMNS_LEAST)
        return size.ws_col == 0 ? 80 : COLUMNS_LEAST;
    return size.ws_col > COLUMNS_MOST ? COLUMNS_MOST : size.ws_col;
}

const char *
term_on(FILE *out, enum term_style style)
{
    static const char *const sequence[] = {"", "\033[1m", "\033[2m", "\033[32m",
        "\033[36m", "\033[33m", "\033[31m"};

    if (!(out == stderr ? term.colour_err : term.colour_out))
        return "";
    return sequence[style];
}

const char *
term_off(FILE *out, enum term_style style)
{
    return *term_on(out, style) == '\0' ? "" : "\033[0m";
}

static char *
format_clean(const char *format, va_list ap, enum text_shape shape)
{
    char *s = NULL, *clean;
    size_t n;
    FILE *out = text_open(&s, &n);

    vfprintf(out, format, ap);
    text_close(out);
    clean = text_clean(s, n, shape);
    free(s);
    return clean;
}

void
term_say(const char *format, ...)
{
    va_list ap;
    char *clean;

    va_start(ap, format);
    clean = format_clean(format, ap, TEXT_MANY_LINES);
    va_end(ap);
    fputs(clean, stdout);
    free(clean);
}

void
term_style(enum term_style style, const char *format, ...)
{
    va_list ap;
    char *clean;

    va_start(ap, format);
    clean = format_clean(format, ap, TEXT_MANY_LINES);
    va_end(ap);
    printf("%s%s%s", term_on(stdout, style), clean, term_off(stdout, style));
    free(clean);
}

void
term_raw(const char *s, size_t n)
{
    char *clean;

    if (!isatty(STDOUT_FILENO)) {
        fwrite(s, 1, n, stdout);
        return;
    }
    clean = text_clean(s, n, TEXT_MANY_LINES);
    fputs(clean, stdout);
    if (n > 0 && s[n - 1] != '\n')
        fputc('\n', stdout);
    free(clean);
}

int
term_fault(int code, const char *hint, const char *format, ...)
{
    va_list ap;
    char *clean, *next;

    if (hint == NULL)
        hint = "";
    va_start(ap, format);
    clean = format_clean(format, ap, TEXT_ONE_LINE);
    va_end(ap);
    next = text_clean(hint, strlen(hint), TEXT_MANY_LINES);
    fflush(stdout);
    if (term.json) {
        json_t *j = json_pack(
            "{s:s, s:s, s:i}", "error", clean, "hint", next, "exit", code);

        json_dumpf(j, stderr, JSON_COMPACT | JSON_ENSURE_ASCII);
        fputc('\n', stderr);
        json_decref(j);
    } else {
        fprintf(stderr, "%srummelig-mail:%s %s\n", term_on(stderr, STYLE_BAD),
            term_off(stderr, STYLE_BAD), clean);
        for (char *line = next, *end; *line != '\0'; line = end) {
            end = line + strcspn(line, "\n");
            fprintf(stderr, "  %.*s\n", (int)(end - line), line);
            end += *end == '\n';
        }
    }
    free(clean);
    free(next);
    return code;
}

bool
term_ask(const char *format, ...)
{
    char answer[16] = "";
    va_list ap;
    char *clean;

    va_start(ap, format);
    clean = format_clean(format, ap, TEXT_ONE_LINE);
    va_end(ap);
    fprintf(stderr, "%s [y/N] ", clean);
    fflush(stderr);
    free(clean);
    if (fgets(answer, (int)sizeof answer, stdin) == NULL)
        return false;
    answer[strcspn(answer, "\n")] = '\0';
    return strcasecmp(answer, "y") == 0 || strcasecmp(answer, "yes") == 0;
}

/* --- one key -------------------------------------------------------------- */

static const int ends[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM};
enum {
    ENDS = sizeof ends / sizeof ends[0]
};
static struct termios usual; /* the terminal as we found it */

/* Whoever ends us in the middle finds the terminal as it was. */
static void
put_back(int signal)
{
    (void)tcsetattr(STDIN_FILENO, TCSANOW, &usual);
    (void)raise(signal); /* it ends us once this has returned */
}

static void
guard(struct sigaction before[ENDS])
{
    const struct sigaction act = {
        .sa_handler = put_back, .sa_flags = (int)SA_RESETHAND};

    for (int i = 0; i < ENDS; i++) {
        (void)sigaction(ends[i], NULL, &before[i]);
        if (before[i].sa_handler == SIG_DFL) /* else it does not end us */
            (void)sigaction(ends[i], &act, NULL);
    }
}

int
term_key(void (*ask)(const void *arg), const void *arg)
{
    struct sigaction before[ENDS];
    unsigned char byte = 0;
    struct termios raw;
    ssize_t n;

    if (tcgetattr(STDIN_FILENO, &usual) != 0)
        return EOF;
    guard(before);
    raw = usual;
    raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ISIG);
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &raw);
    ask(arg);
    n = read(STDIN_FILENO, &byte, 1);
    (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &usual);
    for (int i = 0; i < ENDS; i++)
        (void)sigaction(ends[i], &before[i], NULL);
    if (n != 1 || byte == KEY_INTERRUPT || byte == KEY_END)
        byte = 'q';
    byte = (unsigned char)tolower(byte);
    term_say(isgraph(byte) ? "%c\n" : "\n", byte);
    return byte;
}
