#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Writes machine mail with labels: bounces, complaints, automatic replies.

usage: make_robots.py FOLDER [--half a|b]    writes FOLDER/*.eml and its tables
       make_robots.py --stats [--half a|b]   counts by label, writes nothing

FOLDER gets labels.tsv (file, label, address or -, note), perm.tsv (file,
label, address, perm, note; P the other side gave up, T it still tries, - no
bounce) and subscribers.tsv (nr, address, token, status, name, Message-ID).
The mailbox of the newsletter is MAILBOX below.

The mails stand in *.cases beside this file, the forms they share in *.forms:

    ==== NAME LABEL PERM DOMAIN      a case; its reader gets DOMAIN
    # why it is there, a note for the table
    form: NAME                       the form it uses
    key: value                       a value for the form; `|` goes on with it

    the rest is {body}

{key} is a value of the case, of the form, or of the reader (see `values`);
a line `?key?text` stands only where key has a value, a line `~text` is
folded.  Texts are UTF-8: each
part is put into the charset and transfer encoding that its own fields name.
Keys with a meaning of their own: deliver (`verp`: to the letter's envelope
sender, `list`: to the mailbox, `unsub`), sender (Return-Path), who (an odd
address of the reader), stranger (`yes`: the reader is not on the list), bytes
(the charset the text is really in, when its field is to lie), header-bytes
(fields as raw bytes of that charset), header-charset.

A mail is in half a or b by its name, so it never changes sides.  Half b is
for the last measurement: nobody looks at it while working on the rules.
"""
import argparse
import base64
import collections
import datetime
import email
import email.policy
import email.utils
import hashlib
import pathlib
import quopri
import re
import sys
import textwrap

HERE = pathlib.Path(__file__).resolve().parent
MAILBOX = "brev@havnens-haver.example"
LABELS = ("unsub", "unsub-other", "human", "review", "subscribe", "autoreply",
          "hard", "soft", "complaint", "other")
OF_A_READER = ("hard", "soft", "complaint", "unsub", "unsub-other")
GIVEN = ("Abelone Bertil Cecilie Dagny Ejnar Filippa Gerda Hjalmar Inga "
         "Jeppe Kamma Ludvig Marie Nanna Otto Petra Rasmus Signe Thyra "
         "Valdemar Åge Ørjan Karin Sverre Elke Jürgen Solveig Mats").split()
FAMILY = ("Ahlmann Bisgaard Clemmensen Drejer Egebjerg Fogh Grønbæk Hedevang "
          "Juhl Kjærbye Lindskov Munksgaard Nyborg Overgaard Pagh Rytter "
          "Skaarup Toft Ulstrup Vinding Ørsted Åkesson Haugen Brandt").split()
FOLD = textwrap.TextWrapper(width=78, subsequent_indent="    ",
                            break_long_words=False, break_on_hyphens=False)
SENT = datetime.datetime(2024, 5, 14, 9, 12, 40, tzinfo=datetime.timezone(
    datetime.timedelta(hours=2)))


class Fault(Exception):
    """The cases or forms are wrong."""


class Case:
    """A block of *.cases or *.forms: heading, note, values, body."""

    def __init__(self, where, block):
        head, _, rest = block.partition("\n")
        lines = rest.split("\n")
        self.where, self.words = where, head.split()
        self.name, self.note, self.values = self.words[0], "", {}
        last = None
        while lines and lines[0].strip():
            line = lines.pop(0)
            if line.startswith("# "):
                self.note += (" " if self.note else "") + line[2:]
            elif line.startswith("|") and last:
                self.values[last] += "\n" + line[1:]
            elif re.match(r"[a-z-]+:", line):
                last, _, value = line.partition(":")
                self.values[last] = value.strip()
            else:
                raise Fault(f"{where}: {self.name}: what is {line!r}?")
        self.body = "\n".join(lines).strip("\n")


def blocks(pattern):
    """name -> Case, of all files HERE/pattern."""
    found = {}
    for path in sorted(HERE.glob(pattern)):
        text = path.read_text(encoding="utf-8")
        for block in re.split(r"^==== ", text, flags=re.M)[1:]:
            case = Case(path.name, block)
            if case.name in found:
                raise Fault(f"{case.where}: {case.name} is there twice")
            found[case.name] = case
    return found


def digest(*words):
    return hashlib.sha256("/".join(words).encode()).digest()


def half(name):
    return "ab"[digest("half", name)[0] & 1]


def plain_letters(text):
    for pair in ("æae", "øoe", "åaa", "öoe", "üue"):
        text = text.replace(pair[0], pair[1:])
    return text


def reader(case):
    """The reader a case is about: as a row of subscribers.tsv has him."""
    dice = digest("reader", case.name)
    name = (GIVEN[dice[0] % len(GIVEN)] + " "
            + FAMILY[dice[1] % len(FAMILY)])
    first, last = plain_letters(name.lower()).split()
    local = (f"{first}.{last}", f"{first}{dice[2]}", f"{first[0]}{last}",
             f"{last}.{first}{dice[3] % 90}", f"{first}_{last}",
             f"{first}{last}{dice[2] % 100}")[dice[4] % 6]
    token = base64.b32encode(dice)[:26].decode().lower()
    return {"name": name, "first": name.split()[0], "last": name.split()[1],
            "local": local, "domain": case.words[3], "token": token,
            "who": case.values.get("who") or f"{local}@{case.words[3]}"}


def values(case, form):
    """Everything {key} can mean in this case."""
    local, domain = MAILBOX.split("@")
    got = reader(case)
    dice = digest("dice", case.name)
    now = SENT + datetime.timedelta(minutes=2 + dice[0], seconds=dice[1] % 60)
    if case.words[2] == "T":
        now += datetime.timedelta(hours=4 + dice[2] % 20)
    got.update({
        "list": MAILBOX, "list-domain": domain,
        "verp": f"{local}+bounce-{got['token']}@{domain}",
        "unsub": f"{local}+unsub-{got['token']}@{domain}",
        "id": f"<{got['token']}.rm@{domain}>",
        "subject": "Nyhedsbrev 7 - Havnens Haver",
        "sent": email.utils.format_datetime(SENT),
        "now": email.utils.format_datetime(now),
        "stamp": f"{now:%Y-%m-%d %H:%M:%S}", "unix": str(int(now.timestamp())),
        "queue": dice.hex()[:10].upper(), "hex": dice.hex()[10:42],
        "n": str(dice[3] % 200 + 10), "mta": "mx." + case.words[3],
        "body": case.body, "deliver": "verp", "sender": ""})
    got.update(form.values)
    got.update(case.values)
    to = got["deliver"]
    got["to"] = got[to]
    got["envelope"] = got["list" if to == "list" and case.words[1] in
                          ("hard", "soft", "other") else "verp"]
    return got


def expand(text, got, depth=0):
    """Puts the values in, and the values of the values."""
    if depth > 8:
        raise Fault(f"values go round: {text[:60]!r}")

    def value(match):
        if match[1] not in got:
            raise Fault(f"no value for {match[0]}")
        return expand(got[match[1]], got, depth + 1)

    kept = []
    for line in text.split("\n"):
        ask = re.match(r"\?([a-z-]+)\?", line)
        if ask and not got.get(ask[1]):
            continue
        line = re.sub(r"\{([a-z][a-z-]*)\}", value,
                      line[ask.end():] if ask else line)
        kept.append(FOLD.fill(line[1:]) if line.startswith("~") else line)
    return "\n".join(kept)


def head_and_body(text):
    if text.startswith("\n"):
        return "", text[1:]
    head, _, body = text.partition("\n\n")
    return head, body


def field(head, name):
    found = re.search(rf"^{name}:[ \t]*(.*(?:\n[ \t].*)*)", head, re.M | re.I)
    return found[1].replace("\n", "") if found else ""


def parameter(value, name):
    found = re.search(rf";\s*{name}\s*=\s*\"?([^\";]+)", value, re.I)
    return found[1].strip() if found else ""


def to_bytes(text, got):
    """A message or part as its own fields say it must be encoded."""
    head, body = head_and_body(text)
    kind = field(head, "Content-Type")
    boundary = parameter(kind, "boundary")
    if boundary and kind.lower().startswith("multipart/"):
        pieces = re.split(rf"^--{re.escape(boundary)}(?:--)?[ \t]*\n?", body,
                          flags=re.M)
        out = pieces[0].encode("ascii")
        for piece in pieces[1:-1]:
            out += b"--%s\n" % boundary.encode() + to_bytes(piece, got)
        out += b"--%s--\n" % boundary.encode() + pieces[-1].encode()
        return encode_head(head, got) + b"\n\n" + out
    charset = got.get("bytes") or parameter(kind, "charset") or "utf-8"
    raw = body.encode("utf-8" if kind.startswith("message/") else charset)
    how = field(head, "Content-Transfer-Encoding").lower()
    if how == "base64":
        wire = raw.replace(b"\n", b"\r\n")
        raw = base64.encodebytes(wire)
    elif how == "quoted-printable":
        raw = quopri.encodestring(raw)
    return (encode_head(head, got) + b"\n" if head else b"") + b"\n" + raw


def encode_head(head, got):
    if "header-bytes" in got:
        return head.encode(got["header-bytes"])
    charset = got.get("header-charset", "utf-8")

    def word(text):
        raw = text.encode(charset)
        if charset == "utf-8":
            return f"=?UTF-8?B?{base64.b64encode(raw).decode()}?="
        coded = "".join(chr(c) if c < 128 and chr(c).isalnum()
                        else "_" if c == 32 else f"={c:02X}" for c in raw)
        return f"=?{charset}?Q?{coded}?="

    def words(match):
        return "\n ".join(word(match[0][i:i + 14])
                          for i in range(0, len(match[0]), 14))

    return re.sub(r"[^\s\"<>()]*[^\x00-\x7f]"
                  r"(?:[^\"<>()\n]*[^\x00-\x7f])?[^\s\"<>()]*",
                  words, head).encode("ascii")


def trace(text, got):
    """The fields our own server puts on top of a mail that comes in."""
    head = head_and_body(text)[0]
    source = re.search(r"@([A-Za-z0-9.-]+)", field(head, "From") or "@a.b")[1]
    sender = expand(got["sender"], got)
    verdict = "none" if not sender else "pass"
    added = (
        f"Return-Path: <{sender}>\n"
        f"Delivered-To: {got['to']}\n"
        f"Received: from mx2.havnekontoret.example ([192.0.2.41])\n"
        f"\tby lager.havnekontoret.example with LMTP id {got['hex'][:16]}\n"
        f"\tfor <{got['to']}>; {got['now']}\n"
        f"Received: from ud{got['n']}.{source} (ud{got['n']}.{source}"
        f" [203.0.113.{got['n']}])\n"
        f"\tby mx2.havnekontoret.example (Postfix) with ESMTPS id"
        f" {got['queue']}\n\tfor <{got['to']}>; {got['now']}\n"
        f"Authentication-Results: mx2.havnekontoret.example;\n"
        f"\tdkim={verdict}; spf={verdict} smtp.mailfrom={sender or source};\n"
        f"\tdmarc={verdict} header.from={source}\n")
    for name, value in (("Date", got["now"]), ("To", got["to"]),
                        ("Message-ID", f"<{got['hex'][:12]}.{got['n']}"
                                       f"@{source}>")):
        if not field(head, name):
            text = f"{name}: {value}\n{text}"
    if field(head, "Content-Type") and not field(head, "MIME-Version"):
        text = "MIME-Version: 1.0\n" + text
    return added + text


def message(case, forms):
    """The case as the bytes of a mail."""
    form = forms.get(case.values.get("form", "raw"))
    if form is None:
        raise Fault(f"no form {case.values['form']}")
    got = values(case, form)
    for name in ("letter", "headers", "letter-text", "letter-quoted",
                 "headers-html"):
        got.setdefault(name, forms[name].body)
    text = trace(expand(form.body, got), got)
    raw = to_bytes(text.rstrip("\n") + "\n", got)
    return re.sub(rb"\r?\n", b"\r\n", raw)


def readable(part):
    """The parts that Python looks into: it leaves encoded letters alone."""
    yield part
    coded = str(part.get("Content-Transfer-Encoding", "")).lower()
    if part.is_multipart() and coded not in ("base64", "quoted-printable"):
        for child in part.get_payload():
            yield from readable(child)


def check(case, raw):
    """A mail that Python cannot read, or a label nobody knows, is a fault."""
    parsed = email.message_from_bytes(raw, policy=email.policy.default)
    if case.words[1] not in LABELS or case.words[2] not in ("P", "T", "-"):
        raise Fault(f"label {case.words[1:3]}")
    if (case.words[1] in ("hard", "soft")) == (case.words[2] == "-"):
        raise Fault("perm is for bounces, and they have one")
    if "[ok:" in case.note[1:]:
        raise Fault("[ok:] must stand first in the note")
    if not parsed["From"] or b"{" in raw.split(b"\r\n\r\n")[0]:
        raise Fault("no From, or a value left in the header")
    broken = [d for p in readable(parsed) for d in p.defects
              if "haver" not in str(p.get_boundary())]  # heads of our letter
    if broken:
        raise Fault(f"broken MIME: {broken}")


def rows(cases, forms):
    """(case, bytes, affected address) of each, in order of names."""
    for name in sorted(cases):
        case = cases[name]
        try:
            raw = message(case, forms)
            check(case, raw)
            about = "-"
            if case.words[1] in OF_A_READER:
                about = reader(case)["who"]
        except (Fault, UnicodeError, LookupError) as fault:
            sys.exit(f"{case.where}: {name}: {fault}")
        yield case, raw, about


def write(folder, chosen, cases):
    """The mails of the half, but every reader: the list is one."""
    folder.mkdir(parents=True, exist_ok=True)
    labels, perm, people = [], [], []
    for case, raw, about in chosen:
        (folder / f"{case.name}.eml").write_bytes(raw)
        start = [f"{case.name}.eml", case.words[1], about]
        labels.append(start + [case.note])
        perm.append(start + [case.words[2], case.note])
    for name in sorted(cases):
        if cases[name].values.get("stranger") == "yes":
            continue
        r = reader(cases[name])
        people.append([f"{len(people) + 1:04d}", r["who"], r["token"],
                       "subscribed", r["name"],
                       f"<{r['token']}.rm@{MAILBOX.split('@')[1]}>"])
    if len({p[1] for p in people}) < len(people):
        sys.exit("two readers have one address")
    top = [["nr", "address", "token", "status", "name", "message_id"]]
    for name, table in (("labels", labels), ("perm", perm),
                        ("subscribers", top + people)):
        (folder / f"{name}.tsv").write_text(
            "".join("\t".join(row) + "\n" for row in table), encoding="utf-8")


def main():
    ask = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    ask.add_argument("folder", nargs="?", type=pathlib.Path)
    ask.add_argument("--half", choices=("a", "b"))
    ask.add_argument("--stats", action="store_true")
    said = ask.parse_args()
    if not said.folder and not said.stats:
        ask.error("a folder, or --stats")
    try:
        forms, cases = blocks("*.forms"), blocks("*.cases")
    except Fault as fault:
        sys.exit(str(fault))
    chosen = [row for row in rows(cases, forms)
              if said.half in (None, half(row[0].name))]
    if said.stats:
        counts = collections.Counter(case.words[1] for case, _, _ in chosen)
        for label in LABELS:
            print(f"{label:12s} {counts[label]:4d}")
        print(f"{'mails':12s} {len(chosen):4d}")
    if said.folder:
        write(said.folder, chosen, cases)


if __name__ == "__main__":
    main()
