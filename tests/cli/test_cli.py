# SPDX-License-Identifier: ISC
"""Whole commands against a daemon that answers what the test says: what a
person reads, what goes over the socket, and the code at the end."""
import base64
import json
import os
import pathlib
import pty
import re
import select
import signal
import stat
import subprocess
import sys
import time

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from fake_maild import FakeMaild  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = ROOT / os.environ.get("BUILD", "build") / "rummelig-mail"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
COMMANDS = re.compile(r"^  ([a-z]+(?: [a-z]+)?)", re.M)
NOON = 1605870000  # 2020-11-20 12:00 CET
SOURCE = "---\nsubject: Nyhedsbrev 14\n---\n\nHej {{fornavn|abonnent}}\n"
LISTS = {"lists": [{"key": "nyhedsbrev", "title": "Rummelig imidt",
                    "from": "TG <tg@lo-aarhus.dk>", "language": "da"}]}


def issue(state="sending", number=14, **more):
    counts = {"waiting": 0, "leased": 0, "sending": 0, "deferred": 0,
              "doubt": 0, "sent": 0, "failed": 0, "cancelled": 0}
    counts.update(more.pop("counts", {}))
    return {"id": number, "kind": "letter", "list": "nyhedsbrev",
            "state": state, "reason": "", "subject": "Nyhedsbrev 14",
            "created_s": NOON, "due_s": NOON, "changed_s": NOON,
            "audience": 25, "counts": counts, "doubted": 0, **more}


class Bench:
    def __init__(self, folder):
        self.folder = folder
        self.socket = folder / "s"
        self.maild = self.process = None
        self.env = {"PATH": os.environ["PATH"], "LC_ALL": "C",
                    "TZ": "CET-1CEST,M3.5.0,M10.5.0/3", "TERM": "xterm",
                    "RUMMELIG_MAIL_SOCKET": str(self.socket)}
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS"):
            if name in os.environ:
                self.env[name] = os.environ[name]
        (folder / "brev.md").write_text(SOURCE)

    def answers(self, **answers):
        self.maild = FakeMaild(self.socket, {"GET /v1/lists": LISTS})
        return self.maild.answers

    def run(self, *words, stdin="", code=0):
        done = subprocess.run([PROGRAM, *map(str, words)], input=stdin,
                              capture_output=True, text=True, env=self.env,
                              cwd=self.folder, timeout=30)
        assert done.returncode == code, done.stdout + done.stderr
        return done

    def out(self, *words, **more):
        return self.run(*words, **more).stdout

    def err(self, code, *words, **more):
        done = self.run(*words, code=code, **more)
        assert done.stdout == ""
        return done.stderr

    def sent(self, asked):
        bodies = [body for what, body in self.maild.asked if what == asked]
        assert bodies, self.maild.asked
        return json.loads(bodies[-1])


@pytest.fixture
def bench(tmp_path):
    made = Bench(tmp_path)
    made.answers()
    yield made
    if made.process is not None and made.process.poll() is None:
        made.process.kill()
        made.process.wait()
    made.maild.stop()


# --- no daemon, wrong words ---------------------------------------------

def test_without_words_says_the_five_verbs(bench):
    out = bench.out(code=64)
    for verb in ("check", "preview", "test", "queue", "watch"):
        assert re.search(rf"^  {verb} ", out, re.M)


def test_help_knows_every_command(bench):
    names = COMMANDS.findall(bench.out("help"))
    assert len(names) == 23
    for name in names:
        out = bench.out("help", *name.split())
        assert out.startswith(f"rummelig-mail {name}")
        assert bench.out(*name.split(), "--help") == out
        assert max(map(len, out.splitlines())) <= 80


