/* SPDX-License-Identifier: ISC */
/* cli/queue.c - an issue on its way to the daemon: check, preview, test and
 * queue, which all send the file and its pictures. */
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
#include "cli/source.h"
#include "cli/term.h"
#include "cli/text.h"
#include "cli/watch.h"
#include "cli/when.h"

static int send_source(
    struct cli *c, const char *path, json_t *source, struct answer *out);
static int read_sound(struct cli *c, json_t **source);
static void add_faults(json_t *answer, const json_t *faults);
static int by_line(const void *a, const void *b);
static int not_ready(const struct cli *c, const json_t *notes);
static int judge(struct cli *c, const struct answer *a);
static void print_notes(const char *file, const json_t *notes);
static void print_verdict(const json_t *answer, int errors, int warnings);
static int print_preview(struct cli *c, const json_t *answer);
static int write_part(
    const struct cli *c, const char *path, const char *part, const json_t *j);
static int write_all(int fd, const char *s, size_t n);
static char *beside(const char *path);
static json_t *test_addresses(struct cli *c);
static int read_at(const char *text, json_t *source);
static int say_queued(struct cli *c, const json_t *issue);
static int queued_before(struct cli *c, const struct answer *a);

int
check_run(struct cli *c)
{
    json_t *source, *note, *faults;
    const json_t *notes;
    struct answer a;
    int errors = 0, warnings = 0, code;
    size_t i;

    code = source_read(c->args->words[0], &source, &faults);
    if (code != 0)
        return code;
    code = send_source(c, "/v1/check", source, &a);
    if (code != 0) {
        print_notes(c->args->words[0], faults);
        goto out;
    }
    add_faults(a.json, faults);
    notes = json_object_get(a.json, "notes");
    json_array_foreach(notes, i, note)
    {
        if (field_true(note, "error"))
            errors++;
        else
            warnings++;
    }
    if (term_json()) {
        field_print(a.json);
    } else {
        print_notes(c->args->words[0], notes);
        print_verdict(a.json, errors, warnings);
    }
    code = errors > 0 ? EX_DATAERR : 0;
out:
    json_decref(faults);
    client_clear(&a);
    return code;
}

/* A source that can be sent: *source is yours.  Else a code of sysexits(3),
 * after saying all that is wrong with it, the daemon's words among them. */
static int
read_sound(struct cli *c, json_t **source)
{
    struct request r = {.method = "POST", .path = "/v1/check"};
    struct answer a;
    json_t *faults;
    int code = source_read(c->args->words[0], source, &faults);

    if (code != 0 || json_array_size(faults) == 0) {
        if (code == 0)
            json_decref(faults);
        return code;
    }
    r.body = *source;
    client_ask(c->client, &r, &a);
    json_decref(*source);
    if (a.status == 200)
        add_faults(a.json, faults);
    code = not_ready(
        c, a.status == 200 ? json_object_get(a.json, "notes") : faults);
    json_decref(faults);
    client_clear(&a);
    return code;
}

/* To the notes of an answer, all in the order of lines. */
static void
add_faults(json_t *answer, const json_t *faults)
{
    json_t *notes = json_object_get(answer, "notes"), *sorted = json_array();
    size_t n_notes = json_array_size(notes), n = json_array_size(faults);
    json_t **all = text_calloc(n_notes + n + 1, sizeof(json_t *));

    for (size_t i = 0; i < n_notes; i++)
        all[i] = json_array_get(notes, i);
    for (size_t i = 0; i < n; i++)
        all[n_notes + i] = json_array_get(faults, i);
    if (n > 0)
        qsort(all, n_notes + n, sizeof(json_t *), by_line);
    for (size_t i = 0; i < n_notes + n; i++)
        json_array_append(sorted, all[i]);
    json_object_set_new(answer, "notes", sorted);
    free(all);
}

static int
by_line(const void *a, const void *b)
{
    int64_t x = field_int(*(json_t *const *)a, "line");
    int64_t y = field_int(*(json_t *const *)b, "line");

    return x < y ? -1 : x > y;
}

