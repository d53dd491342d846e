/* SPDX-License-Identifier: ISC */
/* One person's message out of a compiled one: the only part of composing that
 * is done for every recipient, so it does nothing that could be done before.
 * A value that the message does not hold is not worked out. */
#include "templates/letter.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "templates/ctemplate.h"
#include "templates/letter_parts.h"
#include "templates/mime.h"

enum {
    TOKEN_MAX = 64,
    NAME_MAX_BYTES = 998,
    DATE_BYTES = 40,
    SINCE_FORMS = 3,
    DAY_S = 86400
};

const char *const letter_names[] = {"ADDRESS", "DATE", "GIVEN", "LAST", "NAME",
    "SINCEDA", "SINCEEN", "SINCEISO", "TO", "TOKEN", "HASGIVEN", "HASLAST",
    "HASNAME", "NOGIVEN", "NOLAST", "NONAME", "WHYADMIN", "WHYFORM",
    "WHYIMPORT", "WHYOTHER", "WHYREPLY", "WHYTEST", NULL};

/* The day of a subscription in Danish, in English, and for all others. */
static const char *const since_names[SINCE_FORMS] = {
    "SINCEDA", "SINCEEN", "SINCEISO"};

struct letter_mold {
    struct tpl *tpl;
    bool has_name, has_given, has_last, has_why;
    bool has_since[SINCE_FORMS];
    size_t shared_bytes; /* of the body, before its first marker */
    /* What the last letter had, and most have. */
    struct date_text {
        int64_t of;
        char text[DATE_BYTES];
    } date, since[SINCE_FORMS];
    FILE *to; /* writes into to_text, which is kept */
    char *to_text;
    size_t to_bytes;
};

static size_t shared_bytes(const char *message, size_t n);
static enum result check_person(const struct letter_person *w, struct fault *f);
static void give_names(
    struct letter_mold *m, struct tpl_values *v, const struct letter_person *w);
static const char *last_name(const struct letter_person *w);
static const char *why_section(const struct letter_person *w);
static const char *
to_field(struct letter_mold *m, const struct letter_person *w);
static const char *date_of(struct letter_mold *m, int64_t date_s);
static const char *since_of(struct letter_mold *m, int form, int64_t since_s);
static void write_date(int64_t date_s, char out[DATE_BYTES]);
static void write_since(int form, int64_t since_s, char out[DATE_BYTES]);

enum result
letter_mold_new(
    const char *message, size_t n, struct letter_mold **out, struct fault *f)
{
    struct letter_mold *m;
    struct tpl *t = NULL;
    enum result r;

    if (n < 6 || memcmp(message, "Date: ", 6) != 0)
        return fault_set(f, RES_NEVER, "this is not a compiled message");
    r = tpl_new(
        "the compiled message", message, n, TPL_COMPILED, letter_names, &t, f);
    if (r != RES_OK)
        return RES_NEVER;
    m = fault_calloc(1, sizeof *m);
    m->tpl = t;
    m->has_name = memmem(message, n, "NAME@@", 6) != NULL;
    m->has_given = memmem(message, n, "GIVEN@@", 7) != NULL;
    m->has_last = memmem(message, n, "LAST@@", 6) != NULL;
    for (int i = 0; i < SINCE_FORMS; i++)
        m->has_since[i] =
            memmem(message, n, since_names[i], strlen(since_names[i])) != NULL;
    m->has_why = memmem(message, n, "@@#WHY", 6) != NULL;
    m->shared_bytes = shared_bytes(message, n);
    m->to = open_memstream(&m->to_text, &m->to_bytes);
    if (m->to == NULL)
        fault_no_memory();
    tpl_room(t, LETTER_BEFORE, LETTER_BEHIND);
    *out = m;
    return RES_OK;
}

static size_t
shared_bytes(const char *message, size_t n)
{
    const char *end = message + n, *body = memmem(message, n, "\r\n\r\n", 4);
    const char *marker;

    if (body == NULL)
        return 0;
    body += 4;
    marker = memmem(body, (size_t)(end - body), "@@", 2);
    return (size_t)((marker != NULL ? marker : end) - body);
}

size_t
letter_shared_bytes(const struct letter_mold *m)
{
    return m->shared_bytes;
}

void
letter_mold_free(struct letter_mold *m)
{
    if (m == NULL)
        return;
    tpl_free(m->tpl);
    (void)fclose(m->to);
    free(m->to_text);
    free(m);
}

enum result
letter_prove(const char *message, size_t n, struct fault *f)
{
    struct tpl *t = NULL;
    enum result r = tpl_new(
        "the compiled message", message, n, TPL_COMPILED, letter_names, &t, f);

    tpl_free(t);
    return r;
}

enum result
letter_expand(struct letter_mold *m, const struct letter_person *who,
    char **out, size_t *n, struct fault *f)
{
    enum result r = check_person(who, f);
    struct tpl_values *v;

    if (r != RES_OK)
        return r;
    v = tpl_values_new();
    tpl_set(v, "DATE", date_of(m, who->date_s));
    tpl_set(v, "TO", to_field(m, who));
    tpl_set(v, "TOKEN", who->token);
    tpl_set(v, "ADDRESS", who->address);
    give_names(m, v, who);
    for (int i = 0; i < SINCE_FORMS; i++)
        if (m->has_since[i] && who->since_s != 0)
            tpl_set(v, since_names[i], since_of(m, i, who->since_s));
    if (m->has_why)
        tpl_show(v, why_section(who));
    r = tpl_expand(m->tpl, v, out, n, f);
    tpl_values_free(v);
    return r;
}

