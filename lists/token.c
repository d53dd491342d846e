/* SPDX-License-Identifier: ISC */
/* Tokens by one AES block: libcrypto ciphers, this file does base32 and the
 * key file.  The cipher's key is derived from the file's (HMAC-SHA256 with a
 * label), so that the same file can serve another purpose one day without
 * the two knowing each other.  The key never leaves this file. */
#include "lists/token.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lists/folder.h"

enum {
    BLOCK = 16,
    KEY_BYTES = 32,
    KEY_TEXT = 2 * KEY_BYTES + 1 /* hex digits and a newline */
};

struct token_key {
    EVP_CIPHER_CTX *seal, *open;
};

static enum result
key_read(const char *path, unsigned char key[KEY_BYTES], struct fault *f);
static enum result key_make(const char *path, struct fault *f);
static bool key_write(int fd, const char *text);
static struct token_key *key_ready(const unsigned char key[KEY_BYTES]);
static int hex_value(char c);
static int base32_value(char c);

enum result
token_key_open(const char *path, struct token_key **out, struct fault *f)
{
    unsigned char key[KEY_BYTES];
    enum result r;

    r = key_read(path, key, f);
    if (r == RES_NONE) {
        r = key_make(path, f);
        if (r == RES_OK)
            r = key_read(path, key, f);
        if (r == RES_NONE)
            r = fault_set(f, RES_STOP, "%.160s: vanished", path);
    }
    if (r == RES_OK)
        *out = key_ready(key);
    OPENSSL_cleanse(key, sizeof key);
    return r;
}

void
token_key_free(struct token_key *k)
{
    if (k == NULL)
        return;
    EVP_CIPHER_CTX_free(k->seal);
    EVP_CIPHER_CTX_free(k->open);
    free(k);
}

void
token_make(
    const struct token_key *k, int64_t delivery_id, char out[TOKEN_LENGTH + 1])
{
    static const char letter[] = "abcdefghijklmnopqrstuvwxyz234567";
    unsigned char block[BLOCK] = {0};
    unsigned int bits = 0, have = 0;
    int i, n = 0, at = 0;

    for (i = 0; i < 8; i++)
        block[i] = (unsigned char)((uint64_t)delivery_id >> (56 - 8 * i));
    if (EVP_EncryptUpdate(k->seal, block, &n, block, BLOCK) != 1)
        fault_no_memory();
    for (i = 0; i < BLOCK; i++) {
        bits = (bits << 8 | block[i]) & 0xfffU;
        have += 8;
        while (have >= 5) {
            have -= 5;
            out[at++] = letter[bits >> have & 31U];
        }
    }
    out[at++] = letter[bits << (5 - have) & 31U];
    out[at] = '\0';
}

enum result
token_read(const struct token_key *k, const char *token, int64_t *delivery_id)
{
    static const unsigned char zero[BLOCK - 8];
    unsigned char block[BLOCK];
    unsigned int bits = 0, have = 0;
    uint64_t id = 0;
    int i, v, n = 0;

    if (strnlen(token, TOKEN_LENGTH + 1) != TOKEN_LENGTH)
        return RES_NONE;
    for (i = 0; i < TOKEN_LENGTH; i++) {
        v = base32_value(token[i]);
        if (v < 0)
            return RES_NONE;
        bits = (bits << 5 | (unsigned int)v) & 0xfffU;
        have += 5;
        if (have >= 8) {
            have -= 8;
            block[n++] = (unsigned char)(bits >> have & 0xffU);
        }
    }
    /* The two bits left over are zero in every token of ours. */
    if ((bits & 3U) != 0)
        return RES_NONE;
    if (EVP_DecryptUpdate(k->open, block, &n, block, BLOCK) != 1)
        fault_no_memory();
    if (CRYPTO_memcmp(block + 8, zero, sizeof zero) != 0)
        return RES_NONE;
    for (i = 0; i < 8; i++)
        id = id << 8 | block[i];
    if (id == 0 || id > INT64_MAX)
        return RES_NONE;
    *delivery_id = (int64_t)id;
    return RES_OK;
}

