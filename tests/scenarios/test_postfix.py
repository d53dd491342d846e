# SPDX-License-Identifier: ISC
"""What Postfix says of us: whatever a letter holds and whenever we stop, its
log has no complaint."""
import email
import email.policy
import re
import sqlite3

import pytest

from harness import dkim_check, people
from harness.maild import LIST, inbox, relay
from harness.wait import wait_until

COMPLAINT = re.compile(
    r"\b(warning|error|fatal|panic|reject)\b|improper command pipelining|"
    r"non-SMTP command|lost connection after|too many errors|timeout after",
    re.IGNORECASE)
# The one word for a letter that must not go once DATA is answered.
TAKEN_BACK = re.compile(r"lost connection after DATA \(0 bytes\)")
CONNECTIONS = 4
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360f8cf50070003830180d4f1a6b50000000049454e44"
    "ae426082")
NAMES = ("Åse Ærø", "Øyvind \"Bjørn\" Müller", "李小龍", "Ивáн <x@y>", "O'Neil, P.",
         "x" * 120, "")
ISSUE = f"""---
subject: "Blåbærgrød på Ærø: {'meget ' * 20}nyt – 😀"
preheader: Åh, {'en lang linje ' * 10}
---

# Kære {{{{fornavn|læser}}}}

![Et billede](have.png)

{'Ord uden ende ' * 200}{'x' * 1500}

.

. En linje med et punktum
"""


def complaints(postfix, but=None):
    return [line for line in postfix.log().splitlines()
            if COMPLAINT.search(line) and not (but and but.search(line))]


def queued(postfix):
    """{queue id: recipients} that Postfix took in."""
    found = {}
    for queue_id, to in re.findall(
            r"postfix/lmtp\[\d+\]: (\w+): to=<([^>]*)>, .*status=sent",
            postfix.log()):
        found.setdefault(queue_id, []).append(to)
    return found


def replied(row):
    """The id that Postfix gave the letter, as its answer says."""
    return re.fullmatch(r"250 2\.0\.0 Ok: queued as (\w+)", row["reply"])[1]


def wait_disconnected(postfix):
    """Postfix has seen the end of every connection."""
    wait_until(lambda: len(re.findall(r"smtpd\[\d+\]: connect from",
                                      postfix.log())) ==
               len(re.findall(r"smtpd\[\d+\]: disconnect from",
                              postfix.log())), "the connections to end")