static enum result
check_person(const struct letter_person *w, struct fault *f)
{
    size_t n = strlen(w->token);

    if (n == 0 || n > TOKEN_MAX ||
        w->token[strspn(w->token, "abcdefghijklmnopqrstuvwxyz0123456789")] !=
            '\0')
        return fault_set(f, RES_NEVER, "not a token");
    if (strlen(w->address) > ADDRESS_MAX || strchr(w->address, '@') == NULL ||
        text_unclean(w->address, strlen(w->address)) ||
        w->address[strcspn(w->address, " <>\t")] != '\0')
        return fault_set(f, RES_NEVER,
            "this address cannot stand in a "
            "header");
    if (strlen(w->name) > NAME_MAX_BYTES ||
        strlen(w->given_name) > NAME_MAX_BYTES ||
        text_unclean(w->name, strlen(w->name)) ||
        text_unclean(w->given_name, strlen(w->given_name)))
        return fault_set(f, RES_NEVER,
            "the name holds a control character, or is not UTF-8");
    return RES_OK;
}

static void
give_names(
    struct letter_mold *m, struct tpl_values *v, const struct letter_person *w)
{
    const char *last = m->has_last ? last_name(w) : "";

    if (m->has_given) {
        tpl_set(v, "GIVEN", w->given_name);
        tpl_show(v, w->given_name[0] != '\0' ? "HASGIVEN" : "NOGIVEN");
    }
    if (m->has_name) {
        tpl_set(v, "NAME", w->name);
        tpl_show(v, w->name[0] != '\0' ? "HASNAME" : "NONAME");
    }
    if (m->has_last) {
        tpl_set(v, "LAST", last);
        tpl_show(v, last[0] != '\0' ? "HASLAST" : "NOLAST");
    }
}

/* What a name has after the given name. Borrowed. */
static const char *
last_name(const struct letter_person *w)
{
    size_t n = strlen(w->given_name);
    const char *blank;

    if (n > 0 && strncmp(w->name, w->given_name, n) == 0 && w->name[n] == ' ')
        return w->name + n + 1;
    blank = strrchr(w->name, ' ');
    return blank != NULL ? blank + 1 : "";
}

static const char *
why_section(const struct letter_person *w)
{
    static const struct {
        const char *how, *section;
    } ways[] = {{"import", "WHYIMPORT"}, {"form", "WHYFORM"},
        {"reply", "WHYREPLY"}, {"admin", "WHYADMIN"}};

    if (w->since_s == 0)
        return "WHYTEST";
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++)
        if (strcmp(w->how, ways[i].how) == 0)
            return ways[i].section;
    return "WHYOTHER";
}

/* Name and address as a header has them. Borrowed until the next call. */
static const char *
to_field(struct letter_mold *m, const struct letter_person *w)
{
    if (w->name[0] == '\0')
        return w->address;
    rewind(m->to);
    mime_mailbox(m->to, strlen("To: "), w->name, w->address);
    if (fflush(m->to) != 0)
        fault_no_memory();
    m->to_text[m->to_bytes] = '\0'; /* what stood there was longer */
    return m->to_text;
}

static const char *
date_of(struct letter_mold *m, int64_t date_s)
{
    if (m->date.text[0] == '\0' || m->date.of != date_s)
        write_date(date_s, m->date.text);
    m->date.of = date_s;
    return m->date.text;
}

static const char *
since_of(struct letter_mold *m, int form, int64_t since_s)
{
    struct date_text *day = &m->since[form];

    if (day->text[0] == '\0' || day->of != since_s / DAY_S)
        write_since(form, since_s, day->text);
    day->of = since_s / DAY_S;
    return day->text;
}

/* RFC 5322 3.3, in UTC: strftime(3) would ask the locale. */
static void
write_date(int64_t date_s, char out[DATE_BYTES])
{
    static const char days[] = "SunMonTueWedThuFriSat";
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    time_t t = (time_t)date_s;
    struct tm tm = {0};

    (void)gmtime_r(&t, &tm);
    (void)snprintf(out, DATE_BYTES, "%.3s, %d %.3s %04d %02d:%02d:%02d +0000",
        &days[(size_t)tm.tm_wday % 7 * 3], tm.tm_mday,
        &months[(size_t)tm.tm_mon % 12 * 3], tm.tm_year + 1900, tm.tm_hour,
        tm.tm_min, tm.tm_sec);
}

/* The day of a subscription as people write it. */
static void
write_since(int form, int64_t since_s, char out[DATE_BYTES])
{
    static const char *const danish[] = {"januar", "februar", "marts", "april",
        "maj", "juni", "juli", "august", "september", "oktober", "november",
        "december"};
    static const char *const english[] = {"January", "February", "March",
        "April", "May", "June", "July", "August", "September", "October",
        "November", "December"};
    time_t t = (time_t)since_s;
    struct tm tm = {0};

    (void)gmtime_r(&t, &tm);
    if (form == 0)
        (void)snprintf(out, DATE_BYTES, "%d. %s %d", tm.tm_mday,
            danish[tm.tm_mon % 12], tm.tm_year + 1900);
    else if (form == 1)
        (void)snprintf(out, DATE_BYTES, "%d %s %d", tm.tm_mday,
            english[tm.tm_mon % 12], tm.tm_year + 1900);
    else
        (void)snprintf(out, DATE_BYTES, "%04d-%02d-%02d", tm.tm_year + 1900,
            tm.tm_mon + 1, tm.tm_mday);
}
