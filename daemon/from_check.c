/* SPDX-License-Identifier: ISC */
/* What receivers will find in DNS when a letter comes.  Only what can be known
 * here is said: which addresses a relay sends from is its own affair, so SPF
 * is read for what is wrong with any relay, and for the includes that the
 * large hosters ask of all their customers.
 *
 * An unanswered question is no finding.  When nobody answers at all, that is
 * said once. */
#include "daemon/from_check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "daemon/dkim_keys.h"

enum {
    TAG_MAX = 1024 /* bytes of a tag's value: an RSA key of 4096 bits */
};

static bool all_silent(const struct from_check *x);
static void judge_spf(const struct from_check *x, struct notes *notes);
static void
judge_relays(const struct from_check *x, const char *spf, struct notes *notes);
static void judge_key(const struct from_check *x, int i, struct notes *notes);
static void judge_dmarc(const struct from_check *x, struct notes *notes);
static void judge_alignment(
    const struct from_check *x, const char *dmarc, struct notes *notes);
static int
texts_with(const struct dns_question *q, const char *begin, const char **text);
static bool tag(const char *text, const char *name, char out[TAG_MAX]);
static bool related(const char *a, const char *b);
static bool has_term(const char *spf, const char *term);

struct from_check *
from_check_begin(
    const struct conf *c, const struct conf_list *l, const char *from)
{
    struct from_check *x;
    char domain[ADDRESS_MAX + 1], envelope[ADDRESS_MAX + 1];
    struct fault f;

    if (strcmp(c->dns_server, "none") == 0 ||
        dkim_keys_domain(from, domain, &f) != RES_OK ||
        dkim_keys_domain(l->letter.mailbox, envelope, &f) != RES_OK)
        return NULL;
    x = fault_calloc(1, sizeof *x);
    x->conf = c;
    (void)snprintf(x->from, sizeof x->from, "%s", domain);
    (void)snprintf(x->envelope, sizeof x->envelope, "%s", envelope);
    if (dkim_keys_open(l, &x->keys, &f) != RES_OK)
        x->trouble = f;
    from_check_ask(x);
    x->dns = dns_begin(c->dns_server, x->ask, x->n);
    return x;
}

void
from_check_end(struct from_check *x, struct notes *notes)
{
    dns_end(x->dns);
    x->dns = NULL;
    if (x->trouble.text[0] != '\0')
        notes_add(notes, 0, false, "%s", x->trouble.text);
    from_check_judge(x, notes);
}

void
from_check_free(struct from_check *x)
{
    if (x == NULL)
        return;
    dns_end(x->dns);
    dns_clear(x->ask, x->n);
    dkim_free(x->keys);
    free(x);
}

void
from_check_ask(struct from_check *x)
{
    const char *domain = x->from;
    size_t size = sizeof x->ask[0].name;

    x->n = 0;
    (void)snprintf(x->ask[x->n++].name, size, "%s", x->envelope);
    x->dmarc = x->n;
    for (int i = 0; i <= FROM_PARENTS_MAX; i++) {
        (void)snprintf(x->ask[x->n++].name, size, "_dmarc.%s", domain);
        domain = strchr(domain, '.');
        if (domain == NULL || strchr(++domain, '.') == NULL)
            break; /* nobody's mail comes from a top level */
    }
    x->key = x->n;
    for (int i = 0; x->keys != NULL && i < dkim_count(x->keys); i++)
        (void)snprintf(x->ask[x->n++].name, size, "%s._domainkey.%s",
            dkim_selector(x->keys, i), dkim_domain(x->keys));
}

void
from_check_judge(const struct from_check *x, struct notes *notes)
{
    if (all_silent(x)) {
        notes_add(notes, 0, false,
            "DNS does not answer: SPF, DKIM and DMARC of %s were not looked at",
            x->from);
        return;
    }
    judge_spf(x, notes);
    for (int i = 0; x->keys != NULL && i < dkim_count(x->keys); i++)
        judge_key(x, i, notes);
    judge_dmarc(x, notes);
    for (int i = 0; i < x->n; i++)
        if (x->ask[i].answer < DNS_NOTHING)
            notes_add(notes, 0, false, "DNS has no answer about %s just now",
                x->ask[i].name);
}

