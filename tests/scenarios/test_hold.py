# SPDX-License-Identifier: ISC
"""An issue stops by itself, and says why and what to do: too many refusals,
too many complaints, letters about which only a person can decide."""
import re

from harness import people
from harness.maild import inbox, relay
from harness.scripted_smtp import ScriptedSmtp
from harness.wait import wait_until

QUICK = 'retry-first = "1 s"\nretry-last = "2 s"\n'


def begin(maild, folder, addresses, *blocks, keys=QUICK):
    daemon = maild()
    daemon.write_conf(*blocks, keys=keys)
    daemon.start()
    (folder / "people.csv").write_text("email\n" + "\n".join(addresses) + "\n")
    daemon.cli("subscribers", "import", folder / "people.csv")
    (folder / "issue.md").write_text(people.issue(1))
    return daemon, daemon.json("queue", folder / "issue.md")[0]["id"]


def trouble(daemon, number):
    return [words for words in daemon.json("status")[0]["trouble"]
            if words.startswith(f"issue {number} ")]


def test_a_share_of_refusals(maild, folder):
    """Every fourth of the last letters, never many in a row."""
    addresses = [people.address(n) for n in range(1, 81)]
    script = {a: ["dot 550 5.7.1 listed at dnsbl.example"]
              for a in addresses[3::4]}
    with ScriptedSmtp(script) as smtp:
        daemon, number = begin(maild, folder, addresses,
                               relay(smtp.port, connections=1))
        issue = daemon.wait_issue(number, "held")
        wait_until(lambda: daemon.issue(number)["counts"]["leased"] == 0,
                   "what was leased to be given back")
        counts = daemon.issue(number)["counts"]
        # The share is judged from the 50th letter on, of which 12 failed.
        assert counts["failed"] == 12 and counts["sent"] == 38, counts
        assert counts["waiting"] == 30, counts
        why = ("too many letters are refused by policy: 550 5.7.1 listed at"
               " dnsbl.example")
        todo = f"rummelig-mail retry {number} --failed"
        assert why in issue["reason"] and todo in issue["reason"]
        words, = trouble(daemon, number)
        assert why in words and todo in words
        assert "Release or cancel it." in words
        assert why in daemon.cli("show", number).stdout
        assert re.search(f"error.* issue={number} held: .*listed at"
                         f".*{todo}", daemon.log())
        # As the reason has it.
        daemon.cli("release", number)
        daemon.wait_issue(number, "finished")
        assert not trouble(daemon, number)
        assert daemon.issue(number)["counts"]["failed"] == 20
        daemon.cli("retry", number, "--failed")
        wait_until(lambda: daemon.issue(number)["counts"]["sent"] == 80,
                   "those that were refused")
        assert sorted(smtp.recipients()) == sorted(addresses)


def test_fewer_than_the_share(maild, folder):
    addresses = [people.address(n) for n in range(1, 81)]
    script = {a: ["dot 550 5.7.1 listed"] for a in addresses[3::4]}
    with ScriptedSmtp(script) as smtp:
        daemon, number = begin(maild, folder, addresses,
                               relay(smtp.port, connections=1),
                               keys=QUICK + "hold-refusals = 30\n")
        issue = daemon.wait_issue(number, "held", "finished")
        assert issue["state"] == "finished"
        assert issue["counts"]["failed"] == 20


COMPLAINT = """From: fbl@isp.example
To: {to}
Subject: complaint about a message
Message-ID: <{n}.fbl@isp.example>
Content-Type: multipart/report; report-type=feedback-report; boundary=b

--b

Somebody called this spam.
--b
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: isp/1
Version: 1

--b
Content-Type: message/rfc822

{letter}
--b--
"""


