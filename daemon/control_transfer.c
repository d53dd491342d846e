/* SPDX-License-Identifier: ISC */
/* Whole lists in and out as CSV, in a stream: neither an import nor an export
 * of any size is ever in memory as a whole.
 *
 * A spreadsheet takes a cell that begins with = + - @ for a formula, so one
 * that does gets an apostrophe before it (an import takes it away again): a
 * name, and an address as well, for "=cmd|'/c_calc'!a@evil.example" is one, and
 * who has it can subscribe by mail. */
#include <csv.h>
#include <inttypes.h>
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "daemon/control.h"
#include "daemon/import.h"
#include "daemon/log.h"
#include "lists/address.h"

enum {
    EXPORT_ROWS = 500, /* read from the store at a time */
    EXPORT_BLOCK_BYTES = 64 * 1024
};

/* --- import --------------------------------------------------------------- */

/* Begins with the first bytes of the body, or at its end. */
static enum result
import_begin(struct request *rq, struct fault *f)
{
    const char *file = request_query(rq, "file");
    int list;
    enum result r;

    if (rq->import != NULL)
        return RES_OK;
    if (file == NULL || file[0] == '\0')
        file = "import";
    if (strlen(file) > IMPORT_FILE_MAX)
        return fault_set(f, RES_NEVER,
            "the file's name is longer than %d bytes", (int)IMPORT_FILE_MAX);
    r = request_list(rq, request_query(rq, "list"), &list, f);
    if (r != RES_OK)
        return r;
    rq->import = import_new(rq->c->st, rq->c->list_id[list], file, rq->now_s);
    return RES_OK;
}

enum result
transfer_feed(struct request *rq, const char *bytes, size_t n, struct fault *f)
{
    enum result r = import_begin(rq, f);

    if (r == RES_OK)
        r = import_feed(rq->import, bytes, n, f);
    worker_alive(rq->c->w);
    return r;
}

static json_t *
report_json(const struct import_report *report)
{
    json_t *problems = json_array();

    for (int i = 0; i < report->n_problems; i++)
        json_array_append_new(problems,
            json_pack("{s:I,s:o}", "line", (json_int_t)report->problem[i].line,
                "text", json_words(report->problem[i].text)));
    return json_pack("{s:I,s:I,s:I,s:I,s:I,s:I,s:o}", "added",
        (json_int_t)report->added, "there", (json_int_t)report->there,
        "refused", (json_int_t)report->refused, "kept_out",
        (json_int_t)report->kept_out, "converted",
        (json_int_t)report->converted, "lines", (json_int_t)report->lines,
        "problems", problems);
}

enum result
transfer_import(struct request *rq, struct fault *f)
{
    const struct import_report *report;
    enum result r = import_begin(rq, f);

    if (r == RES_OK)
        r = import_end(rq->import, f);
    if (rq->import == NULL)
        return r;
    report = import_report(rq->import);
    if (r != RES_OK) { /* what is written before a failure stays */
        rq->extra = report_json(report);
        return r;
    }
    request_did(rq,
        "list=%s imported file=%s added=%" PRId64 " there=%" PRId64
        " refused=%" PRId64 " kept_out=%" PRId64,
        request_query(rq, "list") != NULL ? log_quote(request_query(rq, "list"))
                                          : rq->c->conf->list[0].letter.key,
        log_quote(request_query(rq, "file") != NULL ? request_query(rq, "file")
                                                    : "import"),
        report->added, report->there, report->refused, report->kept_out);
    answer_json(rq, MHD_HTTP_OK, report_json(report));
    return RES_OK;
}

/* --- export --------------------------------------------------------------- */

struct export
{
    struct control *c;
    int64_t list_id, after;
    int state;
    bool done;
    char separator;
    char *text; /* the rows that were read and not yet sent */
    size_t n, sent;
    FILE *to; /* onto text, while rows are read */
    int rows;
};

static void
cell(FILE *to, const char *text)
{
    char safe[SUBSCRIBER_NAME_MAX + ADDRESS_MAX];

    if (text[0] != '\0' && strchr("=+-@", text[0]) != NULL) {
        (void)snprintf(safe, sizeof safe, "'%s", text);
        text = safe;
    }
    (void)csv_fwrite(to, text, strlen(text));
}

