/* SPDX-License-Identifier: ISC */
/* cli/options.c - the words and options of a command line.
 *
 * getopt_long(3) would need to know the command before its options, and finds
 * no near names; with one table for all commands neither matters. */
#include <stdlib.h>
#include <string.h>
#include "cli/options.h"
#include "cli/text.h"

static enum option find(const char *name, size_t n);
static char *unknown(const char *name, size_t n);
static bool take(struct args *a, enum option o, const char *value);

const struct option_row option_rows[OPT_COUNT] = {
    [OPT_SOCKET] = {"socket", "PATH", "the daemon's control socket"},
    [OPT_JSON] = {"json", NULL, "one JSON object a line, for programs"},
    [OPT_COLOR] = {"color", "WHEN", "auto, always or never"},
    [OPT_HELP] = {"help", NULL, "help for a command"},
    [OPT_VERSION] = {"version", NULL, "which versions are here"},
    [OPT_TO] = {"to", "ADDRESS", "for whom; may be given several times"},
    [OPT_TEXT] = {"text", NULL, "only the plain text part"},
    [OPT_HTML] = {"html", NULL, "only the HTML part"},
    [OPT_EML] = {"eml", NULL, "the whole message, as it goes out"},
    [OPT_OUT] = {"out", "FILE", "write it there"},
    [OPT_EXCEL] = {"excel", NULL, "so that Excel opens it with a double click"},
    [OPT_AT] = {"at", "WHEN", "not before \"YYYY-MM-DD HH:MM\", local time"},
    [OPT_AGAIN] = {"again", NULL, "although it was done before"},
    [OPT_WATCH] = {"watch", NULL, "and show how far it is"},
    [OPT_ALL] = {"all", NULL, "tests and answers too"},
    [OPT_SOURCE] = {"source", NULL, "what the author wrote"},
    [OPT_YES] = {"yes", NULL, "do not ask"},
    [OPT_STATE] = {"state", "STATE", "only those in that state"},
    [OPT_DOUBTFUL] = {"doubtful", NULL, "only those that were ever in doubt"},
    [OPT_LIST] = {"list", "LIST", "which list"},
    [OPT_LIMIT] = {"limit", "N", "at most so many"},
    [OPT_SELECTOR] = {"selector", "NAME", "what the key is called in DNS"},
    [OPT_TYPE] = {"type", "TYPE", "rsa, ed25519 or both"},
    [OPT_FAILED] = {"failed", NULL, "those that failed"},
    [OPT_RESEND] = {"resend", NULL, "send it once more"},
    [OPT_CLOSE] = {"close", NULL, "take it as arrived"},
};

bool
options_read(struct args *a, int argc, char **argv, char **fault)
{
    bool only_words = false;

    *a = (struct args){0};
    a->words = text_calloc((size_t)argc, sizeof *a->words);
    a->to = text_calloc((size_t)argc, sizeof *a->to);
    for (int i = 1; i < argc; i++) {
        const char *arg = argv[i], *value = NULL;
        size_t n;
        enum option o;

        if (only_words || arg[0] != '-' || arg[1] == '\0') {
            a->words[a->n_words++] = arg;
            continue;
        }
        if (strcmp(arg, "--") == 0) {
            only_words = true;
            continue;
        }
        n = strcspn(arg, "=");
        o = strcmp(arg, "-h") == 0 ? OPT_HELP
            : arg[1] == '-'        ? find(arg + 2, n - 2)
                                   : OPT_COUNT;
        if (o == OPT_COUNT) {
            *fault = unknown(arg, n);
            goto wrong;
        }
        if (arg[n] == '=')
            value = arg + n + 1;
        if (option_rows[o].value == NULL && value != NULL) {
            *fault = text_format("--%s takes no value", option_rows[o].name);
            goto wrong;
        }
        if (option_rows[o].value != NULL && value == NULL && i + 1 < argc)
            value = argv[++i];
        if (option_rows[o].value != NULL && value == NULL) {
            *fault = text_format("--%s wants a value: %s", option_rows[o].name,
                option_rows[o].value);
            goto wrong;
        }
        if (!take(a, o, value)) {
            *fault = text_format("--%s was given twice", option_rows[o].name);
            goto wrong;
        }
    }
    return true;
wrong:
    options_clear(a);
    return false;
}

static enum option
find(const char *name, size_t n)
{
    for (int o = 0; o < OPT_COUNT; o++)
        if (strlen(option_rows[o].name) == n &&
            strncmp(option_rows[o].name, name, n) == 0)
            return (enum option)o;
    return OPT_COUNT;
}

static char *
unknown(const char *name, size_t n)
{
    char *word = text_format("%.*s", (int)n, name), *fault;
    int best = 3;
    const char *near = NULL;

    for (int o = 0; o < OPT_COUNT && strncmp(word, "--", 2) == 0; o++) {
        int d = text_near(word + 2, option_rows[o].name);

        if (d < best) {
            best = d;
            near = option_rows[o].name;
        }
    }
    if (near != NULL)
        fault = text_format("no option %s: did you mean --%s?", word, near);
    else
        fault = text_format("no option %s", word);
    free(word);
    return fault;
}

/* A flag may be repeated, a value would say two things. */
static bool
take(struct args *a, enum option o, const char *value)
{
    if (o == OPT_TO)
        a->to[a->n_to++] = value;
    else if (given(a, o) && value != NULL)
        return false;
    a->given |= BIT(o);
    a->value[o] = value;
    return true;
}

void
options_clear(struct args *a)
{
    free(a->words);
    free(a->to);
    *a = (struct args){0};
}

int64_t
options_number(const char *word)
{
    int64_t n = 0;

    for (const char *s = word; *s != '\0'; s++) {
        if (*s < '0' || *s > '9' || s - word >= 15)
            return 0;
        n = n * 10 + (*s - '0');
    }
    return n;
}
