/* SPDX-License-Identifier: ISC */
/* A letter as a whole: nothing that an author, a list or a reader brings can
 * become a header, a marker or a tag; every line is one that SMTP takes. */
#include <unistd.h>
#include <sys/stat.h>

#include "tests/templates/letter_fixture.h"

/* A source as it is ready to be expanded: yours. NULL: not composed. */
static struct letter_mold *
mold_of(const char *source, const struct letter_list *l, struct notes *notes,
    struct fault *f)
{
    struct draft *d = NULL;
    struct letter letter = {0};
    struct letter_mold *m = NULL;

    memset(notes, 0, sizeof *notes);
    if (draft_parse(source, strlen(source), &d, notes, f) == RES_OK &&
        letter_compose(d, l, NULL, 0, TEMPLATES, &letter, notes, f) == RES_OK)
        assert_int_equal(
            letter_mold_new(letter.message, letter.message_bytes, &m, f),
            RES_OK);
    letter_clear(&letter);
    draft_free(d);
    return m;
}

/* What one reader gets of it: yours. NULL: nothing. */
static char *
expanded(
    struct letter_mold *m, const struct letter_person *who, struct fault *f)
{
    char *message;
    size_t n;

    if (letter_expand(m, who, &message, &n, f) != RES_OK)
        return NULL;
    assert_int_equal(strlen(message), n);
    return strdup(message);
}

static char *
delivered(const char *source, const struct letter_list *l,
    const struct letter_person *who, struct notes *notes, struct fault *f)
{
    struct letter_mold *m = mold_of(source, l, notes, f);
    char *message = m != NULL ? expanded(m, who, f) : NULL;

    letter_mold_free(m);
    return message;
}

/* CRLF everywhere, no line too long, none that begins with a dot, and the
 * header fields are just those a letter has. */
static void
check_lines(const char *message)
{
    static const char *const fields[] = {"Date", "From", "To", "Reply-To",
        "Message-ID", "Subject", "List-Id", "List-Unsubscribe",
        "List-Unsubscribe-Post", "List-Help", "List-Post", "Precedence",
        "Feedback-ID", "MIME-Version", "Content-Type", NULL};
    bool head = true;

    for (const char *p = message; *p != '\0';) {
        size_t n = strcspn(p, "\r\n");

        assert_true(n <= 998);
        assert_memory_equal(p + n, "\r\n", 2);
        assert_true(*p != '.');
        if (n == 0)
            head = false;
        if (head && *p != ' ') {
            const char *const *known = fields;
            size_t name = strcspn(p, ":");

            while (*known != NULL &&
                   (strlen(*known) != name || memcmp(*known, p, name) != 0))
                known++;
            if (*known == NULL)
                fail_msg("a header field that is not ours: %.*s", (int)n, p);
        }
        p += n + 2;
    }
    assert_false(head);
    assert_null(strstr(message, "@@"));
    assert_null(strchr(message, '\x01'));
}

static void
nothing_from_outside_does_harm(void **state)
{
    static const char *const texts[] = {"<b>&\"'", "{{TOKEN}} {{=@@ @@=}}",
        "@@TOKEN@@ @@#HASNAME@@ @@/HASNAME@@", "@@@@@", "{{{{{{", "}}",
        "=?utf-8?Q?x?= =0D=0ABcc: x@y.dk", "\\@@BODY:none@@", "%ADDRESS% %s%n",
        "\u202e\u00ad\ufeff", "{{fornavn|@@TOKEN@@}} {{fornavn|{{email}}",
        "{{%AUTOESCAPE context=\"JS\"}}", ".", "From me",
        "*|MC_PREVIEW_TEXT|* *|FNAME|*", "</style></title><script>"};
    struct letter_list l = list();
    struct letter_person who = person();
    struct notes notes;
    struct fault f;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        char source[2000], *quoted = calloc(500, 1), *message;

        assert_non_null(quoted);
        for (const char *p = texts[i]; *p != '\0'; p++)
            (void)snprintf(quoted + strlen(quoted), 8,
                *p == '"' || *p == '\\' ? "\\%c" : "%c", *p);
        (void)snprintf(source, sizeof source,
            "---\nsubject: \"%s\"\ntitle: \"%s\"\npreheader: \"%s\"\n"
            "contacts:\n  - name: \"%s\"\n    phone: \"%s\"\n---\n"
            "`` %s ``\n\n    %s\n",
            quoted, quoted, quoted, quoted, quoted, texts[i], texts[i]);
        l.title = l.postal = texts[i];
        who.name = who.given_name = texts[i];
        message = delivered(source, &l, &who, &notes, &f);
        if (message == NULL)
            fail_msg("%s: %s", texts[i], f.text);
        check_lines(message);
        assert_null(strstr(strstr(message, "text/html"), "<script"));
        free(message);
        free(quoted);
    }
}

