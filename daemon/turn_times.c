/* SPDX-License-Identifier: ISC */
/* A histogram of durations: the highest bit of the microseconds and the two
 * bits below it choose the step. */
#include "daemon/turn_times.h"

static int step_of(int64_t us);
static int64_t end_of(int step);

void
turn_times_note(struct turn_times *t, int64_t us)
{
    if (us < 0)
        us = 0;
    t->n++;
    t->step[step_of(us)]++;
    if (us > t->most_us)
        t->most_us = us;
}

int64_t
turn_times_us(const struct turn_times *t, int of_thousand)
{
    int64_t wanted = (t->n * of_thousand + 999) / 1000, seen = 0;

    for (int i = 0; i < TURN_STEPS; i++) {
        seen += t->step[i];
        if (seen >= wanted && seen > 0)
            return end_of(i) < t->most_us ? end_of(i) : t->most_us;
    }
    return 0;
}

static int
step_of(int64_t us)
{
    int bit = 2, step;

    if (us < 4)
        return (int)us;
    while (us >> (bit + 1) != 0)
        bit++;
    step = 4 * (bit - 1) + (int)((us >> (bit - 2)) & 3);
    return step < TURN_STEPS ? step : TURN_STEPS - 1;
}

/* The longest time that falls into a step. */
static int64_t
end_of(int step)
{
    int bit = step / 4 + 1;

    if (step < 4)
        return step;
    return (((int64_t)4 + step % 4 + 1) << (bit - 2)) - 1;
}
