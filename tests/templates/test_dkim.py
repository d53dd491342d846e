# SPDX-License-Identifier: ISC
"""Signatures of templates/dkim.c before the eyes of python3-dkim and of
opendkim-testmsg."""
import pathlib
import random
import re
import subprocess

import pytest

from harness import dkim_check
from harness.place import BUILD

HERE = pathlib.Path(__file__).resolve().parent
DOMAIN = "lo-aarhus.dk"
LETTERS = sorted(p.name for p in (HERE / "golden").glob("*.eml"))


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    """{selector: private key}, the texts of DNS for them."""
    folder = tmp_path_factory.mktemp("keys")
    made = {"s1": dkim_check.make_key(folder, "s1", "rsa"),
            "s2": dkim_check.make_key(folder, "s2", "ed25519")}
    texts = {f"{s}._domainkey.{DOMAIN}": dkim_check.record(path)
             for s, path in made.items()}
    return made, texts


def sign(message, keys, *selectors, shared=0):
    words = [str(w) for s in selectors for w in (s, keys[0][s])]
    return subprocess.run([BUILD / "tests/tools/dkim_sign", "-s", str(shared),
                           "-", DOMAIN, *words], input=message, check=True,
                          stdout=subprocess.PIPE).stdout


@pytest.mark.parametrize("selectors", [["s1"], ["s2"], ["s1", "s2"]],
                         ids=["rsa", "ed25519", "both"])
@pytest.mark.parametrize("letter", LETTERS)
def test_letters_verify(letter, selectors, keys):
    message = sign((HERE / "golden" / letter).read_bytes(), keys, *selectors,
                   shared=9000)
    assert dkim_check.python_verdicts(message, keys[1]) == \
        [True] * len(selectors)
    assert dkim_check.opendkim_words(message, keys[1]) == ""


def test_what_relays_may_do(keys):
    """Relaxed on both sides: folds and blanks are not the letter."""
    message = sign((HERE / "golden/blocks.eml").read_bytes(), keys, "s1", "s2")
    head, _, body = message.partition(b"\r\n\r\n")
    mild = [
        b"Received: by relay.example\r\n" + message,
        re.sub(rb"\r\nSubject: ", b"\r\nSUBJECT:\r\n\t ", head) +
        b"\r\n\r\n" + body,
        message + b"\r\n\r\n",
        head + b"\r\n\r\n" + body.replace(b"\r\n", b" \r\n", 5),
    ]
    for changed in mild:
        assert changed != message
        assert dkim_check.python_verdicts(changed, keys[1]) == [True, True]
        assert dkim_check.opendkim_words(changed, keys[1]) == ""


TAMPERED = {
    "body": lambda m: m.replace(b"\r\n\r\n", b"\r\n\r\nBuy.\r\n", 1),
    "end": lambda m: m + b"Buy.\r\n",
    "subject": lambda m: m.replace(b"\r\nSubject: ", b"\r\nSubject: Buy ", 1),
    "second from": lambda m: b"From: <ceo@bank.example>\r\n" + m,
    "second subject": lambda m: b"Subject: Buy\r\n" + m,
    "unsubscribe": lambda m: re.sub(rb"\r\nList-Unsubscribe: <",
                                    b"\r\nList-Unsubscribe: <x", m, count=1),
    "second unsubscribe": lambda m: b"List-Unsubscribe: <mailto:a@b.c>\r\n" + m,
    "a post": lambda m: b"List-Unsubscribe-Post: List-Unsubscribe=One-Click"
                        b"\r\n" + m,
    "content type": lambda m: b"Content-Type: text/html\r\n" + m,
    "reply-to": lambda m: b"Reply-To: <ceo@bank.example>\r\n" + m,
    "token": lambda m: m.replace(b"Message-ID: <", b"Message-ID: <x", 1),
}


@pytest.mark.parametrize("how", TAMPERED)
def test_tampering_fails(how, keys):
    whole = (HERE / "golden/nyhedsbrev-14.eml").read_bytes()
    message = sign(whole, keys, "s1", "s2")
    changed = TAMPERED[how](message)
    assert changed != message
    assert dkim_check.python_verdicts(changed, keys[1]) == [False, False]
    assert dkim_check.opendkim_words(changed, keys[1]) != ""


def test_another_key_fails(keys, tmp_path):
    message = sign((HERE / "golden/goodbye.eml").read_bytes(), keys, "s1")
    other = dkim_check.record(dkim_check.make_key(tmp_path, "s1", "rsa"))
    texts = {f"s1._domainkey.{DOMAIN}": other}
    assert dkim_check.python_verdicts(message, texts) == [False]
    assert dkim_check.opendkim_words(message, texts) != ""


def test_odd_messages_verify(keys):
    """Blanks, empty lines, no end of line, no body at all.  Not blanks without
    a line's end behind them: verifiers differ there, and SMTP has none."""
    dice = random.Random(1)
    head = (b"From: <a@lo-aarhus.dk>\r\nTO:  b@c.dk\r\nSubject:\r\n"
            b" \tfolded  once\r\n\ttwice \r\nSubject: again\r\n"
            b"References: <1@a>\r\nReferences: <2@a>\r\nX-Empty:\r\n")
    bodies = [b"", b"\r\n", b" \r\n\t\r\n", b"x", b" x \r\n\r\n"]
    bodies += [b"".join(dice.choice([b" ", b"\t", b"\r\n", b"ab", b"  ", b"."])
                        for _ in range(dice.randrange(200))).rstrip(b" \t")
               for _ in range(40)]
    for body in bodies:
        message = sign(head + b"\r\n" + body, keys, "s1", "s2",
                       shared=dice.randrange(200))
        assert dkim_check.python_verdicts(message, keys[1]) == [True, True], \
            body
