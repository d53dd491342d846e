/* SPDX-License-Identifier: ISC */
/* The words here belong to mail programs, not to people, and are few: they
 * stand in the code.  What companies and telephones add stands in the words
 * files, sections closing, noise and footer. */
#include "daemon/quote_marks.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/phrases.h"
#include "lists/fault.h"

enum {
    ATTRIBUTION_LINES_MAX = 4,
    ATTRIBUTION_BYTES_MAX = 500,
    CLOSING_BYTES_MAX = 60
};

static int label_of(const char *line);
static int header_block(const char *const *lines, int n);
static bool announces(const char *line, bool *forward);
static int attribution(const char *const *lines, int n);
static bool opens_attribution(const char *line);
static bool attributes(const char *text);
static bool echoes(const char *text);
static bool unsubscribe_link(const char *line, size_t n);
static struct reading *scratch(void);

enum quote_mark
quote_mark(const char *const *lines, int n, bool fresh, int *used)
{
    bool forward = false;
    int k;

    *used = 1;
    if (announces(lines[0], &forward)) {
        for (int i = 1; i < n && i < 4; i++) {
            k = header_block(lines + i, n - i);
            if (k > 0) {
                *used = i + k;
                break;
            }
        }
        return forward ? QUOTE_FORWARD : QUOTE_HEADERS;
    }
    k = header_block(lines, n);
    if (k > 0) {
        *used = k;
        return QUOTE_HEADERS;
    }
    k = attribution(lines, fresh || opens_attribution(lines[0]) ? n : 1);
    if (k > 0) {
        *used = k;
        return QUOTE_ATTRIBUTION;
    }
    return QUOTE_NONE;
}

/* 1 from, 2 date, 3 to, 4 subject, 5 copy; 0 no such label. */
static int
label_of(const char *line)
{
    static const struct {
        const char *word;
        int is;
    } labels[] = {{"fra", 1}, {"from", 1}, {"von", 1}, {"fraan", 1}, {"de", 1},
        {"van", 1}, {"sendt", 2}, {"sent", 2}, {"gesendet", 2}, {"skickat", 2},
        {"dato", 2}, {"date", 2}, {"datum", 2}, {"envoye", 2}, {"til", 3},
        {"para", 3}, {"naar", 3}, {"asunto", 4}, {"oggetto", 4},
        {"onderwerp", 4}, {"da", 1}, {"od", 1}, {"lahettaja", 1},
        {"verzonden", 2}, {"inviato", 2}, {"lahetetty", 2}, {"wyslano", 2},
        {"aan", 3}, {"do", 3}, {"vastaanottaja", 3}, {"temat", 4}, {"aihe", 4},
        {"assunto", 4}, {"enviado", 2}, {"fecha", 2}, {"to", 3}, {"an", 3},
        {"till", 3}, {"a", 3}, {"emne", 4}, {"subject", 4}, {"betreff", 4},
        {"aemne", 4}, {"objet", 4}, {"vedr.", 4}, {"cc", 5}, {"kopi", 5},
        {"kopia", 5}, {"svar til", 5}, {"reply-to", 5}};
    size_t n, m;

    line += strspn(line, "*_ \t");
    n = strcspn(line, ":");
    if (line[n] != ':' || n == 0 || n > 14)
        return 0;
    for (m = n; m > 0 && strchr("* _\t", line[m - 1]) != NULL; m--)
        ;
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++)
        if (strlen(labels[i].word) == m &&
            strncmp(line, labels[i].word, m) == 0)
            return labels[i].is;
    return 0;
}

/* A sender and two more of date, recipient and subject, with nothing but
 * continuations between them.  Returns the lines it takes. */
