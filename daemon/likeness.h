/* SPDX-License-Identifier: ISC */
/* daemon/likeness.h - how much a text is like those in daemon/replies/ by which
 * people ask to get no more letters.  A second opinion beside the phrases of
 * daemon/words/: those know what they know for certain, this has a feeling for
 * what nobody has put down.  Neither knows the other. */
#ifndef DAEMON_LIKENESS_H
#define DAEMON_LIKENESS_H
#include <stddef.h>

/* The logarithm of the odds that text is a request, in thousandths: 0 is one to
 * one, 1000 e to one, below 0 it is rather none.  It is the mean of that of the
 * whole text and that of its sentence that is most like one.  0 too for a text
 * without words.  text: valid UTF-8, of which the first LIKENESS_BYTES count
 * (see daemon/likeness_features.h).  For one thread. */
int likeness_find(const char *text, size_t n);

#endif
