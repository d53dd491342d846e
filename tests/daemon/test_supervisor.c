/* SPDX-License-Identifier: ISC */
/* The supervisor, with workers of its own making: they report each start on a
 * pipe and behave as the shared memory says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <bsd/unistd.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "daemon/log.h"
#include "daemon/supervisor.h"

enum {
    DEADLINE_MS = 20000
};

/* How the workers behave. */
static volatile struct behaviour {
    int silent;   /* the sender gives no sign of life */
    int stubborn; /* the sender does not end at SIGTERM */
    int ring;     /* the inbox worker rings the sender */
} * order;
static char folder[] = "/tmp/test_supervisor_XXXXXX";
static int report[2]; /* the workers' lines */
static pid_t supervisor;

static int64_t
clock_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int
fake(struct worker *w)
{
    struct pollfd p[2] = {{.fd = w->stop_fd, .events = POLLIN},
        {.fd = w->doorbell_fd, .events = POLLIN}};
    bool sender = strcmp(w->name, "sender") == 0;
    struct stat st;

    (void)dprintf(report[1], "%s %d %d %d%s\n",
        w->name[0] == 'i' ? "inbox" : w->name, (int)getpid(), w->generation,
        w->conf->overdue_s,
        w->listen_fd >= 0 && fstat(w->listen_fd, &st) == 0 &&
                S_ISSOCK(st.st_mode)
            ? " listening"
            : "");
    if (w->name[0] == 'i' && order->ring)
        doorbell_ring(DOORBELL_SENDER);
    while (!worker_stopping(w) || (sender && order->stubborn)) {
        if (!sender || !order->silent)
            worker_alive(w);
        if (sender && order->stubborn)
            p[0].fd = -1;
        (void)poll(p, sender ? 2 : 1, w->conf->worker_silence_s * 100);
        if (sender && (p[1].revents & POLLIN) != 0) {
            worker_hush(w);
            (void)dprintf(report[1], "rung %d 0 0\n", (int)getpid());
        }
    }
    return 0;
}

static void
nothing(int status, const char *words)
{
    (void)status;
    (void)words;
}

static const char *
at(const char *name)
{
    static char path[4][200];
    static int next;
    char *out = path[next++ % 4];

    (void)snprintf(out, sizeof path[0], "%s/%s", folder, name);
    return out;
}

static void
write_conf(const char *more)
{
    FILE *file = fopen(at("conf"), "w");

    assert_non_null(file);
    (void)fprintf(file,
        "state-dir = state\nsocket = socket\nlog = log\n"
        "reader-time = '1 s' worker-silence = '3 s'\n%s\n"
        "list n { title = T from = n@example.org mailbox = n@example.org\n"
        " postal = P }\n"
        "relay r { url = 'smtp://127.0.0.1' tls = none }\n"
        "inbox i { url = 'imaps://localhost' user = u password-file = p\n"
        " list = n }\n",
        more);
    assert_int_equal(fclose(file), 0);
}

static int
supervise(void)
{
    static const struct crew_mains fakes = {fake, fake, fake};
    struct conf *c = NULL;
    struct fault f;

    if (conf_read(at("conf"), stderr, &c, &f) != RES_OK)
        return 99;
    if (log_open(c->log_file, LOG_LEVEL_INFO, &f) != RES_OK)
        return 98;
    return supervisor_run(c, &fakes, nothing);
}

static pid_t
start(void)
{
    pid_t pid = fork();

    assert_true(pid >= 0);
    if (pid == 0) {
        (void)close(report[0]);
        exit(supervise());
    }
    return pid;
}

