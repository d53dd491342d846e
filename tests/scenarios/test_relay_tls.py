# SPDX-License-Identifier: ISC
"""TLS to the relays: who may see a letter, and what that costs."""
import pathlib
import re

import pytest

from harness import certs, people, place
from harness.maild import relay
from harness.scripted_smtp import ScriptedSmtp
from harness.wait import wait_until

SYSTEM_BUNDLE = pathlib.Path("/etc/ssl/certs/ca-certificates.crt")
QUICK = 'retry-first = "1 s"\nretry-last = "2 s"\n'


def begin(maild, folder, count, *blocks, **more):
    """A daemon that has queued an issue for so many."""
    daemon = maild(*blocks, keys=QUICK, **more).start()
    (folder / "people.csv").write_text(people.csv(count))
    daemon.cli("subscribers", "import", folder / "people.csv")
    (folder / "issue.md").write_text(people.issue(1))
    return daemon, daemon.json("queue", folder / "issue.md")[0]["id"]


def bundle(folder, *authorities):
    """Debian's certificates and these, as an admin's own bundle."""
    path = folder / "bundle.pem"
    path.write_bytes(SYSTEM_BUNDLE.read_bytes() +
                     b"".join(ca.read_bytes() for ca in authorities))
    return path


def test_a_host_beyond_ascii(maild, folder):
    """It is looked up, and its certificate verified, by its A-labels."""
    name = "xn--bcher-kva.example"
    ca, cert, key = certs.make(folder / "tls", name)
    with ScriptedSmtp(tls=(cert, key)) as smtp:
        daemon, number = begin(
            maild, folder, 2,
            relay(smtp.port, host="bücher.example", tls="required",
                  ca_file=ca, connections=1),
            build=place.ROOT / "build",
            env={"TEST_HOST": name, "LC_ALL": "C", "LD_PRELOAD":
                 str(place.ROOT / "build/tests/preload/resolver.so")})
        daemon.wait_issue(number, "finished", seconds=30)
        assert len(smtp.accepted) == 2


CASES = [
    # tls, offers TLS, what is wrong with the certificate, what is said
    ("required", True, None, None),
    ("required", True, "another authority", "certificate"),
    ("required", True, "another name", "certificate|name"),
    ("required", True, "expired", "certificate|expired"),
    ("required", False, None, "STARTTLS"),
    ("opportunistic", True, None, None),
    ("opportunistic", True, "another name", None),
    ("opportunistic", False, None, None),
    ("none", True, None, None),
]


@pytest.mark.parametrize("tls,offered,wrong,said", CASES)
def test_who_may_see_a_letter(tls, offered, wrong, said, maild, folder):
    ca, cert, key = certs.make(
        folder / "tls", "other.example" if wrong == "another name"
        else "localhost", -1 if wrong == "expired" else 30)
    if wrong == "another authority":
        ca, _, _ = certs.make(folder / "other")
    with ScriptedSmtp(tls=(cert, key) if offered else None) as smtp:
        daemon, number = begin(
            maild, folder, 2, relay(smtp.port, host="localhost", tls=tls,
                                    ca_file=str(ca), connections=1))
        if said is None:
            daemon.wait_issue(number, "finished")
            assert len(smtp.accepted) == 2
            assert ("STARTTLS" in smtp.dialogue) == \
                (offered and tls != "none")
            return
        daemon.wait_log(f"relay=primary no connection: .*({said})")
        assert daemon.issue(number)["counts"]["failed"] == 0
        assert not [line for line in smtp.dialogue
                    if line.startswith(("MAIL", "AUTH"))]


@pytest.mark.parametrize("injected", [
    "250 AUTH PLAIN\r\n", "250-AUTH PLAIN\r\n",
    "250 ok\r\n250 ok\r\n354 go\r\n250 2.0.0 queued\r\n"])
