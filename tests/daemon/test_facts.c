/* SPDX-License-Identifier: ISC */
/* What is in a mail: fields, tokens, character sets, forms, and mails made to
 * cost too much. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "daemon/facts.h"
#include "daemon/utf8.h"
#include "tests/daemon/mail_template.h"

#define FROM "From: Karen <Karen@Firma.example>\r\n"
#define TOKEN "abcdefghijklmnopqrstuvwxyz"

static struct facts facts;
static const struct facts_context ctx = {
    .mailbox = "haver@havnenshaver.example", .authserv = "mx.ours.example"};

static enum result
read_bytes(const char *mail, size_t n)
{
    struct fault f;

    memset(&facts, 0, sizeof facts);
    return facts_read(mail, n, &ctx, &facts, &f);
}

static void
read_mail(const char *mail)
{
    assert_int_equal(read_bytes(mail, strlen(mail)), RES_OK);
}

static void
fields(void **state)
{
    (void)state;
    read_mail(FROM "Message-ID: <1@x>\r\nSubject: SV: Re: Hej\r\n"
                   "In-Reply-To: <a@b>\r\nReferences: <c@d> <e@f>\r\n\r\nHej");
    assert_string_equal(facts.from, "karen@firma.example");
    assert_int_equal(facts.from_count, 1);
    assert_string_equal(facts.message_id, "<1@x>");
    assert_string_equal(facts.subject, "Hej");
    assert_int_equal(facts.n_referred, 3);
    assert_string_equal(facts.referred[2], "<e@f>");
    assert_string_equal(facts.words, "Hej");
    assert_int_equal(facts.form, FORM_PERSON);
}

static const struct {
    const char *field, *from;
    int count;
} senders[] = {
    {"From: a@b.example\r\n", "a@b.example", 1},
    {"From: \"karen@firma.example\" <evil@b.example>\r\n", "evil@b.example", 2},
    {"From: \"Karen@b.example\" <karen@b.example>\r\n", "karen@b.example", 1},
    {"From: a@b.example, c@d.example\r\n", "a@b.example", 2},
    {"From: a@b.example\r\nFrom: c@d.example\r\n", "a@b.example", 2},
    {"From: J\xF8rn <j@b.example>\r\n", "j@b.example", 1},
    {"From: (comment) Bo (another) <bo@b.example>\r\n", "bo@b.example", 1},
    {"From: \"Hansen, Bo\" <bo@b.example>\r\n", "bo@b.example", 1},
    {"From: J\xF8rn j@b.example <j@b.example>\r\n", "j@b.example", 1},
    {"From: evil@c.example <a@b.example>\r\n", "a@b.example", 2},
    {"From: <a@b.example>evil@c.example\r\n", "a@b.example", 2},
    {"From: x (evil@c.example) \"evil@c.example\" \xF8 <a@b.example>\r\n",
        "a@b.example", 2},
    {"From: evil:a@b.example;\r\n", "a@b.example", 2},
    {"From: evil:;, a@b.example\r\n", "a@b.example", 2},
    {"From: <@evil.example,@c.example:a@b.example>\r\n", "", 1},
    {"From: a@\xEF\xBD\x82.example\r\n", "", 1},
    {"From: <>\r\n", "", 1},
    {"From: nobody\r\n", "", 1},
    {"", "", 0},
};

static void
who_wrote(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof senders / sizeof *senders; i++) {
        char mail[500];

        (void)snprintf(
            mail, sizeof mail, "%sSubject: x\r\n\r\nx", senders[i].field);
        read_mail(mail);
        if (strcmp(facts.from, senders[i].from) != 0 ||
            (facts.from_count == 1) != (senders[i].count == 1))
            fail_msg(
                "%s: %s, %d", senders[i].field, facts.from, facts.from_count);
    }
}

static void
tokens(void **state)
{
    (void)state;
    read_mail(FROM "To: haver+unsub-" TOKEN "@havnenshaver.example\r\n\r\n");
    assert_string_equal(facts.to_token, TOKEN);
    read_mail(FROM "Delivered-To: HAVER+UNSUB-" TOKEN
                   "@HAVNENSHAVER.EXAMPLE\r\n\r\n");
    assert_string_equal(facts.to_token, TOKEN);
    read_mail(FROM "To: haver+unsub-" TOKEN "@other.example\r\n\r\n");
    assert_string_equal(facts.to_token, "");
    read_mail(FROM "To: haver@havnenshaver.example\r\n"
                   "Subject: Unsubscribe " TOKEN "\r\n\r\n");
    assert_string_equal(facts.subject_token, TOKEN);
    assert_string_equal(facts.to_token, "");
    read_mail(FROM "Subject: unsubscribe me please now\r\n\r\n");
    assert_string_equal(facts.subject_token, "");
    read_mail(FROM "To: haver+b-" TOKEN "@havnenshaver.example\r\n\r\n");
    assert_string_equal(facts.to_token, "");
    assert_string_equal(facts.bounce_token, TOKEN);
}

static const struct {
    const char *headers, *subject;
} subjects[] = {
    {"Subject: =?utf-8?Q?For=C3=A5r?=", "Forår"},
    {"Subject: =?iso-8859-1?B?Rm9y5XI=?=", "Forår"},
    {"Subject: For\xE5r", "Forår"},
    {"Subject: For\xC3\xA5r", "Forår"},
    {"Subject: [EKSTERN] SV: Forår", "Forår"},
    {"Subject: Frameld mig - SV: Nyhedsbrev", "Frameld mig"},
    {"Subject: Frameld\r\n mig", "Frameld mig"},
    {"Subject: a\x1B[31mb\x07", "a [31mb"},
    {"Subject:", ""},
};

static void
own_subjects(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof subjects / sizeof *subjects; i++) {
        char mail[500];

        (void)snprintf(
            mail, sizeof mail, FROM "%s\r\n\r\n", subjects[i].headers);
        read_mail(mail);
        assert_string_equal(facts.subject, subjects[i].subject);
    }
}

static const struct {
    const char *headers, *body;
} bodies[] = {
    {"Content-Type: text/plain; charset=iso-8859-1\r\n"
     "Content-Transfer-Encoding: quoted-printable\r\n",
        "Tag mig af listen, h=F8r"},
    {"Content-Type: text/plain; charset=utf-8\r\n"
     "Content-Transfer-Encoding: base64\r\n",
        "VGFnIG1pZyBhZiBsaXN0ZW4sIGjDuHI="},
    {"", "Tag mig af listen, h\xF8r"},
    {"Content-Type: text/plain; charset=utf-8\r\n",
        "Tag mig af listen, h\xF8r"},
    {"Content-Type: text/plain; charset=us-ascii\r\n",
        "Tag mig af listen, h\xC3\xB8r"},
    {"Content-Type: text/plain; charset=x-unknown-42\r\n",
        "Tag mig af listen, h\xC3\xB8r"},
    {"Content-Type: text/plain; charset=cp850\r\n",
        "Tag mig af listen, h\x9Br"},
    {"Content-Type: text/plain; charset=utf-8\r\n",
        "Tag mig af listen, h\xC3\x83\xC2\xB8r"},
    {"Content-Type: text/html\r\n", "<p>Tag mig<br>af listen, h&oslash;r</p>"},
    {"Content-Type: multipart/alternative; boundary=b\r\n",
        "--b\r\nContent-Type: text/plain\r\n\r\n \r\n--b\r\n"
        "Content-Type: text/html\r\n\r\nTag mig af listen, h&oslash;r\r\n"
        "--b--\r\n"},
    {"Content-Type: multipart/mixed; boundary=b\r\n",
        "--b\r\nContent-Type: text/plain\r\n\r\nTag mig af listen, "
        "h\xC3\xB8r"},
    {"Content-Type: multipart/mixed; boundary=never\r\n",
        "Tag mig af listen, h\xC3\xB8r"},
};

static void
character_sets_and_parts(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        char mail[700];

        (void)snprintf(mail, sizeof mail, FROM "MIME-Version: 1.0\r\n%s\r\n%s",
            bodies[i].headers, bodies[i].body);
        read_mail(mail);
        if (strcmp(facts.words, "Tag mig af listen, hør") != 0 ||
            facts.intent != INTENT_LEAVE)
            fail_msg("%zu: '%s', %d", i, facts.words, (int)facts.intent);
    }
}

static void
nul_bytes(void **state)
{
    static const char mail[] = FROM "Subject: x\r\n\r\nFra\0meld\0 mig\0";

    (void)state;
    assert_int_equal(read_bytes(mail, sizeof mail - 1), RES_OK);
    assert_string_equal(facts.words, "Frameld mig");
}

/* A set with characters that UTF-8 has not. */
static void
beyond_unicode(void **state)
{
    size_t n;
    char *text = utf8_from("\4\0\0\x80", 4, "UCS-4", &n);

    (void)state;
    assert_true(utf8_valid(text, n));
    free(text);
}

