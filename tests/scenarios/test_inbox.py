# SPDX-License-Identifier: ISC
"""The mailbox: what the daemon does with it, and above all what it leaves
as it was, against a real Dovecot."""
import email.message
import email.policy
import imaplib
import os
import re
import sqlite3
import time

import pytest

from harness import certs, place
from harness.dovecot import Dovecot
from harness.maild import inbox, relay
from harness.receiver import Receiver
from harness.wait import wait_until

LEAVE = "Hej, vil I ikke nok framelde mig nyhedsbrevet"


def mail(sender, words, number, subject="Nyhedsbrev 14"):
    m = email.message.EmailMessage()
    m["From"] = sender
    m["To"] = "tg@lo-aarhus.dk"
    m["Subject"] = subject
    m["Message-ID"] = f"<{number}@laeserne.example>"
    m.set_content(words + "\n")
    return m.as_bytes(policy=email.policy.SMTP)


@pytest.fixture
def receiver(dovecot):
    server = Receiver(dovecot, tls=False)
    yield server
    server.stop()


class Box:
    """A daemon that reads the mailbox of `user`, with its people on the list."""

    def __init__(self, maild, folder, dovecot, user, smtp_port, people=3,
                 env=None, build=None, keys="", **inbox_keys):
        self.dovecot, self.user = dovecot, user
        tag = user.split("@")[0]
        self.people = [f"p{i}-{tag}@laeserne.example" for i in range(people)]
        self.daemon = maild(env=env, build=build)
        secret = self.daemon.secret(
            "password", inbox_keys.pop("password", dovecot.password))
        port = inbox_keys.pop("port", dovecot.imaps_port)
        ca = inbox_keys.pop("ca", dovecot.ca)
        self.url = inbox_keys.pop("url", None)
        block = inbox(port, secret, ca, user=user, **inbox_keys)
        if self.url:
            block = re.sub('url = ".*"', f'url = "{self.url}"', block)
        self.daemon.write_conf(relay(smtp_port), block, keys=keys)
        self.csv = folder / "people.csv"
        self.csv.write_text("email\n" + "\n".join(self.people) + "\n")

    def start(self):
        self.daemon.start()
        self.daemon.cli("subscribers", "import", self.csv)
        return self

    def deliver(self, *args, **more):
        self.dovecot.deliver(self.user, mail(*args, **more))

    def state(self, who):
        return self.daemon.json("subscribers", "show", self.people[who])[0][
            "subscriptions"][0]["state"]

    def rows(self, sql, *values):
        path = self.daemon.state / "rummelig-mail.sqlite"
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as db:
            return db.execute(sql, values).fetchall()

    def handled(self, number, seconds=30):
        return self.daemon.wait_log(
            rf"message-id=\S*<?{number}@laeserne", seconds)

    def flags(self, folder="INBOX"):
        found = {}
        for _, flags, raw in self.dovecot.messages(self.user, folder):
            m = email.message_from_bytes(raw)
            found[m["Message-ID"].split("@")[0][1:]] = flags - {"\\Recent"}
        return found

    def busy_s(self):
        """CPU seconds of the inbox worker and of who reads for it."""
        worker = self.daemon.pids()["inbox tg/INBOX"]
        ticks = 0
        for pid in [worker, *self.daemon.children(worker)]:
            with open(f"/proc/{pid}/stat", encoding="utf-8") as stat:
                ticks += sum(map(int, stat.read().split(") ")[1].split()[11:15]))
        return ticks / os.sysconf("SC_CLK_TCK")

    def wait_flag(self, number, flag, folder="INBOX"):
        wait_until(lambda: flag in self.flags(folder).get(number, ()),
                   f"{flag} at {number}")


@pytest.fixture
def box(maild, folder, dovecot, user, receiver):
    def make(**more):
        return Box(maild, folder, dovecot, user, receiver.port, **more)
    return make


def append_old(dovecot, user, raw):
    """Makes the mailbox, with a mail older than any installation."""
    client = dovecot.client(user)
    client.append("INBOX", None,
                  imaplib.Time2Internaldate(time.time() - 86400), raw)
    client.logout()


