# SPDX-License-Identifier: ISC
"""Whole commands: words, faults, escaping, the daemon, completion: what a person
reads, what goes over the socket, and the code at the end."""
import json
import os
import re
import stat
import subprocess

import pytest

from cli_bench import COMMANDS, NOON, PROGRAM, ROOT, issue


# --- no daemon, wrong words ---------------------------------------------

def test_without_words_says_the_five_verbs(bench):
    out = bench.out(code=64)
    for verb in ("check", "preview", "test", "queue", "watch"):
        assert re.search(rf"^  {verb} ", out, re.M)


def test_help_knows_every_command(bench):
    names = COMMANDS.findall(bench.out("help"))
    assert len(names) == 32
    for name in names:
        out = bench.out("help", *name.split())
        assert out.startswith(f"rummelig-mail {name}")
        assert bench.out(*name.split(), "--help") == out
        assert max(map(len, out.splitlines())) <= 80


def test_help_issue_knows_what_an_author_may_write(bench):
    """As does the man page: whatever the daemon's readers take."""
    front = (ROOT / "templates/front_matter.c").read_text()
    marks = (ROOT / "templates/mark.c").read_text()
    keys = re.findall(r'^    \{"([a-z-]+)", ', front, re.M)
    fields = re.findall(r'^    \{"([a-z]+)", "[A-Z]+"\}', marks, re.M)
    assert {"subject", "reply-to", "contacts", "phone"} < set(keys)
    out = bench.out("help", "issue")
    page = (ROOT / "cli/rummelig-mail.1").read_text().replace("\\-", "-")
    for text in (out, page.partition(".SH AN ISSUE")[2]):
        for key in keys:
            assert re.search(rf"\b{key}\b", text), key
        for field in {"fornavn", "efternavn", "navn", "email"} & set(fields):
            assert "{{" + field in text, field
        assert '"button"' in text.replace("\\(dq", '"')
    assert max(map(len, out.splitlines())) <= 80
    for words in ((), ("help",)):
        assert "rummelig-mail help issue" in bench.out(
            *words, code=0 if words else 64)


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
        "inbox tg: folder INBOX, 4 read, newest UID 9\n")
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
    bench.maild.answers["GET /v1/incoming"]["incoming"][0]["decided_by"] = "bo"
    assert "unsubscribe by bo  a@b.dk" in bench.out("incoming")


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


def test_explain_folders(bench):
    """A Maildir's mails, a plain folder's, and one that is empty."""
    bench.maild.answers["POST /v1/explain"] = {"kind": "human"}
    for name in ("box/cur/2:2,S", "box/new/1", "box/tmp/3", "box/.Sub/cur/4",
                 "plain/b.eml", "plain/a.eml", "plain/.hidden", "none/x/y"):
        path = bench.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"From: a@b.dk\r\n\r\nHej\r\n")
    said = bench.out("explain", "box", "plain", "none").splitlines()
    assert said[::2] == ["box/cur/2:2,S", "box/new/1", "plain/a.eml",
                         "plain/b.eml"]
    assert set(said[1::2]) == {"  kind       human"}
    rows = bench.out("explain", "box", "--json").splitlines()
    assert [json.loads(row)["file"] for row in rows] == said[:4:2]


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
    (["review", "d"], "dismiss\n"),
    (["review", "accept", ""], "12\n"),
    (["review", "accept", "12", ""], ""),
    (["relays", ""], "test\n"),
    (["frob", ""], ""),
])
def test_completion(bench, words, want):
    bench.maild.answers["GET /v1/issues"] = {"issues": [issue(), issue(
        number=7)]}
    bench.maild.answers["GET /v1/review"] = {"review": [{"id": 12}]}
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
