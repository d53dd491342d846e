/* SPDX-License-Identifier: ISC */
/* How long a sender's turn takes beside whoever else writes to a store.
 *
 *   turns STORE [TURNS [PAUSE_MS]]
 *
 * Does TURNS lazy units of work, each as small as one of a sender, with a
 * pause between them, and prints one line of JSON: how long they took, in ms.
 * The store must be one of ours; what is written is its own creation time, as
 * another and then as it was: SQLite writes nothing that has not changed. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include "lists/store.h"

enum {
    TURNS_MAX = 1000000
};

static enum result turn(struct store *st, struct fault *f);
static int compare(const void *a, const void *b);
static double now_ms(void);

int
main(int argc, char **argv)
{
    long turns = argc > 2 ? strtol(argv[2], NULL, 10) : 1000;
    long pause_ms = argc > 3 ? strtol(argv[3], NULL, 10) : 2;
    const struct timespec pause = {
        pause_ms / 1000, (pause_ms % 1000) * 1000000};
    struct store *st = NULL;
    struct fault f = {"usage: turns STORE [TURNS [PAUSE_MS]]"};
    enum result r = RES_NEVER;
    double *took, sum = 0;

    if (turns < 1 || turns > TURNS_MAX)
        return 64;
    took = fault_calloc((size_t)turns, sizeof *took);
    if (argc > 1)
        r = store_open(argv[1], &st, &f);
    for (long i = 0; r == RES_OK && i < turns; i++) {
        double began = now_ms();

        r = turn(st, &f);
        took[i] = now_ms() - began;
        sum += took[i];
        (void)nanosleep(&pause, NULL);
    }
    store_close(st);
    if (r != RES_OK) {
        (void)fprintf(stderr, "turns: %s\n", f.text);
        free(took);
        return 1;
    }
    qsort(took, (size_t)turns, sizeof *took, compare);
    printf("{\"turns\": %ld, \"mean_ms\": %.2f, \"median_ms\": %.2f,"
           " \"p99_ms\": %.2f, \"most_ms\": %.2f}\n",
        turns, sum / (double)turns, took[turns / 2], took[turns * 99 / 100],
        took[turns - 1]);
    free(took);
    return 0;
}

static enum result
turn(struct store *st, struct fault *f)
{
    static const char *const changes[] = {
        "UPDATE store SET created_s = created_s + 1",
        "UPDATE store SET created_s = created_s - 1"};
    struct query *q;
    enum result r = store_begin_lazy(st, f);

    if (r != RES_OK)
        return r;
    for (int i = 0; i < 2 && r == RES_OK; i++) {
        q = NULL;
        r = store_prepare(st, changes[i], &q, f);
        if (r == RES_OK)
            r = query_run(q, f);
        query_free(q);
    }
    return store_end(st, r, f);
}

static int
compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double
now_ms(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1000 + (double)t.tv_nsec / 1e6;
}
