/* SPDX-License-Identifier: ISC */
#include "tests/lists/fixture.h"

#include "lists/incoming.h"

static struct incoming
mail(int64_t mailbox, uint32_t uid, unsigned char mark)
{
    struct incoming i = {.mailbox_id = mailbox,
        .uidvalidity = 7,
        .uid = uid,
        .digest = {mark, 0, mark},
        .kind = "other",
        .deed = "left-alone",
        .at_s = 1000,
        .message_id = "",
        .evidence = ""};

    return i;
}

static void
a_cursor_only_goes_on(void **state)
{
    struct store *st = ((struct fixture *)*state)->st;
    struct mailbox_cursor c, d;

    OK(mailbox_cursor(st, "tg/INBOX", &c, &f));
    assert_int_equal(c.uidvalidity, 0);
    assert_int_equal(c.uid, 0);
    c.uidvalidity = 4000000000U;
    c.uid = 4294967295U;
    OK(mailbox_cursor_set(st, &c, &f));
    OK(mailbox_cursor(st, "tg/INBOX", &d, &f));
    assert_int_equal(d.id, c.id);
    assert_int_equal(d.uidvalidity, 4000000000U);
    assert_int_equal(d.uid, 4294967295U);
    /* Not back in the same mailbox, but in one that was made anew. */
    c.uid = 5;
    OK(mailbox_cursor_set(st, &c, &f));
    OK(mailbox_cursor(st, "tg/INBOX", &d, &f));
    assert_int_equal(d.uid, 4294967295U);
    c.uidvalidity = 9;
    OK(mailbox_cursor_set(st, &c, &f));
    OK(mailbox_cursor(st, "tg/INBOX", &d, &f));
    assert_int_equal(d.uid, 5);
    OK(mailbox_cursor(st, "tg/Junk", &d, &f));
    assert_int_not_equal(d.id, c.id);
    WANT(RES_NEVER, mailbox_cursor(st, "", &d, &f));
    WANT(RES_NEVER, mailbox_cursor(st, "a\nb", &d, &f));
}

static bool
trouble(void *arg, const char *name, const char *words, int64_t since_s)
{
    char *text = arg;
    size_t n = strlen(text);

    (void)snprintf(
        text + n, 200 - n, "%s %s %lld;", name, words, (long long)since_s);
    return true;
}

static void
a_trouble_begins_and_ends(void **state)
{
    struct store *st = ((struct fixture *)*state)->st;
    struct mailbox_cursor c, d;
    char text[200] = "";

    OK(mailbox_cursor(st, "tg/INBOX", &c, &f));
    OK(mailbox_cursor(st, "tg/Junk", &d, &f));
    OK(mailbox_trouble(st, c.id, "", 100, &f));
    OK(mailbox_each_troubled(st, trouble, text, &f));
    assert_string_equal(text, "");
    OK(mailbox_trouble(st, c.id, "not\xff now", 200, &f));
    OK(mailbox_trouble(st, c.id, "refused\n", 300, &f));
    OK(mailbox_each_troubled(st, trouble, text, &f));
    assert_string_equal(text, "tg/INBOX refused  200;");
    OK(mailbox_trouble(st, c.id, "", 400, &f));
    OK(mailbox_trouble(st, c.id, "anew", 500, &f));
    text[0] = '\0';
    OK(mailbox_each_troubled(st, trouble, text, &f));
    assert_string_equal(text, "tg/INBOX anew 500;");
}

struct seen {
    int n, most;
    int64_t id[10];
    char text[400];
};

static bool
note(void *arg, const struct incoming *i)
{
    struct seen *s = arg;

    s->id[s->n++] = i->id;
    (void)snprintf(s->text, sizeof s->text,
        "%u %u %02x%02x%02x %s %s %lld"
        " %lld %s %s %d",
        i->uidvalidity, i->uid, i->digest[0], i->digest[1], i->digest[2],
        i->kind, i->deed, (long long)i->at_s, (long long)i->subscriber_id,
        i->message_id, i->evidence, i->owed);
    return s->n < s->most;
}

