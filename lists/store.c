/* SPDX-License-Identifier: ISC */
/* Brings a store to the version of this program, the same way on every
 * engine: block after block of the schema, each in one transaction with the
 * number it leads to, so that a kill leaves a version and never half of one.
 * Whoever comes second of two processes looks again under the writer's lock.
 * A store that is newer than the program is refused: an older program would
 * not know what the new columns mean. */
#include "lists/store.h"

#include <stdlib.h>
#include <string.h>

#include "lists/store_engine.h"

static const char mark[] = "-- version ";

static enum result migrate(struct store *st, struct fault *f);
static enum result migrate_to(struct store *st, const char *block, size_t n,
    int version, struct fault *f);
static const char *next_block(const char *from, int *version);

enum result
store_open(const char *path, struct store **out, struct fault *f)
{
    struct store *st = NULL;
    enum result r;

    r = engine_open(path, &st, f);
    if (r == RES_OK)
        r = migrate(st, f);
    if (r == RES_OK)
        r = engine_ready(st, f);
    if (r != RES_OK) {
        store_close(st);
        return r;
    }
    *out = st;
    return RES_OK;
}

static enum result
migrate(struct store *st, struct fault *f)
{
    const char *block, *end;
    int now = 0, version = 0, after = 0;
    enum result r;

    r = engine_version(st, &now, f);
    block = next_block(schema_sql, &version);
    while (r == RES_OK && block != NULL) {
        end = next_block(block, &after);
        if (version > now)
            r = migrate_to(st, block,
                end != NULL ? (size_t)(end - block) : strlen(block), version,
                f);
        if (end == NULL)
            break;
        block = end;
        version = after;
    }
    if (r == RES_OK && now > version)
        return fault_set(f, RES_STOP,
            "the store is of version %d, this program knows %d: install the "
            "newer program, or bring back a backup of the older store",
            now, version);
    return r;
}

static enum result
migrate_to(
    struct store *st, const char *block, size_t n, int version, struct fault *f)
{
    char *script = fault_calloc(n + 1, 1);
    enum result r;
    int now = 0;

    memcpy(script, block, n);
    r = store_begin(st, f);
    if (r == RES_OK) {
        r = engine_version(st, &now, f);
        if (r == RES_OK && now < version)
            r = engine_migrate(st, script, version, f);
        r = store_end(st, r, f);
    }
    free(script);
    return r;
}

/* The text behind the next mark and its number; NULL: there is none. */
static const char *
next_block(const char *from, int *version)
{
    const char *p = from;
    char *end;

    while ((p = strstr(p, mark)) != NULL) {
        if (p == schema_sql || p[-1] == '\n') {
            *version = (int)strtol(p + sizeof mark - 1, &end, 10);
            return end;
        }
        p += sizeof mark - 1;
    }
    return NULL;
}
