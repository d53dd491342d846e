# SPDX-License-Identifier: ISC
"""Those that send in a benchmark: our daemon, Postfix's smtp-source and
nodemailer, each to a sink of its own, with the same bytes.  Each returns what
it took: {"messages_per_s", "cpu_ms_per_message", ...}."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import time

from harness import people, place
from harness.maild import LIST, Maild, relay
from harness.wait import wait_until

ISSUE = place.ROOT / "tests" / "demo" / "nyhedsbrev-14.md"
NODE_FOLDER = place.ROOT / "build" / "nodemailer"
NODE_MOST = 2000
LOOK_S = 0.1
DEADLINE_S = 900


class Sink:
    """The sink without a log, which would cost more than the letters."""

    def __init__(self, *options):
        self.process = place.start(
            [place.BUILD / "tests/tools/sink", *options],
            stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline().split()[1])

    def stop(self):
        self.process.terminate()
        counts = json.loads(self.process.stdout.read().splitlines()[-1])
        place.stop(self.process)
        return counts


def cpu_ms(pids):
    """CPU time of processes, all their threads."""
    spent = 0
    for pid in pids:
        for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
            spent += int((task / "schedstat").read_text().split()[0])
    return spent / 1e6


def workers(daemon):
    """{name: pid}, the supervisor among them."""
    found = {name.split(" (")[0]: pid for name, pid in daemon.pids().items()}
    return found | {"supervisor": daemon.process.pid}


def logged_s(line):
    """The time of a log line, in seconds of its day."""
    hours, minutes, seconds = line.split()[0].rstrip("Z") \
        .split("T")[1].split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)


def wait_logged(daemon, words):
    """Looks seldom, and only at what is new: the CPU is the senders'."""
    deadline = time.monotonic() + DEADLINE_S
    with open(daemon.log_path, encoding="utf-8", errors="replace") as log:
        kept = ""
        while words not in kept:
            if time.monotonic() > deadline:
                raise TimeoutError(f"not logged: {words}")
            time.sleep(LOOK_S)
            kept = kept[-1000:] + log.read()


def list_block(dkim):
    """The list, signed with these keys: [(selector, file)]."""
    if not dkim:
        return LIST
    words = ", ".join(f'"{selector} {path}"' for selector, path in dkim)
    return LIST.rstrip()[:-1] + f"    dkim = {{{words}}}\n}}\n"


def ours(case, letters, folder):
    """Keeps the first letter as the file "letter" in folder.  CPU is that of
    all processes from `queue` to the end of the issue, composing and filling
    included; messages per second count once all rows are written, since the
    others have none to write: the issue is held meanwhile."""
    early = {}

    def fill_first(daemon):
        daemon.cli("hold", "1")
        early.update(wait_until(lambda: filled_and_still(daemon.issue(1)),
                                "the issue to be filled", DEADLINE_S))
        daemon.cli("release", "1")

    daemon, counts, spent, peak = _queued(case, letters, folder, fill_first)
    (folder / "letter").write_bytes(
        (folder / "1.eml").read_bytes().removesuffix(b".\r\n"))
    return {"messages_per_s": rate(sent_at(daemon.log_path), early["sent"],
                                   letters - 1),
            "cpu_ms_per_message": spent / letters,
            "peak_rss_mib": peak,
            "bytes_per_message": counts["bytes"] / letters}


def ours_at_once(case, letters):
    """The CPU time of a letter in ms, by a short run that nobody asks and
    holds meanwhile."""
    _, _, spent, _ = _queued(case, letters, place.temporary_folder("bench"),
                             lambda daemon: None)
    return spent / letters


