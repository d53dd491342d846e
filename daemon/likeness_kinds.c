/* SPDX-License-Identifier: ISC */
#include "daemon/likeness_kinds.h"

/* FNV-1a, as it goes on from letter to letter. */
static const uint32_t start = 2166136261U, factor = 16777619U;

static const struct likeness_kind *
find(const struct likeness_kinds *kinds, uint32_t hash, bool open);

uint8_t
likeness_kind(const struct likeness_kinds *kinds, const char *word, size_t n)
{
    uint32_t hash = start;
    uint8_t kind = 0;

    for (size_t i = 0; i < n; i++) {
        const struct likeness_kind *k;

        hash = (hash ^ (unsigned char)word[i]) * factor;
        k = find(kinds, hash, true);
        if (k->kind == 0 && i + 1 == n)
            k = find(kinds, hash, false);
        if (k->kind != 0)
            kind = k->kind;
    }
    return kind;
}

bool
likeness_kind_add(struct likeness_kinds *kinds, const char *word, size_t n,
    bool open, uint8_t kind)
{
    uint32_t hash = start;
    const struct likeness_kind *at;
    size_t used = 0;

    for (size_t i = 0; i < n; i++)
        hash = (hash ^ (unsigned char)word[i]) * factor;
    at = find(kinds, hash, open);
    if (at->kind != 0)
        return at->kind == kind;
    for (size_t i = 0; i < LIKENESS_KIND_ROOM; i++)
        used += kinds->word[i].kind != 0;
    if (used >= LIKENESS_KIND_ROOM / 2)
        return false;
    kinds->word[at - kinds->word] = (struct likeness_kind){hash, kind, open};
    return true;
}

/* Its place, or the empty one where it would be. */
static const struct likeness_kind *
find(const struct likeness_kinds *kinds, uint32_t hash, bool open)
{
    uint32_t at = hash;

    while (kinds->word[at % LIKENESS_KIND_ROOM].kind != 0 &&
           (kinds->word[at % LIKENESS_KIND_ROOM].hash != hash ||
               kinds->word[at % LIKENESS_KIND_ROOM].open != open))
        at++;
    return &kinds->word[at % LIKENESS_KIND_ROOM];
}
