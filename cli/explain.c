/* SPDX-License-Identifier: ISC */
/* cli/explain.c - what would be done with a mail, or with each of a folder. A
 * mail is sent to the daemon as it is; nothing of it is read here. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
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

struct files;
static bool is_a(mode_t kind, const char *path);
static void explain_folder(struct files *all, const char *path);
static void explain_files(struct files *all, const char *folder);
static void explain_one(struct files *all, const char *path);
static int explain_file(struct cli *c, const char *path, bool many);
static long read_mail(void *arg, char *buf, size_t n);
static void print_verdict(const json_t *v);
static void print_member(const json_t *v, const char *name);

/* All files, whatever becomes of one; the first failure's code. */
struct files {
    struct cli *c;
    bool many;
    int first; /* code */
    bool over; /* so it will be with the others */
};

int
explain_run(struct cli *c)
{
    struct files all = {.c = c, .many = c->args->n_words > 1};

    for (int i = 0; i < c->args->n_words && !all.over; i++) {
        const char *path = c->args->words[i];

        if (strcmp(path, "-") != 0 && is_a(S_IFDIR, path)) {
            all.many = true;
            explain_folder(&all, path);
        } else {
            explain_one(&all, path);
        }
    }
    return all.first;
}

/* kind: S_IFDIR or S_IFREG. */
static bool
is_a(mode_t kind, const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && (st.st_mode & S_IFMT) == kind;
}

static void
explain_one(struct files *all, const char *path)
{
    int code = explain_file(all->c, path, all->many);

    all->over = code == EX_UNAVAILABLE || code == EX_NOPERM;
    if (all->first == 0 || all->over)
        all->first = code;
}

static int
visible(const struct dirent *e)
{
    return e->d_name[0] != '.';
}

/* The mails of a Maildir are in cur and new; of another folder, its files.  The
 * folders in it are folders of their own. */
static void
explain_folder(struct files *all, const char *path)
{
    static const char *const parts[] = {"cur", "new"};
    bool maildir = false;

    for (size_t i = 0; i < 2; i++) {
        char *part = text_format("%s/%s", path, parts[i]);

        if (is_a(S_IFDIR, part)) {
            maildir = true;
            explain_files(all, part);
        }
        free(part);
    }
    if (!maildir)
        explain_files(all, path);
}

static void
explain_files(struct files *all, const char *folder)
{
    struct dirent **names;
    int n = scandir(folder, &names, visible, alphasort);

    if (n < 0) {
        int code =
            term_fault(EX_NOINPUT, NULL, "%s: %s", folder, strerror(errno));

        if (all->first == 0)
            all->first = code;
        return;
    }
    for (int i = 0; i < n; i++) {
        char *path = text_format("%s/%s", folder, names[i]->d_name);

        if (!all->over && is_a(S_IFREG, path))
            explain_one(all, path);
        free(path);
        free(names[i]);
    }
    free(names);
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
