/* SPDX-License-Identifier: ISC */
/* Named points of death, for the tests that prove what the store promises.
 * SIGKILL and nothing softer: no handler, no flush, no atexit.  Only in a
 * build with -DCRASH_POINTS; elsewhere this file is empty. */
#include "daemon/crash.h"

#ifdef CRASH_POINTS
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int life; /* how often this worker was started before */

void
crash_generation(int generation)
{
    life = generation;
}

void
crash_point(const char *name)
{
    static unsigned long times;
    const char *order = getenv("RUMMELIG_CRASH");
    size_t n = strlen(name);
    unsigned long at = 1, lives = 1;
    bool all = false;
    char *end;

    if (order == NULL || strncmp(order, name, n) != 0)
        return;
    if (order[n] == ':') {
        at = strtoul(order + n + 1, &end, 10);
        if (*end == ':')
            lives = strtoul(end + 1, &end, 10);
        all = strcmp(end, ":all") == 0;
    } else if (order[n] != '\0') {
        return;
    }
    if ((unsigned long)life >= lives || ++times != at)
        return;
    if (all)
        (void)kill(getppid(), SIGKILL);
    (void)raise(SIGKILL);
}
#else
typedef int crash_is_empty; /* ISO C wants something in a file */
#endif
