# SPDX-License-Identifier: ISC
"""Workers and the whole daemon killed at each named point and at random
moments: none lost, no more duplicates than connections x kills, each one
named.  With SOAK=1 (make soak) the whole of it."""
import os
import re
import signal

import pytest

from harness import certs, place
from harness.account import (PATIENCE_S, SOAK, Killer, finish, most_doubt,
                             send, settle)
from harness.maild import relay
from harness.sink import Sink
from harness.wait import wait_until

CONNECTIONS = 10
RECIPIENTS = 20_000 if SOAK else 2000
KILLS = 5 if SOAK else 2
RANDOM_KILLS = 200 if SOAK else 8
RETRY = 'retry-first = "1 s"\nretry-last = "2 s"\n'

# How often a point is passed in a life before the kill; a life is short.
POINTS = {"after-take-over": 1, "after-lease": 2, "before-commit": 60,
          "after-commit": 60, "in-body": 150, "after-dot": 150,
          "before-finish": 1}

# Primes, so that each meets each.  Nothing is said that would be ours to mend.
TROUBLE = (
    "connect:refuse:61", "connect:drop:23", "connect:stall:47",
    "banner:drop:43", "banner:stall:53", "ehlo:refuse:89", "ehlo:drop:79",
    "ehlo:stall:83", "starttls:refuse:71", "starttls:drop:37",
    "starttls:stall:67", "tls:drop:41", "tls:stall:73", "auth:refuse:97",
    "auth:drop:31", "auth:stall:59", "rset:refuse:17", "rset:drop:11",
    "rset:stall:19", "quit:refuse:2", "quit:drop:3", "quit:stall:5",
    "mail:refuse:401", "rcpt:refuse:211", "rcpt:reject:307",
           "data:refuse:503", "dot:refuse:397", "dot:reject:701",
           "mail:drop:331", "rcpt:drop:419",
           "data:drop:433", "body:drop:353", "dot:drop:311",
           "mail:stall:1201", "rcpt:stall:1213",
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
    """A sender dies there, life after life."""
    kills = KILLS * (2 if point == "after-take-over" else 1)
    env = {"RUMMELIG_CRASH": f"{point}:{POINTS[point]}:{kills}"}
    with Sink(folder) as sink:
        daemon = maild(relay(sink.port, connections=CONNECTIONS),
                       keys=f"senders = {senders}\n", env=env).start()
        number = send(daemon, folder, RECIPIENTS)
        if point == "after-take-over":
            leave_something(daemon, sink)
        daemon.wait_issue(number, "finished", seconds=PATIENCE_S)
        died = deaths(daemon)
        assert died >= (1 if point == "before-finish" else kills), \
            f"the sender died {died} times"
        assert settle(daemon, sink, number, RECIPIENTS, died) <= \
            CONNECTIONS * died
        assert most_doubt(daemon) <= CONNECTIONS


def leave_something(daemon, sink):
    """Kills a sender KILLS times; each time the next one dies over it.  A daemon
    that begins anew does not let its workers wait for their next life."""
    killer = Killer(daemon, 0)
    for before in range(0, 2 * KILLS, 2):
        killer.wait(sink, 20)
        os.kill(next(pid for name, pid in daemon.pids().items()
                     if name.startswith("sender")), signal.SIGKILL)
        wait_until(lambda: deaths(daemon) >= before + 2,
                   "the next life to end", PATIENCE_S)
        assert daemon.stop() == 0
        daemon.start()


def deaths(daemon):
    return len(re.findall(r"worker=\"?sender.* died", daemon.log()))


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("senders", [1, 3] if SOAK else [3])
def test_all_killed_at(point, senders, maild, folder):
    """The supervisor is killed there and all workers with it, again and
    again."""
    count, kills = (RECIPIENTS, KILLS) if SOAK else (600, 1)
    order = {"RUMMELIG_CRASH": f"{point}:{POINTS[point] if SOAK else 1}:1:all"}
    with Sink(folder) as sink:
        daemon = maild(relay(sink.port, connections=CONNECTIONS),
                       keys=f"senders = {senders}\n").start()
        number = send(daemon, folder, count)
        Killer(daemon, 0).wait(sink, 20)
        daemon.kill()
        for kill in range(kills):
            # Nothing is left for the next to take over, if this one has died
            # of it: so one that lives on leaves it something.
            if kill > 0 and point == "after-take-over":
                daemon.start()
                Killer(daemon, 0).wait(sink, 20)
                daemon.kill()
            daemon.env.update(order)
            daemon.start(wait=False)
            assert daemon.process.wait(PATIENCE_S) == -signal.SIGKILL
            del daemon.env["RUMMELIG_CRASH"]
        daemon.start()
        daemon.wait_issue(number, "finished", seconds=PATIENCE_S)
        assert settle(daemon, sink, number, count, kills + 1) <= \
            CONNECTIONS * 2 * (kills + 1)
        assert most_doubt(daemon) <= CONNECTIONS


@pytest.mark.parametrize("senders", [1, 3] if SOAK else [3])
def test_random_moments_of_a_hard_life(senders, maild, folder):
    """A relay that refuses, stalls and drops at every step, from the connection
    to QUIT; killed at random moments, one or all."""
    ca, cert, key = certs.make(folder / "tls")
    daemon = maild()
    secret = daemon.secret("password", "sesame")
    with Sink(folder, "--dot-delay-ms", "10", "--cert", cert, "--key", key,
              *trouble()) as sink:
        daemon.write_conf(
            relay(sink.port, host="localhost", tls="required", ca_file=ca,
                  user="tg", password_file=secret, timeout="1 s",
                  letters_per_connection=90, connections=CONNECTIONS),
            keys=f"{RETRY}senders = {senders}\n")
        daemon.start()
        number = send(daemon, folder, RECIPIENTS)
        killer = Killer(daemon, senders)
        while killer.kills < RANDOM_KILLS:
            killer.kill_after(sink, killer.dice.randrange(
                RECIPIENTS // RANDOM_KILLS))
        finish(daemon, number)
        extra = settle(daemon, sink, number, RECIPIENTS, killer.kills)
        counts = sink.stop()
        assert counts["unsaid"] > 0
        assert counts["unmet"] == 0 or not SOAK
        assert extra <= CONNECTIONS * killer.kills + counts["unsaid"]
        assert most_doubt(daemon) <= CONNECTIONS
