/* SPDX-License-Identifier: ISC */
/* Lines are marked, never moved: first what carries a quotation mark, then
 * everything below the first sign of a quotation without marks (an Outlook
 * header block, "Original message", an attribution), then signatures and
 * lines that no one wrote.  What is left in the order of the mail are the
 * own words, above, below or between quotes. */
#include "daemon/own_words.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/phrases.h"
#include "daemon/quote_marks.h"
#include "daemon/utf8.h"
#include "lists/fault.h"

enum {
    FOLDED_BYTES = 150, /* of a line are looked at */
    FOLDED_MAX = 200,
    CARD_LINES_MIN = 3,
    NOISE_WRAPPED = 50 /* bytes of a line that goes on in the next */
};
struct line {
    const char *at;
    size_t n;
    enum {
        LINE_OWN,
        LINE_QUOTED,
        LINE_DROPPED
    } is;
    bool soft;      /* flowed: the next line continues it */
    bool spaced;    /* with another blank before the one that says so */
    bool is_folded; /* only where someone asks: see fold */
    char folded[FOLDED_MAX];
};
struct page {
    int n;
    bool forwarded;
    int sender_line;  /* a header block begins there */
    int forward_line; /* and there the text below it */
    struct line *line;
};

static void split(struct page *p, const char *text, size_t n, bool flowed);
static const char *fold(struct line *l);
static void mark_quotes(struct page *p);
static int unquote(struct page *p, int i, int used);
static int quoted_after(const struct page *p, int i);
static void mark(struct page *p, int from, int to, int as);
static void mark_signatures(struct page *p, const char *name);
static bool is_card(const struct page *p, int i);
static bool is_name(const struct line *l, const char *name);
static void mark_noise(struct page *p);
static char *own_text(const struct page *p, bool delsp, size_t *n);
static char *rest_text(const struct page *p);
static char *sender_line(const struct page *p);

void
own_words_find(const char *text, size_t n, const struct own_words_of *of,
    struct own_words *out)
{
    struct page page = {.n = 0}, *p = &page;

    split(p, text, n, of->flowed);
    mark_quotes(p);
    out->quote_line = 0;
    for (int i = 0; i < p->n && out->quote_line == 0; i++)
        if (p->line[i].is == LINE_QUOTED)
            out->quote_line = i + 1;
    mark_signatures(p, of->name);
    mark_noise(p);
    out->forwarded = p->forwarded;
    out->text = own_text(p, of->delsp, &out->n);
    out->rest = rest_text(p);
    out->sender = sender_line(p);
    free(p->line);
}

void
own_words_clear(struct own_words *w)
{
    free(w->text);
    free(w->rest);
    free(w->sender);
    w->text = w->rest = w->sender = NULL;
}

static void
split(struct page *p, const char *text, size_t n, bool flowed)
{
    const char *end = text + n;
    size_t room = 1;

    for (const char *q = text; room < OWN_WORDS_LINES_MAX && q < end &&
                               (q = memchr(q, '\n', (size_t)(end - q))) != NULL;
         q++)
        room++;
    p->line = malloc(room * sizeof *p->line);
    if (p->line == NULL)
        fault_no_memory();
    while (text < end && (size_t)p->n < room) {
        const char *eol = memchr(text, '\n', (size_t)(end - text));
        const char *stop = eol != NULL ? eol : end;
        struct line *l = &p->line[p->n++];

        l->is = LINE_OWN;
        l->is_folded = false;
        l->at = text;
        l->n = (size_t)(stop - text);
        l->soft = flowed && l->n > 0 && stop[-1] == ' ' &&
                  !(l->n == 3 && memcmp(text, "-- ", 3) == 0);
        l->spaced = l->soft && l->n > 1 && stop[-2] == ' ';
        text = stop + 1;
        while (l->n > 0 && (*l->at == ' ' || *l->at == '\t')) {
            l->at++;
            l->n--;
        }
        while (l->n > 0 && l->at[l->n - 1] == ' ' && l->n != 3)
            l->n--;
    }
}