def test_the_man_page_knows_every_command_and_option(bench):
    page = (ROOT / "cli/rummelig-mail.1").read_text().replace("\\-", "-")
    for name in COMMANDS.findall(bench.out("help")):
        assert re.search(rf'^\.B[IR]* "?{name}\b', page, re.M), name
        for option in re.findall(r"^  (--[a-z]+)",
                                 bench.out("help", *name.split()), re.M):
            assert option in page, option


@pytest.mark.parametrize("words, want", [
    (["quue"], "no command quue\n  Did you mean: rummelig-mail queue\n"),
    (["subscribers", "ad"],
     "no command subscribers ad\n"
     "  Did you mean: rummelig-mail subscribers add\n"),
    (["frobnicate"],
     "no command frobnicate\n  rummelig-mail help shows what there is.\n"),
    (["queue"], "queue: FILE is missing\n"
     "  Usage: rummelig-mail queue FILE\n  More: rummelig-mail help queue\n"),
    (["queue", "a", "b"], "queue: one word too many: b\n"
     "  Usage: rummelig-mail queue FILE\n  More: rummelig-mail help queue\n"),
    (["status", "--agian"],
     "no option --agian: did you mean --again?\n  rummelig-mail help\n"),
    (["status", "--again"], "status takes no --again\n"
     "  Usage: rummelig-mail status\n  More: rummelig-mail help status\n"),
    (["show", "x"],
     "x: not the ID of an issue (rummelig-mail issues lists them)\n"
     "  Usage: rummelig-mail show ID\n  More: rummelig-mail help show\n"),
    (["--color", "blue", "status"],
     "--color blue: it is auto, always or never\n"),
])
def test_wrong_words(bench, words, want):
    assert bench.err(64, *words) == "rummelig-mail: " + want


def test_no_daemon(bench):
    assert bench.err(69, "status", "--socket", "/nowhere/s") == (
        "rummelig-mail: rummelig-maild cannot be reached at /nowhere/s:"
        " No such file or directory\n"
        "  Is rummelig-maild running? systemctl status rummelig-mail\n"
        "  Another socket: --socket PATH or RUMMELIG_MAIL_SOCKET\n")
    assert "too long for a socket" in bench.err(
        64, "status", "--socket", "/" + "x" * 200)
    line = json.loads(bench.err(69, "--json", "status", "--socket=/nowhere/s"))
    assert line["exit"] == 69 and "/nowhere/s" in line["error"]


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to be someone else")
def test_not_allowed(bench):
    os.chmod(bench.socket, stat.S_IRUSR | stat.S_IWUSR)
    for folder in [bench.folder, *bench.folder.parents][:4]:
        if str(folder) != "/tmp":
            os.chmod(folder, 0o755)
    done = subprocess.run(["setpriv", "--reuid=nobody", "--clear-groups",
                           PROGRAM, "status"], capture_output=True, text=True,
                          env=bench.env, cwd="/", timeout=30)
    assert done.returncode == 77, done.stderr
    assert "you may not speak to rummelig-maild" in done.stderr


@pytest.mark.parametrize("status, code", [
    (400, 65), (403, 77), (404, 66), (409, 65), (413, 65), (503, 75),
    (500, 70)])
def test_refusals(bench, status, code):
    bench.maild.answers["GET /v1/status"] = (
        status, {"error": "it is so", "hint": "do that"})
    assert bench.err(code, "status") == (
        "rummelig-mail: it is so\n  do that\n")


def test_what_is_no_daemon(bench):
    bench.maild.answers["GET /v1/status"] = b"<html>"
    assert "is not rummelig-maild" in bench.err(69, "status")
    bench.maild.answers["GET /v1/status"] = (200, None)
    assert "broke off" in bench.err(75, "status")


def test_version(bench):
    bench.maild.answers["GET /v1/version"] = {"version": "9.9"}
    assert bench.out("version").splitlines()[1] == "rummelig-maild 9.9"
    assert len(bench.out("--version").splitlines()) == 1
    assert "69" not in bench.out("--version", "--socket", "/nowhere")
    assert "cannot be reached" in bench.run(
        "version", "--socket", "/nowhere", code=69).stderr