static int
ended(pid_t pid)
{
    struct pollfd p = {.fd = pidfd_open(pid, 0), .events = POLLIN};
    int status = 0;

    if (poll(&p, 1, DEADLINE_MS) != 1) {
        (void)kill(pid, SIGKILL);
        (void)waitpid(pid, NULL, 0);
        fail_msg("process %d does not end", (int)pid);
    }
    (void)close(p.fd);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

/* The next line of a worker; false: no line within ms, or all are gone. */
static bool
heard(char line[100], int ms)
{
    struct pollfd p = {.fd = report[0], .events = POLLIN};
    size_t n = 0;

    while (poll(&p, 1, ms) == 1 && read(report[0], line + n, 1) == 1) {
        if (line[n] == '\n') {
            line[n] = '\0';
            return true;
        }
        assert_true(++n < 99);
    }
    return false;
}

/* Reads lines until one of that worker comes; returns its pid. */
static pid_t
await(const char *worker, char line[100])
{
    size_t n = strlen(worker);

    for (;;) {
        memset(line, 0, 100);
        if (!heard(line, DEADLINE_MS))
            fail_msg("nothing of %s", worker);
        if (strncmp(line, worker, n) == 0 && line[n] == ' ')
            return (pid_t)strtol(line + n + 1, NULL, 10);
    }
}

static void
await_log(const char *words)
{
    int64_t end_ms = clock_ms() + DEADLINE_MS;
    const struct timespec pause = {0, 5000000};
    char text[65536];
    ssize_t n;
    int fd;

    do {
        fd = open(at("log"), O_RDONLY | O_CLOEXEC);
        n = fd < 0 ? 0 : read(fd, text, sizeof text - 1);
        text[n > 0 ? n : 0] = '\0';
        if (fd >= 0)
            (void)close(fd);
        if (strstr(text, words) != NULL)
            return;
        (void)nanosleep(&pause, NULL); /* between two looks */
    } while (clock_ms() < end_ms);
    fail_msg("no \"%s\" in\n%s", words, text);
}

/* Starts a supervisor; line[0] to [2] are of control, sender and inbox, in
 * whatever order they came.  Returns the sender's pid. */
static pid_t
up_lines(char line[3][100])
{
    static const char first[] = "csi";
    char one[100];
    int i;

    supervisor = start();
    for (i = 0; i < 3; i++) {
        memset(one, 0, sizeof one);
        if (!heard(one, DEADLINE_MS))
            fail_msg("only %d workers", i);
        assert_non_null(strchr(first, one[0]));
        memcpy(line[strchr(first, one[0]) - first], one, sizeof one);
    }
    return (pid_t)strtol(strchr(line[1], ' '), NULL, 10);
}

static pid_t
up(void)
{
    char line[3][100];

    return up_lines(line);
}

static int
set_up(void **state)
{
    (void)state;
    memset((void *)(uintptr_t)order, 0, sizeof *order);
    assert_int_equal(pipe2(report, O_CLOEXEC), 0);
    write_conf("");
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    if (supervisor > 0) {
        (void)kill(supervisor, SIGKILL);
        (void)waitpid(supervisor, NULL, 0);
    }
    supervisor = 0;
    (void)close(report[0]);
    (void)close(report[1]);
    (void)unlink(at("log"));
    return 0;
}

static void
test_start_and_stop(void **state)
{
    char line[3][100];
    struct stat st;

    (void)state;
    (void)up_lines(line);
    assert_non_null(strstr(line[0], "listening"));
    assert_null(strstr(line[1], "listening"));
    assert_null(strstr(line[2], "listening"));
    assert_int_equal(stat(at("state"), &st), 0);
    assert_int_equal(st.st_mode & 07777, 0700);
    assert_int_equal(stat(at("state/token.key"), &st), 0);
    assert_int_equal(stat(at("socket"), &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    assert_int_equal(kill(supervisor, SIGTERM), 0);
    assert_int_equal(ended(supervisor), EX_OK);
    supervisor = 0;
    assert_int_not_equal(stat(at("socket"), &st), 0);
}

static void
test_dead_worker_comes_again(void **state)
{
    pid_t sender = up(), again;
    char line[100];
    int64_t from_ms;
    int i;

    (void)state;
    for (i = 1; i <= 2; i++) {
        from_ms = clock_ms();
        assert_int_equal(kill(sender, SIGKILL), 0);
        again = await("sender", line);
        assert_int_not_equal(again, sender);
        assert_int_equal(strtol(strchr(line + 7, ' '), NULL, 10), i);
        if (clock_ms() - from_ms < (int64_t)CREW_BACKOFF_FIRST_MS * i)
            fail_msg(
                "death %d: again after %d ms", i, (int)(clock_ms() - from_ms));
        sender = again;
    }
    await_log("worker=sender");
    await_log("signal=9 died; starting again in 250 ms");
    await_log("signal=9 died; starting again in 500 ms");
}

static void
test_silent_worker_is_killed(void **state)
{
    pid_t sender, again;
    char line[100];

    (void)state;
    order->silent = 1;
    sender = up();
    again = await("sender", line);
    assert_int_not_equal(again, sender);
    assert_int_not_equal(kill(sender, 0), 0);
    await_log("silent_s=3 killed");
}

static void
test_bell(void **state)
{
    char line[100];

    (void)state;
    order->ring = 1;
    supervisor = start();
    (void)await("rung", line);
}

static void
test_reload(void **state)
{
    pid_t sender = up(), again;
    char line[100];

    (void)state;
    write_conf("overdue = 1");
    assert_int_equal(kill(supervisor, SIGHUP), 0);
    await_log("conf:5: overdue: 1: needs a unit");
    await_log("the old configuration stays");
    assert_int_equal(kill(sender, 0), 0);
    assert_false(heard(line, 0));
    write_conf("store = elsewhere");
    assert_int_equal(kill(supervisor, SIGHUP), 0);
    await_log("change only with a restart");
    write_conf("overdue = '77 s'");
    assert_int_equal(kill(supervisor, SIGHUP), 0);
    again = await("sender", line);
    assert_int_not_equal(again, sender);
    assert_non_null(strstr(line, " 1 77"));
    assert_int_equal(kill(supervisor, SIGTERM), 0);
    assert_int_equal(ended(supervisor), EX_OK);
    supervisor = 0;
}

static void
test_second_daemon_is_refused(void **state)
{
    pid_t second;

    (void)state;
    (void)up();
    second = start();
    assert_int_equal(ended(second), EX_TEMPFAIL);
    await_log("is in use by another rummelig-maild");
    assert_int_equal(access(at("socket"), F_OK), 0);
}

/* Another state folder, but the same socket. */
static void
test_socket_in_use(void **state)
{
    (void)state;
    (void)up();
    assert_int_equal(rename(at("state"), at("old-state")), 0);
    assert_int_equal(ended(start()), EX_TEMPFAIL);
    await_log("another daemon answers there");
}

static void
test_workers_end_with_the_supervisor(void **state)
{
    struct pollfd end = {.fd = report[0], .events = POLLIN};
    char line[100];

    (void)state;
    order->stubborn = 1;
    (void)up();
    /* From here on only the supervisor and its workers hold the pipe. */
    (void)close(report[1]);
    assert_int_equal(kill(supervisor, SIGKILL), 0);
    (void)ended(supervisor);
    supervisor = 0;
    while (heard(line, DEADLINE_MS))
        continue;
    assert_int_equal(poll(&end, 1, 0), 1); /* the pipe's end, not its silence */
    assert_int_equal(end.revents, POLLHUP);
    /* The next one finds a stale socket and a free lock. */
    assert_int_equal(access(at("socket"), F_OK), 0);
    order->stubborn = 0;
    (void)close(report[0]);
    assert_int_equal(pipe2(report, O_CLOEXEC), 0);
    (void)up();
}

static void
test_two_interrupts(void **state)
{
    (void)state;
    order->stubborn = 1;
    (void)up();
    assert_int_equal(kill(supervisor, SIGINT), 0);
    await_log("stopping");
    assert_int_equal(kill(supervisor, SIGINT), 0);
    assert_int_equal(ended(supervisor), EX_OK);
    supervisor = 0;
}

static void
test_newer_store(void **state)
{
    sqlite3 *db = NULL;

    (void)state;
    assert_int_equal(
        sqlite3_open(at("state/rummelig-mail.sqlite"), &db), SQLITE_OK);
    assert_int_equal(
        sqlite3_exec(db, "PRAGMA user_version = 999", NULL, NULL, NULL),
        SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    assert_int_equal(ended(start()), EX_SOFTWARE);
    await_log("newer");
}

int
main(int argc, char **argv, char **envp)
{
#define T(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(test_start_and_stop),
        T(test_dead_worker_comes_again),
        T(test_silent_worker_is_killed),
        T(test_bell),
        T(test_reload),
        T(test_second_daemon_is_refused),
        T(test_workers_end_with_the_supervisor),
        T(test_two_interrupts),
        T(test_socket_in_use),
        T(test_newer_store),
    };
    int failed;
    pid_t rm;

    setproctitle_init(argc, argv, envp);
    order = mmap(NULL, sizeof *order, PROT_READ | PROT_WRITE,
        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (order == MAP_FAILED || mkdtemp(folder) == NULL)
        return 1;
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    rm = fork();
    if (rm == 0) {
        (void)execlp("rm", "rm", "-rf", folder, NULL);
        _exit(1);
    }
    return rm > 0 && ended(rm) == 0 ? failed : 1;
}
