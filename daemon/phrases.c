/* SPDX-License-Identifier: ISC */
/* A phrase is a row of word lists with gaps.  Every word of a text is looked
 * up once, by itself and by its beginnings, which yields the lists it stands
 * in; a phrase is only tried where its first list has come up.  A text costs
 * microseconds, however many phrases there are. */
#include "daemon/phrases.h"

#include <assert.h>
#include <string.h>

#include "daemon/phrases_book.h"

enum {
    LOOSE_WORDS = 9 /* at least so many apart */
};
static_assert(PHRASE_KINDS < 64, "a mask has a bit for each kind");
/* Tokens, one or more. */
struct stretch {
    int first, last;
};

static void find_in_sentence(const struct book *b, uint64_t mask,
    struct stretch sentence, struct reading *r);
static void try_phrases(const struct book *b, uint64_t mask, int level,
    struct stretch sentence, struct reading *r);
static void set_present(struct reading *r, int set);
static bool is_present(const struct reading *r, int set);
static void try_start(const struct book *b, int start, uint64_t mask, int level,
    int at, int last, struct reading *r);
static void try_phrase(const struct book *b, const struct book_phrase *ph,
    int at, int last, struct reading *r);
static bool begins_at(const struct reading *r, int at, bool clause);
static void note_found(
    const struct book_phrase *ph, int first, int last, struct reading *r);
static void
note_part(const struct book_phrase *ph, int first, int last, struct reading *r);
static int stands_at(const struct reading *r, int at, int set);
static bool at_end(const struct book *b, const struct book_phrase *ph, int at,
    const struct reading *r);
static int past_courtesy(const struct book *b, int at, const struct reading *r);
static int match(const struct book *b, const struct book_phrase *ph, int e,
    int at, const struct reading *r);
static int match_any(const struct book *b, const struct book_phrase *ph,
    const struct reading *r, int at, int last, int *first);
static bool
comes_next(const struct book_element *e, const struct reading *r, int at);
static struct stretch nearest(const struct book_element *e, int at, int apart,
    const struct reading *r, const struct stretch *used, int n_used);
static struct stretch
following(const struct book_element *e, int at, const struct reading *r);

void
phrases_find(const char *text, size_t n, const struct phrases_people *people,
    uint64_t mask, struct reading *r)
{
    const struct book *b = book_get();
    int next;

    book_take_apart(b, text, n, people, r);
    r->n_found = r->n_spans = 0;
    for (int i = 0; i < r->n_tokens; i = next) {
        next = i + 1;
        while (next < r->n_tokens &&
               r->token[next].sentence == r->token[i].sentence)
            next++;
        find_in_sentence(b, mask, (struct stretch){i, next - 1}, r);
    }
}

/* No phrase reaches over the end of a sentence. */
static void
find_in_sentence(const struct book *b, uint64_t mask, struct stretch sentence,
    struct reading *r)
{
    uint64_t begun = 0; /* kinds */
    int n_spans = r->n_spans;

    for (int i = sentence.first; i <= sentence.last; i++) {
        begun |= r->token[i].word->kinds;
        r->span_at[i] = -1;
    }
    if ((mask & b->kinds_of_parts) == 0)
        begun &= ~PHRASE_BIT(BOOK_PART);
    if ((begun & (mask | PHRASE_BIT(BOOK_PART))) == 0)
        return;
    memset(r->present, 0, sizeof r->present);
    for (int i = sentence.first; i <= sentence.last; i++)
        for (int k = 0; k < r->token[i].word->sets; k++)
            set_present(r, r->token[i].word->set[k]);
    if ((begun & PHRASE_BIT(BOOK_PART)) != 0)
        for (int level = 0; level < b->levels; level++)
            try_phrases(b, PHRASE_BIT(BOOK_PART), level, sentence, r);
    for (int i = n_spans; i < r->n_spans; i++)
        for (int k = r->span[i].first;
             r->span[i].part == b->filler_part && k <= r->span[i].last; k++)
            r->token[k].filler = true;
    try_phrases(b, mask, 0, sentence, r);
}

/* Tries all phrases of the kinds in mask; of parts, only those of a level. */
static void
try_phrases(const struct book *b, uint64_t mask, int level,
    struct stretch sentence, struct reading *r)
{
    for (int i = sentence.first; i <= sentence.last; i++) {
        const struct known_word *w = r->token[i].word;

        for (int k = 0; k < w->begins && (w->kinds & mask) != 0; k++)
            try_start(b, w->set[k], mask, level, i, i, r);
        for (int s = r->span_at[i]; s >= 0; s = r->span[s].next)
            try_start(b, BOOK_FIRST_PART + r->span[s].part, mask, level, i,
                r->span[s].last, r);
    }
}

