# SPDX-License-Identifier: ISC
"""Makes a folder of mail out of labelled replies.

usage: build_replies.py REPLIES.txt FOLDER [--stats]

Writes one .eml per block, labels.tsv (file, label, affected address, note)
and subscribers.tsv.  The same block always gives the same letter: its form,
charset and people are drawn with the text as the seed, so that a changed
block leaves the others as they were.  reply_blocks.py tells how a block is
written.
"""
import argparse
import collections
import datetime
import email
import email.policy
import hashlib
import os
import random
import sys
import unicodedata

import reply_blocks
import reply_forms as forms
import reply_mime as mime
import reply_words as words

ISSUED = datetime.datetime(2026, 11, 3, 9, 12, 33)
OUR_HOST = "mx1.postkasse.example"
OTHERS_ON_LIST = 300
NEIGHBOURS = ("da", "no", "sv", "en", "de")


class People:
    """Who is on the list: addresses, tokens and numbers that differ."""

    def __init__(self):
        self.rows, self.taken = {}, {words.OWNER[1]}

    def person(self, rng, lang, domain=None):
        """A new (name, address); not on the list yet."""
        given, family = words.NAMES.get(lang, words.NAMES["en"])
        name = f"{rng.choice(given)} {rng.choice(family)}"
        domains = words.WORK if rng.random() < 0.4 else words.PRIVATE
        if lang in words.ABROAD:
            domains = words.ABROAD[lang]
        domain = domain or rng.choice(domains)
        stem = _ascii(name)
        stem = rng.choice([stem, stem.replace(".", ""), stem.split(".")[0]])
        address = f"{stem}@{domain}"
        while address in self.taken:
            address = f"{stem}{rng.randrange(2, 9999)}@{domain}"
        self.taken.add(address)
        return name, address

    def join(self, rng, person, status="subscribed"):
        """Puts that person on the list and gives (number, token)."""
        number = rng.randrange(1, 10000)
        while number in self.rows:
            number = number % 9999 + 1
        token = "".join(rng.choices("abcdefghijklmnopqrstuvwxyz234567", k=16))
        self.rows[number] = (person[1], token, status, person[0],
                             f"<issue-14.{number:04}@nyhedsbrev.example>")
        return number, token

    def write(self, path):
        with open(path, "w", encoding="utf-8") as f:
            f.write("nr\taddress\ttoken\tstatus\tname\tmessage_id\n")
            for number in sorted(self.rows):
                f.write("\t".join((f"{number:04}", *self.rows[number])) + "\n")


def _ascii(name):
    name = name.lower()
    for a, b in (("æ", "ae"), ("ø", "oe"), ("å", "aa"), ("ß", "ss"),
                 ("ł", "l"), ("ð", "d"), ("þ", "th"), (" ", ".")):
        name = name.replace(a, b)
    name = unicodedata.normalize("NFD", name).encode("ascii", "ignore")
    name = name.decode().strip(".")
    return name if len(name) > 3 else "laeser"


class Cast:
    """The people of one block, by their roles."""

    def __init__(self, block, rng, people):
        work = rng.choice(words.WORK) if "domain" in block.whom else None
        role = block.get("From", "subscriber")
        self.number, self.token = None, ""
        if role == "owner":
            self.me = words.OWNER
        else:
            self.me = people.person(rng, block.lang, work)
        if role in ("subscriber", "former"):
            status = "subscribed" if role == "subscriber" else "unsubscribed"
            self.number, self.token = people.join(rng, self.me, status)
        domain = self.me[1].split("@")[1]
        self.others, self.their_token = [], ""
        written = block.text + block.below + str(block.headers)
        for key in ("other", "other2"):
            if f"{{{key}" in written or key in block.whom + [
                    block.get("Quoted")]:
                them = people.person(rng, block.lang, domain)
                _, token = people.join(rng, them)
                self.others.append(them)
                self.their_token = self.their_token or token
        self.role = role
        other, other2 = (self.others + [("", "")] * 2)[:2]
        self.values = {
            "name": self.me[0], "first": self.me[0].split()[0],
            "address": self.me[1], "domain": domain, "token": self.token,
            "other": other[1], "othername": other[0], "other2": other2[1],
            "othertoken": self.their_token}

    def fill(self, text):
        for key, value in self.values.items():
            text = text.replace("{" + key + "}", value)
        return text

    def affected(self, block):
        if block.label not in ("unsub", "unsub-other", "subscribe"):
            return "-"
        at = {"self": self.me[1], "name": "-",
              "domain": "*@" + self.values["domain"],
              "other": self.values["other"], "other2": self.values["other2"]}
        return ",".join(at[whom] for whom in block.whom)


