/* SPDX-License-Identifier: ISC */
/* daemon/likeness.h - how much a text is like those in daemon/replies/ by which
 * people ask to get no more letters.  A second opinion beside the phrases of
 * daemon/words/: those know what they know for certain, this has a feeling for
 * what nobody has put down.  Neither knows the other. */
#ifndef DAEMON_LIKENESS_H
#define DAEMON_LIKENESS_H
#include <stddef.h>

/* In thousandths, above 0: rather a request; how far means what is in the
 * comment of daemon/likeness.c.  text: valid UTF-8, of which the first
 * LIKENESS_BYTES count; 0 for a text without words. */
int likeness_find(const char *text, size_t n);

#endif
