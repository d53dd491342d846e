/* SPDX-License-Identifier: ISC */
/* cli/explain.c - what would be done with a mail. The mail is sent to the
 * daemon as it is; nothing of it is read here. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>
#include "cli/client.h"
#include "cli/command.h"
#include "cli/field.h"
#include "cli/term.h"
#include "cli/text.h"

struct mail {
    const char *path;
    int fd;
};

static int explain_file(struct cli *c, const char *path, bool many);
static long read_mail(void *arg, char *buf, size_t n);
static void print_verdict(const json_t *v);
static void print_member(const json_t *v, const char *name);

/* All files, whatever becomes of one; the first failure's code. */
int
explain_run(struct cli *c)
{
    int first = 0;

    for (int i = 0; i < c->args->n_words; i++) {
        int code = explain_file(c, c->args->words[i], c->args->n_words > 1);

        if (code == EX_UNAVAILABLE || code == EX_NOPERM)
            return code; /* so it will be with the others */
        if (first == 0)
            first = code;
    }
    return first;
}

static int
explain_file(struct cli *c, const char *path, bool many)
{
    struct mail mail = {.path = path};
    struct client_body body = {.path = "/v1/explain",
        .type = "message/rfc822",
        .read = read_mail,
        .arg = &mail};
    struct answer a;
    int code;

    mail.fd = strcmp(path, "-") == 0 ? STDIN_FILENO
                                     : open(path, O_RDONLY | O_CLOEXEC);
    if (mail.fd < 0)
        return term_fault(EX_NOINPUT, NULL, "%s: %s", path, strerror(errno));
    client_upload(c->client, &body, &a);
    if (mail.fd != STDIN_FILENO)
        close(mail.fd);
    code = client_judge(&a);
    if (code == 0 && term_json()) {
        json_object_set_new(a.json, "file", json_string(path));
        field_print(a.json);
    } else if (code == 0) {
        if (many) {
            term_style(STYLE_BOLD, "%s", path);
            term_say("\n");
        }
        print_verdict(a.json);
    }
    client_clear(&a);
    return code;
}

static long
read_mail(void *arg, char *buf, size_t n)
{
    struct mail *mail = arg;
    ssize_t got;

    do
        got = read(mail->fd, buf, n);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        term_fault(EX_IOERR, NULL, "%s: %s", mail->path, strerror(errno));
    return got;
}

static void
print_verdict(const json_t *v)
{
    static const char *const names[] = {"kind", "form", "intent", "words",
        "addresses", "subscriber", "permanent", "deed", "evidence"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        print_member(v, names[i]);
}

/* A member of any kind; what is missing or says nothing is left out. */
static void
print_member(const json_t *v, const char *name)
{
    const json_t *j = json_object_get(v, name), *item;
    size_t i;

    if (j == NULL || json_is_null(j) ||
        (json_is_string(j) && json_string_length(j) == 0) ||
        (json_is_array(j) && json_array_size(j) == 0))
        return;
    term_say("  %-10s ", name);
    if (json_is_string(j)) {
        term_style(strcmp(name, "deed") == 0 ? STYLE_BOLD : STYLE_PLAIN, "%s",
            json_string_value(j));
    } else if (json_is_array(j)) {
        json_array_foreach(j, i, item)
        {
            term_say("%s%s", i == 0 ? "" : ", ",
                json_is_string(item) ? json_string_value(item) : "?");
        }
    } else if (json_is_integer(j)) {
        term_say("%lld", (long long)json_integer_value(j));
    } else if (json_is_object(j)) {
        term_say("%s %s", field_text(j, "address"), field_text(j, "state"));
    } else {
        term_say(json_is_true(j) ? "yes" : "no");
    }
    term_say("\n");
}
