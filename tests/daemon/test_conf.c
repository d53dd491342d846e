/* SPDX-License-Identifier: ISC */
/* The configuration: the shipped file against the table of keys, faults all
 * at once and at their lines, values and their limits, keys together. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/conf.h"
#include "daemon/log.h"

#define LIST                                                                   \
    "list n {\n title = \"T\"\n from = \"N <n@example.org>\"\n"                \
    " mailbox = \"n@example.org\"\n postal = \"P\"\n}\n"
#define RELAY "relay r {\n url = \"smtp://127.0.0.1:25\"\n tls = none\n}\n"
#define INBOX                                                                  \
    "inbox i {\n url = \"imaps://localhost\"\n user = u\n list = n\n"          \
    " password-file = p\n}\n"
#define BEFORE LIST RELAY INBOX

#define ED25519                                                                \
    "-----BEGIN PRIVATE KEY-----\n"                                            \
    "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n"       \
    "-----END PRIVATE KEY-----\n"

static char path[] = "/tmp/test_conf_XXXXXX";
static char *words; /* the complaints of the last reading */

static struct conf *
reading(const char *text)
{
    FILE *file = fopen(path, "w");
    struct conf *c = NULL;
    struct fault f;
    size_t n;

    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
    free(words);
    words = NULL;
    file = open_memstream(&words, &n);
    assert_non_null(file);
    if (conf_read(path, file, &c, &f) != RES_OK)
        assert_null(c);
    assert_int_equal(fclose(file), 0);
    return c;
}

/* Complaints, with the path of the file taken away. */
static int
complaints(void)
{
    int n = 0;
    const char *p;

    for (p = words; *p != '\0'; p = strchr(p, '\n') + 1) {
        assert_memory_equal(p, path, strlen(path));
        n += strncmp(p + strlen(path), ":", 1) == 0 ? 1 : 0;
    }
    return n;
}

static char *
slurp(const char *name)
{
    char *text = calloc(1, 65536);
    FILE *file = fopen(name, "r");

    assert_non_null(file);
    assert_non_null(text);
    assert_true(fread(text, 1, 65535, file) > 0);
    (void)fclose(file);
    return text;
}

static void
test_shipped_file(void **state)
{
    struct conf *c = NULL;
    struct fault f;
    char *keys = NULL, *line, *next, *text, *at, *field[6], want[400];
    const char *section;
    size_t n;
    FILE *file = open_memstream(&keys, &n);
    int i;

    (void)state;
    conf_print_keys(file);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(conf_read("rummelig-mail.conf", stderr, &c, &f), RES_OK);
    conf_free(c);
    text = slurp("rummelig-mail.conf");
    for (line = keys; *line != '\0'; line = next) {
        next = strchr(line, '\n');
        *next++ = '\0';
        for (i = 0; i < 6; i++)
            field[i] = strsep(&line, "\t");
        section = field[0];
        (void)snprintf(want, sizeof want, "\n%s ", section);
        at = section[0] == '\0' ? text : strstr(text, want);
        assert_non_null(at);
        (void)snprintf(want, sizeof want,
            "\n%s%s = ", section[0] == '\0' ? "" : "    ", field[1]);
        at = strstr(at, want);
        if (at == NULL)
            fail_msg("%s.%s is not in rummelig-mail.conf", section, field[1]);
        at += strlen(want);
        if (strcmp(field[3], "(must be given)") == 0) {
            (void)snprintf(want, sizeof want, "# must be given");
            assert_non_null(strstr(at, want));
            assert_true(strstr(at, want) < strchr(at, '\n'));
        } else if (strcmp(field[1], "password-file") != 0 ||
                   strcmp(section, "inbox") != 0) {
            i = at[0] == '"' || at[0] == '{';
            i += at[0] == '{' && at[1] == '"';
            if (strncmp(at + i, field[3], strlen(field[3])) != 0 ||
                strchr("\" }", at[(size_t)i + strlen(field[3])]) == NULL)
                fail_msg("%s.%s: default %s, but the file has %.20s", section,
                    field[1], field[3], at);
        }
        at = strchr(at, '#');
        assert_non_null(at);
    }
    free(text);
    free(keys);
}

