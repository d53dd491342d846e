/* SPDX-License-Identifier: ISC */
/* A text as words and sentences.  Where a sentence ends is guessed as people
 * read: by its marks, by lines too short to have been wrapped, and by words
 * like "but", which turn around what was said. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "daemon/phrases_book.h"
#include "daemon/utf8.h"
#include "lists/address.h"

enum {
    TOKEN_BYTES_MAX = 300,
    APOSTROPHE = 0x2019, /* as printed */
    QUOTATION_BYTES_MAX = 200,
    SPACED_MIN = 4, /* letters: "S T O P" */
    SPACED_MAX = 20,
    OURS_BYTES_MAX = 1024
};

static int next_token(const char **p, const char *end, struct token *t,
    char *folded, size_t size);
static size_t
spaced(const char *p, const char *end, bool after_another, char *word);
static size_t letter_at(const char *p, const char *end);
static bool address_follows(const char *p, const char *end);
static bool in_local_part(const char *q, const char *end);
static bool breaks_sentence(const char *p, const char *end,
    const struct token *before, const char *folded_before, size_t line_bytes);
static bool is_self(const struct token *t, const char *self);
static bool is_ours(const char *folded, const char *ours);
static bool is_name(const struct book *b, const struct token *t);
static bool is_owner(const struct book *b, const struct token *t, bool first);
static bool is_unknown(const struct book *b, const struct token *t);
static bool capital(const unsigned char *s, const unsigned char *end);
static bool abbreviation(const char *folded);
static bool may_end(const char *folded);
static bool mark_in(const char *p, const char *end, size_t *n);
static bool quotation(const char *p, const char *end);
static void join_apart(struct reading *r);
static bool ends_sentence(const struct reading *r, int at);

void
book_take_apart(const struct book *b, const char *text, size_t n,
    const struct phrases_people *people, struct reading *r)
{
    const char *p = text, *end = text + n;
    char folded[64], last[64] = "", word[4 * SPACED_MAX + 1];
    char ours[OURS_BYTES_MAX] = "";
    size_t line = 0, mark, n_spaced;
    bool quoted = false;

    book_make_room();
    if (people != NULL && people->ours != NULL)
        utf8_fold(ours, sizeof ours, people->ours, strlen(people->ours));
    r->n_tokens = r->n_sentences = 0;
    while (p < end && r->n_tokens < PHRASE_TOKENS_MAX) {
        struct token *t = &r->token[r->n_tokens];
        const char *from = p;
        bool first;

        if (next_token(&p, end, t, folded, sizeof folded) == 0) {
            const struct token *before = r->n_tokens > 0 ? t - 1 : NULL;

            if (before != NULL && before->sentence == r->n_sentences &&
                breaks_sentence(from, end, before, last, line))
                r->n_sentences++;
            if (before != NULL && *from == '?')
                r->token[r->n_tokens - 1].asks = true;
            line = *from == '\n' ? 0 : line + (size_t)(p - from);
            if (mark_in(from, end, &mark))
                quoted = !quoted && quotation(from + mark, end);
            continue;
        }
        line += (size_t)(p - from);
        n_spaced = spaced(t->at, end, r->n_tokens > 0 && t[-1].spaced, word);
        t->spaced = n_spaced > t->n;
        if (t->spaced) {
            t->n = (uint16_t)n_spaced;
            p = t->at + n_spaced;
            book_fold(folded, sizeof folded, word, strlen(word));
        }
        t->own = t->address && people != NULL && is_self(t, people->self);
        if (t->address)
            (void)snprintf(
                folded, sizeof folded, "%s", t->own ? "mig" : "nogens-adresse");
        t->word = book_look_up(b, folded);
        if (!t->address && t->n > t->word->me) {
            t->n = (uint16_t)(t->n - t->word->me * (t->spaced ? 2 : 1));
            p = t->at + t->n;
        }
        first = r->n_tokens == 0 || t[-1].sentence != r->n_sentences;
        t->ours = !t->address && is_unknown(b, t) && is_ours(folded, ours);
        if (t->ours)
            t->word = book_look_up(b, "vores-navn");
        else if (is_owner(b, t, first))
            t->word = book_look_up(b, "nogens-navns");
        else if (!first && is_name(b, t))
            t->word = book_look_up(b, "nogens-navn");
        t->filler = t->word->filler;
        t->but = t->word->but;
        t->clause = t->word->clause;
        if (t->but && r->n_tokens > 0 && t[-1].sentence == r->n_sentences)
            r->n_sentences++;
        t->anew = t->word->anew && r->n_tokens > 0 &&
                  t[-1].sentence == r->n_sentences && t[-1].word->and;
        if (t->anew)
            r->n_sentences++;
        t->sentence = (uint16_t)r->n_sentences;
        t->quoted = quoted;
        t->asks = false;
        memcpy(last, folded, sizeof last);
        r->n_tokens++;
    }
    r->n_sentences++;
    r->cut = p < end;
    join_apart(r);
    for (int i = 1; i < r->n_tokens; i++)
        if (r->token[i].word->no && r->token[i - 1].word->adverb &&
            r->token[i - 1].sentence == r->token[i].sentence) {
            r->token[i - 1].word = book_look_up(b, "");
            r->token[i - 1].filler = true;
        }
}

/* Returns 1 with a word, a comma or an address at *p; 0 having skipped one
 * character that is none of these. */
