/* SPDX-License-Identifier: ISC */
/* cli/source.c - the file of an issue and the pictures beside it.
 *
 * Which pictures: libcmark says, the same parser that composes the letter, so
 * a link in a code block is none, and the names agree. The file may be someone
 * else's, so a picture must be a picture and lie in or below the folder. */
#include <cmark.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sysexits.h>
#include <unistd.h>
#include "cli/source.h"
#include "cli/term.h"
#include "cli/text.h"

/* One file on its way to the daemon. */
struct reading {
    const char *path;
    int folder; /* where the pictures are looked for */
    json_t *images;
    json_t *faults;
    size_t all; /* bytes of the pictures so far */
};

/* A picture of one white dot, in base64. */
static const char dot[] = "R0lGODdhAQABAIAAAP///////ywAAAAAAQABAAACAkQBADs=";

static int read_text(const char *path, char **out, size_t *n);
static int check_text(const char *path, const char *s, size_t n);
static char *read_fd(int fd, size_t max, size_t *n);
static int open_folder(const char *path);
static void read_pictures(struct reading *r, const char *text, size_t n);
static void read_picture(struct reading *r, const char *url, int line);
static bool is_local(const char *url);
static bool is_below(const char *name);
static char *other_case(int folder, const char *name);
static int open_below(int folder, const char *name);
static char *percent_decode(const char *s);
static bool is_picture(const char *s, size_t n);
static char *base64(const char *s, size_t n);
static void
fault(struct reading *r, int line, const char *name, const char *what);

int
source_read(const char *path, json_t **out, json_t **faults)
{
    struct reading r = {.path = path, .folder = -1};
    const char *slash = strrchr(path, '/');
    char *text = NULL;
    size_t n = 0;
    int code;

    code = read_text(path, &text, &n);
    if (code != 0)
        return code;
    r.images = json_object();
    r.faults = json_array();
    r.folder = open_folder(path);
    read_pictures(&r, text, n);
    if (r.folder >= 0)
        close(r.folder);
    *out = json_pack("{s:s%, s:s, s:o}", "source", text, n, "file",
        strcmp(path, "-") == 0 ? "stdin"
        : slash == NULL        ? path
                               : slash + 1,
        "images", r.images);
    free(text);
    if (*out == NULL) {
        json_decref(r.faults);
        return term_fault(EX_DATAERR, "Rename it, please.",
            "%s: the file's name is not UTF-8", path);
    }
    *faults = r.faults;
    return 0;
}

static int
read_text(const char *path, char **out, size_t *n)
{
    bool is_stdin = strcmp(path, "-") == 0;
    int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    struct stat st;
    char *text;
    int code;

    if (fd < 0)
        return term_fault(EX_NOINPUT, NULL, "%s: %s", path, strerror(errno));
    if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
        close(fd);
        return term_fault(
            EX_NOINPUT, "Name the text file in it.", "%s is a folder", path);
    }
    text = read_fd(fd, SOURCE_MAX, n);
    if (!is_stdin)
        close(fd);
    if (text == NULL && errno == EFBIG)
        return term_fault(EX_DATAERR,
            "An issue is a text file; pictures lie beside it.",
            "%s is larger than %d KB", path, SOURCE_MAX / 1024);
    if (text == NULL)
        return term_fault(EX_IOERR, NULL, "%s: %s", path, strerror(errno));
    code = check_text(path, text, *n);
    if (code != 0) {
        free(text);
        return code;
    }
    *out = text;
    return 0;
}

/* JSON carries UTF-8 only, and a person wants to know where it is not. */
static int
check_text(const char *path, const char *s, size_t n)
{
    size_t i = 0;
    int line = 1;

    if (n == 0)
        return term_fault(EX_DATAERR, NULL, "%s is empty", path);
    while (i < n) {
        uint32_t c = 0;
        size_t used = text_decode(s + i, n - i, &c);

        if (used == 0)
            return term_fault(EX_DATAERR, "Save the file as UTF-8.",
                "%s:%d: this is not UTF-8", path, line);
        if (c == 0)
            return term_fault(EX_DATAERR,
                "Is this a document of a word"
                " processor? Save it as plain text.",
                "%s:%d: this is not text", path, line);
        line += c == '\n';
        i += used;
    }
    return 0;
}

