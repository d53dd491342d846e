# SPDX-License-Identifier: ISC
"""How the mailbox is watched and marked: several folders, several mailboxes,
servers with little ability, and connections that end at the wrong time."""
import imaplib
import re
import time

import pytest

from harness import certs, place
from harness.dovecot import Dovecot
from harness.maild import inbox, relay
from harness.receiver import Receiver
from harness.scripted_imap import ScriptedImap
from harness.token_server import TokenServer
from harness.wait import wait_until
from test_inbox import Box, LEAVE, mail

NO_MOVE = "imap_capability = IMAP4rev1 SASL-IR LITERAL+ IDLE NAMESPACE UIDPLUS"
QUICK = 'worker-silence = "8 s"\nreader-time = "2 s"\n'
SHORT = 'worker-silence = "4 s"\nreader-time = "1 s"\n'


@pytest.fixture
def receiver(dovecot):
    server = Receiver(dovecot, tls=False)
    yield server
    server.stop()


class Scripted:
    """A daemon that reads a scripted mailbox; `who`: of its readers."""

    def __init__(self, maild, folder, deed, keys="", mails=(), coming=(),
                 gone=(), sasl_ir=False, **inbox_keys):
        ca, cert, key = certs.make(folder / "tls")
        # Their people are those of Box: p0-scripted@...
        self.imap = ScriptedImap(deed, cert, key, mails=mails, coming=coming,
                                 gone=gone, sasl_ir=sasl_ir)
        self.daemon = maild()
        secret = self.daemon.secret("password", "sesame")
        block = inbox(self.imap.port, secret, ca, answer="no", **inbox_keys)
        if "auth" in inbox_keys or "password_command" in inbox_keys:
            block = re.sub(".*password-file.*\n", "", block)
        (folder / "people.csv").write_text(
            "email\n" + "".join(who(i) + "\n" for i in range(5)))
        self.daemon.write_conf(relay(9))
        self.daemon.start()  # they are on the list before a mail is read
        self.daemon.cli("subscribers", "import", folder / "people.csv")
        self.daemon.stop()
        self.daemon.write_conf(relay(9), block, keys=keys)
        self.daemon.start()

    def left(self, i):
        return self.daemon.json("subscribers", "show", who(i))[0][
            "subscriptions"][0]["state"] == "left"

    def wait_left(self, i):
        wait_until(lambda: self.left(i), f"{who(i)} to have left", 60)

    def wait_marked(self, uid):
        wait_until(lambda: "$Unsubscribed" in self.imap.kept.get(uid, ()),
                   f"mail {uid} to be marked", 60)


def who(i):
    return f"p{i}-scripted@laeserne.example"


def leave(i):
    return mail(who(i), LEAVE, f"leave-{i}")


@pytest.mark.parametrize("deed", ["early", "beside SEARCH", "beside STORE"])
def test_news_at_the_wrong_time(maild, folder, deed):
    """What the server tells before IDLE's consent, or beside the answer to
    another command, it tells once.  The next look would be in a day."""
    s = Scripted(maild, folder, deed, mails=[leave(0)],
                 coming=[leave(1), leave(2)], poll="1 d")
    for i in range(3):
        s.wait_left(i)


def test_idle_is_refused(maild, folder):
    s = Scripted(maild, folder, "refuse IDLE", poll="1 s",
                 mails=[mail("bo@example.org", "Hej", "hello")])
    s.daemon.wait_log(r"refuses to idle: .*looking every 1 s instead")
    s.imap.mails[2] = leave(1)
    s.wait_left(1)
    assert s.imap.heard.count("IDLE") == 1


@pytest.mark.parametrize("how", ["stall", "drop"])
@pytest.mark.parametrize("where", ["IDLE", "DONE", "SEARCH", "FETCH", "STORE"])
def test_connection_ends(maild, folder, how, where):
    """At any command, and without a word: it is made again, everything is
    done once, and the mark is made good."""
    s = Scripted(maild, folder, f"{how} {where}", keys=QUICK, poll="1 s",
                 mails=[leave(0), mail("bo@example.org", "Hej", "hello")])
    s.daemon.wait_log("connection lost")
    for i, uid in ((0, 1), (1, 3)):
        if uid == 3:
            s.imap.mails[uid] = leave(1)
        s.wait_left(i)
        s.wait_marked(uid)
    assert sorted(s.imap.kept) == [1, 3]
    done = [line for line in s.daemon.log().splitlines()
            if " unsubscribed evidence=" in line]
    assert len(done) == 2


@pytest.mark.parametrize("where", ["LOGIN", "SELECT", "AUTHENTICATE"])
def test_refused_for_now(maild, folder, where):
    """That is no wrong password: it is tried again at once."""
    tokens = {"auth": "xoauth2", "token_command": "echo token-1"} \
        if where == "AUTHENTICATE" else {}
    s = Scripted(maild, folder, f"busy {where}", mails=[leave(0)], **tokens)
    s.daemon.wait_log("warn.* trouble=.*come back later.*trying again in 1 s")
    s.wait_left(0)
    assert " error " not in s.daemon.log()


