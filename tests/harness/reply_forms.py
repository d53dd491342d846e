# SPDX-License-Identifier: ISC
"""One text in the forms that mail programs give a letter: where the answer
stands, how the other's letter is quoted, and what the program adds itself.

A form takes a Letter and gives a Body; what it adds never speaks for the
sender.  Languages without words of their own take the English ones."""
import html
import textwrap
from dataclasses import dataclass, field

import reply_words as words


@dataclass
class Body:
    plain: str = None          # no such part when None
    html: str = None
    flowed: str = ""           # "", "flowed" or "delsp"
    headers: list = field(default_factory=list)


@dataclass
class Letter:
    rng: object
    lang: str                  # of the mail program
    name: str
    address: str
    text: str
    signature: str             # "" for none
    quote: list                # (h or p, text) of the letter answered
    quoted: tuple              # its sender: name, address
    to: tuple                  # its recipient
    quote_date: object
    quote_subject: str


def _say(table, lang):
    return table.get(lang) or table["en"]


def _dated(table, a, bracket="<{}>"):
    """An attribution or a date in the program's language."""
    lang = a.lang if a.lang in table else "en"
    d = a.quote_date
    days = _say(words.DAYS, lang).split()
    short = words.SHORT_DAYS.get(lang)
    day3 = short.split() if short else [day[:3] for day in days]
    month = words.NOVEMBER.get(lang, "november")
    return table[lang].format(
        d=d, day=days[d.weekday()], day3=day3[d.weekday()], month=month,
        mon="11" if lang in ("nl", "pl", "uk") else month[:3],
        name=a.quoted[0], who=f"{a.quoted[0]} {bracket.format(a.quoted[1])}")


def _own(a, footer=""):
    """The sender's own lines: text, signature, the program's foot."""
    return "\n\n".join(s for s in (a.text, a.signature, footer) if s)


def _quote_lines(a, width=72):
    out = []
    for kind, text in a.quote:
        for line in text.split("\n"):
            out += textwrap.wrap(line, width) or [""]
        if kind == "p":
            out.append("")
    while out and not out[-1]:
        out.pop()
    return out


def _marked(a, width=72):
    return "\n".join(("> " + s).rstrip() for s in _quote_lines(a, width))


def _wrapped(text, width=72):
    rows = []
    for line in text.split("\n"):
        rows += [line] if len(line) <= width else textwrap.wrap(
            line, width, break_long_words=False, break_on_hyphens=False)
    return "\n".join(rows)


def _block(a, bold=False):
    """The quoted letter's header lines, as Outlook and others put them."""
    fields = _say(words.FIELDS, a.lang)
    values = (f"{a.quoted[0]} <{a.quoted[1]}>", _dated(words.LONG_DATE, a),
              f"{a.to[0]} <{a.to[1]}>", a.quote_subject)
    if bold:
        return "<br>\n".join(f"<b>{f}:</b> {html.escape(v)}"
                             for f, v in zip(fields, values))
    return "\n".join(f"{f}: {v}" for f, v in zip(fields, values))


def _rows(text, tag="div", style=""):
    """Lines of text as HTML elements; an empty line keeps its height."""
    empty = "<br>" if tag == "div" else "&nbsp;"
    return "\n".join(f"<{tag}{style}>{html.escape(s) or empty}</{tag}>"
                     for s in text.split("\n"))


def _quote_html(a):
    """The newsletter as it looks inside of an answer."""
    out = ""
    for kind, text in a.quote:
        inner = html.escape(text).replace("\n", "<br>")
        tag = "h3" if kind == "h" else "p"
        out += f'<{tag} style="margin:10px 0">{inner}</{tag}>\n'
    return ('<table width="100%" cellpadding="0"><tbody><tr><td '
            'style="font-family:Helvetica;font-size:14px">\n'
            f"{out}</td></tr></tbody></table>")


def plain_top(a):
    said = _dated(words.GMAIL, a)
    if a.rng.random() < 0.5:
        said = "\n".join(textwrap.wrap(said, 66, break_on_hyphens=False))
    own = _wrapped(_own(a)) if a.rng.random() < 0.6 else _own(a)
    return Body(f"{own}\n\n{said}\n\n{_marked(a)}")


def bottom(a):
    return Body(f"{_dated(words.APPLE, a)}\n{_marked(a)}\n\n"
                f"{_wrapped(_own(a))}")


