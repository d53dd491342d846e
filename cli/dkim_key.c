/* SPDX-License-Identifier: ISC */
/* cli/dkim_key.c - makes keys to sign letters with, and says what belongs into
 * DNS and into the configuration.
 *
 * It asks no daemon: keys are made before there is one, or on another machine.
 * A file is never overwritten: whoever loses a key that DNS knows has letters
 * that nobody believes. RSA is the default, because every receiver knows it;
 * Ed25519 is smaller and faster, and only good beside it. */
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>
#include "cli/client.h"
#include "cli/command.h"
#include "cli/field.h"
#include "cli/term.h"
#include "cli/text.h"

enum {
    RSA_BITS = 2048, /* more does not fit into one DNS answer everywhere */
    ED25519_BYTES = 32,
    STRING_MAX = 255, /* RFC 1035: of one string in a TXT record */
    DOMAIN_MAX = 200,
    SELECTOR_MAX = 50
};

struct key {
    const char *domain, *type; /* "rsa" or "ed25519" */
    char *selector, *file;
    char *record; /* v=DKIM1; ... */
};

static bool is_name(const char *text, size_t most);
static int make(struct key *k);
static char *record_of(EVP_PKEY *pkey, const char *type);
static int write_key(EVP_PKEY *pkey, const char *file);
static void print_key(const struct key *k);
static void print_zone(const struct key *k);
static void print_next(const struct key *keys, int n);

int
dkim_key_run(struct cli *c)
{
    const char *domain = c->args->words[0];
    const char *type = c->args->value[OPT_TYPE];
    const char *selector = c->args->value[OPT_SELECTOR];
    const char *folder = c->args->value[OPT_OUT];
    time_t now = time(NULL);
    struct tm tm = {0};
    struct key keys[2] = {{0}};
    int n = 0, code = 0;
    bool both;

    type = type == NULL ? "rsa" : type;
    both = strcmp(type, "both") == 0;
    if (!is_name(domain, DOMAIN_MAX) || strchr(domain, '.') == NULL)
        return command_misused(c->command,
            "%s: not a domain (one with other letters is written xn--...)",
            domain);
    if (selector != NULL && !is_name(selector, SELECTOR_MAX))
        return command_misused(c->command,
            "--selector %s: a selector is of a-z, 0-9 and -", selector);
    if (!both && strcmp(type, "rsa") != 0 && strcmp(type, "ed25519") != 0)
        return command_misused(
            c->command, "--type %s: it is rsa, ed25519 or both", type);
    (void)gmtime_r(&now, &tm);
    for (int i = 0; i < (both ? 2 : 1) && code == 0; i++) {
        struct key *k = &keys[n++];

        k->domain = domain;
        k->type = !both ? type : i == 0 ? "rsa" : "ed25519";
        k->selector = selector != NULL ? text_format("%s", selector)
                                       : text_format("rm%04d%02d",
                                             tm.tm_year + 1900, tm.tm_mon + 1);
        if (i > 0) { /* a name in DNS holds one key */
            char *longer = text_format("%s-ed", k->selector);

            free(k->selector);
            k->selector = longer;
        }
        k->file = text_format(
            "%s/%s.%s.pem", folder == NULL ? "." : folder, domain, k->selector);
        code = make(k);
        if (code == 0)
            print_key(k);
    }
    if (code == 0 && !term_json())
        print_next(keys, n);
    while (n-- > 0) {
        free(keys[n].selector);
        free(keys[n].file);
        free(keys[n].record);
    }
    return code;
}

/* Labels of letters, digits and hyphens, parted by dots. */
static bool
is_name(const char *text, size_t most)
{
    size_t n = strlen(text);

    return n > 0 && n <= most && text[0] != '.' && text[n - 1] != '.' &&
           text[0] != '-' && strstr(text, "..") == NULL &&
           text[strspn(text, "abcdefghijklmnopqrstuvwxyz"
                             "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.")] == '\0';
}