static bool
all_silent(const struct from_check *x)
{
    for (int i = 0; i < x->n; i++)
        if (x->ask[i].answer != DNS_SILENT)
            return false;
    return true;
}

/* RFC 7208: of the envelope sender, which is the list's mailbox. */
static void
judge_spf(const struct from_check *x, struct notes *notes)
{
    const struct dns_question *q = &x->ask[0];
    const char *spf = NULL;
    int n = texts_with(q, "v=spf1", &spf);

    if (q->answer < DNS_NOTHING)
        return;
    if (n == 0)
        notes_add(notes, 0, false,
            "no SPF record for %s: nothing says that the relay may send for it",
            x->envelope);
    else if (n > 1)
        notes_add(notes, 0, false,
            "%d SPF records for %s: receivers take none of them", n,
            x->envelope);
    else if (has_term(spf, "+all") || has_term(spf, "all"))
        notes_add(notes, 0, false,
            "SPF of %s lets everybody send for it (+all)", x->envelope);
    else if (strcasecmp(spf + strcspn(spf, " "), " -all") == 0)
        notes_add(notes, 0, false, "SPF of %s lets nobody send for it (-all)",
            x->envelope);
    else
        judge_relays(x, spf, notes);
}

/* What the large hosters ask of all who send through them. */
static void
judge_relays(const struct from_check *x, const char *spf, struct notes *notes)
{
    static const struct {
        const char *host, *include;
    } hosters[] = {
        {"smtp.office365.com", "include:spf.protection.outlook.com"},
        {"smtp.gmail.com", "include:_spf.google.com"},
        {"smtp-relay.gmail.com", "include:_spf.google.com"},
    };

    for (int i = 0; i < x->conf->n_relays; i++)
        for (size_t k = 0; k < sizeof hosters / sizeof hosters[0]; k++)
            if (strcasecmp(x->conf->relay[i].host, hosters[k].host) == 0 &&
                !has_term(spf, hosters[k].include))
                notes_add(notes, 0, false,
                    "SPF of %s has no %s, which relay %s needs", x->envelope,
                    hosters[k].include, x->conf->relay[i].name);
}

/* RFC 6376 3.6.1. */
static void
judge_key(const struct from_check *x, int i, struct notes *notes)
{
    const struct dns_question *q = &x->ask[x->key + i];
    const char *s = dkim_selector(x->keys, i);
    char public[TAG_MAX], value[TAG_MAX];

    if (q->answer < DNS_NOTHING)
        return;
    if (q->n_texts == 0)
        notes_add(notes, 0, false,
            "selector %s: there is no key at %s: nobody can verify the"
            " signature",
            s, q->name);
    else if (q->n_texts > 1)
        notes_add(notes, 0, false,
            "selector %s: there are %d records at %s, and only one may be", s,
            q->n_texts, q->name);
    else if (!tag(q->text[0], "p", public))
        notes_add(notes, 0, false, "selector %s: the record at %s has no p=", s,
            q->name);
    else if (public[0] == '\0')
        notes_add(notes, 0, false,
            "selector %s: the key in DNS is revoked (p= is empty)", s);
    else if (!dkim_is_public(x->keys, i, public))
        notes_add(
            notes, 0, false, "selector %s: the key in DNS is another one", s);
    else if (strcmp(tag(q->text[0], "k", value) ? value : "rsa",
                 dkim_type(x->keys, i)) != 0)
        notes_add(notes, 0, false, "selector %s: the record in DNS lacks k=%s",
            s, dkim_type(x->keys, i));
    else if (tag(q->text[0], "t", value) && strchr(value, 'y') != NULL)
        notes_add(notes, 0, false,
            "selector %s: the record in DNS says t=y: receivers take the"
            " signature for a test",
            s);
}