# --- nothing from outside steers the terminal -----------------------------

def test_escapes(bench):
    bench.maild.answers["GET /v1/issues/14"] = issue(
        subject="a\x1b[2J\nb\u202e\x9b\0c", reason="\x07")
    out = bench.out("show", "14", "--color=never")
    assert out.splitlines()[0] == "14  a\\x1b[2J b\\x9b\\x00c"
    assert "\x1b" not in out and "\x07" not in out and "\u202e" not in out
    line = bench.out("--json", "show", 14)
    assert json.loads(line)["subject"] == "a\x1b[2J\nb\u202e\x9b\0c"


def test_colours(bench):
    bench.maild.answers["GET /v1/issues/14"] = issue("finished")
    assert "\x1b[32mfinished\x1b[0m" in bench.out(
        "show", 14, "--color", "always")
    assert "\x1b" not in bench.out("show", 14)


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


@pytest.mark.parametrize("link, code, words", [
    ("none.png", 66, "brev.md:7: none.png: there is no such picture beside"),
    ("../up.png", 65, "lies in the folder of the file or below it"),
    ("in/../../up.png", 65, "lies in the folder of the file or below it"),
    ("%2e%2e/up.png", 65, "lies in the folder of the file or below it"),
    ("/etc/passwd", 65, "lies in the folder of the file or below it"),
    ("out.png", 66, "out.png: this is a link to elsewhere"),
    ("text.png", 65, "not a PNG, JPEG, GIF or WebP picture"),
    ("large.png", 65, "larger than 2 MB"),
    ("folder.png", 66, "this is not a file"),
    ("pipe.png", 66, "this is not a file"),
])
def test_pictures_that_are_not_sent(bench, link, code, words):
    folder = bench.folder / "brev"
    folder.mkdir()
    (bench.folder / "up.png").write_bytes(PNG)
    (folder / "out.png").symlink_to("../up.png")
    (folder / "text.png").write_text("root:x:0")
    (folder / "large.png").write_bytes(PNG + bytes(2 * 1024 * 1024))
    (folder / "folder.png").mkdir()
    os.mkfifo(folder / "pipe.png")
    (folder / "brev.md").write_text(SOURCE + f"\n![x]({link})\n")
    said = bench.err(code, "check", "brev/brev.md")
    assert words in said and said.count("rummelig-mail:") == 1
    assert bench.maild.asked == []


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
    assert json.loads(bench.out("--json", "preview", "brev.md"))["eml"]


