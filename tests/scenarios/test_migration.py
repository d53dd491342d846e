# SPDX-License-Identifier: ISC
"""A store of the first version, full of everything, in the hands of this
program: nothing is lost, and what was half sent goes on."""
import collections
import contextlib
import email
import re
import sqlite3
import subprocess

import pytest

from harness import people, place
from harness.maild import relay
from harness.scripted_smtp import ScriptedSmtp
from harness.wait import wait_until

QUICK = 'retry-first = "1 s"\nretry-last = "2 s"\n'
SCHEMA = (place.ROOT / "lists/schema.sql").read_text()
BLOCKS = re.split(r"^-- version \d+$", SCHEMA, flags=re.MULTILINE)[1:]
READERS = 12
WAITING, LEASED, SENDING, DEFERRED, DOUBT, SENT, FAILED, CANCELLED = range(8)


@contextlib.contextmanager
def opened(path):
    store = sqlite3.connect(path)
    yield store
    store.commit()
    store.close()


def columns(store):
    """{table: its columns}"""
    return {table: [row[1] for row in store.execute(
        f"PRAGMA table_info({table})")] for table, in store.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()}


def rows(store, tables):
    return {table: sorted(store.execute(
        f"SELECT {', '.join(names)} FROM {table}").fetchall(), key=repr)
        for table, names in tables.items()}


def as_version(number, old, new):
    """Writes `new` as that version would have, with what `old` holds."""
    with opened(new) as store:
        for block in BLOCKS[:number]:
            store.executescript(block)
        store.execute("DELETE FROM store")
        store.execute("ATTACH ? AS old", (str(old),))
        there = {name for name, in store.execute(
            "SELECT name FROM old.sqlite_schema")}
        for table, names in columns(store).items():
            assert table in there
            store.execute(f"DELETE FROM {table}")
            store.execute(f"INSERT INTO {table} ({', '.join(names)})"
                          f" SELECT {', '.join(names)} FROM old.{table}")
        store.commit()
        store.execute("DETACH old")
        store.execute(f"PRAGMA user_version = {number}")
    new.chmod(0o600)


def half_sent(maild, folder, smtp):
    """A daemon that has stopped in the middle: an issue that is held, with
    letters sent, failed, deferred and waiting, others that are finished,
    cancelled and planned; returns it and the number of the first."""
    daemon = maild(relay(smtp.port, connections=1), keys=QUICK).start()
    (folder / "people.csv").write_text(people.csv(READERS, first=0))
    daemon.cli("subscribers", "import", folder / "people.csv")
    for n in range(1, 4):
        (folder / f"{n}.md").write_text(people.issue(n))
    daemon.cli("test", folder / "1.md", "me@lo-aarhus.dk")
    number = daemon.json("queue", folder / "1.md")[0]["id"]
    wait_until(lambda: daemon.issue(number)["counts"]["sending"] == 1,
               "the letter that waits for the gate")
    daemon.cli("hold", number, "typo")
    smtp.gate.set()
    wait_until(lambda: not any(daemon.issue(number)["counts"][s]
                               for s in ("leased", "sending")), "the wire")
    for n, words in ((2, ["--at", "2027-01-04 09:00"]), (3, [])):
        last = daemon.json("queue", folder / f"{n}.md", *words)[0]["id"]
        daemon.wait_issue(last, "scheduled", "sending", "finished")
    daemon.cli("cancel", "--yes", last, check=False)
    daemon.cli("subscribers", "remove", people.address(11))
    daemon.stop()
    return daemon, number


def add_the_rest(path, number):
    """What an hour's work leaves beside that: a mailbox that was read, leases
    of a boot that has ended, an issue whose rows are being written."""
    with opened(path) as store:
        store.execute("INSERT INTO mailbox (id, name, uidvalidity, uid)"
                      " VALUES (1, 'tg/INBOX', 77, 9)")
        store.execute(
            "INSERT INTO incoming (mailbox_id, uidvalidity, uid, digest, kind,"
            " deed, at_s, subscriber_id, message_id, evidence, owed) VALUES"
            " (1, 77, 9, x'01', 'unsub', 'unsubscribed', 5, 1, '<a@b>', 'æ',"
            " 1)")
        lease, = store.execute(
            "INSERT INTO lease (worker, boot_id, connections, until_s)"
            " SELECT worker, 'another boot', 1, 9 FROM lease"
            " RETURNING id").fetchone()
        for state in (LEASED, SENDING):
            store.execute(
                "UPDATE delivery SET state = ?, lease_id = ?, tries = 1 WHERE"
                " id = (SELECT max(id) FROM delivery WHERE issue_id = ? AND"
                " state = ?)", (state, lease, number, WAITING))
        store.execute(
            "UPDATE delivery SET state = ?, doubts = 1, due_s = 0 WHERE id ="
            " (SELECT max(id) FROM delivery WHERE issue_id = ? AND state = ?)",
            (DOUBT, number, WAITING))
        filling, = store.execute(
            "INSERT INTO issue (kind, list_id, state, reason, subject, sender,"
            " digest, created_s, due_s, changed_s, filled_to, audience) SELECT"
            " kind, list_id, 0, '', subject, sender, x'77', created_s, due_s,"
            " changed_s, 2, 2 FROM issue WHERE id = ? RETURNING id",
            (number,)).fetchone()
        store.execute("INSERT INTO issue_body SELECT ?, source, message FROM"
                      " issue_body WHERE issue_id = ?", (filling, number))
        store.execute(
            "INSERT INTO delivery (issue_id, subscriber_id, state, due_s, at_s,"
            " date_s, tries, doubts, lease_id, relay, reply) SELECT ?, id, 0,"
            " 1, 1, 0, 0, 0, 0, '', '' FROM subscriber WHERE id <= 2",
            (filling,))
    return filling


