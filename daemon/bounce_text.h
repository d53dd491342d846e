/* SPDX-License-Identifier: ISC */
/* daemon/bounce_text.h - bounces that are told in words, and what the words
 * of any bounce say about the address. Only bounce.c uses it. */
#ifndef DAEMON_BOUNCE_TEXT_H
#define DAEMON_BOUNCE_TEXT_H
#include <stdbool.h>
#include <stddef.h>
#include "daemon/facts.h"
#include "daemon/mail.h"

/* A bounce without a report part: sets form, why, status, permanent,
 * address_dead and the addresses it names. */
bool bounce_in_words(const struct mail *m, struct facts *facts);

/* Copies the first enhanced status code (5.1.1) of a text; "" if none. */
void bounce_status_in(const char *text, char out[16]);
/* Replaces a status that says little by one that stands in the text. */
void bounce_better_status(const char *text, char status[16]);
/* Keeps the server's words in facts->clue, cut, for bounce_weigh_words. */
void bounce_remember_words(const char *text, struct facts *facts);
/* Sets address_dead from status and the words of n bytes of text. */
void bounce_weigh_words(const char *text, size_t n, struct facts *facts);
void bounce_add_address(struct facts *facts, const char *key);

/* The value of the last "Message-ID:" that begins a line, or stands in it. */
void bounce_message_id_in(const char *text, size_t n, char out[321]);
/* The recipient of a returned message of ours: its To. */
void bounce_returned_to(const char *text, size_t n,
    const struct facts_context *ctx, struct facts *facts);

#endif
