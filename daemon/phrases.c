/* SPDX-License-Identifier: ISC */
/* A phrase is a row of word lists with gaps.  Every word of a text is looked
 * up once, by itself and by its beginnings, which yields the lists it stands
 * in; a phrase is only tried where its first list has come up.  A text costs
 * microseconds, however many phrases there are. */
#include "daemon/phrases.h"

#include <assert.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "daemon/phrases_book.h"
#include "daemon/utf8.h"
#include "lists/address.h"

enum {
    TOKEN_BYTES_MAX = 300,
    LOOSE_WORDS = 9,
    QUOTATION_BYTES_MAX = 200
};
static_assert(PHRASE_KINDS < 64, "a mask has a bit for each kind");
/* Tokens, one or more. */
struct stretch {
    int first, last;
};

static int next_token(const char **p, const char *end, struct token *t,
    char *folded, size_t size);
static bool symbol(unsigned u);
static bool address_follows(const char *p, const char *end);
static bool in_local_part(const char *q, const char *end);
static bool breaks_sentence(const char *p, const char *end,
    const struct token *before, const char *folded_before, size_t line_bytes);
static bool is_self(const struct token *t, const char *self);
static bool abbreviation(const char *folded);
static void
try_phrases(const struct book *b, uint64_t mask, int level, struct reading *r);
static void try_start(const struct book *b, int start, uint64_t mask, int level,
    int at, int last, struct reading *r);
static void try_phrase(const struct book *b, const struct book_phrase *ph,
    int at, int last, struct reading *r);
static void
note_part(const struct book_phrase *ph, int first, int last, struct reading *r);
static int stands_at(const struct reading *r, int at, int set);
static bool at_end(const struct book *b, const struct book_phrase *ph, int at,
    const struct reading *r);
static int match(const struct book *b, const struct book_phrase *ph, int e,
    int at, const struct reading *r);
static int match_any(const struct book *b, const struct book_phrase *ph,
    const struct reading *r, int at, int last, int *first);
static bool
without(const struct book_element *e, const struct reading *r, int sentence);
static bool
comes_next(const struct book_element *e, const struct reading *r, int at);
static struct stretch nearest(const struct book_element *e, int at, int apart,
    const struct reading *r, const struct stretch *used, int n_used);
static struct stretch
following(const struct book_element *e, int at, const struct reading *r);
static bool mark_in(const char *p, const char *end, size_t *n);
static bool quotation(const char *p, const char *end);
static bool in_set(const struct token *t, int set);

void
phrases_find(const char *text, size_t n, const char *self, uint64_t mask,
    struct reading *r)
{
    const struct book *b = book_get();
    const char *p = text, *end = text + n;
    char folded[64], last[64] = "";
    size_t line = 0, mark;
    bool quoted = false;

    r->n_tokens = r->n_sentences = r->n_found = 0;
    while (p < end && r->n_tokens < PHRASE_TOKENS_MAX) {
        struct token *t = &r->token[r->n_tokens];
        const char *from = p;

        if (next_token(&p, end, t, folded, sizeof folded) == 0) {
            const struct token *before = r->n_tokens > 0 ? t - 1 : NULL;

            if (before != NULL && before->sentence == r->n_sentences &&
                breaks_sentence(from, end, before, last, line))
                r->n_sentences++;
            line = *from == '\n' ? 0 : line + (size_t)(p - from);
            if (mark_in(from, end, &mark))
                quoted = !quoted && quotation(from + mark, end);
            continue;
        }
        line += (size_t)(p - from);
        if (t->address)
            (void)snprintf(folded, sizeof folded, "%s",
                is_self(t, self) ? "mig" : "nogens-adresse");
        book_look_up(b, folded, t);
        t->but = in_set(t, b->but_set);
        if (t->but && r->n_tokens > 0 && t[-1].sentence == r->n_sentences)
            r->n_sentences++;
        if (in_set(t, b->anew_set) && r->n_tokens > 0 &&
            t[-1].sentence == r->n_sentences && in_set(&t[-1], b->and_set))
            r->n_sentences++;
        t->sentence = (uint16_t)r->n_sentences;
        t->quoted = quoted;
        memcpy(last, folded, sizeof last);
        r->n_tokens++;
    }
    r->n_sentences++;
    r->n_spans = 0;
    for (int i = 0; i < r->n_tokens; i++)
        r->span_at[i] = -1;
    for (int level = 0; level < b->levels; level++)
        if ((mask & b->kinds_of_parts) != 0)
            try_phrases(b, PHRASE_BIT(BOOK_PART), level, r);
    for (int i = 0; i < r->n_spans; i++)
        for (int k = r->span[i].first;
             r->span[i].part == b->filler_part && k <= r->span[i].last; k++)
            r->token[k].filler = true;
    try_phrases(b, mask, 0, r);
}

