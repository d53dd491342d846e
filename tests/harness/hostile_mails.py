# SPDX-License-Identifier: ISC
"""Mails that try to cost their reader more than they cost their writer.

each() -> (name, bytes): at most ROOM bytes each, which is mail-max.  Every
one repeats what somebody's parser has paid for with the square of its length,
or with a stack: the name says what.
"""
import base64
import itertools
import random

ROOM = 1024 * 1024
PARSED = 250 * 1024  # what is within the bytes that are looked at at all
HEAD = (b"From: Anna <anna@laeserne.example>\r\nTo: tg@lo-aarhus.dk\r\n"
        b"Message-ID: <h@laeserne.example>\r\nSubject: Re: Nyhedsbrev 14\r\n"
        b"MIME-Version: 1.0\r\n")
ODD_CHARSETS = ("utf-7", "iso-2022-jp", "iso-2022-kr", "iso-2022-cn",
                "iso-2022-cn-ext", "hz-gb-2312", "utf-16", "utf-32", "gb18030",
                "big5-hkscs", "shift_jis", "euc-jp", "cp932", "tcvn-5712",
                "ibm1390", "unicode-1-1-utf-7", "x-" + "y" * 5000)


def fill(unit, room=ROOM, end=b""):
    """unit again and again, then end: room bytes at most."""
    return unit * ((room - len(end)) // len(unit)) + end


def text(body, kind="text/plain; charset=utf-8", **fields):
    """A mail of one part; fields: Content_Transfer_Encoding="base64"."""
    head = HEAD + b"Content-Type: " + kind.encode() + b"\r\n"
    for name, value in fields.items():
        head += f"{name.replace('_', '-')}: {value}\r\n".encode()
    head += b"\r\n"
    return head + body[:ROOM - len(head)]


def html(body):
    return text(body, "text/html; charset=utf-8")


def multipart(parts, kind="mixed", boundary="b"):
    head = HEAD + (f"Content-Type: multipart/{kind}; boundary=\"{boundary}\""
                   "\r\n\r\n").encode()
    line = f"--{boundary}\r\n".encode()
    return (head + b"".join(line + p + b"\r\n" for p in parts))[:ROOM]


def headers():
    yield "100,000 header fields", b"".join(
        b"X%d: %d\r\n" % (i, i % 10) for i in range(100000)) + HEAD + b"\r\nhej"
    yield "one field of 1 MiB", HEAD[:-2] + b"\r\nX-Long: " + fill(b"a", ROOM - 300)
    yield "one field of 1 MiB, folded", HEAD + b"X-Long: " + fill(
        b"a\r\n ", ROOM - 300)
    yield "Subject of 1 MiB", b"From: a@b.example\r\nSubject: " + fill(
        b"Re: SV: [x] ", ROOM - 100) + b"\r\n\r\nhej"
    yield "Subject of encoded words", b"From: a@b.example\r\nSubject: " + fill(
        b"=?utf-8?q?=C3=A6?= ", ROOM - 100) + b"\r\n\r\nhej"
    results = b"Authentication-Results: mx1.postkasse.example; "
    yield "Authentication-Results without end", results + fill(
        b'dmarc/1 (a) = "; \\" (b', PARSED - 500) + b"\r\n" + HEAD + b"\r\nhej"
    yield "as many Authentication-Results", fill(
        results + b'x="' + b"= ; " * 100 + b"\r\n", PARSED - 500) + HEAD + \
        b"\r\nhej"
    for name in ("From", "Subject"):
        for charset in ("iso-2022-jp", "utf-7", "nobodys"):
            yield f"500 {name} fields of {charset}", fill(
                name.encode() + b": " + (b"=?%s?b?GyRC?= " % charset.encode()) *
                150 + b"\r\n", 500 * 4000) [:ROOM - 9] + b"\r\n\r\nhej"
    yield "From of 20,000 addresses", b"From: " + b", ".join(
        b"a%d@x.example" % i for i in range(20000)) + b"\r\n\r\nhej"
    yield "From of open quotes", fill(b"From: " + b"\"\\" * 2000 + b"\r\n")
    yield "From of nested groups", fill(b"From: " + b"a:" * 2000 + b"\r\n")
    yield "From of nested comments", fill(
        b"From: " + b"(" * 490 + b")" * 490 + b"a@b.example\r\n\t", ROOM)
    yield "To of tokens", fill(b"To: " + b"tg+unsub-" * 450 + b"\r\n")
    yield "References of thousands", HEAD + b"References: " + fill(
        b"<a@b.example> ", ROOM - 400) + b"\r\n\r\nhej"
    yield "References of brackets", HEAD + b"References: " + fill(
        b"<", ROOM - 400) + b"\r\n\r\nhej"
    yield "Authentication-Results", fill(
        b"Authentication-Results: mx; dkim=pass\r\n")
    yield "no end of the head", fill(b"A: b\r\n")
    yield "nothing but line ends", fill(b"\r\n")
    yield "nothing but NUL", fill(b"\0")
    yield "nothing but colons", fill(b":")


def structure():
    leaf = b"Content-Type: text/plain\r\n\r\nhej\r\n"
    yield "10,000 parts", multipart([leaf] * 10000)
    yield "10,000 empty parts", multipart([b""] * 10000)
    yield "3,900 parts", multipart([leaf] * 3900)
    yield "parts with long boundaries", multipart(
        [leaf] * 2000, boundary="b" * 200)
    yield "boundary of 3,000 bytes", multipart([b"a"] * 300, boundary="=" * 3000)
    yield "boundaries that nearly match", HEAD + (
        b"Content-Type: multipart/mixed; boundary=\"%s\"\r\n\r\n" %
        (b"-" * 900)) + fill(b"-" * 899 + b"\r\n", ROOM - 2000)
    yield "lines of dashes", multipart([fill(b"--b", 900000)])
    for depth in (90, 1000, 20000):
        nested = b"".join(
            b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n"
            % (i, i) for i in range(depth))
        yield f"multiparts {depth} deep", (HEAD + nested + fill(
            b"x\r\n", 200000))[:ROOM]
        yield f"messages {depth} deep", (
            HEAD + b"Content-Type: message/rfc822\r\n\r\n" * depth +
            fill(b"x: y\r\n", 200000))[:ROOM]
    one = b"Content-Type: message/rfc822\r\n\r\n"
    yield "messages in parts", multipart(
        [one * 30 + b"Subject: x\r\n\r\nx" for _ in range(200)])
    yield "parameters by RFC 2231", HEAD + b"Content-Type: text/plain" + b"".join(
        b"; charset*%d*=utf-8''%%41" % i for i in range(100000))[:ROOM - 300]
    yield "a field of parameters", HEAD + fill(
        b"Content-Type: text/plain; a=b" + b"; a=b" * 700 + b"\r\n",
        ROOM - 400)
    yield "Content fields of comments", HEAD + fill(
        b"Content-Type: text/plain " + b"(" * 490 + b"\r\n\r\n", PARSED)
    yield "paragraphs of comments", text(fill(b"(" * 499 + b"\r\n\r\n"))
    yield "TNEF junk", multipart([
        b"Content-Type: application/ms-tnef; name=winmail.dat\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(
            b"\x78\x9f\x3e\x22" + random.Random(1).randbytes(700000))])
    reports = b"Content-Type: message/delivery-status\r\n\r\n"
    yield "a report of groups", multipart([reports + fill(
        b"Final-Recipient: rfc822; a@b.example\r\nAction: failed\r\n"
        b"Status: 5.1.1\r\n\r\n", PARSED)], "report")
    yield "reports in parts", multipart([
        reports + fill(b"Action: delayed\r\n\r\n", 3900)] * 60, "report")
    yield "a report of one field", multipart([reports + b"Action: failed\r\n" +
        b"Diagnostic-Code: smtp; " + fill(b"550 5.1.", PARSED)], "report")


