/* SPDX-License-Identifier: ISC */
/* Which lists a word stands in.  To find out costs a look for each of its
 * beginnings, its parts and what it may be a misspelling of, and people use
 * few words: what was found out once is kept. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/phrases_book.h"
#include "lists/fault.h"

enum {
    KNOWN_MAX = 8192,
    KNOWN_BUCKETS = 2048
};
struct book_member {
    struct book_word *word;
    struct book_member *next;
};

static struct known_word *bucket[KNOWN_BUCKETS];
static int n_known;

static void put_in(struct book *b, struct book_word *w, int set);
static void
note_unknown(const struct book *b, const char *folded, struct book_sets *sets);
static const struct book_word *find_word(const struct book *b, unsigned h,
    const char *text, size_t n, bool open_end);
static void note_sets(struct book_sets *sets, const struct book_word *w);
static struct known_word *
keep(const struct book *b, const char *folded, size_t n);
static void find_out(
    const struct book *b, const char *folded, size_t n, struct book_sets *sets);
static size_t run_together(
    const struct book *b, const char *folded, size_t n, struct book_sets *sets);

void
book_add_word(struct book *b, const char *word, int set)
{
    size_t n = strlen(word);
    bool part = *word == '*', open_end = n > 1 && word[n - 1] == '*';
    struct book_word *w, **head = &b->parts;

    if (part) {
        word++;
        n--;
    }
    if (open_end)
        n--;
    if (!part)
        head = &b->bucket[book_hash(word, n) % BOOK_BUCKETS];
    for (w = *head; w != NULL; w = w->next)
        if (w->open_end == open_end && strlen(w->text) == n &&
            memcmp(w->text, word, n) == 0)
            break;
    if (w == NULL) {
        w = fault_calloc(1, sizeof *w);
        memcpy(w->text, word, n);
        w->open_end = open_end;
        w->next = *head;
        *head = w;
    }
    put_in(b, w, set);
}

static void
put_in(struct book *b, struct book_word *w, int set)
{
    struct book_member *m;

    for (int i = 0; i < w->n_sets; i++)
        if (w->set[i] == set)
            return;
    if (w->n_sets == w->room) {
        w->room = w->room * 2 + 4;
        w->set = reallocarray(w->set, (size_t)w->room, sizeof *w->set);
        if (w->set == NULL)
            fault_no_memory();
    }
    w->set[w->n_sets++] = (uint16_t)set;
    m = fault_calloc(1, sizeof *m);
    m->word = w;
    m->next = b->members[set];
    b->members[set] = m;
}

void
book_take_in(struct book *b, int from, int set)
{
    for (const struct book_member *m = b->members[from]; m != NULL; m = m->next)
        put_in(b, m->word, set);
}

void
book_stands_in(const struct book *b, const char *folded, struct book_sets *sets)
{
    size_t n = strlen(folded);

    sets->n = 0;
    if (n == 0 || n >= BOOK_WORD_MAX)
        return;
    note_sets(sets, find_word(b, book_hash(folded, n), folded, n, false));
    for (size_t k = 2; k <= n; k++)
        note_sets(sets, find_word(b, book_hash(folded, k), folded, k, true));
    for (const struct book_word *w = b->parts; w != NULL; w = w->next) {
        const char *at = strstr(folded, w->text);

        if (at != NULL && (w->open_end || at[strlen(w->text)] == '\0'))
            note_sets(sets, w);
    }
}

static const struct book_word *
find_word(
    const struct book *b, unsigned h, const char *text, size_t n, bool open_end)
{
    const struct book_word *w = b->bucket[h % BOOK_BUCKETS];

    for (; w != NULL; w = w->next)
        if (w->open_end == open_end && w->text[n] == '\0' &&
            strncmp(w->text, text, n) == 0)
            return w;
    return NULL;
}

static void
note_sets(struct book_sets *sets, const struct book_word *w)
{
    if (w == NULL)
        return;
    for (int i = 0; i < w->n_sets && sets->n < BOOK_SETS_OF_WORD_MAX; i++) {
        int k = 0;

        while (k < sets->n && sets->set[k] != w->set[i])
            k++;
        if (k == sets->n)
            sets->set[sets->n++] = w->set[i];
    }
}

void
book_make_room(void)
{
    if (n_known + PHRASE_TOKENS_MAX <= KNOWN_MAX)
        return;
    for (int i = 0; i < KNOWN_BUCKETS; i++) {
        while (bucket[i] != NULL) {
            struct known_word *w = bucket[i];

            bucket[i] = w->next;
            free(w);
        }
    }
    n_known = 0;
}

const struct known_word *
book_look_up(const struct book *b, const char *folded)
{
    size_t n = strlen(folded);
    unsigned h = book_hash(folded, n);
    struct known_word *w = bucket[h % KNOWN_BUCKETS];

    for (; w != NULL; w = w->next)
        if (w->hash == h && w->n == n &&
            memcmp(w->set + w->sets, folded, n) == 0)
            return w;
    w = keep(b, folded, n);
    w->hash = h;
    w->next = bucket[h % KNOWN_BUCKETS];
    bucket[h % KNOWN_BUCKETS] = w;
    n_known++;
    return w;
}

static struct known_word *
keep(const struct book *b, const char *folded, size_t n)
{
    struct book_sets sets;
    struct known_word *w;
    size_t me = run_together(b, folded, n, &sets);

    if (me == 0)
        find_out(b, folded, n, &sets);
    if (sets.n == 0)
        note_unknown(b, folded, &sets);
    w = fault_calloc(1, sizeof *w + sets.n * sizeof *w->set + n);
    w->n = (uint16_t)n;
    w->me = (uint8_t)me;
    w->sets = sets.n;
    memcpy(w->set + w->sets, folded, n);
    for (int i = 0; i < sets.n; i++) {
        w->kinds |= b->kinds_of_set[sets.set[i]];
        if (b->kinds_of_set[sets.set[i]] != 0)
            w->set[w->begins++] = sets.set[i];
    }
    for (int i = 0, k = w->begins; i < sets.n; i++)
        if (b->kinds_of_set[sets.set[i]] == 0)
            w->set[k++] = sets.set[i];
    w->filler = book_in_set(w, b->filler_set);
    w->but = book_in_set(w, b->but_set);
    w->and = book_in_set(w, b->and_set);
    w->anew = book_in_set(w, b->anew_set);
    w->adverb = book_in_set(w, b->adverb_set);
    w->no = book_in_set(w, b->no_set);
    w->clause = book_in_set(w, b->clause_set);
    w->apart = book_in_set(w, b->apart_set);
    w->lead = book_in_set(w, b->lead_set);
    return w;
}

static void
find_out(
    const struct book *b, const char *folded, size_t n, struct book_sets *sets)
{
    const char *meant;

    book_stands_in(b, folded, sets);
    if (n >= BOOK_WORD_MAX ||
        find_word(b, book_hash(folded, n), folded, n, false) != NULL)
        return;
    meant = book_spelled(b, folded, sets->n > 0);
    if (meant == NULL)
        return;
    n = strlen(meant);
    if (sets->n == 0)
        book_stands_in(b, meant, sets);
    else
        note_sets(sets, find_word(b, book_hash(meant, n), meant, n, false));
}

/* A word of no list, not too short, is of @unknown, and of @thing too if it
 * ends as Danish names of things with "the" do; "-sen" ends names of people. */
