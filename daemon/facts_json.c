/* SPDX-License-Identifier: ISC */
/* The facts between the reader, which may have been taken over by what it
 * read, and the inbox: every field is checked on its way in, as if a stranger
 * had sent it. */
#include "daemon/facts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

struct text_field {
    const char *key;
    size_t offset, size;
};
struct flag_field {
    const char *key;
    size_t offset;
};
struct number_field {
    const char *key;
    size_t offset;
    int max;
};

#define TEXT(name)                                                             \
    {                                                                          \
#name, offsetof(struct facts, name), sizeof((struct facts *)0)->name   \
    }
#define FLAG(name)                                                             \
    {                                                                          \
#name, offsetof(struct facts, name)                                    \
    }
#define NUMBER(name, max)                                                      \
    {                                                                          \
#name, offsetof(struct facts, name), max                               \
    }

static const struct text_field texts[] = {TEXT(message_id), TEXT(from),
    TEXT(server), TEXT(subject), TEXT(to_token), TEXT(subject_token),
    TEXT(bounce_token), TEXT(returned_token), TEXT(returned_id),
    TEXT(returned_from), TEXT(returned_to), TEXT(clue), TEXT(words),
    TEXT(status), TEXT(why)};
static const struct flag_field flags[] = {FLAG(dmarc_fail), FLAG(dmarc_pass),
    FLAG(from_self), FLAG(unreadable), FLAG(forwarded), FLAG(still),
    FLAG(resent_or_listed), FLAG(permanent), FLAG(address_dead),
    FLAG(returned_ours), FLAG(plain), FLAG(likely)};
static const struct number_field numbers[] = {
    NUMBER(from_count, 1000000), NUMBER(quote_line, 1000000)};

static bool
get_text(const json_t *from, const char *key, char *to, size_t size);
static bool get_list(const json_t *from, const char *key, char *to, size_t each,
    int max, int *n);
static json_t *clean(const char *text);

char *
facts_to_json(const struct facts *facts)
{
    const char *base = (const char *)facts;
    json_t *o = json_object(), *ids = json_array(), *addresses = json_array();
    char *out;

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        (void)json_object_set_new(
            o, texts[i].key, clean(base + texts[i].offset));
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        (void)json_object_set_new(o, flags[i].key,
            json_boolean(*(const bool *)(base + flags[i].offset)));
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        int value;

        memcpy(&value, base + numbers[i].offset, sizeof value);
        (void)json_object_set_new(o, numbers[i].key, json_integer(value));
    }
    (void)json_object_set_new(o, "form", json_integer((int)facts->form));
    (void)json_object_set_new(o, "intent", json_integer((int)facts->intent));
    (void)json_object_set_new(o, "says", json_integer((int)facts->says));
    for (int i = 0; i < facts->n_referred; i++)
        (void)json_array_append_new(ids, clean(facts->referred[i]));
    for (int i = 0; i < facts->n_addresses; i++)
        (void)json_array_append_new(addresses, clean(facts->address[i]));
    (void)json_object_set_new(o, "referred", ids);
    (void)json_object_set_new(o, "address", addresses);
    out = json_dumps(o, JSON_COMPACT);
    json_decref(o);
    if (out == NULL)
        fault_no_memory();
    return out;
}

/* A field that is not UTF-8 after all is left out rather than losing all. */
static json_t *
clean(const char *text)
{
    json_t *s = json_string(text);

    return s != NULL ? s : json_string("");
}

enum result
facts_from_json(const char *json, size_t n, struct facts *out, struct fault *f)
{
    struct facts facts = {.form = FORM_PERSON};
    char *base = (char *)&facts;
    json_t *o = json_loadb(json, n, JSON_REJECT_DUPLICATES, NULL);
    const json_t *form = json_object_get(o, "form");
    const json_t *intent = json_object_get(o, "intent");
    const json_t *says = json_object_get(o, "says");
    enum result r = RES_OK;

    if (!json_is_integer(form) || json_integer_value(form) < 0 ||
        json_integer_value(form) > FORM_BULK || !json_is_integer(intent) ||
        json_integer_value(intent) < 0 ||
        json_integer_value(intent) > INTENT_STAY || !json_is_integer(says) ||
        json_integer_value(says) < 0 || json_integer_value(says) > SAYS_UNCLEAR)
        r = fault_set(f, RES_NEVER, "not the facts of a mail");
    for (size_t i = 0; r == RES_OK && i < sizeof texts / sizeof *texts; i++)
        if (!get_text(o, texts[i].key, base + texts[i].offset, texts[i].size))
            r = fault_set(f, RES_NEVER, "no proper %s", texts[i].key);
    for (size_t i = 0; r == RES_OK && i < sizeof flags / sizeof *flags; i++) {
        const json_t *v = json_object_get(o, flags[i].key);

        if (!json_is_boolean(v))
            r = fault_set(f, RES_NEVER, "no proper %s", flags[i].key);
        *(bool *)(base + flags[i].offset) = json_is_true(v);
    }
    for (size_t i = 0; r == RES_OK && i < sizeof numbers / sizeof *numbers;
         i++) {
        const json_t *v = json_object_get(o, numbers[i].key);
        json_int_t k = json_integer_value(v);
        int value = (int)k;

        if (!json_is_integer(v) || k < 0 || k > numbers[i].max)
            r = fault_set(f, RES_NEVER, "no proper %s", numbers[i].key);
        else
            memcpy(base + numbers[i].offset, &value, sizeof value);
    }
    if (r == RES_OK &&
        (!get_list(o, "referred", facts.referred[0], sizeof facts.referred[0],
             FACTS_IDS_MAX, &facts.n_referred) ||
            !get_list(o, "address", facts.address[0], sizeof facts.address[0],
                FACTS_ADDRESSES_MAX, &facts.n_addresses)))
        r = fault_set(f, RES_NEVER, "no proper list of addresses or ids");
    if (r == RES_OK) {
        facts.form = (enum mail_form)json_integer_value(form);
        facts.intent = (enum intent)json_integer_value(intent);
        facts.says = (enum yes_no)json_integer_value(says);
        *out = facts;
    }
    json_decref(o);
    return r;
}

/* Clean UTF-8 of at most size - 1 bytes, or nothing of it. */
static bool
get_text(const json_t *from, const char *key, char *to, size_t size)
{
    const json_t *v = json_object_get(from, key);
    size_t n = json_string_length(v);

    if (!json_is_string(v) || n >= size ||
        text_unclean(json_string_value(v), n))
        return false;
    memcpy(to, json_string_value(v), n + 1);
    return true;
}

static bool
get_list(
    const json_t *from, const char *key, char *to, size_t each, int max, int *n)
{
    const json_t *list = json_object_get(from, key);
    size_t count = json_array_size(list);

    if (!json_is_array(list) || count > (size_t)max)
        return false;
    for (size_t i = 0; i < count; i++) {
        const json_t *v = json_array_get(list, i);
        size_t k = json_string_length(v);

        if (!json_is_string(v) || k >= each ||
            text_unclean(json_string_value(v), k))
            return false;
        memcpy(to + i * each, json_string_value(v), k + 1);
    }
    *n = (int)count;
    return true;
}
