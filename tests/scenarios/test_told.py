# SPDX-License-Identifier: ISC
"""What an admin is told when something is wrong: in `status`, in `relays` and
in the log; and that it goes on by itself once it is mended."""
import pytest

from harness import certs, people
from harness.maild import relay
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
