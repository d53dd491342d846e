# SPDX-License-Identifier: ISC
"""Reads the labelled replies: blocks that a person can write and read.

    # LABEL [LANGUAGE] [for:WHOM] [ok:LABEL,LABEL] [(a note)]
    Subject: a header, where the text wants one; see HEADERS
    The text, up to the next line that begins with "# ".
    ---
    What the text answers or forwards, where it is not the newsletter.
    ## A line for the reader of the file alone.

LANGUAGE is da unless told.  `for:` says whom an unsub-other is about: other,
other2, domain or name (no address known); else it is the sender.  `ok:` are
labels that are fully right too.

Headers for us; all others are taken over as they are:
    From: subscriber (if not told), stranger, former (unsubscribed) or owner
    Name: what From shows beside the address
    To: token (the sender's own unsubscribe address) or token-other
    Quoted: owner, self or other wrote what stands below the ---
    Form: one of reply_forms.ALL, or forward
    Auth: fail (a forged sender)

In text and headers stand {name} {first} {address} {domain} {token} for the
sender's, {other} {othername} {othertoken} {other2} for others on the list.
"""
import re
from dataclasses import dataclass

LABELS = ("unsub", "human", "review", "unsub-other", "subscribe", "autoreply")
OURS = ("From", "To", "Subject", "Name", "Quoted", "Form", "Auth")
HEADERS = re.compile(r"(From|To|Subject|Name|Quoted|Form|Auth|Reply-To|Cc|"
                     r"Sender|Auto-Submitted|Precedence|X-[A-Za-z-]+): ?(.*)")
WHOM = ("self", "other", "other2", "domain", "name")


@dataclass
class Block:
    line: int
    label: str
    lang: str
    whom: list
    ok: list
    note: str
    headers: list       # (name, value) as written
    text: str
    below: str          # "" for the newsletter

    def get(self, name, default=None):
        for key, value in self.headers:
            if key == name:
                return value
        return default


def _head(number, line):
    """The Block that a line with # begins; ValueError tells the line."""
    words, _, note = line[2:].partition("(")
    b = Block(number, "", "da", ["self"], [], note.rstrip().removesuffix(")"),
              [], "", "")
    for word in words.split():
        if word.startswith("for:"):
            b.whom = word[4:].split(",")
        elif word.startswith("ok:"):
            b.ok = word[3:].split(",")
        elif not b.label:
            b.label = word
        elif re.fullmatch("[a-z][a-z]", word):
            b.lang = word
        else:
            raise ValueError(f"line {number}: what is {word}?")
    if b.label not in LABELS or set(b.ok) - set(LABELS):
        raise ValueError(f"line {number}: no such label")
    if set(b.whom) - set(WHOM):
        raise ValueError(f"line {number}: whom is this for?")
    return b


def read(path):
    """All blocks of a file, in its order."""
    blocks = []
    with open(path, encoding="utf-8") as f:
        rows = f.read().split("\n")
    body = []
    for number, row in enumerate([*rows, None], 1):
        if row is not None and row.startswith("## "):
            continue
        if row is not None and not row.startswith("# "):
            body.append(row)
            continue
        if blocks:
            _fill(blocks[-1], body)
        elif "".join(body).strip():
            raise ValueError("line 1: text before the first block")
        body = []
        if row is not None:
            blocks.append(_head(number, row))
    return blocks


def _fill(block, rows):
    rows = list(rows)
    while rows and (found := HEADERS.fullmatch(rows[0])):
        block.headers.append(found.groups())
        rows.pop(0)
    text, _, below = "\n".join(["", *rows]).partition("\n---\n")
    block.text, block.below = text.strip(), below.strip()
