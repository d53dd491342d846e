/* SPDX-License-Identifier: ISC */
/* tests/tools/parts/sink_trouble.h - what the sink is told to do wrong. */
#ifndef TESTS_TOOLS_PARTS_SINK_TROUBLE_H
#define TESTS_TOOLS_PARTS_SINK_TROUBLE_H
#include <stdbool.h>

enum step {
    AT_CONNECT,
    AT_BANNER,
    AT_EHLO,
    AT_STARTTLS,
    AT_TLS,
    AT_AUTH,
    AT_RSET,
    AT_MAIL,
    AT_RCPT,
    AT_DATA,
    AT_BODY,
    AT_DOT,
    AT_QUIT
};
enum deed {
    NONE,
    REFUSE,
    REJECT,
    DROP,
    STALL
};

/* STEP:DEED:EVERY; any number of them.  false: not understood. */
bool trouble_read(const char *text);
/* What shall happen at this step, counted. */
enum deed trouble_next(enum step at);
/* How many of the troubles never came. */
int trouble_unmet(void);
/* The reply that refuses or rejects there, and whether the connection is
 * closed after it. */
const char *trouble_words(enum step at, enum deed deed);
bool trouble_closes(enum step at);

#endif
