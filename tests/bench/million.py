# SPDX-License-Identifier: ISC
"""The two benchmarks with a million rows: an issue to as many recipients, and
an import of as many beside an issue that is being sent."""
import os
import pathlib
import re
import subprocess
import threading
import time

from harness import people, place
from harness.maild import Maild, relay

from sides import DEADLINE_S, ISSUE, Sink, cpu_ms, rate, sent_at, workers

ROWS = int(os.environ.get("ROWS", "1000000"))
LOOK_S = 0.5


class Watch(threading.Thread):
    """The peak PSS of each worker, and of all together, looked at often, and
    what CPU the sender has spent when."""

    def __init__(self, daemon):
        super().__init__(daemon=True)
        self.pids = workers(daemon)
        self.spent = []
        self.peak, self.peak_all, self.over = {}, 0, threading.Event()
        self.start()

    def run(self):
        while not self.over.wait(LOOK_S):
            self.spent.append((time.time() % 86400,
                               cpu_ms([self.pids["sender"]])))
            now = {name: pss_mib(pid) for name, pid in self.pids.items()}
            self.peak_all = max(self.peak_all, sum(now.values()))
            for name, mib in now.items():
                self.peak[name] = max(self.peak.get(name, 0), mib)

    def sender_ms(self, begin, end):
        """The sender's CPU between two seconds of the day."""
        def at(second):
            after = min((s for s in self.spent if s[0] >= second),
                        default=self.spent[-1])
            before = max((s for s in self.spent if s[0] <= second),
                         default=self.spent[0])
            part = (second - before[0]) / max(after[0] - before[0], 1e-3)
            return before[1] + (after[1] - before[1]) * min(part, 1)
        return at(end) - at(begin)

    def stop(self):
        self.over.set()
        self.join()
        return {"all": round(self.peak_all, 1)} | \
            {name: round(mib, 1) for name, mib in self.peak.items()}


def pss_mib(pid):
    try:
        text = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    return int(re.search(r"^Pss:\s+(\d+)", text, re.M)[1]) / 1024


def command(daemon, *words):
    """The command, which may take its time."""
    subprocess.run([daemon.build / "rummelig-mail", "--socket", daemon.socket,
                    *words], check=True, stdout=subprocess.DEVNULL,
                   timeout=DEADLINE_S)


def people_file(folder, count, first=1):
    path = folder / f"people-{first}.csv"
    path.write_text(people.csv(count, first))
    return path


def wait_finished(daemon, number):
    deadline = time.monotonic() + DEADLINE_S
    while daemon.issue(number)["state"] != "finished":
        if time.monotonic() > deadline:
            raise TimeoutError(f"issue {number}: {daemon.issue(number)}")
        time.sleep(LOOK_S)


def million(connections=10):
    folder = place.temporary_folder("million")
    sink = Sink()
    daemon = Maild(folder, relay(sink.port, connections=connections),
                   build=place.BUILD).start()
    try:
        watch = Watch(daemon)
        began = time.monotonic()
        command(daemon, "subscribers", "import", people_file(folder, ROWS))
        import_s = time.monotonic() - began
        before, asked = cpu_ms(watch.pids.values()), time.time()
        command(daemon, "queue", ISSUE)
        wait_finished(daemon, 1)
        spent = cpu_ms(watch.pids.values()) - before
        pss = watch.stop()
        size = sum(path.stat().st_size for path in daemon.state.iterdir()
                   if path.is_file())
    finally:
        daemon.stop()
        counts = sink.stop()
    assert counts["messages"] == ROWS, counts
    times = sent_at(daemon.log_path)
    tenth = ROWS // 10
    head = rate(times, 0, tenth)
    tail = rate(times, ROWS - 1 - tenth, ROWS - 1)
    return {"rows": ROWS, "connections": connections,
            "import_s": round(import_s, 1),
            "first_mail_s": round((times[0] - asked) % 86400, 3),
            "messages_per_s": round(rate(times, 0, ROWS - 1)),
            "first_tenth_per_s": round(head), "last_tenth_per_s": round(tail),
            "last_to_first": round(tail / head, 3),
            # The same by the sender's CPU: others of the machine count less.
            "last_to_first_by_cpu": round(
                watch.sender_ms(times[0], times[tenth]) /
                watch.sender_ms(times[-1 - tenth], times[-1]), 3),
            "cpu_ms_per_message": round(spent / ROWS, 4),
            "peak_pss_mib": pss, "store_mib": round(size / 2**20, 1)}


def beside_import(letters=400000, connections=64):
    """The sender's turns while ROWS subscribers are imported beside it, and
    none of those after: the daemon ends with the import."""
    letters = min(letters, ROWS)
    folder = place.temporary_folder("beside")
    sink = Sink("--dot-delay-ms", "10")
    daemon = Maild(folder, relay(sink.port, connections=connections),
                   build=place.BUILD).start()
    try:
        command(daemon, "subscribers", "import", people_file(folder, letters))
        more = people_file(folder, ROWS, letters + 1)
        command(daemon, "queue", ISSUE)
        began = time.monotonic()
        command(daemon, "subscribers", "import", more)
        import_s = time.monotonic() - began
    finally:
        daemon.stop()
        counts = sink.stop()
    turns = re.search(r" turns=(\d+) p50_us=(\d+) p99_us=(\d+) most_us=(\d+)",
                      daemon.log())
    n, p50, p99, most = map(int, turns.groups())
    return {"rows": ROWS, "letters": counts["messages"],
            "connections": connections, "import_s": round(import_s, 1), "turns": n,
            "turn_p50_ms": p50 / 1000, "turn_p99_ms": p99 / 1000,
            "turn_most_ms": most / 1000}
