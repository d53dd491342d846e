# SPDX-License-Identifier: ISC
"""Who we say we are to a relay: passwords and OAuth 2 tokens."""
import re
import threading

import pytest

from harness import certs, people, place
from harness.machine import MACHINE
from harness.maild import relay
from harness.scripted_smtp import ScriptedSmtp
from harness.token_server import TokenServer
from harness.wait import wait_until

QUICK = 'retry-first = "1 s"\nretry-last = "2 s"\n'
SECRETS = ("refresh-1", "refresh-2", "token-1", "token-2", "token-3",
           "client-secret-1", "sesame")


def answer(number, **more):
    return 200, {"access_token": f"token-{number}", "token_type": "Bearer",
                 "expires_in": 3600, **more}


class Place:
    """A relay that wants OAuth 2, and a token server."""

    def __init__(self, folder, mechanism, *answers):
        self.folder = folder
        self.ca, cert, key = certs.make(folder / "tls")
        self.mechanism = mechanism.upper()
        self.smtp = ScriptedSmtp(
            offers=["PIPELINING", "AUTH PLAIN LOGIN XOAUTH2 OAUTHBEARER"],
            tls=(cert, key))
        self.tokens = TokenServer((cert, key), *answers)
        self.keys = {
            "host": "localhost", "tls": "required", "connections": 2,
            "ca_file": str(self.ca), "auth": mechanism, "user": "tg@lo.example",
            "token_url": self.tokens.url, "token_ca_file": str(self.ca),
            "client_id": "our client"}

    def secret(self, name, text):
        path = self.folder / name
        path.touch(mode=0o600)
        path.write_text(text + "\n")
        return path

    def begin(self, maild, count=3, of_daemon=None, **keys):
        keys = {k: str(v) if k != "connections" else v
                for k, v in {**self.keys, **keys}.items() if v is not None}
        self.daemon = maild(relay(self.smtp.port, **keys), keys=QUICK,
                            **(of_daemon or {})).start()
        (self.folder / "people.csv").write_text(people.csv(count))
        self.daemon.cli("subscribers", "import", self.folder / "people.csv")
        (self.folder / "issue.md").write_text(people.issue(1))
        return self.queue()

    def queue(self):
        return self.daemon.json("queue", "--again",
                                self.folder / "issue.md")[0]["id"]

    def said(self, token):
        if self.mechanism == "XOAUTH2":
            return f"user=tg@lo.example\x01auth=Bearer {token}\x01\x01"
        return (f"n,a=tg@lo.example,\x01host=localhost\x01"
                f"port={self.smtp.port}\x01auth=Bearer {token}\x01\x01")

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        self.smtp.stop()
        self.tokens.__exit__()
        words = self.daemon.words()
        for secret in SECRETS:
            assert kind or secret not in words


@pytest.mark.parametrize("mechanism", ["xoauth2", "oauthbearer"])
def test_refresh_token(mechanism, maild, folder):
    with Place(folder, mechanism, answer(1, refresh_token="refresh-2")) as p:
        refresh = p.secret("refresh", "refresh-1")
        number = p.begin(
            maild, refresh_token_file=refresh, scope="mail send",
            client_secret_command="echo client-secret-1")
        p.daemon.wait_issue(number, "finished")
        assert p.tokens.asked == [{
            "grant_type": "refresh_token", "client_id": "our client",
            "client_secret": "client-secret-1", "refresh_token": "refresh-1",
            "scope": "mail send"}]
        assert set(p.smtp.logins) == {(p.mechanism, p.said("token-1"))}
        assert refresh.read_text() == "refresh-2\n"
        assert refresh.stat().st_mode & 0o777 == 0o600
        assert sorted(x.name for x in folder.glob("refresh*")) == ["refresh"]
        number = p.queue()
        p.daemon.wait_issue(number, "finished")
        assert len(p.tokens.asked) == 1


def test_refresh_token_is_on_disk(maild, folder):
    """Its bytes and its name: the old one may be good no more."""
    with Place(folder, "xoauth2", answer(1, refresh_token="refresh-2")) as p:
        (folder / "secrets").mkdir()
        refresh = p.secret("secrets/refresh", "refresh-1")
        synced = folder / "synced"
        number = p.begin(
            maild, refresh_token_file=refresh,
            of_daemon={"build": place.ROOT / "build", "env": {
                "LD_PRELOAD": str(MACHINE), "MACHINE_FOLDERS": str(synced)}})
        p.daemon.wait_issue(number, "finished")
        assert refresh.read_text() == "refresh-2\n"
        assert str(refresh.parent) in synced.read_text().splitlines()