def _queued(case, letters, folder, meanwhile):
    """The daemon, stopped; the sink's counts; the CPU time in ms; the largest
    sender's peak in MiB."""
    sink = Sink("--keep", "1", "--keep-dir", folder, *case["sink"])
    daemon = Maild(folder, relay(sink.port, connections=case["connections"],
                                 **case["relay"]),
                   build=place.BUILD, keys=case["keys"],
                   list_block=list_block(case["dkim"])).start()
    try:
        (folder / "people.csv").write_text(people.csv(letters))
        daemon.cli("subscribers", "import", folder / "people.csv")
        pids = workers(daemon)
        before = cpu_ms(pids.values())
        daemon.cli("queue", ISSUE)
        meanwhile(daemon)
        wait_logged(daemon, " finished sent=")
        spent = cpu_ms(pids.values()) - before
        peak = max(peak_rss_mib(pid) for name, pid in pids.items()
                   if name.startswith("sender"))
    finally:
        daemon.stop()
        counts = sink.stop()
    assert counts["messages"] == letters, counts
    return daemon, counts, spent, peak


def peak_rss_mib(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"^VmHWM:\s+(\d+)", status, re.M)[1]) / 1024


def filled_and_still(issue):
    """Its counts, once all its rows are written and none is on the wire."""
    counts = issue["counts"]
    return counts if issue["filled"] and counts["leased"] == 0 and \
        counts["sending"] == 0 else None


def sent_at(log_path):
    """When each letter was sent, in seconds of the day, in order."""
    with open(log_path, encoding="utf-8", errors="replace") as log:
        return [logged_s(line) for line in log if "> sent relay=" in line]


def rate(times, first, last):
    """Letters a second between two of them."""
    return (last - first) / max((times[last] - times[first]) % 86400, 1e-3)


def smtp_source(case, letters, folder):
    """Without TLS, which it does not know."""
    if case["tls"]:
        return None
    text = folder / "letter-lf"
    text.write_bytes((folder / "letter").read_bytes().replace(b"\r\n", b"\n"))
    tools = place.unpacked()
    return _process(
        case, letters,
        lambda port: [tools / "usr/sbin/smtp-source", "-d", "-F", text, "-s",
                      str(case["connections"]), "-m", str(letters), "-f",
                      "tg@lo-aarhus.dk", "-t", "laeser@laeserne.example",
                      f"127.0.0.1:{port}"],
        dict(os.environ, MAIL_CONFIG=str(tools / "etc/postfix"),
             LD_LIBRARY_PATH=f"{tools}/usr/lib/postfix"))


def nodemailer(case, letters, folder):
    """None where there is no node, or no way to install it."""
    if not nodemailer_there():
        return None
    script = pathlib.Path(__file__).with_name("nodemailer.cjs")
    letters = min(letters, NODE_MOST)
    return _process(
        case, letters,
        lambda port: ["node", script, str(port), folder / "letter",
                      str(letters), str(case["connections"]),
                      case["ca"] if case["tls"] else "-"],
        dict(os.environ, NODE_PATH=str(NODE_FOLDER / "node_modules")))


def nodemailer_there():
    if not shutil.which("node") or not shutil.which("npm"):
        return False
    if not (NODE_FOLDER / "node_modules" / "nodemailer").exists():
        NODE_FOLDER.mkdir(parents=True, exist_ok=True)
        subprocess.run(["npm", "install", "--silent", "--no-fund",
                        "--no-audit", "--ignore-scripts", "--prefix",
                        NODE_FOLDER, "nodemailer"],
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return (NODE_FOLDER / "node_modules" / "nodemailer").exists()


def _process(case, letters, words, env):
    """A sender that is one process, from its start to its end."""
    sink = Sink(*case["sink"])
    began = time.monotonic()
    child = subprocess.Popen(words(sink.port), env=env,
                             stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.monotonic() - began
    counts = sink.stop()
    assert child.returncode == 0, child.returncode
    assert counts["messages"] == letters, counts
    return {"messages_per_s": letters / seconds,
            "cpu_ms_per_message":
                (usage.ru_utime + usage.ru_stime) * 1000 / letters,
            "peak_rss_mib": usage.ru_maxrss / 1024}
