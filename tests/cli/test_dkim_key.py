# SPDX-License-Identifier: ISC
"""dkim-key: the key, the record and the line that it writes fit together."""
import json
import re
import stat
import subprocess

import pytest

from harness import dkim_check
from harness.maild import LIST, relay

DOMAIN = "lo-aarhus.dk"


def zone_strings(out):
    """What stands in the strings of each zone record."""
    return ["".join(re.findall(r'^    "([^"]*)"', record, re.M))
            for record in out.split("IN TXT (")[1:]]


@pytest.mark.parametrize("kind, selectors", [
    ("rsa", ["s1"]), ("ed25519", ["s1"]), ("both", ["s1", "s1-ed"])])
def test_key_and_record(kind, selectors, bench, tmp_path):
    out = bench.out("dkim-key", DOMAIN, "--selector", "s1", "--type", kind,
                    "--out", tmp_path)
    files = [tmp_path / f"{DOMAIN}.{s}.pem" for s in selectors]
    records = [dkim_check.record(f) for f in files]
    assert zone_strings(out) == records
    assert re.findall(r"^  value  (.*)", out, re.M) == records
    assert re.findall(r"^  name   (.*)", out, re.M) == \
        [f"{s}._domainkey.{DOMAIN}" for s in selectors]
    for piece in re.findall(r'^    "([^"]*)"', out, re.M):
        assert len(piece) <= 255
    for f in files:
        assert stat.S_IMODE(f.stat().st_mode) == 0o600
    assert "PRIVATE" not in out
    assert bench.maild.asked == []


def test_daemon_takes_the_line(bench, maild, tmp_path):
    out = bench.out("dkim-key", DOMAIN, "--type", "both", "--out", tmp_path)
    line, = re.findall(r"^ +dkim = \{.*\}$", out, re.M)
    assert re.search(r'"rm\d{6} /', line)
    daemon = maild(relay(25), list_block=LIST.rstrip()[:-1] + line + "\n}\n")
    done = subprocess.run([daemon.build / "rummelig-maild", "-n", "-c",
                           daemon.conf], capture_output=True, text=True,
                          check=False)
    assert (done.returncode, done.stdout) == (0, "configuration OK\n")


def test_json(bench, tmp_path):
    one = json.loads(bench.out("--json", "dkim-key", DOMAIN, "--out", tmp_path,
                               "--selector", "a"))
    assert one["name"] == f"a._domainkey.{DOMAIN}"
    assert one["record"] == dkim_check.record(one["file"])


def test_nothing_is_overwritten(bench, tmp_path):
    there = tmp_path / f"{DOMAIN}.s1.pem"
    there.write_text("mine")
    words = ["dkim-key", DOMAIN, "--selector", "s1", "--out", tmp_path]
    assert "is there already" in bench.err(73, *words)
    there.unlink()
    there.symlink_to(tmp_path / "elsewhere")
    assert "is there already" in bench.err(73, *words)
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize("words, want", [
    (["lo_aarhus.dk"], "lo_aarhus.dk: not a domain"),
    (["../etc.dk"], "../etc.dk: not a domain"),
    (["localhost"], "localhost: not a domain"),
    ([DOMAIN, "--selector", "a/b"], "--selector a/b: a selector is"),
    ([DOMAIN, "--type", "dsa"], "--type dsa: it is rsa, ed25519 or both"),
])
def test_wrong_words(words, want, bench):
    assert want in bench.err(64, "dkim-key", *words)