/* Nothing may be read behind the last byte: ASan watches these. */
static void
cut_anywhere(void **state)
{
    static const char mail[] =
        FROM "Subject: =?utf-8?Q?=C3=A6?=\r\nContent-Type: text/html\r\n\r\n"
             "<p>Frameld <b>mig</b></p><!-- x --><textarea>y</textarea>";

    (void)state;
    for (size_t n = 0; n < sizeof mail; n++) {
        char *exact = malloc(n + (n == 0));

        assert_non_null(exact);
        memcpy(exact, mail, n);
        assert_int_equal(read_bytes(exact, n), RES_OK);
        free(exact);
    }
}

static void
attached_mail_is_no_ones_words(void **state)
{
    (void)state;
    read_mail(
        FROM "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
             "--b\r\nContent-Type: text/plain\r\n\r\nSe her\r\n"
             "--b\r\nContent-Type: message/rfc822\r\n\r\n"
             "From: x@y.example\r\nSubject: z\r\n\r\nFrameld mig\r\n"
             "--b\r\nContent-Type: text/plain\r\n"
             "Content-Disposition: attachment\r\n\r\nAfmeld\r\n--b--\r\n");
    assert_string_equal(facts.words, "Se her");
    assert_int_equal(facts.intent, INTENT_NONE);
}

