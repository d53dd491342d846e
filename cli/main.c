/* SPDX-License-Identifier: ISC */
/* cli/main.c - rummelig-mail: reads the command line, finds the command in the
 * table (cli/commands.c) and runs it. Nothing here knows what a command does.
 */
#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include "cli/client.h"
#include "cli/command.h"
#include "cli/term.h"
#include "cli/text.h"

static int dispatch(struct args *a);
static int no_command(const char *words);
static int misfit(const struct command *cmd, const struct args *a);
static bool colour_of(const struct args *a, enum term_colour *out);

int
main(int argc, char **argv)
{
    struct args args;
    char *fault = NULL;
    enum term_colour colour;
    int code;

    /* Widths need a UTF-8 locale; what is printed is UTF-8 in any. */
    if (setlocale(LC_CTYPE, "") == NULL ||
        strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
        setlocale(LC_CTYPE, "C.UTF-8");
    term_open(COLOUR_AUTO, false);
    /* Completion is asked about lines that are not finished. */
    if (argc > 1 && strcmp(argv[1], "complete") == 0)
        return complete_words(argc - 2, argv + 2);
    if (!options_read(&args, argc, argv, &fault)) {
        code = term_fault(EX_USAGE, "rummelig-mail help", "%s", fault);
        free(fault);
        return code;
    }
    if (!colour_of(&args, &colour)) {
        code = term_fault(EX_USAGE, NULL,
            "--color %s: it is auto, always or never", args.value[OPT_COLOR]);
    } else {
        term_open(colour, given(&args, OPT_JSON));
        code = dispatch(&args);
    }
    options_clear(&args);
    if (fflush(stdout) != 0 || ferror(stdout))
        return term_fault(EX_IOERR, NULL, "what was printed did not arrive");
    return code;
}

static int
dispatch(struct args *a)
{
    struct cli c = {.args = a};
    const char **words = a->words;
    int used = 0, code;

    if (given(a, OPT_VERSION) && a->n_words == 0)
        words[a->n_words++] = "version"; /* argv's first place is free */
    if (a->n_words == 0) {
        help_first();
        return given(a, OPT_HELP) ? 0 : EX_USAGE;
    }
    c.command = command_find(words, a->n_words, &used);
    if (c.command == NULL) {
        char *name = a->n_words > 1 && strcmp(words[0], "subscribers") == 0
                         ? text_format("%s %s", words[0], words[1])
                         : text_copy(words[0]);

        code = no_command(name);
        free(name);
        return code;
    }
    if (given(a, OPT_HELP)) {
        help_command(c.command);
        return 0;
    }
    a->words += used;
    a->n_words -= used;
    code = misfit(c.command, a);
    if (code == 0) {
        c.socket = client_socket(a->value[OPT_SOCKET]);
        c.client = client_new(c.socket);
        code = c.command->run(&c);
        client_free(c.client);
    }
    a->words -= used; /* options_clear() frees it */
    return code;
}

static int
no_command(const char *words)
{
    const char *near = command_near(words);
    int code;

    if (near != NULL) {
        char *hint = text_format("Did you mean: rummelig-mail %s", near);

        code = term_fault(EX_USAGE, hint, "no command %s", words);
        free(hint);
        return code;
    }
    return term_fault(EX_USAGE, "rummelig-mail help shows what there is.",
        "no command %s", words);
}

/* The words and options that this command does not take. */
static int
misfit(const struct command *cmd, const struct args *a)
{
    uint32_t strange = a->given & ~(cmd->takes | OPTIONS_EVERYWHERE);

    for (int o = 0; o < OPT_COUNT; o++)
        if ((strange & BIT(o)) != 0)
            return command_misused(
                cmd, "%s takes no --%s", cmd->name, option_rows[o].name);
    if (a->n_to > 1 && cmd->words_max == 1)
        return command_misused(cmd, "--to was given twice");
    if (a->n_words < cmd->words_min)
        return command_misused(cmd, "%s: %.*s is missing", cmd->name,
            (int)strcspn(cmd->usage, " "), cmd->usage);
    if (cmd->words_max >= 0 && a->n_words > cmd->words_max)
        return command_misused(cmd, "%s: one word too many: %s", cmd->name,
            a->words[cmd->words_max]);
    return 0;
}

static bool
colour_of(const struct args *a, enum term_colour *out)
{
    static const char *const names[] = {"auto", "always", "never"};

    *out = COLOUR_AUTO;
    if (!given(a, OPT_COLOR))
        return true;
    for (int i = 0; i < 3; i++) {
        if (strcmp(a->value[OPT_COLOR], names[i]) == 0) {
            *out = (enum term_colour)i;
            return true;
        }
    }
    return false;
}
