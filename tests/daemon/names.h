/* SPDX-License-Identifier: ISC */
/* tests/daemon/names.h - what the newsletter of all these texts is called. */
#ifndef TESTS_DAEMON_NAMES_H
#define TESTS_DAEMON_NAMES_H
#define OUR_NAMES "Rummelig imidt, Tue Gade Germundsson, LO Aarhus"
#endif
