/* SPDX-License-Identifier: ISC */
#include "lists/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum result
folder_sync(const char *path, struct fault *f)
{
    char *folder = fault_strdup(path), *slash = strrchr(folder, '/');
    enum result r = RES_OK;
    int fd;

    if (slash != NULL)
        slash[1] = '\0';
    fd = open(slash != NULL ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || fsync(fd) != 0)
        r = fault_set(f, RES_STOP, "%.160s: cannot fsync its folder: %s", path,
            strerror(errno));
    if (fd >= 0)
        (void)close(fd);
    free(folder);
    return r;
}
