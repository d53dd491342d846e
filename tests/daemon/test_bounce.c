/* SPDX-License-Identifier: ISC */
/* Mail of machines in words: what many mail servers write that know no
 * RFC 3464, complaints in many forms, what only looks like either, and mail
 * whose words are sealed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/facts.h"

#define TOKEN "abcdefghijklmnopqrstuvwxyz"
#define DAEMON "From: Mail Delivery System <MAILER-DAEMON@r.example>\r\n"
#define NULL_SENDER "Return-Path: <>\r\nFrom: post@r.example\r\n"
#define LETTER                                                                 \
    "Return-Path: <haver+b-" TOKEN "@havnenshaver.example>\r\n"                \
    "From: haver@havnenshaver.example\r\nTo: bo@b.example\r\n"                 \
    "Subject: Nyhedsbrev\r\nMessage-ID: <" TOKEN ".rm@havnenshaver.example>"   \
    "\r\n\r\nYour mailbox is full of user unknown spam\r\n"

static struct facts facts;
static struct facts_context ctx = {
    .mailbox = "haver@havnenshaver.example", .authserv = ""};

static void
read_mail(const char *mail)
{
    struct fault f;

    memset(&facts, 0, sizeof facts);
    assert_int_equal(facts_read(mail, strlen(mail), &ctx, &facts, &f), RES_OK);
}

enum end {
    DEAD,
    SOFT,
    TRIES
};

static const struct {
    const char *name, *mail;
    enum end end;
    const char *status;
} bounces[] = {
    {"qmail",
        DAEMON "Subject: failure notice\r\n\r\n"
               "Hi. This is the qmail-send program at r.example.\r\n"
               "I'm afraid I wasn't able to deliver your message to the "
               "following addresses.\r\nThis is a permanent error; I've given "
               "up. Sorry it didn't work out.\r\n\r\n<bo@b.example>:\r\n"
               "Sorry, no mailbox here by that name. (#5.1.1)\r\n\r\n"
               "--- Below this line is a copy of the message.\r\n\r\n" LETTER,
        DEAD, "5.1.1"},
    {"qmail, given up on a temporary answer",
        DAEMON "Subject: failure notice\r\n\r\n"
               "I wasn't able to deliver your message to the following "
               "addresses.\r\n\r\n<bo@b.example>:\r\n192.0.2.7 failed after I "
               "sent the message.\r\nRemote host said: 451 4.3.2 Busy\r\nI'm "
               "not going to try again; this message has been in the queue too "
               "long.\r\n\r\n--- Below this line is a copy of the message."
               "\r\n\r\n" LETTER,
        SOFT, "4.3.2"},
    {"Exim, quota",
        DAEMON "Subject: Mail delivery failed: returning message to sender"
               "\r\n\r\nA message that you sent could not be delivered to one "
               "or more of its recipients.\r\n\r\n  bo@b.example\r\n    "
               "mailbox is full: retry timeout exceeded\r\n\r\n"
               "------ This is a copy of the message, including all the "
               "headers. ------\r\n\r\n" LETTER,
        SOFT, "5.2.2"},
    {"Exim, a warning",
        DAEMON "Subject: Warning: message 1abcde-000001-AB delayed 24 hours"
               "\r\n\r\nA message that you sent has not yet been delivered to "
               "one or more of its recipients after more than 24 hours.\r\n\r\n"
               "  bo@b.example\r\n    Delay reason: 451 try later\r\n\r\nNo "
               "action is required on your part. Delivery attempts will "
               "continue for some time.\r\n",
        TRIES, ""},
    {"Postfix without a report part",
        DAEMON "Subject: Undelivered Mail Returned to Sender\r\n\r\n"
               "I'm sorry to have to inform you that your message could not be "
               "delivered.\r\n\r\n<bo@b.example>: host mx.b.example said: 452 "
               "4.2.2 The mailbox is over quota (in reply to RCPT TO)\r\n",
        SOFT, "4.2.2"},
    {"a reply code alone, temporary, given up",
        DAEMON "Subject: Undelivered Mail Returned to Sender\r\n\r\n"
               "<bo@b.example>: host mx.b.example said: 450 mailbox "
               "unavailable (in reply to RCPT TO)\r\n",
        SOFT, "4.1.1"},
    {"sendmail's transcript",
        "From: Mail Delivery Subsystem <MAILER-DAEMON@r.example>\r\n"
        "Subject: Returned mail: User unknown\r\n\r\n"
        "   ----- The following addresses had permanent fatal errors -----\r\n"
        "<bo@b.example>\r\n\r\n   ----- Transcript of session follows -----\r\n"
        "... while talking to mx.b.example.:\r\n>>> RCPT To:<bo@b.example>\r\n"
        "<<< 550 User unknown\r\n550 <bo@b.example>... User unknown\r\n\r\n"
        "   ----- Original message follows -----\r\n\r\n" LETTER,
        DEAD, "5.1.1"},
    {"Exchange in HTML",
        "From: postmaster@b.example\r\nReturn-Path: <>\r\nSubject: "
        "Undeliverable: Nyhedsbrev\r\nContent-Type: text/html\r\n\r\n"
        "<p><b>Delivery has failed to these recipients:</b></p><p>"
        "<a href=\"mailto:bo@b.example\">bo@b.example</a><br>The e-mail "
        "address could not be found. Exchange will not try to redeliver this "
        "message for you.</p>",
        DEAD, "5.1.1"},
    {"Exchange's system administrator",
        "From: System Administrator <sa@r.example>\r\nReturn-Path: <>\r\n"
        "Subject: Undeliverable: Nyhedsbrev\r\n\r\nYour message\r\n\r\n"
        "  Subject: Nyhedsbrev\r\n\r\ndid not reach the following "
        "recipient(s):\r\n\r\nbo@b.example on Tue, 14 May\r\n    The recipient "
        "name is not recognized\r\n",
        DEAD, "5.1.1"},
    {"IMail",
        "From: Postmaster <postmaster@r.example>\r\nReturn-Path: <>\r\n"
        "Subject: Undeliverable Mail\r\n\r\nUnknown user: bo@b.example\r\n\r\n"
        "Original message follows.\r\n\r\n" LETTER,
        DEAD, "5.1.1"},
    {"Domino",
        NULL_SENDER "Subject: DELIVERY FAILURE: User bo not listed in Domino "
                    "Directory\r\n\r\nYour message\r\n\r\n  Subject: "
                    "Nyhedsbrev\r\n\r\nwas not delivered to:\r\n\r\n"
                    "  bo@b.example\r\n\r\nbecause:\r\n\r\n  User bo "
                    "(bo@b.example) not listed in Domino Directory\r\n",
        DEAD, "5.1.1"},
    {"GroupWise",
        NULL_SENDER "Subject: Message status - undeliverable\r\n\r\nThe "
                    "attached file had the following undeliverable "
                    "recipient(s):\r\n\tbo@b.example\r\n\r\nMailbox is full"
                    "\r\n",
        SOFT, "5.2.2"},
    {"our own host is doubted: no word on the reader",
        DAEMON "Subject: Undelivered Mail Returned to Sender\r\n\r\n"
               "<bo@b.example>: host mx.b.example said: 550 Client host "
               "rejected: cannot find your hostname (in reply to RCPT TO)\r\n",
        SOFT, ""},
    {"a directory that does not know the address",
        DAEMON "Subject: Undelivered Mail Returned to Sender\r\n\r\n"
               "<bo@b.example>: host mx.b.example said: 550 5.4.1 Recipient "
               "address rejected: Access denied. AS(1)\r\n",
        DEAD, "5.4.1"},
    {"access denied, by policy",
        DAEMON
        "Subject: Undelivered Mail Returned to Sender\r\n\r\n"
        "<bo@b.example>: host mx.b.example said: 550 5.7.1 Access denied\r\n",
        SOFT, "5.7.1"},
    {"plain words with a code that is used for anything",
        DAEMON "Subject: Undelivered Mail Returned to Sender\r\n\r\n"
               "<bo@b.example>: host mx.b.example said: 550 5.7.17 no such "
               "user here\r\n",
        DEAD, "5.7.17"},
    {"our envelope sender is doubted",
        DAEMON "Subject: Undelivered Mail Returned to Sender\r\n\r\n"
               "<bo@b.example>: host mx.b.example said: 553 sorry, your "
               "envelope sender domain must exist\r\n",
        SOFT, ""},
    {"names cannot be looked up now",
        DAEMON
        "Subject: Undelivered Mail Returned to Sender\r\n\r\n"
        "<bo@b.example>: host mx.b.example said: Host or domain name not "
        "found. Name service error for type=A: Host not found, try again\r\n",
        SOFT, "5.4.0"},
    {"Exchange, a delay in words",
        "From: postmaster@b.example\r\nReturn-Path: <>\r\nSubject: Delivery "
        "delayed: Nyhedsbrev\r\n\r\nDelivery is delayed to these recipients:"
        "\r\n\r\nbo@b.example\r\n",
        TRIES, ""},
    {"our own domain is doubted",
        DAEMON "Subject: Undelivered Mail Returned to Sender\r\n\r\n"
               "<bo@b.example>: host mx.b.example said: 550 Sender address "
               "rejected: Domain not found (in reply to RCPT TO)\r\n",
        SOFT, ""},
    {"Danish",
        DAEMON "Subject: Meddelelsen kunne ikke leveres\r\n\r\n"
               "<bo@b.example>: Postkassen er fuld\r\n",
        SOFT, "5.2.2"},
    {"German",
        DAEMON "Subject: Zustellung fehlgeschlagen\r\n\r\nIhre Nachricht "
               "konnte nicht zugestellt werden:\r\n<bo@b.example>\r\n"
               "Empfaenger unbekannt\r\n",
        DEAD, "5.1.1"},
    {"a Sieve filter's reject",
        "From: Mail Delivery Subsystem <postmaster@b.example>\r\n"
        "Auto-Submitted: auto-replied (rejected)\r\nContent-Type: "
        "multipart/report; report-type=disposition-notification; "
        "boundary=b\r\n\r\n--b\r\n\r\nYour message was automatically "
        "rejected: user unknown\r\n--b\r\nContent-Type: "
        "message/disposition-notification\r\n\r\n"
        "Final-Recipient: rfc822; bo@b.example\r\nDisposition: "
        "automatic-action/MDN-sent-automatically; deleted\r\n\r\n--b--",
        SOFT, ""},
    {"a report without Action",
        DAEMON "Content-Type: multipart/report; report-type=delivery-status; "
               "boundary=b\r\n\r\n--b\r\nContent-Type: "
               "message/delivery-status\r\n\r\nReporting-MTA: dns; r\r\n\r\n"
               "Final-Recipient: rfc822; bo@b.example\r\nStatus: 5.1.1\r\n\r\n"
               "--b--",
        DEAD, "5.1.1"},
    {"a report whose code says nothing",
        DAEMON "Content-Type: multipart/report; report-type=delivery-status; "
               "boundary=b\r\n\r\n--b\r\nContent-Type: "
               "message/delivery-status\r\n\r\nReporting-MTA: dns; r\r\n\r\n"
               "Final-Recipient: rfc822; bo@b.example\r\nAction: failed\r\n"
               "Status: 5.0.0\r\nDiagnostic-Code: smtp; 552 quota exceeded"
               "\r\n\r\n--b--",
        SOFT, "5.2.2"},
};

static void
bounces_in_words(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bounces / sizeof *bounces; i++) {
        enum end end;

        read_mail(bounces[i].mail);
        end = facts.address_dead ? DEAD : facts.permanent ? SOFT : TRIES;
        if (facts.form != FORM_BOUNCE || end != bounces[i].end ||
            strcmp(facts.status, bounces[i].status) != 0 ||
            facts.n_addresses != 1 ||
            strcmp(facts.address[0], "bo@b.example") != 0)
            fail_msg("%s: form %d, end %d, status %s, %d addresses: %s (%s)",
                bounces[i].name, (int)facts.form, (int)end, facts.status,
                facts.n_addresses, facts.address[0], facts.why);
    }
}

#define ARF(type, more)                                                        \
    "From: fbl@b.example\r\nTo: haver@havnenshaver.example\r\nContent-Type: "  \
    "multipart/report; report-type=feedback-report; boundary=b\r\n\r\n--b\r\n" \
    "Content-Type: message/feedback-report\r\n\r\nFeedback-Type: " type        \
    "\r\n" more "\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n"
#define DESK(from, words)                                                      \
    "From: " from "\r\nSubject: mail\r\nContent-Type: multipart/mixed; "       \
    "boundary=b\r\n\r\n--b\r\n\r\n" words                                      \
    "\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n" LETTER "\r\n--b--\r\n"

static const struct {
    const char *name, *mail;
    enum mail_form form;
    bool ours;
    const char *address, *token;
} complaints[] = {
    {"abuse", ARF("abuse", "Original-Rcpt-To: bo@b.example\r\n") LETTER "--b--",
        FORM_COMPLAINT, true, "bo@b.example", TOKEN},
    {"opt-out with a remark", ARF("opt-out (list)", "") LETTER "--b--",
        FORM_COMPLAINT, true, "bo@b.example", TOKEN},
    {"removal", ARF("opt-out", "Removal-Recipient: bo@b.example\r\n") "--b--",
        FORM_COMPLAINT, false, "bo@b.example", ""},
    {"not spam", ARF("not-spam", "") LETTER "--b--", FORM_BULK, true,
        "bo@b.example", TOKEN},
    {"authentication", ARF("auth-failure", "") LETTER "--b--", FORM_BULK, true,
        "bo@b.example", TOKEN},
    {"the reader struck out",
        ARF("abuse", "") "From: haver@havnenshaver.example\r\nMessage-ID: "
                         "<1@elsewhere.example>\r\n\r\nx\r\n--b--",
        FORM_COMPLAINT, true, "", ""},
    {"another's mail",
        ARF("abuse", "") "From: shop@other.example\r\nMessage-ID: "
                         "<1@other.example>\r\n\r\nx\r\n--b--",
        FORM_COMPLAINT, false, "", ""},
    {"Microsoft",
        "From: staff@hotmail.com\r\nSubject: complaint about message from "
        "192.0.2.1\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
        "Content-Type: message/rfc822\r\n\r\nX-HmXmrOriginalRecipient: "
        "bo@b.example\r\n" LETTER "--b--",
        FORM_COMPLAINT, true, "bo@b.example", TOKEN},
    {"Microsoft, with a delimiter at the end that opens nothing",
        "From: staff@hotmail.com\r\nSubject: complaint about message from "
        "192.0.2.1\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
        "Content-Type: message/rfc822\r\n\r\nX-HmXmrOriginalRecipient: "
        "bo@b.example\r\n" LETTER "--b\r\n\r\n",
        FORM_COMPLAINT, true, "bo@b.example", TOKEN},
    {"Microsoft, without the reader",
        "From: staff@hotmail.com\r\nSubject: complaint about message from "
        "192.0.2.1\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
        "Content-Type: message/rfc822\r\n\r\n" LETTER "--b--",
        FORM_COMPLAINT, true, "bo@b.example", TOKEN},
    {"Amazon",
        "From: no-reply@sns.amazonaws.com\r\n\r\n{\"notificationType\":"
        "\"Complaint\",\"complaint\":{\"complainedRecipients\":[{"
        "\"emailAddress\":\"bo@b.example\"}]},\"mail\":{\"source\":"
        "\"haver+b-" TOKEN "@havnenshaver.example\"}}",
        FORM_COMPLAINT, false, "bo@b.example", TOKEN},
    {"an abuse desk", DESK("abuse@b.example", "Our customer calls it spam."),
        FORM_COMPLAINT, true, "", TOKEN},
    {"an abuse desk on something else",
        DESK("abuse@b.example", "When is the next meeting?"), FORM_PERSON,
        false, "", ""},
    {"a person who sends the letter along",
        DESK("bo@b.example", "Is this spam?"), FORM_PERSON, false, "", ""},
    {"an abuse desk without the letter",
        "From: abuse@b.example\r\n\r\nYou send spam.", FORM_PERSON, false, "",
        ""},
};

static void
complaints_of_all_kinds(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof complaints / sizeof *complaints; i++) {
        read_mail(complaints[i].mail);
        if (facts.form != complaints[i].form ||
            facts.returned_ours != complaints[i].ours ||
            strcmp(facts.returned_token, complaints[i].token) != 0 ||
            (facts.n_addresses > 0 &&
                strcmp(facts.address[0], complaints[i].address) != 0 &&
                complaints[i].address[0] != '\0'))
            fail_msg("%s: form %d, ours %d, token %s, %d addresses: %s",
                complaints[i].name, (int)facts.form, facts.returned_ours,
                facts.returned_token, facts.n_addresses, facts.address[0]);
    }
}

static const struct {
    const char *name, *mail;
    enum mail_form form;
} robots[] = {
    {"a person about a bounce",
        "From: bo@b.example\r\nSubject: Re: Undelivered Mail Returned to "
        "Sender\r\n\r\nMin mail kunne ikke leveres, hvad nu?",
        FORM_PERSON},
    {"a postmaster by hand",
        "From: postmaster@b.example\r\nSubject: Hej\r\n\r\nVores server er "
        "langsom i dag.",
        FORM_PERSON},
    {"a vacation answer to the envelope's sender",
        NULL_SENDER "To: haver+b-" TOKEN "@havnenshaver.example\r\nSubject: "
                    "Out of office\r\n\r\nI am away; my mailbox is full.",
        FORM_ROBOT},
    {"delivered, in words",
        DAEMON "Subject: Delivery report\r\n\r\nYour message has arrived.",
        FORM_BULK},
    {"DMARC",
        "From: d@b.example\r\nAuto-Submitted: auto-generated\r\nSubject: "
        "Report Domain: havnenshaver.example Submitter: b.example "
        "Report-ID: 1\r\n\r\nx",
        FORM_BULK},
    {"TLS",
        "From: d@b.example\r\nAuto-Submitted: auto-generated\r\nContent-Type: "
        "multipart/report; report-type=tlsrpt; boundary=b\r\n\r\n--b\r\n\r\nx"
        "\r\n--b--",
        FORM_BULK},
    {"a receipt of a ticket system",
        "From: it@b.example\r\nSubject: [Ticket#2026110010] Re: Nyhedsbrev\r\n"
        "Precedence: bulk\r\n\r\nWe look into it.",
        FORM_ROBOT},
    {"an agent's answer out of it",
        "From: it@b.example\r\nSubject: [Ticket#2026110010] Re: Nyhedsbrev\r\n"
        "\r\nWe look into it.",
        FORM_PERSON},
    {"Chinese",
        "From: b@b.example\r\nSubject: =?UTF-8?B?6Ieq5Yqo5Zue5aSN?=\r\n\r\nx",
        FORM_ROBOT},
    {"a challenge",
        "From: b@b.example\r\nMessage-ID: <1@x-tmda-confirm.example>\r\n\r\nx",
        FORM_ROBOT},
};

static void
neither(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof robots / sizeof *robots; i++) {
        read_mail(robots[i].mail);
        if (facts.form != robots[i].form)
            fail_msg(
                "%s: form %d (%s)", robots[i].name, (int)facts.form, facts.why);
    }
}

/* The owner of the mailbox writes to people, too. */
static void
whose_mail_comes_back(void **state)
{
    (void)state;
    read_mail(DAEMON "Subject: Undeliverable: Tak\r\n\r\nDelivery has failed "
                     "to these recipients:\r\n\r\nbo@b.example\r\nThe mailbox "
                     "is full.\r\n\r\nOriginal message headers:\r\n\r\n"
                     "From: haver@havnenshaver.example\r\nTo: bo@b.example\r\n"
                     "Subject: Tak\r\nMessage-ID: <1@pc.example>\r\n");
    assert_int_equal(facts.form, FORM_BOUNCE);
    assert_string_equal(facts.returned_from, "haver@havnenshaver.example");
    assert_string_equal(facts.returned_to, "bo@b.example");
    assert_string_equal(facts.returned_id, "<1@pc.example>");
    assert_true(facts.returned_ours);
}