static void
a_message_is_read_once(void **state)
{
    struct fixture *x = *state;
    int64_t person = fixture_people(x, 1, SUBSCRIPTION_ACTIVE), first;
    struct seen s = {.most = 10};
    struct mailbox_cursor c, junk, other;
    struct incoming i;
    char evidence[900];

    OK(mailbox_cursor(x->st, "tg/INBOX", &c, &f));
    OK(mailbox_cursor(x->st, "tg/Junk", &junk, &f));
    OK(mailbox_cursor(x->st, "tgb/INBOX", &other, &f));
    i = mail(c.id, 5, 1);
    WANT(RES_NONE, incoming_seen(x->st, c.id, i.digest, &f));
    OK(incoming_add(x->st, &i, &f));
    first = i.id;
    OK(incoming_seen(x->st, c.id, i.digest, &f));
    OK(incoming_seen(x->st, junk.id, i.digest, &f));
    WANT(RES_NONE, incoming_seen(x->st, other.id, i.digest, &f));
    /* The same again, after UIDVALIDITY changed. */
    i = mail(c.id, 1, 1);
    i.uidvalidity = 8;
    i.deed = "unsubscribed";
    WANT(RES_NONE, incoming_add(x->st, &i, &f));
    assert_int_equal(i.id, first);
    OK(incoming_each(x->st, 0, 10, note, &s, &f));
    assert_string_equal(s.text, "8 1 010001 other left-alone 1000 0   0");
    i = mail(other.id, 1, 1);
    OK(incoming_add(x->st, &i, &f));

    memset(evidence, 'e', sizeof evidence);
    evidence[sizeof evidence - 1] = '\0';
    evidence[3] = '\n';
    evidence[4] = (char)0xff;
    i = mail(c.id, 9, 2);
    i.kind = "unsub";
    i.deed = "unsubscribed";
    i.subscriber_id = person;
    i.message_id = "<id@x>";
    i.evidence = evidence;
    i.owed = true;
    OK(incoming_add(x->st, &i, &f));
    s = (struct seen){.most = 1};
    OK(incoming_each(x->st, 0, 10, note, &s, &f));
    assert_int_equal(s.n, 1);
    assert_int_equal(s.id[0], i.id);
    assert_non_null(strstr(s.text, "unsub unsubscribed 1000 1 <id@x> eee ?e"));
    assert_int_equal(
        fixture_number(x->st, "SELECT max(length(evidence)) FROM incoming"),
        EVIDENCE_MAX);
    s = (struct seen){.most = 10};
    OK(incoming_each(x->st, i.id, 10, note, &s, &f));
    assert_int_equal(s.n, 2);

    i = mail(c.id, 10, 3);
    i.subscriber_id = 999;
    WANT(RES_NEVER, incoming_add(x->st, &i, &f));
    i = mail(999, 10, 3);
    WANT(RES_NEVER, incoming_add(x->st, &i, &f));
}

static void
what_is_owed_is_paid_once(void **state)
{
    struct fixture *x = *state;
    struct mailbox_cursor c;
    struct seen s = {.most = 10};
    struct incoming i;
    int64_t id[2];
    int k;

    OK(mailbox_cursor(x->st, "tg/INBOX", &c, &f));
    for (k = 0; k < 2; k++) {
        i = mail(c.id, (uint32_t)k + 1, (unsigned char)(k + 1));
        i.owed = true;
        OK(incoming_add(x->st, &i, &f));
        id[k] = i.id;
    }
    OK(incoming_each_owed(x->st, c.id, 0, note, &s, &f));
    assert_int_equal(s.n, 2);
    assert_int_equal(s.id[0], id[0]);
    OK(incoming_paid(x->st, id[0], &f));
    s = (struct seen){.most = 10};
    OK(incoming_each_owed(x->st, c.id, 0, note, &s, &f));
    assert_int_equal(s.n, 1);
    assert_int_equal(s.id[0], id[1]);
}

