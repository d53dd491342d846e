# SPDX-License-Identifier: ISC
"""The daemon signs what it sends, and refuses to begin where it cannot."""
import subprocess

import pytest

from harness import dkim_check, people
from harness.maild import LIST, relay
from harness.scripted_smtp import ScriptedSmtp

DOMAIN = "lo-aarhus.dk"


def signing_list(keys):
    """The block of the list with these keys, {selector: path}."""
    words = ", ".join(f'"{s} {path}"' for s, path in keys.items())
    return LIST.rstrip()[:-1] + f"    dkim = {{{words}}}\n}}\n"


@pytest.fixture
def keys(folder):
    return {"s1": dkim_check.make_key(folder, "s1", "rsa"),
            "s2": dkim_check.make_key(folder, "s2", "ed25519")}


def test_signed_after_smtp(maild, folder, keys):
    """Letters and test copies, one of them sent again after a drop."""
    texts = {f"{s}._domainkey.{DOMAIN}": dkim_check.record(path)
             for s, path in keys.items()}
    script = {people.address(2): ["body drop"]}
    with ScriptedSmtp(script) as smtp:
        daemon = maild(relay(smtp.port, connections=2),
                       keys='retry-first = "1 s"\n',
                       list_block=signing_list(keys)).start()
        (folder / "people.csv").write_text(people.csv(4))
        daemon.cli("subscribers", "import", folder / "people.csv")
        (folder / "issue.md").write_text(people.issue(1))
        daemon.cli("test", folder / "issue.md", "tg@lo-aarhus.dk")
        number = daemon.json("queue", folder / "issue.md")[0]["id"]
        daemon.wait_issue(number, "finished")
        daemon.wait_log(r"issue=1 finished")
        assert len(smtp.accepted) == 5
        for _, _, letter in smtp.accepted:
            assert letter.startswith(b"DKIM-Signature: v=1; a=rsa-sha256;")
            assert dkim_check.python_verdicts(letter, texts) == [True, True]
            assert dkim_check.opendkim_words(letter, texts) == ""
        assert "PRIVATE" not in daemon.words()
        assert "MIIE" not in daemon.words()


def test_no_start_without_the_key(maild, keys):
    keys["s2"].chmod(0o644)
    daemon = maild(relay(25), list_block=signing_list(keys))
    line = next(i for i, text in
                enumerate(daemon.conf.read_text().splitlines(), 1)
                if "dkim = " in text)
    for words in (["-n"], ["-f"]):
        done = subprocess.run(
            [daemon.build / "rummelig-maild", *words, "-c", daemon.conf],
            capture_output=True, text=True, timeout=30)
        assert done.returncode == 78
        assert f"{daemon.conf}:{line}: list nyhedsbrev: dkim: key " \
            f"{keys['s2']} has mode 0644" in done.stderr
        assert "PRIVATE" not in done.stdout + done.stderr


def test_reload_keeps_the_old_keys(maild, keys):
    """A key that broke meanwhile is refused with the configuration."""
    daemon = maild(relay(25), list_block=signing_list(keys)).start()
    pem = keys["s1"].read_text()
    keys["s1"].write_text("gone\n")
    daemon.hup()
    daemon.wait_log(r"error .*dkim: key .*s1.pem: holds no private key")
    daemon.wait_log(r"error .*the old configuration stays")
    keys["s1"].write_text(pem)
    daemon.hup()
    daemon.wait_log(r"good; workers end and start again")
