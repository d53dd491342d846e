/* SPDX-License-Identifier: ISC */
/* daemon/bounce_text.h - bounces that are told in words, and what the words
 * of any bounce say about the address. Only bounce.c uses it. */
#ifndef DAEMON_BOUNCE_TEXT_H
#define DAEMON_BOUNCE_TEXT_H
#include <stdbool.h>
#include <stddef.h>
#include "daemon/facts.h"
#include "daemon/mail.h"
struct reading; /* daemon/phrases.h */

/* A bounce without a report part: sets form, why, status, permanent,
 * address_dead and the addresses it names. */
bool bounce_in_words(
    const struct mail *m, const struct facts_context *ctx, struct facts *facts);

/* Copies the first enhanced status code of a failure (5.1.1) in a text;
 * leaves out as it is where there is none. */
void bounce_status_in(const char *text, char out[16]);
/* Replaces a status that says little by one that stands in the text. */
void bounce_better_status(const char *text, char status[16]);
/* Keeps the server's words in facts->clue, cut, for bounce_weigh_words. */
void bounce_remember_words(const char *text, struct facts *facts);
/* Sets address_dead from status and the words of n bytes of text, and a
 * status that says nothing ("", 5.0.0) to what the words amount to. */
void bounce_weigh_words(const char *text, size_t n, struct facts *facts);
void bounce_add_address(struct facts *facts, const char *key);
/* A reading for use at once: the next call that reads words overwrites it. */
struct reading *bounce_scratch(void);

/* The value of the last "Message-ID:" that begins a line, or stands in it. */
void bounce_message_id_in(const char *text, size_t n, char out[321]);
/* Who sent the returned message to whom, where a text begins with its head:
 * returned_from and returned_to. */
void bounce_returned_head(const char *text, size_t n,
    const struct facts_context *ctx, struct facts *facts);

#endif
