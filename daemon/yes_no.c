/* SPDX-License-Identifier: ISC */
/* We ask in a way that "yes" is the short answer.  Whoever writes more than a
 * few lines, both words, or a question of his own, has not simply answered:
 * then a person decides.  The words are lists of daemon/words/, which phrases
 * of other sections do not need.
 *
 * "Jeg vil gerne vide mere" has a word of @yes in it, and who is wrongly taken
 * off may never notice.  A plain answer has a word of @aye or @nay, and beside
 * it in its line none but those of @beside; above it may stand a greeting,
 * below it a name. */
#include "daemon/yes_no.h"

#include <ctype.h>
#include <string.h>

#include "daemon/utf8.h"

enum {
    SHORT_BYTES = 300,
    LIST_MAX = 100, /* words of a list */
    WORD_MAX = 24,
    GREETING_MAX = 4, /* words: "Kære Rummelig imidt" */
    NAME_MAX = 3      /* words below an answer */
};
struct list {
    int n;
    char word[LIST_MAX][WORD_MAX]; /* folded; a star at the end stays there */
};

/* A line of an answer. */
struct line {
    bool answers, greets;
    int words, strange; /* strange: in none of the lists */
    bool name;          /* and those are written as names are */
};

extern const char *const words_text[]; /* one file each, then NULL */

static bool is_plain(const char *words, size_t n, bool yes);
static struct line
line_read(const char *from, const char *end, const struct list *answer);
static bool is_name(const char *word);
static const struct list *list_of(const char *name, struct list *l);
static void list_read(struct list *l, const char *name);
static bool list_has(const struct list *l, const char *word, size_t n);
static size_t word_length(const char *s, const char *end);

enum yes_no
yes_no_find(const char *words, size_t n, bool *plain)
{
    static struct list yes_list, no_list;
    char folded[2 * SHORT_BYTES];
    size_t cut = utf8_cut(words, n, SHORT_BYTES), k;
    const char *end = folded + utf8_fold(folded, sizeof folded, words, cut);
    bool yes = false, no = false;

    (void)list_of("@yes = ", &yes_list);
    (void)list_of("@no = ", &no_list);
    for (const char *p = folded; p<end; p += k> 0 ? k : 1) {
        k = word_length(p, end);
        yes = yes || list_has(&yes_list, p, k);
        no = no || list_has(&no_list, p, k);
    }
    *plain = false;
    if ((yes && no) || cut < n || memchr(words, '?', cut) != NULL)
        return SAYS_UNCLEAR;
    if (yes || no)
        *plain = is_plain(words, n, yes);
    return yes ? SAYS_YES : no ? SAYS_NO : SAYS_NEITHER;
}

/* --- whether that is all -------------------------------------------------- */

static bool
is_plain(const char *words, size_t n, bool yes)
{
    static struct list aye, nay;
    const struct list *answer =
        yes ? list_of("@aye = ", &aye) : list_of("@nay = ", &nay);
    const char *end = words + n, *eol;
    bool said = false;
    int names = 0;

    for (const char *p = words; p < end; p = eol + 1) {
        struct line l;

        eol = memchr(p, '\n', (size_t)(end - p));
        if (eol == NULL)
            eol = end;
        l = line_read(p, eol, answer);
        said = said || l.answers;
        if (l.strange == 0)
            continue;
        if (l.answers || (said && !l.name) ||
            (!said && !(l.greets && l.words <= GREETING_MAX)))
            return false;
        if (said)
            names += l.strange;
    }
    return said && names <= NAME_MAX;
}

static struct line
line_read(const char *from, const char *end, const struct list *answer)
{
    static struct list greet, beside;
    struct line l = {.name = true};
    size_t k;

    (void)list_of("@greet = ", &greet);
    (void)list_of("@beside = ", &beside);
    for (const char *p = from; p<end; p += k> 0 ? k : 1) {
        char word[WORD_MAX];
        size_t n;

        k = word_length(p, end);
        if (k == 0)
            continue;
        n = utf8_fold(word, sizeof word, p, k);
        l.greets = l.greets || (l.words == 0 && list_has(&greet, word, n));
        l.words++;
        if (list_has(answer, word, n)) {
            l.answers = true;
        } else if (!list_has(&beside, word, n) && !list_has(&greet, word, n)) {
            l.strange++;
            l.name = l.name && is_name(p);
        }
    }
    return l;
}

/* Whether it begins with a capital letter. */
static bool
is_name(const char *word)
{
    unsigned char c = (unsigned char)word[0], d = (unsigned char)word[1];

    return isupper(c) || (c == 0xC3 && d >= 0x80 && d <= 0x9E);
}

/* --- the lists ------------------------------------------------------------ */

/* Read at the first time. */
static const struct list *
list_of(const char *name, struct list *l)
{
    if (l->n == 0)
        list_read(l, name);
    return l;
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

/* Letters and digits; signs and pictures are none. */
static size_t
word_length(const char *s, const char *end)
{
    const char *p = s, *next;

    for (; p < end; p = next) {
        unsigned c;

        next = p;
        c = utf8_next(&next, end);
        if ((c < 0x80 && !isalnum((unsigned char)c)) ||
            (c >= 0x80 && c < 0xC0) || c >= 0x2000)
            break;
    }
    return (size_t)(p - s);
}
