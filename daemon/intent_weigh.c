/* SPDX-License-Identifier: ISC */
/* Who is missed writes again; who is wrongly taken off may never notice: a
 * request that another sentence casts doubt on goes to a person. */
#include "daemon/intent_weigh.h"

enum {
    SUBJECT_WORDS_MAX = 60, /* of a text that leaves the subject its say */
    SIGNED_WORDS = 3,       /* a name, "sent on the way" */
    THAT_WORDS_MAX = 25
};

static enum intent weigh_subject(
    const struct hearing *body, const struct hearing *subject, bool quiet);

enum intent
intent_weigh(
    const struct hearing *body, const struct hearing *subject, bool answer)
{
    const int *b = body->count, *s = subject->count;
    bool quiet = b[SAYS_SOMETHING] + b[SAYS_EVENT] + b[SAYS_JOIN] +
                     b[SAYS_KEEP] + b[SAYS_UNSURE] + b[SAYS_OTHER] +
                     b[SAYS_THAT] + b[SAYS_WISH] ==
                 0;

    if (b[SAYS_OTHER] > 0 && body->mine)
        return INTENT_UNSURE;
    if (b[SAYS_OTHER] > 0 || (!answer && s[SAYS_OTHER] > 0) ||
        (b[SAYS_THAT] > 0 && body->third && b[SAYS_EVENT] == 0))
        return INTENT_LEAVE_OTHER;
    if (b[SAYS_THAT] > 0 && body->third)
        return INTENT_UNSURE;
    if (b[SAYS_LEAVE] + b[SAYS_LEAVE_LIST] > 0 && body->named && !body->mine)
        return INTENT_LEAVE_OTHER;
    if (b[SAYS_LEAVE] + b[SAYS_LEAVE_LIST] > 0)
        return b[SAYS_KEEP] + b[SAYS_JOIN] > 0 ||
                       (body->third && !body->mine) ||
                       (b[SAYS_LEAVE_LIST] == 0 &&
                           !(body->clear && body->mine) &&
                           b[SAYS_EVENT] + (answer ? 0 : s[SAYS_EVENT]) > 0)
                   ? INTENT_UNSURE
                   : INTENT_LEAVE;
    if (b[SAYS_THAT] > 0 && (body->own || body->letter) && !body->doubt &&
        !body->about &&
        b[SAYS_JOIN] + b[SAYS_KEEP] + b[SAYS_EVENT] + b[SAYS_UNSURE] == 0)
        return INTENT_LEAVE;
    if (b[SAYS_JOIN] > 0)
        return b[SAYS_UNSURE] + (body->told ? 0 : b[SAYS_BARE]) > 0
                   ? INTENT_UNSURE
                   : INTENT_JOIN;
    if (b[SAYS_KEEP] > 0)
        return body->maybe || b[SAYS_THAT] > 0 ? INTENT_UNSURE : INTENT_STAY;
    if (b[SAYS_BARE] > 0 &&
        (quiet || ((body->why || body->sole || body->letter) && !body->doubt &&
                      !body->third &&
                      b[SAYS_EVENT] + b[SAYS_UNSURE] + b[SAYS_THAT] == 0)))
        return INTENT_LEAVE;
    if (b[SAYS_EVENT] > 0)
        return b[SAYS_WISH] > 0 && body->letter && !body->doubt ? INTENT_STAY
                                                                : INTENT_NONE;
    if (b[SAYS_WISH] > 0 && b[SAYS_BARE] + b[SAYS_UNSURE] + b[SAYS_THAT] == 0)
        return INTENT_STAY;
    if (!answer) {
        enum intent i = weigh_subject(body, subject, quiet);

        if (i != INTENT_NONE)
            return i;
    }
    if (b[SAYS_BARE] + b[SAYS_UNSURE] > 0 || (quiet && b[SAYS_VAGUE] > 0) ||
        (b[SAYS_THAT] > 0 && body->words < THAT_WORDS_MAX))
        return INTENT_UNSURE;
    return INTENT_NONE;
}

