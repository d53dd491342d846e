/* SPDX-License-Identifier: ISC */
#include "tests/lists/fixture.h"

#include <ctype.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "lists/token.h"

static const char letters[] = "abcdefghijklmnopqrstuvwxyz234567";
static char dir[32];
static char path[64];

static void
write_file(const char *text, mode_t mode)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    assert_int_equal(fchmod(fd, mode), 0);
    assert_int_equal(close(fd), 0);
}

static int
up(void **state)
{
    (void)state;
    (void)snprintf(dir, sizeof dir, "/tmp/rummelig-test-XXXXXX");
    assert_non_null(mkdtemp(dir));
    (void)snprintf(path, sizeof path, "%s/key", dir);
    return 0;
}

static int
down(void **state)
{
    (void)state;
    (void)unlink(path);
    return rmdir(dir);
}

static void
comes_back_the_same(void **state)
{
    static const int64_t ids[] = {1, 2, 255, 256, 123456789, INT64_MAX};
    char token[TOKEN_LENGTH + 1], other[TOKEN_LENGTH + 1];
    struct token_key *k = NULL, *again = NULL;
    int64_t id = 0;
    size_t i, n;

    (void)state;
    OK(token_key_open(path, &k, &f));
    OK(token_key_open(path, &again, &f));
    for (i = 0; i < sizeof ids / sizeof *ids; i++) {
        token_make(k, ids[i], token);
        assert_int_equal(strlen(token), TOKEN_LENGTH);
        assert_int_equal(strspn(token, letters), TOKEN_LENGTH);
        assert_int_equal(token_read(again, token, &id), RES_OK);
        assert_int_equal(id, ids[i]);
        for (n = 0; n <= TOKEN_LENGTH; n++)
            other[n] = (char)toupper(token[n]);
        id = 0;
        assert_int_equal(token_read(k, other, &id), RES_OK);
        assert_int_equal(id, ids[i]);
    }
    token_key_free(k);
    token_key_free(again);
    token_key_free(NULL);
}

static void
refuses_what_is_not_ours(void **state)
{
    static const char *const bad[] = {"", "a", "aaaaaaaaaaaaaaaaaaaaaaaaaa",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaaaaaaaaaaa1",
        "aaaaaaaaaaaaaaaaaaaaaaaaa ", "\xff\xff"};
    char token[TOKEN_LENGTH + 1], forged[TOKEN_LENGTH + 1];
    struct token_key *k = NULL;
    int64_t id = 77;
    size_t i;

    (void)state;
    OK(token_key_open(path, &k, &f));
    for (i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(token_read(k, bad[i], &id), RES_NONE);
    token_make(k, 12345, token);
    for (i = 0; i < TOKEN_LENGTH; i++) {
        memcpy(forged, token, sizeof forged);
        forged[i] = forged[i] == 'a' ? 'b' : 'a';
        assert_int_equal(token_read(k, forged, &id), RES_NONE);
    }
    /* The last letter has two bits that say nothing: they must be 0. */
    memcpy(forged, token, sizeof forged);
    forged[TOKEN_LENGTH - 1] = strchr(letters, token[TOKEN_LENGTH - 1])[1];
    assert_int_equal(token_read(k, forged, &id), RES_NONE);
    assert_int_equal(id, 77);
    token_key_free(k);
}

static void
another_key_reads_nothing(void **state)
{
    char token[TOKEN_LENGTH + 1];
    struct token_key *k = NULL;
    int64_t id = 0;

    (void)state;
    OK(token_key_open(path, &k, &f));
    token_make(k, 5, token);
    token_key_free(k);
    assert_int_equal(unlink(path), 0);
    OK(token_key_open(path, &k, &f));
    assert_int_equal(token_read(k, token, &id), RES_NONE);
    token_key_free(k);
}

static void
the_key_file_is_ours_alone(void **state)
{
    static const char hex[] =
        "000102030405060708090a0b0c0d0e0f101112131415161718191A1B1C1D1E1F\n";
    char token[TOKEN_LENGTH + 1], cut[80];
    struct token_key *k = NULL;
    struct stat st;

    (void)state;
    OK(token_key_open(path, &k, &f));
    token_key_free(k);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    assert_int_equal(st.st_size, 65);

    write_file(hex, 0640);
    WANT(RES_STOP, token_key_open(path, &k, &f));
    assert_non_null(strstr(f.text, "chmod 600"));
    write_file(hex, 0600);
    OK(token_key_open(path, &k, &f));
    /* As computed once with the openssl command: the format must not change,
     * or links in sent mail die. */
    token_make(k, 1, token);
    assert_string_equal(token, "53ac3wvszr5r6vcsoyew7msk7i");
    token_key_free(k);

    write_file("", 0600);
    WANT(RES_STOP, token_key_open(path, &k, &f));
    (void)snprintf(cut, sizeof cut, "%.64s", hex);
    write_file(cut, 0600);
    WANT(RES_STOP, token_key_open(path, &k, &f));
    cut[10] = 'x';
    cut[64] = '\n';
    cut[65] = '\0';
    write_file(cut, 0600);
    WANT(RES_STOP, token_key_open(path, &k, &f));
    assert_null(strstr(f.text, "000102"));
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkdir(path, 0700), 0);
    WANT(RES_STOP, token_key_open(path, &k, &f));
    assert_int_equal(rmdir(path), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(comes_back_the_same, up, down),
        cmocka_unit_test_setup_teardown(refuses_what_is_not_ours, up, down),
        cmocka_unit_test_setup_teardown(another_key_reads_nothing, up, down),
        cmocka_unit_test_setup_teardown(the_key_file_is_ours_alone, up, down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