static bool
export_row(
    void *arg, const struct subscriber *who, const struct subscription *what)
{
    struct export *ex = arg;
    char since[32];
    time_t since_s = (time_t)what->since_s;
    struct tm tm;

    ex->after = who->id;
    ex->rows++;
    if (gmtime_r(&since_s, &tm) == NULL ||
        strftime(since, sizeof since, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
        since[0] = '\0';
    cell(ex->to, who->address.text);
    (void)fputc(ex->separator, ex->to);
    cell(ex->to, who->name);
    (void)fputc(ex->separator, ex->to);
    cell(ex->to, who->given_name);
    (void)fprintf(ex->to, "%c%s%c%s%c%s\r\n", ex->separator,
        subscription_word(what->state), ex->separator, since, ex->separator,
        consent_word(what->how));
    return true;
}

/* Reads the next rows. False: the store does not give them. */
static bool
export_more(struct export *ex)
{
    struct fault f = {""};
    enum result r;

    free(ex->text);
    ex->text = NULL;
    ex->n = ex->sent = 0;
    ex->rows = 0;
    ex->to = open_memstream(&ex->text, &ex->n);
    if (ex->to == NULL)
        fault_no_memory();
    r = subscription_each(ex->c->st, ex->list_id, ex->state, ex->after,
        EXPORT_ROWS, export_row, ex, &f);
    if (fclose(ex->to) != 0)
        fault_no_memory();
    ex->done = ex->rows < EXPORT_ROWS;
    if (r == RES_OK || r == RES_NONE)
        return true;
    log_error("export broken off after subscriber=%" PRId64 ": %s", ex->after,
        log_quote(f.text));
    return false;
}

static ssize_t
export_read(void *cls, uint64_t at, char *out, size_t room)
{
    struct export *ex = cls;
    size_t n;

    (void)at;
    worker_alive(ex->c->w);
    while (ex->sent == ex->n) {
        if (ex->done)
            return MHD_CONTENT_READER_END_OF_STREAM;
        if (!export_more(ex))
            return MHD_CONTENT_READER_END_WITH_ERROR;
    }
    n = ex->n - ex->sent < room ? ex->n - ex->sent : room;
    memcpy(out, ex->text + ex->sent, n);
    ex->sent += n;
    return (ssize_t)n;
}

static void
export_free(void *cls)
{
    struct export *ex = cls;

    free(ex->text);
    free(ex);
}

enum result
transfer_export(struct request *rq, struct fault *f)
{
    static const char header[] = "address,name,given_name,state,since,how\r\n";
    /* A Danish Excel takes a file without the mark for windows-1252, and a
     * comma for a decimal one. */
    static const char excel[] = "\xEF\xBB\xBF"
                                "address;name;given_name;state;since;how\r\n";
    bool sheet = request_query(rq, "excel") != NULL;
    const char *word = request_query(rq, "state");
    int list, state = -1;
    struct export *ex;
    enum result r;

    if (word != NULL && word[0] != '\0') {
        state = subscription_from_word(word);
        if (state < 0)
            return unknown_state(rq, "subscription", word, SUBSCRIPTION_IS, f);
    }
    r = request_list(rq, request_query(rq, "list"), &list, f);
    if (r != RES_OK)
        return r;
    ex = fault_calloc(1, sizeof *ex);
    ex->c = rq->c;
    ex->list_id = rq->c->list_id[list];
    ex->state = state;
    ex->separator = sheet ? ';' : ',';
    ex->text = fault_strdup(sheet ? excel : header);
    ex->n = strlen(ex->text);
    answer_stream(rq, "text/csv; charset=utf-8",
        MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, EXPORT_BLOCK_BYTES,
            export_read, ex, export_free));
    request_did(rq, "list=%s exported state=%s",
        rq->c->conf->list[list].letter.key,
        state < 0 ? "all" : subscription_word((enum subscription_state)state));
    return RES_OK;
}
