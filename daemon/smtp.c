/* SPDX-License-Identifier: ISC */
/* The mail transaction as a machine over bytes.
 *
 * Never lets the server and us fall out of step: a reply that no command asked
 * for, or one with a code that its command cannot have, ends the connection.
 * So does whatever comes in place of a reply.  A command is put together only
 * from addresses that were looked at byte by byte: nothing in one can end a
 * line. */
#include "daemon/smtp.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include "lists/address.h"

static void envelope_begins(struct smtp *s);
static enum smtp_step step_reply(struct smtp *s);
static enum smtp_step step_envelope(struct smtp *s, int kind);
static enum smtp_step after_envelope(struct smtp *s, int kind);
static enum smtp_step answered(struct smtp *s);
static enum smtp_step dead(struct smtp *s);
static void refuse(struct smtp *s, enum smtp_command at);
static enum result
path_check(const char *path, const char *what, bool utf8, struct fault *f);
static void dsn_parameters(const struct smtp_envelope *e,
    char mail[SMTP_XTEXT_MAX + 20], char rcpt[SMTP_XTEXT_MAX + 50]);
static bool xtext(const char *from, char to[SMTP_XTEXT_MAX + 1]);
static void
command_add(struct smtp *s, enum smtp_command c, const char *const *parts);
static void flight_release(struct smtp *s);
static bool reply_byte(struct smtp *s, char byte, bool *whole);
static bool reply_line_begins(struct smtp *s, char byte);
static size_t reply_words(struct smtp *s, const char *p, size_t n);
static void text_add(struct smtp *s, char byte);
static void reply_finish(struct smtp *s);

const char *
smtp_command_word(enum smtp_command c)
{
    static const char *const word[] = {
        [SMTP_RSET] = "RSET",
        [SMTP_MAIL] = "MAIL FROM",
        [SMTP_RCPT] = "RCPT TO",
        [SMTP_DATA] = "DATA",
        [SMTP_DOT] = "end of letter",
    };

    return word[c];
}

void
smtp_init(struct smtp *s, const struct smtp_server *server)
{
    memset(s, 0, sizeof *s);
    s->server = *server;
}

enum result
smtp_begin(struct smtp *s, const struct smtp_envelope *e, struct fault *f)
{
    const char *utf8 = e->utf8 ? " SMTPUTF8" : "";
    char size[40] = "", mail_dsn[SMTP_XTEXT_MAX + 20] = "";
    char rcpt_dsn[SMTP_XTEXT_MAX + 50] = "";
    enum result r;

    assert(!s->closing && (s->stage == SMTP_STAGE_FREE || smtp_may_follow(s)));
    if (e->utf8 && !s->server.smtputf8)
        return fault_set(f, RES_NEVER,
            "the address has letters beyond ASCII before the @, and the"
            " relay does not take such addresses (no SMTPUTF8)");
    r = path_check(e->from, "sender", e->utf8, f);
    if (r == RES_OK)
        r = path_check(e->to, "recipient", e->utf8, f);
    if (r != RES_OK)
        return r;
    if (s->server.size)
        (void)snprintf(size, sizeof size, " SIZE=%zu", e->size_bytes);
    if (s->server.dsn && e->envid != NULL && e->from[0] != '\0')
        dsn_parameters(e, mail_dsn, rcpt_dsn);

    s->n_queue = 0;
    if (s->reset_first)
        command_add(s, SMTP_RSET, (const char *[]){"RSET\r\n", NULL});
    command_add(s, SMTP_MAIL,
        (const char *[]){
            "MAIL FROM:<", e->from, ">", size, utf8, mail_dsn, "\r\n", NULL});
    command_add(s, SMTP_RCPT,
        (const char *[]){"RCPT TO:<", e->to, ">", rcpt_dsn, "\r\n", NULL});
    command_add(s, SMTP_DATA, (const char *[]){"DATA\r\n", NULL});
    if (s->stage == SMTP_STAGE_READY) {
        s->follow_n = s->end[s->n_queue - 1];
        return RES_OK;
    }
    envelope_begins(s);
    s->out = s->flight;
    s->out_n = 0;
    s->reset_first = false;
    flight_release(s);
    return RES_OK;
}

static void
envelope_begins(struct smtp *s)
{
    s->stage = SMTP_STAGE_ENVELOPE;
    s->refused = s->rcpt_ok = s->dot_offered = false;
    s->n_sent = s->n_answered = 0;
    s->follow_n = 0;
}