static void
control_characters_are_refused(void **state)
{
    struct letter_list l = list();
    struct letter_person who = person();
    struct notes notes;
    struct fault f;
    const char *source = "---\nsubject: a\n---\nHej {{navn}}\n";
    char *message;
    const char **place[] = {&who.name, &who.given_name, &who.address,
        &who.token, &l.title, &l.postal, &l.from, &l.home_url, &l.web_url,
        &l.footer, &l.mailbox};
    static const char *const bad[] = {
        "a@b.dk\r\nBcc: x@y.dk", "a\x01\x02", "\xff", "a\x7f"};

    (void)state;
    for (size_t i = 0; i < sizeof place / sizeof place[0]; i++) {
        for (size_t k = 0; k < sizeof bad / sizeof bad[0]; k++) {
            const char *before = *place[i];

            *place[i] = bad[k];
            message = delivered(source, &l, &who, &notes, &f);
            if (message != NULL)
                fail_msg("place %zu took value %zu", i, k);
            *place[i] = before;
        }
    }
    message = delivered(source, &l, &who, &notes, &f);
    assert_non_null(message);
    check_lines(message);
    free(message);
}

static void
entities_make_no_marks(void **state)
{
    struct letter_list l = list();
    struct letter_person who = person();
    struct notes notes;
    struct fault f;
    char *message;

    (void)state;
    message = delivered(
        "---\nsubject: a\n---\n&#1;hADDRESS&#2;\n", &l, &who, &notes, &f);
    assert_null(message);
    free(message);
    assert_int_equal(notes.item[0].line, 4);
    assert_true(notes.item[0].error);
}

static void
merge_fields_have_fallbacks(void **state)
{
    static const struct {
        const char *name, *given, *want;
    } cases[] = {
        {"Inge Toft", "Inge", "Hej =\r\nInge=\r\n, =\r\nToft=\r\n=2E"},
        {"", "", "Hej =\r\nven=\r\n, =\r\ndu=\r\n=2E"},
        {"Inge", "Inge", "Hej =\r\nInge=\r\n, =\r\ndu=\r\n=2E"},
        {"<i> Toft", "<i>", "Hej =\r\n&lt;i&gt;=\r\n, =\r\nToft=\r\n=2E"},
    };
    struct letter_list l = list();
    struct notes notes;
    struct fault f;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct letter_person who = person();
        char *message, *html, packed[400] = "";
        size_t n = 0;

        who.name = cases[i].name;
        who.given_name = cases[i].given;
        message = delivered("---\nsubject: Til {{fornavn|dig}}\n---\n"
                            "Hej {{fornavn|ven}}, {{efternavn|du}}.\n",
            &l, &who, &notes, &f);
        assert_non_null(message);
        check_lines(message);
        html = strstr(message, "text/html");
        assert_non_null(html);
        html = strstr(html, ">Hej ");
        assert_non_null(html);
        /* soft line breaks side by side mean nothing */
        for (const char *p = html + 1; n < sizeof packed - 1 && *p != '<';
             p++) {
            if (n >= 3 && strncmp(p, "=\r\n", 3) == 0 &&
                strncmp(packed + n - 3, "=\r\n", 3) == 0) {
                p += 2;
                continue;
            }
            packed[n++] = *p;
        }
        assert_string_equal(packed, cases[i].want);
        free(message);
    }
}

static void
tells_why(void **state)
{
    static const struct {
        const char *how, *language;
        int64_t since_s;
        const char *want;
    } cases[] = {
        {"import", "en", 1551571200, "3 March 2019 by being entered"},
        {"form", "en", 1551571200, "3 March 2019 by filling in our form"},
        {"reply", "en", 1551571200, "3 March 2019 by writing to us"},
        {"admin", "en", 1551571200, "3 March 2019 by asking us to add"},
        {"one-click", "en", 1551571200, "signed up on 3 March 2019"},
        {"bounce", "en", 1551571200, "signed up on 3 March 2019"},
        {"complaint", "en", 1551571200, "signed up on 3 March 2019"},
        {"", "en", 0, "this is a test copy"},
        {"form", "da", 1551571200, "den 3. marts 2019 ved at udfylde"},
        {"import", "da", 1577836800, "den 1. januar 2020 og skrevet"},
        {"", "da", 0, "Fordi det er en pr"},
    };
    struct letter_list l = list();
    struct notes notes;
    struct fault f;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct letter_person who = person();
        char *message, *to;

        l.footer_language = cases[i].language;
        who.how = cases[i].how;
        who.since_s = cases[i].since_s;
        message = delivered("---\nsubject: a\n---\nb\n", &l, &who, &notes, &f);
        assert_non_null(message);
        to = message; /* soft line breaks out */
        for (char *p = message; *p != '\0';) {
            if (strncmp(p, "=\r\n", 3) == 0)
                p += 3;
            else
                *to++ = *p++;
        }
        *to = '\0';
        if (strstr(message, cases[i].want) == NULL)
            fail_msg("case %zu: no \"%s\"", i, cases[i].want);
        free(message);
    }
}

