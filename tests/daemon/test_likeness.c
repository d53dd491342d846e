/* SPDX-License-Identifier: ISC */
/* What of a text is compared: what makes two texts alike, and that no text, of
 * whatever bytes, has more than there is room for.  The texts that fill it lie
 * in memory of their own size: the sanitizer sees a byte too far. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "daemon/likeness.h"
#include "daemon/likeness_features.h"

enum {
    LONG_BYTES = 3 * LIKENESS_BYTES
};

static const struct likeness_features *take(const char *text, size_t n);
static void keep(struct likeness_features *to, const char *text);
static bool same_block(const struct likeness_features *a,
    const struct likeness_features *b, enum likeness_block_kind which);
static bool
same(const struct likeness_features *a, const struct likeness_features *b);
static void check_long(char *text, size_t n);
static void
once(uint8_t times[LIKENESS_WEIGHTS], const struct likeness_block *b);

static void
alike(void **state)
{
    static const char *const pairs[][2] = {
        {"Please stop it", "please STOP it"},
        {"please stop it", "  please \tstop - it\r\n"},
        {"please stop it", "please \"stop\" it;"},
        {"\xC3\x98nsker at m\xC3\xA6lde mig af", "oensker at maelde mig af"},
        {"f\xC3\xA5r", "fa\xCC\x8Ar"},
        {"p\xC3\xA5", "p\xC3\x85"},
        {"stop\xC2\xA0it", "stop it"},
        {"stop\xE2\x80\x8B it", "stop it"},
        {"\xC2\xBBStop\xC2\xAB it \xE2\x80\x93 please", "stop it please"},
        {"stop it\xF0\x9F\x99\x8F", "stop it"},
    };
    static struct likeness_features a, b;

    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        keep(&a, pairs[i][0]);
        keep(&b, pairs[i][1]);
        if (a.block[LIKENESS_WORDS].n == 0 || !same(&a, &b))
            fail_msg("\"%s\" differs from \"%s\"", pairs[i][0], pairs[i][1]);
        assert_int_equal(likeness_find(pairs[i][0], strlen(pairs[i][0])),
            likeness_find(pairs[i][1], strlen(pairs[i][1])));
    }
}

static void
unlike(void **state)
{
    static const char *const pairs[][2] = {
        {"stop it", "it stop"},
        {"stop it", "stopit"},
        {"stop it", "stop, it"},
        {"stop it?", "stop it!"},
        {"stop it", "stop it."},
        {"number 1", "number 2"},
        {"letters", "letter"},
    };
    static struct likeness_features a, b;

    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        keep(&a, pairs[i][0]);
        keep(&b, pairs[i][1]);
        if (same(&a, &b))
            fail_msg("\"%s\" is like \"%s\"", pairs[i][0], pairs[i][1]);
    }
}

static void
counted(void **state)
{
    static const struct {
        const char *text;
        int want[LIKENESS_BLOCKS]; /* words, kinds, known, pieces */
    } cases[] = {
        {"", {0, 0, 0, 0}},
        {" \r\n\t", {0, 0, 0, 0}},
        {"*** - (/) ***", {0, 0, 0, 0}},
        {"q", {1, 0, 0, 1}},       /* " q " */
        {"qx", {1, 0, 0, 3}},      /* " qx", " qx ", "qx " */
        {"stop", {1, 0, 0, 10}},   /* of six bytes */
        {"q q q", {3, 3, 0, 1}},   /* each once; two, three, two around one */
        {"q x z k", {9, 9, 0, 4}}, /* rows of up to three words, four kinds */
        {"stop not", {3, 1, 1, 16}},
        {"stop q not", {6, 4, 1, 17}},
        {"?!", {3, 1, 0, 0}},
        {"q.", {3, 1, 0, 1}},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct likeness_features *f =
            take(cases[i].text, strlen(cases[i].text));

        for (int b = 0; b < LIKENESS_BLOCKS; b++)
            if (f->block[b].n != cases[i].want[b])
                fail_msg("\"%s\": got %d in block %d, want %d", cases[i].text,
                    f->block[b].n, b, cases[i].want[b]);
    }
}

/* Of words of no kind the endings do not count. */
static void
rows_of_kinds(void **state)
{
    static const char *const alike[][2] = {
        {"qwertied zxcvbing poiuys", "qwerties zxcvbs poiuyt"},
        {"remove me from list", "slet mig fra listen"},
        {"nyhedsbrevet igen", "newsletters again"},
    };
    static struct likeness_features a, b;

    (void)state;
    for (size_t i = 0; i < sizeof alike / sizeof *alike; i++) {
        keep(&a, alike[i][0]);
        keep(&b, alike[i][1]);
        assert_true(a.block[LIKENESS_KINDS].n > 0);
        if (!same_block(&a, &b, LIKENESS_KINDS) ||
            !same_block(&a, &b, LIKENESS_KNOWN))
            fail_msg("\"%s\" differs from \"%s\"", alike[i][0], alike[i][1]);
        assert_false(same_block(&a, &b, LIKENESS_WORDS));
    }
    keep(&a, "stop the newsletter");
    keep(&b, "newsletter stop the");
    assert_false(same_block(&a, &b, LIKENESS_KINDS));
    assert_false(same_block(&a, &b, LIKENESS_KNOWN));
}