def test_injected_before_tls(injected, maild, folder):
    """Who stands between us speaks in the clear, and would be heard as the
    server: no word of ours goes over such a connection."""
    ca, cert, key = certs.make(folder / "tls")
    with ScriptedSmtp(offers=["PIPELINING", "AUTH PLAIN"],
                      tls=(cert, key)) as smtp:
        smtp.injected = injected
        daemon, number = begin(
            maild, folder, 2, relay(smtp.port, host="localhost", user="tg",
                                    tls="required", ca_file=str(ca),
                                    password_command="echo sesame"))
        daemon.wait_log("relay=primary no connection")
        wait_until(lambda: smtp.connections >= 2, "the next try")
        assert not [line for line in smtp.dialogue
                    if line.startswith(("MAIL", "AUTH"))]
        assert daemon.issue(number)["counts"]["failed"] == 0
        smtp.injected = ""
        daemon.wait_issue(number, "finished")
        assert len(smtp.accepted) == 2


@pytest.mark.parametrize("deed", ["flood", "line"])
def test_a_relay_without_end(deed, maild, folder):
    """It says what it offers until we go, and hinders nobody else."""
    with ScriptedSmtp({"EHLO": [deed] * 50}) as loud, \
            ScriptedSmtp() as good:
        daemon, number = begin(
            maild, folder, 50,
            relay(loud.port, name="loud", connections=4, timeout="5 s"),
            relay(good.port, name="good", connections=1),
            build=place.ROOT / "build")
        daemon.wait_issue(number, "finished", seconds=60)
        assert len(good.accepted) == 50
        daemon.wait_log("relay=loud no connection")
        assert memory_mib(daemon.pids()["sender"]) < 64
        assert daemon.cli("version").returncode == 0


def test_implicit_tls(maild, folder):
    ca, cert, key = certs.make(folder / "tls")
    with ScriptedSmtp(tls=(cert, key), implicit_tls=True) as smtp:
        daemon, number = begin(
            maild, folder, 3, relay(smtp.port, host="localhost",
                                    scheme="smtps", tls="required",
                                    ca_file=str(ca), connections=2))
        daemon.wait_issue(number, "finished")
        assert len(smtp.accepted) == 3
        assert "STARTTLS" not in smtp.dialogue


def test_another_certificate(maild, folder):
    """The relay gets a certificate of another authority of the bundle, then
    one of an authority that is taken out of the bundle."""
    ca, cert, key = certs.make(folder / "one")
    ca2, cert2, key2 = certs.make(folder / "two")
    authorities = bundle(folder, ca, ca2)
    with ScriptedSmtp(tls=(cert, key)) as smtp:
        daemon, number = begin(
            maild, folder, 6, relay(
                smtp.port, host="localhost", tls="required", connections=2,
                letters_per_connection=1, ca_file=str(authorities)))
        daemon.wait_issue(number, "finished")
        assert "another certificate" not in daemon.log()
        smtp.show(cert2, key2)
        daemon.cli("queue", "--again", folder / "issue.md")
        daemon.wait_issue(number + 1, "finished")
        assert len(re.findall("shows another certificate", daemon.log())) == 1
        assert "no connection" not in daemon.log()
        bundle(folder, ca)
        daemon.cli("queue", "--again", folder / "issue.md")
        daemon.wait_log("relay=primary no connection: .*certificate")
        assert len(smtp.accepted) == 12
        smtp.show(cert, key)
        daemon.wait_issue(number + 2, "finished")
        assert len(smtp.accepted) == 18


def memory_mib(pid):
    text = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
    return int(re.search(r"Pss:\s+(\d+)", text)[1]) / 1024


def test_many_connections_are_small(maild, folder):
    """64 at a time by Debian's whole bundle: within 128 MiB, all workers
    together; not sanitized, or the figure would say nothing."""
    ca, cert, key = certs.make(folder / "tls")
    script = {people.address(n): ["dot wait"] for n in range(1, 65)}
    with ScriptedSmtp(script, tls=(cert, key)) as smtp:
        daemon, number = begin(
            maild, folder, 64, relay(
                smtp.port, host="localhost", tls="required", connections=64,
                ca_file=str(bundle(folder, ca))), build=place.ROOT / "build")
        wait_until(lambda: daemon.issue(number)["counts"]["sending"] == 64,
                   "64 letters on the wire")
        used = {name: memory_mib(pid) for name, pid in daemon.pids().items()}
        print(used)
        assert sum(used.values()) < 128, used
        assert used["sender"] < 64, used
        smtp.gate.set()
        daemon.wait_issue(number, "finished")
        assert len(smtp.accepted) == 64
