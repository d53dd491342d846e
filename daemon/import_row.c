/* SPDX-License-Identifier: ISC */
/* One row of an import.  The consent of everyone on it is the word of the
 * admin who brought the file, and the proof its name and line; who once left
 * is not brought back by a file (subscription.c sees to that). */
#include "daemon/import_row.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "lists/address.h"
#include "lists/subscriber.h"
#include "lists/subscription.h"

/* Names of columns in lower case, '-' and '_' as blanks, the surest first:
 * "adresse" may be a street, so any other name for an address wins. */
static const struct {
    const char *name;
    enum column column;
} import_columns[] = {
    {"email address", COLUMN_ADDRESS},
    {"email", COLUMN_ADDRESS},
    {"e mail", COLUMN_ADDRESS},
    {"e mail address", COLUMN_ADDRESS},
    {"email adresse", COLUMN_ADDRESS},
    {"emailadresse", COLUMN_ADDRESS},
    {"e mailadresse", COLUMN_ADDRESS},
    {"e mail adresse", COLUMN_ADDRESS},
    {"mailadresse", COLUMN_ADDRESS},
    {"epost", COLUMN_ADDRESS},
    {"e post", COLUMN_ADDRESS},
    {"mail", COLUMN_ADDRESS},
    {"address", COLUMN_ADDRESS},
    {"adresse", COLUMN_ADDRESS},
    {"name", COLUMN_NAME},
    {"full name", COLUMN_NAME},
    {"navn", COLUMN_NAME},
    {"fulde navn", COLUMN_NAME},
    {"first name", COLUMN_GIVEN_NAME},
    {"firstname", COLUMN_GIVEN_NAME},
    {"given name", COLUMN_GIVEN_NAME},
    {"fornavn", COLUMN_GIVEN_NAME},
    {"last name", COLUMN_LAST_NAME},
    {"lastname", COLUMN_LAST_NAME},
    {"surname", COLUMN_LAST_NAME},
    {"efternavn", COLUMN_LAST_NAME},
    {"state", COLUMN_STATE},
};

static bool value_to_utf8(iconv_t from_1252, char *value, bool *converted);
static enum result kept_out(const struct import_target *to,
    const struct subscriber *who, struct fault *f);
static void take_apostrophe(char *value);
static bool
row_person(struct import_row *row, struct subscriber *who, struct fault *f);

enum column
column_of(const char *header, int *rank)
{
    char name[32];
    size_t n = strlen(header);

    if (n >= sizeof name)
        return COLUMN_NONE;
    for (size_t i = 0; i <= n; i++)
        name[i] = header[i] == '-' || header[i] == '_'
                      ? ' '
                      : (char)tolower((unsigned char)header[i]);
    for (size_t i = 0; i < sizeof import_columns / sizeof import_columns[0];
         i++)
        if (strcmp(name, import_columns[i].name) == 0) {
            *rank = (int)i;
            return import_columns[i].column;
        }
    return COLUMN_NONE;
}

enum result
row_write(const struct import_target *to, struct import_row *row,
    enum row_fate *fate, bool *converted, struct fault *f)
{
    char proof[IMPORT_FILE_MAX + 32];
    struct consent consent = {SUBSCRIPTION_ACTIVE, BY_IMPORT, to->now_s, proof};
    struct subscriber who = {.created_s = to->now_s};
    enum result r;

    *fate = ROW_REFUSED;
    for (int i = 0; i < COLUMNS; i++)
        if (!value_to_utf8(to->from_1252, row->value[i], converted)) {
            (void)fault_set(
                f, RES_NEVER, "it is neither UTF-8 nor windows-1252");
            return RES_OK;
        }
    if (!row_person(row, &who, f))
        return RES_OK;
    r = subscriber_add(to->st, &who, f);
    if (r == RES_NEVER)
        return RES_OK;
    if (r != RES_OK && r != RES_NONE)
        return r;
    (void)snprintf(proof, sizeof proof, "%s:%" PRId64, to->file, row->line);
    r = subscription_record(to->st, who.id, to->list_id, &consent, f);
    if (r == RES_OK)
        *fate = ROW_ADDED;
    else if (r == RES_NONE)
        *fate = ROW_THERE;
    else if (r == RES_NEVER) {
        *fate = ROW_KEPT_OUT;
        return kept_out(to, &who, f);
    } else
        return r;
    return RES_OK;
}

/* Why the list's own memory weighs more than the file. */
static enum result
kept_out(const struct import_target *to, const struct subscriber *who,
    struct fault *f)
{
    struct subscription before;
    enum result r = subscription_get(to->st, who->id, to->list_id, &before, f);

    if (r != RES_OK)
        return r == RES_NONE ? RES_OK : r;
    (void)fault_set(f, RES_NEVER, "%s stays away: %s", who->address.text,
        before.state == SUBSCRIPTION_LEFT      ? "has left the list"
        : before.state == SUBSCRIPTION_BOUNCED ? "letters to it came back"
        : before.state == SUBSCRIPTION_COMPLAINED
            ? "has called the letter spam"
            : subscription_word(before.state));
    return RES_OK;
}

