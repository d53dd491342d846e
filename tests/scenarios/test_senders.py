# SPDX-License-Identifier: ISC
"""Several senders: to a relay they are one.  None of its limits is exceeded,
and none of them stands idle while another has too much to do."""
import collections
import re
import threading
import time

import pytest

from harness import people
from harness.maild import relay
from harness.scripted_smtp import ScriptedSmtp
from harness.wait import wait_until


class Busy(ScriptedSmtp):
    """Each letter takes `seconds` to be accepted.  most: how many were in
    hand at a time, in all and of each domain; times: when each came."""

    def __init__(self, script=None, seconds=0.0):
        self.seconds = seconds
        self.times, self.most = [], collections.Counter()
        self._now, self._count = collections.Counter(), threading.Lock()
        super().__init__(script)

    def _note(self, address, more):
        with self._count:
            for key in ("all", address.partition("@")[2]):
                self._now[key] += more
                self.most[key] = max(self.most[key], self._now[key])
            if more > 0:
                self.times.append(time.monotonic())

    def _next(self, key):
        step = super()._next(key)
        if "@" in key and step is None:
            self._note(key, 1)
            # How long it takes, not when it happens to be ready.
            threading.Event().wait(self.seconds)
            self._note(key, -1)
        return step


def many(count, domain="laeserne.example"):
    return [f"laeser{n}@{domain}" for n in range(count)]


def begin(maild, folder, senders, addresses, *blocks):
    daemon = maild(*blocks, keys=f"senders = {senders}\n").start()
    (folder / "people.csv").write_text("email\n" + "\n".join(addresses) + "\n")
    daemon.cli("subscribers", "import", folder / "people.csv")
    (folder / "issue.md").write_text(people.issue(1))
    return daemon, daemon.json("queue", folder / "issue.md")[0]["id"]


def by_sender(daemon):
    """How many letters each of them has sent."""
    return collections.Counter(re.findall(
        r"(sender-\d+)\b.* sent relay=", daemon.log()))


@pytest.mark.parametrize("senders", [2, 3])
def test_connections(senders, maild, folder):
    """Five connections for two or three: all five, and never a sixth."""
    with Busy(seconds=0.05) as smtp:
        daemon, number = begin(maild, folder, senders, many(200),
                               relay(smtp.port, connections=5))
        wait_until(lambda: smtp.most["all"] == 5, "all of them")
        daemon.wait_issue(number, "finished")
        assert smtp.most["all"] == 5
        assert smtp.connections == 5
        assert len(smtp.accepted) == 200
        # A part goes with the connections that each of them has.
        share = by_sender(daemon)
        assert len(share) == senders, share
        assert min(share.values()) >= 200 // 5 * 2 // 3, share


@pytest.mark.parametrize("senders", [2, 3])
def test_rate(senders, maild, folder):
    """An issue that one of them could have taken alone goes at the rate of
    all: nobody holds more letters than it can soon send."""
    with Busy() as smtp:
        daemon, number = begin(maild, folder, senders, many(150),
                               relay(smtp.port, rate_per_second=30))
        daemon.wait_issue(number, "finished")
        came = sorted(smtp.times)
        rate = (len(came) - 1) / (came[-1] - came[0])
        assert 25 <= rate <= 31, rate
        fullest = max(sum(t <= u < t + 1 for u in came) for t in came)
        assert fullest <= 34, fullest
        share = by_sender(daemon)
        assert len(share) == senders and min(share.values()) >= 30, share


@pytest.mark.parametrize("senders", [2, 3])
def test_domain_connections(senders, maild, folder):
    with Busy(seconds=0.03) as smtp:
        daemon, number = begin(
            maild, folder, senders,
            many(80, "stor.example") + many(40, "lille.example"),
            relay(smtp.port, connections=9, domain_connections=3))
        daemon.wait_issue(number, "finished")
        assert smtp.most["stor.example"] == 3, smtp.most
        assert smtp.most["lille.example"] <= 3, smtp.most
        assert len(smtp.accepted) == 120


@pytest.mark.parametrize("senders", [2, 3])
def test_day(senders, maild, folder):
    """The day's budget is spent whole, once: a sender whose part is spent
    leaves its letters to those who have something left."""
    with Busy() as smtp:
        daemon, number = begin(maild, folder, senders, many(60),
                               relay(smtp.port, rate_per_day=40))
        wait_until(lambda: len(smtp.accepted) == 40, "the day's letters")
        wait_until(lambda: len(re.findall("no relay may carry more letters",
                                          daemon.log())) >= senders,
                   "all to say that the day is over", 60)
        wait_until(lambda: daemon.issue(number)["counts"]["waiting"] == 20,
                   "the others to wait")
        assert len(by_sender(daemon)) == senders
        wait_until(lambda: [sum(part[key] for part in daemon.json("relays"))
                            for key in ("sent", "budget")] == [40, 40],
                   f"relays to say so; {daemon.json('relays')}")
        # One that begins anew does not begin a new day.
        daemon.kill()
        mark = len(daemon.log())
        daemon.start()
        wait_until(lambda: len(re.findall("no relay may carry more letters",
                                          daemon.log()[mark:])) >= senders,
                   "all to say it again", 60)
        assert len(smtp.accepted) == 40


def test_a_connection_each(maild, folder):
    """What cannot be shared is one sender's, and the other has another."""
    with Busy(seconds=0.01) as one, Busy(seconds=0.01) as other:
        daemon, number = begin(
            maild, folder, 2, many(60),
            relay(one.port, name="one", connections=1),
            relay(other.port, name="other", connections=1))
        daemon.wait_issue(number, "finished")
        assert one.most["all"] == other.most["all"] == 1
        assert len(by_sender(daemon)) == 2
        assert len(one.accepted) + len(other.accepted) == 60


def test_order(maild, folder):
    """A sender without a part of the first relay does not go to the second
    one meanwhile; whoever has the first turns to it when that is down."""
    with Busy(seconds=0.01) as second:
        with Busy(seconds=0.01) as first:
            daemon, number = begin(
                maild, folder, 2, many(60),
                relay(first.port, name="first", connections=1),
                relay(second.port, name="second", order=2, connections=1))
            daemon.wait_issue(number, "finished")
            assert (len(first.accepted), len(second.accepted)) == (60, 0)
            assert len(by_sender(daemon)) == 1
        (folder / "issue.md").write_text(people.issue(2))
        number = daemon.json("queue", folder / "issue.md")[0]["id"]
        daemon.wait_issue(number, "finished")
        assert len(second.accepted) == 60


def test_what_cannot_be_dealt(maild, folder):
    """One connection for a domain is one sender's, and all are sent."""
    with Busy(seconds=0.01) as smtp:
        daemon, number = begin(maild, folder, 3, many(30),
                               relay(smtp.port, connections=4,
                                     domain_connections=1))
        daemon.wait_issue(number, "finished")
        assert smtp.most["all"] == 1
        assert len(by_sender(daemon)) == 1