static int
header_block(const char *const *lines, int n)
{
    bool seen[6] = {false};
    int kinds = 0, last = 0, strays = 0;

    if (label_of(lines[0]) == 0)
        return 0;
    for (int i = 0; i < n && strays < 2; i++) {
        int k = label_of(lines[i]);

        if (k == 0) {
            strays += lines[i][0] != '\0';
            continue;
        }
        if (!seen[k] && k < 5)
            kinds++;
        seen[k] = true;
        last = i + 1;
    }
    return seen[1] && kinds >= 3 ? last : 0;
}

/* "-----Original message-----" and its kin. */
static bool
announces(const char *line, bool *forward)
{
    static const char *const original[] = {"original message",
        "original appointment", "oprindelig meddelelse", "oprindelig besked",
        "oprindelig mail", "oprindelig e-mail", "opprinnelig melding",
        "opprinnelig e-post", "ursprungligt meddelande", "originalmeddelande",
        "urspruengliche nachricht", "originalnachricht", "original-nachricht",
        "urspr. nachricht", "message d'origine", "reply message",
        "original besked", "ursprungligt mail"};
    static const char *const forwarded[] = {"forwarded message", "forwarded by",
        "videresendt meddelelse", "videresendt besked", "videresendt mail",
        "videresendt af", "weitergeleitete nachricht",
        "vidarebefordrat meddelande", "videresendt melding",
        "vidarebefordrat mail", "begin forwarded message",
        "start paa videresendt besked", "start pa videresendt besked",
        "anfang der weitergeleiteten", "vidarebefordrat brev",
        "paabegynd videresendt besked"};
    size_t n = strlen(line);
    bool ruled = strncmp(line, "--", 2) == 0 || strncmp(line, "__", 2) == 0 ||
                 strncmp(line, "==", 2) == 0;

    if (n > 120 || (!ruled && (n == 0 || line[n - 1] != ':')))
        return false;
    for (size_t i = 0; i < sizeof forwarded / sizeof *forwarded; i++) {
        if (strstr(line, forwarded[i]) != NULL) {
            *forward = true;
            return true;
        }
    }
    for (size_t i = 0; ruled && i < sizeof original / sizeof *original; i++)
        if (strstr(line, original[i]) != NULL)
            return true;
    return false;
}

/* A sentence over at most four lines that ends in a colon and says who wrote
 * when.  Returns the lines it takes. */
static int
attribution(const char *const *lines, int n)
{
    char text[ATTRIBUTION_BYTES_MAX];
    size_t w = 0;

    for (int i = 0; i < n && i < ATTRIBUTION_LINES_MAX; i++) {
        size_t k = strlen(lines[i]);

        if (k == 0 || w + k + 2 > sizeof text)
            return 0;
        if (i > 0 && (opens_attribution(lines[i]) ||
                         strpbrk(lines[0], "0123456789@<") == NULL))
            return 0; /* it may begin there */
        memcpy(text + w, lines[i], k);
        w += k;
        text[w++] = ' ';
        text[w] = '\0';
        while (k > 0 && strchr(" -", lines[i][k - 1]) != NULL)
            k--;
        if (k > 0 && lines[i][k - 1] == ':')
            return attributes(text) || echoes(text) ? i + 1 : 0;
    }
    return 0;
}

/* A long one may begin in the middle of a paragraph only so. */
static bool
opens_attribution(const char *line)
{
    static const char *const words[] = {"den ", "on ", "am ", "le ", "el ",
        "il ", "op ", "paa ", "em ", "dne ", "w dniu "};

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strncmp(line, words[i], strlen(words[i])) == 0)
            return true;
    return isdigit((unsigned char)*line);
}

static bool
attributes(const char *text)
{
    static const char *const verbs[] = {" skrev", " wrote", " writes",
        " schrieb", " a ecrit", " har skrevet", " kirjoitti", " skrifadi",
        " escribio", " ha scritto", " schreef"};
    bool digit = false;

    if (*text == '-')
        text += strspn(text, "- ");
    for (const char *p = text; *p != '\0'; p++)
        digit = digit || isdigit((unsigned char)*p);
    if (!digit && strchr(text, '@') == NULL)
        return false;
    if (digit && strchr(text, '<') != NULL && strchr(text, '@') != NULL)
        return true; /* in whatever language */
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
        const char *at = strstr(text, verbs[i]);

        if (at != NULL) {
            char after = at[strlen(verbs[i])];

            if (!isalpha((unsigned char)after))
                return true;
        }
    }
    return false;
}