def test_only_what_is_ours(box, dovecot, user, receiver):
    """An old mail, a private one, a request, another one, a stranger's."""
    b = box(poll="5 min")
    append_old(dovecot, user, mail(b.people[1], LEAVE, "old"))
    b.start()
    b.daemon.wait_log("inbox=tg/INBOX .*connected")
    b.deliver("bo@example.org", "Skal vi spise frokost?", "lunch",
              subject="Frokost")
    b.deliver(b.people[0], LEAVE, "leave")
    b.handled("leave")
    b.wait_flag("leave", "$Unsubscribed")
    assert b.state(0) == "left" and b.state(1) == "active"
    assert b.flags() == {"old": set(), "lunch": set(),
                         "leave": {"$Unsubscribed"}}
    line = b.handled("leave").string
    assert re.search(r"inbox=tg/INBOX uid=\d+ message-id=\S*<leave@\S+ "
                     r"kind=unsub subscriber=\d+ unsubscribed evidence=", line)
    assert "frokost" not in b.daemon.log().lower()
    assert "bo@example.org" not in b.daemon.log()
    ledger = b.rows("SELECT how, proof FROM ledger WHERE state = 3")
    assert ledger == [(2, "<leave@laeserne.example>")]
    # Of the private mail the digest is kept and nothing else.
    assert b.rows("SELECT kind, deed, message_id, evidence, subscriber_id "
                  "FROM incoming WHERE deed = 'left-alone'") == \
        [("other", "left-alone", "", "", None)]
    # One goodbye goes out, from nobody; a second request gets none.
    wait_until(lambda: receiver.taken, "the goodbye")
    b.deliver(b.people[0], LEAVE + " nu", "again")
    b.handled("again")
    b.wait_flag("again", "$Unsubscribed")
    assert b.rows("SELECT count(*) FROM issue WHERE kind = 0") == [(1,)]
    sender, to, raw = receiver.taken[0]
    assert (sender.strip("<>"), to) == ("", b.people[0])
    assert b"\nIn-Reply-To: <leave@laeserne.example>" in \
        raw.replace(b"\r\n", b"\n")


def test_nothing_twice(box, dovecot, user):
    """Restarted, and then read anew under another UIDVALIDITY."""
    client = dovecot.client(user)
    client.create("Svar")
    b = box(folders="Svar", answer="no").start()
    now = imaplib.Time2Internaldate(time.time() + 2)
    one = mail(b.people[0], LEAVE, "one")
    client.append("Svar", None, now, one)
    client.append("Svar", None, now, mail("bo@example.org", "Hej", "hello"))
    b.wait_flag("one", "$Unsubscribed", "Svar")
    b.daemon.stop()
    b.daemon.start()
    b.daemon.wait_log("(?s)connected.*connected")
    b.daemon.cli("subscribers", "add", b.people[0], "--again")
    assert b.state(0) == "active"
    client.delete("Svar")
    client.create("Svar")
    client.append("Svar", None, now, one)
    client.append("Svar", None, now, mail(b.people[1], LEAVE, "two"))
    client.logout()
    b.daemon.stop()
    b.daemon.start()
    b.wait_flag("two", "$Unsubscribed", "Svar")
    assert b.state(0) == "active" and b.state(1) == "left"
    assert "is new: the folder is read again" in b.daemon.log()
    assert "answers" not in b.daemon.log()
    assert b.rows("SELECT count(*) FROM issue WHERE kind = 0") == [(0,)]


def test_another_name_in_the_configuration(box):
    """The section is called otherwise, and its mails are the same."""
    b = box(answer="no").start()
    b.deliver(b.people[0], LEAVE, "one")
    b.deliver("fremmed@example.org", LEAVE, "stranger")
    b.wait_flag("one", "$Unsubscribed")
    b.handled("stranger")
    b.daemon.cli("subscribers", "add", b.people[0], "--again")
    b.daemon.stop()
    b.daemon.conf.write_text(
        b.daemon.conf.read_text().replace("inbox tg {", "inbox post {"))
    b.daemon.start()
    b.daemon.wait_log("inbox=post/INBOX is read for the first time: what was"
                      " read as tg/INBOX is known")
    b.deliver(b.people[1], LEAVE, "two")
    b.wait_flag("two", "$Unsubscribed")
    assert b.state(0) == "active" and b.state(1) == "left"
    assert b.rows("SELECT count(*) FROM review") == [(1,)]
    b.daemon.stop()
    b.daemon.start()
    b.deliver(b.people[2], LEAVE, "three")
    b.wait_flag("three", "$Unsubscribed")
    assert b.daemon.log().count("for the first time") == 1