static void
authentication(void **state)
{
    (void)state;
    read_mail("Authentication-Results: mx.ours.example; dmarc=fail\r\n" FROM
              "\r\nFrameld mig");
    assert_true(facts.dmarc_fail);
    read_mail("Authentication-Results: mx.ours.example; dmarc=pass\r\n"
              "Authentication-Results: mx.ours.example; dmarc=fail\r\n" FROM
              "\r\nFrameld mig");
    assert_false(facts.dmarc_fail);
    read_mail(
        "Authentication-Results: mx.ours.example; spf=pass\r\n"
        "Authentication-Results: mx.ours.example; dmarc=fail\r\n" FROM "\r\nx");
    assert_true(facts.dmarc_fail);
    read_mail("Authentication-Results: mx.ours.example.evil; dmarc=pass\r\n"
              "Authentication-Results: mx.ours.example; dmarc=fail\r\n" FROM
              "\r\nFrameld mig");
    assert_true(facts.dmarc_fail);
    read_mail("Resent-From: x@y.example\r\n" FROM "\r\nFrameld mig");
    assert_true(facts.resent_or_listed);
}

static const struct {
    const char *headers, *body;
    enum mail_form form;
} forms[] = {
    {"", "Hej", FORM_PERSON},
    {"Auto-Submitted: no\r\n", "Hej", FORM_PERSON},
    {"Auto-Submitted: auto-replied\r\n", "Hej", FORM_ROBOT},
    {"X-Autoreply: yes\r\n", "Hej", FORM_ROBOT},
    {"X-Auto-Response-Suppress: All\r\n", "Hej", FORM_PERSON},
    {"Subject: Automatisk svar: Nyhedsbrev\r\n", "Hej", FORM_ROBOT},
    {"Precedence: auto_reply\r\n", "Hej", FORM_ROBOT},
    {"Auto-Submitted: auto-replied\r\nX-Apple-Unsubscribe: true\r\n"
     "Subject: unsubscribe\r\n",
        "", FORM_PERSON},
    {"List-Id: <x.y.example>\r\n", "Hej", FORM_BULK},
    {"Precedence: bulk\r\n", "Hej", FORM_BULK},
    {"Precedence: bulk\r\nIn-Reply-To: <a@b>\r\n", "Hej", FORM_PERSON},
    {"", "Tak for din mail. Jeg er på ferie til mandag.", FORM_ROBOT},
    {"Content-Type: text/calendar; method=REPLY\r\n", "BEGIN:VCALENDAR",
        FORM_ROBOT},
};

