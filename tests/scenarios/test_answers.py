# SPDX-License-Identifier: ISC
"""Our own answers on their way out: signed like letters, from <> where the
relay takes that, and from the sender that the admin has named where it does
not."""
import email
import email.policy

import pytest

from harness import dkim_check
from harness.maild import LIST, inbox, relay
from harness.scripted_smtp import ScriptedSmtp
from harness.wait import wait_until

SENDER = "svar@lo-aarhus.dk"
NO_NULL = "550 5.7.1 we take no mail from nobody"


class Leavers:
    """A daemon with three readers, who write to leave."""

    def __init__(self, maild, folder, dovecot, user, smtp, list_block=LIST,
                 **relay_keys):
        self.dovecot, self.user, self.smtp = dovecot, user, smtp
        tag = user.split("@")[0]
        self.people = [f"p{i}-{tag}@laeserne.example" for i in range(3)]
        self.daemon = maild(list_block=list_block)
        secret = self.daemon.secret("password", dovecot.password)
        self.daemon.write_conf(
            relay(smtp.port, connections=2, **relay_keys),
            inbox(dovecot.imaps_port, secret, dovecot.ca, user=user,
                  poll="1 s"),
            list_block=list_block)
        self.daemon.start()
        (folder / "people.csv").write_text(
            "email\n" + "\n".join(self.people) + "\n")
        self.daemon.cli("subscribers", "import", folder / "people.csv")

    def leave(self, who):
        m = email.message.EmailMessage()
        m["From"], m["To"] = self.people[who], "tg@lo-aarhus.dk"
        m["Subject"], m["Message-ID"] = "Nyhedsbrev", f"<{who}{self.user}>"
        m.set_content("Hej, vil I ikke nok framelde mig nyhedsbrevet\n")
        self.dovecot.deliver(self.user,
                             m.as_bytes(policy=email.policy.SMTP))

    def goodbye(self, who):
        """(its sender, its bytes), once that reader has left."""
        self.leave(who)
        return wait_until(
            lambda: [(sender, letter) for to, sender, letter
                     in list(self.smtp.accepted) if to == self.people[who]],
            "the goodbye")[0]

    def tries(self):
        """How often <> was said."""
        return sum(line.startswith("MAIL FROM:<>")
                   for line in self.smtp.dialogue)


def test_signed(maild, folder, dovecot, user):
    keys = {"s1": dkim_check.make_key(folder, "s1", "rsa"),
            "s2": dkim_check.make_key(folder, "s2", "ed25519")}
    texts = {f"{s}._domainkey.lo-aarhus.dk": dkim_check.record(path)
             for s, path in keys.items()}
    words = ", ".join(f'"{s} {path}"' for s, path in keys.items())
    with ScriptedSmtp() as smtp:
        p = Leavers(maild, folder, dovecot, user, smtp,
                    LIST.rstrip()[:-1] + f"    dkim = {{{words}}}\n}}\n")
        sender, letter = p.goodbye(0)
        assert sender == ""
        assert b"Auto-Submitted: auto-replied" in letter
        assert dkim_check.python_verdicts(letter, texts) == [True, True]
        assert dkim_check.opendkim_words(letter, texts) == ""


@pytest.mark.parametrize("refusal", [
    {"MAIL <>": [NO_NULL] * 9},
    "rcpt 550 5.1.8 who is that",
    "dot 550 5.7.60 may not send as this sender",
])
def test_refused_null_sender(refusal, maild, folder, dovecot, user):
    """Tried once, then another sender, until the daemon starts again."""
    with ScriptedSmtp(offers=["PIPELINING", "DSN"]) as smtp:
        p = Leavers(maild, folder, dovecot, user, smtp, answer_sender=SENDER)
        once = {to: [refusal] for to in (p.people[0], p.people[2])} \
            if isinstance(refusal, str) else refusal
        smtp.add(once)
        assert p.goodbye(0)[0] == SENDER
        assert p.tries() == 1
        p.daemon.wait_log(f"takes no mail from <> .*from <{SENDER}> there")
        assert p.goodbye(1)[0] == SENDER
        assert p.tries() == 1
        p.daemon.stop()
        p.daemon.start()
        assert p.goodbye(2)[0] == SENDER
        assert p.tries() == 2
        # Nobody is asked to report on what is an answer itself.
        assert not any("NOTIFY" in line for line in smtp.dialogue)


def test_not_for_now(maild, folder, dovecot, user):
    """A relay that is busy has not refused <>."""
    script = {"MAIL <>": ["451 4.3.0 wait"]}
    with ScriptedSmtp(script) as smtp:
        p = Leavers(maild, folder, dovecot, user, smtp, answer_sender=SENDER)
        p.leave(0)
        p.daemon.wait_log("to=<p0-.*deferred")
        assert smtp.accepted == []
        assert p.goodbye(1)[0] == ""


def test_nothing_in_its_place(maild, folder, dovecot, user):
    """Held, with what to do; the letters of the list go on."""
    with ScriptedSmtp({"MAIL <>": [NO_NULL] * 9}) as smtp:
        p = Leavers(maild, folder, dovecot, user, smtp)
        p.leave(0)
        p.daemon.wait_log(r'issue=1 held: "the relay takes no mail from <>; '
                          r"name an answer-sender for it: .*" + NO_NULL)
        assert NO_NULL in p.daemon.issue(1)["reason"]
        (folder / "issue.md").write_text("---\nsubject: Nyt\n---\n\nHej\n")
        number = p.daemon.json("queue", folder / "issue.md")[0]["id"]
        p.daemon.wait_issue(number, "finished")
        assert sorted(smtp.recipients()) == sorted(p.people[1:])
        assert smtp.accepted[0][1].startswith("tg+")
