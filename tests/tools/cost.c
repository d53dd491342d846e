/* SPDX-License-Identifier: ISC */
/* Prints what reading mails costs, one line for each file:
 *   cost FILE... -> "<ms of CPU> <KiB of memory> FILE: what came of it"
 * Each is read by a process of its own that has loaded before what reading
 * needs, as the daemon's reader has it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/facts.h"

enum {
    FILE_MAX = 8 * 1024 * 1024,
    RESULT_MAX = 300
};
static const struct facts_context context = {
    .mailbox = "tg@lo-aarhus.dk", .authserv = "*"};

static int judge(const char *path, char *said);
static void read_one(const char *bytes, size_t n, char *said);

int
main(int argc, char **argv)
{
    static const char small[] = "Content-Type: text/html\r\n\r\n<p>hej</p>";
    char *said = mmap(NULL, RESULT_MAX, PROT_READ | PROT_WRITE,
        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int bad = 0;

    if (said == MAP_FAILED)
        return 71;
    read_one(small, sizeof small - 1, said);
    for (int i = 1; i < argc; i++)
        bad |= judge(argv[i], said);
    return bad;
}

static int
judge(const char *path, char *said)
{
    static char bytes[FILE_MAX];
    FILE *from = fopen(path, "rb");
    struct rusage used;
    int status = 0;
    size_t n;
    pid_t pid;
    long ms;

    if (from == NULL) {
        perror(path);
        return 66;
    }
    n = fread(bytes, 1, sizeof bytes, from);
    (void)fclose(from);
    (void)snprintf(said, RESULT_MAX, "it ended its reader");
    (void)fflush(stdout);
    pid = fork();
    if (pid == 0) {
        read_one(bytes, n, said);
        _exit(0);
    }
    if (pid < 0 || wait4(pid, &status, 0, &used) != pid)
        return 71;
    ms = (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000 +
         (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1000;
    (void)printf("%ld %ld %s: %s\n", ms, used.ru_maxrss, path, said);
    return status != 0;
}

static void
read_one(const char *bytes, size_t n, char *said)
{
    static struct facts facts;
    struct fault f = {""};
    char *json;

    if (facts_read(bytes, n, &context, &facts, &f) != RES_OK) {
        (void)snprintf(said, RESULT_MAX, "refused: %s", f.text);
        return;
    }
    json = facts_to_json(&facts);
    (void)snprintf(said, RESULT_MAX, "form %d, intent %d, %zu bytes: %.150s",
        (int)facts.form, (int)facts.intent, strlen(json), facts.why);
    free(json);
}
