# SPDX-License-Identifier: ISC
"""An issue's ways: filled while it goes, held and cancelled at any moment, in
the hours of its list, and what a person's word does to single letters."""
import datetime
import os
import re
import signal
import sqlite3

import pytest

from harness import people
from harness.maild import LIST, relay
from harness.scripted_smtp import ScriptedSmtp
from harness.sink import Sink
from harness.wait import wait_until

QUICK = 'retry-first = "1 s"\nretry-last = "2 s"\n'
CONNECTIONS = 4


def begin(maild, folder, addresses, *blocks, keys=QUICK, **more):
    """A daemon with these subscribers, and an issue's file."""
    daemon = maild(*blocks, keys=keys, **more).start()
    (folder / "people.csv").write_text("email\n" + "\n".join(addresses) + "\n")
    daemon.cli("subscribers", "import", folder / "people.csv")
    (folder / "issue.md").write_text(people.issue(1))
    return daemon


def adds_up(daemon, number):
    """What is counted is what is there, and all of it."""
    issue = daemon.issue(number)
    with sqlite3.connect(daemon.state / "rummelig-mail.sqlite") as store:
        there = dict(store.execute(
            "SELECT state, count(*) FROM delivery WHERE issue_id = ?"
            " GROUP BY state", (number,)))
        doubted = store.execute(
            "SELECT count(*) FROM delivery WHERE issue_id = ? AND doubts > 0",
            (number,)).fetchone()[0]
    store.close()
    names = ("waiting", "leased", "sending", "deferred", "doubt", "sent",
             "failed", "cancelled")
    assert issue["counts"] == {
        name: there.get(n, 0) for n, name in enumerate(names)}
    assert sum(issue["counts"].values()) == issue["audience"]
    assert issue["doubted"] == doubted
    return issue


def test_the_first_letter_does_not_wait_for_the_last_row(maild, folder):
    addresses = [people.address(n) for n in range(30000)]
    with Sink(folder) as sink:
        daemon = begin(maild, folder, addresses,
                       relay(sink.port, connections=CONNECTIONS))
        number = daemon.json("queue", folder / "issue.md")[0]["id"]
        wait_until(sink.lines, "the first letter")
        assert not re.search(f"issue={number} filled", daemon.log())
        # Held while it is filled: filled on, and nothing more goes.
        daemon.cli("hold", number, "typo")
        held = len(sink.lines())
        wait_until(lambda: daemon.issue(number)["filled"], "the last row")
        issue = daemon.issue(number)
        assert issue["state"] == "held"
        assert issue["audience"] == len(addresses)
        assert len(sink.lines()) <= held + CONNECTIONS
        # Cancelled: nothing waits any more, and it adds up.
        daemon.cli("cancel", "--yes", number)
        wait_until(lambda: daemon.issue(number)["counts"]["waiting"] == 0,
                   "that all are cancelled")
        counts = adds_up(daemon, number)["counts"]
        assert counts["sent"] + counts["cancelled"] == len(addresses)


def test_cancelled_while_it_is_filled(maild, folder):
    addresses = [people.address(n) for n in range(30000)]
    with Sink(folder, "--dot-delay-ms", "200") as sink:
        daemon = begin(maild, folder, addresses,
                       relay(sink.port, connections=CONNECTIONS))
        number = daemon.json("queue", folder / "issue.md")[0]["id"]
        daemon.cli("cancel", "--yes", number)
        assert not re.search(f"issue={number} filled", daemon.log())
        wait_until(lambda: {k for k, n in daemon.issue(number)["counts"].items()
                            if n > 0} <= {"sent", "cancelled"},
                   "that nothing is open")
        issue = adds_up(daemon, number)
        assert issue["state"] == "cancelled" and issue["filled"]
        assert issue["audience"] < len(addresses)


@pytest.mark.parametrize("word", ["hold", "cancel"])
def test_a_word_works_at_once(word, maild, folder):
    """With a slow relay no more goes than was on the wire."""
    addresses = [people.address(n) for n in range(500)]
    with Sink(folder, "--dot-delay-ms", "300") as sink:
        daemon = begin(maild, folder, addresses,
                       relay(sink.port, connections=CONNECTIONS))
        number = daemon.json("queue", folder / "issue.md")[0]["id"]
        wait_until(lambda: len(sink.lines()) >= 2 * CONNECTIONS, "letters")
        daemon.cli(*([word, number] + ["--yes"] * (word == "cancel")))
        before = len(sink.lines())
        wait_until(lambda: not any(
            daemon.issue(number)["counts"][s] for s in ("leased", "sending")),
            "that the wire is empty")
        assert len(sink.lines()) <= before + CONNECTIONS
        adds_up(daemon, number)


def test_who_leaves_before_the_turn_gets_nothing(maild, folder):
    addresses = [people.address(n) for n in range(20)]
    with ScriptedSmtp({addresses[0]: ["dot wait"]}) as smtp:
        daemon = begin(maild, folder, addresses,
                       relay(smtp.port, connections=1))
        number = daemon.json("queue", folder / "issue.md")[0]["id"]
        wait_until(lambda: daemon.issue(number)["counts"]["sending"] == 1,
                   "the first letter on the wire")
        daemon.cli("subscribers", "remove", addresses[7])
        smtp.gate.set()
        daemon.wait_issue(number, "finished")
        assert sorted(smtp.recipients()) == sorted(
            addresses[:7] + addresses[8:])
        issue = adds_up(daemon, number)
        assert issue["counts"]["cancelled"] == 1
        assert re.search(r"finished sent=19 failed=0 cancelled=1 audience=20",
                         daemon.log())