static int
not_ready(const struct cli *c, const json_t *notes)
{
    const char *file = c->args->words[0];
    bool shown = strcmp(c->command->name, "preview") == 0;

    if (term_json()) {
        json_t *said = json_pack("{s:O}", "notes", notes);

        field_print(said);
        json_decref(said);
    } else {
        print_notes(file, notes);
    }
    return term_fault(EX_DATAERR, "Mend it and check it again.",
        "%s is not ready: nothing was %s", file, shown ? "made" : "sent");
}

/* Takes source. 0, or a code of sysexits(3) after saying what is wrong. */
static int
send_source(struct cli *c, const char *path, json_t *source, struct answer *out)
{
    struct request r = {.method = "POST",
        .path = path,
        .body = source,
        .literal = strcmp(path, "/v1/preview") == 0};

    client_ask(c->client, &r, out);
    json_decref(source);
    return judge(c, out);
}

/* As client_judge(); where the issue itself is wrong, all of what is. */
static int
judge(struct cli *c, const struct answer *a)
{
    const json_t *notes = json_object_get(a->json, "notes");

    if (a->status != 400 || json_array_size(notes) == 0 || term_json())
        return client_judge(a);
    return not_ready(c, notes);
}

/* FILE:LINE: error: words, as compilers say it and editors jump to it. */
static void
print_notes(const char *file, const json_t *notes)
{
    const json_t *note;
    size_t i;

    json_array_foreach(notes, i, note)
    {
        int64_t line = field_int(note, "line");
        bool error = field_true(note, "error");

        if (line > 0)
            term_say("%s:%lld: ", file, (long long)line);
        else
            term_say("%s: ", file);
        term_style(
            error ? STYLE_BAD : STYLE_WARN, error ? "error:" : "warning:");
        term_say(" %s\n", field_text(note, "text"));
    }
}

static void
print_verdict(const json_t *answer, int errors, int warnings)
{
    char *size = text_size(field_int(answer, "message_bytes"));
    long long readers = field_int(answer, "recipients");

    if (errors > 0) {
        term_style(STYLE_BAD, "Not ready:");
        term_say(" %d %s to mend", errors, errors == 1 ? "error" : "errors");
    } else {
        term_style(STYLE_GOOD, "Ready:");
        term_say(" \"%s\" to %lld %s of %s, %s each",
            field_text(answer, "subject"), readers,
            readers == 1 ? "reader" : "readers", field_text(answer, "list"),
            size);
    }
    if (warnings > 0)
        term_say(" (%d %s)", warnings, warnings == 1 ? "warning" : "warnings");
    term_say(".\n");
    free(size);
}

int
preview_run(struct cli *c)
{
    int parts = given(c->args, OPT_TEXT) + given(c->args, OPT_HTML) +
                given(c->args, OPT_EML);
    struct answer a;
    json_t *source;
    int code;

    if (parts > 1)
        return command_misused(
            c->command, "only one of --text, --html and --eml");
    code = read_sound(c, &source);
    if (code != 0)
        return code;
    if (c->args->n_to > 0)
        json_object_set_new(source, "to", json_string(c->args->to[0]));
    code = send_source(c, "/v1/preview", source, &a);
    if (code == 0)
        code = print_preview(c, a.json);
    client_clear(&a);
    return code;
}

static int
print_preview(struct cli *c, const json_t *answer)
{
    const char *part = given(c->args, OPT_TEXT)   ? "text"
                       : given(c->args, OPT_HTML) ? "html"
                       : given(c->args, OPT_EML)  ? "eml"
                                                  : NULL;
    const char *out = c->args->value[OPT_OUT];
    const char *text = field_text(answer, "text");
    char *path;
    int code;

    if (term_json()) {
        code = out == NULL
                   ? 0
                   : write_part(c, out, part == NULL ? "html" : part, answer);
        if (code == 0)
            field_print(answer);
        return code;
    }
    if (part != NULL && out == NULL) {
        const char *s = field_text(answer, part);

        term_raw(s, strlen(s));
        return 0;
    }
    path = out != NULL ? text_copy(out) : beside(c->args->words[0]);
    code = write_part(c, path, part == NULL ? "html" : part, answer);
    if (code == 0 && part == NULL) {
        char *subject = text_clean(field_text(answer, "subject"),
            strlen(field_text(answer, "subject")), TEXT_ONE_LINE);

        term_style(STYLE_BOLD, "%s", subject);
        term_say("\n\n");
        free(subject);
        term_raw(text, strlen(text));
    }
    if (code == 0)
        term_say("%sThe %s%s is in %s\n", part == NULL ? "\n" : "",
            part == NULL ? "html" : part, part == NULL ? " part" : "", path);
    free(path);
    return code;
}

