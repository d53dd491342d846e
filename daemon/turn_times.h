/* SPDX-License-Identifier: ISC */
/* daemon/turn_times.h - how long the turns of a loop took: a histogram, four
 * steps to each doubling, so that a percentile is right within a fifth.
 * Pure; to note a turn costs a few instructions. */
#ifndef DAEMON_TURN_TIMES_H
#define DAEMON_TURN_TIMES_H
#include <stdint.h>

enum {
    TURN_STEPS = 96 /* up to 16 s */
};

struct turn_times {
    int64_t n, most_us;
    uint32_t step[TURN_STEPS];
};

void turn_times_note(struct turn_times *t, int64_t us);
/* A time that is not exceeded by that many of a thousand, 0: none was noted.
 */
int64_t turn_times_us(const struct turn_times *t, int of_thousand);

#endif