/* Those that begin with a list or a part, which stands from at to last. */
static void
try_start(const struct book *b, int start, uint64_t mask, int level, int at,
    int last, struct reading *r)
{
    if ((mask & b->kinds_of_set[start]) == 0)
        return;
    for (int i = b->first_start[start]; i < b->first_start[start + 1]; i++) {
        const struct book_start *s = &b->start[i];

        if ((mask & PHRASE_BIT(s->kind)) != 0 && s->level == level &&
            is_present(r, s->need))
            try_phrase(b, &b->phrase[s->phrase], at, last, r);
    }
}

static void
set_present(struct reading *r, int set)
{
    r->present[set / 64] |= UINT64_C(1) << set % 64;
}

static bool
is_present(const struct reading *r, int set)
{
    return (r->present[set / 64] >> set % 64 & 1) != 0;
}

static void
try_phrase(const struct book *b, const struct book_phrase *ph, int at, int last,
    struct reading *r)
{
    int first = at;
    bool fresh = at == 0 || r->token[at - 1].sentence != r->token[at].sentence;

    if (ph->begins && !begins_at(r, at, ph->begins_clause))
        return;
    if (ph->goes_on && fresh)
        return;
    if (ph->not_before >= 0 && !fresh &&
        book_in_set(r->token[at - 1].word, ph->not_before))
        return;
    last = ph->any_order ? match_any(b, ph, r, at, last, &first)
                         : match(b, ph, 1, last, r);
    if (last >= 0 && ph->kind == BOOK_PART)
        note_part(ph, first, last, r);
    else if (last >= 0)
        note_found(ph, first, last, r);
}

/* Whether nothing but a greeting or the like stands in the sentence before a
 * token; or, where a clause will do, in its clause. */
static bool
begins_at(const struct reading *r, int at, bool clause)
{
    for (int i = at - 1;
         i >= 0 && r->token[i].sentence == r->token[at].sentence; i--) {
        const struct token *t = &r->token[i];

        if (t->but || (clause && (t->comma || t->clause)))
            return true;
        if (!t->comma && !t->word->lead)
            return false;
    }
    return true;
}

/* Many phrases say the same of the same words: that is noted once. */
static void
note_found(const struct book_phrase *ph, int first, int last, struct reading *r)
{
    struct found f = {.kind = (enum phrase_kind)ph->kind,
        .first = first,
        .last = last,
        .loose = ph->any_order && last - first >= LOOSE_WORDS,
        .foreign = ph->foreign,
        .sentence = r->token[first].sentence};

    for (int i = r->n_found - 1; i >= 0 && r->found[i].sentence == f.sentence;
         i--)
        if (r->found[i].kind == f.kind && r->found[i].first == first &&
            r->found[i].last == last) {
            r->found[i].loose = r->found[i].loose && f.loose;
            r->found[i].foreign = r->found[i].foreign && f.foreign;
            return;
        }
    if (r->n_found < PHRASE_FOUND_MAX)
        r->found[r->n_found++] = f;
    else
        r->cut = true;
}

static void
note_part(const struct book_phrase *ph, int first, int last, struct reading *r)
{
    for (int s = r->span_at[first]; s >= 0; s = r->span[s].next)
        if (r->span[s].part == ph->part && r->span[s].last == last)
            return;
    if (r->n_spans == PHRASE_SPANS_MAX)
        return;
    r->span[r->n_spans] = (struct span){.part = ph->part,
        .first = first,
        .last = last,
        .next = r->span_at[first]};
    r->span_at[first] = r->n_spans++;
    set_present(r, BOOK_FIRST_PART + ph->part);
}

/* A word of a list, or a part, that begins at a token; -> its last token (of
 * several parts, the longest's), -1 none. */
static int
stands_at(const struct reading *r, int at, int set)
{
    int last = book_in_set(r->token[at].word, set) ? at : -1;

    for (int s = r->span_at[at]; set >= BOOK_FIRST_PART && s >= 0;
         s = r->span[s].next)
        if (BOOK_FIRST_PART + r->span[s].part == set && r->span[s].last > last)
            last = r->span[s].last;
    return last;
}

/* Whether the sentence ends after token at and what may still follow. */
static bool
at_end(const struct book *b, const struct book_phrase *ph, int at,
    const struct reading *r)
{
    int i = at + 1;

    for (int said = 0;
         said < ph->end_gap && i < r->n_tokens &&
         r->token[i].sentence == r->token[at].sentence &&
         (!ph->end_filler || r->token[i].filler || r->token[i].comma) &&
         !(ph->ends_clause && (r->token[i].comma || r->token[i].clause));
         said++)
        i = past_courtesy(b, i, r);
    if (ph->ends_asking && !r->token[i - 1].asks)
        return false;
    return i == r->n_tokens || r->token[i].sentence != r->token[at].sentence ||
           (ph->ends_clause && (r->token[i].comma || r->token[i].clause));
}

