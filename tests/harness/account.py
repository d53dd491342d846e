# SPDX-License-Identifier: ISC
"""Was every recipient accounted for?  What the sink accepted against what the
daemon says, letter by letter."""
import os
import random
import re
import signal

from harness import people
from harness.wait import wait_until

SOAK = bool(os.environ.get("SOAK"))  # whole, not the short version
# Far beyond what a busy machine needs: nothing is measured by them.
PATIENCE_S = 3600 if SOAK else 180
FIGURES = []  # a line for each account that was settled, for the last page


def send(daemon, folder, count):
    """Imports that many readers and queues an issue; returns its number."""
    (folder / "people.csv").write_text(people.csv(count))
    daemon.cli("subscribers", "import", folder / "people.csv")
    source = folder / "issue.md"
    source.write_text(people.issue(1))
    return daemon.json("queue", source)[0]["id"]


def finish(daemon, number, seconds=PATIENCE_S):
    """Until the issue is finished, with the word of a person for letters that
    were in doubt twice: the daemon leaves those to one."""
    def through():
        issue = daemon.issue(number)
        counts = dict(issue["counts"])
        if issue["state"] == "finished":
            return True
        left = counts.pop("doubt")
        if left and sum(counts.values()) == counts["sent"] + counts["failed"]:
            daemon.cli("hold", number, check=False)
            daemon.cli("release", number, check=False)
        return False

    wait_until(through, f"issue {number} to be finished", seconds)


def token(row):
    """The delivery's token, out of its Message-ID."""
    return re.sub(r"[<>]", "", row["message_id"]).split("@")[0].split(".")[0]


def settle(daemon, sink, number, count, kills=0, strangers=False):
    """Nobody is lost, nobody got two that `who` does not name, the counts add
    up; no worker left more in doubt than a relay has connections.  strangers:
    the sink took other letters, too.  Returns how many letters were accepted
    that were one too many."""
    counts = daemon.issue(number)["counts"]
    rows = daemon.json("who", number)
    doubtful = daemon.json("who", number, "--doubtful")
    named = {token(row) for row in doubtful}
    ours = {token(row) for row in rows}
    lines = [line for line in sink.lines() if line[1] in ours or not strangers]
    seen = {}
    for _, t in lines:
        seen[t] = seen.get(t, 0) + 1

    assert daemon.issue(number)["audience"] == count == len(rows)
    assert len(ours) == count and set(seen) <= ours
    assert sum(counts.values()) == count, counts
    assert counts["sent"] + counts["failed"] == count, counts
    assert {row["address"] for row in rows} == \
        {people.address(n) for n in range(1, count + 1)}
    lost = [row for row in rows
            if row["state"] == "sent" and token(row) not in seen]
    assert not lost, f"said to be sent, never accepted: {lost[:5]}"
    wrong = [row for row in rows if row["state"] == "failed"
             and token(row) in seen and token(row) not in named]
    assert not wrong, f"said to have failed, accepted: {wrong[:5]}"
    twice = {t for t, times in seen.items() if times > 1}
    assert twice <= named, f"not named by who: {twice - named}"
    # A token is one recipient's, always.
    assert len(set(lines)) == len(seen)
    extra = len(lines) - len(seen)
    FIGURES.append(
        f"{os.environ['PYTEST_CURRENT_TEST'].split('::')[-1].split(' ')[0]}: "
        f"{count} recipients, {counts['sent']} sent, {counts['failed']} "
        f"failed, 0 lost; {kills} kills, {len(named)} named as doubtful, "
        f"{len(twice)} of them got more than one ({extra} letters)")
    return extra


def most_doubt(daemon):
    """The most letters that one worker left in doubt when it was killed."""
    return max(map(int, re.findall(
        r"taken over: (\d+) letters may have arrived", daemon.log())),
        default=0)


class Killer:
    """Kills workers and whole daemons by SIGKILL, by the dice of a seed.
    workers: the names they begin with; "reader" is the inbox's child."""

    def __init__(self, daemon, seed, workers=("sender",)):
        self.daemon, self.dice = daemon, random.Random(seed)
        self.workers = workers
        self.kills = self.in_a_row = 0
        self.killed = dict.fromkeys((*workers, "daemon"), 0)

    def kill(self, but=()):
        """A worker, or all at once.  A worker that dies again and again is
        started later each time, so after a few the daemon begins anew.
        but: workers to spare."""
        self.in_a_row += 1
        kind = self.dice.choice(self.workers)
        if kind in but or self.in_a_row > 3 or self.dice.random() > 0.6 or \
                not self._kill_one(kind):
            kind, self.in_a_row = "daemon", 0
            self.daemon.kill()
            self.daemon.start()
        self.kills += 1
        self.killed[kind] += 1
        return kind

    def kill_one(self, kind):
        """One of these, as soon as there is one."""
        wait_until(lambda: self._kill_one(kind), f"a {kind} to kill",
                   PATIENCE_S)
        self.kills += 1
        self.killed[kind] += 1

    def _kill_one(self, kind):
        pids = self.daemon.pids()
        if kind == "reader":
            some = [child for name, pid in pids.items()
                    if name.startswith("inbox")
                    for child in self.daemon.children(pid)]
        else:
            some = [pid for name, pid in pids.items() if name.startswith(kind)]
        try:
            os.kill(self.dice.choice(some), signal.SIGKILL)
        except (IndexError, ProcessLookupError):
            return False
        return True

    def wait(self, sink, letters):
        """Until so many more letters were accepted."""
        mark = sink.size()
        wait_until(lambda: sink.size() >= mark + 70 * letters,
                   f"{letters} more letters; log:\n{self.daemon.log()[-2000:]}",
                   PATIENCE_S)

    def kill_after(self, sink, letters):
        """As soon as so many more letters were accepted."""
        self.wait(sink, letters)
        self.kill()
