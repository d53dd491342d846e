# SPDX-License-Identifier: ISC
"""`make bench`: 10,000 personalised letters of Nyhedsbrev 14 through the real
daemon to the sink, and the same bytes, count and connections by Postfix's
smtp-source to the same sink; five runs in turn, medians, one line of JSON.

CPU of the daemon is that of all its processes from `queue` to the end of the
issue, composing and filling included.  Messages per second count from the
first letter's turn to the last reply."""
import json
import os
import pathlib
import re
import resource
import statistics
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from harness import people, place  # noqa: E402
from harness.maild import Maild, relay  # noqa: E402
from harness.wait import wait_until  # noqa: E402

LETTERS = int(os.environ.get("LETTERS", "10000"))
RUNS = int(os.environ.get("RUNS", "5"))
CONNECTIONS = 10
ISSUE = place.ROOT / "tests" / "demo" / "nyhedsbrev-14.md"


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


def peak_mib(pid):
    text = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+)", text)[1]) / 1024


def logged_s(log, pattern):
    """The time of the last matching line, in seconds of its day."""
    line = re.findall(rf"^(\S+) .*{pattern}", log, re.M)[-1]
    hours, minutes, seconds = line.rstrip("Z").split("T")[1].split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)


def run_daemon(folder):
    sink = Sink("--keep", "1", "--keep-dir", folder)
    daemon = Maild(folder, relay(sink.port, connections=CONNECTIONS),
                   build=place.BUILD).start()
    try:
        (folder / "people.csv").write_text(people.csv(LETTERS))
        daemon.cli("subscribers", "import", folder / "people.csv")
        workers = {name.split()[0]: pid
                   for name, pid in daemon.pids().items()}
        pids = [daemon.process.pid, *workers.values()]
        before = cpu_ms(pids)
        daemon.cli("queue", ISSUE)
        log = wait_until(
            lambda: (lambda text: text if " finished " in text else None)
            (daemon.log()), "the issue to be finished", 300)
        spent = cpu_ms(pids) - before
        peak = peak_mib(workers["sender"])
    finally:
        daemon.stop()
        counts = sink.stop()
    assert counts["messages"] == LETTERS, counts
    seconds = (logged_s(log, " finished ") - logged_s(log, " begins")) % 86400
    return {"messages_per_s": LETTERS / seconds,
            "cpu_ms_per_message": spent / LETTERS,
            "peak_rss_mib": peak,
            "bytes_per_message": counts["bytes"] / LETTERS}


def run_source(letter):
    sink = Sink()
    tools = place.unpacked()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.monotonic()
    subprocess.run(
        [tools / "usr/sbin/smtp-source", "-d", "-F", letter, "-s",
         str(CONNECTIONS), "-m", str(LETTERS), "-f", "tg@lo-aarhus.dk",
         "-t", "laeser@laeserne.example", f"127.0.0.1:{sink.port}"],
        check=True, env=dict(os.environ, MAIL_CONFIG=str(tools / "etc/postfix"),
                             LD_LIBRARY_PATH=f"{tools}/usr/lib/postfix"))
    seconds = time.monotonic() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    counts = sink.stop()
    assert counts["messages"] == LETTERS, counts
    spent = (after.ru_utime + after.ru_stime - before.ru_utime -
             before.ru_stime) * 1000
    return {"messages_per_s": LETTERS / seconds,
            "cpu_ms_per_message": spent / LETTERS}


def medians(runs):
    return {key: round(statistics.median(run[key] for run in runs), 4)
            for key in runs[0]}


def main():
    ours, theirs = [], []
    for number in range(RUNS):
        folder = place.temporary_folder("bench")
        ours.append(run_daemon(folder))
        letter = folder / "letter"
        letter.write_bytes((folder / "1.eml").read_bytes()
                           .replace(b"\r\n", b"\n").removesuffix(b".\n"))
        theirs.append(run_source(letter))
        print(f"run {number + 1}: {ours[-1]['messages_per_s']:.0f} and "
              f"{theirs[-1]['messages_per_s']:.0f} messages/s",
              file=sys.stderr)
    a, b = medians(ours), medians(theirs)
    print(json.dumps({
        "letters": LETTERS, "connections": CONNECTIONS, "runs": RUNS,
        "rummelig_mail": a, "smtp_source": b,
        "ratio": {key: round(a[key] / b[key], 3) for key in b}}))


if __name__ == "__main__":
    main()
