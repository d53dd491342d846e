/* SPDX-License-Identifier: ISC */
/* cli/status.c - the daemon: is everything well, its lists, its version, and
 * the mails that it acted on. */
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include "cli/client.h"
#include "cli/command.h"
#include "cli/field.h"
#include "cli/issues.h"
#include "cli/lists.h"
#include "cli/table.h"
#include "cli/term.h"
#include "cli/text.h"
#include "cli/when.h"

static void print_status(const json_t *s);
static void print_head(const json_t *s);
static void print_lists(const json_t *lists);
static void print_ways(const json_t *s);
static void print_trouble(const json_t *trouble);
static void print_waiting(int64_t mails);

int
status_run(struct cli *c)
{
    json_t *s;
    int code = client_get(c->client, "/v1/status", &s);

    if (code != 0)
        return code;
    if (term_json())
        field_print(s);
    else
        print_status(s);
    json_decref(s);
    return 0;
}

static void
print_status(const json_t *s)
{
    const json_t *issues = json_object_get(s, "issues");

    print_head(s);
    print_trouble(json_object_get(s, "trouble"));
    print_waiting(field_int(s, "review"));
    if (json_array_size(json_object_get(s, "lists")) > 0) {
        term_say("\n");
        print_lists(json_object_get(s, "lists"));
    }
    term_say("\n");
    if (json_array_size(issues) == 0)
        term_say("No issue is under way.\n");
    else
        issues_print(issues, true);
    print_ways(s);
}

static void
print_head(const json_t *s)
{
    const json_t *store = json_object_get(s, "store");
    const char *node = field_text(s, "node");
    char *up = when_span(field_int(s, "uptime_s"));
    char *size = text_size(field_int(store, "bytes"));

    term_style(STYLE_BOLD, "rummelig-maild %s", field_text(s, "version"));
    term_say("%s%s, up %s\nstore %s, %s\n", *node == '\0' ? "" : " on ", node,
        up, field_text(store, "path"), size);
    free(up);
    free(size);
}

static void
print_trouble(const json_t *trouble)
{
    const json_t *words;
    size_t i;

    if (json_array_size(trouble) == 0) {
        term_style(STYLE_GOOD, "All is well.");
        term_say("\n");
    }
    json_array_foreach(trouble, i, words)
    {
        term_style(STYLE_BAD, "trouble:");
        term_say(" %s\n",
            json_string_value(words) == NULL ? "?" : json_string_value(words));
    }
}

static void
print_waiting(int64_t mails)
{
    if (mails == 0)
        return;
    term_style(STYLE_WARN, "waiting:");
    term_say(" %lld %s for your decision: rummelig-mail review\n",
        (long long)mails, mails == 1 ? "mail" : "mails");
}

static void
print_lists(const json_t *lists)
{
    static const char *const states[] = {
        "active", "pending", "left", "bounced", "complained"};
    struct table *t =
        table_new("LIST|ACTIVE>|PENDING>|LEFT>|BOUNCED>|COMPLAINED>|TITLE");
    const json_t *list;
    size_t i;

    json_array_foreach(lists, i, list)
    {
        const json_t *people = json_object_get(list, "subscribers");

        table_text(t, field_text(list, "key"));
        for (size_t k = 0; k < sizeof states / sizeof states[0]; k++)
            table_number(t, field_int(people, states[k]));
        table_text(t, field_text(list, "title"));
    }
    table_print(t, stdout, term_columns());
    table_free(t);
}

static void
print_ways(const json_t *s)
{
    const json_t *relay, *inbox;
    size_t i;

    term_say("\n");
    json_array_foreach(json_object_get(s, "relays"), i, relay)
    {
        const json_t *tls = json_object_get(relay, "tls");

        term_say("relay %s: %s port %lld, TLS %s\n", field_text(relay, "name"),
            field_text(relay, "host"), (long long)field_int(relay, "port"),
            json_is_string(tls) ? json_string_value(tls)
            : json_is_true(tls) ? "yes"
                                : "no");
    }
    json_array_foreach(json_object_get(s, "inboxes"), i, inbox)
    {
        term_say("inbox %s: folder %s, %lld read, newest UID %lld\n",
            field_text(inbox, "name"), field_text(inbox, "folder"),
            (long long)field_int(inbox, "read"),
            (long long)field_int(inbox, "uid"));
    }
}

