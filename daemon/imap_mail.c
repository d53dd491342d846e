/* SPDX-License-Identifier: ISC */
/* The mails of a folder: which there are, what they say, and the mark on one
 * that was acted upon.  A server's answer is sorted and checked against what
 * was asked: it may hold news of other mails, in any order. */
#include "daemon/imap.h"

#include "daemon/imap_own.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static struct mailimap_set *set_of(const uint32_t *uids, int n);
static enum result fetch(struct imap *im, const uint32_t *uids, int n,
    struct mailimap_fetch_type *what, clist **found, struct fault *f);
static int gather(const clist *found, const uint32_t *uids, int n,
    struct imap_mail out[IMAP_BATCH]);

static void *
must(void *p)
{
    if (p == NULL)
        fault_no_memory();
    return p;
}

static int
by_number(const void *a, const void *b)
{
    const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

/* The NOOP comes first: a server need not find what came in since the last
 * command.  "n:*" finds the last mail even where its UID is below n. */
enum result
imap_list(struct imap *im, uint32_t after, uint32_t **uids, size_t *n,
    struct fault *f)
{
    struct mailimap_search_key *key;
    clist *found = NULL;
    uint32_t *all;
    size_t count = 0;
    enum result r;

    *uids = NULL;
    *n = 0;
    if (after == UINT32_MAX)
        return RES_OK;
    imap_begin(im);
    r = imap_heard(im, mailimap_noop(im->m), "asking for news", f);
    if (r != RES_OK)
        return r;
    im->exists = im->m->imap_selection_info->sel_exists;
    key = must(mailimap_search_key_new_uid(
        must(mailimap_set_new_interval(after + 1, 0))));
    r = imap_heard(im, mailimap_uid_search(im->m, NULL, key, &found),
        "listing new mails", f);
    mailimap_search_key_free(key);
    if (r != RES_OK)
        return r;
    all = fault_calloc((unsigned long)clist_count(found), sizeof *all);
    for (clistiter *i = clist_begin(found); i != NULL; i = clist_next(i)) {
        const uint32_t *uid = clist_content(i);

        if (*uid > after)
            all[count++] = *uid;
    }
    mailimap_search_result_free(found);
    qsort(all, count, sizeof *all, by_number);
    *n = count < IMAP_LIST_MAX ? count : IMAP_LIST_MAX;
    *uids = all;
    return RES_OK;
}

enum result
imap_look(struct imap *im, const uint32_t *uids, int n,
    struct imap_mail out[IMAP_BATCH], int *n_out, struct fault *f)
{
    struct mailimap_fetch_type *what =
        must(mailimap_fetch_type_new_fetch_att_list_empty());
    clist *found = NULL;
    enum result r;

    (void)mailimap_fetch_type_new_fetch_att_list_add(
        what, must(mailimap_fetch_att_new_uid()));
    (void)mailimap_fetch_type_new_fetch_att_list_add(
        what, must(mailimap_fetch_att_new_rfc822_size()));
    (void)mailimap_fetch_type_new_fetch_att_list_add(
        what, must(mailimap_fetch_att_new_internaldate()));
    imap_begin(im);
    r = fetch(im, uids, n, what, &found, f);
    if (r != RES_OK)
        return r;
    *n_out = gather(found, uids, n, out);
    for (int i = 0; i < *n_out; i++)
        out[i].text = NULL;
    mailimap_fetch_list_free(found);
    return RES_OK;
}

enum result
imap_fetch(struct imap *im, const uint32_t *uids, int n, size_t max_bytes,
    enum result (*each)(
        void *arg, const struct imap_mail *mail, struct fault *f),
    void *arg, struct fault *f)
{
    struct mailimap_fetch_type *what =
        must(mailimap_fetch_type_new_fetch_att_list_empty());
    struct imap_mail mail[IMAP_BATCH];
    clist *found = NULL;
    enum result r;
    int count;

    (void)mailimap_fetch_type_new_fetch_att_list_add(
        what, must(mailimap_fetch_att_new_uid()));
    (void)mailimap_fetch_type_new_fetch_att_list_add(
        what, must(mailimap_fetch_att_new_body_peek_section_partial(
                  must(mailimap_section_new(NULL)), 0, (uint32_t)max_bytes)));
    imap_begin(im);
    im->left_bytes += IMAP_FETCH_BYTES + max_bytes;
    r = fetch(im, uids, n, what, &found, f);
    if (r != RES_OK)
        return r;
    count = gather(found, uids, n, mail);
    for (int i = 0; i < count && r == RES_OK; i++)
        if (mail[i].text != NULL)
            r = each(arg, &mail[i], f);
    mailimap_fetch_list_free(found);
    return r;
}

/* --- what was asked, and what came --------------------------------------- */

/* Neighbours go as one range, so that a full batch makes a short line. */
static struct mailimap_set *
set_of(const uint32_t *uids, int n)
{
    struct mailimap_set *set = must(mailimap_set_new_empty());
    int first, i;

    for (first = 0; first < n; first = i) {
        for (i = first + 1; i < n && uids[i] == uids[i - 1] + 1; i++)
            ;
        if (mailimap_set_add_interval(set, uids[first], uids[i - 1]) !=
            MAILIMAP_NO_ERROR)
            fault_no_memory();
    }
    return set;
}

/* Takes what, after imap_begin. */
static enum result
fetch(struct imap *im, const uint32_t *uids, int n,
    struct mailimap_fetch_type *what, clist **found, struct fault *f)
{
    struct mailimap_set *set = set_of(uids, n);
    int r;

    r = mailimap_uid_fetch(im->m, set, what, found);
    mailimap_set_free(set);
    mailimap_fetch_type_free(what);
    return imap_heard(im, r, "fetching mails", f);
}

static int64_t
seconds_of(const struct mailimap_date_time *d)
{
    struct tm tm = {
        .tm_year = d->dt_year - 1900,
        .tm_mon = d->dt_month - 1,
        .tm_mday = d->dt_day,
        .tm_hour = d->dt_hour,
        .tm_min = d->dt_min,
        .tm_sec = d->dt_sec,
    };
    int minutes = d->dt_zone / 100 * 60 + d->dt_zone % 100;

    return (int64_t)timegm(&tm) - (int64_t)minutes * 60;
}

static void
take_item(const struct mailimap_msg_att_static *item, struct imap_mail *mail)
{
    switch (item->att_type) {
    case MAILIMAP_MSG_ATT_UID:
        mail->uid = item->att_data.att_uid;
        break;
    case MAILIMAP_MSG_ATT_RFC822_SIZE:
        mail->bytes = item->att_data.att_rfc822_size;
        break;
    case MAILIMAP_MSG_ATT_INTERNALDATE:
        mail->arrived_s = seconds_of(item->att_data.att_internal_date);
        break;
    case MAILIMAP_MSG_ATT_BODY_SECTION:
        mail->text = item->att_data.att_body_section->sec_body_part;
        mail->n = item->att_data.att_body_section->sec_length;
        break;
    default:
        break;
    }
}

static int
by_uid(const void *a, const void *b)
{
    return by_number(&((const struct imap_mail *)a)->uid,
        &((const struct imap_mail *)b)->uid);
}

/* Each mail that was asked for, once, ascending. */
static int
gather(const clist *found, const uint32_t *uids, int n,
    struct imap_mail out[IMAP_BATCH])
{
    int count = 0, kept = 0;

    for (clistiter *i = clist_begin(found); i != NULL && count < IMAP_BATCH;
         i = clist_next(i)) {
        const struct mailimap_msg_att *att = clist_content(i);
        struct imap_mail mail = {0};

        for (clistiter *j = clist_begin(att->att_list); j != NULL;
             j = clist_next(j)) {
            const struct mailimap_msg_att_item *item = clist_content(j);

            if (item->att_type == MAILIMAP_MSG_ATT_ITEM_STATIC)
                take_item(item->att_data.att_static, &mail);
        }
        if (bsearch(&mail.uid, uids, (size_t)n, sizeof *uids, by_number) !=
                NULL &&
            (mail.text != NULL || mail.bytes > 0))
            out[count++] = mail;
    }
    qsort(out, (size_t)count, sizeof *out, by_uid);
    for (int i = 0; i < count; i++)
        if (kept == 0 || out[kept - 1].uid != out[i].uid)
            out[kept++] = out[i];
    return kept;
}

/* --- marks --------------------------------------------------------------- */

/* A server that names no PERMANENTFLAGS keeps all of them (RFC 3501 7.1). */
bool
imap_can_mark(struct imap *im, const char *keyword)
{
    const struct mailimap_selection_info *sel = im->m->imap_selection_info;

    if (sel->sel_perm == MAILIMAP_MAILBOX_READONLY)
        return false;
    if (sel->sel_perm_flags == NULL)
        return true;
    for (clistiter *i = clist_begin(sel->sel_perm_flags); i != NULL;
         i = clist_next(i)) {
        const struct mailimap_flag_perm *perm = clist_content(i);

        if (perm->fl_type == MAILIMAP_FLAG_PERM_ALL)
            return true;
        if (perm->fl_flag != NULL &&
            perm->fl_flag->fl_type == MAILIMAP_FLAG_KEYWORD &&
            strcasecmp(perm->fl_flag->fl_data.fl_keyword, keyword) == 0)
            return true;
    }
    return false;
}

bool
imap_can_move(struct imap *im)
{
    return im->m->imap_selection_info->sel_perm != MAILIMAP_MAILBOX_READONLY &&
           mailimap_has_extension(im->m, "MOVE") != 0;
}

enum result
imap_mark(struct imap *im, uint32_t uid, const char *keyword, struct fault *f)
{
    struct mailimap_flag_list *flags = must(mailimap_flag_list_new_empty());
    struct mailimap_store_att_flags *add;
    struct mailimap_set *set = must(mailimap_set_new_single(uid));
    int r;

    if (mailimap_flag_list_add(flags,
            must(mailimap_flag_new_flag_keyword(fault_strdup(keyword)))) !=
        MAILIMAP_NO_ERROR)
        fault_no_memory();
    add = must(mailimap_store_att_flags_new_add_flags_silent(flags));
    imap_begin(im);
    r = mailimap_uid_store(im->m, set, add);
    mailimap_store_att_flags_free(add);
    mailimap_set_free(set);
    return imap_heard(im, r, "marking a mail", f);
}

bool
imap_is_read_only(const struct imap *im)
{
    return im->m->imap_selection_info->sel_perm == MAILIMAP_MAILBOX_READONLY;
}

enum result
imap_is_there(struct imap *im, uint32_t uid, const char *keyword, bool *there,
    struct fault *f)
{
    struct mailimap_search_key *key =
        must(mailimap_search_key_new_multiple_empty());
    clist *found = NULL;
    enum result r;

    /* It may still count what another program has taken away. */
    imap_begin(im);
    r = imap_heard(im, mailimap_noop(im->m), "asking for news", f);
    if (r != RES_OK) {
        mailimap_search_key_free(key);
        return r;
    }
    if (mailimap_search_key_multiple_add(
            key, must(mailimap_search_key_new_uid(
                     must(mailimap_set_new_single(uid))))) != MAILIMAP_NO_ERROR)
        fault_no_memory();
    if (keyword != NULL &&
        mailimap_search_key_multiple_add(key,
            must(mailimap_search_key_new_keyword(fault_strdup(keyword)))) !=
            MAILIMAP_NO_ERROR)
        fault_no_memory();
    imap_begin(im);
    r = imap_heard(im, mailimap_uid_search(im->m, NULL, key, &found),
        "looking for a mail", f);
    mailimap_search_key_free(key);
    if (r != RES_OK)
        return r;
    *there = clist_count(found) > 0;
    mailimap_search_result_free(found);
    return RES_OK;
}

/* A folder that could not be made is there, or the second try says why.  A
 * mail program may show only folders that are subscribed to. */
static enum result
put(struct imap *im, uint32_t uid, const char *folder, const char *doing,
    int (*how)(mailimap *, struct mailimap_set *, const char *),
    struct fault *f)
{
    char name[IMAP_FOLDER_MAX];
    struct mailimap_set *set;
    enum result r = imap_folder_name(folder, name, f);

    if (r != RES_OK)
        return r;
    set = must(mailimap_set_new_single(uid));
    imap_begin(im);
    r = imap_heard(im, how(im->m, set, name), doing, f);
    if (r == RES_NEVER) {
        r = imap_heard(im, mailimap_create(im->m, name), "making a folder", f);
        if (r == RES_OK)
            r = imap_heard(im, mailimap_subscribe(im->m, name),
                "subscribing to a folder", f);
        if (r != RES_LATER)
            r = imap_heard(im, how(im->m, set, name), doing, f);
    }
    mailimap_set_free(set);
    return r;
}

enum result
imap_move(struct imap *im, uint32_t uid, const char *folder, struct fault *f)
{
    enum result r = put(im, uid, folder, "moving a mail", mailimap_uid_move, f);

    /* It is gone by our own doing: one that came meanwhile still is news. */
    if (r == RES_OK && im->exists > 0)
        im->exists--;
    return r;
}

enum result
imap_copy(struct imap *im, uint32_t uid, const char *folder, struct fault *f)
{
    return put(im, uid, folder, "copying a mail", mailimap_uid_copy, f);
}
