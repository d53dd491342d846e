/* SPDX-License-Identifier: ISC */
/* Signs a message as the sender does, and writes it: for the tests that give
 * it to other people's verifiers.  With -b N it is signed N times instead, and
 * the CPU time of one signing is written, in microseconds.  With -s BYTES that
 * much of its body's beginning is said to be shared. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "templates/dkim.h"

enum {
    FILE_MAX = 8 * 1024 * 1024
};

static char *
slurp(const char *name, size_t *n)
{
    char *bytes = fault_calloc(1, FILE_MAX);
    FILE *from = strcmp(name, "-") == 0 ? stdin : fopen(name, "r");

    if (from == NULL) {
        perror(name);
        exit(66);
    }
    *n = fread(bytes, 1, FILE_MAX, from);
    (void)fclose(from);
    return bytes;
}

static void
must(enum result r, const struct fault *f)
{
    if (r == RES_OK)
        return;
    (void)fprintf(stderr, "dkim_sign: %s\n", f->text);
    exit(65);
}

static double
cpu_us(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

int
main(int argc, char **argv)
{
    struct dkim_message what = {.shared_bytes = 0};
    char *message, *pem;
    const char *out;
    struct dkim *d;
    struct fault f;
    size_t pem_bytes, out_bytes;
    long times = 1;
    double began;

    for (; argc > 2 && argv[1][0] == '-' && argv[1][1] != '\0';
         argv += 2, argc -= 2) {
        if (strcmp(argv[1], "-b") == 0)
            times = strtol(argv[2], NULL, 10);
        else
            what.shared_bytes = strtoul(argv[2], NULL, 10);
    }
    if (argc < 5 || argc % 2 == 0 || times < 1) {
        (void)fputs("usage: dkim_sign [-b N] [-s BYTES] MESSAGE DOMAIN"
                    " SELECTOR PEM [SELECTOR PEM]...\n",
            stderr);
        return 64;
    }
    message = slurp(argv[1], &what.n);
    what.bytes = message;
    must(dkim_new(argv[2], &d, &f), &f);
    for (int i = 3; i < argc; i += 2) {
        pem = slurp(argv[i + 1], &pem_bytes);
        must(dkim_add(d, argv[i], pem, pem_bytes, &f), &f);
        free(pem);
    }
    began = cpu_us();
    for (long i = 0; i < times; i++)
        must(dkim_sign(d, &what, 1795300000 + i, &out, &out_bytes, &f), &f);
    if (times > 1) {
        (void)printf("%.1f\n", (cpu_us() - began) / (double)times);
    } else {
        (void)fwrite(out, 1, out_bytes, stdout);
        (void)fwrite(message, 1, what.n, stdout);
    }
    dkim_free(d);
    free(message);
    return 0;
}
