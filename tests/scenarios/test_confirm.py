# SPDX-License-Identifier: ISC
"""A subscription by mail: the question, the answers to it, and that nobody
can make us talk."""
import email
import email.message
import email.policy

import pytest

from harness.maild import inbox, relay
from harness.scripted_smtp import ScriptedSmtp
from harness.wait import wait_until

JOIN = "Hej, jeg vil gerne tilmeldes nyhedsbrevet"
LEAVE = "Hej, vil I ikke nok framelde mig nyhedsbrevet"


class Box:
    """A daemon that reads a mailbox, and a relay that keeps its answers."""

    def __init__(self, maild, dovecot, user, smtp, keys="", env=None,
                 **inbox_keys):
        self.dovecot, self.user, self.smtp = dovecot, user, smtp
        self.daemon = maild(env=env)
        self.sent = 0
        self.tag = user.split("@")[0]
        secret = self.daemon.secret("password", dovecot.password)
        self.daemon.write_conf(
            relay(smtp.port, connections=2),
            inbox(dovecot.imaps_port, secret, dovecot.ca, user=user,
                  poll="1 s", **inbox_keys), keys=keys)
        self.daemon.start()

    def subscribe(self, *names):
        path = self.daemon.folder / "people.csv"
        path.write_text("email\n" + "\n".join(map(self.address, names)) + "\n")
        self.daemon.cli("subscribers", "import", path)
        return self

    def address(self, name):
        return f"{name}-{self.tag}@laeserne.example"

    def write(self, name, words, to=None, **fields):
        """A mail, in answer to `to` (bytes) where given; waits until it was
        handled and returns the log line's deed."""
        self.sent += 1
        m = email.message.EmailMessage()
        m["From"], m["To"] = self.address(name), "tg@lo-aarhus.dk"
        m["Subject"] = "Nyhedsbrev"
        m["Message-ID"] = f"<{self.sent}-{self.tag}@laeserne.example>"
        if to is not None:
            letter = email.message_from_bytes(to, policy=email.policy.SMTP)
            del m["Subject"]
            m["Subject"] = "Sv: " + letter["Subject"]
            m["In-Reply-To"] = letter["Message-ID"]
            m["References"] = (letter["References"] + " "
                               + letter["Message-ID"])
            words += "\n\nDen 1. november 2026 skrev Tue:\n" + "".join(
                f"> {line}\n" for line in
                letter.get_content().splitlines())
        for key, value in fields.items():
            del m[key.replace("_", "-")]
            m[key.replace("_", "-")] = value
        m.set_content(words + "\n")
        self.dovecot.deliver(self.user, m.as_bytes(policy=email.policy.SMTP))
        return self

    def deed(self):
        """What was done about the mail that was written last."""
        return self.daemon.wait_log(
            rf'message-id=\S*<{self.sent}-{self.tag}@\S+ kind=(\S+)'
            rf' subscriber=\d+ (\S+) evidence').group(2)

    def letters(self, name):
        return [letter for to, sender, letter in list(self.smtp.accepted)
                if to == self.address(name) and sender == ""]

    def letter(self, name, number=0):
        return wait_until(lambda: self.letters(name)[number:], "a letter")[0]

    def state(self, name):
        return self.daemon.json("subscribers", "show", self.address(name))[
            0]["subscriptions"][0]["state"]


@pytest.fixture
def box(maild, dovecot, user):
    with ScriptedSmtp() as smtp:
        yield lambda **keys: Box(maild, dovecot, user, smtp, **keys)


def test_the_whole_way(box):
    """Asked, confirmed, gone, back by the goodbye."""
    b = box()
    assert b.write("anna", JOIN).deed() == "asked"
    assert b.state("anna") == "pending"
    question = b.letter("anna")
    m = email.message_from_bytes(question, policy=email.policy.SMTP)
    assert m["Subject"] == "Vil du have nyhedsbrevet fra Rummelig imidt?"
    assert m["Auto-Submitted"] == "auto-replied"
    assert m["In-Reply-To"] == f"<1-{b.tag}@laeserne.example>"
    assert b"List-" not in question and JOIN.encode() not in question
    # Neither another person's yes nor one without our token counts.
    b.write("bo", "Ja tak", to=question)
    b.write("anna", "Ja tak")
    assert b.write("anna", "Hvad er det for noget?",
                   to=question).deed() == "for-review"
    assert b.state("anna") == "pending"
    assert b.write("anna", "Ja tak", to=question).deed() == "subscribed"
    assert b.state("anna") == "active"
    shown = b.daemon.json("subscribers", "show", b.address("anna"))[0]
    assert [(e["state"], e["how"], e["proof"]) for e in shown["ledger"]] == [
        ("pending", "reply", f"<1-{b.tag}@laeserne.example>"),
        ("active", "reply", f"<5-{b.tag}@laeserne.example>")]
    # Within seven days there is no goodbye for her.
    assert b.write("anna", LEAVE).deed() == "unsubscribed"
    assert len(b.letters("anna")) == 1