void
field_address(const char *field, char address[IMPORT_FIELD_BYTES + 1],
    char name[IMPORT_FIELD_BYTES + 1])
{
    const char *open = strrchr(field, '<');
    const char *end = open != NULL ? strchr(open, '>') : NULL;
    size_t n;

    name[0] = '\0';
    field += strspn(field, " ");
    if (end != NULL && end[1 + strspn(end + 1, " ")] == '\0') {
        (void)snprintf(address, IMPORT_FIELD_BYTES + 1, "%.*s",
            (int)(end - open - 1), open + 1);
        n = (size_t)(open - field);
        while (n > 0 && strchr(" \"'", field[n - 1]) != NULL)
            n--;
        while (n > 0 && strchr(" \"'", *field) != NULL) {
            field++;
            n--;
        }
        (void)snprintf(name, IMPORT_FIELD_BYTES + 1, "%.*s", (int)n, field);
        return;
    }
    if (strncasecmp(field, "mailto:", 7) == 0)
        field += 7;
    (void)snprintf(address, IMPORT_FIELD_BYTES + 1, "%s", field);
}

/* Our own export puts one before what a spreadsheet would take for a formula.
 */
static void
take_apostrophe(char *value)
{
    if (value[0] == '\'' && value[1] != '\0' &&
        strchr("=+-@", value[1]) != NULL)
        memmove(value, value + 1, strlen(value));
}

/* Who stands in the row. False: nobody, and f says why. */
static bool
row_person(struct import_row *row, struct subscriber *who, struct fault *f)
{
    char *given = row->value[COLUMN_GIVEN_NAME];
    char *last = row->value[COLUMN_LAST_NAME];
    char *name = row->value[COLUMN_NAME];
    char address[IMPORT_FIELD_BYTES + 1], beside[IMPORT_FIELD_BYTES + 1];
    char whole[2 * IMPORT_FIELD_BYTES + 2];

    if (row->has_nul) {
        (void)fault_set(f, RES_NEVER, "it holds a NUL byte");
        return false;
    }
    if (row->value[COLUMN_STATE][0] != '\0' &&
        strcmp(row->value[COLUMN_STATE],
            subscription_word(SUBSCRIPTION_ACTIVE)) != 0) {
        (void)fault_set(f, RES_NEVER, "the file says it is %.40s, not active",
            row->value[COLUMN_STATE]);
        return false;
    }
    for (int i = 0; i < COLUMNS; i++)
        take_apostrophe(row->value[i]);
    if (row->too_many) {
        (void)fault_set(f, RES_NEVER,
            "it has more values than the first line has columns: one with the "
            "separator in it must stand in \"quotes\"");
        return false;
    }
    field_address(row->value[COLUMN_ADDRESS], address, beside);
    if (address_parse(address, &who->address, f) != RES_OK)
        return false;
    if (name[0] == '\0' && given[0] == '\0' && last[0] == '\0')
        (void)snprintf(name, IMPORT_FIELD_BYTES + 1, "%s", beside);
    (void)snprintf(whole, sizeof whole, "%s", name[0] != '\0' ? name : given);
    if (name[0] == '\0' && last[0] != '\0')
        (void)snprintf(whole, sizeof whole, "%s%s%s", given,
            given[0] != '\0' ? " " : "", last);
    if (strlen(whole) > SUBSCRIBER_NAME_MAX ||
        strlen(given) > SUBSCRIBER_NAME_MAX) {
        (void)fault_set(f, RES_NEVER, "the name is longer than %d bytes",
            (int)SUBSCRIBER_NAME_MAX);
        return false;
    }
    (void)snprintf(
        who->name, sizeof who->name, "%.*s", (int)SUBSCRIBER_NAME_MAX, whole);
    (void)snprintf(who->given_name, sizeof who->given_name, "%.*s",
        (int)SUBSCRIBER_NAME_MAX, given);
    return true;
}

/* Line ends and tabs within a value become blanks.  What then is unclean is
 * not UTF-8: old spreadsheets write windows-1252. False: not that either, or
 * too long in UTF-8. */
static bool
value_to_utf8(iconv_t from_1252, char *value, bool *converted)
{
    char utf8[IMPORT_FIELD_BYTES + 1];
    char *in = value, *out = utf8;
    size_t in_left, out_left = sizeof utf8 - 1;

    for (char *p = value; *p != '\0'; p++)
        if ((unsigned char)*p < 0x20 || *p == 0x7f)
            *p = ' ';
    in_left = strlen(value);
    if (!text_unclean(value, in_left))
        return true;
    if (from_1252 == (iconv_t)-1 ||
        iconv(from_1252, &in, &in_left, &out, &out_left) == (size_t)-1)
        return false;
    *out = '\0';
    memcpy(value, utf8, (size_t)(out - utf8) + 1);
    *converted = true;
    return true;
}
