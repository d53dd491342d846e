# SPDX-License-Identifier: ISC
"""The real daemon with a configuration and a state folder of its own."""
import json
import os
import pathlib
import re
import signal
import subprocess

from harness import place
from harness.wait import wait_until

LIST = """
list nyhedsbrev {
    title = "Rummelig imidt"
    from = "Tue Germundsson <tg@lo-aarhus.dk>"
    mailbox = "tg@lo-aarhus.dk"
    language = "da"
    footer-language = "en"
    postal = "Rummelig Imidt · Skt. Knuds Torv 3 · Aarhus C 8000 · Denmark"
    footer = "Du kan til enhver tid framelde dig vores nyhedsbrev\\\\\\n\
\\\\- send blot en mail til tg@lo-aarhus.dk\\n\\n\
Rummelig imidt er et projekt under Projektsekretariatet med finansiering fra \
EU's socialfond, Regionsrådet i Region Midtjylland og Vækstforum."
    home-url = "https://rummelig-imidt.example/"
    colour = "#1f5f5b"
    social = {"E-mail mailto:tg@lo-aarhus.dk",
        "Hjemmeside https://rummelig-imidt.example/",
        "LinkedIn https://www.linkedin.com/company/rummelig-imidt"}
}
"""


def relay(port, name="primary", **keys):
    """The block of a relay on loopback without TLS, unless keys say so."""
    keys = {"tls": "none", "connections": 10} | keys
    host = keys.pop("host", "127.0.0.1")
    scheme = keys.pop("scheme", "smtp")
    lines = "".join(f"    {k.replace('_', '-')} = {_value(v)}\n"
                    for k, v in keys.items())
    return f'relay {name} {{\n    url = "{scheme}://{host}:{port}"\n{lines}}}\n'


def inbox(port, password_file, ca, name="tg", **keys):
    """The block of a mailbox on localhost over verified TLS."""
    keys = {"list": "nyhedsbrev", "user": "tg@lo-aarhus.dk",
            "password-file": str(password_file), "ca-file": str(ca)} | keys
    lines = "".join(f"    {k.replace('_', '-')} = {_value(v)}\n"
                    for k, v in keys.items())
    return f'inbox {name} {{\n    url = "imaps://localhost:{port}"\n{lines}}}\n'


def _value(v):
    if isinstance(v, int):
        return str(v)
    return '"' + str(v).replace("\\", "\\\\").replace('"', '\\"') + '"'


class Maild:
    """A daemon in `folder`; blocks: what follows its own keys and the list.
    build: the folder of the programs (the sanitized ones by default)."""

    def __init__(self, folder, *blocks, keys="", build=None, env=None,
                 list_block=LIST):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.build = pathlib.Path(build or place.BUILD)
        self.state = self.folder / "state"
        self.socket = self.folder / "control.sock"
        self.log_path = self.folder / "maild.log"
        self.conf = self.folder / "rummelig-mail.conf"
        self.env = dict(os.environ, **(env or {}))
        self.env.setdefault("ASAN_OPTIONS", "detect_leaks=1")
        self.env.setdefault("UBSAN_OPTIONS", "halt_on_error=1")
        self.write_conf(*blocks, keys=keys, list_block=list_block)
        self.process = None

    def write_conf(self, *blocks, keys="", list_block=LIST):
        self.conf.write_text(
            f'state-dir = "{self.state}"\nsocket = "{self.socket}"\n'
            f'log = "{self.log_path}"\nlog-level = "debug"\n'
            f'template-dir = "{place.ROOT / "templates"}"\n'
            + ("" if "dns-server" in keys else 'dns-server = "none"\n')
            + keys + list_block + "".join(blocks))

    def secret(self, name, text):
        """A file with a password, readable by its owner only."""
        path = self.folder / name
        path.touch(mode=0o600)
        path.write_text(text + "\n")
        return path

    def start(self, wait=True):
        self.process = place.start(
            [self.build / "rummelig-maild", "-f", "-c", self.conf],
            env=self.env, stdout=subprocess.DEVNULL,
            stderr=open(self.folder / "stderr", "ab"))
        if wait:
            self.wait_up()
        return self

    def wait_up(self):
        def up():
            if self.process.poll() is not None:
                raise RuntimeError(f"the daemon ended with "
                                   f"{self.process.returncode}:\n{self.words()}")
            return self.cli("version", check=False).returncode == 0
        wait_until(up, "the control socket to answer", 30)

    def stop(self):
        """SIGTERM; returns the exit status."""
        if self.process is None:
            return None
        status = place.stop(self.process)
        self.process = None
        return status

    def kill(self):
        """SIGKILL to the supervisor: its workers end with it."""
        self.process.kill()
        self.process.wait()
        self.process = None

    def hup(self):
        self.process.send_signal(signal.SIGHUP)

    def words(self):
        """What the daemon logged or said on stderr."""
        text = ""
        for path in (self.folder / "stderr", self.log_path):
            if path.exists():
                text += path.read_text(errors="replace")
        return text

    def log(self):
        return self.log_path.read_text(errors="replace") \
            if self.log_path.exists() else ""

    def wait_log(self, pattern, seconds=30, after=0):
        """The first match of a regular expression in the log."""
        return wait_until(lambda: re.search(pattern, self.log()[after:]),
                          f"log line {pattern!r}; log:\n{self.log()[-3000:]}",
                          seconds)

    def cli(self, *words, check=True, text=None, cwd=None):
        """Runs the command; check: a failure is an error of the test."""
        done = subprocess.run(
            [str(self.build / "rummelig-mail"), "--socket", str(self.socket),
             *map(str, words)],
            input=text, capture_output=True, text=True, env=self.env,
            cwd=cwd, timeout=120)
        if check and done.returncode != 0:
            raise AssertionError(f"{words} ended with {done.returncode}:\n"
                                 f"{done.stdout}{done.stderr}")
        return done

    def json(self, *words, **more):
        """The objects a command prints with --json, one a line."""
        out = self.cli("--json", *words, **more).stdout
        return [json.loads(line) for line in out.splitlines() if line]

    def issue(self, number):
        return self.json("show", number)[0]

    def wait_issue(self, number, *states, seconds=120):
        return wait_until(
            lambda: (lambda i: i if i["state"] in states else None)
            (self.issue(number)),
            f"issue {number} to be {' or '.join(states)}; "
            f"{self.issue(number)}", seconds)

    def pids(self):
        """{worker name: pid} as ps shows them."""
        out = subprocess.run(["ps", "-o", "pid=,args=", "--ppid",
                              str(self.process.pid)],
                             capture_output=True, text=True).stdout
        found = {}
        for line in out.splitlines():
            pid, _, args = line.strip().partition(" ")
            if ": " in args:
                found[args.split(": ", 1)[1].strip()] = int(pid)
        return found

    def children(self, pid):
        """The processes below one of its workers: an inbox's reader."""
        out = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)],
                             capture_output=True, text=True).stdout
        return [int(word) for word in out.split()]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
