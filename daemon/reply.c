/* SPDX-License-Identifier: ISC */
/* What a relay's reply means.  In prose first; the table below says the same.
 *
 * 2xx after the dot is the relay's promise: sent.
 *
 * 4xx is "not now": the letter comes back, first after retry_first_s, then
 * after twice as long each time up to retry_last_s, each spread by a quarter
 * so that a thousand deferred letters do not return in one second.  When its
 * first try is retry_for_s ago it has failed, with the relay's last words.
 * 421 and 4.7.x say in addition that we are too fast: 421, by which the relay
 * closes, and whatever comes before a recipient is named, speak of the relay
 * as a whole; 4.7.x to a letter speaks of the recipient's domain, and of the
 * relay once REPLY_DOMAINS_MANY domains are slow at it.  450 and 451 are mostly
 * one mailbox's or a greylist's; REPLY_NOT_NOW_MANY in a row for a domain mean
 * the same as 4.7.x.  How much slower, and how it climbs back: pace.c.  A 421
 * before any recipient was named is about the connection, not about the letter:
 * the letter goes at once on another one.
 *
 * 5xx is final, but for whom?  Of RCPT or of the dot:
 *   5.1.1, 5.1.2, 5.1.3, 5.1.6, 5.1.10, and 550 or 551 whose words say that
 *     there is no such user: the address is dead, and the ledger learns it.
 *   5.1.7, 5.1.8, 5.7.60: the sender's address is wrong, or not ours to use,
 *     so it is our fault.
 *   5.7.26, 5.7.515: we are not authenticated (SPF, DKIM, DMARC): our fault.
 *   5.2.x, 552: the mailbox is full or switched off; failed, and it counts as
 *     a soft bounce (soft_bounce.h), as does a letter that the recipient's
 *     side put off until it had failed.
 *   5.3.x: too large, or their system; failed, and no more.
 *   other 5.7.x, and 554 to a letter: refused by policy.  The person has done
 *     nothing, so nothing happens to the subscription.  Many of them mean
 *     that somebody has put us on a list: the issue is held.
 *   anything else: failed.
 * Of MAIL FROM (or RSET) it is always ours: no letter would fare better, so
 * the letter waits and the issue is held at once.  The same is true of AUTH,
 * EHLO and the greeting, where no letter is concerned yet.
 * 5xx to DATA after a good RCPT is judged like one to RCPT.
 *
 * Our own answers come from <>, and some relays refuse that: by 5xx to MAIL
 * that is not about the order of commands, authentication, size or a
 * parameter, or where a sender is refused later, by what stands above for it.
 * Such a letter waits for no one: it goes again at once, from the address that
 * the admin has named for this relay; where he has named none, it is held.
 *
 * A connection lost before the dot: the letter goes at once on another one;
 * after some drops in a row, and so perhaps by its own fault, like a 4xx.
 * Lost after the dot: it may have arrived.  It is sent once more, by itself,
 * after retry_first_s, with the same Message-ID, so that a receiver can see
 * that it is the same; a letter that was in doubt before waits for a person.
 */
#include "daemon/reply.h"

#include <string.h>
#include <strings.h>

enum meaning {
    SENT,
    LATER,
    SLOWER,
    SLOWER_DOMAIN,
    AGAIN,
    OURS,
    DEAD,
    POLICY,
    FULL,
    REFUSED
};

enum {
    AT_ENVELOPE = 1 << SMTP_RSET | 1 << SMTP_MAIL,
    AT_LETTER = 1 << SMTP_RCPT | 1 << SMTP_DATA | 1 << SMTP_DOT,
    AT_DOT = 1 << SMTP_DOT,
    AT_ANY = AT_ENVELOPE | AT_LETTER,
    ANY = -1
};