static void
test_values(void **state)
{
    struct conf *c = reading(
        "state-dir = state\nstore = \"\"\ndrain = '1 min'"
        "\nmail-max=\"2 MiB\" # x\nreader-memory = '1 GiB'"
        "\nlog-level = debug /* a\n b */ log = l/x\n" BEFORE
        "list o { title = 'Ø' from = 'Ø-nyt <o@example.org>'"
        " names = 'Tue, LO' mailbox"
        " = O@Example.ORG postal = \"a\" language = en\n"
        "footer = \"a\\nb ${HOME} \\\"c\\\"\" social = {'E "
        "mail mailto:a@b.dk', 'W https://w.dk/'}\n"
        "footer-language = da }\n"
        "relay v6 { url = 'smtps://[::1]' user = u\n"
        "password-command = \"echo ${HOME:-x} $PATH\"\n"
        "warm-up = {50, 100, '1000'} order = 2 weight = 3\n"
        "rate-per-day = 7 }\n"
        "domain 'GMAIL.com' { connections = 3 }\n"
        "domain blåbær.dk { rate-per-minute = 4 }\n"
        "inbox j { url = 'imap://Bücher.example:144' user = u list = o\n"
        "password-file = /p folders = {INBOX, 'Junk æ'}\n"
        "handled = 'move Arkiv' idle = no answer = no }");
    const struct conf_list *l;

    (void)state;
    assert_string_equal(words, "");
    if (c == NULL)
        return;
    assert_string_equal(c->state_dir, "/tmp/state");
    assert_string_equal(c->store, "/tmp/state/rummelig-mail.sqlite");
    assert_string_equal(c->log_file, "/tmp/l/x");
    assert_string_equal(c->template_dir, TEMPLATE_DIR);
    assert_true(c->node[0] != '\0');
    assert_int_equal(c->log_level, LOG_LEVEL_DEBUG);
    assert_int_equal(c->drain_s, 60);
    assert_int_equal(c->mail_max_bytes, 2 * 1024 * 1024);
    assert_int_equal(c->reader_memory_mib, 1024);
    assert_int_equal(c->retry_for_s, 2 * 86400);
    assert_int_equal(c->n_lists, 2);
    assert_null(conf_find_list(c, ""));
    assert_null(conf_find_list(c, "p"));
    l = conf_find_list(c, "o");
    assert_non_null(l);
    assert_string_equal(l->letter.footer, "a\nb ${HOME} \"c\"");
    assert_string_equal(l->letter.footer_language, "da");
    assert_string_equal(conf_find_list(c, "n")->letter.footer_language, "da");
    assert_string_equal(l->names, "Ø, Tue, LO, Ø-nyt ");
    assert_int_equal(l->letter.n_social, 2);
    assert_string_equal(l->letter.social[0].label, "E mail");
    assert_string_equal(l->letter.social[1].url, "https://w.dk/");
    assert_int_equal(c->relay[0].connections, 10);
    assert_int_equal(c->relay[0].port, 25);
    assert_false(c->relay[0].implicit_tls);
    assert_int_equal(c->relay[0].tls, CONF_TLS_NONE);
    assert_string_equal(c->relay[1].host, "::1");
    assert_int_equal(c->relay[1].port, 465);
    assert_true(c->relay[1].implicit_tls);
    assert_string_equal(c->relay[1].password.command, "echo ${HOME:-x} $PATH");
    assert_int_equal(c->relay[0].n_warm_up, 0);
    assert_int_equal(c->relay[0].order, 1);
    assert_int_equal(c->relay[1].n_warm_up, 3);
    assert_int_equal(c->relay[1].warm_up[2], 1000);
    assert_int_equal(c->relay[1].weight, 3);
    assert_int_equal(c->relay[1].rate_per_day, 7);
    assert_int_equal(c->n_domains, 2);
    assert_string_equal(c->domain[0].name, "gmail.com");
    assert_int_equal(c->domain[0].connections, 3);
    assert_string_equal(c->domain[1].name, "xn--blbr-roah.dk");
    assert_int_equal(c->domain[1].rate_per_minute, 4);
    assert_string_equal(c->inbox[0].password.file, "/tmp/p");
    assert_int_equal(c->inbox[0].port, 993);
    assert_int_equal(c->inbox[0].n_folders, 1);
    assert_string_equal(c->inbox[0].folder[0], "INBOX");
    assert_string_equal(c->inbox[0].handled, "keyword $Unsubscribed");
    assert_true(c->inbox[0].idle && c->inbox[0].answer);
    assert_int_equal(c->inbox[1].n_folders, 2);
    assert_string_equal(c->inbox[1].folder[1], "Junk æ");
    assert_int_equal(c->inbox[1].port, 144);
    assert_string_equal(c->inbox[1].host, "xn--bcher-kva.example");
    assert_false(c->inbox[1].idle || c->inbox[1].answer);
    conf_free(c);
}

