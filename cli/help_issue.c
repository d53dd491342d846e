/* SPDX-License-Identifier: ISC */
/* cli/help_issue.c - `help issue`: how the author's file is written. It says
 * what templates/front_matter.c, mark.c and body.c take; a test compares. */
#include "cli/command.h"
#include "cli/term.h"

static const char head[] =
    "An issue is a text file in UTF-8: lines between --- and ---, then the"
    " text.\n\n"
    "    ---\n"
    "    subject: \"Nyhedsbrev 14: nyt fra Odder\"\n"
    "    preheader: Tre nyheder og et netværksmøde\n"
    "    contacts:\n"
    "      - name: Tue Germundsson\n"
    "        mail: tg@lo-aarhus.dk\n"
    "    ---\n\n"
    "    # Kære {{fornavn|læser}}\n\n"
    "    Nu er **metodebogen** her.\n";

static const char keys[] =
    "  subject      must be given; all others may be left out\n"
    "  title        at the top of the letter, instead of the subject\n"
    "  preheader    what mail programs show behind the subject\n"
    "  list         which list gets it, where there are several\n"
    "  from         \"Name <a@b.dk>\", instead of the list's\n"
    "  reply-to     where replies go, instead of the list's\n"
    "  language     da or en, instead of the list's\n"
    "  template     another letter than letter.html.tpl and letter.txt.tpl\n"
    "  contacts     at the end of the letter; each has name, title, phone, "
    "mail\n"
    "\n"
    "A value with `: ` or ` #` in it stands in \"quotes\".\n";

static const char text[] =
    "  # Heading    ## of an article    ### smaller\n"
    "  **bold**     *italic*\n"
    "  - point      1. point            > quoted\n"
    "  ---          a rule, with an empty line above\n"
    "  \\            at the end of a line: the next one begins a new line\n"
    "  [words](https://example.org/)    a link; also <https://example.org/>\n"
    "  [words](https://example.org/ \"button\")\n"
    "               a button, alone between empty lines\n"
    "  ![what it shows](picture.jpg)    a picture beside the file or below "
    "it:\n"
    "               PNG, JPEG, GIF or WebP, 2 MB each, 3 MB together\n"
    "  {{fornavn|læser}}                the reader's first name, else "
    "\"læser\";\n"
    "               also {{efternavn|...}}, {{navn|...}}, {{email}}\n"
    "\n"
    "HTML and tables are not known. rummelig-mail check FILE tells what is"
    " wrong.\n";

void
help_issue(void)
{
    term_say("%s\n", head);
    term_style(STYLE_BOLD, "Between --- and ---");
    term_say("\n%s\n", keys);
    term_style(STYLE_BOLD, "The text");
    term_say(" (CommonMark)\n%s", text);
}
