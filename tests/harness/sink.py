# SPDX-License-Identifier: ISC
"""The fast SMTP sink of tests/tools/sink.c, and what it counted."""
import collections
import json
import pathlib
import subprocess

from harness import place


class Sink:
    """options: words for the program.  deliveries(): how often each delivery
    token was accepted."""

    def __init__(self, folder, *options, build=None, port=0):
        self.log = pathlib.Path(folder) / "sink.log"
        program = pathlib.Path(build or place.BUILD) / "tests/tools/sink"
        self.process = place.start(
            [program, "--port", str(port), "--log", self.log, *options],
            stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline().split()[-1])
        self.result = None

    def lines(self):
        """[(recipient, token)] of what was accepted, in order."""
        if not self.log.exists():
            return []
        return [tuple(line.split()[:2])
                for line in self.log.read_text().splitlines()]

    def size(self):
        """Bytes of the log: grows with each letter, cheaper than lines()."""
        return self.log.stat().st_size if self.log.exists() else 0

    def deliveries(self):
        return collections.Counter(token for _, token in self.lines())

    def stop(self):
        """Ends the sink; returns its own counts."""
        if self.result is None:
            self.process.terminate()
            out = self.process.stdout.read()
            place.stop(self.process)
            words = out.strip().splitlines()
            self.result = json.loads(words[-1]) if words else {}
        return self.result

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
