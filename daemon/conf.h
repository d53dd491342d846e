/* SPDX-License-Identifier: ISC */
/* daemon/conf.h - rummelig-mail.conf, read whole, checked whole, or refused
 * with every fault it has. Never holds a secret: only where one is found. */
#ifndef DAEMON_CONF_H
#define DAEMON_CONF_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>
#include "daemon/window.h"
#include "lists/fault.h"
#include "templates/letter.h"

enum {
    CONF_LISTS_MAX = 50,
    CONF_RELAYS_MAX = 20,
    CONF_SENDERS_MAX = 16,
    CONF_INBOXES_MAX = 20,
    CONF_FOLDERS_MAX = 20,
    CONF_SOCIAL_MAX = 8,
    CONF_DKIM_MAX = 4,
    CONF_DOMAINS_MAX = 50,
    CONF_WARM_UP_MAX = 60
};

enum conf_tls {
    CONF_TLS_REQUIRED,      /* STARTTLS or implicit, verified: the default */
    CONF_TLS_OPPORTUNISTIC, /* where offered, not verified */
    CONF_TLS_NONE,          /* by name only: loopback and tests */
};

/* Where a secret is found: a file's first line, or a command's first line of
 * output (run by /bin/sh). Both "": no secret. */
struct conf_secret {
    char *file, *command;
};

/* A key that letters are signed with: where it is published, and its file. */
struct conf_dkim {
    char *selector, *file;
};

/* How we say who we are. */
enum conf_auth {
    CONF_AUTH_PASSWORD, /* PLAIN, LOGIN or better: the default */
    CONF_AUTH_XOAUTH2,
    CONF_AUTH_OAUTHBEARER, /* RFC 7628 */
};

/* Where an OAuth 2 access token comes from: a command, or a token server that
 * is given a refresh token, or, without one, the client's own secret. */
struct conf_oauth {
    char *command; /* "" : from url */
    char *url;     /* https */
    char *ca_file; /* "" : the system's bundle */
    char *client_id, *scope;
    struct conf_secret client_secret, refresh_token;
};

struct conf_list {
    struct letter_list letter; /* its strings are owned by the conf */
    struct letter_link social[CONF_SOCIAL_MAX];
    struct conf_dkim dkim[CONF_DKIM_MAX];
    int n_dkim;
    char *names; /* all that readers know it by, title and sender too */
    char *send_window, *time_zone; /* as written; what they mean: */
    struct window *window;         /* NULL: at any time */
    int line;
};

struct conf_relay {
    char *name; /* of at most RELAY_NAME_MAX [a-z0-9-] */
    char *host; /* an IPv6 address without brackets */
    int port;
    bool implicit_tls; /* smtps:// */
    enum conf_tls tls;
    char *ca_file; /* "" : the system's bundle */
    char *helo;    /* "" : this machine's name */
    char *user;    /* "" : no AUTH */
    enum conf_auth auth;
    struct conf_secret password;
    struct conf_oauth oauth;
    char *local_address; /* "" : the system's choice */
    char *answer_sender; /* where <> is refused; "" : nothing in its place */
    bool dsn;            /* ask for bounces that we can read */
    int connections;     /* 1-200 */
    int letters_per_connection; /* 0: no limit; so all down to warm_up */
    int timeout_s;              /* for each reply */
    int order;                  /* the lowest that can is used */
    int weight;                 /* its share in its order; 0: what it can */
    int rate_per_second, rate_per_minute, rate_per_hour, rate_per_day;
    int domain_connections, domain_rate_per_minute;
    int n_warm_up, warm_up[CONF_WARM_UP_MAX]; /* letters on the n-th day */
    int shares, share; /* no keys: sender_share deals the limits to so many
                          senders, and this is one's number; 0: undealt */
};

/* What one recipient's domain gets of each relay, instead of domain_... */
struct conf_domain {
    char *name;
    int connections, rate_per_minute; /* 0: no limit */
};

