# SPDX-License-Identifier: ISC
"""What an admin is told when something is wrong: in `status`, in `relays` and
in the log; and that it goes on by itself once it is mended."""
import json
import sqlite3
import subprocess
import time

import pytest

from harness import certs, people
from harness.maild import inbox, relay
from harness.scripted_smtp import ScriptedSmtp
from harness.wait import wait_until

QUICK = 'retry-first = "1 s"\nretry-last = "2 s"\n'


def begin(daemon, folder, count=3):
    (folder / "people.csv").write_text(people.csv(count))
    daemon.cli("subscribers", "import", folder / "people.csv")
    (folder / "issue.md").write_text(people.issue(1))
    return daemon.json("queue", folder / "issue.md")[0]["id"]


def in_trouble(daemon, *words):
    """status says all of that in one line, soon."""
    def said():
        for line in daemon.json("status")[0]["trouble"]:
            if all(word in line for word in words):
                return line
        return None
    return wait_until(said, f"{words} in status; it says "
                      f"{daemon.json('status')[0]['trouble']}", 15)


@pytest.fixture
def tls(folder):
    return certs.make(folder / "tls")


def test_password_file_that_others_can_read(maild, folder, tls):
    ca, cert, key = tls
    with ScriptedSmtp(offers=["AUTH PLAIN"], tls=(cert, key)) as smtp:
        secret = folder / "password"
        secret.write_text("sesame\n")
        secret.chmod(0o644)
        daemon = maild(relay(smtp.port, host="localhost", tls="required",
                             ca_file=ca, user="u", password_file=secret),
                       keys=QUICK).start()
        number = begin(daemon, folder)
        in_trouble(daemon, "primary takes no connection", str(secret),
                   "mode 0644", "chmod 600")
        daemon.wait_log("chmod 600\"; trying again in 2 s")
        secret.chmod(0o600)
        daemon.wait_issue(number, "finished")
        assert "sesame" not in daemon.words()


def test_wrong_password(maild, folder, tls):
    ca, cert, key = tls
    with ScriptedSmtp(offers=["AUTH PLAIN"], tls=(cert, key)) as smtp:
        smtp.may_enter = lambda said: False
        secret = folder / "password"
        secret.write_text("sesame\n")
        secret.chmod(0o600)
        daemon = maild(relay(smtp.port, host="localhost", tls="required",
                             ca_file=ca, user="u", password_file=secret),
                       keys=QUICK).start()
        begin(daemon, folder)
        in_trouble(daemon, "primary refuses our mail", "535 5.7.8 not you")
        in_trouble(daemon, "is held", "535 5.7.8 not you")
        state = daemon.json("relays")[0]
        assert state["state"] == "refuses"
        assert "535 5.7.8 not you" in state["reply"]


def test_a_connection_that_cannot_be_made(maild, folder, tls):
    """relays test says what it is, and where to look."""
    ca, cert, key = tls
    other, other_cert, other_key = certs.make(folder / "other")
    _, old_cert, old_key = certs.make(folder / "old", days=-1)
    _, far_cert, far_key = certs.make(folder / "far", name="far.example")
    servers = {
        "plain": ScriptedSmtp(offers=["AUTH PLAIN"]),
        "good": ScriptedSmtp(tls=(cert, key)),
        "old": ScriptedSmtp(tls=(old_cert, old_key)),
        "far": ScriptedSmtp(tls=(far_cert, far_key)),
        "at-once": ScriptedSmtp(tls=(cert, key), implicit_tls=True)}
    secret = folder / "password"
    secret.touch(mode=0o600)
    secret.write_text("sesame\n")
    cases = [  # server, keys, what is said
        ("plain", {"ca_file": ca}, "STARTTLS not supported (another port, or"
                                   " smtps://?)"),
        ("plain", {"scheme": "smtps", "ca_file": ca}, "(is it smtp://, for a"
                                                      " port with STARTTLS?)"),
        ("at-once", {"ca_file": ca, "timeout": "2 s"},
         "(is it smtps://, for a port with TLS from the start?)"),
        ("good", {"ca_file": other}, "the certificate is not trusted: The"
         f" certificate issuer is unknown (ca-file {other})"),
        ("good", {"ca_file": folder / "none.pem"}, str(folder / "none.pem")),
        ("old", {"ca_file": folder / "old/ca.pem"}, "not trusted: The"
         " certificate chain uses expired certificate"),
        ("far", {"ca_file": folder / "far/ca.pem"}, "far.example"),
        ("good", {"ca_file": ca, "user": "u", "password_file": secret},
         "user is set, but the server offers no AUTH here"),
        (None, {}, "(Connection refused)"),
    ]
    blocks = [relay(servers[server].port if server else 1, f"r{i}",
                    **{"host": "localhost", "tls": "required"} |
                    {k: str(v) for k, v in keys.items()})
              for i, (server, keys, _) in enumerate(cases)]
    daemon = maild(*blocks).start()
    for i, (_, _, want) in enumerate(cases):
        done = daemon.cli("--json", "relays", "test", f"r{i}", check=False)
        assert done.returncode == 69
        assert want in json.loads(done.stdout)["error"]
    for server in servers.values():
        server.stop()