/* The first row that fits decides. */
static const struct rule {
    int at; /* at these commands */
    int code_low, code_high;
    int status[3]; /* enhanced status (RFC 3463), ANY: any or none */
    bool no_user;  /* and the words say that there is no such user */
    enum meaning meaning;
} rules_table[] = {
    {AT_DOT, 200, 299, {ANY, ANY, ANY}, false, SENT},
    {AT_ENVELOPE, 421, 421, {ANY, ANY, ANY}, false, AGAIN},
    {AT_ANY, 421, 421, {ANY, ANY, ANY}, false, SLOWER},
    {AT_ENVELOPE, 400, 499, {4, 7, ANY}, false, SLOWER},
    {AT_LETTER, 400, 499, {4, 7, ANY}, false, SLOWER_DOMAIN},
    {AT_ANY, 400, 499, {ANY, ANY, ANY}, false, LATER},
    {AT_ENVELOPE, 500, 599, {ANY, ANY, ANY}, false, OURS},
    {AT_LETTER, 500, 599, {5, 7, 26}, false, OURS},
    {AT_LETTER, 500, 599, {5, 7, 515}, false, OURS},
    {AT_LETTER, 500, 599, {5, 7, 60}, false, OURS},
    {AT_LETTER, 500, 599, {5, 1, 7}, false, OURS},
    {AT_LETTER, 500, 599, {5, 1, 8}, false, OURS},
    {AT_LETTER, 500, 599, {5, 1, 1}, false, DEAD},
    {AT_LETTER, 500, 599, {5, 1, 2}, false, DEAD},
    {AT_LETTER, 500, 599, {5, 1, 3}, false, DEAD},
    {AT_LETTER, 500, 599, {5, 1, 6}, false, DEAD},
    {AT_LETTER, 500, 599, {5, 1, 10}, false, DEAD},
    {AT_LETTER, 500, 599, {5, 7, ANY}, false, POLICY},
    {AT_LETTER, 500, 599, {5, 2, ANY}, false, FULL},
    {AT_LETTER, 500, 599, {5, 3, ANY}, false, REFUSED},
    {AT_LETTER, 552, 552, {ANY, ANY, ANY}, false, FULL},
    {AT_LETTER, 550, 551, {ANY, ANY, ANY}, true, DEAD},
    {AT_DOT, 554, 554, {ANY, ANY, ANY}, false, POLICY},
    {AT_ANY, 500, 599, {ANY, ANY, ANY}, false, REFUSED},
};

/* How servers without enhanced status say it; lower case. */
static const char *const no_user_words[] = {
    "user unknown",
    "unknown user",
    "no such user",
    "user not found",
    "no such recipient",
    "recipient unknown",
    "unknown recipient",
    "recipient not found",
    "no such mailbox",
    "mailbox not found",
    "mailbox does not exist",
    "user does not exist",
    "no mailbox here",
    "no such address",
    "address unknown",
    "unknown address",
    "does not have an account",
    "invalid mailbox",
    "invalid recipient",
    "not a valid mailbox",
};

static enum meaning meaning_of(const struct reply_case *c);
static bool rule_fits(
    const struct rule *r, const struct reply_case *c, const int status[3]);
static void status_of(const struct reply_case *c, int status[3]);
static bool says_no_user(const char *text);
static void later(const struct reply_rules *rules, const struct reply_case *c,
    struct reply_deed *out);
static void again(const struct reply_rules *rules, const struct reply_case *c,
    struct reply_deed *out, const char *words);
static void answered(const struct reply_rules *rules,
    const struct reply_case *c, struct reply_deed *out);

void
reply_decide(const struct reply_rules *rules, const struct reply_case *c,
    struct reply_deed *out)
{
    memset(out, 0, sizeof *out);
    switch (c->end) {
    case REPLY_ANSWERED:
        answered(rules, c, out);
        return;
    case REPLY_DROPPED:
        again(rules, c, out,
            "lost before the end of the letter; goes again at once");
        return;
    case REPLY_DOUBTFUL:
        out->to = DELIVERY_DOUBT;
        out->words = "may have arrived twice before; left to a person";
        if (c->doubts > 0)
            return;
        out->due_s = c->now_s + rules->retry_first_s;
        out->words = "may have arrived; sent once more, same Message-ID";
        return;
    }
}

static void
answered(const struct reply_rules *rules, const struct reply_case *c,
    struct reply_deed *out)
{
    enum meaning m = meaning_of(c);

    out->to = DELIVERY_FAILED;
    out->words = "refused";
    switch (m) {
    case SENT:
        out->to = DELIVERY_SENT;
        out->words = "sent";
        break;
    case SLOWER:
        out->slower = true;
        later(rules, c, out);
        break;
    case SLOWER_DOMAIN:
        out->slower_domain = true;
        later(rules, c, out);
        break;
    case LATER:
        out->not_now = c->code == 450 || c->code == 451;
        later(rules, c, out);
        out->soft = out->to == DELIVERY_FAILED && (AT_LETTER & 1 << c->at) != 0;
        break;
    case AGAIN:
        again(rules, c, out, "the relay closes; goes with another connection");
        out->slower = true;
        break;
    case OURS:
        out->hold = true;
        out->to = DELIVERY_WAITING;
        out->due_s = c->now_s;
        out->words = "ours to mend";
        break;
    case DEAD:
        out->dead = true;
        out->words = "no such address";
        break;
    case POLICY:
        out->policy = true;
        out->words = "refused by policy";
        break;
    case FULL:
        out->soft = true;
        out->words = "the mailbox takes no mail";
        break;
    case REFUSED:
        break;
    }
}

/* At once on another connection, but not for ever: DEFERRED, not WAITING,
 * because the try counts. */
static void
again(const struct reply_rules *rules, const struct reply_case *c,
    struct reply_deed *out, const char *words)
{
    later(rules, c, out);
    if (c->tries > REPLY_DROPS || out->to != DELIVERY_DEFERRED)
        return;
    out->due_s = c->now_s;
    out->words = words;
}

