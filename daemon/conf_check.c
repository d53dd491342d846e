/* SPDX-License-Identifier: ISC */
/* What must be true of several keys together.
 *
 * At least one list and one relay: without them there is nothing to do and
 * the file is most likely another one.  A list whose mailbox no inbox reads is
 * a warning only: somebody may read it by hand.  A password crosses a network
 * under verified TLS or not at all. */
#include <arpa/inet.h>
#include <grp.h>
#include <string.h>
#include <sys/un.h>
#include <time.h>

#include "daemon/conf_reading.h"
#include "daemon/dkim_keys.h"
#include "daemon/dns.h"
#include "templates/colour.h"

#define LEAST_CONTRAST 4.5 /* WCAG 2, level AA */

/* How we log in somewhere. */
struct login {
    const char *name, *user;
    enum conf_auth auth;
    const struct conf_secret *password;
    const struct conf_oauth *oauth;
};

static void check_top(struct reading *rd, const struct conf *c);
static int first_line(struct reading *rd, const char *a, const char *b);
/* secret NULL: it is none that is checked here. */
static void check_server(struct reading *rd, enum conf_section s, int index,
    const char *name, const char *host, enum conf_tls tls, bool implicit_tls,
    const char *user, const struct conf_secret *secret);
static void check_list(struct reading *rd, const struct conf *c, int index);
static void check_dkim(struct reading *rd, const struct conf *c, int index);
static void check_window(struct reading *rd, struct conf_list *l, int index);
static void check_inbox(struct reading *rd, const struct conf *c, int index);
static void check_folders(struct reading *rd, const struct conf_inbox *b,
    const struct conf_inbox *o, int index);
static void
check_relay(struct reading *rd, const struct conf_relay *r, int index);
static void check_oauth(
    struct reading *rd, enum conf_section s, int index, const struct login *l);
static bool is_given(const char *text);
static void check_weight(struct reading *rd, const struct conf *c, int index);
static bool is_loopback(const char *host);

void
conf_check(struct reading *rd, struct conf *c)
{
    int i;

    check_top(rd, c);
    for (i = 0; i < c->n_relays; i++) {
        check_relay(rd, &c->relay[i], i);
        check_weight(rd, c, i);
    }
    for (i = 0; i < c->n_inboxes; i++)
        check_inbox(rd, c, i);
    for (i = 0; i < c->n_lists; i++) {
        check_window(rd, &c->list[i], i);
        check_list(rd, c, i);
    }
}

/* The letter darkens a colour where text could not be read in it; who chose
 * it should know that. */
static void
check_list(struct reading *rd, const struct conf *c, int index)
{
    static const struct colour white = {255, 255, 255};
    const struct letter_list *l = &c->list[index].letter;
    struct colour colour;
    int i;

    check_dkim(rd, c, index);
    if (l->colour != NULL && colour_read(l->colour, &colour) &&
        colour_contrast(colour, white) < LEAST_CONTRAST)
        warn(rd, reading_line(rd, IN_LIST, index, "colour"),
            "list %s: colour %s has a contrast of only %.1f to white; text "
            "in it will be darkened to %.1f",
            l->key, l->colour, colour_contrast(colour, white), LEAST_CONTRAST);
    for (i = 0; i < c->n_inboxes; i++)
        if (c->inbox[i].list != NULL && strcmp(c->inbox[i].list, l->key) == 0)
            return;
    warn(rd, c->list[index].line,
        "list %s: no section inbox reads its mailbox: a person has to take "
        "off the list who answers",
        l->key);
}

/* The keys are read here: a daemon that cannot sign should not begin. */
static void
check_dkim(struct reading *rd, const struct conf *c, int index)
{
    const struct conf_list *l = &c->list[index];
    int line = reading_line(rd, IN_LIST, index, "dkim");
    struct dkim *d = NULL;
    struct fault f;

    if (l->n_dkim == 0 || l->letter.from == NULL || l->letter.from[0] == '\0')
        return;
    if (dkim_keys_new(l, &d, &f) != RES_OK)
        complain(rd, line, "list %s: dkim: %s", l->letter.key, f.text);
    for (int i = 0; d != NULL && i < l->n_dkim; i++)
        if (dkim_keys_add(d, &l->dkim[i], &f) != RES_OK)
            complain(rd, line, "list %s: dkim: %s", l->letter.key, f.text);
    dkim_free(d);
}

/* Also what it means is kept, as the time zones can be asked only now. */
static void
check_window(struct reading *rd, struct conf_list *l, int index)
{
    struct fault f;

    if (l->send_window == NULL || l->time_zone == NULL ||
        window_new(l->send_window, l->time_zone, time(NULL), &l->window, &f) ==
            RES_OK)
        return;
    complain(rd,
        reading_line(rd, IN_LIST, index,
            strstr(f.text, "time zone") != NULL ? "time-zone" : "send-window"),
        "list %s: send-window \"%.60s\", time-zone \"%.60s\": %s",
        l->letter.key, l->send_window, l->time_zone, f.text);
}