/* Who receives for an office repeats what he got: to be sent a request in our
 * name, and to send it back to us, is no request. */
static bool
echoes(const char *text)
{
    static const char *const begins[] = {"du skrev", "de skrev",
        "du har skrevet", "din besked", "din mail", "din henvendelse",
        "din oprindelige", "vi har modtaget foelgende", "vi har modtaget din",
        "kopi af din", "you wrote", "your message", "your mail", "your e-mail",
        "your original", "your request", "we received the following",
        "we received your", "we have received the following",
        "we have received your", "copy of your", "sie schrieben",
        "ihre nachricht"};

    for (size_t i = 0; i < sizeof begins / sizeof *begins; i++)
        if (strncmp(text, begins[i], strlen(begins[i])) == 0)
            return true;
    return false;
}

bool
quote_from_label(const char *folded)
{
    return label_of(folded) == 1;
}

enum quote_ending
quote_ending(const char *folded, size_t n)
{
    struct reading *r;

    if (strcmp(folded, "--") == 0 || strcmp(folded, "-- ") == 0)
        return ENDING_RULE;
    if (strncmp(folded, "ps", 2) == 0 && !isalnum((unsigned char)folded[2]))
        return ENDING_POSTSCRIPT;
    if (strncmp(folded, "p.s", 3) == 0)
        return ENDING_POSTSCRIPT;
    if (n > CLOSING_BYTES_MAX)
        return ENDING_NONE;
    r = scratch();
    phrases_find(folded, strlen(folded), NULL, PHRASE_BIT(PHRASE_CLOSING), r);
    for (int i = 0; i < r->n_found; i++)
        if (r->found[i].first == 0)
            return ENDING_CLOSING;
    return ENDING_NONE; /* "Take me off. Regards, Finn" is no mere closing */
}

bool
quote_noise(const char *line, size_t n)
{
    struct reading *r = scratch();
    size_t marks = 0;

    if (unsubscribe_link(line, n))
        return true;
    for (size_t i = 0; i < n; i++)
        marks += strchr("-_=*", line[i]) != NULL;
    if (n >= 5 && marks == n)
        return true;
    phrases_find(line, n, NULL,
        PHRASE_BIT(PHRASE_NOISE) | PHRASE_BIT(PHRASE_FOOTER) |
            PHRASE_BIT(PHRASE_PERSONAL),
        r);
    return phrases_has(r, PHRASE_NOISE, -1) != NULL ||
           (phrases_has(r, PHRASE_FOOTER, -1) != NULL &&
               phrases_has(r, PHRASE_PERSONAL, -1) == NULL);
}

/* "Unsubscribe: https://..." */
static bool
unsubscribe_link(const char *line, size_t n)
{
    struct reading *r = scratch();
    const char *at = memchr(line, ':', n);

    if (at == NULL || memmem(at, n - (size_t)(at - line), "://", 3) == NULL)
        return false;
    phrases_find(line, (size_t)(at - line), NULL,
        PHRASE_BIT(PHRASE_BARE) | PHRASE_BIT(PHRASE_LEAVE), r);
    return r->n_found > 0 && r->found[0].first == 0 && r->n_tokens < 5;
}

bool
quote_personal(const char *line, size_t n)
{
    struct reading *r = scratch();

    phrases_find(line, n, NULL, PHRASE_BIT(PHRASE_PERSONAL), r);
    return r->n_found > 0;
}

/* One reading is used again and again: it is large. */
static struct reading *
scratch(void)
{
    static struct reading *r;

    if (r == NULL)
        r = fault_calloc(1, sizeof *r);
    return r;
}