def test_taken_away_meanwhile(maild, folder):
    """Of a mail that a person deletes while we read nothing is said, and
    those beside it are read."""
    s = Scripted(maild, folder, "", gone=[2], poll="1 s",
                 mails=[leave(0), leave(1), leave(2)])
    for i in (0, 2):
        s.wait_left(i)
    assert not s.left(1)
    assert "passed over" not in s.daemon.log()
    assert " refused=\"" not in s.daemon.log()


def test_folders_and_mailboxes(maild, folder, dovecot, user, receiver):
    """Two mailboxes, one with a folder for spam: each mail counts once, also
    when a person moves it to another folder that we read."""
    other = "anden-" + user
    daemon = maild()
    secret = daemon.secret("password", dovecot.password)
    client = dovecot.client(user)
    client.create("Spam")
    daemon.write_conf(
        relay(receiver.port),
        inbox(dovecot.imaps_port, secret, dovecot.ca, user=user,
              answer="no").replace("answer", 'folders = {"INBOX", "Spam"}\n'
                                   "    answer"),
        inbox(dovecot.imaps_port, secret, dovecot.ca, name="anden", user=other,
              answer="no"))
    people = [f"q{i}-{user}" for i in range(3)]
    (folder / "people.csv").write_text("email\n" + "\n".join(people) + "\n")
    daemon.start()
    daemon.cli("subscribers", "import", folder / "people.csv")

    def state(i):
        return daemon.json("subscribers", "show", people[i])[0][
            "subscriptions"][0]["state"]

    later = imaplib.Time2Internaldate(time.time() + 5)
    client.append("Spam", None, later, mail(people[0], LEAVE, "spam"))
    dovecot.deliver(user, mail(people[1], LEAVE, "inbox"))
    dovecot.deliver(other, mail(people[2], LEAVE, "other"))
    for i in range(3):
        wait_until(lambda i=i: state(i) == "left", f"{people[i]} to leave")

    def marked(folder_name):
        return [flags for _, flags, _ in dovecot.messages(user, folder_name)
                if "$Unsubscribed" in flags]

    wait_until(lambda: marked("Spam") and marked("INBOX"), "the marks")
    assert not any("\\Seen" in flags for flags in marked("Spam"))
    # Back on the list; then the old mail is moved to the inbox.
    daemon.cli("subscribers", "add", people[0], "--again")
    client.select("Spam")
    client.uid("MOVE", "1", "INBOX")
    daemon.wait_log(r"inbox=tg/INBOX uid=2 kind=seen-before left-alone")
    assert state(0) == "active"


def test_each_kind_for_itself(maild, folder, dovecot, user, receiver):
    """Requests are moved, what a person must decide gets a keyword, bounces
    and the rest stay."""
    b = Box(maild, folder, dovecot, user, receiver.port, answer="no",
            handled="move Afmeldt", handled_review="keyword $Review").start()
    b.deliver("fremmed@example.org", LEAVE, "stranger")
    b.deliver(b.people[0], LEAVE, "leave")
    b.deliver("bo@example.org", "Skal vi spise frokost?", "lunch",
              subject="Frokost")
    b.wait_flag("stranger", "$Review")
    wait_until(lambda: "leave" in b.flags("Afmeldt"), "the move")
    wait_until(lambda: "lunch" in b.flags(), "the private mail")
    assert b.flags() == {"stranger": {"$Review"}, "lunch": set()}
    assert b.flags("Afmeldt") == {"leave": set()}
    client = dovecot.client(user)
    assert any(b"Afmeldt" in line for line in client.lsub()[1])
    client.logout()


@pytest.mark.parametrize("killed", [False, True])
def test_no_move(maild, folder, receiver, user, killed):
    """A copy in the folder, once, and the mail where it was, marked."""
    with Dovecot(place.temporary_folder("dovecot"), more=NO_MOVE) as server:
        b = Box(maild, folder, server, user, receiver.port, answer="no",
                handled="move Afmeldt",
                env={"RUMMELIG_CRASH": "inbox-after-mark:1:1"} if killed
                else None).start()
        b.deliver(b.people[0], LEAVE, "leave")
        b.wait_flag("leave", "$Unsubscribed")
        wait_until(lambda: b.rows("SELECT count(*) FROM incoming"
                                  " WHERE owed = 1") == [(0,)], "the debt")
        assert len(server.messages(user, "Afmeldt")) == 1
        b.daemon.wait_log("warn.*cannot move mails: they are copied")


def test_mark_is_made_good_later(maild, folder, dovecot, user, receiver):
    """Killed between the commit and the move: moved in the next life."""
    b = Box(maild, folder, dovecot, user, receiver.port, answer="no",
            handled="move Afmeldt",
            env={"RUMMELIG_CRASH": "inbox-after-commit:1:2"}).start()
    for i in (0, 1):
        b.deliver(b.people[i], LEAVE, f"leave{i}")
    wait_until(lambda: len(b.flags("Afmeldt")) == 2, "the moves")
    assert b.flags() == {}
    assert b.rows("SELECT count(*) FROM ledger WHERE state = 3") == [(2,)]


