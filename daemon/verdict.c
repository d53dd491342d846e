/* SPDX-License-Identifier: ISC */
/* Who it is about, in this order: the token of an unsubscribe address or
 * subject, which decides whatever From says; for a bounce or complaint the
 * token of the envelope sender or of the returned message; else From.  That
 * From is the person is proved only by an answer to a question of ours.
 * Everything that could be forged, or is not clear, goes to a person. */
#include "daemon/verdict.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "daemon/utf8.h"

enum {
    DIRECT_IDS = 2 /* of a direct answer: ours, and one that a relay made of it
                      (letter_answer.c) */
};

static enum result by_token(const struct facts *facts, const char *token,
    const struct directory *who, struct verdict *out, struct fault *f);
static enum result returned(const struct facts *facts,
    const struct directory *who, struct verdict *out, struct fault *f);
static enum result proved_returned(const struct facts *facts,
    const struct directory *who, struct verdict *out, struct fault *f);
static enum result named_returned(const struct facts *facts,
    const struct directory *who, struct verdict *out, struct fault *f);
static enum result named(const char *address, const struct directory *who,
    struct verdict *out, struct fault *f);
static enum result about_nobody(const struct facts *facts, struct verdict *out);
static bool owner_wrote(const struct facts *facts);
static enum result person_wrote(const struct facts *facts,
    const struct directory *who, struct verdict *out, struct fault *f);
static enum result answers_us(const struct facts *facts,
    const struct directory *who, struct verdict *out, struct fault *f);
static enum result confirms(
    const struct facts *facts, const struct person *p, struct verdict *out);
static enum result answers_whether_to_leave(
    const struct facts *facts, const struct person *p, struct verdict *out);
static enum result leaves(const struct facts *facts,
    const struct directory *who, struct verdict *out, struct fault *f);
static enum result unclear(const struct facts *facts,
    const struct directory *who, struct verdict *out, struct fault *f);
static enum result leaves_other(const struct facts *facts,
    const struct directory *who, struct verdict *out, struct fault *f);
static enum result stays(const struct facts *facts, const struct directory *who,
    struct verdict *out, struct fault *f);
static const char *unsafe(const struct facts *facts);
static void add_person(struct verdict *v, const struct person *p);
static void add_address(struct verdict *v, const char *address);
static enum result says(struct verdict *v, enum mail_kind kind,
    const char *format, ...) __attribute__((format(printf, 3, 4)));

const char *
kind_word(enum mail_kind k)
{
    static const char *const words[] = {"unsub", "unsub-other", "human",
        "review", "subscribe", "autoreply", "hard", "soft", "complaint",
        "other"};

    return words[k];
}

enum result
verdict_decide(const struct facts *facts, const struct directory *who,
    struct verdict *out, struct fault *f)
{
    struct verdict v = {.kind = KIND_HUMAN};
    enum result r;

    if (facts->form == FORM_BOUNCE || facts->form == FORM_COMPLAINT)
        r = returned(facts, who, &v, f);
    else if (facts->form == FORM_BULK)
        r = says(&v, KIND_OTHER, "no mail to us: %s", facts->why);
    else if (facts->to_token[0] != '\0')
        r = by_token(facts, facts->to_token, who, &v, f);
    else if (facts->subject_token[0] != '\0')
        r = by_token(facts, facts->subject_token, who, &v, f);
    else if (facts->form == FORM_ROBOT)
        r = says(&v, KIND_AUTOREPLY, "no person wrote it: %s", facts->why);
    else
        r = person_wrote(facts, who, &v, f);
    if (r == RES_OK)
        *out = v;
    return r;
}

