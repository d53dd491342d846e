/* SPDX-License-Identifier: ISC */
/* Which lists a word stands in.  To find out costs a look for each of its
 * beginnings, its parts and what it may be a misspelling of, and people use
 * few words: what was found out once is kept. */
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
/* A word of a mail: its lists, then its letters. */
struct known {
    struct known *next;
    unsigned hash;
    uint16_t n, sets;
    bool filler;
    uint16_t set[];
};

static void put_in(struct book *b, struct book_word *w, int set);
static const struct book_word *find_word(const struct book *b, unsigned h,
    const char *text, size_t n, bool open_end);
static void note_sets(struct token *t, const struct book_word *w);
static void find_out(const struct book *b, const char *folded, struct token *t);
static struct known *keep(const char *folded, size_t n, const struct token *t);

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
book_stands_in(const struct book *b, const char *folded, struct token *t)
{
    size_t n = strlen(folded);

    t->sets = 0;
    t->filler = false;
    if (n == 0 || n >= BOOK_WORD_MAX)
        return;
    note_sets(t, find_word(b, book_hash(folded, n), folded, n, false));
    for (size_t k = 2; k <= n; k++)
        note_sets(t, find_word(b, book_hash(folded, k), folded, k, true));
    for (const struct book_word *w = b->parts; w != NULL; w = w->next) {
        const char *at = strstr(folded, w->text);

        if (at != NULL && (w->open_end || at[strlen(w->text)] == '\0'))
            note_sets(t, w);
    }
    for (int i = 0; i < t->sets; i++)
        if (t->set[i] == b->filler_set)
            t->filler = true;
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
note_sets(struct token *t, const struct book_word *w)
{
    if (w == NULL)
        return;
    for (int i = 0; i < w->n_sets && t->sets < PHRASE_SETS_MAX; i++) {
        int k = 0;

        while (k < t->sets && t->set[k] != w->set[i])
            k++;
        if (k == t->sets)
            t->set[t->sets++] = w->set[i];
    }
}

void
book_look_up(const struct book *b, const char *folded, struct token *t)
{
    static struct known *bucket[KNOWN_BUCKETS];
    static int n_known;
    size_t n = strlen(folded);
    unsigned h = book_hash(folded, n);
    struct known *k = bucket[h % KNOWN_BUCKETS];

    for (; k != NULL; k = k->next) {
        if (k->hash != h || k->n != n ||
            memcmp(k->set + k->sets, folded, n) != 0)
            continue;
        t->filler = k->filler;
        t->sets = k->sets;
        memcpy(t->set, k->set, k->sets * sizeof *k->set);
        return;
    }
    find_out(b, folded, t);
    if (n_known == KNOWN_MAX || n >= BOOK_WORD_MAX)
        return;
    n_known++;
    k = keep(folded, n, t);
    k->hash = h;
    k->next = bucket[h % KNOWN_BUCKETS];
    bucket[h % KNOWN_BUCKETS] = k;
}

static void
find_out(const struct book *b, const char *folded, struct token *t)
{
    size_t n = strlen(folded);
    const char *meant;

    book_stands_in(b, folded, t);
    if (n >= BOOK_WORD_MAX ||
        find_word(b, book_hash(folded, n), folded, n, false) != NULL)
        return;
    meant = book_spelled(b, folded, t->sets > 0);
    if (meant == NULL)
        return;
    n = strlen(meant);
    if (t->sets == 0)
        book_stands_in(b, meant, t);
    else
        note_sets(t, find_word(b, book_hash(meant, n), meant, n, false));
}

static struct known *
keep(const char *folded, size_t n, const struct token *t)
{
    struct known *k = fault_calloc(1, sizeof *k + t->sets * sizeof *t->set + n);

    k->n = (uint16_t)n;
    k->sets = t->sets;
    k->filler = t->filler;
    memcpy(k->set, t->set, t->sets * sizeof *t->set);
    memcpy(k->set + t->sets, folded, n);
    return k;
}

bool
book_in_set(const struct token *t, int set)
{
    for (int i = 0; i < t->sets; i++)
        if (t->set[i] == set)
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