static void
note_unknown(const struct book *b, const char *folded, struct book_sets *sets)
{
    size_t n = strlen(folded);
    const char *end = folded + (n < 5 ? 0 : n - 3);

    if (n < 5 || isdigit((unsigned char)*folded))
        return;
    sets->set[sets->n++] = (uint16_t)b->unknown_set;
    if (strcmp(end, "sen") != 0 &&
        (strcmp(end + 1, "en") == 0 || strcmp(end + 1, "et") == 0 ||
            strcmp(end + 1, "ne") == 0))
        sets->set[sets->n++] = (uint16_t)b->thing_set;
}

/* "sletmig": a known word and a "me" that are written as one.  Returns the
 * letters of the "me", 0 if it is no such word. */
static size_t
run_together(
    const struct book *b, const char *folded, size_t n, struct book_sets *sets)
{
    char front[64];

    if (n < 6 || n >= sizeof front + 3 ||
        (strcmp(folded + n - 3, "mig") != 0 &&
            strcmp(folded + n - 3, "meg") != 0))
        return 0;
    memcpy(front, folded, n - 3);
    front[n - 3] = '\0';
    book_stands_in(b, front, sets);
    return sets->n > 0 ? 3 : 0;
}

bool
book_in_set(const struct known_word *w, int set)
{
    for (int i = 0; i < w->sets; i++)
        if (w->set[i] == set)
            return true;
    return false;
}

unsigned
book_hash(const char *s, size_t n)
{
    unsigned h = 2166136261U;

    for (size_t i = 0; i < n; i++)
        h = (h ^ (unsigned char)s[i]) * 16777619U;
    return h;
}
