/* SPDX-License-Identifier: ISC */
/* Any bytes as a mail: read, sent over the pipe as JSON, decided.  What comes
 * out must be clean text, and nobody may be concerned who is not known. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/facts.h"
#include "daemon/verdict.h"
#include "tests/fuzz/repeat.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Every second key is someone: by its length. */
static enum result
someone(void *ctx, const char *key, struct person *out, struct fault *f)
{
    (void)ctx;
    (void)f;
    if (strlen(key) % 2 == 0)
        return RES_NONE;
    *out = (struct person){.subscriber_id = 1, .active = true};
    (void)snprintf(out->address, sizeof out->address, "a@b.example");
    return RES_OK;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct facts facts, again;
    static struct verdict v;
    const struct facts_context ctx = {
        .mailbox = "tg@lo-aarhus.dk", .authserv = "mx.ours.example"};
    const struct directory who = {
        .by_address = someone, .by_token = someone, .by_message_id = someone};
    struct fault f;
    char *json;

    if (facts_read((const char *)data, size, &ctx, &facts, &f) != RES_OK)
        return 0;
    json = facts_to_json(&facts);
    if (facts_from_json(json, strlen(json), &again, &f) != RES_OK) {
        (void)fprintf(stderr, "%s\n%s\n", f.text, json);
        abort();
    }
    free(json);
    if (verdict_decide(&again, &who, &v, &f) != RES_OK ||
        text_unclean(v.evidence, strlen(v.evidence)))
        abort();
    if (v.kind == KIND_UNSUB && v.n_people != 1)
        abort();
    return 0;
}
