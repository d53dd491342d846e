# SPDX-License-Identifier: ISC
"""Whole commands: an issue on its way out, watched, held and cancelled."""
import base64
import json
import os
import signal
import subprocess

import pytest

from cli_bench import NOON, PNG, SOURCE, issue, read_until, terminal


# --- an issue out -----------------------------------------------------------

def test_check(bench):
    bench.maild.answers["POST /v1/check"] = {
        "notes": [{"line": 12, "error": False, "text": "no alt text"}],
        "subject": "Nyhedsbrev 14", "list": "nyhedsbrev", "recipients": 25,
        "message_bytes": 28400}
    assert bench.out("check", "brev.md") == (
        "brev.md:12: warning: no alt text\n"
        "Ready: \"Nyhedsbrev 14\" to 25 readers of nyhedsbrev, 28 KB each"
        " (1 warning).\n")
    assert bench.sent("POST /v1/check") == {
        "source": SOURCE, "file": "brev.md", "images": {}}
    bench.maild.answers["POST /v1/check"]["notes"] += [
        {"line": 0, "error": True, "text": "no subject"}]
    assert bench.out("check", "brev.md", code=65) == (
        "brev.md:12: warning: no alt text\n"
        "brev.md: error: no subject\n"
        "Not ready: 1 error to mend (1 warning).\n")


def test_check_sends_the_pictures(bench):
    (bench.folder / "in").mkdir()
    (bench.folder / "a b.png").write_bytes(PNG)
    (bench.folder / "in/b.jpg").write_bytes(b"\xff\xd8\xff\xe0jpeg")
    (bench.folder / "brev.md").write_text(
        SOURCE + "![A](a%20b.png) ![A](<a b.png>) [![V](in/b.jpg)](http://v)\n"
        "![net](https://x.example/c.png) ![cid](cid:x) ![m]({{BILLEDE}})\n"
        "![ref][r] `![no](none.png)`\n\n    ![no](none.png)\n\n[r]: in/b.jpg\n")
    bench.maild.answers["POST /v1/check"] = {"notes": []}
    bench.run("check", bench.folder / "brev.md")
    sent = bench.sent("POST /v1/check")
    assert sent["file"] == "brev.md"
    assert sorted(sent["images"]) == ["a b.png", "a%20b.png", "in/b.jpg"]
    assert base64.b64decode(sent["images"]["a%20b.png"]) == PNG


@pytest.mark.parametrize("link, words", [
    ("none.png", "none.png: there is no such picture beside"),
    ("TEXT.PNG", "no such picture beside the file; is it text.png"),
    ("../up.png", "lies in the folder of the file or below it"),
    ("in/../../up.png", "lies in the folder of the file or below it"),
    ("%2e%2e/up.png", "lies in the folder of the file or below it"),
    ("/etc/passwd", "lies in the folder of the file or below it"),
    ("out.png", "out.png: this is a link to elsewhere"),
    ("text.png", "not a PNG, JPEG, GIF or WebP picture"),
    ("large.png", "larger than 2 MB"),
    ("folder.png", "this is not a file"),
    ("pipe.png", "this is not a file"),
])
def test_pictures_that_are_not_sent(bench, link, words):
    """Said with all else that is wrong, and a dot is sent in their place."""
    folder = bench.folder / "brev"
    folder.mkdir()
    (bench.folder / "up.png").write_bytes(PNG)
    (folder / "out.png").symlink_to("../up.png")
    (folder / "text.png").write_text("root:x:0")
    (folder / "large.png").write_bytes(PNG + bytes(2 * 1024 * 1024))
    (folder / "folder.png").mkdir()
    os.mkfifo(folder / "pipe.png")
    (folder / "brev.md").write_text(SOURCE + f"\n![x]({link})\n")
    bench.maild.answers["POST /v1/check"] = {"notes": [
        {"line": 2, "error": True, "text": "no such list"},
        {"line": 9, "error": False, "text": "no alt text"}]}
    first, second, third, verdict = bench.out(
        "check", "brev/brev.md", code=65).splitlines()
    assert first == "brev/brev.md:2: error: no such list"
    assert second.startswith("brev/brev.md:7: error: ") and words in second
    assert third == "brev/brev.md:9: warning: no alt text"
    assert verdict == "Not ready: 2 errors to mend (1 warning)."
    (name, sent), = bench.sent("POST /v1/check")["images"].items()
    assert name == link and base64.b64decode(sent).startswith(b"GIF8")
    # Nothing else is done with it, and the same is said.
    done = bench.run("queue", "brev/brev.md", code=65)
    assert done.stdout.splitlines() == [first, second, third]
    assert "is not ready: nothing was sent" in done.stderr
    assert {path for path, _ in bench.maild.asked} == {"POST /v1/check"}