static void
forms_of_mail(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        char mail[500];

        (void)snprintf(mail, sizeof mail, FROM "%s\r\n%s", forms[i].headers,
            forms[i].body);
        read_mail(mail);
        if (facts.form != forms[i].form)
            fail_msg("%s%s: want %d, got %d", forms[i].headers, forms[i].body,
                (int)forms[i].form, (int)facts.form);
    }
}

static void
bounce_report(void **state)
{
    const struct mail_values v = {.name = "",
        .address = "gone@firma.example",
        .mailbox = "haver@havnenshaver.example",
        .message_id = "<1@relay.example>",
        .letter_id = "<" TOKEN "@havnenshaver.example>",
        .words = ""};
    size_t n;
    char *mail = mail_template("bounce-postfix", &v, &n);

    (void)state;
    assert_int_equal(read_bytes(mail, n), RES_OK);
    free(mail);
    assert_int_equal(facts.form, FORM_BOUNCE);
    assert_true(facts.permanent);
    assert_true(facts.address_dead);
    assert_string_equal(facts.status, "5.1.1");
    assert_string_equal(facts.returned_id, v.letter_id);
    assert_int_equal(facts.n_addresses, 1);
    assert_string_equal(facts.address[0], "gone@firma.example");
}

#define REPORT(action, status, words)                                          \
    "From: MAILER-DAEMON@r.example\r\n"                                        \
    "Content-Type: multipart/report; report-type=delivery-status; "            \
    "boundary=b\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"   \
    "Reporting-MTA: dns; r.example\r\n\r\n"                                    \
    "Final-Recipient: rfc822; a@b.example\r\nAction: " action                  \
    "\r\nStatus: " status "\r\nDiagnostic-Code: smtp; " words "\r\n\r\n--b--"

static const struct {
    const char *mail;
    enum mail_form form;
    bool permanent, dead;
} bounces[] = {
    {REPORT("failed", "5.1.1", "550 no such user"), FORM_BOUNCE, true, true},
    {REPORT("failed", "5.2.2", "552 mailbox full"), FORM_BOUNCE, true, false},
    {REPORT("failed", "5.7.1", "550 blocked as spam"), FORM_BOUNCE, true,
        false},
    {REPORT("failed", "5.0.0", "550 5.1.1 User unknown"), FORM_BOUNCE, true,
        true},
    {REPORT("delayed", "4.4.1", "connection timed out"), FORM_BOUNCE, false,
        false},
    {REPORT("delivered", "2.0.0", "250 ok"), FORM_BULK, false, false},
    {REPORT("relayed", "2.0.0", "250 ok"), FORM_BULK, false, false},
    {"From: Mail Delivery System <Mailer-Daemon@r.example>\r\n"
     "X-Failed-Recipients: a@b.example\r\nAuto-Submitted: auto-replied\r\n"
     "\r\nA message that you sent could not be delivered.\r\n\r\n"
     "  a@b.example\r\n    Unrouteable address\r\n",
        FORM_BOUNCE, true, true},
    {"From: MAILER-DAEMON@r.example\r\nSubject: failure notice\r\n\r\n"
     "Hi. This is the qmail-send program. I wasn't able to deliver your "
     "message.\r\n\r\n<a@b.example>:\r\nSorry, no mailbox here by that name.",
        FORM_BOUNCE, true, true},
};

