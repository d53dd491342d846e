/* SPDX-License-Identifier: ISC */
/* Reads the words files of daemon/words/ into tables; daemon/words/README
 * tells their form.  A mistake in them is remembered, not fatal: a test shows
 * it before anything is installed. */
#include "daemon/phrases_book.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/utf8.h"
#include "lists/fault.h"

/* Made from the files of daemon/words/ by the Makefile. */
extern const char *const words_text[];
extern const char *const words_name[];

enum {
    LINE_BYTES = 2000
};
struct book_list {
    char key[400];
    int set;
    struct book_list *next;
};
struct book_same {
    char word[BOOK_WORD_MAX], as[BOOK_WORD_MAX];
    struct book_same *next;
};
/* Where the reading of the files stands. */
struct reader_state {
    struct book *b;
    const char *file;
    int line;
    bool classes; /* the first round: only the named lists */
    int kind;     /* -1: before the first section */
    bool same;    /* in the section of words that stand for others */
    int part;     /* the part that is being read */
};

static void read_file(struct reader_state *s, const char *text);
static void read_line(struct reader_state *s, char *line);
static void read_class(struct reader_state *s, char *line);
static void read_same(struct reader_state *s, char *line);
static void read_part(struct reader_state *s, char *line);
static int part_of(const struct book *b, const char *name);
static void rank(struct reader_state *s, struct book_phrase *ph);
static bool read_choices(struct reader_state *s, const char *line);
static void read_phrase(struct reader_state *s, char *line);
static bool
read_order(struct book_phrase *ph, const char *word, struct book_element *next);
static void join_same(struct reader_state *s);
static void collect_spelling(struct reader_state *s);
static bool
read_element(struct reader_state *s, char *word, struct book_element *e);
static int kind_of(const char *heading);
static int list_of(struct book *b, const char *key, bool *made);
static void add_members(struct reader_state *s, int set, char *members);
static void mistake(struct reader_state *s, const char *what, const char *word);

static const char *const section[PHRASE_KINDS] = {"leave", "bare", "keep",
    "polite", "join", "wish", "doubt", "allowed", "other", "leave other",
    "event", "past", "still", "personal", "about", "vague", "aside", "third",
    "that", "them", "they", "swap", "signed", "undo", "so", "own", "when",
    "how", "sole", "do", "reason", "told", "retract", "absent", "letter",
    "closing", "noise", "footer", "robot", "dead", "full", "waiting", "refused",
    "undelivered", "unreachable", "given up", "complaint"};

const struct book *
book_get(void)
{
    static struct book *book;
    struct reader_state s = {.kind = -1};

    if (book != NULL)
        return book;
    s.b = fault_calloc(1, sizeof *book);
    s.b->filler_set = list_of(s.b, "@filler", NULL);
    s.b->but_set = list_of(s.b, "@but", NULL);
    s.b->and_set = list_of(s.b, "@and", NULL);
    s.b->anew_set = list_of(s.b, "@anew", NULL);
    s.b->adverb_set = list_of(s.b, "@adverb", NULL);
    s.b->no_set = list_of(s.b, "@no", NULL);
    s.b->clause_set = list_of(s.b, "@clause", NULL);
    s.b->apart_set = list_of(s.b, "@apart", NULL);
    s.b->lead_set = list_of(s.b, "@lead", NULL);
    s.b->spell_set = list_of(s.b, "@spell", NULL);
    s.b->unknown_set = list_of(s.b, "@unknown", NULL);
    s.b->thing_set = list_of(s.b, "@thing", NULL);
    for (int round = 0; round < 2; round++) {
        s.classes = round == 0;
        for (int i = 0; words_text[i] != NULL; i++) {
            s.file = words_name[i];
            read_file(&s, words_text[i]);
        }
    }
    s.b->filler_part = part_of(s.b, "%filler");
    join_same(&s);
    collect_spelling(&s);
    book_arrange(s.b);
    book = s.b;
    return book;
}

static void
read_file(struct reader_state *s, const char *text)
{
    char line[LINE_BYTES];

    s->line = 0;
    s->kind = -1;
    while (*text != '\0') {
        size_t n = strcspn(text, "\n"), keep;

        s->line++;
        keep = n < sizeof line - 1 ? n : sizeof line - 1;
        memcpy(line, text, keep);
        line[keep] = '\0';
        line[strcspn(line, "#")] = '\0';
        read_line(s, line);
        text += text[n] == '\n' ? n + 1 : n;
    }
}