def choose_form(block, rng):
    """(name, its function, whether it answers the newsletter or a letter)"""
    wish, subject = block.get("Form"), block.get("Subject")
    if wish and wish != "forward":
        return wish, forms.ALL[wish][1], wish in forms.REPLIES
    if wish or block.get("Quoted") == "other":
        table = forms.FORWARDS
    elif block.below or block.get("Quoted"):
        table = {k: v for k, v in forms.REPLIES.items()
                 if k not in ("bottom", "inline", "bare")}
    elif block.label == "autoreply":
        table = forms.AUTOS
    elif block.get("To"):
        table = {"new-plain": forms.NEW["new-plain"]}
    elif subject is not None and not _is_reply(subject):
        table = forms.NEW if rng.random() < 0.7 else forms.REPLIES
    elif subject is None and block.label != "review" and rng.random() < 0.2:
        table = forms.NEW
    else:
        table = forms.REPLIES
    if not block.text:
        table = {k: v for k, v in table.items()
                 if k not in ("bottom", "inline")}
    name = rng.choices(list(table), [s for s, _ in table.values()])[0]
    return name, table[name][1], (
        name in forms.REPLIES and block.label != "autoreply")


def _is_reply(subject):
    return subject.lower().startswith(("sv:", "re:", "vs:", "aw:", "fwd:"))


def newsletter(rng, reader):
    """Our own letter as the reader got it: (kind, text) each."""
    foot = [("p", row.replace("{address}", reader))
            for row in rng.choice(words.FEET)]
    return [("h", words.ISSUE), *rng.choice(words.STORIES), *foot]


def signature(block, rng, cast):
    """What a program or an employer puts below; "" for most."""
    if not block.text and not block.get("Subject") or (
            block.lang not in words.SIGNATURES):
        return ""
    sign = ""
    if rng.random() < 0.3:
        sign = cast.fill(rng.choice(words.SIGNATURES[block.lang]))
    if rng.random() < 0.12:
        lang = "en" if rng.random() < 0.25 else block.lang
        sign += "\n\n" + rng.choice(words.DISCLAIMERS[lang])
    return sign.strip("\n")


def compose(block, rng, cast, said_at):
    """The Letter that a form makes a Body of."""
    lang = block.lang
    if lang == "da" and rng.random() < 0.12:
        lang = "en"
    quoted, to = words.OWNER, cast.me
    if block.get("Quoted") == "self":
        quoted, to = cast.me, words.OWNER
    elif block.get("Quoted") == "other":
        quoted, to = cast.others[0], cast.me
    quote = newsletter(rng, cast.me[1])
    if block.below:
        quote = [("p", cast.fill(block.below))]
    return forms.Letter(rng, lang, *cast.me, cast.fill(block.text),
                        signature(block, rng, cast), quote, quoted, to,
                        said_at, subject_below(block))


def subject_below(block):
    if not block.below:
        return words.ISSUE
    return "Sv: " + words.ISSUE


def subject_of(block, rng, cast, form, lang, answers):
    given = block.get("Subject")
    if given is not None:
        return cast.fill(given)
    if form in forms.FORWARDS:
        return rng.choice(words.FORWARD.get(lang, ["Fwd: "])) + words.ISSUE
    if answers:
        return rng.choice(words.REPLY.get(lang, ["Re: "])) + words.ISSUE
    if block.label == "unsub" and rng.random() < 0.4:
        return "Nyhedsbrev"
    return rng.choice(words.NEW_SUBJECTS.get(lang, [""]))


def envelope(block, cast, sent):
    """Header lines that our own server writes."""
    to = words.OWNER[1]
    token = {"token": cast.token,
             "token-other": cast.their_token}.get(block.get("To"))
    if token:
        to = to.replace("@", f"+unsub-{token}@")
    me, domain = cast.me[1], cast.me[1].split("@")[1]
    stamp = sent.strftime("%a, %d %b %Y %H:%M:%S +0100")
    proof = (f"\tdkim=pass header.d={domain};\r\n"
             f"\tspf=pass smtp.mailfrom={me};\r\n"
             f"\tdmarc=pass header.from={domain}")
    if block.get("Auth") == "fail":
        proof = (f"\tdkim=none;\r\n\tspf=fail smtp.mailfrom={me};\r\n"
                 f"\tdmarc=fail header.from={domain}")
    returns = "" if block.get("Auto-Submitted") else me
    return to, [
        f"Return-Path: <{returns}>", f"Delivered-To: {to}",
        f"Received: from out.{domain} (out.{domain} [192.0.2.8])\r\n"
        f"\tby {OUR_HOST} (Postfix) with ESMTPS id 5F1C20;\r\n\t{stamp}",
        f"Authentication-Results: {OUR_HOST};\r\n{proof}"]