/* What the subject of a new mail asks for, where its text asks for nothing. */
static enum intent
weigh_subject(
    const struct hearing *body, const struct hearing *subject, bool quiet)
{
    const int *b = body->count, *s = subject->count;

    if (s[SAYS_LEAVE] + s[SAYS_LEAVE_LIST] + s[SAYS_BARE] > 0 &&
        s[SAYS_EVENT] + s[SAYS_KEEP] + s[SAYS_JOIN] == 0)
        return quiet || (s[SAYS_BARE] == 0 && body->words <= SIGNED_WORDS &&
                            b[SAYS_UNSURE] == 0)
                   ? INTENT_LEAVE
               : (s[SAYS_LEAVE_LIST] > 0 || subject->mine ||
                     ((s[SAYS_LEAVE] > 0 || subject->sole) && body->why)) &&
                       !body->doubt && body->words < SUBJECT_WORDS_MAX &&
                       b[SAYS_UNSURE] == 0
                   ? INTENT_LEAVE
                   : INTENT_UNSURE;
    if (s[SAYS_JOIN] > 0)
        return quiet ? INTENT_JOIN : INTENT_UNSURE;
    return s[SAYS_UNSURE] > 0 ? INTENT_UNSURE : INTENT_NONE;
}

/* "I have left, and still get it", over several sentences. */
bool
hearing_still_there(const struct reading *r, const struct hearing *h)
{
    return phrases_has(r, PHRASE_PAST, -1) != NULL &&
           phrases_has(r, PHRASE_STILL, -1) != NULL && !h->doubt && !h->third &&
           phrases_has(r, PHRASE_OTHER, -1) == NULL &&
           h->count[SAYS_KEEP] + h->count[SAYS_JOIN] + h->count[SAYS_EVENT] ==
               0;
}

/* "Your link does not work. Can you see to it?" */
bool
hearing_asks_to_act(const struct reading *r, const struct hearing *h)
{
    return phrases_has(r, PHRASE_DO, -1) != NULL && !h->doubt &&
           (h->told || h->count[SAYS_BARE] + h->count[SAYS_VAGUE] > 0) &&
           phrases_has(r, PHRASE_OTHER, -1) == NULL && !h->third &&
           h->count[SAYS_KEEP] + h->count[SAYS_JOIN] + h->count[SAYS_EVENT] ==
               0;
}

/* Another's address, and words of leaving anywhere: "I have asked for it" only
 * from one who does not say that he stays. */
bool
hearing_hints_at_another(const struct reading *r, const struct hearing *h)
{
    static const enum phrase_kind hints[] = {PHRASE_LEAVE, PHRASE_OTHER_LEAVE,
        PHRASE_BARE, PHRASE_THAT, PHRASE_PAST, PHRASE_STILL, PHRASE_DO};
    size_t n = sizeof hints / sizeof *hints - (h->count[SAYS_KEEP] > 0 ? 3 : 0);

    for (size_t i = 0; h->named && i < n; i++)
        if (phrases_has(r, hints[i], -1) != NULL)
            return true;
    return false;
}

/* "Take me off. No, wait." */
bool
hearing_taken_back(const struct reading *r, const struct hearing *h)
{
    for (int i = 0; i < r->n_found; i++)
        if (r->found[i].kind == PHRASE_RETRACT && r->found[i].first > h->asked)
            return true;
    return false;
}

const struct found *
hearing_decisive(const struct hearing *h)
{
    static const enum saying order[] = {SAYS_OTHER, SAYS_LEAVE_LIST, SAYS_LEAVE,
        SAYS_JOIN, SAYS_KEEP, SAYS_WISH, SAYS_BARE, SAYS_UNSURE, SAYS_THAT,
        SAYS_VAGUE};

    for (size_t i = 0; i < sizeof order / sizeof *order; i++)
        if (h->first[order[i]] != NULL)
            return h->first[order[i]];
    return NULL;
}
