/* SPDX-License-Identifier: ISC */
/* What reading a mail needs, measured: memory, its socket, and an end.  The
 * process has no other descriptor, so that nothing it may call reaches a file
 * or another process; by libseccomp, which knows the numbers on every
 * architecture.
 *
 * A sanitizer needs more and says so by files: its builds only forbid what
 * would reach others. */
#include "daemon/reader_sandbox.h"

#include "daemon/reader_wire.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#define N(table) (sizeof(table) / sizeof *(table))

#ifndef READER_ASAN
static const int allowed[] = {
    SCMP_SYS(brk),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    SCMP_SYS(futex),
    SCMP_SYS(recvfrom), /* by the socket that it was given */
    SCMP_SYS(getrandom),
    SCMP_SYS(clock_gettime), /* without a vDSO */
    SCMP_SYS(gettimeofday),
    SCMP_SYS(time),
    SCMP_SYS(rt_sigprocmask), /* these four: abort() */
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(gettid),
    SCMP_SYS(getpid),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
};

/* iconv looks for the tables of a charset that nobody has heard of, and an
 * assertion would say its words. */
static const int fails[] = {
    SCMP_SYS(open),
    SCMP_SYS(openat),
    SCMP_SYS(stat),
    SCMP_SYS(newfstatat),
    SCMP_SYS(fstat),
    SCMP_SYS(access),
    SCMP_SYS(faccessat),
    SCMP_SYS(faccessat2),
    SCMP_SYS(readlink),
    SCMP_SYS(readlinkat),
    SCMP_SYS(getcwd),
    SCMP_SYS(read),
    SCMP_SYS(write),
    SCMP_SYS(writev),
    SCMP_SYS(lseek),
    SCMP_SYS(close),
    SCMP_SYS(ioctl),
    SCMP_SYS(fcntl),
    SCMP_SYS(prlimit64),
};
#else
static const int killing[] = {
    SCMP_SYS(socket),
    SCMP_SYS(connect),
    SCMP_SYS(sendmsg),
    SCMP_SYS(kill),
    SCMP_SYS(execve),
    SCMP_SYS(execveat),
    SCMP_SYS(ptrace),
    SCMP_SYS(process_vm_readv),
    SCMP_SYS(process_vm_writev),
    SCMP_SYS(bpf),
    SCMP_SYS(keyctl),
};
#endif

static int
add_all(scmp_filter_ctx filter, uint32_t action, const int *calls, size_t n)
{
    int e = 0;

    for (size_t i = 0; i < n && e == 0; i++)
        e = seccomp_rule_add(filter, action, calls[i], 0);
    return e;
}

bool
reader_sandbox_possible(void)
{
    return prctl(PR_GET_SECCOMP, 0, 0, 0, 0) >= 0;
}

#ifndef READER_ASAN
static int
fill(scmp_filter_ctx filter)
{
    int e = add_all(filter, SCMP_ACT_ALLOW, allowed, N(allowed));

    if (e == 0)
        e = add_all(filter, SCMP_ACT_ERRNO(EMFILE), fails, N(fails));
    if (e == 0) /* over the socket, to its other end */
        e = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(sendto), 1,
            SCMP_A4(SCMP_CMP_EQ, 0, 0));
    if (e == 0) /* memory, and no code */
        e = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
            SCMP_A2_32(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
    if (e == 0)
        e = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
            SCMP_A2_32(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
    if (e == 0) /* by which abort() means this process: see end_of_abort */
        e = seccomp_rule_add(filter, SCMP_ACT_TRAP, SCMP_SYS(tgkill), 0);
    return e;
}
#else
static int
fill(scmp_filter_ctx filter)
{
    return add_all(filter, SCMP_ACT_KILL_PROCESS, killing, N(killing));
}
#endif

/* libseccomp gives a finished filter to a file only. */
static const struct sock_fprog *
take_out(scmp_filter_ctx filter)
{
    static struct sock_filter steps[BPF_MAXINSNS];
    static struct sock_fprog program = {.filter = steps};
    int fd = memfd_create("filter", MFD_CLOEXEC);
    ssize_t n = -1;

    if (fd < 0)
        return NULL;
    if (seccomp_export_bpf(filter, fd) == 0)
        n = pread(fd, steps, sizeof steps, 0);
    (void)close(fd);
    if (n <= 0)
        return NULL;
    program.len = (unsigned short)((size_t)n / sizeof *steps);
    return &program;
}

const struct sock_fprog *
reader_sandbox_make(void)
{
    const struct sock_fprog *program = NULL;
#ifdef READER_ASAN
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
#else
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
#endif

    if (filter != NULL && fill(filter) == 0)
        program = take_out(filter);
    seccomp_release(filter);
    return program;
}

/* The filter cannot tell a signal to oneself from one to another process, so
 * it turns each into this one. */
static void
end_of_abort(int signal)
{
    (void)signal;
    _exit(READER_EX_ABORT);
}

bool
reader_sandbox_enter(const struct sock_fprog *filter)
{
    return signal(SIGSYS, end_of_abort) != SIG_ERR &&
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, filter, 0, 0) == 0;
}
