# SPDX-License-Identifier: ISC
"""People and servers that mean us harm, against the whole daemon."""
import email.message
import email.policy
import os
import re
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


# --- mails ---------------------------------------------------------------------

ESCAPES = b"\x1b]0;pwned\x07\x1b[31m \xc2\x9b2J \xe2\x80\xaedk.elbisiv \x00 \xff\n"
STRANGE = {
    "escapes": b"From: \x1b[31m <x@y.example>\r\n"
               b"Message-ID: <\x1b]0;x\x07-escapes@laeserne.example>\r\n"
               b"Subject: =?utf-8?Q?frameld_=1B[31m=C2=9B2J_mig=0D=0Auid=3D1?="
               b"\r\n\r\nframeld mig " + ESCAPES,
    "log line": b"From: " + READER.encode() + b"\r\nMessage-ID: <a@b>\r\n"
                b" subscriber=1 unsubscribed\"\\\r\nSubject: x\r\n\r\n"
                b"Frameld ikke \"mig\" kind=unsub\\ subscriber=1\r\n",
    "headers": b"".join(b"X-%d: %d\r\n" % (i, i) for i in range(50000)) +
               b"From: " + READER.encode() + b"\r\n\r\nframeld mig\r\n",
    "one header": b"From: x@y.example\r\nSubject: " +
                  b"=?utf-8?Q?" + b"=F0" * 200000 + b"?=\r\n\r\nframeld\r\n",
    "charset": b"From: x@y.example\r\nContent-Type: text/plain; charset=\""
               b"../../../../etc/passwd\"\r\n\r\nframeld mig \xff\xfe\r\n",
    "bare": b"\x00\x00\r\n\r\n\x00",
    "addresses": b"From: " + b", ".join(
        b"a%d@x.example" % i for i in range(20000)) + b"\r\n\r\nframeld mig\r\n",
    "two writers": b"From: " + READER.encode() + b"\r\nFrom: bo@x.example\r\n"
                   b"Message-ID: <two@laeserne.example>\r\n\r\nframeld mig\r\n",
    "list": b"From: " + READER.encode() + b"\r\nList-Id: <x.example>\r\n"
            b"\r\nframeld mig\r\n",
}


def steers_a_terminal(text):
    return re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", text)


def test_strange_mails(daemon, dovecot, user):
    """None of them takes anyone off the list, steers a terminal, makes up a
    line of the log, or keeps the next from being read."""
    client = dovecot.client(user)
    for raw in STRANGE.values():
        client.append("INBOX", None, None, raw)
    client.logout()
    dovecot.deliver(user, mail("last", "framelde mig?", From="z@y.example"))
    daemon.wait_log("message-id=<last@", 60)
    assert state(daemon) == "active"
    log = daemon.log()
    assert "died" not in log and "crashed" not in log
    seen = daemon.cli("incoming").stdout
    for raw in STRANGE.values():
        seen += subprocess.run(
            [daemon.build / "rummelig-mail", "--socket", daemon.socket,
             "explain", "-"], input=raw, capture_output=True,
            timeout=60).stdout.decode()
    assert "pwned" in seen
    assert not steers_a_terminal(log + seen)
    assert not re.search("^(?!20)", log.rstrip("\n"), re.M)
