/* SPDX-License-Identifier: ISC */
/* RFC 3834 and what vacation programs, ticket systems and list managers of
 * the field really set.  A robot's mark that people's mail carries, too
 * (X-Auto-Response-Suppress, Precedence: bulk of a groupware), is none. */
#include "daemon/robots.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "daemon/intent.h"
#include "daemon/utf8.h"

static bool says_robot(const struct mail *m, char *why, size_t size);
static bool subject_says_robot(const struct mail_head *h);
static bool says_bulk(
    const struct mail *m, const struct facts *facts, char *why, size_t size);
static bool is_calendar(const struct mail *m);

enum mail_form
robots_form(
    const struct mail *m, const struct facts *facts, char *why, size_t size)
{
    if (mail_head_has(&m->head, "X-Apple-Unsubscribe"))
        return FORM_PERSON; /* auto-submitted, but by a person's click */
    if (is_calendar(m)) {
        (void)snprintf(why, size, "a calendar's answer");
        return FORM_ROBOT;
    }
    if (says_bulk(m, facts, why, size))
        return FORM_BULK;
    if (says_robot(m, why, size))
        return FORM_ROBOT;
    return FORM_PERSON;
}

static bool
says_robot(const struct mail *m, char *why, size_t size)
{
    static const char *const marks[] = {"X-Autoreply", "X-Autorespond",
        "X-Autoresponder", "X-Autoresponse", "X-AutoReply-From",
        "X-Mail-Autoreply", "X-FC-MachineGenerated", "X-Boxtrapper",
        "X-Bluebottle-Request", "X-Spamarrest-noauth", "X-AskVersion",
        "X-ChoiceMail-Registration-Request", "X-POST-MessageClass"};
    const struct mail_head *h = &m->head;
    char value[200];

    if (mail_head_raw(h, "Auto-Submitted", 0, value, sizeof value) &&
        strncasecmp(value, "no", 2) != 0 && value[0] != '\0') {
        (void)snprintf(why, size, "Auto-Submitted: %.60s", value);
        return true;
    }
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        if (mail_head_has(h, marks[i])) {
            (void)snprintf(why, size, "header field %s", marks[i]);
            return true;
        }
    }
    if (mail_head_raw(h, "X-Apple-Action", 0, value, sizeof value) &&
        strcasestr(value, "vacation") != NULL) {
        (void)snprintf(why, size, "X-Apple-Action: vacation");
        return true;
    }
    if ((mail_head_raw(h, "Precedence", 0, value, sizeof value) ||
            mail_head_raw(h, "X-Precedence", 0, value, sizeof value)) &&
        (strncasecmp(value, "auto_reply", 10) == 0 ||
            strncasecmp(value, "auto-reply", 10) == 0)) {
        (void)snprintf(why, size, "Precedence: %.60s", value);
        return true;
    }
    if (mail_head_raw(h, "X-MS-Exchange-Generated-Message-Source", 0, value,
            sizeof value) &&
        strcasestr(value, "Rules Agent") != NULL) {
        (void)snprintf(why, size, "sent by a mailbox rule");
        return true;
    }
    if (strcmp(m->report_type, "disposition-notification") == 0) {
        (void)snprintf(why, size, "a read receipt");
        return true;
    }
    if (subject_says_robot(h)) {
        (void)snprintf(why, size, "its subject is an automatic answer's");
        return true;
    }
    return false;
}

static bool
subject_says_robot(const struct mail_head *h)
{
    static const char *const starts[] = {"automatic reply", "automatic respon",
        "auto reply", "auto-reply", "autoreply", "auto response",
        "auto-response", "autoresponse", "auto:", "automated reply",
        "automated response", "out of the office", "out of office",
        "ooo:", "oof:", "vacation", "automatisk svar", "autosvar",
        "autosvar:", "fravaersbesked", "fravaersmeddelelse", "ikke til stede",
        "ikke paa kontoret", "fravaer:", "automatiskt svar",
        "fraanvaromeddelande", "automatische antwort", "abwesenheit",
        "abwesend", "reponse automatique", "absence du bureau",
        "automatisch antwoord", "automaattinen", "automatyczna odpowied",
        "respuesta automatica", "risposta automatica",
        "laest:", "read:", "gelesen:", "yahoo! auto response",
        "fravaersassistent"};
    char subject[300], folded[300];
    size_t n;

    if (!mail_head_text(h, "Subject", 0, subject, sizeof subject))
        return false;
    n = utf8_fold(folded, sizeof folded, subject, strlen(subject));
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
        if (strncmp(folded, starts[i], strlen(starts[i])) == 0)
            return true;
    return (n > 24 &&
               strcmp(folded + n - 24, "is out of the office now") == 0) ||
           strstr(folded, "is out of the office") != NULL ||
           strstr(folded, "away from the office") != NULL;
}

/* Mail of other lists, of newsletters, and our own coming round again.  An
 * answer to one of our letters (In-Reply-To) by a groupware that marks all
 * its mail as bulk is a person's. */
static bool
says_bulk(
    const struct mail *m, const struct facts *facts, char *why, size_t size)
{
    const struct mail_head *h = &m->head;
    char value[200];

    if (mail_head_has(h, "List-Id") || mail_head_has(h, "List-Unsubscribe") ||
        mail_head_has(h, "List-Post")) {
        (void)snprintf(why, size, "it came through a mailing list");
        return true;
    }
    if (facts->n_referred == 0 &&
        mail_head_raw(h, "Precedence", 0, value, sizeof value) &&
        (strcasecmp(value, "bulk") == 0 || strcasecmp(value, "list") == 0 ||
            strcasecmp(value, "junk") == 0) &&
        !mail_head_has(h, "Auto-Submitted")) {
        (void)snprintf(why, size, "Precedence: %.60s", value);
        return true;
    }
    return false;
}

static bool
is_calendar(const struct mail *m)
{
    for (int i = 0; i < m->n_parts; i++)
        if (!m->part[i].inner && !m->part[i].attached &&
            strcmp(m->part[i].type, "text/calendar") == 0)
            return true;
    return false;
}