def test_a_debt_ends_with_its_mail(box, dovecot, user):
    """Two marks are owed when the UIDVALIDITY changes; one mail comes back."""
    client = dovecot.client(user)
    client.create("Svar")
    b = box(folders="Svar", answer="no").start()
    now = imaplib.Time2Internaldate(time.time() + 2)
    one = mail(b.people[0], LEAVE, "one")
    client.append("Svar", None, now, one)
    client.append("Svar", None, now, mail(b.people[1], LEAVE, "gone"))
    for number in ("one", "gone"):
        b.wait_flag(number, "$Unsubscribed", "Svar")
    b.daemon.stop()
    with sqlite3.connect(b.daemon.state / "rummelig-mail.sqlite") as db:
        db.execute("UPDATE incoming SET owed = 1")
    db.close()
    client.delete("Svar")
    client.create("Svar")
    client.append("Svar", None, now, one)
    client.logout()
    b.daemon.start()
    b.wait_flag("one", "$Unsubscribed", "Svar")
    wait_until(lambda: b.rows("SELECT sum(owed) FROM incoming") == [(0,)],
               "no debt any more")
    b.daemon.wait_log("mails=1 are gone")
    b.daemon.stop()
    b.daemon.start()
    b.daemon.wait_log("(?s)(connected.*){3}")
    b.daemon.stop()
    assert b.daemon.log().count("are gone since") == 1


def test_move_without_idle(box, dovecot, user):
    """STARTTLS, polling, and a folder that is not there yet and not ASCII."""
    b = box(url=f"imap://localhost:{dovecot.imap_port}", idle="no",
            poll="1 s", handled="move Håndteret & væk/Svar").start()
    b.deliver("bo@example.org", "Hej", "hello")
    b.deliver(b.people[0], LEAVE, "leave")
    b.handled("leave")
    name = "H&AOU-ndteret &- v&AOY-k/Svar"
    wait_until(lambda: "leave" in b.flags(name), "the move")
    assert b.flags(name) == {"leave": set()}
    assert b.flags() == {"hello": set()}
    wait_until(lambda: b.rows("SELECT count(*) FROM incoming WHERE owed = 1")
               == [(0,)], "the debt to be paid")


@pytest.mark.parametrize("what,keys,words", [
    ("ca", {"ca": "/etc/ssl/certs/ca-certificates.crt"}, "issuer is unknown"),
    ("starttls", {"url": "imap://localhost:{imap}",
                  "ca": "/etc/ssl/certs/ca-certificates.crt"},
     "issuer is unknown"),
    ("password", {"password": "forkert"}, "refuses user"),
    ("folder", {"folders": "Findes ikke"}, "refuses while opening"),
])
def test_refused(box, dovecot, user, what, keys, words):
    """No password goes to a server that is not known to be the right one."""
    if "url" in keys:
        keys = keys | {"url": keys["url"].format(
            imap=dovecot.imap_port, imaps=dovecot.imaps_port)}
    b = box(**keys)
    b.daemon.start()
    found = b.daemon.wait_log(rf"error.*inbox=.* refused=.*{words}.*"
                              r"trying again in \d+ s")
    assert dovecot.password not in found.string
    assert "forkert" not in found.string
    if what not in ("password", "folder"):
        assert f"user=<{user}>" not in dovecot.log()


def test_wrong_scheme(box, dovecot):
    """TLS at once, where the port begins without: the log says what to try."""
    b = box(url=f"imaps://localhost:{dovecot.imap_port}")
    b.daemon.start()
    b.daemon.wait_log(r"trouble=.no TLS with localhost:[0-9]+ .is it imap://")


def test_another_servers_certificate(maild, folder, receiver, user):
    """One of the right authority, but for another name."""
    ca, cert, key = certs.make(folder / "other", "imap.example.org")
    with Dovecot(place.temporary_folder("dovecot"),
                 more=f"ssl_cert = <{cert}\nssl_key = <{key}") as other:
        b = Box(maild, folder, other, user, receiver.port, ca=ca)
        b.daemon.start()
        b.daemon.wait_log("error.* refused=.*name in the certificate")
        assert f"user=<{user}>" not in other.log()