@pytest.mark.parametrize("content, words", [
    (b"", "brev.md is empty"),
    (b"a\nb\xe6\n", "brev.md:2: this is not UTF-8"),
    (b"a\0b", "brev.md:1: this is not text"),
    (b"x" * (512 * 1024 + 1), "brev.md is larger than 512 KB"),
])
def test_files_that_are_no_issue(bench, content, words):
    (bench.folder / "brev.md").write_bytes(content)
    assert words in bench.err(65, "queue", "brev.md")


def test_missing_file(bench):
    assert bench.err(66, "queue", "none.md") == (
        "rummelig-mail: none.md: No such file or directory\n")
    assert "is a folder" in bench.err(66, "queue", ".")


def test_preview(bench):
    bench.maild.answers["POST /v1/preview"] = {
        "subject": "Nyhedsbrev 14", "eml": "From: x\r\n", "html": "<p>Hej æ",
        "text": "Hej\n\x1b[1mdu\n"}
    out = bench.out("preview", "brev.md", "--to", "a@b.dk")
    assert out == ("Nyhedsbrev 14\n\nHej\n\x1b[1mdu\n\n"
                   "The html part is in brev.preview.html\n")
    assert bench.sent("POST /v1/preview")["to"] == "a@b.dk"
    assert (bench.folder / "brev.preview.html").read_text() == "<p>Hej æ"
    assert bench.out("preview", "brev.md", "--html") == "<p>Hej æ"
    assert bench.run("preview", "brev.md", "--eml", "--out=x.eml").stdout == (
        "The eml is in x.eml\n")
    assert (bench.folder / "x.eml").read_bytes() == b"From: x\r\n"
    assert "is the issue itself" in bench.err(
        64, "preview", "brev.md", "--out", "./brev.md")
    assert (bench.folder / "brev.md").read_text() == SOURCE
    assert "--out FILE" in bench.err(
        73, "preview", "brev.md", "--out", "no/such.html")
    assert "only one of" in bench.err(
        64, "preview", "brev.md", "--text", "--eml")
    trap = bench.folder / "brev.preview.html"
    trap.unlink()
    trap.symlink_to("precious")
    assert "a link to elsewhere" in bench.err(73, "preview", "brev.md")
    assert not (bench.folder / "precious").exists()
    bench.run("preview", "brev.md", "--out", "brev.preview.html")
    assert (bench.folder / "precious").read_text() == "<p>Hej æ"
    assert json.loads(bench.out("--json", "preview", "brev.md"))["eml"]


def test_preview_with_errors(bench):
    bench.maild.answers["POST /v1/preview"] = (400, {
        "error": "the issue has errors", "hint": "Mend them.",
        "notes": [{"line": 3, "error": True, "text": "no list x"}]})
    done = bench.run("preview", "brev.md", code=65)
    assert done.stdout == "brev.md:3: error: no list x\n"
    assert done.stderr == (
        "rummelig-mail: brev.md is not ready: nothing was made\n"
        "  Mend it and check it again.\n")
    done = bench.run("--json", "preview", "brev.md", code=65)
    assert json.loads(done.stderr)["notes"][0]["line"] == 3


def test_test(bench):
    bench.maild.answers["POST /v1/test"] = (201, issue(kind="test"))
    assert bench.out("test", "brev.md", "--to", "a@b.dk,c@d.dk", "e@f.dk") == (
        "14 test: \"Nyhedsbrev 14\" to 3 addresses\n"
        "What became of it: rummelig-mail who 14\n")
    assert bench.sent("POST /v1/test")["to"] == ["a@b.dk", "c@d.dk", "e@f.dk"]
    assert "for whom?" in bench.err(64, "test", "brev.md")


def test_queue(bench):
    bench.maild.answers["POST /v1/issues"] = (201, issue("filling"))
    assert bench.out("queue", "brev.md") == (
        "14 queued: \"Nyhedsbrev 14\" to the list nyhedsbrev\n"
        "How far it is: rummelig-mail watch 14    Stop it:"
        " rummelig-mail hold 14\n")
    assert bench.sent("POST /v1/issues") == {
        "source": SOURCE, "file": "brev.md", "images": {}, "again": False}
    bench.run("queue", "brev.md", "--again")
    assert bench.sent("POST /v1/issues")["again"] is True
    assert json.loads(bench.out("--json", "queue", "brev.md"))["id"] == 14