static void
headers_of_a_list(void **state)
{
    struct letter_list l = list();
    struct letter_person who = person();
    struct notes notes;
    struct fault f;
    char *message;
    static const char *const want[] = {
        "Date: Mon, 8 Apr 2019 10:00:00 +0000\r\n",
        "\r\nFrom: Tue <tg@lo-aarhus.dk>\r\n",
        "\r\nTo: Inge Toft <inge@toft.dk>\r\n",
        "\r\nReply-To: svar@lo-aarhus.dk\r\n",
        "\r\nMessage-ID: <" TOKEN ".rm@lo-aarhus.dk>\r\n", "\r\nSubject: a\r\n",
        "\r\nList-Id: Rummelig imidt <nyt.lo-aarhus.dk>\r\n",
        "\r\nList-Unsubscribe: <https://a.dk/u/" TOKEN ">,\r\n",
        ",\r\n <mailto:tg+unsub-" TOKEN "@lo-aarhus.dk?subject=",
        "?subject=unsubscribe%20" TOKEN ">\r\n",
        "\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n",
        "\r\nList-Help: <https://b.dk/>\r\n", "\r\nList-Post: NO\r\n",
        "\r\nPrecedence: bulk\r\n", "\r\nMIME-Version: 1.0\r\n",
        ":nyt:letter:lo-aarhus.dk\r\n"};

    (void)state;
    l.reply_to = "svar@lo-aarhus.dk";
    l.web_url = "https://a.dk";
    l.home_url = "https://b.dk/";
    message = delivered("---\nsubject: a\n---\nb\n", &l, &who, &notes, &f);
    assert_non_null(message);
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++)
        if (strstr(message, want[i]) == NULL)
            fail_msg("no %s", want[i]);
    free(message);
    l.web_url = "";
    message = delivered("---\nsubject: a\n---\nb\n", &l, &who, &notes, &f);
    assert_non_null(message);
    assert_null(strstr(message, "One-Click"));
    free(message);
}

static void
addresses_carry_the_token(void **state)
{
    char out[320];

    (void)state;
    letter_message_id("tg@lo-aarhus.dk", "t", out);
    assert_string_equal(out, "<t.rm@lo-aarhus.dk>");
    letter_envelope_sender("tg@lo-aarhus.dk", "t", out);
    assert_string_equal(out, "tg+bounce-t@lo-aarhus.dk");
    letter_unsubscribe_address("tg@lo-aarhus.dk", "t", out);
    assert_string_equal(out, "tg+unsub-t@lo-aarhus.dk");
}

/* Just as much of the body as no reader makes different. */
static void
readers_share_a_beginning(void **state)
{
    static const char *const cases[][2] = {
        {"---\nsubject: x\n---\nHej\n", "Denne mail er sendt til"},
        {"---\nsubject: x\n---\nHej {{fornavn|du}}\n", "Hej"},
    };
    struct letter_person one = person(), other = person();
    const struct letter_list l = list();
    struct notes notes;
    struct fault f;

    (void)state;
    one.address = "bo@toft.dk";
    one.given_name = one.name = "Bo";
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct letter_mold *m = mold_of(cases[i][0], &l, &notes, &f);
        char *mine = expanded(m, &one, &f), *yours = expanded(m, &other, &f);
        const char *a = strstr(mine, "\r\n\r\n") + 4;
        const char *b = strstr(yours, "\r\n\r\n") + 4;
        size_t n = letter_shared_bytes(m), same = 0;

        for (; a[same] == b[same]; same++)
            ;
        assert_in_range(n, 1, same);
        if (memmem(a, n, cases[i][1], strlen(cases[i][1])) == NULL)
            fail_msg("case %zu: only %.*s", i, (int)n, a);
        free(mine);
        free(yours);
        letter_mold_free(m);
    }
}

static void
a_mold_takes_only_what_we_made(void **state)
{
    static const char *const cases[] = {"", "Subject: a\r\n\r\nb\r\n",
        "Date: @@DATE@@\r\n@@NOSUCH@@", "Date: @@#HASNAME@@\r\n",
        "Date: @@DATE:x-none@@", "Date: @@DATE"};
    struct letter_mold *m = NULL;
    struct fault f;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (letter_mold_new(cases[i], strlen(cases[i]), &m, &f) != RES_NEVER)
            fail_msg("case %zu was taken", i);
}