/* Each text is read alone; its one complaint must begin as said. */
static const struct {
    const char *text, *want;
} fault_row[] = {
    {BEFORE "senders = 17\n", ":17: senders: 17: must be between 1 and 16"},
    {BEFORE "senders = 11\n",
        ":17: senders: 11, but all relays together have only 10 connections"},
    {BEFORE "drain = 30\n", ":17: drain: 30: needs a unit"},
    {BEFORE "drain = \"30 m\"\n", ":17: drain: 30 m: needs a unit"},
    {BEFORE "drain = soon", ":17: drain: soon: must be a number and"},
    {BEFORE "drain = '-1 s'", ":17: drain: -1 s: must be a number and"},
    {BEFORE "drain = '2 h'", ":17: drain: 2 h: must be between 0 and 3600"},
    {BEFORE "drain = '99999999999999999999 s'", ":17: drain: "},
    {BEFORE "drain = ''", ":17: drain: : must be a number"},
    {BEFORE "mail-max = 1000000", ":17: mail-max: 1000000: needs a unit"},
    {BEFORE "letter-max = '5 MiB'", ":17: letter-max: 5 MiB: must be"},
    {BEFORE "log-level = loud", ":17: log-level: loud: must be debug"},
    {BEFORE "drain = '1 s'\ndrain = '2 s'", ":18: drain: given already in "
                                            "line 17"},
    {BEFORE "dain = '1 s'", ":17: unknown key \"dain\"; is it \"drain\"?"},
    {BEFORE "postal = x", ":17: unknown key \"postal\"; it stands in a "
                          "section list"},
    {BEFORE "state-dir = ''", ":17: state-dir: : must not be empty"},
    {BEFORE "state-dir = '~/x'", ":17: state-dir: ~/x: begins with ~"},
    {BEFORE "log = \"a\\x01\"", ":17: log: a\x01: must be one line"},
    {BEFORE "socket-group = 'no such'", ":17: socket-group: no such: "},
    {BEFORE "socket = '/1234567890123456789012345678901234567890123456789"
            "0123456789012345678901234567890123456789012345678901234567'",
        ":17: socket: "},
    {BEFORE "dns-server = 'localhost'", ":17: dns-server: localhost: must be"},
    {BEFORE "dns-server = '1.2.3'", ":17: dns-server: 1.2.3: must be"},
    {BEFORE "dns-server = '127.0.0.1:0'", ":17: dns-server: 127.0.0.1:0: must"},
    {BEFORE "dns-server = '127.0.0.1:53x'", ":17: dns-server: 127.0.0.1:53x: "},
    {BEFORE "dns-server = '::1'", ":17: dns-server: ::1: must be"},
    {BEFORE "dns-server = '[::1'", ":17: dns-server: [::1: must be"},
    {BEFORE "dns-server = '[::1]53'", ":17: dns-server: [::1]53: must be"},
    {BEFORE "retry-first = '7 h'", ":17: retry-first: must not be longer"},
    {BEFORE "retry-for = '2 h'", ":17: retry-for: must not be shorter"},
    {BEFORE "reader-time = '60 s'", ":17: worker-silence: must be longer"},
    {BEFORE "x = \"a\n\n", ":17: the string that begins here has no"},
    {BEFORE "\n/* a\n\n", ":18: the comment that begins here has no"},
    {BEFORE "x = ${HOME}", ":17: write a value with ${ in quotes"},
    {LIST RELAY "relay r {\n url = 'smtp://h'\n}\n" INBOX,
        ":11: found duplicate title 'r'"},
    {LIST RELAY "relay R_1 {\n url = 'smtp://h'\n}\n" INBOX,
        ":13: relay \"R_1\": a name is 1 to 40"},
    {RELAY, ": no list:"},
    {LIST INBOX, ": no relay:"},
    {LIST INBOX "relay r {\n}\n", ":14: relay r: url must be given"},
    {LIST INBOX "relay r {\n url = 'http://h'\n}\n",
        ":14: url: http://h: must look like \"smtp://"},
    {LIST INBOX
        "relay r {\n url = 'smtp://\xc3\xbc\xcc\x88--\xe2\x80\x8d.x'\n}\n",
        ":14: url: smtp://\xc3\xbc\xcc\x88--\xe2\x80\x8d.x: has a host that"},
    {LIST INBOX "relay r {\n url = 'smtp://u:p@h'\n}\n",
        ":14: url: smtp://u:p@h: has a user in it"},
    {LIST INBOX "relay r {\n url = 'smtp://h/x'\n}\n",
        ":14: url: smtp://h/x: must end after"},
    {LIST INBOX "relay r {\n url = 'smtp://h'\n password = x\n}\n",
        ":15: password: a secret does not belong here"},
    {LIST INBOX "relay r {\n url = 'smtp://h'\n user = x\n}\n",
        ":15: relay r: a user needs password-file"},
    {LIST INBOX "relay r {\n url = 'smtp://h'\n password-file = x\n}\n",
        ":15: relay r: a password needs a user"},
    {LIST INBOX "relay r {\n url = 'smtp://h'\n user = u\n tls = none\n"
                "password-file = x\n}\n",
        ":16: relay r: a password leaves this machine only"},
    {LIST INBOX "relay r {\n url = 'smtp://h'\n auth = gssapi\n}\n",
        ":15: auth: gssapi: must be password, xoauth2 or oauthbearer"},
    {LIST INBOX "relay r {\n url = 'smtp://h'\n auth = xoauth2\n"
                "token-command = c\n}\n",
        ":15: relay r: auth = xoauth2 or oauthbearer needs a user"},
    {LIST INBOX "relay r {\n url = 'smtp://h'\n auth = xoauth2\n user = u\n}\n",
        ":15: relay r: a token needs token-url or token-command"},
    {LIST INBOX "relay r {\n url = 'smtp://h'\n auth = xoauth2\n user = u\n"
                "token-url = 'https://h/' client-secret-file = s\n}\n",
        ":15: relay r: token-url needs a client-id"},
    {LIST INBOX "relay r {\n url = 'smtp://h'\n auth = xoauth2\n user = u\n"
                "token-url = 'https://h/' client-id = i\n}\n",
        ":15: relay r: token-url needs refresh-token-file"},
    {LIST INBOX "relay r {\n url = 'smtp://h'\n auth = xoauth2\n user = u\n"
                "token-command = c password-file = p\n}\n",
        ":15: relay r: a password or a token: only one"},
    {LIST INBOX "relay r {\n url = 'smtp://h'\n user = u\n"
                "password-file = p token-command = c\n}\n",
        ":17: relay r: tokens need auth"},
    {LIST INBOX "relay r {\n url = 'smtp://h'\n token-url = 'http://h/'\n}\n",
        ":15: token-url: http://h/: must begin with https://"},
    {LIST INBOX "relay r {\n url = 'smtp://h'\n local-address = eth0\n}\n",
        ":15: relay r: local-address: eth0: must be an address"},
    {LIST INBOX "relay r {\n url = 'smtps://h'\n tls = none\n}\n",
        ":15: relay r: tls = none contradicts"},
    {LIST INBOX "relay r {\n url = 'smtp://h'\n connections = 0\n}\n",
        ":15: connections: 0: must be between 1 and 200"},
    {LIST INBOX "relay r {\n url = 'smtp://h'\n connections = '5 s'\n}\n",
        ":15: connections: 5 s: must be a plain number"},
    {BEFORE "domain 'a b' {\n}\n", ":18: domain \"a b\": no domain"},
    {LIST INBOX "relay r {\n url = 'smtp://h'\n warm-up = {5, x}\n}\n",
        ":15: warm-up: x: must be a number"},
    {LIST INBOX "relay r {\n url = 'smtp://h'\n warm-up = 0\n}\n",
        ":15: warm-up: 0: must be between 1 and"},
    {BEFORE "relay s {\n url = 'smtp://h'\n weight = 2\n}\n",
        ":19: relay s: weight: of relays of one order"},
    {LIST RELAY "inbox i {\n url = 'imaps://h'\n user = u\n list = m\n"
                "password-file = p\n}\n",
        ":14: list: m: there is no such list"},
    {LIST RELAY "inbox i {\n url = 'imaps://h'\n user = u\n list = n\n"
                "password-file = p password-command = c\n}\n",
        ":15: inbox i: password-file and password-command: only"},
    {LIST RELAY "inbox i {\n url = 'imaps://h'\n user = u\n list = n\n"
                "password-file = p\n handled = 'keyword a b'\n}\n",
        ":16: handled: keyword a b: \"keyword\" needs"},
    {LIST RELAY "inbox i {\n url = 'imaps://h'\n user = u\n list = n\n"
                "password-file = p\n handled = bin\n}\n",
        ":16: handled: bin: must be \"keyword NAME\""},
    {LIST RELAY "inbox i {\n url = 'imaps://h'\n user = u\n list = n\n"
                "password-file = p\n handled = 'keyword Håndteret'\n}\n",
        ":16: handled: keyword Håndteret: \"keyword\" needs one word of ASCII"},
    {LIST RELAY "inbox i {\n url = 'imaps://h:0'\n user = u\n list = n\n"
                "password-file = p\n}\n",
        ":12: url: imaps://h:0: must have a port"},
    {LIST RELAY "inbox i {\n url = 'imaps://h'\n user = u\n list = n\n"
                "password-file = p\n folders = {'A', 'INBOX', 'Inbox'}\n}\n",
        ":16: folders: Inbox: has this folder twice"},
    {BEFORE "inbox j {\n url = 'imaps://LOCALHOST:993'\n user = U\n list = n\n"
            "password-file = p\n folders = {'Svar', 'inbox'}\n}\n",
        ":22: inbox j: reads the folder inbox of U for list n, as inbox i "
        "does"},
    {RELAY INBOX "list n {\n title = T\n from = n\n mailbox = n@b.dk\n"
                 "postal = P\n}\n",
        ":13: from: n: "},
    {RELAY INBOX "list n {\n title = T\n from = 'N <n@b.dk'\n"
                 "mailbox = n@b.dk\npostal = P\n}\n",
        ":13: from: N <n@b.dk: "},
    {RELAY INBOX "list n {\n title = T\n from = n@b.dk\n mailbox = b.dk\n"
                 "postal = P\n}\n",
        ":14: mailbox: b.dk: "},
    {RELAY INBOX "list n {\n title = T\n from = n@b.dk\n mailbox = n@b.dk\n"
                 "postal = P\n colour = 'red'\n}\n",
        ":16: colour: red: must look like"},
    {RELAY INBOX "list n {\n title = T\n from = n@b.dk\n mailbox = n@b.dk\n"
                 "postal = P\n web-url = 'http://b.dk'\n}\n",
        ":16: web-url: http://b.dk: must begin with https://"},
    {RELAY INBOX "list n {\n title = T\n from = n@b.dk\n mailbox = n@b.dk\n"
                 "postal = P\n social = {'x'}\n}\n",
        ":16: social: x: needs a label and a URL"},
    {RELAY INBOX "list n {\n title = T\n from = n@b.dk\n mailbox = n@b.dk\n"
                 "postal = P\n language = fr\n}\n",
        ":16: language: fr: must be"},
};

