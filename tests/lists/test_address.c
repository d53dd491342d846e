/* SPDX-License-Identifier: ISC */
#include "tests/lists/fixture.h"

#include "lists/address.h"

struct good {
    const char *in, *text, *key;
    bool utf8;
};
static const struct good good[] = {
    {"a@b.dk", "a@b.dk", "a@b.dk", false},
    {" \tAnna.Berg@Example.ORG\r\n", "Anna.Berg@Example.ORG",
        "anna.berg@example.org", false},
    {"tg+unsub-abc@lo-aarhus.dk", "tg+unsub-abc@lo-aarhus.dk",
        "tg+unsub-abc@lo-aarhus.dk", false},
    {"o'hara&co=x{y}|z~#!$%*/?^_`@x.ie", "o'hara&co=x{y}|z~#!$%*/?^_`@x.ie",
        "o'hara&co=x{y}|z~#!$%*/?^_`@x.ie", false},
    {"anna@bl\xc3\xa5"
     "b\xc3\xa6r.dk",
        "anna@xn--blbr-roah.dk", "anna@xn--blbr-roah.dk", false},
    {"anna@stra\xc3\x9f"
     "e.de",
        "anna@xn--strae-oqa.de", "anna@xn--strae-oqa.de", false},
    {"anna@BL\xc3\x85"
     "B\xc3\xa6r.dk",
        "anna@xn--blbr-roah.dk", "anna@xn--blbr-roah.dk", false},
    {"S\xc3\xb8ren@x.dk", "S\xc3\xb8ren@x.dk", "s\xc3\xb8ren@x.dk", true},
    {"\xc3\x86ggert@x.dk", "\xc3\x86ggert@x.dk", "\xc3\xa6ggert@x.dk", true},
    {"\"a@b\"@x.dk", "\"a@b\"@x.dk", "\"a@b\"@x.dk", false},
    {"\"a\\\"b\"@x.dk", "\"a\\\"b\"@x.dk", "\"a\\\"b\"@x.dk", false},
    {"a@XN--BLBR-ROAH.dk", "a@XN--BLBR-ROAH.dk", "a@xn--blbr-roah.dk", false},
    {"a@1.2.3.dk", "a@1.2.3.dk", "a@1.2.3.dk", false},
};

static const char *const bad[] = {"", "   ", "anna", "@x.dk", "a@", "a@dk",
    "a b@x.dk", "a@x .dk", "a@@x.dk", "a@b@x.dk", ".a@x.dk", "a.@x.dk",
    "a..b@x.dk", "a@.dk", "a@x.dk.", "a@x..dk", "a@-x.dk", "a@x-.dk",
    "a@x_y.dk", "a@[127.0.0.1]", "a@127.0.0.1", "a@x.123", "<a@x.dk>",
    "Anna <a@x.dk>", "a,b@x.dk", "a@x.dk,b@x.dk", "a@x.dk b@x.dk",
    "a@x.dk\r\nRCPT TO:<b@x.dk>", "a\r\n@x.dk", "a\x01@x.dk", "a@x\x7f.dk",
    "a\xff@x.dk", "a\xc0\xaf@x.dk", "a\xed\xa0\x80@x.dk", "a@\xff.dk",
    "\"a b\"@x.dk", "\"a\"b\"@x.dk", "\"a@x.dk", "\"\"@x.dk", "\"a\\\"@x.dk",
    "\"a\\ b\"@x.dk", "\"a>b\"@x.dk", "\"a\\<b\"@x.dk", "a(c)@x.dk",
    "a@x.dk(c)", "a:b@x.dk", "a;b@x.dk", "a\\b@x.dk", "a\"b@x.dk", "a[b@x.dk",
    "a>b@x.dk", "a@x>y.dk", "a@\xe2\x80\x8b.dk",
    /* full-width b, soft hyphen, ideographic dot, Kelvin sign, and among
     * letters that are no stand-ins */
    "a@\xef\xbd\x82.dk", "a@x\xc2\xady.dk", "a@x\xe3\x80\x82no",
    "a@x.d\xe2\x84\xaa", "a@\xef\xbd\x82l\xc3\xa5.dk"};

