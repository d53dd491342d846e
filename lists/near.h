/* SPDX-License-Identifier: ISC */
/* lists/near.h - how near a word that someone typed is to one that is known. */
#ifndef LISTS_NEAR_H
#define LISTS_NEAR_H

/* How many single bytes must be put in, taken out, changed or swapped with
 * their neighbour to make b of a, capitals of ASCII being as small letters;
 * max + 1 for more than max, and where a word has over 63 bytes. */
int near_distance(const char *a, const char *b, int max);

#endif