def test_client_credentials(maild, folder):
    with Place(folder, "xoauth2", answer(1)) as p:
        number = p.begin(maild, client_secret_file=p.secret(
            "secret", "client-secret-1"))
        p.daemon.wait_issue(number, "finished")
        assert [form["grant_type"] for form in p.tokens.asked] == \
            ["client_credentials"]


@pytest.mark.parametrize("mechanism", ["xoauth2", "oauthbearer"])
def test_refused_token_is_renewed(mechanism, maild, folder):
    """Good at first, then not any more: another one, at once."""
    with Place(folder, mechanism, answer(1), answer(2)) as p:
        number = p.begin(maild, letters_per_connection="1",
                         refresh_token_file=p.secret("r", "refresh-1"))
        p.daemon.wait_issue(number, "finished")
        p.smtp.may_enter = lambda said: "token-2" in said
        number = p.queue()
        p.daemon.wait_issue(number, "finished")
        assert len(p.tokens.asked) == 2
        assert "refuses an access token that was good" in p.daemon.log()
        assert "no connection" not in p.daemon.log()


def test_token_that_is_never_good(maild, folder):
    with Place(folder, "oauthbearer", answer(1), answer(2)) as p:
        p.smtp.may_enter = lambda said: False
        number = p.begin(maild, refresh_token_file=p.secret("r", "refresh-1"))
        issue = p.daemon.wait_issue(number, "held")
        assert "535" in issue["reason"]
        p.smtp.may_enter = lambda said: True
        p.daemon.cli("release", number)
        p.daemon.wait_issue(number, "finished")


def test_token_expires(maild, folder):
    """A life of 2 s: a new one before each new connection after that."""
    with Place(folder, "xoauth2", answer(1, expires_in=2), answer(2)) as p:
        number = p.begin(maild, connections=1, letters_per_connection="1",
                         refresh_token_file=p.secret("r", "refresh-1"))
        p.daemon.wait_issue(number, "finished")
        def renewed():
            p.daemon.wait_issue(p.queue(), "finished")
            return len(p.tokens.asked) == 2
        wait_until(renewed, "the second token")
        assert "refuses" not in p.daemon.log()


def test_token_server_is_down(maild, folder):
    with Place(folder, "xoauth2", (503, "<html>no</html>"), answer(1)) as p:
        number = p.begin(maild, refresh_token_file=p.secret("r", "refresh-1"))
        p.daemon.wait_log(r"no connection: .*the token server answers 503\W+"
                          "trying again in 1 s")
        p.daemon.wait_issue(number, "finished")


def test_token_server_refuses(maild, folder):
    with Place(folder, "xoauth2", (400, {
            "error": "invalid_grant",
            "error_description": "the password was changed"}),
            (400, {"error": "invalid_grant",
                   "error_description": "bad refresh-1"}), answer(1)) as p:
        number = p.begin(maild, refresh_token_file=p.secret("r", "refresh-1"))
        issue = p.daemon.wait_issue(number, "held")
        assert "400 invalid_grant: the password was changed" in issue["reason"]
        p.daemon.cli("release", number)
        p.daemon.wait_log(r"400 invalid_grant\W+trying")
        p.daemon.wait_issue(number, "held")
        p.daemon.cli("release", number)
        p.daemon.wait_issue(number, "finished")


def test_token_server_is_another(maild, folder):
    """Its certificate is not to be trusted: no secret goes there."""
    other, _, _ = certs.make(folder / "other")
    with Place(folder, "xoauth2", answer(1)) as p:
        p.begin(maild, refresh_token_file=p.secret("r", "refresh-1"),
                token_ca_file=other)
        p.daemon.wait_log("no connection: .*no token from .*certificate")
        assert p.tokens.asked == []


def test_token_command(maild, folder):
    with Place(folder, "xoauth2", answer(1)) as p:
        number = p.begin(maild, token_url=None, client_id=None,
                         token_command="echo token-3")
        p.daemon.wait_issue(number, "finished")
        assert set(p.smtp.logins) == {("XOAUTH2", p.said("token-3"))}


def test_slow_sources_block_nobody(maild, folder):
    """A token server that does not answer and a password that takes its time
    hold up neither the other relay nor the daemon's end."""
    with Place(folder, "xoauth2", answer(1)) as p, \
            ScriptedSmtp(offers=["PIPELINING", "AUTH PLAIN"]) as late, \
            ScriptedSmtp() as quick:
        p.tokens.gate.clear()
        p.keys["refresh_token_file"] = str(p.secret("r", "refresh-1"))
        gate = folder / "gate"
        p.daemon = maild(
            relay(p.smtp.port, **p.keys),
            relay(late.port, name="late", user="tg", password_command=
                  f"until test -e {gate}; do sleep 0.05; done; echo sesame"),
            relay(quick.port, name="quick", connections=1), keys=QUICK).start()
        (folder / "people.csv").write_text(people.csv(20))
        p.daemon.cli("subscribers", "import", folder / "people.csv")
        (folder / "issue.md").write_text(people.issue(1))
        number = p.queue()
        p.daemon.wait_issue(number, "finished", seconds=8)
        assert len(quick.accepted) == 20
        assert len(p.tokens.asked) == 1
        gate.touch()