static void
read_line(struct reader_state *s, char *line)
{
    size_t n = strlen(line);

    while (n > 0 && isspace((unsigned char)line[n - 1]))
        line[--n] = '\0';
    line += strspn(line, " \t");
    if (*line == '\0')
        return;
    if (*line == '[' && line[strlen(line) - 1] == ']') {
        line[strlen(line) - 1] = '\0';
        s->kind = kind_of(line + 1);
        s->same = strcmp(line + 1, "same") == 0;
        if (s->kind < 0 && !s->same)
            mistake(s, "no such section", line + 1);
    } else if (*line == '@' && strchr(line, '=') != NULL) {
        if (s->classes)
            read_class(s, line);
    } else if (*line == '%' && strchr(line, '=') != NULL) {
        if (!s->classes)
            read_part(s, line);
    } else if (s->same && s->classes) {
        read_same(s, line);
    } else if (!s->same && !s->classes) {
        read_phrase(s, line);
    }
}

static void
read_class(struct reader_state *s, char *line)
{
    char *members = strchr(line, '=');

    *members++ = '\0';
    line[strcspn(line, " \t")] = '\0';
    add_members(s, list_of(s->b, line, NULL), members);
}

/* %name = a phrase that may stand in others */
static void
read_part(struct reader_state *s, char *line)
{
    char *phrase = strchr(line, '=');
    int kind = s->kind;

    *phrase++ = '\0';
    line[strcspn(line, " \t")] = '\0';
    s->part = part_of(s->b, line);
    if (s->part < 0 && s->b->n_parts < BOOK_PARTS_MAX) {
        s->part = s->b->n_parts++;
        (void)snprintf(
            s->b->part[s->part], sizeof s->b->part[s->part], "%s", line);
    }
    if (s->part < 0) {
        mistake(s, "too many parts", line);
        return;
    }
    s->kind = BOOK_PART;
    read_phrase(s, phrase);
    s->kind = kind;
}

static int
part_of(const struct book *b, const char *name)
{
    for (int i = 0; i < b->n_parts; i++)
        if (strcmp(b->part[i], name) == 0)
            return i;
    return -1;
}

/* word = others that stand for it */
static void
read_same(struct reader_state *s, char *line)
{
    char *others = strchr(line, '='), *rest = NULL;
    char as[BOOK_WORD_MAX];

    if (others == NULL) {
        mistake(s, "no = in it", line);
        return;
    }
    *others++ = '\0';
    line[strcspn(line, " \t")] = '\0';
    book_fold(as, sizeof as, line, strlen(line));
    for (char *w = strtok_r(others, " \t", &rest); w != NULL;
         w = strtok_r(NULL, " \t", &rest)) {
        struct book_same *one = fault_calloc(1, sizeof *one);

        memcpy(one->as, as, sizeof as);
        book_fold(one->word, sizeof one->word, w, strlen(w));
        one->next = s->b->same;
        s->b->same = one;
    }
}

/* A word stands wherever the one stands that it is the same as. */
static void
join_same(struct reader_state *s)
{
    struct book_sets as;

    for (const struct book_same *w = s->b->same; w != NULL; w = w->next) {
        book_stands_in(s->b, w->as, &as);
        for (int i = 0; i < as.n; i++)
            if (as.set[i] != s->b->spell_set)
                book_add_word(s->b, w->word, as.set[i]);
        if (as.n == 0 || as.n == BOOK_SETS_OF_WORD_MAX)
            mistake(s, "stands nowhere, or in too many lists", w->as);
    }
}

static void
collect_spelling(struct reader_state *s)
{
    struct book *b = s->b;

    for (int i = 0; i < BOOK_BUCKETS; i++)
        for (const struct book_word *w = b->bucket[i]; w != NULL; w = w->next)
            for (int k = 0; k < w->n_sets; k++) {
                struct book_spell *one = &b->spell[b->n_spell];

                if (w->set[k] != b->spell_set)
                    continue;
                if (w->open_end || b->n_spell == BOOK_SPELL_MAX) {
                    mistake(s, "not whole, or too many, in @spell", w->text);
                    continue;
                }
                memcpy(one->word, w->text, sizeof one->word);
                book_sound(one->sound, sizeof one->sound, w->text);
                one->sound_n = strlen(one->sound);
                b->n_spell++;
            }
}

/* (word|%part|$): a phrase of its own for each part and for the end; one for
 * all words together. */
