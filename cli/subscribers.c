/* SPDX-License-Identifier: ISC */
/* cli/subscribers.c - the people on a list: list, add, remove, show. */
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "cli/client.h"
#include "cli/command.h"
#include "cli/field.h"
#include "cli/lists.h"
#include "cli/table.h"
#include "cli/term.h"
#include "cli/text.h"
#include "cli/when.h"
#include "cli/who.h"

static int list_page(struct cli *c, const char *list, struct table *t,
    char **after, size_t *rows);
static char *join_name(const struct args *a);

int
subscribers_list_run(struct cli *c)
{
    struct table *t;
    char *list, *after = NULL;
    size_t rows = 0;
    int code = lists_choose(c, &list);

    if (code != 0)
        return code;
    t = table_new("ADDRESS|STATE|SINCE|BY|NAME");
    do
        code = list_page(c, list, t, &after, &rows);
    while (code == 0 && after != NULL);
    if (code == 0 && rows == 0 && !term_json())
        term_say(given(c->args, OPT_STATE)
                     ? "Nobody on %s is in that state.\n"
                     : "Nobody is on %s yet. A whole file: rummelig-mail"
                       " subscribers import FILE.csv\n",
            list);
    free(after);
    table_free(t);
    free(list);
    return code;
}

/* *after: where the next page begins, NULL: there is none. */
static int
list_page(struct cli *c, const char *list, struct table *t, char **after,
    size_t *rows)
{
    char *path = text_copy("/v1/subscribers");
    json_t *answer, *s;
    int64_t next;
    size_t i;
    int code;

    client_query(&path, "list", list);
    client_query(&path, "state", c->args->value[OPT_STATE]);
    client_query(&path, "after", *after);
    free(*after);
    *after = NULL;
    code = client_get(c->client, path, &answer);
    free(path);
    if (code != 0)
        return code;
    json_array_foreach(json_object_get(answer, "subscribers"), i, s)
    {
        const char *state = field_text(s, "state");

        ++*rows;
        if (term_json()) {
            field_print(s);
            continue;
        }
        table_text(t, field_text(s, "address"));
        table_styled(t, field_style(state), state);
        table_taken(t, when_text(field_int(s, "since_s"), time(NULL)));
        table_text(t, field_text(s, "how"));
        table_text(t, field_text(s, "name"));
    }
    if (!term_json() && *rows > 0)
        table_print(t, stdout, term_columns());
    next = field_int(answer, "next");
    if (next > 0)
        *after = text_format("%lld", (long long)next);
    json_decref(answer);
    return 0;
}

int
subscribers_add_run(struct cli *c)
{
    struct request r = {.method = "POST", .path = "/v1/subscribers"};
    struct answer a;
    char *list, *name;
    int code = lists_choose(c, &list);

    if (code != 0)
        return code;
    name = join_name(c->args);
    r.body = json_pack("{s:s, s:s, s:s, s:b}", "list", list, "address",
        c->args->words[0], "name", name, "again",
        (int)given(c->args, OPT_AGAIN));
    client_ask(c->client, &r, &a);
    json_decref(r.body);
    code = client_judge(&a);
    if (code == 0 && term_json())
        field_print(a.json);
    else if (code == 0 && a.status == 200)
        term_say("%s is on %s already.\n", c->args->words[0], list);
    else if (code == 0)
        term_say("%s is on %s now.\n", c->args->words[0], list);
    client_clear(&a);
    free(name);
    free(list);
    return code;
}

/* The words behind the address: quotes around a name may be forgotten. */
static char *
join_name(const struct args *a)
{
    char *name = NULL;
    size_t n;
    FILE *out = text_open(&name, &n);

    for (int i = 1; i < a->n_words; i++)
        fprintf(out, "%s%s", i == 1 ? "" : " ", a->words[i]);
    text_close(out);
    return name;
}

int
subscribers_remove_run(struct cli *c)
{
    char *list, *encoded, *path;
    json_t *answer;
    int code = lists_choose(c, &list);

    if (code != 0)
        return code;
    encoded = client_encode(c->args->words[0]);
    path = text_format("/v1/subscribers/%s", encoded);
    client_query(&path, "list", list);
    code = client_delete(c->client, path, &answer);
    if (code == 0 && term_json())
        field_print(answer);
    else if (code == 0)
        term_say(
            "%s gets no letters of %s any more.\n", c->args->words[0], list);
    if (code == 0)
        json_decref(answer);
    free(encoded);
    free(path);
    free(list);
    return code;
}

int
subscribers_show_run(struct cli *c)
{
    return who_person(c, c->args->words[0]);
}
