# SPDX-License-Identifier: ISC
"""Whole commands: what waits for a person, as a list, by a script's word, and
one after the other at a terminal."""
import fcntl
import json
import os
import signal
import struct
import termios

import pytest

from cli_bench import NOON, read_until, terminal

HANNE = "hanne@example.org"


def mail(number=12, proposal="unsubscribe", **more):
    return {"id": number, "at_s": NOON, "mailbox": "tg/INBOX",
            "list": "nyhedsbrev", "kind": "unsub-other", "proposal": proposal,
            "from": {"address": "jens@example.org", "state": "active"},
            "subject": "Re: Nyhedsbrev 14", "words": "Slet min kone.\nTak",
            "addresses": [{"address": HANNE, "state": "active"}],
            "message_id": "<m@example.org>",
            "evidence": "own words say 'slet', about someone else", **more}


def waits(bench, *mails):
    bench.maild.answers["GET /v1/review?after=0"] = {
        "review": list(mails), "waiting": len(mails), "next": None}


def done(number=12, deed="unsubscribed", addresses=(HANNE,), answering=False):
    return {"id": number, "deed": deed, "addresses": list(addresses),
            "answering": answering}


def test_list(bench):
    waits(bench)
    assert bench.out("review", "list") == "No mail waits for a person.\n"
    assert bench.out("review") == "No mail waits for a person.\n"
    assert bench.out("review", "--json") == ""
    bench.maild.answers["GET /v1/review?after=0"] = {
        "review": [mail()], "waiting": 2, "next": 12}
    bench.maild.answers["GET /v1/review?after=12"] = {
        "review": [mail(40, "none", addresses=[], subject="\x1b[2J",
                        **{"from": None})],
        "waiting": 2, "next": None}
    assert bench.out("review", "list").splitlines() == [
        "ID  WHEN              PROPOSAL     FROM              SUBJECT",
        "12  2020-11-20 12:00  unsubscribe  jens@example.org  "
        "Re: Nyhedsbrev 14",
        "40  2020-11-20 12:00  none         -                 \\x1b[2J"]
    rows = bench.out("review", "--json").splitlines()
    assert [json.loads(row)["id"] for row in rows] == [12, 40]
    assert bench.out("review", "list", "--json").splitlines() == rows


def test_accept_and_dismiss(bench):
    asked = "POST /v1/review/12/accept"
    bench.maild.answers[asked] = done(answering=True)
    assert bench.out("review", "accept", 12) == (
        "12: hanne@example.org: no letters any more. A goodbye goes out.\n")
    assert bench.sent(asked) == {}
    bench.maild.answers[asked] = done(deed="subscribed", addresses=["a@b.dk"])
    assert bench.out("review", "accept", 12, "a@b.dk") == (
        "12: a@b.dk: on the list now.\n")
    assert bench.sent(asked) == {"addresses": ["a@b.dk"]}
    asked = "POST /v1/review/12/dismiss"
    bench.maild.answers[asked] = done(deed="dismissed", addresses=[])
    assert bench.out("review", "dismiss", 12) == (
        "12: nothing is done, the mail is let be.\n")
    assert json.loads(bench.out("review", "dismiss", 12, "--json"))[
        "deed"] == "dismissed"
    bench.maild.answers[asked] = (409, {
        "error": "mail 12 is decided already by bo, today: dismissed",
        "hint": "see: rummelig-mail incoming"})
    assert bench.err(65, "review", "dismiss", 12) == (
        "rummelig-mail: mail 12 is decided already by bo, today: dismissed\n"
        "  see: rummelig-mail incoming\n")
    assert "not the ID of a mail" in bench.err(64, "review", "accept", "x")
    assert "Usage: rummelig-mail review accept" in bench.err(
        64, "review", "accept")