static bool
read_choices(struct reader_state *s, const char *line)
{
    char words[LINE_BYTES] = "", one[LINE_BYTES], *rest = NULL;
    const char *open, *close = line, *before;
    char group[LINE_BYTES];

    do {
        open = strchr(close, '(');
        close = open != NULL ? strchr(open, ')') : NULL;
        if (close == NULL)
            return false;
    } while (memchr(open, '%', (size_t)(close - open)) == NULL &&
             memchr(open, '$', (size_t)(close - open)) == NULL);
    before = open;
    while (before > line && before[-1] == ' ')
        before--;
    if (before > line && strchr("-!", before[-1]) != NULL) {
        mistake(s, "no part and no end after - or !", open);
        return true;
    }
    (void)snprintf(
        group, sizeof group, "%.*s", (int)(close - open - 1), open + 1);
    for (char *w = strtok_r(group, "|", &rest); w != NULL;
         w = strtok_r(NULL, "|", &rest)) {
        size_t n = strlen(words);

        if (*w != '%' && *w != '$') {
            (void)snprintf(
                words + n, sizeof words - n, "%s%s", n > 0 ? "|" : "", w);
            continue;
        }
        (void)snprintf(one, sizeof one, "%.*s%s%s", (int)(open - line), line, w,
            close + 1);
        read_phrase(s, one);
    }
    if (*words != '\0') {
        (void)snprintf(one, sizeof one, "%.*s(%s)%s", (int)(open - line), line,
            words, close + 1);
        read_phrase(s, one);
    }
    return true;
}

static void
read_phrase(struct reader_state *s, char *line)
{
    struct book *b = s->b;
    struct book_phrase *ph = &b->phrase[b->n_phrases];
    struct book_element next = {0};
    char *rest = NULL;

    if (read_choices(s, line))
        return;
    if (s->kind < 0 || b->n_phrases == BOOK_PHRASES_MAX) {
        mistake(s, "a phrase outside of a section, or too many", line);
        return;
    }
    *ph = (struct book_phrase){.kind = s->kind,
        .foreign = strncmp(s->file, "da", 2) != 0,
        .first_element = b->n_elements,
        .not_before = -1};
    for (char *word = strtok_r(line, " \t", &rest); word != NULL;
         word = strtok_r(NULL, " \t", &rest)) {
        if (strcmp(word, "^") == 0 || strcmp(word, "^,") == 0) {
            ph->begins = true;
            ph->begins_clause = word[1] == ',';
        } else if (strcmp(word, "-^") == 0) {
            ph->goes_on = true;
        } else if (read_order(ph, word, &next)) {
            continue;
        } else if (strcmp(word, "$") == 0 || strcmp(word, "$,") == 0 ||
                   strcmp(word, "$?") == 0) {
            ph->ends = true;
            ph->ends_clause = word[1] == ',';
            ph->ends_asking = word[1] == '?';
            ph->end_gap = next.gap;
            ph->end_filler = next.only_filler;
            next = (struct book_element){0};
        } else if (*word == '.' || *word == '~') {
            int gap = word[strspn(word, ".~")] == '\0'
                          ? 4
                          : (int)strtol(word + strspn(word, ".~"), NULL, 10);

            next.gap = (uint8_t)(gap < BOOK_GAP_MAX ? gap : BOOK_GAP_MAX);
            next.only_filler = *word == '~';
        } else if (b->n_elements == BOOK_ELEMENTS_MAX ||
                   !read_element(s, word, &next)) {
            mistake(s, "not understood", word);
            b->n_elements = ph->first_element;
            return;
        } else if (next.not_next && b->n_elements == ph->first_element) {
            ph->not_before = next.set;
            next = (struct book_element){0};
        } else {
            b->element[b->n_elements++] = next;
            next = (struct book_element){0};
        }
    }
    ph->n_elements = b->n_elements - ph->first_element;
    if (ph->n_elements == 0 || b->element[ph->first_element].optional) {
        mistake(s, "a phrase must begin with a word that is needed", line);
        b->n_elements = ph->first_element;
        return;
    }
    rank(s, ph);
    b->kinds_of_set[b->element[ph->first_element].set] |= PHRASE_BIT(ph->kind);
    b->n_phrases++;
}

/* A part stands above the parts that it is made of, and is looked for after
 * them. */
static void
rank(struct reader_state *s, struct book_phrase *ph)
{
    struct book *b = s->b;

    for (int i = 0; i < ph->n_elements; i++) {
        int part = b->element[ph->first_element + i].set - BOOK_FIRST_PART;

        if (part < 0)
            continue;
        if (ph->kind != BOOK_PART)
            b->kinds_of_parts |= PHRASE_BIT(ph->kind);
        else if (ph->level <= b->level[part])
            ph->level = (uint8_t)(b->level[part] + 1);
    }
    if (ph->kind != BOOK_PART)
        return;
    ph->part = (uint16_t)s->part;
    if (ph->level > b->level[s->part])
        b->level[s->part] = ph->level;
    if (ph->level >= b->levels)
        b->levels = ph->level + 1;
    if (b->levels > BOOK_LEVELS_MAX)
        mistake(s, "parts of too many parts", b->part[s->part]);
}

