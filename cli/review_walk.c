/* SPDX-License-Identifier: ISC */
/* cli/review_walk.c - one mail after the other, each with a question and one
 * key for its answer.
 *
 * What is asked about is what is on the screen: deed and addresses are sent as
 * they were shown.  Keys typed before the question stands there are thrown
 * away, so that a key held down decides nothing. */
#include <ctype.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "cli/client.h"
#include "cli/command.h"
#include "cli/field.h"
#include "cli/review.h"
#include "cli/term.h"
#include "cli/text.h"
#include "cli/when.h"

enum {
    LABEL = 9,          /* columns before what a label stands for */
    COLUMNS_LEAST = 40, /* of what is broken into lines */
    COLUMNS_ELSE = 80   /* where there is no screen */
};

struct walk {
    struct cli *c;
    int number, decided, later;
    int64_t all;
    bool deaf; /* stdin has ended: the rest is only shown */
    int code;
};

/* What one mail lets a person do. */
struct choice {
    int64_t id;
    bool off, on;               /* u and s make sense */
    bool wants_on;              /* the mail asks for letters */
    json_t *off_whom, *on_whom; /* addresses, yours */
};

static bool walk_one(void *arg, const json_t *mail, int64_t waiting);
static void print_mail(const json_t *mail, int number, int64_t all);
static void print_wrapped(const char *label, const char *text);
static void choice_make(struct choice *ch, const json_t *mail);
static void choice_clear(struct choice *ch);
static void print_question(const struct choice *ch);
static int answer_read(struct walk *w, const struct choice *ch);
static bool act_on_key(struct walk *w, const struct choice *ch, int key);

int
review_walk(struct cli *c)
{
    struct walk w = {.c = c};
    int code = review_each(c, walk_one, &w);

    if (code == 0)
        code = w.code;
    if (code != 0)
        return code;
    if (w.number == 0)
        term_say("No mail waits for a person.\n");
    else if (!w.deaf)
        term_say("%d decided, %d left for later.\n", w.decided, w.later);
    return 0;
}

static bool
walk_one(void *arg, const json_t *mail, int64_t waiting)
{
    struct walk *w = arg;
    struct choice ch;
    bool more = true, again = true;

    if (w->number++ == 0)
        w->all = waiting;
    print_mail(mail, w->number, w->all);
    choice_make(&ch, mail);
    while (more && again && !w->deaf) {
        int key = answer_read(w, &ch);

        again = false;
        if (key == 'q') { /* this one and all behind it */
            w->later += w->all > w->number ? (int)(w->all - w->number) + 1 : 1;
            more = false;
        } else if (key == 'l') {
            w->later++;
        } else if (key != EOF) {
            again = !act_on_key(w, &ch, key);
            more = w->code == 0;
        }
    }
    choice_clear(&ch);
    term_say("\n");
    return more;
}

/* --- what is shown -------------------------------------------------------- */

/* How an address stands, in words. */
static const char *
state_words(const char *state)
{
    static const struct {
        const char *state, *words;
    } all[] = {
        {"active", "on the list"},
        {"pending", "has not confirmed yet"},
        {"left", "has left the list"},
        {"bounced", "its letters came back"},
        {"complained", "has called us spam"},
        {"erased", "forgotten by request"},
    };

    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        if (strcmp(all[i].state, state) == 0)
            return all[i].words;
    return "not on the list";
}

static char *
person_words(const json_t *person)
{
    return text_format("%s (%s)", field_text(person, "address"),
        state_words(field_text(person, "state")));
}

static char *
people_words(const json_t *people)
{
    const json_t *person;
    char *all = NULL;
    size_t n, i;
    FILE *out = text_open(&all, &n);

    json_array_foreach(people, i, person)
    {
        char *one = person_words(person);

        fprintf(out, "%s%s", i == 0 ? "" : ", ", one);
        free(one);
    }
    text_close(out);
    return all;
}

/* Whether its writer was asked what he means. */
static char *
asked_words(int64_t asked_s)
{
    char *when, *words;

    if (asked_s == 0)
        return text_copy("");
    when = when_text(asked_s, time(NULL));
    words = text_format("the writer, %s: no clear answer yet", when);
    free(when);
    return words;
}