def test_queue_at(bench):
    bench.maild.answers["POST /v1/issues"] = lambda body: (201, issue(
        "filling", due_s=json.loads(body)["at"]))
    year = int(subprocess.run(["date", "+%Y"], capture_output=True,
                              text=True).stdout) + 1
    out = bench.out("queue", "brev.md", "--at", f"{year}-12-01 09:00")
    assert f" {year}-12-01 09:00 CET (in " in out
    done = bench.run("queue", "brev.md", "--at", f"{year}-12-01", code=64)
    assert "So: --at \"2026-12-01 09:00\"" in done.stderr
    assert "that is past" in bench.err(
        64, "queue", "brev.md", "--at", "2020-12-01 09:00")


def test_queue_the_same_again(bench):
    bench.maild.answers["POST /v1/issues"] = (409, {
        "error": "queued before", "hint": "", "same": 13})
    bench.maild.answers["GET /v1/issues/13"] = issue(
        "finished", 13, created_s=1700000000)
    assert bench.err(65, "queue", "brev.md") == (
        "rummelig-mail: this content is issue 13 already: \"Nyhedsbrev 14\","
        " queued 2023-11-14 23:13, now finished\n"
        "  Nothing was queued. To send it to everybody once more: add"
        " --again\n  Look at the first: rummelig-mail show 13\n")


# --- a person's word about single letters --------------------------------

def test_retry(bench):
    bench.maild.answers["POST /v1/issues/14/retry"] = {"rows": 2000,
                                                       "next": 77}
    bench.maild.answers["POST /v1/issues/14/retry?after=77"] = {
        "rows": 3, "next": None}
    assert bench.out("retry", 14, "--failed") == (
        "14: 2003 letters are tried again.\n")
    assert "say --failed" in bench.err(64, "retry", 14)
    bench.maild.answers["POST /v1/issues/14/retry"] = (409, {
        "error": "nothing has failed in issue 14", "hint": ""})
    assert "nothing has failed" in bench.err(65, "retry", 14, "--failed")


def test_doubt(bench):
    bench.maild.answers["GET /v1/issues/14/deliveries?state=doubt"] = {
        "deliveries": [{"address": "a@b.dk", "state": "doubt", "doubts": 1,
                        "tries": 1, "at_s": NOON, "relay": "primary",
                        "reply": "lost after the dot"}], "next": None}
    assert "a@b.dk" in bench.out("doubt", 14)
    bench.maild.answers["POST /v1/issues/14/doubt"] = {"rows": 1}
    assert bench.out("doubt", 14, "--close", "a@b.dk") == (
        "14: 1 letter is closed.\n")
    assert json.loads(bench.maild.asked[-1][1]) == {
        "deed": "close", "addresses": ["a@b.dk"]}
    bench.out("doubt", 14, "--resend")
    assert json.loads(bench.maild.asked[-1][1]) == {"deed": "resend"}
    assert "only one" in bench.err(64, "doubt", 14, "--resend", "--close")
    assert "say --resend" in bench.err(64, "doubt", 14, "a@b.dk")


def test_when_the_list_sends_again(bench):
    bench.maild.answers["GET /v1/issues/14"] = issue(
        "sending", goes_on_s=NOON + 86400, filled=False, complaints=2)
    out = bench.out("show", 14)
    assert "  goes on    " in out and "and counting" in out
    assert "  complaints 2\n" in out


# --- watching ---------------------------------------------------------------

def steps():
    return [issue("filling", audience=0), issue(counts={"waiting": 25}),
            issue(counts={"waiting": 15, "sent": 10}),
            issue("finished", changed_s=NOON + 65,
                  counts={"sent": 24, "failed": 1})]


def test_queue_and_watch(bench):
    bench.maild.answers["POST /v1/issues"] = (201, issue("filling"))
    bench.maild.answers["GET /v1/issues/14"] = steps()
    lines = bench.out("queue", "brev.md", "--watch").splitlines()
    assert lines[0].startswith("14 queued")
    assert lines[1:] == [
        "14 filling: 0 sent", "14 sending: 0 sent, 25 waiting",
        '14 finished: "Nyhedsbrev 14", 24 sent, 1 failed in 65 s.',
        "Who did not get it: rummelig-mail who 14 --state failed"]


@pytest.mark.parametrize("state", ["held", "overdue", "cancelled"])
def test_watch_ends(bench, state):
    bench.maild.answers["GET /v1/issues/14"] = issue(state, reason="5.7.1 no")
    out = bench.out("watch", 14, code=75)
    assert f'14 {state}: "Nyhedsbrev 14", 0 sent. Why: 5.7.1 no.\n' in out
    assert ("rummelig-mail release 14" in out) == (state != "cancelled")


