/* SPDX-License-Identifier: ISC */
/* daemon/phrases_book.h - the words files, compiled.  For phrases*.c, and for
 * yes_no.c and intent_like.c, which ask for single words. */
#ifndef DAEMON_PHRASES_BOOK_H
#define DAEMON_PHRASES_BOOK_H
#include <stdbool.h>
#include <stddef.h>
#include "daemon/phrases.h"

enum {
    BOOK_PHRASES_MAX = 8000,
    BOOK_ELEMENTS_MAX = 48000,
    BOOK_SETS_MAX = 12000,
    BOOK_WORD_MAX = 48,
    BOOK_BUCKETS = 8192,
    BOOK_GAP_MAX = 12,
    BOOK_PARTS_MAX = 200,
    BOOK_LEVELS_MAX = 5,
    BOOK_FIRST_PART = BOOK_SETS_MAX,
    BOOK_STARTS_MAX = BOOK_SETS_MAX + BOOK_PARTS_MAX,
    BOOK_PART = PHRASE_KINDS, /* stands for a kind: only a part of phrases */
    BOOK_APART_MAX = 10,      /* how far apart words in any order may stand */
    BOOK_SPELL_MAX = 200,     /* words whose misspellings are known */
    BOOK_SETS_OF_WORD_MAX = 800
};

/* One word of a phrase: a list of words, or from BOOK_FIRST_PART on a part of
 * several words; and how many others may stand before it. */
struct book_element {
    uint16_t set;
    uint8_t gap;
    bool only_filler, optional;
    bool free;     /* in any order: may stand anywhere near the first */
    bool absent;   /* the sentence must not have it; behind all others */
    bool not_next; /* the next word must be another */
};
struct book_phrase {
    int kind; /* enum phrase_kind, or BOOK_PART */
    uint16_t part;
    uint8_t level; /* a part's: above those that it is made of */
    int first_element, n_elements;
    int not_before;    /* a list that the word before must not be of, -1 none */
    uint8_t end_gap;   /* how many words may follow before the end */
    bool end_filler;   /* of the list @filler only */
    bool begins, ends; /* it must begin, must end its sentence */
    bool goes_on;      /* it must not begin its sentence */
    bool begins_clause; /* after a comma or a word of @clause will do */
    bool ends_clause;   /* a comma or a word of @clause is an end too */
    bool ends_asking;   /* only the end of a question will do */
    bool foreign;       /* of another language than Danish */
    bool any_order;     /* its words may stand in any order */
    uint8_t apart;      /* and so far from the first */
};
/* A phrase, as seen from the list or part that it begins with. */
struct book_start {
    uint16_t phrase;
    uint16_t need; /* another list or part that it cannot do without */
    uint8_t kind, level;
};
/* A word of @spell, and how it sounds. */
struct book_spell {
    char word[BOOK_WORD_MAX], sound[BOOK_WORD_MAX];
    size_t sound_n;
};
/* A word or a word's part, and the lists it stands in. */
struct book_word {
    char text[BOOK_WORD_MAX];
    bool open_end; /* word* */
    int n_sets, room;
    uint16_t *set;
    struct book_word *next;
};
/* A word of a mail, the lists that it stands in, and its letters. */
struct known_word {
    struct known_word *next;
    unsigned hash;
    /* in lists so named: */
    bool filler, but, and, anew, adverb, no, clause, apart, lead;
    uint8_t me;     /* letters of a "me" at its end: "sletmig" */
    uint64_t kinds; /* of the phrases that begin with it */
    uint16_t n, sets;
    uint16_t begins; /* so many of the lists, the first ones, begin phrases */
    uint16_t set[];
};
struct book_sets {
    uint16_t n;
    uint16_t set[BOOK_SETS_OF_WORD_MAX];
};
struct book_member;
struct book_list;
struct book_same; /* a word that stands for another */

struct book {
    int n_phrases, n_elements, n_sets, n_parts;
    int levels;              /* of parts */
    uint64_t kinds_of_parts; /* of the phrases that have parts */
    char part[BOOK_PARTS_MAX][BOOK_WORD_MAX];
    uint8_t level[BOOK_PARTS_MAX];
    int filler_part; /* -1 none */
    int filler_set, but_set, clause_set, spell_set, and_set, anew_set,
        adverb_set, no_set, unknown_set, thing_set, apart_set,
        lead_set; /* -1 none */
    int n_spell;
    struct book_spell spell[BOOK_SPELL_MAX];
    struct book_phrase phrase[BOOK_PHRASES_MAX];
    struct book_element element[BOOK_ELEMENTS_MAX];
    struct book_start start[BOOK_PHRASES_MAX]; /* by what they begin with: */
    uint16_t first_start[BOOK_STARTS_MAX + 1]; /* up to the next one's */
    uint64_t kinds_of_set[BOOK_STARTS_MAX]; /* of the phrases that begin so */
    struct book_member *members[BOOK_SETS_MAX];
    struct book_word *bucket[BOOK_BUCKETS];
    struct book_word *parts;               /* words with a star in front */
    struct book_list *lists[BOOK_BUCKETS]; /* by what they are made of */
    struct book_same *same;
    char mistake[4000];
};

/* Compiled at the first call, kept for the life of the process. */
const struct book *book_get(void);
/* The number of a named list ("@yes"), -1 there is none. */
int book_list(const struct book *b, const char *name);

/* Puts a folded word into a list: "word", "word*", "*word" or "*word*". */
void book_add_word(struct book *b, const char *word, int set);
/* Puts all words of one list into another as well. */
void book_take_in(struct book *b, int from, int set);
/* The lists that a folded word itself stands in. */
void book_stands_in(
    const struct book *b, const char *folded, struct book_sets *sets);
unsigned book_hash(const char *s, size_t n);
/* Puts the phrases in the order of their starts. */
void book_arrange(struct book *b);

/* What is known of a folded word.  One in no list is taken for the word of
 * @spell that it is like, if any; one that is known by its beginning alone, for
 * that which it sounds like.  Good until book_make_room. */
const struct known_word *book_look_up(const struct book *b, const char *folded);
/* Before a text is read: forgets all words if the next may be too many. */
void book_make_room(void);
/* Whether a word stands in a list. */
bool book_in_set(const struct known_word *w, int set);
/* Takes valid UTF-8 apart; nothing is looked for. */
void book_take_apart(const struct book *b, const char *text, size_t n,
    const struct phrases_people *people, struct reading *r);
/* The word of @spell that a folded word is a misspelling of (alike: one that
 * sounds the same), or NULL. */
const char *book_spelled(const struct book *b, const char *folded, bool alike);
void book_sound(char *out, size_t size, const char *folded);
/* utf8_fold, without apostrophes. */
void book_fold(char *out, size_t size, const char *s, size_t n);

#endif