int
lists_run(struct cli *c)
{
    json_t *answer, *list;
    struct table *t;
    size_t i;
    int code = client_get(c->client, "/v1/lists", &answer);

    if (code != 0)
        return code;
    if (term_json()) {
        field_print_each(json_object_get(answer, "lists"));
    } else {
        t = table_new("LIST|LANGUAGE|FROM|TITLE");
        json_array_foreach(json_object_get(answer, "lists"), i, list)
        {
            table_text(t, field_text(list, "key"));
            table_text(t, field_text(list, "language"));
            table_text(t, field_text(list, "from"));
            table_text(t, field_text(list, "title"));
        }
        table_print(t, stdout, term_columns());
        table_free(t);
    }
    json_decref(answer);
    return 0;
}

int
lists_choose(struct cli *c, char **key)
{
    json_t *answer, *list;
    const json_t *lists;
    char *names = NULL;
    size_t n, i;
    FILE *out;
    int code;

    if (given(c->args, OPT_LIST)) {
        *key = text_copy(c->args->value[OPT_LIST]);
        return 0;
    }
    code = client_get(c->client, "/v1/lists", &answer);
    if (code != 0)
        return code;
    lists = json_object_get(answer, "lists");
    if (json_array_size(lists) == 1) {
        *key = text_copy(field_text(json_array_get(lists, 0), "key"));
    } else {
        out = text_open(&names, &n);
        json_array_foreach(lists, i, list)
        {
            fprintf(out, " --list %s", field_text(list, "key"));
        }
        text_close(out);
        code = command_misused(c->command, "which list? Add one of%s", names);
        free(names);
    }
    json_decref(answer);
    return code;
}

/* "unsubscribed by bo", where a person has decided it. */
static char *
deed_words(const json_t *mail)
{
    const char *by = field_text(mail, "decided_by");

    return text_format(
        "%s%s%s", field_text(mail, "deed"), *by != '\0' ? " by " : "", by);
}

int
incoming_run(struct cli *c)
{
    const char *limit = c->args->value[OPT_LIMIT];
    char *path = text_copy("/v1/incoming");
    json_t *answer, *mail;
    struct table *t;
    size_t i;
    int code;

    if (limit != NULL && options_number(limit) == 0) {
        free(path);
        return command_misused(
            c->command, "--limit %s: not a number of 1 or more", limit);
    }
    client_query(&path, "limit", limit);
    code = client_get(c->client, path, &answer);
    free(path);
    if (code != 0)
        return code;
    if (term_json()) {
        field_print_each(json_object_get(answer, "incoming"));
    } else if (json_array_size(json_object_get(answer, "incoming")) == 0) {
        term_say("No mail has been read yet.\n");
    } else {
        t = table_new("ID>|WHEN|MAILBOX|KIND|DEED|ADDRESS|EVIDENCE");
        json_array_foreach(json_object_get(answer, "incoming"), i, mail)
        {
            table_number(t, field_int(mail, "id"));
            table_taken(t, when_text(field_int(mail, "at_s"), time(NULL)));
            table_text(t, field_text(mail, "mailbox"));
            table_text(t, field_text(mail, "kind"));
            table_taken(t, deed_words(mail));
            table_text(t, field_text(mail, "address"));
            table_text(t, field_text(mail, "evidence"));
        }
        table_print(t, stdout, term_columns());
        table_free(t);
    }
    json_decref(answer);
    return 0;
}

int
version_run(struct cli *c)
{
    struct request r = {.method = "GET", .path = "/v1/version"};
    struct answer a = {0};
    bool ask = !given(c->args, OPT_VERSION); /* --version: only ours */
    int code = 0;

    if (ask) {
        client_hurry(c->client);
        client_ask(c->client, &r, &a);
    }
    if (term_json()) {
        json_t *j = json_pack("{s:s, s:O?}", "rummelig-mail", VERSION,
            "rummelig-maild", json_object_get(a.json, "version"));

        field_print(j);
        json_decref(j);
    } else {
        term_say("rummelig-mail %s\n", VERSION);
        if (a.status == 200)
            term_say("rummelig-maild %s\n", field_text(a.json, "version"));
    }
    if (ask)
        code = client_judge(&a);
    client_clear(&a);
    return code;
}
