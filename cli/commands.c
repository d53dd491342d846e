/* SPDX-License-Identifier: ISC */
/* cli/commands.c - the one table of commands. Dispatch, `help`, --help and
 * completion read it; a command is added here and nowhere else. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include "cli/command.h"
#include "cli/term.h"
#include "cli/text.h"

const struct command commands[] = {
    {"check", "FILE", "look an issue over before anyone sees it",
        "Composes the issue as for real, without keeping anything, and says"
        " what is wrong\nor doubtful as FILE:LINE. Exit 65 when there are"
        " errors.",
        GROUP_DAILY, 1, 1, 0, check_run},
    {"preview", "FILE", "read it as a reader gets it",
        "Prints the plain text part and writes the HTML part beside the file,"
        " as\nNAME.preview.html (or where --out says). With --text, --html or"
        " --eml that part\nalone is printed, or written where --out says. --to"
        " shows the letter of one\nsubscriber.",
        GROUP_DAILY, 1, 1,
        BIT(OPT_TO) | BIT(OPT_TEXT) | BIT(OPT_HTML) | BIT(OPT_EML) |
            BIT(OPT_OUT),
        preview_run},
    {"test", "FILE ADDRESS...", "send a copy to yourself first",
        "Sends the finished letter to the addresses only; they need not be"
        " subscribers.\nA test overtakes an issue on its way.",
        GROUP_DAILY, 1, -1, BIT(OPT_TO) | BIT(OPT_WATCH), test_run},
    {"queue", "FILE", "send it to everybody on its list",
        "Prints the issue's id first. It begins at once, or with --at at a"
        " local time:\n\n    rummelig-mail queue nyhedsbrev-14.md --at"
        " \"2026-12-01 09:00\"\n\nThe same content is refused a second time,"
        " unless --again says that you mean it.\nOnce queued, what the letter"
        " says is fixed; hold and cancel still work.",
        GROUP_DAILY, 1, 1, BIT(OPT_AT) | BIT(OPT_AGAIN) | BIT(OPT_WATCH),
        queue_run},
    {"watch", "[ID]", "see how far it is",
        "Without an ID: the newest issue that is under way. Ctrl-C ends the"
        " looking, not\nthe sending. Ends with 0 when the issue is finished,"
        " with 75 when it is held,\noverdue or cancelled.",
        GROUP_DAILY, 0, 1, 0, watch_run},
    {"issues", "", "the issues, newest first",
        "With --all also test copies and our own answers. --limit N instead of"
        " 20.",
        GROUP_ISSUE, 0, 0, BIT(OPT_ALL) | BIT(OPT_LIMIT), issues_run},
    {"show", "ID", "everything about one issue",
        "--source prints what the author wrote.", GROUP_ISSUE, 1, 1,
        BIT(OPT_SOURCE), show_run},
    {"who", "ID|ADDRESS", "who got it, or what a person got",
        "With an issue's ID: its recipients, what the relay said, and when."
        " --state takes\nwaiting, leased, sending, deferred, doubt, sent,"
        " failed or cancelled; --doubtful\nshows those that may have got it"
        " twice. With an ADDRESS: as subscribers show.",
        GROUP_ISSUE, 1, 1, BIT(OPT_STATE) | BIT(OPT_DOUBTFUL), who_run},
    {"hold", "ID [REASON]", "stop it for now",
        "What is on the wire still arrives; release lets it go on.",
        GROUP_ISSUE, 1, -1, 0, hold_run},
    {"release", "ID... | --all", "let held or overdue issues go on",
        "With --all everything that is held, tests and answers too, as after a"
        " relay that\nrefused us: shows what and why, and asks; --yes does"
        " not.",
        GROUP_ISSUE, 0, -1, BIT(OPT_ALL) | BIT(OPT_YES), release_run},
    {"cancel", "ID", "stop it for good",
        "Who has it keeps it; nobody else gets it. Asks first; --yes does"
        " not.",
        GROUP_ISSUE, 1, 1, BIT(OPT_YES), cancel_run},
    {"retry", "ID", "try what has failed once more",
        "With --failed all its failed letters wait again, as if never "
        "tried.\nAn"
        " issue that was finished is sending again. Who has left the list gets"
        "\nnothing.",
        GROUP_ISSUE, 1, 1, BIT(OPT_FAILED), retry_run},
    {"doubt", "ID [ADDRESS...]", "those that may have arrived unseen",
        "Without an option it lists them. --resend sends them once more, with"
        " the same\nMessage-ID; --close takes them as arrived, by your word: "
        "all"
        " of them, or those\nof the addresses.",
        GROUP_ISSUE, 1, -1, BIT(OPT_RESEND) | BIT(OPT_CLOSE), doubt_run},
    {"subscribers list", "", "who is on a list", "", GROUP_PEOPLE, 0, 0,
        BIT(OPT_LIST) | BIT(OPT_STATE), subscribers_list_run},
    {"subscribers add", "ADDRESS [NAME]", "put someone on",
        "You say that this person has asked for the letter; that stands in the"
        " ledger.\n--again brings back someone who left, never someone who"
        " complained.",
        GROUP_PEOPLE, 1, -1, BIT(OPT_LIST) | BIT(OPT_AGAIN),
        subscribers_add_run},
    {"subscribers remove", "ADDRESS", "take someone off",
        "It is remembered that he left: an import will not bring him back.",
        GROUP_PEOPLE, 1, 1, BIT(OPT_LIST), subscribers_remove_run},
    {"subscribers show", "ADDRESS", "why does this person get it?",
        "Every subscription, each entry of the ledger with its proof, and the"
        " letters.",
        GROUP_PEOPLE, 1, 1, 0, subscribers_show_run},
    {"subscribers import", "FILE.csv", "put a whole file of people on",
        "Columns are found by their names (email, name, first name, ..., or"
        " Danish ones);\nwithout a header line the first column is the"
        " address. `-` reads from a pipe.\nNobody who left, bounced or"
        " complained is brought back. Exit 65 when lines were\nrefused: the"
        " others are on the list all the same.",
        GROUP_PEOPLE, 1, 1, BIT(OPT_LIST), import_run},
    {"subscribers export", "", "the whole list as CSV",
        "To a terminal or a pipe, or to --out FILE. With --excel it has"
        " semicolons and\nsays what its letters are, as Excel wants it in"
        " Denmark; the import reads both.",
        GROUP_PEOPLE, 0, 0,
        BIT(OPT_LIST) | BIT(OPT_STATE) | BIT(OPT_OUT) | BIT(OPT_EXCEL),
        export_run},
    {"review", "", "decide what a machine should not",
        "Shows each mail that is not clear - its own words, and why it was not"
        " acted on -\nand asks for one key: u unsubscribe, s subscribe, k keep"
        " as it is, a another\naddress, l later, ? help, q quit. Without a"
        " terminal the answers are lines of\nstandard input; when they end,"
        " the rest is only shown.",
        GROUP_PEOPLE, 0, 0, 0, review_run},
    {"review list", "", "what waits for you, a line each", "", GROUP_PEOPLE, 0,
        0, 0, review_list_run},
    {"review accept", "ID [ADDRESS...]", "do what the mail proposes",
        "Takes its addresses off the list, or puts them on; or those that are"
        " named\ninstead.",
        GROUP_PEOPLE, 1, -1, 0, review_accept_run},
    {"review dismiss", "ID", "do nothing about it",
        "The mail stays as it is in the mailbox.", GROUP_PEOPLE, 1, 1, 0,
        review_dismiss_run},
    {"dkim-key", "DOMAIN", "make a key to sign letters with",
        "Writes DOMAIN.SELECTOR.pem into the folder that --out names, else into"
        " the\ncurrent one, and never over another file; prints what belongs"
        " into DNS and into\nthe configuration. The selector is what the key"
        " is called in DNS; by default it\nis of this month. Every receiver"
        " knows RSA, the default; Ed25519 goes beside it,\nnot instead (--type"
        " both). No daemon is needed.",
        GROUP_DAEMON, 1, 1, BIT(OPT_SELECTOR) | BIT(OPT_TYPE) | BIT(OPT_OUT),
        dkim_key_run},
    {"status", "", "is everything well?", "", GROUP_DAEMON, 0, 0, 0,
        status_run},
    {"relays", "", "what the relays carry, may, and said last",
        "OPEN: connections that stand, and may. LETTERS/HOUR: measured, and"
        "\nallowed where there is a limit. TODAY: letters of the day (UTC), and"
        " its budget.\nBelow: domains for which a relay wants less.",
        GROUP_DAEMON, 0, 0, 0, relays_run},
    {"relays test", "[NAME]", "log in to the relays, send nothing",
        "Says what each can: TLS, mechanisms of AUTH, extensions. Exit 69 when"
        " one\ncannot be used.",
        GROUP_DAEMON, 0, 1, 0, relays_test_run},
    {"lists", "", "the lists that are configured", "", GROUP_DAEMON, 0, 0, 0,
        lists_run},
    {"incoming", "", "the mails that were read, and what was done",
        "What was left alone is named by its kind only. --limit N: more or "
        "fewer than 50.",
        GROUP_DAEMON, 0, 0, BIT(OPT_LIMIT), incoming_run},
    {"explain", "FILE...", "what would be done with a mail",
        "Reads mails from files (`-`: from a pipe; a folder: all in it, of a"
        " Maildir cur\nand new) and says what they are taken for, by which"
        " words, and what would\nfollow. Nothing is done.",
        GROUP_DAEMON, 1, -1, 0, explain_run},
    {"version", "", "the versions of command and daemon",
        "Exit 69 when the daemon cannot be reached. --version says only"
        " the\ncommand's own.",
        GROUP_DAEMON, 0, 0, BIT(OPT_VERSION), version_run},
    {"help", "[COMMAND]", "this, or help for a command",
        "`help issue` tells how an issue is written.", GROUP_DAEMON, 0, 2, 0,
        help_run},
    {0},
};

const struct command *
command_find(const char *const *words, int n_words, int *used)
{
    for (int take = n_words < 2 ? n_words : 2; take > 0; take--) {
        char *name = take == 2 ? text_format("%s %s", words[0], words[1])
                               : text_copy(words[0]);

        for (const struct command *c = commands; c->name != NULL; c++) {
            if (strcmp(c->name, name) == 0) {
                *used = take;
                free(name);
                return c;
            }
        }
        free(name);
    }
    /* `subscribers` alone lists them. */
    if (n_words == 1 && strcmp(words[0], "subscribers") == 0) {
        const char *list[] = {"subscribers", "list"};
        const struct command *c = command_find(list, 2, used);

        *used = 1;
        return c;
    }
    return NULL;
}

