/* SPDX-License-Identifier: ISC */
/* daemon/crash.h - named points at which a test may kill the worker.
 *
 * Only a build with -DCRASH_POINTS (make check) has them; elsewhere they are
 * nothing.  RUMMELIG_CRASH="after-dot:300:5" kills the process with SIGKILL
 * when it comes to that point for the 300th time, in each of the worker's
 * first 5 lives. */
#ifndef DAEMON_CRASH_H
#define DAEMON_CRASH_H

#ifdef CRASH_POINTS
void crash_generation(int generation);
void crash_point(const char *name);
#else
#define crash_generation(generation) ((void)(generation))
#define crash_point(name) ((void)0)
#endif

#endif
