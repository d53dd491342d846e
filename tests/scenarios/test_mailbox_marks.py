# SPDX-License-Identifier: ISC
"""What a person sees in the mailbox of each kind of mail, each configured
for itself, at a real Dovecot; and of people's own mail no change at all."""
import email
import email.message
import email.policy

import pytest

from harness import people
from harness.receiver import Receiver
from harness.wait import wait_until
from test_inbox import Box, LEAVE, mail

REPORT = """From: {sender}
To: tg@lo-aarhus.dk
Subject: About your mail
Message-ID: <{number}@laeserne.example>
Content-Type: multipart/report; report-type={kind}; boundary=b

--b

A machine wrote this.
--b
{part}
--b
Content-Type: message/rfc822

{letter}
--b--
"""
BOUNCE = """Content-Type: message/delivery-status

Reporting-MTA: dns; mx.laeserne.example

Final-Recipient: rfc822; {address}
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 unknown user
"""
COMPLAINT = """Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: isp/1
Version: 1
"""
# What each kind becomes: a folder that is not there, or a keyword.
HANDLED = {"handled": "move Afmeldt", "handled_bounce": "move Retur/Døde",
           "handled_complaint": "keyword $Complaint",
           "handled_subscribe": "move Nye", "handled_review": "keyword $Ask",
           "handled_autoreply": "move Autosvar"}
RETUR = "Retur/D&APg-de"


@pytest.fixture
def box(maild, folder, dovecot, user):
    """With an issue out to its people; letters: {address: bytes}."""
    receiver = Receiver(dovecot, tls=False)
    b = Box(maild, folder, dovecot, user, receiver.port, people=6,
            poll="1 s", **HANDLED).start()
    (folder / "issue.md").write_text(people.issue(1))
    b.daemon.wait_issue(b.daemon.json("queue", folder / "issue.md")[0]["id"],
                        "finished")
    b.letters = {to: raw for _, to, raw in receiver.taken}
    yield b
    receiver.stop()


def report(b, number, kind, part, who):
    """A machine's report on the letter to person `who`."""
    address = b.people[who]
    text = REPORT.format(
        sender="MAILER-DAEMON@laeserne.example", number=number, kind=kind,
        part=part.format(address=address), letter=b.letters[address].decode())
    b.dovecot.deliver(
        b.user, text.replace("\r\n", "\n").replace("\n", "\r\n").encode(), "")


def away(b, number, who):
    letter = email.message_from_bytes(b.letters[b.people[who]])
    m = email.message_from_bytes(
        mail(b.people[who], "Jeg er på ferie til mandag.", number,
             "Autosvar: Nyhedsbrev"), policy=email.policy.SMTP)
    m["Auto-Submitted"] = "auto-replied"
    m["In-Reply-To"] = letter["Message-ID"]
    b.dovecot.deliver(b.user, m.as_bytes(), b.people[who])


def seen(b):
    """People's own mail: {uid: (flags, bytes)} of the inbox."""
    return {uid: (flags - {"\\Recent"}, raw)
            for uid, flags, raw in b.dovecot.messages(b.user)
            if b"@venner.example>" in raw}


def test_every_kind_for_itself(box, dovecot, user):
    private = [mail("bo@example.org", f"Skal vi spise frokost {i}?", i,
                    "Frokost").replace(b"@laeserne", b"@venner")
               for i in range(4)]
    client = dovecot.client(user)
    for raw, flags in zip(private, ("", "\\Seen", "\\Flagged \\Answered",
                                    "\\Seen \\Deleted Privat")):
        client.append("INBOX", f"({flags})", None, raw)
    before = seen(box)
    assert sorted(raw for _, raw in before.values()) == sorted(private)

    report(box, "bounce", "delivery-status", BOUNCE, 0)
    report(box, "complaint", "feedback-report", COMPLAINT, 1)
    away(box, "away", 2)
    box.deliver(box.people[3], LEAVE, "leave")
    box.deliver("ny@example.org", "Jeg vil gerne tilmeldes nyhedsbrevet",
                "join", subject="Tilmelding")
    box.deliver("fremmed@example.org", LEAVE, "stranger")
    # Whoever looks into a folder that is just being made may make it himself,
    # and only its maker subscribes to it: nobody looks before all is done.
    wait_until(lambda: box.rows(
        "SELECT count(*) FROM incoming WHERE owed = 0") == [(10,)],
        "all to be handled", 60)
    for number, where in (("bounce", RETUR), ("away", "Autosvar"),
                          ("leave", "Afmeldt"), ("join", "Nye")):
        assert box.flags(where) == {number: set()}
    ours = {k: v for k, v in box.flags().items() if not k.isdigit()}
    assert ours == {"complaint": {"$Complaint"}, "stranger": {"$Ask"}}
    assert [box.state(i) for i in range(6)] == \
        ["bounced", "complained", "active", "left", "active", "active"]
    assert box.rows("SELECT count(*) FROM incoming"
                    " WHERE deed = 'left-alone'") == [(len(private),)]
    assert seen(box) == before
    subscribed = b"\n".join(client.lsub()[1])
    for folder in (RETUR, "Afmeldt", "Nye", "Autosvar"):
        assert folder.encode() in subscribed, subscribed
    client.logout()