/* NONE: there is no such file. */
static enum result
key_read(const char *path, unsigned char key[KEY_BYTES], struct fault *f)
{
    char text[KEY_TEXT + 1];
    enum result r = RES_OK;
    struct stat st;
    ssize_t n;
    size_t i;
    int fd, high, low;

    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT)
        return RES_NONE;
    if (fd < 0)
        return fault_set(f, RES_STOP, "%.160s: cannot read the key: %s", path,
            strerror(errno));
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) ||
        (st.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        (void)close(fd);
        return fault_set(
            f, RES_STOP, "%.160s: others may read the key: chmod 600 it", path);
    }
    n = read(fd, text, sizeof text);
    (void)close(fd);
    if (n != KEY_TEXT || text[KEY_TEXT - 1] != '\n')
        r = RES_STOP;
    for (i = 0; r == RES_OK && i < KEY_BYTES; i++) {
        high = hex_value(text[2 * i]);
        low = hex_value(text[2 * i + 1]);
        if (high < 0 || low < 0)
            r = RES_STOP;
        else
            key[i] = (unsigned char)(high << 4 | low);
    }
    OPENSSL_cleanse(text, sizeof text);
    if (r != RES_OK)
        (void)fault_set(f, r,
            "%.160s: not a key (64 hex digits and a newline): bring it "
            "back from a backup; without it no old token is known",
            path);
    return r;
}

/* Makes the file under a name of its own and links it into place: whoever of
 * two processes comes second finds the first one's key. */
static enum result
key_make(const char *path, struct fault *f)
{
    unsigned char key[KEY_BYTES];
    char text[KEY_TEXT + 1], *fresh = NULL;
    enum result r = RES_STOP;
    size_t i;
    int fd = -1;

    if (asprintf(&fresh, "%s.new-%ld", path, (long)getpid()) < 0)
        fault_no_memory();
    if (RAND_bytes(key, sizeof key) != 1) {
        (void)fault_set(f, r, "no random bytes to be had for a key");
        goto out;
    }
    for (i = 0; i < KEY_BYTES; i++)
        (void)snprintf(text + 2 * i, 3, "%02x", key[i]);
    text[KEY_TEXT - 1] = '\n';
    text[KEY_TEXT] = '\0';
    (void)unlink(fresh);
    fd = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0 || !key_write(fd, text) ||
        (link(fresh, path) != 0 && errno != EEXIST)) {
        (void)fault_set(
            f, r, "%.160s: cannot make the key: %s", path, strerror(errno));
        goto out;
    }
    r = RES_OK;
out:
    if (fd >= 0) {
        (void)close(fd);
        (void)unlink(fresh);
    }
    if (r == RES_OK)
        r = folder_sync(path, f);
    OPENSSL_cleanse(key, sizeof key);
    OPENSSL_cleanse(text, sizeof text);
    free(fresh);
    return r;
}

static bool
key_write(int fd, const char *text)
{
    return write(fd, text, KEY_TEXT) == KEY_TEXT && fsync(fd) == 0;
}

static struct token_key *
key_ready(const unsigned char key[KEY_BYTES])
{
    static const char label[] = "rummelig-mail: tokens of deliveries";
    unsigned char derived[EVP_MAX_MD_SIZE];
    struct token_key *k = fault_calloc(1, sizeof *k);
    unsigned int n = 0;

    k->seal = EVP_CIPHER_CTX_new();
    k->open = EVP_CIPHER_CTX_new();
    if (k->seal == NULL || k->open == NULL ||
        HMAC(EVP_sha256(), key, KEY_BYTES, (const unsigned char *)label,
            sizeof label - 1, derived, &n) == NULL ||
        EVP_EncryptInit_ex(k->seal, EVP_aes_128_ecb(), NULL, derived, NULL) !=
            1 ||
        EVP_DecryptInit_ex(k->open, EVP_aes_128_ecb(), NULL, derived, NULL) !=
            1)
        fault_no_memory();
    (void)EVP_CIPHER_CTX_set_padding(k->seal, 0);
    (void)EVP_CIPHER_CTX_set_padding(k->open, 0);
    OPENSSL_cleanse(derived, sizeof derived);
    return k;
}

static int
hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

static int
base32_value(char c)
{
    if (c >= 'a' && c <= 'z')
        return c - 'a';
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= '2' && c <= '7')
        return c - '2' + 26;
    return -1;
}