/* An administrator may write its name with capitals. */
static void
the_mailbox_in_capitals(void **state)
{
    const char *mailbox = ctx.mailbox;

    ctx.mailbox = "Haver@HavnensHaver.example";
    whose_mail_comes_back(state);
    read_mail(DAEMON "Subject: Undeliverable: Hej\r\n\r\nDelivery has failed."
                     "\r\n\r\nOriginal message headers:\r\n\r\n"
                     "From: bo@b.example\r\nTo: haver@havnenshaver.example\r\n"
                     "Subject: Hej\r\nMessage-ID: <2@pc.example>\r\n");
    assert_string_equal(facts.returned_to, "");
    ctx.mailbox = mailbox;
}

#define MIXED(type)                                                            \
    "From: bo@b.example\r\nContent-Type: " type "; boundary=b\r\n\r\n--b\r\n"

static const struct {
    const char *name, *mail, *words;
    bool unreadable;
} sealed[] = {
    {"signed",
        MIXED("multipart/signed; "
              "protocol=\"application/pkcs7-signature\"") "Content-Type: "
                                                          "text/"
                                                          "plain\r\n\r\nF"
                                                          "rameld "
                                                          "mig\r\n--"
                                                          "b\r\nContent-"
                                                          "Type: "
                                                          "application/"
                                                          "pkcs7-"
                                                          "signature; "
                                                          "name=smime."
                                                          "p7s\r\n\r\nMII"
                                                          "B\r\n--b--",
        "Frameld mig", false},
    {"signed, the text within a tree",
        MIXED("multipart/signed") "Content-Type: multipart/alternative; "
                                  "boundary=c\r\n\r\n--c\r\n"
                                  "Content-Type: "
                                  "text/plain\r\n\r\nFrameld "
                                  "mig\r\n--c\r\nContent-Type: "
                                  "text/"
                                  "html\r\n\r\n<p>x\r\n--c--\r\n--"
                                  "b\r\nContent-Type: "
                                  "application/"
                                  "pgp-signature\r\n\r\nx\r\n--b--",
        "Frameld mig", false},
    {"opaque",
        "From: bo@b.example\r\nContent-Type: application/pkcs7-mime; "
        "smime-type=signed-data; "
        "name=smime.p7m\r\nContent-Disposition: "
        "attachment; filename=smime.p7m\r\n\r\nMIIB",
        "", true},
    {"opaque, with a footer below",
        MIXED("multipart/mixed") "Content-Type: "
                                 "application/x-pkcs7-mime; "
                                 "name=smime.p7m\r\nContent-Disposition: "
                                 "attachment\r\n\r\nMIIB\r\n--b\r\n"
                                 "Content-Type: "
                                 "text/plain\r\n\r\nFrameld "
                                 "mig\r\n--b--",
        "", true},
    {"a sealed mail among the files",
        MIXED("multipart/mixed") "\r\nHej\r\n--b\r\nContent-Type: "
                                 "application/pkcs7-mime\r\n"
                                 "Content-Disposition: "
                                 "attachment\r\n\r\nMIIB"
                                 "\r\n--b--",
        "Hej", false},
    {"encrypted in the text",
        "From: bo@b.example\r\n\r\n-----BEGIN PGP "
        "MESSAGE-----\r\n\r\nabc",
        NULL, true},
    {"winmail.dat beside text",
        MIXED("multipart/mixed") "\r\nFrameld "
                                 "mig\r\n--b\r\nContent-Type: "
                                 "application/ms-tnef; "
                                 "name=winmail.dat\r\n"
                                 "Content-Disposition: "
                                 "attachment\r\n\r\nx\r\n"
                                 "--b--",
        "Frameld mig", false},
    {"winmail.dat alone",
        MIXED("multipart/mixed") "Content-Type: "
                                 "text/plain\r\n\r\n\r\n--b\r\nContent-Type: "
                                 "application/ms-tnef; "
                                 "name=winmail.dat\r\n\r\n"
                                 "x\r\n--b--",
        "", true},
    {"a text as a file",
        MIXED("multipart/mixed") "Content-Type: text/plain\r\n\r\n "
                                 "\r\n--b\r\n"
                                 "Content-Type: text/plain; "
                                 "name=notes.txt\r\n"
                                 "\r\nFrameld mig\r\n--b--",
        "", false},
    {"a text as a file, shown inline",
        MIXED("multipart/mixed") "Content-Type: text/plain\r\n\r\n "
                                 "\r\n--b\r\n"
                                 "Content-Type: text/plain\r\n"
                                 "Content-Disposition: inline; "
                                 "filename=notes.txt\r\n\r\nFrameld "
                                 "mig\r\n"
                                 "--b--",
        "", false},
};

static void
sealed_and_attached(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof sealed / sizeof *sealed; i++) {
        read_mail(sealed[i].mail);
        if (facts.form != FORM_PERSON ||
            facts.unreadable != sealed[i].unreadable ||
            (sealed[i].words != NULL &&
                strcmp(facts.words, sealed[i].words) != 0))
            fail_msg("%s: form %d, unreadable %d, words '%s'", sealed[i].name,
                (int)facts.form, facts.unreadable, facts.words);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bounces_in_words),
        cmocka_unit_test(complaints_of_all_kinds),
        cmocka_unit_test(neither),
        cmocka_unit_test(whose_mail_comes_back),
        cmocka_unit_test(the_mailbox_in_capitals),
        cmocka_unit_test(sealed_and_attached),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