def test_watch_the_newest(bench):
    bench.maild.answers["GET /v1/issues?limit=50"] = {
        "issues": [issue("finished", 15), issue("sending", 14)]}
    bench.maild.answers["GET /v1/issues/14"] = issue(
        "finished", counts={"sent": 25})
    assert "14 finished" in bench.out("watch")
    bench.maild.answers["GET /v1/issues?limit=50"] = {"issues": []}
    assert "no issue is under way" in bench.err(66, "watch")


def test_watch_waits_for_a_daemon_that_starts_again(bench):
    bench.maild.answers["GET /v1/issues/14"] = [
        issue(counts={"waiting": 25}), (200, None), (503, {"error": "busy"}),
        issue("finished", counts={"sent": 25})]
    done = bench.run("watch", 14)
    assert done.stderr == "rummelig-maild does not answer, waiting for it.\n"
    assert "14 finished" in done.stdout


def test_watch_json(bench):
    bench.maild.answers["GET /v1/issues/14"] = steps()
    lines = bench.out("--json", "watch", 14).splitlines()
    assert [json.loads(line)["state"] for line in lines] == [
        "filling", "sending", "finished"]


def test_watch_survives_ctrl_c(bench):
    bench.maild.answers["GET /v1/issues/14"] = issue(
        counts={"waiting": 15, "sent": 10})
    process, fd = terminal(bench, "watch", 14)
    got = read_until(fd, b"10 sent")
    assert "█" * 12 + "░" * 18 in got.decode()
    process.send_signal(signal.SIGINT)
    got = read_until(fd)
    assert b"The daemon goes on. To look again: rummelig-mail watch 14" in got
    assert process.wait(30) == 130
    os.close(fd)


def test_watch_draws_a_bar(bench):
    bench.maild.answers["GET /v1/issues/14"] = steps()
    process, fd = terminal(bench, "watch", 14)
    got = read_until(fd).decode()
    assert process.wait(30) == 0
    os.close(fd)
    assert "\r\x1b[K" in got
    assert "\x1b[32m14 finished\x1b[0m: \"Nyhedsbrev 14\", 24 sent" in got


def test_no_color(bench):
    bench.env["NO_COLOR"] = "1"
    bench.maild.answers["GET /v1/issues/14"] = issue("held")
    process, fd = terminal(bench, "show", 14)
    got = read_until(fd)
    assert process.wait(30) == 0
    os.close(fd)
    assert b"held" in got and b"\x1b" not in got


# --- issues, and a person's word ------------------------------------------

def test_issues(bench):
    bench.maild.answers["GET /v1/issues?limit=20"] = {"issues": [
        issue("sending", 114, counts={"sent": 3}),
        issue("finished", 7, subject="Blåbær", counts={"sent": 25})]}
    assert bench.out("issues") == (
        " ID  STATE     WHEN              SENT  OF  FAILED  LIST        "
        "SUBJECT\n"
        "114  sending   2020-11-20 12:00     3  25       0  nyhedsbrev  "
        "Nyhedsbrev 14\n"
        "  7  finished  2020-11-20 12:00    25  25       0  nyhedsbrev  "
        "Blåbær\n")
    assert len(bench.out("--json", "issues").splitlines()) == 2
    bench.maild.answers["GET /v1/issues?limit=5&all=1"] = {"issues": []}
    assert "No issue yet" in bench.out("issues", "--all", "--limit", 5)
    assert "not a number" in bench.err(64, "issues", "--limit", "x")


def test_show(bench):
    bench.maild.answers["GET /v1/issues/14"] = issue(
        "held", reason="5.7.26", doubted=2,
        counts={"sent": 3, "waiting": 22})
    out = bench.out("show", 14)
    assert "  state      held: 5.7.26\n" in out
    assert "  letters    3 sent, 22 waiting\n" in out
    assert "rummelig-mail who 14 --doubtful" in out
    bench.maild.answers["GET /v1/issues/14/source"] = SOURCE.encode()
    assert bench.out("show", 14, "--source") == SOURCE
    assert json.loads(bench.out("--json", "show", "14", "--source")) == {
        "id": 14, "source": SOURCE}
    assert "no such thing" in bench.err(66, "show", 15)


