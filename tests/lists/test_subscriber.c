/* SPDX-License-Identifier: ISC */
#include "tests/lists/fixture.h"

static struct subscriber
named(const char *address, const char *name, const char *given)
{
    struct subscriber s = {.created_s = 500};

    OK(address_parse(address, &s.address, &f));
    (void)snprintf(s.name, sizeof s.name, "%s", name);
    (void)snprintf(s.given_name, sizeof s.given_name, "%s", given);
    return s;
}

static void
one_person_is_added_once(void **state)
{
    struct store *st = ((struct fixture *)*state)->st;
    struct subscriber s = named("Anna@Example.org", "", ""), got;
    int64_t id;

    OK(subscriber_add(st, &s, &f));
    id = s.id;
    /* A name fills an empty one. */
    s = named("anna@example.ORG", "Anna Maria Berg", "");
    WANT(RES_NONE, subscriber_add(st, &s, &f));
    assert_int_equal(s.id, id);
    OK(subscriber_find(st, &s.address, &got, &f));
    assert_int_equal(got.id, id);
    assert_string_equal(got.address.text, "Anna@Example.org");
    assert_string_equal(got.name, "Anna Maria Berg");
    assert_string_equal(got.given_name, "Anna");
    assert_int_equal(got.created_s, 500);
    /* And replaces none. */
    s = named("anna@example.org", "Somebody Else", "Else");
    WANT(RES_NONE, subscriber_add(st, &s, &f));
    OK(subscriber_get(st, id, &got, &f));
    assert_string_equal(got.name, "Anna Maria Berg");
    assert_string_equal(got.given_name, "Anna");
    s = named("b@example.org", "Bo Lund", "Bosse");
    OK(subscriber_add(st, &s, &f));
    OK(subscriber_get(st, s.id, &got, &f));
    assert_string_equal(got.given_name, "Bosse");
    s = named("c@example.org", "Cher", "");
    OK(subscriber_add(st, &s, &f));
    OK(subscriber_get(st, s.id, &got, &f));
    assert_string_equal(got.given_name, "Cher");
}

static void
finds_the_given_name(void **state)
{
    static const char *const cases[][2] = {
        {"Toft, Inge Marie", "Inge"},
        {"Toft,  Inge", "Inge"},
        {"Inge Toft, Aarhus", "Inge"},
        {"Toft, Inge, Odder", "Toft"},
        {"Toft,", "Toft"},
        {",", ""},
        {", Inge", "Inge"},
    };
    struct store *st = ((struct fixture *)*state)->st;
    struct subscriber s, got;
    char address[40];

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        (void)snprintf(address, sizeof address, "given%zu@example.org", i);
        s = named(address, cases[i][0], "");
        OK(subscriber_add(st, &s, &f));
        OK(subscriber_get(st, s.id, &got, &f));
        assert_string_equal(got.given_name, cases[i][1]);
        assert_string_equal(got.name, cases[i][0]);
    }
}

static void
a_name_that_could_do_harm_is_refused(void **state)
{
    static const char *const bad[] = {
        "Anna\r\nBcc: x@y.dk", "A\nB", "A\tB", "\xff", "a\x7f"};
    struct store *st = ((struct fixture *)*state)->st;
    struct subscriber s, got;
    size_t i;

    for (i = 0; i < sizeof bad / sizeof *bad; i++) {
        s = named("a@example.org", bad[i], "");
        WANT(RES_NEVER, subscriber_add(st, &s, &f));
        s = named("a@example.org", "Anna", bad[i]);
        WANT(RES_NEVER, subscriber_add(st, &s, &f));
    }
    WANT(RES_NONE, subscriber_find(st, &s.address, &got, &f));
    s = named("a@example.org", "{{x}} @@y@@ \"<'; DROP TABLE list; --", "");
    OK(subscriber_add(st, &s, &f));
    OK(subscriber_get(st, s.id, &got, &f));
    assert_string_equal(got.name, "{{x}} @@y@@ \"<'; DROP TABLE list; --");
    assert_string_equal(got.given_name, "{{x}}");
    /* An array without its end. */
    s = named("z@example.org", "", "");
    memset(s.name, 'n', sizeof s.name);
    WANT(RES_NEVER, subscriber_add(st, &s, &f));
}

static void
remembers_when_we_answered(void **state)
{
    struct store *st = ((struct fixture *)*state)->st;
    struct subscriber s = named("a@example.org", "", ""), got;

    OK(subscriber_add(st, &s, &f));
    OK(subscriber_answered(st, s.id, false, 1234, &f));
    OK(subscriber_get(st, s.id, &got, &f));
    assert_int_equal(got.answered_s, 1234);
    WANT(RES_NONE, subscriber_answered(st, 999, true, 1234, &f));
    WANT(RES_NONE, subscriber_get(st, 999, &got, &f));
}

static void
lists_are_found_by_key(void **state)
{
    static const char *const bad[] = {"", "Upper", "a b", "a_b", "\xc3\xb8",
        "12345678901234567890123456789012345678901"};
    struct fixture *x = *state;
    int64_t id = 0, again = 0;
    char key[41] = "";
    size_t i;

    OK(list_id(x->st, "abc-1", &id, &f));
    OK(list_id(x->st, "abc-1", &again, &f));
    assert_int_equal(id, again);
    assert_int_not_equal(id, x->list);
    OK(list_key(x->st, id, key, &f));
    assert_string_equal(key, "abc-1");
    WANT(RES_NONE, list_key(x->st, 999, key, &f));
    for (i = 0; i < sizeof bad / sizeof *bad; i++)
        WANT(RES_NEVER, list_id(x->st, bad[i], &id, &f));
    OK(list_id(x->st, "1234567890123456789012345678901234567890", &id, &f));
}

int
main(void)
{
#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, fixture_up, fixture_down)
    const struct CMUnitTest tests[] = {
        TEST(one_person_is_added_once),
        TEST(finds_the_given_name),
        TEST(a_name_that_could_do_harm_is_refused),
        TEST(remembers_when_we_answered),
        TEST(lists_are_found_by_key),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
