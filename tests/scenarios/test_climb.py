# SPDX-License-Identifier: ISC
"""What takes a relay's trust minutes and days, on clocks that the test sets:
the way back after "slower", and the first days of a warm-up."""
import calendar
import threading
import time

import pytest

from harness import people, place
from harness.machine import MACHINE, set_clock
from harness.maild import relay
from harness.scripted_smtp import ScriptedSmtp
from harness.wait import wait_until

# A preloaded library and the sanitizers both want to be the first.
PLAIN = place.ROOT / "build"
CONNECTIONS = 8
DAY = 86400


class Slow(ScriptedSmtp):
    """Takes a while for each letter; most: in hand at a time."""

    def __init__(self, script=None):
        self.now = self.most = 0
        self.count = threading.Lock()
        super().__init__(script)

    def _next(self, key):
        step = super()._next(key)
        if "@" in key and step is None:
            with self.count:
                self.now += 1
                self.most = max(self.most, self.now)
            # How long it takes, not when it happens to be ready.
            threading.Event().wait(0.05)
            with self.count:
                self.now -= 1
        return step


def begin(daemon, folder, count):
    daemon.start()
    (folder / "people.csv").write_text(people.csv(count))
    daemon.cli("subscribers", "import", folder / "people.csv")
    (folder / "issue.md").write_text(people.issue(1))
    return daemon.json("queue", folder / "issue.md")[0]["id"]


def whole(there):
    """What it may have now: connections, letters an hour (0: any)."""
    return there["allowed"], there["rate_allowed"]


def domain(there):
    if not there["domains"]:
        return CONNECTIONS, 0
    return there["domains"][0]["allowed"], there["domains"][0]["rate_allowed"]


@pytest.mark.parametrize("step,allowed,words", [
    ("rcpt 421 4.7.0 too fast", whole, "as a whole"),
    ("dot 451 4.7.28 too fast", domain, "for laeserne.example"),
])
def test_the_way_back(step, allowed, words, maild, folder):
    """Halved at once; every half minute without another such word an eighth
    more; then all of it, and nobody speaks of it any more."""
    steady = folder / "steady"
    set_clock(steady, 0)
    with Slow({people.address(41): [step]}) as smtp:
        daemon = maild(relay(smtp.port, connections=CONNECTIONS), build=PLAIN,
                       keys='retry-first = "1 s"\nretry-last = "2 s"\n',
                       env={"LD_PRELOAD": str(MACHINE),
                            "MACHINE_STEADY": str(steady)})
        number = begin(daemon, folder, 6000)
        daemon.wait_log(f"relay=primary {words} wants less: at most 4")

        def there():
            return (daemon.json("relays") or [{}])[0]
        now = wait_until(
            lambda: (lambda a: a if a[1] > 0 else None)(allowed(there())),
            "relays to say so")
        assert now[0] == 4
        # Those that were on the wire are through: then no more than that.
        wait_until(lambda: smtp.now <= 4, "the others to end")
        smtp.most = 0
        mark = len(smtp.accepted)
        wait_until(lambda: len(smtp.accepted) > mark + 20, "more letters")
        assert smtp.most <= 4
        seen = [now]
        while seen[-1] != (CONNECTIONS, 0):
            assert len(seen) < 8, seen
            # A letter that was taken since, and the half minute.
            mark = len(smtp.accepted)
            wait_until(lambda: len(smtp.accepted) > mark + 8, "more letters")
            set_clock(steady, 31 * len(seen))
            seen.append(wait_until(
                lambda: (lambda a: a if a != seen[-1] else None)
                (allowed(there())), f"a step up from {seen}"))
        assert [n for n, _ in seen] == [4, 5, 6, 7, 8], seen
        rates = [rate for _, rate in seen[:-1]]
        assert all(b > a for a, b in zip(rates, rates[1:])), seen
        smtp.most = 0
        wait_until(lambda: smtp.most == CONNECTIONS, "all connections")
        assert there()["state"] == "up"
        daemon.cli("cancel", number, "--yes")


@pytest.mark.parametrize("senders", [1, 2])
def test_warm_up(senders, maild, folder):
    """Five letters, then ten, then all: counted by days on which there were
    any, so that a week of rest skips no step."""
    clock = folder / "clock"
    set_clock(clock, 0)
    with ScriptedSmtp() as smtp:
        block = relay(smtp.port, connections=4).replace(
            "connections", "warm-up = {5, 10}\n    connections")
        daemon = maild(block, build=PLAIN, keys=f"senders = {senders}\n",
                       env={"LD_PRELOAD": str(MACHINE),
                            "MACHINE_CLOCK": str(clock)})
        # At noon, so that no day ends meanwhile.
        noon = calendar.timegm(time.gmtime())
        set_clock(clock, DAY // 2 - noon % DAY)
        number = begin(daemon, folder, 40)
        for day, carried in ((0, 5), (1, 15), (8, 40)):
            set_clock(clock, day * DAY + DAY // 2 - noon % DAY)
            # They look at their clock now, not in half a minute.
            daemon.cli("hold", number)
            daemon.cli("release", number)
            wait_until(lambda: len(smtp.accepted) == carried,
                       f"{carried} letters on day {day}", 40)
            if carried == 40:
                break
            midnight = (noon // DAY + day + 1) * DAY

            def over():
                parts = daemon.json("relays")
                return {part["state"] for part in parts} == {"spent"} and \
                    sum(part["budget"] for part in parts) == (5, 10)[day] and \
                    all(abs(part["until_s"] - midnight) < 120
                        for part in parts)
            wait_until(over, f"day {day} to be over: {daemon.json('relays')}",
                       40)
            assert len(smtp.accepted) == carried
            assert daemon.issue(number)["counts"]["waiting"] == 40 - carried
        daemon.wait_issue(number, "finished")
        assert daemon.issue(number)["counts"]["sent"] == 40