static void
print_mail(const json_t *mail, int number, int64_t all)
{
    const json_t *from = json_object_get(mail, "from");
    char *when = when_text(field_int(mail, "at_s"), time(NULL));
    char *asked = asked_words(field_int(mail, "asked_s"));
    char *people = people_words(json_object_get(mail, "addresses"));
    char *sender = json_is_object(from) ? person_words(from)
                                        : text_copy("nobody that can be read");

    term_style(STYLE_BOLD, "%d of %lld", number, (long long)all);
    term_say("  %s  %s  mail %lld\n", when, field_text(mail, "mailbox"),
        (long long)field_int(mail, "id"));
    print_wrapped("From", sender);
    print_wrapped("Subject", field_text(mail, "subject"));
    print_wrapped("About", strcmp(people, sender) == 0 ? "" : people);
    print_wrapped("Why", field_text(mail, "evidence"));
    print_wrapped("Asked", asked);
    if (*field_text(mail, "words") != '\0')
        term_say("\n");
    print_wrapped("", field_text(mail, "words"));
    term_say("\n");
    free(when);
    free(asked);
    free(people);
    free(sender);
}

/* One line, broken at blanks where it is too long; where it has none, anywhere.
 */
static void
print_line(const char *label, const char *line, size_t n)
{
    int screen = term_columns();
    int room = (screen > 0 ? screen : COLUMNS_ELSE) - LABEL;

    if (room < COLUMNS_LEAST)
        room = COLUMNS_LEAST;
    do {
        char *rest = text_format("%.*s", (int)n, line);
        size_t fits = text_fit(rest, room), cut = fits;

        if (fits < n)
            while (cut > 0 && rest[cut] != ' ')
                cut--;
        if (cut == 0)
            cut = fits > 0 ? fits : n;
        term_say("%-*s%.*s\n", LABEL, label, (int)cut, rest);
        free(rest);
        label = "";
        while (cut < n && line[cut] == ' ')
            cut++;
        line += cut;
        n -= cut;
    } while (n > 0);
}

static void
print_wrapped(const char *label, const char *text)
{
    char *clean = text_clean(
        text, strlen(text), *label == '\0' ? TEXT_MANY_LINES : TEXT_ONE_LINE);

    for (const char *line = clean; *line != '\0';) {
        size_t n = strcspn(line, "\n");

        print_line(label, line, n);
        label = "";
        line += n + (line[n] == '\n');
    }
    free(clean);
}

/* --- what may be done ----------------------------------------------------- */

/* Whether something changes when he is taken off, or put on. */
static bool
can_leave(const json_t *person)
{
    const char *state = field_text(person, "state");

    return strcmp(state, "active") == 0 || strcmp(state, "pending") == 0 ||
           strcmp(state, "bounced") == 0;
}

static bool
can_join(const json_t *person)
{
    const char *state = field_text(person, "state");

    return strcmp(state, "active") != 0 && strcmp(state, "erased") != 0;
}

static void
choice_make(struct choice *ch, const json_t *mail)
{
    const json_t *people = json_object_get(mail, "addresses"), *person;
    const json_t *from = json_object_get(mail, "from");
    size_t i;

    *ch = (struct choice){.id = field_int(mail, "id"),
        .wants_on = strcmp(field_text(mail, "proposal"), "subscribe") == 0,
        .off_whom = json_array(),
        .on_whom = json_array()};
    json_array_foreach(people, i, person)
    {
        if (!ch->wants_on && can_leave(person))
            json_array_append(ch->off_whom, json_object_get(person, "address"));
        if (ch->wants_on && can_join(person))
            json_array_append(ch->on_whom, json_object_get(person, "address"));
    }
    /* Nobody named: then it can only be about who wrote it. */
    if (json_array_size(people) == 0 && json_is_object(from) && can_leave(from))
        json_array_append(ch->off_whom, json_object_get(from, "address"));
    ch->off = json_array_size(ch->off_whom) > 0;
    ch->on = json_array_size(ch->on_whom) > 0;
}

static void
choice_clear(struct choice *ch)
{
    json_decref(ch->off_whom);
    json_decref(ch->on_whom);
}

static void
print_key(const char *key, const char *words, const json_t *whom)
{
    const json_t *address;
    size_t i;

    term_style(STYLE_BOLD, "%s", key);
    term_say(" %s", words);
    json_array_foreach(whom, i, address)
    {
        term_say("%s%s", i == 0 ? " " : ", ",
            json_is_string(address) ? json_string_value(address) : "?");
    }
}

static void
print_question(const struct choice *ch)
{
    if (ch->on || ch->off) {
        print_key(ch->on ? "s" : "u", ch->on ? "subscribe" : "unsubscribe",
            ch->on ? ch->on_whom : ch->off_whom);
        term_say("\n");
    }
    print_key("k", "keep as it is  ", NULL);
    print_key("a", "another address  ", NULL);
    print_key("l", "later  ", NULL);
    print_key("?", "help  ", NULL);
    print_key("q", "quit", NULL);
    term_say("\n> ");
    fflush(stdout);
}