/* The token decides, unless the writer says that he does not want that. */
static enum result
by_token(const struct facts *facts, const char *token,
    const struct directory *who, struct verdict *out, struct fault *f)
{
    struct person p;
    enum result r = who->by_token(who->ctx, token, &p, f);

    if (r == RES_NONE)
        return says(out, KIND_REVIEW,
            "sent to an unsubscribe address, but its token is not ours");
    if (r != RES_OK)
        return r;
    if (facts->form == FORM_ROBOT && facts->subject_token[0] == '\0' &&
        facts->words[0] != '\0' && facts->intent != INTENT_LEAVE)
        return says(out, KIND_AUTOREPLY,
            "an automatic answer to an unsubscribe address: %s", facts->why);
    add_person(out, &p);
    add_address(out, p.address);
    if (facts->words[0] != '\0' && facts->intent != INTENT_LEAVE &&
        (facts->subject_token[0] == '\0' || facts->intent == INTENT_STAY ||
            facts->intent == INTENT_JOIN))
        return says(out, KIND_REVIEW,
            "sent to the unsubscribe address of %s, but the text does not ask "
            "for it: '%.200s'",
            p.address, facts->words);
    out->by_token = true;
    return says(out, KIND_UNSUB, "the unsubscribe token of %s%s%s", p.address,
        strcmp(p.address, facts->from) == 0 ? "" : "; From is ",
        strcmp(p.address, facts->from) == 0 ? "" : facts->from);
}

static enum result
returned(const struct facts *facts, const struct directory *who,
    struct verdict *out, struct fault *f)
{
    bool complaint = facts->form == FORM_COMPLAINT, proved = true;
    enum result r = proved_returned(facts, who, out, f);

    if (r == RES_NONE) {
        proved = false;
        if (!owner_wrote(facts))
            r = named_returned(facts, who, out, f);
    }
    if (r == RES_NONE)
        return about_nobody(facts, out);
    if (r != RES_OK)
        return r;
    out->permanent = facts->permanent;
    return says(out,
        complaint                       ? KIND_COMPLAINT
        : facts->address_dead && proved ? KIND_HARD
                                        : KIND_SOFT,
        "%s; it is about %s%s", facts->why, out->person[0].address,
        proved ? "" : ", but brings no token of ours");
}

/* What only who got our letter can know. NONE: nothing of that kind. */
static enum result
proved_returned(const struct facts *facts, const struct directory *who,
    struct verdict *out, struct fault *f)
{
    const char *tokens[] = {facts->bounce_token, facts->returned_token};
    enum result r = RES_NONE;
    struct person p;

    for (size_t i = 0; r == RES_NONE && i < 2; i++)
        if (tokens[i][0] != '\0')
            r = who->by_token(who->ctx, tokens[i], &p, f);
    if (r == RES_NONE && facts->returned_id[0] != '\0')
        r = who->by_message_id(who->ctx, facts->returned_id, &p, f);
    if (r != RES_OK)
        return r;
    add_person(out, &p);
    add_address(out, p.address);
    return RES_OK;
}

/* The addresses that the report names, or else whom the mail in it was for:
 * anyone can write such a report, so this alone never ends a subscription at
 * once. */
static enum result
named_returned(const struct facts *facts, const struct directory *who,
    struct verdict *out, struct fault *f)
{
    enum result r;

    for (int i = 0; i < facts->n_addresses; i++) {
        r = named(facts->address[i], who, out, f);
        if (r != RES_OK && r != RES_NONE)
            return r;
    }
    if (out->n_people == 0 && facts->returned_to[0] != '\0')
        return named(facts->returned_to, who, out, f);
    return out->n_people > 0 ? RES_OK : RES_NONE;
}

static enum result
named(const char *address, const struct directory *who, struct verdict *out,
    struct fault *f)
{
    struct person p;
    enum result r = who->by_address(who->ctx, address, &p, f);

    if (r == RES_OK) {
        add_person(out, &p);
        add_address(out, p.address);
    }
    return r;
}

/* Someone calls our mail spam and is not named: that is worth knowing all the
 * same.  What is visibly another's mail is nothing to us. */
static enum result
about_nobody(const struct facts *facts, struct verdict *out)
{
    if (facts->form == FORM_COMPLAINT && facts->returned_ours)
        return says(
            out, KIND_COMPLAINT, "%s, but it does not tell whose", facts->why);
    if (facts->form == FORM_COMPLAINT && facts->returned_from[0] == '\0')
        return says(out, KIND_REVIEW,
            "%s, but it does not tell about which letter", facts->why);
    if (owner_wrote(facts))
        return says(out, KIND_OTHER,
            "%s, but about a mail of the mailbox's owner, no letter",
            facts->why);
    return says(
        out, KIND_OTHER, "%s, but about none of our letters", facts->why);
}

