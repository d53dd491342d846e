# SPDX-License-Identifier: ISC
"""What relays do to us, and what becomes of the letters: a scripted server
and the whole daemon."""
import datetime
import email
import re
import sqlite3
import threading

import pytest

from harness import certs, people
from harness.maild import relay
from harness.scripted_smtp import ScriptedSmtp
from harness.sink import Sink
from harness.wait import free_port, wait_until

QUICK = 'retry-first = "1 s"\nretry-last = "2 s"\n'


def begin(maild, folder, addresses, *blocks, keys=QUICK):
    """A daemon with these subscribers that has queued an issue."""
    daemon = maild(*blocks, keys=keys).start()
    (folder / "people.csv").write_text("email\n" + "\n".join(addresses) + "\n")
    daemon.cli("subscribers", "import", folder / "people.csv")
    (folder / "issue.md").write_text(people.issue(1))
    return daemon, daemon.json("queue", folder / "issue.md")[0]["id"]


def fate(daemon, number):
    """{address: its row}"""
    return {row["address"]: row for row in daemon.json("who", number)}


def standing(daemon, address):
    return daemon.json("subscribers", "show", address)[0][
        "subscriptions"][0]["state"]


REPLIES = [
    # steps at the server, state, in the reply, subscription, times accepted
    ([], "sent", "250 2.0.0 queued", "active", 1),
    (["rcpt 550 5.1.1 no such user"], "failed", "550 5.1.1 no", "bounced", 0),
    (["rcpt 550 User unknown in table"], "failed", "550 User", "bounced", 0),
    (["dot 550 5.1.1 seen late"], "failed", "550 5.1.1", "bounced", 0),
    (["rcpt 552 5.2.2 full"], "failed", "552 5.2.2 full", "active", 0),
    (["dot 554 5.7.1 spam|see our page|bye"], "failed",
     "554 5.7.1 spam / see our page / bye", "active", 0),
    (["rcpt 450 4.2.0 later"], "sent", "250", "active", 1),
    (["data 451 4.3.0 later", "dot 452 4.3.1 later"], "sent", "250",
     "active", 1),
    (["rcpt 421 4.3.2 closing"], "sent", "250", "active", 1),
    (["dot 421 4.3.2 closing"], "sent", "250", "active", 1),
    (["rcpt drop"], "sent", "250", "active", 1),
    (["rcpt reset", "data drop"], "sent", "250", "active", 1),
    (["rcpt HTTP/1.1 400 Bad"], "sent", "250", "active", 1),
]


@pytest.mark.parametrize("offers", [["PIPELINING", "SIZE 10000000"], []],
                         ids=["pipelined", "lock-step"])
def test_replies(offers, maild, folder):
    addresses = [people.address(n) for n in range(len(REPLIES))]
    script = {a: row[0] for a, row in zip(addresses, REPLIES)}
    with ScriptedSmtp(script, offers) as smtp:
        daemon, number = begin(maild, folder, addresses,
                               relay(smtp.port, connections=3))
        issue = daemon.wait_issue(number, "finished")
        rows = fate(daemon, number)
        for address, row in zip(addresses, REPLIES):
            _, state, reply, subscription, times = row
            assert rows[address]["state"] == state, (row, rows[address])
            assert rows[address]["reply"].startswith(reply), (row, rows)
            assert standing(daemon, address) == subscription, row
            assert smtp.recipients().count(address) == times, row
        assert sum(issue["counts"].values()) == len(REPLIES)
        assert daemon.json("who", number, "--doubtful") == []
        assert re.search(r"finished sent=8 failed=5 cancelled=0", daemon.log())


@pytest.mark.parametrize("step", ["accept-drop", "accept-reset", "drop"])
def test_doubt_is_sent_once_more(step, maild, folder):
    address = people.address(1)
    with ScriptedSmtp({address: [f"dot {step}"]}) as smtp:
        daemon, number = begin(maild, folder, [address], relay(smtp.port))
        daemon.wait_issue(number, "finished")
        row, = daemon.json("who", number, "--doubtful")
        assert (row["address"], row["state"], row["doubts"]) == \
            (address, "sent", 1)
        ids = [email.message_from_bytes(letter)["Message-ID"]
               for _, _, letter in smtp.accepted]
        assert len(ids) == (2 if step.startswith("accept") else 1)
        assert set(ids) == {row["message_id"]}
        assert re.search(r"doubt relay=primary .*again_s=1", daemon.log())


