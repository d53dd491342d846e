/* SPDX-License-Identifier: ISC */
/* daemon/from_check.h - what DNS says about the domain that letters come
 * from, beside what is configured: SPF, DKIM and DMARC, for `check`. */
#ifndef DAEMON_FROM_CHECK_H
#define DAEMON_FROM_CHECK_H
#include "daemon/conf.h"
#include "daemon/dns.h"
#include "templates/dkim.h"
#include "templates/draft.h"

enum {
    FROM_DOMAIN_MAX = 253,
    FROM_PARENTS_MAX = 4 /* domains above From's that DMARC is looked for at */
};

/* Who sends, and what is to be asked about him. */
struct from_check {
    char from[FROM_DOMAIN_MAX + 2];     /* the domain of From */
    char envelope[FROM_DOMAIN_MAX + 2]; /* of the envelope sender: SPF's */
    struct dkim *keys;                  /* NULL: we do not sign */
    const struct conf *conf;            /* borrowed: its relays */
    int n, dmarc, key; /* questions; the first of DMARC, and of keys */
    struct dns_question ask[DNS_QUESTIONS_MAX];
    struct dns *dns; /* while they are asked */
    struct fault trouble;
};

/* Begins to ask; then call dns_step(x->dns) until it is true.  NULL: there is
 * nothing to ask, with dns-server "none" among others.  from: of the letter,
 * `a@b` or `Name <a@b>`.  c is borrowed, *x yours, free with from_check_free.
 */
struct from_check *from_check_begin(
    const struct conf *c, const struct conf_list *l, const char *from);
/* Judges what was answered: adds notes of line 0, never errors. */
void from_check_end(struct from_check *x, struct notes *notes);
void from_check_free(struct from_check *x); /* NULL is fine */

/* The two halves without DNS between them: which questions; what follows from
 * the answers. */
void from_check_ask(struct from_check *x);
void from_check_judge(const struct from_check *x, struct notes *notes);

#endif