static void
check_top(struct reading *rd, const struct conf *c)
{
    int i, connections = 0;

    if (c->n_lists == 0)
        complain(rd, 0, "no list: write at least one section list");
    if (c->n_relays == 0)
        complain(rd, 0, "no relay: write at least one section relay");
    for (i = 0; i < c->n_relays; i++)
        connections += c->relay[i].connections;
    if (c->senders > 1 && c->n_relays > 0 && c->senders > connections)
        complain(rd, reading_line(rd, IN_TOP, 0, "senders"),
            "senders: %d, but all relays together have only %d connections",
            c->senders, connections);
    if (c->retry_first_s > c->retry_last_s)
        complain(rd, first_line(rd, "retry-first", "retry-last"),
            "retry-first: must not be longer than retry-last");
    if (c->retry_last_s > c->retry_for_s)
        complain(rd, first_line(rd, "retry-for", "retry-last"),
            "retry-for: must not be shorter than retry-last");
    /* A mail may take its time twice before it is set aside. */
    if (c->worker_silence_s <= 2 * c->reader_time_s)
        complain(rd, first_line(rd, "worker-silence", "reader-time"),
            "worker-silence: must be longer than twice reader-time (%d s)",
            2 * c->reader_time_s);
    if (c->dns_server != NULL && !dns_server_valid(c->dns_server))
        complain(rd, reading_line(rd, IN_TOP, 0, "dns-server"),
            "dns-server: %.60s: must be an address, as in \"127.0.0.1:53\" or "
            "\"[::1]:53\", or \"none\"",
            c->dns_server);
    if (c->socket != NULL &&
        strlen(c->socket) >= sizeof((struct sockaddr_un *)0)->sun_path)
        complain(rd, reading_line(rd, IN_TOP, 0, "socket"),
            "socket: %.60s...: a socket's path has at most %zu bytes",
            c->socket, sizeof((struct sockaddr_un *)0)->sun_path - 1);
    if (c->socket_group != NULL && c->socket_group[0] != '\0' &&
        getgrnam(c->socket_group) == NULL)
        complain(rd, reading_line(rd, IN_TOP, 0, "socket-group"),
            "socket-group: %.60s: no such group", c->socket_group);
}

/* The one that was given; behind the end stands what was not. */
static int
first_line(struct reading *rd, const char *a, const char *b)
{
    int line_a = reading_line(rd, IN_TOP, 0, a);
    int line_b = reading_line(rd, IN_TOP, 0, b);

    return line_a < line_b ? line_a : line_b;
}

static void
check_relay(struct reading *rd, const struct conf_relay *r, int index)
{
    unsigned char bytes[sizeof(struct in6_addr)];

    check_server(rd, IN_RELAY, index, r->name, r->host, r->tls, r->implicit_tls,
        r->user, r->auth == CONF_AUTH_PASSWORD ? &r->password : NULL);
    check_oauth(rd, IN_RELAY, index,
        &(struct login){r->name, r->user, r->auth, &r->password, &r->oauth});
    if (is_given(r->local_address) &&
        inet_pton(AF_INET, r->local_address, bytes) != 1 &&
        inet_pton(AF_INET6, r->local_address, bytes) != 1)
        complain(rd, reading_line(rd, IN_RELAY, index, "local-address"),
            "relay %s: local-address: %.60s: must be an address of this"
            " machine, without brackets",
            r->name, r->local_address);
}

/* A token comes from one place, and a token server is asked in one way. */
static void
check_oauth(
    struct reading *rd, enum conf_section s, int index, const struct login *l)
{
    const char *word = conf_section_word(s);
    const struct conf_oauth *o = l->oauth;
    bool secret =
        is_given(o->client_secret.file) || is_given(o->client_secret.command);
    bool refresh =
        is_given(o->refresh_token.file) || is_given(o->refresh_token.command);
    int line = reading_line(rd, s, index, "auth");

    if (l->auth == CONF_AUTH_PASSWORD) {
        if (is_given(o->command) || is_given(o->url) || refresh || secret)
            complain(rd, line,
                "%s %s: tokens need auth = xoauth2 or oauthbearer", word,
                l->name);
        return;
    }
    if (!is_given(l->user))
        complain(rd, line,
            "%s %s: auth = xoauth2 or oauthbearer needs a"
            " user",
            word, l->name);
    if (is_given(l->password->file) || is_given(l->password->command))
        complain(rd, line, "%s %s: a password or a token: only one of them",
            word, l->name);
    if (is_given(o->command) == is_given(o->url))
        complain(rd, line,
            "%s %s: a token needs token-url or token-command,"
            " one of them",
            word, l->name);
    if (!is_given(o->url))
        return;
    if (!is_given(o->client_id))
        complain(rd, line, "%s %s: token-url needs a client-id", word, l->name);
    if (!refresh && !secret)
        complain(rd, line,
            "%s %s: token-url needs refresh-token-file, or the client's own"
            " client-secret-file (or -command)",
            word, l->name);
    if ((is_given(o->client_secret.file) &&
            is_given(o->client_secret.command)) ||
        (is_given(o->refresh_token.file) && is_given(o->refresh_token.command)))
        complain(rd, line, "%s %s: a file or a command: only one of them", word,
            l->name);
}