/* What follows token at, or the longest courtesy that begins there: "as soon as
 * possible" counts as one word. */
static int
past_courtesy(const struct book *b, int at, const struct reading *r)
{
    int last = at;

    for (int s = r->span_at[at]; s >= 0; s = r->span[s].next)
        if (r->span[s].part == b->filler_part && r->span[s].last > last)
            last = r->span[s].last;
    return last + 1;
}

/* Whether all other elements stand near token at, each in a word of its own,
 * and none that must be absent; -> the last token, *first the first. */
static int
match_any(const struct book *b, const struct book_phrase *ph,
    const struct reading *r, int at, int last, int *first)
{
    struct stretch used[BOOK_GAP_MAX] = {{at, last}};
    int n = 1;

    for (int k = 1; k < ph->n_elements && n < BOOK_GAP_MAX; k++) {
        const struct book_element *e = &b->element[ph->first_element + k];
        struct stretch s;

        if (e->absent || e->not_next) {
            if (e->absent ? is_present(r, e->set)
                          : comes_next(e, r, used[n - 1].last))
                return -1;
            continue;
        }
        s = e->free ? nearest(e, at, ph->apart, r, used, n)
                    : following(e, used[n - 1].last, r);
        if (s.last < 0 && !e->optional)
            return -1;
        if (s.last < 0)
            continue;
        used[n++] = s;
        last = s.last > last ? s.last : last;
        *first = s.first < *first ? s.first : *first;
    }
    return !ph->ends || at_end(b, ph, last, r) ? last : -1;
}

static bool
comes_next(const struct book_element *e, const struct reading *r, int at)
{
    return at + 1 < r->n_tokens &&
           r->token[at + 1].sentence == r->token[at].sentence &&
           stands_at(r, at + 1, e->set) >= 0;
}

static struct stretch
nearest(const struct book_element *e, int at, int apart,
    const struct reading *r, const struct stretch *used, int n_used)
{
    for (int d = 1; d <= apart; d++)
        for (int side = -1; side <= 1; side += 2) {
            struct stretch s = {.first = at + side * d, .last = -1};
            bool taken = false;

            if (s.first >= 0 && s.first < r->n_tokens &&
                r->token[s.first].sentence == r->token[at].sentence)
                s.last = stands_at(r, s.first, e->set);
            for (int k = 0; k < n_used; k++)
                taken = taken ||
                        (s.first <= used[k].last && s.last >= used[k].first);
            if (s.last >= 0 && !taken)
                return s;
        }
    return (struct stretch){-1, -1};
}

static struct stretch
following(const struct book_element *e, int at, const struct reading *r)
{
    for (int i = at + 1; i <= at + 1 + e->gap && i < r->n_tokens; i++) {
        const struct token *t = &r->token[i];

        if (t->sentence != r->token[at].sentence)
            break;
        if (stands_at(r, i, e->set) >= 0)
            return (struct stretch){i, stands_at(r, i, e->set)};
        if (e->only_filler && !t->filler && !t->comma)
            break;
    }
    return (struct stretch){-1, -1};
}

/* Whether the elements from e on follow after token at; -> the last token. */
static int
match(const struct book *b, const struct book_phrase *ph, int e, int at,
    const struct reading *r)
{
    const struct book_element *want;

    if (e == ph->n_elements)
        return !ph->ends || at_end(b, ph, at, r) ? at : -1;
    want = &b->element[ph->first_element + e];
    if (want->absent || want->not_next)
        return (want->absent ? !is_present(r, want->set)
                             : !comes_next(want, r, at))
                   ? match(b, ph, e + 1, at, r)
                   : -1;
    for (int i = at + 1; i <= at + 1 + want->gap && i < r->n_tokens; i++) {
        const struct token *t = &r->token[i];
        int last;

        if (t->sentence != r->token[at].sentence)
            break;
        if (book_in_set(t->word, want->set)) {
            last = match(b, ph, e + 1, i, r);
            if (last >= 0)
                return last;
        }
        for (int s = want->set < BOOK_FIRST_PART ? -1 : r->span_at[i]; s >= 0;
             s = r->span[s].next) {
            last = BOOK_FIRST_PART + r->span[s].part == want->set
                       ? match(b, ph, e + 1, r->span[s].last, r)
                       : -1;
            if (last >= 0)
                return last;
        }
        if (want->only_filler && !t->filler && !t->comma)
            break;
    }
    return want->optional ? match(b, ph, e + 1, at, r) : -1;
}

const struct found *
phrases_has(const struct reading *r, enum phrase_kind kind, int sentence)
{
    for (int i = 0; i < r->n_found; i++)
        if (r->found[i].kind == kind &&
            (sentence < 0 || r->found[i].sentence == sentence))
            return &r->found[i];
    return NULL;
}
