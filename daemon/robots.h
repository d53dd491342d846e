/* SPDX-License-Identifier: ISC */
/* daemon/robots.h - by its header fields alone: did a person send this? */
#ifndef DAEMON_ROBOTS_H
#define DAEMON_ROBOTS_H
#include "daemon/facts.h"
#include "daemon/mail.h"

/* FORM_PERSON, FORM_ROBOT or FORM_BULK; a bounce and a complaint were looked
 * for before.  why: which field says so. */
enum mail_form robots_form(
    const struct mail *m, const struct facts *facts, char *why, size_t size);

#endif
