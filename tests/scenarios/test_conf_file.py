# SPDX-License-Identifier: ISC
"""The configuration as a file: what it names, and whether it is in force."""
import re
import subprocess

from harness.maild import inbox, relay
from harness.place import ROOT
from harness.wait import wait_until


def check(daemon):
    return subprocess.run([daemon.build / "rummelig-maild", "-n", "-c",
                           daemon.conf], capture_output=True, text=True,
                          env=daemon.env, check=False)


def test_a_check_looks_at_the_files(maild, folder):
    """Passwords, certificates, folders: warnings, for it may be another user
    who asks; what the files hold is not told."""
    daemon = maild(relay(25, user="u", tls="required",
                         password_file="/none/relay"))
    daemon.secret("mailbox", "hemmelig").chmod(0o644)
    daemon.write_conf(
        relay(25, user="u", tls="required", password_file="none"),
        inbox(993, daemon.folder / "mailbox", "/none/ca.pem"))
    text = daemon.conf.read_text()
    daemon.conf.write_text(
        re.sub(r'(?m)^log = .*', 'log = "/none/log"',
               text.replace(str(daemon.state), "/none/state")))
    done = check(daemon)
    assert done.returncode == 0
    assert done.stdout == "configuration OK, but for 5 warnings\n"
    lines = done.stderr.splitlines()
    for line, words in zip(lines, (
            "state-dir /none/state: the folder /none: No such file",
            "log /none/log: the folder /none: No such file",
            f"relay primary: password-file {daemon.folder}/none: No such file",
            "others may get at it: chmod 600",
            "inbox tg: ca-file /none/ca.pem: No such file"), strict=True):
        assert line.startswith(f"{daemon.conf}: warning: ") and words in line
    assert "hemmelig" not in done.stderr

    (daemon.folder / "mailbox").chmod(0o600)
    daemon.secret("none", "hemmelig")
    (daemon.folder / "ca.pem").touch()
    daemon.conf.write_text(text.replace("/none/ca.pem",
                                        str(daemon.folder / "ca.pem")))
    (daemon.folder / "mailbox").write_text("")
    assert check(daemon).stderr == (
        f"{daemon.conf}: warning: inbox tg: password-file"
        f" {daemon.folder}/mailbox is empty\n")
    daemon.secret("mailbox", "hemmelig")
    done = check(daemon)
    assert (done.stdout, done.stderr) == ("configuration OK\n", "")
    assert not daemon.state.exists()


def test_status_tells_of_a_file_that_is_not_in_force(maild):
    """As after a reload that was refused: the next start would be, too.  A
    reload is no start: the daemon is up as long as before."""
    daemon = maild(relay(25)).start()
    good = daemon.conf.read_text()

    def trouble():
        return [t for t in daemon.json("status")[0]["trouble"]
                if "is not in force" in t]

    assert trouble() == []
    before = wait_until(lambda: daemon.json("status")[0]["uptime_s"],
                        "a second to pass")
    daemon.conf.write_text(good + "nonsense = 1\n")
    daemon.hup()
    daemon.wait_log("the old configuration stays")
    assert len(trouble()) == 1
    assert str(daemon.conf) in trouble()[0]
    daemon.conf.write_text(good)
    assert len(trouble()) == 1
    daemon.hup()
    daemon.wait_log("worker=control pid=[0-9]+ generation=1 started")
    wait_until(lambda: daemon.cli("version", check=False).returncode == 0,
               "the new worker")
    assert trouble() == []
    assert daemon.json("status")[0]["uptime_s"] >= before


def test_a_lost_key_is_told(maild, folder):
    """A store without its key, as from half a backup: the letters' links are
    dead, and somebody must know it."""
    daemon = maild(relay(25)).start()
    daemon.cli("subscribers", "add", "a@b.dk")
    (folder / "issue.md").write_text("---\nsubject: Nyt\n---\n\nHej\n")
    daemon.cli("test", folder / "issue.md", "a@b.dk")
    daemon.stop()
    daemon.start()
    daemon.stop()
    assert "made anew" not in daemon.log()
    (daemon.state / "token.key").unlink()
    daemon.start()
    daemon.wait_log(r"warn supervisor .*/token\.key.* is made anew: ")


def test_systemd_reloads_only_what_is_good():
    unit = (ROOT / "daemon/rummelig-mail.service").read_text()
    first, second = re.findall(r"^ExecReload=(.*)$", unit, re.M)
    assert first == re.search(r"^ExecStartPre=(.*)$", unit, re.M)[1]
    assert second.endswith("kill -HUP $MAINPID")