def test_preview_with_errors(bench):
    bench.maild.answers["POST /v1/preview"] = (400, {
        "error": "the issue has errors", "hint": "Mend them.",
        "notes": [{"line": 3, "error": True, "text": "no list x"}]})
    done = bench.run("preview", "brev.md", code=65)
    assert done.stdout == "brev.md:3: error: no list x\n"
    assert done.stderr == (
        "rummelig-mail: brev.md is not ready: nothing was sent\n"
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


def terminal(bench, *words):
    """Runs it on a terminal; returns the process and the terminal's end."""
    ours, its = pty.openpty()
    process = bench.process = subprocess.Popen([PROGRAM, *map(str, words)], stdin=its,
                               stdout=its, stderr=its, env=bench.env,
                               cwd=bench.folder)
    os.close(its)
    return process, ours


def read_until(fd, want=None):
    """What the terminal shows until `want` stands there, or to its end."""
    got = b""
    end = time.monotonic() + 20
    while want is None or want not in got:
        ready, _, _ = select.select(
            [fd], [], [], max(0, end - time.monotonic()))
        assert ready, f"no {want!r} in {got!r}"
        try:
            piece = os.read(fd, 4096)
        except OSError:  # Linux says EIO when the other end is closed
            break
        if not piece:
            break
        got += piece
    return got


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
    assert bench.out("release", 14) == (
        "14 sending: \"Nyhedsbrev 14\", 0 sent.\n")
    assert "Say --yes." in bench.err(64, "cancel", 14)
    assert bench.out("cancel", "--yes", 14) == (
        "14 cancelled: \"Nyhedsbrev 14\", 0 sent.\n")


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


# --- who, subscribers -------------------------------------------------------

def delivery(number, address, state="sent", **more):
    return {"id": number, "issue": 14, "address": address, "state": state,
            "at_s": NOON, "due_s": 0, "tries": 1, "doubts": 0, "relay": "main",
            "reply": "250 2.0.0 Ok", "message_id": "x@y", **more}


def test_who_issue(bench):
    path = "GET /v1/issues/14/deliveries"
    bench.maild.answers[path] = {
        "deliveries": [delivery(1, "aase@example.org")], "next": 1}
    bench.maild.answers[path + "?after=1"] = {
        "deliveries": [delivery(2, "bo@example.org", doubts=1)], "next": None}
    assert bench.out("who", 14).splitlines() == [
        "ADDRESS           STATE  WHEN              TRIES  RELAY  REPLY",
        "aase@example.org  sent   2020-11-20 12:00      1  main   250 2.0.0 Ok",
        "bo@example.org    sent, 1 in doubt  2020-11-20 12:00      1  main"
        "   250 2.0.0 Ok"]
    bench.maild.answers[path + "?state=failed&doubtful=1"] = {
        "deliveries": [], "next": None}
    assert bench.out("who", 14, "--doubtful", "--state", "failed") == (
        "Nobody of that kind.\n")
    assert len(bench.out("--json", "who", 14).splitlines()) == 2


PERSON = {"id": 5, "address": "aase@example.org", "name": "Åse",
          "subscriptions": [{"list": "nyhedsbrev", "state": "left",
                             "since_s": NOON, "how": "reply"}],
          "ledger": [{"at_s": NOON, "list": "nyhedsbrev", "state": "active",
                      "how": "import", "proof": "people.csv:7"},
                     {"at_s": NOON, "list": "nyhedsbrev", "state": "left",
                      "how": "reply", "proof": "m1@example.org"}],
          "deliveries": [delivery(1, "aase@example.org")]}


def test_who_person(bench):
    bench.maild.answers["GET /v1/subscribers/aase%40example.org"] = PERSON
    want = (
        "aase@example.org  Åse\n"
        "  nyhedsbrev: left since 2020-11-20 12:00, by reply\n"
        "\nHow it came about\n"
        "WHEN              LIST        BECAME  BY      PROOF\n"
        "2020-11-20 12:00  nyhedsbrev  active  import  people.csv:7\n"
        "2020-11-20 12:00  nyhedsbrev  left    reply   m1@example.org\n"
        "\nLetters\n"
        "ISSUE  STATE  WHEN              TRIES  RELAY  REPLY\n"
        "   14  sent   2020-11-20 12:00      1  main   250 2.0.0 Ok\n")
    assert bench.out("who", "aase@example.org") == want
    assert bench.out("subscribers", "show", "aase@example.org") == want
    assert json.loads(bench.out("--json", "who", "aase@example.org")) == PERSON


def test_subscribers(bench):
    person = {"id": 5, "address": "a+b@example.org", "name": "Åse",
              "state": "active", "since_s": NOON, "how": "import"}
    bench.maild.answers["GET /v1/subscribers?list=nyhedsbrev&state=active"] = {
        "subscribers": [person], "next": None}
    assert bench.out("subscribers", "list", "--state", "active") == (
        "ADDRESS          STATE   SINCE             BY      NAME\n"
        "a+b@example.org  active  2020-11-20 12:00  import  Åse\n")
    bench.maild.answers["POST /v1/subscribers"] = [(201, person),
                                                   (200, person)]
    add = ["subscribers", "add", "a+b@example.org", "Åse", "Å"]
    assert bench.out(*add) == "a+b@example.org is on nyhedsbrev now.\n"
    assert bench.sent("POST /v1/subscribers") == {
        "list": "nyhedsbrev", "address": "a+b@example.org", "name": "Åse Å",
        "again": False}
    assert bench.out(*add) == "a+b@example.org is on nyhedsbrev already.\n"
    bench.maild.answers[
        "DELETE /v1/subscribers/a%2Bb%40example.org?list=nyhedsbrev"] = person
    assert bench.out("subscribers", "remove", "a+b@example.org") == (
        "a+b@example.org gets no letters of nyhedsbrev any more.\n")


def test_which_list(bench):
    bench.maild.answers["GET /v1/lists"] = {
        "lists": [{"key": "a"}, {"key": "b"}]}
    assert "which list? Add one of --list a --list b" in bench.err(
        64, "subscribers", "list")


def test_import(bench):
    path = "POST /v1/import?list=nyhedsbrev&file=p.csv"
    report = {"added": 2, "there": 1, "refused": 1, "kept_out": 1, "lines": 5,
              "problems": [{"line": 4, "text": "\"x\" is no address"}]}
    bench.maild.answers[path] = report
    people = "email\n" + "".join(f"p{i}@example.org\n" for i in range(200000))
    (bench.folder / "p.csv").write_text(people)
    assert bench.out("subscribers", "import", "p.csv", code=65) == (
        "p.csv:4: \"x\" is no address\n"
        "2 added, 1 there already, 1 kept out (left, bounced or complained"
        " before: an import brings nobody back), 1 refused; 5 lines read.\n")
    assert bench.maild.asked[-1] == (path, people.encode())
    bench.maild.answers["POST /v1/import?list=x&file=stdin"] = {
        **report, "refused": 0, "problems": [], "kept_out": 0}
    assert bench.out("subscribers", "import", "-", "--list", "x",
                     stdin="a@b.dk\n") == (
        "2 added, 1 there already, 0 refused; 5 lines read.\n")
    assert bench.maild.asked[-1][1] == b"a@b.dk\n"
    assert "No such file" in bench.err(66, "subscribers", "import", "none")


def test_import_refused_early(bench):
    bench.maild.answers["POST /v1/import?list=x&file=stdin"] = (
        404, {"error": "no list x", "hint": "rummelig-mail lists"})
    assert bench.err(66, "subscribers", "import", "-", "--list", "x",
                     stdin="a@b.dk\n") == (
        "rummelig-mail: no list x\n  rummelig-mail lists\n")


def test_export(bench):
    csv = "address,name\r\na@b.dk,Åse\r\n".encode() * 5000
    bench.maild.answers["GET /v1/export?list=nyhedsbrev"] = csv
    done = subprocess.run([PROGRAM, "subscribers", "export"], env=bench.env,
                          capture_output=True, timeout=30)
    assert (done.returncode, done.stdout) == (0, csv)
    assert bench.out("subscribers", "export", "--out", "o.csv") == (
        "The list is in o.csv\n")
    assert (bench.folder / "o.csv").read_bytes() == csv
    bench.err(66, "subscribers", "export", "--list", "none")


# --- the daemon -------------------------------------------------------------

def test_status(bench):
    bench.maild.answers["GET /v1/status"] = {
        "version": "1.0.0", "node": "imidt", "uptime_s": 8000,
        "store": {"path": "/var/lib/s.db", "bytes": 1234567},
        "lists": [{"key": "nyhedsbrev", "title": "Rummelig imidt",
                   "subscribers": {"active": 25, "left": 2}}],
        "issues": [], "trouble": ["relay main: no answer"],
        "relays": [{"name": "main", "host": "127.0.0.1", "port": 25,
                    "tls": "starttls"}],
        "inboxes": [{"name": "tg", "folder": "INBOX", "uid": 9, "read": 4}]}
    assert bench.out("status") == (
        "rummelig-maild 1.0.0 on imidt, up 2 h 13 min\n"
        "store /var/lib/s.db, 1.2 MB\n"
        "trouble: relay main: no answer\n"
        "\n"
        "LIST        ACTIVE  PENDING  LEFT  BOUNCED  COMPLAINED  TITLE\n"
        "nyhedsbrev      25        0     2        0           0  "
        "Rummelig imidt\n"
        "\n"
        "No issue is under way.\n"
        "\n"
        "relay main: 127.0.0.1 port 25, TLS starttls\n"
        "inbox tg: folder INBOX, read up to 9, acted on 4\n")
    assert json.loads(bench.out("status", "--json"))["node"] == "imidt"


def test_lists_and_incoming(bench):
    assert bench.out("lists") == (
        "LIST        LANGUAGE  FROM                  TITLE\n"
        "nyhedsbrev  da        TG <tg@lo-aarhus.dk>  Rummelig imidt\n")
    bench.maild.answers["GET /v1/incoming"] = {"incoming": [
        {"id": 3, "mailbox": "tg", "kind": "reply", "deed": "unsubscribe",
         "at_s": NOON, "address": "a@b.dk", "message_id": "m",
         "evidence": "own words: frameld"}]}
    assert bench.out("incoming").splitlines()[1] == (
        " 3  2020-11-20 12:00  tg       reply  unsubscribe  a@b.dk   "
        "own words: frameld")


def test_explain(bench):
    bench.maild.answers["POST /v1/explain"] = {
        "kind": "reply", "addresses": ["a@b.dk", "c@d.dk"], "permanent": False,
        "evidence": "own words", "deed": "unsubscribe",
        "words": "frameld mig", "form": "", "intent": "leave",
        "subscriber": None}
    (bench.folder / "m.eml").write_bytes(b"From: a@b.dk\r\n\r\nframeld\r\n")
    want = ("  kind       reply\n  intent     leave\n  words      frameld mig\n"
            "  addresses  a@b.dk, c@d.dk\n  permanent  no\n"
            "  deed       unsubscribe\n  evidence   own words\n")
    assert bench.out("explain", "m.eml") == want
    assert bench.maild.asked[-1][1] == b"From: a@b.dk\r\n\r\nframeld\r\n"
    done = bench.run("explain", "m.eml", "none.eml", "m.eml", code=66)
    assert done.stdout == f"m.eml\n{want}m.eml\n{want}"
    assert json.loads(bench.out("explain", "--json", "-", stdin="x"))[
        "file"] == "-"


# --- completion -------------------------------------------------------------

@pytest.mark.parametrize("words, want", [
    ([""], None),
    (["q"], "queue\n"),
    (["subscribers", "e"], "export\n"),
    (["queue", "--a"], "--at\n--again\n"),
    (["queue", ""], "FILE\n"),
    (["who", "14", "--state", "s"], "sending\nsent\n"),
    (["--color", "al"], "always\n"),
    (["subscribers", "list", "--list", ""], "nyhedsbrev\n"),
    (["show", "1"], "14\n"),
    (["frob", ""], ""),
])
def test_completion(bench, words, want):
    bench.maild.answers["GET /v1/issues"] = {"issues": [issue(), issue(
        number=7)]}
    out = bench.out("complete", *words)
    if want is None:
        assert "subscribers\n" in out and "queue\n" in out
    else:
        assert out == want


def test_completion_in_bash(bench):
    script = ("source cli/rummelig-mail.bash; COMP_WORDS=(%s subscribers ad);"
              " COMP_CWORD=2; _rummelig_mail; echo \"${COMPREPLY[*]}\"")
    done = subprocess.run(["bash", "-c", script % PROGRAM], cwd=ROOT,
                          capture_output=True, text=True, env=bench.env)
    assert (done.stdout, done.stderr) == ("add\n", "")