#define SIGNED(dkim)                                                           \
    RELAY INBOX "list n {\n title = T\n from = n@b.dk\n mailbox = n@b.dk\n"    \
                "postal = P\n dkim = " dkim "\n}\n"

/* Keys are read with the file that names them: beside it, here. */
static void
test_dkim(void **state)
{
    static const struct {
        const char *pem, *text, *want; /* want NULL: it is taken */
        mode_t mode;
    } row[] = {
        {ED25519, SIGNED("{'s1 %'}"), NULL, 0600},
        {ED25519, SIGNED("{'s1   %'}"), NULL, 0400},
        {ED25519, SIGNED("'s1 %'"), NULL, 0600},
        {ED25519, SIGNED("{'s1 %', 's2 %'}"), NULL, 0600},
        {ED25519, SIGNED("{'s1'}"), ":16: dkim: s1: needs a selector and",
            0600},
        {ED25519, SIGNED("{''}"), ":16: dkim: : needs a selector and", 0600},
        {ED25519, SIGNED("{'s1 '}"), ":16: dkim: s1 : must not be empty", 0600},
        {ED25519, SIGNED("{a,b,c,d,e}"), ":16: dkim: a: needs", 0600},
        {ED25519, SIGNED("{'s_1 %'}"), "a selector is", 0600},
        {ED25519, SIGNED("{'s1 %', 's1 %'}"), "selector s1 is given twice",
            0600},
        {ED25519, SIGNED("{'s1 %'}"), "has mode 0644", 0644},
        {ED25519, SIGNED("{'s1 none.pem'}"), "none.pem: No such file", 0600},
        {"x", SIGNED("{'s1 %'}"), "no private key", 0600},
        {"", SIGNED("{'s1 %'}"), "is empty", 0600},
    };
    char dkim[100], *text, *at;
    struct conf *c;

    (void)state;
    (void)snprintf(dkim, sizeof dkim, "%s.pem", path);
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        FILE *to;

        (void)unlink(dkim);
        to = fopen(dkim, "w");
        assert_non_null(to);
        assert_true(fputs(row[i].pem, to) >= 0);
        assert_int_equal(fclose(to), 0);
        assert_int_equal(chmod(dkim, row[i].mode), 0);
        text = calloc(1, 1000);
        assert_non_null(text);
        for (const char *p = row[i].text; *p != '\0'; p++) {
            at = text + strlen(text);
            if (*p == '%') /* relative to the file's folder */
                (void)snprintf(at, 100, "%s", strrchr(dkim, '/') + 1);
            else
                at[0] = *p;
        }
        c = reading(text);
        free(text);
        if ((c == NULL) != (row[i].want != NULL) ||
            (c == NULL && strstr(words, row[i].want) == NULL))
            fail_msg("row %zu: %s", i, words);
        assert_null(strstr(words, "MC4CAQ")); /* not a byte of a key */
        if (c != NULL) {
            assert_string_equal(c->list[0].dkim[0].selector, "s1");
            assert_string_equal(c->list[0].dkim[0].file, dkim);
        }
        conf_free(c);
    }
    (void)unlink(dkim);
}