/* NULL and errno; EFBIG: more than max bytes. Yours. */
static char *
read_fd(int fd, size_t max, size_t *n)
{
    size_t at = 0, room = max + 1;
    char *buf = text_calloc(room, 1);

    while (at < room) {
        ssize_t got = read(fd, buf + at, room - at);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            int why = errno;

            free(buf);
            errno = why;
            return NULL;
        }
        if (got == 0)
            break;
        at += (size_t)got;
    }
    if (at > max) {
        free(buf);
        errno = EFBIG;
        return NULL;
    }
    *n = at;
    return buf;
}

static int
open_folder(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *folder = slash == NULL ? text_copy(".")
                   : slash == path
                       ? text_copy("/")
                       : text_format("%.*s", (int)(slash - path), path);
    int fd = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);

    free(folder);
    return fd;
}

static void
read_pictures(struct reading *r, const char *text, size_t n)
{
    cmark_node *root = cmark_parse_document(text, n, CMARK_OPT_DEFAULT);
    cmark_iter *it = cmark_iter_new(root);
    cmark_event_type event;

    while ((event = cmark_iter_next(it)) != CMARK_EVENT_DONE) {
        cmark_node *node = cmark_iter_get_node(it);
        const char *url;

        if (event != CMARK_EVENT_ENTER ||
            cmark_node_get_type(node) != CMARK_NODE_IMAGE)
            continue;
        url = cmark_node_get_url(node);
        if (url == NULL || !is_local(url) ||
            json_object_get(r->images, url) != NULL)
            continue;
        if (json_object_size(r->images) >= SOURCE_PICTURES_MAX) {
            fault(r, 0, NULL, "more than 40 pictures");
            break;
        }
        read_picture(r, url, cmark_node_get_start_line(node));
    }
    cmark_iter_free(it);
    cmark_node_free(root);
}

/* Not https:, cid:, //host, #part, nor a merge field. */
static bool
is_local(const char *url)
{
    size_t plain = strcspn(url, ":/");

    return *url != '\0' && *url != '#' && strncmp(url, "//", 2) != 0 &&
           url[plain] != ':' && strstr(url, "{{") == NULL &&
           strstr(url, "*|") == NULL;
}

/* A file whose name differs by upper and lower case only, which is the same
 * where many pictures come from; NULL: there is none. Yours. */
static char *
other_case(int folder, const char *name)
{
    int copy = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = copy >= 0 ? fdopendir(copy) : NULL;
    const struct dirent *entry;
    char *found = NULL;

    if (dir == NULL && copy >= 0)
        close(copy);
    while (dir != NULL && found == NULL && (entry = readdir(dir)) != NULL)
        if (strcasecmp(entry->d_name, name) == 0)
            found = text_copy(entry->d_name);
    if (dir != NULL)
        closedir(dir);
    return found;
}

static void
read_picture(struct reading *r, const char *url, int line)
{
    char *name = percent_decode(url), *bytes = NULL, *coded;
    struct stat st;
    size_t n = 0;
    int fd = -1;

    if (!is_below(name)) {
        fault(r, line, name,
            "a picture lies in the folder of the file or below it");
        goto out;
    }
    fd = open_below(r->folder, name);
    if (fd < 0 && errno == ENOENT) {
        char *like = other_case(r->folder, name);
        char *what = text_format("there is no such picture beside the file%s%s",
            like == NULL ? "" : "; is it ", like == NULL ? "" : like);

        fault(r, line, name, what);
        free(what);
        free(like);
        goto out;
    }
    if (fd < 0) {
        fault(r, line, name,
            errno == EXDEV || errno == ELOOP
                ? "this is a link to elsewhere: put the picture itself there"
                : strerror(errno));
        goto out;
    }
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        fault(r, line, name, "this is not a file");
        goto out;
    }
    bytes = read_fd(fd, SOURCE_PICTURE_MAX, &n);
    if (bytes == NULL) {
        fault(r, line, name,
            errno == EFBIG ? "larger than 2 MB: make it smaller, 1200 pixels"
                             " of width are plenty"
                           : strerror(errno));
    } else if (!is_picture(bytes, n)) {
        fault(r, line, name,
            "not a PNG, JPEG, GIF or WebP picture; mail programs show no"
            " others");
    } else if (r->all + n > SOURCE_ALL_MAX) {
        fault(r, line, name, "all pictures together are larger than 3 MB");
    } else {
        r->all += n;
        coded = base64(bytes, n);
        json_object_set_new(r->images, url, json_string(coded));
        free(coded);
    }
