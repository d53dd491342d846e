/* SPDX-License-Identifier: ISC */
/* A token needs no column and no index: the delivery's id comes out of it, so
 * one that was forged costs no look at the store. */
#include "daemon/directory.h"

#include "lists/address.h"
#include "lists/delivery.h"
#include "lists/issue.h"
#include "lists/store.h"
#include "lists/subscriber.h"
#include "lists/subscription.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static enum result
by_address(void *ctx, const char *address, struct person *out, struct fault *f);
static enum result
by_token(void *ctx, const char *token, struct person *out, struct fault *f);
static enum result by_message_id(
    void *ctx, const char *message_id, struct person *out, struct fault *f);

void
directory_of_store(struct store_directory *d, struct directory *out)
{
    *out = (struct directory){
        .ctx = d,
        .by_address = by_address,
        .by_token = by_token,
        .by_message_id = by_message_id,
    };
}

static enum result
person_of(const struct store_directory *d, const struct subscriber *s,
    int64_t list_id, struct person *out, struct fault *f)
{
    struct subscription sub;
    enum result r;

    r = subscription_get(
        d->st, s->id, list_id != 0 ? list_id : d->list_id, &sub, f);
    if (r != RES_OK && r != RES_NONE)
        return r;
    *out = (struct person){
        .subscriber_id = s->id,
        .list_id = list_id,
        .active = r == RES_OK && sub.state == SUBSCRIPTION_ACTIVE,
        .pending = r == RES_OK && sub.state == SUBSCRIPTION_PENDING,
    };
    (void)snprintf(out->address, sizeof out->address, "%s", s->address.key);
    return RES_OK;
}

static enum result
by_address(void *ctx, const char *address, struct person *out, struct fault *f)
{
    const struct store_directory *d = ctx;
    struct address a;
    struct subscriber s;
    enum result r;

    if (address_parse(address, &a, f) != RES_OK)
        return RES_NONE;
    r = subscriber_find(d->st, &a, &s, f);
    return r == RES_OK ? person_of(d, &s, 0, out, f) : r;
}

static enum result
by_token(void *ctx, const char *token, struct person *out, struct fault *f)
{
    const struct store_directory *d = ctx;
    struct delivery_row row;
    struct issue i;
    struct subscriber s;
    int64_t id;
    enum result r = token_read(d->key, token, &id);

    if (r == RES_OK)
        r = delivery_get(d->st, id, &row, f);
    if (r != RES_OK)
        return r;
    r = issue_get(d->st, row.issue_id, &i, f);
    if (r != RES_OK)
        return r;
    r = subscriber_get(d->st, row.subscriber_id, &s, f);
    if (r == RES_OK)
        r = person_of(d, &s, i.list_id, out, f);
    if (r == RES_OK && i.kind == ISSUE_LETTER)
        out->issue_id = i.id;
    if (r == RES_OK && i.kind == ISSUE_ANSWER)
        out->answer_id = i.id;
    if (r == RES_OK)
        memcpy(out->answer, i.answer, sizeof out->answer);
    return r;
}

/* Our token is a word of its own in the local part, whatever stands beside
 * it: relays that rewrite a Message-ID like to put something in front. */
static enum result
by_message_id(
    void *ctx, const char *message_id, struct person *out, struct fault *f)
{
    const char *end = message_id + strcspn(message_id, "@>");
    const char *p = message_id;
    char token[TOKEN_LENGTH + 1];
    enum result r;
    size_t n;

    while (p < end) {
        for (n = 0; p + n < end && isalnum((unsigned char)p[n]); n++)
            ;
        if (n == TOKEN_LENGTH) {
            memcpy(token, p, n);
            token[n] = '\0';
            r = by_token(ctx, token, out, f);
            if (r != RES_NONE)
                return r;
        }
        p += n + 1;
    }
    return RES_NONE;
}
