# SPDX-License-Identifier: ISC
"""How fast relays are used, which of them, and what they teach us: scripted
servers and the whole daemon.  What takes minutes is in tests/daemon/
test_pace.c, on a clock of its own."""
import re
import socket
import threading
import time

from harness import people
from harness.maild import relay
from harness.scripted_smtp import ScriptedSmtp
from harness.wait import free_port, wait_until

QUICK = 'retry-first = "1 s"\nretry-last = "2 s"\n'


class Watched(ScriptedSmtp):
    """Notes when each letter came, and how many of a domain at a time; each
    takes `seconds` to be accepted."""

    def __init__(self, script=None, seconds=0.0):
        self.times, self.seconds = [], seconds
        self.now, self.most = {}, {}
        self._count = threading.Lock()
        super().__init__(script)

    def recipients(self):
        return [to for to, _, _ in list(self.accepted)]

    def holding(self, address, begins):
        domain = address.partition("@")[2]
        with self._count:
            n = self.now.get(domain, 0) + (1 if begins else -1)
            self.now[domain] = n
            self.most[domain] = max(self.most.get(domain, 0), n)
            if begins:
                self.times.append(time.monotonic())

    def _next(self, key):
        step = super()._next(key)
        if "@" in key and step is None:
            self.holding(key, True)
            time.sleep(self.seconds)
            self.holding(key, False)
        return step


def begin(maild, folder, addresses, *blocks, keys=QUICK):
    daemon = maild(*blocks, keys=keys).start()
    (folder / "people.csv").write_text("email\n" + "\n".join(addresses) + "\n")
    daemon.cli("subscribers", "import", folder / "people.csv")
    (folder / "issue.md").write_text(people.issue(1))
    return daemon, daemon.json("queue", folder / "issue.md")[0]["id"]


def many(count, domain="laeserne.example"):
    return [f"laeser{n}@{domain}" for n in range(count)]


def test_rate_per_second(maild, folder):
    with Watched() as smtp:
        daemon, number = begin(maild, folder, many(150),
                               relay(smtp.port, rate_per_second=40))
        daemon.wait_issue(number, "finished")
        came = sorted(smtp.times)
        # 38.8 are meant, see pace.c; what was late is caught up.
        rate = (len(came) - 1) / (came[-1] - came[0])
        assert 36 <= rate <= 40.5, rate
        fullest = max(sum(t <= u < t + 1 for u in came) for t in came)
        assert fullest <= 44, fullest
        # Nothing was given back and taken again meanwhile.
        assert daemon.log().count("sent relay=") == 150


def test_domain_connections(maild, folder):
    """A domain at its limit: never more, and the others overtake it."""
    people_of = many(120, "stor.example") + many(40, "lille.example")
    with Watched(seconds=0.02) as smtp:
        daemon, number = begin(
            maild, folder, people_of,
            relay(smtp.port, connections=10),
            'domain "stor.example" { connections = 2 }\n')
        issue = daemon.wait_issue(number, "finished")
        assert issue["counts"]["sent"] == 160
        assert smtp.most["stor.example"] == 2
        assert smtp.most["lille.example"] > 2
        order = [to.partition("@")[2] for to in smtp.recipients()]
        last_small = len(order) - order[::-1].index("lille.example")
        assert last_small < 120, last_small
        # Not two in a second, as when each lease took two of them.
        assert smtp.times[-1] - smtp.times[0] < 12


def test_domain_rate_sets_letters_aside(maild, folder):
    """What cannot go for long is given back, so that others are leased."""
    people_of = many(600, "stor.example") + many(60, "lille.example")
    with Watched() as smtp:
        daemon, number = begin(
            maild, folder, people_of,
            relay(smtp.port, domain_rate_per_minute=600))
        wait_until(lambda: sum("@lille" in to for to in smtp.recipients())
                   == 60, "the small domain's letters", 30)
        assert len(smtp.accepted) < 400
        daemon.cli("cancel", number, "--yes")


def test_weight(maild, folder):
    with Watched() as a, Watched() as b:
        daemon, number = begin(
            maild, folder, many(400),
            relay(a.port, name="a", weight=3, connections=4),
            relay(b.port, name="b", weight=1, connections=4))
        daemon.wait_issue(number, "finished")
        assert len(a.accepted) + len(b.accepted) == 400
        assert 280 <= len(a.accepted) <= 320, len(a.accepted)