def test_no_tls_no_password(maild, folder, receiver, user):
    """A server without TLS gets the password only where one says so."""
    with Dovecot(place.temporary_folder("dovecot"), tls=False) as plain:
        b = Box(maild, folder, plain, user, receiver.port,
                url=f"imap://localhost:{plain.imap_port}")
        b.daemon.start()
        b.daemon.wait_log("refused=.*offers no STARTTLS")
        assert f"user=<{user}>" not in plain.log()
        b.daemon.stop()
        text = b.daemon.conf.read_text()
        b.daemon.conf.write_text(text.replace(
            "inbox tg {", 'inbox tg {\n    tls = "none"'))
        b.start()
        b.daemon.wait_log("inbox=tg/INBOX .*connected")
        b.deliver(b.people[0], LEAVE, "leave")
        b.handled("leave")


@pytest.mark.parametrize("point", ["inbox-before-commit",
                                   "inbox-after-commit"])
def test_killed(box, receiver, point):
    """Killed around the commit, in two lives: everything is done once."""
    b = box(env={"RUMMELIG_CRASH": f"{point}:1:2"}).start()
    b.deliver(b.people[0], LEAVE, "one")
    b.deliver(b.people[1], LEAVE, "two")
    for number in ("one", "two"):
        b.wait_flag(number, "$Unsubscribed")
    assert b.rows("SELECT count(*) FROM ledger WHERE state = 3") == [(2,)]
    assert b.rows("SELECT count(*) FROM incoming WHERE owed = 1 "
                  "OR deed <> 'unsubscribed'") == [(0,)]
    wait_until(lambda: len(receiver.taken) == 2, "both goodbyes")
    assert b.rows("SELECT count(*) FROM issue WHERE kind = 0") == [(2,)]
    assert sorted(to for _, to, _ in receiver.taken) == b.people[:2]


def test_server_goes_and_comes(maild, folder, receiver, user):
    with Dovecot(place.temporary_folder("dovecot")) as server:
        b = Box(maild, folder, server, user, receiver.port).start()
        b.daemon.wait_log("connected")
        server.stop()
        b.daemon.wait_log(r"warn.*inbox=tg/INBOX trouble=.*trying again in")
        server.start()
        b.deliver(b.people[0], LEAVE, "leave")
        b.handled("leave", 60)
        b.wait_flag("leave", "$Unsubscribed")


def test_set_aside(box):
    """A mail that cannot be read is named, and those after it are read."""
    b = box().start()
    deep = b"From: x@example.org\r\nMessage-ID: <deep@laeserne.example>\r\n"
    for i in range(200):
        deep += (b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n"
                 b"--b%d\r\n" % (i, i))
    b.dovecot.deliver(b.user, deep)
    b.deliver(b.people[0], LEAVE, "after")
    b.handled("after")
    b.daemon.wait_log(r"warn.*uid=\d+ digest=[0-9a-f]{64} set-aside why=")
    assert b.rows("SELECT deed FROM incoming WHERE kind = 'unreadable'") == \
        [("set-aside",)]
    assert b.flags()["deep"] == set()


def test_large_mail_is_read_in_part(box, dovecot, user):
    b = box(keys='mail-max = "64 KiB"\n').start()
    b.deliver(b.people[0], LEAVE + "\n\n" + "> citat\n" * 40000, "large")
    b.handled("large")
    b.wait_flag("large", "$Unsubscribed")
    assert b.state(0) == "left"


def test_first_pass_over_many(maild, folder, dovecot, user, receiver):
    """10,000 mails that are none of our business, in less than 30 s of CPU."""
    many = 10000
    append_old(dovecot, user, mail("bo@example.org", "Hej", "first"))
    new = dovecot.mail / user / "new"
    b = Box(maild, folder, dovecot, user, receiver.port,
            build=place.ROOT / "build")
    _, _, uid, gid = place.server_user()
    when = time.time() + 60
    one = mail("bo@example.org", "Hej " * 300, "number")
    for i in range(many):
        path = new / f"{int(when)}.M{i}.host"
        path.write_bytes(one.replace(b"number", b"m%d" % i))
        os.chown(path, uid, gid)
        os.utime(path, (when, when))
    began = time.monotonic()
    b.start()
    wait_until(lambda: b.rows("SELECT count(*) FROM incoming") == [(many,)],
               "all mails to be noted", 120, lambda: (
                   b.rows("SELECT count(*) FROM incoming"),
                   b.rows("SELECT * FROM mailbox"), dovecot.log()[-2000:]))
    spent, busy = time.monotonic() - began, b.busy_s()
    print(f"{many} mails in {spent:.1f} s, of which {busy:.1f} s of CPU")
    # The machine may have other work: wall time says nothing then.
    assert busy < 30
    b.deliver(b.people[0], LEAVE, "leave")
    b.handled("leave")