static const char *
fold(struct line *l)
{
    if (!l->is_folded)
        (void)utf8_fold(l->folded, sizeof l->folded, l->at,
            utf8_cut(l->at, l->n, FOLDED_BYTES));
    l->is_folded = true;
    return l->folded;
}

static void
mark_quotes(struct page *p)
{
    for (int i = 0; i < p->n; i++)
        if (p->line[i].n > 0 &&
            (p->line[i].at[0] == '>' ||
                (p->line[i].at[0] == '|' && p->line[i].n > 1 &&
                    p->line[i].at[1] == ' ')))
            p->line[i].is = LINE_QUOTED;
    for (int i = 0; i < p->n; i++) {
        const char *ahead[QUOTE_LOOK_AHEAD];
        int n = 0, used;

        if (p->line[i].is != LINE_OWN || p->line[i].n == 0)
            continue;
        for (int k = i; k < p->n && n < QUOTE_LOOK_AHEAD; k++)
            if (p->line[k].is == LINE_OWN)
                ahead[n++] = fold(&p->line[k]);
            else
                break;
        switch (quote_mark(ahead, n, i == 0 || p->line[i - 1].n == 0, &used)) {
        case QUOTE_NONE:
            break;
        case QUOTE_ATTRIBUTION:
            if (quoted_after(p, i + used - 1) > 0) {
                mark(p, i, i + used, LINE_QUOTED);
                i += used - 1;
                break;
            }
            mark(p, i, p->n, LINE_QUOTED);
            return;
        case QUOTE_FORWARD:
            p->forwarded = true;
            used = unquote(p, i, used);
            /* fallthrough */
        case QUOTE_HEADERS:
            p->sender_line = i;
            p->forward_line = i + used;
            mark(p, i, p->n, LINE_QUOTED);
            return;
        }
    }
}

/* What is forwarded below line i may carry quotation marks, its header lines
 * too: takes them away.  Returns the lines of the mark. */
static int
unquote(struct page *p, int i, int used)
{
    const char *ahead[QUOTE_LOOK_AHEAD];
    int n = 0, k = i + 1;

    while (k < p->n && p->line[k].n == 0)
        k++;
    if (k == p->n || p->line[k].at[0] != '>')
        return used;
    for (; k < p->n; k++) {
        struct line *l = &p->line[k];

        if (l->n == 0 || *l->at != '>')
            continue;
        do {
            l->at++;
            l->n--;
        } while (l->n > 0 && *l->at == ' ');
        l->is_folded = false;
    }
    for (k = i; k < p->n && n < QUOTE_LOOK_AHEAD; k++)
        ahead[n++] = fold(&p->line[k]);
    (void)quote_mark(ahead, n, true, &used);
    return used;
}

/* The next line with text after i, if it is quoted; else 0. */
static int
quoted_after(const struct page *p, int i)
{
    for (i++; i < p->n; i++)
        if (p->line[i].n > 0)
            return p->line[i].is == LINE_QUOTED ? i : 0;
    return 0;
}

static void
mark(struct page *p, int from, int to, int as)
{
    for (int i = from; i < to && i < p->n; i++)
        if (p->line[i].is != LINE_QUOTED)
            p->line[i].is = as == LINE_QUOTED ? LINE_QUOTED : LINE_DROPPED;
}

/* "-- " ends the own words up to the next quotation.  "Kind regards", or the
 * writer's name alone on a line, do too, where something was said before;
 * a postscript counts again. */
static void
mark_signatures(struct page *p, const char *name)
{
    bool said = false, inside = false, card = false;
    char folded_name[FOLDED_MAX];

    (void)utf8_fold(folded_name, sizeof folded_name, name, strlen(name));
    for (int i = 0; i < p->n; i++) {
        struct line *l = &p->line[i];
        enum quote_ending e;
        bool named;

        if (l->is == LINE_QUOTED) {
            inside = false;
            continue;
        }
        if (l->n == 0) {
            card = false;
            continue;
        }
        e = quote_ending(fold(l), l->n);
        named = e == ENDING_NONE && is_name(l, folded_name);
        if (named)
            e = ENDING_CLOSING;
        card = card || (e == ENDING_CLOSING && !said && is_card(p, i));
        if (inside && e == ENDING_POSTSCRIPT)
            inside = false;
        if (e == ENDING_RULE || (e == ENDING_CLOSING && said))
            inside = true;
        if (inside || card || named)
            l->is = LINE_DROPPED;
        said = said || (e == ENDING_NONE && !card);
    }
}

