/* SPDX-License-Identifier: ISC */
/* daemon/facts.h - what is in a mail, as facts without judgement: the first
 * of the two pure functions of the inbox.  It runs in a process without
 * store, network or secrets (reader.h); the same function serves `explain`,
 * the tests and the fuzzer. */
#ifndef DAEMON_FACTS_H
#define DAEMON_FACTS_H
#include <stdbool.h>
#include <stddef.h>
#include "lists/address.h"
#include "lists/fault.h"
#include "lists/token.h"

enum {
    FACTS_WORDS_MAX = 2000,
    FACTS_IDS_MAX = 20,
    FACTS_ADDRESSES_MAX = 10
};

/* What the writer's own words ask for. */
enum intent {
    INTENT_NONE,        /* nothing about the list */
    INTENT_LEAVE,       /* no more letters to me */
    INTENT_LEAVE_OTHER, /* no more letters to someone else */
    INTENT_JOIN,        /* letters to me */
    INTENT_UNSURE,      /* about leaving, but not clearly a request */
    INTENT_STAY,        /* to go on getting the letter */
};
/* What an answer to a question of ours says. */
enum yes_no {
    SAYS_NEITHER, /* perhaps nothing: sent back as it was */
    SAYS_YES,
    SAYS_NO,
    SAYS_UNCLEAR, /* much, both, or a question */
};
/* What kind of mail it is, by its form alone. */
enum mail_form {
    FORM_PERSON,    /* someone wrote it */
    FORM_ROBOT,     /* auto-reply, receipt, challenge */
    FORM_BOUNCE,    /* a delivery report */
    FORM_COMPLAINT, /* a feedback report */
    FORM_BULK,      /* a list's or newsletter's mail, or a loop of our own */
};

struct facts {
    enum mail_form form;
    char message_id[321];       /* with brackets, "" none */
    char from[ADDRESS_MAX + 1]; /* key form, "" none or unreadable */
    int from_count;    /* addresses in all From fields, names that are one */
    char subject[400]; /* decoded, own words without Re: */
    char to_token[64]; /* of an unsubscribe address, "" none */
    char subject_token[64];  /* of "unsubscribe TOKEN", "" none */
    char bounce_token[64];   /* of a VERP address it was sent to */
    char returned_token[64]; /* of the Message-ID it gives back */
    int n_referred;          /* In-Reply-To and References */
    char referred[FACTS_IDS_MAX][321];
    char returned_id[321]; /* Message-ID of the mail it gives back */
    char returned_from[ADDRESS_MAX + 1]; /* who wrote that, "" not said */
    char returned_to[ADDRESS_MAX + 1];   /* whom it was addressed to */
    bool returned_ours;    /* by its From it is the list owner's mail */
    bool dmarc_fail;       /* by our own server's word */
    bool dmarc_pass;       /* likewise, where that server is known by name */
    char server[48];       /* who gave it to our servers, "" unknown: an IPv4
                              address, or the /64 of an IPv6 one */
    bool from_self;        /* From is the mailbox itself */
    bool unreadable;       /* encrypted, or too costly to read */
    bool forwarded;        /* the subject says so: "VS:" */
    bool resent_or_listed; /* through a list or a forwarder */
    bool still;            /* says that letters still come */
    enum intent intent;
    bool likely;      /* LEAVE only by likeness to what others have written */
    enum yes_no says; /* where it refers to an older mail */
    bool plain;       /* it says yes or no, and nothing else */
    char clue[200];   /* the words that decided intent */
    char words[FACTS_WORDS_MAX]; /* own words, quotes taken away, UTF-8 */
    int quote_line;              /* first quoted line, 0 none */
    int n_addresses;             /* bounce, complaint: whom it is about;
                                    INTENT_LEAVE_OTHER: who is named */
    char address[FACTS_ADDRESSES_MAX][ADDRESS_MAX + 1];
    char status[16];   /* bounce: enhanced status, "" none; where the server
                          gave a vague one, what its words amount to */
    bool permanent;    /* bounce: the server gave up */
    bool address_dead; /* bounce: the address itself is wrong */
    char why[200];     /* what made it that form */
};

/* What the reader must know of the installation. Borrowed. */
struct facts_context {
    const char *mailbox;  /* tg@lo-aarhus.dk */
    const char *authserv; /* our server in Authentication-Results, "" none,
                             "*" whichever stands at the top */
    const char *names;    /* of the letter and of who sends it, as its readers
                             may call them, in one text; "" none */
};

/* Reads one message of at most n bytes.  Never fails on a hostile one but for
 * memory: what cannot be read is left empty.
 * NEVER: over its limits (headers, parts, nesting); the words say which. */
MUST_USE enum result facts_read(const char *message, size_t n,
    const struct facts_context *ctx, struct facts *out, struct fault *f);

/* To and from one line of JSON, for the pipe between reader and inbox.
 * The text is yours, free with free().  NEVER: not such JSON. */
char *facts_to_json(const struct facts *facts);
MUST_USE enum result
facts_from_json(const char *json, size_t n, struct facts *out, struct fault *f);

#endif
