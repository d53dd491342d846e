/* SPDX-License-Identifier: ISC */
/* What the sink is told to do wrong: each EVERYth time at a STEP. */
#include "tests/tools/parts/sink_trouble.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    TROUBLES_MAX = 32
};

static const char *const step_word[] = {
    "connect", "mail", "rcpt", "data", "body", "dot"};
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
    for (i = AT_CONNECT; i <= AT_DOT && strcmp(step, step_word[i]) != 0; i++)
        ;
    t->step = (enum step)i;
    for (i = REFUSE; i <= STALL && strcmp(deed, deed_word[i]) != 0; i++)
        ;
    t->deed = (enum deed)i;
    n_troubles++;
    return t->step <= AT_DOT && t->deed <= STALL;
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
