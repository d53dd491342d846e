/* SPDX-License-Identifier: ISC */
/* Files as people really send them, whole and byte by byte: who is on the list
 * afterwards, and what the report says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "daemon/import.h"
#include "lists/list.h"
#include "lists/store.h"
#include "lists/subscription.h"

enum {
    NOW_S = 1795000000
};

static char folder[] = "/tmp/test_import.XXXXXX";
static struct store *st;
static int64_t list;
static struct fault f;

static int
set_up(void **state)
{
    char path[64];

    (void)state;
    if (mkdtemp(folder) == NULL)
        return -1;
    (void)snprintf(path, sizeof path, "%s/store", folder);
    if (store_open(path, &st, &f) != RES_OK)
        return -1;
    return list_id(st, "news", &list, &f) == RES_OK ? 0 : -1;
}

static int
tear_down(void **state)
{
    static const char *const files[] = {
        "store", "store-wal", "store-shm", "store-turn"};
    char path[64];

    (void)state;
    store_close(st);
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", folder, files[i]);
        (void)unlink(path);
    }
    (void)rmdir(folder);
    (void)snprintf(folder, sizeof folder, "/tmp/test_import.XXXXXX");
    return 0;
}

/* Everyone on the list as "address=name/given state;". */
static bool
gather(void *arg, const struct subscriber *who, const struct subscription *what)
{
    FILE *to = arg;

    (void)fprintf(to, "%s=%s/%s %s;", who->address.text, who->name,
        who->given_name, subscription_word(what->state));
    return true;
}

static char *
people(void)
{
    char *text = NULL;
    size_t n;
    FILE *to = open_memstream(&text, &n);
    enum result r = subscription_each(st, list, -1, 0, 1000, gather, to, &f);

    assert_true(r == RES_OK || r == RES_NONE);
    (void)fclose(to);
    return text;
}

/* Feeds text in pieces of `piece` bytes. */
static struct import *
feed(const char *text, size_t n, size_t piece, enum result *r)
{
    struct import *im = import_new(st, list, "file.csv", NOW_S);

    *r = RES_OK;
    for (size_t at = 0; at < n && *r == RES_OK; at += piece)
        *r = import_feed(im, text + at, n - at < piece ? n - at : piece, &f);
    if (*r == RES_OK)
        *r = import_end(im, &f);
    return im;
}

struct file_case {
    const char *what, *text, *people, *problems;
    int64_t counts[5]; /* added there refused kept_out lines */
};