/* A bounce of a mail from this very mailbox whose Message-ID is none of our
 * letters': its owner wrote to someone, who may be a reader. */
static bool
owner_wrote(const struct facts *facts)
{
    return facts->form == FORM_BOUNCE && facts->returned_ours &&
           facts->returned_id[0] != '\0' && facts->bounce_token[0] == '\0' &&
           facts->returned_token[0] == '\0';
}

static enum result
person_wrote(const struct facts *facts, const struct directory *who,
    struct verdict *out, struct fault *f)
{
    enum result r;

    if (facts->unreadable)
        return says(out, KIND_REVIEW, "%s",
            facts->why[0] != '\0' ? facts->why : "it cannot be read");
    r = answers_us(facts, who, out, f);
    if (r != RES_NONE)
        return r;
    switch (facts->intent) {
    case INTENT_LEAVE:
        return leaves(facts, who, out, f);
    case INTENT_LEAVE_OTHER:
        return leaves_other(facts, who, out, f);
    case INTENT_JOIN:
        if (unsafe(facts) != NULL)
            return says(out, KIND_REVIEW, "own words say '%s', but %s",
                facts->clue, unsafe(facts));
        add_address(out, facts->from);
        out->may_answer = facts->form == FORM_PERSON;
        return says(out, KIND_SUBSCRIBE, "own words say '%s'", facts->clue);
    case INTENT_UNSURE:
        return unclear(facts, who, out, f);
    case INTENT_STAY:
        return stays(facts, who, out, f);
    case INTENT_NONE:
        break;
    }
    if (facts->words[0] == '\0' && facts->subject[0] == '\0')
        return says(out, KIND_REVIEW, "it has no words of its own");
    return says(out, KIND_HUMAN, "own words ask for nothing about the list%s",
        facts->quote_line > 0 ? ", what is quoted does not count" : "");
}

/* To whatever of ours is the newest that it refers to, if it comes from where
 * that went: no one else has seen the token.  Who is on the list, or is not,
 * has answered already.  NONE: it is no such answer, or asks for something
 * else. */
static enum result
answers_us(const struct facts *facts, const struct directory *who,
    struct verdict *out, struct fault *f)
{
    struct person p = {.answer = ""};
    enum result r = RES_NONE;
    int i;

    for (i = facts->n_referred; i > 0 && p.answer[0] == '\0'; i--) {
        r = who->by_message_id(who->ctx, facts->referred[i - 1], &p, f);
        if (r != RES_OK && r != RES_NONE)
            return r;
    }
    if (strcmp(p.answer, "ask") == 0)
        return p.active && i + DIRECT_IDS >= facts->n_referred
                   ? answers_whether_to_leave(facts, &p, out)
                   : RES_NONE;
    if (p.answer[0] == '\0' || p.active || unsafe(facts) != NULL ||
        strcmp(p.address, facts->from) != 0)
        return RES_NONE;
    if (strcmp(p.answer, "confirm") == 0)
        return confirms(facts, &p, out);
    if (facts->intent != INTENT_JOIN && facts->intent != INTENT_STAY)
        return RES_NONE;
    add_person(out, &p);
    add_address(out, p.address);
    out->confirmed = true;
    return says(out, KIND_SUBSCRIBE,
        "own words say '%s', in answer to our goodbye to %s", facts->clue,
        p.address);
}

/* Nobody need say yes whom we asked and who sends our question back as it was;
 * long after it, or after having left, it takes words.  But words that are no
 * yes are none: they may be a machine's that does not say so, and then whoever
 * forged the request would have put another on the list. */
