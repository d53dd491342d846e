/* SPDX-License-Identifier: ISC */
/* cli/release.c - lets issues go on: those that are named, or all that are
 * held. A relay that refuses us holds every open issue, each for itself; but
 * another may be held for the complaints about it, or by a person: so all of
 * them are shown first, with the reason. */
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>
#include "cli/client.h"
#include "cli/command.h"
#include "cli/field.h"
#include "cli/issues.h"
#include "cli/term.h"
#include "cli/text.h"

#define PAGE "100"

static int release_named(struct cli *c);
static int release_all(struct cli *c);
static int held_issues(struct cli *c, json_t *held);
static bool may_release(const json_t *held);

int
release_run(struct cli *c)
{
    bool all = given(c->args, OPT_ALL), named = c->args->n_words > 0;

    if (all == named)
        return command_misused(
            c->command, "say which issues, or --all: one of the two");
    return all ? release_all(c) : release_named(c);
}

/* One that cannot be released keeps none of the others. */
static int
release_named(struct cli *c)
{
    int code = 0, one;

    for (int i = 0; i < c->args->n_words; i++)
        if (command_id(c, i) == 0)
            return EX_USAGE;
    for (int i = 0; i < c->args->n_words; i++) {
        one = issues_move(c, command_id(c, i), "release", NULL);
        code = code == 0 ? one : code;
    }
    return code;
}

/* The oldest first. */
static int
release_all(struct cli *c)
{
    json_t *held = json_array();
    int code, one;

    if (!given(c->args, OPT_YES) && (term_json() || !isatty(STDIN_FILENO))) {
        json_decref(held);
        return term_fault(EX_USAGE, "Say --yes, or which.",
            "whether all shall go on is a question, and nobody is here to ask");
    }
    code = held_issues(c, held);
    if (code == 0 && json_array_size(held) == 0 && !term_json())
        term_say("No issue is held.\n");
    if (code == 0 && json_array_size(held) > 0 &&
        (given(c->args, OPT_YES) || may_release(held))) {
        for (size_t i = json_array_size(held); i > 0; i--) {
            one = issues_move(c, field_int(json_array_get(held, i - 1), "id"),
                "release", NULL);
            code = code == 0 ? one : code;
        }
    }
    json_decref(held);
    return code;
}

/* Adds those that are held, the newest first. */
static int
held_issues(struct cli *c, json_t *held)
{
    int64_t before = 0;
    size_t n;
    int code;

    do {
        char *path = text_copy("/v1/issues?all=1&open=1&limit=" PAGE);
        char *oldest = text_format("%lld", (long long)before);
        const json_t *issue;
        json_t *answer;
        size_t i;

        client_query(&path, "before", before > 0 ? oldest : NULL);
        code = client_get(c->client, path, &answer);
        free(oldest);
        free(path);
        if (code != 0)
            return code;
        n = json_array_size(json_object_get(answer, "issues"));
        json_array_foreach(json_object_get(answer, "issues"), i, issue)
        {
            before = field_int(issue, "id");
            if (strcmp(field_text(issue, "state"), "held") == 0)
                json_array_append(held, (json_t *)issue);
        }
        json_decref(answer);
    } while (n > 0 && before > 1);
    return 0;
}

static bool
may_release(const json_t *held)
{
    const json_t *issue;
    size_t i;
    bool yes;

    json_array_foreach(held, i, issue)
    {
        const char *kind = field_text(issue, "kind");

        term_say("%lld  %s\"%s\"\n    %s\n", (long long)field_int(issue, "id"),
            strcmp(kind, "letter") == 0 ? ""
            : strcmp(kind, "test") == 0 ? "a test, "
                                        : "an answer of ours, ",
            field_text(issue, "subject"), field_text(issue, "reason"));
    }
    fflush(stdout);
    yes = term_ask("Shall all %zu go on?", json_array_size(held));
    if (!yes)
        fputs("Nothing was changed.\n", stderr);
    return yes;
}