struct conf_inbox {
    char *name;
    char *host; /* an IPv6 address without brackets */
    int port;
    bool implicit_tls; /* imaps:// */
    enum conf_tls tls;
    char *ca_file;
    char *user;
    enum conf_auth auth;
    struct conf_secret password;
    struct conf_oauth oauth;
    char *folder[CONF_FOLDERS_MAX]; /* UTF-8 names */
    int n_folders;
    char *list;    /* key of the list whose mailbox this is */
    bool idle;     /* use IDLE where the server has it */
    int poll_s;    /* without IDLE, and as a safety net with it */
    char *handled; /* "keyword NAME", "move FOLDER" or "leave" */
    char *handled_bounce, *handled_complaint; /* "" : as handled */
    char *handled_subscribe, *handled_review, *handled_autoreply;
    bool answer;    /* send the goodbye */
    bool confirm;   /* ask who wants the letter to confirm it */
    bool ask;       /* ask who is not clear whether he wants to leave */
    char *authserv; /* our server in Authentication-Results */
};

struct conf {
    char *path;         /* the file it came from */
    int64_t changed_ns; /* when that was written; 0: not known */
    char *state_dir;    /* store, key and lock */
    char *store;        /* path of the database */
    char *socket;
    char *socket_group; /* its members may command; "" : none */
    char *template_dir;
    char *log_file;   /* key `log`: "stderr" or a path */
    int log_level;    /* enum log_level */
    char *node;       /* name of this machine in leases and logs */
    char *dns_server; /* for `check`: ADDRESS[:PORT], "none", "" the system's */
    int senders;      /* workers that send, 1 to CONF_SENDERS_MAX */
    int drain_s;      /* how long SIGTERM waits for the wire */
    int worker_silence_s; /* a worker without a sign of life is killed */
    int64_t letter_max_bytes;
    int64_t mail_max_bytes; /* of an incoming mail, what is over is not read */
    int reader_memory_mib;
    int reader_time_s;
    int retry_first_s, retry_last_s, retry_for_s; /* 60, 6 h, 2 days */
    int overdue_s;       /* an issue later than this waits for a word */
    int hold_complaints; /* so many of an issue hold it; 0: never */
    int hold_refusals;   /* per cent refused by policy hold it */
    int soft_bounces; /* so many letters in a row are a dead address; 0: never
                       */
    int soft_bounce_for_s;   /* and what came back earlier is forgotten */
    int review_for_s;        /* so long a mail waits for a person */
    int flood, flood_server; /* requests an hour that nothing proves: of all,
                                of one server; 0: any number */
    int answers_per_hour;    /* of our own, at most */
    int confirm_for_s;       /* how long a question for confirmation stands */
    int n_lists, n_relays, n_inboxes, n_domains;
    struct conf_list list[CONF_LISTS_MAX];
    struct conf_relay relay[CONF_RELAYS_MAX];
    struct conf_inbox inbox[CONF_INBOXES_MAX];
    struct conf_domain domain[CONF_DOMAINS_MAX];
};

/* Reads and checks the file.  Every fault is written to complaints, one a
 * line, as "file:line: words", in the order of the file; advice as
 * "file:line: warning: words", which refuses nothing.  Yours, free with
 * conf_free.
 * NEVER: at least one fault was written; f says how many. */
MUST_USE enum result conf_read(
    const char *path, FILE *complaints, struct conf **out, struct fault *f);
void conf_free(struct conf *c);

/* Whether it reads that folder; INBOX is the same in any case (RFC 3501 5.1).
 */
bool conf_has_folder(const struct conf_inbox *box, const char *folder);

/* What becomes of a mail of that kind (verdict.h) that was acted upon by that
 * deed (act.h): "keyword NAME", "move FOLDER" or "leave".  Borrowed. */
const char *
conf_handled(const struct conf_inbox *box, const char *kind, const char *deed);

/* The time of a file as changed_ns tells it. */
int64_t conf_file_ns(const struct stat *st);

/* NULL: no such list. key "" finds the only list. */
const struct conf_list *conf_find_list(const struct conf *c, const char *key);

/* Every key with kind, default and limits, one a line, for the test that
 * compares the table with rummelig-mail.conf. */
void conf_print_keys(FILE *to);

#endif
