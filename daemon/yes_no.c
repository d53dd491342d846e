/* SPDX-License-Identifier: ISC */
/* We ask in a way that "yes" is the short answer.  Whoever writes more than a
 * few lines, both words, or a question of his own, has not simply answered:
 * then a person decides.  The words are lists of daemon/words/.
 *
 * "Jeg vil gerne vide mere" has a word of @yes in it, and who is wrongly taken
 * off may never notice.  A plain answer has a word of @aye or @nay, and beside
 * it in its line none but those of @beside; above it may stand a greeting,
 * below it a name. */
#include "daemon/yes_no.h"

#include <ctype.h>
#include <string.h>

#include "daemon/phrases_book.h"
#include "daemon/utf8.h"

enum {
    SHORT_BYTES = 300,
    GREETING_MAX = 4, /* words: "Kære Rummelig imidt" */
    NAME_MAX = 3      /* words below an answer */
};

/* A line of an answer. */
struct line {
    bool answers, greets;
    int words, strange; /* strange: in none of the lists */
    bool name;          /* and those are written as names are */
};

static bool is_plain(const char *words, size_t n, bool yes);
static struct line
line_read(const char *from, const char *end, const char *answer);
static bool is_name(const char *word);
static bool stands_in(const char *list, const char *word, size_t n);
static size_t word_length(const char *s, const char *end);

enum yes_no
yes_no_find(const char *words, size_t n, bool *plain)
{
    size_t cut = utf8_cut(words, n, SHORT_BYTES), k;
    const char *end = words + cut;
    bool yes = false, no = false;

    book_make_room();
    for (const char *p = words; p<end; p += k> 0 ? k : 1) {
        k = word_length(p, end);
        yes = yes || stands_in("@yes", p, k);
        no = no || stands_in("@no", p, k);
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
    const char *end = words + n, *eol;
    bool said = false;
    int names = 0;

    for (const char *p = words; p < end; p = eol + 1) {
        struct line l;

        eol = memchr(p, '\n', (size_t)(end - p));
        if (eol == NULL)
            eol = end;
        l = line_read(p, eol, yes ? "@aye" : "@nay");
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
line_read(const char *from, const char *end, const char *answer)
{
    struct line l = {.name = true};
    size_t k;

    for (const char *p = from; p<end; p += k> 0 ? k : 1) {
        k = word_length(p, end);
        if (k == 0)
            continue;
        l.greets = l.greets || (l.words == 0 && stands_in("@greet", p, k));
        l.words++;
        if (stands_in(answer, p, k)) {
            l.answers = true;
        } else if (!stands_in("@beside", p, k) && !stands_in("@greet", p, k)) {
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

static bool
stands_in(const char *list, const char *word, size_t n)
{
    const struct book *b = book_get();
    char folded[BOOK_WORD_MAX];

    if (n == 0 || n >= sizeof folded)
        return false;
    book_fold(folded, sizeof folded, word, n);
    return book_in_set(book_look_up(b, folded), book_list(b, list));
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
