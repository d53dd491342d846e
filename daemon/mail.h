/* SPDX-License-Identifier: ISC */
/* daemon/mail.h - one message, opened under limits: its header fields, and
 * the leaves of its MIME tree as clean text. Judges nothing. */
#ifndef DAEMON_MAIL_H
#define DAEMON_MAIL_H
#include <stdbool.h>
#include <stddef.h>
#include "lists/address.h"
#include "lists/fault.h"
struct mailmime;

enum {
    MAIL_PARSED_MAX = 256 * 1024, /* what is over is not looked at */
    MAIL_FIELDS_MAX = 500,
    MAIL_FIELD_MAX = 4096, /* bytes of one field, the rest is cut off */
    MAIL_PARENS_MAX = 500, /* open at once: libetpan recurses */
    MAIL_MULTIPARTS_MAX = 100,
    MAIL_BOUNDARY_LINES_MAX = 4000,
    MAIL_PARTS_MAX = 60,
    MAIL_TEXT_MAX = 96 * 1024, /* decoded bytes of one part */
    MAIL_ENCODED_MAX = 192 * 1024
};

/* A header field as it stands in the message: folded, undecoded. Borrowed. */
struct mail_field {
    const char *name, *value;
    size_t name_n, value_n;
};
struct mail_head {
    int n;
    bool cut; /* more may have stood there: too many, or no end of it */
    struct mail_field field[MAIL_FIELDS_MAX];
};

struct mail_part {
    char type[64];    /* "text/plain", lower case */
    char charset[40]; /* "" not said */
    const char *body; /* undecoded, borrowed from the mail */
    size_t n;
    int encoding; /* of libetpan */
    bool flowed, delsp;
    bool attached;    /* Content-Disposition: attachment */
    bool inner;       /* of a message that this one carries */
    bool alternative; /* one of several forms of the same */
};

struct mail {
    struct mail_head head;
    int n_parts;
    struct mail_part part[MAIL_PARTS_MAX];
    char top_type[64]; /* of the whole message, "multipart/report" */
    char report_type[40];
    char *clean; /* what libetpan was given */
    struct mailmime *mime;
};

/* Opens a message of n bytes; borrows it.  Clear m with mail_clear, whatever
 * comes back.  NEVER: over a limit that would cost too much, the words say
 * which.  A message without structure is one part of text. */
MUST_USE enum result
mail_open(struct mail *m, const char *message, size_t n, struct fault *f);
void mail_clear(struct mail *m);

/* Finds the fields at the start of a text; returns where its body begins. */
size_t mail_head_read(struct mail_head *h, const char *text, size_t n);
/* The nth field of that name (from 0), unfolded, cut to size, undecoded.
 * false: there is none; out is "". */
bool mail_head_raw(const struct mail_head *h, const char *name, int nth,
    char *out, size_t size);
/* The same, encoded words decoded, tidied for people. */
bool mail_head_text(const struct mail_head *h, const char *name, int nth,
    char *out, size_t size);
bool mail_head_has(const struct mail_head *h, const char *name);
/* The addresses in a raw field value, at most max of them, keys only; those
 * that are none are left out.  Returns how many the field names, readable or
 * not. */
int mail_addresses(
    const char *value, int max, char out[][ADDRESS_MAX + 1], int *readable);

/* The text of a part as clean UTF-8 with LF, at most MAIL_TEXT_MAX bytes.
 * Yours, free with free(). */
char *mail_part_text(const struct mail_part *p, size_t *n);

#endif
