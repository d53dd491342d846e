/* SPDX-License-Identifier: ISC */
/* cli/help.c - help, from the command table. */
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include "cli/client.h"
#include "cli/command.h"
#include "cli/table.h"
#include "cli/term.h"
#include "cli/text.h"

enum {
    NAME_WIDTH = 31
};

static void print_line(const struct command *cmd);
static void print_option(enum option o);
static int help_prefix(const char *word);
static void print_all(void);

void
help_first(void)
{
    term_style(STYLE_BOLD, "rummelig-mail");
    term_say(" sends a newsletter and keeps its list. An ordinary day:\n\n");
    for (const struct command *c = commands; c->name != NULL; c++)
        if (c->group == GROUP_DAILY)
            print_line(c);
    term_say(
        "\nAn issue is a text file: a few lines between --- and --- (subject:"
        " ...), then\nyour text with #, **, []() and ![]() as in Markdown,"
        " pictures beside it:\nrummelig-mail help issue\n\nAll commands:"
        " rummelig-mail help. More on one: rummelig-mail help queue\n");
}

int
help_run(struct cli *c)
{
    const struct command *cmd;
    int used;

    if (c->args->n_words == 0) {
        print_all();
        return 0;
    }
    if (c->args->n_words == 1 && strcmp(c->args->words[0], "issue") == 0) {
        help_issue();
        return 0;
    }
    cmd = command_find(c->args->words, c->args->n_words, &used);
    if (cmd != NULL && used == c->args->n_words &&
        strcmp(cmd->name, "subscribers list") != 0) {
        help_command(cmd);
        return 0;
    }
    if (c->args->n_words == 1 && help_prefix(c->args->words[0]) > 0)
        return 0;
    if (cmd != NULL) {
        help_command(cmd);
        return 0;
    }
    return term_fault(EX_USAGE, "rummelig-mail help shows what there is.",
        "no command %s", c->args->words[0]);
}

static void
print_all(void)
{
    static const char *const heads[GROUPS] = {
        [GROUP_DAILY] = "An ordinary day",
        [GROUP_ISSUE] = "An issue on its way",
        [GROUP_PEOPLE] = "People",
        [GROUP_DAEMON] = "The daemon",
    };

    term_say("rummelig-mail [OPTION...] COMMAND [WORD...]\n");
    for (int g = 0; g < GROUPS; g++) {
        term_say("\n");
        term_style(STYLE_BOLD, "%s", heads[g]);
        term_say("\n");
        for (const struct command *c = commands; c->name != NULL; c++)
            if ((int)c->group == g)
                print_line(c);
    }
    term_say("\n");
    term_style(STYLE_BOLD, "With every command");
    term_say("\n");
    for (int o = 0; o < OPT_COUNT; o++)
        if ((OPTIONS_EVERYWHERE & BIT(o)) != 0)
            print_option((enum option)o);
    term_say("\nHow an issue is written: rummelig-mail help issue\n");
    term_say("\nThe socket is --socket, else RUMMELIG_MAIL_SOCKET, else\n%s."
             " Exit codes: see rummelig-mail(1).\n",
        CLIENT_SOCKET);
}

static void
print_line(const struct command *cmd)
{
    char *left = text_format(
        "%s%s%s", cmd->name, *cmd->usage == '\0' ? "" : " ", cmd->usage);

    term_say(
        "  %s%*s %s\n", left, NAME_WIDTH - (int)strlen(left), "", cmd->line);
    free(left);
}

static void
print_option(enum option o)
{
    const struct option_row *row = &option_rows[o];
    char *left = text_format("--%s%s%s", row->name,
        row->value == NULL ? "" : " ", row->value == NULL ? "" : row->value);

    term_say(
        "  %s%*s %s\n", left, NAME_WIDTH - (int)strlen(left), "", row->line);
    free(left);
}

void
help_command(const struct command *cmd)
{
    term_style(STYLE_BOLD, "rummelig-mail %s%s%s%s", cmd->name,
        *cmd->usage == '\0' ? "" : " ", cmd->usage,
        cmd->takes == 0 ? "" : " [OPTION...]");
    term_say("\n\n%c%s.\n", *cmd->line >= 'a' ? *cmd->line - 32 : *cmd->line,
        cmd->line + 1);
    if (*cmd->help != '\0')
        term_say("\n%s\n", cmd->help);
    if (cmd->takes != 0)
        term_say("\n");
    for (int o = 0; o < OPT_COUNT; o++)
        if ((cmd->takes & BIT(o)) != 0)
            print_option((enum option)o);
}

/* `help subscribers`: everything that begins so. */
static int
help_prefix(const char *word)
{
    size_t n = strlen(word);
    int found = 0;

    for (const struct command *c = commands; c->name != NULL; c++) {
        if (strncmp(c->name, word, n) == 0 && c->name[n] == ' ') {
            print_line(c);
            found++;
        }
    }
    return found;
}