static int
next_token(
    const char **p, const char *end, struct token *t, char *folded, size_t size)
{
    const char *q = *p, *at_sign = NULL;

    t->comma = t->address = false;
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

            if (utf8_parts_words(u) &&
                !(u == APOSTROPHE && q > t->at && next < end &&
                    isalpha((unsigned char)*next)))
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

/* "S T O P", "s.t.o.p": its bytes, 0 if nothing like it stands at p; word:
 * without what parts its letters.  After another fewer will do: "M E". */
static size_t
spaced(const char *p, const char *end, bool after_another, char *word)
{
    const char *from = p, *stop = p;
    int letters = 0;
    size_t n = 0, k;

    while (letters < SPACED_MAX && (k = letter_at(p, end)) > 0 &&
           letter_at(p + k, end) == 0) {
        memcpy(word + n, p, k);
        n += k;
        letters++;
        stop = p + k;
        if (stop == end || strchr(" .-", *stop) == NULL)
            break;
        p = stop + 1;
    }
    word[n] = '\0';
    return letters < (after_another ? 2 : SPACED_MIN) ? 0
                                                      : (size_t)(stop - from);
}

/* Its bytes, 0: none. */
static size_t
letter_at(const char *p, const char *end)
{
    const char *next = p;

    if (p == end)
        return 0;
    if ((unsigned char)*p < 0x80)
        return isalpha((unsigned char)*p) != 0;
    return utf8_parts_words(utf8_next(&next, end)) ? 0 : (size_t)(next - p);
}

/* "Delete:" and an address below it: one sentence. */
static bool
address_follows(const char *p, const char *end)
{
    for (p++; p < end && isspace((unsigned char)*p); p++)
        ;
    return in_local_part(p, end);
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
        if (q < end && islower((unsigned char)*q) && may_end(folded_before))
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

/* Whether it is a word of our names, also as an owner's; all is folded. */
static bool
is_ours(const char *folded, const char *ours)
{
    size_t n = strlen(folded), k;

    for (const char *p = ours; *p != '\0'; p += k > 0 ? k : 1) {
        for (k = 0;
             isalnum((unsigned char)p[k]) || (unsigned char)p[k] >= 0x80;)
            k++;
        if (k > 1 && strncmp(p, folded, k) == 0 &&
            (n == k || (n == k + 1 && folded[k] == 's')))
            return true;
    }
    return false;
}

/* A word within a sentence that nobody knows, with a capital: "Preben", but
 * not "LO". */
static bool
is_name(const struct book *b, const struct token *t)
{
    const unsigned char *s = (const unsigned char *)t->at, *end = s + t->n;

    const unsigned char *second = s + (*s < 0x80 ? 1 : 2);

    return !t->address && !t->comma && t->n > 2 && capital(s, end) &&
           (*second >= 0x80 || islower(*second)) && !capital(second, end) &&
           is_unknown(b, t);
}

/* Likewise with the ending of an owner: "Coops", "FOA's"; where a sentence
 * begins only the latter. */
static bool
is_owner(const struct book *b, const struct token *t, bool first)
{
    const unsigned char *s = (const unsigned char *)t->at, *end = s + t->n;

    return !t->address && !t->comma && t->n > 2 && capital(s, end) &&
           tolower(end[-1]) == 's' && is_unknown(b, t) &&
           (end[-2] == '\'' || (!first && end[-1] == 's'));
}

static bool
is_unknown(const struct book *b, const struct token *t)
{
    return t->word->sets == 0 || book_in_set(t->word, b->unknown_set);
}

static bool
capital(const unsigned char *s, const unsigned char *end)
{
    return s < end && (isupper(*s) || (s[0] == 0xC3 && end - s > 1 &&
                                          s[1] >= 0x80 && s[1] <= 0x9E));
}

static bool
abbreviation(const char *folded)
{
    static const char *const list[] = {"kl", "pr", "nr", "tlf", "ca", "evt",
        "bl", "mht", "afm", "vedr", "ang", "eks", "jf", "hr", "fr", "dr", "st",
        "mr", "mrs", "ms", "z", "feks", "inkl", "ekskl"};

    for (size_t i = 0; i < sizeof list / sizeof *list; i++)
        if (strcmp(folded, list[i]) == 0)
            return true;
    return false;
}

/* Abbreviations that sentences end with, too. */
static bool
may_end(const char *folded)
{
    static const char *const list[] = {
        "adr", "mailadr", "emailadr", "abonn", "nyhedsbr", "osv", "mv", "m"};

    for (size_t i = 0; i < sizeof list / sizeof *list; i++)
        if (strcmp(folded, list[i]) == 0)
            return true;
    return false;
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

/* "Take. Me. Off.": words that each stand in a sentence of their own are one
 * sentence if one of them, "me", hardly ever does. */
static void
join_apart(struct reading *r)
{
    int joined = 0, last = -1;

    for (int i = 0, next; i < r->n_tokens; i = next) {
        bool join = false;

        next = i;
        while (r->token[i].sentence != last && next < r->n_tokens &&
               ends_sentence(r, next))
            join = r->token[next++].word->apart || join;
        if (next == i)
            next++;
        last = r->token[next - 1].sentence;
        for (int k = i; k < next; k++) {
            joined += join && k > i;
            r->token[k].sentence = (uint16_t)(r->token[k].sentence - joined);
        }
    }
    r->n_sentences -= joined;
}

static bool
ends_sentence(const struct reading *r, int at)
{
    return at + 1 == r->n_tokens ||
           r->token[at + 1].sentence != r->token[at].sentence;
}