static void
test_each_fault(void **state)
{
    struct conf *c;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof fault_row / sizeof fault_row[0]; i++) {
        c = reading(fault_row[i].text);
        if (c != NULL)
            fail_msg("row %zu is accepted:\n%s", i, fault_row[i].text);
        if (strncmp(words + strlen(path), fault_row[i].want,
                strlen(fault_row[i].want)) != 0 ||
            (complaints() != 1 && strstr(words, "duplicate") == NULL &&
                strstr(words, "drain: \n") == NULL))
            fail_msg("row %zu: want %s, got %s", i, fault_row[i].want, words);
    }
}

static void
test_ten_at_once(void **state)
{
    static const char text[] =
        "drain = 30\n"                           /* 1 */
        "log-level = loud\n"                     /* 2 */
        "statedir = '/x'\n"                      /* 3 */
        "/* a comment\n of lines */\n"           /* 4, 5 */
        "list n {\n title = T\n form = n@b.dk\n" /* 8; from is missing: 11 */
        " mailbox = 'n b.dk'\n"                  /* 9 */
        " postal = P\n}\n"                       /* 11 */
        "relay r {\n url = 'smtp://h'\n"
        " password = secret\n"                                /* 14 */
        " connections = many\n}\n"                            /* 15 */
        "inbox i {\n url = 'imaps://h' user = u\n list = m\n" /* 19 */
        " password-file = p poll = '1 week'\n}\n";            /* 20 */
    static const int want[] = {1, 2, 3, 8, 9, 11, 14, 15, 19, 20};
    struct conf *c = reading(text);
    const char *p;
    size_t i;

    (void)state;
    assert_null(c);
    assert_null(strstr(words, "secret,"));
    for (p = words, i = 0; *p != '\0'; p = strchr(p, '\n') + 1, i++) {
        if (i == 10 || strtol(p + strlen(path) + 1, NULL, 10) != want[i])
            fail_msg("line %zu of\n%s", i, words);
    }
    assert_int_equal(i, 10);
}