def test_walk_by_lines(bench):
    """Answers from a pipe: those that mean nothing here are refused, and when
    they end the rest is shown."""
    join = mail(13, "subscribe", words="Jeg vil gerne være med",
                **{"from": {"address": "ny@example.org", "state": "unknown"}},
                addresses=[{"address": "ny@example.org", "state": "unknown"}])
    waits(bench, mail(), join, mail(14, asked_s=NOON))
    bench.maild.answers["POST /v1/review/12/accept"] = done()
    bench.maild.answers["POST /v1/review/13/accept"] = done(
        13, "subscribed", ["ny@example.org"])
    out = bench.out("review", stdin="s\nU\n s \n")
    assert bench.sent("POST /v1/review/12/accept") == {
        "deed": "unsubscribe", "addresses": [HANNE]}
    assert bench.sent("POST /v1/review/13/accept") == {
        "deed": "subscribe", "addresses": ["ny@example.org"]}
    assert ("1 of 3  2020-11-20 12:00  tg/INBOX  mail 12\n"
            "From     jens@example.org (on the list)\n"
            "Subject  Re: Nyhedsbrev 14\n"
            "About    hanne@example.org (on the list)\n"
            "Why      own words say 'slet', about someone else\n"
            "\n"
            "         Slet min kone.\n"
            "         Tak\n"
            "\n"
            "u unsubscribe hanne@example.org\n"
            "k keep as it is  a another address  l later  ? help  q quit\n"
            "> That is none of the keys here.\n") in out
    assert "s subscribe ny@example.org\n" in out
    assert out.count("\n> ") == 3 and "3 of 3" in out
    assert out.count("\nAsked ") == 1 and (
        "Asked    the writer, 2020-11-20 12:00: no clear answer yet\n") in out
    assert "decided," not in out


def test_walk_more_keys(bench):
    """Another address, refused once; keep; later; quit leaves the rest."""
    waits(bench, mail(), mail(13), mail(14), mail(15))
    bench.maild.answers["POST /v1/review/12/accept"] = [
        (409, {"error": "x@y.dk is not on the list", "hint": "another"}),
        done(addresses=["b@y.dk"])]
    bench.maild.answers["GET /v1/review/12"] = mail()
    bench.maild.answers["POST /v1/review/13/dismiss"] = done(
        13, "dismissed", [])
    ran = bench.run("review", stdin="a\nx@y.dk\na\n\n?\na\n b@y.dk \nk\nl\nq\n")
    assert "x@y.dk is not on the list" in ran.stderr
    assert "> Take off which address? (nothing: none) " in ran.stdout
    assert bench.sent("POST /v1/review/12/accept") == {
        "deed": "unsubscribe", "addresses": ["b@y.dk"]}
    assert "take off another address, which you type" in ran.stdout
    assert ran.stdout.endswith("\n2 decided, 2 left for later.\n")
    assert not [a for a, _ in bench.maild.asked if "/15/" in a]


def test_walk_decided_meanwhile(bench):
    waits(bench, mail(), mail(13))
    gone = (409, {"error": "mail 12 is decided already by bo, today: dismissed",
                  "hint": "see: rummelig-mail incoming"})
    bench.maild.answers["POST /v1/review/12/accept"] = gone
    bench.maild.answers["GET /v1/review/12"] = gone
    bench.maild.answers["POST /v1/review/13/accept"] = done(13)
    ran = bench.run("review", stdin="u\nu\n")
    assert "decided already by bo" in ran.stderr
    assert ran.stdout.endswith("\n1 decided, 0 left for later.\n")
    bench.maild.stop()
    assert "review" not in bench.err(69, "review", stdin="u\n")
    bench.start()


def test_walk_on_a_terminal(bench):
    """One key each, 40 columns; nothing in a mail steers the terminal, and
    the terminal is as it was afterwards."""
    waits(bench, mail(words="\x1b[31mSlet\u202e " + "å" * 100 + "\x07"),
          mail(13))
    bench.maild.answers["POST /v1/review/12/accept"] = done()
    bench.env["LC_ALL"] = "C.UTF-8"
    process, fd = terminal(bench, "review", "--color", "never")
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 60, 0, 0))
    shown = read_until(fd, b"\n> ")
    before = termios.tcgetattr(fd)
    os.write(fd, b"u")
    shown += read_until(fd, b"\n> ")
    os.write(fd, b"\x03")
    shown += read_until(fd)
    assert process.wait(20) == 0
    text = shown.decode()
    assert "no letters any more" in text and "1 decided" in text
    assert "\x1b" not in text and "\x07" not in text and "\u202e" not in text
    assert "\\x1b[31mSlet" in text and "2 of 2" in text
    assert before[3] & termios.ECHO == 0
    assert bench.sent("POST /v1/review/12/accept")["addresses"] == [HANNE]
    os.close(fd)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP,
                                    signal.SIGINT])
def test_ended_at_the_question(bench, number):
    """Who is killed there leaves a terminal that echoes and takes lines."""
    waits(bench, mail())
    process, fd = terminal(bench, "review")
    read_until(fd, b"\n> ")
    assert termios.tcgetattr(fd)[3] & (termios.ECHO | termios.ICANON) == 0
    process.send_signal(number)
    assert process.wait(20) == -number
    modes = termios.tcgetattr(fd)[3]
    assert modes & termios.ECHO and modes & termios.ICANON
    assert modes & termios.ISIG
    assert not [a for a, _ in bench.maild.asked if a.startswith("POST")]
    os.close(fd)
