# SPDX-License-Identifier: ISC
"""What the tests of whole commands share: the program, a daemon that answers
what a test says, and a terminal."""
import json
import os
import pathlib
import pty
import re
import select
import subprocess
import time

from fake_maild import FakeMaild

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = ROOT / os.environ.get("BUILD", "build") / "rummelig-mail"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
COMMANDS = re.compile(r"^  ([a-z][a-z-]*(?: [a-z]+)?)", re.M)
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

    def start(self):
        self.maild = FakeMaild(self.socket, {"GET /v1/lists": LISTS})

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


def terminal(bench, *words):
    """Runs it on a terminal; returns the process and the terminal's end.
    Signals do to it what they do by default, whatever we were started with:
    what runs in the background, or by nohup, ignores some."""
    ours, its = pty.openpty()
    process = bench.process = subprocess.Popen(
        ["env", "--default-signal=HUP,INT,TERM", PROGRAM, *map(str, words)],
        stdin=its, stdout=its, stderr=its, env=bench.env, cwd=bench.folder)
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
