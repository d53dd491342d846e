/* SPDX-License-Identifier: ISC */
/* Answers of token servers, good, bad and strange. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "daemon/oauth_answer.h"

#define TOKEN "{\"access_token\":\"abc\""
static const struct {
    long status;
    const char *text;
    enum result want;
    int life_s;
    const char *refresh, *words;
} rows[] = {
    {200, TOKEN ",\"expires_in\":3599}", RES_OK, 3599, "", NULL},
    {200, TOKEN ",\"expires_in\":\"3599\"}", RES_OK, 3599, "", NULL},
    {200, TOKEN "}", RES_OK, OAUTH_UNKNOWN_S, "", NULL},
    {200, TOKEN ",\"expires_in\":-5}", RES_OK, OAUTH_UNKNOWN_S, "", NULL},
    {200, TOKEN ",\"expires_in\":99999999999}", RES_OK, 30 * 24 * 3600, "",
        NULL},
    {200, TOKEN ",\"refresh_token\":\"next\"}", RES_OK, OAUTH_UNKNOWN_S, "next",
        NULL},
    {200, TOKEN ",\"refresh_token\":7}", RES_OK, OAUTH_UNKNOWN_S, "", NULL},
    {200, TOKEN ",\"refresh_token\":\"a\\nb\"}", RES_OK, OAUTH_UNKNOWN_S, "",
        NULL},
    {200, "{\"access_token\":\"a\\r\\nRCPT\"}", RES_NEVER, 0, "",
        "no access_token"},
    {200, "{\"access_token\":\"\"}", RES_NEVER, 0, "", "no access_token"},
    {200, "{\"access_token\":[1]}", RES_NEVER, 0, "", "no access_token"},
    {200, "{}", RES_NEVER, 0, "", "no access_token"},
    {200, "<html>", RES_NEVER, 0, "", "no access_token"},
    {200, "", RES_NEVER, 0, "", "no access_token"},
    {400, "{\"error\":\"invalid_grant\",\"error_description\":\"old\"}",
        RES_NEVER, 0, "", "answers 400 invalid_grant: old"},
    {401, "{\"error\":\"invalid_client\"}", RES_NEVER, 0, "",
        "answers 401 invalid_client"},
    {400, "{\"error\":\"x\",\"error_description\":\"not my-secret\"}",
        RES_NEVER, 0, "", "answers 400 x"},
    {400, "{\"error\":\"x\",\"error_description\":\"one\\r\\ntwo\"}", RES_NEVER,
        0, "", "answers 400 x: one"},
    {403, "no", RES_NEVER, 0, "", "answers 403"},
    {429, "{\"error\":\"slow\"}", RES_LATER, 0, "", "answers 429 slow"},
    {503, "", RES_LATER, 0, "", "answers 503"},
    {302, "", RES_LATER, 0, "", "answers 302"},
};

static void
test_answers(void **state)
{
    static const char *const secrets[] = {"", "my-secret"};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct oauth_answer a = {.life_s = 0};
        struct fault f = {""};
        enum result r = oauth_answer_read(rows[i].status, rows[i].text,
            strlen(rows[i].text), secrets, 2, &a, &f);

        print_message("row %zu: %s\n", i, f.text);
        assert_int_equal(r, rows[i].want);
        assert_int_equal(a.life_s, rows[i].life_s);
        assert_string_equal(a.refresh_token, rows[i].refresh);
        assert_string_equal(a.token, r == RES_OK ? "abc" : "");
        if (rows[i].words == NULL)
            continue;
        assert_non_null(strstr(f.text, rows[i].words));
        if (r != RES_OK && rows[i].status != 200)
            assert_string_equal(strstr(f.text, rows[i].words), rows[i].words);
    }
}

static void
test_long_token(void **state)
{
    static char text[OAUTH_TOKEN_MAX + 100];
    static struct oauth_answer a;
    struct fault f;

    (void)state;
    for (int more = 0; more < 2; more++) {
        int n = snprintf(text, sizeof text, "{\"access_token\":\"%0*d\"}",
            OAUTH_TOKEN_MAX + more, 0);

        assert_int_equal(
            oauth_answer_read(200, text, (size_t)n, NULL, 0, &a, &f),
            more ? RES_NEVER : RES_OK);
    }
    assert_int_equal(strlen(a.token), OAUTH_TOKEN_MAX);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answers),
        cmocka_unit_test(test_long_token),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