static bool
is_given(const char *text)
{
    return text != NULL && text[0] != '\0';
}

static void
check_inbox(struct reading *rd, const struct conf *c, int index)
{
    const struct conf_inbox *b = &c->inbox[index];

    check_server(rd, IN_INBOX, index, b->name, b->host, b->tls, b->implicit_tls,
        b->user, b->auth == CONF_AUTH_PASSWORD ? &b->password : NULL);
    check_oauth(rd, IN_INBOX, index,
        &(struct login){b->name, b->user, b->auth, &b->password, &b->oauth});
    if (b->list != NULL && b->list[0] != '\0' &&
        conf_find_list(c, b->list) == NULL)
        complain(rd, reading_line(rd, IN_INBOX, index, "list"),
            "list: %.60s: there is no such list", b->list);
    if (b->port == (b->implicit_tls ? 143 : 993))
        warn(rd, reading_line(rd, IN_INBOX, index, "url"),
            "inbox %s: port %d is one for %s:// as a rule", b->name, b->port,
            b->implicit_tls ? "imap" : "imaps");
    for (const struct conf_inbox *o = c->inbox; o < b; o++)
        check_folders(rd, b, o, index);
}

static bool
is_same(const char *a, const char *b)
{
    return a != NULL && b != NULL && strcasecmp(a, b) == 0;
}

/* Two workers would do everything twice.  For two lists it may be meant. */
static void
check_folders(struct reading *rd, const struct conf_inbox *b,
    const struct conf_inbox *o, int index)
{
    if (!is_same(b->host, o->host) || b->port != o->port ||
        !is_same(b->user, o->user) || !is_same(b->list, o->list))
        return;
    for (int i = 0; i < b->n_folders; i++)
        if (conf_has_folder(o, b->folder[i])) {
            complain(rd, reading_line(rd, IN_INBOX, index, "folders"),
                "inbox %s: reads the folder %.60s of %.60s for list %s, as"
                " inbox %s does: each mail would be handled twice",
                b->name, b->folder[i], b->user, b->list, o->name);
            return;
        }
}

/* A share of what, where another takes all it can? */
static void
check_weight(struct reading *rd, const struct conf *c, int index)
{
    const struct conf_relay *r = &c->relay[index], *o;

    for (o = c->relay; o < r; o++)
        if (o->order == r->order && (o->weight > 0) != (r->weight > 0)) {
            complain(rd, reading_line(rd, IN_RELAY, index, "weight"),
                "relay %s: weight: of relays of one order, all or none have"
                " one (compare relay %s)",
                r->name, o->name);
            return;
        }
}

static void
check_server(struct reading *rd, enum conf_section s, int index,
    const char *name, const char *host, enum conf_tls tls, bool implicit_tls,
    const char *user, const struct conf_secret *secret)
{
    const char *word = conf_section_word(s);
    bool has_user = is_given(user);
    bool has_file = secret != NULL && is_given(secret->file);
    bool has_command = secret != NULL && is_given(secret->command);

    if (has_file && has_command)
        complain(rd, reading_line(rd, s, index, "password-command"),
            "%s %s: password-file and password-command: only one of them", word,
            name);
    if (has_user && secret != NULL && !has_file && !has_command)
        complain(rd, reading_line(rd, s, index, "user"),
            "%s %s: a user needs password-file or password-command", word,
            name);
    if (!has_user && (has_file || has_command))
        complain(rd,
            reading_line(
                rd, s, index, has_file ? "password-file" : "password-command"),
            "%s %s: a password needs a user", word, name);
    if (implicit_tls && tls == CONF_TLS_NONE)
        complain(rd, reading_line(rd, s, index, "tls"),
            "%s %s: tls = none contradicts the url", word, name);
    if (tls != CONF_TLS_REQUIRED && has_user && host != NULL &&
        !is_loopback(host))
        complain(rd, reading_line(rd, s, index, "tls"),
            "%s %s: a password leaves this machine only with tls = required",
            word, name);
}

static bool
is_loopback(const char *host)
{
    return strcmp(host, "localhost") == 0 || strcmp(host, "::1") == 0 ||
           strncmp(host, "127.", 4) == 0;
}
