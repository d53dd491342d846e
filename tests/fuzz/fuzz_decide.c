/* SPDX-License-Identifier: ISC */
/* Any line as the facts that a reader sends, be it one that was taken over:
 * taken apart, and decided over a directory that answers as its keys say.
 * Nobody may leave by a mail whose From may be forged, and nobody whom the
 * directory does not know. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/facts.h"
#include "daemon/verdict.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    UNKNOWN = 'u' /* keys that begin so are nobody's; 'l': store is busy */
};

static enum result
someone(void *ctx, const char *key, struct person *out, struct fault *f)
{
    (void)ctx;
    if (key[0] == 'l')
        return fault_set(f, RES_LATER, "busy");
    if (key[0] == UNKNOWN || key[0] == '\0')
        return RES_NONE;
    *out = (struct person){.subscriber_id = 1 + (unsigned char)key[0],
        .list_id = key[0] % 2,
        .issue_id = key[0] % 3,
        .active = key[0] % 5 != 0};
    (void)snprintf(out->address, sizeof out->address, "a@b.example");
    return RES_OK;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct facts facts;
    static struct verdict v;
    const struct directory who = {
        .by_address = someone, .by_token = someone, .by_message_id = someone};
    enum result r;
    struct fault f;

    memset(&facts, 0, sizeof facts);
    if (facts_from_json((const char *)data, size, &facts, &f) != RES_OK)
        return 0;
    r = verdict_decide(&facts, &who, &v, &f);
    if (r == RES_LATER)
        return 0;
    if (r != RES_OK || text_unclean(v.evidence, strlen(v.evidence)) ||
        v.n_people < 0 || v.n_people > FACTS_ADDRESSES_MAX ||
        v.n_addresses < 0 || v.n_addresses > FACTS_ADDRESSES_MAX)
        abort();
    for (int i = 0; i < v.n_people; i++)
        if (v.person[i].subscriber_id == 0)
            abort();
    if (v.kind != KIND_UNSUB)
        return 0;
    if (v.n_people != 1 || (v.by_token && v.may_answer))
        abort();
    if (!v.by_token &&
        (facts.dmarc_fail || facts.from_self || facts.from_count != 1 ||
            facts.resent_or_listed || facts.from[0] == UNKNOWN))
        abort();
    return 0;
}
