# SPDX-License-Identifier: ISC
"""Whole commands: who got it, and the people on the lists."""
import json
import subprocess

from cli_bench import NOON, PROGRAM


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


def test_relays(bench):
    relay = {"name": "main", "sender": 0, "state": "slow", "stale": False,
             "at_s": NOON, "since_s": NOON, "until_s": 0, "connections": 2,
             "allowed": 5, "rate": 900, "rate_allowed": 1000, "sent": 7,
             "budget": 50, "reply": "451 4.7.28 slow", "reply_s": NOON,
             "domains": [{"domain": "stor.example", "allowed": 1,
                          "rate_allowed": 360}]}
    old = relay | {"name": "old", "state": "down", "stale": True, "budget": -1,
                   "rate_allowed": 0, "domains": [], "reply_s": 0}
    bench.maild.answers["GET /v1/relays"] = {"relays": [relay, old]}
    lines = bench.out("relays").splitlines()
    assert lines[1].split() == ["main", "slow", "2/5", "900/1000", "7/50",
                                "2020-11-20", "12:00", "451", "4.7.28", "slow"]
    assert lines[2].startswith(
        "old    down (as of 2020-11-20 12:00)   2/5           900      7  -")
    assert lines[-1].split() == ["stor.example", "main", "1", "360"]
    bench.maild.answers["GET /v1/relays"] = {"relays": []}
    assert bench.out("relays") == "No sender has used a relay yet.\n"


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
    assert (bench.folder / "o.csv").stat().st_mode & 0o777 == 0o600
    bench.maild.answers["GET /v1/export?list=nyhedsbrev&excel=1"] = b"a;b"
    bench.out("subscribers", "export", "--excel", "--out", "x.csv")
    assert (bench.folder / "x.csv").read_bytes() == b"a;b"
    bench.err(66, "subscribers", "export", "--list", "none")
