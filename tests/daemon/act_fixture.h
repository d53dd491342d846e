/* SPDX-License-Identifier: ISC */
/* tests/daemon/act_fixture.h - what act_on needs, on a store of its own. */
#ifndef TESTS_DAEMON_ACT_FIXTURE_H
#define TESTS_DAEMON_ACT_FIXTURE_H
#include "tests/lists/fixture.h"

#include "daemon/act.h"

enum {
    NOW_S = 1795000000,
    ANSWERS_PER_HOUR = 200
};

static struct conf conf;
static char alone[] = "leave", mark[] = "keyword $Unsubscribed", same[] = "";
static struct conf_inbox box = {.name = (char *)"tg",
    .answer = true,
    .confirm = true,
    .handled = mark,
    .handled_bounce = same,
    .handled_complaint = same,
    .handled_subscribe = same,
    .handled_review = alone,
    .handled_autoreply = alone};
static struct conf_list list = {
    .letter = {.key = "nyhedsbrev",
        .title = "Rummelig imidt",
        .from = "Tue <tg@lo-aarhus.dk>",
        .reply_to = "",
        .mailbox = "tg@lo-aarhus.dk",
        .language = "da",
        .footer_language = "da",
        .postal = "",
        .footer = "",
        .home_url = "",
        .web_url = "",
        .colour = "#1f5c4d"},
};

static inline struct act
make_act(struct fixture *x)
{
    struct mailbox_cursor c;

    conf.template_dir = (char *)"templates";
    conf.answers_per_hour = ANSWERS_PER_HOUR;
    OK(mailbox_cursor(x->st, "tg/INBOX", &c, &f));
    return (struct act){.st = x->st,
        .conf = &conf,
        .box = &box,
        .list = &list,
        .list_id = x->list,
        .mailbox_id = c.id};
}

static inline struct act_mail
make_mail(uint32_t uid)
{
    struct act_mail m = {.uidvalidity = 7, .uid = uid};

    memcpy(m.digest, &uid, sizeof uid);
    return m;
}

static inline enum subscription_state
state_of(struct fixture *x, int64_t subscriber_id)
{
    struct subscription s = {0};
    enum result r = subscription_get(x->st, subscriber_id, x->list, &s, &f);

    assert_true(r == RES_OK || r == RES_NONE);
    return s.state;
}

static inline void
bring_to(struct fixture *x, int64_t id, enum subscription_state to)
{
    struct consent c = {SUBSCRIPTION_ACTIVE, BY_ADMIN, 100, "test"};

    OK(subscription_record(x->st, id, x->list, &c, &f));
    if (to == SUBSCRIPTION_ACTIVE)
        return;
    c.to = to;
    c.how = to == SUBSCRIPTION_COMPLAINED ? BY_COMPLAINT : BY_ADMIN;
    OK(subscription_record(x->st, id, x->list, &c, &f));
}

#endif
