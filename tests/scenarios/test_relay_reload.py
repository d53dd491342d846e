# SPDX-License-Identifier: ISC
"""A new configuration while letters are on the wire, and a token server that
takes its time: nothing is lost, nothing goes twice, nobody is kept waiting."""
import time

from harness import certs, people
from harness.maild import relay
from harness.scripted_smtp import ScriptedSmtp
from harness.token_server import TokenServer
from harness.wait import wait_until

QUICK = 'retry-first = "1 s"\nretry-last = "2 s"\n'
ADDRESSES = [people.address(n) for n in range(40)]


def begin(daemon, folder):
    """It has these subscribers, and an issue is queued."""
    daemon.start()
    (folder / "people.csv").write_text("email\n" + "\n".join(ADDRESSES) + "\n")
    daemon.cli("subscribers", "import", folder / "people.csv")
    (folder / "issue.md").write_text(people.issue(1))
    return daemon.json("queue", folder / "issue.md")[0]["id"]


def on_the_wire(daemon, number, n):
    wait_until(lambda: daemon.issue(number)["counts"]["sending"] == n,
               f"{n} letters on the wire")


def reload(daemon):
    seen = len(daemon.log())
    daemon.hup()
    daemon.wait_log("workers end and start again with it", after=seen)
    return seen


def test_another_relay_in_mid_send(maild, folder):
    """What is on the old one's wire comes to its end; the rest goes by the
    new one."""
    with ScriptedSmtp({a: ["dot wait"] for a in ADDRESSES}) as old, \
            ScriptedSmtp() as new:
        daemon = maild(relay(old.port, connections=4), keys=QUICK)
        number = begin(daemon, folder)
        on_the_wire(daemon, number, 4)
        daemon.write_conf(relay(new.port, name="another"), keys=QUICK)
        seen = reload(daemon)
        daemon.wait_log("stopping: waits at most", after=seen)
        assert new.connections == 0
        old.gate.set()
        daemon.wait_issue(number, "finished")
        assert sorted(old.recipients() + new.recipients()) == sorted(ADDRESSES)
        assert 4 <= len(old.accepted) <= 8 and new.accepted
        rows = daemon.json("who", number)
        assert {(r["address"], r["relay"]) for r in rows} == \
            {(a, "primary") for a in old.recipients()} | \
            {(a, "another") for a in new.recipients()}
        assert not any(r["doubts"] for r in rows)


def test_the_old_relay_never_answers(maild, folder):
    """When `drain` is over, the new configuration takes its place all the
    same, and what was on the wire is named."""
    with ScriptedSmtp({ADDRESSES[0]: ["dot accept-hang"]}) as old, \
            ScriptedSmtp() as new:
        keys = QUICK + 'drain = "1 s"\n'
        daemon = maild(relay(old.port, connections=1), keys=keys)
        number = begin(daemon, folder)
        wait_until(lambda: ADDRESSES[0] in old.recipients(), "the letter")
        daemon.write_conf(relay(new.port, name="another"), keys=keys)
        reload(daemon)
        daemon.wait_issue(number, "finished")
        twice, = daemon.json("who", number, "--doubtful")
        assert (twice["address"], twice["doubts"]) == (ADDRESSES[0], 1)
        assert sorted(old.recipients() + new.recipients()) == \
            sorted(ADDRESSES + ADDRESSES[:1])


def test_a_wrong_one_in_mid_send(maild, folder):
    """Nothing of it is taken, and the wire does not notice."""
    with ScriptedSmtp({a: ["dot wait"] for a in ADDRESSES}) as smtp:
        daemon = maild(relay(smtp.port, connections=4), keys=QUICK)
        number = begin(daemon, folder)
        on_the_wire(daemon, number, 4)
        workers = daemon.pids()
        daemon.write_conf(relay(smtp.port, colour="green"), keys=QUICK)
        daemon.hup()
        daemon.wait_log(r"colour")
        smtp.gate.set()
        daemon.wait_issue(number, "finished")
        assert daemon.pids() == workers
        assert smtp.connections == 4
        assert sorted(smtp.recipients()) == sorted(ADDRESSES)


def test_again_and_again(maild, folder):
    """Ten new configurations while an issue goes out."""
    with ScriptedSmtp() as smtp:
        daemon = maild(relay(smtp.port, connections=2), keys=QUICK)
        number = begin(daemon, folder)
        for n in range(10):
            daemon.write_conf(relay(smtp.port, connections=2 + n % 3),
                              keys=QUICK)
            daemon.hup()
            daemon.cli("version")
        daemon.wait_issue(number, "finished")
        assert sorted(smtp.recipients()) == sorted(ADDRESSES)


class Slow:
    """A relay that wants a token, and a token server that says nothing until
    its gate is opened."""

    def __init__(self, folder):
        ca, cert, key = certs.make(folder / "tls")
        self.smtp = ScriptedSmtp(offers=["PIPELINING", "AUTH XOAUTH2"],
                                 tls=(cert, key))
        self.tokens = TokenServer(
            (cert, key), (200, {"access_token": "token-1", "expires_in": 3600,
                                "token_type": "Bearer"}))
        self.tokens.gate.clear()
        secret = folder / "refresh"
        secret.touch(mode=0o600)
        secret.write_text("refresh-1\n")
        self.block = relay(
            self.smtp.port, host="localhost", tls="required", connections=2,
            ca_file=str(ca), auth="xoauth2", user="tg@lo.example",
            token_url=self.tokens.url, token_ca_file=str(ca),
            client_id="us", refresh_token_file=str(secret))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.smtp.stop()
        self.tokens.__exit__()


def asked(slow, times):
    wait_until(lambda: len(slow.tokens.asked) >= times, "a token to be asked")


def test_slow_token_server(maild, folder):
    """Longer than a worker may be silent: the sender is alive all the same,
    asks once, and sends when the token is there."""
    with Slow(folder) as slow:
        keys = QUICK + 'reader-time = "1 s"\nworker-silence = "5 s"\n'
        daemon = maild(slow.block, keys=keys)
        number = begin(daemon, folder)
        asked(slow, 1)
        workers = daemon.pids()
        too_long = time.monotonic() + 8
        wait_until(lambda: time.monotonic() > too_long, "the silence to pass")
        assert daemon.pids() == workers
        assert len(slow.tokens.asked) == 1 and not slow.smtp.accepted
        slow.tokens.gate.set()
        daemon.wait_issue(number, "finished")
        assert daemon.pids() == workers
        assert sorted(slow.smtp.recipients()) == sorted(ADDRESSES)


def test_reload_while_a_token_is_awaited(maild, folder):
    """Nothing is on the wire: the sender ends at once, and the next one asks
    anew."""
    with Slow(folder) as slow:
        daemon = maild(slow.block, keys=QUICK)
        number = begin(daemon, folder)
        asked(slow, 1)
        reload(daemon)
        asked(slow, 2)
        slow.tokens.gate.set()
        daemon.wait_issue(number, "finished")
        assert sorted(slow.smtp.recipients()) == sorted(ADDRESSES)
        assert "refresh-1" not in daemon.words()


def test_end_while_a_token_is_awaited(maild, folder):
    with Slow(folder) as slow:
        daemon = maild(slow.block, keys=QUICK)
        number = begin(daemon, folder)
        asked(slow, 1)
        assert daemon.stop() == 0
        slow.tokens.gate.set()
        daemon.start()
        daemon.wait_issue(number, "finished")
        assert sorted(slow.smtp.recipients()) == sorted(ADDRESSES)