/* RFC 7489: of the domain, else of one above it. */
static void
judge_dmarc(const struct from_check *x, struct notes *notes)
{
    const char *dmarc = NULL;
    bool certain = true;
    int n = 0;

    for (int i = x->dmarc; i < x->key && n == 0; i++) {
        n = texts_with(&x->ask[i], "v=DMARC1", &dmarc);
        certain = certain && x->ask[i].answer >= DNS_NOTHING;
        if (n > 1)
            notes_add(notes, 0, false,
                "%d DMARC records at %s: receivers take none of them", n,
                x->ask[i].name);
    }
    if (n == 0 && certain)
        notes_add(notes, 0, false,
            "no DMARC record for %s: large receivers want one, at least"
            " \"v=DMARC1; p=none\" at _dmarc.%s",
            x->from, x->from);
    judge_alignment(x, n == 1 ? dmarc : "", notes);
}

/* DMARC counts what is for the domain of From only. */
static void
judge_alignment(
    const struct from_check *x, const char *dmarc, struct notes *notes)
{
    char adkim[TAG_MAX], aspf[TAG_MAX], policy[TAG_MAX];
    const char *d = x->keys != NULL ? dkim_domain(x->keys) : "";
    bool strict_d = tag(dmarc, "adkim", adkim) && adkim[0] == 's';
    bool strict_e = tag(dmarc, "aspf", aspf) && aspf[0] == 's';
    bool dkim = strict_d ? strcasecmp(d, x->from) == 0 : related(d, x->from);
    bool spf = strict_e ? strcasecmp(x->envelope, x->from) == 0
                        : related(x->envelope, x->from);

    if (x->keys != NULL && !dkim)
        notes_add(notes, 0, false,
            "From is at %s, but the list's keys sign for %s: DMARC does not"
            " count them",
            x->from, d);
    else if (x->keys == NULL && !spf && tag(dmarc, "p", policy) &&
             strcasecmp(policy, "none") != 0)
        notes_add(notes, 0, false,
            "DMARC of %s says p=%.20s, but the envelope is at %s and we do not"
            " sign: receivers follow it unless the relay signs",
            x->from, policy, x->envelope);
}

/* --- reading records ------------------------------------------------------ */

/* How many texts begin with this word; *text: one of them. */
static int
texts_with(const struct dns_question *q, const char *begin, const char **text)
{
    size_t n = strlen(begin);
    int found = 0;

    for (int i = 0; i < q->n_texts; i++)
        if (strncasecmp(q->text[i], begin, n) == 0 &&
            strchr(" ;", q->text[i][n]) != NULL) {
            *text = q->text[i];
            found++;
        }
    return found;
}

/* The value of NAME=VALUE; NAME=VALUE..., without the blanks around it; false:
 * it has none, or it is longer than any that is right. */
static bool
tag(const char *text, const char *name, char out[TAG_MAX])
{
    size_t n = strlen(name), length;

    for (;; text += strcspn(text, ";") + 1) {
        text += strspn(text, " \t\r\n");
        if (strncmp(text, name, n) == 0 &&
            text[n + strspn(text + n, " \t")] == '=')
            break;
        if (text[strcspn(text, ";")] == '\0')
            return false;
    }
    text = strchr(text, '=') + 1;
    text += strspn(text, " \t\r\n");
    length = strcspn(text, ";");
    while (length > 0 && strchr(" \t\r\n", text[length - 1]) != NULL)
        length--;
    if (length >= TAG_MAX)
        return false;
    memcpy(out, text, length);
    out[length] = '\0';
    return true;
}

/* Whether DMARC's relaxed alignment is possible: they end in the same two
 * labels.  Only the list of public suffixes could tell those of co.uk apart,
 * and where it would, nothing is said. */
static bool
related(const char *a, const char *b)
{
    size_t n = strlen(a), m = strlen(b), same = 0;
    int labels = 0;

    while (same < n && same < m &&
           strncasecmp(&a[n - same - 1], &b[m - same - 1], 1) == 0) {
        same++;
        labels += (same == n || a[n - same - 1] == '.') &&
                  (same == m || b[m - same - 1] == '.');
    }
    return labels >= 2;
}

static bool
has_term(const char *spf, const char *term)
{
    size_t n = strlen(term);

    for (const char *p = spf; *p != '\0'; p += strspn(p, " ")) {
        size_t k = strcspn(p, " ");

        if (k == n && strncasecmp(p, term, n) == 0)
            return true;
        p += k;
    }
    return false;
}