@pytest.mark.parametrize("version", range(1, len(BLOCKS)))
def test_from_an_older_version(version, maild, folder):
    script = {people.address(1): ["rcpt 550 5.1.1 no such user"],
              people.address(2): ["rcpt 450 4.2.0 later"] * 2,
              people.address(5): ["dot wait"]}
    with ScriptedSmtp(script) as smtp:
        daemon, number = half_sent(maild, folder, smtp)
        path = daemon.state / "rummelig-mail.sqlite"
        old = folder / "old.sqlite"
        as_version(version, path, old)
        filling = add_the_rest(old, number) if version == 1 else 0
        with opened(old) as store:
            tables = columns(store)
            before = rows(store, tables)
        assert version > 1 or all(before.values()), \
            [t for t, there in before.items() if not there]
        for tail in ("", "-wal", "-shm"):
            path.with_name(path.name + tail).unlink(missing_ok=True)
        old.rename(path)

        subprocess.run([daemon.build / "tests/tools/migrate", path],
                       check=True, timeout=60)
        with opened(path) as store:
            assert rows(store, tables) == before
            check(store)
        taken = len(smtp.accepted)
        daemon.start()
        daemon.cli("release", number)
        for n in filter(None, (number, filling)):
            wait_until(lambda n=n: through(daemon, n), f"issue {n}", 60)
        issue = daemon.issue(number)
        assert issue["audience"] == READERS
        assert (issue["counts"]["failed"], issue["counts"]["cancelled"]) == \
            (1, 1), issue
        assert issue["counts"]["sent"] == READERS - 2
        # Once each, but for what was in doubt; and nobody is said to have
        # got what did not arrive.
        times = collections.Counter(
            email.message_from_bytes(letter)["Message-ID"]
            for _, _, letter in smtp.accepted)
        doubtful = {row["message_id"]
                    for row in daemon.json("who", number, "--doubtful")}
        assert len(doubtful) == (3 if version == 1 else 0)
        assert {i for i, n in times.items() if n > 1} <= doubtful
        assert {row["message_id"] for n in filter(None, (number, filling))
                for row in daemon.json("who", n)
                if row["state"] == "sent"} <= set(times)
        assert len(smtp.accepted) > taken
        if filling:
            # One row was there whose reader's address has died since.
            assert daemon.issue(filling)["filled"]
            assert daemon.issue(filling)["audience"] == READERS - 1
            assert daemon.issue(filling)["counts"]["cancelled"] == 1
        assert daemon.json("subscribers", "show", people.address(1))[0][
            "subscriptions"][0]["state"] == "bounced"


def through(daemon, number):
    """Finished, with the word of a person for what stays in doubt."""
    issue = daemon.issue(number)
    if issue["state"] == "held":
        daemon.cli("release", number, check=False)
    counts = issue["counts"]
    if counts["doubt"] and not counts["waiting"] + counts["leased"]:
        daemon.cli("doubt", number, "--resend", check=False)
    return issue["state"] == "finished"


def check(store):
    """What the newer versions count agrees with what is there."""
    assert store.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert store.execute("PRAGMA foreign_key_check").fetchall() == []
    assert store.execute("PRAGMA user_version").fetchone() == (len(BLOCKS),)
    for issue, *counted, doubted in store.execute("SELECT * FROM tally"):
        there = [store.execute(
            "SELECT count(*) FROM delivery WHERE issue_id = ? AND state = ?",
            (issue, state)).fetchone()[0] for state in range(8)]
        assert counted == there
        assert doubted == store.execute(
            "SELECT count(*) FROM delivery WHERE issue_id = ? AND doubts > 0",
            (issue,)).fetchone()[0]
    assert store.execute(
        "SELECT count(*) FROM delivery WHERE issue_id NOT IN"
        " (SELECT issue_id FROM tally)").fetchone() == (0,)
    assert store.execute("SELECT count(*) FROM issue WHERE (state = 0) ="
                         " (filled = 1)").fetchone() == (0,)
