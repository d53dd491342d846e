/* SPDX-License-Identifier: ISC */
/* daemon/html_text.h - the HTML of a reply as lines of text, in which what
 * the mail program marked as quoted begins with "> ", as in a plain mail. */
#ifndef DAEMON_HTML_TEXT_H
#define DAEMON_HTML_TEXT_H
#include <stddef.h>
#include "lists/fault.h"

/* Renders n bytes of valid UTF-8.  Styles, scripts, hidden elements and
 * signatures marked as such are left out.  Yours, free with free().
 * NEVER: over a limit; nothing was parsed. */
MUST_USE enum result html_text(
    const char *html, size_t n, char **out, size_t *out_n, struct fault *f);

#endif
