/* SPDX-License-Identifier: ISC */
#include "tests/daemon/mail_template.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *
value_of(const char *key, size_t n, const struct mail_values *v)
{
    const struct {
        const char *key, *value;
    } table[] = {{"name", v->name}, {"address", v->address},
        {"mailbox", v->mailbox}, {"message_id", v->message_id},
        {"letter_id", v->letter_id}, {"words", v->words}};

    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (strlen(table[i].key) == n && strncmp(table[i].key, key, n) == 0)
            return table[i].value;
    abort();
}

char *
mail_template(const char *name, const struct mail_values *v, size_t *n)
{
    char path[300], *out = NULL, *line = NULL;
    size_t room = 0;
    FILE *from, *to;

    (void)snprintf(path, sizeof path, "tests/mails/%s.eml", name);
    from = fopen(path, "r");
    to = open_memstream(&out, n);
    if (from == NULL || to == NULL) {
        perror(path);
        abort();
    }
    while (getline(&line, &room, from) > 0) {
        char *p = line, *open;

        line[strcspn(line, "\n")] = '\0';
        while ((open = strstr(p, "{{")) != NULL) {
            char *close = strstr(open, "}}");

            if (close == NULL)
                abort();
            (void)fwrite(p, 1, (size_t)(open - p), to);
            (void)fputs(value_of(open + 2, (size_t)(close - open - 2), v), to);
            p = close + 2;
        }
        (void)fputs(p, to);
        (void)fputs("\r\n", to);
    }
    free(line);
    (void)fclose(from);
    (void)fclose(to);
    return out;
}
