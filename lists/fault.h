/* SPDX-License-Identifier: ISC */
/* lists/fault.h - what a function answers, and the words that go with it. */
#ifndef LISTS_FAULT_H
#define LISTS_FAULT_H

/* A result is an order to the caller. */
enum result {
    RES_OK,    /* done */
    RES_NONE,  /* nothing there, no failure; nothing was changed */
    RES_LATER, /* busy just now: the same call may work later */
    RES_NEVER, /* this item will never work: bad input, forbidden */
    RES_STOP,  /* we are broken: disk full, store damaged */
};

/* The words of a failure, for a person: what is wrong and what to do.
 * One line, UTF-8, no secret in it; bytes from outside may stand in it and
 * are escaped by whoever prints them. */
struct fault {
    char text[240];
};

#define MUST_USE __attribute__((warn_unused_result))

/* Writes the words into f (cut at its end) and returns r, so that a function
 * can say `return fault_set(f, RES_NEVER, ...)`.  f is never NULL. */
enum result fault_set(struct fault *f, enum result r, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Puts "words: " before what f says already; returns r. */
enum result fault_at(struct fault *f, enum result r, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* For memory that could not be had: one line to stderr, then abort(3). */
void fault_no_memory(void) __attribute__((noreturn));

/* calloc(3) and strdup(3) that never return NULL; yours, free with free(). */
void *fault_calloc(unsigned long count, unsigned long size_bytes)
    __attribute__((malloc));
char *fault_strdup(const char *text) __attribute__((malloc));

#endif
