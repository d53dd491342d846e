# SPDX-License-Identifier: ISC
"""People and servers that mean us harm, against the whole daemon."""
import email.message
import email.policy
import os
import shutil
import subprocess

import pytest

from harness import certs, place
from harness.maild import inbox, relay
from harness.receiver import Receiver
from harness.scripted_imap import ScriptedImap

LEAVE = "Hej, vil I ikke nok framelde mig nyhedsbrevet"
READER = "anna@laeserne.example"


def mail(number, words=LEAVE, **fields):
    """A mail of READER's; fields: Authentication_Results="..." and the like."""
    m = email.message.EmailMessage()
    for name, value in ({"From": READER, "To": "tg@lo-aarhus.dk",
                         "Subject": "Nyhedsbrev 14"} | fields).items():
        m[name.replace("_", "-")] = value
    m["Message-ID"] = f"<{number}@laeserne.example>"
    m.set_content(words + "\n")
    return m.as_bytes(policy=email.policy.SMTP)


@pytest.fixture
def daemon(maild, folder, dovecot, user):
    """One that reads the mailbox of `user` and has READER on its list."""
    d = maild()
    d.smtp = Receiver(dovecot, tls=False)
    d.write_conf(relay(d.smtp.port),
                 inbox(dovecot.imaps_port,
                       d.secret("password", dovecot.password), dovecot.ca,
                       user=user))
    d.start()
    (folder / "people.csv").write_text(f"email\n{READER}\n")
    d.cli("subscribers", "import", folder / "people.csv")
    yield d
    d.smtp.stop()


def state(daemon):
    return daemon.json("subscribers", "show", READER)[0]["subscriptions"][0][
        "state"]


def test_forged_sender(daemon, dovecot, user):
    """Our own server says that From is forged: a person decides."""
    dovecot.deliver(user, mail("forged", Authentication_Results=(
        "mx.lo-aarhus.dk; dmarc=fail (p=reject) header.from=laeserne.example")))
    line = daemon.wait_log("message-id=<forged@.*").group()
    assert "kind=review" in line and "dmarc=fail" in line
    assert state(daemon) == "active"
    explained = daemon.cli("explain", "-", text=mail(
        "forged", Authentication_Results="mx; dmarc=fail").decode()).stdout
    assert "dmarc=fail" in explained
    dovecot.deliver(user, mail("true", Authentication_Results=(
        "mx.lo-aarhus.dk; dmarc=pass header.from=laeserne.example")))
    daemon.wait_log("message-id=<true@.* kind=unsub")
    assert state(daemon) == "left"


# --- a mail server that is not the one it should be ---------------------------

@pytest.mark.parametrize("deed,words", [
    ("flood greeting", "says far too much for a greeting"),
    ("flood SELECT", "says far too much while opening the folder"),
    ("line SELECT", "says far too much while opening the folder"),
    ("flood SEARCH", "says far too much while listing"),
    ("flood FETCH", "says far too much while fetching"),
    ("echo LOGIN", "refuses user .*: its words have our password in them"),
])
def test_imap_server_says_too_much(maild, folder, deed, words):
    """It fills neither our memory nor the log with what nobody may read."""
    ca, cert, key = certs.make(folder / "tls")
    with ScriptedImap(deed, cert, key) as server:
        d = maild()
        d.write_conf(relay(1), inbox(server.port, d.secret("p", "sesame"), ca))
        d.start()
        d.wait_log(f"inbox=tg/INBOX .*{words}.* trying again in")
        assert "sesame" not in d.words()


@pytest.mark.parametrize("deed,words", [
    ("preauth", "logs in everyone before TLS"),
    ("inject", "STARTTLS fails"),
    ("strip", "offers no STARTTLS"),
])
def test_imap_between_us_and_tls(maild, folder, deed, words):
    """Who stands between can take nothing but the connection."""
    ca, cert, key = certs.make(folder / "tls")
    with ScriptedImap(deed, cert, key, starttls=True) as server:
        d = maild()
        d.write_conf(relay(1), inbox(
            server.port, d.secret("p", "sesame"), ca).replace(
                "imaps://", "imap://"))
        d.start()
        d.wait_log(words)
        assert not [c for c in server.heard if c.startswith(("LOGIN", "AUTH"))]


# --- another process of our user ----------------------------------------------

def test_memory_is_closed(maild, folder):
    """It cannot look into the workers, and the reader works all the same."""
    name, _, uid, gid = place.server_user()
    as_user = ["setpriv", f"--reuid={uid}", f"--regid={gid}",
               "--clear-groups"] if os.getuid() == 0 else []
    for what in ("build/rummelig-maild", "build/rummelig-mail"):
        shutil.copy(place.ROOT / what, folder)  # the plain ones: no sanitizer
    d = maild(relay(1), build=folder)
    os.chown(d.folder, uid, gid)
    d.conf.chmod(0o644)
    d.log_path.touch()
    os.chown(d.log_path, uid, gid)
    d.process = place.start(
        [*as_user, folder / "rummelig-maild", "-f", "-c", d.conf],
        stdout=subprocess.DEVNULL, stderr=open(d.folder / "stderr", "wb"))
    d.wait_up()
    for worker, pid in {"supervisor": d.process.pid, **d.pids()}.items():
        for file in ("environ", "mem"):
            done = subprocess.run([*as_user, "head", "-c1",
                                   f"/proc/{pid}/{file}"],
                                  capture_output=True, text=True)
            assert "Permission denied" in done.stderr, (worker, file, name)
    words = d.cli("explain", "-", text=mail("one").decode()).stdout
    assert "framelde mig" in words
