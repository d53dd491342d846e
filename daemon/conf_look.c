/* SPDX-License-Identifier: ISC */
/* A good configuration may still name a password that is not there: the daemon
 * starts, and finds out when the first letter is to go.  conf_check knows
 * nothing of that on purpose: what a file means must not depend on who reads
 * it, and a secret may come later. */
#include "daemon/conf_look.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/secret.h"

/* There only while the unit runs. */
#define CREDENTIALS "/run/credentials/"

struct look {
    const struct conf *c;
    FILE *to;
    int n;
};

static void tell(struct look *l, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static void look_at_login(struct look *l, const char *section, const char *name,
    const struct conf_secret *password, const struct conf_oauth *oauth,
    const char *ca_file);
static void look_at_secret(struct look *l, const char *who, const char *key,
    const struct conf_secret *secret);
static void look_at_file(
    struct look *l, const char *who, const char *key, const char *path);
static void
look_at_folder_of(struct look *l, const char *key, const char *path);
static void look_at_state(struct look *l);

int
conf_look(const struct conf *c, FILE *to)
{
    struct look l = {.c = c, .to = to};

    look_at_state(&l);
    if (strcmp(c->log_file, "stderr") != 0)
        look_at_folder_of(&l, "log", c->log_file);
    if (access(c->template_dir, R_OK | X_OK) != 0)
        tell(&l, "template-dir %s: %s", c->template_dir, strerror(errno));
    for (int i = 0; i < c->n_relays; i++)
        look_at_login(&l, "relay", c->relay[i].name, &c->relay[i].password,
            &c->relay[i].oauth, c->relay[i].ca_file);
    for (int i = 0; i < c->n_inboxes; i++)
        look_at_login(&l, "inbox", c->inbox[i].name, &c->inbox[i].password,
            &c->inbox[i].oauth, c->inbox[i].ca_file);
    return l.n;
}

static void
tell(struct look *l, const char *format, ...)
{
    va_list args;

    l->n++;
    (void)fprintf(l->to, "%s: warning: ", l->c->path);
    va_start(args, format);
    (void)vfprintf(l->to, format, args);
    va_end(args);
    (void)fputc('\n', l->to);
}

static void
look_at_login(struct look *l, const char *section, const char *name,
    const struct conf_secret *password, const struct conf_oauth *oauth,
    const char *ca_file)
{
    char who[120];

    (void)snprintf(who, sizeof who, "%s %.80s", section, name);
    look_at_secret(l, who, "password-file", password);
    look_at_secret(l, who, "client-secret-file", &oauth->client_secret);
    look_at_secret(l, who, "refresh-token-file", &oauth->refresh_token);
    look_at_file(l, who, "ca-file", ca_file);
    look_at_file(l, who, "token-ca-file", oauth->ca_file);
}

/* As secret_open will, but for the owner where root asks: the daemon will be
 * somebody else, and its group is not known here. */
static void
look_at_secret(struct look *l, const char *who, const char *key,
    const struct conf_secret *secret)
{
    bool root = geteuid() == 0;
    struct fault f;
    struct stat st;
    int fd;

    if (secret->file[0] == '\0' ||
        strncmp(secret->file, CREDENTIALS, strlen(CREDENTIALS)) == 0)
        return;
    if (root && stat(secret->file, &st) == 0 && S_ISREG(st.st_mode) &&
        st.st_size > 0 && (st.st_mode & 0077) == 0040)
        return;
    if (secret_open(key, secret->file, root, &fd, &f) == RES_OK)
        (void)close(fd);
    else
        tell(l, "%s: %s", who, f.text);
}

static void
look_at_file(struct look *l, const char *who, const char *key, const char *path)
{
    if (path[0] != '\0' && access(path, R_OK) != 0)
        tell(l, "%s: %s %s: %s", who, key, path, strerror(errno));
}

/* Where a file is to be made, its folder must be there. */
static void
look_at_folder_of(struct look *l, const char *key, const char *path)
{
    char *folder = fault_strdup(path), *slash = strrchr(folder, '/');

    if (slash != NULL) {
        slash[slash == folder] = '\0';
        if (access(folder, W_OK | X_OK) != 0)
            tell(l, "%s %s: the folder %s: %s", key, path, folder,
                strerror(errno));
    }
    free(folder);
}

static void
look_at_state(struct look *l)
{
    const char *folder = l->c->state_dir;
    struct stat st;

    if (stat(folder, &st) != 0)
        look_at_folder_of(l, "state-dir", folder);
    else if (!S_ISDIR(st.st_mode))
        tell(l, "state-dir %s is not a folder", folder);
    else if (geteuid() != 0 && st.st_uid != geteuid())
        tell(l, "state-dir %s belongs to user %ld, not to the one who asks",
            folder, (long)st.st_uid);
}
