# SPDX-License-Identifier: ISC
"""What became of each letter, as `who` tells it: when, by which relay, with
what words, whatever its state."""
import re
import time

from harness import people, place
from harness.machine import MACHINE, set_clock
from harness.maild import relay
from harness.scripted_smtp import ScriptedSmtp
from harness.wait import wait_until

# A preloaded library and the sanitizers both want to be the first.
PLAIN = place.ROOT / "build"
DAY = 86400


def begin(daemon, folder, addresses):
    daemon.start()
    (folder / "people.csv").write_text("email\n" + "\n".join(addresses) + "\n")
    daemon.cli("subscribers", "import", folder / "people.csv")
    (folder / "issue.md").write_text(people.issue(1))
    return daemon.json("queue", folder / "issue.md")[0]["id"]


def letters(daemon, address):
    return daemon.json("who", address)[0]["deliveries"]


def test_given_up_after_two_days(maild, folder):
    """With the times that stand in the configuration by default."""
    clock = folder / "clock"
    set_clock(clock, 0)
    gone, there = people.address(1), people.address(2)
    replies = [f"rcpt 450 4.2.0 not now, {n}" for n in range(99)]
    with ScriptedSmtp({gone: replies}) as smtp:
        daemon = maild(relay(smtp.port, name="haven", connections=1),
                       build=PLAIN, env={"LD_PRELOAD": str(MACHINE),
                                         "MACHINE_CLOCK": str(clock)})
        number = begin(daemon, folder, [gone, there])
        wait_until(lambda: daemon.issue(number)["counts"]["sent"] == 1
                   and daemon.issue(number)["counts"]["deferred"] == 1,
                   "one sent and one deferred")
        row, = daemon.json("who", number, "--state", "deferred")
        first_s = row["at_s"]
        tries = row["tries"]
        assert tries == 1 and row["reply"] == "450 4.2.0 not now, 0"
        ahead, pauses = 0, []
        while True:
            pauses.append(row["due_s"] - row["at_s"])
            # As late as the row says, and what the letter is told then.
            ahead = int(row["due_s"] - time.time()) + 1
            set_clock(clock, ahead)
            daemon.cli("test", folder / "issue.md", there)  # rings
            row = wait_until(
                lambda: next((r for r in letters(daemon, gone)
                              if r["tries"] > tries), None), "the next try")
            tries = row["tries"]
            if row["state"] == "failed":
                break
            assert row["state"] == "deferred", row
        # Twice as long each time and a quarter at most, up to six hours.
        for n, pause in enumerate(pauses):
            least = min(60 * 2 ** n, 6 * 3600)
            assert least <= pause <= least * 5 / 4 + 1, pauses
        assert 2 * DAY <= row["at_s"] - first_s <= 2 * DAY + 7.5 * 3600 + 60
        daemon.wait_issue(number, "finished")
        # The last words are kept, the first ones are in the log.
        row, = daemon.json("who", number, "--state", "failed")
        assert row["address"] == gone and row["relay"] == "haven"
        assert row["reply"] == f"450 4.2.0 not now, {tries - 1}"
        assert re.search(f"issue={number} delivery={row['id']} to=<{gone}>"
                         f" failed relay=haven .*{row['reply']}.*"
                         "not taken for too long", daemon.log())
        text = daemon.cli("who", number, "--state", "failed").stdout
        when = time.strftime("%H:%M", time.localtime(row["at_s"]))
        for word in (gone, "failed", when, str(tries), "haven", row["reply"]):
            assert word in text, text
        assert there not in text
        # It says nothing against the address.
        who = daemon.json("who", gone)[0]
        assert who["subscriptions"][0]["state"] == "active"


def test_every_state(maild, folder):
    """When, by which relay, with what words: for each state there is."""
    names = ["sent", "failed", "deferred", "doubt", "sending", "cancelled",
             "waiting"]
    to = {name: f"{name}@laeserne.example" for name in names}
    script = {to["failed"]: ["rcpt 552 5.2.2 full up"],
              to["deferred"]: ["dot 451 4.3.0 come back"],
              to["doubt"]: ["dot accept-drop"],
              to["sending"]: ["dot wait"]}
    with ScriptedSmtp(script) as smtp:
        # One after the other, none beforehand.
        daemon = maild(relay(smtp.port, name="haven", connections=1,
                             letters_per_connection=1),
                       keys='retry-first = "5 min"\n')
        began = int(time.time())
        number = begin(daemon, folder, to.values())
        wait_until(lambda: daemon.issue(number)["counts"]["sending"] == 1
                   and daemon.issue(number)["counts"]["doubt"] == 1,
                   "the letter that hangs")
        daemon.cli("subscribers", "remove", to["cancelled"])
        daemon.cli("hold", number)
        wait_until(lambda: daemon.issue(number)["counts"]["leased"] == 0,
                   "what was leased to be given back")
        want = {"sent": ("haven", "250 2.0.0 queued"),
                "failed": ("haven", "552 5.2.2 full up"),
                "deferred": ("haven", "451 4.3.0 come back"),
                "doubt": ("haven", "connection lost"),
                "sending": ("", ""), "waiting": ("", ""),
                "cancelled": ("", "cancelled: not a subscriber any more")}
        for name, (by, words) in want.items():
            rows = daemon.json("who", number, "--state", name)
            assert len(rows) == 1, rows
            row = rows[0]
            assert row["address"] == to[name], row
            assert letters(daemon, to[name]) == [row]
            assert began <= row["at_s"] <= time.time() + 1, row
            assert row["relay"] == by, row
            assert words in row["reply"] and bool(words) == bool(row["reply"]), row
            text = daemon.cli("who", to[name]).stdout
            late = name in ("deferred", "waiting")
            when = time.strftime("%H:%M", time.localtime(
                row["due_s"] if late else row["at_s"]))
            for word in (name, when, by, words):
                assert word in text, text
        smtp.gate.set()
        wait_until(lambda: daemon.issue(number)["counts"]["sent"] == 2,
                   "the one that hung")
        row, = letters(daemon, to["sending"])
        assert (row["relay"], row["reply"]) == \
            ("haven", "250 2.0.0 queued at last")


def test_who_answers_fast_for_one_of_many(maild, folder):
    """A person's letters, of every issue."""
    with ScriptedSmtp() as smtp:
        daemon = maild(relay(smtp.port))
        number = begin(daemon, folder, [people.address(n) for n in range(3)])
        daemon.wait_issue(number, "finished")
        (folder / "issue.md").write_text(people.issue(2))
        second = daemon.json("queue", folder / "issue.md")[0]["id"]
        daemon.wait_issue(second, "finished")
        rows = letters(daemon, people.address(1))
        assert [row["issue"] for row in rows] == [number, second]
        assert all(row["relay"] == "primary" and row["at_s"] > 0
                   and row["reply"].startswith("250") for row in rows)