def test_second_doubt_waits_for_a_person(maild, folder):
    address = people.address(1)
    steps = {address: ["dot accept-drop", "dot accept-drop"]}
    with ScriptedSmtp(steps) as smtp:
        daemon, number = begin(maild, folder, [address], relay(smtp.port))
        wait_until(lambda: fate(daemon, number)[address]["doubts"] == 2,
                   "the second doubt")
        assert fate(daemon, number)[address]["state"] == "doubt"
        assert daemon.issue(number)["state"] == "sending"
        assert len(smtp.accepted) == 2
        assert re.search(f"doubt relay=.* rummelig-mail doubt {number}",
                         daemon.log())


@pytest.mark.parametrize("step,doubts", [
    ("rcpt hang", 0), ("dot hang", 1), ("rcpt trickle", 0), ("dot trickle", 1)])
def test_silent_relay(step, doubts, maild, folder):
    """A late reply is never read as that of the next letter."""
    addresses = [people.address(n) for n in range(4)]
    with ScriptedSmtp({addresses[0]: [step]}) as smtp:
        daemon, number = begin(
            maild, folder, addresses,
            relay(smtp.port, connections=1, timeout="1 s"))
        daemon.wait_issue(number, "finished")
        rows = fate(daemon, number)
        assert {row["state"] for row in rows.values()} == {"sent"}
        assert rows[addresses[0]]["doubts"] == doubts
        assert sorted(smtp.recipients()) == sorted(addresses)


def test_sender_refused_holds_the_issue(maild, folder):
    addresses = [people.address(n) for n in range(30)]
    with ScriptedSmtp({"MAIL": ["550 5.7.60 not your address"]}) as smtp:
        daemon, number = begin(maild, folder, addresses,
                               relay(smtp.port, connections=1))
        issue = daemon.wait_issue(number, "held")
        assert "550 5.7.60 not your address" in issue["reason"]
        wait_until(lambda: daemon.issue(number)["counts"]["waiting"] == 30,
                   "all rows to wait")
        assert smtp.accepted == []
        daemon.cli("release", number)
        daemon.wait_issue(number, "finished")
        assert sorted(smtp.recipients()) == sorted(addresses)


def test_policy_holds_the_issue(maild, folder):
    addresses = [people.address(n) for n in range(40)]
    script = {a: ["dot 550 5.7.1 you are on a list"] for a in addresses}
    with ScriptedSmtp(script) as smtp:
        daemon, number = begin(maild, folder, addresses,
                               relay(smtp.port, connections=2))
        issue = daemon.wait_issue(number, "held")
        assert "refused by policy" in issue["reason"]
        assert 10 <= issue["counts"]["failed"] <= 12
        assert {standing(daemon, a) for a in addresses} == {"active"}


def test_auth_refused_holds_the_issue(maild, folder):
    addresses = [people.address(n) for n in range(3)]
    offers = ["PIPELINING", "AUTH PLAIN"]
    with ScriptedSmtp({"AUTH": ["535 5.7.8 wrong"]}, offers) as smtp:
        secret = folder / "secret"
        secret.touch(mode=0o600)
        secret.write_text("sesame\n")
        daemon, number = begin(
            maild, folder, addresses,
            relay(smtp.port, connections=1, user="tg",
                  password_file=str(secret)))
        issue = daemon.wait_issue(number, "held")
        assert "535" in issue["reason"]
        daemon.cli("release", number)
        daemon.wait_issue(number, "finished")
        assert len(smtp.accepted) == 3
        assert "sesame" not in daemon.words()


def test_too_old_is_failed(maild, folder):
    address = people.address(1)
    with ScriptedSmtp({address: ["rcpt 450 4.2.0 never"] * 99}) as smtp:
        daemon, number = begin(maild, folder, [address], relay(smtp.port),
                               keys=QUICK + 'retry-for = "2 s"\n')
        issue = daemon.wait_issue(number, "finished")
        assert issue["counts"]["failed"] == 1
        row = fate(daemon, number)[address]
        assert row["reply"] == "450 4.2.0 never"
        assert row["tries"] >= 2


