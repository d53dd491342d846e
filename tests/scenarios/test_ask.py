# SPDX-License-Identifier: ISC
"""A reader who is not clear: the question whether he wants to leave, and what
follows from his answer."""
import email
import email.policy
import sqlite3

import pytest

from harness.wait import wait_until
from test_confirm import LEAVE, Box, box  # noqa: F401

UNCLEAR = "Nej tak"


def asking(box, *names, **keys):  # noqa: F811
    return box(ask="yes", **keys).subscribe(*names)


def waiting(b):
    """Whose mails wait for a person."""
    return sorted(m["from"]["address"].split("-")[0]
                  for m in b.daemon.json("review"))


def incoming(b, number):
    """(deed, who decided) of the mail with that number."""
    return [(m["deed"], m["decided_by"]) for m in b.daemon.json("incoming")
            if m["message_id"].startswith(f"<{number}-")][0]


def left_alone(b):
    """What was written last is none of our business: a mail behind it is
    noted, and it is not."""
    number = b.sent
    b.write("x", LEAVE).deed()
    assert f"<{number}-{b.tag}@" not in b.daemon.log()


def wait_mark(b, number):
    wait_until(lambda: any(
        f"<{number}-".encode() in raw and "$Unsubscribed" in flags
        for _, flags, raw in b.dovecot.messages(b.user)), f"{number}'s mark")


def test_yes(box):  # noqa: F811
    b = asking(box, "anna", "bo")
    assert b.write("anna", UNCLEAR).deed() == "for-review"
    question = b.letter("anna")
    m = email.message_from_bytes(question, policy=email.policy.SMTP)
    assert m["Subject"] == "Vil du frameldes nyhedsbrevet fra Rummelig imidt?"
    assert m["Auto-Submitted"] == "auto-replied"
    assert m["In-Reply-To"] == f"<1-{b.tag}@laeserne.example>"
    assert b"List-" not in question and UNCLEAR.encode() not in question
    assert b.address("anna") in m.get_content()
    assert b.daemon.json("review")[0]["asked_s"] > 0
    # Not clear once more: no second question.  A robot's yes, another's, one
    # whose sender is probably forged: nothing, or a person.
    assert b.write("anna", UNCLEAR + "!").deed() == "for-review"
    b.write("anna", "Ja", to=question, Auto_Submitted="auto-replied")
    assert b.write("bo", "Ja", to=question).deed() == "for-review"
    assert b.write("anna", "Ja", to=question, Authentication_Results=(
        "mx.lo-aarhus.dk; dmarc=fail")).deed() == "for-review"
    assert b.write("anna", "Ja, til jul", to=question).deed() == "for-review"
    assert waiting(b) == ["anna"] * 4 + ["bo"]
    assert b.state("anna") == b.state("bo") == "active"

    assert b.write("anna", "Ja tak\n\nMvh\nAnna", to=question
                   ).deed() == "unsubscribed"
    assert b.state("anna") == "left"
    shown = b.daemon.json("subscribers", "show", b.address("anna"))[0]
    assert [(e["state"], e["how"], e["proof"])
            for e in shown["ledger"]][1:] == [
        ("left", "reply", f"<{b.sent}-{b.tag}@laeserne.example>")]
    assert b"frameldt" in b.letter("anna", 1)
    assert incoming(b, 1) == ("unsubscribed", "its writer")
    wait_mark(b, 1)
    wait_mark(b, b.sent)
    assert waiting(b) == ["anna"] * 3 + ["bo"]
    # Said again, nothing is left to do.
    b.write("anna", "Ja!", to=question)
    left_alone(b)
    assert len(b.letters("anna")) == 2 and b.letters("bo") == []


def test_no(box):  # noqa: F811
    b = asking(box, "carl")
    b.write("carl", UNCLEAR).deed()
    question = b.letter("carl")
    assert b.write("carl", "Nej, ellers tak\nCarl", to=question
                   ).deed() == "for-review"
    assert b.write("carl", "Nej tak\nCarl", to=question).deed() == "noted"
    assert incoming(b, 1) == ("dismissed", "its writer")
    assert b.state("carl") == "active"
    assert waiting(b) == ["carl"]
    # Another mind, and he may.
    assert b.write("carl", "Ja", to=question).deed() == "unsubscribed"
    assert incoming(b, 1) == ("dismissed", "its writer")


