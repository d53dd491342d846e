/* SPDX-License-Identifier: ISC */
/* The table of keys: one row each, the only place that knows names, kinds,
 * defaults and limits.  A test compares it with rummelig-mail.conf. */
#include "daemon/conf_reading.h"
#include "lists/incoming.h"

#define MINUTE INT64_C(60)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)
#define KIB INT64_C(1024)
#define MIB (1024 * KIB)
#define AT(member) offsetof(struct conf, member)
#define LIST_AT(member) offsetof(struct conf_list, letter.member)
#define RELAY_AT(member) offsetof(struct conf_relay, member)
#define DOMAIN_AT(member) offsetof(struct conf_domain, member)
#define INBOX_AT(member) offsetof(struct conf_inbox, member)

/* clang-format off */
const struct conf_key conf_keys[] = {
    {IN_TOP, "state-dir", KIND_PATH, AT(state_dir), "/var/lib/rummelig-mail", 1, 0},
    {IN_TOP, "store", KIND_PATH, AT(store), "", 0, 0},
    {IN_TOP, "socket", KIND_PATH, AT(socket), "/run/rummelig-mail/control.sock", 1, 0},
    {IN_TOP, "socket-group", KIND_TEXT, AT(socket_group), "", 0, 0},
    {IN_TOP, "template-dir", KIND_PATH, AT(template_dir), "", 0, 0},
    {IN_TOP, "log", KIND_LOG, AT(log_file), "stderr", 1, 0},
    {IN_TOP, "log-level", KIND_LEVEL, AT(log_level), "info", 0, 0},
    {IN_TOP, "node", KIND_NAME, AT(node), "", 0, 0},
    {IN_TOP, "senders", KIND_COUNT, AT(senders), "1", 1, CONF_SENDERS_MAX},
    {IN_TOP, "dns-server", KIND_TEXT, AT(dns_server), "", 0, 0},
    {IN_TOP, "drain", KIND_DURATION, AT(drain_s), "30 s", 0, HOUR},
    {IN_TOP, "worker-silence", KIND_DURATION, AT(worker_silence_s), "2 min", 2, HOUR},
    {IN_TOP, "letter-max", KIND_SIZE, AT(letter_max_bytes), "2 MiB", 16 * KIB, LETTER_MAX_BYTES},
    {IN_TOP, "mail-max", KIND_SIZE, AT(mail_max_bytes), "1 MiB", 16 * KIB, 64 * MIB},
    {IN_TOP, "reader-memory", KIND_MIB, AT(reader_memory_mib), "256 MiB", 32, 4096},
    {IN_TOP, "reader-time", KIND_DURATION, AT(reader_time_s), "10 s", 1, MINUTE},
    {IN_TOP, "retry-first", KIND_DURATION, AT(retry_first_s), "60 s", 1, DAY},
    {IN_TOP, "retry-last", KIND_DURATION, AT(retry_last_s), "6 h", 1, 7 * DAY},
    {IN_TOP, "retry-for", KIND_DURATION, AT(retry_for_s), "2 d", 1, 30 * DAY},
    {IN_TOP, "overdue", KIND_DURATION, AT(overdue_s), "6 h", 1, 30 * DAY},
    {IN_TOP, "hold-complaints", KIND_COUNT, AT(hold_complaints), "5", 0, 1000000},
    {IN_TOP, "hold-refusals", KIND_COUNT, AT(hold_refusals), "20", 1, 100},
    {IN_TOP, "soft-bounces", KIND_COUNT, AT(soft_bounces), "5", 0, 1000},
    {IN_TOP, "soft-bounce-for", KIND_DURATION, AT(soft_bounce_for_s), "500 d", DAY, 5000 * DAY},
    {IN_TOP, "review-for", KIND_DURATION, AT(review_for_s), "90 d", DAY, 5000 * DAY},
    {IN_TOP, "answers-per-hour", KIND_COUNT, AT(answers_per_hour), "200", 1, 10000},
    {IN_TOP, "flood", KIND_COUNT, AT(flood), "300", 0, INCOMING_REQUESTS_MAX - 1},
    {IN_TOP, "flood-server", KIND_COUNT, AT(flood_server), "50", 0, INCOMING_REQUESTS_MAX - 1},
    {IN_TOP, "confirm-for", KIND_DURATION, AT(confirm_for_s), "14 d", DAY, 365 * DAY},

    {IN_LIST, "title", KIND_TEXT, LIST_AT(title), NULL, 1, 0},
    {IN_LIST, "from", KIND_MAILBOX, LIST_AT(from), NULL, 1, 0},
    {IN_LIST, "reply-to", KIND_MAILBOX, LIST_AT(reply_to), "", 0, 0},
    {IN_LIST, "mailbox", KIND_ADDRESS, LIST_AT(mailbox), NULL, 1, 0},
    {IN_LIST, "language", KIND_LANGUAGE, LIST_AT(language), "da", 1, 0},
    {IN_LIST, "footer-language", KIND_LANGUAGE, LIST_AT(footer_language), "", 0, 0},
    {IN_LIST, "postal", KIND_TEXT, LIST_AT(postal), NULL, 1, 0},
    {IN_LIST, "footer", KIND_LINES, LIST_AT(footer), "", 0, 0},
    {IN_LIST, "home-url", KIND_HTTP_URL, LIST_AT(home_url), "", 0, 0},
    {IN_LIST, "web-url", KIND_HTTPS_URL, LIST_AT(web_url), "", 0, 0},
    {IN_LIST, "colour", KIND_COLOUR, LIST_AT(colour), "#1f5c4d", 1, 0},
    {IN_LIST, "names", KIND_TEXT, offsetof(struct conf_list, names), "", 0, 0},
    {IN_LIST, "send-window", KIND_TEXT, offsetof(struct conf_list, send_window), "", 0, 0},
    {IN_LIST, "time-zone", KIND_TEXT, offsetof(struct conf_list, time_zone), "", 0, 0},
    {IN_LIST, "social", KIND_SOCIAL, 0, "", 0, CONF_SOCIAL_MAX},
    {IN_LIST, "dkim", KIND_DKIM, 0, "", 0, CONF_DKIM_MAX},

    {IN_RELAY, "url", KIND_SMTP_URL, 0, NULL, 1, 0},
    {IN_RELAY, "tls", KIND_TLS, RELAY_AT(tls), "required", 0, 0},
    {IN_RELAY, "ca-file", KIND_PATH, RELAY_AT(ca_file), "", 0, 0},
    {IN_RELAY, "helo", KIND_NAME, RELAY_AT(helo), "", 0, 0},
    {IN_RELAY, "user", KIND_TEXT, RELAY_AT(user), "", 0, 0},
    {IN_RELAY, "auth", KIND_AUTH, RELAY_AT(auth), "password", 0, 0},
    {IN_RELAY, "password-file", KIND_PATH, RELAY_AT(password.file), "", 0, 0},
    {IN_RELAY, "password-command", KIND_TEXT, RELAY_AT(password.command), "", 0, 0},
    {IN_RELAY, "token-command", KIND_TEXT, RELAY_AT(oauth.command), "", 0, 0},
    {IN_RELAY, "token-url", KIND_HTTPS_URL, RELAY_AT(oauth.url), "", 0, 0},
    {IN_RELAY, "token-ca-file", KIND_PATH, RELAY_AT(oauth.ca_file), "", 0, 0},
    {IN_RELAY, "client-id", KIND_TEXT, RELAY_AT(oauth.client_id), "", 0, 0},
    {IN_RELAY, "client-secret-file", KIND_PATH, RELAY_AT(oauth.client_secret.file), "", 0, 0},
    {IN_RELAY, "client-secret-command", KIND_TEXT, RELAY_AT(oauth.client_secret.command), "", 0, 0},
    {IN_RELAY, "refresh-token-file", KIND_PATH, RELAY_AT(oauth.refresh_token.file), "", 0, 0},
    {IN_RELAY, "refresh-token-command", KIND_TEXT, RELAY_AT(oauth.refresh_token.command), "", 0, 0},
    {IN_RELAY, "scope", KIND_TEXT, RELAY_AT(oauth.scope), "", 0, 0},
    {IN_RELAY, "local-address", KIND_NAME, RELAY_AT(local_address), "", 0, 0},
    {IN_RELAY, "answer-sender", KIND_ADDRESS, RELAY_AT(answer_sender), "", 0, 0},
    {IN_RELAY, "dsn", KIND_YESNO, RELAY_AT(dsn), "yes", 0, 0},
    {IN_RELAY, "connections", KIND_COUNT, RELAY_AT(connections), "10", 1, 200},
    {IN_RELAY, "letters-per-connection", KIND_COUNT, RELAY_AT(letters_per_connection), "0", 0, 1000000},
    {IN_RELAY, "timeout", KIND_DURATION, RELAY_AT(timeout_s), "5 min", 1, HOUR},
    {IN_RELAY, "order", KIND_COUNT, RELAY_AT(order), "1", 1, 100},
    {IN_RELAY, "weight", KIND_COUNT, RELAY_AT(weight), "0", 0, 1000},
    {IN_RELAY, "rate-per-second", KIND_COUNT, RELAY_AT(rate_per_second), "0", 0, 100000},
    {IN_RELAY, "rate-per-minute", KIND_COUNT, RELAY_AT(rate_per_minute), "0", 0, 1000000},
    {IN_RELAY, "rate-per-hour", KIND_COUNT, RELAY_AT(rate_per_hour), "0", 0, 100000000},
    {IN_RELAY, "rate-per-day", KIND_COUNT, RELAY_AT(rate_per_day), "0", 0, 1000000000},
    {IN_RELAY, "domain-connections", KIND_COUNT, RELAY_AT(domain_connections), "0", 0, 200},
    {IN_RELAY, "domain-rate-per-minute", KIND_COUNT, RELAY_AT(domain_rate_per_minute), "0", 0, 1000000},
    {IN_RELAY, "warm-up", KIND_WARM_UP, 0, "", 1, 1000000000},

    {IN_INBOX, "url", KIND_IMAP_URL, 0, NULL, 1, 0},
    {IN_INBOX, "tls", KIND_TLS, INBOX_AT(tls), "required", 0, 0},
    {IN_INBOX, "ca-file", KIND_PATH, INBOX_AT(ca_file), "", 0, 0},
    {IN_INBOX, "user", KIND_TEXT, INBOX_AT(user), NULL, 1, 0},
    {IN_INBOX, "auth", KIND_AUTH, INBOX_AT(auth), "password", 0, 0},
    {IN_INBOX, "password-file", KIND_PATH, INBOX_AT(password.file), "", 0, 0},
    {IN_INBOX, "password-command", KIND_TEXT, INBOX_AT(password.command), "", 0, 0},
    {IN_INBOX, "token-command", KIND_TEXT, INBOX_AT(oauth.command), "", 0, 0},
    {IN_INBOX, "token-url", KIND_HTTPS_URL, INBOX_AT(oauth.url), "", 0, 0},
    {IN_INBOX, "token-ca-file", KIND_PATH, INBOX_AT(oauth.ca_file), "", 0, 0},
    {IN_INBOX, "client-id", KIND_TEXT, INBOX_AT(oauth.client_id), "", 0, 0},
    {IN_INBOX, "client-secret-file", KIND_PATH, INBOX_AT(oauth.client_secret.file), "", 0, 0},
    {IN_INBOX, "client-secret-command", KIND_TEXT, INBOX_AT(oauth.client_secret.command), "", 0, 0},
    {IN_INBOX, "refresh-token-file", KIND_PATH, INBOX_AT(oauth.refresh_token.file), "", 0, 0},
    {IN_INBOX, "refresh-token-command", KIND_TEXT, INBOX_AT(oauth.refresh_token.command), "", 0, 0},
    {IN_INBOX, "scope", KIND_TEXT, INBOX_AT(oauth.scope), "", 0, 0},
    {IN_INBOX, "folders", KIND_FOLDERS, 0, "INBOX", 1, CONF_FOLDERS_MAX},
    {IN_INBOX, "list", KIND_TEXT, INBOX_AT(list), NULL, 1, 0},
    {IN_INBOX, "idle", KIND_YESNO, INBOX_AT(idle), "yes", 0, 0},
    {IN_INBOX, "poll", KIND_DURATION, INBOX_AT(poll_s), "60 s", 1, DAY},
    {IN_INBOX, "handled", KIND_HANDLED, INBOX_AT(handled), "keyword $Unsubscribed", 1, 0},
    {IN_INBOX, "handled-bounce", KIND_HANDLED, INBOX_AT(handled_bounce), "", 0, 0},
    {IN_INBOX, "handled-complaint", KIND_HANDLED, INBOX_AT(handled_complaint), "", 0, 0},
    {IN_INBOX, "handled-subscribe", KIND_HANDLED, INBOX_AT(handled_subscribe), "leave", 0, 0},
    {IN_INBOX, "handled-review", KIND_HANDLED, INBOX_AT(handled_review), "leave", 0, 0},
    {IN_INBOX, "handled-autoreply", KIND_HANDLED, INBOX_AT(handled_autoreply), "leave", 0, 0},
    {IN_INBOX, "answer", KIND_YESNO, INBOX_AT(answer), "yes", 0, 0},
    {IN_INBOX, "confirm", KIND_YESNO, INBOX_AT(confirm), "yes", 0, 0},
    {IN_INBOX, "ask", KIND_YESNO, INBOX_AT(ask), "no", 0, 0},
    {IN_INBOX, "authserv", KIND_TEXT, INBOX_AT(authserv), "*", 1, 0},

    {IN_DOMAIN, "connections", KIND_COUNT, DOMAIN_AT(connections), "0", 0, 200},
    {IN_DOMAIN, "rate-per-minute", KIND_COUNT, DOMAIN_AT(rate_per_minute), "0", 0, 1000000},
};
/* clang-format on */
const int conf_n_keys = (int)(sizeof conf_keys / sizeof conf_keys[0]);

const char *
conf_section_word(enum conf_section s)
{
    static const char *const word[CONF_SECTIONS] = {
        "", "list", "relay", "inbox", "domain"};

    return word[s];
}

const char *
conf_kind_word(enum conf_kind k)
{
    static const char *const word[] = {"text", "lines", "path", "log", "name",
        "address", "mailbox", "language", "colour", "http-url", "https-url",
        "handled", "", "smtp-url", "imap-url", "duration", "size", "mib",
        "count", "yesno", "tls", "auth", "level", "folders", "social", "dkim",
        "warm-up"};

    return word[k];
}

void
conf_print_keys(FILE *to)
{
    const struct conf_key *k;

    for (k = conf_keys; k < conf_keys + conf_n_keys; k++)
        (void)fprintf(to, "%s\t%s\t%s\t%s\t%lld\t%lld\n",
            conf_section_word(k->section), k->name, conf_kind_word(k->kind),
            k->initial == NULL ? "(must be given)" : k->initial,
            (long long)k->least, (long long)k->most);
}
