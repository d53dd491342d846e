# SPDX-License-Identifier: ISC
"""Every worker killed at random moments while an issue goes out and mail comes
in: control, inbox, the reader of hostile mail, the sender, all of them.  Each
recipient gets one letter, each request is done once, each import is whole."""
import sqlite3
import subprocess

from harness import people
from harness.account import (PATIENCE_S, SOAK, Killer, finish, most_doubt,
                             send, settle)
from harness.maild import inbox, relay
from harness.sink import Sink
from harness.wait import wait_until

CONNECTIONS = 10
RECIPIENTS = 20_000 if SOAK else 1500
KILLS = 200 if SOAK else 10
MAILS = 3  # before each kill, so that there is something to read
WORKERS = ("sender", "control", "inbox", "reader")
ANSWERS_PER_HOUR = 200  # the daemon writes no more goodbyes than these
LATE = 10_000 if SOAK else 1000  # are imported meanwhile


def leaver(n):
    return f"leaver{n}@laeserne.example"


def request(n):
    return (f"From: {leaver(n)}\r\nTo: tg@lo-aarhus.dk\r\nSubject: Nyhedsbrev\r\n"
            f"Message-ID: <leave-{n}@laeserne.example>\r\n"
            "Date: Mon, 02 Nov 2026 09:00:00 +0100\r\n\r\n"
            "Hej, vil I ikke nok framelde mig nyhedsbrevet\r\n").encode()


class Store:
    """Questions to the daemon's store, which may be busy or just killed."""

    def __init__(self, daemon):
        self.path = daemon.state / "rummelig-mail.sqlite"

    def rows(self, sql):
        db = sqlite3.connect(f"file:{self.path}?mode=ro", uri=True, timeout=60)
        try:
            return db.execute(sql).fetchall()
        finally:
            db.close()

    def number(self, sql):
        return self.rows(sql)[0][0]


def test_every_worker_at_random_moments(maild, folder, dovecot, user):
    """Who leaves is not among the issue's readers: what becomes of them does
    not depend on whether they were quicker than their letter."""
    daemon = maild()
    secret = daemon.secret("password", dovecot.password)
    with Sink(folder, "--dot-delay-ms", "10") as sink:
        daemon.write_conf(
            relay(sink.port, connections=CONNECTIONS),
            inbox(dovecot.imaps_port, secret, dovecot.ca, user=user),
            keys='retry-first = "1 s"\nretry-last = "2 s"\nsenders = 2\n')
        daemon.start()
        number = send(daemon, folder, RECIPIENTS)
        wait_until(lambda: daemon.issue(number)["filled"], "the issue's rows",
                   PATIENCE_S)
        store = Store(daemon)
        leavers = KILLS * MAILS
        add(daemon, folder, [leaver(n) for n in range(leavers)])
        late = [f"late{n}@laeserne.example" for n in range(LATE)]
        importer = importing(daemon, folder, late)
        killer = Killer(daemon, RECIPIENTS, WORKERS)
        when_died = -1
        sure = list(WORKERS)  # once each, before chance decides
        for first in range(0, leavers, MAILS):
            for n in range(first, first + MAILS):
                dovecot.deliver(user, request(n))
            killer.wait(sink, killer.dice.randrange(RECIPIENTS // KILLS // 2))
            # A mail that two readers die of is set aside, rightly: so each
            # reader that dies has read something since the one before.
            read = store.number("SELECT count(*) FROM incoming")
            if sure:
                killer.kill_one(sure.pop(0))
                when_died = read
                continue
            spared = () if read > when_died else ("reader",)
            if killer.kill(but=spared) == "reader":
                when_died = read
            if importer.poll() is not None:
                importer = importing(daemon, folder, late)
        finish(daemon, number)
        importer.wait(PATIENCE_S)
        wait_until(lambda: through(store, leavers),
                   "the mail to be dealt with", PATIENCE_S)
        print(killer.killed)
        assert settle(daemon, sink, number, RECIPIENTS, killer.kills,
                      strangers=True) <= CONNECTIONS * killer.kills
        assert most_doubt(daemon) <= CONNECTIONS
        assert all(killer.killed[w] for w in (*WORKERS, "daemon"))
        left_once(store, sink, leavers)
        # What an import had not come to, the same one adds; none twice.
        daemon.cli("subscribers", "import", folder / "late.csv")
        assert store.rows(
            "SELECT count(*), count(DISTINCT subscriber_id) FROM ledger WHERE"
            " subscriber_id IN (SELECT id FROM subscriber WHERE address"
            " LIKE 'late%')") == [(LATE, LATE)]


def add(daemon, folder, addresses):
    (folder / "more.csv").write_text("email\n" + "\n".join(addresses) + "\n")
    daemon.cli("subscribers", "import", folder / "more.csv")


def importing(daemon, folder, addresses):
    """A command whose daemon may die: it then says so and ends."""
    (folder / "late.csv").write_text("email\n" + "\n".join(addresses) + "\n")
    return subprocess.Popen(
        [daemon.build / "rummelig-mail", "--socket", daemon.socket,
         "subscribers", "import", folder / "late.csv"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=daemon.env)


def through(store, leavers):
    """All mail is read, nothing is owed, and the answers have gone, but for
    what was in doubt twice and is left to a person."""
    return store.rows("SELECT count(*), total(owed) FROM incoming") == \
        [(leavers, 0)] and \
        store.number("SELECT count(*) FROM issue WHERE kind = 0") >= \
        min(leavers, ANSWERS_PER_HOUR) and not store.number(
            "SELECT count(*) FROM delivery WHERE state < 5 AND issue_id IN"
            " (SELECT id FROM issue WHERE kind = 0)"
            " AND NOT (state = 4 AND due_s = 0)")


def left_once(store, sink, leavers):
    """Each request led to one entry of the ledger and, up to the hour's limit,
    one goodbye; to a second one only where its row stood in doubt."""
    assert store.rows("SELECT count(*), count(DISTINCT subscriber_id) FROM"
                      " ledger WHERE state = 3") == [(leavers, leavers)]
    assert store.rows("SELECT DISTINCT kind, deed FROM incoming") == \
        [("unsub", "unsubscribed")]
    answers = store.rows(
        "SELECT address, doubts, state = 5 FROM delivery JOIN subscriber"
        " ON subscriber.id = subscriber_id WHERE address LIKE 'leaver%'")
    came = {}
    for address, _ in sink.lines():
        came[address] = came.get(address, 0) + 1
    assert {row[0] for row in answers} <= {leaver(n) for n in range(leavers)}
    assert len({row[0] for row in answers}) == len(answers) == \
        store.number("SELECT count(*) FROM issue WHERE kind = 0")
    for address, doubts, sent in answers:
        assert sent <= came.get(address, 0) <= 1 + doubts, (address, doubts)
    assert {people.address(n) for n in range(1, RECIPIENTS + 1)} <= set(came)
