# SPDX-License-Identifier: ISC
"""People and servers that mean us harm, against the whole daemon."""
import email.message
import email.policy

import pytest

from harness.maild import inbox, relay
from harness.receiver import Receiver
from harness.wait import wait_until

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
