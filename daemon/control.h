/* SPDX-License-Identifier: ISC */
/* daemon/control.h - what the files of the control worker share: the worker
 * itself, one request, and the few ways to read and to answer it.  The
 * contract with clients is control-api.md. */
#ifndef DAEMON_CONTROL_H
#define DAEMON_CONTROL_H
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include "daemon/log.h"
#include "daemon/worker.h"
#include "lists/delivery.h"
#include "lists/issue.h"
#include "lists/store.h"
#include "lists/subscription.h"
#include "lists/token.h"
#include "templates/draft.h"

enum {
    CONTROL_CONNECTIONS = 32, /* at one time; more wait in the backlog */
    CONTROL_IDLE_S = 60,      /* a silent connection is closed */
    CONTROL_MEMORY_BYTES = 256 * 1024, /* of MHD for each connection */
    CONTROL_DRAIN_MS = 3000,           /* for answers under way at the end */
    CONTROL_PATIENCE_MS = 5000,        /* with another writer of the store */

    /* What a request's body may have. */
    CONTROL_BODY_BYTES = 64 * 1024,
    CONTROL_LETTER_BYTES = 8 * 1024 * 1024, /* source and images */
    CONTROL_MAIL_BYTES = 64 * 1024 * 1024,  /* and conf->mail_max_bytes */

    CONTROL_ARGUMENT_MAX = 320, /* of a path: an id or an address */
    CONTROL_PAGE = 1000,        /* rows in one answer, at most */
    CONTROL_TEST_MAX = 20,      /* addresses of a test */
    CONTROL_DOUBT_MAX = 1000,   /* addresses of a word about doubt */
    CONTROL_IMAGES_MAX = 50,    /* beside one source */
    CONTROL_FILL_ROWS = 2000,   /* deliveries in one transaction */
    CONTROL_CHORES = 100        /* issues looked at for one round of chores */
};

struct reader;
struct import;
struct from_check;
struct MHD_Connection;
struct MHD_Daemon;
struct MHD_Response;

/* An issue whose rows are still to be written or cancelled. */
struct chore {
    int64_t issue_id;
    bool cancel;
};

/* A test of a relay under way, see control_relays.c. */
struct relay_test {
    pid_t pid; /* 0: none */
    int fd;
};

struct request;
struct control {
    struct worker *w;
    const struct conf *conf;
    struct store *st;
    struct token_key *key;
    struct reader *reader; /* NULL until the first explain */
    int reader_list;       /* whose mailbox it reads for */
    struct MHD_Daemon *http;
    int64_t list_id[CONF_LISTS_MAX]; /* of conf->list[i] */
    int64_t started_s;
    int answering; /* answers that are not sent to their end */
    bool freed;    /* a connection has ended since the last turn */
    int epoll_fd;
    int n_waiting; /* requests that wait for DNS */
    struct request *waiting[CONTROL_CONNECTIONS];
    int64_t lapse_s; /* when to look for mail that has waited too long */
    bool look;       /* the store may hold chores that we do not know */
    struct log_repeat trouble;               /* of the chores with the store */
    struct relay_test test[CONF_RELAYS_MAX]; /* of conf->relay[i] */
    int n_chores;
    struct chore chore[CONTROL_CHORES];
};

/* Who is at the other end, by the kernel's word. */
struct peer {
    uid_t uid;
    char name[64]; /* "uid 1000" where the system knows no name */
    bool allowed;
};
/* Asks the kernel about a connected Unix socket. A peer that cannot be named
 * is not allowed. Members of group (primary or supplementary; "" nobody),
 * root and the daemon's own user are. */
void peer_read(int fd, const char *group, struct peer *out);

/* A handler answers by one of the answer_ functions and returns OK, or says
 * what is wrong: NONE becomes 404, NEVER 400 (or what refuse set), LATER 503,
 * STOP 500. */
typedef enum result handler_function(struct request *rq, struct fault *f);
typedef enum result
feed_function(struct request *rq, const char *bytes, size_t n, struct fault *f);

struct route {
    const char *method;
    const char *path; /* a star stands for one segment, at the end for all */
    handler_function *handle;
    feed_function *feed; /* takes the body as it comes; else NULL */
    int64_t body_max;    /* bytes, where there is no feed */
    bool changes;        /* is logged with who did it */
};

struct request {
    struct control *c;
    const struct route *route;
    const struct peer *peer;
    struct MHD_Connection *connection;
    int64_t now_s;
    char argument[CONTROL_ARGUMENT_MAX + 1]; /* what the star stood for */
    char *body;
    size_t body_bytes, body_room;
    bool body_too_large;
    enum result fed; /* of the feed function; its words: */
    struct fault fed_fault;
    struct import *import;    /* of the one route that streams */
    struct from_check *check; /* what `check` asks DNS */
    bool waits;               /* for that; there is no answer yet */
    json_t *json;             /* the body, once it is read */
    /* The answer. */
    unsigned status;
    const char *hint;
    json_t *extra; /* members of a failed answer beside error and hint */
    struct MHD_Response *response;
    char did[400]; /* for the log: ids first */
};

/* --- control_http.c: reading a request ----------------------------------- */

/* A query argument, NULL where it is not given; checked UTF-8 without control
 * characters. */
const char *request_query(const struct request *rq, const char *name);
/* The same as a number. NEVER: not one from least to most. */
MUST_USE enum result request_number(const struct request *rq, const char *name,
    int64_t least, int64_t most, int64_t *inout, struct fault *f);