bool
smtp_wants_body(const struct smtp *s)
{
    return s->stage == SMTP_STAGE_READY;
}

bool
smtp_may_follow(const struct smtp *s)
{
    return s->stage == SMTP_STAGE_READY && s->follow_n == 0 && !s->closing &&
           s->server.pipelining;
}

void
smtp_body(struct smtp *s, char *bytes, size_t n)
{
    assert(s->stage == SMTP_STAGE_READY);
    s->stage = SMTP_STAGE_BODY;
    memcpy(bytes + n, s->flight, s->follow_n);
    s->out = bytes;
    s->out_n = n + s->follow_n;
}

const char *
smtp_output(struct smtp *s, size_t *n)
{
    if (s->out_n == 0)
        return NULL;
    if (s->stage == SMTP_STAGE_BODY)
        s->dot_offered = true;
    *n = s->out_n;
    return s->out;
}

void
smtp_sent(struct smtp *s, size_t n)
{
    assert(n <= s->out_n);
    s->out += n;
    s->out_n -= n;
    if (s->out_n > s->follow_n)
        s->dot_offered = false;
}

size_t
smtp_unsent(const struct smtp *s)
{
    return s->out_n;
}

void
smtp_keep(struct smtp *s, const char *copy)
{
    assert(s->stage == SMTP_STAGE_BODY);
    s->out = copy;
}

bool
smtp_busy(const struct smtp *s)
{
    return s->stage != SMTP_STAGE_FREE && s->stage != SMTP_STAGE_DEAD;
}

enum smtp_command
smtp_waits_for(const struct smtp *s)
{
    if (s->stage == SMTP_STAGE_ENVELOPE)
        return s->queue[s->n_answered];
    return s->stage == SMTP_STAGE_READY ? SMTP_DATA : SMTP_DOT;
}

bool
smtp_amid_reply(const struct smtp *s)
{
    return s->line_at > 0 || s->later_line;
}

bool
smtp_may_have_arrived(const struct smtp *s)
{
    return s->dot_offered;
}

enum smtp_step
smtp_input(struct smtp *s, const char *p, size_t n, size_t *used)
{
    enum smtp_step step = SMTP_WAIT;
    bool whole;

    *used = n;
    for (size_t i = 0; i < n; i++) {
        i += reply_words(s, p + i, n - i);
        if (i == n)
            break;
        if (!reply_byte(s, p[i], &whole)) {
            if (step == SMTP_ANSWERED)
                break; /* what follows an answer cannot change it */
            return dead(s);
        }
        if (!whole)
            continue;
        if (step == SMTP_ANSWERED) {
            s->closing = true; /* 421, or a reply that nobody asked for */
            break;
        }
        step = step_reply(s);
        if (step == SMTP_DEAD)
            break;
        if (step == SMTP_ANSWERED && smtp_busy(s)) {
            *used = i + 1;
            return step;
        }
    }
    if (step == SMTP_ANSWERED && s->line_at > 0)
        s->closing = true;
    return step;
}

/* One whole reply stands in s->reply. */
static enum smtp_step
step_reply(struct smtp *s)
{
    int kind = s->reply.code / 100;

    if (s->reply.code == 421)
        s->closing = true;
    switch (s->stage) {
    case SMTP_STAGE_ENVELOPE:
        return step_envelope(s, kind);
    case SMTP_STAGE_BODY:
        if (s->out_n <= s->follow_n && kind == 2) {
            refuse(s, SMTP_DOT);
            return answered(s);
        }
        if (kind != 4 && kind != 5)
            return dead(s);
        /* A refusal before the dot: the rest cannot be unsaid, so this
         * connection ends here. */
        if (s->out_n > s->follow_n)
            s->closing = true;
        refuse(s, SMTP_DOT);
        return answered(s);
    case SMTP_STAGE_LONE_DOT:
        s->reset_first = true;
        return kind == 3 ? dead(s) : answered(s);
    case SMTP_STAGE_READY:
    case SMTP_STAGE_FREE:
    case SMTP_STAGE_DEAD:
        break;
    }
    return dead(s);
}