/* nyhedsbrev-14.md -> nyhedsbrev-14.preview.html. Yours. */
static char *
beside(const char *path)
{
    const char *name = strrchr(path, '/'), *dot;

    name = name == NULL ? path : name + 1;
    dot = strrchr(name, '.');
    if (strcmp(path, "-") == 0)
        return text_copy("issue.preview.html");
    return text_format("%.*s.preview.html",
        (int)(dot == NULL || dot == name ? strlen(path) : (size_t)(dot - path)),
        path);
}

/* Never over the source, whatever --out says. */
static int
write_part(
    const struct cli *c, const char *path, const char *part, const json_t *j)
{
    const char *s = field_text(j, part);
    struct stat source, target;
    int fd, why;

    if (stat(c->args->words[0], &source) == 0 && stat(path, &target) == 0 &&
        source.st_dev == target.st_dev && source.st_ino == target.st_ino)
        return term_fault(
            EX_USAGE, "Name another file.", "%s is the issue itself", path);
    /* Nobody has named the file beside the issue: it may be a trap there. */
    fd = open(path,
        O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC |
            (given(c->args, OPT_OUT) ? 0 : O_NOFOLLOW),
        0666);
    if (fd < 0)
        return term_fault(EX_CANTCREAT, "Say where: --out FILE", "%s: %s", path,
            errno == ELOOP ? "this is a link to elsewhere" : strerror(errno));
    why = write_all(fd, s, strlen(s));
    if (close(fd) != 0 && why == 0)
        why = errno;
    if (why != 0)
        return term_fault(EX_IOERR, NULL, "%s: %s", path, strerror(why));
    return 0;
}

static int
write_all(int fd, const char *s, size_t n)
{
    while (n > 0) {
        ssize_t put = write(fd, s, n);

        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return errno;
        s += put;
        n -= (size_t)put;
    }
    return 0;
}

int
test_run(struct cli *c)
{
    json_t *source, *to = test_addresses(c);
    size_t n = json_array_size(to);
    struct answer a;
    int code;

    if (n == 0) {
        json_decref(to);
        return command_misused(c->command, "test: for whom?");
    }
    code = read_sound(c, &source);
    if (code != 0) {
        json_decref(to);
        return code;
    }
    json_object_set_new(source, "to", to);
    code = send_source(c, "/v1/test", source, &a);
    if (code == 0 && term_json()) {
        field_print(a.json);
    } else if (code == 0) {
        term_say("%lld test: \"%s\" to %zu %s\n",
            (long long)field_int(a.json, "id"), field_text(a.json, "subject"),
            n, n == 1 ? "address" : "addresses");
        if (!given(c->args, OPT_WATCH))
            term_say("What became of it: rummelig-mail who %lld\n",
                (long long)field_int(a.json, "id"));
    }
    fflush(stdout);
    if (code == 0 && given(c->args, OPT_WATCH))
        code = watch_issue(c, field_int(a.json, "id"));
    client_clear(&a);
    return code;
}

/* --to a --to b,c and the words behind the file. */
static json_t *
test_addresses(struct cli *c)
{
    json_t *to = json_array();

    for (int i = 0; i < c->args->n_to; i++) {
        for (const char *s = c->args->to[i]; *s != '\0';) {
            size_t n = strcspn(s, ", ");

            if (n > 0)
                json_array_append_new(to, json_stringn(s, n));
            s += n;
            s += strspn(s, ", ");
        }
    }
    for (int i = 1; i < c->args->n_words; i++)
        json_array_append_new(to, json_string(c->args->words[i]));
    return to;
}

