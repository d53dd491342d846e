# SPDX-License-Identifier: ISC
"""What a hostile mail costs the one who reads it, by the plain build: CPU time
of its process, not the clock, which other processes move."""
import subprocess

from harness import hostile_mails, place

MS_MAX = 1000
KIB_MAX = 64 * 1024


def test_hostile_mails(tmp_path):
    names = {}
    for i, (name, mail) in enumerate(hostile_mails.each()):
        path = tmp_path / f"{i:04d}.eml"
        path.write_bytes(mail)
        names[str(path)] = name
    done = subprocess.run([place.ROOT / "build/tests/tools/cost", *names],
                          capture_output=True, text=True, timeout=600)
    assert not done.stderr
    costs = [line.split(" ", 2) for line in done.stdout.splitlines()]
    assert len(costs) == len(names) > 500
    bad = [f"{names[what.split(':')[0]]}: {ms} ms, {kib} KiB, {what}"
           for ms, kib, what in costs
           if int(ms) > MS_MAX or int(kib) > KIB_MAX or "ended its" in what]
    assert not bad, "\n".join(bad)
