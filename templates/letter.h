/* SPDX-License-Identifier: ISC */
/* templates/letter.h - an issue becomes one complete RFC 5322 message whose
 * few personal places are markers (letter_compose, once per issue), and that
 * becomes the message of one person (letter_expand, once per delivery). */
#ifndef TEMPLATES_LETTER_H
#define TEMPLATES_LETTER_H
#include <stddef.h>
#include <stdint.h>
#include "lists/fault.h"
#include "templates/draft.h"

enum {
    LETTER_MAX_BYTES = 4 * 1024 * 1024,
    /* Room around an expanded letter. */
    LETTER_BEFORE = 8192,
    LETTER_BEHIND = 2048
};

struct letter_link {
    const char *label, *url; /* https:, http: or mailto: */
};
/* What the letter says about its list. Borrowed UTF-8 strings, never NULL,
 * "" where not configured. */
struct letter_list {
    const char *key;             /* nyhedsbrev: List-Id, Feedback-ID */
    const char *title;           /* Rummelig imidt */
    const char *from;            /* "Name <a@b>" */
    const char *reply_to;        /* "" : none */
    const char *mailbox;         /* tg@lo-aarhus.dk: replies, tg+unsub-TOKEN@ */
    const char *language;        /* da or en */
    const char *footer_language; /* of the small print */
    const char *postal;          /* postal address, one line */
    const char *footer;          /* CommonMark above the small print */
    const char *home_url;        /* List-Help, masthead; "" none */
    const char *web_url;         /* https base of our own pages, "" none */
    const char *colour;          /* "#rrggbb" of masthead, buttons and links */
    const struct letter_link *social;
    int n_social;
};
struct letter_image { /* a file beside the source; borrowed */
    const char *name; /* as the source writes it */
    const void *bytes;
    size_t n;
};

/* A composed issue: yours, clear with letter_clear. */
struct letter {
    char *subject; /* UTF-8 */
    char *message; /* complete message, CRLF, with markers */
    size_t message_bytes;
};

/* Composes a draft for its list; template_dir holds letter.html.tpl and
 * letter.txt.tpl.  Faults and advice go into notes.
 * NEVER: notes has errors.  STOP: a template is missing or wrong. */
MUST_USE enum result letter_compose(const struct draft *d,
    const struct letter_list *list, const struct letter_image *images,
    int n_images, const char *template_dir, struct letter *out,
    struct notes *notes, struct fault *f);
void letter_clear(struct letter *l);

/* Composes an answer of ours (text only, Auto-Submitted, no List-
 * Unsubscribe) from template_dir/NAME.LANGUAGE.txt.tpl, whose first line is
 * "Subject: ...".  name: "goodbye", "confirm" or "ask". in_reply_to: Message-ID
 * with brackets, "" none; a value that is no msg-id is left out. */
MUST_USE enum result letter_compose_answer(const char *name,
    const struct letter_list *list, const char *in_reply_to,
    const char *template_dir, struct letter *out, struct fault *f);

/* The personal places of one delivery. Borrowed. */
struct letter_person {
    const char *address, *name, *given_name; /* "" unknown */
    const char *token;                       /* lists/token.h */
    int64_t date_s;
    int64_t since_s; /* 0: no subscription (test copy, answer) */
    const char *how; /* consent_word(): "import", "reply", "form", ... */
};

/* A compiled message, loaded and ready to be expanded many times. */
struct letter_mold;
/* Yours, free with letter_mold_free.  The message is all it needs: what the
 * list was called when it was composed stands in it.
 * NEVER: the message is not one of letter_compose. */
MUST_USE enum result letter_mold_new(
    const char *message, size_t n, struct letter_mold **out, struct fault *f);
void letter_mold_free(struct letter_mold *m);

/* Writes the message for one person: complete, CRLF at each line's end, no
 * line that begins with a dot, no line over 998 bytes. *out, which a NUL ends,
 * points into the mold and is yours to change until the next call with this
 * mold; so are LETTER_BEFORE bytes before it and LETTER_BEHIND behind it: what
 * is sent stands in one piece without having been copied.
 * NEVER: a value holds a control character or is not UTF-8. */
MUST_USE enum result letter_expand(struct letter_mold *m,
    const struct letter_person *who, char **out, size_t *n, struct fault *f);

/* How many bytes of the body's beginning are the same in all messages of m. */
size_t letter_shared_bytes(const struct letter_mold *m);

/* The addresses and the Message-ID that carry a token; mailbox as in
 * letter_list.  out: 320 bytes. */
void letter_message_id(const char *mailbox, const char *token, char out[320]);
/* The second one of an answer, in its References. */
void letter_answer_id(const char *mailbox, const char *token, char out[320]);
void
letter_envelope_sender(const char *mailbox, const char *token, char out[320]);
void letter_unsubscribe_address(
    const char *mailbox, const char *token, char out[320]);

#endif