static enum smtp_step
step_envelope(struct smtp *s, int kind)
{
    enum smtp_command c = s->queue[s->n_answered];

    if (s->n_answered >= s->n_sent ||
        s->end[s->n_answered] > (size_t)(s->out - s->flight))
        return dead(s); /* it answers what was not asked */
    s->n_answered++;
    if (kind == 3 ? c != SMTP_DATA : (kind == 2 && c == SMTP_DATA))
        return dead(s);
    if (kind == 2) {
        if (c == SMTP_RCPT)
            s->rcpt_ok = true;
    } else if (kind != 3) {
        refuse(s, c);
    }
    /* A server that closes answers nothing more. */
    if (s->reply.code == 421)
        return answered(s);
    /* Lock-step: after a refusal nothing more is asked. */
    if (s->n_answered < s->n_queue &&
        (s->n_answered < s->n_sent || !s->refused)) {
        flight_release(s);
        return SMTP_WAIT;
    }
    return after_envelope(s, kind);
}

/* All commands have their replies; kind is that of the last. */
static enum smtp_step
after_envelope(struct smtp *s, int kind)
{
    if (kind == 3 && !s->refused) {
        s->stage = SMTP_STAGE_READY;
        return SMTP_BODY_NOW;
    }
    if (kind == 3 && s->rcpt_ok) {
        /* It refused MAIL or RSET and takes a letter all the same: a dot
         * now would deliver an empty one. */
        s->closing = true;
        return answered(s);
    }
    if (kind == 3) {
        /* RFC 2920, 3.1: nobody to send to, but DATA was accepted. */
        s->stage = SMTP_STAGE_LONE_DOT;
        s->out = ".\r\n";
        s->out_n = 3;
        return SMTP_WAIT;
    }
    s->reset_first = true;
    return answered(s);
}

/* What follows begins where its commands are out, or on their way. */
static enum smtp_step
answered(struct smtp *s)
{
    if (s->follow_n > 0 && !s->closing) {
        assert(s->out_n <= s->follow_n);
        s->out = s->flight + (s->follow_n - s->out_n);
        envelope_begins(s);
        s->n_sent = s->n_queue;
        return SMTP_ANSWERED;
    }
    s->stage = SMTP_STAGE_FREE;
    s->dot_offered = false;
    s->follow_n = 0;
    s->out_n = 0;
    return SMTP_ANSWERED;
}

static enum smtp_step
dead(struct smtp *s)
{
    s->stage = SMTP_STAGE_DEAD;
    s->closing = true;
    return SMTP_DEAD;
}

/* The first reply that decides is the letter's answer. */
static void
refuse(struct smtp *s, enum smtp_command at)
{
    if (s->refused)
        return;
    s->refused = true;
    s->answer_at = at;
    s->answer.code = s->reply.code;
    memcpy(s->answer.text, s->reply.text, s->text_n + 1);
}

static enum result
path_check(const char *path, const char *what, bool utf8, struct fault *f)
{
    size_t n = strlen(path);

    if (n > SMTP_PATH_MAX)
        return fault_set(f, RES_NEVER, "the %s's address is too long", what);
    if (text_unclean(path, n))
        return fault_set(
            f, RES_NEVER, "the %s's address has a control character", what);
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)path[i] >= 0x80 && !utf8)
            return fault_set(
                f, RES_NEVER, "the %s's address is not ASCII", what);
    return RES_OK;
}

/* RFC 3461, 4.  An address beyond ASCII would need RFC 6533's utf-8-addr-xtext
 * in ORCPT; it goes without. */
static void
dsn_parameters(const struct smtp_envelope *e, char mail[SMTP_XTEXT_MAX + 20],
    char rcpt[SMTP_XTEXT_MAX + 50])
{
    char text[SMTP_XTEXT_MAX + 1];

    int n;

    n = snprintf(mail, SMTP_XTEXT_MAX + 20, " RET=HDRS");
    if (xtext(e->envid, text))
        (void)snprintf(
            mail + n, SMTP_XTEXT_MAX + 20 - (size_t)n, " ENVID=%s", text);
    n = snprintf(rcpt, SMTP_XTEXT_MAX + 50, " NOTIFY=FAILURE,DELAY");
    if (xtext(e->to, text))
        (void)snprintf(rcpt + n, SMTP_XTEXT_MAX + 50 - (size_t)n,
            " ORCPT=rfc822;%s", text);
}

/* False: it does not fit, or is not ASCII; to is empty then. */
static bool
xtext(const char *from, char to[SMTP_XTEXT_MAX + 1])
{
    size_t n = 0;

    for (; *from != '\0' && n + 3 <= SMTP_XTEXT_MAX; from++) {
        unsigned char c = (unsigned char)*from;

        if (c >= 0x80)
            break;
        if (c > 0x20 && c < 0x7f && c != '+' && c != '=')
            to[n++] = (char)c;
        else
            n += (size_t)snprintf(to + n, 4, "+%02X", c);
    }
    to[*from == '\0' ? n : 0] = '\0';
    return *from == '\0';
}

