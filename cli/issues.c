/* SPDX-License-Identifier: ISC */
/* cli/issues.c - the issues: which there are, one of them, and a person's word
 * about one: hold, cancel (release.c: the one that takes several). */
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>
#include "cli/client.h"
#include "cli/command.h"
#include "cli/field.h"
#include "cli/issues.h"
#include "cli/table.h"
#include "cli/term.h"
#include "cli/text.h"
#include "cli/watch.h"
#include "cli/when.h"

static void print_issue(const json_t *issue);
static void print_when(const char *name, int64_t at_s);
static int show_source(struct cli *c, int64_t id);
static bool write_source(void *arg, const char *buf, size_t n);
static void say_later(const json_t *issue);
static bool may_cancel(struct cli *c, int64_t id, int *code);

int
issues_run(struct cli *c)
{
    char *path = text_copy("/v1/issues");
    const char *limit = c->args->value[OPT_LIMIT];
    json_t *answer;
    int code;

    if (limit != NULL && options_number(limit) == 0) {
        free(path);
        return command_misused(
            c->command, "--limit %s: not a number of 1 or more", limit);
    }
    client_query(&path, "limit", limit == NULL ? "20" : limit);
    client_query(&path, "all", given(c->args, OPT_ALL) ? "1" : NULL);
    code = client_get(c->client, path, &answer);
    free(path);
    if (code != 0)
        return code;
    if (term_json())
        field_print_each(json_object_get(answer, "issues"));
    else if (json_array_size(json_object_get(answer, "issues")) == 0)
        term_say("No issue yet. The first: rummelig-mail queue FILE\n");
    else
        issues_print(
            json_object_get(answer, "issues"), given(c->args, OPT_ALL));
    json_decref(answer);
    return 0;
}

void
issues_print(const json_t *issues, bool kinds)
{
    struct table *t =
        table_new(kinds ? "ID>|KIND|STATE|WHEN|SENT>|OF>|FAILED>|LIST|SUBJECT"
                        : "ID>|STATE|WHEN|SENT>|OF>|FAILED>|LIST|SUBJECT");
    const json_t *issue;
    size_t i;

    json_array_foreach(issues, i, issue)
    {
        const json_t *counts = json_object_get(issue, "counts");
        const char *state = field_text(issue, "state");
        int64_t due_s = field_int(issue, "due_s"),
                on_s = field_int(issue, "goes_on_s");
        long long undecided = field_int(issue, "undecided");

        if (on_s > 0)
            due_s = on_s;

        table_number(t, field_int(issue, "id"));
        if (kinds)
            table_text(t, field_text(issue, "kind"));
        if (undecided > 0) {
            char *word = text_format("%s, %lld undecided", state, undecided);

            table_styled(t, STYLE_WARN, word);
            free(word);
        } else {
            table_styled(t, field_style(state), state);
        }
        table_taken(
            t, when_text(due_s == 0 ? field_int(issue, "created_s") : due_s,
                   time(NULL)));
        table_number(t, field_int(counts, "sent"));
        table_number(t, field_int(issue, "audience"));
        table_number(t, field_int(counts, "failed"));
        table_text(t, field_text(issue, "list"));
        table_text(t, field_text(issue, "subject"));
    }
    table_print(t, stdout, term_columns());
    table_free(t);
}

int
show_run(struct cli *c)
{
    int64_t id = command_id(c, 0);
    char *path;
    json_t *issue;
    int code;

    if (id == 0)
        return EX_USAGE;
    if (given(c->args, OPT_SOURCE))
        return show_source(c, id);
    path = text_format("/v1/issues/%lld", (long long)id);
    code = client_get(c->client, path, &issue);
    free(path);
    if (code != 0)
        return code;
    if (term_json())
        field_print(issue);
    else
        print_issue(issue);
    json_decref(issue);
    return 0;
}

static void
print_issue(const json_t *issue)
{
    const char *state = field_text(issue, "state");
    const char *reason = field_text(issue, "reason");
    long long id = field_int(issue, "id");
    int64_t doubted = field_int(issue, "doubted"),
            undecided = field_int(issue, "undecided");
    char *counts = watch_counts(json_object_get(issue, "counts"));

    term_style(STYLE_BOLD, "%lld  %s", id, field_text(issue, "subject"));
    term_say("\n  state      ");
    term_style(field_style(state), "%s", state);
    term_say("%s%s\n", *reason == '\0' ? "" : ": ", reason);
    term_say("  kind       %s\n  list       %s\n", field_text(issue, "kind"),
        field_text(issue, "list"));
    print_when("queued", field_int(issue, "created_s"));
    if (field_int(issue, "due_s") > field_int(issue, "created_s"))
        print_when("goes out", field_int(issue, "due_s"));
    if (field_int(issue, "goes_on_s") > 0)
        print_when("goes on", field_int(issue, "goes_on_s"));
    print_when("changed", field_int(issue, "changed_s"));
    term_say("  readers    %lld%s\n  letters    %s\n",
        (long long)field_int(issue, "audience"),
        json_is_false(json_object_get(issue, "filled")) ? " and counting" : "",
        counts);
    if (field_int(issue, "complaints") > 0)
        term_say(
            "  complaints %lld\n", (long long)field_int(issue, "complaints"));
    if (doubted > 0)
        term_say("  doubtful   %lld may have got it twice: rummelig-mail who"
                 " %lld --doubtful\n",
            (long long)doubted, id);
    if (undecided > 0)
        term_say("  undecided  %lld wait for your word: rummelig-mail doubt"
                 " %lld\n",
            (long long)undecided, id);
    free(counts);
}

