/* SPDX-License-Identifier: ISC */
/* cli/command.h - one command of rummelig-mail: a row of the one table that
 * drives dispatch, help and completion. */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H
#include <stdbool.h>
#include <stdint.h>
#include "cli/options.h"
struct client;

/* What a command works with. */
struct cli {
    struct args *args;     /* words[0] is the first word behind the command */
    struct client *client; /* not yet connected */
    const char *socket;
    const struct command *command; /* the one that runs */
};

enum command_group {
    GROUP_DAILY, /* the verbs of an ordinary day */
    GROUP_ISSUE, /* an issue on its way */
    GROUP_PEOPLE,
    GROUP_DAEMON,
    GROUPS
};

struct command {
    const char *name;  /* one word, or two: "subscribers add" */
    const char *usage; /* what stands behind the name */
    const char *line;  /* one line of help */
    const char *help;  /* the rest of the help, "" : nothing to add */
    enum command_group group;
    int words_min, words_max; /* -1: any number */
    uint32_t takes;           /* BIT(option), beside OPTIONS_EVERYWHERE */
    /* 0, or a code of sysexits(3) when the words have gone to stderr. */
    int (*run)(struct cli *c);
};

/* The table, ended by a row without a name: cli/commands.c. */
extern const struct command commands[];

/* The command that the words begin with, NULL: none.  *used is how many words
 * its name took: 1 or 2. */
const struct command *
command_find(const char *const *words, int n_words, int *used);
/* The nearest name of a command, NULL: none is near. */
const char *command_near(const char *word);
/* Says how a command is used; returns EX_USAGE. */
int command_misused(const struct command *cmd, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* The issue's id in words[nth]; 0: it is none, and that has been said. */
int64_t command_id(const struct cli *c, int nth);

int check_run(struct cli *c);
int preview_run(struct cli *c);
int test_run(struct cli *c);
int queue_run(struct cli *c);
int watch_run(struct cli *c);
int issues_run(struct cli *c);
int show_run(struct cli *c);
int hold_run(struct cli *c);
int release_run(struct cli *c);
int cancel_run(struct cli *c);
int who_run(struct cli *c);
int retry_run(struct cli *c);
int doubt_run(struct cli *c);
int subscribers_list_run(struct cli *c);
int subscribers_add_run(struct cli *c);
int subscribers_remove_run(struct cli *c);
int subscribers_show_run(struct cli *c);
int import_run(struct cli *c);
int export_run(struct cli *c);
int review_run(struct cli *c);
int review_list_run(struct cli *c);
int review_accept_run(struct cli *c);
int review_dismiss_run(struct cli *c);
int explain_run(struct cli *c);
int incoming_run(struct cli *c);
int dkim_key_run(struct cli *c);
int status_run(struct cli *c);
int lists_run(struct cli *c);
int relays_run(struct cli *c);
int relays_test_run(struct cli *c);
int version_run(struct cli *c);
int help_run(struct cli *c);

/* What may stand behind the words of an unfinished line, for the shell: one a
 * line, to stdout. Not a row of the table: it takes any words. */
int complete_words(int n, char **words);

/* How an issue is written; help of one command, and the first help that a
 * newcomer sees. */
void help_issue(void);
void help_command(const struct command *cmd);
void help_first(void);

#endif