def test_order_and_return(maild, folder):
    """The second order waits; it carries while the first is down, and rests
    when it is back."""
    port = free_port()
    with Watched(seconds=0.01) as second:
        daemon, number = begin(
            maild, folder, many(40),
            relay(port, name="first", connections=2),
            relay(second.port, name="second", order=2, connections=2))
        daemon.wait_issue(number, "finished")
        assert len(second.accepted) == 40
        with Watched(seconds=0.01) as first:
            first._listener.close()
            first.port = port
            first._listener = socket.create_server(("127.0.0.1", port))
            threading.Thread(target=first._listen, daemon=True).start()
            # It is tried again while the second works, and takes over.
            for issue in range(2, 12):
                (folder / "issue.md").write_text(people.issue(issue))
                before = len(first.accepted)
                number = daemon.json("queue", folder / "issue.md")[0]["id"]
                daemon.wait_issue(number, "finished")
                if len(first.accepted) - before == 40:
                    break
            else:
                raise AssertionError("the first never carried an issue alone")


def test_storm(maild, folder):
    """421 from all: half as many connections, and all letters arrive."""
    addresses = many(60)
    script = {a: ["rcpt 421 4.7.0 too fast"] for a in addresses[24:28]}
    with Watched(script, seconds=0.01) as smtp:
        daemon, number = begin(maild, folder, addresses,
                               relay(smtp.port, connections=8))
        issue = daemon.wait_issue(number, "finished")
        assert issue["counts"]["sent"] == 60
        found = re.findall(r"as a whole wants less: at most (\d+)",
                           daemon.log())
        assert found and int(found[0]) <= 4, daemon.log()[-2000:]


def test_domain_that_says_slower(maild, folder):
    """4.7.x to a letter slows its domain only."""
    addresses = many(20, "stor.example") + many(20, "lille.example")
    script = {addresses[0]: ["dot 451 4.7.28 too fast"]}
    with Watched(script, seconds=0.01) as smtp:
        daemon, number = begin(maild, folder, addresses,
                               relay(smtp.port, connections=4))
        daemon.wait_log(r"relay=primary for stor.example wants less")
        wait_until(lambda: sum("@lille" in to for to in smtp.recipients())
                   == 20, "the other domain's letters", 30)
        assert "as a whole" not in daemon.log()
        daemon.cli("cancel", number, "--yes")


def test_day_outlives_a_kill(maild, folder):
    """The day's budget is spent once, whatever is killed; refused letters
    cost nothing; a second relay carries the rest."""
    addresses = many(30)
    script = {addresses[1]: ["rcpt 550 5.1.1 no such user"]}
    with Watched(script) as smtp:
        daemon, number = begin(maild, folder, addresses,
                               relay(smtp.port, rate_per_day=20, connections=3,
                                     rate_per_second=20))
        wait_until(lambda: len(smtp.accepted) >= 7, "some letters")
        daemon.kill()
        daemon.start()
        daemon.wait_log(r"no relay may carry more letters")
        assert 17 <= len(smtp.accepted) <= 20, len(smtp.accepted)
        wait_until(lambda: daemon.issue(number)["counts"]["leased"] == 0,
                   "the dead sender's letters given back")
        assert daemon.issue(number)["counts"]["waiting"] >= 9
        with Watched() as other:
            daemon.stop()
            daemon.write_conf(relay(smtp.port, rate_per_day=20),
                              relay(other.port, name="other", order=2),
                              keys=QUICK)
            daemon.start()
            daemon.wait_issue(number, "finished")
            assert len(smtp.accepted) <= 20
            assert len(other.accepted) >= 9


def test_relays_and_status(maild, folder):
    """How the relays stand, seen from outside; a dead one is trouble."""
    addresses = many(40)
    script = {addresses[5]: ["dot 451 4.7.28 too fast"]}
    with Watched(script) as smtp:
        daemon, number = begin(
            maild, folder, addresses,
            relay(free_port(), name="gone"),
            relay(smtp.port, name="there", order=2, connections=3,
                  rate_per_day=1000))

        def seen(name):
            return next((r for r in daemon.json("relays")
                         if r["name"] == name), None)
        wait_until(lambda: (seen("gone") or {}).get("state") == "down",
                   "the sender to say that it is down")
        wait_until(lambda: (seen("there") or {}).get("domains"),
                   "the sender to name the domain")
        there = seen("there")
        assert there["budget"] == 1000 and there["sent"] > 0, there
        assert there["domains"][0]["domain"] == "laeserne.example", there
        assert not there["stale"] and there["reply"], there
        trouble = daemon.json("status")[0]["trouble"]
        assert any(w.startswith("relay gone takes no connection since")
                   for w in trouble), trouble
        text = daemon.cli("relays").stdout
        assert "SLOWER FOR" in text and "laeserne.example" in text, text
        daemon.cli("cancel", number, "--yes")
