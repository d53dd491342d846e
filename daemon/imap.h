/* SPDX-License-Identifier: ISC */
/* daemon/imap.h - one folder of a mailbox over IMAP (RFC 3501): connect,
 * verify, log in, look, fetch, wait, mark.
 *
 * Nothing here makes an unread mail read (BODY.PEEK only) or deletes one:
 * no EXPUNGE, no \Deleted.  Results, unless said otherwise: LATER: the
 * connection is lost, or cannot be trusted any more: close it.  NEVER: the
 * server answered NO or BAD, and its words are in the fault; the connection
 * still stands. */
#ifndef DAEMON_IMAP_H
#define DAEMON_IMAP_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "daemon/conf.h"
#include "lists/fault.h"

enum {
    IMAP_BATCH = 200,                   /* mails in one command */
    IMAP_FETCH_BYTES = 8 * 1024 * 1024, /* of mails in one command */
    IMAP_LIST_MAX = 1000000             /* mails in one list */
};

struct imap;
struct oauth; /* an access token, see oauth.h */
struct watch; /* called now and then while a command takes long, see watch.h */

/* A mail in the folder.  text: borrowed during the call that hands it out,
 * NULL where only its marks were asked for. */
struct imap_mail {
    uint32_t uid;
    uint32_t bytes;    /* RFC822.SIZE: on some servers an estimate */
    int64_t arrived_s; /* INTERNALDATE, 0 where the server gives none */
    const char *text;
    size_t n;
};

/* Connects, verifies the server (unless box->tls says otherwise) and only
 * then fetches the password and logs in. oauth: where box->auth wants a token;
 * it is fetched where there is none, and thrown away where it is refused. Each
 * read and write of the network may take timeout_s. Yours, close with
 * imap_close.
 * LATER: no connection, no password or token now, or a token that was good is
 * refused: the next try has another; or the server cannot take us for now.
 * NEVER: the server is not who it should be, offers no TLS, or refuses us. */
MUST_USE enum result imap_open(const struct conf_inbox *box,
    struct oauth *oauth, int timeout_s, const struct watch *watch,
    struct imap **out, struct fault *f);
void imap_close(struct imap *im); /* NULL is fine */

/* Opens a folder (UTF-8). */
MUST_USE enum result imap_select(struct imap *im, const char *folder,
    uint32_t *uidvalidity, struct fault *f);

/* The UIDs above `after`, ascending, at most IMAP_LIST_MAX (the lowest).
 * *uids is yours, free with free(). */
MUST_USE enum result imap_list(struct imap *im, uint32_t after, uint32_t **uids,
    size_t *n, struct fault *f);

/* Sizes and dates of up to IMAP_BATCH mails, ascending by UID; those that
 * are gone meanwhile are left out. */
MUST_USE enum result imap_look(struct imap *im, const uint32_t *uids, int n,
    struct imap_mail out[IMAP_BATCH], int *n_out, struct fault *f);

/* Hands the first max_bytes of up to IMAP_BATCH mails to each, ascending by
 * UID; those that are gone are left out. What each says other than OK ends
 * the call and is passed on.  Ask for IMAP_FETCH_BYTES or one mail: about
 * twice as much is held, and a server that sends more is cut off (LATER). */
MUST_USE enum result imap_fetch(struct imap *im, const uint32_t *uids, int n,
    size_t max_bytes,
    enum result (*each)(
        void *arg, const struct imap_mail *mail, struct fault *f),
    void *arg, struct fault *f);

/* The server has told of new mail since imap_list, beside its answers. */
bool imap_has_news(const struct imap *im);
/* IDLE (RFC 2177): between imap_idle and imap_idle_end the folder's news make
 * the fd readable, and no other function may be called.
 * NONE: there are news already; the idling has begun all the same.
 * NEVER: the server does not want to; imap_can_idle is false from now on. */
bool imap_can_idle(struct imap *im);
MUST_USE enum result imap_idle(struct imap *im, struct fault *f);
int imap_fd(struct imap *im);
MUST_USE enum result imap_idle_end(struct imap *im, struct fault *f);

/* Whether mails of this folder can bear a keyword, or be moved. */
bool imap_can_mark(struct imap *im, const char *keyword);
bool imap_can_move(struct imap *im);
bool imap_is_read_only(const struct imap *im);
/* Whether a mail is in the folder, and bears a keyword (NULL: either way). */
MUST_USE enum result imap_is_there(struct imap *im, uint32_t uid,
    const char *keyword, bool *there, struct fault *f);
/* One mail; one that is gone is no failure. imap_move and imap_copy make the
 * folder where there is none. */
MUST_USE enum result
imap_mark(struct imap *im, uint32_t uid, const char *keyword, struct fault *f);
MUST_USE enum result
imap_move(struct imap *im, uint32_t uid, const char *folder, struct fault *f);
MUST_USE enum result
imap_copy(struct imap *im, uint32_t uid, const char *folder, struct fault *f);

enum {
    IMAP_FOLDER_MAX = 1000
};
/* A folder's UTF-8 name as IMAP writes it: modified UTF-7 (RFC 3501 5.1.3).
 * NEVER: empty, too long, not UTF-8, or it has control characters. */
MUST_USE enum result
imap_folder_name(const char *utf8, char out[IMAP_FOLDER_MAX], struct fault *f);

#endif
