/* SPDX-License-Identifier: ISC */
/* cli/review.c - what waits for a person, for lists and scripts; the walk
 * through it is in review_walk.c. */
#include "cli/review.h"

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

static bool print_json(void *arg, const json_t *mail, int64_t waiting);
static int decide(struct cli *c, const char *verb);

int
review_each(struct cli *c,
    bool (*each)(void *arg, const json_t *mail, int64_t waiting), void *arg)
{
    int64_t after = 0;
    bool more = true;

    do {
        char *path = text_format("/v1/review?after=%lld", (long long)after);
        /* Words have lines; the printing cleans them. */
        struct request r = {.method = "GET", .path = path, .literal = true};
        const json_t *mail;
        struct answer a;
        size_t i;
        int code;

        client_ask(c->client, &r, &a);
        free(path);
        code = client_judge(&a);
        if (code == 0)
            json_array_foreach(json_object_get(a.json, "review"), i, mail)
            {
                if (more)
                    more = each(arg, mail, field_int(a.json, "waiting"));
            }
        after = field_int(a.json, "next");
        client_clear(&a);
        if (code != 0)
            return code;
    } while (more && after > 0);
    return 0;
}

int
review_run(struct cli *c)
{
    return term_json() ? review_each(c, print_json, NULL) : review_walk(c);
}

static bool
print_json(void *arg, const json_t *mail, int64_t waiting)
{
    (void)arg;
    (void)waiting;
    field_print(mail);
    return true;
}

/* --- list ----------------------------------------------------------------- */

struct rows {
    struct table *t;
    int n;
};

static bool
print_row(void *arg, const json_t *mail, int64_t waiting)
{
    const json_t *from = json_object_get(mail, "from");
    struct rows *rows = arg;

    (void)waiting;
    rows->n++;
    table_number(rows->t, field_int(mail, "id"));
    table_taken(rows->t, when_text(field_int(mail, "at_s"), time(NULL)));
    table_text(rows->t, field_text(mail, "proposal"));
    table_text(
        rows->t, json_is_object(from) ? field_text(from, "address") : "-");
    table_text(rows->t, field_text(mail, "subject"));
    return true;
}

int
review_list_run(struct cli *c)
{
    struct rows rows = {NULL, 0};
    int code;

    if (term_json())
        return review_each(c, print_json, NULL);
    rows.t = table_new("ID>|WHEN|PROPOSAL|FROM|SUBJECT");
    code = review_each(c, print_row, &rows);
    if (code == 0 && rows.n > 0)
        table_print(rows.t, stdout, term_columns());
    else if (code == 0)
        term_say("No mail waits for a person.\n");
    table_free(rows.t);
    return code;
}

/* --- a script's word ------------------------------------------------------ */

void
review_send(struct cli *c, const struct review_word *w, struct answer *out)
{
    char *path = text_format("/v1/review/%lld/%s", (long long)w->id, w->verb);
    json_t *body = json_object();
    struct request r = {.method = "POST", .path = path, .body = body};

    if (w->deed != NULL)
        json_object_set_new(body, "deed", json_string(w->deed));
    if (w->addresses != NULL)
        json_object_set(body, "addresses", w->addresses);
    client_ask(c->client, &r, out);
    json_decref(body);
    free(path);
}

void
review_say(const json_t *done)
{
    static const struct {
        const char *deed, *words;
    } deeds[] = {
        {"unsubscribed", "no letters any more"},
        {"off-already", "was off the list already"},
        {"subscribed", "on the list now"},
        {"on-already", "was on the list already"},
        {"dismissed", "nothing is done, the mail is let be"},
    };
    const char *deed = field_text(done, "deed"), *words = deed;
    const json_t *address;
    size_t i;

    for (i = 0; i < sizeof deeds / sizeof deeds[0]; i++)
        if (strcmp(deeds[i].deed, deed) == 0)
            words = deeds[i].words;
    term_say("%lld: ", (long long)field_int(done, "id"));
    json_array_foreach(json_object_get(done, "addresses"), i, address)
    {
        term_say("%s%s", i == 0 ? "" : ", ",
            json_is_string(address) ? json_string_value(address) : "?");
    }
    term_say("%s%s.%s\n", i == 0 ? "" : ": ", words,
        field_true(done, "answering") ? " A goodbye goes out." : "");
}

static int
decide(struct cli *c, const char *verb)
{
    struct review_word w = {.verb = verb};
    struct answer a;
    int code;

    w.id = options_number(c->args->words[0]);
    if (w.id == 0)
        return command_misused(c->command,
            "%s: not the ID of a mail (rummelig-mail review list names them)",
            c->args->words[0]);
    if (c->args->n_words > 1)
        w.addresses = json_array();
    for (int i = 1; i < c->args->n_words; i++)
        json_array_append_new(w.addresses, json_string(c->args->words[i]));
    review_send(c, &w, &a);
    json_decref(w.addresses);
    code = client_judge(&a);
    if (code == 0 && term_json())
        field_print(a.json);
    else if (code == 0)
        review_say(a.json);
    client_clear(&a);
    return code;
}

int
review_accept_run(struct cli *c)
{
    return decide(c, "accept");
}

int
review_dismiss_run(struct cli *c)
{
    return decide(c, "dismiss");
}
