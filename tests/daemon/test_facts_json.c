/* SPDX-License-Identifier: ISC */
/* The facts between reader and inbox, as a reader would send them that does a
 * stranger's will. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "daemon/facts.h"

/* One field of good facts is replaced. */
static const struct {
    const char *key, *value;
} lies[] = {
    {"form", "5"},
    {"form", "-1"},
    {"form", "\"0\""},
    {"form", "null"},
    {"intent", "6"},
    {"intent", "4294967296"},
    {"intent", "1.0"},
    {"says", "4"},
    {"says", "-1"},
    {"says", "true"},
    {"plain", "1"},
    {"likely", "1"},
    {"dmarc_pass", "1"},
    {"from", "\"a@b.example\\r\\nBcc: c@d.example\""},
    {"from", "[\"a@b.example\"]"},
    {"message_id", "\"<a@b>\\n2026-01-01 info forged\""},
    {"why", "\"\\u001b[31m\""},
    {"clue", "\"\\u007f\""},
    {"words", "7"},
    {"to_token", "null"},
    {"from_count", "-1"},
    {"from_count", "1000001"},
    {"quote_line", "true"},
    {"quote_line", "99999999999"},
    {"dmarc_fail", "0"},
    {"from_self", "\"\""},
    {"referred", "{}"},
    {"referred", "[\"a\", 1]"},
    {"referred", "[\"a\\tb\"]"},
    {"address", "\"a@b.example\""},
};

static void
lie(json_t *good, const char *key, json_t *value)
{
    json_t *o = json_deep_copy(good);
    struct facts out = {.from_count = 77};
    struct fault f;
    char *text;

    assert_non_null(value);
    assert_int_equal(json_object_set_new(o, key, value), 0);
    text = json_dumps(o, JSON_COMPACT);
    if (facts_from_json(text, strlen(text), &out, &f) != RES_NEVER)
        fail_msg("taken: %.100s", text);
    assert_int_equal(out.from_count, 77);
    free(text);
    json_decref(o);
}

static void
json_of_a_stranger(void **state)
{
    static const char *const texts[] = {"message_id", "from", "subject",
        "to_token", "subject_token", "bounce_token", "returned_token",
        "returned_id", "clue", "words", "status", "why"};
    static const struct facts facts = {.form = FORM_PERSON};
    char *json, long_text[4000];
    json_t *good, *many;

    (void)state;
    json = facts_to_json(&facts);
    good = json_loads(json, 0, NULL);
    for (size_t i = 0; i < sizeof lies / sizeof *lies; i++)
        lie(good, lies[i].key,
            json_loads(lies[i].value, JSON_DECODE_ANY, NULL));
    memset(long_text, 'a', sizeof long_text);
    long_text[sizeof long_text - 1] = '\0';
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        lie(good, texts[i], json_string(long_text));
    lie(good, "referred", json_pack("[s]", long_text));
    lie(good, "address", json_pack("[s]", long_text));
    many = json_array();
    for (int i = 0; i <= FACTS_IDS_MAX; i++)
        (void)json_array_append_new(many, json_string("<a@b>"));
    lie(good, "address", json_incref(many));
    lie(good, "referred", many);
    json_decref(good);
    free(json);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_of_a_stranger),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