def window_around(now, first, last):
    """A window of Copenhagen that is open from hour `first` to `last` from
    now, as the configuration has it."""
    days = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    begin_at = now + datetime.timedelta(hours=first)
    end_at = now + datetime.timedelta(hours=last)
    return (f"{days[begin_at.weekday()]} {begin_at:%H:%M}-{end_at:%H:%M}")


def listed(window):
    return LIST.rstrip().rstrip("}") + (
        f'    send-window = "{window}"\n    time-zone = "UTC"\n}}\n')


def test_hours_that_cannot_be_known_are_not_open(maild, folder):
    now = datetime.datetime.now(datetime.timezone.utc)
    with ScriptedSmtp() as smtp:
        daemon = begin(maild, folder, [people.address(1)], relay(smtp.port),
                       list_block=listed(window_around(now, 3, 5)))
        number = daemon.json("queue", folder / "issue.md")[0]["id"]
        daemon.wait_issue(number, "scheduled")
        store = sqlite3.connect(daemon.state / "rummelig-mail.sqlite")
        store.execute("ALTER TABLE list RENAME TO gone")
        store.commit()
        os.kill(daemon.pids()["sender"], signal.SIGKILL)  # the next one looks
        daemon.wait_log("a list cannot be read: .*trying again")
        store.execute("ALTER TABLE gone RENAME TO list")
        store.commit()
        store.close()
        daemon.cli("test", folder / "issue.md", "me@lo-aarhus.dk")
        wait_until(lambda: smtp.recipients() == ["me@lo-aarhus.dk"],
                   "the test copy")
        assert f"issue={number} begins" not in daemon.log()
        assert daemon.issue(number)["state"] == "scheduled"


def test_outside_of_its_hours_a_list_sends_nothing(maild, folder):
    now = datetime.datetime.now(datetime.timezone.utc)
    addresses = [people.address(n) for n in range(5)]
    with ScriptedSmtp() as smtp:
        daemon = begin(maild, folder, addresses, relay(smtp.port),
                       list_block=listed(window_around(now, 3, 5)))
        number = daemon.json("queue", folder / "issue.md")[0]["id"]
        daemon.wait_issue(number, "scheduled")
        goes_on = daemon.issue(number)["goes_on_s"]
        assert abs(goes_on - (now.timestamp() + 3 * 3600)) < 61
        assert "goes on" in daemon.cli("show", number).stdout
        # Test copies go, and a letter that is set going waits all the same.
        daemon.cli("test", folder / "issue.md", "me@lo-aarhus.dk")
        wait_until(lambda: smtp.recipients() == ["me@lo-aarhus.dk"],
                   "the test copy")
        daemon.cli("hold", number)
        daemon.cli("release", number)
        daemon.cli("test", folder / "issue.md", "you@lo-aarhus.dk")
        wait_until(lambda: len(smtp.recipients()) == 2, "the second copy")
        assert daemon.issue(number)["goes_on_s"] == goes_on
        assert not set(smtp.recipients()) & set(addresses)
        # The admin opens the window.
        daemon.write_conf(relay(smtp.port), keys=QUICK,
                          list_block=listed(window_around(now, -2, 2)))
        daemon.stop()
        daemon.start()
        daemon.wait_issue(number, "finished")
        assert set(smtp.recipients()) >= set(addresses)
        assert daemon.issue(number)["goes_on_s"] == 0


def test_what_failed_is_tried_again(maild, folder):
    addresses = [people.address(n) for n in range(6)]
    script = {a: ["rcpt 552 5.2.2 full"] for a in addresses[:2]}
    with ScriptedSmtp(script) as smtp:
        daemon = begin(maild, folder, addresses, relay(smtp.port))
        number = daemon.json("queue", folder / "issue.md")[0]["id"]
        daemon.wait_issue(number, "finished")
        assert adds_up(daemon, number)["counts"]["failed"] == 2
        out = daemon.cli("retry", number, "--failed").stdout
        assert out == f"{number}: 2 letters are tried again.\n"
        wait_until(lambda: daemon.issue(number)["counts"]["sent"] == 6,
                   "those that failed")
        daemon.wait_issue(number, "finished")
        adds_up(daemon, number)
        assert sorted(smtp.recipients()) == sorted(addresses)


def test_doubt_is_closed_or_sent_by_a_persons_word(maild, folder):
    addresses = [people.address(n) for n in range(5)]
    with ScriptedSmtp() as smtp:
        daemon = begin(maild, folder, addresses, relay(smtp.port))
        number = daemon.json("queue", folder / "issue.md")[0]["id"]
        daemon.wait_issue(number, "finished")
        daemon.stop()
        # As after a power cut: three may have arrived, and it is held.
        with sqlite3.connect(daemon.state / "rummelig-mail.sqlite") as store:
            store.execute("UPDATE issue SET state = 4")
            store.execute("UPDATE delivery SET state = 4, doubts = 1, due_s = 0"
                          " WHERE id <= 3")
            store.execute("UPDATE tally SET doubt = 3, sent = 2, doubted = 3")
        store.close()
        daemon.start()
        rows = daemon.json("doubt", number)
        assert [row["state"] for row in rows] == ["doubt"] * 3
        daemon.cli("doubt", number, "--close", rows[0]["address"])
        daemon.cli("doubt", number, "--resend", rows[1]["address"])
        daemon.cli("doubt", number, "--close", rows[2]["address"])
        daemon.cli("release", number)
        daemon.wait_issue(number, "finished")
        assert sorted(smtp.recipients()) == sorted(
            addresses + [rows[1]["address"]])
        issue = adds_up(daemon, number)
        assert issue["counts"]["sent"] == 5 and issue["doubted"] == 3
        replies = {row["address"]: row["reply"]
                   for row in daemon.json("who", number)}
        assert replies[rows[0]["address"]].startswith("closed by ")
