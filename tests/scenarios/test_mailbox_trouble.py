# SPDX-License-Identifier: ISC
"""A mailbox that cannot be read: what the log and `status` say of it, how
often, and that it goes on by itself once somebody has mended it."""
import re
import socket
import sqlite3
import subprocess

import pytest

from harness import certs, place
from harness.dovecot import Dovecot
from harness.machine import MACHINE, set_clock
from harness.maild import inbox, relay
from harness.receiver import Receiver
from harness.scripted_imap import ScriptedImap
from harness.wait import free_port, wait_until
from test_inbox import Box, LEAVE
from test_told import in_trouble

QUICK = 'worker-silence = "8 s"\nreader-time = "2 s"\n'
YEARS_S = 10 * 365 * 86400


@pytest.fixture
def receiver(dovecot):
    server = Receiver(dovecot, tls=False)
    yield server
    server.stop()


@pytest.fixture
def box(maild, folder, dovecot, user, receiver):
    def make(**more):
        return Box(maild, folder, dovecot, user, receiver.port, **more)
    return make


def lines(daemon, level, words):
    return [line for line in daemon.log().splitlines()
            if f" {level} " in line and re.search(words, line)]


@pytest.fixture
def silent():
    """A port that takes connections, and there it ends."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


@pytest.mark.parametrize("where,words", [
    ("imaps://localhost:{closed}",
     "no connection to localhost:[0-9]+: Connection refused"),
    ("imaps://imap.rummelig.invalid:993",
     "no address of imap.rummelig.invalid: .*(name right|DNS work)"),
    ("imaps://localhost:{silent}", "takes the connection, and says nothing for"
     " 2 s"),
    ("imap://localhost:{silent}", "says nothing for 2 s .is it imaps://"),
])
def test_why_there_is_no_connection(box, silent, where, words):
    b = box(url=where.format(closed=free_port(), silent=silent), keys=QUICK)
    b.daemon.start()
    b.daemon.wait_log(rf"warn.*inbox=tg/INBOX trouble=.*{words}.*trying again",
                      60)


def test_a_server_that_is_away_is_told_once(maild, folder, receiver, user):
    """The end of a good connection is no warning; that there is no other one
    is, once, however often it is tried; and so is the end of it."""
    with Dovecot(place.temporary_folder("dovecot")) as server:
        b = Box(maild, folder, server, user, receiver.port).start()
        b.daemon.wait_log("connected")
        b.deliver(b.people[1], LEAVE, "before")
        b.handled("before")
        server.stop()
        b.daemon.wait_log("info.*inbox=tg/INBOX trouble=.*connection lost")
        wait_until(lambda: len(lines(b.daemon, "debug", "Connection refused"))
                   > 1, "it to be tried again", 60)
        in_trouble(b.daemon, "inbox tg/INBOX cannot be read", "refused")
        server.start()
        b.deliver(b.people[0], LEAVE, "leave")
        b.handled("leave", 60)
        b.daemon.wait_log("inbox=tg/INBOX can be read again, after [0-9]+ s")
    assert len(lines(b.daemon, "warn", "Connection refused")) == 1
    assert lines(b.daemon, "warn", "connection lost") == []


def test_a_mended_password_needs_no_reload(box, dovecot, user):
    """The next try would be in a minute, and later in an hour."""
    b = box(password="forkert")
    b.daemon.start()
    b.daemon.wait_log(rf"error.*refused=.*with the password of {b.daemon.folder}"
                      ".*trying again in 60 s, or at once after a reload")
    b.daemon.secret("password", dovecot.password)
    b.daemon.wait_log("inbox=tg/INBOX .*connected", 45)
    b.daemon.wait_log("can be read again")


@pytest.mark.parametrize("tls,words", [
    ("none", "takes no password without TLS, and tls = .*none.* is set"),
    ("required", r"takes no password .LOGINDISABLED.: does it want auth"),
])
def test_no_passwords_here(maild, folder, tls, words):
    ca, cert, key = certs.make(folder / "tls")
    with ScriptedImap("no login", cert, key, starttls=True) as server:
        d = maild()
        d.write_conf(relay(1), inbox(
            server.port, d.secret("p", "sesame"), ca, tls=tls).replace(
                "imaps://", "imap://"))
        d.start()
        d.wait_log("error.* refused=.*" + words)
        assert not [c for c in server.heard if c.startswith("LOGIN")]


def test_words_that_differ_in_numbers_alone(box, folder):
    """Are the same words: the time, how long it took, a status."""
    counter = folder / "counter"
    counter.write_text("1")
    b = box()
    b.daemon.conf.write_text(re.sub(
        "password-file = .*", "password-command = \"n=$(cat {0}); echo"
        " $((n + 1)) > {0}; exit $n\"".format(counter),
        b.daemon.conf.read_text()))
    b.daemon.start()
    b.daemon.wait_log("debug.* trouble=.*ended with status 3.* times=2", 60)
    assert len(lines(b.daemon, "warn", "ended with status")) == 1


def test_a_refusal_is_the_servers_words_alone(box):
    """Dovecot says behind them how long they took, each time another time."""
    b = box(folders="Findes ikke")
    b.daemon.start()
    b.daemon.wait_log("error.*refuses while opening the folder: Mailbox doesn't"
                      " exist: Findes ikke\" times=1 trying")


QUOTA = """
plugin {
  quota = maildir:User quota
  quota_rule = *:storage=20K
  quota_grace = 0
}
protocol imap {
  mail_plugins = quota
  imap_capability = IMAP4rev1 SASL-IR LITERAL+ IDLE NAMESPACE UIDPLUS
}
"""


def test_no_room_for_a_copy(maild, folder, receiver, user):
    """What they ask for is done; the log tells it for all of them together,
    and each copy is made once there is room."""
    with Dovecot(place.temporary_folder("dovecot"), more=QUOTA) as server:
        b = Box(maild, folder, server, user, receiver.port, answer="no",
                handled="move Afmeldt").start()
        for i in range(3):
            b.deliver(b.people[i], LEAVE + "\n\n" + "> tak for sidst\n" * 400,
                      f"leave{i}")
        for i in range(3):
            b.handled(f"leave{i}")
        wait_until(lambda: lines(b.daemon, "debug", "Quota exceeded.*its mark"),
                   "the refusals")
        assert [b.state(i) for i in range(3)] == ["left"] * 3
        assert len(lines(b.daemon, "warn", "Quota exceeded.*its mark is tried"
                                           " again in 600 s")) == 1
        b.daemon.stop()
        with sqlite3.connect(b.daemon.state / "rummelig-mail.sqlite") as db:
            db.execute("UPDATE incoming SET at_s = at_s - 600 WHERE owed = 1")
        db.close()
        b.daemon.start()
        in_trouble(b.daemon, "inbox tg/INBOX: 3 mails wait for the keyword or"
                   " the folder that handled gives")
        server.stop()
        server.conf.write_text(server.conf.read_text().replace("=20K", "=9M"))
        server.start()
        for i in range(3):
            b.wait_flag(f"leave{i}", "$Unsubscribed")
        b.daemon.wait_log("no mail waits for its mark any more")
        assert len(server.messages(user, "Afmeldt")) == 3
        assert b.daemon.json("status")[0]["trouble"] == []


def test_the_disk_is_full(maild, folder, dovecot, user, receiver):
    """One line says so, not the deaths of one worker after the other; and each
    request is heard once there is room."""
    b = Box(maild, folder, dovecot, user, receiver.port, answer="no",
            poll="1 s")
    b.daemon.state.mkdir(mode=0o700)
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m,mode=0700",
                           "tmpfs", b.daemon.state], capture_output=True,
                          check=False, text=True)
    if done.returncode != 0:
        pytest.skip(f"needs root to mount a small disk: {done.stderr.strip()}")
    try:
        b.start()
        b.daemon.wait_log("inbox=tg/INBOX .*connected")
        with open(b.daemon.state / "ballast", "wb", buffering=0) as ballast:
            with pytest.raises(OSError):
                while ballast.write(b"\0" * 4096):
                    pass
        for i in range(2):
            b.deliver(b.people[i], LEAVE, f"leave{i}")
        b.daemon.wait_log("debug.*inbox=tg/INBOX broken=.*disk is full: make"
                          " room.* times=2 trying again", 60)
        assert len(lines(b.daemon, "error", "inbox=tg/INBOX broken=")) == 1
        in_trouble(b.daemon, "MiB are left on the disk")
        (b.daemon.state / "ballast").unlink()
        for i in range(2):
            b.wait_flag(f"leave{i}", "$Unsubscribed")
        b.daemon.wait_log("inbox=tg/INBOX can be read again")
        assert lines(b.daemon, "error", "inbox.*died") == []
        assert b.rows("SELECT count(*) FROM ledger WHERE state = 3") == [(2,)]
        assert b.daemon.stop() == 0
    finally:
        b.daemon.stop()
        subprocess.run(["umount", "-l", b.daemon.state], check=True)


def test_a_clock_that_was_ahead(box, folder):
    """When the store was made: all mail is older than that, and none of it may
    be passed over in silence."""
    clock = folder / "clock"
    set_clock(clock, YEARS_S)
    # A preloaded library and the sanitizers both want to be the first.
    b = box(build=place.ROOT / "build", env={
        "LD_PRELOAD": str(MACHINE),
        "MACHINE_CLOCK": str(clock)}, url="imap://localhost:1")
    b.start()
    b.daemon.stop()
    set_clock(clock, 0)
    b.daemon.conf.write_text(b.daemon.conf.read_text().replace(
        "imap://localhost:1", f"imaps://localhost:{b.dovecot.imaps_port}"))
    b.daemon.start()
    b.daemon.wait_log("connected")
    b.deliver(b.people[0], LEAVE, "leave")
    in_trouble(b.daemon, "inbox tg/INBOX cannot be read", "the clock says",
               "CLOCK in rummelig-maild(8)")
    b.daemon.stop()
    with sqlite3.connect(b.daemon.state / "rummelig-mail.sqlite") as db:
        db.execute("UPDATE store SET created_s = unixepoch('2026-01-01')")
    db.close()
    b.daemon.start()
    b.wait_flag("leave", "$Unsubscribed")
