# SPDX-License-Identifier: ISC
"""10,000 recipients, and the worker killed at each named point five times:
none lost, no more duplicates than connections x kills, each one named."""
import re

import pytest

from harness import people
from harness.maild import relay
from harness.sink import Sink
from harness.wait import wait_until

RECIPIENTS = 10_000
CONNECTIONS = 10
KILLS = 5


def send(daemon, folder, count):
    (folder / "people.csv").write_text(people.csv(count))
    daemon.cli("subscribers", "import", folder / "people.csv")
    source = folder / "issue.md"
    source.write_text(people.issue(1))
    return daemon.json("queue", source)[0]["id"]


def account(daemon, sink, number, count):
    """Checks what the sink saw against what the daemon says; returns how
    many letters came twice."""
    issue = daemon.issue(number)
    assert issue["audience"] == count
    assert issue["counts"]["sent"] == count, issue
    seen = sink.lines()
    assert {to for to, _ in seen} == \
        {people.address(n) for n in range(1, count + 1)}
    twice = {token for token, times in sink.deliveries().items() if times > 1}
    named = {re.sub(r"[<>]", "", row["message_id"]).split("@")[0].split(".")[0]
             for row in daemon.json("who", number, "--doubtful")}
    assert twice <= named, f"not named by who: {twice - named}"
    return len(seen) - count


def test_every_recipient_gets_exactly_one(maild, folder):
    with Sink(folder) as sink:
        daemon = maild(relay(sink.port, connections=CONNECTIONS)).start()
        number = send(daemon, folder, RECIPIENTS)
        daemon.wait_issue(number, "finished")
        assert account(daemon, sink, number, RECIPIENTS) == 0
        assert daemon.json("who", number, "--doubtful") == []


@pytest.mark.parametrize("point", ["before-commit", "after-commit",
                                   "in-body", "after-dot"])
def test_killed_at(point, maild, folder):
    env = {"RUMMELIG_CRASH": f"{point}:200:{KILLS}"}
    with Sink(folder) as sink:
        daemon = maild(relay(sink.port, connections=CONNECTIONS),
                       env=env).start()
        number = send(daemon, folder, RECIPIENTS)
        daemon.wait_issue(number, "finished")
        died = len(re.findall(r"worker=sender.* died|sender.*killed by signal",
                              daemon.log()))
        assert died >= KILLS, f"the sender died {died} times"
        twice = account(daemon, sink, number, RECIPIENTS)
        assert twice <= CONNECTIONS * KILLS


def test_whole_daemon_killed(maild, folder):
    """SIGKILL to the supervisor in the middle, again and again."""
    with Sink(folder, "--dot-delay-ms", "2") as sink:
        daemon = maild(relay(sink.port, connections=CONNECTIONS)).start()
        number = send(daemon, folder, 3000)
        for kill in range(KILLS):
            mark = len(sink.lines())
            wait_until(lambda: len(sink.lines()) > mark + 200,
                       "200 more letters", 60)
            daemon.kill()
            daemon.start()
        daemon.wait_issue(number, "finished")
        assert account(daemon, sink, number, 3000) <= CONNECTIONS * KILLS