def test_a_machine_says_no_yes(box):
    """Someone else has asked in her name, and her machine, which does not say
    that it is one, answers us."""
    b = box()
    assert b.write("anna", JOIN).deed() == "asked"
    for words in ("Jeg er til møde.", "Kiitos viestistäsi. Palaamme asiaan."):
        assert b.write("anna", words,
                       to=b.letter("anna")).deed() == "for-review"
        assert b.state("anna") == "pending"
    # Sent back as it was.
    assert b.write("anna", "", to=b.letter("anna")).deed() == "subscribed"


def test_no_and_back_again(box):
    b = box()
    assert b.write("carl", JOIN).deed() == "asked"
    assert b.write("carl", "Nej tak, det har jeg ikke bedt om",
                   to=b.letter("carl")).deed() == "unsubscribed"
    assert b.state("carl") == "left"
    # A reader who leaves by mistake answers the goodbye, whose Message-ID
    # some relay has changed.
    b.subscribe("dora")
    assert b.write("dora", LEAVE).deed() == "unsubscribed"
    goodbye = b.letter("dora").replace(b".rm@", b"changed@")
    assert b"\r\nReferences: <" in goodbye
    assert b.write("dora", "Det var en fejl, jeg vil gerne have nyhedsbrevet"
                   " igen", to=goodbye).deed() == "subscribed"
    assert b.state("dora") == "active"


def test_nobody_can_make_us_talk(box):
    """A responder that answers all it gets, as a person would and as robots
    do; and a stranger who writes in another's name, again and again."""
    b = box()
    assert b.write("victim", JOIN).deed() == "asked"
    for i in range(3):
        assert b.write("victim", JOIN).deed() == "asked-already"
    question = b.letter("victim")
    b.write("victim", "Tak for din mail, som vi svarer på snarest",
            to=question, Auto_Submitted="auto-replied")
    b.write("victim", JOIN, to=question, Precedence="list",
            List_Id="<x.example>")
    b.write("victim", JOIN, to=question,
            Authentication_Results="mx.lo-aarhus.dk; dmarc=fail")
    assert b.deed() == "for-review"
    assert b.state("victim") == "pending"
    assert b.write("no-reply", JOIN, From="no-reply@laeserne.example"
                   ).deed() == "for-review"
    # Our own question, sent back to us as a mail of ours or of another
    # daemon that answers by itself.
    m = email.message_from_bytes(question, policy=email.policy.SMTP)
    fields = {"Auto_Submitted": m["Auto-Submitted"], "Subject": m["Subject"]}
    b.write("other", m.get_content() + JOIN, **fields)
    b.write("last", JOIN)
    assert b.deed() == "asked"
    b.letter("last")
    assert len(b.smtp.accepted) == 2


def test_switched_off(box):
    b = box(confirm="no")
    assert b.write("emil", JOIN).deed() == "for-review"
    assert "nobody" not in b.daemon.log() and b.smtp.accepted == []


def test_flood(box):
    """Too many who prove nothing wait for a person, who is told once; a mail
    that our own server vouches for is heard all the same."""
    b = box(keys="flood = 2\nflood-server = 9\n", authserv="mx.lo-aarhus.dk")
    names = [f"reader{i}" for i in range(6)]
    b.subscribe(*names)
    forged = "mx.example.org; dmarc=pass"
    deeds = [b.write(name, LEAVE, Authentication_Results=forged).deed()
             for name in names[:4]]
    assert deeds == ["unsubscribed"] * 2 + ["for-review"] * 2
    assert b.write(names[4], LEAVE, Authentication_Results="mx.lo-aarhus.dk; "
                   "spf=pass; dmarc=pass").deed() == "unsubscribed"
    assert b.write(names[5], LEAVE, Authentication_Results="mx.lo-aarhus.dk; "
                   "dmarc=fail").deed() == "for-review"
    assert b.daemon.log().count(" flood: ") == 1
    trouble = b.daemon.json("status")[0]["trouble"]
    assert any("4 requests to leave" in words for words in trouble), trouble
    assert len(b.daemon.json("review")) == 3