def test_all_that_we_write(maild, folder, dovecot, relay_postfix, user):
    """Letters, a test copy and a goodbye, signed by two keys, with all that
    a letter may hold, to several domains."""
    keys = {"s1": dkim_check.make_key(folder, "s1", "rsa"),
            "s2": dkim_check.make_key(folder, "s2", "ed25519")}
    texts = {f"{s}._domainkey.lo-aarhus.dk": dkim_check.record(path)
             for s, path in keys.items()}
    words = ", ".join(f'"{s} {path}"' for s, path in keys.items())
    signing = LIST.rstrip()[:-1] + f"    dkim = {{{words}}}\n}}\n"
    tag = user.split("@")[0]
    readers = [f"p{i}-{tag}@{domain}" for i, domain in enumerate(
        ["laeserne.example", "bücher.example", "xn--bcher-kva.example",
         "example.org", "sub.example.org", "laeserne.example",
         "laeserne.example"])]
    daemon = maild(list_block=signing)
    secret = daemon.secret("password", dovecot.password)
    to_postfix = relay(relay_postfix.port, host="localhost", tls="required",
                       ca_file=relay_postfix.ca, connections=CONNECTIONS)
    daemon.write_conf(
        to_postfix, inbox(dovecot.imaps_port, secret, dovecot.ca, user=user,
                          poll="1 s"),
        list_block=signing)
    daemon.start()
    (folder / "people.csv").write_text("email,navn\n" + "".join(
        '{},"{}"\n'.format(a, n.replace('"', '""'))
        for a, n in zip(readers, NAMES)))
    daemon.cli("subscribers", "import", folder / "people.csv")
    (folder / "have.png").write_bytes(PICTURE)
    (folder / "issue.md").write_text(ISSUE)
    daemon.cli("test", folder / "issue.md", f"test-{tag}@lo-aarhus.dk")
    number = daemon.json("queue", folder / "issue.md")[0]["id"]
    daemon.wait_issue(number, "finished")
    daemon.wait_log(r"issue=1 finished sent=1")
    letter = wait_until(lambda: dovecot.messages(readers[0]), "a letter")[0][2]

    leave = email.message.EmailMessage()
    leave["From"], leave["To"] = readers[0], "tg@lo-aarhus.dk"
    leave["Subject"], leave["Message-ID"] = "Re: x", f"<{tag}@x.example>"
    leave.set_content("Frameld mig nyhedsbrevet\n")
    dovecot.deliver(user, leave.as_bytes(policy=email.policy.SMTP), readers[0])
    goodbye = wait_until(lambda: dovecot.messages(readers[0])[1:],
                         "the goodbye")[0][2]
    goodbye_id = number + 1
    daemon.wait_issue(goodbye_id, "finished")
    rows = [row for n in (1, number, goodbye_id)
            for row in daemon.json("who", n)]
    daemon.stop()
    wait_disconnected(relay_postfix)
    assert len(rows) == len(readers) + 2
    took = wait_until(lambda: (lambda q: q if len(q) == len(rows) else None)
                      (queued(relay_postfix)), "Postfix to hand on all")
    assert sorted(took) == sorted(replied(row) for row in rows)
    assert complaints(relay_postfix) == []
    assert "Auto-Submitted: auto-replied" in goodbye.decode()
    for message in (letter, goodbye):
        # What Postfix and Dovecot put before our own first line.
        ours = message[message.index(b"DKIM-Signature:"):]
        assert dkim_check.python_verdicts(ours, texts) == [True, True]
        assert dkim_check.opendkim_words(ours, texts) == ""


@pytest.mark.parametrize("word", ["stop", "hold", "cancel"])
def test_in_the_middle(word, maild, folder, relay_postfix):
    """Stopped, Postfix sees nothing but QUIT.  Held or cancelled, a letter
    that it waits for is not given to it; SMTP has no other word for that than
    hanging up, once for each connection at most."""
    count = 3000
    daemon = maild(relay(relay_postfix.port, connections=CONNECTIONS)).start()
    (folder / "people.csv").write_text(people.csv(count))
    daemon.cli("subscribers", "import", folder / "people.csv")
    (folder / "issue.md").write_text(people.issue(1))
    number = daemon.json("queue", folder / "issue.md")[0]["id"]
    wait_until(lambda: daemon.issue(number)["counts"]["sent"] > 50, "letters")
    if word != "stop":
        daemon.cli(word, number, *(["--yes"] if word == "cancel" else []))
        wait_until(lambda: not any(
            daemon.issue(number)["counts"][s] for s in ("leased", "sending")),
            "that the wire is empty")
    assert daemon.stop() == 0
    wait_disconnected(relay_postfix)
    with sqlite3.connect(daemon.state / "rummelig-mail.sqlite") as store:
        sent, doubtful = store.execute(
            "SELECT sum(state = 5), sum(doubts) FROM delivery"
            " WHERE issue_id = ?", (number,)).fetchone()
    store.close()
    log = relay_postfix.log()
    assert 50 < sent < count and doubtful == 0, "the middle was missed"
    assert complaints(relay_postfix, TAKEN_BACK) == []
    assert len(TAKEN_BACK.findall(log)) <= (word != "stop") * CONNECTIONS
    # What it took, we know that it took, and nothing else.
    assert len(re.findall(r"cleanup\[\d+\]: \w+: message-id=", log)) == sent
