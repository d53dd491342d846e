/* SPDX-License-Identifier: ISC */
#include "tests/tools/parts/sink_options.h"

#include <stdlib.h>
#include <string.h>
#include "tests/tools/parts/sink_trouble.h"

bool
sink_options_read(int argc, char **argv, struct sink_options *o)
{
    struct sink_options read = {.port = 0};
    const struct {
        const char *name;
        int *number;
        const char **text;
        bool *flag;
    } table[] = {
        {"--port", &read.port, NULL, NULL},
        {"--dot-delay-ms", &read.dot_delay_ms, NULL, NULL},
        {"--reply-delay-ms", &read.reply_delay_ms, NULL, NULL},
        {"--no-pipelining", NULL, NULL, &read.no_pipelining},
        {"--log", NULL, &read.log, NULL},
        {"--keep", &read.keep, NULL, NULL},
        {"--keep-dir", NULL, &read.keep_dir, NULL},
        {"--cert", NULL, &read.cert, NULL},
        {"--key", NULL, &read.key, NULL},
    };
    size_t n = sizeof table / sizeof table[0], k;

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--trouble") == 0) {
            if (++i == argc || !trouble_read(argv[i]))
                return false;
            continue;
        }
        for (k = 0; k < n && strcmp(argv[i], table[k].name) != 0; k++)
            ;
        if (k == n || (table[k].flag == NULL && ++i == argc))
            return false;
        if (table[k].flag != NULL)
            *table[k].flag = true;
        else if (table[k].text != NULL)
            *table[k].text = argv[i];
        else if (table[k].number != NULL)
            *table[k].number = (int)strtol(argv[i], NULL, 10);
    }
    *o = read;
    return (read.keep == 0 || read.keep_dir != NULL) &&
           (read.cert == NULL) == (read.key == NULL);
}