def test_login_is_preferred_to_nothing(maild, folder):
    """A password where the server knows LOGIN alone."""
    with ScriptedSmtp(offers=["AUTH PLAIN"]) as smtp:
        secret = folder / "secret"
        secret.touch(mode=0o600)
        secret.write_text("sesame\n")
        daemon = maild(relay(smtp.port, user="tg", password_file=str(secret)),
                       keys=QUICK).start()
        (folder / "people.csv").write_text(people.csv(2))
        daemon.cli("subscribers", "import", folder / "people.csv")
        (folder / "issue.md").write_text(people.issue(1))
        daemon.wait_issue(daemon.json("queue", folder / "issue.md")[0]["id"],
                          "finished")
        assert set(smtp.logins) == {("PLAIN", "\0tg\0sesame")}
        assert not re.search("sesame", daemon.words())


@pytest.mark.parametrize("dsn", ["yes", "no"])
def test_dsn_and_local_address(dsn, maild, folder):
    """What we ask of bounces, and where we come from."""
    with ScriptedSmtp(offers=["PIPELINING", "DSN"]) as smtp:
        daemon = maild(relay(smtp.port, dsn=dsn, local_address="127.0.0.9"),
                       keys=QUICK).start()
        (folder / "people.csv").write_text("email\nåse@bløde.example\n"
                                           "a+b@bløde.example\n")
        daemon.cli("subscribers", "import", folder / "people.csv")
        (folder / "issue.md").write_text(people.issue(1))
        number = daemon.json("queue", folder / "issue.md")[0]["id"]
        issue = daemon.wait_issue(number, "finished")
        assert issue["counts"]["sent"] == issue["counts"]["failed"] == 1
        mail, = [x for x in smtp.dialogue if x.startswith("MAIL")]
        rcpt, = [x for x in smtp.dialogue if x.startswith("RCPT")]
        row, = [r for r in daemon.json("who", number) if r["state"] == "sent"]
        to = "a+b@" + "bløde.example".encode("idna").decode()
        if dsn == "yes":
            token = row["message_id"].strip("<>").split(".rm@")[0]
            assert mail.endswith(f"> RET=HDRS ENVID={token}")
            assert rcpt == (f"RCPT TO:<{to}> NOTIFY=FAILURE,DELAY "
                            f"ORCPT=rfc822;{to.replace('+', '+2B')}")
        else:
            assert mail.endswith(">") and rcpt == f"RCPT TO:<{to}>"
        assert set(smtp.peers) == {"127.0.0.9"}


def test_relays_test(maild, folder):
    """Three relays that can be used, are not what they should be, are away;
    nobody waits for a fourth that says nothing."""
    ca, cert, key = certs.make(folder / "tls")
    offers = ["PIPELINING", "SIZE 1000", "AUTH PLAIN", "DSN"]
    with ScriptedSmtp(offers=offers, tls=(cert, key)) as good, \
            ScriptedSmtp({"GREETING": ["554 no service for you"]}) as bad, \
            ScriptedSmtp({"GREETING": ["hang"]}) as silent:
        daemon = maild(
            relay(good.port, name="good", host="localhost", tls="required",
                  ca_file=str(ca), user="tg", password_command="echo sesame"),
            relay(bad.port, name="bad"), relay(silent.port, name="silent"),
            keys=QUICK).start()
        seen, = daemon.json("relays", "test", "good")
        assert seen["logged_in"] and "error" not in seen
        assert seen["tls"]["version"].startswith("TLS1.")
        assert seen["tls"]["verified"] and "Test CA" in seen["tls"]["issuer"]
        assert seen["offers"] == offers
        text = daemon.cli("relays", "test", "good").stdout
        assert "logged in" in text and "AUTH PLAIN" in text
        done = daemon.cli("relays", "test", "bad", check=False)
        assert done.returncode == 69
        assert "554 no service for you" in done.stdout
        waiting = threading.Thread(
            target=lambda: daemon.cli("relays", "test", "silent", check=False))
        waiting.start()
        wait_until(lambda: silent.connections, "the silent one to be asked")
        assert daemon.cli("version").returncode == 0
        assert daemon.cli("relays", "test", "nobody", check=False
                          ).returncode == 66
        silent.stop()
        silent.stop()
        waiting.join()
        assert good.accepted == []
        assert "sesame" not in daemon.words() + text