static void
put_file(const char *folder, const char *name, const char *text)
{
    char path[300];
    FILE *file;

    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    file = fopen(path, "we");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void
drop_folder(const char *folder)
{
    static const char *const names[] = {
        "words.da.txt", "letter.html.tpl", "letter.txt.tpl"};
    char path[300];

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        (void)unlink(path);
    }
    assert_int_equal(rmdir(folder), 0);
}

static const char all_words[] =
    "phone=a\nmail=a\ncontact=a\nsent-to=a\nwhy=a\nwhy-import=a\n"
    "why-form=a\nwhy-reply=a\nwhy-admin=a\nwhy-other=a\nwhy-test=a\n"
    "unsubscribe=a\npreferences=a\npreferences-subject=a\n";

static enum result
composed_with(const char *folder, struct fault *f)
{
    static const char source[] = "---\nsubject: a\n---\nb";
    struct draft *d = NULL;
    struct letter_list l = list();
    struct notes notes = {0};
    struct letter letter = {0};
    enum result r;

    r = draft_parse(source, sizeof source - 1, &d, &notes, f);
    assert_int_equal(r, RES_OK);
    r = letter_compose(d, &l, NULL, 0, folder, &letter, &notes, f);
    letter_clear(&letter);
    draft_free(d);
    return r;
}

static void
a_wrong_template_is_told(void **state)
{
    static const struct {
        const char *html, *words;
    } cases[] = {
        {"<p>\n{{SUBJCT}}", "line 2: there is nothing called {{SUBJCT}}"},
        {"<p>{{#TITLE}}a{{/LIST}}", "different section"},
        {"<p>{{TITLE", "No ending"},
        {"<p>{{TITLE:x-lnik}}", "line 1: this modifier cannot stand in"},
        {"<p>{{TITLE:none}}", "line 1: this modifier cannot stand in"},
        {"<p>{{TITLE}}{{! a comment }}", NULL},
        {"<p>\x01hTOKEN\x02", "control character"},
    };
    char folder[] = "/tmp/test_letter-XXXXXX";
    struct fault f = {""};

    (void)state;
    assert_non_null(mkdtemp(folder));
    put_file(folder, "words.da.txt", all_words);
    put_file(folder, "letter.txt.tpl", "{{BODY}}");
    assert_int_equal(composed_with(folder, &f), RES_STOP);
    assert_non_null(strstr(f.text, "letter.html.tpl"));
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        enum result r;

        put_file(folder, "letter.html.tpl", cases[i].html);
        r = composed_with(folder, &f);
        assert_int_equal(r, cases[i].words != NULL ? RES_STOP : RES_OK);
        if (cases[i].words != NULL && strstr(f.text, cases[i].words) == NULL)
            fail_msg("case %zu: %s", i, f.text);
    }
    drop_folder(folder);
}

static void
wrong_words_are_told(void **state)
{
    static const struct {
        const char *file;
        enum result r;
        const char *words;
    } cases[] = {
        {NULL, RES_NEVER, "words.da.txt"},
        {"mail = Mail\n", RES_STOP, "the word `phone` is missing"},
        {"mail = Mail\nmial = x\n", RES_STOP,
            "words.da.txt:2: no letter says `mial`"},
        {"mail = Mail\nmail = x\n", RES_STOP, "words.da.txt:2: `mail` stands"},
        {"mail\n", RES_STOP, "expected `name = text`"},
    };
    char folder[] = "/tmp/test_letter-XXXXXX";
    struct fault f = {""};

    (void)state;
    assert_non_null(mkdtemp(folder));
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (cases[i].file != NULL)
            put_file(folder, "words.da.txt", cases[i].file);
        assert_int_equal(composed_with(folder, &f), cases[i].r);
        if (strstr(f.text, cases[i].words) == NULL)
            fail_msg("case %zu: %s", i, f.text);
    }
    drop_folder(folder);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_from_outside_does_harm),
        cmocka_unit_test(control_characters_are_refused),
        cmocka_unit_test(entities_make_no_marks),
        cmocka_unit_test(merge_fields_have_fallbacks),
        cmocka_unit_test(tells_why),
        cmocka_unit_test(headers_of_a_list),
        cmocka_unit_test(addresses_carry_the_token),
        cmocka_unit_test(readers_share_a_beginning),
        cmocka_unit_test(a_mold_takes_only_what_we_made),
        cmocka_unit_test(a_wrong_template_is_told),
        cmocka_unit_test(wrong_words_are_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
