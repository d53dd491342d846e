/* SPDX-License-Identifier: ISC */
/* cli/term.h - what a person sees: words, colours, the size of the terminal.
 * Everything printed by these functions is clean, see cli/text.h. */
#ifndef CLI_TERM_H
#define CLI_TERM_H
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum term_colour {
    COLOUR_AUTO, /* on a terminal, unless NO_COLOR is set or TERM is dumb */
    COLOUR_ALWAYS,
    COLOUR_NEVER
};
enum term_style {
    STYLE_PLAIN,
    STYLE_BOLD, /* heads, names of commands */
    STYLE_DIM,  /* what is over or does not matter */
    STYLE_GOOD, /* green: done */
    STYLE_BUSY, /* cyan: going on */
    STYLE_WARN, /* yellow: waits for a person */
    STYLE_BAD   /* red */
};

/* Looks at stdout and stderr once. In json mode faults are JSON as well. */
void term_open(enum term_colour colour, bool json);
bool term_json(void);
/* Whether a person looks at it, who may be shown something that moves. */
bool term_is_screen(FILE *out);
/* Columns of the screen, now; 0: stdout is no screen. */
int term_columns(void);

/* The sequences around coloured text; "" without colours. */
const char *term_on(FILE *out, enum term_style style);
const char *term_off(FILE *out, enum term_style style);

/* printf(3) to stdout. Line ends and tabs stay. */
void term_say(const char *format, ...) __attribute__((format(printf, 1, 2)));
void term_style(enum term_style style, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* A text of many lines to stdout: cleaned where stdout is a terminal, byte
 * for byte where it is a file or a pipe. */
void term_raw(const char *s, size_t n);

/* "rummelig-mail: what is wrong" and, indented, what to do next (hint may be
 * NULL or ""), to stderr. Returns code, so that one can return term_fault(). */
int term_fault(int code, const char *hint, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Asks a yes-or-no question; false unless the answer is y or yes. */
bool term_ask(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* One key from the terminal that is stdin, in lower case, and echoed; q for
 * Ctrl-C, Ctrl-D and its end.  ask is called with arg once keys are heard: what
 * was typed before that, and the other bytes of the same key, are thrown away.
 * Whatever ends the program meanwhile, the terminal is put back first.
 * EOF: stdin is no terminal. */
int term_key(void (*ask)(const void *arg), const void *arg);

#endif
