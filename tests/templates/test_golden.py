# SPDX-License-Identifier: ISC
"""Whole letters, as a mail program reads them.  golden/*.eml are what the
tool `compose` must print, byte for byte; after a change that is meant,
    RENEW=1 /usr/bin/python3 -B -m pytest tests/templates/test_golden.py
writes them anew, and `git diff` shows what a reader will see of it."""
import email
import email.policy
import html.parser
import os
import pathlib
import re
import subprocess

import pytest

from harness.place import BUILD, ROOT

HERE = pathlib.Path(__file__).resolve().parent
DEMO = ROOT / "tests/demo/nyhedsbrev-14.md"
BLOCKS = ROOT / "tests/look/blocks.md"
GOLDEN = {
    "nyhedsbrev-14": [DEMO],
    "blocks": [BLOCKS, "-u", "https://rummelig-imidt.example/brev", "-f",
               "da", "-n", "", "-g", "", "-h", "test"],
    "picture": [HERE / "picture.md", "-i", HERE / "have æ.png", "-n",
                "Åse \"<b>\" @@TO@@ {{navn}}", "-g", "Åse \"<b>\""],
    "goodbye": [DEMO, "-w", "goodbye"],
}
# Mailchimp's own line and top bar are not ours to say.
NOT_OURS = {"Copy", "Email Marketing Powered by Mailchimp"}


def compose(words):
    return subprocess.run([BUILD / "tests/tools/compose", *words], cwd=ROOT,
                          check=True, stdout=subprocess.PIPE).stdout


def parsed(message):
    """The message, where it has no defect that Python's parser knows."""
    policy = email.policy.default.clone(raise_on_defect=True)
    return email.message_from_bytes(message, policy=policy)


def part(message, kind):
    return parsed(message).get_body((kind,)).get_content()


class Words(html.parser.HTMLParser):
    """What a reader sees of HTML: its text without hidden parts."""

    def __init__(self, page):
        super().__init__()
        self.seen, self.hidden = [], 0
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        if tag in ("style", "head"):
            self.hidden += 1
        self.seen.append(" " if tag in ("br", "p", "div", "td", "h1", "h2")
                         else "")

    def handle_endtag(self, tag):
        if tag in ("style", "head"):
            self.hidden -= 1

    def handle_data(self, data):
        if not self.hidden:
            self.seen.append(data)

    def text(self):
        return " ".join("".join(self.seen).split())


@pytest.mark.parametrize("name", GOLDEN)
def test_golden(name):
    got = compose(GOLDEN[name])
    path = HERE / "golden" / f"{name}.eml"
    if os.environ.get("RENEW"):
        path.write_bytes(got)
    assert got == path.read_bytes(), f"differs from {path}"


@pytest.mark.parametrize("name", GOLDEN)
def test_a_strict_parser_finds_no_fault(name):
    message = compose(GOLDEN[name])
    for line in message.split(b"\r\n"):
        assert len(line) <= 998
        assert not line.startswith(b".")
        assert b"\r" not in line and b"\n" not in line
        assert line.isascii()
    assert message.endswith(b"\r\n")
    for field in ("Date", "From", "To", "Message-ID", "Subject",
                  "MIME-Version"):
        assert len(parsed(message).get_all(field)) == 1
    for one in parsed(message).walk():
        assert not one.defects
        if not one.is_multipart():
            one.get_content()


def test_structure():
    message = parsed(compose(GOLDEN["nyhedsbrev-14"]))
    assert [p.get_content_type() for p in message.walk()] == \
        ["multipart/alternative", "text/plain", "text/html"]
    message = parsed(compose(GOLDEN["picture"]))
    assert [p.get_content_type() for p in message.walk()] == \
        ["multipart/related", "multipart/alternative", "text/plain",
         "text/html", "image/png"]
    picture = list(message.walk())[-1]
    assert picture.get_filename() == "have æ.png"
    assert picture.get_content() == (HERE / "have æ.png").read_bytes()
    assert f'src="cid:{picture["Content-ID"][1:-1]}"' in \
        message.get_body(("html",)).get_content()
    to = message["To"].addresses[0]
    assert to.display_name == 'Åse "<b>" @@TO@@ {{navn}}'
    assert message["Subject"] == 'Til Åse "<b>" – «æøå»'


def seed_lines():
    """Each phrase of the newsletter as Mailchimp sent it."""
    for line in (HERE / "seed.txt").read_text().splitlines():
        for phrase in re.split(r"[ \u00a0]{3,}", line.strip(" \u00a0")):
            phrase = " ".join(phrase.split())
            if phrase and phrase not in NOT_OURS:
                yield phrase.replace("<<Email Address>>",
                                     "inge@odder.example")


@pytest.mark.parametrize("kind", ["plain", "html"])
def test_every_word_of_the_newsletter_is_there(kind):
    message = compose(GOLDEN["nyhedsbrev-14"])
    body = part(message, kind)
    if kind == "html":
        body = Words(body).text()
    else:
        body = re.sub(r" \[\d+\](?=[ .\n])", "", body)
        body = " ".join(body.split())
    body = f'{parsed(message)["Subject"]} {body}'
    phrases = list(seed_lines())
    assert len(phrases) > 35
    at = 0
    for phrase in phrases:
        found = body.find(phrase, at)
        assert found >= 0, f"missing, or in another place: {phrase}"
        at = found


def test_plain_text_is_pleasant():
    text = part(compose(GOLDEN["nyhedsbrev-14"]), "plain")
    for line in text.splitlines():
        assert len(line) <= 72 or "://" in line or "mailto:" in line, line
    assert "\n" * 4 not in text.replace("\r", "")
    assert "<" not in text and "&" not in text


def test_links_without_and_with_a_web_address():
    token = "abcdefghijklmnopqrstuvwx23"
    page = part(compose(GOLDEN["nyhedsbrev-14"]), "html")
    assert f'href="mailto:tg+unsub-{token}@lo-aarhus.dk?' \
        f'subject=unsubscribe%20{token}"' in page
    assert 'href="mailto:tg@lo-aarhus.dk?subject=My%20subscription"' in page
    assert '<table lang="en"' in page
    assert 'href="#"' not in page
    page = part(compose(GOLDEN["blocks"]), "html")
    assert f"https://rummelig-imidt.example/brev/u/{token}" in page
    assert '<table lang="da"' in page
    assert 'href="#"' not in page


def test_nobody_is_watched():
    """No pixel, no link that is not the author's or the list's."""
    page = part(compose(GOLDEN["nyhedsbrev-14"]), "html")
    assert "<img" not in page
    source = DEMO.read_text()
    for url in re.findall(r'(?:href|src)="(https?:[^"]*)"', page):
        assert url in source or url in (
            "https://rummelig-imidt.example/",
            "https://rummelig-imidt.example/linkedin")
