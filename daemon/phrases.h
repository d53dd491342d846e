/* SPDX-License-Identifier: ISC */
/* daemon/phrases.h - finds the phrases of daemon/words/ in a text.  What the
 * phrases mean together is for intent.c, robots.c and bounce.c to say.
 *
 * The words stand in the program, put there when it is built: the process
 * that reads mail opens no files. */
#ifndef DAEMON_PHRASES_H
#define DAEMON_PHRASES_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The sections of the words files, see daemon/words/README. */
enum phrase_kind {
    PHRASE_LEAVE,       /* a whole request: no more letters to me */
    PHRASE_BARE,        /* a request when nothing else is said */
    PHRASE_KEEP,        /* denies a request: "do not unsubscribe me" */
    PHRASE_POLITE,      /* a "not" that only makes a request polite */
    PHRASE_JOIN,        /* letters to me, please */
    PHRASE_WISH,        /* the letter, please, if I have none yet */
    PHRASE_DOUBT,       /* conditions, plans, questions how to */
    PHRASE_ALLOWED,     /* what looks like doubt and is politeness */
    PHRASE_OTHER,       /* speaks of someone else */
    PHRASE_OTHER_LEAVE, /* a whole request for someone else */
    PHRASE_EVENT,       /* it is about something else than the letter */
    PHRASE_PAST,        /* "I have unsubscribed" */
    PHRASE_STILL,       /* "and still get it" */
    PHRASE_PERSONAL,    /* words of a person about himself: I, me, my */
    PHRASE_ABOUT,       /* speaks of leaving as a subject of talk */
    PHRASE_VAGUE,       /* says no, but not to what */
    PHRASE_ASIDE,   /* in the sentence of a request it means another matter */
    PHRASE_THIRD,   /* someone else comes up: "my colleague" */
    PHRASE_THAT,    /* "delete that address", "take her off" */
    PHRASE_THEM,    /* the same, but only if someone else does come up */
    PHRASE_THEY,    /* such a one, even beside "me": "that it be deleted" */
    PHRASE_SWAP,    /* "her instead of me" */
    PHRASE_SIGNED,  /* signed up by mistake */
    PHRASE_UNDO,    /* "undo that": a request after such a mistake */
    PHRASE_SO,      /* "so I do": a request after talk of one */
    PHRASE_OWN,     /* the writer's own address or place on the list */
    PHRASE_WHEN,    /* a time to come */
    PHRASE_HOW,     /* asks how to leave */
    PHRASE_SOLE,    /* words that mean nothing but leaving a list */
    PHRASE_DO,      /* "can you see to it?" */
    PHRASE_REASON,  /* why someone leaves */
    PHRASE_TOLD,    /* leads in what is no request: "now and then I want to" */
    PHRASE_RETRACT, /* takes back what was said: "no, wait" */
    PHRASE_ABSENT,  /* what robots say, and people too: "on leave" */
    PHRASE_LETTER,  /* names the letter */
    PHRASE_CLOSING, /* "Kind regards": here the signature begins */
    PHRASE_NOISE,   /* lines that no one wrote: "Sent from my iPhone" */
    PHRASE_FOOTER,  /* our own small print */
    PHRASE_ROBOT,   /* an answer by no one */
    PHRASE_DEAD,    /* bounce: the address is wrong */
    PHRASE_FULL,    /* bounce: the mailbox is full */
    PHRASE_WAITING, /* bounce: still trying */
    PHRASE_REFUSED, /* bounce: policy, spam, blocked */
    PHRASE_UNDELIVERED, /* a bounce's own words */
    PHRASE_UNREACHABLE, /* bounce: the way there, for the time being */
    PHRASE_GIVEN_UP,    /* bounce: "will not try again" */
    PHRASE_COMPLAINT,   /* an abuse desk: someone calls a mail spam */
    PHRASE_KINDS
};
#define PHRASE_BIT(kind) (UINT64_C(1) << (kind))
const char *phrase_section(enum phrase_kind k); /* its heading: "leave" */

enum {
    PHRASE_TOKENS_MAX = 1200,
    PHRASE_FOUND_MAX = 400,
    PHRASE_SPANS_MAX = 600,
    PHRASE_LISTS_MAX = 12288 /* word lists and parts of phrases */
};

struct known_word; /* of the text: see daemon/phrases_book.h */
struct token {
    const char *at;                /* in the text */
    const struct known_word *word; /* gone when another text is read */
    uint16_t n;                    /* bytes there */
    uint16_t sentence;
    bool comma, filler, address;
    bool own;    /* the address is the writer's */
    bool ours;   /* it is in the letter's name, or its sender's */
    bool spaced; /* its letters stand apart */
    bool quoted; /* between quotation marks */
    bool clause; /* a clause begins or ends at it: a word of @clause */
    bool but;    /* "but": here a sentence was cut in two */
    bool anew;   /* "and I": here too */
    bool asks;   /* a question mark follows it */
};
struct found {
    enum phrase_kind kind;
    int first, last; /* tokens */
    bool loose;      /* its words stand in any order and far apart */
    bool foreign;    /* a phrase of another language than Danish */
    int sentence;
};
/* Where a part of phrases, a %name of the words files, stands. */
struct span {
    uint16_t part;
    int first, last; /* tokens */
    int next;        /* another that begins at the same token, -1 none */
};
/* A text taken apart: large, best kept static or on the heap. */
struct reading {
    int n_tokens, n_sentences, n_found, n_spans;
    bool cut; /* there was more than this holds */
    struct token token[PHRASE_TOKENS_MAX];
    struct found found[PHRASE_FOUND_MAX];
    struct span span[PHRASE_SPANS_MAX];
    int span_at[PHRASE_TOKENS_MAX]; /* the first at that token, -1 none */
    uint64_t present[PHRASE_LISTS_MAX / 64]; /* a bit for each list that has a
                                                word in the sentence at hand */
};

/* Whom a text may name; NULL: nobody. */
struct phrases_people {
    const char *self; /* an address that means the writer, as "mig" does; every
                         other is the word "nogens-adresse" */
    const char *ours; /* names of the letter and of who sends it, in one text:
                         the word "vores-navn"; other names are nogens-navn */
};
/* Takes valid UTF-8 apart and finds every phrase of the kinds in mask (bits
 * PHRASE_BIT(kind)).  people: NULL is nobody. */
void phrases_find(const char *text, size_t n,
    const struct phrases_people *people, uint64_t mask, struct reading *r);
/* Whether a sentence has a phrase of that kind (sentence < 0: any); -> the
 * first of them, or NULL. */
const struct found *
phrases_has(const struct reading *r, enum phrase_kind kind, int sentence);

/* How many phrases there are of a kind; for tests. */
int phrases_count(enum phrase_kind kind);
/* The mistakes in the words files, one a line, NULL none; for tests. */
const char *phrases_mistake(void);

#endif