static void
print_help(const struct choice *ch)
{
    term_say("\n"
             "  u  take the address off the list, for good: no import brings it"
             " back.\n"
             "     Who asked for it in his own mail gets a goodbye.\n"
             "  s  put the address on the list; the ledger says that you did"
             " so.\n"
             "  k  do nothing: the mail asks for nothing, or you answer it"
             " yourself.\n"
             "  a  %s another address, which you type.\n"
             "  l  decide later; it will be asked again.\n"
             "  q  quit; what is decided stays decided.\n\n",
        ch->wants_on ? "put on" : "take off");
}

/* --- keys ----------------------------------------------------------------- */

/* Whether stdin has nothing more, known without waiting for it. */
static bool
stdin_over(void)
{
    struct pollfd p = {.fd = STDIN_FILENO, .events = POLLIN};
    int byte;

    if (poll(&p, 1, 0) <= 0)
        return false;
    byte = getc(stdin);
    if (byte == EOF)
        return true;
    ungetc(byte, stdin);
    return false;
}

/* The first letter of a line; EOF: there is none. */
static int
line_key(void)
{
    char line[256];
    int key;

    if (fgets(line, (int)sizeof line, stdin) == NULL)
        return EOF;
    key = tolower((unsigned char)line[strspn(line, " \t")]);
    if (strchr(line, '\n') == NULL)
        while (getc(stdin) != '\n' && !feof(stdin))
            continue;
    return key;
}

static void
question(const void *arg)
{
    print_question(arg);
}

/* A key that means something; EOF: stdin has ended, q too when nothing can be
 * read. */
static int
answer_read(struct walk *w, const struct choice *ch)
{
    for (;;) {
        int key;

        if (isatty(STDIN_FILENO)) {
            key = term_key(question, ch);
        } else if (stdin_over()) {
            key = EOF;
        } else {
            print_question(ch);
            key = line_key();
        }
        if (key == EOF) {
            w->deaf = true;
            return EOF;
        }
        if (key == '?' || key == 'h')
            print_help(ch);
        else if ((key == 'u' && ch->off) || (key == 's' && ch->on) ||
                 key == 'k' || key == 'a' || key == 'l' || key == 'q')
            return key;
        else
            term_say("That is none of the keys here.\n");
    }
}

/* --- what is done --------------------------------------------------------- */

/* Asks for an address. NULL: none was given. Yours. */
static json_t *
another_address(const struct choice *ch)
{
    char line[400] = "", *text = line, *end;

    term_say("%s which address? (nothing: none) ",
        ch->wants_on ? "Put on" : "Take off");
    fflush(stdout);
    if (fgets(line, (int)sizeof line, stdin) == NULL)
        return NULL;
    text += strspn(text, " \t");
    end = text + strcspn(text, "\r\n");
    while (end > text && (end[-1] == ' ' || end[-1] == '\t'))
        end--;
    *end = '\0';
    return *text == '\0' ? NULL : json_pack("[s]", text);
}

/* Whether it still waits, after the daemon has refused something. */
static bool
still_waits(struct walk *w, int64_t id)
{
    char *path = text_format("/v1/review/%lld", (long long)id);
    struct request r = {.method = "GET", .path = path};
    struct answer a;
    bool waits;

    client_ask(w->c->client, &r, &a);
    waits = a.status == 200;
    client_clear(&a);
    free(path);
    return waits;
}

/* True: it is done with. False: ask again; or w->code says why not. */
static bool
act_on_key(struct walk *w, const struct choice *ch, int key)
{
    struct review_word word = {
        .id = ch->id, .verb = key == 'k' ? "dismiss" : "accept"};
    json_t *typed = NULL;
    struct answer a;
    bool over;
    int code;

    if (key == 'a') {
        typed = another_address(ch);
        if (typed == NULL)
            return false;
    }
    if (key != 'k') {
        word.deed = key == 's' || (key == 'a' && ch->wants_on) ? "subscribe"
                                                               : "unsubscribe";
        word.addresses = typed != NULL ? typed
                         : key == 's'  ? ch->on_whom
                                       : ch->off_whom;
    }
    review_send(w->c, &word, &a);
    json_decref(typed);
    code = client_judge(&a);
    over = code == 0;
    if (over) {
        w->decided++;
        review_say(a.json);
    } else if (a.status >= 400 && a.status < 500) {
        over = !still_waits(w, ch->id);
    } else {
        w->code = code;
    }
    client_clear(&a);
    return over;
}
