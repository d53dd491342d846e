# SPDX-License-Identifier: ISC
"""The daemon signs what it sends, and refuses to begin where it cannot."""
import subprocess
import time

import pytest

from harness import dkim_check, people, place
from harness.machine import MACHINE
from harness.maild import LIST, relay
from harness.scripted_dns import ScriptedDns
from harness.scripted_smtp import ScriptedSmtp
from harness.wait import wait_until

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


def test_held_when_it_cannot_sign(maild, folder, keys):
    """Nobody gets a letter without its signature, and the reason of the hold
    does not blame the relay."""
    keyless = folder / "keyless"
    with ScriptedSmtp() as smtp:
        daemon = maild(relay(smtp.port, connections=2),
                       list_block=signing_list(keys),
                       build=place.ROOT / "build",
                       env={"LD_PRELOAD": str(MACHINE),
                            "MACHINE_KEYLESS": str(keyless)}).start()
        (folder / "people.csv").write_text(people.csv(4))
        daemon.cli("subscribers", "import", folder / "people.csv")
        (folder / "issue.md").write_text(people.issue(1))
        daemon.cli("test", folder / "issue.md", "tg@lo-aarhus.dk")
        wait_until(lambda: smtp.accepted, "the test copy: it has its keys")
        keyless.touch()
        number = daemon.json("queue", folder / "issue.md")[0]["id"]
        issue = daemon.wait_issue(number, "held")
        assert issue["reason"] == "letters cannot be signed; look at the " \
            "list's keys (dkim): DKIM: cannot sign with s2"
        wait_until(lambda: daemon.issue(number)["counts"]["waiting"] == 4,
                   "all rows to wait")
        assert len(smtp.accepted) == 1
        keyless.unlink()
        daemon.cli("release", number)
        daemon.wait_issue(number, "finished")
        assert sorted(smtp.recipients()[1:]) == \
            sorted(people.address(n) for n in range(1, 5))


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


def check(daemon, folder, more=""):
    """The notes of `check`, and how long it took."""
    (folder / "issue.md").write_text(
        people.issue(1).replace("---\nsubject", f"---\n{more}subject", 1))
    began = time.monotonic()
    answer, = daemon.json("check", folder / "issue.md")
    return [n["text"] for n in answer["notes"] if n["line"] == 0], \
        time.monotonic() - began


def test_check_compares_dns(maild, folder, keys):
    good = {DOMAIN: "v=spf1 mx -all", f"_dmarc.{DOMAIN}": "v=DMARC1; p=none",
            f"s1._domainkey.{DOMAIN}": dkim_check.record(keys["s1"]),
            f"s2._domainkey.{DOMAIN}": dkim_check.record(keys["s2"])}
    with ScriptedDns(good) as dns:
        daemon = maild(relay(25), keys=dns.key,
                       list_block=signing_list(keys)).start()
        assert check(daemon, folder)[0] == []
        assert sorted(set(dns.asked)) == sorted(good)
        dns.texts = {**good, f"s1._domainkey.{DOMAIN}":
                     dkim_check.record(keys["s2"])}
        del dns.texts[f"_dmarc.{DOMAIN}"]
        dkim, dmarc = check(daemon, folder)[0]
        assert dkim == "selector s1: the key in DNS is another one"
        assert dmarc.startswith(f"no DMARC record for {DOMAIN}")
        dns.texts = {**good, DOMAIN: "SERVFAIL"}
        note, = check(daemon, folder)[0]
        assert note == f"DNS has no answer about {DOMAIN} just now"
        dns.texts = {**good, f"_dmarc.{DOMAIN}": "silent"}
        times = []
        for _ in range(3):  # the machine may be busy with something else
            (note,), took = check(daemon, folder)
            assert note == f"DNS has no answer about _dmarc.{DOMAIN} just now"
            times.append(took)
        assert min(times) < 3.5, times
        dns.texts = good
        notes, _ = check(daemon, folder, "from: X <x@other.example>\n")
        assert any("but the list's keys sign for" in n for n in notes), notes


def test_check_without_dns(maild, folder):
    """A server that is not there costs nothing, a silent one 2 s; each is
    said once."""
    words = f"DNS does not answer: SPF, DKIM and DMARC of {DOMAIN} were not " \
        "looked at"
    daemon = maild(relay(25), keys='dns-server = "127.0.0.1:1"\n').start()
    times = []
    for _ in range(3):  # the machine may be busy with something else
        notes, took = check(daemon, folder)
        assert notes == [words]
        times.append(took)
    assert min(times) < 1, times
    with ScriptedDns(silent=True) as dns:
        daemon = maild(relay(25), keys=dns.key).start()
        notes, took = check(daemon, folder)
        assert (notes, took < 3.5) == ([words], True), took
        assert len(set(dns.asked)) == 2


def asking(daemon, folder, dns):
    """A `check` that waits for a DNS which stays silent."""
    dns.asked.clear()
    (folder / "issue.md").write_text(people.issue(1))
    process = subprocess.Popen(
        [daemon.build / "rummelig-mail", "--socket", daemon.socket, "--json",
         "check", folder / "issue.md"],
        stdout=subprocess.PIPE, text=True, env=daemon.env)
    wait_until(lambda: len(set(dns.asked)) == 2, "the questions")
    return process


def test_others_do_not_wait_for_dns(maild, folder):
    with ScriptedDns(silent=True) as dns:
        daemon = maild(relay(25), keys=dns.key).start()

        def served_meanwhile():  # the machine may be busy with something else
            checks = [asking(daemon, folder, dns) for _ in range(2)]
            daemon.cli("status", check=False)
            waiting = all(check.poll() is None for check in checks)
            for check in checks:
                assert "DNS does not answer" in check.communicate()[0]
            return waiting
        assert any(served_meanwhile() for _ in range(3))


def test_stopped_while_dns_is_silent(maild, folder):
    """The author is answered, without DNS; who has gone away is forgotten."""
    with ScriptedDns(silent=True) as dns:
        daemon = maild(relay(25), keys=dns.key).start()
        gone, check = asking(daemon, folder, dns), asking(daemon, folder, dns)
        gone.kill()
        gone.communicate()
        assert daemon.stop() == 0
        assert "DNS does not answer" in check.communicate()[0]
        assert check.returncode == 0