static void
kinds(void **state)
{
    static struct likeness_kinds k;
    char word[8];
    int n = 0;

    (void)state;
    assert_int_equal(likeness_kind(&k, "stop", 4), 0);
    assert_true(likeness_kind_add(&k, "stop", 4, false, 1));
    assert_true(likeness_kind_add(&k, "stop", 4, false, 1));
    assert_false(likeness_kind_add(&k, "stop", 4, false, 2));
    assert_true(likeness_kind_add(&k, "news", 4, true, 2));
    assert_true(likeness_kind_add(&k, "newsreader", 10, true, 3));
    assert_true(likeness_kind_add(&k, "newspaper", 9, false, 4));
    assert_int_equal(likeness_kind(&k, "stop", 4), 1);
    assert_int_equal(likeness_kind(&k, "stops", 5), 0);
    assert_int_equal(likeness_kind(&k, "sto", 3), 0);
    assert_int_equal(likeness_kind(&k, "news", 4), 2);
    assert_int_equal(likeness_kind(&k, "newsletter", 10), 2);
    assert_int_equal(likeness_kind(&k, "newsreaders", 11), 3);
    assert_int_equal(likeness_kind(&k, "newspaper", 9), 4);
    assert_int_equal(likeness_kind(&k, "newspapers", 10), 2);
    while (likeness_kind_add(
        &k, word, (size_t)snprintf(word, sizeof word, "w%d", n), false, 5))
        n++;
    assert_in_range(n, LIKENESS_KIND_ROOM / 4, LIKENESS_KIND_ROOM - 1);
    assert_int_equal(likeness_kind(&k, "w0", 2), 5);
    assert_int_equal(likeness_kind(&k, "stop", 4), 1);
}

static void
nothing_for_no_words(void **state)
{
    (void)state;
    assert_int_equal(likeness_find("", 0), 0);
    assert_int_equal(likeness_find(" \r\n", 3), 0);
    assert_int_equal(likeness_find("?!...", 5), 0);
}

static void
asked_or_not(void **state)
{
    static const char asks[] = "Please remove me from your newsletter.";
    static const char other[] =
        "Thank you, see you at the meeting on Thursday.";

    (void)state;
    assert_true(likeness_find(asks, strlen(asks)) > 0);
    assert_true(likeness_find(other, strlen(other)) < 0);
}

/* A bar where a sentence ends. */
static void
sentences(void **state)
{
    static const char *const cases[] = {
        "",
        "One",
        "One.",
        "One. |Two",
        "One?  |Two! |Three",
        "One.\n\n|Two\n|Three\n",
        "At 10.30 in www.example.org",
        "\n|One, two\n|Three",
        ("A line that goes on and on, so that it had to be wrapped at\nits "
         "end. |And another one"),
        "A line that goes on and on, so that it had to be wrapped at\n\n|Two",
        "?! |...",
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[200];
        const char *rest = cases[i], *at = text;
        size_t n = 0;

        for (const char *p = cases[i]; *p != '\0'; p++)
            if (*p != '|')
                text[n++] = *p;
        while (n > 0) {
            size_t k = likeness_sentence(at, n), want = strcspn(rest, "|");

            if (k != want)
                fail_msg("\"%s\": %zu bytes, want %zu", rest, k, want);
            rest += want + (rest[want] == '|');
            at += k;
            n -= k;
        }
    }
}

/* As a whole the text is like none. */
static void
one_sentence_among_others(void **state)
{
    static const char text[] =
        "Thank you, see you at the meeting on Thursday. The invoice is on its "
        "way, and Karen brings the cake. Have you booked the room? Whether we "
        "keep the old one we can talk about then, and about the tables, the "
        "lamps and who pays for the coffee. Please remove me from your "
        "newsletter.";

    (void)state;
    assert_true(likeness_find(text, strlen(text)) > 0);
}

