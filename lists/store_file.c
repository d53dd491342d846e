/* SPDX-License-Identifier: ISC */
/* The files of an embedded store, seen from outside: whether others can read
 * them, and how large they are.  Their content is the engine's. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "lists/store_engine.h"

enum {
    PATH_BYTES = 4096
};

static const char *const tails[] = {"", "-wal", "-shm", "-turn"};

enum result
store_file_private(const char *path, struct fault *f)
{
    char name[PATH_BYTES];
    struct stat s;
    size_t i;
    int n;

    for (i = 0; i < sizeof tails / sizeof *tails; i++) {
        n = snprintf(name, sizeof name, "%s%s", path, tails[i]);
        if (n < 0 || (size_t)n >= sizeof name)
            return fault_set(f, RES_STOP, "the store's path is too long");
        if (stat(name, &s) == 0 && (s.st_mode & (S_IRWXG | S_IRWXO)) != 0 &&
            chmod(name, 0600) != 0)
            return fault_set(f, RES_STOP,
                "%.140s: others may read the store and it is not ours (%s): "
                "chown it to the daemon's user",
                name, strerror(errno));
    }
    return RES_OK;
}

int64_t
store_file_bytes(const char *path)
{
    char name[PATH_BYTES];
    int64_t sum = 0;
    struct stat s;
    size_t i;
    int n;

    for (i = 0; i < sizeof tails / sizeof *tails; i++) {
        n = snprintf(name, sizeof name, "%s%s", path, tails[i]);
        if (n > 0 && (size_t)n < sizeof name && stat(name, &s) == 0)
            sum += s.st_size;
    }
    return sum;
}