out:
    if (json_object_get(r->images, url) == NULL)
        json_object_set_new(r->images, url, json_string(dot));
    if (fd >= 0)
        close(fd);
    free(bytes);
    free(name);
}

/* Relative, and no part of it is "..". */
static bool
is_below(const char *name)
{
    const char *s = name;

    if (*name == '/' || *name == '\0')
        return false;
    for (;;) {
        size_t n = strcspn(s, "/");

        if (n == 2 && s[0] == '.' && s[1] == '.')
            return false;
        if (s[n] == '\0')
            return true;
        s += n + 1;
    }
}

/* The kernel watches that no link on the way leads out of the folder; where it
 * cannot, the last part may be no link at all. */
static int
open_below(int folder, const char *name)
{
    struct open_how how = {.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK,
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS};
    long fd = syscall(SYS_openat2, folder, name, &how, sizeof how);

    if (fd < 0 && (errno == ENOSYS || errno == EPERM))
        return openat(
            folder, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
    return (int)fd;
}

static char *
percent_decode(const char *s)
{
    char *out = text_copy(s), *to = out;

    for (; *s != '\0'; s++) {
        char hex[3] = {0}, *end;
        long byte;

        if (s[0] == '%' && s[1] != '\0' && s[2] != '\0') {
            memcpy(hex, s + 1, 2);
            byte = strtol(hex, &end, 16);
            if (end == hex + 2 && byte > 0) {
                *to++ = (char)byte;
                s += 2;
                continue;
            }
        }
        *to++ = *s;
    }
    *to = '\0';
    return out;
}

static bool
is_picture(const char *s, size_t n)
{
    return (n > 8 && memcmp(s, "\x89PNG\r\n\x1a\n", 8) == 0) ||
           (n > 3 && memcmp(s, "\xff\xd8\xff", 3) == 0) ||
           (n > 6 && memcmp(s, "GIF8", 4) == 0) ||
           (n > 12 && memcmp(s, "RIFF", 4) == 0 &&
               memcmp(s + 8, "WEBP", 4) == 0);
}

/* RFC 4648, section 4. */
static char *
base64(const char *s, size_t n)
{
    static const char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char *out = text_calloc(n / 3 * 4 + 5, 1), *to = out;

    for (size_t i = 0; i < n; i += 3) {
        uint32_t v = (uint32_t)(unsigned char)s[i] << 16;

        if (i + 1 < n)
            v |= (uint32_t)(unsigned char)s[i + 1] << 8;
        if (i + 2 < n)
            v |= (unsigned char)s[i + 2];
        *to++ = digits[v >> 18];
        *to++ = digits[v >> 12 & 63];
        *to++ = i + 1 < n ? digits[v >> 6 & 63] : '=';
        *to++ = i + 2 < n ? digits[v & 63] : '=';
    }
    return out;
}

static void
fault(struct reading *r, int line, const char *name, const char *what)
{
    char *text =
        name == NULL ? text_copy(what) : text_format("%s: %s", name, what);
    char *clean = text_clean(text, strlen(text), TEXT_ONE_LINE);

    json_array_append_new(r->faults, json_pack("{s:i, s:b, s:s}", "line", line,
                                         "error", true, "text", clean));
    free(clean);
    free(text);
}
