/* SPDX-License-Identifier: ISC */
/* daemon/log.h - one line per event, ids first, in logfmt:
 *   2026-11-21T10:00:00.123Z info sender issue=14 delivery=345 to=<a@b> sent
 *   relay=primary reply="250 2.0.0 Ok" ms=31
 * Every byte below 0x20, 0x7f, and invalid UTF-8 is escaped as \xNN, so that
 * nothing from a mail or the network can forge a line or reach a terminal;
 * likewise what makes a terminal show another line than the one written (C1
 * controls, marks of direction).  Under systemd, where stderr is the journal,
 * "<6>" stands for the time. */
#ifndef DAEMON_LOG_H
#define DAEMON_LOG_H
#include <stdbool.h>
#include <stdint.h>
#include "lists/fault.h"

enum log_level {
    LOG_LEVEL_DEBUG,
    LOG_LEVEL_INFO,
    LOG_LEVEL_WARN,
    LOG_LEVEL_ERROR
};

/* path: "stderr" or a file, opened for appending (mode 0640).  Kept open over
 * fork; log_reopen after a rotation. worker: the name in each line. */
MUST_USE enum result
log_open(const char *path, enum log_level least, struct fault *f);
void log_reopen(void);
void log_worker(const char *name); /* borrowed for the process's life */

/* Writes one line; the format holds key=value words.  For values from
 * outside use %s with log_quote. */
void log_debug(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_warn(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* "value" with quotes and escapes where it needs them; valid until the
 * eighth further call. At most 1,000 bytes of value. */
const char *log_quote(const char *value);

/* What is tried again and again would fill the log: it is said when it begins,
 * when its kind changes, and then once in LOG_REPEAT_MS. */
enum {
    LOG_REPEAT_MS = 60000
};
struct log_repeat { /* begins as {0} */
    bool on;
    int kind;
    int64_t since_ms, said_ms;
};
/* Whether it shall be said now; kind: any number. */
bool log_repeat(struct log_repeat *r, int kind, int64_t now_ms);
/* It is over.  For how long it was, -1: it was not. */
int64_t log_repeat_over(struct log_repeat *r, int64_t now_ms);

/* From here on lines are gathered (up to 64 KiB) and written by log_flush;
 * for the sender, which flushes once per turn. */
void log_gather(bool on);
void log_flush(void);

#endif
