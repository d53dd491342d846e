/* SPDX-License-Identifier: ISC */
/* daemon/conf_reading.h - the parts of conf_read() among themselves: the
 * table of keys, the text as libconfuse shall see it, values, and what must
 * be true of several keys together.  Nobody but conf*.c includes this. */
#ifndef DAEMON_CONF_READING_H
#define DAEMON_CONF_READING_H
#include <confuse.h>
#include <stddef.h>
#include <stdint.h>
#include "daemon/conf.h"

enum {
    CONF_FILE_MAX = 1024 * 1024,
    COMPLAINTS_MAX = 200 /* a file with more is not a configuration */
};

enum conf_section {
    IN_TOP, /* outside of any section */
    IN_LIST,
    IN_RELAY,
    IN_INBOX,
    IN_DOMAIN,
    CONF_SECTIONS
};
enum conf_kind {
    KIND_TEXT,      /* one line of UTF-8 */
    KIND_LINES,     /* likewise, of several lines */
    KIND_PATH,      /* relative to the configuration's folder */
    KIND_LOG,       /* "stderr" or a path */
    KIND_NAME,      /* a host or node name */
    KIND_ADDRESS,   /* a@b */
    KIND_MAILBOX,   /* a@b or "Name <a@b>" */
    KIND_LANGUAGE,  /* da or en, or "" where that is the default */
    KIND_COLOUR,    /* #rrggbb */
    KIND_HTTP_URL,  /* http: or https: */
    KIND_HTTPS_URL, /* https: */
    KIND_HANDLED,   /* keyword NAME, move FOLDER, leave */
    KIND_STRINGS,   /* all kinds above are a char * */
    KIND_SMTP_URL,  /* host, port and implicit_tls of a conf_relay */
    KIND_IMAP_URL,  /* likewise of a conf_inbox */
    KIND_DURATION,  /* "60 s", into an int */
    KIND_SIZE,      /* "1 MiB", into an int64_t of bytes */
    KIND_MIB,       /* likewise, into an int of MiB */
    KIND_COUNT,     /* a plain number, into an int */
    KIND_YESNO,     /* bool */
    KIND_TLS,       /* enum conf_tls */
    KIND_AUTH,      /* enum conf_auth */
    KIND_LEVEL,     /* enum log_level in an int */
    KIND_FOLDERS,   /* a list of strings: folder[] of a conf_inbox */
    KIND_SOCIAL,    /* likewise: social[] of a conf_list */
    KIND_DKIM,      /* likewise: dkim[] */
    KIND_WARM_UP    /* a list of plain numbers: warm_up[] of a conf_relay */
};
struct conf_key {
    enum conf_section section;
    const char *name;
    enum conf_kind kind;
    size_t offset;       /* of the value in the section's struct */
    const char *initial; /* NULL: must be given */
    int64_t least, most; /* seconds, bytes, MiB or the number itself */
};
extern const struct conf_key conf_keys[];
extern const int conf_n_keys;
const char *conf_section_word(enum conf_section s); /* "", "list", ... */
const char *conf_kind_word(enum conf_kind k);

/* One reading of one file: its complaints, and where each key stood. */
struct complaint {
    int line, order;
    bool warning;
    char words[300];
};
struct seen {
    const cfg_t *section;
    const char *key;
    int line;
};
struct reading {
    char *dir;
    int n_complaints, n_faults, n_seen, seen_max;
    bool broken; /* the grammar: what is missing may stand behind */
    struct complaint complaint[COMPLAINTS_MAX];
    struct seen *seen;
    cfg_t *top;
};
void complain(struct reading *rd, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Likewise, but the file is not refused for it. */
void warn(struct reading *rd, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The line of a key in the index-th section of its kind; where it was not
 * given, that of the section's end. */
int reading_line(
    struct reading *rd, enum conf_section s, int index, const char *key);

int line_of(const struct reading *rd, const cfg_t *section, const char *key);

/* The file's bytes and a NUL behind them; yours, free with free().  NULL: the
 * complaint is written. */
char *conf_slurp(struct reading *rd, const char *path, size_t *n);
/* The text as libconfuse shall read it; yours, free with free().  NULL: the
 * complaint is written. */
char *conf_text(struct reading *rd, const char *raw, size_t n);

/* Sets the value of a key, a list value added to those there; dir: of the
 * file, for relative paths.  The old string is freed.
 * NEVER: the words say what is wrong with it and what would be right. */
MUST_USE enum result conf_value(const struct conf_key *k, void *base,
    const char *text, const char *dir, struct fault *f);

/* Likewise one that stays a string: *out is yours. */
MUST_USE enum result conf_string(const struct conf_key *k, const char *text,
    const char *dir, char **out, struct fault *f);
MUST_USE enum result
conf_web_url(const char *text, bool https_only, struct fault *f);

/* Everything from rd->top into c. */
void conf_fill(struct reading *rd, struct conf *c);
/* What must be true of several keys together. */
void conf_check(struct reading *rd, struct conf *c);

#endif