static const struct file_case files[] = {
    {"comma, header", "email,name\na@b.dk,Anna Berg\nc@d.dk,Carl\n",
        "a@b.dk=Anna Berg/Anna active;c@d.dk=Carl/Carl active;", "",
        {2, 0, 0, 0, 3}},
    {"BOM, semicolon, CRLF",
        "\xEF\xBB\xBF"
        "Navn;E-mail\r\nBo Dahl;bo@d.dk\r\n",
        "bo@d.dk=Bo Dahl/Bo active;", "", {1, 0, 0, 0, 2}},
    {"tab, no end of line", "mail\tfornavn\tefternavn\nx@y.dk\tXi\tYde",
        "x@y.dk=Xi Yde/Xi active;", "", {1, 0, 0, 0, 2}},
    {"Mailchimp",
        "\"Email Address\",\"First Name\",\"Last Name\",TAGS\n"
        "m@c.dk,Mia,\"Carl, sen\",\"a,b\"\n",
        "m@c.dk=Mia Carl, sen/Mia active;", "", {1, 0, 0, 0, 2}},
    {"as mail programs write it",
        "email\nBo Dahl <bo@d.dk>\n\"\"\"Ek, Al\"\" <al@e.dk> \"\n<c@d.dk>\n"
        "mailto:d@e.dk\nEva <e@f.dk> x\n",
        "bo@d.dk=Bo Dahl/Bo active;al@e.dk=Ek, Al/Al active;"
        "c@d.dk=/ active;d@e.dk=/ active;",
        "6;", {4, 0, 1, 0, 6}},
    {"the same without a header", "Bo <bo@d.dk>\n", "bo@d.dk=Bo/Bo active;", "",
        {1, 0, 0, 0, 1}},
    {"a name of its own wins", "email,name\nBo <bo@d.dk>,Bo Dahl\n",
        "bo@d.dk=Bo Dahl/Bo active;", "", {1, 0, 0, 0, 2}},
    {"rows of nothing", "email;name\n;\na@b.dk;A\n ; \n;B\n",
        "a@b.dk=A/A active;", "5;", {1, 0, 1, 0, 5}},
    {"more values than columns",
        "email;name\na@b.dk;A;;\nb@b.dk; c@b.dk;B\nd@b.dk;D, E\n",
        "a@b.dk=A/A active;d@b.dk=D, E/E active;", "3;", {2, 0, 1, 0, 4}},
    {"lone CR", "email,name\ra@b.dk,Anna\rb@b.dk,Bo\r",
        "a@b.dk=Anna/Anna active;b@b.dk=Bo/Bo active;", "", {2, 0, 0, 0, 3}},
    {"no header", "a@b.dk,whatever\nb@b.dk\n",
        "a@b.dk=/ active;b@b.dk=/ active;", "", {2, 0, 0, 0, 2}},
    {"sep line", "sep=;\nemail;name\na@b.dk;A, B\n", "a@b.dk=A, B/B active;",
        "", {1, 0, 0, 0, 3}},
    {"email wins over adresse", "adresse,email\nStreet 1,a@b.dk\n",
        "a@b.dk=/ active;", "", {1, 0, 0, 0, 2}},
    {"adresse alone", "adresse\na@b.dk\n", "a@b.dk=/ active;", "",
        {1, 0, 0, 0, 2}},
    {"twice in the file", "email\na@b.dk\nA@B.dk\n", "a@b.dk=/ active;", "",
        {1, 1, 0, 0, 3}},
    {"blank lines count", "email\n\n  \nno\n\na@b.dk\n", "a@b.dk=/ active;",
        "4;", {1, 0, 1, 0, 6}},
    {"quoted line end", "email,note,name\na@b.dk,\"1\n2\n3\",An\nno,,\n",
        "a@b.dk=An/An active;", "5;", {1, 0, 1, 0, 5}},
    {"quote never closed", "email,name\na@b.dk,\"Anna\nb@b.dk,Bo\nc@b.dk,C\n",
        "b@b.dk=Bo/Bo active;c@b.dk=C/C active;", "2;", {2, 0, 1, 0, 4}},
    {"two quotes never closed", "email,name\n\"a@b.dk,A\nb@b.dk,\"B\nc@b.dk,C",
        "c@b.dk=C/C active;", "2;3;", {1, 0, 2, 0, 4}},
    {"windows-1252", "email,name\na@b.dk,S\xF8ren \x80\n",
        "a@b.dk=S\xC3\xB8ren \xE2\x82\xAC/S\xC3\xB8ren active;", "2;",
        {1, 0, 0, 0, 2}},
    {"neither charset", "email,name\na@b.dk,S\x81\n", "", "2;",
        {0, 0, 1, 0, 2}},
    {"a state that is not active",
        "address,state\na@b.dk,left\nb@b.dk,active\n", "b@b.dk=/ active;", "2;",
        {1, 0, 1, 0, 3}},
    {"our apostrophe",
        "email,name\na@b.dk,'=SUM(1)\nb@b.dk,'t Hooft\n'+1@b.dk,\n'x@b.dk,\n",
        "a@b.dk==SUM(1)/=SUM(1) active;b@b.dk='t Hooft/'t active;"
        "+1@b.dk=/ active;'x@b.dk=/ active;",
        "", {4, 0, 0, 0, 5}},
    {"a long state is no active one",
        "email,state\na@b.dk,active\nb@b.dk,activeactive\n", "a@b.dk=/ active;",
        "3;", {1, 0, 1, 0, 3}},
    {"header injection",
        "email,name\n\"a@b.dk\nBcc: x@y\",A\nb@b.dk,\"B\nC\"\n",
        "b@b.dk=B C/B active;", "2;", {1, 0, 1, 0, 5}},
    {"more columns than we look at in a short row", "name,email\nAnna\n", "",
        "2;", {0, 0, 1, 0, 2}},
};

static void
check_file(const struct file_case *c, size_t piece)
{
    struct import *im;
    const struct import_report *r;
    char problems[256] = "";
    size_t n = 0;
    enum result result;
    char *got;

    im = feed(c->text, strlen(c->text), piece, &result);
    r = import_report(im);
    if (result != RES_OK)
        fail_msg("%s (by %zu): %s", c->what, piece, f.text);
    got = people();
    for (int i = 0; i < r->n_problems; i++)
        n += (size_t)snprintf(problems + n, sizeof problems - n, "%lld;",
            (long long)r->problem[i].line);
    if (strcmp(got, c->people) != 0 || strcmp(problems, c->problems) != 0 ||
        r->added != c->counts[0] || r->there != c->counts[1] ||
        r->refused != c->counts[2] || r->kept_out != c->counts[3] ||
        r->lines != c->counts[4])
        fail_msg("%s (by %zu): got %s problems %s counts %lld %lld %lld %lld"
                 " %lld; want %s problems %s",
            c->what, piece, got, problems, (long long)r->added,
            (long long)r->there, (long long)r->refused, (long long)r->kept_out,
            (long long)r->lines, c->people, c->problems);
    free(got);
    import_free(im);
}

static void
test_files(void **state)
{
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
        for (size_t piece = 1; piece <= 4096; piece *= 16) {
            check_file(&files[i], piece);
            assert_int_equal(tear_down(state), 0);
            assert_int_equal(set_up(state), 0);
        }
}

