/* SPDX-License-Identifier: ISC */
/* Lets a server that was unpacked into a folder find its own files: paths
 * below /usr/lib/dovecot and /usr/bin/doveconf, which are compiled into it,
 * are looked up below $UNPACKED.  Preloaded by tests/harness/dovecot.py; no
 * part of the program. */
#include <dirent.h>
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *moved(const char *path, char out[4096]);

static const char *
moved(const char *path, char out[4096])
{
    static const char *const own[] = {"/usr/lib/dovecot", "/usr/bin/doveconf"};
    const char *root = getenv("UNPACKED");
    size_t i;

    if (path == NULL || root == NULL)
        return path;
    for (i = 0; i < sizeof own / sizeof own[0]; i++)
        if (strncmp(path, own[i], strlen(own[i])) == 0) {
            (void)snprintf(out, 4096, "%s%s", root, path);
            return out;
        }
    return path;
}

DIR *
opendir(const char *path)
{
    DIR *(*real)(const char *);
    char buffer[4096];

    *(void **)&real = dlsym(RTLD_NEXT, "opendir");
    return real(moved(path, buffer));
}

void *
dlopen(const char *path, int flags)
{
    void *(*real)(const char *, int);
    char buffer[4096];

    *(void **)&real = dlsym(RTLD_NEXT, "dlopen");
    return real(moved(path, buffer), flags);
}

int
execv(const char *path, char *const argv[])
{
    int (*real)(const char *, char *const[]);
    char buffer[4096];

    *(void **)&real = dlsym(RTLD_NEXT, "execv");
    return real(moved(path, buffer), argv);
}