static void
bounces_of_all_kinds(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bounces / sizeof *bounces; i++) {
        read_mail(bounces[i].mail);
        if (facts.form != bounces[i].form ||
            facts.permanent != bounces[i].permanent ||
            facts.address_dead != bounces[i].dead)
            fail_msg("%zu: form %d, permanent %d, dead %d (%s)", i,
                (int)facts.form, facts.permanent, facts.address_dead,
                facts.why);
        if (facts.form == FORM_BOUNCE)
            assert_string_equal(facts.address[0], "a@b.example");
    }
}

static void
complaints(void **state)
{
    static const char report[] =
        "From: fbl@isp.example\r\nContent-Type: multipart/report; "
        "report-type=feedback-report; boundary=b\r\n\r\n--b\r\n"
        "Content-Type: message/feedback-report\r\n\r\n"
        "Feedback-Type: %s\r\nOriginal-Rcpt-To: <a@b.example>\r\n\r\n--b\r\n"
        "Content-Type: message/rfc822\r\n\r\nMessage-ID: <" TOKEN
        "@havnenshaver.example>\r\nList-Unsubscribe: "
        "<mailto:haver+unsub-" TOKEN "@havnenshaver.example>\r\n\r\nx\r\n"
        "--b--";
    char mail[1000];

    (void)state;
    (void)snprintf(mail, sizeof mail, report, "abuse");
    read_mail(mail);
    assert_int_equal(facts.form, FORM_COMPLAINT);
    assert_string_equal(facts.returned_token, TOKEN);
    assert_string_equal(facts.returned_id, "<" TOKEN "@havnenshaver.example>");
    assert_string_equal(facts.address[0], "a@b.example");
    (void)snprintf(mail, sizeof mail, report, "not-spam");
    read_mail(mail);
    assert_int_equal(facts.form, FORM_BULK);
}

/* A second sender behind the limits: the first is not alone. */
static void
hidden_senders(void **state)
{
    size_t n = 0, room = 8000;
    char *mail = malloc(room);

    (void)state;
    n = (size_t)snprintf(
        mail, room, "From: a@b.example%*s, c@d.example\r\n\r\nx", 5000, "");
    assert_int_equal(read_bytes(mail, n), RES_OK);
    assert_int_equal(facts.from_count, 2);
    n = 0;
    for (int i = 0; i < 499; i++)
        n += (size_t)snprintf(mail + n, room - n, "X: 1\r\n");
    n += (size_t)snprintf(
        mail + n, room - n, "From: a@b.example\r\nFrom: c@d.example\r\n\r\nx");
    assert_int_equal(read_bytes(mail, n), RES_OK);
    assert_string_equal(facts.from, "a@b.example");
    assert_int_equal(facts.from_count, 2);
    read_mail("From: a@b.example\r\nSubject: Frameld mig\r\nX: 1");
    assert_int_equal(facts.from_count, 2);
    free(mail);
}

static void
json_both_ways(void **state)
{
    static struct facts again;
    struct fault f;
    char *json;

    (void)state;
    read_mail(FROM "Subject: =?utf-8?Q?=C3=A6?=\r\nIn-Reply-To: <a@b>\r\n\r\n"
                   "Frameld venligst jens@x.example");
    json = facts_to_json(&facts);
    assert_int_equal(facts_from_json(json, strlen(json), &again, &f), RES_OK);
    assert_string_equal(again.subject, "æ");
    assert_int_equal(again.intent, INTENT_LEAVE_OTHER);
    assert_string_equal(again.address[0], "jens@x.example");
    assert_string_equal(again.referred[0], "<a@b>");
    assert_int_equal(again.from_count, 1);
    assert_int_equal(
        facts_from_json(json, strlen(json) - 1, &again, &f), RES_NEVER);
    assert_int_equal(facts_from_json("{}", 2, &again, &f), RES_NEVER);
    free(json);
}