def letter_bytes(block, rng, cast):
    """(the whole letter, form, coding)"""
    sent = ISSUED + datetime.timedelta(minutes=rng.randrange(20, 15000))
    said_at = ISSUED
    if block.below:
        said_at = sent - datetime.timedelta(minutes=rng.randrange(9, 3000))
    form, make, answers = choose_form(block, rng)
    a = compose(block, rng, cast, said_at)
    subject = subject_of(block, rng, cast, form, a.lang, answers)
    body = make(a)
    seen = (body.plain or "") + (body.html or "")
    coding = mime.pick_coding(rng, seen, body.html is None and not body.flowed,
                              block.lang in NEIGHBOURS)
    raw = mime.CODINGS[coding][2] is None or (
        rng.random() < 0.03 and block.lang in NEIGHBOURS)
    to, head = envelope(block, cast, sent)
    own = hashlib.sha256(f"{subject}{seen}".encode()).hexdigest()[:20]
    domain = cast.me[1].split("@")[1]
    shown = cast.fill(block.get("Name", cast.me[0]))
    head = [row.encode() for row in head]
    head += [b"From: " + mime.address_text(shown, cast.me[1], rng, raw),
             f"To: {words.OWNER[0]} <{to}>".encode(),
             b"Subject: " + mime.header_text(subject, rng, raw),
             sent.strftime("Date: %a, %d %b %Y %H:%M:%S +0100").encode(),
             f"Message-ID: <{own}@{domain}>".encode()]
    head += [row.encode() for row in threading(block, rng, cast, answers, own)]
    head += [row.encode() for row in body.headers]
    head += [f"{key}: {cast.fill(value)}".encode()
             for key, value in block.headers if key not in reply_blocks.OURS]
    kind, data = content(body, coding, own)
    return b"\r\n".join(head + [row.encode() for row in kind]) + (
        b"\r\n\r\n" + data), form, coding


def threading(block, rng, cast, answers, own):
    """What an answer says it answers."""
    if block.below and answers:
        return [f"In-Reply-To: <{own[::-1]}@lo-aarhus.dk>"]
    if cast.role != "subscriber" or block.get("To"):
        return []
    if answers and rng.random() < 0.85 or (
            block.label == "autoreply" and rng.random() < 0.6):
        at = f"<issue-14.{cast.number:04}@nyhedsbrev.example>"
        return [f"In-Reply-To: {at}", f"References: {at}"]
    return []


def content(body, coding, own):
    """(MIME header lines, bytes) of a Body in that coding."""
    parts = []
    if body.plain is not None:
        text, parameters = body.plain, ""
        if body.flowed:
            delsp = body.flowed == "delsp"
            text = "\n".join(mime.flow(text.split("\n"), delsp))
            parameters = "; format=flowed" + ("; delsp=yes" if delsp else "")
        parts.append(mime.part(text, "text/plain", coding, parameters))
    if body.html is not None:
        parts.append(mime.part(body.html, "text/html", coding))
    kind, data = parts[0] if len(parts) == 1 else mime.alternative(
        parts, f"=_{own}")
    return (["MIME-Version: 1.0", *kind] if kind else []), data


def check(raw, cast, text, coding):
    """Whether Python's parser reads the letter back: sender and text."""
    m = email.message_from_bytes(raw, policy=email.policy.default)
    if m["From"].addresses[0].addr_spec != cast.me[1]:
        return "another sender"
    if coding in mime.WRONG or not text:
        return ""
    body = m.get_body(("plain", "html"))
    got, want = "".join(body.get_content().split()), text.split()[0]
    want = want.replace("&", "&amp;").replace("'", "&#x27;").replace(
        '"', "&quot;") if body.get_content_subtype() == "html" else want
    return "" if want in got else f"{want} is lost"


def build(path, folder):
    """Writes the folder; (rows for the figures, faults found)."""
    blocks = reply_blocks.read(path)
    stem = os.path.splitext(os.path.basename(path))[0]
    people, rows, faults, labels = People(), [], [], []
    os.makedirs(folder, exist_ok=True)
    for n, block in enumerate(blocks, 1):
        rng = random.Random(f"{block.label}{block.headers}{block.text}"
                            f"{block.below}")
        cast = Cast(block, rng, people)
        raw, form, coding = letter_bytes(block, rng, cast)
        name = f"{stem}-{n:03}.eml"
        with open(os.path.join(folder, name), "wb") as f:
            f.write(raw)
        fault = check(raw, cast, cast.fill(block.text), coding)
        if fault:
            faults.append(f"{name} (line {block.line}): {fault}")
        ok = f"[ok:{','.join(block.ok)}] " if block.ok else ""
        note = f"{ok}{block.lang} {form} {coding} line {block.line}"
        note += f": {block.note}" if block.note else ""
        labels.append((name, block.label, cast.affected(block), note))
        rows.append((block.label, block.lang, form, coding))
    rng = random.Random(stem)
    for _ in range(OTHERS_ON_LIST):
        status = "subscribed" if rng.random() < 0.93 else "unsubscribed"
        people.join(rng, people.person(rng, "da"), status)
    people.write(os.path.join(folder, "subscribers.tsv"))
    with open(os.path.join(folder, "labels.tsv"), "w", encoding="utf-8") as f:
        f.writelines("\t".join(row) + "\n" for row in labels)
    return rows, faults


def stats(rows):
    for column, what in enumerate(("label", "language", "form", "coding")):
        counts = collections.Counter(row[column] for row in rows)
        print(f"{what}:")
        for name, count in counts.most_common():
            print(f"  {name:18} {count:4} {100 * count / len(rows):5.1f} %")


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("\n")[2][7:])
    parser.add_argument("replies")
    parser.add_argument("folder")
    parser.add_argument("--stats", action="store_true")
    asked = parser.parse_args()
    rows, faults = build(asked.replies, asked.folder)
    print(f"letters {len(rows)} in {asked.folder}")
    if asked.stats:
        stats(rows)
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