static int
make(struct key *k)
{
    EVP_PKEY *pkey = strcmp(k->type, "rsa") == 0
                         ? EVP_RSA_gen((unsigned)RSA_BITS)
                         : EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    int code;

    if (pkey == NULL)
        return term_fault(EX_SOFTWARE, NULL, "libcrypto makes no key");
    k->record = record_of(pkey, k->type);
    code = k->record == NULL
               ? term_fault(EX_SOFTWARE, NULL, "libcrypto writes no key")
               : write_key(pkey, k->file);
    EVP_PKEY_free(pkey);
    return code;
}

/* RFC 6376 3.6.1, RFC 8463 4: for Ed25519 the 32 bytes alone. Yours; NULL: it
 * cannot be written. */
static char *
record_of(EVP_PKEY *pkey, const char *type)
{
    unsigned char raw[ED25519_BYTES], *der = NULL;
    unsigned char *base64;
    size_t n = sizeof raw;
    char *record;
    int length;

    if (strcmp(type, "rsa") == 0) {
        length = i2d_PUBKEY(pkey, &der);
        if (length <= 0)
            return NULL;
        n = (size_t)length;
    } else if (EVP_PKEY_get_raw_public_key(pkey, raw, &n) != 1) {
        return NULL;
    }
    base64 = text_calloc(1, n / 3 * 4 + 5);
    (void)EVP_EncodeBlock(base64, der != NULL ? der : raw, (int)n);
    record = text_format("v=DKIM1; k=%s; p=%s", type, (char *)base64);
    free(base64);
    OPENSSL_free(der);
    return record;
}

/* A file that was not there before and is its owner's alone. */
static int
write_key(EVP_PKEY *pkey, const char *file)
{
    int fd =
        open(file, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    FILE *to;
    bool good;

    if (fd < 0 && errno == EEXIST)
        return term_fault(EX_CANTCREAT,
            "A key is never overwritten: give another --selector or --out.",
            "%s is there already", file);
    to = fd < 0 ? NULL : fdopen(fd, "w");
    if (to == NULL)
        return term_fault(EX_CANTCREAT, NULL, "%s: %s", file, strerror(errno));
    good = PEM_write_PKCS8PrivateKey(to, pkey, NULL, NULL, 0, NULL, NULL) == 1;
    good = fflush(to) == 0 && fsync(fd) == 0 && good;
    good = fclose(to) == 0 && good;
    if (good)
        return 0;
    (void)unlink(file);
    return term_fault(EX_IOERR, NULL, "%s cannot be written", file);
}

static void
print_key(const struct key *k)
{
    char *name = text_format("%s._domainkey.%s", k->selector, k->domain);

    if (term_json()) {
        json_t *o = json_pack("{s:s,s:s,s:s,s:s,s:s,s:s}", "domain", k->domain,
            "selector", k->selector, "type", k->type, "file", k->file, "name",
            name, "record", k->record);

        field_print(o);
        json_decref(o);
        free(name);
        return;
    }
    term_style(STYLE_BOLD, "%s", k->file);
    term_say(": a new %s key, readable by you alone.\n\n",
        strcmp(k->type, "rsa") == 0 ? "RSA" : "Ed25519");
    term_say(
        "In DNS, on a web form:\n  type   TXT\n  name   %s\n  value  ", name);
    term_raw(k->record, strlen(k->record));
    term_say("\n\nor in a zone file:\n");
    print_zone(k);
    term_say("\n");
    free(name);
}

/* In pieces that a TXT record takes. */
static void
print_zone(const struct key *k)
{
    size_t n = strlen(k->record);

    term_say("%s._domainkey.%s. IN TXT (", k->selector, k->domain);
    for (size_t at = 0; at < n; at += STRING_MAX)
        term_say("\n    \"%.*s\"", (int)STRING_MAX, k->record + at);
    term_say(" )\n");
}

/* What is left to do, in its order. */
static void
print_next(const struct key *keys, int n)
{
    term_say("When DNS has it, in the section of the list in"
             " rummelig-mail.conf:\n    dkim = {");
    for (int i = 0; i < n; i++) {
        char *path = realpath(keys[i].file, NULL);

        term_say("%s\"%s %s\"", i > 0 ? ", " : "", keys[i].selector,
            path != NULL ? path : keys[i].file);
        free(path);
    }
    term_say("}\nThe file must belong to the daemon's user or to root; then"
             " check an issue\n(rummelig-mail check) to see that DNS has the"
             " same key.\n");
}
