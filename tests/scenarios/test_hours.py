# SPDX-License-Identifier: ISC
"""The hours in which a list sends, on a clock that the test sets: they end
while letters are on their way, on days that are an hour longer or shorter,
and while nobody is there."""
import calendar
import re
import time

import pytest

from harness import people, place
from harness.machine import MACHINE, set_clock
from harness.maild import LIST, relay
from harness.scripted_smtp import ScriptedSmtp
from harness.wait import wait_until

# A preloaded library and the sanitizers both want to be the first.
PLAIN = place.ROOT / "build"
ADDRESSES = [people.address(n) for n in range(1, 21)]


def utc(text):
    return calendar.timegm(time.strptime(text, "%Y-%m-%d %H:%M:%S"))


class Clocked:
    """A daemon, its list's hours, and the clock on its wall."""

    def __init__(self, maild, folder, port, now, window, zone="UTC"):
        self.clock, self.source = folder / "clock", folder / "issue.md"
        self.set(now)
        self.daemon = maild(
            relay(port, connections=2), build=PLAIN,
            list_block=LIST.rstrip().rstrip("}") +
            f'    send-window = "{window}"\n    time-zone = "{zone}"\n}}\n',
            env={"LD_PRELOAD": str(MACHINE), "MACHINE_CLOCK": str(self.clock),
                 "TZ": "UTC"}).start()
        (folder / "people.csv").write_text(
            "email\n" + "\n".join(ADDRESSES) + "\n")
        self.daemon.cli("subscribers", "import", folder / "people.csv")
        self.source.write_text(people.issue(1))

    def set(self, text):
        set_clock(self.clock, int(utc(text) - time.time()))

    def queue(self, *more):
        return self.daemon.json("queue", self.source, *more)[0]["id"]

    def counts(self, number, *states):
        counts = self.daemon.issue(number)["counts"]
        return tuple(counts[state] for state in states)

    def copy(self, smtp, to):
        """A test copy goes at any time; when it has gone, the sender has
        looked at its clock."""
        self.daemon.cli("test", self.source, to)
        wait_until(lambda: to in smtp.recipients(), f"the copy to {to}")


def test_they_end_while_letters_are_on_their_way(maild, folder):
    script = {a: ["dot wait"] for a in ADDRESSES[4:6]}
    with ScriptedSmtp(script) as smtp:
        c = Clocked(maild, folder, smtp.port, "2027-01-12 16:30:00",
                    "mon-sun 08-17")
        number = c.queue()
        # Both connections come to hang; behind each, a letter is chosen.
        wait_until(lambda: c.counts(number, "sending") == (2,)
                   and set(ADDRESSES[4:6]) <= {
                       row["address"] for row in c.daemon.json(
                           "who", number, "--state", "sending")},
                   "both to hang")
        before = c.counts(number, "sent")[0]
        c.set("2027-01-12 16:59:58")
        c.daemon.cli("test", c.source, "ring@lo-aarhus.dk")
        # Nobody rings now: the sender knows when they end.
        wait_until(lambda: c.counts(number, "leased") == (0,),
                   "what has not begun to be given back")
        issue = c.daemon.issue(number)
        assert issue["state"] == "sending"
        assert issue["goes_on_s"] == utc("2027-01-13 08:00:00")
        assert "goes on" in c.daemon.cli("show", number).stdout
        smtp.gate.set()  # those on the wire come to their end, as sent
        wait_until(lambda: c.counts(number, "sent", "waiting", "sending") ==
                   (before + 2, 18 - before, 0), "those on the wire")
        c.copy(smtp, "me@lo-aarhus.dk")
        assert c.counts(number, "sent") == (before + 2,)
        assert len(set(smtp.recipients()) & set(ADDRESSES)) == before + 2
        # And when they begin.
        c.set("2027-01-13 07:59:57")
        c.copy(smtp, "you@lo-aarhus.dk")
        issue = c.daemon.wait_issue(number, "finished")
        assert issue["changed_s"] >= utc("2027-01-13 08:00:00")
        assert issue["counts"]["sent"] == len(ADDRESSES)
        for a in ADDRESSES:
            assert smtp.recipients().count(a) == 1


@pytest.mark.parametrize("now,opens", [
    # Winter time began at 01:00 UTC: 08 in Denmark is 07 UTC, not 06.
    ("2026-10-25 06:30:00", "2026-10-25 07:00:00"),
    # Summer time began at 01:00 UTC: it is 06 UTC, not 07.
    ("2027-03-28 05:30:00", "2027-03-28 06:00:00"),
    # The evening before: the night is an hour longer, or shorter.
    ("2026-10-24 17:00:00", "2026-10-25 07:00:00"),
    ("2027-03-27 17:00:00", "2027-03-28 06:00:00"),
])
def test_the_clocks_change(now, opens, maild, folder):
    with ScriptedSmtp() as smtp:
        c = Clocked(maild, folder, smtp.port, now, "sun 08-17",
                    "Europe/Copenhagen")
        number = c.queue()
        c.daemon.wait_issue(number, "scheduled")
        assert c.daemon.issue(number)["goes_on_s"] == utc(opens)
        c.copy(smtp, "me@lo-aarhus.dk")
        assert c.daemon.issue(number)["state"] == "scheduled"
        set_clock(c.clock, int(utc(opens) - 3 - time.time()))
        c.copy(smtp, "you@lo-aarhus.dk")
        issue = c.daemon.wait_issue(number, "finished")
        assert utc(opens) <= issue["changed_s"] < utc(opens) + 300
        assert issue["counts"]["sent"] == len(ADDRESSES)


def test_overdue_when_it_is_closed(maild, folder):
    """Its time passed while nobody was there, and its list's hours, too: one
    is told that evening, and a release lets it go in the morning."""
    with ScriptedSmtp() as smtp:
        c = Clocked(maild, folder, smtp.port, "2027-01-12 07:00:00",
                    "mon-sun 08-17")
        number = c.queue("--at", "2027-01-12 09:00")
        c.daemon.wait_issue(number, "scheduled")
        wait_until(lambda: c.daemon.issue(number)["filled"], "its rows")
        c.daemon.stop()
        c.set("2027-01-12 20:00:00")
        c.daemon.start()
        c.daemon.wait_issue(number, "overdue")
        assert re.search(f"warn.*issue={number} overdue by 39[56]\\d\\d s;"
                         " release it", c.daemon.log())
        words, = c.daemon.json("status")[0]["trouble"]
        assert words.startswith(f"issue {number} ")
        assert "Release or cancel it." in words
        out = c.daemon.cli("release", number).stdout
        assert "2027-01-13 08:00" in out and "sends again" in out
        c.copy(smtp, "me@lo-aarhus.dk")
        assert c.counts(number, "sent") == (0,)
        c.set("2027-01-13 07:59:57")
        c.copy(smtp, "you@lo-aarhus.dk")
        issue = c.daemon.wait_issue(number, "finished")
        assert issue["counts"]["sent"] == len(ADDRESSES)


def test_a_weekend_is_no_delay(maild, folder):
    """Due when the list does not send: late only from its next hour on."""
    with ScriptedSmtp() as smtp:
        c = Clocked(maild, folder, smtp.port, "2027-01-15 16:00:00",
                    "mon-fri 08-17")
        number = c.queue("--at", "2027-01-16 12:00")  # a Saturday
        c.daemon.wait_issue(number, "scheduled")
        c.daemon.stop()
        c.set("2027-01-18 07:59:57")
        c.daemon.start()
        issue = c.daemon.wait_issue(number, "finished", "overdue")
        assert issue["state"] == "finished"