const char *
command_near(const char *word)
{
    const char *near = NULL;
    int best = 3;

    for (const struct command *c = commands; c->name != NULL; c++) {
        const char *second = strchr(c->name, ' ');
        int d = text_near(word, c->name);

        if (d < best) {
            best = d;
            near = c->name;
        }
        if (second == NULL || strchr(word, ' ') != NULL)
            continue;
        /* "add" may well mean "subscribers add"; and a noun alone. */
        d = text_near(word, second + 1);
        if (d < best) {
            best = d;
            near = c->name;
        }
        d = text_near(word, "subscribers");
        if (d < best || (d == best && near == c->name)) {
            best = d;
            near = "subscribers";
        }
    }
    return near;
}

int
command_misused(const struct command *cmd, const char *format, ...)
{
    char *what = NULL, *hint;
    size_t n;
    FILE *out = text_open(&what, &n);
    va_list ap;

    va_start(ap, format);
    vfprintf(out, format, ap);
    va_end(ap);
    text_close(out);
    hint =
        text_format("Usage: rummelig-mail %s%s%s\nMore: rummelig-mail help %s",
            cmd->name, *cmd->usage == '\0' ? "" : " ", cmd->usage, cmd->name);
    term_fault(EX_USAGE, hint, "%s", what);
    free(hint);
    free(what);
    return EX_USAGE;
}

int64_t
command_id(const struct cli *c, int nth)
{
    int64_t id = options_number(c->args->words[nth]);

    if (id == 0)
        command_misused(c->command,
            "%s: not the ID of an issue (rummelig-mail issues lists them)",
            c->args->words[nth]);
    return id;
}