int
queue_run(struct cli *c)
{
    json_t *source;
    struct answer a;
    int code = read_sound(c, &source);

    if (code != 0)
        return code;
    if (given(c->args, OPT_AT)) {
        code = read_at(c->args->value[OPT_AT], source);
        if (code != 0) {
            json_decref(source);
            return code;
        }
    }
    json_object_set_new(
        source, "again", json_boolean(given(c->args, OPT_AGAIN)));
    {
        struct request r = {
            .method = "POST", .path = "/v1/issues", .body = source};

        client_ask(c->client, &r, &a);
        json_decref(source);
    }
    if (a.status == 409 && field_int(a.json, "same") > 0) {
        code = queued_before(c, &a);
    } else {
        code = judge(c, &a);
        if (code == 0)
            code = say_queued(c, a.json);
    }
    client_clear(&a);
    return code;
}

/* Adds "at" to source. */
static int
read_at(const char *text, json_t *source)
{
    int64_t at;

    switch (when_parse(text, time(NULL), &at)) {
    case WHEN_OK:
        break;
    case WHEN_TWICE:
        fprintf(stderr, "That time comes twice, as summer time ends: taking"
                        " the first.\n");
        break;
    case WHEN_FORM:
        return term_fault(EX_USAGE, "So: --at \"2026-12-01 09:00\"",
            "--at %s: not a time in the form YYYY-MM-DD HH:MM", text);
    case WHEN_SKIPPED:
        return term_fault(EX_USAGE, "Take a time an hour later.",
            "--at %s: there is no such time, summer time begins in that hour",
            text);
    case WHEN_PAST:
        return term_fault(EX_USAGE, "Without --at it goes out now.",
            "--at %s: that is past", text);
    case WHEN_FAR:
        return term_fault(EX_USAGE, "Is the year right?",
            "--at %s: more than two years ahead", text);
    }
    json_object_set_new(source, "at", json_integer(at));
    return 0;
}

static int
say_queued(struct cli *c, const json_t *issue)
{
    long long id = field_int(issue, "id");
    int64_t due = field_int(issue, "due_s");

    if (term_json()) {
        field_print(issue);
    } else {
        term_say("%lld queued: \"%s\" to the list %s\n", id,
            field_text(issue, "subject"), field_text(issue, "list"));
        if (given(c->args, OPT_AT)) {
            char *at = when_full(due), *in = when_span(due - time(NULL));

            term_say("It goes out on %s (in %s).\n", at, in);
            free(at);
            free(in);
        }
    }
    fflush(stdout);
    if (given(c->args, OPT_WATCH))
        return watch_issue(c, id);
    if (!term_json())
        term_say("How far it is: rummelig-mail watch %lld    Stop it:"
                 " rummelig-mail hold %lld\n",
            id, id);
    return 0;
}

static int
queued_before(struct cli *c, const struct answer *a)
{
    int64_t id = field_int(a->json, "same");
    char *path = text_format("/v1/issues/%lld", (long long)id);
    struct request r = {.method = "GET", .path = path};
    struct answer same;
    char *when, *hint;
    int code;

    client_ask(c->client, &r, &same);
    free(path);
    when = when_text(field_int(same.json, "created_s"), time(NULL));
    hint = text_format("Nothing was queued. To send it to everybody once more:"
                       " add --again\nLook at the first: rummelig-mail show"
                       " %lld",
        (long long)id);
    if (same.status == 200)
        code = term_fault(EX_DATAERR, hint,
            "this content is issue %lld already: \"%s\", queued %s, now %s",
            (long long)id, field_text(same.json, "subject"), when,
            field_text(same.json, "state"));
    else
        code = term_fault(EX_DATAERR, hint,
            "this content is issue %lld already", (long long)id);
    free(when);
    free(hint);
    client_clear(&same);
    return code;
}