def test_a_relay_without_auth_is_not_used_without(maild, folder, tls):
    ca, cert, key = tls
    secret = folder / "password"
    secret.touch(mode=0o600)
    secret.write_text("sesame\n")
    with ScriptedSmtp(tls=(cert, key)) as smtp:
        daemon = maild(relay(smtp.port, host="localhost", tls="required",
                             ca_file=ca, user="u", password_file=secret),
                       keys=QUICK).start()
        number = begin(daemon, folder)
        assert "offers no AUTH" in daemon.wait_issue(number, "held")["reason"]
        in_trouble(daemon, "refuses our mail", "offers no AUTH")
        assert smtp.accepted == []


def test_a_report_that_nobody_came_for(maild, folder):
    """Ctrl-C, mend, and test once more: how it is, not how it was."""
    with ScriptedSmtp({"GREETING": ["554 5.7.1 \xe6h, no"]}) as smtp:
        daemon = maild(relay(smtp.port)).start()
        post = ["curl", "-s", "--unix-socket", str(daemon.socket),
                "-X", "POST", "http://x/v1/relays/primary/test"]
        assert json.loads(subprocess.check_output(post)) == {"done": False}
        wait_until(lambda: smtp.connections, "the test to connect")
        wait_until(lambda: "Z" in child_states(daemon.pids()["control"]),
                   "the test to end")
        done = daemon.json("relays", "test")[0]
        assert "error" not in done and smtp.connections == 2


def child_states(pid):
    return subprocess.run(["ps", "-o", "stat=", "--ppid", str(pid)],
                          capture_output=True, text=True).stdout


def test_a_store_that_is_busy(maild, folder):
    """Twice a second it is tried, once it is said; and that it is over."""
    script = {people.address(1): ["dot wait"]}
    with ScriptedSmtp(script) as smtp:
        daemon = maild(relay(smtp.port, connections=1)).start()
        number = begin(daemon, folder, 1)
        wait_until(lambda: daemon.issue(number)["counts"]["sending"] == 1,
                   "the letter on the wire")
        other = sqlite3.connect(daemon.state / "rummelig-mail.sqlite",
                                isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        smtp.gate.set()
        daemon.wait_log("a turn could not be written: .*another process has"
                        " been writing .*trying again every 500 ms")
        began = time.monotonic()  # a try lasts 2 s, and the pause
        wait_until(lambda: time.monotonic() - began > 6, "further tries")
        other.execute("ROLLBACK")
        other.close()
        daemon.wait_issue(number, "finished")
        daemon.wait_log("the store can be written again, after [1-9]")
        assert daemon.log().count("trying again every") == 1


def test_a_mailbox_that_cannot_be_read(maild, folder, dovecot, user):
    with ScriptedSmtp() as smtp:
        daemon = maild(relay(smtp.port))
        secret = daemon.secret("mailbox", "wrong")
        daemon.write_conf(relay(smtp.port), inbox(
            dovecot.imaps_port, secret, dovecot.ca, user=user))
        daemon.start()
        in_trouble(daemon, "inbox tg/INBOX cannot be read since", user,
                   "is not heard")
        secret.write_text(dovecot.password + "\n")
        daemon.hup()  # a refused password is not tried often
        wait_until(lambda: daemon.json("status")[0]["trouble"] == [],
                   "the trouble to end")
