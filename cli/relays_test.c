/* SPDX-License-Identifier: ISC */
/* cli/relays_test.c - logs in to relays and says what they can. */
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include "cli/client.h"
#include "cli/command.h"
#include "cli/field.h"
#include "cli/term.h"
#include "cli/text.h"
#include "cli/when.h"

enum {
    PAUSE_MS = 100
};

static int test_one(struct cli *c, const char *name, bool *bad);
static void print_report(const json_t *r);

int
relays_test_run(struct cli *c)
{
    json_t *status, *relay;
    bool bad = false;
    size_t i;
    int code;

    if (c->args->n_words > 0) {
        code = test_one(c, c->args->words[0], &bad);
        return code != 0 ? code : bad ? EX_UNAVAILABLE : 0;
    }
    code = client_get(c->client, "/v1/status", &status);
    if (code != 0)
        return code;
    json_array_foreach(json_object_get(status, "relays"), i, relay)
    {
        if (code == 0)
            code = test_one(c, field_text(relay, "name"), &bad);
    }
    json_decref(status);
    return code != 0 ? code : bad ? EX_UNAVAILABLE : 0;
}

static int
test_one(struct cli *c, const char *name, bool *bad)
{
    const struct timespec pause = {0, PAUSE_MS * 1000000L};
    char *word = client_encode(name);
    char *path = text_format("/v1/relays/%s/test", word);
    json_t *report = NULL;
    int code = client_post(c->client, path, NULL, &report);

    while (code == 0 && !field_true(report, "done")) {
        json_decref(report);
        report = NULL;
        (void)nanosleep(&pause, NULL);
        code = client_get(c->client, path, &report);
    }
    free(word);
    free(path);
    if (code != 0)
        return code;
    if (term_json())
        field_print(report);
    else
        print_report(report);
    if (json_object_get(report, "error") != NULL)
        *bad = true;
    json_decref(report);
    return 0;
}

static void
print_report(const json_t *r)
{
    const json_t *tls = json_object_get(r, "tls"), *offer;
    const char *error = field_text(r, "error");
    char *until;
    size_t i;

    term_style(STYLE_BOLD, "%s", field_text(r, "name"));
    term_say(": ");
    if (*error != '\0') {
        term_style(STYLE_BAD, "%s", error);
        term_say("\n");
        if (*field_text(r, "reply") != '\0')
            term_say("  it said: %s\n", field_text(r, "reply"));
    } else {
        term_style(STYLE_GOOD, "%s",
            field_true(r, "logged_in") ? "logged in" : "connected");
        term_say(" in %lld ms\n", (long long)field_int(r, "ms"));
    }
    if (tls != NULL) {
        until = when_full(field_int(tls, "until_s"));
        term_say("  %s %s, %s; certificate by %s, until %s\n",
            field_text(tls, "version"), field_text(tls, "cipher"),
            field_true(tls, "verified") ? "verified" : "not verified",
            field_text(tls, "issuer"), until);
        free(until);
    } else if (*error == '\0') {
        term_say("  no TLS\n");
    }
    json_array_foreach(json_object_get(r, "offers"), i, offer)
    {
        term_say("  %s\n", json_string_value(offer));
    }
}