def test_smtputf8(maild, folder):
    plain, special = people.address(1), "bjørn@laeserne.example"
    with ScriptedSmtp() as smtp:
        daemon, number = begin(maild, folder, [plain, special],
                               relay(smtp.port))
        daemon.wait_issue(number, "finished")
        rows = fate(daemon, number)
        assert rows[special]["state"] == "failed"
        assert "SMTPUTF8" in rows[special]["reply"]
        assert smtp.recipients() == [plain]
        assert standing(daemon, special) == "active"


def test_untrusted_certificate(maild, folder):
    """No letter, no EHLO after STARTTLS: the relay is not who it should be."""
    _, cert, key = certs.make(folder / "real")
    other, _, _ = certs.make(folder / "other")
    with ScriptedSmtp(tls=(cert, key)) as smtp:
        daemon, number = begin(
            maild, folder, [people.address(1)],
            relay(smtp.port, host="localhost", tls="required",
                  ca_file=str(other)))
        daemon.wait_log(r"relay=primary no connection: .*certificate.*"
                        r"trying again in 2 s")
        assert daemon.issue(number)["state"] == "sending"
        assert not [line for line in smtp.dialogue
                    if line.startswith(("MAIL", "AUTH"))]


@pytest.mark.parametrize("host", ["localhost"])
def test_starttls(host, maild, folder):
    ca, cert, key = certs.make(folder / "tls")
    addresses = [people.address(n) for n in range(5)]
    with ScriptedSmtp({addresses[0]: ["rcpt 450 4.2.0 later"]},
                      tls=(cert, key)) as smtp:
        daemon, number = begin(
            maild, folder, addresses,
            relay(smtp.port, host=host, tls="required", ca_file=str(ca),
                  connections=2))
        daemon.wait_issue(number, "finished")
        assert sorted(smtp.recipients()) == sorted(addresses)


def test_no_tls_offered(maild, folder):
    with ScriptedSmtp() as smtp:
        daemon, number = begin(maild, folder, [people.address(1)],
                               relay(smtp.port, tls="required"))
        daemon.wait_log(r"relay=primary no connection: .*STARTTLS")
        assert smtp.accepted == []
        assert daemon.issue(number)["state"] == "sending"


def test_one_relay_is_away(maild, folder):
    addresses = [people.address(n) for n in range(50)]
    with ScriptedSmtp() as smtp:
        daemon, number = begin(
            maild, folder, addresses,
            relay(free_port(), name="away", connections=5),
            relay(smtp.port, name="there", connections=2))
        daemon.wait_issue(number, "finished")
        assert sorted(smtp.recipients()) == sorted(addresses)
        assert {row["relay"] for row in fate(daemon, number).values()} == \
            {"there"}
        assert re.search(r"relay=away no connection: .*trying again",
                         daemon.log())


def test_stop_waits_for_the_wire(maild, folder):
    addresses = [people.address(n) for n in range(40)]
    script = {a: ["dot wait"] for a in addresses}
    with ScriptedSmtp(script) as smtp:
        daemon, number = begin(maild, folder, addresses,
                               relay(smtp.port, connections=4))
        wait_until(lambda: daemon.issue(number)["counts"]["sending"] == 4,
                   "four letters on the wire")
        stopper = threading.Thread(target=daemon.stop)
        stopper.start()
        daemon.wait_log("stopping: waits at most 30 s")
        smtp.gate.set()
        stopper.join()
        # And for those whose commands went behind them.
        assert 4 <= len(smtp.accepted) <= 8
        daemon.start()
        daemon.wait_issue(number, "finished")
        assert sorted(smtp.recipients()) == sorted(addresses)
        assert daemon.json("who", number, "--doubtful") == []