def test_decided_by_a_person_meanwhile(box):  # noqa: F811
    b = asking(box, "dora", "emil")
    for name in ("dora", "emil"):
        b.write(name, UNCLEAR).deed()
    letters = [b.letter(name) for name in ("dora", "emil")]
    for verb, mail in zip(("accept", "dismiss"), b.daemon.json("review")):
        b.daemon.cli("review", verb, mail["id"], *(
            [b.address("dora")] if verb == "accept" else []))
    assert b.state("dora") == "left"
    b.write("dora", "Ja", to=letters[0])
    left_alone(b)
    assert b.write("emil", "Ja", to=letters[1]).deed() == "unsubscribed"
    assert [incoming(b, n)[0] for n in (1, 2)] == ["unsubscribed", "dismissed"]
    assert "its writer" not in (incoming(b, 1)[1], incoming(b, 2)[1])


def test_not_asked(box):  # noqa: F811
    """Off by default; and no stranger, no reader who has left."""
    b = box().subscribe("frida")
    assert b.write("frida", UNCLEAR).deed() == "for-review"
    b.daemon.stop()
    text = b.daemon.conf.read_text()
    b.daemon.conf.write_text(text.replace("inbox tg {",
                                          "inbox tg {\n    ask = yes"))
    b.daemon.start()
    assert b.write("stranger", UNCLEAR).deed() == "for-review"
    b.daemon.cli("subscribers", "remove", b.address("frida"))
    assert b.write("frida", UNCLEAR + "!").deed() == "for-review"
    b.subscribe("last").write("last", UNCLEAR)
    b.letter("last")
    assert len(b.smtp.accepted) == 1


@pytest.mark.parametrize("point", ["inbox-before-commit",
                                   "inbox-after-commit"])
def test_killed(box, point):  # noqa: F811
    """Around the commit, in two lives: asked once, and taken off once."""
    b = asking(box, "gerd", env={"RUMMELIG_CRASH": f"{point}:1:2"})
    b.write("gerd", UNCLEAR)
    b.write("gerd", "Ja", to=b.letter("gerd"))
    assert b"frameldt" in b.letter("gerd", 1)
    wait_mark(b, 1)
    wait_mark(b, 2)
    path = b.daemon.state / "rummelig-mail.sqlite"
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as db:
        assert db.execute("SELECT answer FROM issue ORDER BY id").fetchall() \
            == [("ask",), ("goodbye",)]
        assert db.execute("SELECT deed FROM incoming ORDER BY id").fetchall() \
            == [("unsubscribed",)] * 2
    assert len(b.letters("gerd")) == 2


@pytest.mark.parametrize("words", ["", "Nej", "Nej tak, jeg bliver",
                                   "Hvad er det for noget"])
def test_our_own_words_ask_for_nothing(box, folder, words):  # noqa: F811
    """Sent back without a mark of quoting."""
    b = asking(box, "hans")
    b.write("hans", UNCLEAR)
    m = email.message_from_bytes(b.letter("hans"), policy=email.policy.SMTP)
    (folder / "reply.eml").write_text(
        f"From: {b.address('hans')}\nTo: tg@lo-aarhus.dk\n"
        f"Subject: {m['Subject']}\nMIME-Version: 1.0\n"
        f"Message-ID: <reply@x.example>\nIn-Reply-To: {m['Message-ID']}\n"
        "Content-Type: text/plain; charset=utf-8\n"
        f"Content-Transfer-Encoding: 8bit\n\n{words}\n\n{m.get_content()}")
    said = b.daemon.json("explain", folder / "reply.eml")[0]
    assert said["kind"] in ("human", "review"), said
    assert said["deed"] in ("left-alone", "for-review"), said
