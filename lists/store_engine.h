/* SPDX-License-Identifier: ISC */
/* lists/store_engine.h - what an engine's file gives to store.c, beside the
 * functions of store.h; nobody else includes this but tests. */
#ifndef LISTS_STORE_ENGINE_H
#define LISTS_STORE_ENGINE_H
#include "lists/store.h"

/* The engine's schema: blocks that begin with a line "-- version N". */
extern const char schema_sql[];

/* Opens and creates, but neither migrates nor reads anything. */
MUST_USE enum result
engine_open(const char *path, struct store **out, struct fault *f);

/* The version of the schema that the store has, 0 for a new one; inside a
 * unit of work it is certain. */
MUST_USE enum result
engine_version(struct store *st, int *version, struct fault *f);

/* Runs a script of statements and notes the version it leads to; called
 * inside a unit of work. */
MUST_USE enum result engine_migrate(
    struct store *st, const char *script, int version, struct fault *f);

/* The store has been migrated: reads what store.h answers from memory. */
MUST_USE enum result engine_ready(struct store *st, struct fault *f);

/* The text of a kept statement, n from 0; NULL: there are no more.  So that a
 * test can ask the planner about each one that was really run. */
const char *engine_kept(const struct store *st, int n);

/* For an embedded engine (store_file.c): takes the rights of others from the
 * files of the store at path, which may come out of a backup.
 * STOP: they are not ours. */
MUST_USE enum result store_file_private(const char *path, struct fault *f);
/* The database and its log together. */
int64_t store_file_bytes(const char *path);

#endif