def test_hold_release_cancel(bench):
    for deed, state in (("hold", "held"), ("release", "sending"),
                        ("cancel", "cancelled")):
        bench.maild.answers[f"POST /v1/issues/14/{deed}"] = issue(state)
    assert bench.out("hold", 14, "wrong", "date") == (
        "14 held: \"Nyhedsbrev 14\", 0 sent.\n"
        "To let it go on: rummelig-mail release 14\n")
    assert bench.sent("POST /v1/issues/14/hold") == {"reason": "wrong date"}
    # Who held it before has the word.
    bench.maild.answers["POST /v1/issues/14/hold"]["reason"] = "by bo's word"
    assert bench.out("hold", 14, "again").startswith(
        "14 held: \"Nyhedsbrev 14\", 0 sent. Why: by bo's word.\n")
    assert bench.out("release", 14) == (
        "14 sending: \"Nyhedsbrev 14\", 0 sent.\n")
    bench.maild.answers["POST /v1/issues/14/release"]["due_s"] = 4000000000
    assert ("It goes out on Tue 2096-10-02 09:06 CEST, as it was queued."
            in bench.out("release", 14))
    assert "Say --yes." in bench.err(64, "cancel", 14)
    assert bench.out("cancel", "--yes", 14) == (
        "14 cancelled: \"Nyhedsbrev 14\", 0 sent.\n"
        "Nobody else gets it.\n")


def held(number, **more):
    return issue("held", id=number, subject=f"Nr. {number}",
                 reason="the relay refuses us: 535", **more)


def holding(bench, *issues):
    """The daemon has these open issues, in pages of two."""
    path = "GET /v1/issues?all=1&open=1&limit=100"
    for i in range(0, len(issues) + 2, 2):
        bench.maild.answers[path] = {"issues": list(issues[i:i + 2])}
        if issues[i:i + 2]:
            path = (f"GET /v1/issues?all=1&open=1&limit=100&before="
                    f"{issues[i:i + 2][-1]['id']}")
    for one in issues:
        bench.maild.answers[f"POST /v1/issues/{one['id']}/release"] = \
            one | {"state": "sending"}


def released(bench):
    return [what.split("/")[3] for what, _ in bench.maild.asked
            if what.endswith("/release")]


def test_release_several(bench):
    holding(bench, held(14), held(16))
    assert "14 sending" in bench.out("release", 14, 16)
    assert released(bench) == ["14", "16"]
    bench.maild.asked.clear()
    assert "not the ID of an issue" in bench.err(64, "release", 14, "x")
    assert released(bench) == []
    assert "no such thing" in bench.run("release", 15, 16, code=66).stderr
    assert released(bench) == ["15", "16"]
    assert "one of the two" in bench.err(64, "release")
    assert "one of the two" in bench.err(64, "release", "--all", 14)


def test_release_all(bench):
    """What is held, of every kind, the oldest first; nothing else."""
    holding(bench, held(19), issue("sending", id=18), held(17, kind="answer"),
            issue("overdue", id=16), held(15, kind="test"))
    assert "Say --yes" in bench.err(64, "release", "--all")
    assert "Say --yes" in bench.err(64, "--json", "release", "--all")
    assert released(bench) == []
    assert "17 sending" in bench.out("release", "--all", "--yes")
    assert released(bench) == ["15", "17", "19"]
    holding(bench)
    assert bench.out("release", "--all", "--yes") == "No issue is held.\n"


def test_release_all_asks(bench):
    holding(bench, held(17, kind="answer"), held(14))
    for word, done in ((b"n\n", []), (b"yes\n", ["14", "17"])):
        process, fd = terminal(bench, "release", "--all")
        got = read_until(fd, b"[y/N]")
        assert b'14  "Nr. 14"\r\n    the relay refuses us: 535' in got
        assert b'17  an answer of ours, "Nr. 17"' in got
        assert b"Shall all 2 go on?" in got
        os.write(fd, word)
        read_until(fd)
        assert process.wait(30) == 0
        os.close(fd)
        assert released(bench) == done


def test_cancel_asks(bench):
    bench.maild.answers["GET /v1/issues/14"] = issue(counts={"sent": 3})
    bench.maild.answers["POST /v1/issues/14/cancel"] = issue("cancelled")
    for word, done in ((b"n\n", False), (b"yes\n", True)):
        process, fd = terminal(bench, "cancel", 14)
        got = read_until(fd, b"[y/N]")
        assert b'Cancel issue 14, "Nyhedsbrev 14" (3 sent), for good?' in got
        os.write(fd, word)
        read_until(fd)
        assert process.wait(30) == 0
        os.close(fd)
        assert done == any(what.endswith("/cancel")
                           for what, _ in bench.maild.asked)