def test_seconds_to_the_ledger(maild, folder, dovecot, user, receiver):
    """From the reply's arrival to the subscription's end by IDLE."""
    b = Box(maild, folder, dovecot, user, receiver.port, people=9, answer="no",
            poll="1 d", build=place.ROOT / "build").start()
    b.daemon.wait_log("inbox=tg/INBOX .*connected")
    spent = []
    for i in range(9):
        b.deliver(b.people[i], LEAVE, f"leave{i}")
        began = time.monotonic()
        wait_until(lambda i=i: b.rows(
            "SELECT count(*) FROM ledger WHERE state = 3") == [(i + 1,)],
            "the ledger", 60)
        spent.append(time.monotonic() - began)
    median = sorted(spent)[len(spent) // 2]
    print(f"median {median * 1000:.0f} ms of {len(spent)}: "
          + " ".join(f"{s * 1000:.0f}" for s in spent))
    assert median < 1


def answer(number, **more):
    return 200, {"access_token": f"token-{number}", "token_type": "Bearer",
                 "expires_in": 3600, **more}


@pytest.mark.parametrize("sasl_ir", [False, True])
@pytest.mark.parametrize("mechanism", ["xoauth2", "oauthbearer"])
def test_tokens(maild, folder, mechanism, sasl_ir):
    """Fetched once, kept over a lost connection, renewed when it is refused;
    and neither it nor a secret stands in the log, whatever the server says."""
    ca, cert, key = certs.make(folder / "tokens")
    refresh = folder / "refresh"
    refresh.touch(mode=0o600)
    refresh.write_text("refresh-1\n")
    with TokenServer((cert, key), answer(1), answer(2)) as tokens:
        s = Scripted(maild, folder, "drop IDLE", poll="1 s", sasl_ir=sasl_ir,
                     mails=[leave(0)], auth=mechanism, token_url=tokens.url,
                     token_ca_file=ca, client_id="our client",
                     refresh_token_file=refresh)
        s.wait_left(0)
        s.daemon.wait_log("(?s)connected.*connection lost.*connected")
        assert len(tokens.asked) == 1
        said = "user=tg@lo-aarhus.dk\x01auth=Bearer token-1\x01\x01"
        if mechanism == "oauthbearer":
            said = ("n,a=tg@lo-aarhus.dk,\x01host=localhost\x01port="
                    f"{s.imap.port}\x01auth=Bearer token-1\x01\x01")
        assert set(s.imap.logins) == {(mechanism.upper(), said)}
        s.imap.may_enter = lambda said: "token-2" in said
        s.imap.deed = "drop NOOP"
        s.daemon.wait_log("refuses an access token that was good")
        s.imap.mails[2] = leave(1)
        s.wait_left(1)
        assert len(tokens.asked) == 2
        assert {"xoauth2": "\r\n", "oauthbearer": "AQ==\r\n"}[mechanism] \
            in s.imap.heard
        assert not re.search("token-[12]|refresh-1", s.daemon.words())


@pytest.mark.parametrize("who_is_slow", ["token server", "token command",
                                         "password command"])
def test_slow_secret(maild, folder, who_is_slow):
    """Longer than a worker may be silent: it gives signs of life meanwhile."""
    ca, cert, key = certs.make(folder / "tokens")
    go = folder / "go"
    wait = f"until [ -e {go} ]; do sleep 0.1; done; echo "
    with TokenServer((cert, key), answer(1)) as tokens:
        tokens.gate.clear()
        keys = {"token server": {"auth": "xoauth2", "token_url": tokens.url,
                                 "token_ca_file": ca, "client_id": "our client",
                                 "client_secret_command": "echo secret"},
                "token command": {"auth": "xoauth2",
                                  "token_command": wait + "token-1"},
                "password command": {"password_command": wait + "sesame"}}
        s = Scripted(maild, folder, "", mails=[leave(0)],
                     keys=SHORT, **keys[who_is_slow])
        inbox_worker = s.daemon.pids()["inbox tg/INBOX"]
        began = time.monotonic()
        wait_until(lambda: time.monotonic() > began + 9, "the time it takes",
                   30)
        go.touch()
        tokens.gate.set()
        s.wait_left(0)
        assert s.daemon.pids()["inbox tg/INBOX"] == inbox_worker


def test_token_that_is_never_good(maild, folder):
    s = Scripted(maild, folder, "", poll="1 s", auth="xoauth2",
                 mails=[leave(0)], token_command="echo token-1")
    s.imap.may_enter = lambda said: False
    s.daemon.stop()
    s.daemon.start()
    s.daemon.wait_log(r"error.* refused=.*refuses a new access token of "
                      r"tg@lo-aarhus.dk: *its words have our token in them.*"
                      "trying again in 60 s")
    assert "token-1" not in s.daemon.words()
