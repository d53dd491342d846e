/* SPDX-License-Identifier: ISC */
/* We ask in a way that "yes" is the short answer.  Whoever writes more than a
 * few lines, both words, or a question of his own, has not simply answered:
 * then a person decides.  The words are the lists @yes and @no of
 * daemon/words/, which phrases of other sections do not need. */
#include "daemon/yes_no.h"

#include <ctype.h>
#include <string.h>

#include "daemon/utf8.h"

enum {
    SHORT_BYTES = 300,
    LIST_MAX = 100, /* words of a list */
    WORD_MAX = 24
};
struct list {
    int n;
    char word[LIST_MAX][WORD_MAX]; /* folded; a star at the end stays there */
};

extern const char *const words_text[]; /* one file each, then NULL */

static void list_read(struct list *l, const char *name);
static bool list_has(const struct list *l, const char *word, size_t n);
static size_t word_length(const char *s);

enum yes_no
yes_no_find(const char *words, size_t n)
{
    static struct list yes_list, no_list;
    char folded[2 * SHORT_BYTES];
    size_t cut = utf8_cut(words, n, SHORT_BYTES), k;
    bool yes = false, no = false;

    if (yes_list.n == 0) {
        list_read(&yes_list, "@yes = ");
        list_read(&no_list, "@no = ");
    }
    (void)utf8_fold(folded, sizeof folded, words, cut);
    for (const char *p = folded; *p != '\0'; p += k > 0 ? k : 1) {
        k = word_length(p);
        yes = yes || list_has(&yes_list, p, k);
        no = no || list_has(&no_list, p, k);
    }
    if ((yes && no) || cut < n || memchr(words, '?', cut) != NULL)
        return SAYS_UNCLEAR;
    return yes ? SAYS_YES : no ? SAYS_NO : SAYS_NEITHER;
}

static void
list_read(struct list *l, const char *name)
{
    for (const char *const *file = words_text; *file != NULL; file++)
        for (const char *p = *file, *end; *p != '\0';
             p = end + (*end != '\0')) {
            end = p + strcspn(p, "\n");
            if (strncmp(p, name, strlen(name)) != 0)
                continue;
            for (p += strlen(name); p < end && l->n < LIST_MAX; p++) {
                size_t k = strcspn(p, " \n");

                if (k > 0 && k < WORD_MAX)
                    (void)utf8_fold(l->word[l->n++], WORD_MAX, p, k);
                p += k;
                if (p >= end)
                    break;
            }
        }
}

static bool
list_has(const struct list *l, const char *word, size_t n)
{
    for (int i = 0; i < l->n && n > 0; i++) {
        size_t k = strlen(l->word[i]);

        if (l->word[i][k - 1] == '*'
                ? n >= k - 1 && strncmp(word, l->word[i], k - 1) == 0
                : n == k && strncmp(word, l->word[i], k) == 0)
            return true;
    }
    return false;
}

static size_t
word_length(const char *s)
{
    size_t n = 0;

    while (isalnum((unsigned char)s[n]) || (unsigned char)s[n] >= 0x80)
        n++;
    return n;
}
