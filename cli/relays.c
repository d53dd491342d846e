/* SPDX-License-Identifier: ISC */
/* cli/relays.c - how the relays stand: what they carry, what they may, what
 * they said last, and for which domains they want less. */
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "cli/client.h"
#include "cli/command.h"
#include "cli/field.h"
#include "cli/table.h"
#include "cli/term.h"
#include "cli/text.h"
#include "cli/when.h"

static void print_relays(const json_t *relays);
static char *state_text(const json_t *relay, time_t now);
static char *rate_text(const json_t *relay);
static char *day_text(const json_t *relay);
static void print_domains(const json_t *relays);

int
relays_run(struct cli *c)
{
    json_t *answer;
    const json_t *relays;
    int code = client_get(c->client, "/v1/relays", &answer);

    if (code != 0)
        return code;
    relays = json_object_get(answer, "relays");
    if (term_json()) {
        field_print_each(relays);
    } else if (json_array_size(relays) == 0) {
        term_say("No sender has used a relay yet.\n");
    } else {
        print_relays(relays);
        print_domains(relays);
    }
    json_decref(answer);
    return 0;
}

static void
print_relays(const json_t *relays)
{
    struct table *t =
        table_new("RELAY|STATE|OPEN>|LETTERS/HOUR>|TODAY>|ANSWERED|LAST REPLY");
    time_t now = time(NULL);
    const json_t *relay;
    size_t i;

    json_array_foreach(relays, i, relay)
    {
        table_text(t, field_text(relay, "name"));
        table_taken(t, state_text(relay, now));
        table_taken(t,
            text_format("%lld/%lld", (long long)field_int(relay, "connections"),
                (long long)field_int(relay, "allowed")));
        table_taken(t, rate_text(relay));
        table_taken(t, day_text(relay));
        table_taken(t, when_text(field_int(relay, "reply_s"), now));
        table_text(t, field_text(relay, "reply"));
    }
    table_print(t, stdout, term_columns());
    table_free(t);
}

static char *
state_text(const json_t *relay, time_t now)
{
    const char *state = field_text(relay, "state");
    int64_t until_s = field_int(relay, "until_s");
    char *until, *text;

    if (json_is_true(json_object_get(relay, "stale"))) {
        until = when_text(field_int(relay, "at_s"), now);
        text = text_format("%s (as of %s)", state, until);
    } else if (until_s > now) {
        until = when_text(until_s, now);
        text = text_format("%s until %s", state, until);
    } else {
        return text_copy(state);
    }
    free(until);
    return text;
}

/* What goes, and what may. */
static char *
rate_text(const json_t *relay)
{
    int64_t allowed = field_int(relay, "rate_allowed");

    if (allowed == 0)
        return text_format("%lld", (long long)field_int(relay, "rate"));
    return text_format(
        "%lld/%lld", (long long)field_int(relay, "rate"), (long long)allowed);
}

static char *
day_text(const json_t *relay)
{
    int64_t budget = field_int(relay, "budget");

    if (budget < 0)
        return text_format("%lld", (long long)field_int(relay, "sent"));
    return text_format(
        "%lld/%lld", (long long)field_int(relay, "sent"), (long long)budget);
}

static void
print_domains(const json_t *relays)
{
    struct table *t = NULL;
    const json_t *relay, *domain;
    size_t i, k;

    json_array_foreach(relays, i, relay)
    {
        json_array_foreach(json_object_get(relay, "domains"), k, domain)
        {
            if (t == NULL)
                t = table_new("SLOWER FOR|RELAY|CONNECTIONS>|LETTERS/HOUR>");
            table_text(t, field_text(domain, "domain"));
            table_text(t, field_text(relay, "name"));
            table_number(t, field_int(domain, "allowed"));
            table_number(t, field_int(domain, "rate_allowed"));
        }
    }
    if (t == NULL)
        return;
    term_say("\n");
    table_print(t, stdout, term_columns());
    table_free(t);
}
