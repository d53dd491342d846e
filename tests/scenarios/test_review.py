# SPDX-License-Identifier: ISC
"""Mail that waits for a person: from the mailbox to his decision and back to
the mailbox, against a real Dovecot."""
import sqlite3

from harness.wait import wait_until
from test_inbox import LEAVE, box, receiver  # noqa: F401

FOR_ANOTHER = "Frameld venligst {}"
UNCLEAR = "Måske skulle I framelde mig"


def waiting(b):
    return {m["message_id"].split("@")[0][1:]: m
            for m in b.daemon.json("review")}


def test_decided(box, receiver):  # noqa: F811
    """His own words are shown; the decision is done as if the mail had been
    clear, and then nothing of it is kept."""
    b = box(handled="move Svar").start()
    b.dovecot.client(b.user).create("Svar")
    b.deliver("bo@example.org", LEAVE, "stranger", subject="Re: \x07brev")
    b.deliver(b.people[0], FOR_ANOTHER.format(b.people[1]), "another")
    b.deliver("bo@example.org", "Skal vi spise frokost?", "lunch")
    b.deliver("bo@example.org", "", "empty", subject="")
    b.handled("empty")
    mails = waiting(b)
    assert sorted(mails) == ["another", "empty", "stranger"]
    assert mails["stranger"]["words"].strip() == LEAVE
    assert mails["stranger"]["addresses"] == [
        {"address": "bo@example.org", "state": "unknown"}]
    assert mails["another"]["proposal"] == "unsubscribe"
    assert "waiting: 3 mails for your decision" in b.daemon.cli("status").stdout

    # Nobody of that address is on the list: it waits on, for another one.
    refused = b.daemon.cli("review", "accept", mails["stranger"]["id"],
                           check=False)
    assert refused.returncode == 65
    assert "bo@example.org is not on the list" in refused.stderr
    b.daemon.cli("review", "accept", mails["stranger"]["id"], b.people[2])
    # One after the other, by lines.
    shown = b.daemon.cli("review", text="u\nk\n").stdout
    assert f"About    {b.people[1]} (on the list)" in shown
    assert "2 decided, 0 left for later." in shown
    assert [b.state(who) for who in range(3)] == ["active", "left", "left"]
    assert waiting(b) == {}
    assert b.rows("SELECT count(*) FROM review") == [(0,)]
    again = b.daemon.cli("review", "dismiss", mails["another"]["id"],
                         check=False)
    assert again.returncode == 65 and "decided already by" in again.stderr
    assert "unsubscribed by" in b.daemon.cli("incoming").stdout
    proofs = b.rows("SELECT how, proof FROM ledger WHERE state = 3 ORDER BY id")
    assert [how for how, _ in proofs] == [6, 6]
    assert "<another@laeserne.example>" in proofs[1][1]

    # What was done is moved, though no mail came; the rest stays as it was.
    wait_until(lambda: set(b.flags("Svar")) == {"stranger", "another"},
               "both mails to be moved")
    assert b.flags() == {"lunch": set(), "empty": set()}
    assert receiver.taken == []


def test_goodbye(box, receiver):  # noqa: F811
    """Who asked for it himself gets the goodbye that he would have got."""
    b = box().start()
    b.deliver(b.people[0], UNCLEAR, "unclear")
    b.handled("unclear")
    mail = waiting(b)["unclear"]
    assert mail["from"] == {"address": b.people[0], "state": "active"}
    assert "A goodbye goes out." in b.daemon.cli(
        "review", "accept", mail["id"], mail["from"]["address"]).stdout
    wait_until(lambda: receiver.taken, "the goodbye")
    assert receiver.taken[0][1] == b.people[0]
    assert b"<unclear@laeserne.example>" in receiver.taken[0][2]
    b.wait_flag("unclear", "$Unsubscribed")


def test_waits_no_longer_than_that(box):  # noqa: F811
    """After review-for what was kept is deleted, and said to be so."""
    b = box(keys='review-for = "1 d"\n').start()
    b.deliver("bo@example.org", LEAVE, "old")
    b.handled("old")
    number = waiting(b)["old"]["id"]
    b.daemon.stop()
    with sqlite3.connect(b.daemon.state / "rummelig-mail.sqlite") as db:
        db.execute("UPDATE incoming SET at_s = at_s - 90000")
    db.close()
    b.daemon.start()
    wait_until(lambda: waiting(b) == {}, "it to be let go of")
    assert b.rows("SELECT deed, decided_by FROM incoming") == [("lapsed", "")]
    late = b.daemon.cli("review", "accept", number, check=False)
    assert late.returncode == 65 and "waited too long" in late.stderr