def bounces():
    """Words of servers, and what they give back."""
    head = (b"Return-Path: <>\r\nFrom: MAILER-DAEMON@x.example\r\n"
            b"Subject: Undelivered Mail\r\n\r\n")
    for name, unit in {
            "addresses": b"<a@b.example> ", "at signs": b"@",
            "local parts": b"a." * 200 + b"@", "statuses": b"5.1.1 ",
            "half statuses": b"5.1.", "Message-IDs": b"Message-ID: <",
            "labels": b"message-id:", "tokens": b"tg+unsub-abcdefgh",
            "words": b"user unknown mailbox full ", "codes": b"550-5.",
            "dots": b".", "dashes": b"-a"}.items():
        yield f"a bounce of {name}", head + fill(unit, ROOM - len(head))
        yield f"a bounce giving back {name}", multipart(
            [b"\r\nundelivered: user unknown"] +
            [b"Content-Type: text/rfc822-headers\r\n\r\n" +
             fill(unit, 4000)] * 58, "report").replace(
                 HEAD, head[:-2], 1)


MARKUP = (
    "<", "<a", "<a ", "</", "<!", "<!-", "<!--", "<!-->", "<?", "<div>", "<b>",
    "<b><i>", "<a>", "<p>", "</p>", "<table>", "<table><tr><td>", "<table><b>",
    "<table>a", "<select><option>", "<svg><math>", "<template>", "<button>",
    "<form>", "<li>", "<nobr>", "<font><p>", "</b></i></p>", "<b><p></b>",
    "<a><div></a>", "<ruby><rt>", "<h1>", "<dl><dd>", "<frameset>", "<body a>",
    "<html b>", "<input>", "<br>", "<plaintext>", "<title>", "<textarea>",
    "<script><!--", "<style>", "<p a='", '<p a="', "<p a=b>", "&amp;", "&",
    "&#", "&#x", "&#38;", "&notit;", "&NotEqualTilde", "&#0;", "a ", "\n",
    "\0", "\xe9", "<blockquote>a</blockquote>", "<pre>\n</pre>", "<hr>",
    "<marquee>", "<applet>", "<caption>", "<colgroup><col>", "<i><table></i>",
    "<p style=display:none>", "<b></p>", "<svg><desc><b>", "<math><mi><p>",
    "<div class=gmail_quote>a</div>", "<![CDATA[", "<svg><![CDATA[a]]>",
)