def test_stop_gives_up(maild, folder):
    """drain is over: what is on the wire is in doubt, and said so."""
    address = people.address(1)
    with ScriptedSmtp({address: ["dot accept-hang"]}) as smtp:
        daemon, number = begin(maild, folder, [address], relay(smtp.port),
                               keys=QUICK + 'drain = "1 s"\n')
        wait_until(lambda: smtp.accepted, "the letter")
        assert daemon.stop() == 0
        daemon.start()
        daemon.wait_issue(number, "finished")
        assert len(smtp.accepted) == 2
        assert daemon.json("who", number, "--doubtful")[0]["doubts"] == 1


def test_hold_in_the_middle(maild, folder):
    addresses = [people.address(n) for n in range(40)]
    script = {a: ["dot wait"] for a in addresses}
    with ScriptedSmtp(script) as smtp:
        daemon, number = begin(maild, folder, addresses,
                               relay(smtp.port, connections=4))
        wait_until(lambda: daemon.issue(number)["counts"]["sending"] == 4,
                   "four letters on the wire")
        daemon.cli("hold", number)
        wait_until(lambda: daemon.issue(number)["counts"]["waiting"] == 36,
                   "the others to wait")
        smtp.gate.set()
        wait_until(lambda: daemon.issue(number)["counts"]["sent"] == 4,
                   "the four to be sent")
        daemon.cli("release", number)
        daemon.wait_issue(number, "finished")
        assert sorted(smtp.recipients()) == sorted(addresses)


def test_cancel_in_the_middle(maild, folder):
    addresses = [people.address(n) for n in range(40)]
    script = {a: ["dot wait"] for a in addresses}
    with ScriptedSmtp(script) as smtp:
        daemon, number = begin(maild, folder, addresses,
                               relay(smtp.port, connections=4))
        wait_until(lambda: daemon.issue(number)["counts"]["sending"] == 4,
                   "four letters on the wire")
        daemon.cli("cancel", "--yes", number)
        smtp.gate.set()
        counts = wait_until(
            lambda: (lambda n: n if n["sent"] == 4 and n["cancelled"] == 36
                     else None)(daemon.issue(number)["counts"]),
            "4 sent and 36 cancelled")
        assert sum(counts.values()) == 40
        assert len(smtp.accepted) == 4


def test_sixteen_connections_to_a_slow_relay(maild, folder):
    """200 ms for each dot: the connections do not wait for each other."""
    addresses = [people.address(n) for n in range(320)]
    with Sink(folder, "--dot-delay-ms", "200") as sink:
        daemon, number = begin(maild, folder, addresses,
                               relay(sink.port, connections=16))
        daemon.wait_issue(number, "finished")
        log = daemon.log()
        times = [float(m[1]) * 60 + float(m[2]) for m in re.finditer(
            r"^\S+T\d+:(\d+):(\S+)Z info sender .* sent relay", log, re.M)]
        # The first sixteen take 200 ms before any line is written.
        assert len(times) == 320
        assert 320 / ((times[-1] - times[0]) % 3600 + 0.2) >= 70


def test_relay_takes_few_connections(maild, folder):
    """It greets two and sends the others away: two carry everything."""
    addresses = [people.address(n) for n in range(60)]
    script = {"GREETING": ["220 one", "220 two"] +
              ["421 4.7.0 too many connections"] * 1000}
    with ScriptedSmtp(script) as smtp:
        daemon, number = begin(maild, folder, addresses,
                               relay(smtp.port, connections=10))
        daemon.wait_issue(number, "finished")
        assert sorted(smtp.recipients()) == sorted(addresses)
        assert daemon.log().count("no connection") <= 3


def test_relay_comes_back(maild, folder):
    """Nobody listens at first: the letters wait, and go when somebody does."""
    addresses = [people.address(n) for n in range(10)]
    script = {"GREETING": ["421 4.3.2 not yet"] * 2}
    with ScriptedSmtp(script) as smtp:
        daemon, number = begin(maild, folder, addresses,
                               relay(smtp.port, connections=1))
        daemon.wait_log(r"trying again in 2 s")
        daemon.wait_issue(number, "finished")
        assert sorted(smtp.recipients()) == sorted(addresses)


