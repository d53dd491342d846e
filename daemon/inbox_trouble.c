/* SPDX-License-Identifier: ISC */
/* What is said of a folder that cannot be read, and of marks refused.  It is
 * tried again far more often than anybody wants to read of it: the log tells
 * the same words once an hour at most, and how often they came true; the store
 * has the newest, for who asks how we are.
 *
 * A connection that has worked and ends is everyday life, as servers and
 * firewalls end what is idle: no warning, unless it cannot be made again. */
#include "daemon/inbox_own.h"

#include "daemon/log.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum {
    TROUBLE_AGAIN_MS = 3600 * 1000,
    TROUBLE_LASTS_S = 60, /* so long a pause comes after minutes only */
    TROUBLE_NOTED_S = 4   /* a connection lost may be made again at once */
};

static bool may_tell(struct inbox_told *t, bool known);
static bool is_same(const char *a, const char *b);
static struct inbox_told *told_of(struct inbox *ib, const char *words);
static void note(struct inbox *ib, const char *words);

int64_t
inbox_clock_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void
inbox_trouble(struct inbox *ib, enum result r, const char *words, int wait_s)
{
    struct inbox_told *t = told_of(ib, words);
    bool late = r == RES_LATER, known = ib->told || wait_s < TROUBLE_LASTS_S;
    char line[8000]; /* a quoted value and a label at their longest */

    if (ib->since_ms == 0)
        ib->since_ms = inbox_clock_ms();
    (void)snprintf(line, sizeof line,
        "inbox=%s %s=%s times=%d trying again in %d s%s", ib->label,
        late            ? "trouble"
        : r == RES_STOP ? "broken"
                        : "refused",
        log_quote(words), t->times + 1, wait_s,
        r == RES_NEVER ? ", or at once after a reload" : "");
    if (late && ib->well) {
        log_info("%s", line);
    } else if (!may_tell(t, known)) {
        log_debug("%s", line);
    } else {
        if (late)
            log_warn("%s", line);
        else
            log_error("%s", line);
        ib->told = true;
    }
    ib->well = false;
    if (!late || wait_s >= TROUBLE_NOTED_S)
        note(ib, words);
}

void
inbox_mark_trouble(
    struct inbox *ib, uint32_t uid, const char *words, int wait_s)
{
    struct inbox_told *t = told_of(ib, words);
    int times = t->times + 1;

    if (may_tell(t, ib->owes))
        log_warn("inbox=%s uid=%u trouble=%s times=%d its mark is tried again"
                 " in %d s",
            ib->label, uid, log_quote(words), times, wait_s);
    else
        log_debug("inbox=%s uid=%u trouble=%s its mark is tried again in %d s",
            ib->label, uid, log_quote(words), wait_s);
    ib->owes = true;
}

/* known: it lasts since these or other words were told, or not for long. */
static bool
may_tell(struct inbox_told *t, bool known)
{
    int64_t now_ms = inbox_clock_ms();

    t->times++;
    if (known && t->again_ms != 0 && now_ms < t->again_ms)
        return false;
    t->again_ms = now_ms + TROUBLE_AGAIN_MS;
    t->times = 0;
    return true;
}

void
inbox_well(struct inbox *ib)
{
    if (ib->told)
        log_info("inbox=%s can be read again, after %lld s", ib->label,
            (long long)(inbox_clock_ms() - ib->since_ms) / 1000);
    ib->told = false;
    ib->since_ms = 0;
    ib->well = true;
    note(ib, "");
}

/* But for numbers: how long it took, the time, a port. */
static bool
is_same(const char *a, const char *b)
{
    static const char digits[] = "0123456789";

    for (;; a++, b++) {
        a += strspn(a, digits);
        b += strspn(b, digits);
        if (*a != *b || *a == '\0')
            return *a == *b;
    }
}

/* Where these words are remembered, if new, in place of those told longest
 * ago. */
static struct inbox_told *
told_of(struct inbox *ib, const char *words)
{
    struct inbox_told *t, *oldest = ib->told_words;

    for (t = ib->told_words; t < ib->told_words + INBOX_TOLD; t++) {
        if (is_same(t->words, words))
            return t;
        if (t->again_ms < oldest->again_ms)
            oldest = t;
    }
    memset(oldest, 0, sizeof *oldest);
    (void)snprintf(oldest->words, sizeof oldest->words, "%s", words);
    return oldest;
}

/* For who asks how we are. */
static void
note(struct inbox *ib, const char *words)
{
    struct fault f;

    if (words[0] == '\0' && !ib->troubled)
        return;
    if (mailbox_trouble(
            ib->st, ib->cursor.id, words, (int64_t)time(NULL), &f) == RES_OK)
        ib->troubled = words[0] != '\0';
    else
        log_debug("inbox=%s its trouble could not be written: %s", ib->label,
            log_quote(f.text));
}
