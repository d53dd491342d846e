/* SPDX-License-Identifier: ISC */
/* cli/complete.c - what may stand at the end of an unfinished line: the shell
 * asks `rummelig-mail complete WORD...`, so it knows what the table knows.
 * Lists and issues come from the daemon, if it answers at once. Says nothing
 * on stderr, whatever happens: a person is typing there. */
#include <stdlib.h>
#include <string.h>
#include "cli/client.h"
#include "cli/command.h"
#include "cli/field.h"
#include "cli/text.h"

static void offer(const char *word, const char *begun);
static void offer_commands(const char *first, const char *begun);
static void offer_options(uint32_t takes, const char *begun);
static void offer_values(enum option o, const char *begun,
    const struct command *cmd, const char *socket);
static void offer_daemon(const char *socket, const char *path,
    const char *array, const char *member, const char *begun);
static enum option option_of(const char *word);

int
complete_words(int n, char **words)
{
    const char *begun = n > 0 ? words[n - 1] : "";
    const char **plain = text_calloc((size_t)n + 1, sizeof *plain);
    const char *option = NULL;
    const struct command *cmd;
    enum option before = OPT_COUNT;
    int n_plain = 0, used = 0;

    /* The words before the one that is begun, without options. */
    for (int i = 0; i < n - 1; i++) {
        before = option_of(words[i]);
        if (before == OPT_SOCKET && i + 1 < n - 1)
            option = words[i + 1];
        if (before != OPT_COUNT && option_rows[before].value != NULL) {
            if (i + 1 < n - 1)
                before = OPT_COUNT;
            i++;
        } else if (words[i][0] != '-') {
            plain[n_plain++] = words[i];
            before = OPT_COUNT;
        } else {
            before = OPT_COUNT;
        }
    }
    cmd = n_plain == 0 || (n_plain == 1 && strcmp(plain[0], "subscribers") == 0)
              ? NULL
              : command_find(plain, n_plain, &used);
    if (before != OPT_COUNT)
        offer_values(before, begun, cmd, client_socket(option));
    else if (*begun == '-')
        offer_options(
            cmd == NULL ? OPTIONS_EVERYWHERE : cmd->takes | OPTIONS_EVERYWHERE,
            begun);
    else if (cmd == NULL)
        offer_commands(n_plain == 0 ? "" : plain[0], begun);
    else if (cmd->run == help_run)
        offer_commands(n_plain == 1 ? "" : plain[1], begun);
    else if (strncmp(cmd->usage, "FILE", 4) == 0 && n_plain - used == 0)
        puts("FILE");
    else if (cmd->run == review_accept_run || cmd->run == review_dismiss_run) {
        if (n_plain == used)
            offer_daemon(
                client_socket(option), "/v1/review", "review", "id", begun);
    } else if (strstr(cmd->usage, "ID") != NULL && n_plain - used == 0)
        offer_daemon(
            client_socket(option), "/v1/issues", "issues", "id", begun);
    else if (n_plain == 1 && *cmd->usage == '\0')
        offer_commands(plain[0], begun); /* `review` and `review list` */
    free(plain);
    return 0;
}

static enum option
option_of(const char *word)
{
    for (int o = 0; o < OPT_COUNT; o++)
        if (strncmp(word, "--", 2) == 0 &&
            strcmp(word + 2, option_rows[o].name) == 0)
            return (enum option)o;
    return OPT_COUNT;
}

static void
offer(const char *word, const char *begun)
{
    if (strncmp(word, begun, strlen(begun)) == 0)
        puts(word);
}

/* The first words, or the second ones of a first. */
static void
offer_commands(const char *first, const char *begun)
{
    char *last = text_copy("");

    for (const struct command *c = commands; c->name != NULL; c++) {
        size_t n = strcspn(c->name, " ");
        char *word = text_format("%.*s", (int)n, c->name);

        if (*first == '\0' && strcmp(word, last) != 0)
            offer(word, begun);
        else if (*first != '\0' && strcmp(word, first) == 0 &&
                 c->name[n] == ' ')
            offer(c->name + n + 1, begun);
        free(last);
        last = word;
    }
    free(last);
}

static void
offer_options(uint32_t takes, const char *begun)
{
    for (int o = 0; o < OPT_COUNT; o++) {
        char *word;

        if ((takes & BIT(o)) == 0)
            continue;
        word = text_format("--%s", option_rows[o].name);
        offer(word, begun);
        free(word);
    }
}

static void
offer_values(enum option o, const char *begun, const struct command *cmd,
    const char *socket)
{
    static const char *const colours[] = {"auto", "always", "never", NULL};
    static const char *const deliveries[] = {"waiting", "leased", "sending",
        "deferred", "doubt", "sent", "failed", "cancelled", NULL};
    static const char *const people[] = {
        "active", "pending", "left", "bounced", "complained", NULL};
    const char *const *all = NULL;

    if (o == OPT_COLOR)
        all = colours;
    else if (o == OPT_STATE)
        all = cmd != NULL && cmd->run == who_run ? deliveries : people;
    else if (o == OPT_OUT || o == OPT_SOCKET)
        puts("FILE");
    else if (o == OPT_LIST)
        offer_daemon(socket, "/v1/lists", "lists", "key", begun);
    for (; all != NULL && *all != NULL; all++)
        offer(*all, begun);
}

static void
offer_daemon(const char *socket, const char *path, const char *array,
    const char *member, const char *begun)
{
    struct client *client = client_new(socket);
    struct request r = {.method = "GET", .path = path};
    struct answer a;
    const json_t *item;
    size_t i;

    client_hurry(client);
    client_ask(client, &r, &a);
    json_array_foreach(json_object_get(a.json, array), i, item)
    {
        char *word =
            json_is_integer(json_object_get(item, member))
                ? text_format("%lld", (long long)field_int(item, member))
                : text_copy(field_text(item, member));

        offer(word, begun);
        free(word);
    }
    client_clear(&a);
    client_free(client);
}