def test_store_is_busy(maild, folder):
    """Somebody else writes for longer than the sender's patience: nothing new
    goes, what came back is kept, nothing goes twice."""
    addresses = [people.address(n) for n in range(40)]
    script = {a: ["dot wait"] for a in addresses[:4]}
    with ScriptedSmtp(script) as smtp:
        daemon, number = begin(maild, folder, addresses,
                               relay(smtp.port, connections=4))
        wait_until(lambda: daemon.issue(number)["counts"]["sending"] == 4,
                   "four letters on the wire")
        other = sqlite3.connect(daemon.state / "rummelig-mail.sqlite",
                                isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        smtp.gate.set()
        daemon.wait_log("(a turn could not be written|no letters can be leased)"
                        ": .*trying again")
        assert len(smtp.accepted) == 4
        other.execute("ROLLBACK")
        other.close()
        daemon.wait_issue(number, "finished")
        assert sorted(smtp.recipients()) == sorted(addresses)
        assert daemon.json("who", number, "--doubtful") == []


def test_a_test_copy_overtakes(maild, folder):
    addresses = [people.address(n) for n in range(300)]
    with Sink(folder, "--dot-delay-ms", "100") as sink:
        daemon, number = begin(maild, folder, addresses,
                               relay(sink.port, connections=2))
        wait_until(lambda: len(sink.lines()) > 10, "the first letters")
        daemon.cli("test", folder / "issue.md", "me@lo-aarhus.dk")
        before = len(sink.lines())
        wait_until(lambda: "me@lo-aarhus.dk" in
                   [to for to, _ in sink.lines()], "the test copy")
        place = [to for to, _ in sink.lines()].index("me@lo-aarhus.dk")
        assert place - before < 20
        daemon.cli("cancel", "--yes", number)


def test_overdue_waits_for_a_word(maild, folder):
    addresses = [people.address(n) for n in range(3)]
    with ScriptedSmtp() as smtp:
        daemon = maild(relay(smtp.port)).start()
        (folder / "people.csv").write_text(
            "email\n" + "\n".join(addresses) + "\n")
        daemon.cli("subscribers", "import", folder / "people.csv")
        (folder / "issue.md").write_text(people.issue(1))
        tomorrow = datetime.date.today() + datetime.timedelta(days=1)
        number = daemon.json("queue", "--at", f"{tomorrow} 09:00",
                             folder / "issue.md")[0]["id"]
        daemon.wait_issue(number, "scheduled")
        daemon.stop()
        with sqlite3.connect(daemon.state / "rummelig-mail.sqlite") as store:
            store.execute("UPDATE issue SET due_s = 1700000000,"
                          " changed_s = 1600000000")
            store.execute("UPDATE delivery SET due_s = 1700000000")
        store.close()
        daemon.start()
        daemon.wait_issue(number, "overdue")
        assert smtp.accepted == []
        daemon.cli("release", number)
        daemon.wait_issue(number, "finished")
        assert sorted(smtp.recipients()) == sorted(addresses)


@pytest.mark.parametrize("answer", ["503 5.5.1 improper pipelining", "drop",
                                    "421 4.3.2 too early"])
def test_relay_that_cannot_be_followed(answer, maild, folder):
    """It offers PIPELINING, but takes no commands behind a letter: one
    letter finds out, the others wait for the answer to the last."""
    addresses = [people.address(n) for n in range(60)]
    with ScriptedSmtp() as smtp:
        smtp.behind = answer
        daemon, number = begin(maild, folder, addresses,
                               relay(smtp.port, connections=3))
        issue = daemon.wait_issue(number, "finished")
        assert issue["counts"]["sent"] == len(addresses)
        assert sorted(smtp.recipients()) == sorted(addresses)
        assert smtp.refused_behind == 1
        assert daemon.json("who", number, "--doubtful") == []
        assert "commands behind a letter" in daemon.log()


def test_letters_follow_each_other(maild, folder):
    """One round trip for each letter once a relay has shown that it can."""
    addresses = [people.address(n) for n in range(200)]
    with ScriptedSmtp() as smtp:
        daemon, number = begin(maild, folder, addresses,
                               relay(smtp.port, connections=2))
        daemon.wait_issue(number, "finished")
        assert sorted(smtp.recipients()) == sorted(addresses)
        assert smtp.behind_letters > len(addresses) // 2