/* NULL ends the parts. */
static void
command_add(struct smtp *s, enum smtp_command c, const char *const *parts)
{
    size_t at = s->n_queue > 0 ? s->end[s->n_queue - 1] : 0;

    assert(s->n_queue < SMTP_COMMANDS_MAX);
    for (; *parts != NULL; parts++) {
        size_t n = strlen(*parts);

        assert(n < sizeof s->flight - at);
        memcpy(s->flight + at, *parts, n);
        at += n;
    }
    s->queue[s->n_queue] = c;
    s->end[s->n_queue] = at;
    s->n_queue++;
}

/* Lets out what may go: the whole flight, or the next command. */
static void
flight_release(struct smtp *s)
{
    size_t end;

    if (s->n_sent == s->n_queue || (s->n_sent > s->n_answered))
        return;
    s->n_sent = s->server.pipelining ? s->n_queue : s->n_sent + 1;
    end = s->end[s->n_sent - 1];
    s->out_n = end - (size_t)(s->out - s->flight);
}

/* Takes one byte of a reply.  *whole: the reply is complete.
 * false: that is no reply. */
static bool
reply_byte(struct smtp *s, char byte, bool *whole)
{
    *whole = false;
    if (s->line_at == 0 && !s->later_line)
        s->text_n = s->reply_bytes = 0;
    if (++s->reply_bytes > SMTP_REPLY_BYTES_MAX)
        return false;
    if (byte != '\n')
        return reply_line_begins(s, byte);
    if (s->line_at < 3)
        return false;
    s->line_at = 0;
    s->later_line = s->continued;
    if (s->continued)
        return true;
    reply_finish(s);
    *whole = true;
    return true;
}

/* One byte that is not the end of the line: code, what follows it, text. */
static bool
reply_line_begins(struct smtp *s, char byte)
{
    size_t at = s->line_at++;

    if (at < 3) {
        if (byte < '0' || byte > '9' || (at == 0 && (byte < '2' || byte > '5')))
            return false;
        if (s->later_line && byte != s->code[at])
            return false; /* RFC 5321, 4.2.1: one code for all lines */
        s->code[at] = byte;
        if (!s->later_line)
            text_add(s, byte);
        s->continued = false;
        return true;
    }
    if (at == 3) {
        if (byte != ' ' && byte != '-' && byte != '\r')
            return false;
        s->continued = byte == '-';
        if (s->later_line) {
            text_add(s, ' ');
            text_add(s, '/');
        }
        text_add(s, ' ');
        return true;
    }
    if (byte != '\r')
        text_add(s, byte);
    return true;
}

/* Takes the bytes of a line's text that are kept as they are, all but its end:
 * the longest part of a reply, and no decision hangs on it.  How many. */
static size_t
reply_words(struct smtp *s, const char *p, size_t n)
{
    size_t i = 0, room = REPLY_MAX - s->text_n;

    if (s->line_at < 4)
        return 0;
    if (room > SMTP_REPLY_BYTES_MAX - s->reply_bytes)
        room = SMTP_REPLY_BYTES_MAX - s->reply_bytes;
    while (i < n && i < room && p[i] >= ' ' && p[i] <= '~') {
        s->reply.text[s->text_n + i] = p[i];
        i++;
    }
    s->text_n += i;
    s->line_at += i;
    s->reply_bytes += i;
    return i;
}

static void
text_add(struct smtp *s, char byte)
{
    unsigned char u = (unsigned char)byte;

    if (s->text_n < REPLY_MAX)
        s->reply.text[s->text_n++] = u < 0x20 || u == 0x7f ? '?' : byte;
}

static void
reply_finish(struct smtp *s)
{
    char *t = s->reply.text;

    while (s->text_n > 0 && t[s->text_n - 1] == ' ')
        s->text_n--;
    t[s->text_n] = '\0';
    s->reply.code =
        (s->code[0] - '0') * 100 + (s->code[1] - '0') * 10 + s->code[2] - '0';
    if (text_unclean(t, s->text_n))
        for (size_t i = 0; i < s->text_n; i++)
            if ((unsigned char)t[i] >= 0x80)
                t[i] = '?';
}