/* "&" before words that may stand in any order, "!" before one that must not
 * be in the sentence. */
static bool
read_order(struct book_phrase *ph, const char *word, struct book_element *next)
{
    if (*word == '&') {
        ph->any_order = next->free = true;
        ph->apart = word[1] != '\0' ? (uint8_t)strtol(word + 1, NULL, 10)
                                    : BOOK_APART_MAX;
    } else if (strcmp(word, "!") == 0) {
        next->absent = true;
    } else {
        return false;
    }
    return true;
}

static bool
read_element(struct reader_state *s, char *word, struct book_element *e)
{
    size_t n = strlen(word);
    bool made;
    int set;

    if (n > 1 && *word == '-') {
        word++;
        n--;
        e->not_next = true;
    }
    if (word[n - 1] == '?') {
        word[--n] = '\0';
        e->optional = true;
    }
    if (*word == '%') {
        set = part_of(s->b, word);
        e->set = (uint16_t)(BOOK_FIRST_PART + set);
        return set >= 0;
    }
    if (n == 0 || (*word == '(' && word[n - 1] != ')'))
        return false;
    set = list_of(s->b, word, &made);
    if (set < 0)
        return false;
    e->set = (uint16_t)set;
    if (made && *word == '@')
        return false; /* never defined */
    if (made && *word == '(') {
        word[n - 1] = '\0';
        add_members(s, set, word + 1);
    } else if (made) {
        add_members(s, set, word);
    }
    return true;
}

static int
kind_of(const char *heading)
{
    for (int i = 0; i < PHRASE_KINDS; i++)
        if (strcmp(heading, section[i]) == 0)
            return i;
    return -1;
}

const char *
phrase_section(enum phrase_kind k)
{
    return section[k];
}

int
book_list(const struct book *b, const char *name)
{
    const struct book_list *l =
        b->lists[book_hash(name, strlen(name)) % BOOK_BUCKETS];

    while (l != NULL && strcmp(l->key, name) != 0)
        l = l->next;
    return l != NULL ? l->set : -1;
}

/* The number of the list that is written as key; *made: it is new. */
static int
list_of(struct book *b, const char *key, bool *made)
{
    struct book_list *l, **head;
    int set = book_list(b, key);

    if (made != NULL)
        *made = false;
    if (set >= 0)
        return set;
    head = &b->lists[book_hash(key, strlen(key)) % BOOK_BUCKETS];
    if (b->n_sets == BOOK_SETS_MAX || strlen(key) >= sizeof l->key)
        return -1;
    l = fault_calloc(1, sizeof *l);
    memcpy(l->key, key, strlen(key) + 1);
    l->set = b->n_sets++;
    l->next = *head;
    *head = l;
    if (made != NULL)
        *made = true;
    return l->set;
}

/* members: words between bars or blanks; @name takes in all of that list. */
static void
add_members(struct reader_state *s, int set, char *members)
{
    char folded[BOOK_WORD_MAX], *rest = NULL;

    if (set < 0)
        return;
    for (char *w = strtok_r(members, "| \t", &rest); w != NULL;
         w = strtok_r(NULL, "| \t", &rest)) {
        if (*w == '@') {
            bool made;
            int from = list_of(s->b, w, &made);

            if (made || from < 0) {
                mistake(s, "no such list", w);
                continue;
            }
            book_take_in(s->b, from, set);
            continue;
        }
        if (strlen(w) >= sizeof folded - 2 || *w == '%' || *w == '$')
            mistake(s, "too long, or no word", w);
        book_fold(folded, sizeof folded, w, strlen(w));
        book_add_word(s->b, folded, set);
    }
}

void
book_fold(char *out, size_t size, const char *s, size_t n)
{
    size_t w = 0, k = utf8_fold(out, size, s, n);

    for (size_t i = 0; i < k; i++)
        if (out[i] != '\'')
            out[w++] = out[i];
    out[w] = '\0';
}

static void
mistake(struct reader_state *s, const char *what, const char *word)
{
    size_t n = strlen(s->b->mistake);

    (void)snprintf(s->b->mistake + n, sizeof s->b->mistake - n,
        "%s.txt:%d: %s: %.80s\n", s->file, s->line, what, word);
}

int
phrases_count(enum phrase_kind kind)
{
    const struct book *b = book_get();
    int n = 0;

    for (int i = 0; i < b->n_phrases; i++)
        n += b->phrase[i].kind == (int)kind;
    return n;
}

const char *
phrases_mistake(void)
{
    const struct book *b = book_get();

    return b->mistake[0] != '\0' ? b->mistake : NULL;
}