def markup():
    bomb = (b"<p>" + b"".join(b"<b x%d>" % i for i in range(400)) + b"</p>" +
            b"<p>a</p>" * 420)
    yield "HTML that takes too much, again and again", multipart(
        [b"Content-Type: text/html\r\n\r\n" + bomb] * 38)
    for unit in MARKUP:
        yield f"HTML of {unit!r}", html(fill(unit.encode()))
    yield "attributes", html(fill(
        b"<p " + b" ".join(b"x%d" % i for i in range(3900)) + b">"))
    for name in (b"p", b"/p", b"p a=\">\""):
        yield f"attributes of {name}", html(
            b"<%s " % name + b" ".join(b"x%d" % i for i in range(30000)) + b">")
    yield "attributes that become one", html(b"".join(
        b"<body " + b" ".join(b"x%d" % i for i in range(k, k + 1300)) + b">"
        for k in range(0, 100000, 1300)))
    yield "tags of all names", html(b"".join(
        b"<x%d>" % i for i in range(100000)))
    yield "a quoted tower", html(fill(b"<blockquote>", 390 * 12) + b"a" +
                                 fill(b"</blockquote><blockquote>"))
    for depth, paragraphs in ((390, 1000), (390, 9000), (3000, 3000)):
        yield f"{depth} elements, opened again {paragraphs} times", html(
            b"<p>" + b"".join(b"<b x%d>" % i for i in range(depth)) +
            b"</p>" + b"<p>a</p>" * paragraphs)
    # Places where a tag is none, or ends nothing.
    for unit in ('<div"x></div>', "<div><!-- -></div>-->", "<p><span></p></span>",
                 "<div><script><!--<script></script></div>--></script>",
                 "<div><table></div></table>", "<span><p></span></p>",
                 "<div><select></div></select>"):
        yield f"HTML of {unit!r}", html(fill(unit.encode(), 90000))
    for begin in ("<svg><title>", "<noscript>", "<select><plaintext></select>",
                  "<style><!--</style>", '<1 a=">', '<p-x="><i y="'):
        for depth in (3900, 7900):
            yield f"{depth} elements in {begin!r}", html(
                begin.encode() + b"<div>" * depth)
            yield f"{depth} tables in {begin!r}", html(
                begin.encode() + b"<table><td>" * (depth // 2))


LINES = (
    ">", "> ", ">" * 900 + "\n", "> a\n", "a\n", "a\n> b\n", "\n", "\r", "- \n",
    "-- \n", "--\n", "Den 1. maj skrev Anna:\n", "On 1 May Anna wrote:\n",
    "On 1 May Anna wrote:\n> a\n", "On 1 May\n", "On 1 May 2020 <a@b.example>\n",
    "From: a\n", "From: a\nTo: b\n", "From: a\nTo: b\nSubject: c\n",
    "Fra: a\n\n", "-----Original Message-----\n", "__________\n", "Mvh\n",
    "Anna\n", "Anna, tlf. 12345678\nanna@b.example\n", "PS: a\n",
    "Sent from my iPhone\n", "https://x.example\n", "Afmeld: https://x\n",
    "=", "a=\n", " \n", "frameld\n", "frameld mig ",
)
WORDS = (
    "a ", "a", ", ", ". ", "a.", "a. ", "a-", "a'", "@", "a@", "a@b", "a@b.example ",
    "a.a.a@", "+", "a+", "\"", "\"a ", "\u201d", "\u2013", "\u00a0", "\u200b",
    "\u0301", "\u00c3\u0083", "e\u0308", "jeg ", "ikke ", "mig ", "og ", "hvis ",
    "jeg vil ikke ", "vil ikke have ", "jeg vil gerne ", "frameld ", "afmeld ",
    "afmeld, ", "framelt ", "afmelld ", "unsubscribe ", "unsubscirbe ",
    "unsubscribed ", "afmelde nyhedsbrevet ", "nyhedsbrev ", "nyhedsbrevet ikke ",
    "nyhetsbrev ", "nyhdesbrev ", "frameldafmeld", "please remove me ",
    "please do not ", "do not want ", "no more ", "ikke mere ikke laengere ",
    "kan jeg ikke blive ", "min kollega vil ", "slet slet min adresse ",
    "tak tak ", "venligst ", "hej kaere ", "\"frameld mig\" ",
)


def words():
    for unit in LINES:
        yield f"lines of {unit[:30]!r}", text(fill(unit.encode()))
    for unit in WORDS:
        yield f"words of {unit!r}", text(fill(unit.encode()))
        yield f"a line a word of {unit!r}", text(fill(unit.encode() + b"\n"))
        yield f"a sentence a word of {unit!r}", text(
            fill(unit.strip().encode() + b". "))
    letters = "adefglmnrtuy"
    near = itertools.islice(itertools.product(letters, repeat=6), 150000)
    yield "words that are nearly known", text(
        " ".join("a" + "".join(n) for n in near).encode())
    some = random.Random(2)
    known = " ".join(WORDS).split()
    yield "words in any order", text(" ".join(
        some.choice(known) for _ in range(150000)).encode())
    yield "words in any order, a sentence each", text(". ".join(
        some.choice(known) for _ in range(150000)).encode())
    yield "a line of flowed blanks", text(
        fill(b"a \n"), "text/plain; format=flowed; delsp=yes")
    yield "a long word", text(fill("f\u00e6".encode()))
    yield "a forward of forwards", text(fill(
        b"---- Forwarded message ----\nFrom: a@b.example\nTo: b\nSubject: c\n"))


def encodings():
    for name in ("quoted-printable", "base64", "uuencode", "x-nobodys"):
        for unit in ("=41", "=", "=\n", "QUFB", "QUF=", "A", "\n", "A\n"):
            yield f"{name} of {unit!r}", text(
                fill(unit.encode()), Content_Transfer_Encoding=name)
    for charset in ODD_CHARSETS:
        for unit in (b"\x1b$B", b"\x1b", b"+", b"+AAA-", b"~{", b"~", b"\xff",
                     b"\x81", b"\xe6\xf8", b"\x1b$)C\x0e"):
            yield f"{charset[:20]} of {unit!r}", text(
                fill(unit), f"text/plain; charset={charset}")
    yield "parts of many charsets", multipart([
        b"Content-Type: text/plain; charset=%s\r\n\r\n" % c.encode()[:30] +
        fill(b"\x1b$B\xff", 15000) for c in ODD_CHARSETS * 4])


def each():
    for kind in (headers, structure, bounces, markup, words, encodings):
        for name, mail in kind():
            yield name, mail[:ROOM]
