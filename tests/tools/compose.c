/* SPDX-License-Identifier: ISC */
/* Composes a letter from a source file and expands it for one made-up reader
 * of a made-up list, so that tests can look at what would be delivered.
 *
 *   compose SOURCE [-w WHAT] [-i IMAGE]... [-k COLOUR] [-l LANGUAGE]
 *       [-f FOOTER_LANGUAGE] [-u WEB_URL] [-n NAME] [-g GIVEN_NAME]
 *       [-h HOW] [-t TEMPLATE_DIR] [-b TIMES]
 *
 * WHAT: eml (the default), html, text, mold (the compiled message), notes,
 * goodbye.  -b prints what one expansion costs, over TIMES of them. */
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>
#include "templates/letter.h"

enum {
    FILE_MAX_BYTES = 8 * 1024 * 1024,
    IMAGES_MAX = 10,
    TOKEN_FIXED_BYTES = 27
};

static const char fixed_token[TOKEN_FIXED_BYTES] = "abcdefghijklmnopqrstuvwx23";
static const struct letter_link social[] = {
    {"E-mail", "mailto:tg@lo-aarhus.dk"},
    {"Hjemmeside", "https://rummelig-imidt.example/"},
    {"LinkedIn", "https://rummelig-imidt.example/linkedin"}};

struct order {
    struct letter_list list;
    struct letter_person who;
    struct letter_image image[IMAGES_MAX];
    int n_images;
    const char *what, *template_dir;
    long times;
};

static char *slurp(const char *path, size_t *n);
static void read_order(struct order *o, int argc, char **argv);
static int compose(struct order *o, const char *path);
static int expand(struct order *o, const struct letter *l);
static void print_part(const char *message, const char *type);
static void print_cost(struct letter_mold *m, const struct order *o);

int
main(int argc, char **argv)
{
    struct order o = {
        .list =
            {
                .key = "nyhedsbrev",
                .title = "Rummelig imidt",
                .from = "Tue Germundsson <tg@lo-aarhus.dk>",
                .reply_to = "",
                .mailbox = "tg@lo-aarhus.dk",
                .language = "da",
                .footer_language = "en",
                .postal = "Rummelig Imidt · Skt. Knuds Torv 3 · Aarhus C 8000"
                          " · Denmark",
                .footer =
                    "Du kan til enhver tid framelde dig vores nyhedsbrev\\\n"
                    "\\- send blot en mail til <tg@lo-aarhus.dk>\n\n"
                    "Rummelig imidt er et projekt under Projektsekretariatet"
                    " med finansiering fra EU's socialfond, Regionsrådet i"
                    " Region Midtjylland og Vækstforum.",
                .home_url = "https://rummelig-imidt.example/",
                .web_url = "",
                .colour = "#1f5c4d",
                .social = social,
                .n_social = 3,
            },
        .who = {.address = "inge@odder.example",
            .name = "Inge Sørensen",
            .given_name = "Inge",
            .token = fixed_token,
            .date_s = 1554717600,
            .since_s = 1551571200,
            .how = "form"},
        .what = "eml",
        .template_dir = "templates",
    };

    if (argc < 2 || argv[1][0] == '-') {
        (void)fprintf(stderr, "usage: compose SOURCE [-w WHAT] ...\n");
        return EX_USAGE;
    }
    read_order(&o, argc - 1, argv + 1);
    return compose(&o, argv[1]);
}

static void
read_order(struct order *o, int argc, char **argv)
{
    int c;

    while ((c = getopt(argc, argv, "w:i:k:l:f:u:n:g:h:t:b:")) != -1) {
        switch (c) {
        case 'w':
            o->what = optarg;
            break;
        case 'i':
            if (o->n_images == IMAGES_MAX)
                exit(EX_USAGE);
            o->image[o->n_images].bytes =
                slurp(optarg, &o->image[o->n_images].n);
            o->image[o->n_images++].name = basename(optarg);
            break;
        case 'k':
            o->list.colour = optarg;
            break;
        case 'l':
            o->list.language = optarg;
            break;
        case 'f':
            o->list.footer_language = optarg;
            break;
        case 'u':
            o->list.web_url = optarg;
            break;
        case 'n':
            o->who.name = optarg;
            break;
        case 'g':
            o->who.given_name = optarg;
            break;
        case 'h':
            o->who.how = optarg;
            o->who.since_s = strcmp(optarg, "test") == 0 ? 0 : 1551571200;
            break;
        case 't':
            o->template_dir = optarg;
            break;
        case 'b':
            o->times = strtol(optarg, NULL, 10);
            break;
        default:
            exit(EX_USAGE);
        }
    }
}