/* A string without an end must not spoil the next reading. */
static void
test_again_after_bad(void **state)
{
    struct conf *c;

    (void)state;
    assert_null(reading("x = \"abc\n"));
    assert_null(reading("/* abc\n"));
    assert_null(reading("x = \"\\999\"\n"));
    assert_null(reading("list n { title = {\n"));
    assert_null(reading("} } = \n"));
    assert_null(reading(""));
    c = reading(BEFORE);
    if (c == NULL)
        fail_msg("%s", words);
    conf_free(c);
}

static void
test_warning(void **state)
{
    struct conf *c = reading(LIST RELAY);

    (void)state;
    assert_non_null(c);
    assert_non_null(strstr(words, "warning: list n: no section inbox"));
    conf_free(c);
    c = reading(
        BEFORE "inbox j {\n url = 'imaps://h:143'\n user = u\n list = n\n"
               "password-file = p\n}\n"
               "inbox k {\n url = 'imap://h:993'\n user = u\n list = n\n"
               "password-file = p\n}\n");
    assert_non_null(c);
    assert_non_null(strstr(words, ":18: warning: inbox j: port 143 is one for"
                                  " imap:// as a rule"));
    assert_non_null(strstr(words, ":24: warning: inbox k: port 993 is one for"
                                  " imaps:// as a rule"));
    assert_null(strstr(words, "inbox i: port"));
    conf_free(c);
    c = reading("list n {\n title = T\n from = n@b.dk\n mailbox = n@b.dk\n"
                "postal = P\n colour = '#ff0000'\n}\n" RELAY INBOX);
    assert_non_null(c);
    assert_non_null(strstr(words, ":6: warning: list n: colour #ff0000 has a "
                                  "contrast of only 4.0 to white"));
    conf_free(c);
}

static void
test_no_file(void **state)
{
    struct conf *c = NULL;
    struct fault f;

    (void)state;
    assert_int_equal(conf_read("/nowhere/at.conf", stderr, &c, &f), RES_NEVER);
    assert_int_equal(conf_read("/tmp", stderr, &c, &f), RES_NEVER);
    assert_null(c);
    conf_free(NULL);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shipped_file),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_each_fault),
        cmocka_unit_test(test_dkim),
        cmocka_unit_test(test_ten_at_once),
        cmocka_unit_test(test_again_after_bad),
        cmocka_unit_test(test_warning),
        cmocka_unit_test(test_no_file),
    };
    int fd = mkstemp(path), failed;

    if (fd < 0)
        return 1;
    (void)close(fd);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    (void)unlink(path);
    free(words);
    return failed;
}
