/* SPDX-License-Identifier: ISC */
/* cli/word.c - a person's word about single letters of an issue: what failed
 * is tried again, what is in doubt is listed, sent once more or closed. */
#include <stdlib.h>
#include <sysexits.h>
#include "cli/client.h"
#include "cli/command.h"
#include "cli/field.h"
#include "cli/term.h"
#include "cli/text.h"
#include "cli/who.h"

static int say(int64_t id, int64_t rows, const char *done);

/* Page by page: the daemon changes no more at a time than is soon done. */
int
retry_run(struct cli *c)
{
    int64_t id = command_id(c, 0), rows = 0, next;
    char *after = NULL;
    int code;

    if (id == 0)
        return EX_USAGE;
    if (!given(c->args, OPT_FAILED))
        return command_misused(c->command, "say --failed: it is what there is"
                                           " to try again");
    do {
        char *path = text_format("/v1/issues/%lld/retry", (long long)id);
        json_t *answer;

        client_query(&path, "after", after);
        free(after);
        after = NULL;
        code = client_post(c->client, path, NULL, &answer);
        free(path);
        if (code != 0)
            return code;
        rows += field_int(answer, "rows");
        next = field_int(answer, "next");
        if (next > 0)
            after = text_format("%lld", (long long)next);
        json_decref(answer);
    } while (after != NULL);
    return say(id, rows, "tried again");
}

int
doubt_run(struct cli *c)
{
    bool resend = given(c->args, OPT_RESEND), shut = given(c->args, OPT_CLOSE);
    int64_t id = command_id(c, 0), rows;
    json_t *body, *people, *answer;
    char *path;
    int code;

    if (id == 0)
        return EX_USAGE;
    if (resend && shut)
        return command_misused(
            c->command, "--resend and --close: only one of them");
    if (!resend && !shut && c->args->n_words > 1)
        return command_misused(
            c->command, "say --resend or --close for these addresses");
    if (!resend && !shut)
        return who_issue(c, id, "doubt", false);
    body = json_object();
    json_object_set_new(body, "deed", json_string(resend ? "resend" : "close"));
    people = json_array();
    for (int i = 1; i < c->args->n_words; i++)
        json_array_append_new(people, json_string(c->args->words[i]));
    if (json_array_size(people) > 0)
        json_object_set(body, "addresses", people);
    json_decref(people);
    path = text_format("/v1/issues/%lld/doubt", (long long)id);
    code = client_post(c->client, path, body, &answer);
    free(path);
    json_decref(body);
    if (code != 0)
        return code;
    rows = field_int(answer, "rows");
    json_decref(answer);
    return say(id, rows, resend ? "sent once more" : "closed");
}

static int
say(int64_t id, int64_t rows, const char *done)
{
    if (term_json()) {
        json_t *j = json_pack(
            "{s:I, s:I}", "id", (json_int_t)id, "rows", (json_int_t)rows);

        field_print(j);
        json_decref(j);
        return 0;
    }
    term_say("%lld: %lld %s %s.\n", (long long)id, (long long)rows,
        rows == 1 ? "letter is" : "letters are", done);
    return 0;
}
