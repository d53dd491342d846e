/* SPDX-License-Identifier: ISC */
/* Mail that waits for a person: what is kept of it, and that it goes. */
#include "tests/lists/fixture.h"

#include "lists/review.h"

static int64_t
mail(struct store *st, unsigned char mark, int64_t at_s)
{
    struct mailbox_cursor c;
    struct incoming i = {.uidvalidity = 7,
        .uid = mark,
        .digest = {mark, 0, mark},
        .kind = "review",
        .deed = "for-review",
        .at_s = at_s,
        .message_id = "<m@example.org>",
        .evidence = "why"};

    OK(mailbox_cursor(st, "tg/INBOX", &c, &f));
    i.mailbox_id = c.id;
    OK(incoming_add(st, &i, &f));
    return i.id;
}

static void
what_is_kept_comes_back_clean(void **state)
{
    struct fixture *x = *state;
    struct review in = {.list_id = x->list,
        .proposal = REVIEW_UNSUBSCRIBE,
        .may_answer = true,
        .from = "anna@example.org",
        .subject = "Re:\nbrev\x1b",
        .words = "Hej\nslet\tden \xff",
        .n_addresses = 3,
        .address = {"a@example.org", "b\n@example.org", "c@example.org"}};
    struct review out;
    size_t n;

    in.id = mail(x->st, 1, 500);
    OK(review_add(x->st, &in, &f));
    OK(review_get(x->st, in.id, &out, &f));
    assert_int_equal(out.id, in.id);
    assert_int_equal(out.list_id, x->list);
    assert_int_equal(out.proposal, REVIEW_UNSUBSCRIBE);
    assert_true(out.may_answer);
    assert_string_equal(out.from, "anna@example.org");
    assert_string_equal(out.subject, "Re: brev ");
    assert_string_equal(out.words, "Hej\nslet den ?");
    assert_int_equal(out.n_addresses, 2);
    assert_string_equal(out.address[1], "c@example.org");
    assert_int_equal(out.at_s, 500);
    assert_string_equal(out.mailbox, "tg/INBOX");
    assert_string_equal(out.kind, "review");
    assert_string_equal(out.message_id, "<m@example.org>");
    assert_string_equal(out.evidence, "why");
    assert_int_equal(out.digest[2], 1);
    WANT(RES_NONE, review_get(x->st, in.id + 1, &out, &f));
    /* The longest words. */
    memset(in.words, 'x', sizeof in.words - 1);
    memcpy(in.words + sizeof in.words - 3, "\xc3\xa5", 2);
    memcpy(in.words, "\n", 1);
    in.id = mail(x->st, 2, 500);
    OK(review_add(x->st, &in, &f));
    OK(review_get(x->st, in.id, &out, &f));
    n = strlen(out.words);
    assert_int_equal(n, REVIEW_WORDS_MAX);
    assert_string_equal(out.words, in.words);
}

static bool
collect(void *arg, const struct review *rv)
{
    char *text = arg;
    size_t n = strlen(text);

    (void)snprintf(text + n, 100 - n, "%lld;", (long long)rv->id);
    return n < 2; /* two of them */
}

static void
a_decision_ends_it(void **state)
{
    struct fixture *x = *state;
    const struct incoming_decision d = {
        .deed = "unsubscribed", .by = "bo", .at_s = 900, .owed = true};
    struct review rv = {.list_id = x->list};
    struct review out;
    char text[100] = "";
    int64_t n = 0;

    for (unsigned char i = 1; i <= 3; i++) {
        rv.id = mail(x->st, i, 500 + i);
        OK(review_add(x->st, &rv, &f));
    }
    OK(review_count(x->st, &n, &f));
    assert_int_equal(n, 3);
    OK(review_each(x->st, 0, 10, collect, text, &f));
    assert_string_equal(text, "1;2;");
    OK(review_decide(x->st, 2, &d, &f));
    WANT(RES_NONE, review_decide(x->st, 2, &d, &f));
    WANT(RES_NONE, review_get(x->st, 2, &out, &f));
    text[0] = '\0';
    OK(review_each(x->st, 1, 10, collect, text, &f));
    assert_string_equal(text, "3;");
    assert_int_equal(fixture_number(x->st,
                         "SELECT count(*) FROM incoming WHERE id = 2 AND deed ="
                         " 'unsubscribed' AND decided_by = 'bo' AND decided_s"
                         " = 900 AND owed = 1"),
        1);
    /* A mail that was never put before a person cannot be decided. */
    rv.id = mail(x->st, 9, 500);
    WANT(RES_NONE, review_decide(x->st, rv.id, &d, &f));
    assert_int_equal(fixture_number(x->st,
                         "SELECT count(*) FROM incoming WHERE decided_s > 0"),
        1);
}

/* What waits is found by the mail itself, for its list; and it is known when
 * its writer was asked about it. */
static void
what_was_asked_about(void **state)
{
    struct fixture *x = *state;
    struct issue question = {.kind = ISSUE_ANSWER,
        .list_id = x->list,
        .digest = {1, 0, 1},
        .created_s = 600,
        .answer = "ask"};
    const unsigned char other[INCOMING_DIGEST] = {2, 0, 2};
    const struct incoming_decision d = {.deed = "dismissed", .by = ""};
    struct review rv = {.list_id = x->list};
    struct review out;
    int64_t id = 0;

    rv.id = mail(x->st, 1, 500);
    OK(review_add(x->st, &rv, &f));
    OK(review_get(x->st, rv.id, &out, &f));
    assert_int_equal(out.asked_s, 0);
    OK(issue_add(x->st, &question, "", "x", 1, &f));
    OK(review_get(x->st, rv.id, &out, &f));
    assert_int_equal(out.asked_s, 600);
    OK(review_find(x->st, question.digest, x->list, &id, &f));
    assert_int_equal(id, rv.id);
    WANT(RES_NONE, review_find(x->st, question.digest, x->list + 1, &id, &f));
    WANT(RES_NONE, review_find(x->st, other, x->list, &id, &f));
    OK(review_decide(x->st, rv.id, &d, &f));
    WANT(RES_NONE, review_find(x->st, question.digest, x->list, &id, &f));
}

static void
what_waits_too_long_goes(void **state)
{
    struct fixture *x = *state;
    struct review rv = {.list_id = x->list, .words = "secret"};
    int64_t n = 0;

    for (unsigned char i = 1; i <= 120; i++) {
        rv.id = mail(x->st, i, i);
        OK(review_add(x->st, &rv, &f));
    }
    OK(review_lapse(x->st, 111, 5000, &n, &f));
    assert_int_equal(n, REVIEW_LAPSE_ROWS);
    OK(review_lapse(x->st, 111, 5000, &n, &f));
    assert_int_equal(n, 10);
    WANT(RES_NONE, review_lapse(x->st, 111, 5000, &n, &f));
    OK(review_count(x->st, &n, &f));
    assert_int_equal(n, 10);
    assert_int_equal(
        fixture_number(x->st,
            "SELECT count(*) FROM incoming WHERE deed = 'lapsed' AND decided_by"
            " = '' AND decided_s = 5000"),
        110);
}

int
main(void)
{
#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, fixture_up, fixture_down)
    const struct CMUnitTest tests[] = {
        TEST(what_is_kept_comes_back_clean),
        TEST(a_decision_ends_it),
        TEST(what_was_asked_about),
        TEST(what_waits_too_long_goes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