static void
accepts_addresses(void **state)
{
    struct address a;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof good / sizeof *good; i++) {
        OK(address_parse(good[i].in, &a, &f));
        assert_string_equal(a.text, good[i].text);
        assert_string_equal(a.key, good[i].key);
        assert_int_equal(address_needs_utf8(&a), good[i].utf8);
    }
}

static void
refuses_with_words_and_leaves_the_output(void **state)
{
    struct address a = {.text = "untouched", .key = "untouched"};
    size_t i;

    (void)state;
    for (i = 0; i < sizeof bad / sizeof *bad; i++) {
        f.text[0] = '\0';
        if (address_parse(bad[i], &a, &f) != RES_NEVER)
            fail_msg("accepted \"%s\"", bad[i]);
        assert_true(strlen(f.text) > 10);
        assert_string_equal(a.text, "untouched");
        assert_string_equal(a.key, "untouched");
    }
    WANT(RES_NEVER, address_parse("Anna <a@x.dk>", &a, &f));
    assert_non_null(strstr(f.text, "only the address"));
}

/* "a@", n times that part, and the end. */
static const char *
repeat(char text[400], const char *part, int n, const char *end)
{
    size_t at = 2;

    (void)snprintf(text, 3, "a@");
    while (n-- > 0)
        at += (size_t)snprintf(text + at, 400 - at, "%s", part);
    (void)snprintf(text + at, 400 - at, "%s", end);
    return text;
}

static void
keeps_to_the_lengths(void **state)
{
    char text[400];
    struct address a;

    (void)state;
    memset(text, 'a', sizeof text);
    (void)snprintf(text + 64, sizeof text - 64, "@x.dk");
    OK(address_parse(text, &a, &f));
    text[64] = 'a';
    (void)snprintf(text + 65, sizeof text - 65, "@x.dk");
    WANT(RES_NEVER, address_parse(text, &a, &f));
    (void)snprintf(text, sizeof text, "a@%063d.dk", 0);
    OK(address_parse(text, &a, &f));
    (void)snprintf(text, sizeof text, "a@%064d.dk", 0);
    WANT(RES_NEVER, address_parse(text, &a, &f));
    OK(address_parse(repeat(text, "abc.", 62, "dkdk"), &a, &f));
    assert_int_equal(strlen(text), ADDRESS_MAX);
    WANT(RES_NEVER, address_parse(repeat(text, "abc.", 62, "dkdkk"), &a, &f));
    /* It grows in becoming A-labels. */
    WANT(
        RES_NEVER, address_parse(repeat(text, "\xc3\xa6q.", 60, "dk"), &a, &f));
}

static void
knows_what_is_unclean(void **state)
{
    (void)state;
    assert_false(text_unclean("", 0));
    assert_false(
        text_unclean("S\xc3\xb8ren \xe2\x82\xac \xf0\x9f\x98\x80", 15));
    assert_true(text_unclean("a\nb", 3));
    assert_true(text_unclean("a\0b", 3));
    assert_true(text_unclean("\x7f", 1));
    assert_true(text_unclean("\xc3", 1));
    assert_true(text_unclean("\xe0\x80\x80", 3));
    assert_true(text_unclean("\xf4\x90\x80\x80", 4));
    assert_true(text_unclean("\xf0\x82\x82\xac", 4));
}

static void
scrubs_what_comes_from_outside(void **state)
{
    char out[8];

    (void)state;
    text_scrub(out, sizeof out,
        "a\r\nb\xff"
        "c",
        6);
    assert_string_equal(out, "a  b?c");
    text_scrub(out, sizeof out, "123456\xc3\xb8", 8);
    assert_string_equal(out, "123456");
    text_scrub(out, sizeof out, "12345\xc3\xb8", 7);
    assert_string_equal(out, "12345\xc3\xb8");
    text_scrub(out, sizeof out,
        "1\0"
        "3",
        3);
    assert_string_equal(out, "1 3");
    text_scrub(out, sizeof out, "\xc3", 1);
    assert_string_equal(out, "?");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepts_addresses),
        cmocka_unit_test(refuses_with_words_and_leaves_the_output),
        cmocka_unit_test(keeps_to_the_lengths),
        cmocka_unit_test(knows_what_is_unclean),
        cmocka_unit_test(scrubs_what_comes_from_outside),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
