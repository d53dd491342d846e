/* SPDX-License-Identifier: ISC */
/* rummelig-maild: options, the step into the background, and then the
 * supervisor.  Root is not refused: systemd, containers and tests start us
 * as they like, and nothing here needs more than its own folder; but the log
 * says that it would be better otherwise. */
#include <bsd/unistd.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <paths.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "daemon/conf_look.h"
#include "daemon/log.h"
#include "daemon/reader.h"
#include "daemon/reader_wire.h"
#include "daemon/supervisor.h"

struct options {
    bool check, foreground;
    const char *conf;
};

static int parse(int argc, char **argv, struct options *o);
static void usage(FILE *to);
static char *absolute(const char *path);
static int run(const struct options *o);
static int start(struct conf *c, const struct options *o);
static void close_memory(void);
static int into_background(void);
static void ready(int status, const char *words);

static int parent_fd = -1; /* whoever waits until we are ready */
static bool log_is_stderr; /* it keeps stderr, also in the background */

int
main(int argc, char **argv, char **envp)
{
    struct options o = {.conf = CONF_FILE};
    int fd, status;

    /* 0 to 2 are open, so that no file of ours ever becomes "stderr". */
    do
        fd = open(_PATH_DEVNULL, O_RDWR);
    while (fd >= 0 && fd <= STDERR_FILENO);
    (void)umask(077);
    if (argc == 2 && strcmp(argv[1], "--reader") == 0) {
        (void)close(fd);
        return reader_main();
    }
    closefrom(STDERR_FILENO + 1);
    setproctitle_init(argc, argv, envp);
    status = parse(argc, argv, &o);
    if (status >= 0)
        return status;
    return run(&o);
}

/* -1, or the exit status with which all is done. */
static int
parse(int argc, char **argv, struct options *o)
{
    static const struct option longs[] = {
        {"check", no_argument, NULL, 'n'},
        {"foreground", no_argument, NULL, 'f'},
        {"conf", required_argument, NULL, 'c'},
        {"version", no_argument, NULL, 'V'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    int option;

    while ((option = getopt_long(argc, argv, "nfc:Vh", longs, NULL)) != -1) {
        switch (option) {
        case 'n':
            o->check = true;
            break;
        case 'f':
            o->foreground = true;
            break;
        case 'c':
            o->conf = optarg;
            break;
        case 'V':
            (void)puts("rummelig-maild " VERSION);
            return EX_OK;
        case 'h':
            usage(stdout);
            return EX_OK;
        default:
            usage(stderr);
            return EX_USAGE;
        }
    }
    if (optind == argc)
        return -1;
    (void)fprintf(stderr, "rummelig-maild: what is \"%s\"?\n", argv[optind]);
    usage(stderr);
    return EX_USAGE;
}

static void
usage(FILE *to)
{
    (void)fputs("usage: rummelig-maild [-n] [-f] [-c FILE]\n"
                "  -c, --conf FILE   instead of " CONF_FILE "\n"
                "  -n, --check       check the configuration and end\n"
                "  -f, --foreground  do not go into the background\n"
                "      --version     print the version\n"
                "      --help        print this\n",
        to);
}

/* SIGHUP reads the file again, long after we have left this folder. */
static char *
absolute(const char *path)
{
    char *folder, *whole = NULL;

    if (path[0] == '/')
        return fault_strdup(path);
    folder = getcwd(NULL, 0);
    if (folder == NULL || asprintf(&whole, "%s/%s", folder, path) < 0)
        whole = fault_strdup(path);
    free(folder);
    return whole;
}

static int
run(const struct options *o)
{
    char *path = absolute(o->conf);
    struct conf *c = NULL;
    struct fault f;
    enum result r = conf_read(path, stderr, &c, &f);

    free(path);
    if (r != RES_OK) {
        (void)fprintf(stderr, "rummelig-maild: %s\n", f.text);
        return EX_CONFIG;
    }
    if (o->check) {
        int n = conf_look(c, stderr);

        if (n == 0)
            (void)puts("configuration OK");
        else
            (void)printf("configuration OK, but for %d %s\n", n,
                n == 1 ? "warning" : "warnings");
        conf_free(c);
        return EX_OK;
    }
    return start(c, o);
}

static int
start(struct conf *c, const struct options *o)
{
    static const struct crew_mains mains = {
        control_main, sender_main, inbox_main};
    struct fault f;

    close_memory();
    if (chdir("/") != 0 || (!o->foreground && into_background() != 0)) {
        (void)fprintf(stderr, "rummelig-maild: %s\n", strerror(errno));
        conf_free(c);
        return EX_OSERR;
    }
    if (log_open(c->log_file, (enum log_level)c->log_level, &f) != RES_OK) {
        conf_free(c);
        ready(EX_CANTCREAT, f.text);
        return EX_CANTCREAT;
    }
    log_is_stderr = strcmp(c->log_file, "stderr") == 0;
    log_worker("supervisor");
    if (geteuid() == 0)
        log_warn("running as root: a user of its own would do, see "
                 "rummelig-maild(8)");
    return supervisor_run(c, &mains, ready);
}

/* Passwords, the key of the tokens and people's addresses are in the memory of
 * the workers: no other process of our user, least of all the one that reads
 * strangers' mail, may look into it, and it is not written to a core file. */
static void
close_memory(void)
{
#ifndef READER_ASAN /* it looks for leaks as a debugger would */
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}

/* The parent stays until we are ready and ends with what came of it; the
 * middle process ends so that we lead no session and never get a terminal. */
static int
into_background(void)
{
    unsigned char status = EX_OSERR;
    int fd[2];
    pid_t pid;

    if (pipe2(fd, O_CLOEXEC) != 0 || (pid = fork()) < 0)
        return -1;
    if (pid > 0) {
        (void)close(fd[1]);
        while (read(fd[0], &status, 1) < 0 && errno == EINTR)
            continue;
        _exit(status);
    }
    (void)close(fd[0]);
    if (setsid() < 0 || (pid = fork()) < 0)
        _exit(EX_OSERR);
    if (pid > 0)
        _exit(EX_OK);
    parent_fd = fd[1];
    return 0;
}

/* From here on nobody waits, and the terminal is given back: unless the log
 * is written to it. */
static void
ready(int status, const char *words)
{
    const unsigned char byte = (unsigned char)status;
    int fd;

    if (status != EX_OK && !log_is_stderr)
        (void)fprintf(stderr, "rummelig-maild: %s\n", words);
    if (parent_fd < 0)
        return;
    fd = open(_PATH_DEVNULL, O_RDWR | O_CLOEXEC);
    (void)dup2(fd, STDIN_FILENO);
    (void)dup2(fd, STDOUT_FILENO);
    if (!log_is_stderr)
        (void)dup2(fd, STDERR_FILENO);
    (void)close(fd);
    (void)!write(parent_fd, &byte, 1);
    (void)close(parent_fd);
    parent_fd = -1;
}