/* The argument of the path as an id. NONE: it is none. */
MUST_USE enum result
request_id(const struct request *rq, int64_t *id, struct fault *f);
/* The body as a JSON object, borrowed. NEVER: it is none. */
MUST_USE enum result
request_json(struct request *rq, json_t **out, struct fault *f);
/* The list called key; NULL or "": the only one.
 * NEVER: no such list, or several and none was named. */
MUST_USE enum result
request_list(struct request *rq, const char *key, int *index, struct fault *f);
/* A member of an object; *out is untouched where it is absent or null.
 * NEVER: another type. Strings have no control characters but, with
 * `lines`, line ends and tabs. */
MUST_USE enum result member_text(const json_t *object, const char *name,
    bool lines, const char **out, struct fault *f);
MUST_USE enum result
member_bool(const json_t *object, const char *name, bool *out, struct fault *f);
MUST_USE enum result member_int(
    const json_t *object, const char *name, int64_t *out, struct fault *f);

/* --- control_http.c: answering it ---------------------------------------- */

void answer_json(struct request *rq, unsigned status, json_t *taken);
/* bytes are taken and freed with free(). */
void answer_bytes(struct request *rq, const char *type, char *taken, size_t n);
/* A response that reads its own body. Taken. */
void
answer_stream(struct request *rq, const char *type, struct MHD_Response *taken);
/* Sets status and hint of a failure; returns NEVER. hint: a literal. */
enum result refuse(struct request *rq, unsigned status, const char *hint);
/* The same for a word that is no state of such a thing. */
enum result unknown_state(struct request *rq, const char *what,
    const char *word, const char *hint, struct fault *f);
#define SUBSCRIPTION_IS "it is pending, active, left, bounced or complained"
/* What a handler returned becomes the answer, where there is none yet. */
void request_settle(struct request *rq, enum result r, const struct fault *f);
/* "issue=14 held": for the log line of a changing request. */
void request_did(struct request *rq, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Any bytes as a JSON string: what is not UTF-8 becomes '?'. */
json_t *json_words(const char *text);

/* --- the handlers, by file ------------------------------------------------ */

handler_function status_version, status_show, status_lists; /* _status */
handler_function letter_check, letter_preview, letter_test, /* _letter */
    letter_queue;
handler_function issues_list, issues_show, issues_source, /* _issues */
    issues_hold, issues_release, issues_cancel, issues_deliveries;
handler_function issues_retry, issues_doubt;         /* _word */
handler_function subscribers_list, subscribers_show, /* _subscribers */
    subscribers_add, subscribers_remove;
handler_function transfer_import, transfer_export; /* _transfer */
feed_function transfer_feed;
handler_function relays_test, relays_test_result; /* _relays */
handler_function relays_list;                     /* _traffic */
handler_function explain_mail, explain_incoming;  /* _explain */
handler_function review_list, review_show,        /* _review */
    review_accept, review_dismiss;

/* --- shared between them -------------------------------------------------- */

/* Local time for a person's eyes. */
void control_clock_words(int64_t at_s, char out[32]);
/* Lets go of mail that nobody has decided about for too long, some of it at a
 * time. NONE: there is no more. */
MUST_USE enum result
review_chore(struct control *c, int64_t now_s, struct fault *f);
/* Adds what is wrong with relays to an array of words. */
MUST_USE enum result relays_trouble(
    struct control *c, int64_t now_s, json_t *trouble, struct fault *f);

/* An issue and a delivery as control-api.md has them. *out is yours. */
MUST_USE enum result issue_json(
    struct control *c, const struct issue *i, json_t **out, struct fault *f);
/* A page of deliveries, by the rules of delivery_each. */
struct delivery_page {
    int64_t issue_id, subscriber_id, after;
    int state, limit;
    bool doubtful;
};
MUST_USE enum result deliveries_json(struct control *c,
    const struct delivery_page *page, json_t **out, int64_t *next,
    struct fault *f);
/* The key of a list by its id: "" for one that is not configured any more;
 * and its place in conf->list, -1. */
const char *control_list_key(const struct control *c, int64_t list_id);
int control_list_index(const struct control *c, int64_t list_id);
/* Whether a mailbox of the store ("tg/INBOX") is that inbox's folder. */
bool control_is_folder(const char *name, const char *inbox, const char *folder);

/* The html and plain parts of a message of ours, decoded, the pictures in the
 * html itself. Yours, free with free(). NEVER: it cannot be read. */
MUST_USE enum result preview_parts(
    const char *message, size_t n, char **html, char **text, struct fault *f);

/* --- control_wait.c: requests that wait for DNS ----------------------------
 */

/* The handler returns OK without an answer and is called once more when
 * rq->check has all that it will get; others are served meanwhile.
 * False: too many wait, go on with what there is. */
bool request_wait(struct request *rq);
/* Takes what DNS has said; after how many ms to do so again at the latest, -1:
 * nobody waits. */
void waits_step(struct control *c);
int waits_ms(const struct control *c);
/* Ends it for all of them, as if DNS were silent; or for one that is gone. */
void waits_end(struct control *c);
void waits_forget(struct request *rq);

/* --- control_chores.c: what goes on between requests ---------------------- */

/* Notes an issue whose rows are to be written or cancelled. */
void chores_add(struct control *c, int64_t issue_id, bool cancel);
/* Does one short piece of work.  True: there is more, come back at once;
 * *again_ms: else come back after this time (-1: when something happens). */
bool chores_step(struct control *c, int64_t now_s, int *again_ms);

#endif
