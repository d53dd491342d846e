/* SPDX-License-Identifier: ISC */
#include "tests/tools/parts/sink_options.h"

#include <stdlib.h>
#include <string.h>
#include "tests/tools/parts/sink_trouble.h"

bool
sink_options_read(int argc, char **argv, struct sink_options *o)
{
    const struct {
        const char *name;
        int *number;
        const char **text;
        bool *flag;
    } table[] = {
        {"--port", &o->port, NULL, NULL},
        {"--dot-delay-ms", &o->dot_delay_ms, NULL, NULL},
        {"--reply-delay-ms", &o->reply_delay_ms, NULL, NULL},
        {"--no-pipelining", NULL, NULL, &o->no_pipelining},
        {"--log", NULL, &o->log, NULL},
        {"--keep", &o->keep, NULL, NULL},
        {"--keep-dir", NULL, &o->keep_dir, NULL},
        {"--cert", NULL, &o->cert, NULL},
        {"--key", NULL, &o->key, NULL},
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
        else
            *table[k].number = (int)strtol(argv[i], NULL, 10);
    }
    return (o->keep == 0 || o->keep_dir != NULL) &&
           (o->cert == NULL) == (o->key == NULL);
}
