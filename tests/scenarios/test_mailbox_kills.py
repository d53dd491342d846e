# SPDX-License-Identifier: ISC
"""A mailbox with a thousand mails of all kinds, read by a daemon that is killed
fifty times on the way: what is for us is done once, and all else is left as it
was, byte for byte and flag for flag."""
import os
import random
import subprocess
import time

import pytest

from harness import place
from harness.account import Killer
from harness.receiver import Receiver
from harness.wait import wait_until
from test_inbox import Box, LEAVE, mail

MAILS, KILLS, LEAVERS = 1000, 50, 150
FLAGS = ["", "S", "F", "R", "FS", "RS", "FRS"]  # Maildir's, in its order
HUMAN = ["Skal vi spise frokost på torsdag?",
         "Tak for et fint nyhedsbrev! Jeg læser det altid.",
         "Kan du sende referatet fra mødet? Jeg kan ikke finde det.",
         "Vi kommer fire til arrangementet, er der plads?"]


def mixed(folder, people):
    """[(bytes, does it ask to leave)]: robots' mail, requests, and people's."""
    subprocess.run(["/usr/bin/python3", place.ROOT /
                    "tests/robots/make_robots.py", folder, "--half", "a"],
                   check=True, stdout=subprocess.DEVNULL)
    found = [(path.read_bytes(), False)
             for path in sorted(folder.glob("**/*.eml"))]
    assert len(found) > 100
    found += [(mail(who, LEAVE, f"leave-{i}"), True)
              for i, who in enumerate(people)]
    found += [(mail(f"ven{i}@example.org", HUMAN[i % len(HUMAN)], f"human-{i}",
                    subject="Hej"), False) for i in range(MAILS - len(found))]
    return found


def fill(dovecot, user, mails, dice):
    """Into the Maildir, with whatever flags people have set."""
    _, _, uid, gid = place.server_user()
    when = int(time.time()) + 600
    for i, (text, _) in enumerate(mails):
        flags = dice.choice(FLAGS)
        place_ = dovecot.mail / user / ("cur" if flags else "new")
        path = place_ / (f"{when}.M{i:04}.host" +
                         (f":2,{flags}" if flags else ""))
        path.write_bytes(text)
        os.chown(path, uid, gid)
        os.utime(path, (when, when))


def seen(dovecot, user):
    return {uid: (flags - {"\\Recent"}, text)
            for uid, flags, text in dovecot.messages(user)}


@pytest.fixture
def receiver(dovecot):
    server = Receiver(dovecot, tls=False)
    yield server
    server.stop()


def test_a_thousand_mails(maild, folder, dovecot, user, receiver):
    dice = random.Random(50)
    dovecot.deliver(user, b"From: x@example.org\r\n\r\nthe folder is made\r\n")
    b = Box(maild, folder, dovecot, user, receiver.port, people=LEAVERS)
    mails = mixed(folder / "robots", b.people)
    dice.shuffle(mails)
    b.start()  # the people are on the list before anything is read
    b.daemon.stop()
    fill(dovecot, user, mails, dice)
    before = seen(dovecot, user)
    assert len(before) == MAILS + 1
    b.daemon.start()
    killer = Killer(b.daemon, 51, ("inbox", "reader"))

    def count():
        return b.rows("SELECT count(*) FROM incoming")[0][0]

    # One mail that kills its reader twice is set aside: so there is progress
    # between two kills, and more than by what had been read at the first one and
    # was only written down after it.
    last = -1
    for i in range(KILLS):
        least = max(last + 4, (MAILS - 50) * i // KILLS)
        wait_until(lambda least=least: count() >= min(least, MAILS),
                   f"{least} mails to be read", 120)
        killer.kill()
        last = count()
    wait_until(lambda: count() == MAILS, "all mails to be read", 240)
    wait_until(lambda: b.rows("SELECT count(*) FROM incoming WHERE owed = 1")
               == [(0,)], "all marks", 60)
    after = seen(dovecot, user)
    text_asks = {text.replace(b"\r\n", b"\n") for text, asks in mails if asks}
    for uid, (flags, text) in before.items():
        own = {"$Unsubscribed"} if text.replace(b"\r\n", b"\n") in text_asks \
            else set()
        assert after[uid] == (flags | own, text), uid
    assert killer.kills == KILLS and killer.killed["inbox"] > 5
    # Once each: in the ledger, in the list of what was read, and a goodbye.
    assert b.rows("SELECT count(*), count(DISTINCT subscriber_id) FROM ledger"
                  " WHERE state = 3") == [(LEAVERS, LEAVERS)]
    assert b.rows("SELECT count(*) FROM subscription WHERE state = 3") == \
        [(LEAVERS,)]
    assert b.rows("SELECT count(DISTINCT uid) FROM incoming") == [(MAILS,)]
    assert b.rows("SELECT evidence FROM incoming WHERE deed = 'set-aside'") \
        == []
    assert b.rows("SELECT count(*) FROM issue WHERE kind = 0") == [(LEAVERS,)]
    print(f"{MAILS} mails, killed: {killer.killed}")
