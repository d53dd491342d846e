# SPDX-License-Identifier: ISC
"""Workers and the whole daemon killed at each named point and at random
moments: none lost, no more duplicates than connections x kills, each one
named.  With SOAK=1 (make soak) the whole of it."""
import re

import pytest

from harness import place
from harness.account import SOAK, Killer, finish, send, settle
from harness.maild import relay
from harness.sink import Sink

CONNECTIONS = 10
RECIPIENTS = 20_000 if SOAK else 2000
KILLS = 5 if SOAK else 2
RANDOM_KILLS = 200 if SOAK else 8
RETRY = 'retry-first = "1 s"\nretry-last = "2 s"\n'

# How often a point is passed in a life before the kill; a life is short.
POINTS = {"after-take-over": 1, "after-lease": 2, "before-commit": 60,
          "after-commit": 60, "in-body": 150, "after-dot": 150,
          "before-finish": 1}

# Primes, so that each meets each.
TROUBLE = ("mail:refuse:401", "rcpt:refuse:211", "rcpt:reject:307",
           "data:refuse:503", "dot:refuse:397", "dot:reject:701",
           "connect:drop:13", "mail:drop:331", "rcpt:drop:419",
           "data:drop:433", "body:drop:353", "dot:drop:311",
           "connect:stall:29", "mail:stall:1201", "rcpt:stall:1213",
           "data:stall:1217", "body:stall:1409", "dot:stall:1301")


def trouble():
    return [word for t in TROUBLE for word in ("--trouble", t)]


def test_every_recipient_gets_exactly_one(maild, folder):
    with Sink(folder) as sink:
        daemon = maild(relay(sink.port, connections=CONNECTIONS)).start()
        number = send(daemon, folder, RECIPIENTS)
        daemon.wait_issue(number, "finished")
        assert settle(daemon, sink, number, RECIPIENTS) == 0
        assert daemon.json("who", number, "--doubtful") == []


def test_the_points_are_known():
    """Each point of the sources stands in crash.h and is died at somewhere;
    those of the sender here."""
    found = set()
    for path in (place.ROOT / "daemon").glob("*.c"):
        found |= set(re.findall(r'crash_point\("([a-z-]+)"\)',
                                path.read_text()))
    header = (place.ROOT / "daemon/crash.h").read_text()
    listed = set(re.findall(r"(?<=[ ,] )[a-z]+(?:-[a-z]+)+(?=,|  )", header))
    assert found == listed
    others = {p for p in found if p.startswith(("control-", "inbox-"))}
    assert found - others == set(POINTS)
    tests = "".join(path.read_text() for path in
                    (place.ROOT / "tests").glob("*/test_*.*"))
    assert {p for p in others if p not in tests} == set()


def test_fewer_senders(maild, folder):
    """Three senders are killed with all they have; the only one that comes back
    takes over what the others left, at once."""
    with Sink(folder, "--dot-delay-ms", "20") as sink:
        blocks = relay(sink.port, connections=CONNECTIONS)
        daemon = maild(blocks, keys="senders = 3\n").start()
        number = send(daemon, folder, 2000)
        killer = Killer(daemon, 0)
        killer.kill_after(sink, 200)
        daemon.kill()
        daemon.write_conf(blocks, keys="")
        daemon.start()
        assert {name for name in daemon.pids() if "sender" in name} <= \
            {"sender"}
        daemon.wait_issue(number, "finished")
        assert settle(daemon, sink, number, 2000) <= 2 * CONNECTIONS
        assert sink.stop()["most_connections"] <= CONNECTIONS


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("senders", [1, 3] if SOAK else [1])
def test_killed_at(point, senders, maild, folder):
    env = {"RUMMELIG_CRASH": f"{point}:{POINTS[point]}:{KILLS}"}
    with Sink(folder) as sink:
        daemon = maild(relay(sink.port, connections=CONNECTIONS),
                       keys=f"senders = {senders}\n", env=env).start()
        number = send(daemon, folder, RECIPIENTS)
        daemon.wait_issue(number, "finished", seconds=240)
        died = len(re.findall(r"worker=sender\S* .* died", daemon.log()))
        assert died >= (KILLS if point != "before-finish" else 1), \
            f"the sender died {died} times"
        assert settle(daemon, sink, number, RECIPIENTS) <= CONNECTIONS * died


@pytest.mark.parametrize("seed", range(3) if SOAK else range(1))
def test_random_moments_of_a_hard_life(seed, maild, folder):
    """Two senders and a relay that refuses, stalls and drops at every step;
    killed at random moments, one or all."""
    with Sink(folder, "--dot-delay-ms", "10", *trouble()) as sink:
        daemon = maild(relay(sink.port, connections=CONNECTIONS,
                             timeout="1 s"),
                       keys=RETRY + "senders = 2\n").start()
        number = send(daemon, folder, RECIPIENTS)
        killer = Killer(daemon, seed)
        while killer.kills < RANDOM_KILLS:
            killer.kill_after(sink, killer.dice.randrange(
                RECIPIENTS // RANDOM_KILLS))
        finish(daemon, number, 600 if SOAK else 90)
        extra = settle(daemon, sink, number, RECIPIENTS)
        unsaid = sink.stop()["unsaid"]
        assert unsaid > 0
        assert extra <= CONNECTIONS * killer.kills + unsaid