def test_complaints(maild, folder, dovecot, user):
    """They come in while the issue goes out, and nothing more of it goes."""
    addresses = [people.address(n) for n in range(1, 41)]
    script = {a: ["dot wait"] for a in addresses[10:]}
    with ScriptedSmtp(script) as smtp:
        daemon = maild()
        secret = daemon.secret("password", dovecot.password)
        daemon.write_conf(
            relay(smtp.port, connections=1),
            inbox(dovecot.imaps_port, secret, dovecot.ca, user=user),
            keys=QUICK + "hold-complaints = 3\n")
        daemon.start()
        daemon.wait_log("inbox=tg/INBOX .*connected")
        (folder / "people.csv").write_text(
            "email\n" + "\n".join(addresses) + "\n")
        daemon.cli("subscribers", "import", folder / "people.csv")
        (folder / "issue.md").write_text(people.issue(1))
        number = daemon.json("queue", folder / "issue.md")[0]["id"]
        wait_until(lambda: daemon.issue(number)["counts"]["sending"] == 1
                   and len(smtp.accepted) == 10, "ten letters")
        for n, (_, _, letter) in enumerate(smtp.accepted[:3]):
            assert daemon.issue(number)["state"] == "sending"
            dovecot.deliver(user, COMPLAINT.format(
                to=user, n=n, letter=letter.decode()).replace(
                    "\r\n", "\n").replace("\n", "\r\n").encode())
            daemon.wait_log(rf"<{n}.fbl@isp.example> kind=complaint")
        issue = daemon.wait_issue(number, "held")
        assert issue["complaints"] == 3
        assert "3 readers have called it spam" in issue["reason"]
        words, = trouble(daemon, number)
        assert "3 readers have called it spam" in words
        assert "Release or cancel it." in words
        assert re.search(f"error.*issue={number} held: .*called it spam"
                         f".*release", daemon.log())
        smtp.gate.set()  # the one on the wire comes to its end
        wait_until(lambda: not any(daemon.issue(number)["counts"][s]
                                   for s in ("leased", "sending")),
                   "that the wire is empty")
        assert len(smtp.accepted) == 11
        daemon.cli("release", number)
        issue = daemon.wait_issue(number, "finished")
        assert issue["counts"]["sent"] == 40
        # Who complained is off the list.
        who = daemon.json("who", addresses[0])[0]
        assert who["subscriptions"][0]["state"] == "complained"


def test_twice_in_doubt(maild, folder):
    """What may have arrived twice goes no more by itself: everyone says so
    until a person has decided."""
    addresses = [people.address(n) for n in range(1, 4)]
    script = {a: ["dot accept-drop"] * 2 for a in addresses[:2]}
    with ScriptedSmtp(script) as smtp:
        daemon, number = begin(maild, folder, addresses,
                               relay(smtp.port, connections=2))
        wait_until(lambda: daemon.issue(number)["undecided"] == 2,
                   "two letters to be in doubt twice")
        issue = daemon.issue(number)
        assert issue["state"] == "sending" and issue["counts"]["doubt"] == 2
        todo = f"rummelig-mail doubt {number}"
        words, = trouble(daemon, number)
        assert "about 2 letters that may have arrived twice" in words
        assert todo in words
        assert len(re.findall(f"warn.*issue={number} delivery=.* doubt "
                              f"relay=.*{todo}", daemon.log())) == 2
        assert "sending, 2 undecided" in daemon.cli("issues").stdout
        assert f"2 wait for your word: {todo}" in \
            daemon.cli("show", number).stdout
        # Nothing moves any more: watching it comes to an end, too.
        seen = daemon.cli("watch", number, check=False)
        assert seen.returncode == 75, seen
        assert f"These wait for your word: {todo}" in seen.stdout
        rows = daemon.json("doubt", number)
        assert {row["address"] for row in rows} == set(addresses[:2])
        assert {row["relay"] for row in rows} == {"primary"}
        assert all(row["reply"] and row["doubts"] == 2 for row in rows)
        daemon.cli("doubt", number, "--resend", addresses[0])
        wait_until(lambda: daemon.issue(number)["undecided"] == 1,
                   "the one that is sent again")
        daemon.cli("doubt", number, "--close")
        daemon.wait_issue(number, "finished")
        assert not trouble(daemon, number)
        assert sorted(smtp.recipients()) == sorted(
            [addresses[0]] * 3 + [addresses[1]] * 2 + [addresses[2]])


def test_all_relays_refuse_us(maild, folder):
    """Every open issue is held, each for itself; when that is mended, one
    word lets all of them go on."""
    addresses = [people.address(n) for n in range(3)]
    with ScriptedSmtp({"AUTH": ["535 5.7.8 wrong"] * 50},
                      offers=["PIPELINING", "AUTH PLAIN"]) as smtp:
        daemon, number = begin(
            maild, folder, addresses,
            relay(smtp.port, connections=1, user="tg",
                  password_command="echo sesame"))
        numbers = [number]
        (folder / "issue.md").write_text(people.issue(2))
        numbers.append(daemon.json("queue", folder / "issue.md")[0]["id"])
        numbers.append(daemon.json("test", folder / "issue.md",
                                   "tg@lo.example")[0]["id"])
        for number in numbers:
            assert "535" in daemon.wait_issue(number, "held")["reason"]
        smtp.script.clear()
        done = daemon.json("release", "--all", "--yes")
        assert [issue["id"] for issue in done] == numbers
        for number in numbers:
            daemon.wait_issue(number, "finished")
        assert len(smtp.accepted) == 7