static enum result
confirms(const struct facts *facts, const struct person *p, struct verdict *out)
{
    bool leave =
        facts->intent == INTENT_LEAVE || facts->intent == INTENT_LEAVE_OTHER;
    bool join = facts->intent == INTENT_JOIN || facts->intent == INTENT_STAY;
    bool yes = join || (facts->says == SAYS_YES && !leave);
    bool no = leave || (facts->says == SAYS_NO && !join);
    bool unclear = !yes && !no && facts->words[0] != '\0';

    if (!p->pending && !yes)
        return RES_NONE;
    add_person(out, p);
    if (!unclear)
        add_address(out, p->address);
    if (no)
        return says(out, KIND_UNSUB,
            "answers no to our question whether %s wants the letter: '%.200s'",
            p->address, facts->words);
    if (unclear)
        return says(out, KIND_REVIEW,
            "answers our question whether %s wants the letter, but not "
            "clearly: '%.200s'",
            p->address, facts->words);
    out->confirmed = true;
    return says(out, KIND_SUBSCRIBE,
        "answers yes to our question whether %s wants the letter: '%.200s'",
        p->address, facts->words);
}

/* A yes takes off, so it must be a plain one, and from where we asked; in the
 * thread below, people talk of other things.  What is only like a request is
 * none: our question, sent back, is so, too.  Nobody is asked twice. */
static enum result
answers_whether_to_leave(
    const struct facts *facts, const struct person *p, struct verdict *out)
{
    enum intent i = facts->likely ? INTENT_UNSURE : facts->intent;
    bool stay = i == INTENT_STAY || i == INTENT_JOIN;
    bool open = i == INTENT_NONE || i == INTENT_UNSURE;
    bool plain = facts->plain && open;
    bool yes = i == INTENT_LEAVE || (plain && facts->says == SAYS_YES);
    bool no = stay || (plain && facts->says == SAYS_NO);
    bool doubt = open && (facts->says == SAYS_YES || facts->says == SAYS_NO ||
                             (i == INTENT_UNSURE && facts->clue[0] != '\0'));
    bool his = strcmp(p->address, facts->from) == 0;

    if (unsafe(facts) != NULL || !his) {
        if (!plain || !yes)
            return RES_NONE;
        add_person(out, p);
        add_address(out, p->address);
        return says(out, KIND_REVIEW,
            "answers yes to our question whether %s wants to leave, but %s%s",
            p->address, his ? "" : "From is ",
            his ? unsafe(facts) : facts->from);
    }
    if (!yes && !no && !doubt)
        return RES_NONE;
    add_person(out, p);
    out->confirmed = yes || no;
    if (no)
        return says(out, KIND_HUMAN,
            "answers no to our question whether %s wants to leave: '%.200s'",
            p->address, facts->words);
    if (!yes)
        return says(out, KIND_REVIEW,
            "answers our question whether %s wants to leave, but not clearly: "
            "'%.200s'",
            p->address, facts->words);
    add_address(out, p->address);
    out->may_answer = true;
    return says(out, KIND_UNSUB,
        "answers yes to our question whether %s wants to leave: '%.200s'",
        p->address, facts->words);
}

static enum result
leaves(const struct facts *facts, const struct directory *who,
    struct verdict *out, struct fault *f)
{
    const char *say =
        facts->likely ? "own words are like a request:" : "own words say";
    struct person p;
    enum result r;

    if (unsafe(facts) != NULL)
        return says(out, KIND_REVIEW, "%s '%s', but %s", say, facts->clue,
            unsafe(facts));
    r = who->by_address(who->ctx, facts->from, &p, f);
    if (r == RES_NONE)
        return says(out, KIND_REVIEW, "%s '%s', but %s is not a subscriber",
            say, facts->clue, facts->from);
    if (r != RES_OK)
        return r;
    /* Perhaps by another address, which a person can find. */
    if (!p.active && !p.pending && facts->still)
        return says(out, KIND_REVIEW,
            "%s '%s', and that letters still come, but %s is off the list", say,
            facts->clue, facts->from);
    add_person(out, &p);
    add_address(out, p.address);
    out->may_answer = facts->form == FORM_PERSON;
    if (facts->quote_line > 0)
        return says(out, KIND_UNSUB,
            "%s '%s', From is subscriber %s, quoted text ignored from line %d",
            say, facts->clue, p.address, facts->quote_line);
    return says(out, KIND_UNSUB, "%s '%s', From is subscriber %s", say,
        facts->clue, p.address);
}

