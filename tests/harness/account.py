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


def send(daemon, folder, count):
    """Imports that many readers and queues an issue; returns its number."""
    (folder / "people.csv").write_text(people.csv(count))
    daemon.cli("subscribers", "import", folder / "people.csv")
    source = folder / "issue.md"
    source.write_text(people.issue(1))
    return daemon.json("queue", source)[0]["id"]


def finish(daemon, number, seconds=90):
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


def settle(daemon, sink, number, count):
    """Nobody is lost, nobody got two that `who` does not name, the counts add
    up.  Returns how many letters were accepted that were one too many."""
    counts = daemon.issue(number)["counts"]
    rows = daemon.json("who", number)
    doubtful = daemon.json("who", number, "--doubtful")
    named = {token(row) for row in doubtful}
    seen = sink.deliveries()

    assert daemon.issue(number)["audience"] == count == len(rows)
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
    assert len(set(sink.lines())) == len(seen)
    return sum(seen.values()) - len(seen)


class Killer:
    """Kills senders and whole daemons by SIGKILL, by the dice of a seed."""

    def __init__(self, daemon, seed):
        self.daemon, self.dice = daemon, random.Random(seed)
        self.kills = self.in_a_row = 0

    def kill(self):
        """A sender, or all at once.  A worker that dies again and again is
        started later each time, so after a few the daemon begins anew."""
        senders = [pid for name, pid in self.daemon.pids().items()
                   if name.startswith("sender")]
        self.kills += 1
        self.in_a_row += 1
        if senders and self.in_a_row < 4 and self.dice.random() < 0.6:
            try:
                os.kill(self.dice.choice(senders), signal.SIGKILL)
                return
            except ProcessLookupError:
                pass
        self.in_a_row = 0
        self.daemon.kill()
        self.daemon.start()

    def kill_after(self, sink, letters):
        """As soon as so many more letters were accepted."""
        mark = sink.size()
        wait_until(lambda: sink.size() >= mark + 70 * letters,
                   f"{letters} more letters; log:\n{self.daemon.log()[-2000:]}",
                   90)
        self.kill()