/* What an answer says is only asked of one. */
static void
yes_and_no(void **state)
{
    static const struct {
        const char *mail;
        enum yes_no says;
        bool plain;
    } mails[] = {
        {FROM "\r\nJa tak", SAYS_NEITHER, false},
        {FROM "In-Reply-To: <a@b>\r\n\r\nJa tak\r\n\r\nMvh\r\nKaren", SAYS_YES,
            true},
        {FROM "References: <a@b>\r\n\r\nNej, ikke mere", SAYS_NO, false},
    };
    static struct facts again;
    struct fault f;

    (void)state;
    for (size_t i = 0; i < sizeof mails / sizeof *mails; i++) {
        char *json;

        read_mail(mails[i].mail);
        json = facts_to_json(&facts);
        assert_int_equal(
            facts_from_json(json, strlen(json), &again, &f), RES_OK);
        assert_int_equal(again.says, mails[i].says);
        assert_int_equal(again.plain, mails[i].plain);
        free(json);
    }
}

/* Each fills n bytes from a repeated piece after a beginning. */
static const struct {
    const char *begin, *piece;
    size_t n;
    enum result want;
} hostile[] = {
    {"From: ", "(", 200000, RES_NEVER},
    {FROM "\r\n", "(", 200000, RES_NEVER},
    {FROM "Content-Type: text/plain; x=", "(", 3000000, RES_NEVER},
    {FROM "\r\n", "--b\r\n", 3000000, RES_NEVER},
    {FROM "\r\n", "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n",
        1000000, RES_NEVER},
    {"", "X: y\r\n", 3000000, RES_OK},
    {"Subject: ", "=?utf-8?Q?=41?= ", 3000000, RES_OK},
    {"From: ", "a@b.example, ", 3000000, RES_OK},
    {FROM "Content-Type: text/html\r\n\r\n", "<b>", 3000000, RES_OK},
    {FROM "Content-Type: text/html\r\n\r\n", "<p>x", 3000000, RES_OK},
    {FROM "Content-Type: text/html\r\n\r\n<a ", "b=c ", 3000000, RES_OK},
    {FROM "Content-Type: text/html\r\n\r\n", "<table>", 3000000, RES_OK},
    {FROM "\r\n", "Den 1. maj skrev ", 3000000, RES_OK},
    {FROM "\r\n", "Fra: x\r\n", 3000000, RES_OK},
    {FROM "\r\n", "frameld ikke mig ", 3000000, RES_OK},
    {FROM "\r\n", "> ", 3000000, RES_OK},
    {FROM "\r\n", "a.", 3000000, RES_OK},
    {FROM "\r\n@", "\xC3\xA6-", 3000000, RES_OK},
    {"From: MAILER-DAEMON\r\n\r\nundelivered ", "@", 3000000, RES_OK},
    {"From: MAILER-DAEMON\r\n\r\nundelivered ", "Message-ID: <", 3000000,
        RES_OK},
};

static void
hostile_mail_is_cheap(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++) {
        size_t w = strlen(hostile[i].begin), k = strlen(hostile[i].piece);
        char *mail = malloc(hostile[i].n + w + k);
        clock_t began;
        double spent;

        memcpy(mail, hostile[i].begin, w);
        for (; w < hostile[i].n; w += k)
            memcpy(mail + w, hostile[i].piece, k);
        began = clock();
        if (read_bytes(mail, w) != hostile[i].want)
            fail_msg("%zu: %s: not the result wanted", i, hostile[i].piece);
        spent = (double)(clock() - began) / CLOCKS_PER_SEC;
        if (spent > 1.0)
            fail_msg("%zu: %s took %.2f s", i, hostile[i].piece, spent);
        free(mail);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields),
        cmocka_unit_test(who_wrote),
        cmocka_unit_test(tokens),
        cmocka_unit_test(own_subjects),
        cmocka_unit_test(character_sets_and_parts),
        cmocka_unit_test(nul_bytes),
        cmocka_unit_test(beyond_unicode),
        cmocka_unit_test(cut_anywhere),
        cmocka_unit_test(attached_mail_is_no_ones_words),
        cmocka_unit_test(authentication),
        cmocka_unit_test(forms_of_mail),
        cmocka_unit_test(bounce_report),
        cmocka_unit_test(bounces_of_all_kinds),
        cmocka_unit_test(complaints),
        cmocka_unit_test(hidden_senders),
        cmocka_unit_test(json_both_ways),
        cmocka_unit_test(yes_and_no),
        cmocka_unit_test(hostile_mail_is_cheap),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
