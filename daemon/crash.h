/* SPDX-License-Identifier: ISC */
/* daemon/crash.h - named points at which a test may kill the worker.
 *
 * Only a build with -DCRASH_POINTS (make check) has them; elsewhere they are
 * nothing.  RUMMELIG_CRASH="after-dot:300:5" kills the process with SIGKILL
 * when it comes to that point for the 300th time, in each of the worker's
 * first 5 lives; "after-dot:300:5:all" kills the supervisor too, and with it
 * the whole daemon.  The points of the sender:
 *   after-take-over  letters that an earlier life left are taken over
 *   after-lease      a batch is leased, by a durable commit
 *   before-commit    a turn's outcomes are known, and what goes out
 *   after-commit     the store says that they go, and no byte has gone
 *   in-body          half of a letter is out
 *   after-dot        all of it is, unanswered
 *   before-finish    the last row is closed, the issue is not
 * and of the other workers:
 *   control-before-commit, control-after-commit  an issue is queued
 *   control-filled       a chunk of an issue's rows is written
 *   inbox-before-commit, inbox-after-commit      a mail was acted on
 *   inbox-after-mark     it was marked or moved, and the store does not know */
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
