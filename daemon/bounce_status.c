/* SPDX-License-Identifier: ISC */
/* What a refusal means for the address.  The status code rules; words are
 * asked where there is none, or where a code is known to be used for
 * anything.  In doubt the address lives: who is taken off for nothing never
 * hears of it, a dead address only costs a letter more. */
#include "daemon/bounce_text.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "daemon/phrases.h"
#include "daemon/utf8.h"
#include "lists/fault.h"

static char reply_class(const char *text, size_t n);
static bool is_vague(const char *status);
static void
status_of_words(const struct reading *r, char reply, struct facts *facts);

/* What a success or the version of a program looks like is no status. */
void
bounce_status_in(const char *text, char out[16])
{
    for (const char *p = text; *p != '\0'; p++) {
        int n = 0;

        if ((*p != '4' && *p != '5') || p[1] != '.' ||
            !isdigit((unsigned char)p[2]))
            continue;
        if (p > text && (isalnum((unsigned char)p[-1]) || p[-1] == '.'))
            continue;
        if (sscanf(p, "%*1d.%*3d.%*3d%n", &n) == 0 && n >= 5 && n < 16 &&
            p[n] != '.' && !isalnum((unsigned char)p[n])) {
            memcpy(out, p, (size_t)n);
            out[n] = '\0';
            return;
        }
    }
}

void
bounce_better_status(const char *text, char status[16])
{
    char found[16] = "";

    if (!is_vague(status))
        return;
    bounce_status_in(text, found);
    if (found[0] != '\0')
        memcpy(status, found, sizeof found);
}

void
bounce_remember_words(const char *text, struct facts *facts)
{
    if (facts->clue[0] == '\0')
        utf8_tidy(facts->clue, sizeof facts->clue, text,
            utf8_cut(text, strlen(text), 600));
}

/* Codes that speak of the address alone; others are used for anything. */
void
bounce_weigh_words(const char *text, size_t n, struct facts *facts)
{
    static const char *const dead[] = {"5.1.1", "5.1.2", "5.1.3", "5.1.6",
        "5.1.10", "5.2.1", "5.4.310", "5.1.351"};
    static const char *const anything[] = {"", "5.0.0", "5.1.0", "5.4.1",
        "5.4.4", "5.7.1", "5.3.0", "5.5.0", "5.5.1", "5.2.0", "5.4.0",
        "5.7.17"};
    const uint64_t kinds = PHRASE_BIT(PHRASE_DEAD) | PHRASE_BIT(PHRASE_FULL) |
                           PHRASE_BIT(PHRASE_REFUSED) |
                           PHRASE_BIT(PHRASE_UNREACHABLE);
    struct reading *r = bounce_scratch();
    char reply = reply_class(text, n);
    bool open = false;

    for (size_t i = 0; i < sizeof dead / sizeof *dead; i++)
        if (strcmp(facts->status, dead[i]) == 0)
            facts->address_dead = true;
    /* Exchange Online of an address that its directory does not know. */
    if (strcmp(facts->status, "5.4.1") == 0 &&
        strcasestr(text, "recipient address rejected: access denied") != NULL)
        facts->address_dead = true;
    for (size_t i = 0; i < sizeof anything / sizeof *anything; i++)
        open = open || strcmp(facts->status, anything[i]) == 0;
    phrases_find(text, n, NULL, kinds, r);
    if (phrases_has(r, PHRASE_FULL, -1) != NULL ||
        phrases_has(r, PHRASE_REFUSED, -1) != NULL)
        facts->address_dead = false;
    else if (open && reply != '4' && phrases_has(r, PHRASE_DEAD, -1) != NULL)
        facts->address_dead = phrases_has(r, PHRASE_UNREACHABLE, -1) == NULL;
    if (is_vague(facts->status))
        status_of_words(
            r, facts->status[0] != '\0' ? facts->status[0] : reply, facts);
}

/* A letter that came back is counted by its status (act.c): one that says
 * nothing is filled in from the words, in the classes of RFC 3463. */
static void
status_of_words(const struct reading *r, char reply, struct facts *facts)
{
    const char *subject = NULL;

    if (phrases_has(r, PHRASE_REFUSED, -1) != NULL)
        return;
    if (phrases_has(r, PHRASE_FULL, -1) != NULL)
        subject = "2.2";
    else if (phrases_has(r, PHRASE_UNREACHABLE, -1) != NULL)
        subject = "4.0";
    else if (phrases_has(r, PHRASE_DEAD, -1) != NULL)
        subject = "1.1";
    if (subject != NULL)
        (void)snprintf(facts->status, sizeof facts->status, "%c.%s",
            reply != '\0' ? reply : '5', subject);
}

static bool
is_vague(const char *status)
{
    return status[0] == '\0' || strcmp(status + 1, ".0.0") == 0;
}

/* '4' or '5' by the first reply code of SMTP ("550 ..."), 0: none. */
static char
reply_class(const char *text, size_t n)
{
    for (size_t i = 0; i + 3 < n; i++)
        if ((text[i] == '4' || text[i] == '5') && text[i + 1] >= '0' &&
            text[i + 1] <= '7' && isdigit((unsigned char)text[i + 2]) &&
            (text[i + 3] == ' ' || text[i + 3] == '-') &&
            (i == 0 || strchr(" \n\t:'\"[(#<", text[i - 1]) != NULL))
            return text[i];
    return '\0';
}
