/* SPDX-License-Identifier: ISC */
/* cli/options.h - the words and options of a command line. One table of all
 * options of all commands, so that an option may stand anywhere, even before
 * the command; which command takes which stands in the command table. */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum option {
    OPT_SOCKET,
    OPT_JSON,
    OPT_COLOR,
    OPT_HELP,
    OPT_VERSION,
    OPT_TO, /* may be given several times */
    OPT_TEXT,
    OPT_HTML,
    OPT_EML,
    OPT_OUT,
    OPT_EXCEL,
    OPT_AT,
    OPT_AGAIN,
    OPT_WATCH,
    OPT_ALL,
    OPT_SOURCE,
    OPT_YES,
    OPT_STATE,
    OPT_DOUBTFUL,
    OPT_LIST,
    OPT_LIMIT,
    OPT_SELECTOR,
    OPT_TYPE,
    OPT_FAILED,
    OPT_RESEND,
    OPT_CLOSE,
    OPT_COUNT
};
#define BIT(option) (UINT32_C(1) << (option))
/* The options that every command takes. */
#define OPTIONS_EVERYWHERE                                                     \
    (BIT(OPT_SOCKET) | BIT(OPT_JSON) | BIT(OPT_COLOR) | BIT(OPT_HELP))

struct option_row {
    const char *name;  /* without the dashes */
    const char *value; /* what stands behind it, NULL: nothing */
    const char *line;  /* one line of help */
};
extern const struct option_row option_rows[OPT_COUNT];

/* A command line. The strings are argv's own. */
struct args {
    int n_words;
    const char **words;
    uint32_t given; /* BIT(option) for each that was given */
    const char *value[OPT_COUNT];
    int n_to;
    const char **to;
};

/* Reads argv[1..]. `--name value`, `--name=value`, `-h`, and `--` before words
 * that begin with a dash; a lone `-` is a word. False: *fault says what is
 * wrong (yours, free with free()), and a is clear. */
bool options_read(struct args *a, int argc, char **argv, char **fault);
void options_clear(struct args *a);

static inline bool
given(const struct args *a, enum option o)
{
    return (a->given & BIT(o)) != 0;
}

/* A whole number from 1 to 2^53 - 1 in digits only; 0: it is none. */
int64_t options_number(const char *word);

#endif
