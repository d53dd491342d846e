/* SPDX-License-Identifier: ISC */
/* cli/import.c - a whole list in and out as CSV, in pieces: neither we nor the
 * daemon hold a file in memory. What the columns mean is the daemon's. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>
#include "cli/client.h"
#include "cli/command.h"
#include "cli/field.h"
#include "cli/lists.h"
#include "cli/term.h"
#include "cli/text.h"

enum {
    PROBLEMS_MAX = 1000, /* the API's own limit */
    PROGRESS_MS = 100
};

/* A file on its way in. */
struct inflow {
    const char *name;
    int fd;
    int64_t sent, size; /* size 0: not known */
    int64_t shown_ms;
    bool shown;
};
/* A list on its way out. */
struct outflow {
    const char *path; /* NULL: stdout, cleaned where it is a terminal */
    FILE *file, *collected;
};

static int open_file(struct inflow *in, const char *path);
static long read_piece(void *arg, char *buf, size_t n);
static void show_progress(struct inflow *in);
static int print_report(const char *file, const json_t *report);
static FILE *create_private(const char *path);
static bool write_piece(void *arg, const char *buf, size_t n);
static int finish_out(struct outflow *out, int code);

int
import_run(struct cli *c)
{
    struct inflow in = {.name = c->args->words[0]};
    const char *slash = strrchr(in.name, '/');
    char *list = NULL, *path;
    struct answer a;
    int code = open_file(&in, in.name);

    if (code != 0)
        return code;
    code = lists_choose(c, &list);
    if (code == 0) {
        struct client_body body = {
            .type = "text/csv", .read = read_piece, .arg = &in};

        path = text_copy("/v1/import");
        client_query(&path, "list", list);
        client_query(&path, "file",
            strcmp(in.name, "-") == 0 ? "stdin"
            : slash == NULL           ? in.name
                                      : slash + 1);
        body.path = path;
        client_upload(c->client, &body, &a);
        free(path);
        if (in.shown)
            fputs("\r\033[K", stderr);
        code = client_judge(&a);
        if (code == 0)
            code = print_report(
                strcmp(in.name, "-") == 0 ? "stdin" : in.name, a.json);
        client_clear(&a);
    }
    free(list);
    if (in.fd != STDIN_FILENO)
        close(in.fd);
    return code;
}

static int
open_file(struct inflow *in, const char *path)
{
    struct stat st;

    in->fd = strcmp(path, "-") == 0 ? STDIN_FILENO
                                    : open(path, O_RDONLY | O_CLOEXEC);
    if (in->fd < 0)
        return term_fault(EX_NOINPUT, NULL, "%s: %s", path, strerror(errno));
    if (fstat(in->fd, &st) != 0 || S_ISDIR(st.st_mode)) {
        close(in->fd);
        return term_fault(EX_NOINPUT, NULL, "%s: not a file", path);
    }
    if (S_ISREG(st.st_mode))
        in->size = st.st_size;
    return 0;
}

static long
read_piece(void *arg, char *buf, size_t n)
{
    struct inflow *in = arg;
    ssize_t got;

    do
        got = read(in->fd, buf, n);
    while (got < 0 && errno == EINTR);
    if (got < 0) {
        term_fault(EX_IOERR, "Nothing after that was sent.", "%s: %s", in->name,
            strerror(errno));
        return -1;
    }
    in->sent += got;
    if (term_is_screen(stderr) && !term_json())
        show_progress(in);
    return got;
}

static void
show_progress(struct inflow *in)
{
    struct timespec ts;
    int64_t now_ms;
    char *size;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    now_ms = (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
    if (now_ms - in->shown_ms < PROGRESS_MS)
        return;
    in->shown_ms = now_ms;
    in->shown = true;
    size = text_size(in->sent);
    if (in->size > 0)
        fprintf(stderr, "\r%3lld %%  %s\033[K",
            (long long)(in->sent >= in->size ? 100 : in->sent * 100 / in->size),
            size);
    else
        fprintf(stderr, "\r%s\033[K", size);
    free(size);
}

static int
print_report(const char *file, const json_t *report)
{
    const json_t *problems = json_object_get(report, "problems"), *p;
    long long refused = field_int(report, "refused");
    long long kept_out = field_int(report, "kept_out");
    size_t i;

    if (term_json()) {
        field_print(report);
        return refused > 0 ? EX_DATAERR : 0;
    }
    json_array_foreach(problems, i, p)
    {
        term_say("%s:%lld: %s\n", file, (long long)field_int(p, "line"),
            field_text(p, "text"));
    }
    if (refused > (long long)json_array_size(problems) &&
        json_array_size(problems) >= PROBLEMS_MAX)
        term_say("(and more: these are the first %d)\n", PROBLEMS_MAX);
    term_style(STYLE_BOLD, "%lld added", (long long)field_int(report, "added"));
    term_say(", %lld there already", (long long)field_int(report, "there"));
    if (kept_out > 0)
        term_say(", %lld kept out (left, bounced or complained before: an"
                 " import brings nobody back)",
            kept_out);
    if (refused > 0) {
        term_say(", ");
        term_style(STYLE_BAD, "%lld refused", refused);
    } else {
        term_say(", 0 refused");
    }
    term_say("; %lld lines read.\n", (long long)field_int(report, "lines"));
    return refused > 0 ? EX_DATAERR : 0;
}

int
export_run(struct cli *c)
{
    struct outflow out = {.path = c->args->value[OPT_OUT]};
    char *list, *path, *text = NULL;
    size_t n = 0;
    int code = lists_choose(c, &list);

    if (code != 0)
        return code;
    if (out.path != NULL)
        out.file = create_private(out.path);
    else if (isatty(STDOUT_FILENO) || term_json())
        out.collected = text_open(&text, &n);
    else
        out.file = stdout;
    if (out.file == NULL && out.collected == NULL) {
        free(list);
        return term_fault(
            EX_CANTCREAT, NULL, "%s: %s", out.path, strerror(errno));
    }
    path = text_copy("/v1/export");
    client_query(&path, "list", list);
    client_query(&path, "state", c->args->value[OPT_STATE]);
    client_query(&path, "excel", given(c->args, OPT_EXCEL) ? "1" : NULL);
    code = client_download(c->client, path, write_piece, &out);
    if (out.collected != NULL)
        text_close(out.collected);
    if (code == 0 && out.collected != NULL && term_json()) {
        json_t *j = json_pack("{s:s, s:s%}", "list", list, "csv", text, n);

        field_print(j);
        json_decref(j);
    } else if (code == 0 && out.collected != NULL) {
        term_raw(text, n);
    }
    free(text);
    free(path);
    free(list);
    return finish_out(&out, code);
}

/* Who reads the letter is nobody else's business on this machine; a file that
 * is there keeps its mode. NULL: errno says why. */
static FILE *
create_private(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    return fd < 0 ? NULL : fdopen(fd, "w");
}

static bool
write_piece(void *arg, const char *buf, size_t n)
{
    struct outflow *out = arg;
    FILE *to = out->collected != NULL ? out->collected : out->file;

    if (fwrite(buf, 1, n, to) == n)
        return true;
    term_fault(EX_IOERR, NULL, "%s: %s",
        out->path == NULL ? "stdout" : out->path, strerror(errno));
    return false;
}

static int
finish_out(struct outflow *out, int code)
{
    if (out->path == NULL)
        return code;
    if (fclose(out->file) != 0 && code == 0)
        return term_fault(EX_IOERR, NULL, "%s: %s", out->path, strerror(errno));
    if (code == 0 && !term_json())
        term_say("The list is in %s\n", out->path);
    return code;
}
