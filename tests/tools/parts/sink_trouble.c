/* SPDX-License-Identifier: ISC */
/* What the sink is told to do wrong: each EVERYth time at a STEP. */
#include "tests/tools/parts/sink_trouble.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    TROUBLES_MAX = 64
};

static const struct {
    const char *word, *refuse, *reject;
} steps[] = {
    [AT_CONNECT] = {"connect", "421 4.3.2 Not now", "554 5.3.2 Not here"},
    [AT_BANNER] = {"banner", "421 4.3.2 Not now", "554 5.3.2 Not here"},
    [AT_EHLO] = {"ehlo", "421 4.3.2 Not now", "554 5.3.2 Not here"},
    [AT_STARTTLS] = {"starttls", "454 4.7.0 No TLS now", "554 5.7.0 No TLS"},
    [AT_TLS] = {"tls", "", ""},
    [AT_AUTH] = {"auth", "454 4.7.0 Not now", "535 5.7.8 Not you"},
    [AT_RSET] = {"rset", "452 4.3.1 Not now", "550 5.3.0 Not here"},
    [AT_MAIL] = {"mail", "452 4.2.2 Not now", "550 5.1.1 No such user"},
    [AT_RCPT] = {"rcpt", "452 4.2.2 Not now", "550 5.1.1 No such user"},
    [AT_DATA] = {"data", "452 4.2.2 Not now", "550 5.1.1 No such user"},
    [AT_BODY] = {"body", "", ""},
    [AT_DOT] = {"dot", "452 4.3.1 Not now", "554 5.6.0 Not this letter"},
    [AT_QUIT] = {"quit", "452 4.3.1 Not now", "550 5.3.0 Not here"},
};
static const char *const deed_word[] = {
    "none", "refuse", "reject", "drop", "stall"};

static struct trouble {
    enum step step;
    enum deed deed;
    long every, times;
} troubles[TROUBLES_MAX];
static int n_troubles;

bool
trouble_read(const char *text)
{
    struct trouble *t = &troubles[n_troubles];
    char step[10], deed[10];
    int at = 0;
    size_t i;

    if (n_troubles == TROUBLES_MAX ||
        sscanf(text, "%9[a-z]:%9[a-z]:%n", step, deed, &at) != 2)
        return false;
    t->every = strtol(text + at, NULL, 10);
    if (at == 0 || t->every < 1)
        return false;
    for (i = AT_CONNECT; i <= AT_QUIT && strcmp(step, steps[i].word) != 0; i++)
        ;
    t->step = (enum step)i;
    for (i = REFUSE; i <= STALL && strcmp(deed, deed_word[i]) != 0; i++)
        ;
    t->deed = (enum deed)i;
    n_troubles++;
    return t->step <= AT_QUIT && t->deed <= STALL;
}

enum deed
trouble_next(enum step at)
{
    enum deed deed = NONE;

    for (struct trouble *t = troubles; t < troubles + n_troubles; t++)
        if (t->step == at && ++t->times % t->every == 0)
            deed = t->deed;
    return deed;
}

int
trouble_unmet(void)
{
    int n = 0;

    for (struct trouble *t = troubles; t < troubles + n_troubles; t++)
        n += t->times < t->every;
    return n;
}

const char *
trouble_words(enum step at, enum deed deed)
{
    static char line[80];

    (void)snprintf(line, sizeof line, "%s\r\n",
        deed == REFUSE ? steps[at].refuse : steps[at].reject);
    return line;
}

bool
trouble_closes(enum step at)
{
    return at <= AT_EHLO;
}