static int
compose(struct order *o, const char *path)
{
    struct notes notes = {0};
    struct letter letter = {0};
    struct draft *d = NULL;
    struct fault f = {""};
    size_t n;
    char *source = slurp(path, &n);
    enum result r;
    int status = EX_OK;

    if (strcmp(o->what, "goodbye") == 0) {
        r = letter_compose_answer(
            "goodbye", &o->list, "<a@b>", o->template_dir, &letter, &f);
        o->who.since_s = 0;
    } else {
        r = draft_parse(source, n, &d, &notes, &f);
        if (r == RES_OK)
            r = letter_compose(d, &o->list, o->image, o->n_images,
                o->template_dir, &letter, &notes, &f);
    }
    for (int i = 0; i < notes.n; i++)
        (void)fprintf(strcmp(o->what, "notes") == 0 ? stdout : stderr,
            "%s:%d: %s: %s\n", path, notes.item[i].line,
            notes.item[i].error ? "error" : "warning", notes.item[i].text);
    if (r != RES_OK) {
        (void)fprintf(stderr, "compose: %s\n", f.text);
        status = EX_DATAERR;
    } else if (strcmp(o->what, "mold") == 0) {
        (void)fwrite(letter.message, 1, letter.message_bytes, stdout);
    } else if (strcmp(o->what, "notes") != 0) {
        status = expand(o, &letter);
    }
    letter_clear(&letter);
    draft_free(d);
    free(source);
    for (int i = 0; i < o->n_images; i++)
        free((void *)(uintptr_t)o->image[i].bytes);
    return status;
}

static int
expand(struct order *o, const struct letter *l)
{
    struct letter_mold *m = NULL;
    struct fault f = {""};
    char *message;
    size_t n;
    enum result r = letter_mold_new(l->message, l->message_bytes, &m, &f);

    if (r == RES_OK)
        r = letter_expand(m, &o->who, &message, &n, &f);
    if (r != RES_OK)
        (void)fprintf(stderr, "compose: %s\n", f.text);
    else if (o->times > 0)
        print_cost(m, o);
    else if (strcmp(o->what, "html") == 0)
        print_part(message, "Content-Type: text/html");
    else if (strcmp(o->what, "text") == 0)
        print_part(message, "Content-Type: text/plain");
    else
        (void)fwrite(message, 1, n, stdout);
    letter_mold_free(m);
    return r == RES_OK ? EX_OK : EX_DATAERR;
}

/* Prints a part of the message, its quoted-printable decoded. */
static void
print_part(const char *message, const char *type)
{
    const char *p = strstr(message, type);

    p = p != NULL ? strstr(p, "\r\n\r\n") : NULL;
    for (p = p != NULL ? p + 4 : ""; *p != '\0'; p++) {
        if (strncmp(p, "\r\n--=_", 6) == 0)
            return;
        if (strncmp(p, "=\r\n", 3) == 0) {
            p += 2;
        } else if (*p == '=') {
            char hex[3] = {p[1], p[2], '\0'};

            (void)putchar((int)strtol(hex, NULL, 16));
            p += 2;
        } else if (*p != '\r') {
            (void)putchar(*p);
        }
    }
}

static void
print_cost(struct letter_mold *m, const struct order *o)
{
    struct timespec a, b;
    struct fault f;
    char *message;
    size_t n = 0;

    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &a);
    for (long i = 0; i < o->times; i++)
        if (letter_expand(m, &o->who, &message, &n, &f) != RES_OK)
            return;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &b);
    (void)printf("{\"bytes\": %zu, \"us\": %.2f}\n", n,
        ((double)(b.tv_sec - a.tv_sec) * 1e6 +
            (double)(b.tv_nsec - a.tv_nsec) / 1e3) /
            (double)o->times);
}

static char *
slurp(const char *path, size_t *n)
{
    FILE *file = fopen(path, "re");
    char *bytes = calloc(FILE_MAX_BYTES, 1);

    if (file == NULL || bytes == NULL) {
        perror(path);
        exit(EX_NOINPUT);
    }
    *n = fread(bytes, 1, FILE_MAX_BYTES - 1, file);
    (void)fclose(file);
    return bytes;
}
