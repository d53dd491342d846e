/* SPDX-License-Identifier: ISC */
#include "daemon/intent_where.h"

bool
found_elsewhere(
    const struct reading *r, enum phrase_kind kind, const struct found *f)
{
    for (int i = 0; i < r->n_found; i++) {
        const struct found *e = &r->found[i];
        bool parted = false;

        if (e->kind != kind || e->sentence != f->sentence)
            continue;
        for (int k = f->last; k < e->first; k++)
            parted = parted || r->token[k].comma;
        if (!parted)
            return false;
    }
    return true;
}

bool
found_within(
    const struct reading *r, enum phrase_kind kind, const struct found *f)
{
    for (int i = 0; i < r->n_found; i++)
        if (r->found[i].kind == kind && r->found[i].first >= f->first &&
            r->found[i].last <= f->last)
            return true;
    return false;
}

bool
found_touches(
    const struct reading *r, enum phrase_kind kind, const struct found *f)
{
    for (int i = 0; i < r->n_found; i++)
        if (r->found[i].kind == kind && r->found[i].first <= f->last &&
            r->found[i].last >= f->first)
            return true;
    return false;
}

bool
found_beside(const struct reading *r, enum phrase_kind kind, int sentence,
    const struct found *f)
{
    for (int i = 0; i < r->n_found; i++)
        if (r->found[i].kind == kind && r->found[i].sentence == sentence &&
            (f == NULL || f->loose || r->found[i].first > f->last ||
                r->found[i].last < f->first))
            return true;
    return false;
}

bool
sentence_goes_on(const struct reading *r, int sentence)
{
    for (int i = 0; i < r->n_tokens; i++)
        if (r->token[i].sentence == sentence + 1)
            return r->token[i].but;
    return false;
}

bool
sentence_is_filler(
    const struct reading *r, int sentence, enum phrase_kind kind, int *words)
{
    bool all = true;

    for (int i = 0; i < r->n_tokens; i++) {
        const struct token *t = &r->token[i];
        bool said = t->filler;

        if (t->sentence != sentence || t->comma)
            continue;
        ++*words;
        for (int k = 0; !said && k < r->n_found; k++)
            said = r->found[k].kind == kind && r->found[k].first <= i &&
                   r->found[k].last >= i;
        all = all && said;
    }
    return all;
}
