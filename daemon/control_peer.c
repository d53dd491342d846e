/* SPDX-License-Identifier: ISC */
/* Who is at the other end of the control socket, and may he: the kernel tells
 * the user (SO_PEERCRED), the system's databases tell his groups. There are no
 * passwords or tokens here, so none can be lost. */
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/control.h"

enum {
    GROUPS_MAX = 1024,       /* of one user that we look through */
    NAMES_BYTES = 256 * 1024 /* for one entry: a group may have many members */
};

static bool group_id(const char *group, gid_t *gid);
static bool user_in_group(uid_t uid, gid_t primary, gid_t wanted);

void
peer_read(int fd, const char *group, struct peer *out)
{
    struct ucred cred;
    socklen_t n = sizeof cred;
    struct sockaddr_storage own = {0};
    socklen_t own_n = sizeof own;
    struct passwd pw, *found = NULL;
    char *names = fault_calloc(1, NAMES_BYTES);
    gid_t wanted;

    memset(out, 0, sizeof *out);
    out->uid = (uid_t)-1;
    (void)snprintf(out->name, sizeof out->name, "unknown");
    /* On TCP the same question is answered with pid 0: ask only a Unix
     * socket. */
    if (getsockname(fd, (struct sockaddr *)&own, &own_n) != 0 ||
        own.ss_family != AF_UNIX ||
        getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &n) != 0 ||
        cred.uid == (uid_t)-1)
        goto out;
    out->uid = cred.uid;
    if (getpwuid_r(cred.uid, &pw, names, NAMES_BYTES, &found) == 0 &&
        found != NULL)
        (void)snprintf(out->name, sizeof out->name, "%s", pw.pw_name);
    else
        (void)snprintf(
            out->name, sizeof out->name, "uid %u", (unsigned)cred.uid);
    out->allowed = cred.uid == 0 || cred.uid == geteuid() ||
                   (group[0] != '\0' && group_id(group, &wanted) &&
                       user_in_group(cred.uid, cred.gid, wanted));
out:
    free(names);
}

static bool
group_id(const char *group, gid_t *gid)
{
    struct group gr, *found = NULL;
    char *names = fault_calloc(1, NAMES_BYTES);
    bool ok = getgrnam_r(group, &gr, names, NAMES_BYTES, &found) == 0 &&
              found != NULL;

    if (ok)
        *gid = gr.gr_gid;
    free(names);
    return ok;
}

static bool
user_in_group(uid_t uid, gid_t primary, gid_t wanted)
{
    struct passwd pw, *found = NULL;
    char *names;
    gid_t *groups;
    int n = GROUPS_MAX;
    bool in = false;

    if (primary == wanted)
        return true;
    names = fault_calloc(1, NAMES_BYTES);
    groups = fault_calloc(GROUPS_MAX, sizeof *groups);
    if (getpwuid_r(uid, &pw, names, NAMES_BYTES, &found) == 0 &&
        found != NULL) {
        if (getgrouplist(pw.pw_name, pw.pw_gid, groups, &n) < 0)
            n = GROUPS_MAX;
        for (int i = 0; i < n && !in; i++)
            in = groups[i] == wanted;
    }
    free(groups);
    free(names);
    return in;
}