static bool
owing(void *arg, const char *name, int64_t n, int64_t since_s)
{
    (void)snprintf(
        arg, 200, "%s %lld %lld", name, (long long)n, (long long)since_s);
    return true;
}

static void
a_folder_may_follow_another(void **state)
{
    struct fixture *x = *state;
    struct mailbox_cursor old, new;
    struct incoming i;

    OK(mailbox_cursor(x->st, "tg/INBOX", &old, &f));
    OK(mailbox_cursor(x->st, "post/INBOX", &new, &f));
    i = mail(old.id, 1, 1);
    OK(incoming_add(x->st, &i, &f));
    WANT(RES_NONE, incoming_seen(x->st, new.id, i.digest, &f));
    OK(mailbox_follow(x->st, new.id, "tg/INBOX", &f));
    OK(incoming_seen(x->st, new.id, i.digest, &f));
    i = mail(new.id, 1, 2);
    OK(incoming_add(x->st, &i, &f));
    OK(incoming_seen(x->st, old.id, i.digest, &f));
}

/* Of a folder that cannot be read that is told already. */
static void
what_waits_for_its_mark_is_counted(void **state)
{
    struct fixture *x = *state;
    struct mailbox_cursor c;
    char text[200] = "";

    OK(mailbox_cursor(x->st, "tg/INBOX", &c, &f));
    for (unsigned char k = 1; k <= 3; k++) {
        struct incoming i = mail(c.id, k, k);

        i.owed = k < 3;
        i.at_s = 100 + k;
        OK(incoming_add(x->st, &i, &f));
    }
    OK(mailbox_each_owing(x->st, 101, owing, text, &f));
    assert_string_equal(text, "");
    OK(mailbox_each_owing(x->st, 200, owing, text, &f));
    assert_string_equal(text, "tg/INBOX 2 101");
    OK(mailbox_trouble(x->st, c.id, "gone", 150, &f));
    text[0] = '\0';
    OK(mailbox_each_owing(x->st, 200, owing, text, &f));
    assert_string_equal(text, "");
}

/* Of another UIDVALIDITY, and in that folder alone. */
static void
what_is_gone_is_owed_nothing(void **state)
{
    struct fixture *x = *state;
    struct mailbox_cursor c, junk;
    struct seen s = {.most = 10};
    int64_t kept = 0;
    int n = 7;

    OK(mailbox_cursor(x->st, "tg/INBOX", &c, &f));
    OK(mailbox_cursor(x->st, "tg/Junk", &junk, &f));
    for (unsigned char k = 1; k <= 4; k++) {
        struct incoming i = mail(k == 4 ? junk.id : c.id, k, k);

        i.owed = true;
        i.uidvalidity = k == 3 ? 8 : 7;
        OK(incoming_add(x->st, &i, &f));
        kept = k == 3 ? i.id : kept;
    }
    OK(incoming_forgive(x->st, c.id, 8, &n, &f));
    assert_int_equal(n, 2);
    OK(incoming_each_owed(x->st, c.id, 0, note, &s, &f));
    assert_int_equal(s.n, 1);
    assert_int_equal(s.id[0], kept);
    s = (struct seen){.most = 10};
    OK(incoming_each_owed(x->st, junk.id, 0, note, &s, &f));
    assert_int_equal(s.n, 1);
    OK(incoming_forgive(x->st, c.id, 8, &n, &f));
    assert_int_equal(n, 0);
}

int
main(void)
{
#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, fixture_up, fixture_down)
    const struct CMUnitTest tests[] = {
        TEST(a_cursor_only_goes_on),
        TEST(a_folder_may_follow_another),
        TEST(what_waits_for_its_mark_is_counted),
        TEST(a_trouble_begins_and_ends),
        TEST(a_message_is_read_once),
        TEST(what_is_owed_is_paid_once),
        TEST(what_is_gone_is_owed_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
