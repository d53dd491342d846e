/* SPDX-License-Identifier: ISC */
/* cli/who.c - who got an issue, and what one person got and why. */
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include "cli/client.h"
#include "cli/command.h"
#include "cli/field.h"
#include "cli/table.h"
#include "cli/term.h"
#include "cli/text.h"
#include "cli/when.h"
#include "cli/who.h"

static void add_delivery(struct table *t, const json_t *d, bool by_issue);
static void print_person(const json_t *p);
static void print_subscriptions(const json_t *p);
static void print_soft_bounces(const json_t *p);
static void print_ledger(const json_t *p);
static void print_letters(const json_t *p);

int
who_run(struct cli *c)
{
    const char *word = c->args->words[0];
    int64_t id;

    if (strchr(word, '@') != NULL) {
        if (given(c->args, OPT_STATE) || given(c->args, OPT_DOUBTFUL))
            return command_misused(c->command,
                "--state and --doubtful go with the ID of an issue");
        return who_person(c, word);
    }
    id = options_number(word);
    if (id == 0)
        return command_misused(
            c->command, "%s: neither the ID of an issue nor an address", word);
    return who_issue(
        c, id, c->args->value[OPT_STATE], given(c->args, OPT_DOUBTFUL));
}

/* Page by page, so that a large issue begins to appear at once. */
int
who_issue(struct cli *c, int64_t id, const char *state, bool doubtful)
{
    struct table *t = table_new("ADDRESS|STATE|WHEN|TRIES>|RELAY|REPLY");
    char *after = NULL;
    size_t rows = 0;
    int code;

    do {
        char *path = text_format("/v1/issues/%lld/deliveries", (long long)id);
        json_t *answer, *d;
        int64_t next;
        size_t i;

        client_query(&path, "state", state);
        client_query(&path, "doubtful", doubtful ? "1" : NULL);
        client_query(&path, "after", after);
        free(after);
        after = NULL;
        code = client_get(c->client, path, &answer);
        free(path);
        if (code != 0)
            break;
        json_array_foreach(json_object_get(answer, "deliveries"), i, d)
        {
            rows++;
            if (term_json())
                field_print(d);
            else
                add_delivery(t, d, false);
        }
        if (!term_json() && rows > 0)
            table_print(t, stdout, term_columns());
        next = field_int(answer, "next");
        if (next > 0)
            after = text_format("%lld", (long long)next);
        json_decref(answer);
    } while (after != NULL);
    table_free(t);
    if (code == 0 && rows == 0 && !term_json())
        term_say(
            "Nobody%s.\n", state != NULL || doubtful ? " of that kind" : "");
    return code;
}

static void
add_delivery(struct table *t, const json_t *d, bool by_issue)
{
    const char *state = field_text(d, "state");
    bool open = strcmp(state, "waiting") == 0 ||
                strcmp(state, "deferred") == 0 || strcmp(state, "leased") == 0;
    int64_t at_s = field_int(d, "at_s"), due_s = field_int(d, "due_s");
    int64_t doubts = field_int(d, "doubts");

    if (by_issue)
        table_number(t, field_int(d, "issue"));
    else
        table_text(t, field_text(d, "address"));
    if (doubts > 0) {
        char *word = text_format("%s, %lld in doubt", state, (long long)doubts);

        table_styled(t, STYLE_WARN, word);
        free(word);
    } else {
        table_styled(t, field_style(state), state);
    }
    table_taken(t, when_text(open && due_s > 0 ? due_s : at_s, time(NULL)));
    table_number(t, field_int(d, "tries"));
    table_text(t, field_text(d, "relay"));
    table_text(t, field_text(d, "reply"));
}

int
who_person(struct cli *c, const char *address)
{
    char *encoded = client_encode(address);
    char *path = text_format("/v1/subscribers/%s", encoded);
    json_t *person;
    int code = client_get(c->client, path, &person);

    free(encoded);
    free(path);
    if (code != 0)
        return code;
    if (term_json())
        field_print(person);
    else
        print_person(person);
    json_decref(person);
    return 0;
}

static void
print_person(const json_t *p)
{
    const char *name = field_text(p, "name");

    term_style(STYLE_BOLD, "%s", field_text(p, "address"));
    term_say("%s%s\n", *name == '\0' ? "" : "  ", name);
    print_subscriptions(p);
    print_soft_bounces(p);
    print_ledger(p);
    print_letters(p);
}

static void
print_subscriptions(const json_t *p)
{
    const json_t *all = json_object_get(p, "subscriptions"), *s;
    size_t i;

    if (json_array_size(all) == 0)
        term_say("  on no list\n");
    json_array_foreach(all, i, s)
    {
        char *since = when_text(field_int(s, "since_s"), time(NULL));
        const char *how = field_text(s, "how");

        term_say("  %s: ", field_text(s, "list"));
        term_style(
            field_style(field_text(s, "state")), "%s", field_text(s, "state"));
        term_say(" since %s%s%s\n", since, *how == '\0' ? "" : ", by ", how);
        free(since);
    }
}

/* They stand oldest first. */
static void
print_soft_bounces(const json_t *p)
{
    const json_t *all = json_object_get(p, "soft_bounces");
    size_t n = json_array_size(all);
    const json_t *last = json_array_get(all, n - 1);
    char *when;

    if (n == 0)
        return;
    when = when_text(field_int(last, "at_s"), time(NULL));
    term_say("  %zu letter%s in a row came back, last %s: %s\n", n,
        n == 1 ? "" : "s", when, field_text(last, "words"));
    free(when);
}

static void
print_ledger(const json_t *p)
{
    const json_t *ledger = json_object_get(p, "ledger"), *e;
    struct table *t;
    size_t i;

    if (json_array_size(ledger) == 0)
        return;
    term_say("\nHow it came about\n");
    t = table_new("WHEN|LIST|BECAME|BY|PROOF");
    json_array_foreach(ledger, i, e)
    {
        const char *state = field_text(e, "state");

        table_taken(t, when_text(field_int(e, "at_s"), time(NULL)));
        table_text(t, field_text(e, "list"));
        table_styled(t, field_style(state), state);
        table_text(t, field_text(e, "how"));
        table_text(t, field_text(e, "proof"));
    }
    table_print(t, stdout, 0); /* a proof is never cut */
    table_free(t);
}

static void
print_letters(const json_t *p)
{
    const json_t *letters = json_object_get(p, "deliveries"), *d;
    struct table *t;
    size_t i;

    if (json_array_size(letters) == 0)
        return;
    term_say("\nLetters\n");
    t = table_new("ISSUE>|STATE|WHEN|TRIES>|RELAY|REPLY");
    json_array_foreach(letters, i, d)
    {
        add_delivery(t, d, true);
    }
    table_print(t, stdout, term_columns());
    table_free(t);
}