/* Again after a pause that doubles, or never again. */
static void
later(const struct reply_rules *rules, const struct reply_case *c,
    struct reply_deed *out)
{
    int64_t pause_s = rules->retry_first_s;

    for (int i = 1; i < c->tries && pause_s < rules->retry_last_s; i++)
        pause_s *= 2;
    if (pause_s > rules->retry_last_s)
        pause_s = rules->retry_last_s;
    pause_s += (int64_t)(c->dice % (uint32_t)(pause_s / 4 + 1));
    out->to = DELIVERY_DEFERRED;
    out->due_s = c->now_s + pause_s;
    out->words = "not now; comes back later";
    if (c->now_s - c->first_s >= rules->retry_for_s) {
        out->to = DELIVERY_FAILED;
        out->due_s = 0;
        out->words = "not taken for too long";
    }
}

static enum meaning
meaning_of(const struct reply_case *c)
{
    size_t n = sizeof rules_table / sizeof rules_table[0];
    int status[3];

    status_of(c, status);
    for (size_t i = 0; i < n; i++)
        if (rule_fits(&rules_table[i], c, status))
            return rules_table[i].meaning;
    return LATER; /* a code that RFC 5321 does not know: try again */
}

static bool
rule_fits(const struct rule *r, const struct reply_case *c, const int status[3])
{
    if ((r->at & 1 << c->at) == 0 || c->code < r->code_low ||
        c->code > r->code_high)
        return false;
    for (int i = 0; i < 3; i++)
        if (r->status[i] != ANY && r->status[i] != status[i])
            return false;
    return !r->no_user || says_no_user(c->text);
}

/* "550 5.1.1 words" -> 5, 1, 1.  One that contradicts the code is none. */
static void
status_of(const struct reply_case *c, int status[3])
{
    const char *p = c->text;
    int s[3];

    status[0] = status[1] = status[2] = ANY - 1;
    p += strspn(p, "0123456789");
    p += strspn(p, " ");
    for (int i = 0; i < 3; i++) {
        size_t n = strspn(p, "0123456789");

        if (n == 0 || n > 3 || (i < 2 && p[n] != '.'))
            return;
        s[i] = 0;
        for (size_t k = 0; k < n; k++)
            s[i] = s[i] * 10 + (p[k] - '0');
        p += n + (i < 2);
    }
    if (s[0] == c->code / 100 && (*p == '\0' || strchr(" :;,-/", *p) != NULL))
        memcpy(status, s, sizeof s);
}

static bool
says_no_user(const char *text)
{
    size_t n = sizeof no_user_words / sizeof no_user_words[0];

    for (size_t i = 0; i < n; i++)
        if (strcasestr(text, no_user_words[i]) != NULL)
            return true;
    return false;
}

bool
reply_watch_note(struct reply_watch *w, bool refused, int percent)
{
    if (w->n == REPLY_WATCH)
        w->n_refused -= w->refused[w->at];
    else
        w->n++;
    w->refused[w->at] = refused;
    w->at = (w->at + 1) % REPLY_WATCH;
    w->n_refused += refused;
    w->row = refused ? w->row + 1 : 0;
    if (w->row < REPLY_WATCH_ROW &&
        (w->n < REPLY_WATCH_LEAST || w->n_refused * 100 < w->n * percent))
        return false;
    memset(w, 0, sizeof *w);
    return true;
}

bool
reply_refuses_null(enum smtp_command at, int code, const char *text)
{
    static const int others[] = {503, 530, 534, 535, 538, 552, 555};
    static const int senders[][3] = {{5, 1, 7}, {5, 1, 8}, {5, 7, 60}};
    const struct reply_case c = {.at = at, .code = code, .text = text};
    int status[3];

    if (code < 500 || at == SMTP_RSET)
        return false;
    for (size_t i = 0; at == SMTP_MAIL && i < sizeof others / sizeof *others;
         i++)
        if (code == others[i])
            return false;
    status_of(&c, status);
    for (size_t i = 0; i < sizeof senders / sizeof *senders; i++)
        if (memcmp(status, senders[i], sizeof status) == 0)
            return true;
    return at == SMTP_MAIL;
}

const char *
reply_hold_words(const struct reply_deed *deed)
{
    if (deed->many)
        return "too many letters are refused by policy";
    if (deed->no_null)
        return "the relay takes no mail from <>; name an answer-sender for it";
    if (deed->unwritten)
        return "letters cannot be signed; look at the list's keys (dkim)";
    return "the relay refuses our mail";
}

bool
reply_connect_is_ours(int code, bool login_denied)
{
    return code >= 500 || (login_denied && code / 100 != 4);
}

int64_t
reply_backoff_ms(int failures)
{
    int64_t ms = REPLY_BACKOFF_FIRST_MS;

    for (int i = 1; i < failures && ms < REPLY_BACKOFF_LAST_MS; i++)
        ms *= 2;
    return ms < REPLY_BACKOFF_LAST_MS ? ms : REPLY_BACKOFF_LAST_MS;
}