/* What is no such file is refused and writes nothing. */
static void
test_no_csv(void **state)
{
    static const struct {
        const char *text;
        size_t n;
        const char *words;
    } cases[] = {
        {"", 0, "empty"},
        {"\n\n", 2, "empty"},
        {"\xFF\xFE"
         "e\0m\0",
            6, "UTF-16"},
        {"PK\003\004zip", 7, "spreadsheet"},
        {"name,phone\nA,1\n", 15, "no column"},
        {"email,\"na\na@b.dk,A\n", 19, "quote"},
    };
    enum result r;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct import *im = feed(cases[i].text, cases[i].n, 3, &r);
        char *got = people();

        assert_int_equal(r, RES_NEVER);
        assert_non_null(strstr(f.text, cases[i].words));
        assert_string_equal(got, "");
        free(got);
        import_free(im);
    }
}

static int64_t
person(const char *address)
{
    struct subscriber who = {0};

    assert_int_equal(address_parse(address, &who.address, &f), RES_OK);
    assert_int_equal(subscriber_find(st, &who.address, &who, &f), RES_OK);
    return who.id;
}

struct proof {
    char text[300];
};

static bool
last_proof(void *arg, int64_t list_, const struct consent *entry)
{
    struct proof *p = arg;

    (void)list_;
    (void)snprintf(p->text, sizeof p->text, "%s", entry->proof);
    return true;
}

/* A file brings back nobody who went, and its proof names file and line. */
static void
test_kept_out(void **state)
{
    static const char text[] = "email\na@b.dk\nb@b.dk\nc@b.dk\nd@b.dk\n";
    static const enum subscription_state gone[] = {
        SUBSCRIPTION_LEFT, SUBSCRIPTION_BOUNCED, SUBSCRIPTION_COMPLAINED};
    static const enum consent_how how[] = {BY_REPLY, BY_BOUNCE, BY_COMPLAINT};
    static const char *const who[] = {"a@b.dk", "b@b.dk", "c@b.dk"};
    static const char *const why[] = {"a@b.dk stays away: has left the list",
        "b@b.dk stays away: letters to it came back",
        "c@b.dk stays away: has called the letter spam"};
    struct proof p = {""};
    struct import *im;
    enum result r;
    char *got;

    (void)state;
    im = feed(text, sizeof text - 1, 100, &r);
    assert_int_equal(r, RES_OK);
    import_free(im);
    assert_int_equal(
        ledger_each(st, person("c@b.dk"), last_proof, &p, &f), RES_OK);
    assert_string_equal(p.text, "file.csv:4");
    for (int i = 0; i < 3; i++) {
        struct consent c = {gone[i], how[i], NOW_S, "proof"};

        assert_int_equal(
            subscription_record(st, person(who[i]), list, &c, &f), RES_OK);
    }
    im = feed(text, sizeof text - 1, 100, &r);
    assert_int_equal(r, RES_OK);
    assert_int_equal(import_report(im)->added, 0);
    assert_int_equal(import_report(im)->there, 1);
    assert_int_equal(import_report(im)->kept_out, 3);
    assert_int_equal(import_report(im)->n_problems, 3);
    for (int i = 0; i < 3; i++)
        assert_string_equal(import_report(im)->problem[i].text, why[i]);
    got = people();
    assert_string_equal(got,
        "a@b.dk=/ left;b@b.dk=/ bounced;c@b.dk=/ complained;d@b.dk=/ active;");
    free(got);
    import_free(im);
}

/* Lines over every limit are left out by number; the rest is read. */
static void
test_limits(void **state)
{
    size_t n = 0, room = 400000;
    char *text = malloc(room), *got;
    struct import *im;
    enum result r;

    (void)state;
    assert_non_null(text);
    n += (size_t)snprintf(text, room, "email,name\n");
    memset(text + n, 'x', 150000); /* line 2: without an end in sight */
    n += 150000;
    n += (size_t)snprintf(text + n, room - n, "\na@b.dk,Anna\nb@b.dk,");
    memset(text + n, 'y', IMPORT_FIELD_BYTES + 1); /* line 4 */
    n += IMPORT_FIELD_BYTES + 1;
    n += (size_t)snprintf(text + n, room - n, "\nc@b.dk,\"C"); /* line 5 */
    for (int i = 0; i < 300; i++)
        n += (size_t)snprintf(text + n, room - n, "\nx%d@b.dk,X", i);
    im = feed(text, n, 65536, &r);
    assert_int_equal(r, RES_OK);
    assert_int_equal(import_report(im)->refused, 3);
    assert_int_equal(import_report(im)->problem[0].line, 2);
    assert_int_equal(import_report(im)->problem[1].line, 4);
    assert_int_equal(import_report(im)->problem[2].line, 5);
    assert_int_equal(import_report(im)->added, 301);
    assert_int_equal(import_report(im)->lines, 305);
    got = people();
    assert_non_null(strstr(got, "x299@b.dk"));
    free(got);
    import_free(im);
    free(text);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_files, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_no_csv, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_kept_out, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_limits, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
