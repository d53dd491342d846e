/* SPDX-License-Identifier: ISC */
/* cli/field.c - the members of the daemon's answers. */
#include <string.h>
#include <unistd.h>
#include "cli/field.h"

const char *
field_text(const json_t *j, const char *name)
{
    const char *s = json_string_value(json_object_get(j, name));

    return s == NULL ? "" : s;
}

int64_t
field_int(const json_t *j, const char *name)
{
    return json_integer_value(json_object_get(j, name));
}

bool
field_true(const json_t *j, const char *name)
{
    return json_is_true(json_object_get(j, name));
}

void
field_print(const json_t *j)
{
    size_t flags = JSON_COMPACT | JSON_ENCODE_ANY;

    if (isatty(STDOUT_FILENO))
        flags |= JSON_ENSURE_ASCII;
    json_dumpf(j, stdout, flags);
    putchar('\n');
}

void
field_print_each(const json_t *array)
{
    const json_t *j;
    size_t i;

    json_array_foreach(array, i, j)
    {
        field_print(j);
    }
}

enum term_style
field_style(const char *state)
{
    static const struct {
        const char *state;
        enum term_style style;
    } styles[] = {
        {"finished", STYLE_GOOD},
        {"sent", STYLE_GOOD},
        {"active", STYLE_GOOD},
        {"sending", STYLE_BUSY},
        {"leased", STYLE_BUSY},
        {"filling", STYLE_BUSY},
        {"scheduled", STYLE_BUSY},
        {"pending", STYLE_BUSY},
        {"deferred", STYLE_WARN},
        {"held", STYLE_WARN},
        {"overdue", STYLE_WARN},
        {"doubt", STYLE_WARN},
        {"failed", STYLE_BAD},
        {"bounced", STYLE_BAD},
        {"complained", STYLE_BAD},
        {"cancelled", STYLE_DIM},
        {"left", STYLE_DIM},
    };

    for (size_t i = 0; i < sizeof styles / sizeof styles[0]; i++)
        if (strcmp(styles[i].state, state) == 0)
            return styles[i].style;
    return STYLE_PLAIN;
}