/* What somebody means is asked of himself alone, and only who surely is on the
 * list has reason to answer. */
static enum result
unclear(const struct facts *facts, const struct directory *who,
    struct verdict *out, struct fault *f)
{
    struct person p;
    enum result r = RES_NONE;

    if (facts->clue[0] == '\0')
        return says(out, KIND_REVIEW, "it has no words of its own");
    if (unsafe(facts) == NULL && !facts->forwarded)
        r = who->by_address(who->ctx, facts->from, &p, f);
    if (r != RES_OK && r != RES_NONE)
        return r;
    if (r == RES_OK && p.active) {
        add_person(out, &p);
        out->may_answer = facts->form == FORM_PERSON;
    }
    return says(out, KIND_REVIEW,
        "own words say '%s', but not clearly as a request", facts->clue);
}

static enum result
leaves_other(const struct facts *facts, const struct directory *who,
    struct verdict *out, struct fault *f)
{
    if (facts->dmarc_fail || facts->from_self)
        return says(out, KIND_REVIEW, "own words say '%s', but %s", facts->clue,
            unsafe(facts));
    for (int i = 0; i < facts->n_addresses; i++) {
        struct person p;
        enum result r = who->by_address(who->ctx, facts->address[i], &p, f);

        if (r == RES_OK)
            add_person(out, &p);
        else if (r != RES_NONE)
            return r;
        add_address(out, facts->address[i]);
    }
    return says(out, KIND_UNSUB_OTHER,
        "own words say '%s', about someone else than From (%s)", facts->clue,
        facts->from);
}

/* Who has the letter and wants to keep it asks for nothing; who does not have
 * it wants it back. */
static enum result
stays(const struct facts *facts, const struct directory *who,
    struct verdict *out, struct fault *f)
{
    struct person p = {.active = false};
    enum result r = RES_NONE;

    if (facts->from[0] != '\0')
        r = who->by_address(who->ctx, facts->from, &p, f);
    if (r != RES_OK && r != RES_NONE)
        return r;
    if (p.active || unsafe(facts) != NULL)
        return says(
            out, KIND_HUMAN, "own words say '%s': wants to stay", facts->clue);
    add_address(out, facts->from);
    out->may_answer = facts->form == FORM_PERSON;
    return says(out, KIND_SUBSCRIBE,
        "own words say '%s', and %s is not on the list now", facts->clue,
        facts->from);
}

/* Why nobody may be taken off by this mail's From; NULL: no reason. */
static const char *
unsafe(const struct facts *facts)
{
    if (facts->from[0] == '\0')
        return "From is missing or not an address";
    if (facts->from_count != 1)
        return "it has more than one From address";
    if (facts->from_self)
        return "From is this mailbox itself";
    if (facts->dmarc_fail)
        return "From is probably forged (dmarc=fail)";
    if (facts->resent_or_listed)
        return "it came through a list or a forwarder";
    return NULL;
}

static void
add_person(struct verdict *v, const struct person *p)
{
    if (v->n_people < FACTS_ADDRESSES_MAX)
        v->person[v->n_people++] = *p;
}

static void
add_address(struct verdict *v, const char *address)
{
    if (v->n_addresses < FACTS_ADDRESSES_MAX && address[0] != '\0')
        (void)snprintf(
            v->address[v->n_addresses++], ADDRESS_MAX + 1, "%s", address);
}

static enum result
says(struct verdict *v, enum mail_kind kind, const char *format, ...)
{
    char text[2 * EVIDENCE_MAX];
    va_list args;
    size_t n;

    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    v->kind = kind;
    n = utf8_cut(text, strlen(text), sizeof text - 4);
    utf8_tidy(v->evidence, sizeof v->evidence, text, n);
    return RES_OK;
}