/* Tries all phrases of the kinds in mask; of parts, only those of a level. */
static void
try_phrases(const struct book *b, uint64_t mask, int level, struct reading *r)
{
    for (int i = 0; i < r->n_tokens; i++) {
        const struct token *t = &r->token[i];

        for (int k = 0; k < t->sets; k++)
            try_start(b, t->set[k], mask, level, i, i, r);
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
    for (int ph = b->first_of_set[start]; ph >= 0;
         ph = b->phrase[ph].next_of_set)
        if ((mask & PHRASE_BIT(b->phrase[ph].kind)) != 0 &&
            b->phrase[ph].level == level)
            try_phrase(b, &b->phrase[ph], at, last, r);
}

/* Whether an @ comes before the word at q is over. */
static bool
in_local_part(const char *q, const char *end)
{
    for (int i = 0; q < end && i < ADDRESS_LOCAL_MAX; i++, q++) {
        switch (*q) {
        case '@':
            return true;
        case '<':
        case '>':
        case '(':
        case ')':
        case ',':
        case ';':
        case ':':
            return false;
        default:
            if ((unsigned char)*q <= ' ')
                return false;
        }
    }
    return false;
}

/* Arrows, signs and emoji: nobody spells a word with them. */
static bool
symbol(unsigned u)
{
    return (u >= 0x2190 && u <= 0x2BFF) || u == 0xFE0F ||
           (u >= 0x1F000 && u <= 0x1FAFF);
}

/* Returns 1 with a word, a comma or an address at *p; 0 having skipped one
 * character that is none of these. */
static int
next_token(
    const char **p, const char *end, struct token *t, char *folded, size_t size)
{
    const char *q = *p, *at_sign = NULL;

    t->sets = 0;
    t->comma = t->filler = t->address = false;
    t->at = q;
    if (*q == ',') {
        t->comma = true;
        t->n = 1;
        folded[0] = '\0';
        *p = q + 1;
        return 1;
    }
    while (q < end && q - t->at < TOKEN_BYTES_MAX) {
        unsigned char c = (unsigned char)*q;

        if (c == '@' && q > t->at && q + 1 < end &&
            isalnum((unsigned char)q[1]))
            at_sign = q;
        else if (c == '\'' && q > t->at && q + 1 < end &&
                 isalpha((unsigned char)q[1]))
            ;
        else if ((c == '.' || c == '-' || c == '_' || c == '+') && q > t->at &&
                 q + 1 < end && isalnum((unsigned char)q[1]) &&
                 (at_sign != NULL || in_local_part(q, end)))
            ;
        else if (!isalnum(c) && c < 0x80)
            break;
        else if (c >= 0x80) {
            const char *next = q;
            unsigned u = utf8_next(&next, end);

            if (u == 0xA0 || u == 0xAB || u == 0xBB ||
                (u >= 0x2000 && u <= 0x206F && u != 0x2019 && u != 0x200B &&
                    u != 0x200C && u != 0x200D) ||
                u == 0xB7 || symbol(u))
                break;
            q = next;
            continue;
        }
        q++;
    }
    if (q == t->at) {
        const char *next = q;

        (void)utf8_next(&next, end);
        *p = next;
        return 0;
    }
    t->n = (uint16_t)(q - t->at);
    t->address = at_sign != NULL;
    book_fold(folded, size, t->at, t->n);
    *p = q;
    return 1;
}

/* "Delete:" and an address below it: one sentence. */
static bool
address_follows(const char *p, const char *end)
{
    for (p++; p < end && isspace((unsigned char)*p); p++)
        ;
    return in_local_part(p, end);
}

/* Full stops end sentences, but not in "1. juni" or "kl. 10"; a line's end
 * does where the line is too short to have been wrapped. */
static bool
breaks_sentence(const char *p, const char *end, const struct token *before,
    const char *folded_before, size_t line_bytes)
{
    const char *q;

    switch (*p) {
    case '!':
    case '?':
    case ';':
        return true;
    case ':':
        return !address_follows(p, end);
    case '.':
        for (q = p + 1; q < end && (*q == ' ' || *q == '\t'); q++)
            ;
        if (q == p + 1 && q < end && isalnum((unsigned char)*q))
            return false;
        if (isdigit((unsigned char)before->at[before->n - 1]) && q < end &&
            islower((unsigned char)*q))
            return false;
        return !abbreviation(folded_before);
    case '-':
        return p + 1 < end && p[1] == ' ' && before->at + before->n < p;
    case '\n':
        if (memchr(before->at + before->n, ':',
                (size_t)(p - before->at) - before->n) != NULL &&
            address_follows(p, end))
            return false;
        return line_bytes < 50 || (p + 1 < end && p[1] == '\n');
    default:
        return (unsigned char)*p == 0xE2 && end - p > 2 &&
               (unsigned char)p[1] == 0x80 &&
               ((unsigned char)p[2] == 0x93 || (unsigned char)p[2] == 0x94 ||
                   (unsigned char)p[2] == 0xA2);
    }
}

static bool
is_self(const struct token *t, const char *self)
{
    return self != NULL && strlen(self) == t->n &&
           strncasecmp(self, t->at, t->n) == 0;
}

static bool
abbreviation(const char *folded)
{
    static const char *const list[] = {"kl", "pr", "nr", "tlf", "ca", "evt",
        "bl", "mht", "vedr", "ang", "eks", "jf", "hr", "fr", "dr", "st", "mr",
        "mrs", "ms", "z", "feks", "inkl", "ekskl"};

    for (size_t i = 0; i < sizeof list / sizeof *list; i++)
        if (strcmp(folded, list[i]) == 0)
            return true;
    return false;
}

static void
try_phrase(const struct book *b, const struct book_phrase *ph, int at, int last,
    struct reading *r)
{
    int first = at;
    bool fresh = at == 0 || r->token[at - 1].sentence != r->token[at].sentence;

    if (ph->begins && !fresh && !r->token[at - 1].but)
        return;
    if (ph->not_before >= 0 && !fresh &&
        in_set(&r->token[at - 1], ph->not_before))
        return;
    last = ph->any_order ? match_any(b, ph, r, at, last, &first)
                         : match(b, ph, 1, last, r);
    if (last >= 0 && ph->kind == BOOK_PART)
        note_part(ph, first, last, r);
    if (last < 0 || ph->kind == BOOK_PART || r->n_found == PHRASE_FOUND_MAX)
        return;
    r->found[r->n_found++] = (struct found){.kind = (enum phrase_kind)ph->kind,
        .first = first,
        .last = last,
        .loose = ph->any_order && last - first >= LOOSE_WORDS,
        .sentence = r->token[at].sentence};
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
}

/* A word of a list, or a part, that begins at a token; -> its last token (of
 * several parts, the longest's), -1 none. */
static int
stands_at(const struct reading *r, int at, int set)
{
    int last = in_set(&r->token[at], set) ? at : -1;

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

    while (i < r->n_tokens && i <= at + ph->end_gap &&
           r->token[i].sentence == r->token[at].sentence &&
           (!ph->end_filler || r->token[i].filler || r->token[i].comma) &&
           !(ph->ends_clause &&
               (r->token[i].comma || in_set(&r->token[i], b->clause_set))))
        i++;
    return i == r->n_tokens || r->token[i].sentence != r->token[at].sentence ||
           (ph->ends_clause &&
               (r->token[i].comma || in_set(&r->token[i], b->clause_set)));
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
            if (e->absent ? !without(e, r, r->token[at].sentence)
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
without(const struct book_element *e, const struct reading *r, int sentence)
{
    for (int i = 0; i < r->n_tokens; i++)
        if (r->token[i].sentence == sentence && stands_at(r, i, e->set) >= 0)
            return false;
    return true;
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

/* Whether a quotation mark stands at p, and how long it is. */
static bool
mark_in(const char *p, const char *end, size_t *n)
{
    const unsigned char *u = (const unsigned char *)p;

    switch (*u) {
    case '"':
        *n = 1;
        return true;
    case 0xC2: /* those that look like << and >> */
        *n = 2;
        return end - p >= 2 && (u[1] == 0xAB || u[1] == 0xBB);
    case 0xE2: /* those that look like 66 and 99, above and below */
        *n = 3;
        return end - p >= 3 && u[1] == 0x80 && u[2] >= 0x9C && u[2] <= 0x9E;
    default:
        return false;
    }
}

/* Whether another mark closes soon what one has opened before p. */
static bool
quotation(const char *p, const char *end)
{
    size_t n;

    if (end - p > QUOTATION_BYTES_MAX)
        end = p + QUOTATION_BYTES_MAX;
    for (; p < end && !(p[0] == '\n' && p + 1 < end && p[1] == '\n'); p++)
        if (mark_in(p, end, &n))
            return true;
    return false;
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
        return (want->absent ? without(want, r, r->token[at].sentence)
                             : !comes_next(want, r, at))
                   ? match(b, ph, e + 1, at, r)
                   : -1;
    for (int i = at + 1; i <= at + 1 + want->gap && i < r->n_tokens; i++) {
        const struct token *t = &r->token[i];
        int last;

        if (t->sentence != r->token[at].sentence)
            break;
        if (in_set(t, want->set)) {
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

static bool
in_set(const struct token *t, int set)
{
    for (int i = 0; i < t->sets; i++)
        if (t->set[i] == set)
            return true;
    return false;
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