static void
print_when(const char *name, int64_t at_s)
{
    char *when = when_text(at_s, time(NULL));

    term_say("  %-10s %s\n", name, when);
    free(when);
}

static int
show_source(struct cli *c, int64_t id)
{
    char *path = text_format("/v1/issues/%lld/source", (long long)id);
    char *text = NULL;
    size_t n = 0;
    FILE *out = text_open(&text, &n);
    int code = client_download(c->client, path, write_source, out);

    free(path);
    text_close(out);
    if (code == 0 && term_json()) {
        json_t *j =
            json_pack("{s:I, s:s%}", "id", (json_int_t)id, "source", text, n);

        field_print(j);
        json_decref(j);
    } else if (code == 0) {
        term_raw(text, n);
    }
    free(text);
    return code;
}

static bool
write_source(void *arg, const char *buf, size_t n)
{
    return fwrite(buf, 1, n, arg) == n;
}

int
hold_run(struct cli *c)
{
    json_t *body = json_object();
    char *reason = NULL;
    size_t n;
    FILE *out = text_open(&reason, &n);
    int64_t id = command_id(c, 0);
    int code;

    for (int i = 1; i < c->args->n_words; i++)
        fprintf(out, "%s%s", i == 1 ? "" : " ", c->args->words[i]);
    text_close(out);
    if (n > 0)
        json_object_set_new(body, "reason", json_string(reason));
    free(reason);
    code = id == 0 ? EX_USAGE : issues_move(c, id, "hold", body);
    json_decref(body);
    return code;
}

int
cancel_run(struct cli *c)
{
    int64_t id = command_id(c, 0);
    int code = 0;

    if (id == 0)
        return EX_USAGE;
    if (!given(c->args, OPT_YES) && !may_cancel(c, id, &code))
        return code;
    return issues_move(c, id, "cancel", NULL);
}

/* Asks; false: no, or *code says why not. */
static bool
may_cancel(struct cli *c, int64_t id, int *code)
{
    char *path, *counts;
    json_t *issue;
    bool yes;

    if (!isatty(STDIN_FILENO)) {
        *code = term_fault(EX_USAGE, "Say --yes.",
            "cancel cannot be undone, and nobody is here to ask");
        return false;
    }
    path = text_format("/v1/issues/%lld", (long long)id);
    *code = client_get(c->client, path, &issue);
    free(path);
    if (*code != 0)
        return false;
    counts = watch_counts(json_object_get(issue, "counts"));
    yes = term_ask("Cancel issue %lld, \"%s\" (%s), for good?", (long long)id,
        field_text(issue, "subject"), counts);
    free(counts);
    json_decref(issue);
    if (!yes)
        fputs("Nothing was changed.\n", stderr);
    return yes;
}

/* Released, but not yet on its way. */
static void
say_later(const json_t *issue)
{
    int64_t due_s = field_int(issue, "due_s"),
            on_s = field_int(issue, "goes_on_s");
    char *at;

    if (on_s == 0 && due_s <= time(NULL))
        return;
    at = when_full(on_s > 0 ? on_s : due_s);
    term_say("It goes out on %s, %s.\n", at,
        on_s > 0 ? "when its list sends again" : "as it was queued");
    free(at);
}

int
issues_move(struct cli *c, int64_t id, const char *deed, json_t *body)
{
    char *path, *counts;
    json_t *issue;
    int code;

    path = text_format("/v1/issues/%lld/%s", (long long)id, deed);
    code = client_post(c->client, path, body, &issue);
    free(path);
    if (code != 0)
        return code;
    if (term_json()) {
        field_print(issue);
    } else {
        counts = watch_counts(json_object_get(issue, "counts"));
        term_say("%lld ", (long long)id);
        term_style(field_style(field_text(issue, "state")), "%s",
            field_text(issue, "state"));
        term_say(": \"%s\", %s", field_text(issue, "subject"), counts);
        if (strcmp(deed, "hold") == 0 && *field_text(issue, "reason") != '\0')
            term_say(". Why: %s", field_text(issue, "reason"));
        term_say(".\n");
        if (strcmp(deed, "release") == 0)
            say_later(issue);
        if (strcmp(deed, "cancel") == 0) /* the counts follow in a moment */
            term_say("Nobody else gets it.\n");
        if (strcmp(deed, "hold") == 0)
            term_say(
                "To let it go on: rummelig-mail release %lld\n", (long long)id);
        free(counts);
    }
    json_decref(issue);
    return 0;
}