def inline(a):
    rows = _marked(a).split("\n")
    cut = len(rows) - 1
    while cut and rows[cut] != ">":
        cut -= 1
    if a.rng.random() < 0.5:
        cut = max(1, len(rows) // 2)
    before, after = "\n".join(rows[:cut]), "\n".join(rows[cut:])
    return Body(f"{_dated(words.GMAIL, a)}\n{before}\n\n{a.text}\n\n{after}")


def bare(a):
    return Body(_own(a))


def gmail(a):
    said = _dated(words.GMAIL, a)
    who = html.escape(said).replace(
        html.escape(f"<{a.quoted[1]}>"),
        f'&lt;<a href="mailto:{a.quoted[1]}">{a.quoted[1]}</a>&gt;')
    page = (f'<div dir="ltr">{_rows(_own(a))}</div><br>'
            '<div class="gmail_quote"><div dir="ltr" class="gmail_attr">'
            f'{who}<br></div><blockquote class="gmail_quote" style="margin:'
            "0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);"
            f'padding-left:1ex">{_quote_html(a)}</blockquote></div>')
    return Body(f"{_own(a)}\n\n{said}\n\n{_marked(a)}\n", page)


def _word_html(own, block, below):
    rows = _rows(own, "p", ' class="MsoNormal"').replace(
        "</p>", "<o:p></o:p></p>")
    return ('<html xmlns:o="urn:schemas-microsoft-com:office:office"><head>'
            '<style><!--\np.MsoNormal {margin:0cm; font-size:11.0pt;}\n'
            '--></style></head><body lang="DA"><div class="WordSection1">\n'
            f'{rows}\n<p class="MsoNormal"><o:p>&nbsp;</o:p></p>\n'
            '<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:'
            f'3.0pt 0cm 0cm 0cm"><p class="MsoNormal">{block}<o:p></o:p></p>'
            f"</div>\n{below}\n</div></body></html>")


def _below(a):
    return "\n\n".join(text for _, text in a.quote)


def outlook(a):
    return Body(f"{_own(a)}\n\n{_block(a)}\n\n{_below(a)}",
                _word_html(_own(a), _block(a, True), _quote_html(a)),
                headers=["X-Mailer: Microsoft Outlook 16.0"])


def outlook_plain(a):
    original = _say(words.ORIGINAL, a.lang)
    return Body(f"{_own(a)}\n\n-----{original}-----\n{_block(a)}\n\n"
                f"{_below(a)}",
                headers=["X-Mailer: Microsoft Office Outlook 12.0"])


def outlook_mobile(a):
    get, app = _say(words.OUTLOOK_APP, a.lang)
    if a.rng.random() < 0.4:
        app = app.replace("iOS", "Android")
    own = _own(a)
    page = (f'<html><body><div dir="ltr">{_rows(own)}</div>'
            '<div id="ms-outlook-mobile-signature"><div><br></div><div>'
            f'{get} <a href="https://aka.example/o0ukef">{app}</a></div>'
            '</div><hr style="display:inline-block;width:98%" tabindex="-1">'
            '<div id="divRplyFwdMsg" dir="ltr"><font face="Calibri">'
            f"{_block(a, True)}</font></div>{_quote_html(a)}</body></html>")
    return Body(f"{own}\n\n{get} {app}<https://aka.example/o0ukef>\n"
                f"{'_' * 32}\n{_block(a)}\n\n{_below(a)}", page)


def iphone(a):
    foot = _say(words.IPHONE, a.lang) if a.rng.random() < 0.8 else ""
    a.signature = "" if foot else a.signature
    said = _dated(words.APPLE, a)
    heads = ["X-Mailer: iPhone Mail (22B91)"]
    plain = f"{_own(a, foot)}\n\n{said}\n\n{_marked(a, 200)}"
    if a.rng.random() < 0.35:
        return Body(plain, headers=heads)
    page = (f'<html><body dir="auto">{_rows(_own(a))}<div dir="ltr">{foot}'
            f'</div><div dir="ltr"><br><blockquote type="cite">'
            f"{html.escape(said)}<br><br></blockquote></div>"
            f'<blockquote type="cite"><div dir="ltr">{_quote_html(a)}</div>'
            "</blockquote></body></html>")
    return Body(plain, page, headers=heads)


def thunderbird(a):
    said = _dated(words.THUNDERBIRD, a)
    kind = "delsp" if a.rng.random() < 0.3 else "flowed"
    return Body(f"{_own(a)}\n\n{said}\n{_marked(a, 400)}", flowed=kind,
                headers=["User-Agent: Mozilla Thunderbird"])


def notes(a):
    fields = _say(words.FIELDS, a.lang)
    date = _say(words.DATE, a.lang)
    block = (f"{fields[0]}:\t{a.quoted[0]} <{a.quoted[1]}>\n"
             f"{fields[2]}:\t{a.to[1]}\n"
             f"{date}:\t{a.quote_date:%d-%m-%Y %H:%M}\n"
             f"{fields[3]}:\t{a.quote_subject}")
    below = "\n".join(_quote_lines(a))
    return Body(f"{_own(a)}\n\n\n\n{block}\n\n\n\n{below}",
                headers=["X-Mailer: HCL Notes Release 12.0"])


def yahoo(a):
    said = _dated(words.YAHOO, a)
    foot = _say(words.YAHOO_APP, a.lang) if a.rng.random() < 0.5 else ""
    own = _own(a, foot)
    page = ('<html><head></head><body><div class="ydp-yahoo-style-wrap" '
            f'style="font-size:13px">{_rows(own)}</div>'
            '<div id="ydp-yahoo_quoted" class="yahoo_quoted"><div>'
            f"<div>{html.escape(said)}</div><div><br></div>{_quote_html(a)}"
            "</div></div></body></html>")
    return Body(f"{own}\n\n{said}\n\n{_below(a)}", page,
                headers=["X-Mailer: WebService/1.1 YMailNorrin"])


def webmail(a):
    original = _say(words.ORIGINAL, a.lang)
    line = "-----" if a.rng.random() < 0.5 else "----"
    below = _below(a) if a.rng.random() < 0.5 else _marked(a)
    return Body(f"{_own(a)}\n\n{line} {original} {line}\n{_block(a)}\n\n"
                f"{below}")


def samsung(a):
    foot = _say(words.SAMSUNG, a.lang) if a.rng.random() < 0.8 else ""
    a.signature = ""
    original = f"-------- {_say(words.SAMSUNG_ORIGINAL, a.lang)} --------"
    fields, date = _say(words.FIELDS, a.lang), _say(words.DATE, a.lang)
    stamp = f"{a.quote_date:%d.%m.%Y %H.%M} (GMT+01:00)"
    rows = [f"{fields[0]}: {a.quoted[0]} <{a.quoted[1]}>", f"{date}: {stamp}",
            f"{fields[2]}: {a.to[1]}", f"{fields[3]}: {a.quote_subject}"]
    own = _own(a, foot)
    page = ('<html><head></head><body dir="auto">'
            f'{_rows(_own(a))}<div id="composer_signature" dir="auto">{foot}'
            f'</div><div><br></div><div>{original}</div>'
            f"{_rows(chr(10).join(rows))}<div><br></div>{_quote_html(a)}"
            "</body></html>")
    plain = f"{own}\n\n{original}\n" + "\n".join(rows) + f"\n\n{_below(a)}"
    return Body(None if a.rng.random() < 0.3 else plain, page)


def forward_gmail(a):
    fields = _say(words.FIELDS, a.lang)
    block = (f"---------- Forwarded message ---------\n{fields[0]}: "
             f"{a.quoted[0]} <{a.quoted[1]}>\nDate: "
             f"{_dated(words.LONG_DATE, a)}\nSubject: {a.quote_subject}\n"
             f"To: {a.to[0]} <{a.to[1]}>")
    page = (f'<div dir="ltr">{_rows(_own(a))}<br><div class="gmail_quote">'
            f'<div dir="ltr" class="gmail_attr">{_rows(block)}</div><br>'
            f"{_quote_html(a)}</div></div>")
    return Body(f"{_own(a)}\n\n{block}\n\n\n{_below(a)}", page)


def forward_apple(a):
    start = _say(words.FORWARDED, a.lang)
    block = "\n".join("> " + s for s in _block(a).split("\n"))
    return Body(f"{_own(a)}\n\n{start}\n\n{block}\n>\n{_marked(a)}",
                headers=["X-Mailer: Apple Mail (2.3826.200.121)"])


def new_plain(a):
    return Body(_wrapped(_own(a)) if a.rng.random() < 0.5 else _own(a))


def new_flowed(a):
    return Body(_own(a), flowed="flowed")


def new_iphone(a):
    return Body(f"{a.text}\n\n{_say(words.IPHONE, a.lang)}",
                headers=["X-Mailer: iPhone Mail (21F90)"])


def new_gmail(a):
    return Body(_own(a), f'<div dir="ltr">{_rows(_own(a))}</div>')


def new_html(a):
    return Body(None, "<html><head><style>p {margin-top:0}</style></head>"
                f"<body>{_rows(_own(a), 'p')}</body></html>")


REPLIES = {  # form: (share, function)
    "plain-top": (10, plain_top), "gmail": (15, gmail),
    "outlook": (14, outlook), "outlook-plain": (7, outlook_plain),
    "outlook-mobile": (8, outlook_mobile), "iphone": (12, iphone),
    "thunderbird": (7, thunderbird), "notes": (3, notes), "yahoo": (4, yahoo),
    "webmail": (6, webmail), "samsung": (5, samsung), "bottom": (3, bottom),
    "inline": (3, inline), "bare": (5, bare)}
FORWARDS = {"forward-gmail": (4, forward_gmail),
            "forward-outlook": (5, outlook),
            "forward-apple": (2, forward_apple)}
NEW = {"new-plain": (6, new_plain), "new-flowed": (2, new_flowed),
       "new-iphone": (3, new_iphone), "new-gmail": (3, new_gmail),
       "new-html": (2, new_html)}
AUTOS = {"new-plain": (6, new_plain), "new-html": (3, new_html),
         "plain-top": (3, plain_top)}
ALL = {**REPLIES, **FORWARDS, **NEW}