static void
no_more_than_there_is_room_for(void **state)
{
    static const char *const units[] = {"a", "a ", "?", "a?", "stop it ",
        "\xC3\xA5", "\xC3\xA5 ", "a\xCC\x8A", "\xC2\xA0", "\xD0\x96",
        "\xE2\x82\xAC", "x\xF0\x9F\x98\x80", "\xF4\x8F\xBF\xBF "};
    char *text = malloc(LONG_BYTES);
    uint32_t seed = 1;

    (void)state;
    assert_non_null(text);
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        size_t k = strlen(units[i]);

        for (size_t w = 0; w < LONG_BYTES; w++)
            text[w] = units[i][w % k];
        check_long(text, LONG_BYTES - LONG_BYTES % k);
    }
    /* Words of letters: many pieces.  Of any bytes, NUL and no UTF-8 too:
     * nobody shall give us that, and it must do no harm. */
    for (unsigned kinds = 2; kinds <= 256; kinds *= 2) {
        for (size_t w = 0; w < LONG_BYTES; w++) {
            seed = seed * 1664525U + 1013904223U;
            text[w] = (char)((kinds < 256 ? 'a' : 0) + (seed >> 24) % kinds);
        }
        check_long(text, LONG_BYTES);
    }
    memset(text, 0xFF, LONG_BYTES);
    check_long(text, LONG_BYTES);
    memset(text, 0, LONG_BYTES);
    check_long(text, LONG_BYTES);
    free(text);
}

static void
rest_of_a_long_text(void **state)
{
    static struct likeness_features a;
    char *text = malloc(LONG_BYTES);
    size_t w = 0;

    (void)state;
    assert_non_null(text);
    for (int i = 0; w + 8 <= LIKENESS_BYTES; i++)
        w += (size_t)snprintf(text + w, 8 + 1, "word%03d ", i);
    text[w] = '\0';
    assert_int_equal(w, LIKENESS_BYTES);
    keep(&a, text);
    memset(text + w, 'z', LONG_BYTES - w);
    assert_true(same(&a, take(text, LONG_BYTES)));
    /* A character across the end is no part of it. */
    memcpy(text + w - 1, "\xE2\x82\xAC", 3);
    assert_true(same(&a, take(text, LONG_BYTES)));
    free(text);
}

/* Borrowed until the next call. */
static const struct likeness_features *
take(const char *text, size_t n)
{
    static struct likeness_features f;

    likeness_take(&likeness_kinds, text, n, &f);
    return &f;
}

static void
keep(struct likeness_features *to, const char *text)
{
    memcpy(to, take(text, strlen(text)), sizeof *to);
}

static bool
same_block(const struct likeness_features *a, const struct likeness_features *b,
    enum likeness_block_kind which)
{
    const struct likeness_block *one = &a->block[which];

    return one->n == b->block[which].n &&
           memcmp(one->place, b->block[which].place,
               (size_t)one->n * sizeof *one->place) == 0;
}

static bool
same(const struct likeness_features *a, const struct likeness_features *b)
{
    return same_block(a, b, LIKENESS_WORDS) &&
           same_block(a, b, LIKENESS_KINDS) &&
           same_block(a, b, LIKENESS_KNOWN) &&
           same_block(a, b, LIKENESS_PIECES);
}

/* Around the limit, and whole: the places are those of weights, each is there
 * once, and nothing of the text stays behind. */
static void
check_long(char *text, size_t n)
{
    static const size_t cuts[] = {
        1, LIKENESS_BYTES - 1, LIKENESS_BYTES, LIKENESS_BYTES + 1, LONG_BYTES};
    static uint8_t times[LIKENESS_WEIGHTS];

    for (size_t c = 0; c < sizeof cuts / sizeof *cuts; c++) {
        size_t k = cuts[c] < n ? cuts[c] : n;
        char *own = malloc(k);
        const struct likeness_features *f;

        assert_non_null(own);
        memcpy(own, text, k);
        f = take(own, k);
        memset(times, 0, sizeof times);
        for (int b = 0; b < LIKENESS_BLOCKS; b++)
            once(times, &f->block[b]);
        for (size_t i = 0; i < sizeof f->seen / sizeof *f->seen; i++)
            assert_true(f->seen[i] == 0);
        (void)likeness_find(own, k);
        free(own);
    }
}

static void
once(uint8_t times[LIKENESS_WEIGHTS], const struct likeness_block *b)
{
    assert_in_range(b->n, 0, LIKENESS_PLACES_MAX);
    for (int i = 0; i < b->n; i++) {
        assert_true(b->place[i] < LIKENESS_WEIGHTS);
        assert_int_equal(times[b->place[i]]++, 0);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(alike),
        cmocka_unit_test(unlike),
        cmocka_unit_test(counted),
        cmocka_unit_test(rows_of_kinds),
        cmocka_unit_test(kinds),
        cmocka_unit_test(nothing_for_no_words),
        cmocka_unit_test(asked_or_not),
        cmocka_unit_test(sentences),
        cmocka_unit_test(one_sentence_among_others),
        cmocka_unit_test(no_more_than_there_is_room_for),
        cmocka_unit_test(rest_of_a_long_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