/* A name with telephone, address or the like below it, and nothing said
 * before: the whole mail is a signature. */
static bool
is_card(const struct page *p, int i)
{
    int lines = 0;
    bool contact = false;

    for (; i < p->n && p->line[i].n > 0 && p->line[i].is != LINE_QUOTED; i++) {
        const char *s = fold(&p->line[i]);

        lines++;
        contact = contact || strchr(s, '@') != NULL ||
                  strstr(s, "www.") != NULL || strncmp(s, "tlf", 3) == 0 ||
                  strncmp(s, "tel", 3) == 0 || strncmp(s, "mob", 3) == 0;
    }
    return contact && lines >= CARD_LINES_MIN;
}

/* A line of nothing but words of the writer's name. */
static bool
is_name(const struct line *l, const char *name)
{
    const char *p = l->folded + strspn(l->folded, "/-~* ");
    int words = 0;

    while (*p != '\0') {
        size_t n = strcspn(p, " ,.");
        const char *at = name;
        bool known = false;

        for (; n > 0 && !known && *at != '\0'; at++)
            known = strncmp(at, p, n) == 0 &&
                    (at == name || !isalnum((unsigned char)at[-1])) &&
                    !isalnum((unsigned char)at[n]);
        if (n > 1 && !known)
            return false;
        words += known;
        p += n;
        p += strspn(p, " ,.");
    }
    return words > 0;
}

/* What follows a long such line in its paragraph, or one that ends with a
 * colon, belongs to it, unless someone speaks of himself there. */
static void
mark_noise(struct page *p)
{
    bool inside = false;

    for (int i = 0; i < p->n; i++) {
        struct line *l = &p->line[i];

        if (l->is != LINE_OWN || l->n == 0) {
            inside = false;
        } else if (quote_noise(l->at, l->n)) {
            l->is = LINE_DROPPED;
            inside = l->n > NOISE_WRAPPED || l->at[l->n - 1] == ':';
        } else if (inside && !quote_personal(l->at, l->n)) {
            l->is = LINE_DROPPED;
        } else {
            inside = false;
        }
    }
}

static char *
own_text(const struct page *p, bool delsp, size_t *n)
{
    char *out = NULL;
    FILE *to = open_memstream(&out, n);
    bool blank = true;

    if (to == NULL)
        fault_no_memory();
    for (int i = 0; i < p->n; i++) {
        const struct line *l = &p->line[i];

        if (l->is != LINE_OWN)
            continue;
        if (l->n == 0 && blank)
            continue;
        blank = l->n == 0;
        (void)fwrite(l->at, 1, l->n, to);
        if (!l->soft || i + 1 == p->n || p->line[i + 1].is != LINE_OWN)
            (void)fputc('\n', to);
        else if (!delsp || l->spaced)
            (void)fputc(' ', to);
    }
    if (fclose(to) != 0)
        fault_no_memory();
    while (*n > 0 && isspace((unsigned char)out[*n - 1]))
        out[--*n] = '\0';
    return out;
}

static char *
rest_text(const struct page *p)
{
    char *out = NULL;
    size_t n;
    FILE *to = open_memstream(&out, &n);

    if (to == NULL)
        fault_no_memory();
    for (int i = p->forward_line; p->forward_line > 0 && i < p->n; i++) {
        (void)fwrite(p->line[i].at, 1, p->line[i].n, to);
        (void)fputc('\n', to);
    }
    if (fclose(to) != 0)
        fault_no_memory();
    return out;
}

static char *
sender_line(const struct page *p)
{
    for (int i = p->sender_line; p->forward_line > 0 && i < p->forward_line;
         i++) {
        struct line *l = &p->line[i];

        if (quote_from_label(fold(l))) {
            char *text = fault_calloc(l->n + 1, 1);

            memcpy(text, l->at, l->n);
            return text;
        }
    }
    return fault_strdup("");
}
